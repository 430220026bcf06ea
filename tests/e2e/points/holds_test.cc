// Holds through the API: placed, captured, released, freed by their deadlines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

class HoldsTest : public ApiTest {
 protected:
  v1::HoldRequest HoldOf(const std::string& id, std::int64_t points,
                         std::int64_t seconds = 3'600) const {
    v1::HoldRequest request = e2e::HoldOf(id, citizen_, points);
    *request.mutable_deadline() = SecondsFromNow(seconds);
    return request;
  }
  std::string Place(const std::string& id, std::int64_t points) const {
    const auto answer = client().Call(&PointsStub::Hold, HoldOf(id, points));
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.name();
  }
};

TEST_F(HoldsTest, CapturedInPart) {
  const auto placed = ExpectDoneOnce(&PointsStub::Hold, HoldOf("h", 200));
  EXPECT_EQ(placed.name(), "holds/" + std::to_string(placed.entry_index()));
  EXPECT_EQ(placed.points(), 200);
  EXPECT_EQ(placed.balance(), 300);
  EXPECT_EQ(placed.held(), 200);

  const v1::Account account = AccountOf(citizen_);
  EXPECT_EQ(account.available(), 300);
  EXPECT_EQ(account.held(), 200);
  ASSERT_EQ(account.holds_size(), 1);
  EXPECT_EQ(account.holds(0).name(), placed.name());
  EXPECT_EQ(account.holds(0).points(), 200);
  EXPECT_EQ(account.holds(0).merchant(), "participants/shop");
  EXPECT_GT(account.holds(0).deadline().seconds(), 1'700'000'000);
  // What is held cannot be spent.
  const auto more = client().Call(&PointsStub::Redeem, RedeemOf("r", citizen_, 301));
  EXPECT_EQ(more.reason(), "INSUFFICIENT_BALANCE");
  EXPECT_EQ(RefusedOf(more.status).metadata.at("available"), "300");

  const std::string capture =
      absl::StrCat("request_id: 'c' hold: '", placed.name(), "' points: 150");
  const auto taken = ExpectDoneOnce(&PointsStub::Capture, Parsed<v1::CaptureRequest>(capture));
  EXPECT_EQ(taken.points(), 150);
  EXPECT_EQ(taken.balance(), 350);
  EXPECT_EQ(taken.held(), 0);
  EXPECT_EQ(AccountOf(citizen_).holds_size(), 0);
  EXPECT_EQ(OutcomeOf("c").points(), 150);
  EXPECT_EQ(OutcomeOf("c").balance(), 350);
  EXPECT_EQ(OutcomeOf("h").balance(), 300);

  const std::string name = "hold: '" + placed.name() + "' ";
  EXPECT_EQ(WhyNot(&PointsStub::Capture, name + "request_id: 'c2' points: 1"), "HOLD_RESOLVED");
  EXPECT_EQ(WhyNot(&PointsStub::Release, name + "request_id: 'c3'"), "HOLD_RESOLVED");
}

TEST_F(HoldsTest, Released) {
  const std::string name = Place("h", 60);
  const auto freed = ExpectDoneOnce(
      &PointsStub::Release, Parsed<v1::ReleaseRequest>("request_id: 'f' hold: '" + name + "'"));
  EXPECT_EQ(freed.points(), 60);
  EXPECT_EQ(freed.balance(), 500);
  EXPECT_EQ(freed.held(), 0);
  const auto history = HistoryOf(citizen_);
  EXPECT_EQ(history[0].kind(), v1::ENTRY_KIND_RELEASE);
  EXPECT_EQ(history[0].amount(), 0);
  EXPECT_EQ(history[0].balance_after(), 500);
  EXPECT_EQ(history[1].kind(), v1::ENTRY_KIND_HOLD);
  EXPECT_EQ(history[1].balance_after(), 500);
  EXPECT_EQ(history[1].available_after(), 440);
  EXPECT_EQ(history[1].held_after(), 60);
  ASSERT_EQ(history[1].lots_size(), 1);
  EXPECT_EQ(history[1].lots(0).points(), -60);
  EXPECT_EQ(history[1].lots(0).funder(), "participants/sponsor");
  EXPECT_EQ(history[1].lots(0).scheme(), "schemes/green");
}

TEST_F(HoldsTest, Cancelled) {
  Place("h", 60);
  const auto undone = ExpectDoneOnce(&RequestsStub::CancelRequest, CancelOf("c", "h"));
  EXPECT_EQ(undone.state(), v1::REQUEST_STATE_CANCELLED);
  EXPECT_EQ(undone.points(), 60);
  EXPECT_EQ(undone.balance(), 500);
  const std::string name = Place("h2", 70);
  Do(&PointsStub::Capture, "request_id: 'c2' points: 70 hold: '" + name + "'");
  EXPECT_EQ(ExpectDoneOnce(&RequestsStub::CancelRequest, CancelOf("c3", "c2")).balance(), 500);
  EXPECT_EQ(AccountOf(citizen_).held(), 0);
}

// A read sees the freed points at once; the next movement writes that they were freed.
TEST_F(HoldsTest, FreedByTheirDeadline) {
  const auto placed = client().Call(&PointsStub::Hold, HoldOf("h", 80, 2));
  ASSERT_TRUE(placed.ok()) << placed.status.error_message();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (AccountOf(citizen_).held() != 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  EXPECT_EQ(BalanceOf(client(), citizen_), 500);
  EXPECT_EQ(AccountOf(citizen_).holds_size(), 0);
  EXPECT_EQ(WhyNot(&PointsStub::Capture,
                   absl::StrCat("request_id: 'c' points: 1 hold: '", placed.response.name(), "'")),
            "HOLD_RESOLVED");
  const auto spent = client().Call(&PointsStub::Redeem, RedeemOf("r", citizen_, 500));
  ASSERT_TRUE(spent.ok()) << spent.status.error_message();
  EXPECT_EQ(spent.response.balance(), 0);
  const auto history = HistoryOf(citizen_);
  EXPECT_EQ(history[0].kind(), v1::ENTRY_KIND_REDEMPTION);
  EXPECT_EQ(history[1].kind(), v1::ENTRY_KIND_EXPIRY);
  EXPECT_EQ(history[1].index() + 1, history[0].index());
  EXPECT_EQ(history[1].available_after(), 500);
  EXPECT_EQ(history[1].request_id(), "");
}

TEST_F(HoldsTest, Refused) {
  const auto hold = [this](std::int64_t points, std::int64_t seconds) {
    return client().Call(&PointsStub::Hold, HoldOf("no", points, seconds)).reason();
  };
  EXPECT_EQ(hold(501, 60), "INSUFFICIENT_BALANCE");
  EXPECT_EQ(hold(1, -1), "HOLD_DEADLINE");
  EXPECT_EQ(hold(1, 31 * 86'400), "HOLD_DEADLINE");
  EXPECT_EQ(hold(100'001, 60), "AMOUNT_OVER_ASSET_LIMIT");
  const std::string name = Place("h", 10);
  EXPECT_EQ(WhyNot(&PointsStub::Capture, "request_id: 'c' points: 11 hold: '" + name + "'"),
            "INSUFFICIENT_BALANCE");
  EXPECT_EQ(WhyNot(&PointsStub::Capture, "request_id: 'c' points: 1 hold: 'holds/1000000'"),
            "UNKNOWN_ENTRY");
  EXPECT_EQ(WhyNot(&PointsStub::Release, "request_id: 'c' hold: 'holds/1'"), "WRONG_ENTRY_KIND");
}

}  // namespace
}  // namespace tanhui::e2e
