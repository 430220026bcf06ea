// Trade-ins (以旧换新): each appliance, invoice and person in a category counts once, unless the
// discount was rejected or came back.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"
#include "tests/ledger/points/earning/acts.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

constexpr CampaignNo kFirstCampaign{1};
const std::vector<Goods> kGoods = {{300'000}};

void OfFridges(pb::CampaignOpening& opening) {
  Reviewed(opening);
  opening.set_face_fen(50'000);
  opening.mutable_trade_in()->add_categories("fridge");
}

// The town, a campaign of it and a coupon each of Alice and Bob.
struct Story {
  World world = static_cast<World (*)()>(Town)();
  std::uint64_t alice = 0;
  std::uint64_t bob = 0;

  Story() {
    PublishDocument(world, pb::DOCUMENT_KIND_CATALOGUE, TownCatalogue().SerializeAsString());
    Opened(world, OpenCampaign("campaign", "fridges", OfFridges));
    alice = Done(world, IssueCoupon("issue-alice", kFirstCampaign, kAlice));
    bob = Done(world, IssueCoupon("issue-bob", kFirstCampaign, kBob));
  }
};

// Of the four pieces of a trade-in those that are not `same` are of `order`.
Command TradeIn(std::string_view id, std::uint64_t coupon, std::string_view order,
                std::string_view same = {}) {
  constexpr char kForEver = 2;
  constexpr std::size_t kHashBytes = 16;
  Command command = UseCoupon(id, coupon, OrderAt(kBakeryShop, order, kGoods));
  auto& body = *command.draft.mutable_coupon_redemption();
  body.mutable_trade_in()->set_category("fridge");
  body.mutable_trade_in()->set_product(kFridge);
  for (const std::string_view piece : {"old", "new", "invoice", "owner"}) {
    const std::string of = piece == same ? "o-1" : std::string(order);
    body.mutable_order()->add_nullifiers(
        kForEver + Sha256(std::string(piece) + " of " + of).substr(0, kHashBytes));
  }
  return command;
}

TEST(TradeInTest, EachPieceCountsOnce) {
  Story story;
  Done(story.world, TradeIn("use", story.alice, "o-1"));
  EXPECT_EQ(story.world.last().coupon_redemption().order().nullifiers_size(), 8);
  for (const std::string_view piece : {"old", "new", "invoice", "owner"}) {
    EXPECT_TRUE(
        story.world.Ask(TradeIn("again", story.bob, "o-2", piece)).starts_with("TRADE_IN_USED"))
        << piece;
  }
  EXPECT_EQ(story.world.Ask(TradeIn("again", story.bob, "o-2")), "OK");
}

TEST(TradeInTest, WhatWasRejectedMayBeSentAgainByWhoSentIt) {
  Story story;
  World& world = story.world;
  const std::uint64_t use = Done(world, TradeIn("use", story.alice, "o-1"));
  Done(world, ReviewUse("reject", use, 0, "no_invoice"));
  EXPECT_EQ(world.last().coupon_review().undone().nullifiers_size(), 4);
  EXPECT_TRUE(world.Ask(By(TradeIn("theirs", story.bob, "o-2", "old"), kOtherPlatform))
                  .starts_with("TRADE_IN_USED"));
  EXPECT_TRUE(world.Ask(TradeIn("same-order", story.bob, "o-1")).starts_with("ORDER_USED"));
  EXPECT_EQ(world.Ask(TradeIn("again", story.bob, "o-2", "old")), "OK");
  // What the other use claims by now is not opened again.
  Done(world, RefundCoupon("back", use, {{0, 300'000}}));
  EXPECT_EQ(world.last().coupon_refund().undone().nullifiers_size(), 0);
}

TEST(TradeInTest, WhatWasApprovedStaysUsedUntilAllOfItComesBack) {
  Story story;
  World& world = story.world;
  const std::uint64_t use = Done(world, TradeIn("use", story.alice, "o-1"));
  Done(world, ReviewUse("approve", use, 45'000));
  EXPECT_EQ(world.last().coupon_review().undone().nullifiers_size(), 0);
  Done(world, RefundCoupon("back-1", use, {{0, 100'000}}));
  EXPECT_EQ(world.last().coupon_refund().undone().nullifiers_size(), 0);
  EXPECT_TRUE(world.Ask(TradeIn("again", story.bob, "o-2", "old")).starts_with("TRADE_IN_USED"));
  Done(world, RefundCoupon("back-2", use, {{0, 200'000}}));
  EXPECT_EQ(world.last().coupon_refund().undone().nullifiers_size(), 4);
  EXPECT_EQ(world.Ask(TradeIn("again", story.bob, "o-2", "old")), "OK");
}

TEST(TradeInTest, ACancelledOneFreesItsOrderToo) {
  Story story;
  Done(story.world, TradeIn("use", story.alice, "o-1"));
  Done(story.world, Cancel("cancel", "use"));
  EXPECT_EQ(story.world.last().cancellation().coupon_undone().nullifiers_size(), 8);
  EXPECT_EQ(story.world.Ask(TradeIn("again", story.bob, "o-1")), "OK");
}

}  // namespace
}  // namespace tanhui
