#include "services/rpc/services/coupons/issuing.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/coupons/campaign_names.h"
#include "services/rpc/services/coupons/coupon_access.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

// What an application and an issue have in common: campaign, citizen and attestations.
template <typename Request, typename Body>
void ReadWho(const Request& request, Body& body, Draft::SetAccount set, Draft& draft) {
  ReadStamp(request, draft);
  const coupons::Campaign* campaign = ReadCampaign(request.campaign(), "campaign", draft);
  body.set_campaign(campaign == nullptr ? 0 : campaign->number.value());
  const Asset* asset =
      request.asset().empty() ? nullptr : draft.ReadAsset(request.asset(), "asset");
  if (!request.platform_user_id().empty() && request.asset().empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "asset"));
  }
  draft.ReadCitizen(request.account(), request.platform_user_id(), asset, set);
  if (static_cast<std::size_t>(request.attestations_size()) > coupons::kMaxListed) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, "attestations")
            .With("problem", absl::StrCat("has more than ", coupons::kMaxListed, " rows")));
    return;
  }
  for (int i = 0; i < request.attestations_size(); ++i) {
    draft.ReadCode(request.attestations(i), absl::StrCat("attestations[", i, "]"));
  }
  // As the entry will have them, so that a repeat is the same request: what the campaign asks for,
  // in its order.
  if (campaign != nullptr) {
    for (const std::string& wanted : campaign->attestations) {
      if (std::find(request.attestations().begin(), request.attestations().end(), wanted) !=
          request.attestations().end()) {
        body.add_attestations(wanted);
      }
    }
  }
}

Draft ReadIssue(const Context& context, const Caller& caller,
                std::shared_ptr<const Registry> registry, const v1::IssueCouponRequest& request) {
  Draft draft(context, caller, std::move(registry));
  pb::CouponIssue& issue = *draft.entry().mutable_coupon_issue();
  ReadWho(
      request, issue,
      [](Entry& entry, AccountNo number) {
        entry.mutable_coupon_issue()->set_account(number.value());
      },
      draft);
  draft.ReadActing(request.acting_account(), [](Entry& entry, AccountNo number) {
    entry.mutable_coupon_issue()->set_acting(number.value());
  });
  issue.set_application(request.application_entry_index());
  draft.ReadText(request.device(), kMaxUserId, false, "device");
  if (!request.device().empty()) {
    draft.set_device(context.secrets.ForDevice(kCouponDevice, request.device()));
  }
  return draft;
}

absl::Status FillIssue(const Context& context, const sequencer::Accepted& accepted,
                       bool validate_only, v1::IssueCouponResponse& out) {
  const pb::CouponIssue& issue = accepted.entry.coupon_issue();
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
  if (out.entry_index() != 0) {
    out.set_coupon(CouponName(accepted.index));
  }
  *out.mutable_use_last_time() = ToTimestamp(LedgerTime(issue.valid_until_micros()));
  out.set_points(issue.points());
  if (issue.points() == 0) {
    return absl::OkStatus();
  }
  const auto after = AfterOf(context, ToldBy(accepted, validate_only), AccountNo(issue.account()));
  if (!after.ok()) {
    return after.status();
  }
  const auto told = StandingIsTold(context, accepted.entry, after->account);
  if (told.ok() && *told) {
    out.set_balance(after->available);
  }
  return told.status();
}

}  // namespace

void StartApplyForCoupon(const Context& context,
                         CallPointer<v1::ApplyForCouponRequest, v1::ApplyForCouponResponse> call) {
  Draft draft(context, call->caller(), context.engine.registry());
  ReadWho(
      call->request(), *draft.entry().mutable_coupon_application(),
      [](Entry& entry, AccountNo number) {
        entry.mutable_coupon_application()->set_account(number.value());
      },
      draft);
  MutateOne(context, std::move(call), std::move(draft),
            [](const v1::ApplyForCouponRequest& asked, const sequencer::Accepted& accepted,
               v1::ApplyForCouponResponse& out) {
              out.set_ordinal(accepted.entry.coupon_application().ordinal());
              FillDone(asked, accepted, out);
            });
}

void StartIssueCoupon(const Context& context,
                      CallPointer<v1::IssueCouponRequest, v1::IssueCouponResponse> call) {
  Draft draft = ReadIssue(context, call->caller(), context.engine.registry(), call->request());
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::IssueCouponRequest& asked, const sequencer::Accepted& accepted,
                       v1::IssueCouponResponse& out) {
              return FillIssue(context, accepted, asked.validate_only(), out);
            });
}

void StartBatchIssueCoupons(
    const Context& context,
    CallPointer<v1::BatchIssueCouponsRequest, v1::BatchIssueCouponsResponse> call) {
  MutateBatch(
      context, std::move(call),
      [&context](const Caller& caller, const std::shared_ptr<const Registry>& registry,
                 const v1::IssueCouponRequest& request) {
        return ReadIssue(context, caller, registry, request);
      },
      [&context](const v1::IssueCouponRequest&, const sequencer::Accepted& accepted,
                 bool validate_only, v1::IssueCouponResult& result) {
        return FillIssue(context, accepted, validate_only, *result.mutable_issue());
      });
}

void StartRevokeCoupon(const Context& context,
                       CallPointer<v1::RevokeCouponRequest, v1::RevokeCouponResponse> call) {
  const v1::RevokeCouponRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::CouponRevocation& revocation = *draft.entry().mutable_coupon_revocation();
  if (const auto coupon = ReadCouponName(request.coupon(), "coupon", draft)) {
    revocation.set_coupon(coupon->value());
  }
  revocation.set_reason(draft.ReadWord(request.reason(), "reason"));
  revocation.set_points_back(request.points_back());
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::RevokeCouponRequest, v1::RevokeCouponResponse>);
}

}  // namespace tanhui::rpc
