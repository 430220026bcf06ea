// Settlement windows with a peer: what is closed, listed, stated, agreed and settled, in order.
#include "interop/settlement/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/interop/books/arrivals.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;
using settlement::WindowEvent;
using settlement::WindowState;

constexpr std::int64_t kDue = 12;  // fen of one arrival

// The river owes kDue fen.
World Owed() {
  World world = Neighbours();
  const auto terms = Arrival(world);
  const auto at = Done(world, Receive(terms));
  Done(world, ConfirmArrival(terms, at, kBob));
  return world;
}

// "open 2; 1 closing 12/0": the open window and those that are not settled, with what each takes
// off what the river owes and is owed.
std::string Windows(const World& world) {
  const interop::Peer& peer = PeerIn(world);
  std::string text = "open " + std::to_string(peer.open_window);
  for (const auto& [number, window] : peer.windows) {
    text += "; " + std::to_string(number) + " " + std::string(NameOf(window.state));
    if (window.due_fen != Amount(0) || window.owed_fen != Amount(0)) {
      text += " " + std::to_string(window.due_fen.units()) + "/" +
              std::to_string(window.owed_fen.units());
    }
  }
  return text;
}

Command CloseWindow(std::string_view id, std::uint64_t window) {
  return StepWindow(id, window, pb::WINDOW_ACTION_CLOSE);
}
Command Complete(std::string_view id, std::uint64_t window) {
  return StepWindow(id, window, pb::WINDOW_ACTION_COMPLETE);
}

TEST(WindowRowsTest, FromOpenToSettled) {
  World world = Owed();
  const auto statement = StatementOf(1, 0, kDue);
  EXPECT_EQ(Windows(world), "open 1");
  Done(world, CloseWindow("1", 1));
  EXPECT_EQ(Windows(world), "open 2; 1 closing");
  Done(world, TheirList("2", 1, 3));
  EXPECT_EQ(PeerIn(world).windows.at(1).their_list->items, 3U);
  Done(world, StepWindow("3", 1, pb::WINDOW_ACTION_ITEMISE,
                         [](pb::WindowStep& step) { step.add_exchange_ids("0123456789abcdef"); }));
  Done(world, TheirMissing("4", 1));
  Done(world, Complete("5", 1));
  EXPECT_EQ(Windows(world), "open 2; 1 closed");
  Done(world, StateWindow("6", statement));
  EXPECT_EQ(world.last().window_step().due_fen(), kDue);
  EXPECT_EQ(world.last().window_step().owed_fen(), 0);
  EXPECT_EQ(Windows(world), "open 2; 1 stated 12/0");
  Done(world, AgreeWindow("7", statement));
  EXPECT_EQ(Windows(world), "open 2; 1 agreed 12/0");
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 12 prepaid 0");
  Done(world, SettleWindow("8", 1));
  EXPECT_EQ(Windows(world), "open 2");
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 0 prepaid 0");
}

// The peer's list closes a window that is open here.
TEST(WindowRowsTest, TheirListCloses) {
  World world = Owed();
  Done(world, TheirList("1", 1));
  EXPECT_EQ(Windows(world), "open 2; 1 closing");
  EXPECT_TRUE(PeerIn(world).windows.at(1).their_list.has_value());
}

// A world whose first window is in the state, with all that is told along the way.
World InState(WindowState state) {
  World world = Owed();
  const auto statement = StatementOf(1, 0, kDue);
  const std::vector<Command> steps = {CloseWindow("s1", 1),         TheirList("s2", 1),
                                      TheirMissing("s3", 1),        Complete("s4", 1),
                                      StateWindow("s5", statement), AgreeWindow("s6", statement),
                                      SettleWindow("s7", 1)};
  constexpr std::size_t kSteps[] = {0, 3, 4, 5, 6, 7};  // up to each state
  const std::size_t count = kSteps[static_cast<std::size_t>(state) - 1];
  for (std::size_t i = 0; i < count; ++i) {
    Done(world, steps[i]);
  }
  return world;
}

// What an entry is written for; nullopt of what the other city only says.
std::optional<Command> CommandOf(WindowEvent event) {
  const auto statement = StatementOf(1, 0, kDue);
  switch (event) {
    case WindowEvent::kClose:
      return CloseWindow("e", 1);
    case WindowEvent::kTheirClosing:
      return TheirList("e", 1);
    case WindowEvent::kComplete:
      return Complete("e", 1);
    case WindowEvent::kState:
      return StateWindow("e", statement);
    case WindowEvent::kSameStatement:
      return AgreeWindow("e", statement);
    case WindowEvent::kMoney:
    case WindowEvent::kTheirSettled:
      return SettleWindow("e", 1);
    case WindowEvent::kOtherStatement:
      break;
  }
  return std::nullopt;
}

// The rows allow what the table allows: an entry exactly where the state changes.
TEST(WindowRowsTest, EveryStateWithEveryEvent) {
  for (const settlement::WindowRow& row : settlement::WindowTable()) {
    const auto command = CommandOf(row.event);
    if (!command.has_value()) {
      EXPECT_EQ(row.next, row.state);
      continue;
    }
    // What settles one says of the other is a message in all states but one.
    World world = InState(row.state);
    const std::string answer = world.Ask(*command);
    const std::string name = std::string(NameOf(row.state)) + ", " + std::string(NameOf(row.event));
    EXPECT_EQ(answer, row.next != row.state
                          ? "OK"
                          : "WINDOW_STATE window state=" + std::string(NameOf(row.state)))
        << name;
    const auto& windows = PeerIn(world).windows;
    const auto now = windows.find(1);
    const WindowState is = now != windows.end()             ? now->second.state
                           : PeerIn(world).open_window == 1 ? WindowState::kOpen
                                                            : WindowState::kSettled;
    EXPECT_EQ(is, row.next) << name;
  }
}

// What each needs besides the state.
TEST(WindowRowsTest, WhatMustBeKnownBefore) {
  World world = Owed();
  const auto statement = StatementOf(1, 0, kDue);
  const auto itemise = [](std::string_view id) {
    return StepWindow(id, 1, pb::WINDOW_ACTION_ITEMISE,
                      [](pb::WindowStep& step) { step.add_exchange_ids("0123456789abcdef"); });
  };
  const std::string open = "WINDOW_STATE window state=open";
  const std::string closing = "WINDOW_STATE window state=closing";
  const std::string closed = "WINDOW_STATE window state=closed";
  Play(world, {
                  {itemise("a"), open},
                  {TheirMissing("b", 1), open},
                  {CloseWindow("c", 1), "OK"},
                  {itemise("d"), closing},
                  {Complete("e", 1), closing},
                  {TheirList("f", 1), "OK"},
                  {TheirList("g", 1), closing},
                  {TheirList("h", 1, 2), closing},
                  {itemise("i"), "OK"},
                  {itemise("j"), "OK"},
                  {Complete("k", 1), "OK"},
                  {itemise("l"), closed},
                  {StateWindow("m", statement), closed},
                  {TheirMissing("n", 1), "OK"},
                  {TheirMissing("o", 1), closed},
                  {StateWindow("p", statement), "OK"},
              });
}

// What is carried from one into the next is known when the first is stated.
TEST(WindowRowsTest, WindowsAreStatedInOrder) {
  World world = Owed();
  const auto first = StatementOf(1, 0, 5);
  const auto second = StatementOf(2, 0, kDue - 5);
  Play(world, {
                  {TheirList("a", 1), "OK"},
                  {TheirMissing("b", 1), "OK"},
                  {TheirList("c", 2), "OK"},
                  {TheirMissing("d", 2), "OK"},
                  {Complete("e", 2), "OK"},
                  {StateWindow("f", second), "WINDOW_STATE window state=closed"},
                  {Complete("g", 1), "OK"},
                  {StateWindow("h", second), "WINDOW_STATE window state=closed"},
                  {StateWindow("i", first), "OK"},
                  {StateWindow("j", StatementOf(2, 0, kDue)),
                   "FIELD_INVALID statement problem=settles more than is owed"},
                  {StateWindow("k", second), "OK"},
                  {AgreeWindow("l", second), "OK"},
                  {SettleWindow("m", 2), "OK"},
                  {AgreeWindow("n", first), "OK"},
                  {SettleWindow("o", 1), "OK"},
              });
  EXPECT_EQ(Windows(world), "open 3");
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 0 prepaid 0");
}

// Each is looked through for what it carries into the next one, so that a peer cannot make any
// number of them.
TEST(WindowRowsTest, ManyWindowsAreNotClosedBeforeTheFirstAreSettled) {
  World world = Owed();
  for (std::uint64_t window = 1; window <= 64; ++window) {
    Done(world, TheirList("list " + std::to_string(window), window));
  }
  Play(world, {
                  {TheirList("one more", 65), "WINDOW_STATE window state=open"},
                  {CloseWindow("ours", 65), "WINDOW_STATE window state=open"},
              });
}

TEST(WindowRowsTest, WhatIsRefused) {
  World world = InState(WindowState::kClosed);
  const auto statement = StatementOf(1, 0, kDue);
  auto elsewhere = statement;
  std::swap(elsewhere.first.city, elsewhere.second.city);
  const auto with = [](pb::WindowAction action, const ChangeStep& change) {
    return StepWindow("w", 1, action, change);
  };
  const auto ids = [&with](const std::vector<std::string>& all) {
    return with(pb::WINDOW_ACTION_THEIR_MISSING, [&all](pb::WindowStep& step) {
      for (const std::string& id : all) {
        step.add_exchange_ids(id);
      }
    });
  };
  const std::string a(16, 'a');
  const std::string b(16, 'b');
  const std::string invalid =
      "FIELD_INVALID exchange_ids problem=must be at most 2000 of 16 bytes, "
      "in order, each once";
  const std::string between =
      "FIELD_INVALID statement problem=must be one of this window between the two cities";
  Play(world,
       {
           {with(pb::WINDOW_ACTION_CLOSE, [](auto& step) { step.set_peer(kHill.value()); }),
            "UNKNOWN_PEER peer"},
           {CloseWindow("w", 0), "UNKNOWN_WINDOW window"},
           {CloseWindow("w", 3), "UNKNOWN_WINDOW window"},
           {with(pb::WINDOW_ACTION_UNSPECIFIED, nullptr),
            "FIELD_INVALID action problem=must be stated"},
           {with(pb::WINDOW_ACTION_CLOSE, [](auto& step) { step.set_items(1); }),
            "FIELD_INVALID items problem=is for the peer's list"},
           {with(pb::WINDOW_ACTION_THEIR_LIST, nullptr),
            "FIELD_INVALID digest problem=must be 32 bytes of the peer's list"},
           {with(pb::WINDOW_ACTION_CLOSE, [&a](auto& step) { step.add_exchange_ids(a); }),
            "FIELD_INVALID exchange_ids problem=is for ids that the peer told"},
           {with(pb::WINDOW_ACTION_ITEMISE, nullptr),
            "FIELD_INVALID exchange_ids problem=must name one at least"},
           {ids({b, a}), invalid},
           {ids({a, a}), invalid},
           {ids({"short"}), invalid},
           {with(pb::WINDOW_ACTION_STATE, nullptr),
            "FIELD_INVALID statement problem=must be the statement that was computed"},
           {with(pb::WINDOW_ACTION_STATE, [](auto& step) { step.set_statement("nothing"); }),
            between},
           {with(pb::WINDOW_ACTION_STATE,
                 [](auto& step) { step.set_statement(TextOf(StatementOf(2, 0, 0))); }),
            between},
           {StateWindow("w", StatementOf(1, 0, kDue + 1)),
            "FIELD_INVALID statement problem=settles more than is owed"},
           {StateWindow("w", StatementOf(1, 1, kDue)),
            "FIELD_INVALID statement problem=settles more than is owed"},
           {StateWindow("s5", statement), "OK"},
           {with(pb::WINDOW_ACTION_AGREE, nullptr),
            "FIELD_INVALID note problem=must be the peer's note of the statement"},
           {with(pb::WINDOW_ACTION_AGREE, [](auto& step) { step.set_note("nothing"); }),
            "SIGNATURE_INVALID note"},
           {with(pb::WINDOW_ACTION_AGREE,
                 [&](auto& step) { step.set_note(SignedBy(TextOf(statement), {OurSigner()})); }),
            "SIGNATURE_INVALID note"},
           {AgreeWindow("w", StatementOf(1, 0, 0)),
            "FIELD_INVALID note problem=must be of the statement that was made here"},
           {AgreeWindow("s6", statement), "OK"},
           {with(pb::WINDOW_ACTION_SETTLE, nullptr), "FIELD_INVALID reference problem=is missing"},
       });
}

// A registry that is rebuilt from the entries is the one that apply made.
TEST(WindowRowsTest, TheRegistryIsRebuilt) {
  for (const WindowState state :
       {WindowState::kClosed, WindowState::kAgreed, WindowState::kSettled}) {
    const World world = InState(state);
    Registry rebuilt;
    for (std::size_t i = 0; i < world.entries().size(); ++i) {
      world.ledger().Register(rebuilt, EntryIndex(i), world.entries()[i]);
    }
    const interop::Peer& is = *interop::PeersOf(rebuilt).Find(kRiver);
    const interop::Peer& wanted = PeerIn(world);
    EXPECT_EQ(is.open_window, wanted.open_window);
    ASSERT_EQ(is.windows.size(), wanted.windows.size());
    for (const auto& [number, window] : wanted.windows) {
      EXPECT_EQ(is.windows.at(number).state, window.state);
      EXPECT_EQ(is.windows.at(number).changed, window.changed);
      EXPECT_EQ(is.windows.at(number).their_list, window.their_list);
      EXPECT_EQ(is.windows.at(number).statement, window.statement);
      EXPECT_EQ(is.windows.at(number).due_fen, window.due_fen);
    }
  }
}

}  // namespace
}  // namespace tanhui
