#include "services/cli/import/upload.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/import/as_acts/act_request.h"

namespace tanhui::cli {
namespace {

// Delivers items [0, count) in chunks, several at a time; `make` builds the request of an item and
// `consume` gets the answer to it, in order. No request carries a not_after: the same id must work
// on a later day.
template <typename Request, typename Result>
grpc::Status DeliverAll(std::size_t count, const DeliveryPolicy& policy,
                        const std::function<Request(std::size_t)>& make,
                        const SendBatch<Request, Result>& send,
                        const std::function<void(std::size_t, const Result&, bool)>& consume,
                        const UploadProgress& progress, const StopFlag& stop) {
  grpc::Status end;
  const std::function<Delivery<Result>(std::size_t)> work = [&](std::size_t chunk) {
    if (stop.load()) {
      Delivery<Result> stopped;
      stopped.failure = StoppedStatus();
      return stopped;
    }
    std::vector<Request> requests;
    for (std::size_t i = chunk * policy.chunk; i < std::min(count, (chunk + 1) * policy.chunk);
         ++i) {
      requests.push_back(make(i));
    }
    return Deliver<Request, Result>(requests, send, policy, stop);
  };
  const std::function<bool(std::size_t, Delivery<Result>)> take = [&](std::size_t chunk,
                                                                      Delivery<Result> delivery) {
    if (!delivery.failure.ok()) {
      end = delivery.failure;
      return false;
    }
    for (std::size_t i = 0; i < delivery.results.size(); ++i) {
      consume(chunk * policy.chunk + i, delivery.results[i], delivery.repeated);
    }
    progress(std::min<std::uint64_t>(count, (chunk + 1) * policy.chunk));
    return true;
  };
  RunInOrder<Delivery<Result>>((count + policy.chunk - 1) / policy.chunk, policy.in_flight, work,
                               take);
  return end;
}

}  // namespace

grpc::Status OpenAccounts(const ClaimFile& file, const EvidenceIds& ids, const UploadPlan& plan,
                          const SendOpenings& send, const UploadProgress& progress,
                          const StopFlag& stop) {
  const std::function<v1::OpenAccountRequest(std::size_t)> make = [&](std::size_t i) {
    const std::string_view user = file.users[static_cast<std::uint32_t>(i)];
    v1::OpenAccountRequest request;
    request.set_request_id(RequestIdText(ids.AccountOpening(plan.asset, user)));
    request.set_asset(plan.asset);
    request.set_platform_user_id(std::string(user));
    return request;
  };
  const auto ignore = [](std::size_t, const v1::OpenAccountResult&, bool) {};
  return DeliverAll<v1::OpenAccountRequest, v1::OpenAccountResult>(
      file.users.size(), plan.policy, make, send, ignore, progress, stop);
}

grpc::Status AwardClaims(ClaimFile* file, const UploadPlan& plan, const SendAwards& send,
                         ImportTotals* totals, const UploadProgress& progress,
                         const StopFlag& stop) {
  const std::function<v1::AwardRequest(std::size_t)> make = [&](std::size_t i) {
    const Claim& claim = file->claims[i];
    v1::AwardRequest request;
    request.set_request_id(RequestIdText(claim.id));
    request.set_platform_user_id(std::string(file->users[claim.user]));
    request.set_budget(plan.budget);
    if (file->has_acts) {
      *request.mutable_act() = ActOf(*file, claim);
    } else {
      request.set_points(claim.points);
      request.set_scenario(std::string(file->scenarios[claim.scenario]));
    }
    *request.mutable_act_time() = ToTimestamp(ToLedgerTime(claim.act_time));
    request.set_reference(std::string(file->references[claim.reference]));
    return request;
  };
  const auto take = [&](std::size_t i, const v1::AwardResult& result, bool repeated) {
    const Claim& claim = file->claims[i];
    if (result.has_error()) {
      const RefusalDetails details = DetailsOf(result.error());
      return file->Refuse(claim.line, ReasonWord(details), details.message);
    }
    const v1::AwardResponse& award = result.award();
    const bool ours =
        !award.replayed() || (repeated && award.entry_index() > plan.last_entry_before);
    if (!ours) {
      return file->Refuse(claim.line, kAlreadyAwarded, "by an earlier run");
    }
    ++totals->awarded[std::string(file->scenarios[claim.scenario])];
    totals->points += award.points();
    if (file->has_acts) {
      totals->grams = totals->grams.value_or(0) + award.grams();
    }
  };
  DeliveryPolicy policy = plan.policy;
  if (file->has_acts) {
    policy.in_flight = 1;  // caps take what comes first, and that is to be what was done first
  }
  return DeliverAll<v1::AwardRequest, v1::AwardResult>(file->claims.size(), policy, make, send,
                                                       take, progress, stop);
}

grpc::Status CorrectClaims(ClaimFile* file, const UploadPlan& plan, const std::string& reason,
                           const SendCorrections& send, ImportTotals* totals,
                           const UploadProgress& progress, const StopFlag& stop) {
  const std::function<v1::CorrectRequest(std::size_t)> make = [&](std::size_t i) {
    const Claim& claim = file->claims[i];
    const ActLine& line = file->acts[claim.act];
    v1::CorrectRequest request;
    request.set_request_id(RequestIdText(claim.id));
    request.set_original_request_id(std::string(file->texts[line.about]));
    request.set_expected_revision(line.revision);
    *request.mutable_act() = ActOf(*file, claim);
    *request.mutable_act_time() = ToTimestamp(ToLedgerTime(claim.act_time));
    request.set_platform_user_id(std::string(file->users[claim.user]));
    request.set_budget(plan.budget);
    request.set_reason(reason);
    request.set_reference(std::string(file->references[claim.reference]));
    return request;
  };
  const auto take = [&](std::size_t i, const v1::CorrectResult& result, bool repeated) {
    const Claim& claim = file->claims[i];
    if (result.has_error()) {
      const RefusalDetails details = DetailsOf(result.error());
      return file->Refuse(claim.line, ReasonWord(details), details.message);
    }
    const v1::CorrectResponse& correction = result.correction();
    const bool ours =
        !correction.replayed() || (repeated && correction.entry_index() > plan.last_entry_before);
    if (!ours) {
      return file->Refuse(claim.line, kAlreadyAwarded, "corrected by an earlier run");
    }
    ++totals->awarded[std::string(file->scenarios[claim.scenario])];
    totals->points += correction.change();
  };
  DeliveryPolicy policy = plan.policy;
  policy.in_flight = 1;  // as with acts
  return DeliverAll<v1::CorrectRequest, v1::CorrectResult>(file->claims.size(), policy, make, send,
                                                           take, progress, stop);
}

}  // namespace tanhui::cli
