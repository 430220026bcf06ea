// The new appliance of a trade-in (以旧换新), as the catalogues know it.
#ifndef TANHUI_LEDGER_COUPONS_ORDERS_APPLIANCE_H_
#define TANHUI_LEDGER_COUPONS_ORDERS_APPLIANCE_H_

#include <optional>

#include "ledger/core/book.h"
#include "ledger/coupons/campaigns.h"

namespace tanhui::coupons {

// Why it is not for the campaign, which is one of trade-ins: listed in a catalogue in force on
// `today`, of a category of the campaign, and of a good enough energy grade.
std::optional<Refusal> RefusedAsAppliance(const Registry& registry, const TradeIn& terms,
                                          const entry::v1::TradeIn& trade_in, BusinessDate today);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_ORDERS_APPLIANCE_H_
