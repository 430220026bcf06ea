// What the clerk does on what another city says of a window, as a question or as an answer.
#include <algorithm>
#include <future>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "interop/desk/windows/heard.h"
#include "interop/desk/windows/window_rows.h"
#include "interop/settlement/statement.h"
#include "ledger/signing/note.h"

namespace tanhui::desk {
namespace {

namespace pb = peer::v1;

using settlement::WindowContradiction;
using settlement::WindowEvent;
using settlement::WindowState;

constexpr std::string_view kTwoLists = "two_lists";
constexpr std::string_view kUnlisted = "list_incomplete";
constexpr std::string_view kMissesNoneOfOurs = "missing_unknown";

absl::Status NotYet() {
  return absl::UnavailableError("the window is not that far here; say it again");
}

absl::Status Damaged(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("damaged message: ", std::string(why)));
}

std::uint64_t WindowOf(const pb::PeerMessage& message) {
  return message.has_closing()     ? message.closing().window()
         : message.has_ids()       ? message.ids().window()
         : message.has_missing()   ? message.missing().window()
         : message.has_statement() ? message.statement().window()
         : message.has_settled()   ? message.settled().window()
                                   : message.which().window();
}

std::string CodeOf(WindowContradiction contradiction) {
  std::string code(settlement::NameOf(contradiction));
  std::replace(code.begin(), code.end(), ' ', '_');
  return code;
}

template <typename Ids>
std::vector<ExchangeId> ReadIds(const Ids& ids) {
  std::vector<ExchangeId> read;
  read.reserve(static_cast<std::size_t>(ids.size()));
  for (const std::string& bytes : ids) {
    read.push_back(ExchangeId::FromView(bytes));  // 16 bytes each, as the form says
  }
  return read;
}

bool ById(const interop::WindowItem& item, const ExchangeId& id) { return item.id < id; }

}  // namespace

void WindowClerk::HearQuestion(const interop::OpenedMessage& opened,
                               const pb::SignedMessage& sealed, const Said& done) {
  const auto registry = engine_.registry();
  const interop::Peer* peer = interop::PeersOf(*registry).FindByLog(opened.from);
  City* city = peer == nullptr || !LookAt(peer->number) ? nullptr : FindCity(peer->number);
  if (city == nullptr) {
    done(NotYet());
    return;
  }
  const Reply reply = Hear(peer->number, *city, opened, sealed);
  if (!reply.ok()) {
    done(reply.status());
  } else if (!reply->has_value()) {
    done(pb::SignedMessage());
  } else {
    done(interop::SealMessage(**reply, city->log, signer_));
  }
}

// What is said to it; of an answer that is said again by itself, but for the ids of a list.
WindowClerk::Reply WindowClerk::Hear(ParticipantNo peer, City& city,
                                     const interop::OpenedMessage& opened,
                                     const pb::SignedMessage& sealed) {
  const Heard heard{{peer, WindowOf(opened.message)}, city, opened, sealed};
  if (heard.name.window > city.books.open_window()) {
    return NotYet();  // the ones before are open here, and are closed first
  }
  switch (heard.message().kind()) {
    case pb::PEER_MESSAGE_KIND_CLOSING:
      return HearClosing(heard);
    case pb::PEER_MESSAGE_KIND_WHICH:
      return HearWhich(heard);
    case pb::PEER_MESSAGE_KIND_IDS:
      return HearIds(heard);
    case pb::PEER_MESSAGE_KIND_MISSING:
      return HearMissing(heard);
    case pb::PEER_MESSAGE_KIND_STATEMENT:
      return HearStatement(heard);
    case pb::PEER_MESSAGE_KIND_SETTLED:
      return HearSettled(heard);
    default:
      return Damaged("it is about no window");
  }
}

WindowClerk::Reply WindowClerk::HearClosing(const Heard& heard) {
  const auto& [name, city, opened, sealed] = heard;
  const pb::WindowClosing& closing = heard.message().closing();
  const auto log = signing::OpenCheckpoint(closing.checkpoint(), std::span(&city.key, 1));
  if (!log.ok()) {
    return Damaged("a list comes with a checkpoint of its log");
  }
  const settlement::Listed listed{closing.items(), Hash256::FromView(closing.digest())};
  const interop::WindowBook* book = city.books.Find(name.window);
  const auto known = TheirLog(name, city);
  const bool other =
      (book != nullptr && book->their_list.has_value() && *book->their_list != listed) ||
      (known.has_value() && *known != *log);
  if (other) {
    const absl::Status shown = Show(heard, kTwoLists);
    return shown.ok() ? Reply(std::nullopt) : Reply(shown);
  }
  if (!known.has_value()) {
    const absl::Status kept = KeepClosing(heard, *log);
    if (!kept.ok()) {
      return kept;
    }
  }
  const bool told = book != nullptr && book->their_list.has_value();
  if (!told && !Take(name.peer, city, TheirListCommand(name, listed))) {
    return NotYet();
  }
  Advance(name.peer, city);
  const auto& row = settlement::Step(city.books.StateOf(name.window), WindowEvent::kTheirClosing);
  return WordOf(name, city, row.answer);
}

// Durable before the entry of the list, so that a statement can name its log.
absl::Status WindowClerk::KeepClosing(const Heard& heard, const signing::Checkpoint& log) {
  absl::Status kept = Keep(heard, kClosingKept);
  if (kept.ok()) {
    heard.city.talks[heard.name.window].their_log = log;
  }
  return kept;
}

WindowClerk::Reply WindowClerk::HearWhich(const Heard& heard) {
  const interop::WindowBook* book = heard.city.books.Find(heard.name.window);
  if (book == nullptr || !book->left_open.has_value() || book->forgotten) {
    return NotYet();
  }
  const std::string& after = heard.message().which().after();
  auto at = book->ours.begin();
  if (!after.empty()) {
    const ExchangeId last = ExchangeId::FromView(after);
    at = std::lower_bound(at, book->ours.end(), last, ById);
    if (at != book->ours.end() && at->id == last) {
      ++at;
    }
  }
  pb::PeerMessage message;
  message.set_kind(pb::PEER_MESSAGE_KIND_IDS);
  pb::WindowIds& ids = *message.mutable_ids();
  ids.set_window(heard.name.window);
  for (; at != book->ours.end() && ids.exchange_ids_size() < interop::kMaxWindowIds; ++at) {
    ids.add_exchange_ids(std::string(at->id.view()));
  }
  ids.set_last(at == book->ours.end());
  return message;
}

// Of their list, part after part; what they are in all is what the list said.
WindowClerk::Reply WindowClerk::HearIds(const Heard& heard) {
  const auto& [name, city, opened, sealed] = heard;
  const interop::WindowBook* book = city.books.Find(name.window);
  Talk& talk = city.talks[name.window];
  if (book == nullptr || book->state != WindowState::kClosing || !book->their_list.has_value() ||
      talk.has_all_ids) {
    return Reply(std::nullopt);
  }
  const pb::WindowIds& told = heard.message().ids();
  const std::vector<ExchangeId> ids = ReadIds(told.exchange_ids());
  const bool follows =
      ids.empty() ? told.last() : talk.ids.empty() || talk.ids.back() < ids.front();
  if (!follows || talk.ids.size() + ids.size() > book->their_list->items) {
    talk.ids.clear();  // an old part, said again: from the beginning
    return Reply(std::nullopt);
  }
  talk.ids.insert(talk.ids.end(), ids.begin(), ids.end());
  if (!told.last()) {
    pb::PeerMessage which;
    which.set_kind(pb::PEER_MESSAGE_KIND_WHICH);
    which.mutable_which()->set_window(name.window);
    which.mutable_which()->set_after(std::string(talk.ids.back().view()));
    return which;
  }
  const std::set<ExchangeId> all(talk.ids.begin(), talk.ids.end());
  if (settlement::ListOf(all) != *book->their_list) {
    talk.ids.clear();
    const absl::Status shown = Show(heard, kTwoLists);
    return shown.ok() ? Reply(std::nullopt) : Reply(shown);
  }
  talk.has_all_ids = true;
  const bool unlisted =
      std::any_of(book->theirs.begin(), book->theirs.end(),
                  [&all](const interop::WindowItem& item) { return !all.contains(item.id); });
  if (unlisted) {
    // It signed a decision that put the exchange into this window.
    const absl::Status shown = Show(heard, kUnlisted);
    return shown.ok() ? Reply(std::nullopt) : Reply(shown);
  }
  Advance(name.peer, city);
  return Reply(std::nullopt);
}

WindowClerk::Reply WindowClerk::HearMissing(const Heard& heard) {
  const auto& [name, city, opened, sealed] = heard;
  const interop::WindowBook* book = city.books.Find(name.window);
  if (book == nullptr || book->state == WindowState::kOpen) {
    return NotYet();
  }
  if (!book->their_missing.has_value()) {
    const interop::WindowBook* before = city.books.Find(name.window - 1);
    if (name.window > 1 && (before == nullptr || !before->their_missing.has_value())) {
      return NotYet();  // what is carried into this one is not known yet
    }
    const std::vector<ExchangeId> told = ReadIds(heard.message().missing().exchange_ids());
    const std::set<ExchangeId> ids(told.begin(), told.end());
    if (ids.size() > interop::kMostStepIds) {
      return Damaged("a city waits until it misses no more than 2,000");
    }
    if (!city.books.Compose(name.window).SetTheirMissing(ids)) {
      const absl::Status shown = Show(heard, kMissesNoneOfOurs);
      return shown.ok() ? Reply(std::nullopt) : Reply(shown);
    }
    if (!Take(name.peer, city, TheirMissingCommand(name, ids))) {
      return NotYet();
    }
    Advance(name.peer, city);
  }
  const WindowState state = city.books.StateOf(name.window);
  return state == WindowState::kStated || state == WindowState::kAgreed
             ? Reply(Statement(name, city))
         : state == WindowState::kClosed ? Reply(Missing(name, city))
                                         : Reply(std::nullopt);
}

WindowClerk::Reply WindowClerk::HearStatement(const Heard& heard) {
  const auto& [name, city, opened, sealed] = heard;
  const std::string& note = heard.message().statement().note();
  const auto read = signing::OpenNote(note, std::span(&city.key, 1));
  if (!read.ok()) {
    return Damaged("the statement is not signed by the city that says it");
  }
  const interop::WindowBook* book = city.books.Find(name.window);
  const bool same = book != nullptr && !book->statement.empty() && book->statement == read->text;
  const WindowEvent event = same ? WindowEvent::kSameStatement : WindowEvent::kOtherStatement;
  const absl::Status shown = ShowContradiction(heard, event);
  if (!shown.ok()) {
    return shown;
  }
  const WindowState state = city.books.StateOf(name.window);
  if (state <= WindowState::kStated) {
    const absl::Status kept = Keep(heard, kStatementKept);
    if (!kept.ok()) {
      return kept;
    }
  }
  if (same && state == WindowState::kStated) {
    if (!Take(name.peer, city, AgreeCommand(name, note))) {
      return NotYet();
    }
    Advance(name.peer, city);
  }
  return WordOf(name, city, settlement::Step(city.books.StateOf(name.window), event).answer);
}

WindowClerk::Reply WindowClerk::HearSettled(const Heard& heard) {
  const auto& [name, city, opened, sealed] = heard;
  const absl::Status shown = ShowContradiction(heard, WindowEvent::kTheirSettled);
  if (!shown.ok()) {
    return shown;
  }
  const WindowState before = city.books.StateOf(name.window);
  const auto& row = settlement::Step(before, WindowEvent::kTheirSettled);
  if (row.next == WindowState::kSettled && before != row.next) {
    if (!Take(name.peer, city, SettleCommand(name, heard.message().settled().reference()))) {
      return NotYet();
    }
    city.talks[name.window].tells_settled = false;  // it knows
    Advance(name.peer, city);
  }
  return WordOf(name, city, row.answer);
}

absl::Status WindowClerk::Keep(const Heard& heard, std::string_view code) {
  const Shown shown{heard.name.peer, IdOfWindow(heard.name.window), std::string(code)};
  std::promise<absl::Status> promise;
  keeper_.Keep(heard.opened.hash, heard.name.peer, heard.sealed, &shown,
               [&promise](const absl::Status& kept) { promise.set_value(kept); });
  return promise.get_future().get();
}

absl::StatusOr<std::optional<pb::PeerMessage>> WindowClerk::ReadKept(const WindowName& name,
                                                                     std::string_view code) const {
  const auto hash = keeper_.FindShown({name.peer, IdOfWindow(name.window), std::string(code)});
  if (!hash.ok() || !hash->has_value()) {
    return hash.ok() ? absl::StatusOr<std::optional<pb::PeerMessage>>(std::nullopt) : hash.status();
  }
  const auto kept = keeper_.Read(**hash);
  if (!kept.ok()) {
    return kept.status();
  }
  pb::PeerMessage message;
  if (!message.ParseFromString(kept->message())) {
    return absl::DataLossError("a kept message about a window cannot be decoded");
  }
  return message;
}

// Kept and noted in the log, of a window and a code once.
absl::Status WindowClerk::Show(const Heard& heard, std::string_view code) {
  const auto& [name, city, opened, sealed] = heard;
  const auto earlier = keeper_.FindShown({name.peer, IdOfWindow(name.window), std::string(code)});
  if (!earlier.ok()) {
    return earlier.status();
  }
  Hash256 hash = opened.hash;
  if (earlier->has_value()) {
    hash = **earlier;
  } else if (absl::Status kept = Keep(heard, code); !kept.ok()) {
    return kept;
  }
  const interop::WindowBook* book = city.books.Find(name.window);
  const EntryIndex against = book == nullptr ? EntryIndex(0) : book->changed;
  // The same message gives the same request, so that it is noted once.
  const auto refused = Submit(WindowEvidenceCommand(name.peer, code, hash, against));
  return refused.has_value() && refused->reason != Reason::kRequestIdReused
             ? absl::UnavailableError("what the message shows could not be noted")
             : absl::OkStatus();
}

absl::Status WindowClerk::ShowContradiction(const Heard& heard, WindowEvent event) {
  const auto& row = settlement::Step(heard.city.books.StateOf(heard.name.window), event);
  return row.contradiction == WindowContradiction::kNone ? absl::OkStatus()
                                                         : Show(heard, CodeOf(row.contradiction));
}

}  // namespace tanhui::desk
