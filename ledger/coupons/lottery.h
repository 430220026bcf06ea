// Who wins a lottery (摇号) of coupons: a secret, committed permutation of all applications, so
// that everybody can check one application alone. See COUPONS.md. Pure.
#ifndef TANHUI_LEDGER_COUPONS_LOTTERY_H_
#define TANHUI_LEDGER_COUPONS_LOTTERY_H_

#include <cstdint>
#include <string_view>

#include "ledger/core/ids.h"
#include "ledger/coupons/campaigns.h"

namespace tanhui::coupons {

// What the seed and the public value of the draw come to.
Hash256 LotteryKey(std::string_view seed, std::string_view beacon_value);
// SHA-256 of the seed, as the campaign's opening has it.
Hash256 SeedCommitment(std::string_view seed);

// The place of application `ordinal` among all, 0 to applications - 1; no two have one place.
// ordinal < applications (Check).
std::uint64_t PlaceOf(const Draw& draw, std::uint64_t ordinal);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_LOTTERY_H_
