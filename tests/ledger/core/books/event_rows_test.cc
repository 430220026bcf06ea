// Which events entries make, and for whom.
#include "ledger/core/books/event_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ledger/core/steps.h"

namespace tanhui::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "scope kind subject" of each event since the last call.
std::vector<std::string> Told(World& world) {
  std::vector<std::string> told;
  for (const EventRow& row : world.mutable_state().TakeChanges().events) {
    told.push_back(absl::StrCat(
        row.scope == EventRow::kEverybody ? std::string("all") : absl::StrCat(row.scope), " ",
        static_cast<int>(row.kind), " ", row.subject));
  }
  return told;
}

class EventRowsTest : public testing::Test {
 protected:
  void SetUp() override { Do(Fund("fund", kBudget, 100)); }
  void Do(const Command& command) { ASSERT_EQ(world_.Ask(command), "OK"); }
  World world_;
};

TEST_F(EventRowsTest, AnAwardTellsNobodyUntilItsBudgetIsNearlyUsed) {
  Do(Award("a", kAlice, kBudget, 79));
  EXPECT_THAT(Told(world_), IsEmpty());
  Do(Award("b", kAlice, kBudget, 1));
  EXPECT_THAT(Told(world_), ElementsAre("5 6 11"));
  Do(Award("c", kAlice, kBudget, 1));
  EXPECT_THAT(Told(world_), IsEmpty()) << "only the entry that crosses the mark";
  Do(Award("d", kAlice, kBudget, 14));
  EXPECT_THAT(Told(world_), ElementsAre("5 7 11"));
}

TEST_F(EventRowsTest, BothMarksMayBeCrossedAtOnceAndAgainAfterMoreFunding) {
  Do(Award("a", kAlice, kBudget, 96));
  EXPECT_THAT(Told(world_), ElementsAre("5 6 11", "5 7 11"));
  Do(Fund("more", kBudget, 100));
  EXPECT_THAT(Told(world_), IsEmpty());
  Do(Award("b", kAlice, kBudget, 63));
  EXPECT_THAT(Told(world_), IsEmpty()) << "41 of 200 are left";
  Do(Award("c", kAlice, kBudget, 1));
  EXPECT_THAT(Told(world_), ElementsAre("5 6 11"));
}

TEST_F(EventRowsTest, AReversalTellsWhoMadeTheAward) {
  Do(Award("a", kAlice, kBudget, 10));
  const std::uint64_t award = world_.last_index();
  Told(world_);
  Do(Privileged(By(Reverse("r", award), kOperator)));
  EXPECT_THAT(Told(world_), ElementsAre(absl::StrCat(kPlatform.value(), " 2 ", award)));
}

TEST_F(EventRowsTest, PointsThatExpireAreToldToThoseLinkedToTheAccount) {
  Do(Award("a", kAlice, kBudget, 10));
  Told(world_);
  world_.WaitDays(500);
  ASSERT_TRUE(world_.Sweep(kAlice));
  EXPECT_THAT(Told(world_), ElementsAre(absl::StrCat("0 3 ", kAlice.value())));
}

Terms WithNotice(std::vector<std::uint32_t> days) {
  Terms terms = Transfers(TransferPolicy::kCapped);
  terms.notice_days = std::move(days);
  return terms;
}

// What the sweeper writes about an asset, as "days month".
std::vector<std::string> Notices(World& world) {
  std::vector<std::string> notices;
  const std::uint64_t before = world.entries().size();
  world.Sweep(kExpiry);
  for (std::uint64_t i = before; i < world.entries().size(); ++i) {
    const auto& notice = world.entries()[i].expiry_notice();
    notices.push_back(absl::StrCat(notice.days(), " ",
                                   FormatMonth(Month(static_cast<std::uint16_t>(notice.month())))));
  }
  return notices;
}

TEST_F(EventRowsTest, NoticeIsGivenOnceForEachMonthsEndAndNumberOfDays) {
  Do(SetTerms("t", kPoints, WithNotice({30, 7})));  // on 2024-02-28
  EXPECT_THAT(Notices(world_), ElementsAre("30 2024-02", "7 2024-02"));
  EXPECT_THAT(Notices(world_), IsEmpty());
  world_.GoTo("2024-03-01");
  EXPECT_THAT(Notices(world_), ElementsAre("30 2024-03"));
  world_.GoTo("2024-03-23");
  EXPECT_THAT(Notices(world_), IsEmpty()) << "eight days ahead";
  world_.GoTo("2024-03-24");
  EXPECT_THAT(Notices(world_), ElementsAre("7 2024-03"));
  world_.GoTo("2024-06-10");
  EXPECT_THAT(Notices(world_), ElementsAre("30 2024-06")) << "what was missed is past";
  Told(world_);
  Do(SetTerms("u", kPoints, WithNotice({366})));
  Told(world_);
  EXPECT_EQ(Notices(world_).size(), 12u);
  EXPECT_EQ(Told(world_).size(), 12u) << "one event for everybody a notice";
}

TEST_F(EventRowsTest, ANoticeThatIsNotDueIsAFault) {
  Do(SetTerms("t", kPoints, WithNotice({7})));
  const Entry last = world_.last();
  for (const auto& [asset, month, days] : std::vector<std::tuple<int, int, int>>{
           {9, 649, 7}, {1, 649, 30}, {1, 650, 7}, {1, 649 + 65'536, 7}}) {
    Entry entry;
    entry.set_format(kEntryFormat);
    entry.set_recorded_micros(last.recorded_micros());
    entry.set_business_date(last.business_date());
    entry.set_accounting_date(last.accounting_date());
    entry.mutable_expiry_notice()->set_asset(static_cast<std::uint32_t>(asset));
    entry.mutable_expiry_notice()->set_month(static_cast<std::uint32_t>(month));
    entry.mutable_expiry_notice()->set_days(static_cast<std::uint32_t>(days));
    EXPECT_EQ(world_.FaultOf(entry), "a notice that is not due") << asset << month << days;
  }
}

}  // namespace
}  // namespace tanhui::world
