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
