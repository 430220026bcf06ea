#include "services/rpc/services/assets.h"

#include "ledger/core/registry.h"
#include "services/rpc/mutation.h"

namespace tanhui::rpc {
namespace {

// The terms that a request states, with the defaults for what it leaves out.
Terms ReadTermsOf(const v1::Terms& asked, Draft& draft) {
  Terms terms;
  const auto read = [&draft](bool given, std::uint32_t value, std::uint32_t least,
                             std::uint32_t most, std::string_view field, std::uint32_t& out) {
    if (given) {
      draft.ReadNumber(value, least, most, field);
      out = value;
    }
  };
  read(asked.has_validity_months(), asked.validity_months(), 0, kMaxValidityMonths,
       "terms.validity_months", terms.validity_months);
  read(asked.has_grace_days(), asked.grace_days(), 0, kMaxTermDays, "terms.grace_days",
       terms.grace_days);
  read(asked.has_max_hold_days(), asked.max_hold_days(), 0, kMaxTermDays, "terms.max_hold_days",
       terms.max_hold_days);
  read(asked.has_max_members(), asked.max_members(), 1, kMaxMembers, "terms.max_members",
       terms.max_members);
  terms.transfer_daily_cap = Amount(draft.ReadNumber(
      asked.transfer_daily_cap(), 0, kMaxPostingAmount.units(), "terms.transfer_daily_cap"));
  if (asked.has_credits_while_frozen()) {
    terms.credits_while_frozen = asked.credits_while_frozen();
  }
  if (!v1::TransferPolicy_IsValid(asked.transfers())) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "terms.transfers"));
  } else if (asked.transfers() != v1::TRANSFER_POLICY_UNSPECIFIED) {
    terms.transfers = static_cast<TransferPolicy>(asked.transfers());
  }
  if (!v1::SpentReversal_IsValid(asked.spent_reversal())) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "terms.spent_reversal"));
  } else if (asked.spent_reversal() != v1::SPENT_REVERSAL_UNSPECIFIED) {
    terms.spent_reversal = static_cast<SpentReversal>(asked.spent_reversal());
  }
  terms.notice_days.assign(asked.notice_days().begin(), asked.notice_days().end());
  if (!NoticeDaysCanBe(terms.notice_days)) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "terms.notice_days")
                     .With("expected", "up to 4 numbers from 1 to 366, the largest first"));
  }
  return terms;
}

void FillTerms(const Terms& terms, v1::Terms& out) {
  out.set_validity_months(terms.validity_months);
  out.set_grace_days(terms.grace_days);
  out.set_transfers(static_cast<v1::TransferPolicy>(terms.transfers));
  out.set_transfer_daily_cap(terms.transfer_daily_cap.units());
  out.set_credits_while_frozen(terms.credits_while_frozen);
  out.set_spent_reversal(static_cast<v1::SpentReversal>(terms.spent_reversal));
  out.set_max_hold_days(terms.max_hold_days);
  out.set_max_members(terms.max_members);
  out.mutable_notice_days()->Assign(terms.notice_days.begin(), terms.notice_days.end());
}

void FillAsset(const Registry& registry, const Asset& asset, v1::Asset& out) {
  out.set_name("assets/" + asset.code);
  out.set_display_name(asset.display_name);
  if (const Scheme* scheme = registry.Find(asset.scheme)) {
    out.set_scheme("schemes/" + scheme->code);
  }
  out.set_max_amount(asset.max_amount.units());
  out.set_money(asset.money);
  FillTerms(asset.terms, *out.mutable_terms());
}

}  // namespace

void StartAsset(const Context& context,
                CallPointer<v1::CreateAssetRequest, v1::CreateAssetResponse> call) {
  const v1::CreateAssetRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::AssetCreation& creation = *draft.entry().mutable_asset_creation();
  creation.set_code(draft.ReadCode(request.asset_id(), "asset_id"));
  creation.set_display_name(
      draft.ReadText(request.display_name(), kMaxDisplayName, true, "display_name"));
  if (const Scheme* scheme = draft.ReadScheme(request.scheme(), "scheme")) {
    creation.set_scheme(scheme->number.value());
  }
  creation.set_max_amount(draft.ReadAmount(request.max_amount(), "max_amount"));
  *creation.mutable_terms() = WriteTerms(ReadTermsOf(request.terms(), draft));
  creation.set_money(request.money());
  MutateOne(context, std::move(call), std::move(draft),
            [](const v1::CreateAssetRequest& asked, const sequencer::Accepted& accepted,
               v1::CreateAssetResponse& out) {
              out.set_name("assets/" + accepted.entry.asset_creation().code());
              FillOutcome(accepted, asked.validate_only(), out);
            });
}

void StartTerms(const Context& context,
                CallPointer<v1::SetTermsRequest, v1::SetTermsResponse> call) {
  const v1::SetTermsRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::TermsChange& change = *draft.entry().mutable_terms_change();
  if (!request.has_terms()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "terms"));
  }
  *change.mutable_terms() = WriteTerms(ReadTermsOf(request.terms(), draft));
  if (const Asset* asset = draft.ReadAsset(request.asset(), "asset")) {
    change.set_asset(asset->number.value());
  }
  MutateOne(context, std::move(call), std::move(draft),
            [](const v1::SetTermsRequest& asked, const sequencer::Accepted& accepted,
               v1::SetTermsResponse& out) {
              FillDone(asked, accepted, out);
              const auto terms = ReadTerms(accepted.entry.terms_change().terms());
              FillTerms(terms.value_or(Terms{}), *out.mutable_terms());
            });
}

void GetAsset(const Context& context, CallPointer<v1::GetAssetRequest, v1::GetAssetResponse> call) {
  const std::uint64_t size = context.engine.durable_size();
  Draft reader(context, call->caller(), context.engine.registry());
  const Asset* asset = reader.ReadAsset(call->request().name(), "name");
  if (asset == nullptr) {
    call->Refuse(*reader.refusal());
    return;
  }
  FillAsset(reader.registry(), *asset, *call->response().mutable_asset());
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

void ListAssets(const Context& context,
                CallPointer<v1::ListAssetsRequest, v1::ListAssetsResponse> call) {
  const std::uint64_t size = context.engine.durable_size();
  const auto registry = context.engine.registry();
  for (const Asset& asset : registry->assets()) {
    FillAsset(*registry, asset, *call->response().add_assets());
  }
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

}  // namespace tanhui::rpc
