// Accounting dates that callers ask for: refunds, reversals and cancellations booked on an earlier
// day, while its month is open.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/periods/period_words.h"

namespace tanhui {
namespace {

using namespace world;

constexpr std::uint64_t kAwarded = kFirst + 1;
constexpr std::uint64_t kRedeemed = kFirst + 2;

// February with an award and a redemption; it is 2024-03-05.
World March() {
  World world = Funded(100);
  Done(world, Award("a", kAlice, kBudget, 40));
  Done(world, Redeem("r", kAlice, kShop, 15));
  world.GoTo("2024-03-05");
  return world;
}

std::string DateOf(const World& world) {
  return FormatDate(BusinessDate(world.last().accounting_date()));
}

TEST(BookedOnTest, AnOpenMonthTakesIt) {
  World world = March();
  Done(world, BookedOn(Refund("b1", kRedeemed, 1), "2024-02-28"));
  EXPECT_EQ(DateOf(world), "2024-02-28");
  EXPECT_EQ(world.last().business_date(), world.today().value());
  Done(world, BookedOn(Refund("b2", kRedeemed, 1), "2024-03-05"));
  EXPECT_EQ(DateOf(world), "2024-03-05");
  Done(world, Refund("b3", kRedeemed, 1));
  EXPECT_EQ(DateOf(world), "2024-03-05") << "left out, it is today's";
  Done(world, BookedOn(Reverse("v", kAwarded), "2024-02-29"));
  EXPECT_EQ(DateOf(world), "2024-02-29");
  Done(world, Award("a2", kAlice, kBudget, 5));
  world.WaitDays(3);
  Done(world, BookedOn(Cancel("x", "a2"), "2024-03-06"));
  EXPECT_EQ(DateOf(world), "2024-03-06");
}

TEST(BookedOnTest, RefusedBeforeAnythingIsWritten) {
  World world = March();
  Done(world, Award("a2", kAlice, kBudget, 5));
  const std::string future = "FIELD_INVALID booked_on first=2024-02-28 last=2024-03-05";
  const std::string of_today = "FIELD_INVALID booked_on first=2024-03-05 last=2024-03-05";
  Play(world, {
                  {BookedOn(Refund("b", kRedeemed, 1), "2024-03-06"), future},
                  {BookedOn(Reverse("b", kAwarded), "2024-03-06"), future},
                  {BookedOn(Cancel("b", "a2"), "2024-03-06"), of_today},
                  {BookedOn(Cancel("b", "a2"), "2024-03-04"), of_today},
                  {BookedOn(Refund("b", kRedeemed, 1), "2024-02-27"), future},
                  {BookedOn(Refund("b", kRedeemed, 100), "2024-03-06"), future},
                  {BookedOn(Refund("b", 9'999, 1), "2024-03-06"), "UNKNOWN_ENTRY entry_index"},
                  {By(BookedOn(Refund("b", kRedeemed, 1), "1991-07-01"), kOtherPlatform),
                   "UNKNOWN_ENTRY entry_index"},
                  {ClosePeriod("c", kMidnight, "2024-02"), "OK"},
              });
  const std::string closed = "PERIOD_CLOSED booked_on first_open_date=2024-03-01";
  const std::size_t size = world.entries().size();
  Play(world, {
                  {BookedOn(Refund("b", kRedeemed, 1), "2024-02-29"), closed},
                  {BookedOn(Refund("b", kRedeemed, 100), "2024-02-29"), closed},
                  {BookedOn(Reverse("b", kAwarded), "2024-02-28"), closed},
                  {BookedOn(Refund("b", kRedeemed, 1), "1991-01-01"), future},
              });
  EXPECT_EQ(world.entries().size(), size);
  Play(world, {
                  {BookedOn(Refund("b", kRedeemed, 1), "2024-03-01"), "OK"},
                  {BookedOn(Refund("b", kRedeemed, 1), "2024-03-02"), "SEEN 25 OTHER booked_on"},
              });
}

// What is posted into a closed month comes late: it is of the open one, and names its original.
TEST(BookedOnTest, ALateRefundIsOfTheOpenMonth) {
  World world = March();
  Done(world, ClosePeriod("c", kMidnight, "2024-02"));
  Done(world, Refund("b", kRedeemed, 5));
  EXPECT_EQ(world.last().refund().target(), kRedeemed);
  world.GoTo("2024-04-01");
  Done(world, ClosePeriod("c3", kMidnight, "2024-03"));
  EXPECT_EQ(Closed(world),
            "1/citizen 25 -0 +5 =30; 1/merchant 15 -5 +0 =10; 1/budget 60 -0 +0 =60; "
            "1/issuance -100 -0 +0 =-100");
}

// The last-second race: whichever comes first, the books agree.
TEST(BookedOnTest, ARefundAndTheClosingOfItsMonthInOneBatch) {
  for (const bool refund_first : {true, false}) {
    World world = March();
    const Command refund = BookedOn(Refund("b", kRedeemed, 5), "2024-02-28");
    const Command close = ClosePeriod("c", kMidnight, "2024-02");
    EXPECT_EQ(world.Ask(refund_first ? refund : close), "OK");
    EXPECT_EQ(world.Ask(refund_first ? close : refund),
              refund_first ? "OK" : "PERIOD_CLOSED booked_on first_open_date=2024-03-01");
    const auto& closing = world.entries()[kRedeemed + (refund_first ? 2 : 1)].period_closing();
    EXPECT_EQ(LineText(closing.lines(1)),
              refund_first ? "1/merchant 0 -5 +15 =10" : "1/merchant 0 -0 +15 =15");
  }
}

TEST(BookedOnTest, TheDayIsTheSchemesDay) {
  World world;
  Done(world, Fund("f", kStampBudget, 100));
  Done(world, Award("a", kStampAlice, kStampBudget, 40));
  Done(world, Redeem("r", kStampAlice, kStampShop, 15));
  const std::uint64_t redeemed = world.last_index();
  world.Wait(12 * 60 * kMicrosPerMinute);  // 22:00 of the 28th
  EXPECT_EQ(world.Ask(BookedOn(Refund("b", redeemed, 1), "2024-02-29")),
            "FIELD_INVALID booked_on first=2024-02-28 last=2024-02-28");
  world.Wait(60 * kMicrosPerMinute);
  EXPECT_EQ(world.Ask(BookedOn(Refund("b", redeemed, 1), "2024-02-29")), "OK");
}

}  // namespace
}  // namespace tanhui
