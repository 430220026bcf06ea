// An account's history by month and kind, and the feed's notices, over months of ledger time.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/draft.h"
#include "tests/services/rpc/unclaimed/town_hall.h"

namespace tanhui::rpc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MonthEntriesTest : public TownHall {
 protected:
  // "kind amount" of an entry.
  static std::string Text(const v1::AccountEntry& entry) {
    return absl::StrCat(v1::EntryKind_Name(entry.kind()).substr(11), " ", entry.amount());
  }
  v1::ListEntriesResponse Page(const v1::ListEntriesRequest& request) const {
    const auto answer = A().Call(&e2e::AccountsStub::ListEntries, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response;
  }
  v1::ListEntriesRequest Month(const std::string& month) const {
    v1::ListEntriesRequest request;
    request.set_parent(citizen_);
    request.set_month(month);
    return request;
  }
  std::vector<std::string> Listed(const v1::ListEntriesRequest& request) const {
    std::vector<std::string> out;
    const v1::ListEntriesResponse page = Page(request);
    for (const v1::AccountEntry& entry : page.entries()) {
      out.push_back(Text(entry));
    }
    return out;
  }
  std::uint64_t Award(const std::string& id, std::int64_t points) const {
    v1::AwardRequest request = e2e::AwardOf(id, citizen_, points);
    *request.mutable_act_time() = DaysAgo(0);
    request.set_reason("opening_gift");
    const auto answer = Grantor().Call(&e2e::PointsStub::Award, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.entry_index();
  }
  void Redeem(const std::string& id, std::int64_t points) const {
    const auto answer = A().Call(&e2e::PointsStub::Redeem, e2e::RedeemOf(id, citizen_, points));
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  }
  void GoTo(const std::string& time) {
    const auto then = ParseShanghai(time);
    ASSERT_TRUE(then.has_value());
    clock_.Wait(then->value() - clock_.Wall().value());
  }
};

TEST_F(MonthEntriesTest, AMonthIsThatOfTheLedgersTimeInShanghai) {
  Award("march", 10);  // on 2027-03-20
  GoTo("2027-03-31 23:59:00");
  Award("last", 20);
  GoTo("2027-04-01 00:00:00");
  Award("first", 30);
  Redeem("spent", 5);
  GoTo("2027-06-15 12:00:00");
  Award("june", 40);
  EXPECT_THAT(Listed(Month("2027-03")), ElementsAre("AWARD 20", "AWARD 10"));
  EXPECT_THAT(Listed(Month("2027-04")), ElementsAre("REDEMPTION -5", "AWARD 30"));
  EXPECT_THAT(Listed(Month("2027-05")), IsEmpty());
  EXPECT_THAT(Listed(Month("2027-06")), ElementsAre("AWARD 40")) << "the running month";
  EXPECT_THAT(Listed(Month("2027-07")), IsEmpty());
  EXPECT_THAT(Listed(Month("2026-12")), IsEmpty());

  v1::ListEntriesRequest awards = Month("2027-04");
  awards.add_kinds(v1::ENTRY_KIND_AWARD);
  EXPECT_THAT(Listed(awards), ElementsAre("AWARD 30"));
}

TEST_F(MonthEntriesTest, TotalsAreThoseOfAllKinds) {
  Award("a", 30);
  Award("b", 12);
  Redeem("c", 5);
  v1::ListEntriesRequest request = Month("2027-03");
  request.add_kinds(v1::ENTRY_KIND_REDEMPTION);
  const v1::ListEntriesResponse page = Page(request);
  ASSERT_EQ(page.totals_size(), 2);
  EXPECT_EQ(page.totals(0).ShortDebugString(), "kind: ENTRY_KIND_AWARD entries: 2 amount_in: 42");
  EXPECT_EQ(page.totals(1).ShortDebugString(),
            "kind: ENTRY_KIND_REDEMPTION entries: 1 amount_out: 5");
  EXPECT_FALSE(page.totals_left_out());
}

TEST_F(MonthEntriesTest, PagesKeepTheMomentOfTheFirstOne) {
  for (int i = 0; i < 5; ++i) {
    Award(absl::StrCat("a", i), 1 + i);
  }
  v1::ListEntriesRequest request = Month("2027-03");
  request.set_page_size(2);
  v1::ListEntriesResponse page = Page(request);
  const std::uint64_t as_of = page.as_of_index();
  std::vector<std::string> seen;
  for (int pages = 0; pages < 5; ++pages) {
    for (const v1::AccountEntry& entry : page.entries()) {
      seen.push_back(Text(entry));
    }
    EXPECT_EQ(page.as_of_index(), as_of);
    if (page.next_page_token().empty()) {
      break;
    }
    Award(absl::StrCat("later", pages), 99);
    request.set_page_token(page.next_page_token());
    page = Page(request);
    EXPECT_EQ(page.totals_size(), 0) << "on the first page only";
  }
  EXPECT_THAT(seen, ElementsAre("AWARD 5", "AWARD 4", "AWARD 3", "AWARD 2", "AWARD 1"));
}

TEST_F(MonthEntriesTest, WhatCannotBeIsRefused) {
  Award("a", 1);
  const auto reason = [this](const v1::ListEntriesRequest& request) {
    return A().Call(&e2e::AccountsStub::ListEntries, request).reason();
  };
  for (const char* month : {"2027-3", "2027-13", "2027-00", "202703", "2027-03-01", "1969-12"}) {
    EXPECT_EQ(reason(Month(month)), "FIELD_INVALID") << month;
  }
  v1::ListEntriesRequest kinds;
  kinds.set_parent(citizen_);
  kinds.add_kinds(v1::ENTRY_KIND_AWARD);
  EXPECT_EQ(reason(kinds), "FIELD_REQUIRED") << "kinds without a month would read everything";
  v1::ListEntriesRequest unknown = Month("2027-03");
  unknown.add_kinds(v1::ENTRY_KIND_UNSPECIFIED);
  EXPECT_EQ(reason(unknown), "FIELD_INVALID");
  for (const char* token : {"x", "1-2-3", "1-2-3-4", "99999-686-5-6"}) {
    v1::ListEntriesRequest request = Month("2027-03");
    request.set_page_token(token);
    EXPECT_EQ(reason(request), "FIELD_INVALID") << token;
  }
}

// Whatever happened in a year, each month lists what a walk over everything finds in it.
TEST_F(MonthEntriesTest, EveryMonthEqualsARecount) {
  std::mt19937 random(7);
  std::map<std::string, std::vector<std::string>> recount;
  for (int i = 0; i < 60; ++i) {
    clock_.Wait(static_cast<std::int64_t>(random() % 15) * kMicrosPerDay);
    Award(absl::StrCat("a", i), 1 + static_cast<std::int64_t>(random() % 50));
  }
  v1::ListEntriesRequest all;
  all.set_parent(citizen_);
  all.set_page_size(1'000);
  const v1::ListEntriesResponse page = Page(all);
  for (const v1::AccountEntry& entry : page.entries()) {
    const LedgerTime time(entry.record_time().seconds() * kMicrosPerSecond);
    recount[FormatMonth(MonthOf(ShanghaiDate(time)))].push_back(Text(entry));
  }
  ASSERT_GT(recount.size(), 6u);
  for (const auto& [month, entries] : recount) {
    EXPECT_EQ(Listed(Month(month)), entries) << month;
  }
}

}  // namespace
}  // namespace tanhui::rpc
