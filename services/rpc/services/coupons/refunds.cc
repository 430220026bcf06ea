#include "services/rpc/services/coupons/refunds.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/coupons/discount.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/undoing.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

// --- the coupon of an order ---

template <typename Request>
void ReadCouponBack(const Request& request, Draft& draft) {
  pb::CouponRefund& refund = *draft.entry().mutable_coupon_refund();
  refund.set_target(draft.ReadEntryIndex(request.entry_index(), "entry_index"));
  if (request.lines().empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "lines"));
  } else if (static_cast<std::size_t>(request.lines_size()) > coupons::kMaxLines) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "lines")
                     .With("problem", absl::StrCat("has more than ", coupons::kMaxLines, " rows")));
    return;
  }
  for (int i = 0; i < request.lines_size(); ++i) {
    pb::LineBack& line = *refund.add_lines();
    line.set_line(request.lines(i).line());
    line.set_fen(draft.ReadNumber(request.lines(i).fen(), 1, coupons::kMaxFen,
                                  absl::StrCat("lines[", i, "].fen")));
  }
}

void FillCouponBack(const sequencer::Accepted& accepted, bool validate_only,
                    v1::RefundCouponResponse& out) {
  const pb::CouponRefund& refund = accepted.entry.coupon_refund();
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
  out.set_goods_fen(refund.goods_fen());
  out.set_discount_fen(refund.discount_fen());
  out.set_customer_fen(refund.goods_fen() - refund.discount_fen());
  out.set_coupon_back(refund.coupon_back());
}

// --- whole orders ---

// The parts that a request may have, in this order; the first one has the caller's request id.
enum class Part : std::uint8_t { kCoupon, kPoints, kAward };

std::string_view NameOf(Part part) {
  return part == Part::kCoupon ? "coupon" : part == Part::kPoints ? "points" : "award";
}

std::vector<Part> PartsOf(const v1::RefundOrderRequest& request) {
  std::vector<Part> parts;
  for (const auto& [given, part] : {std::pair(request.has_coupon(), Part::kCoupon),
                                    std::pair(request.has_points(), Part::kPoints),
                                    std::pair(request.has_award(), Part::kAward)}) {
    if (given) {
      parts.push_back(part);
    }
  }
  return parts;
}

void ReadPart(const v1::RefundOrderRequest& request, Part part, Draft& draft) {
  if (part == Part::kCoupon) {
    ReadCouponBack(request.coupon(), draft);
  } else if (part == Part::kPoints) {
    ReadRefunded(request.points(), draft);
  } else {
    ReadReversed(request.award(), draft);
  }
}

Draft ReadPartDraft(const Context& context, const Caller& caller,
                    const std::shared_ptr<const Registry>& registry,
                    const v1::RefundOrderRequest& request, Part part, bool first) {
  Draft draft(context, caller, registry);
  if (first) {
    draft.ReadRequestId(request.request_id());
  } else {
    draft.ReadPartId(NameOf(part), request.request_id());
  }
  draft.ReadNotAfter(request.has_not_after(), request.not_after());
  draft.ReadReference(request.reference());
  ReadPart(request, part, draft);
  return draft;
}

// The same id with other parts is another request: kRequestIdReused. A part that the first request
// had is there, and none that it had not.
absl::StatusOr<bool> HasOtherParts(const Context& context, const Caller& caller,
                                   const std::vector<RequestId>& ids,
                                   const std::vector<bool>& asked) {
  std::vector<RequestKey> keys;
  for (const RequestId& id : ids) {
    keys.push_back({caller.number, id});
  }
  const auto found = context.engine.store().ReadRequests(keys);
  if (!found.ok()) {
    return found.status();
  }
  if (!found->front().has_value()) {
    return false;
  }
  for (std::size_t i = 1; i < ids.size(); ++i) {
    if ((*found)[i].has_value() != asked[i]) {
      return true;
    }
  }
  return false;
}

// With the ids of all parts but the first, as drafts make them.
absl::StatusOr<bool> IsAnotherOrder(const Context& context, const Caller& caller,
                                    const std::shared_ptr<const Registry>& registry,
                                    const v1::RefundOrderRequest& request,
                                    const std::vector<Part>& parts) {
  const auto id = RequestId::FromText(request.request_id());
  if (!id.has_value()) {
    return false;  // the drafts say what is wrong with it
  }
  std::vector<RequestId> ids = {*id};
  std::vector<bool> asked = {true};
  for (const Part part : {Part::kPoints, Part::kAward}) {
    Draft draft(context, caller, registry);
    draft.ReadPartId(NameOf(part), request.request_id());
    const auto part_id = RequestId::FromStored(draft.entry().request_id());
    if (part_id.has_value()) {
      ids.push_back(*part_id);
      asked.push_back(part != parts.front() &&
                      std::find(parts.begin(), parts.end(), part) != parts.end());
    }
  }
  return HasOtherParts(context, caller, ids, asked);
}

// In the names of the request's fields.
Refusal OfPart(Refusal refusal, Part part) {
  if (!refusal.field.empty() && refusal.field != "request_id") {
    refusal.field = absl::StrCat(std::string(NameOf(part)), ".", refusal.field);
  }
  return refusal;
}

absl::Status FillPart(const Context& context, Part part, const sequencer::Accepted& accepted,
                      bool validate_only, v1::RefundOrderResponse& out) {
  out.set_replayed(accepted.replayed);
  *out.mutable_record_time() = ToTimestamp(LedgerTime(accepted.entry.recorded_micros()));
  if (part == Part::kCoupon) {
    FillCouponBack(accepted, validate_only, *out.mutable_coupon());
    return absl::OkStatus();
  }
  const auto outcome = OutcomeOf(context, ToldBy(accepted, validate_only));
  if (!outcome.ok()) {
    return outcome.status();
  }
  const std::uint64_t index = !validate_only || accepted.replayed ? accepted.index.value() : 0;
  if (part == Part::kPoints) {
    out.set_points_entry_index(index);
    out.set_points(outcome->points);
  } else {
    out.set_award_entry_index(index);
    out.set_award_points(outcome->points);
    out.set_forgiven_points(accepted.entry.reversal().forgiven());
  }
  return absl::OkStatus();
}

// --- reviews ---

Draft ReadReview(const Context& context, const Caller& caller,
                 std::shared_ptr<const Registry> registry,
                 const v1::ReviewRedemptionRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  pb::CouponReview& review = *draft.entry().mutable_coupon_review();
  review.set_target(draft.ReadEntryIndex(request.entry_index(), "entry_index"));
  review.set_approved_fen(
      draft.ReadNumber(request.approved_fen(), 0, coupons::kMaxFen, "approved_fen"));
  if (!request.reason().empty()) {
    review.set_reason(draft.ReadWord(request.reason(), "reason"));
  }
  return draft;
}

}  // namespace

void StartRefundCoupon(const Context& context,
                       CallPointer<v1::RefundCouponRequest, v1::RefundCouponResponse> call) {
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(call->request(), draft);
  ReadCouponBack(call->request(), draft);
  MutateOne(
      context, std::move(call), std::move(draft),
      [](const v1::RefundCouponRequest& asked, const sequencer::Accepted& accepted,
         v1::RefundCouponResponse& out) { FillCouponBack(accepted, asked.validate_only(), out); });
}

void StartRefundOrder(const Context& context,
                      CallPointer<v1::RefundOrderRequest, v1::RefundOrderResponse> call) {
  const v1::RefundOrderRequest& request = call->request();
  const std::vector<Part> parts = PartsOf(request);
  if (parts.empty()) {
    call->Refuse(Refusal(Reason::kFieldRequired, "coupon")
                     .With("problem", "or points, or award: at least one part"));
    return;
  }
  const auto registry = context.engine.registry();
  const auto another = IsAnotherOrder(context, call->caller(), registry, request, parts);
  if (!another.ok()) {
    call->Fail(another.status());
    return;
  }
  if (*another) {
    call->Refuse(Refusal(Reason::kRequestIdReused, "request_id"));
    return;
  }
  std::vector<Draft> drafts;
  for (const Part part : parts) {
    drafts.push_back(
        ReadPartDraft(context, call->caller(), registry, request, part, part == parts.front()));
  }
  MutateTogether(
      context, std::move(call), std::move(drafts),
      [parts](std::size_t part, const Refusal& refusal) { return OfPart(refusal, parts[part]); },
      [&context, parts](std::size_t part, const sequencer::Accepted& accepted, bool validate_only,
                        v1::RefundOrderResponse& out) {
        return FillPart(context, parts[part], accepted, validate_only, out);
      });
}

void StartReviewRedemption(
    const Context& context,
    CallPointer<v1::ReviewRedemptionRequest, v1::ReviewRedemptionResponse> call) {
  Draft draft = ReadReview(context, call->caller(), context.engine.registry(), call->request());
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::ReviewRedemptionRequest, v1::ReviewRedemptionResponse>);
}

void StartBatchReview(const Context& context,
                      CallPointer<v1::BatchReviewRequest, v1::BatchReviewResponse> call) {
  MutateBatch(
      context, std::move(call),
      [&context](const Caller& caller, const std::shared_ptr<const Registry>& registry,
                 const v1::ReviewRedemptionRequest& request) {
        return ReadReview(context, caller, registry, request);
      },
      [](const v1::ReviewRedemptionRequest&, const sequencer::Accepted& accepted,
         bool validate_only, v1::ReviewRedemptionResult& result) {
        FillOutcome(accepted, validate_only, *result.mutable_review());
        FillRecordTime(accepted, *result.mutable_review());
      });
}

}  // namespace tanhui::rpc
