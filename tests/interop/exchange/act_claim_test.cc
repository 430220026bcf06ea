#include "interop/exchange/act_claim.h"

#include <gtest/gtest.h>

namespace tanhui::exchange {
namespace {

ActClaim Of(std::uint8_t act, std::string_view city, bool at_home) {
  ActClaim claim;
  claim.nullifier.bytes[0] = act;
  claim.city = city;
  claim.at_home = at_home;
  return claim;
}

TEST(ActClaimTest, WhereItHappenedComesFirst) {
  EXPECT_TRUE(Stands(Of(1, "cq.example", true), Of(1, "cd.example", false)));
  EXPECT_FALSE(Stands(Of(1, "cq.example", false), Of(1, "cd.example", true)));
}

// Exactly one of two stands, whoever asks; over many acts neither city always wins.
TEST(ActClaimTest, OtherwiseAHashDecides) {
  int first = 0;
  for (int act = 0; act < 256; ++act) {
    for (const bool at_home : {false, true}) {
      const ActClaim a = Of(static_cast<std::uint8_t>(act), "cq.example", at_home);
      const ActClaim b = Of(static_cast<std::uint8_t>(act), "cd.example", at_home);
      EXPECT_NE(Stands(a, b), Stands(b, a));
      first += Stands(a, b) ? 1 : 0;
    }
  }
  EXPECT_GT(first, 150);
  EXPECT_LT(first, 362);
}

// SHA-256 of twenty zero bytes and the name is 8355… with a and 172c… with b.
TEST(ActClaimTest, ByHand) {
  EXPECT_FALSE(Stands(Of(0, "a", false), Of(0, "b", false)));
  EXPECT_TRUE(Stands(Of(0, "b", false), Of(0, "a", false)));
}

}  // namespace
}  // namespace tanhui::exchange
