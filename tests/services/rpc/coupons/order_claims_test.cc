// What uses of coupons claim: the same for one order or appliance, however it is written.
#include "services/rpc/coupons/order_claims.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tanhui::rpc {
namespace {

signing::KeyedHash Key() { return signing::KeyedHash(std::string(32, 'e')); }

entry::v1::CouponOrder OrderClaims(std::uint32_t merchant, const std::string& id,
                                   std::uint32_t slot) {
  entry::v1::CouponOrder order;
  AddOrderClaims(Key(), ParticipantNo(merchant), id, slot, order);
  return order;
}

TEST(OrderClaims, ASlotHasOneOfTheFour) {
  const entry::v1::CouponOrder all = OrderClaims(3, "order", 0);
  ASSERT_EQ(all.nullifiers_size(), 4);
  std::set<std::string> distinct;
  for (int slot = 1; slot <= 4; ++slot) {
    const std::string& claim = all.nullifiers(slot - 1);
    EXPECT_EQ(claim.size(), 17U);
    EXPECT_EQ(claim.front(), '\x02');
    EXPECT_EQ(claim.substr(0, 16), all.nullifiers(0).substr(0, 16));
    const entry::v1::CouponOrder one = OrderClaims(3, "order", static_cast<std::uint32_t>(slot));
    ASSERT_EQ(one.nullifiers_size(), 1);
    EXPECT_EQ(one.nullifiers(0), claim);
    distinct.insert(claim);
  }
  EXPECT_EQ(distinct.size(), 4U);
}

TEST(OrderClaims, OrdersOfOtherMerchantsAreOthers) {
  EXPECT_NE(OrderClaims(3, "order", 1).nullifiers(0), OrderClaims(4, "order", 1).nullifiers(0));
  EXPECT_NE(OrderClaims(3, "order", 1).nullifiers(0), OrderClaims(3, "ordes", 1).nullifiers(0));
  EXPECT_EQ(OrderClaims(3, "order", 1).nullifiers(0).find("order"), std::string::npos);
}

TEST(OrderClaims, ATradeInCountsOnceInWhateverSpelling) {
  const auto claims = [](const char* old_serial, const char* category, std::uint8_t owner) {
    v1::TradeInProof proof;
    proof.set_category(category);
    proof.set_old_serial(old_serial);
    proof.set_new_serial("N-2");
    proof.set_invoice("I-3");
    entry::v1::CouponOrder order;
    AddTradeInClaims(Key(), proof, OwnerId{{owner}}, order);
    return order;
  };
  const entry::v1::CouponOrder first = claims("ab-12 3", "fridge", 1);
  ASSERT_EQ(first.nullifiers_size(), 4);
  const entry::v1::CouponOrder spelt = claims("AB123", "fridge", 2);
  EXPECT_EQ(first.nullifiers(0), spelt.nullifiers(0));
  EXPECT_EQ(first.nullifiers(1), spelt.nullifiers(1));
  EXPECT_EQ(first.nullifiers(2), spelt.nullifiers(2));
  EXPECT_NE(first.nullifiers(3), spelt.nullifiers(3)) << "another holder";
  const entry::v1::CouponOrder other = claims("AB123", "washer", 1);
  for (const int same : {0, 1, 2}) {
    EXPECT_EQ(first.nullifiers(same), other.nullifiers(same)) << "whatever it is called";
  }
  EXPECT_NE(first.nullifiers(3), other.nullifiers(3));
}

}  // namespace
}  // namespace tanhui::rpc
