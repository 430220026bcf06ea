#include "services/rpc/corrections/correction_draft.h"

#include <string>
#include <utility>

#include "ledger/core/amount.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/acts/award_draft.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

void RefuseField(Draft& draft, std::string_view field, std::string_view problem) {
  draft.Refuse(Refusal(Reason::kFieldInvalid, std::string(field)).With("problem", problem));
}

// The entries of the requests' own awards, by request id; one for each request.
absl::StatusOr<std::vector<std::optional<EntryIndex>>> IndexesOf(
    const Context& context, const Caller& caller,
    std::span<const v1::CorrectRequest* const> requests) {
  std::vector<std::optional<EntryIndex>> out(requests.size());
  std::vector<RequestKey> keys;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto id = RequestId::FromText(requests[i]->original_request_id());
    if (requests[i]->entry_index() != 0) {
      out[i] = EntryIndex(requests[i]->entry_index());
    } else if (id.has_value()) {
      keys.push_back({caller.number, *id});
      places.push_back(i);
    }
  }
  const auto found = context.engine.store().ReadRequests(keys);
  if (!found.ok()) {
    return found.status();
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if ((*found)[i].has_value()) {
      out[places[i]] = (*found)[i]->entry;
    }
  }
  return out;
}

// Reads one request, field by field.
class Reading {
 public:
  Reading(const Context& context, const v1::CorrectRequest& request,
          const std::optional<Corrected>& corrected, Draft& draft)
      : context_(context), request_(request), corrected_(corrected), draft_(draft) {}

  void Read() {
    ReadStamp(request_, draft_);
    out_.set_reason(draft_.ReadWord(request_.reason(), "reason"));
    out_.set_booked_on(draft_.ReadDate(request_.booked_on(), false, "booked_on"));
    out_.set_expected_revision(request_.expected_revision());
    ReadTarget();
    switch (request_.wanted_case()) {
      case v1::CorrectRequest::kAct:
        ReadWantedAct();
        break;
      case v1::CorrectRequest::kAdjustment:
        ReadAdjustment();
        break;
      default:
        draft_.Refuse(Refusal(Reason::kFieldRequired, "act"));
    }
    *draft_.entry().mutable_correction() = std::move(out_);
    ReadCitizenAndBudget();
  }

 private:
  void ReadTarget() {
    const bool by_index = request_.entry_index() != 0;
    if (by_index && !request_.original_request_id().empty()) {
      RefuseField(draft_, "original_request_id", "give either entry_index or original_request_id");
    } else if (!by_index) {
      const std::string& id = request_.original_request_id();
      if (id.empty()) {
        draft_.Refuse(Refusal(Reason::kFieldRequired, "entry_index"));
        return;
      }
      draft_.ReadTargetRequestId(id, "original_request_id");
    }
    if (!corrected_.has_value()) {
      draft_.Refuse(
          Refusal(Reason::kUnknownEntry, by_index ? "entry_index" : "original_request_id"));
      return;
    }
    out_.set_target(corrected_->index.value());
  }

  // The act is read by the rules of its date, as one that is awarded.
  void ReadWantedAct() {
    if (!corrected_.has_value()) {
      return;
    }
    const Entry& target = corrected_->entry;
    if (!target.has_earning()) {
      draft_.Refuse(Refusal(Reason::kWrongEntryKind, "entry_index"));
      return;
    }
    const v1::Act& act = request_.act();
    const std::int64_t asked =
        draft_.ReadTime(request_.has_act_time(), request_.act_time(), false, "act_time");
    draft_.entry().set_act_micros(request_.has_act_time() ? asked : target.act_micros());
    const bool same_evidence = act.evidence().empty();
    if (same_evidence) {
      *draft_.entry().mutable_earning()->mutable_nullifiers() = target.earning().nullifiers();
    }
    ReadAct(context_, act, draft_);
    pb::Earning& wanted = *out_.mutable_act();
    wanted = draft_.entry().earning();
    if (same_evidence && wanted.product() != target.earning().product()) {
      // The serial number of the one does not show the other.
      draft_.Refuse(Refusal(Reason::kFieldRequired, "act.evidence"));
    }
    if (act.weighing() == v1::WEIGHING_UNSPECIFIED) {
      wanted.set_weighing(target.earning().weighing());
      wanted.set_booking(target.earning().booking());
    }
    if (act.check_in_code().empty() && wanted.venue() == target.earning().venue()) {
      wanted.set_checked_in(target.earning().checked_in());
    }
    wanted.set_account(target.earning().account());
    wanted.set_budget(target.earning().budget());
    // Those of the act are kept already.
    draft_.SealEvidence({});
  }

  void ReadAdjustment() {
    const v1::Adjustment& wanted = request_.adjustment();
    if (!draft_.caller().roles.Has(Role::kGrantor) && !draft_.caller().roles.Has(Role::kAdmin)) {
      draft_.Refuse(Refusal(Reason::kPermissionDenied).With("role", "grantor"));
    }
    for (const auto& [given, field] :
         {std::pair(!request_.account().empty(), "account"),
          std::pair(!request_.platform_user_id().empty(), "platform_user_id"),
          std::pair(!request_.budget().empty(), "budget"),
          std::pair(request_.has_act_time(), "act_time")}) {
      if (given) {
        RefuseField(draft_, field, "leave it out of an adjustment");
      }
    }
    pb::Adjustment& out = *out_.mutable_adjustment();
    out.set_points_after(draft_.ReadNumber(wanted.points_after(), 0, kMaxPostingAmount.units(),
                                           "adjustment.points_after"));
    out.set_grams_after(
        draft_.ReadNumber(wanted.grams_after(), 0, kMaxGrams, "adjustment.grams_after"));
  }

  // What the caller says to be sure; the ledger compares it.
  void ReadCitizenAndBudget() {
    if (!draft_.entry().correction().has_act()) {
      return;
    }
    if (!request_.budget().empty()) {
      const Budget* named = draft_.ReadBudget(request_.budget(), "budget");
      draft_.entry().mutable_correction()->mutable_act()->set_budget(
          named == nullptr ? 0 : named->account.value());
    }
    if (!request_.account().empty() || !request_.platform_user_id().empty()) {
      const AccountNo paying(corrected_->entry.earning().budget());
      const Budget* budget = draft_.registry().FindBudget(paying);
      const Asset* asset = budget == nullptr ? nullptr : draft_.registry().Find(budget->asset);
      draft_.ReadCitizen(request_.account(), request_.platform_user_id(), asset,
                         [](Entry& entry, AccountNo number) {
                           entry.mutable_correction()->mutable_act()->set_account(number.value());
                         });
    }
  }

  const Context& context_;
  const v1::CorrectRequest& request_;
  const std::optional<Corrected>& corrected_;
  Draft& draft_;
  pb::Correction out_;
};

}  // namespace

absl::StatusOr<std::vector<std::optional<Corrected>>> ReadCorrected(
    const Context& context, const Caller& caller,
    std::span<const v1::CorrectRequest* const> requests) {
  const auto indexes = IndexesOf(context, caller, requests);
  if (!indexes.ok()) {
    return indexes.status();
  }
  std::vector<std::optional<Corrected>> out(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto& index = (*indexes)[i];
    if (!index.has_value() || index->value() >= context.engine.durable_size()) {
      continue;
    }
    auto entry = ReadEntry(context, *index);
    if (!entry.ok()) {
      return entry.status();
    }
    if (caller.roles.Has(Role::kAdmin) || entry->caller() == caller.number.value()) {
      out[i] = Corrected{*index, *std::move(entry)};
    }
  }
  return out;
}

Draft ReadCorrection(const Context& context, const Caller& caller,
                     std::shared_ptr<const Registry> registry, const v1::CorrectRequest& request,
                     const std::optional<Corrected>& corrected) {
  Draft draft(context, caller, std::move(registry));
  Reading(context, request, corrected, draft).Read();
  return draft;
}

absl::Status FillCorrection(const Context& context, const sequencer::Accepted& accepted,
                            bool validate_only, v1::CorrectResponse& out) {
  const auto outcome = FillMoved(context, accepted, validate_only, out);
  if (!outcome.ok()) {
    return outcome.status();
  }
  const pb::Correction& correction = accepted.entry.correction();
  const pb::Earning& now = correction.now();
  out.set_revision(correction.revision());
  out.set_points(now.points() + now.bonus_points());
  out.set_change(correction.change());
  out.set_forgiven(correction.forgiven());
  out.set_grams(now.grams());
  out.set_bonus_points(now.bonus_points());
  out.set_target_index(correction.target());
  return absl::OkStatus();
}

}  // namespace tanhui::rpc
