// Households: who belongs to one, and the points that its members put together.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
using enum entry::v1::HouseholdAction;

constexpr AccountNo kCarol = kNextAccount;
constexpr AccountNo kHome{kNextAccount.value() + 1};

// Alice (661:30g300), Bob (653:5 661:20) and Carol (nothing); Alice is the head of kHome.
World Home() {
  World world = Funded();
  Done(world, OpenCitizen("carol", kPoints));
  Done(world, WithGrams(Award("a", kAlice, kBudget, 30), 300));
  Done(world, ActAt(Award("b1", kBob, kBudget, 5), On("2023-06-01")));
  Done(world, Award("b2", kBob, kBudget, 20));
  Done(world, OpenHousehold("home", kPoints, kAlice));
  return world;
}

// The same with Bob as a member, who may spend 10 a day, and contributions of both.
World Shared() {
  World world = Home();
  Done(world, Invite("i", kHome, kBob, kAlice, 10));
  Done(world, Accept("j", kHome, kBob));
  Done(world, Contribute("c1", kHome, kAlice, 12));
  Done(world, Contribute("c2", kHome, kBob, 15));
  EXPECT_EQ(Purse(world, kHome), "27 = 653/c6:5 661/c5:12g120 661/c6:10");
  return world;
}

TEST(HouseholdTest, IsOpenedByItsHead) {
  World world = Home();
  const Account& home = world.Of(kHome);
  EXPECT_EQ(home.kind, AccountKind::kHousehold);
  EXPECT_EQ(home.asset, kPoints);
  EXPECT_EQ(home.id.view(), world.last().household_opening().account_id());
  ASSERT_EQ(home.members.size(), 1u);
  EXPECT_EQ(home.members[0].account, kAlice);
  EXPECT_TRUE(home.members[0].joined);
  EXPECT_EQ(world.Of(kAlice).household, kHome);
  Play(world, {
                  {OpenHousehold("h2", kPoints, kAlice), "HOUSEHOLD_EXISTS head"},
                  {OpenHousehold("h2", kPoints, kShop), "WRONG_ACCOUNT_KIND head"},
                  {OpenHousehold("h2", kStamps, kBob), "ASSET_MISMATCH head"},
                  {OpenHousehold("h2", kPoints, kBob), "OK"},
              });
}

TEST(HouseholdTest, TheHeadInvitesAndTheInvitedAccepts) {
  World world = Home();
  const std::string not_head = "NOT_HEAD_OF_HOUSEHOLD acting_account";
  Play(world, {
                  {Invite("i", kHome, kBob, kBob, 10), not_head},
                  {Invite("i", kHome, kBob, kCarol, 10), not_head},
                  {Accept("j", kHome, kBob), "NOT_IN_HOUSEHOLD member"},
                  {Invite("i", kHome, kBob, kAlice, 10), "OK"},
              });
  EXPECT_EQ(world.Of(kBob).household, AccountNo(0));
  Play(world, {
                  {Contribute("c", kHome, kBob, 1), "NOT_IN_HOUSEHOLD member"},
                  {ChangeHousehold("j", kHome, kBob, HOUSEHOLD_ACTION_ACCEPT, kAlice),
                   "NOT_IN_HOUSEHOLD acting_account"},
                  {Accept("j", kHome, kBob), "OK"},
                  {Accept("j2", kHome, kBob), "HOUSEHOLD_EXISTS member"},
                  {Invite("i2", kHome, kBob, kAlice, 10), "HOUSEHOLD_EXISTS member"},
              });
  EXPECT_EQ(world.Of(kBob).household, kHome);
}

TEST(HouseholdTest, OneHouseholdAtATime) {
  World world = Home();
  Done(world, OpenHousehold("h2", kPoints, kCarol));
  const AccountNo other(kHome.value() + 1);
  Play(world, {
                  {Invite("i1", kHome, kBob, kAlice, 10), "OK"},
                  {Invite("i2", other, kBob, kCarol, 10), "OK"},
                  {Accept("j2", other, kBob), "OK"},
                  {Accept("j1", kHome, kBob), "HOUSEHOLD_EXISTS member"},
                  {Leave("l", other, kBob), "OK"},
                  {Accept("j1", kHome, kBob), "OK"},
              });
}

TEST(HouseholdTest, AtMostAsManyMembersAsTheTermsAllow) {
  World world = Home();
  Terms terms;
  terms.max_members = 2;
  Done(world, SetTerms("t", kPoints, terms));
  Play(world, {
                  {Invite("i1", kHome, kBob, kAlice, 10), "OK"},
                  {Invite("i2", kHome, kCarol, kAlice, 10), "HOUSEHOLD_FULL household"},
                  {Invite("i3", kHome, kBob, kAlice, 20), "OK"},  // the same with another limit
                  {ChangeHousehold("l", kHome, kBob, HOUSEHOLD_ACTION_LEAVE, kAlice), "OK"},
                  {Invite("i2", kHome, kCarol, kAlice, 10), "OK"},
                  {Accept("j", kHome, kBob), "NOT_IN_HOUSEHOLD member"},
              });
}

TEST(HouseholdTest, ContributionsRememberWhoseTheyAre) {
  World world = Shared();
  EXPECT_EQ(Moves(world.last()), "6 -15 [653:-5 661:-10]; 14 +15 [653/c6:5 661/c6:10]");
  EXPECT_EQ(Purse(world, kAlice), "18 = 661:18g180");
  EXPECT_EQ(Purse(world, kBob), "10 = 661:10");
  Play(world,
       {
           {Contribute("x", kHome, kCarol, 1), "NOT_IN_HOUSEHOLD member"},
           {Contribute("x", kHome, kBob, 11), "INSUFFICIENT_BALANCE points needed=11 available=10"},
           {Contribute("x", kHome, kBob, kLimit + 1), "AMOUNT_OVER_ASSET_LIMIT points limit=1000"},
           {Contribute("x", kBob, kBob, 1), "WRONG_ACCOUNT_KIND household"},
           {Contribute("x", kHome, kHome, 1), "WRONG_ACCOUNT_KIND member"},
           {Contribute("x", kHome, kStampBob, 1), "ASSET_MISMATCH member"},
       });
}

TEST(HouseholdTest, MembersSpendUpToTheirLimit) {
  World world = Shared();
  Play(world, {
                  {Redeem("r", kHome, kShop, 1), "NOT_IN_HOUSEHOLD acting_account"},
                  {Redeem("r", kHome, kShop, 1, kCarol), "NOT_IN_HOUSEHOLD acting_account"},
                  {Redeem("r", kHome, kShop, 11, kBob), "SPENDING_LIMIT points left=10"},
                  {Redeem("r", kHome, kShop, 7, kBob), "OK"},
                  {Redeem("r2", kHome, kShop, 4, kBob), "SPENDING_LIMIT points left=3"},
                  {Redeem("r2", kHome, kShop, 3, kBob), "OK"},
                  {Redeem("r3", kHome, kShop, 1, kBob), "SPENDING_LIMIT points left=0"},
                  {Redeem("r4", kHome, kShop, 18, kAlice),
                   "INSUFFICIENT_BALANCE points needed=18 available=17"},
                  {Redeem("r4", kHome, kShop, 16, kAlice), "OK"},  // the head has no limit
              });
  EXPECT_EQ(Purse(world, kHome), "1 = 661/c6:1");
  world.WaitDays(1);
  EXPECT_EQ(world.Ask(Redeem("r5", kHome, kShop, 1, kBob)), "OK") << "a limit is of a day";
}

TEST(HouseholdTest, TheHeadSetsLimits) {
  World world = Shared();
  const auto limit = [](std::string_view id, AccountNo member, AccountNo acting,
                        std::int64_t points) {
    return ChangeHousehold(id, kHome, member, HOUSEHOLD_ACTION_LIMIT, acting, points);
  };
  Play(world, {
                  {limit("x", kBob, kBob, 100), "NOT_HEAD_OF_HOUSEHOLD acting_account"},
                  {limit("x", kCarol, kAlice, 100), "NOT_IN_HOUSEHOLD member"},
                  {limit("x", kBob, kAlice, 2), "OK"},
                  {Redeem("r", kHome, kShop, 3, kBob), "SPENDING_LIMIT points left=2"},
                  {Redeem("r", kHome, kShop, 2, kBob), "OK"},
                  {limit("x2", kBob, kAlice, 0), "OK"},
                  {Redeem("r2", kHome, kShop, 1, kBob), "SPENDING_LIMIT points left=0"},
                  {limit("x3", kAlice, kAlice, 1), "OK"},
                  {Redeem("r3", kHome, kShop, 2, kAlice), "SPENDING_LIMIT points left=1"},
              });
}

TEST(HouseholdTest, AFrozenMemberDoesNotSpend) {
  World world = Shared();
  Done(world, SetStatus("s", kBob, AccountStatus::kLost));
  EXPECT_EQ(world.Ask(Redeem("r", kHome, kShop, 1, kBob)), "ACCOUNT_FROZEN acting_account");
}

TEST(HouseholdTest, WhoLeavesTakesHisContributionsAlong) {
  World world = Shared();
  Done(world, Redeem("r", kHome, kShop, 7, kAlice));  // 5 of Bob's and 2 of Alice's
  Done(world, Leave("l", kHome, kBob));
  EXPECT_EQ(Moves(world.last()), "14 -10 [661/c6:-10]; 6 +10 [661:10]");
  EXPECT_EQ(Purse(world, kBob), "20 = 661:20");
  EXPECT_EQ(Purse(world, kHome), "10 = 661/c5:10g100");
  EXPECT_EQ(world.Of(kBob).household, AccountNo(0));
  EXPECT_EQ(world.Of(kHome).members.size(), 1u);
  EXPECT_EQ(world.Ask(Redeem("x", kHome, kShop, 1, kBob)), "NOT_IN_HOUSEHOLD acting_account");
}

TEST(HouseholdTest, TheHeadRemovesAMember) {
  World world = Shared();
  const auto remove = [](std::string_view id, AccountNo member, AccountNo acting) {
    return ChangeHousehold(id, kHome, member, HOUSEHOLD_ACTION_LEAVE, acting);
  };
  Play(world, {
                  {remove("x", kBob, kCarol), "NOT_HEAD_OF_HOUSEHOLD acting_account"},
                  {remove("x", kAlice, kBob), "NOT_HEAD_OF_HOUSEHOLD acting_account"},
                  {remove("x", kCarol, kAlice), "NOT_IN_HOUSEHOLD member"},
                  {remove("x", kBob, kAlice), "OK"},
              });
  EXPECT_EQ(Purse(world, kBob), "25 = 653:5 661:20");
}

TEST(HouseholdTest, TheHeadLeavesLast) {
  World world = Shared();
  Play(world, {
                  {Leave("l1", kHome, kAlice), "NOT_HEAD_OF_HOUSEHOLD member"},
                  {Leave("l2", kHome, kBob), "OK"},
                  {Leave("l1", kHome, kAlice), "OK"},
                  {Invite("i2", kHome, kBob, kAlice, 1), "NOT_HEAD_OF_HOUSEHOLD acting_account"},
              });
  EXPECT_EQ(Purse(world, kAlice), "30 = 661:30g300");
  EXPECT_EQ(Purse(world, kHome), "0");
}

// An invitation that nobody can take up any more does not keep the head.
TEST(HouseholdTest, InvitationsToAccountsThatEndedAreTakenBack) {
  World world = Home();
  Done(world, Invite("i1", kHome, kCarol, kAlice, 1));
  Done(world, Invite("i2", kHome, kBob, kAlice, 1));
  Done(world, Close("c", kCarol));
  Done(world, OpenCitizen("dave", kPoints));
  Done(world, Merge("m", kBob, AccountNo(kHome.value() + 1)));
  Play(world, {
                  {ChangeHousehold("x1", kHome, kCarol, HOUSEHOLD_ACTION_LEAVE, kAlice), "OK"},
                  {ChangeHousehold("x2", kHome, kBob, HOUSEHOLD_ACTION_LEAVE, kAlice), "OK"},
                  {Leave("x3", kHome, kAlice), "OK"},
              });
}

// Bob was invited under his old account and again under the one that it went into: what names the
// old one happens to the new one, so that he who leaves has left.
TEST(HouseholdTest, WhoLeavesByTheNameOfAMergedAccountHasLeft) {
  World world = Home();
  Done(world, Invite("i1", kHome, kBob, kAlice, 1));
  Done(world, Merge("m", kBob, kCarol));
  Done(world, Invite("i2", kHome, kCarol, kAlice, 1));
  Done(world, Accept("j", kHome, kCarol));
  Done(world, Contribute("c", kHome, kCarol, 7));
  Done(world, Leave("l", kHome, kBob));
  EXPECT_EQ(world.Of(kCarol).household, AccountNo(0));
  EXPECT_EQ(Purse(world, kCarol), "25 = 653:5 661:20");
  EXPECT_EQ(world.Of(kHome).members.size(), 2u) << "the old invitation stands";
  Play(world, {
                  {Accept("j2", kHome, kBob), "NOT_IN_HOUSEHOLD member"},
                  {ChangeHousehold("x", kHome, kBob, HOUSEHOLD_ACTION_LEAVE, kAlice), "OK"},
                  {Leave("y", kHome, kBob), "NOT_IN_HOUSEHOLD member"},
              });
  EXPECT_EQ(world.Of(kHome).members.size(), 1u);
}

TEST(HouseholdTest, ARefundToAContributorWhoClosedIsRefused) {
  World world = Shared();
  const auto spent = Done(world, Redeem("r", kHome, kShop, 20, kAlice));
  Done(world, Leave("l", kHome, kBob));
  Done(world, Close("c", kBob, true));
  Play(world, {
                  {Refund("f1", spent, 20), "ACCOUNT_CLOSED points"},
                  {Cancel("cx", "r"), "ACCOUNT_CLOSED target_request_id"},
                  {Refund("f2", spent, 4), "ACCOUNT_CLOSED points"},  // 3 of them were Bob's
              });
}

// Bob left and was invited again, and what he had put in came back to him.
TEST(HouseholdTest, AnInvitationIsTakenBackWhateverWasThereBefore) {
  World world = Shared();
  const auto spent = Done(world, Redeem("r", kHome, kShop, 20, kAlice));
  Done(world, Leave("l", kHome, kBob));
  Done(world, Invite("i2", kHome, kBob, kAlice, 1));
  Done(world, Refund("f", spent, 20));
  EXPECT_EQ(Purse(world, kBob), "25 = 653:5 661:20");
  Done(world, Close("c", kBob, true));
  Play(world, {
                  {ChangeHousehold("x", kHome, kBob, HOUSEHOLD_ACTION_LEAVE, kAlice), "OK"},
                  {Leave("y", kHome, kAlice), "OK"},
              });
  EXPECT_EQ(Purse(world, kHome), "0");
}

TEST(HouseholdTest, NobodyAcceptsForAMinorWithoutAGuardian) {
  World world = Home();
  Done(world, OpenMinor("dora", kPoints));
  const AccountNo dora(kHome.value() + 1);
  Done(world, Invite("i", kHome, dora, kAlice, 1));
  const auto accept = [dora](std::string_view id, AccountNo acting) {
    return ChangeHousehold(id, kHome, dora, HOUSEHOLD_ACTION_ACCEPT, acting);
  };
  Play(world, {
                  {accept("j", AccountNo(0)), "CONSENT_REQUIRED member"},
                  {accept("j", dora), "CONSENT_REQUIRED member"},
                  {accept("j", kAlice), "CONSENT_REQUIRED member"},
                  {Consent("c", dora, kBob), "OK"},
                  {accept("j", kAlice), "GUARDIAN_REQUIRED acting_account"},
                  {accept("j", kBob), "OK"},
              });
}

TEST(HouseholdTest, WhatIsPastItsDateIsNotTakenAlong) {
  World world = Shared();
  world.GoTo("2024-07-01");
  Done(world, Leave("l", kHome, kBob));
  EXPECT_EQ(Purse(world, kBob), "20 = 661:20");
  EXPECT_EQ(Purse(world, kHome), "12 = 661/c5:12g120");
  EXPECT_EQ(world.BalanceOf(kExpiry), 5);
  // Nothing at all is left of it: nothing moves, but it expires all the same.
  World late = Shared();
  late.GoTo("2025-03-01");
  Done(late, Leave("l", kHome, kBob));
  EXPECT_EQ(Purse(late, kHome), "0");
  EXPECT_TRUE(late.Of(kHome).members.size() == 1);
}

TEST(HouseholdTest, WhatComesAlongPaysADebtFirst) {
  World world = Shared();
  Done(world, Redeem("r", kBob, kShop, 10));
  Done(world, Reverse("v", 24));
  EXPECT_EQ(Purse(world, kBob), "-20 - debt 20");
  Done(world, Leave("l", kHome, kBob));
  EXPECT_EQ(Moves(world.last()), "14 -15 [653/c6:-5 661/c6:-10]; 6 +15 debt 5");
}

TEST(HouseholdTest, ItsPointsExpire) {
  World world = Shared();
  world.GoTo("2024-07-01");
  EXPECT_TRUE(world.Sweep(kHome));
  EXPECT_EQ(Moves(world.last()), "14 -5 [653/c6:-5]; 2 +5");
}

TEST(HouseholdTest, ARefundGoesBackToTheHousehold) {
  World world = Shared();
  const auto spent = Done(world, Redeem("r", kHome, kShop, 20, kAlice));
  EXPECT_EQ(Moves(world.last()), "14 -20 [653/c6:-5 661/c5:-12g-120 661/c6:-3]; 9 +20");
  Done(world, Refund("f", spent, 20));
  EXPECT_EQ(Purse(world, kHome), "27 = 653/c6:5 661/c5:12g120 661/c6:10");
}

TEST(HouseholdTest, ARefundFollowsAContributorWhoLeft) {
  World world = Shared();
  const auto spent = Done(world, Redeem("r", kHome, kShop, 20, kAlice));
  Done(world, Leave("l", kHome, kBob));
  EXPECT_EQ(Purse(world, kBob), "17 = 661:17");
  Done(world, Refund("f", spent, 20));
  EXPECT_EQ(Moves(world.last()), "9 -20; 6 +8 [653:5 661:3]; 14 +12 [661/c5:12g120]");
  EXPECT_EQ(Purse(world, kBob), "25 = 653:5 661:20");
  EXPECT_EQ(Purse(world, kHome), "12 = 661/c5:12g120");
}

TEST(HouseholdTest, ARefundFollowsAContributorWhoMergedAndCameBack) {
  World world = Shared();
  const auto spent = Done(world, Redeem("r", kHome, kShop, 20, kAlice));
  Done(world, Leave("l", kHome, kBob));
  Done(world, Merge("m", kBob, kCarol));
  World apart = world;
  Done(apart, Refund("f", spent, 20));
  EXPECT_EQ(Purse(apart, kCarol), "25 = 653:5 661:20") << "to the account that he has now";
  Done(world, Invite("i2", kHome, kCarol, kAlice, 1));
  Done(world, Accept("j2", kHome, kCarol));
  Done(world, Refund("f", spent, 20));
  EXPECT_EQ(Purse(world, kHome), "20 = 653/c13:5 661/c5:12g120 661/c13:3");
  Done(world, Leave("l2", kHome, kCarol));
  EXPECT_EQ(Purse(world, kCarol), "25 = 653:5 661:20") << "and along again";
}

TEST(HouseholdTest, ACancelledRedemptionComesBackToo) {
  World world = Shared();
  Done(world, Redeem("r", kHome, kShop, 20, kAlice));
  Done(world, Cancel("c", "r"));
  EXPECT_EQ(Purse(world, kHome), "27 = 653/c6:5 661/c5:12g120 661/c6:10");
  EXPECT_EQ(world.BalanceOf(kShop), 0);
}

TEST(HouseholdTest, NothingElseIsDoneWithItsAccount) {
  World world = Shared();
  Play(world, {
                  {Award("x", kHome, kBudget, 1), "WRONG_ACCOUNT_KIND account"},
                  {Transfer("x", kAlice, kHome, 1), "WRONG_ACCOUNT_KIND to_account"},
                  {Transfer("x", kHome, kAlice, 1), "WRONG_ACCOUNT_KIND from_account"},
                  {SetStatus("x", kHome, AccountStatus::kFrozen), "WRONG_ACCOUNT_KIND account"},
                  {Close("x", kHome), "WRONG_ACCOUNT_KIND account"},
                  {Merge("x", kHome, kAlice), "WRONG_ACCOUNT_KIND from"},
                  {Merge("x", kCarol, kAlice), "HOUSEHOLD_EXISTS into"},
                  {Merge("x", kAlice, kCarol), "HOUSEHOLD_EXISTS from"},
              });
}

TEST(HouseholdRefusals, Spending) {
  const std::vector<Flaw> all = {
      {Reason::kRequestTooLate, "late"},
      {Reason::kActInFuture, "future"},
      {Reason::kAccountFrozen, "frozen"},
      {Reason::kNotInHousehold, "stranger"},
      {Reason::kAmountOverAssetLimit, "over limit"},
      {Reason::kSpendingLimit, "limit"},
      {Reason::kInsufficientBalance, "poor"},
  };
  EverySet(all, 19, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if (flaws.Has("stranger") && (flaws.Has("limit") || flaws.Has("frozen"))) {
      return std::nullopt;
    }
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    const AccountNo home = kNextAccount;
    Done(world, OpenHousehold("home", kPoints, kAlice));
    Done(world, Invite("i", home, kBob, kAlice, flaws.Has("limit") ? points - 1 : points));
    if (!flaws.Has("stranger")) {
      Done(world, Accept("j", home, kBob));
    }
    if (flaws.Has("frozen")) {
      Done(world, SetStatus("s", kBob, AccountStatus::kFrozen));
    }
    world.SetBalance(home, flaws.Has("poor") ? points - 1 : points);
    return Timed(world, Redeem("x", home, kShop, points, kBob), flaws);
  });
}

TEST(HouseholdFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = Shared();
  const Command leave = Leave("l", kHome, kBob);
  EXPECT_EQ(Tampered(world, leave, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, leave, [](Entry& e) { e.clear_postings(); }), "OK")
      << "contributions stay behind";
  EXPECT_NE(Tampered(world, leave, [](Entry& e) { e.mutable_household_change()->set_member(13); }),
            "OK");
  for (const int action : {0, 1, 2, 4, 5}) {
    EXPECT_NE(Tampered(world, leave,
                       [action](Entry& e) {
                         e.mutable_household_change()->set_action(
                             static_cast<entry::v1::HouseholdAction>(action));
                       }),
              "OK")
        << action;
  }
  Done(world, Invite("i2", kHome, kCarol, kAlice, 4));
  const Command accept = Accept("j2", kHome, kCarol);
  EXPECT_EQ(Tampered(world, accept, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, accept, [](Entry& e) { e.mutable_household_change()->set_member(6); }),
            "OK");
  EXPECT_NE(Tampered(world, accept,
                     [](Entry& e) {
                       e.mutable_household_change()->set_action(HOUSEHOLD_ACTION_UNSPECIFIED);
                     }),
            "OK");
  const Command give = Contribute("x", kHome, kBob, 3);
  EXPECT_EQ(Tampered(world, give, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, give,
                     [](Entry& e) { e.mutable_postings(1)->mutable_lots(0)->set_contributor(5); }),
            "OK");
  EXPECT_NE(Tampered(world, give, [](Entry& e) { e.mutable_contribution()->set_points(2); }), "OK");
  const Command spend = Redeem("r", kHome, kShop, 10, kBob);
  EXPECT_EQ(Tampered(world, spend, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, spend, [](Entry& e) { e.mutable_redemption()->set_acting(13); }), "OK");
  EXPECT_NE(Tampered(world, Redeem("r", kHome, kShop, 12, kAlice),
                     [](Entry& e) { e.mutable_redemption()->set_acting(6); }),
            "OK")
      << "over that member's limit";
}

}  // namespace
}  // namespace tanhui
