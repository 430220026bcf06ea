// Steps of settlement windows.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "interop/books/position_of.h"
#include "interop/books/refused.h"
#include "interop/books/rows.h"
#include "interop/books/steps.h"
#include "interop/books/windows/peer_windows.h"
#include "interop/settlement/statement.h"
#include "ledger/signing/note.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;

using rules::Collected;
using rules::Want;
using settlement::WindowEvent;
using settlement::WindowState;

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMaxReference = 128;
constexpr std::size_t kMaxText = 4'096;  // of a statement or a note

// --- what a step holds ---

bool IdsCanBe(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  const auto out_of_order = [](const std::string& a, const std::string& b) { return !(a < b); };
  return static_cast<std::size_t>(ids.size()) <= kMostStepIds &&
         std::all_of(
             ids.begin(), ids.end(),
             [](const std::string& id) { return id.size() == settlement::ExchangeId::kSize; }) &&
         std::adjacent_find(ids.begin(), ids.end(), out_of_order) == ids.end();
}

// Each field stands with its own actions only.
rules::Found CheckStep(const pb::WindowStep& step) {
  const pb::WindowAction action = step.action();
  const bool list = action == pb::WINDOW_ACTION_THEIR_LIST;
  const bool itemises = action == pb::WINDOW_ACTION_ITEMISE;
  const bool tells_ids = itemises || action == pb::WINDOW_ACTION_THEIR_MISSING;
  const auto text = [](const std::string& field, bool wanted) {
    return wanted ? !field.empty() && field.size() <= kMaxText : field.empty();
  };
  const std::string& reference = step.reference();
  return Collected({
      Want(pb::WindowAction_IsValid(action) && action != pb::WINDOW_ACTION_UNSPECIFIED, "action",
           "must be stated"),
      Want(list || step.items() == 0, "items", "is for the peer's list"),
      Want(step.digest().size() == (list ? kHashBytes : 0), "digest",
           "must be 32 bytes of the peer's list"),
      Want(tells_ids || step.exchange_ids().empty(), "exchange_ids",
           "is for ids that the peer told"),
      Want(!itemises || !step.exchange_ids().empty(), "exchange_ids", "must name one at least"),
      Want(IdsCanBe(step.exchange_ids()), "exchange_ids",
           "must be at most 2000 of 16 bytes, in order, each once"),
      Want(text(step.statement(), action == pb::WINDOW_ACTION_STATE), "statement",
           "must be the statement that was computed"),
      Want(text(step.note(), action == pb::WINDOW_ACTION_AGREE), "note",
           "must be the peer's note of the statement"),
      action == pb::WINDOW_ACTION_SETTLE
          ? rules::WantText(reference, kMaxReference, "reference")
          : Want(reference.empty(), "reference", "is for the payment"),
  });
}

// --- whether it can be ---

const WindowNow* FindWindow(const Peer& peer, std::uint64_t window) {
  const auto found = peer.windows.find(window);
  return found == peer.windows.end() ? nullptr : &found->second;
}

// Of a window from 1 to the open one; those that are gone were settled.
WindowState StateOf(const Peer& peer, std::uint64_t window) {
  const WindowNow* now = FindWindow(peer, window);
  return now != nullptr               ? now->state
         : window == peer.open_window ? WindowState::kOpen
                                      : WindowState::kSettled;
}

// What is open of a window is carried into the next ones, so they are stated in order.
bool StatedUpTo(const Peer& peer, std::uint64_t window) {
  return std::all_of(peer.windows.begin(), peer.windows.lower_bound(window), [](const auto& row) {
    return row.second.state == WindowState::kStated || row.second.state == WindowState::kAgreed;
  });
}

// Windows between closing and agreed; what is open is carried from each to the next, so that all of
// them are looked through at every step.
constexpr std::size_t kMostWindows = 64;

// Whether the step can be made in this state: an entry that would change nothing is none.
bool CanStep(const Peer& peer, const pb::WindowStep& step) {
  const WindowState state = StateOf(peer, step.window());
  const WindowNow now =
      FindWindow(peer, step.window()) == nullptr ? WindowNow() : *FindWindow(peer, step.window());
  const bool changes = EventOf(step.action()).has_value() &&
                       settlement::Step(state, *EventOf(step.action())).next != state;
  if (state == WindowState::kOpen && peer.windows.size() >= kMostWindows) {
    return false;
  }
  switch (step.action()) {
    case pb::WINDOW_ACTION_THEIR_LIST:
      return changes || (state == WindowState::kClosing && !now.their_list.has_value());
    case pb::WINDOW_ACTION_ITEMISE:
      return state == WindowState::kClosing && now.their_list.has_value();
    case pb::WINDOW_ACTION_THEIR_MISSING:
      return (state == WindowState::kClosing || state == WindowState::kClosed) &&
             !now.their_missing_told;
    case pb::WINDOW_ACTION_COMPLETE:
      return changes && now.their_list.has_value();
    case pb::WINDOW_ACTION_STATE:
      return changes && now.their_missing_told && StatedUpTo(peer, step.window());
    default:
      return changes;
  }
}

// The statement's part of this city and that of the peer; nullopt when it is of others.
struct Parts {
  settlement::CityPart ours;
  settlement::CityPart theirs;
};
std::optional<Parts> PartsOf(const Registry& registry, const Peer& peer,
                             const pb::WindowStep& step) {
  auto statement = settlement::ParseStatement(step.statement());
  if (!statement.has_value() || statement->window != step.window()) {
    return std::nullopt;
  }
  auto& [window, first, second] = *statement;
  if (first.city != registry.origin()) {
    std::swap(first, second);
  }
  return first.city == registry.origin() && second.city == peer.log
             ? std::optional(Parts{std::move(first), std::move(second)})
             : std::nullopt;
}

// Whether so much is owed, besides what windows that are not settled yet will take off.
bool IsOwed(const State& state, const Peer& peer, const Parts& parts) {
  settlement::Position left = ReadPosition(state, peer);
  for (const auto& [window, now] : peer.windows) {
    left.owed -= now.owed_fen.units();
    left.owed_to_us -= now.due_fen.units();
  }
  return settlement::Settle(left, {}, parts.ours.fen, parts.theirs.fen).has_value();
}

std::optional<Refusal> RefusedStatement(const State& state, const Peer& peer,
                                        const pb::WindowStep& step) {
  const auto parts = PartsOf(state.registry(), peer, step);
  if (!parts.has_value()) {
    return FieldInvalid({"statement", "must be one of this window between the two cities"});
  }
  return IsOwed(state, peer, *parts)
             ? std::nullopt
             : std::optional(FieldInvalid({"statement", "settles more than is owed"}));
}

std::optional<Refusal> RefusedNote(const Peer& peer, const pb::WindowStep& step) {
  const auto key = signing::ParseVerifierKey(peer.verifier_key);
  const auto opened = key.ok() ? signing::OpenNote(step.note(), std::array{*key})
                               : absl::StatusOr<signing::OpenedNote>(key.status());
  if (!opened.ok()) {
    return Refusal(Reason::kSignatureInvalid, "note");
  }
  return opened->text == FindWindow(peer, step.window())->statement
             ? std::nullopt
             : std::optional(FieldInvalid({"note", "must be of the statement that was made here"}));
}

std::optional<Refusal> RefusedStep(const State& state, const pb::WindowStep& step) {
  if (const rules::Found found = CheckStep(step)) {
    return FieldInvalid(*found);
  }
  const Peer* peer = PeersOf(state.registry()).Find(ParticipantNo(step.peer()));
  if (peer == nullptr) {
    return UnknownPeer();
  }
  if (step.window() == 0 || step.window() > peer->open_window) {
    return Refusal(Reason::kUnknownWindow, "window");
  }
  if (!CanStep(*peer, step)) {
    return Refusal(Reason::kWindowState, "window")
        .With("state", settlement::NameOf(StateOf(*peer, step.window())));
  }
  switch (step.action()) {
    case pb::WINDOW_ACTION_STATE:
      return RefusedStatement(state, *peer, step);
    case pb::WINDOW_ACTION_AGREE:
      return RefusedNote(*peer, step);
    default:
      return std::nullopt;
  }
}

// --- the rows ---

std::optional<Refusal> DecideStep(const State& state, const DecideInput&, Entry& entry) {
  pb::WindowStep& step = *entry.mutable_window_step();
  if (auto refusal = RefusedStep(state, step)) {
    return refusal;
  }
  if (step.action() == pb::WINDOW_ACTION_STATE) {
    const Peer& peer = *PeersOf(state.registry()).Find(ParticipantNo(step.peer()));
    const Parts parts = *PartsOf(state.registry(), peer, step);
    step.set_owed_fen(parts.ours.fen);
    step.set_due_fen(parts.theirs.fen);
  }
  return std::nullopt;
}

void NamesOfStep(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const ParticipantNo number(draft.window_step().peer());
  if (const Peer* peer = PeersOf(state.registry()).Find(number)) {
    NamesOfPeer(*peer, out);
  }
}

// The window once the step was made.
void Become(const pb::WindowStep& step, EntryIndex index, WindowNow& window) {
  if (const auto event = EventOf(step.action())) {
    window.state = settlement::Step(window.state, *event).next;
  }
  window.changed = index;
  switch (step.action()) {
    case pb::WINDOW_ACTION_THEIR_LIST:
      window.their_list = settlement::Listed{step.items(), Hash256::FromView(step.digest())};
      break;
    case pb::WINDOW_ACTION_THEIR_MISSING:
      window.their_missing_told = true;
      break;
    case pb::WINDOW_ACTION_STATE:
      window.statement = step.statement();
      window.owed_fen = Amount(step.owed_fen());
      window.due_fen = Amount(step.due_fen());
      break;
    default:
      break;
  }
}

void RegisterStep(Registry& registry, EntryIndex index, const Entry& entry) {
  const pb::WindowStep& step = entry.window_step();
  registry.ChangePeers([&](Peers& peers) {
    Peer peer = *peers.Find(ParticipantNo(step.peer()));
    WindowNow& window = peer.windows[step.window()];  // a new row is open
    Become(step, index, window);
    if (window.state == WindowState::kSettled) {
      peer.windows.erase(step.window());
    }
    // It is left by closing it, so what is committed next falls into the one behind it.
    peer.open_window = std::max(peer.open_window, step.window() + 1);
    peers.Put(std::move(peer));
  });
}

Fault ApplyStep(State& state, EntryIndex index, const Entry& entry) {
  const pb::WindowStep& step = entry.window_step();
  if (RefusedStep(state, step)) {
    return "a step of a window that cannot be";
  }
  const Peer& peer = *PeersOf(state.registry()).Find(ParticipantNo(step.peer()));
  const auto parts = step.action() == pb::WINDOW_ACTION_STATE
                         ? PartsOf(state.registry(), peer, step)
                         : std::optional<Parts>(Parts());
  if (step.owed_fen() != parts->ours.fen || step.due_fen() != parts->theirs.fen) {
    return "a window settles what its statement does not say";
  }
  if (step.action() == pb::WINDOW_ACTION_SETTLE) {
    const WindowNow& window = *FindWindow(peer, step.window());
    const auto moved =
        settlement::Settle(ReadPosition(state, peer), LimitsOn(peer, RecordDate(entry)),
                           window.owed_fen.units(), window.due_fen.units());
    if (!moved.has_value()) {
      return "a window settles more than is owed";
    }
    WritePosition(state, peer, moved->position);
  }
  NoteStep(state, peer.number, index);
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterStep(registry, index, entry); });
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kWindowStep,
     .decide = DecideStep,
     .apply = ApplyStep,
     .names = NamesOfStep,
     .registers = RegisterStep},
};

}  // namespace

std::optional<WindowEvent> EventOf(pb::WindowAction action) {
  switch (action) {
    case pb::WINDOW_ACTION_CLOSE:
      return WindowEvent::kClose;
    case pb::WINDOW_ACTION_THEIR_LIST:
      return WindowEvent::kTheirClosing;
    case pb::WINDOW_ACTION_COMPLETE:
      return WindowEvent::kComplete;
    case pb::WINDOW_ACTION_STATE:
      return WindowEvent::kState;
    case pb::WINDOW_ACTION_AGREE:
      return WindowEvent::kSameStatement;
    case pb::WINDOW_ACTION_SETTLE:
      return WindowEvent::kMoney;
    default:
      return std::nullopt;
  }
}

std::span<const BookRow> WindowRows() { return kRows; }

}  // namespace tanhui::interop
