#include "ledger/core/books/entry_target.h"

namespace tanhui {

std::optional<EntryIndex> TargetOf(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kCapture:
      return EntryIndex(entry.capture().hold());
    case Entry::kRelease:
      return EntryIndex(entry.release().hold());
    case Entry::kRefund:
      return EntryIndex(entry.refund().target());
    case Entry::kReversal:
      return EntryIndex(entry.reversal().target());
    case Entry::kCancellation:
      return EntryIndex(entry.cancellation().target_index());
    case Entry::kCorrection:
      return EntryIndex(entry.correction().target());
    case Entry::kSettlementStep:
      return EntryIndex(entry.settlement_step().target());
    case Entry::kOpeningBalance:
      return EntryIndex(entry.opening_balance().target());
    case Entry::kLoadClosing:
      return EntryIndex(entry.load_closing().target());
    case Entry::kOpeningCredit:
      return EntryIndex(entry.opening_credit().target());
    case Entry::kCouponLock:
      return EntryIndex(entry.coupon_lock().coupon());
    case Entry::kCouponUnlock:
      return EntryIndex(entry.coupon_unlock().coupon());
    case Entry::kCouponRedemption:
      return EntryIndex(entry.coupon_redemption().coupon());
    case Entry::kCouponRefund:
      return EntryIndex(entry.coupon_refund().target());
    case Entry::kCouponRevocation:
      return EntryIndex(entry.coupon_revocation().coupon());
    case Entry::kCouponReview:
      return EntryIndex(entry.coupon_review().target());
    case Entry::kExchangeDecision:
      return entry.exchange_decision().preparation() == 0
                 ? std::nullopt
                 : std::optional(EntryIndex(entry.exchange_decision().preparation()));
    case Entry::kExchangeReturn:
      return EntryIndex(entry.exchange_return().preparation());
    case Entry::kExchangeConclusion:
      return EntryIndex(entry.exchange_conclusion().reception());
    case Entry::kEarning:
      return entry.earning().booking() == 0 ? std::nullopt
                                            : std::optional(EntryIndex(entry.earning().booking()));
    default:
      return std::nullopt;
  }
}

}  // namespace tanhui
