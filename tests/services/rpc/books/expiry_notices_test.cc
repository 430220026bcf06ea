// Notices that points expire soon, as each platform's feed tells them.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/sequencer/sweeper.h"
#include "services/rpc/draft.h"
#include "tests/services/rpc/unclaimed/town_hall.h"

namespace tanhui::rpc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ExpiryNoticesTest : public TownHall {
 protected:
  void SetTerms() const {
    const auto terms = Parsed<v1::SetTermsRequest>(
        "request_id: 'terms' asset: 'assets/points' terms { validity_months: 2 notice_days: 30 "
        "notice_days: 7 }");
    ASSERT_TRUE(Operator().Call(&e2e::AdminStub::SetTerms, terms).ok());
  }
  void Award(const std::string& id, const std::string& account, std::int64_t points) const {
    v1::AwardRequest request = e2e::AwardOf(id, account, points);
    request.set_reason("opening_gift");
    *request.mutable_act_time() = DaysAgo(0);
    const auto answer = Grantor().Call(&e2e::PointsStub::Award, request);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  }
  void GoTo(const std::string& time) {
    const auto then = ParseShanghai(time);
    ASSERT_TRUE(then.has_value());
    clock_.Wait(then->value() - clock_.Wall().value());
    const std::uint64_t passes = engine_->sweeper()->passes();
    engine_->sweeper()->Nudge();
    engine_->sweeper()->AwaitPasses(passes + 1);
  }
  // "kind expiry points" of each event about one account.
  std::vector<std::string> Told(const e2e::Client& caller, const std::string& after = {},
                                std::int32_t size = 0, std::string* next = nullptr) const {
    v1::ListEventsRequest request;
    request.set_after(after);
    request.set_page_size(size);
    const auto answer = caller.Call(&e2e::EventsStub::ListEvents, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    std::vector<std::string> told;
    for (const v1::Event& event : answer.response.events()) {
      EXPECT_FALSE(event.account().empty());
      told.push_back(absl::StrCat(v1::EventKind_Name(event.kind()).substr(11), " ",
                                  event.expiry_date(), " ", event.points()));
    }
    if (next != nullptr) {
      *next = answer.response.more() ? answer.response.next_position() : std::string();
    }
    return told;
  }
};

TEST_F(ExpiryNoticesTest, OnlyLinkedPlatformsHearAndOnlyOfThosePoints) {
  SetTerms();
  Award("a", citizen_, 100);  // in March: spendable to the end of May
  GoTo("2027-04-10 12:00:00");
  Award("b", citizen_, 7);  // to the end of June
  Award("c", other_, 3);
  EXPECT_THAT(Told(A()), IsEmpty());
  GoTo("2027-05-02 12:00:00");
  EXPECT_THAT(Told(A()), ElementsAre("POINTS_EXPIRE_SOON 2027-05-31 100"));
  EXPECT_THAT(Told(B()), IsEmpty()) << "it is linked to nobody";
  GoTo("2027-05-25 12:00:00");
  EXPECT_THAT(Told(A()),
              ElementsAre("POINTS_EXPIRE_SOON 2027-05-31 100", "POINTS_EXPIRE_SOON 2027-05-31 100"))
      << "thirty days ahead and seven";
  GoTo("2027-06-01 12:00:00");
  const std::vector<std::string> all = Told(A());
  // Notices are given before accounts are swept, since the assets' own accounts come first.
  EXPECT_THAT(all,
              ElementsAre("POINTS_EXPIRE_SOON 2027-05-31 100", "POINTS_EXPIRE_SOON 2027-05-31 100",
                          "POINTS_EXPIRE_SOON 2027-06-30 7", "POINTS_EXPIRE_SOON 2027-06-30 3",
                          "POINTS_EXPIRED  100"));
  // One by one, in the middle of a notice, too.
  std::vector<std::string> one_by_one;
  std::string after;
  for (int pages = 0; pages < 20; ++pages) {
    std::string next;
    for (std::string& event : Told(A(), after, 1, &next)) {
      one_by_one.push_back(std::move(event));
    }
    if (next.empty()) {
      break;
    }
    after = next;
  }
  EXPECT_EQ(one_by_one, all);
}

TEST_F(ExpiryNoticesTest, TermsThatCannotBeAreRefused) {
  for (const char* days : {"notice_days: 0", "notice_days: 367", "notice_days: 7 notice_days: 7",
                           "notice_days: 7 notice_days: 30",
                           "notice_days: 9 notice_days: 8 notice_days: 7 notice_days: 6 "
                           "notice_days: 5"}) {
    const auto request = Parsed<v1::SetTermsRequest>(
        absl::StrCat("request_id: 'bad' asset: 'assets/points' terms { ", days, " }"));
    EXPECT_EQ(Operator().Call(&e2e::AdminStub::SetTerms, request).reason(), "FIELD_INVALID")
        << days;
  }
}

}  // namespace
}  // namespace tanhui::rpc
