// Entries about coupons that could be by themselves and that no rule allows where they stand: apply
// takes them, deciding again does not.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/ledger/coupons/town.h"
#include "tests/ledger/sequencer/forged_town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

constexpr CampaignNo kPriced{1};
constexpr CampaignNo kLottery{2};
constexpr AccountNo kFirstBudget{18};
constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

class ForgedCouponRulesTest : public ForgedTown {
 protected:
  void SetUp() override {
    Ask(CreateMoney("money", "fen", kMidnight));
    Ask(OpenClaim("claim", kFen, kMall));
    Ask(OpenBudget("budget", "district-fen", kDistrict, kFen));
    Ask(Fund("funds", kFirstBudget, kTownFen));
    Ask(Award("award-alice", kAlice, kBudget, 500));
    Ask(Award("award-bob", kBob, kBudget, 500));
    const auto by_one = [](entry::v1::CampaignOpening& opening) {
      opening.mutable_funders()->RemoveLast();
      opening.mutable_funders(0)->set_budget(kFirstBudget.value());
      opening.mutable_funders(0)->set_permille(900);
    };
    Ask(OpenCampaign("priced", "priced", [&](auto& opening) {
      by_one(opening);
      opening.set_points_asset(kPoints.value());
      opening.set_price_points(50);
    }));
    Ask(OpenCampaign("lottery", "lottery", [&](auto& opening) {
      by_one(opening);
      ByLottery(opening);
      opening.set_stock(1);
    }));
    const std::uint64_t alice = Ask(ApplyFor("apply-alice", kLottery, kAlice));
    const std::uint64_t bob = Ask(ApplyFor("apply-bob", kLottery, kBob));
    const std::uint64_t coupon = Ask(IssueCoupon("issue", kPriced, kAlice));
    issue_ = coupon;
    others_ = Ask(IssueCoupon("issue-bob", kPriced, kBob));
    const auto order = OrderAt(kShop, "o-1", {{12'000, "food"}});
    lock_ =
        Ask(LockCoupon("lock", coupon, order, LedgerTime(town_.clock().Wall().value() + kHour)));
    use_ = Ask(UseCoupon("use", coupon, order));
    revocation_ = Ask(RevokeCoupon("revoke", others_, true));
    town_.clock().Wait(6 * kMicrosPerDay);
    Ask(DrawLottery("draw", kLottery));
    const bool alice_won =
        town_.Ask(IssueCoupon("won-alice", kLottery, kAlice, alice)).starts_with("OK");
    if (!alice_won) {
      Ask(IssueCoupon("won-bob", kLottery, kBob, bob));
    }
    won_ = town_.Size() - 1;
    lost_ = alice_won ? bob : alice;
    loser_ = alice_won ? kBob : kAlice;
    ASSERT_FALSE(HasFailure());
    ASSERT_EQ(town_.Difference(), "");
    town_.Close();
  }

  std::uint64_t Ask(const Command& command) {
    const std::string outcome = town_.Ask(command);
    EXPECT_TRUE(outcome.starts_with("OK")) << outcome;
    return town_.Size() - 1;
  }

  // Each edit alone is refused for the reason beside it, or makes another entry.
  struct Forgery {
    Edit edit;
    std::string_view why = "another entry";
  };
  void ExpectFound(std::uint64_t index, const std::vector<Forgery>& forgeries) {
    std::vector<Edit> edits;
    for (const Forgery& forgery : forgeries) {
      edits.push_back(forgery.edit);
    }
    const std::vector<std::string> found = ExpectEach(index, edits);
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NE(found[i].find(forgeries[i].why), std::string::npos) << i << ": " << found[i];
    }
  }

  std::uint64_t issue_ = 0;
  std::uint64_t others_ = 0;
  std::uint64_t lock_ = 0;
  std::uint64_t use_ = 0;
  std::uint64_t revocation_ = 0;
  std::uint64_t won_ = 0;
  std::uint64_t lost_ = 0;  // the application
  AccountNo loser_;
};

TEST_F(ForgedCouponRulesTest, AnIssue) {
  ExpectFound(issue_, {{[](Entry& e) { e.mutable_coupon_issue()->set_acting(kBob.value()); },
                        "NOT_A_MINOR"}});
  ExpectFound(won_, {{[this](Entry& e) {
                        e.mutable_coupon_issue()->set_application(lost_);
                        e.mutable_coupon_issue()->set_account(loser_.value());
                      },
                      "LOTTERY_NOT_WON"},
                     {[this](Entry& e) { e.mutable_coupon_issue()->set_account(loser_.value()); },
                      "UNKNOWN_COUPON"},
                     {[this](Entry& e) { e.mutable_coupon_issue()->set_application(lost_); },
                      "UNKNOWN_COUPON"}});
}

TEST_F(ForgedCouponRulesTest, ALock) {
  const auto order = [](Entry& e) { return e.mutable_coupon_lock()->mutable_order(); };
  ExpectFound(
      lock_,
      {{[&](Entry& e) { order(e)->mutable_lines(0)->set_fen(9'999); }, "COUPON_BELOW_THRESHOLD"},
       {[&](Entry& e) { order(e)->clear_lines(); }, "FIELD_REQUIRED"},
       {[&](Entry& e) { order(e)->mutable_nullifiers()->RemoveLast(); }, "FIELD_INVALID"},
       {[&](Entry& e) { e.mutable_coupon_lock()->set_coupon(others_ - 2); }, "UNKNOWN_COUPON"}});
}

TEST_F(ForgedCouponRulesTest, AUse) {
  const auto order = [](Entry& e) { return e.mutable_coupon_redemption()->mutable_order(); };
  ExpectFound(
      use_,
      {{[&](Entry& e) { *order(e)->mutable_nullifiers() = OrderAt(kShop, "o-2", {}).nullifiers(); },
        "COUPON_ORDER_MISMATCH"},
       {[&](Entry& e) { order(e)->mutable_lines(0)->set_fen(12'001); }, "COUPON_ORDER_MISMATCH"},
       {[&](Entry& e) { order(e)->mutable_lines(0)->set_category("tools"); },
        "COUPON_ORDER_MISMATCH"},
       {[&](Entry& e) {
          order(e)->mutable_lines(0)->set_fen(6'000);
          *order(e)->add_lines() = order(e)->lines(0);
        },
        "COUPON_ORDER_MISMATCH"},
       {[&](Entry& e) { e.mutable_coupon_redemption()->set_coupon(others_); }, "another entry"},
       {[&](Entry& e) { e.mutable_coupon_redemption()->set_account(kBob.value()); },
        "another entry"}});
}

TEST_F(ForgedCouponRulesTest, ARevocation) {
  ExpectFound(revocation_, {{[](Entry& e) {
                               auto& lot = *e.mutable_postings(3)->mutable_lots(0);
                               lot.set_expiry_month(lot.expiry_month() + 1);
                             },
                             "another entry"},
                            {[](Entry& e) {
                               auto& lot = *e.mutable_postings(3)->mutable_lots(0);
                               lot.set_funder(kDistrict.value());
                             },
                             "another entry"}});
}

}  // namespace
}  // namespace tanhui::sequencer
