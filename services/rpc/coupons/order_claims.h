// What the use of a coupon claims, so that an order has one coupon of each slot and a trade-in
// counts once: keyed hashes, because order ids and serial numbers must not be in the log. The rules
// are in ledger/coupons/COUPONS.md, Orders. Pure; any thread.
#ifndef TANHUI_SERVICES_RPC_COUPONS_ORDER_CLAIMS_H_
#define TANHUI_SERVICES_RPC_COUPONS_ORDER_CLAIMS_H_

#include <cstdint>
#include <string_view>

#include "ledger/core/ids.h"
#include "ledger/signing/keyed_hash.h"
#include "tanhui/entry/v1/coupons.pb.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::rpc {

// Of the merchant's order: one claim for a stacking slot of 1 to 4, all four for 0. `for_ever` is
// EvidenceKeys::ForEver.
void AddOrderClaims(const signing::KeyedHash& for_ever, ParticipantNo merchant,
                    std::string_view order_id, std::uint32_t slot, entry::v1::CouponOrder& out);

// Of a trade-in: the old appliance, the new one, the invoice, and the coupon's holder with the
// category; in this order, behind those of the order. Texts count in whatever spelling.
void AddTradeInClaims(const signing::KeyedHash& for_ever, const v1::TradeInProof& proof,
                      const OwnerId& holder, entry::v1::CouponOrder& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_COUPONS_ORDER_CLAIMS_H_
