// The part of the golden chain that tells of campaigns and coupons; see
// tests/ledger/core/golden_entry_test.cc.
#ifndef TANHUI_TESTS_LEDGER_COUPONS_GOLDEN_COUPONS_H_
#define TANHUI_TESTS_LEDGER_COUPONS_GOLDEN_COUPONS_H_

#include <array>
#include <string_view>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

// Names of the files, in order of the log.
inline constexpr std::array<const char*, 24> kGoldenCoupons = {
    "97_budget_opening_money",
    "98_funding_money",
    "99_unit_change_chain_again",
    "100_award",
    "101_campaign_opening",
    "102_coupon_issue",
    "103_coupon_lock",
    "104_coupon_unlock",
    "105_coupon_redemption",
    "106_coupon_refund",
    "107_coupon_review",
    "108_coupon_refund_coupon_back",
    "109_coupon_redemption_again",
    "110_cancellation_of_a_redemption",
    "111_coupon_revocation",
    "112_coupon_issue_another",
    "113_cancellation_of_an_issue",
    "114_campaign_change_pause",
    "115_campaign_opening_lottery",
    "116_coupon_application",
    "117_lottery_draw",
    "118_coupon_issue_won",
    "119_campaign_return",
    "120_campaign_return_lottery",
};

// After everything else.
void TellOfCoupons(World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_COUPONS_GOLDEN_COUPONS_H_
