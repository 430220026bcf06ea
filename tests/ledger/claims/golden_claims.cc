#include "tests/ledger/claims/golden_claims.h"

#include <gtest/gtest.h>

#include "tests/ledger/claims/market.h"

namespace tanhui::world {
namespace {

// Of the golden chain.
constexpr AssetNo kAsset{1};
constexpr AssetNo kMoney{2};
constexpr SchemeNo kScheme{1};
constexpr ParticipantNo kMerchant{3};
constexpr AccountNo kWalker{10};
constexpr AccountNo kTown{11};

}  // namespace

void TellOfClaims(World& world) {
  const std::uint64_t first = world.entries().size();
  // After four accounts of the money, the claim and the store.
  const AccountNo till(world.state().head().next_account.value() + 6);
  const auto done = [&world](const Command& command) {
    world.Wait(30 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
  };
  world.GoTo("2025-04-01");
  done(CreateMoney("y1", "cq-fen", kScheme));
  done(OpenClaim("y2", kMoney, kMerchant));
  done(CreateStore("y3", kMerchant, kAsset, "jiefangbei"));
  done(CreateTill("y4", kMerchant, kAsset, UnitNo(1), "till-7"));
  done(ChangeUnit("y5", kMerchant, kAsset, UnitNo(2), Most(500, 2'000)));
  done(Publish("y6", kAsset, kMoney, ParticipantNo(0), world.today(), {7, 2}));
  done(Award("y7", kWalker, kTown, 90));
  done(Redeem("y8", kWalker, till, 15));
  done(HoldPoints("y9", kWalker, till, 9, world.InDays(1)));
  done(Capture("y10", first + 8, 8));
  done(Refund("y11", first + 7, 4));
  world.GoTo("2025-04-02");
  done(BeginRun("y12", kMoney));
  done(AddLine("y13", 1, kMerchant));
  done(Approve("y14", first + 12));
  done(Pay("y15", first + 12));
  done(Return("y16", first + 12, "bank-9"));
  done(AddLine("y17", 1, kMerchant));
  done(Return("y18", first + 16));
  done(ChangeUnit("y19", kMerchant, kAsset, UnitNo(0), Suspended()));
  done(Publish("y20", kAsset, kMoney, kMerchant, BusinessDate(world.today().value() + 1), {4, 1}));
  done(Cancel("y21", "y10"));
}

}  // namespace tanhui::world
