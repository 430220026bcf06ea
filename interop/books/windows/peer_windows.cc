#include "interop/books/windows/peer_windows.h"

#include <algorithm>
#include <utility>

#include "interop/books/terms.h"
#include "ledger/core/check.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;

using settlement::CityPart;
using settlement::Items;
using settlement::WindowState;

bool ById(const WindowItem& a, const WindowItem& b) { return a.id < b.id; }

std::optional<WindowItem> ItemOf(const pb::ExchangeTerms& terms) {
  const auto id = ReadExchangeId(terms.exchange_id());
  return id.has_value()
             ? std::optional(WindowItem{*id, terms.from_points(), terms.grams(), terms.fen()})
             : std::nullopt;
}

std::set<ExchangeId> IdsOf(const pb::WindowStep& step) {
  std::set<ExchangeId> ids;
  for (const std::string& bytes : step.exchange_ids()) {
    if (const auto id = ReadExchangeId(bytes)) {
      ids.insert(*id);
    }
  }
  return ids;
}

// Amounts of exchanges, as long as they stay in range.
class Sums {
 public:
  void Add(const WindowItem& item) {
    ok_ = ok_ && !__builtin_add_overflow(points_, item.points, &points_) &&
          !__builtin_add_overflow(grams_, item.grams, &grams_) &&
          !__builtin_add_overflow(fen_, item.fen, &fen_);
  }
  void TakeOff(const WindowItem& item) { Add({{}, -item.points, -item.grams, -item.fen}); }
  // False when they cannot be those of a part.
  bool WriteTo(CityPart& part) const {
    part.points = points_;
    part.grams = grams_;
    part.fen = fen_;
    return ok_ && points_ >= 0 && grams_ >= 0 && fen_ >= 0;
  }

 private:
  std::int64_t points_ = 0;
  std::int64_t grams_ = 0;
  std::int64_t fen_ = 0;
  bool ok_ = true;
};

CityPart PartOf(const ClosedLog& log, const std::set<ExchangeId>& settled,
                const std::set<ExchangeId>& open) {
  CityPart part;
  part.city = log.city;
  part.size = log.size;
  part.root = log.root;
  part.settled = settlement::ListOf(settled);
  part.open = settlement::ListOf(open);
  return part;
}

}  // namespace

bool PeerWindows::Add(EntryIndex index, const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kExchangePreparation: {
      const pb::ExchangePreparation& preparation = entry.exchange_preparation();
      const auto item = ItemOf(preparation.terms());
      if (ParticipantNo(preparation.peer()) == peer_ && item.has_value()) {
        leaving_.emplace(index, *item);
      }
      return false;
    }
    case Entry::kExchangeDecision:
      if (ParticipantNo(entry.exchange_decision().peer()) == peer_) {
        AddDecision(entry.exchange_decision());
      }
      return false;
    case Entry::kExchangeReception: {
      const pb::ExchangeReception& reception = entry.exchange_reception();
      const auto item = ItemOf(reception.terms());
      if (ParticipantNo(reception.peer()) == peer_ && item.has_value() &&
          reception.answer() == pb::EXCHANGE_ANSWER_ACCEPTED) {
        coming_.emplace(index, *item);
      }
      return false;
    }
    case Entry::kExchangeConclusion:
      AddConclusion(entry.exchange_conclusion());
      return false;
    case Entry::kWindowStep:
      if (ParticipantNo(entry.window_step().peer()) == peer_) {
        AddStep(index, LedgerTime(entry.recorded_micros()), entry.window_step());
        return true;
      }
      return false;
    default:
      return false;
  }
}

void PeerWindows::AddDecision(const pb::ExchangeDecision& decision) {
  const auto found = leaving_.find(EntryIndex(decision.preparation()));
  if (found == leaving_.end()) {
    return;
  }
  if (decision.outcome() == pb::EXCHANGE_OUTCOME_COMMITTED) {
    windows_[decision.window()].ours.push_back(found->second);
  }
  leaving_.erase(found);
}

// What comes after its window was complete counts in the first one that is not.
void PeerWindows::AddConclusion(const pb::ExchangeConclusion& conclusion) {
  const auto found = coming_.find(EntryIndex(conclusion.reception()));
  if (found == coming_.end()) {
    return;
  }
  if (conclusion.end() == pb::EXCHANGE_END_CONFIRMED) {
    std::uint64_t window = conclusion.window();
    while (const WindowBook* book = Find(window)) {
      if (!book->complete()) {
        break;
      }
      ++window;
    }
    WindowBook& book = windows_[window];
    if (window == conclusion.window()) {
      book.theirs.push_back(found->second);
      book.itemised.erase(found->second.id);
    } else {
      book.arrived.push_back(found->second);
    }
  }
  coming_.erase(found);
}

void PeerWindows::AddStep(EntryIndex index, LedgerTime time, const pb::WindowStep& step) {
  WindowBook& book = windows_[step.window()];
  if (const auto event = EventOf(step.action())) {
    book.state = settlement::Step(book.state, *event).next;
  }
  book.changed = index;
  book.changed_time = time;
  if (!book.left_open.has_value() && book.state != WindowState::kOpen) {
    book.left_open = index;
    std::sort(book.ours.begin(), book.ours.end(), ById);
  }
  open_window_ = std::max(open_window_, step.window() + 1);
  switch (step.action()) {
    case pb::WINDOW_ACTION_THEIR_LIST:
      if (step.digest().size() == Hash256::kSize) {
        book.their_list = {step.items(), Hash256::FromView(step.digest())};
        book.their_list_time = time;
      }
      break;
    case pb::WINDOW_ACTION_ITEMISE:
      book.itemised.merge(IdsOf(step));
      break;
    case pb::WINDOW_ACTION_THEIR_MISSING:
      NoteTheirMissing(book, step);
      break;
    case pb::WINDOW_ACTION_STATE:
      book.statement = step.statement();
      book.open = Compose(step.window()).Open();
      break;
    case pb::WINDOW_ACTION_AGREE:
      book.note = step.note();
      break;
    case pb::WINDOW_ACTION_SETTLE:
      book.reference = step.reference();
      ForgetBefore(step.window());
      break;
    default:
      break;
  }
}

// The last one that was settled can still be looked at.
void PeerWindows::ForgetBefore(std::uint64_t window) {
  for (auto at = windows_.begin(); !keep_ && at != windows_.lower_bound(window); ++at) {
    WindowBook& book = at->second;
    if (book.state == WindowState::kSettled && !book.forgotten) {
      book.forgotten = true;
      book.ours = {};
      book.theirs = {};
      book.arrived = {};
    }
  }
}

void PeerWindows::NoteTheirMissing(WindowBook& book, const pb::WindowStep& step) {
  book.their_missing = IdsOf(step);
  for (const ExchangeId& id : *book.their_missing) {
    const auto at = std::lower_bound(book.ours.begin(), book.ours.end(), WindowItem{id}, ById);
    if (at != book.ours.end() && at->id == id) {
      late_.insert_or_assign(id, *at);
    }
  }
}

const WindowBook* PeerWindows::Find(std::uint64_t window) const {
  const auto found = windows_.find(window);
  return found == windows_.end() ? nullptr : &found->second;
}

WindowState PeerWindows::StateOf(std::uint64_t window) const {
  const WindowBook* book = Find(window);
  return book == nullptr ? WindowState::kOpen : book->state;
}

settlement::Window PeerWindows::Compose(std::uint64_t window) const {
  settlement::Window composed(window > 1 ? OpenOf(window - 1) : Items{});
  const WindowBook* book = Find(window);
  if (book == nullptr) {
    return composed;
  }
  for (const WindowItem& item : book->ours) {
    composed.AddOurs(item.id);
  }
  for (const auto* came : {&book->theirs, &book->arrived}) {
    for (const WindowItem& item : *came) {
      composed.AddTheirs(item.id);
    }
  }
  if (book->their_list.has_value()) {
    composed.SetTheirList(*book->their_list);
  }
  for (const ExchangeId& id : book->itemised) {
    composed.Itemise(id);
  }
  if (book->their_missing.has_value()) {
    composed.SetTheirMissing(*book->their_missing);
  }
  return composed;
}

Items PeerWindows::OpenOf(std::uint64_t window) const {
  const WindowBook* book = Find(window);
  if (book == nullptr) {
    return {};
  }
  return book->open.has_value() ? *book->open : Compose(window).Open();
}

std::optional<settlement::Statement> PeerWindows::StatementOf(std::uint64_t window,
                                                              const ClosedLog& ours,
                                                              const ClosedLog& theirs) const {
  const WindowBook* book = Find(window);
  if (book == nullptr || !book->complete() || !book->their_missing.has_value() || book->forgotten ||
      ours.city == theirs.city) {
    return std::nullopt;
  }
  const settlement::Window composed = Compose(window);
  const Items settled = composed.Settled();
  const Items open = composed.Open();
  CityPart our_part = PartOf(ours, settled.ours, open.ours);
  CityPart their_part = PartOf(theirs, settled.theirs, open.theirs);
  Sums our_sums;
  for (const WindowItem& item : book->ours) {
    our_sums.Add(item);
  }
  const auto late = [this](const std::set<ExchangeId>& ids, const auto& use) {
    for (const ExchangeId& id : ids) {
      const auto found = late_.find(id);
      if (found != late_.end()) {
        use(found->second);
      }
    }
  };
  late(window > 1 ? OpenOf(window - 1).ours : std::set<ExchangeId>(),
       [&](const WindowItem& item) { our_sums.Add(item); });
  late(open.ours, [&](const WindowItem& item) { our_sums.TakeOff(item); });
  Sums their_sums;
  for (const auto* came : {&book->theirs, &book->arrived}) {
    for (const WindowItem& item : *came) {
      their_sums.Add(item);
    }
  }
  if (!our_sums.WriteTo(our_part) || !their_sums.WriteTo(their_part)) {
    return std::nullopt;
  }
  return settlement::MakeStatement(window, std::move(our_part), std::move(their_part));
}

}  // namespace tanhui::interop
