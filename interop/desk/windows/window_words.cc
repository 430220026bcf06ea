// What the clerk says of a window as it stands.
#include <array>
#include <chrono>
#include <future>

#include "interop/desk/windows/window_clerk.h"
#include "ledger/signing/note.h"

namespace tanhui::desk {
namespace {

namespace pb = peer::v1;

using settlement::WindowMessage;
using settlement::WindowState;

// A checkpoint is made at once; on a disk that stands still the message is said later.
constexpr std::chrono::seconds kMostForACheckpoint{5};

pb::PeerMessage Begin(pb::PeerMessageKind kind) {
  pb::PeerMessage message;
  message.set_kind(kind);
  return message;
}

}  // namespace

// Everything that the other city may lack to go on, and what is asked of it.
std::vector<pb::PeerMessage> WindowClerk::Words(const WindowName& name, City& city) {
  std::vector<pb::PeerMessage> words;
  const auto add = [&words](std::optional<pb::PeerMessage> word) {
    if (word.has_value()) {
      words.push_back(*std::move(word));
    }
  };
  const WindowState state = city.books.StateOf(name.window);
  const Talk& talk = city.talks[name.window];
  if (state == WindowState::kSettled) {
    add(WordOf(name, city, WindowMessage::kSettled));
    return words;
  }
  if (state == WindowState::kStated) {
    words.push_back(Missing(name, city));
  }
  add(WordOf(name, city, settlement::ToResend(state)));
  if (state == WindowState::kClosed) {
    words.push_back(Missing(name, city));
  }
  if (state == WindowState::kClosing && talk.wants_ids && !talk.has_all_ids) {
    pb::PeerMessage which = Begin(pb::PEER_MESSAGE_KIND_WHICH);
    which.mutable_which()->set_window(name.window);
    if (!talk.ids.empty()) {
      which.mutable_which()->set_after(std::string(talk.ids.back().view()));
    }
    words.push_back(std::move(which));
  }
  return words;
}

std::optional<pb::PeerMessage> WindowClerk::WordOf(const WindowName& name, City& city,
                                                   WindowMessage message) {
  switch (message) {
    case WindowMessage::kClosing:
      return Closing(name, city);
    case WindowMessage::kStatement:
      return Statement(name, city);
    case WindowMessage::kSettled: {
      pb::PeerMessage settled = Begin(pb::PEER_MESSAGE_KIND_SETTLED);
      settled.mutable_settled()->set_window(name.window);
      settled.mutable_settled()->set_reference(city.books.Find(name.window)->reference);
      return settled;
    }
    case WindowMessage::kNone:
      break;
  }
  return std::nullopt;
}

// Follows from the log, byte for byte, whenever it is said: the checkpoint is of the log up to the
// step that closed the window, and was overtaken by one that is on the disk.
std::optional<pb::PeerMessage> WindowClerk::Closing(const WindowName& name, City& city) {
  const interop::WindowBook& book = *city.books.Find(name.window);
  if (book.forgotten || !book.left_open.has_value()) {
    return std::nullopt;
  }
  const auto covered = std::make_shared<std::promise<void>>();
  engine_.WhenSigned(book.left_open->value() + 1, [covered] { covered->set_value(); });
  if (covered->get_future().wait_for(kMostForACheckpoint) != std::future_status::ready) {
    return std::nullopt;
  }
  const auto log = OurLog(book);
  if (!log.has_value()) {
    return std::nullopt;
  }
  const auto note = signing::SignCheckpoint({log->city, log->size, log->root}, signer_);
  if (!note.ok()) {
    return std::nullopt;
  }
  std::set<ExchangeId> ids;
  for (const interop::WindowItem& item : book.ours) {
    ids.insert(ids.end(), item.id);
  }
  const settlement::Listed listed = settlement::ListOf(ids);
  pb::PeerMessage message = Begin(pb::PEER_MESSAGE_KIND_CLOSING);
  pb::WindowClosing& closing = *message.mutable_closing();
  closing.set_window(name.window);
  closing.set_items(listed.items);
  closing.set_digest(std::string(listed.digest.view()));
  closing.set_checkpoint(*note);
  return message;
}

std::optional<pb::PeerMessage> WindowClerk::Statement(const WindowName& name, City& city) {
  const std::string& text = city.books.Find(name.window)->statement;
  const auto note =
      text.empty() ? absl::StatusOr<std::string>(absl::NotFoundError("not stated"))
                   : signing::SignNote(text, std::array<const signing::NamedSigner*, 1>{&signer_});
  if (!note.ok()) {
    return std::nullopt;
  }
  pb::PeerMessage message = Begin(pb::PEER_MESSAGE_KIND_STATEMENT);
  message.mutable_statement()->set_window(name.window);
  message.mutable_statement()->set_note(*note);
  return message;
}

// Of a window that is complete: it stays so.
pb::PeerMessage WindowClerk::Missing(const WindowName& name, City& city) {
  Talk& talk = city.talks[name.window];
  if (!talk.missing.has_value()) {
    const std::set<ExchangeId> missing = city.books.Compose(name.window).Missing();
    talk.missing.emplace(missing.begin(), missing.end());
  }
  pb::PeerMessage message = Begin(pb::PEER_MESSAGE_KIND_MISSING);
  message.mutable_missing()->set_window(name.window);
  for (const ExchangeId& id : *talk.missing) {
    message.mutable_missing()->add_exchange_ids(std::string(id.view()));
  }
  return message;
}

}  // namespace tanhui::desk
