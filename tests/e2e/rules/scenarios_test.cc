// What single scenarios ask for through the API: venues, a dated bonus, deposits, trade-in, and a
// suspension that ends.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "tests/e2e/rules/more_rules.h"

namespace tanhui::e2e {
namespace {

class ScenariosTest : public MoreRulesTest {
 protected:
  v1::AwardRequest MealAt(const std::string& id, const std::string& venue) const {
    v1::AwardRequest request =
        ChengduActOf(id, "scenario: 'meal' unit: UNIT_TIME quantity: 1 duration_seconds: 1200");
    request.mutable_act()->set_venue(venue.empty() ? "" : "venues/" + venue);
    return request;
  }
  void Certify(const std::string& code, const std::string& more,
               const std::string& district = "510104") const {
    Do(&VenuesStub::CertifyVenue,
       absl::StrCat("request_id: 'venue ", code, "' venue_id: '", code,
                    "' display_name: 'x' district: '", district, "' ", more));
  }
  // The Shanghai date of the acts, `days` later.
  std::string DateOfActs(std::int32_t days) const {
    const BusinessDate today = ShanghaiDate(LedgerTime(act_time_.seconds() * kMicrosPerSecond));
    return FormatDate(BusinessDate(today.value() + days));
  }
  v1::AwardRequest PlantingOf(const std::string& id, const std::string& account) const {
    v1::AwardRequest request = ChengduActOf(id, "scenario: 'planting' unit: UNIT_TIME quantity: 1");
    request.set_account(account);
    return request;
  }
  void FundExtra(const std::string& id, std::int64_t points) const {
    Do(&BudgetsStub::Fund,
       absl::StrCat("request_id: '", id, "' budget: 'budgets/extra' points: ", points));
  }
};

TEST_F(ScenariosTest, AVenueCountsWhileItIsCertified) {
  const std::string restaurant = "kind: 'restaurant' ";
  Certify("always", restaurant);
  Certify("hotel", "kind: 'hotel'");
  Certify("elsewhere", restaurant, "500103");
  Certify("expired", absl::StrCat(restaurant, "last_date: '", DateOfActs(-1), "'"));
  Certify("to-come", absl::StrCat(restaurant, "first_date: '", DateOfActs(1), "'"));
  Certify("today", absl::StrCat(restaurant, "first_date: '", DateOfActs(0), "' last_date: '",
                                DateOfActs(0), "'"));
  EXPECT_EQ(Take(MealAt("m1", "always")).points(), 5);
  EXPECT_EQ(Take(MealAt("m2", "today")).points(), 5);
  for (const char* venue : {"", "hotel", "elsewhere", "expired", "to-come"}) {
    const Refused refused = Refuse(MealAt("x", venue));
    EXPECT_EQ(refused.reason, "VENUE_NOT_CERTIFIED") << venue;
    EXPECT_EQ(refused.metadata.at("field"), "act.venue") << venue;
  }
  EXPECT_EQ(Refuse(DaysAgo(MealAt("x", "today"), 1)).reason, "VENUE_NOT_CERTIFIED");
  EXPECT_EQ(Take(DaysAgo(MealAt("m3", "expired"), 1)).points(), 5) << "on its last day";
  v1::AwardRequest hasty = MealAt("x", "always");
  hasty.mutable_act()->set_duration_seconds(599);
  EXPECT_EQ(Refuse(hasty).metadata.at("condition"), "min_seconds");
  // Withdrawn: nothing is earned from now on, whatever the date of the act.
  Do(&VenuesStub::WithdrawVenue, "request_id: 'w' venue: 'venues/always'");
  EXPECT_EQ(Refuse(MealAt("m4", "always")).reason, "VENUE_NOT_CERTIFIED");
  EXPECT_EQ(Refuse(DaysAgo(MealAt("m5", "always"), 3)).reason, "VENUE_NOT_CERTIFIED");
  // Certified anew.
  Do(&VenuesStub::CertifyVenue,
     "request_id: 'again' venue_id: 'always' display_name: 'x' district: '510104' "
     "kind: 'restaurant'");
  EXPECT_EQ(Take(MealAt("m6", "always")).points(), 5);
}

TEST_F(ScenariosTest, ABonusLastsAsLongAsItsBudget) {
  EXPECT_EQ(Take(PlantingOf("none", citizen_)).bonus_points(), 0) << "an empty budget";
  FundExtra("f1", 20);
  for (const auto& [id, bonus] :
       {std::pair("c1", 5), std::pair("c2", 5), std::pair("c3", 2), std::pair("c4", 0)}) {
    const auto award = Take(PlantingOf(id, citizen_));
    EXPECT_EQ(award.bonus_points(), bonus) << id << ": 12 for one citizen at most";
    EXPECT_EQ(award.points(), 10 + bonus) << id;
  }
  EXPECT_EQ(BalanceOf(client(), citizen_), 562);
  EXPECT_EQ(Take(PlantingOf("o1", other_)).bonus_points(), 5);
  const auto dry = Take(PlantingOf("o2", other_));
  EXPECT_EQ(dry.bonus_points(), 0) << "3 of 5 are left: none is paid";
  EXPECT_EQ(dry.points(), 10);
  FundExtra("f2", 2);
  EXPECT_EQ(Take(PlantingOf("o3", other_)).bonus_points(), 5);
  EXPECT_EQ(Take(DaysAgo(PlantingOf("o4", other_), 2)).bonus_points(), 0) << "before its days";
  const auto budget = Do(&BudgetsStub::Get, "name: 'budgets/extra'").budget();
  EXPECT_EQ(budget.available(), 0);
  // What was given back may be given again.
  ASSERT_TRUE(A().Call(&RequestsStub::CancelRequest, CancelOf("u", "o3")).ok());
  EXPECT_EQ(Take(PlantingOf("o5", other_)).bonus_points(), 5);
}

TEST_F(ScenariosTest, DepositsArePaidByTheStep) {
  const std::string account = OpenCitizen(client(), "citizen", "assets/fen");
  const auto bottle = [&](const std::string& id, const std::string& size, int count) {
    v1::AwardRequest request =
        ChengduActOf(id, absl::StrCat("scenario: 'bottle' unit: UNIT_ITEM material: '", size,
                                      "' quantity: ", count));
    request.set_account(account);
    request.set_budget("budgets/fen");
    return request;
  };
  EXPECT_EQ(Take(bottle("b1", "small", 1)).points(), 0) << "5 fen are carried";
  EXPECT_EQ(Take(bottle("b2", "small", 1)).points(), 10);
  EXPECT_EQ(Take(bottle("b3", "large", 1)).points(), 10) << "and 5 carried";
  const auto last = Take(bottle("b4", "large", 3));
  EXPECT_EQ(last.points(), 50);
  EXPECT_EQ(last.balance(), 70);
  EXPECT_EQ(last.carry_millionths(), 0);
  EXPECT_EQ(Take(bottle("b5", "small", 3)).carry_millionths(), 5'000'000);
  v1::AwardRequest wrong = bottle("x", "small", 2);
  wrong.set_account(citizen_);
  EXPECT_EQ(Refuse(wrong).reason, "ASSET_MISMATCH");
  wrong.set_budget("budgets/demo");
  EXPECT_EQ(Refuse(wrong).reason, "ASSET_MISMATCH") << "the rule pays in fen";
  EXPECT_EQ(Refuse(bottle("x", "huge", 1)).reason, "UNKNOWN_MATERIAL");
}

TEST_F(ScenariosTest, AThingIsTradedInOnce) {
  const std::string act = "unit: UNIT_ITEM quantity: 1 scenario: ";
  const auto trade = [&](const std::string& id, const std::string& evidence) {
    return ChengduActOf(id, act + "'trade_in'" + evidence);
  };
  EXPECT_EQ(Refuse(trade("x", RecordText("SN 0042"))).metadata.at("condition"), "serial");
  const auto first = Take(DaysAgo(trade("t1", SerialText("SN-0042 a")), 40));
  EXPECT_EQ(first.points(), 300);
  const auto expect_claimed = [&](const v1::AwardRequest& request) {
    for (const Client& platform : {A(), B()}) {
      const Refused refused = RefusedOf(platform.Call(&PointsStub::Award, request).status);
      EXPECT_EQ(refused.reason, "ALREADY_CLAIMED") << request.ShortDebugString();
      EXPECT_EQ(refused.metadata.at("entry_index"), std::to_string(first.entry_index()));
      EXPECT_EQ(refused.metadata.at("act_date"), EntryAt(first.entry_index()).business_date());
      EXPECT_EQ(refused.metadata.count("account"), 0U);
    }
  };
  // On another date, in other spellings, in another scenario, beside another piece, in another
  // city.
  for (const char* spelling : {"SN-0042 a", "sn0042A", "ＳＮ－００４２　Ａ", "s n—0042_a"}) {
    expect_claimed(trade("again", SerialText(spelling)));
    expect_claimed(trade("maker", SerialText(spelling, "M-A k er")));
    expect_claimed(ChengduActOf("other", act + "'appliance_recycling'" + SerialText(spelling)));
    expect_claimed(ChengduActOf(
        "two", act + "'appliance_recycling'" + RecordText("slip 7") + SerialText(spelling)));
    expect_claimed(ActOf("city", act + "'recycling' material: 'plastic'" + SerialText(spelling)));
  }
  EXPECT_EQ(Take(trade("t2", SerialText("SN-0043 a"))).points(), 300);
  EXPECT_EQ(Take(trade("t3", SerialText("SN-0042 a", "another maker"))).points(), 300);
  EXPECT_EQ(Take(ChengduActOf("r", act + "'appliance_recycling'" + RecordText("slip 7"))).points(),
            100)
      << "a refused act claims nothing";
}

TEST_F(ScenariosTest, ASuspendedScenarioReopens) {
  const std::string which = "rule_set: 'ruleSets/chengdu' scenario: 'planting' reason: 'fraud' ";
  const v1::AwardRequest too_late = DaysAgo(PlantingOf("late", citizen_), 51);
  const v1::AwardRequest in_time = DaysAgo(PlantingOf("p", citizen_), 50);
  EXPECT_EQ(Refuse(too_late).reason, "ACT_TOO_LATE");
  Do(&RulesStub::SuspendScenario, "request_id: 's' " + which);
  EXPECT_EQ(Refuse(in_time).reason, "SCENARIO_SUSPENDED") << "whatever its date";
  EXPECT_EQ(Refuse(PlantingOf("now", citizen_)).reason, "SCENARIO_SUSPENDED");
  EXPECT_EQ(Take(ChengduActOf(
                     "bike", "scenario: 'bike' unit: UNIT_TIME quantity: 1" + RecordText("ride 1")))
                .points(),
            10)
      << "other scenarios go on";
  Do(&RulesStub::ReopenScenario, "request_id: 'r' " + which);
  // Under the same request id: a refusal is no outcome.
  EXPECT_EQ(Take(in_time).points(), 10);
  // Its window was closed before the suspension began, so that it does not open again.
  EXPECT_EQ(Refuse(too_late).reason, "ACT_TOO_LATE");
}

}  // namespace
}  // namespace tanhui::e2e
