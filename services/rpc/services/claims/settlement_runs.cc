#include "services/rpc/services/claims/settlement_runs.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/account_view.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/claims/claims_reading.h"
#include "services/rpc/services/claims/line_view.h"
#include "services/rpc/services/claims/unit_names.h"
#include "services/rpc/services/reading.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

// With their texts about 2 MB.
constexpr std::size_t kMostClaims = 10'000;
// Lines that are looked at in one go, and by one call of ListLines at most.
constexpr std::size_t kLinesAtOnce = 1'000;
constexpr std::size_t kMostLooks = 16;

void FillRun(const Registry& registry, const claims::Run& run, LedgerTime now, v1::Run& out) {
  out.set_name(RunName(run.number));
  if (const Asset* money = registry.Find(run.money)) {
    out.set_money(absl::StrCat("assets/", money->code));
  }
  out.set_until_date(FormatDate(run.until));
  out.set_entry_index(run.entry.value());
  out.set_taking_lines(claims::LedgerDay(registry, run.money, now).value() ==
                       run.until.value() + 1);
}

// --- new runs ---

using CreateCall = CallPointer<v1::CreateRunRequest, v1::CreateRunResponse>;

// What a run made now would take, for a trial; null when none is asked for.
absl::StatusOr<std::shared_ptr<const ClaimsNow>> TrialOf(const Context& context,
                                                         const CreateCall& call, const Draft& draft,
                                                         const Asset* money) {
  if (!call->request().validate_only() || money == nullptr || draft.refusal().has_value()) {
    return nullptr;
  }
  auto claims = ReadClaims(context, call->caller(), draft.registry(), *money, ParticipantNo(1),
                           std::numeric_limits<std::size_t>::max());
  if (!claims.ok()) {
    return claims.status();
  }
  return std::make_shared<const ClaimsNow>(*std::move(claims));
}

void FillTrial(const ClaimsNow& trial, v1::CreateRunResponse& out) {
  for (const v1::Claim& claim : trial.claims) {
    if (claim.to_settle() > 0 && static_cast<std::size_t>(out.claims_size()) < kMostClaims) {
      *out.add_claims() = claim;
    }
  }
  out.set_to_settle(trial.to_settle);
}

// --- lines ---

Draft ReadLineRequest(const Context& context, const Caller& caller,
                      std::shared_ptr<const Registry> registry, const v1::AddLineRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  pb::SettlementLine& line = *draft.entry().mutable_settlement_line();
  if (const claims::Run* run = ReadRunName(request.run(), "run", draft)) {
    line.set_run(run->number.value());
  }
  if (const Participant* merchant = draft.ReadParticipant(request.merchant(), "merchant")) {
    line.set_merchant(merchant->number.value());
  }
  return draft;
}

void FillAdded(const sequencer::Accepted& accepted, bool validate_only, v1::AddLineResponse& out) {
  const pb::SettlementLine& line = accepted.entry.settlement_line();
  if (!validate_only || accepted.replayed) {
    out.set_name(LineName(RunNo(line.run()), accepted.index));
  }
  out.set_fen(line.fen());
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
}

// --- steps ---

// What all steps have in common; what differs is read by `read(request, draft, step)`.
template <typename Request, typename Response, typename Read>
void StartStep(const Context& context, CallPointer<Request, Response> call,
               pb::SettlementAction action, Read read) {
  const Request& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  draft.ReadRequestId(request.request_id());
  draft.ReadNotAfter(request.has_not_after(), request.not_after());
  pb::SettlementStep& step = *draft.entry().mutable_settlement_step();
  step.set_action(action);
  read(request, draft, step);
  if (const auto line = ReadLineName(request.line(), "line", draft)) {
    // The name of a line holds its run, which the entry must know, too.
    const auto entry = ReadLineEntry(context, *line);
    if (absl::IsNotFound(entry.status())) {
      draft.Refuse(Refusal(Reason::kUnknownRun, "line"));
    } else if (!entry.ok()) {
      call->Fail(entry.status());
      return;
    }
    step.set_target(line->index.value());
  }
  MutateOne(context, std::move(call), std::move(draft),
            [](const Request& asked, const sequencer::Accepted& accepted, Response& out) {
              out.set_fen(accepted.entry.settlement_step().fen());
              FillDone(asked, accepted, out);
            });
}

// --- reading ---

// Visits lines of the run that the caller may read, from `from` on, with their states, until
// `visit(entry, index, state)` answers false, or `looks` times kLinesAtOnce were looked at. Answers
// the line to go on with; nullopt after the last one.
template <typename Visit>
absl::StatusOr<std::optional<EntryIndex>> VisitLines(const Context& context, const Caller& caller,
                                                     RunNo run, EntryIndex from, std::size_t looks,
                                                     Visit visit) {
  const store::Store& store = context.engine.store();
  for (std::size_t look = 0; look < looks; ++look) {
    std::vector<EntryIndex> found;
    const absl::Status scanned =
        store.ScanSettlementLines(run, from, kLinesAtOnce, [&found](EntryIndex line) {
          found.push_back(line);
          return true;
        });
    const auto undone = scanned.ok() ? store.ReadUndone(found) : scanned;
    if (!undone.ok()) {
      return undone.status();
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto entry = ReadEntry(context, found[i]);
      if (!entry.ok()) {
        return entry.status();
      }
      const LineState state = (*undone)[i].value_or(Undone{}).line;
      if (MayReadOf(caller, ParticipantNo(entry->settlement_line().merchant())) &&
          !visit(*entry, found[i], state)) {
        return found[i];
      }
    }
    if (found.size() < kLinesAtOnce) {
      return std::nullopt;
    }
    from = EntryIndex(found.back().value() + 1);
  }
  return from;
}

}  // namespace

void StartCreateRun(const Context& context, CreateCall call) {
  const v1::CreateRunRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  const Asset* money = draft.ReadAsset(request.money(), "money");
  if (money != nullptr) {
    draft.entry().mutable_settlement_run()->set_money(money->number.value());
  }
  // Read here, since whoever answers has others waiting.
  const auto trial = TrialOf(context, call, draft, money);
  const auto now = ReadingTime(context);
  if (!trial.ok() || !now.ok()) {
    call->Fail(trial.ok() ? now.status() : trial.status());
    return;
  }
  MutateOne(context, std::move(call), std::move(draft),
            [&context, trial = *trial, now = *now](const v1::CreateRunRequest& asked,
                                                   const sequencer::Accepted& accepted,
                                                   v1::CreateRunResponse& out) {
              const pb::SettlementRun& made = accepted.entry.settlement_run();
              FillRun(*context.engine.registry(),
                      claims::Run{RunNo(made.number()), AssetNo(made.money()),
                                  BusinessDate(made.until()), accepted.index},
                      std::max(now, LedgerTime(accepted.entry.recorded_micros())),
                      *out.mutable_run());
              if (asked.validate_only() && !accepted.replayed) {
                out.mutable_run()->clear_name();
                out.mutable_run()->clear_entry_index();
                FillTrial(*trial, out);
              }
              FillDone(asked, accepted, out);
            });
}

void StartAddLine(const Context& context,
                  CallPointer<v1::AddLineRequest, v1::AddLineResponse> call) {
  Draft draft =
      ReadLineRequest(context, call->caller(), context.engine.registry(), call->request());
  MutateOne(context, std::move(call), std::move(draft),
            [](const v1::AddLineRequest& asked, const sequencer::Accepted& accepted,
               v1::AddLineResponse& out) { FillAdded(accepted, asked.validate_only(), out); });
}

void StartBatchAddLines(const Context& context,
                        CallPointer<v1::BatchAddLinesRequest, v1::BatchAddLinesResponse> call) {
  MutateBatch(
      context, std::move(call),
      [&context](const Caller& caller, const std::shared_ptr<const Registry>& registry,
                 const v1::AddLineRequest& request) {
        return ReadLineRequest(context, caller, registry, request);
      },
      [](const v1::AddLineRequest&, const sequencer::Accepted& accepted, bool validate_only,
         v1::AddLineResult& result) {
        FillAdded(accepted, validate_only, *result.mutable_line());
      });
}

void StartApprove(const Context& context,
                  CallPointer<v1::ApproveRequest, v1::ApproveResponse> call) {
  StartStep(context, std::move(call), pb::SETTLEMENT_ACTION_APPROVE,
            [](const v1::ApproveRequest& request, Draft& draft, pb::SettlementStep&) {
              draft.ReadReference(request.reference());
            });
}

void StartPay(const Context& context, CallPointer<v1::PayRequest, v1::PayResponse> call) {
  StartStep(context, std::move(call), pb::SETTLEMENT_ACTION_PAY,
            [](const v1::PayRequest& request, Draft& draft, pb::SettlementStep&) {
              draft.ReadReference(request.bank_reference(), "bank_reference", /*required=*/true);
            });
}

void StartReturn(
    const Context& context,
    CallPointer<v1::SettlementServiceReturnRequest, v1::SettlementServiceReturnResponse> call) {
  StartStep(context, std::move(call), pb::SETTLEMENT_ACTION_RETURN,
            [](const v1::SettlementServiceReturnRequest& request, Draft& draft,
               pb::SettlementStep& step) {
              step.set_reason(draft.ReadWord(request.reason(), "reason"));
              draft.ReadReference(request.bank_reference(), "bank_reference");
            });
}

void StartGetRun(const Context& context, CallPointer<v1::GetRunRequest, v1::GetRunResponse> call) {
  const std::uint64_t size = context.engine.durable_size();
  Draft draft(context, call->caller(), context.engine.registry());
  const claims::Run* run = ReadRunName(call->request().name(), "name", draft);
  if (run == nullptr) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto now = ReadingTime(context);
  std::map<LineState, v1::LineTotal> totals;
  const auto visited = VisitLines(context, call->caller(), run->number, EntryIndex(0),
                                  std::numeric_limits<std::size_t>::max(),
                                  [&totals](const Entry& entry, EntryIndex, LineState state) {
                                    v1::LineTotal& total = totals[state];
                                    total.set_state(ShownState(state));
                                    total.set_lines(total.lines() + 1);
                                    total.set_fen(total.fen() + entry.settlement_line().fen());
                                    return true;
                                  });
  if (!visited.ok() || !now.ok()) {
    call->Fail(now.ok() ? visited.status() : now.status());
    return;
  }
  FillRun(draft.registry(), *run, *now, *call->response().mutable_run());
  for (const auto& [state, total] : totals) {
    *call->response().add_totals() = total;
  }
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

// The page token is the number of the run to go on with, downwards.
void StartListRuns(const Context& context,
                   CallPointer<v1::ListRunsRequest, v1::ListRunsResponse> call) {
  const v1::ListRunsRequest& request = call->request();
  const std::uint64_t size = context.engine.durable_size();
  Draft draft(context, call->caller(), context.engine.registry());
  const auto runs = claims::TermsOf(draft.registry()).runs();
  const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(runs.size())
                                                 : ParseTokenNumber(request.page_token());
  if (!from.has_value() || *from > runs.size() || request.page_size() < 0) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, request.page_size() < 0 ? "page_size" : "page_token"));
  }
  const Asset* money =
      request.money().empty() ? nullptr : draft.ReadAsset(request.money(), "money");
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto now = ReadingTime(context);
  if (!now.ok()) {
    call->Fail(now.status());
    return;
  }
  const std::int32_t page = PageSize(request.page_size());
  for (std::size_t number = *from; number > 0; --number) {
    const claims::Run& run = runs[number - 1];
    if (money != nullptr && run.money != money->number) {
      continue;
    }
    if (call->response().runs_size() == page) {
      call->response().set_next_page_token(std::to_string(number));
      break;
    }
    FillRun(draft.registry(), run, *now, *call->response().add_runs());
  }
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

// The page token is the index of the line to go on with.
void StartListLines(const Context& context,
                    CallPointer<v1::ListLinesRequest, v1::ListLinesResponse> call) {
  const v1::ListLinesRequest& request = call->request();
  const std::uint64_t size = context.engine.durable_size();
  Draft draft(context, call->caller(), context.engine.registry());
  const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(0)
                                                 : ParseTokenNumber(request.page_token());
  if (!from.has_value() || request.page_size() < 0) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, from.has_value() ? "page_size" : "page_token"));
  }
  if (!v1::LineState_IsValid(request.state())) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "state"));
  }
  const claims::Run* run = ReadRunName(request.parent(), "parent", draft);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const std::int32_t page = PageSize(request.page_size());
  v1::ListLinesResponse& out = call->response();
  const auto next = VisitLines(
      context, call->caller(), run->number, EntryIndex(*from), kMostLooks,
      [&](const Entry& entry, EntryIndex index, LineState state) {
        if (request.state() != v1::LINE_STATE_UNSPECIFIED && ShownState(state) != request.state()) {
          return true;
        }
        if (out.lines_size() == page) {
          return false;
        }
        FillLine(draft.registry(), entry, index, state, *out.add_lines());
        return true;
      });
  if (!next.ok()) {
    call->Fail(next.status());
    return;
  }
  if (next->has_value()) {
    out.set_next_page_token(std::to_string((*next)->value()));
  }
  out.set_as_of_index(size - 1);
  call->Finish();
}

}  // namespace tanhui::rpc
