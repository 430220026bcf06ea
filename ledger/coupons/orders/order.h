// An order at which a coupon is locked or used: where that is, what of it counts, what it uses up.
// See COUPONS.md, Orders.
#ifndef TANHUI_LEDGER_COUPONS_ORDERS_ORDER_H_
#define TANHUI_LEDGER_COUPONS_ORDERS_ORDER_H_

#include <optional>
#include <string_view>
#include <vector>

#include "ledger/core/book.h"
#include "ledger/coupons/campaigns.h"
#include "ledger/points/party.h"

namespace tanhui::coupons {

// How many nullifiers a trade-in has behind those of its order.
inline constexpr int kTradeInNullifiers = 4;

// What the state keeps of a nullifier of an order; nullopt for what is none.
std::optional<Nullifier> NullifierOfOrder(std::string_view claim);

// Appends the accounts that the functions below look at.
void NamesOfOrder(const Registry& registry, const entry::v1::CouponOrder& order,
                  std::vector<AccountNo>& out);
// Appends what it uses up.
void ClaimsOfOrder(const entry::v1::CouponOrder& order, std::vector<Nullifier>& out);

// Why it is no order for a coupon of the campaign, whatever the ledger knows: lines, nullifiers.
std::optional<Refusal> RefusedByForm(const Campaign& campaign, const entry::v1::CouponOrder& order,
                                     bool trade_in);
// Why the coupon is not taken at the unit of that account, which is a merchant's.
std::optional<Refusal> RefusedByPlace(const Registry& registry, const Campaign& campaign,
                                      AccountNo number, const Account& unit);
// Why nothing is taken off the order; otherwise `discount` is what.
std::optional<Refusal> RefusedByValue(const Campaign& campaign, const entry::v1::CouponOrder& order,
                                      Amount& discount);
// Why the order cannot be used: somebody did, and the caller may not use it again.
std::optional<Refusal> RefusedAsUsed(const State& state, const Campaign& campaign,
                                     const entry::v1::CouponOrder& order, ParticipantNo caller);

// All of these but the form, which is right, for an order at the merchant's account `unit`.
void WantOrder(const State& state, const DecideInput& input, const Campaign& campaign,
               const entry::v1::CouponOrder& order, const points::Party& unit, Amount& discount,
               points::Verdict& verdict);
// The same of an order of an entry by `caller`: a fault where decide would have refused it.
Fault FaultOfOrder(const State& state, const Campaign& campaign,
                   const entry::v1::CouponOrder& order, bool trade_in, ParticipantNo caller,
                   Amount& discount);

// Whether a coupon that is locked for one order may be used for the other.
bool IsSameOrder(const State& state, const entry::v1::CouponOrder& locked,
                 const entry::v1::CouponOrder& used);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_ORDERS_ORDER_H_
