// Plans are read as they were written, and nothing else is.
#include "services/cli/bulk/bulk_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tanhui::cli {
namespace {

using testing::HasSubstr;

BulkPlan Plan() {
  return {"ledger.example/cq",
          81'234,
          BulkAction::kAdjust,
          "wrong_figure",
          {{512, 0, 0, 10, 12}, {977, 1, 0, 9, 3}}};
}

TEST(BulkPlanTest, IsOneLineForThePlanAndOneForEachRow) {
  EXPECT_EQ(FormatBulkPlan(Plan()),
            "{\"format\":\"tanhui-bulk 1\",\"origin\":\"ledger.example/cq\",\"as_of_index\":81234,"
            "\"what\":\"adjust\",\"reason\":\"wrong_figure\",\"rows\":2,\"points\":-4,\"sha256\":"
            "\"11c470dfafd94e20c72345de1f4cfe84ad619caf89d82b59238cecc10278dcd3\"}\n"
            "{\"entry\":512,\"revision\":0,\"before\":10,\"after\":12}\n"
            "{\"entry\":977,\"revision\":1,\"before\":9,\"after\":3}\n");
}

TEST(BulkPlanTest, IsReadAsItWasWritten) {
  for (const BulkAction action : {BulkAction::kAdjust, BulkAction::kReverse}) {
    BulkPlan plan = Plan();
    plan.action = action;
    plan.rows[0].quantity = action == BulkAction::kReverse ? 3 : 0;
    const auto read = ParseBulkPlan(FormatBulkPlan(plan));
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(read->rows, plan.rows);
    EXPECT_EQ(read->origin, plan.origin);
    EXPECT_EQ(read->as_of_index, plan.as_of_index);
    EXPECT_EQ(read->action, plan.action);
    EXPECT_EQ(read->reason, plan.reason);
    EXPECT_EQ(FormatBulkPlan(*read), FormatBulkPlan(plan));
  }
}

TEST(BulkPlanTest, RequestIdsAreThoseOfThePlanAndTheEntry) {
  const Hash256 name = NameOf(Plan());
  EXPECT_THAT(BulkRequestId(name, Plan().rows[0]), testing::MatchesRegex("bulk:[0-9a-f]{16}:512"));
  BulkPlan other = Plan();
  other.rows[1].after = 4;
  EXPECT_NE(BulkRequestId(NameOf(other), Plan().rows[0]), BulkRequestId(name, Plan().rows[0]))
      << "another plan is another request";
  EXPECT_LE(BulkRequestId(name, {.entry = ~std::uint64_t{0}}).size(), 64u);
}

TEST(BulkPlanTest, WhatWasCutOrChangedIsRefused) {
  const std::string whole = FormatBulkPlan(Plan());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseBulkPlan(whole.substr(0, size)).ok()) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = changed[at] == '1' ? '2' : '1';
    EXPECT_FALSE(ParseBulkPlan(changed).ok()) << at;
  }
  EXPECT_FALSE(ParseBulkPlan(absl::StrCat(whole, "x")).ok());
  EXPECT_FALSE(ParseBulkPlan(absl::StrCat(whole, whole)).ok());
  EXPECT_THAT(ParseBulkPlan("").status().ToString(), HasSubstr("make the plan again"));
  const std::string other = absl::StrReplaceAll(whole, {{"tanhui-bulk 1", "tanhui-bulk 2"}});
  EXPECT_FALSE(ParseBulkPlan(other).ok());
}

RC_GTEST_PROP(BulkPlanTest, AnyPlanComesBack, ()) {
  BulkPlan plan = Plan();
  plan.rows.clear();
  std::uint64_t entry = 0;
  const int rows = *rc::gen::inRange(0, 40);
  for (int i = 0; i < rows; ++i) {
    entry += *rc::gen::inRange<std::uint64_t>(1, 1'000'000'000'000);
    plan.rows.push_back({entry, *rc::gen::inRange<std::uint64_t>(0, 9), 0,
                         *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000),
                         *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000)});
  }
  const auto read = ParseBulkPlan(FormatBulkPlan(plan));
  RC_ASSERT(read.ok());
  RC_ASSERT(read->rows == plan.rows);
}

}  // namespace
}  // namespace tanhui::cli
