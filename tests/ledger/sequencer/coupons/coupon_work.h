// Random work with coupons for tests that cut the power.
#ifndef TANHUI_TESTS_LEDGER_SEQUENCER_COUPONS_COUPON_WORK_H_
#define TANHUI_TESTS_LEDGER_SEQUENCER_COUPONS_COUPON_WORK_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include "ledger/core/book.h"

namespace tanhui::sequencer {

// Money, funds and two campaigns, the second with reviews, behind a cast with so many more
// citizens.
std::vector<Command> CampaignCommands(std::uint64_t citizens);

// Any command about coupons; of a coupon and a use of one, if there are any. Many are refused.
Command CouponWork(std::string_view id, AccountNo citizen, std::optional<std::uint64_t> coupon,
                   std::optional<std::uint64_t> use, std::mt19937_64& random);

}  // namespace tanhui::sequencer

#endif  // TANHUI_TESTS_LEDGER_SEQUENCER_COUPONS_COUPON_WORK_H_
