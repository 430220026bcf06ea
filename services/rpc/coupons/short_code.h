// Short codes of coupons, for people who read one out or type it; CODES.md has the grammar.
#ifndef TANHUI_SERVICES_RPC_COUPONS_SHORT_CODE_H_
#define TANHUI_SERVICES_RPC_COUPONS_SHORT_CODE_H_

#include <optional>
#include <string>
#include <string_view>

#include "ledger/core/ids.h"
#include "ledger/signing/keyed_hash.h"

namespace tanhui::rpc {

// XXXXX-XXXXX-XXXXX. Always the same one of a coupon under a key; without the key nothing can be
// told from it. The coupon's index must be below 2^40 (Check).
std::string CouponShortCode(const signing::KeyedHash& key, EntryIndex coupon);

// The coupon of a code as somebody typed it; nullopt for what cannot be one, and for one that the
// key did not make.
std::optional<EntryIndex> ReadCouponShortCode(const signing::KeyedHash& key, std::string_view text);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_COUPONS_SHORT_CODE_H_
