#include "services/rpc/services/coupons/coupon_uses.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/discount.h"
#include "services/rpc/account_view.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/acts/evidence_keys.h"
#include "services/rpc/acts/evidence_text.h"
#include "services/rpc/coupons/order_claims.h"
#include "services/rpc/mutation.h"
#include "services/rpc/services/claims/unit_names.h"
#include "services/rpc/services/coupons/campaign_names.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr std::size_t kMaxOrderId = 128;
constexpr std::size_t kMaxSerial = 128;

const coupons::Campaign* CampaignOf(const Draft& draft, const IssuedCoupon& coupon) {
  return coupons::CampaignsOf(draft.registry()).Find(CampaignNo(coupon.issue.campaign()));
}

// The order without what it claims; the merchant's participant when its name is good.
std::optional<ParticipantNo> ReadOrder(const v1::CouponOrder& order, pb::CouponOrder& out,
                                       Draft& draft) {
  draft.ReadText(order.order_id(), kMaxOrderId, true, "order.order_id");
  const Asset* asset = draft.ReadAsset(order.asset(), "order.asset");
  out.set_merchant(
      ReadTakingAccount(order.merchant(), order.store(), order.till(), asset, draft, "order."));
  if (order.lines().empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "order.lines"));
  } else if (static_cast<std::size_t>(order.lines_size()) > coupons::kMaxLines) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "order.lines")
                     .With("problem", absl::StrCat("has more than ", coupons::kMaxLines, " rows")));
    return std::nullopt;
  }
  for (int i = 0; i < order.lines_size(); ++i) {
    const std::string field = absl::StrCat("order.lines[", i, "]");
    pb::OrderLine& line = *out.add_lines();
    if (!order.lines(i).category().empty()) {
      line.set_category(
          draft.ReadCode(order.lines(i).category(), absl::StrCat(field, ".category")));
    }
    line.set_fen(
        draft.ReadNumber(order.lines(i).fen(), 0, coupons::kMaxFen, absl::StrCat(field, ".fen")));
  }
  const Participant* merchant = draft.ReadParticipant(order.merchant(), "order.merchant");
  return merchant == nullptr ? std::nullopt : std::optional(merchant->number);
}

// What both a lock and a use say: which coupon, at which order. `body` has both. nullopt when the
// draft was refused.
template <typename Request, typename Body>
absl::StatusOr<std::optional<IssuedCoupon>> ReadUse(CouponAccess& access, const Request& request,
                                                    Body& body, Draft& draft) {
  ReadStamp(request, draft);
  const auto merchant = ReadOrder(request.order(), *body.mutable_order(), draft);
  auto coupon =
      access.Read({request.coupon(), request.code(), request.request_id(), merchant}, draft);
  if (!coupon.ok() || !coupon->has_value()) {
    return coupon;
  }
  body.set_coupon((*coupon)->index.value());
  const coupons::Campaign* campaign = CampaignOf(draft, **coupon);
  if (campaign == nullptr) {
    return absl::DataLossError("a coupon has no campaign");
  }
  if (merchant.has_value()) {
    AddOrderClaims(access.context().evidence_keys.ForEver(), *merchant, request.order().order_id(),
                   campaign->stacking_slot, *body.mutable_order());
  }
  return coupon;
}

// --- locks ---

// What the coupon is going to take off the order.
std::int64_t DiscountOf(const Registry& registry, CampaignNo number, const pb::CouponOrder& order) {
  const coupons::Campaign* campaign = coupons::CampaignsOf(registry).Find(number);
  return campaign == nullptr
             ? 0
             : coupons::DiscountFor(campaign->value,
                                    coupons::Eligible(coupons::LinesOf(*campaign, order)))
                   .units();
}

// --- uses ---

// A text of which nothing is left when it is compared would be the same as any other such text.
void ReadProofText(std::string_view text, std::string_view field, Draft& draft) {
  draft.ReadText(text, kMaxSerial, true, field);
  if (!text.empty() && CanonicalText(text).empty()) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, std::string(field)).With("problem", "has no letters"));
  }
}

absl::Status ReadTradeIn(const Context& context, const v1::TradeInProof& proof,
                         const std::optional<IssuedCoupon>& coupon, pb::CouponRedemption& out,
                         Draft& draft) {
  pb::TradeIn& trade_in = *out.mutable_trade_in();
  trade_in.set_category(draft.ReadCode(proof.category(), "trade_in.category"));
  trade_in.set_product(ReadProduct(proof.product(), "trade_in.product", draft));
  ReadProofText(proof.old_serial(), "trade_in.old_serial", draft);
  ReadProofText(proof.new_serial(), "trade_in.new_serial", draft);
  ReadProofText(proof.invoice(), "trade_in.invoice", draft);
  if (draft.refusal().has_value() || !coupon.has_value()) {
    return absl::OkStatus();
  }
  const auto holder = ReadStanding(context, AccountNo(coupon->issue.account()));
  if (holder.ok()) {
    AddTradeInClaims(context.evidence_keys.ForEver(), proof, holder->account.owner,
                     *out.mutable_order());
  }
  return holder.status();
}

absl::StatusOr<Draft> ReadRedemption(CouponAccess& access, const Caller& caller,
                                     std::shared_ptr<const Registry> registry,
                                     const v1::RedeemCouponRequest& request) {
  Draft draft(access.context(), caller, std::move(registry));
  pb::CouponRedemption& redemption = *draft.entry().mutable_coupon_redemption();
  draft.ReadActTime(request.has_act_time(), request.act_time());
  const auto coupon = ReadUse(access, request, redemption, draft);
  if (!coupon.ok()) {
    return coupon.status();
  }
  if (request.has_trade_in()) {
    if (absl::Status read =
            ReadTradeIn(access.context(), request.trade_in(), *coupon, redemption, draft);
        !read.ok()) {
      return read;
    }
  }
  return draft;
}

void FillRedemption(const Context& context, const sequencer::Accepted& accepted, bool validate_only,
                    v1::RedeemCouponResponse& out) {
  const auto registry = context.engine.registry();
  const pb::CouponRedemption& use = accepted.entry.coupon_redemption();
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
  out.set_coupon(CouponName(EntryIndex(use.coupon())));
  out.set_discount_fen(use.discount_fen());
  out.set_funded_fen(use.funded_fen());
  const coupons::Campaign* campaign =
      coupons::CampaignsOf(*registry).Find(CampaignNo(use.campaign()));
  out.set_in_review(campaign != nullptr && campaign->reviewed);
}

}  // namespace

void StartLockCoupon(CouponAccess& access,
                     CallPointer<v1::LockCouponRequest, v1::LockCouponResponse> call) {
  const v1::LockCouponRequest& request = call->request();
  const Context& context = access.context();
  Draft draft(context, call->caller(), context.engine.registry());
  pb::CouponLock& lock = *draft.entry().mutable_coupon_lock();
  lock.set_deadline_micros(
      draft.ReadTime(request.has_deadline_time(), request.deadline_time(), true, "deadline_time"));
  const auto read = ReadUse(access, request, lock, draft);
  if (!read.ok()) {
    call->Fail(read.status());
    return;
  }
  // Without a coupon the draft is refused.
  const CampaignNo campaign(read->has_value() ? (*read)->issue.campaign() : 0);
  MutateOne(
      context, std::move(call), std::move(draft),
      [&context, campaign](const v1::LockCouponRequest& asked, const sequencer::Accepted& accepted,
                           v1::LockCouponResponse& out) {
        const pb::CouponLock& locked = accepted.entry.coupon_lock();
        out.set_coupon(CouponName(EntryIndex(locked.coupon())));
        out.set_discount_fen(DiscountOf(*context.engine.registry(), campaign, locked.order()));
        FillDone(asked, accepted, out);
      });
}

void StartUnlockCoupon(CouponAccess& access,
                       CallPointer<v1::UnlockCouponRequest, v1::UnlockCouponResponse> call) {
  const v1::UnlockCouponRequest& request = call->request();
  const Context& context = access.context();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  const auto coupon =
      access.Read({request.coupon(), request.code(), request.request_id(), std::nullopt}, draft);
  if (!coupon.ok()) {
    call->Fail(coupon.status());
    return;
  }
  draft.entry().mutable_coupon_unlock()->set_coupon(coupon->has_value() ? (*coupon)->index.value()
                                                                        : 0);
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::UnlockCouponRequest, v1::UnlockCouponResponse>);
}

void StartRedeemCoupon(CouponAccess& access,
                       CallPointer<v1::RedeemCouponRequest, v1::RedeemCouponResponse> call) {
  const Context& context = access.context();
  auto draft = ReadRedemption(access, call->caller(), context.engine.registry(), call->request());
  if (!draft.ok()) {
    call->Fail(draft.status());
    return;
  }
  MutateOne(context, std::move(call), *std::move(draft),
            [&context](const v1::RedeemCouponRequest& asked, const sequencer::Accepted& accepted,
                       v1::RedeemCouponResponse& out) {
              FillRedemption(context, accepted, asked.validate_only(), out);
            });
}

void StartBatchRedeemCoupons(
    CouponAccess& access,
    CallPointer<v1::BatchRedeemCouponsRequest, v1::BatchRedeemCouponsResponse> call) {
  const Context& context = access.context();
  // Read first, because reading one may fail, and then nothing is done.
  std::vector<Draft> drafts;
  if (!RefusedBySize(call->request().requests_size()).has_value()) {
    const auto registry = context.engine.registry();
    for (const v1::RedeemCouponRequest& request : call->request().requests()) {
      auto draft = ReadRedemption(access, call->caller(), registry, request);
      if (!draft.ok()) {
        call->Fail(draft.status());
        return;
      }
      drafts.push_back(*std::move(draft));
    }
  }
  MutateBatch(
      context, std::move(call),
      [drafts = std::move(drafts), next = std::size_t{0}](
          const Caller&, const std::shared_ptr<const Registry>&,
          const v1::RedeemCouponRequest&) mutable { return std::move(drafts[next++]); },
      [&context](const v1::RedeemCouponRequest&, const sequencer::Accepted& accepted,
                 bool validate_only, v1::RedeemCouponResult& result) {
        FillRedemption(context, accepted, validate_only, *result.mutable_redemption());
      });
}

}  // namespace tanhui::rpc
