// UnclaimedActsService: acts of cards and members that nobody has linked to an account yet.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/points/budget_period.h"
#include "ledger/rules/evaluation.h"
#include "services/rpc/acts/award_draft.h"
#include "services/rpc/acts/evidence_reading.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/services.h"
#include "services/rpc/unclaimed/claim_reasons.h"
#include "services/rpc/unclaimed/unclaimed_acts.h"
#include "tanhui/v1/unclaimed.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
constexpr std::size_t kMaxHolderText = 128;
constexpr std::size_t kMaxClaimed = 1'000;  // in one call

template <typename Base>
using RawMethods = v1::UnclaimedActsService::WithRawCallbackMethod_BatchKeepActs<
    v1::UnclaimedActsService::WithRawCallbackMethod_ClaimActs<
        v1::UnclaimedActsService::WithRawCallbackMethod_ListUnclaimedActs<
            v1::UnclaimedActsService::WithRawCallbackMethod_DeleteUnclaimedActs<Base>>>>;

using BatchKeepCall = CallPointer<v1::BatchKeepActsRequest, v1::BatchKeepActsResponse>;
using ClaimCall = CallPointer<v1::ClaimActsRequest, v1::ClaimActsResponse>;
using ListCall = CallPointer<v1::ListUnclaimedActsRequest, v1::ListUnclaimedActsResponse>;
using DeleteCall = CallPointer<v1::DeleteUnclaimedActsRequest, v1::DeleteUnclaimedActsResponse>;

// Checks the forms of the holder's texts; the keys are of no use when the draft was refused.
UnclaimedHolder ReadHolder(const Context& context, const Caller& caller, bool given,
                           const v1::Holder& holder, Draft& draft) {
  if (!given) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "holder"));
    return {};
  }
  for (const auto& [text, field] : {std::pair(&holder.source(), "holder.source"),
                                    std::pair(&holder.subject(), "holder.subject")}) {
    ReadSpelling(*text, kMaxHolderText, field, draft);
  }
  return draft.refusal().has_value()
             ? UnclaimedHolder()
             : context.unclaimed_acts->HolderOf(caller.number, holder.source(), holder.subject());
}

void FillAct(const KeptAct& act, v1::UnclaimedAct& out) {
  out.set_request_id(act.request.request_id());
  out.set_scenario(act.request.act().scenario());
  *out.mutable_act_time() = act.request.act_time();
  *out.mutable_receive_time() = ToTimestamp(act.received);
  *out.mutable_expire_time() = ToTimestamp(act.expires);
}

// --- keeping ---

// What an act to keep must not say.
std::optional<Refusal> RefusedAsNotToKeep(const v1::KeepActRequest& request) {
  const v1::AwardRequest& award = request.award();
  if (!request.has_award()) {
    return Refusal(Reason::kFieldRequired, "award");
  }
  if (!award.has_act()) {
    return Refusal(Reason::kFieldRequired, "award.act");
  }
  for (const auto& [given, field] :
       {std::pair(!award.account().empty(), "award.account"),
        std::pair(!award.platform_user_id().empty(), "award.platform_user_id"),
        std::pair(award.has_not_after(), "award.not_after"),
        std::pair(award.validate_only(), "award.validate_only")}) {
    if (given) {
      return Refusal(Reason::kFieldInvalid, field)
          .With("problem", "leave it out of an act to keep");
    }
  }
  if (award.act().weighing() == v1::WEIGHING_WEIGHED) {
    return Refusal(Reason::kFieldInvalid, "award.act.weighing")
        .With("problem", "a weighing belongs to the citizen of its booking");
  }
  return std::nullopt;
}

// Why the act would be refused now whoever did it; otherwise sets when it expires.
std::optional<Refusal> RefusedByRules(const Draft& draft, const Budget& budget, Entry entry,
                                      KeptAct& act) {
  const rules::Rulebook& book = rules::RulebookOf(draft.registry());
  const LedgerTime time(entry.act_micros());
  if (time.value() > act.received.value() + kMaxFutureMicros) {
    return Refusal(Reason::kActInFuture, "act_time");
  }
  if (!points::PaysOn(budget, ShanghaiDate(time))) {
    return Refusal(Reason::kBudgetOutOfPeriod, "budget");
  }
  entry.set_recorded_micros(act.received.value());
  entry.set_business_date(ShanghaiDate(time).value());
  const auto evaluated = rules::Evaluate(book, entry, {});
  const auto* refusal = std::get_if<Refusal>(&evaluated);
  const bool suspended = refusal != nullptr && refusal->reason == Reason::kScenarioSuspended;
  if (refusal != nullptr && !suspended) {
    return *refusal;
  }
  const rules::RuleSet* set = book.InForce(entry.earning().district(), ShanghaiDate(time));
  const rules::Rule* rule =
      set == nullptr ? nullptr : set->Find(rules::ScenarioNo(entry.earning().scenario()));
  if (rule == nullptr) {
    return Refusal(Reason::kNoRuleInForce, "act").With("date", FormatDate(ShanghaiDate(time)));
  }
  const int age = ShanghaiDate(act.received).value() - ShanghaiDate(time).value();
  if (age > static_cast<int>(rule->late_days)) {
    return Refusal(Reason::kActTooLate, "act_time").With("days", rule->late_days).With("age", age);
  }
  if (set->unclaimed_days == 0) {
    return Refusal(Reason::kConditionNotMet, "act").With("condition", "unclaimed_days");
  }
  act.expires = LedgerTime(act.received.value() + set->unclaimed_days * kMicrosPerDay);
  return std::nullopt;
}

// Fields of refusals of an award are those of the request that it is part of.
Refusal OfAward(Refusal refusal) {
  if (!refusal.field.empty()) {
    refusal.field.insert(0, "award.");
  }
  return refusal;
}

// The act to keep, or why it cannot be one, whatever is kept already.
std::variant<ActToKeep, Refusal> ReadActToKeep(const Context& context, const Caller& caller,
                                               const std::shared_ptr<const Registry>& registry,
                                               const v1::KeepActRequest& request) {
  Draft forms(context, caller, registry);
  ActToKeep out;
  out.holder = ReadHolder(context, caller, request.has_holder(), request.holder(), forms);
  if (auto refusal = RefusedAsNotToKeep(request)) {
    forms.Refuse(*std::move(refusal));
  }
  if (forms.refusal().has_value()) {
    return *forms.refusal();
  }
  Draft draft = ReadAwardOfNobody(context, caller, registry, request.award());
  const Budget* budget = draft.ReadBudget(request.award().budget(), "budget");
  if (draft.refusal().has_value() && draft.refusal()->reason < Reason::kRequestIdReused) {
    return OfAward(*draft.refusal());
  }
  out.id = *RequestId::FromText(request.award().request_id());
  out.act_time = LedgerTime(draft.entry().act_micros());
  out.act.request = request.award();
  out.act.request.DiscardUnknownFields();
  out.act.platform = caller.number;
  out.act.received = context.engine.clock().Wall();
  auto refusal = draft.refusal();
  if (!refusal.has_value()) {
    refusal = RefusedByRules(draft, *budget, draft.entry(), out.act);
  }
  if (refusal.has_value()) {
    out.refusal = OfAward(*std::move(refusal));
  }
  return out;
}

using ReadActs = std::vector<std::variant<ActToKeep, Refusal>>;

void Keep(const Context& context, const BatchKeepCall& call, const ReadActs& read) {
  if (std::chrono::steady_clock::now() > DeadlineOf(call->context())) {
    call->Refuse(Refusal(Reason::kDeadlineExceeded));
    return;
  }
  std::vector<ActToKeep> acts;
  for (const auto& one : read) {
    if (const auto* act = std::get_if<ActToKeep>(&one)) {
      acts.push_back(*act);
    }
  }
  const auto kept = context.unclaimed_acts->Keep(acts);
  if (!kept.ok()) {
    call->Fail(kept.status());
    return;
  }
  std::size_t next = 0;
  for (const auto& one : read) {
    v1::KeepActResult& result = *call->response().add_results();
    const Refusal* refusal = std::get_if<Refusal>(&one);
    if (refusal == nullptr) {
      const KeepOutcome& outcome = (*kept)[next++];
      refusal = std::get_if<Refusal>(&outcome);
      if (refusal == nullptr) {
        FillAct(std::get<KeptAct>(outcome), *result.mutable_act());
        continue;
      }
    }
    *result.mutable_error() = ToRpcStatus(*refusal, call->language());
  }
  call->Finish();
}

void StartBatchKeep(const Context& context, BatchKeepCall call) {
  const v1::BatchKeepActsRequest& request = call->request();
  if (const auto refusal = RefusedBySize(request.requests_size())) {
    call->Refuse(*refusal);
    return;
  }
  if (const auto stopped = context.engine.sequencer().RefusesWrites()) {
    call->Refuse(*stopped);
    return;
  }
  const auto registry = context.engine.registry();
  const auto read = std::make_shared<ReadActs>();
  for (const v1::KeepActRequest& one : request.requests()) {
    read->push_back(ReadActToKeep(context, call->caller(), registry, one));
  }
  if (!context.unclaimed_acts->Post([&context, call, read] { Keep(context, call, *read); })) {
    call->Refuse(Refusal(Reason::kQueueFull));
  }
}

// --- claiming ---

// One page of a holder's acts on their way into the log.
struct Claim {
  ClaimCall call;
  KeptPage page;
  std::vector<v1::AwardRequest> awards;  // of the page's rows
};

// The award that a kept act becomes.
v1::AwardRequest AwardOf(const KeptAct& act, const v1::ClaimActsRequest& request) {
  v1::AwardRequest award = act.request;
  award.set_account(request.account());
  award.set_platform_user_id(request.platform_user_id());
  // It waited for its holder, longer than a request id may wait for its call.
  *award.mutable_not_after() = ToTimestamp(kLatestTime);
  return award;
}

// Fills the answer; answers the rows that need not be kept any more.
absl::StatusOr<std::vector<KeptActExpiry>> FillClaimed(const Context& context, const Claim& claim,
                                                       const std::vector<sequencer::Outcome>& of) {
  const v1::ClaimActsRequest& request = claim.call->request();
  v1::ClaimActsResponse& out = claim.call->response();
  std::vector<KeptActExpiry> done;
  for (std::size_t i = 0; i < of.size(); ++i) {
    const KeptRow& row = claim.page.rows[i];
    v1::ClaimResult& result = *out.add_results();
    FillAct(row.act, *result.mutable_act());
    if (const auto* refusal = std::get_if<Refusal>(&of[i])) {
      *result.mutable_error() = ToRpcStatus(*refusal, claim.call->language());
      result.set_kept(!IsForGood(*refusal));
    } else if (const absl::Status filled =
                   FillAward(context, claim.call->caller(), claim.awards[i],
                             std::get<sequencer::Accepted>(of[i]), request.validate_only(),
                             *result.mutable_award());
               !filled.ok()) {
      return filled;
    }
    if (!result.kept() && !request.validate_only()) {
      done.push_back({row.act.expires, row.name});
    }
  }
  if (claim.page.next.has_value()) {
    out.set_next_page_token(FormatPageToken(*claim.page.next));
  }
  return done;
}

// On the acknowledging thread: the rows are erased elsewhere.
void EndClaim(const Context& context, const Claim& claim,
              const std::vector<sequencer::Outcome>& outcomes) {
  auto done = FillClaimed(context, claim, outcomes);
  if (!done.ok()) {
    claim.call->Fail(done.status());
  } else if (done->empty()) {
    claim.call->Finish();
  } else {
    context.unclaimed_acts->MustPost([&context, call = claim.call, rows = *std::move(done)] {
      // What a crash leaves here is answered as a replay when it is claimed again.
      const absl::Status erased = context.unclaimed_acts->Erase(rows);
      erased.ok() ? call->Finish() : call->Fail(erased);
    });
  }
}

// Holder, citizen and place of a call; the draft is refused when one of them is wrong.
UnclaimedHolder ReadClaim(const Context& context, const ClaimCall& call, Draft& draft) {
  const v1::ClaimActsRequest& request = call->request();
  const UnclaimedHolder holder =
      ReadHolder(context, call->caller(), request.has_holder(), request.holder(), draft);
  // A user's account is found with each act: it depends on the asset of its budget.
  draft.ReadCitizen(request.account(), request.platform_user_id(), nullptr,
                    [](Entry&, AccountNo) {});
  if (!request.page_token().empty() && !ParsePageToken(holder.hash, request.page_token())) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
  }
  return holder;
}

void StartClaim(const Context& context, ClaimCall call) {
  const v1::ClaimActsRequest& request = call->request();
  const auto registry = context.engine.registry();
  std::vector<Draft> drafts;
  drafts.emplace_back(context, call->caller(), registry);
  const UnclaimedHolder holder = ReadClaim(context, call, drafts.front());
  if (const absl::Status found = ResolveAccounts(context.engine.store(), drafts); !found.ok()) {
    call->Fail(found);
    return;
  }
  if (drafts.front().refusal().has_value()) {
    call->Refuse(*drafts.front().refusal());
    return;
  }
  auto page = context.unclaimed_acts->List(holder, kMaxClaimed,
                                           ParsePageToken(holder.hash, request.page_token()));
  if (!page.ok()) {
    call->Fail(page.status());
    return;
  }
  if (page->rows.empty()) {
    call->Finish();
    return;
  }
  MutationOptions options;
  options.validate_only = request.validate_only();
  options.deadline = DeadlineOf(call->context());
  const auto claim = std::make_shared<Claim>(Claim{std::move(call), *std::move(page), {}});
  drafts.clear();
  for (const KeptRow& row : claim->page.rows) {
    claim->awards.push_back(AwardOf(row.act, request));
    drafts.push_back(ReadAward(context, claim->call->caller(), registry, claim->awards.back()));
    drafts.back().entry().mutable_earning()->set_kept_micros(row.act.received.value());
    options.bytes += claim->awards.back().ByteSizeLong();
  }
  Mutate(context, std::move(drafts), options,
         [&context, claim](absl::StatusOr<std::vector<sequencer::Outcome>> outcomes) {
           outcomes.ok() ? EndClaim(context, *claim, *outcomes)
                         : claim->call->Fail(outcomes.status());
         });
}

// --- looking and deleting ---

void StartList(const Context& context, ListCall call) {
  const v1::ListUnclaimedActsRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  const UnclaimedHolder holder =
      ReadHolder(context, call->caller(), request.has_holder(), request.holder(), draft);
  const auto from = ParsePageToken(holder.hash, request.page_token());
  if (request.page_size() < 0) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "page_size"));
  }
  if (!request.page_token().empty() && !from.has_value()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
  }
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto page = context.unclaimed_acts->List(
      holder, static_cast<std::size_t>(PageSize(request.page_size())), from);
  if (!page.ok()) {
    call->Fail(page.status());
    return;
  }
  for (const KeptRow& row : page->rows) {
    FillAct(row.act, *call->response().add_acts());
  }
  if (page->next.has_value()) {
    call->response().set_next_page_token(FormatPageToken(*page->next));
  }
  call->Finish();
}

void StartDelete(const Context& context, DeleteCall call) {
  const v1::DeleteUnclaimedActsRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  const UnclaimedHolder holder =
      ReadHolder(context, call->caller(), request.has_holder(), request.holder(), draft);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const bool posted = context.unclaimed_acts->Post([&context, call, holder] {
    const auto deleted = context.unclaimed_acts->EraseAll(holder);
    if (!deleted.ok()) {
      call->Fail(deleted.status());
      return;
    }
    call->response().set_deleted(*deleted);
    call->Finish();
  });
  if (!posted) {
    call->Refuse(Refusal(Reason::kQueueFull));
  }
}

class Service final : public RawMethods<v1::UnclaimedActsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* BatchKeepActs(grpc::CallbackServerContext* server,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartBatchKeep);
  }

  grpc::ServerUnaryReactor* ClaimActs(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartClaim);
  }

  grpc::ServerUnaryReactor* ListUnclaimedActs(grpc::CallbackServerContext* server,
                                              const grpc::ByteBuffer* in,
                                              grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartList);
  }

  grpc::ServerUnaryReactor* DeleteUnclaimedActs(grpc::CallbackServerContext* server,
                                                const grpc::ByteBuffer* in,
                                                grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartDelete);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewUnclaimedActsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
