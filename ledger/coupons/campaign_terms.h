// What the opening of a campaign says, and what it may say. Pure.
#ifndef TANHUI_LEDGER_COUPONS_CAMPAIGN_TERMS_H_
#define TANHUI_LEDGER_COUPONS_CAMPAIGN_TERMS_H_

#include <optional>
#include <string_view>

#include "ledger/core/book.h"
#include "ledger/coupons/campaigns.h"
#include "ledger/rules/document_check.h"

namespace tanhui::coupons {

// What is wrong with an opening by itself, whatever the ledger knows: fields as the API calls them.
rules::Found CheckOpening(const entry::v1::CampaignOpening& opening);

// Why the ledger cannot open it at `now`: codes, participants, assets, budgets. `opening` has
// nothing wrong by itself.
std::optional<Refusal> RefusedOpening(const Registry& registry,
                                      const entry::v1::CampaignOpening& opening, LedgerTime now);

// The campaign that it opens by entry `index`.
Campaign CampaignOf(const entry::v1::CampaignOpening& opening, EntryIndex index);

// Fen that are set aside for one coupon; 0 exactly when the campaign has no funders.
Amount LockOf(const Campaign& campaign);

// How a campaign is at a time: ENDED, OVER, PAUSED, NOT_BEGUN or RUNNING; the first that holds.
std::string_view StateOf(const Campaign& campaign, LedgerTime now);
// FIELD_INVALID with what is wrong where.
Refusal FieldInvalid(const rules::Problem& problem);
// CAMPAIGN_STATE with that state.
Refusal RefusedCampaign(std::string_view state);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_CAMPAIGN_TERMS_H_
