// The parts of the coupons book: each file's kinds of entries.
#ifndef TANHUI_LEDGER_COUPONS_ROWS_H_
#define TANHUI_LEDGER_COUPONS_ROWS_H_

#include <optional>
#include <span>

#include "ledger/core/book.h"
#include "ledger/coupons/campaigns.h"

namespace tanhui::coupons {

std::span<const BookRow> CampaignRows();    // opening, change, return
std::span<const BookRow> LotteryRows();     // application, draw
std::span<const BookRow> IssueRows();       // issue
std::span<const BookRow> RevocationRows();  // revocation
std::span<const BookRow> LockRows();        // lock, unlock
std::span<const BookRow> RedemptionRows();  // redemption
std::span<const BookRow> RefundRows();      // refund
std::span<const BookRow> ReviewRows();      // review

// What is due of a campaign, asked of its account of the stock: the return of what nobody can use.
std::optional<Entry> DueOfCampaign(const State& state, AccountNo stock, LedgerTime now);
// The accounts besides that DueOfCampaign looks at.
void NamesOfDueCampaign(const State& state, AccountNo stock, LedgerTime now,
                        std::vector<AccountNo>& out);
// Those of any return of the campaign; the account of the stock is the first.
void NamesOfReturn(const Campaign& campaign, std::vector<AccountNo>& out);
Fault ApplyCampaignReturn(State& state, EntryIndex index, const Entry& entry);

// A cancellation of the issue of a coupon.
std::optional<Refusal> CancelIssue(const State& state, const DecideInput& input, Entry& entry);
Fault IssueCancelled(State& state, EntryIndex index, const Entry& entry);

// A cancellation of the use of a coupon.
std::optional<EntryIndex> CouponOfRedemption(const Entry& target);
std::optional<Refusal> CancelRedemption(const State& state, const DecideInput& input, Entry& entry);
Fault RedemptionCancelled(State& state, EntryIndex index, const Entry& entry);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_ROWS_H_
