// Points given to a charity, without return.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/flaws.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;

constexpr ParticipantNo kRelief{8};
constexpr AccountNo kFund = kNextAccount;  // of the charity

World WithCharity() {
  World world = Funded();
  Done(world, CreateParticipant("p", "relief", ParticipantKind::kCharity));
  Done(world, OpenCharity("o", kPoints, kRelief));
  Done(world, WithGrams(Award("a", kAlice, kBudget, 30), 300));
  return world;
}

TEST(DonationTest, GoesToTheCharity) {
  World world = WithCharity();
  Done(world, Donate("d", kAlice, kFund, 12));
  EXPECT_EQ(Moves(world.last()), "5 -12 [661:-12g-120]; 13 +12");
  EXPECT_EQ(Purse(world, kAlice), "18 = 661:18g180");
  EXPECT_EQ(world.BalanceOf(kFund), 12);
}

TEST(DonationTest, HasNoReturn) {
  World world = WithCharity();
  const auto donation = Done(world, Donate("d", kAlice, kFund, 12));
  Play(world, {
                  {Refund("f", donation, 1), "WRONG_ENTRY_KIND entry_index"},
                  {Reverse("v", donation), "WRONG_ENTRY_KIND entry_index"},
                  {Cancel("c", "d"), "NOT_CANCELLABLE target_request_id"},
              });
}

TEST(DonationTest, OnlyToCharitiesAndOnlyFromLots) {
  World world = WithCharity();
  Play(world,
       {
           {Donate("x", kAlice, kShop, 1), "WRONG_ACCOUNT_KIND charity"},
           {Donate("x", kAlice, kBob, 1), "WRONG_ACCOUNT_KIND charity"},
           {Donate("x", kShop, kFund, 1), "WRONG_ACCOUNT_KIND account"},
           {Donate("x", kStampAlice, kFund, 1), "ASSET_MISMATCH charity"},
           {Redeem("x", kAlice, kFund, 1), "WRONG_ACCOUNT_KIND merchant"},
           {Donate("x", kAlice, kFund, 31), "INSUFFICIENT_BALANCE points needed=31 available=30"},
           {Donate("x", kAlice, kFund, 1001), "AMOUNT_OVER_ASSET_LIMIT points limit=1000"},
       });
}

TEST(DonationTest, OfAHousehold) {
  World world = WithCharity();
  const AccountNo home(kFund.value() + 1);
  Done(world, OpenHousehold("h", kPoints, kAlice));
  Done(world, Contribute("c", home, kAlice, 10));
  Done(world, Invite("i", home, kBob, kAlice, 4));
  Done(world, Accept("j", home, kBob));
  Play(world, {
                  {Donate("x", home, kFund, 1), "NOT_IN_HOUSEHOLD acting_account"},
                  {Donate("x", home, kFund, 5, kBob), "SPENDING_LIMIT points left=4"},
                  {Donate("x", home, kFund, 3, kBob), "OK"},
                  {Redeem("y", home, kShop, 2, kBob), "SPENDING_LIMIT points left=1"},
              });
}

TEST(DonationFaults, ApplyFindsWhatDecideCannotHaveMade) {
  World world = WithCharity();
  const Command donation = Donate("d", kAlice, kFund, 12);
  EXPECT_EQ(Tampered(world, donation, [](Entry&) {}), "OK");
  EXPECT_NE(Tampered(world, donation, [](Entry& e) { e.mutable_donation()->set_points(11); }),
            "OK");
  EXPECT_NE(Tampered(world, donation, [](Entry& e) { e.mutable_donation()->set_charity(9); }),
            "OK");
  EXPECT_NE(Tampered(world, donation,
                     [](Entry& e) {
                       const auto body = e.donation();
                       e.mutable_redemption()->set_account(body.account());
                       e.mutable_redemption()->set_merchant(body.charity());
                       e.mutable_redemption()->set_points(body.points());
                     }),
            "OK")
      << "a redemption at a charity";
}

}  // namespace
}  // namespace tanhui
