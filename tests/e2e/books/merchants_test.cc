// Stores and tills: registered, redeemed at, suspended, limited; and texts that hold numbers of
// persons.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/books/ledger_days.h"

namespace tanhui::e2e {
namespace {

using testing::ElementsAre;

class MerchantsTest : public LedgerDays {
 protected:
  static std::string NameOf(const std::string& place) {
    return absl::StrCat("name: 'participants/", place, "' asset: 'assets/points' ");
  }
  v1::GetUnitResponse Unit(const std::string& place, const std::string& more = {}) const {
    return Do(Operator(), &MerchantsStub::GetUnit, NameOf(place) + more);
  }
  void Change(const std::string& place, const std::string& conditions) const {
    Do(Operator(), &MerchantsStub::ChangeUnit,
       absl::StrCat("request_id: '", FreshId(), "' reason: 'test' ", NameOf(place), conditions));
  }
  Refused RefusedCreation(const std::string& changes) const {
    auto request = Parsed<v1::CreateUnitRequest>(
        "request_id: 'x' parent: 'participants/shop' asset: 'assets/points' unit_id: 's9' "
        "display_name: '店'");
    EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(changes, &request)) << changes;
    return RefusedOf(Operator().Call(&MerchantsStub::CreateUnit, request).status);
  }
  Refused RefusedRedemption(const std::string& place, std::int64_t points = 1) const {
    return Refuse(Operator(), &PointsStub::Redeem,
                  absl::StrCat("request_id: 'x' account: '", citizen_,
                               "' asset: 'assets/points' points: ", points, " ", place));
  }
  static std::string ReasonAndField(const Refused& refused) {
    const auto found = refused.metadata.find("field");
    return absl::StrCat(refused.reason, " ", found == refused.metadata.end() ? "" : found->second);
  }
};

TEST_F(MerchantsTest, UnitsAreRegistered) {
  const auto made = Do(Operator(), &MerchantsStub::CreateUnit,
                       "request_id: 'u' parent: 'participants/stall' unit_id: 'north' "
                       "display_name: '北店' district: '500103' asset: 'assets/points'");
  EXPECT_EQ(made.unit().name(), "participants/stall/units/north");
  EXPECT_EQ(made.unit().level(), v1::UNIT_LEVEL_STORE);
  EXPECT_FALSE(made.unit().account().empty());
  const auto replay = Do(Operator(), &MerchantsStub::CreateUnit,
                         "request_id: 'u' parent: 'participants/stall' unit_id: 'north' "
                         "display_name: '北店' district: '500103' asset: 'assets/points'");
  EXPECT_TRUE(replay.replayed());
  EXPECT_EQ(replay.unit().account(), made.unit().account());

  const auto read = Unit("stall/units/north");
  EXPECT_EQ(read.unit().account(), made.unit().account());
  EXPECT_EQ(read.unit().display_name(), "北店");
  EXPECT_EQ(read.unit().district(), "500103");
  EXPECT_EQ(read.unit().asset(), "assets/points");
  EXPECT_EQ(read.below_size(), 0);
  // The same code stands below another store.
  Do(Operator(), &MerchantsStub::CreateUnit,
     "request_id: 't' parent: 'participants/stall/units/north' unit_id: 't1' display_name: '台' "
     "asset: 'assets/points'");
  EXPECT_EQ(Unit("stall/units/north/t1").unit().level(), v1::UNIT_LEVEL_TILL);
}

TEST_F(MerchantsTest, UnitsThatAreRefused) {
  for (const auto& [changes, expected] : {
           std::pair("unit_id: 's1'", "CODE_EXISTS unit_id"),
           std::pair("unit_id: ''", "FIELD_REQUIRED unit_id"),
           std::pair("unit_id: 'S1'", "FIELD_INVALID unit_id"),
           std::pair("unit_id: '13812345678'", "REFERENCE_IS_PERSONAL unit_id"),
           std::pair("display_name: ''", "FIELD_REQUIRED display_name"),
           std::pair("display_name: '王 １３８-1234-5678'", "REFERENCE_IS_PERSONAL display_name"),
           std::pair("display_name: '11010519491231002X'", "REFERENCE_IS_PERSONAL display_name"),
           std::pair("district: '5001'", "FIELD_INVALID district"),
           std::pair("asset: 'assets/none'", "UNKNOWN_ASSET asset"),
           std::pair("asset: 'assets/fen'", "WRONG_ACCOUNT_KIND asset"),
           std::pair("asset: 'assets/stamps'", "UNKNOWN_ACCOUNT parent"),
           std::pair("parent: ''", "FIELD_REQUIRED parent"),
           std::pair("parent: 'shop'", "FIELD_INVALID parent"),
           std::pair("parent: 'participants/none'", "UNKNOWN_PARTICIPANT parent"),
           std::pair("parent: 'participants/kiosk'", "UNKNOWN_ACCOUNT parent"),
           std::pair("parent: 'participants/fund'", "WRONG_PARTICIPANT_KIND parent"),
           std::pair("parent: 'participants/shop/units/s7'", "UNKNOWN_UNIT parent"),
           std::pair("parent: 'participants/shop/units/s1/t1'", "FIELD_INVALID parent"),
           std::pair("reference: 'call +86 13812345678'", "REFERENCE_IS_PERSONAL reference"),
       }) {
    EXPECT_EQ(ReasonAndField(RefusedCreation(changes)), expected) << changes;
  }
  const Refused personal = RefusedCreation("display_name: '13812345678'");
  EXPECT_EQ(personal.code, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(personal.message.find("1381"), std::string::npos) << "the number is told to nobody";
  EXPECT_EQ(personal.metadata.size(), 1U);
}

// A unit's balance is its own; a tree has them all, of one moment.
TEST_F(MerchantsTest, Trees) {
  Redeem("shop", 1);
  Redeem("shop/s1", 20);
  Redeem("shop/s1/t1", 300);
  Redeem("shop/s2", 4);
  EXPECT_EQ(Unit("shop").unit().balance(), 1);
  EXPECT_EQ(Unit("shop/units/s1").unit().balance(), 20);
  const auto tree = Unit("shop", "view: UNIT_VIEW_TREE");
  EXPECT_EQ(tree.total_balance(), 325);
  std::vector<std::string> names;
  for (const v1::MerchantUnit& unit : tree.below()) {
    names.push_back(absl::StrCat(unit.name().substr(18), " ", unit.balance()));
  }
  EXPECT_THAT(names, ElementsAre("units/s1 20", "units/s1/t1 300", "units/s1/t2 0", "units/s2 4"));
  const auto store = Unit("shop/units/s1", "view: UNIT_VIEW_TREE");
  EXPECT_EQ(store.total_balance(), 320);
  EXPECT_EQ(store.below_size(), 2);

  const std::string below = "parent: 'participants/shop' asset: 'assets/points' ";
  const auto first = Do(Shop(), &MerchantsStub::ListUnits, below + "page_size: 1");
  ASSERT_EQ(first.units_size(), 1);
  const auto second = Do(Shop(), &MerchantsStub::ListUnits,
                         absl::StrCat(below, "page_token: '", first.next_page_token(), "'"));
  ASSERT_EQ(second.units_size(), 1);
  EXPECT_EQ(second.units(0).name(), "participants/shop/units/s2");
  EXPECT_EQ(second.next_page_token(), "");
  EXPECT_EQ(Refuse(Stall(), &MerchantsStub::ListUnits, below).reason, "UNKNOWN_UNIT");
  EXPECT_EQ(Do(Auditor(), &MerchantsStub::ListUnits, below).units_size(), 2);
}

TEST_F(MerchantsTest, WhereItIsRedeemed) {
  EXPECT_EQ(ReasonAndField(RefusedRedemption("merchant: 'participants/shop' till: 't1'")),
            "FIELD_REQUIRED store");
  EXPECT_EQ(ReasonAndField(RefusedRedemption("merchant: 'participants/shop' store: 's7'")),
            "UNKNOWN_UNIT store");
  EXPECT_EQ(
      ReasonAndField(RefusedRedemption("merchant: 'participants/shop' store: 's2' till: 't1'")),
      "UNKNOWN_UNIT till");
  EXPECT_EQ(ReasonAndField(RefusedRedemption("merchant: 'participants/shop' store: 'S1'")),
            "FIELD_INVALID store");
  EXPECT_EQ(
      ReasonAndField(RefusedRedemption("merchant: 'participants/shop' reference: '13812345678'")),
      "REFERENCE_IS_PERSONAL reference");
  const std::uint64_t entry = Redeem("shop/s1/t1", 5);
  Refund(entry, 2);
  EXPECT_EQ(Unit("shop/units/s1/t1").unit().balance(), 3) << "what is given back leaves the till";
}

TEST_F(MerchantsTest, Suspended) {
  const std::uint64_t sale = Redeem("shop/s1/t1", 10);
  const std::string till = "merchant: 'participants/shop' store: 's1' till: 't1'";
  for (const auto& [place, unit, level] :
       {std::tuple("shop/units/s1/t1", "participants/shop/units/s1/t1", "TILL"),
        std::tuple("shop/units/s1", "participants/shop/units/s1", "STORE"),
        std::tuple("shop", "participants/shop", "CHAIN")}) {
    Change(place, "suspended: true");
    EXPECT_TRUE(Unit(place).unit().suspended());
    const Refused refused = RefusedRedemption(till);
    EXPECT_EQ(refused.reason, "UNIT_SUSPENDED");
    EXPECT_EQ(refused.code, grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(refused.metadata.at("unit"), unit);
    EXPECT_EQ(refused.metadata.at("level"), level);
    Refund(sale, 1);  // goes on
    Change(place, "suspended: false");
  }
  Redeem("shop/s1/t1", 1);
}

// A merchant's credential stops what stands below the merchant, and nothing else.
TEST_F(MerchantsTest, WhoSuspends) {
  const auto ask = [this](const Client& client, const std::string& place, bool suspended) {
    const auto answer = client.Call(
        &MerchantsStub::ChangeUnit,
        Parsed<v1::ChangeUnitRequest>(absl::StrCat("request_id: '", FreshId(), "' reason: 'test' ",
                                                   NameOf(place), "suspended: ", suspended)));
    return answer.ok() ? "OK" : ReasonAndField(RefusedOf(answer.status));
  };
  const std::string till = "shop/units/s1/t1";
  struct Row {
    Client client;
    std::string place, outcome;
  };
  for (const Row& row : {
           Row{Shop(), till, "OK"},
           Row{Shop(), "shop/units/s1", "OK"},
           Row{Shop(), "shop/units/s9", "UNKNOWN_UNIT name"},
           Row{Shop(), "shop", "PERMISSION_DENIED name"},
           Row{Shop(), "stall", "PERMISSION_DENIED name"},
           Row{Shop(), "shop-2/units/s1", "PERMISSION_DENIED name"},
           Row{Stall(), till, "PERMISSION_DENIED name"},
           Row{Stall(), "shop/units/s9", "PERMISSION_DENIED name"},
           Row{Auditor(), till, "PERMISSION_DENIED "},
           Row{Clerk(), till, "PERMISSION_DENIED "},
       }) {
    EXPECT_EQ(ask(row.client, row.place, true), row.outcome) << row.place;
  }
  EXPECT_EQ(Unit(till).unit().suspended_by(), "participants/shop");
  EXPECT_EQ(RefusedRedemption("merchant: 'participants/shop' store: 's1' till: 't1'").reason,
            "UNIT_SUSPENDED");
  EXPECT_EQ(ask(Shop(), "shop/units/s1", false), "OK");
  EXPECT_EQ(ask(Shop(), till, false), "OK");
  EXPECT_EQ(Unit(till).unit().suspended_by(), "");
  Redeem("shop/s1/t1", 1);
  // What the operator stopped stays stopped.
  EXPECT_EQ(ask(Operator(), till, true), "OK");
  EXPECT_EQ(ask(Shop(), till, true), "OK");
  EXPECT_EQ(ask(Shop(), till, false), "PERMISSION_DENIED suspended");
  EXPECT_EQ(Unit(till).unit().suspended_by(), "participants/operator");
  EXPECT_EQ(ask(Operator(), till, false), "OK");
  Redeem("shop/s1/t1", 1);
  ExpectAuditPasses();
}

TEST_F(MerchantsTest, Limits) {
  Change("shop/units/s1/t1", "most_points: 50");
  Change("shop/units/s1", "most_points_a_day: 80");
  Change("shop", "most_points_a_day: 100");
  const std::string store = "merchant: 'participants/shop' store: 's1' ";
  const Refused over = RefusedRedemption(store + "till: 't1'", 51);
  EXPECT_EQ(ReasonAndField(over), "UNIT_LIMIT points");
  EXPECT_EQ(over.metadata.at("level"), "TILL");
  EXPECT_EQ(over.metadata.at("limit"), "50");
  Redeem("shop/s1/t1", 50);
  Do(Operator(), &PointsStub::Hold,
     absl::StrCat("request_id: 'h' account: '", citizen_, "' asset: 'assets/points' points: 20 ",
                  store, "deadline { seconds: ", clock_.Wall().value() / 1'000'000 + 3'600, " }"));
  EXPECT_EQ(Unit("shop/units/s1").unit().points_today(), 70);
  EXPECT_EQ(Unit("shop/units/s1").unit().most_points_a_day(), 80);
  const Refused day = RefusedRedemption(store, 11);
  EXPECT_EQ(day.metadata.at("level"), "STORE");
  EXPECT_EQ(day.metadata.at("limit"), "80");
  EXPECT_EQ(day.metadata.at("left"), "10");
  const Refused chain = RefusedRedemption("merchant: 'participants/shop' store: 's2'", 31);
  EXPECT_EQ(chain.metadata.at("level"), "CHAIN");
  EXPECT_EQ(chain.metadata.at("unit"), "participants/shop");
  EXPECT_EQ(chain.metadata.at("left"), "30");
  NextDay();
  EXPECT_EQ(Unit("shop/units/s1").unit().points_today(), 0);
  Redeem("shop/s1", 80);

  const auto change = [this](const std::string& text) {
    return ReasonAndField(Refuse(Operator(), &MerchantsStub::ChangeUnit,
                                 "request_id: 'c' asset: 'assets/points' " + text));
  };
  const std::string name = "name: 'participants/shop' ";
  EXPECT_EQ(change(name), "FIELD_REQUIRED reason");
  EXPECT_EQ(change(name + "reason: 'r' most_points: -1"), "AMOUNT_OUT_OF_RANGE most_points");
  EXPECT_EQ(change("reason: 'r' name: 'participants/shop/units/x'"), "UNKNOWN_UNIT name");
}

}  // namespace
}  // namespace tanhui::e2e
