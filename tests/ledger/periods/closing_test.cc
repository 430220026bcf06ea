// Closing accounting months: when it is possible, what it says, and that nothing comes after it.
#include <gtest/gtest.h>

#include <string>

#include "ledger/core/books/calendar.h"
#include "tests/ledger/periods/period_words.h"

namespace tanhui {
namespace {

using namespace world;

// 100 points in kBudget, 40 awarded to kAlice, 15 redeemed: all on 2024-02-28. The log has
// kFirst + 3 entries.
World February() {
  World world = Funded(100);
  Done(world, Award("a", kAlice, kBudget, 40));
  Done(world, Redeem("r", kAlice, kShop, 15));
  return world;
}
constexpr std::uint64_t kRedeemed = kFirst + 2;
constexpr const char* kFebruaryLines =
    "1/citizen 0 -15 +40 =25; 1/merchant 0 -0 +15 =15; 1/budget 0 -40 +100 =60; "
    "1/issuance 0 -100 +0 =-100";

TEST(ClosingTest, SaysWhatWasPosted) {
  World world = February();
  world.GoTo("2024-03-01");
  EXPECT_EQ(world.Ask(ClosePeriod("c", kMidnight, "2024-02")), "OK");
  EXPECT_EQ(Closed(world), kFebruaryLines);
  EXPECT_EQ(world.last().period_closing().last_index(), world.last_index() - 1);
  EXPECT_TRUE(world.state().periods().rows().empty());
  const auto& calendar = periods::CalendarOf(world.state().registry());
  EXPECT_EQ(calendar.ClosingOf(kMidnight, *ParseMonth("2024-02")), EntryIndex(world.last_index()));
  EXPECT_FALSE(calendar.ClosingOf(kMidnight, *ParseMonth("2024-01")).has_value());
  EXPECT_EQ(calendar.Find(kLateEvening), nullptr);
}

TEST(ClosingTest, EarlyTwiceAndOutOfOrder) {
  World world = February();
  const std::string not_over = "PERIOD_NOT_OVER month month=2024-02";
  EXPECT_EQ(world.Ask(ClosePeriod("c", kMidnight, "2024-02")), not_over);
  world.GoTo("2024-02-29");
  EXPECT_EQ(world.Ask(ClosePeriod("c", kMidnight, "2024-02")), not_over) << "its last day";
  world.GoTo("2024-05-10");
  Play(world, {
                  {ClosePeriod("c", kMidnight, "2024-03"), "PERIOD_NOT_NEXT month month=2024-02"},
                  {ClosePeriod("c", kMidnight, "2024-01"), "PERIOD_NOT_NEXT month month=2024-02"},
                  {ClosePeriod("c", kMidnight, "2024-05"), "PERIOD_NOT_OVER month month=2024-05"},
                  {ClosePeriod("c", kMidnight, "2031-05"), "PERIOD_NOT_OVER month month=2031-05"},
                  {ClosePeriod("c", kMidnight, "2024-02"), "OK"},
                  {ClosePeriod("c", kMidnight, "2024-02"), "SEEN 23"},
                  {ClosePeriod("c2", kMidnight, "2024-02"), "PERIOD_NOT_NEXT month month=2024-03"},
                  {ClosePeriod("c2", kMidnight, "2024-04"), "PERIOD_NOT_NEXT month month=2024-03"},
                  {ClosePeriod("c2", kMidnight, "2024-03"), "OK"},
                  {ClosePeriod("c3", kMidnight, "2024-04"), "OK"},
                  {ClosePeriod("c4", kMidnight, "2024-05"), "PERIOD_NOT_OVER month month=2024-05"},
                  {Cancel("x", "c3"), "NOT_CANCELLABLE target_request_id"},
              });
}

TEST(ClosingTest, ASchemeWithoutPostingsHasNoMonthToClose) {
  World world = February();
  world.GoTo("2024-04-10");
  EXPECT_EQ(world.Ask(ClosePeriod("c", kLateEvening, "2024-02")), "PERIOD_NOT_NEXT month month=");
}

TEST(ClosingTest, MonthsWithoutPostingsCarryTheBalances) {
  World world = February();
  world.GoTo("2024-05-01");
  Done(world, ClosePeriod("c2", kMidnight, "2024-02"));
  Done(world, ClosePeriod("c3", kMidnight, "2024-03"));
  EXPECT_EQ(Closed(world),
            "1/citizen 25 -0 +0 =25; 1/merchant 15 -0 +0 =15; 1/budget 60 -0 +0 =60; "
            "1/issuance -100 -0 +0 =-100");
  Done(world, Award("a3", kAlice, kBudget, 5));
  Done(world, ClosePeriod("c4", kMidnight, "2024-04"));
  world.GoTo("2024-06-01");
  Done(world, ClosePeriod("c5", kMidnight, "2024-05"));
  EXPECT_EQ(Closed(world),
            "1/citizen 25 -0 +5 =30; 1/merchant 15 -0 +0 =15; 1/budget 60 -5 +0 =55; "
            "1/issuance -100 -0 +0 =-100");
}

TEST(ClosingTest, ADayEndsAtTheCutOff) {
  World world;
  Done(world, Fund("f", kStampBudget, 100));
  world.GoTo("2024-03-31");
  world.Wait(13 * 60 * kMicrosPerMinute);  // 23:00
  world.Wait(-kMicrosPerMinute);
  Done(world, Award("a1", kStampAlice, kStampBudget, 1));
  world.Wait(31 * kMicrosPerMinute);
  Done(world, Award("a2", kStampAlice, kStampBudget, 10));
  EXPECT_EQ(FormatDate(BusinessDate(world.last().accounting_date())), "2024-04-01");
  EXPECT_EQ(FormatDate(BusinessDate(world.last().business_date())), "2024-03-31");
  Done(world, ClosePeriod("c2", kLateEvening, "2024-02"));
  EXPECT_EQ(FormatDate(BusinessDate(world.last().accounting_date())), "2024-04-01")
      << "a closing is dated by its scheme, too";
  EXPECT_EQ(world.Ask(ClosePeriod("c3", kLateEvening, "2024-03")), "OK") << "it is April there";
  EXPECT_EQ(Closed(world),
            "2/citizen 0 -0 +1 =1; 2/budget 100 -1 +0 =99; 2/issuance -100 -0 +0 =-100");
  EXPECT_EQ(world.Ask(ClosePeriod("c4", kMidnight, "2024-03")),
            "PERIOD_NOT_OVER month month=2024-03");
}

TEST(ClosingTest, HeldPointsAreTheCitizensStill) {
  World world = February();
  Done(world, HoldPoints("h", kAlice, kShop, 20, world.InDays(20)));
  const std::uint64_t hold = world.last_index();
  world.GoTo("2024-03-02");
  Done(world, ClosePeriod("c", kMidnight, "2024-02"));
  EXPECT_EQ(Closed(world), kFebruaryLines);
  Done(world, Capture("p", hold, 20));
  world.GoTo("2024-04-02");
  Done(world, ClosePeriod("c2", kMidnight, "2024-03"));
  EXPECT_EQ(Closed(world).substr(0, 59),
            "1/citizen 25 -20 +0 =5; 1/merchant 15 -0 +20 =35; 1/budget ");
}

TEST(ClosingTest, ATrialLeavesNothing) {
  World world = February();
  world.GoTo("2024-03-01");
  world.BeginTrial();
  Done(world, ClosePeriod("c", kMidnight, "2024-02"));
  Done(world, Award("a2", kAlice, kBudget, 3));
  world.UndoTrial();
  EXPECT_EQ(world.Ask(BookedOn(Refund("b", kRedeemed, 5), "2024-02-29")), "OK");
  Done(world, ClosePeriod("c", kMidnight, "2024-02"));
  EXPECT_EQ(Closed(world).substr(0, 62),
            "1/citizen 0 -15 +45 =30; 1/merchant 0 -5 +15 =10; 1/budget 0 -");
}

// --- forged entries ---

TEST(ClosingTest, FaultsOfClosings) {
  World world = February();
  world.GoTo("2024-03-01");
  const Command close = ClosePeriod("c", kMidnight, "2024-02");
  const auto tampered = [&](auto change) {
    return Tampered(world, close, [&](Entry& entry) { change(*entry.mutable_period_closing()); });
  };
  const std::string lines = "a closing whose lines are not the sums of the postings";
  const std::string month = "a closing of a month that is not over, or not the next one";
  EXPECT_EQ(tampered([](auto&) {}), "OK");
  EXPECT_EQ(tampered([](auto& closing) { closing.clear_lines(); }), lines);
  EXPECT_EQ(tampered([](auto& closing) { closing.mutable_lines(0)->set_credits("41"); }), lines);
  EXPECT_EQ(tampered([](auto& closing) { closing.mutable_lines(0)->set_closing("x"); }), lines);
  EXPECT_EQ(tampered([](auto& closing) { closing.mutable_lines()->SwapElements(0, 1); }), lines);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_last_index(3); }), lines);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_scheme(0); }), month);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_scheme(77); }), month);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_scheme(2); }), month);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_month(closing.month() + 1); }), month);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_month(closing.month() - 1); }), month);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_month(0); }), month);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_month(65'535); }), month);
  EXPECT_EQ(tampered([](auto& closing) { closing.set_month(closing.month() + 65'536); }), month);
}

TEST(ClosingTest, FaultsOfDates) {
  World world = February();
  world.GoTo("2024-03-01");
  Done(world, ClosePeriod("c", kMidnight, "2024-02"));
  const auto dated = [&](const Command& command, std::int32_t date) {
    return Tampered(world, command, [&](Entry& entry) { entry.set_accounting_date(date); });
  };
  const Command award = Award("a2", kAlice, kBudget, 1);
  const std::int32_t today = world.today().value();
  EXPECT_EQ(dated(award, today), "OK");
  EXPECT_EQ(dated(award, today - 1), "an accounting date that is not its ledger day");
  EXPECT_EQ(dated(award, today + 2), "an accounting date that is not its ledger day");
  for (const std::int32_t date : {INT32_MIN, -1, INT32_MAX, 2'932'897}) {
    EXPECT_EQ(dated(award, date), "an accounting date that cannot be") << date;
  }
  EXPECT_EQ(dated(award, 0), "an accounting date that is not its ledger day");
  const auto booked = [&](std::int32_t asked, std::int32_t date) {
    return Tampered(world, Refund("b", kRedeemed, 5), [&](Entry& entry) {
      entry.mutable_refund()->set_booked_on(asked);
      entry.set_accounting_date(date);
    });
  };
  const std::string not_asked = "an accounting date that is not the one asked for";
  EXPECT_EQ(booked(today, today), "OK");
  EXPECT_EQ(booked(today - 1, today), not_asked);
  EXPECT_EQ(booked(today + 2, today + 2), not_asked) << "of the future";
  EXPECT_EQ(booked(1, 1), not_asked) << "before all dates";
  EXPECT_EQ(booked(-5, -5), "an accounting date that cannot be");
  EXPECT_EQ(booked(today - 1, today - 1), "a posting into a closed month");
  EXPECT_EQ(booked(today - 400, today - 400), "a posting into a closed month");
}

}  // namespace
}  // namespace tanhui
