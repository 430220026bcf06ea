// Stores and tills: how they are registered, and what suspensions and limits of each level do.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/claims/market.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;

constexpr UnitNo kChain{0};

TEST(UnitsTest, AStoreAndATillHaveAccountsOfTheirMerchant) {
  World world = Market();
  for (const AccountNo number : {kStoreAccount, kTillAccount}) {
    const Account& account = world.Of(number);
    EXPECT_EQ(account.kind, AccountKind::kMerchant);
    EXPECT_EQ(account.participant, kMall);
    EXPECT_EQ(account.asset, kPoints);
    EXPECT_NE(account.id, AccountId{});
  }
  const Registry& registry = world.state().registry();
  EXPECT_EQ(registry.FindMerchantAccount(kMall, kPoints), kShop) << "the chain keeps its own";
  const claims::Terms& terms = claims::TermsOf(registry);
  const claims::Unit* store = terms.FindStore(kMall, kPoints, "s1");
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->number, kStore);
  const claims::Unit* till = terms.FindTill(*store, "t1");
  ASSERT_NE(till, nullptr);
  EXPECT_EQ(till->account, kTillAccount);
  EXPECT_EQ(terms.FindUnit(kTillAccount), till);
  EXPECT_EQ(terms.FindUnit(kShop), nullptr);
  EXPECT_EQ(claims::UnitName(registry, kMall, kTill), "participants/mall/units/s1/t1");
}

TEST(UnitsTest, WhoHasNoAccountHasNoUnits) {
  World world = Market();
  Done(world, CreateParticipant("charity", "charity", ParticipantKind::kCharity));
  const ParticipantNo charity(world.last().participant_creation().number());
  Done(world, By(OpenCharity("open", kPoints, charity), kOperator));
  Done(world, CreateStore("other", kMall, kStamps, "s1"));
  const UnitNo other(world.last().unit_creation().number());
  Play(world, {
                  {CreateStore("u", kKiosk, kPoints, "s1"), "UNKNOWN_ACCOUNT parent"},
                  {CreateStore("u", charity, kPoints, "s1"), "WRONG_PARTICIPANT_KIND parent"},
                  {CreateStore("u", kMall, kFen, "s1"), "WRONG_ACCOUNT_KIND asset"},
                  {CreateStore("u", kMall, kPoints, "s1"), "CODE_EXISTS unit_id code=s1"},
                  {CreateTill("u", kMall, kPoints, kStore, "t1"), "CODE_EXISTS unit_id code=t1"},
                  {CreateTill("u", kMall, kPoints, kTill, "t1"), "UNKNOWN_UNIT parent"},
                  {CreateTill("u", kMall, kPoints, UnitNo(99), "t1"), "UNKNOWN_UNIT parent"},
                  {CreateTill("u", kMall, kPoints, other, "t1"), "UNKNOWN_UNIT parent"},
                  {CreateTill("u", kMall, kStamps, other, "t1"), "OK"},
                  {CreateTill("u2", kMall, kPoints, kStore, "s1"), "OK"},
                  {CreateTill("u2", kMall, kPoints, kStore, "s1"), "SEEN 35"},
                  {CreateTill("u2", kMall, kPoints, kStore, "s2"), "SEEN 35 OTHER unit_id"},
              });
}

TEST(UnitsTest, ChangesNameWhatThereIs) {
  World world = Market();
  Play(world,
       {
           {ChangeUnit("c", kMall, kPoints, UnitNo(99), Suspended()), "UNKNOWN_UNIT name"},
           {ChangeUnit("c", kMall, kStamps, kStore, Suspended()), "UNKNOWN_UNIT name"},
           {ChangeUnit("c", kKiosk, kPoints, kStore, Suspended()), "UNKNOWN_UNIT name"},
           {ChangeUnit("c", kKiosk, kPoints, kChain, Suspended()), "UNKNOWN_ACCOUNT name"},
           {ChangeUnit("c", kMall, kFen, kChain, Suspended()), "UNKNOWN_ACCOUNT name"},
           {ChangeUnit("c", kMall, kPoints, kStore, Most(-1)), "AMOUNT_OUT_OF_RANGE most_points"},
           {ChangeUnit("c", kMall, kPoints, kStore, Most(0, -1)),
            "AMOUNT_OUT_OF_RANGE most_points_a_day"},
           {ChangeUnit("c", kMall, kPoints, kChain, Suspended()), "OK"},
       });
}

// Where a suspension stands, what it stops and what goes on.
TEST(UnitsTest, ASuspensionStopsItsUnitAndThoseBelow) {
  struct Row {
    UnitNo unit;
    bool till, store, chain;  // stopped
    std::string facts;
  };
  const std::vector<Row> rows = {
      {kTill, true, false, false, "unit=participants/mall/units/s1/t1 level=TILL"},
      {kStore, true, true, false, "unit=participants/mall/units/s1 level=STORE"},
      {kChain, true, true, true, "unit=participants/mall level=CHAIN"},
  };
  for (const Row& row : rows) {
    World world = Market();
    const auto hold = Done(world, HoldPoints("h", kAlice, kTillAccount, 10, world.InDays(2)));
    const auto other = Done(world, HoldPoints("h2", kAlice, kTillAccount, 10, world.InDays(2)));
    const auto spent = Done(world, Redeem("r", kAlice, kTillAccount, 10));
    Done(world, Redeem("r2", kAlice, kTillAccount, 10));
    Done(world, ChangeUnit("s", kMall, kPoints, row.unit, Suspended()));
    const auto told = [&](bool stopped, const std::string& field) {
      return stopped ? "UNIT_SUSPENDED " + field + " " + row.facts : "OK";
    };
    Play(world, {
                    {Redeem("a", kAlice, kTillAccount, 1), told(row.till, "merchant")},
                    {Redeem("b", kAlice, kStoreAccount, 1), told(row.store, "merchant")},
                    {Redeem("c", kAlice, kShop, 1), told(row.chain, "merchant")},
                    {HoldPoints("d", kAlice, kTillAccount, 1, world.InDays(2)),
                     told(row.till, "merchant")},
                    {Capture("e", hold, 10), told(row.till, "hold")},
                    {Release("f", other), "OK"},
                    {Refund("g", spent, 10), "OK"},
                    {Cancel("i", "r2"), "OK"},
                    {ChangeUnit("t", kMall, kPoints, row.unit, {}), "OK"},
                    {Capture("j", hold, 10), "OK"},
                    {Redeem("k", kAlice, kTillAccount, 1), "OK"},
                });
  }
}

TEST(UnitsTest, AHoldsDeadlinePassesAtASuspendedUnit) {
  World world = Market();
  Done(world, HoldPoints("h", kAlice, kTillAccount, 10, world.InDays(2)));
  Done(world, ChangeUnit("s", kMall, kPoints, kTill, Suspended()));
  world.WaitDays(3);
  EXPECT_TRUE(world.Sweep(kAlice));
  EXPECT_EQ(Purse(world, kAlice), "500 = 661:500");
}

TEST(UnitsTest, LimitsAreAskedFromTheTillUpwards) {
  World world = Market();
  Done(world, ChangeUnit("t", kMall, kPoints, kTill, Most(30, 40)));
  Done(world, ChangeUnit("s", kMall, kPoints, kStore, Most(20, 60)));
  Done(world, ChangeUnit("c", kMall, kPoints, kChain, Most(0, 70)));
  const std::string till = "unit=participants/mall/units/s1/t1 level=TILL ";
  const std::string store = "unit=participants/mall/units/s1 level=STORE ";
  const std::string chain = "unit=participants/mall level=CHAIN ";
  const LedgerTime deadline = world.InDays(2);
  const auto at_till = [&](std::string_view id, std::int64_t points) {
    return Redeem(id, kAlice, kTillAccount, points);
  };
  Play(
      world,
      {
          {at_till("a", 31), "UNIT_LIMIT points " + till + "limit=30 left=30"},
          {at_till("a", 21), "UNIT_LIMIT points " + store + "limit=20 left=20"},
          {at_till("a", 20), "OK"},
          {HoldPoints("b", kAlice, kTillAccount, 15, deadline), "OK"},
          {at_till("d", 6), "UNIT_LIMIT points " + till + "limit=40 left=5"},
          {HoldPoints("d", kAlice, kTillAccount, 6, deadline),
           "UNIT_LIMIT points " + till + "limit=40 left=5"},
          {Capture("e", 35, 15), "OK"},  // counted when it was held
          {at_till("f", 5), "OK"},
          {Redeem("g", kAlice, kStoreAccount, 20), "OK"},
          {Redeem("h", kAlice, kStoreAccount, 1), "UNIT_LIMIT points " + store + "limit=60 left=0"},
          {Redeem("i", kAlice, kShop, 11), "UNIT_LIMIT points " + chain + "limit=70 left=10"},
          {Redeem("i", kAlice, kShop, 10), "OK"},
          // What is given back is not taken off.
          {Refund("j", world.last_index() + 1, 20), "OK"},
          {at_till("k", 1), "UNIT_LIMIT points " + till + "limit=40 left=0"},
      });
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(at_till("k", 20)), "OK") << "another day";
}

TEST(UnitsTest, ATotalCountsFromTheMomentItsLimitIsSet) {
  World world = Market();
  Done(world, Redeem("a", kAlice, kTillAccount, 50));
  EXPECT_EQ(world.Of(kTillAccount).given, DayTotal{});
  Done(world, ChangeUnit("t", kMall, kPoints, kTill, Most(0, 10)));
  Done(world, Redeem("b", kAlice, kTillAccount, 4));
  EXPECT_EQ(world.Of(kTillAccount).given, (DayTotal{world.today(), Amount(4)}));
  EXPECT_EQ(world.Of(kStoreAccount).given, DayTotal{});
  EXPECT_EQ(world.Of(kShop).given, DayTotal{});
  // Another limit keeps it, none forgets it.
  Done(world, ChangeUnit("t2", kMall, kPoints, kTill, Most(0, 5)));
  EXPECT_EQ(world.Ask(Redeem("c", kAlice, kTillAccount, 2)),
            "UNIT_LIMIT points unit=participants/mall/units/s1/t1 level=TILL limit=5 left=1");
  Done(world, ChangeUnit("t3", kMall, kPoints, kTill, {}));
  EXPECT_EQ(world.Of(kTillAccount).given, DayTotal{});
  Done(world, ChangeUnit("t4", kMall, kPoints, kTill, Most(0, 5)));
  EXPECT_EQ(world.Ask(Redeem("c", kAlice, kTillAccount, 5)), "OK");
}

// What comes first in REFUSALS.md is answered.
TEST(UnitsTest, OneOfSeveralReasons) {
  World world = MarketWithoutPrices();
  Done(world, ChangeUnit("t", kMall, kPoints, kTill, {true, Amount(1), Amount(0)}));
  const Command redeem = Redeem("a", kAlice, kTillAccount, 1'001);
  EXPECT_EQ(world.Ask(redeem).substr(0, 14), "UNIT_SUSPENDED");
  Done(world, ChangeUnit("t2", kMall, kPoints, kTill, Most(1)));
  EXPECT_EQ(world.Ask(redeem).substr(0, 19), "NO_SETTLEMENT_PRICE");
  Done(world, Publish("p", kPoints, kFen, ParticipantNo(0), world.today(), {1, 1}));
  EXPECT_EQ(world.Ask(redeem), "AMOUNT_OVER_ASSET_LIMIT points limit=1000");
  EXPECT_EQ(world.Ask(Redeem("a", kAlice, kTillAccount, 501)).substr(0, 10), "UNIT_LIMIT");
  Done(world, SetStatus("f", kAlice, AccountStatus::kFrozen));
  Done(world, ChangeUnit("t3", kMall, kPoints, kTill, Suspended()));
  EXPECT_EQ(world.Ask(redeem), "ACCOUNT_FROZEN account");
}

// Who may stop and resume the till, by who stopped it before; kMall is its merchant.
TEST(UnitsTest, AMerchantLiftsOnlyItsOwnSuspension) {
  struct Row {
    std::vector<ParticipantNo> stopped_by;  // one after the other
    ParticipantNo whose;                    // whose suspension it is then
    std::string merchant_lifts;
  };
  const std::string operators =
      "PERMISSION_DENIED suspended problem=another suspended it, and lifts it "
      "suspended_by=participants/operator";
  const std::vector<Row> rows = {
      {{}, ParticipantNo(0), "OK"},
      {{kMall}, kMall, "OK"},
      {{kMall, kMall}, kMall, "OK"},
      {{kOperator}, kOperator, operators},
      {{kOperator, kMall}, kOperator, operators},
      {{kMall, kOperator}, kOperator, operators},
  };
  for (const Row& row : rows) {
    for (const UnitNo unit : {kStore, kTill}) {
      World world = Market();
      const auto change = [unit](std::string_view id, ParticipantNo who, bool suspended) {
        const claims::Conditions conditions{suspended, Amount(0), Amount(0)};
        return By(ChangeUnit(id, kMall, kPoints, unit, conditions), who);
      };
      const auto standing = [&world, unit] {
        return claims::TermsOf(world.state().registry()).Find(unit)->conditions;
      };
      int asked = 0;
      for (const ParticipantNo who : row.stopped_by) {
        Done(world, change("stop " + std::to_string(++asked), who, true));
      }
      EXPECT_EQ(standing().suspended_by, row.whose);
      EXPECT_EQ(world.Ask(change("mine", kMall, false)), row.merchant_lifts);
      EXPECT_EQ(standing().suspended, row.merchant_lifts != "OK");
      EXPECT_EQ(world.Ask(change("theirs", kOperator, false)), "OK") << "an operator lifts any";
      EXPECT_EQ(standing(), claims::Conditions{});
      EXPECT_EQ(world.Ask(change("again", kMall, true)), "OK");
      EXPECT_EQ(standing().suspended_by, kMall);
    }
  }
}

TEST(UnitsTest, AMerchantsLimitsAndItselfAreNotItsToChange) {
  World world = Market();
  Done(world, By(ChangeUnit("t", kMall, kPoints, kTill, Most(50, 70)), kOperator));
  const auto change = [](std::string_view id, UnitNo unit, const claims::Conditions& conditions) {
    return By(ChangeUnit(id, kMall, kPoints, unit, conditions), kMall);
  };
  const std::string limits =
      " problem=a merchant's limits are set by operators; leave them as they are";
  Command privileged = change("p", kTill, Most(60, 70));
  privileged.privileged = true;
  Play(world, {
                  {change("a", kTill, Most(51, 70)), "PERMISSION_DENIED most_points" + limits},
                  {change("a", kTill, Most(50, 0)), "PERMISSION_DENIED most_points_a_day" + limits},
                  {change("a", kTill, Suspended()), "PERMISSION_DENIED most_points" + limits},
                  {change("a", kTill, {true, Amount(50), Amount(70)}), "OK"},
                  {change("b", kChain, Suspended()),
                   "PERMISSION_DENIED name problem=a merchant suspends what stands below it, not "
                   "itself"},
                  {change("b", UnitNo(99), Suspended()), "UNKNOWN_UNIT name"},
                  {privileged, "OK"},  // a merchant that is the operator, too
              });
}

TEST(UnitsTest, TheMerchantFollowsUpWhatItsTillsDid) {
  World world = Market();
  const auto spent = Done(world, Redeem("r", kAlice, kTillAccount, 10));
  EXPECT_EQ(world.Ask(By(Refund("f", spent, 1), kKiosk)), "UNKNOWN_ENTRY entry_index");
  EXPECT_EQ(world.Ask(By(Refund("f", spent, 1), kMall)), "OK");
  EXPECT_EQ(world.BalanceOf(kTillAccount), 9);
}

}  // namespace
}  // namespace tanhui
