#include "services/rpc/services/coupons/use_view.h"

#include <string>

#include "ledger/claims/terms.h"
#include "ledger/coupons/campaigns.h"
#include "services/rpc/draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/coupons/campaign_names.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

// What the entry moved on claims: what it moved in money, but on accounts of campaigns. Points that
// a coupon cost move by issues and what undoes these, which are no uses.
std::int64_t OnClaims(const Registry& registry, const Entry& entry) {
  const coupons::Campaigns& campaigns = coupons::CampaignsOf(registry);
  std::int64_t fen = 0;
  for (const pb::Posting& posting : entry.postings()) {
    if (campaigns.FindByAccount(AccountNo(posting.account())) == nullptr) {
      fen += posting.amount();
    }
  }
  return fen;
}

std::int64_t FenOf(const pb::CouponOrder& order) {
  std::int64_t fen = 0;
  for (const pb::OrderLine& line : order.lines()) {
    fen += line.fen();
  }
  return fen;
}

// Of the account at which an order was made.
std::string MerchantName(const Registry& registry, AccountNo account) {
  const auto ladder = claims::LadderOf(registry, account);
  return ladder.has_value() ? claims::UnitName(registry, ladder->merchant, ladder->begin()->unit)
                            : std::string();
}

void FillUndone(const Registry& registry, const pb::CouponUndone& undone, v1::CouponUse& out) {
  out.set_coupon(CouponName(EntryIndex(undone.coupon())));
  out.set_merchant(ParticipantName(registry, ParticipantNo(undone.merchant())));
}

void FillRedemption(const Registry& registry, EntryIndex index, const pb::CouponRedemption& use,
                    v1::CouponUse& out) {
  out.set_kind(v1::COUPON_USE_KIND_REDEMPTION);
  out.set_coupon(CouponName(EntryIndex(use.coupon())));
  out.set_merchant(MerchantName(registry, AccountNo(use.order().merchant())));
  out.set_goods_fen(FenOf(use.order()));
  out.set_discount_fen(use.discount_fen());
  out.set_funded_fen(use.funded_fen());
  out.set_target_index(index.value());
}

// All of the order goes back: a use of which a part came back is not cancelled.
absl::Status FillCancelled(const Context& context, const Registry& registry, const Entry& entry,
                           v1::CouponUse& out) {
  const pb::Cancellation& cancellation = entry.cancellation();
  FillUndone(registry, cancellation.coupon_undone(), out);
  out.set_kind(v1::COUPON_USE_KIND_CANCELLATION);
  out.set_target_index(cancellation.target_index());
  out.set_coupon_back(cancellation.coupon_undone().coupon_back());
  const auto use = ReadEntry(context, EntryIndex(cancellation.target_index()));
  if (!use.ok()) {
    return use.status();
  }
  if (use->has_coupon_issue()) {
    out.set_kind(v1::COUPON_USE_KIND_REVOCATION);
    out.clear_claim_fen();  // points, if anything
    return absl::OkStatus();
  }
  out.set_goods_fen(FenOf(use->coupon_redemption().order()));
  out.set_discount_fen(use->coupon_redemption().discount_fen());
  return absl::OkStatus();
}

}  // namespace

CampaignNo CampaignOf(const Entry& use) {
  switch (use.body_case()) {
    case Entry::kCouponRedemption:
      return CampaignNo(use.coupon_redemption().campaign());
    case Entry::kCouponRefund:
      return CampaignNo(use.coupon_refund().undone().campaign());
    case Entry::kCouponReview:
      return CampaignNo(use.coupon_review().undone().campaign());
    case Entry::kCouponRevocation:
      return CampaignNo(use.coupon_revocation().undone().campaign());
    case Entry::kCancellation:
      return CampaignNo(use.cancellation().coupon_undone().campaign());
    default:
      return CampaignNo(0);
  }
}

absl::Status FillUse(const Context& context, const Registry& registry, EntryIndex index,
                     const Entry& entry, v1::CouponUse& out) {
  out.set_entry_index(index.value());
  *out.mutable_record_time() = ToTimestamp(LedgerTime(entry.recorded_micros()));
  out.set_accounting_date(FormatDate(BusinessDate(entry.accounting_date())));
  out.set_campaign(CampaignName(registry, CampaignOf(entry)));
  out.set_claim_fen(OnClaims(registry, entry));
  switch (entry.body_case()) {
    case Entry::kCouponRedemption:
      FillRedemption(registry, index, entry.coupon_redemption(), out);
      return absl::OkStatus();
    case Entry::kCouponRefund:
      FillUndone(registry, entry.coupon_refund().undone(), out);
      out.set_kind(v1::COUPON_USE_KIND_REFUND);
      out.set_target_index(entry.coupon_refund().target());
      out.set_goods_fen(entry.coupon_refund().goods_fen());
      out.set_discount_fen(entry.coupon_refund().discount_fen());
      out.set_coupon_back(entry.coupon_refund().coupon_back());
      return absl::OkStatus();
    case Entry::kCouponReview:
      FillUndone(registry, entry.coupon_review().undone(), out);
      out.set_kind(v1::COUPON_USE_KIND_REVIEW);
      out.set_target_index(entry.coupon_review().target());
      out.set_funded_fen(entry.coupon_review().approved_fen());
      out.set_reason(entry.coupon_review().reason());
      return absl::OkStatus();
    case Entry::kCouponRevocation:
      FillUndone(registry, entry.coupon_revocation().undone(), out);
      out.set_kind(v1::COUPON_USE_KIND_REVOCATION);
      out.set_target_index(entry.coupon_revocation().coupon());
      out.set_reason(entry.coupon_revocation().reason());
      out.clear_claim_fen();  // points, if anything
      return absl::OkStatus();
    case Entry::kCancellation:
      return FillCancelled(context, registry, entry, out);
    default:
      return absl::DataLossError("an entry that uses no coupon is listed as one that does");
  }
}

absl::Status FillMaker(const Context& context, EntryIndex index, const Entry& entry,
                       v1::CouponUse& out) {
  const auto id = RequestId::FromStored(entry.request_id());
  out.set_request_id(id.has_value() ? id->text() : std::string());
  if (entry.reference_commitment().empty()) {
    return absl::OkStatus();
  }
  auto reference = context.engine.store().ReadReference(index);
  if (reference.ok()) {
    out.set_reference(*std::move(reference));
  }
  return absl::IsNotFound(reference.status()) ? absl::OkStatus() : reference.status();
}

void AddTo(const v1::CouponUse& use, v1::CouponSums& sums) {
  sums.set_claimed_fen(sums.claimed_fen() + use.claim_fen());
  switch (use.kind()) {
    case v1::COUPON_USE_KIND_REDEMPTION:
      sums.set_uses(sums.uses() + 1);
      sums.set_goods_fen(sums.goods_fen() + use.goods_fen());
      sums.set_discount_fen(sums.discount_fen() + use.discount_fen());
      sums.set_funded_fen(sums.funded_fen() + use.funded_fen());
      break;
    case v1::COUPON_USE_KIND_REFUND:
    case v1::COUPON_USE_KIND_CANCELLATION:
      sums.set_refunds(sums.refunds() + 1);
      sums.set_goods_back_fen(sums.goods_back_fen() + use.goods_fen());
      sums.set_discount_back_fen(sums.discount_back_fen() + use.discount_fen());
      sums.set_coupons_back(sums.coupons_back() + (use.coupon_back() ? 1 : 0));
      break;
    case v1::COUPON_USE_KIND_REVIEW:
      sums.set_reviews(sums.reviews() + 1);
      sums.set_approved_fen(sums.approved_fen() + use.funded_fen());
      break;
    case v1::COUPON_USE_KIND_REVOCATION:
      sums.set_revocations(sums.revocations() + 1);
      break;
    default:
      break;
  }
}

}  // namespace tanhui::rpc
