// The table of WINDOWS.md is the program's; two cities agree whatever is lost or late.
#include "interop/settlement/window.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "tests/interop/page_rows.h"

namespace tanhui::settlement {
namespace {

TEST(WindowTest, ThePageHasTheProgramsTable) {
  std::vector<std::string> rows;
  for (const WindowRow& row : WindowTable()) {
    const std::string next = !row.possible           ? "refused"
                             : row.next == row.state ? "–"
                                                     : std::string(NameOf(row.next));
    std::string text = "| ";
    for (const std::string_view part :
         {NameOf(row.state), NameOf(row.event), std::string_view(next), NameOf(row.answer),
          NameOf(row.contradiction)}) {
      text.append(part).append(" | ");
    }
    text.pop_back();
    rows.push_back(text);
  }
  EXPECT_EQ(RowsUnder("interop/settlement/WINDOWS.md", "The table"), rows);
}

TEST(WindowTest, NoWayLeadsBack) {
  for (const WindowRow& row : WindowTable()) {
    EXPECT_GE(row.next, row.state) << NameOf(row.state) << " " << NameOf(row.event);
    EXPECT_LE(static_cast<int>(row.next), static_cast<int>(row.state) + 1);
  }
}

ExchangeId Id(std::uint8_t city, std::uint64_t number) {
  ExchangeId id;
  id.bytes[0] = city;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    id.bytes[ExchangeId::kSize - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return id;
}

// One city's side of a window: what it committed, what came, and how far it is.
struct Side {
  Window window;
  std::set<ExchangeId> committed;
  WindowState state = WindowState::kOpen;

  void Commit(const ExchangeId& id) {
    committed.insert(id);
    EXPECT_TRUE(window.AddOurs(id));
  }
  WindowMessage Do(WindowEvent event) {
    const WindowRow& row = Step(state, event);
    EXPECT_TRUE(row.possible) << NameOf(state) << " " << NameOf(event);
    EXPECT_EQ(row.contradiction, WindowContradiction::kNone);
    state = row.next;
    return row.answer;
  }
  // The other city's list, and its ids one by one as far as they are not here.
  void TakeList(const Side& other) {
    EXPECT_TRUE(window.SetTheirList(other.window.list()));
    for (const ExchangeId& id : other.committed) {
      if (!window.Covered()) {
        window.Itemise(id);
      }
    }
  }
};

// Both close, list, itemise, state and agree.
void Agree(Side& a, Side& b) {
  EXPECT_EQ(a.Do(WindowEvent::kClose), WindowMessage::kClosing);
  EXPECT_EQ(b.Do(WindowEvent::kTheirClosing), WindowMessage::kClosing);
  a.Do(WindowEvent::kTheirClosing);
  for (Side* side : {&a, &b}) {
    Side& other = side == &a ? b : a;
    side->TakeList(other);
    ASSERT_TRUE(side->window.Covered());
    side->Do(WindowEvent::kComplete);
  }
  EXPECT_TRUE(a.window.SetTheirMissing(b.window.Missing()));
  EXPECT_TRUE(b.window.SetTheirMissing(a.window.Missing()));
  const Items at_a = a.window.Settled();
  const Items at_b = b.window.Settled();
  EXPECT_EQ(at_a, (Items{at_b.theirs, at_b.ours}));
  const Items open = a.window.Open();
  EXPECT_EQ(b.window.Open(), (Items{open.theirs, open.ours}));
  for (Side* side : {&a, &b}) {
    EXPECT_EQ(side->Do(WindowEvent::kState), WindowMessage::kStatement);
    side->Do(WindowEvent::kSameStatement);
    EXPECT_EQ(side->state, WindowState::kAgreed);
  }
  EXPECT_EQ(a.Do(WindowEvent::kMoney), WindowMessage::kSettled);
  EXPECT_EQ(b.Do(WindowEvent::kTheirSettled), WindowMessage::kSettled);
  EXPECT_EQ(b.state, WindowState::kSettled);
}

// 37 items are late by one window; 3 of them never come.
TEST(WindowTest, AMonthsEnd) {
  Side chongqing;
  Side chengdu;
  constexpr std::uint64_t kItems = 1'000;
  constexpr std::uint64_t kLate = 37;
  constexpr std::uint64_t kNever = 3;
  for (std::uint64_t i = 0; i < kItems; ++i) {
    chongqing.Commit(Id(1, i));
    chengdu.Commit(Id(2, i));
    chongqing.window.AddTheirs(Id(2, i));
    if (i >= kLate) {
      chengdu.window.AddTheirs(Id(1, i));
    }
  }
  Agree(chongqing, chengdu);
  EXPECT_EQ(chongqing.window.Settled().ours.size(), kItems - kLate);
  EXPECT_EQ(chongqing.window.Settled().theirs.size(), kItems);
  EXPECT_EQ(chengdu.window.Open().theirs.size(), kLate) << "listed, and both signed the list";

  Side next_chongqing{Window(chongqing.window.Open()), {}, WindowState::kOpen};
  Side next_chengdu{Window(chengdu.window.Open()), {}, WindowState::kOpen};
  for (std::uint64_t i = kNever; i < kLate; ++i) {
    EXPECT_TRUE(next_chengdu.window.AddTheirs(Id(1, i)));
  }
  next_chongqing.Commit(Id(1, kItems));
  next_chengdu.window.AddTheirs(Id(1, kItems));
  Agree(next_chongqing, next_chengdu);
  EXPECT_EQ(next_chongqing.window.Settled().ours.size(), kLate - kNever + 1);
  EXPECT_EQ(next_chongqing.window.Open().ours,
            (std::set<ExchangeId>{Id(1, 0), Id(1, 1), Id(1, 2)}));
}

TEST(WindowTest, WhatDoesNotFit) {
  Side a;
  Side b;
  b.Commit(Id(2, 1));
  a.window.AddTheirs(Id(2, 1));
  EXPECT_FALSE(a.window.Covered()) << "no list came";
  EXPECT_TRUE(a.window.SetTheirList(b.window.list()));
  EXPECT_TRUE(a.window.Covered());
  b.Commit(Id(2, 2));
  EXPECT_FALSE(a.window.SetTheirList(b.window.list())) << "a list is signed once";
  a.window.AddTheirs(Id(2, 3));
  EXPECT_FALSE(a.window.Covered()) << "here is what is not on their list";
  EXPECT_FALSE(a.window.Itemise(Id(2, 3))) << "it is here";
  EXPECT_FALSE(a.window.SetTheirMissing({Id(1, 9)})) << "not ours";
  EXPECT_EQ(Step(WindowState::kOpen, WindowEvent::kOtherStatement).contradiction,
            WindowContradiction::kStatedTooEarly);
  EXPECT_FALSE(Step(WindowState::kStated, WindowEvent::kMoney).possible);
}

// Any items, some late by one or more windows: nothing is settled twice, and all that came is.
RC_GTEST_PROP(WindowProperty, EveryItemIsSettledOnce, ()) {
  Items carried_a;
  Items carried_b;
  std::set<ExchangeId> settled;
  std::set<ExchangeId> late;  // committed by a, not come to b
  std::uint64_t number = 0;
  for (int round = 0; round < 4; ++round) {
    Side a{Window(carried_a), {}, WindowState::kOpen};
    Side b{Window(carried_b), {}, WindowState::kOpen};
    std::set<ExchangeId> still_late;
    for (const ExchangeId& id : late) {
      if (*rc::gen::arbitrary<bool>()) {
        b.window.AddTheirs(id);
      } else {
        still_late.insert(id);
      }
    }
    const auto items = *rc::gen::inRange(0, 12);
    for (int i = 0; i < items; ++i) {
      const ExchangeId id = Id(1, ++number);
      a.Commit(id);
      if (*rc::gen::inRange(0, 4) == 0) {
        still_late.insert(id);
      } else {
        b.window.AddTheirs(id);
      }
    }
    late = still_late;
    Agree(a, b);
    for (const ExchangeId& id : a.window.Settled().ours) {
      RC_ASSERT(settled.insert(id).second);
    }
    RC_ASSERT(a.window.Open().ours == late);
    carried_a = a.window.Open();
    carried_b = b.window.Open();
  }
  RC_ASSERT(settled.size() + late.size() == number);
}

}  // namespace
}  // namespace tanhui::settlement
