// Each reason alone, and every set of reasons that can hold at once: the one that stands first in
// REFUSALS.md is answered.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tests/ledger/points/flaws.h"

namespace tanhui {
namespace {

using namespace world;
using enum Reason;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
const LedgerTime kPast(kStart.value() - 1);
const LedgerTime kFuture(kStart.value() + kMaxFutureMicros + 1);

TEST(PointsRefusalTest, Award) {
  const std::vector<Flaw> all = {
      {kRequestTooLarge, "large"},
      {kRequestTooLate, "late"},
      {kActInFuture, "future"},
      {kWrongAccountKind, "account kind"},
      {kWrongAccountKind, "budget kind"},
      {kAssetMismatch, "mismatch"},
      {kAmountOverAssetLimit, "over limit"},
      {kInsufficientBudget, "poor"},
      {kBalanceLimit, "full"},
  };
  // A giver that is no budget cannot be short of budget, but that is answered later anyway.
  EverySet(all, 36, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    const AccountNo account = flaws.Has("account kind") ? kShop : kAlice;
    AccountNo budget = flaws.Has("mismatch") ? kStampBudget : kBudget;
    if (flaws.Has("budget kind")) {
      budget = flaws.Has("mismatch") ? kStampBob : kBob;
    }
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    world.SetBalance(budget, flaws.Has("poor") ? points - 1 : points);
    world.SetBalance(account, flaws.Has("full") ? kMax - points + 1 : kMax - points);
    const std::string scenario(flaws.Has("large") ? 70'000 : 5, 's');
    return Timed(world, Award("x", account, budget, points, scenario), flaws);
  });
}

TEST(PointsRefusalTest, Redemption) {
  const std::vector<Flaw> all = {
      {kRequestTooLate, "late"},           {kActInFuture, "future"},
      {kWrongAccountKind, "account kind"}, {kWrongAccountKind, "merchant kind"},
      {kAssetMismatch, "mismatch"},        {kAmountOverAssetLimit, "over limit"},
      {kInsufficientBalance, "poor"},      {kBalanceLimit, "full"},
  };
  EverySet(all, 28, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    const AccountNo account = flaws.Has("account kind") ? kBudget : kAlice;
    AccountNo merchant = flaws.Has("mismatch") ? kStampShop : kShop;
    if (flaws.Has("merchant kind")) {
      merchant = flaws.Has("mismatch") ? kStampBob : kBob;
    }
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    world.SetBalance(account, flaws.Has("poor") ? points - 1 : points);
    world.SetBalance(merchant, flaws.Has("full") ? kMax - points + 1 : kMax - points);
    return Timed(world, Redeem("x", account, merchant, points), flaws);
  });
}

TEST(PointsRefusalTest, Transfer) {
  const std::vector<Flaw> all = {
      {kRequestTooLate, "late"},        {kActInFuture, "future"},
      {kWrongAccountKind, "from kind"}, {kWrongAccountKind, "to kind"},
      {kAssetMismatch, "mismatch"},     {kSameAccount, "same"},
      {kTransfersOff, "off"},           {kAmountOverAssetLimit, "over limit"},
      {kInsufficientBalance, "poor"},   {kBalanceLimit, "full"},
  };
  // Not at once: one account with two assets, with two kinds, or both empty and full.
  EverySet(all, 41, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    const bool off = flaws.Has("off");
    const bool to_off = off != flaws.Has("mismatch");
    const AccountNo citizen_from = off ? kStampAlice : kAlice;
    const AccountNo citizen_to = to_off ? kStampBob : kBob;
    const AccountNo from = flaws.Has("from kind") ? (off ? kStampShop : kShop) : citizen_from;
    AccountNo to = flaws.Has("to kind") ? (to_off ? kStampBudget : kBudget) : citizen_to;
    if (flaws.Has("same")) {
      if (flaws.Has("mismatch") || flaws.Has("full") ||
          flaws.Has("from kind") != flaws.Has("to kind")) {
        return std::nullopt;
      }
      to = from;
    }
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    if (from != to) {
      world.SetBalance(to, flaws.Has("full") ? kMax - points + 1 : kMax - points);
    }
    world.SetBalance(from, flaws.Has("poor") ? points - 1 : points);
    return Timed(world, Transfer("x", from, to, points), flaws);
  });
}

TEST(PointsRefusalTest, Funding) {
  const std::vector<Flaw> all = {
      {kRequestTooLate, "late"},
      {kActInFuture, "future"},
      {kWrongAccountKind, "kind"},
      {kBalanceLimit, "full"},
      {kBalanceLimit, "issuance at its end"},
  };
  EverySet(all, 10, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    const AccountNo budget = flaws.Has("kind") ? kAlice : kBudget;
    world.SetBalance(budget, flaws.Has("full") ? kMax - 9 : kMax - 10);
    world.SetBalance(kIssuance, flaws.Has("issuance at its end") ? kMin + 9 : kMin + 10);
    return Timed(world, Fund("x", budget, 10), flaws);
  });
}

TEST(PointsRefusalTest, BudgetOpening) {
  const std::vector<Flaw> all = {
      {kRequestTooLarge, "large"}, {kRequestTooLate, "late"},          {kActInFuture, "future"},
      {kCodeExists, "code"},       {kWrongParticipantKind, "sponsor"},
  };
  EverySet(all, 10, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    Command command = OpenBudget("x", flaws.Has("code") ? "budget" : "new",
                                 flaws.Has("sponsor") ? kMall : kSponsor, kPoints);
    if (flaws.Has("large")) {
      command.draft.mutable_budget_opening()->set_display_name(std::string(70'000, 'x'));
    }
    return Timed(world, command, flaws);
  });
}

TEST(PointsRefusalTest, AwardByItsRules) {
  const std::vector<Flaw> all = {
      {kActTooOld, "too old"},        {kAccountClosed, "closed"},
      {kAccountFrozen, "frozen"},     {kConsentRequired, "no consent"},
      {kBudgetOutOfPeriod, "period"}, {kAmountOverAssetLimit, "over limit"},
      {kInsufficientBudget, "poor"},
  };
  EverySet(all, 20, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if (flaws.Has("closed") && flaws.Has("frozen")) {
      return std::nullopt;
    }
    Terms terms;
    terms.credits_while_frozen = false;
    EXPECT_EQ(world.Ask(SetTerms("t", kPoints, terms)), "OK");
    // Acts until October 2024, or only until January 2022.
    const BusinessDate last(flaws.Has("period") ? 19'000 : 20'000);
    EXPECT_EQ(world.Ask(OpenDatedBudget("b", "dated", BusinessDate(18'000), last, 3'000)), "OK");
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    world.SetBalance(kNextAccount, flaws.Has("poor") ? points - 1 : points);
    Account& alice = world.mutable_state().ChangeAccount(kAlice);
    alice.minor = flaws.Has("no consent");
    alice.status = flaws.Has("closed")   ? AccountStatus::kClosed
                   : flaws.Has("frozen") ? AccountStatus::kFrozen
                                         : AccountStatus::kOpen;
    const std::int64_t days_ago = flaws.Has("too old") ? 400 : 0;
    return ActAt(Award("x", kAlice, kNextAccount, points),
                 LedgerTime(kStart.value() - days_ago * kMicrosPerDay));
  });
}

TEST(PointsRefusalTest, Contribution) {
  const std::vector<Flaw> all = {
      {kRequestTooLate, "late"},
      {kActInFuture, "future"},
      {kWrongAccountKind, "kind"},
      {kAssetMismatch, "mismatch"},
      {kAccountClosed, "closed"},
      {kAccountFrozen, "frozen"},
      {kNotForMinors, "minor"},
      {kNotInHousehold, "stranger"},
      {kAmountOverAssetLimit, "over limit"},
      {kInsufficientBalance, "poor"},
  };
  EverySet(all, 43, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if ((flaws.Has("closed") && flaws.Has("frozen")) ||
        (flaws.Has("mismatch") && flaws.Has("kind"))) {
      return std::nullopt;
    }
    const AccountNo member = flaws.Has("mismatch") ? kStampAlice : kAlice;
    EXPECT_EQ(world.Ask(OpenHousehold("h", kPoints, kBob)), "OK");
    const std::int64_t points = flaws.Has("over limit") ? kLimit + 1 : 10;
    world.SetBalance(member, flaws.Has("poor") ? points - 1 : points);
    Account& account = world.mutable_state().ChangeAccount(member);
    account.household = flaws.Has("stranger") ? AccountNo(0) : kNextAccount;
    account.minor = flaws.Has("minor");
    account.status = flaws.Has("closed")   ? AccountStatus::kClosed
                     : flaws.Has("frozen") ? AccountStatus::kLost
                                           : AccountStatus::kOpen;
    const AccountNo household = flaws.Has("kind") ? kShop : kNextAccount;
    return Timed(world, Contribute("x", household, member, points), flaws);
  });
}

TEST(PointsRefusalTest, Invitation) {
  const std::vector<Flaw> all = {
      {kRequestTooLate, "late"},  {kWrongAccountKind, "kind"},         {kAssetMismatch, "mismatch"},
      {kAccountClosed, "closed"}, {kNotHeadOfHousehold, "by another"}, {kHouseholdFull, "full"},
  };
  EverySet(all, 14, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if (flaws.Has("mismatch") && flaws.Has("kind")) {
      return std::nullopt;
    }
    Terms terms;
    terms.max_members = flaws.Has("full") ? 1 : 2;
    EXPECT_EQ(world.Ask(SetTerms("t", kPoints, terms)), "OK");
    EXPECT_EQ(world.Ask(OpenHousehold("h", kPoints, kBob)), "OK");
    const AccountNo member = flaws.Has("mismatch") ? kStampAlice : kAlice;
    if (flaws.Has("closed")) {
      EXPECT_EQ(world.Ask(Close("c", member)), "OK");
    }
    const AccountNo household = flaws.Has("kind") ? kShop : kNextAccount;
    const Command invite =
        ChangeHousehold("x", household, member, entry::v1::HOUSEHOLD_ACTION_INVITE,
                        flaws.Has("by another") ? kAlice : kBob, 10);
    return flaws.Has("late") ? NotAfter(invite, kPast) : invite;
  });
}

TEST(PointsRefusalTest, Consent) {
  const std::vector<Flaw> all = {
      {kRequestTooLate, "late"},        {kWrongAccountKind, "guardian's kind"},
      {kAccountClosed, "minor closed"}, {kGuardianRequired, "another guardian"},
      {kNotAMinor, "of age"},
  };
  EverySet(all, 9, [](World& world, const Flaws& flaws) -> std::optional<Command> {
    if (flaws.Has("of age") && flaws.Has("another guardian")) {
      return std::nullopt;
    }
    const AccountNo minor = flaws.Has("of age") ? kBob : kNextAccount;
    EXPECT_EQ(world.Ask(OpenMinor("m", kPoints)), "OK");
    if (flaws.Has("another guardian")) {
      EXPECT_EQ(world.Ask(Consent("c", minor, kBob)), "OK");
    }
    if (flaws.Has("minor closed")) {
      EXPECT_EQ(world.Ask(Close("k", minor)), "OK");
    }
    const Command consent = Consent("x", minor, flaws.Has("guardian's kind") ? kShop : kAlice);
    return flaws.Has("late") ? NotAfter(consent, kPast) : consent;
  });
}

// A request that came before is answered before any reason from the request ids on is looked at.
TEST(PointsRefusalTest, ARepeatIsSeenBeforeEveryRule) {
  World world;
  world.SetBalance(kBudget, 10);
  ASSERT_EQ(world.Ask(Award("x", kAlice, kBudget, 10)), "OK");
  world.SetBalance(kAlice, kMax);
  EXPECT_EQ(world.Ask(NotAfter(Award("x", kAlice, kBudget, 10), kPast)), "SEEN 20");
  EXPECT_EQ(world.Ask(ActAt(Award("x", kAlice, kBudget, 10), kFuture)), "SEEN 20 OTHER act_time");
  EXPECT_EQ(world.Ask(Award("x", kAlice, kShop, 2000)), "SEEN 20 OTHER budget");
  EXPECT_EQ(world.Ask(Award("x", kAlice, kBudget, 10, std::string(70'000, 's'))),
            "REQUEST_TOO_LARGE");
}

}  // namespace
}  // namespace tanhui
