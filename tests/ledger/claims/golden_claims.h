// The part of the golden chain that tells of merchants' units, prices and settlement; see
// tests/ledger/core/golden_entry_test.cc.
#ifndef TANHUI_TESTS_LEDGER_CLAIMS_GOLDEN_CLAIMS_H_
#define TANHUI_TESTS_LEDGER_CLAIMS_GOLDEN_CLAIMS_H_

#include <array>
#include <string_view>

#include "tests/ledger/core/world.h"

namespace tanhui::world {

// Names of the files, in order of the log.
inline constexpr std::array<const char*, 21> kGoldenClaims = {
    "72_asset_creation_money",
    "73_account_opening_claim",
    "74_unit_creation_store",
    "75_unit_creation_till",
    "76_unit_change",
    "77_settlement_price",
    "78_award",
    "79_redemption_claims",
    "80_hold_at_a_till",
    "81_capture_claims",
    "82_refund_of_a_claim",
    "83_settlement_run",
    "84_settlement_line",
    "85_settlement_step_approve",
    "86_settlement_step_pay",
    "87_settlement_step_return",
    "88_settlement_line_again",
    "89_settlement_step_turned_down",
    "90_unit_change_chain",
    "91_settlement_price_own",
    "92_cancellation_of_a_claim",
};

// After everything else.
void TellOfClaims(World& world);

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_CLAIMS_GOLDEN_CLAIMS_H_
