// HouseholdsService: the service itself; open, invite, accept, leave, limit, contribute, read.
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/random_id.h"
#include "services/rpc/services.h"
#include "services/rpc/services/households/goals.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/households.grpc.pb.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr auto kPlatform = static_cast<std::uint8_t>(Role::kPlatform);
// But another city's, which sees nothing of people here.
constexpr auto kAnyRole = static_cast<std::uint8_t>(~static_cast<std::uint8_t>(Role::kCity));

template <typename Base>
using RawChanges = v1::HouseholdsService::WithRawCallbackMethod_Invite<
    v1::HouseholdsService::WithRawCallbackMethod_Accept<
        v1::HouseholdsService::WithRawCallbackMethod_Leave<
            v1::HouseholdsService::WithRawCallbackMethod_SetLimit<Base>>>>;
template <typename Base>
using RawGoals = v1::HouseholdsService::WithRawCallbackMethod_ClaimGoalReward<
    v1::HouseholdsService::WithRawCallbackMethod_ListGoals<Base>>;
template <typename Base>
using RawMethods = v1::HouseholdsService::WithRawCallbackMethod_Create<
    v1::HouseholdsService::WithRawCallbackMethod_Contribute<
        v1::HouseholdsService::WithRawCallbackMethod_Get<RawGoals<RawChanges<Base>>>>>;

using CreateCall =
    CallPointer<v1::HouseholdsServiceCreateRequest, v1::HouseholdsServiceCreateResponse>;
using GetCall = CallPointer<v1::HouseholdsServiceGetRequest, v1::HouseholdsServiceGetResponse>;

// Names of the members and what they put in, besides the account itself.
absl::Status FillMembers(const Context& context, const Caller& caller, const Account& account,
                         LedgerTime now, v1::Household& out) {
  std::vector<AccountNo> numbers;
  for (const Member& member : account.members) {
    numbers.push_back(member.account);
  }
  const auto accounts = context.engine.store().ReadAccounts(numbers);
  if (!accounts.ok()) {
    return accounts.status();
  }
  for (std::size_t i = 0; i < account.members.size(); ++i) {
    const Member& member = account.members[i];
    v1::HouseholdMember& shown = *out.add_members();
    if ((*accounts)[i].has_value()) {
      shown.set_account(AccountName(context, caller, *(*accounts)[i]));
    }
    shown.set_joined(member.joined);
    shown.set_daily_limit(member.daily_limit.units());
    shown.set_spent_today(member.spent.On(ShanghaiDate(now)).units());
    for (const Lot& lot : account.lots) {
      if (lot.key.contributor == member.account) {
        shown.set_contributed(shown.contributed() + lot.points.units());
      }
    }
  }
  return absl::OkStatus();
}

absl::Status FillHousehold(const Context& context, const Caller& caller, AccountNo number,
                           const Account& account, LedgerTime now, v1::Household& out) {
  const absl::Status filled = FillAccount(context, caller, number, account, *out.mutable_account());
  return filled.ok() ? FillMembers(context, caller, account, now, out) : filled;
}

// The household as it was opened, so that a replay answers the same.
absl::Status FillOpened(const Context& context, const Caller& caller,
                        const v1::HouseholdsServiceCreateRequest& asked,
                        const sequencer::Accepted& accepted,
                        v1::HouseholdsServiceCreateResponse& out) {
  const pb::HouseholdOpening& opening = accepted.entry.household_opening();
  Account account;
  account.kind = AccountKind::kHousehold;
  account.asset = AssetNo(opening.asset());
  account.id = AccountId::FromView(opening.account_id());
  account.members.push_back(Member{AccountNo(opening.head()), true, kMaxPostingAmount, {}});
  const absl::Status filled =
      FillHousehold(context, caller, AccountNo(opening.number()), account,
                    LedgerTime(accepted.entry.recorded_micros()), *out.mutable_household());
  if (asked.validate_only() && !accepted.replayed) {
    out.mutable_household()->mutable_account()->clear_name();
    out.mutable_household()->mutable_account()->clear_number();
  }
  FillDone(asked, accepted, out);
  return filled;
}

void StartCreate(const Context& context, CreateCall call) {
  const v1::HouseholdsServiceCreateRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  draft.entry().mutable_household_opening();
  if (const Asset* asset = draft.ReadAsset(request.asset(), "asset")) {
    draft.entry().mutable_household_opening()->set_asset(asset->number.value());
  }
  draft.ReadAccount(request.head(), "head", [](Entry& entry, AccountNo number) {
    entry.mutable_household_opening()->set_head(number.value());
  });
  // Not part of what was asked: a retry draws another id and still is the same.
  draft.CompleteWith([](Command& command) {
    command.draft.mutable_household_opening()->set_account_id(RandomId());
  });
  const Caller caller = call->caller();
  MutateOne(context, std::move(call), std::move(draft),
            [&context, caller](const v1::HouseholdsServiceCreateRequest& asked,
                               const sequencer::Accepted& accepted,
                               v1::HouseholdsServiceCreateResponse& out) {
              return FillOpened(context, caller, asked, accepted, out);
            });
}

void SetActing(Entry& entry, AccountNo number) {
  entry.mutable_household_change()->set_acting(number.value());
}

// Household and member, and who acts: without a name of its own, the member.
template <typename Request>
Draft ReadChange(const Context& context, const Caller& caller, const Request& request,
                 pb::HouseholdAction action) {
  Draft draft(context, caller, context.engine.registry());
  ReadStamp(request, draft);
  draft.entry().mutable_household_change()->set_action(action);
  draft.ReadAccount(
      request.household(), "household",
      [](Entry& entry, AccountNo number) {
        entry.mutable_household_change()->set_household(number.value());
      },
      NamedTo::kTakePart);
  draft.ReadAccount(
      request.member(), "member",
      [](Entry& entry, AccountNo number) {
        entry.mutable_household_change()->set_member(number.value());
        SetActing(entry, number);
      },
      request.acting_account().empty() ? NamedTo::kAct : NamedTo::kTakePart);
  draft.ReadActing(request.acting_account(), SetActing);
  return draft;
}

// The same for what only the head may do, with a limit.
template <typename Request>
Draft ReadLimit(const Context& context, const Caller& caller, const Request& request,
                pb::HouseholdAction action) {
  Draft draft = ReadChange(context, caller, request, action);
  if (request.acting_account().empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "acting_account"));
  }
  draft.entry().mutable_household_change()->set_daily_limit(
      draft.ReadNumber(request.daily_limit(), 0, kMaxPostingAmount.units(), "daily_limit"));
  return draft;
}

void StartInvite(const Context& context, CallPointer<v1::InviteRequest, v1::InviteResponse> call) {
  Draft draft = ReadLimit(context, call->caller(), call->request(), pb::HOUSEHOLD_ACTION_INVITE);
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::InviteRequest, v1::InviteResponse>);
}

void StartAccept(const Context& context, CallPointer<v1::AcceptRequest, v1::AcceptResponse> call) {
  Draft draft = ReadChange(context, call->caller(), call->request(), pb::HOUSEHOLD_ACTION_ACCEPT);
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::AcceptRequest, v1::AcceptResponse>);
}

void StartLeave(const Context& context, CallPointer<v1::LeaveRequest, v1::LeaveResponse> call) {
  Draft draft = ReadChange(context, call->caller(), call->request(), pb::HOUSEHOLD_ACTION_LEAVE);
  MutateOne(context, std::move(call), std::move(draft), MovedBy(context));
}

void StartLimit(const Context& context,
                CallPointer<v1::SetLimitRequest, v1::SetLimitResponse> call) {
  Draft draft = ReadLimit(context, call->caller(), call->request(), pb::HOUSEHOLD_ACTION_LIMIT);
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::SetLimitRequest, v1::SetLimitResponse>);
}

void StartContribute(const Context& context,
                     CallPointer<v1::ContributeRequest, v1::ContributeResponse> call) {
  const v1::ContributeRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  draft.entry().mutable_contribution()->set_points(draft.ReadAmount(request.points(), "points"));
  draft.ReadAccount(
      request.household(), "household",
      [](Entry& entry, AccountNo number) {
        entry.mutable_contribution()->set_household(number.value());
      },
      NamedTo::kTakePart);
  draft.ReadAccount(request.member(), "member", [](Entry& entry, AccountNo number) {
    entry.mutable_contribution()->set_member(number.value());
  });
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::ContributeRequest& asked, const sequencer::Accepted& accepted,
                       v1::ContributeResponse& out) {
              const AccountNo number(accepted.entry.contribution().household());
              const auto household =
                  AfterOf(context, ToldBy(accepted, asked.validate_only()), number);
              if (!household.ok()) {
                return household.status();
              }
              out.set_household_balance(household->available);
              return FillMoved(context, accepted, asked.validate_only(), out).status();
            });
}

void ReadHousehold(const Context& context, GetCall call) {
  const auto number = FindByName(context, call, call->request().name(), "name");
  if (!number.has_value()) {
    return;
  }
  const auto household = ReadVisible(context, call, *number, "name");
  if (!household.has_value()) {
    return;
  }
  if (household->account.kind != AccountKind::kHousehold) {
    call->Refuse(Refusal(Reason::kUnknownAccount, "name"));
    return;
  }
  const absl::Status filled = FillHousehold(context, call->caller(), *number, household->account,
                                            household->time, *call->response().mutable_household());
  if (!filled.ok()) {
    call->Fail(filled);
    return;
  }
  call->response().set_as_of_index(household->size - 1);
  call->Finish();
}

class Service final : public RawMethods<v1::HouseholdsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartCreate);
  }

  grpc::ServerUnaryReactor* Invite(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartInvite);
  }

  grpc::ServerUnaryReactor* Accept(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                   grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartAccept);
  }

  grpc::ServerUnaryReactor* Leave(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                  grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartLeave);
  }

  grpc::ServerUnaryReactor* SetLimit(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartLimit);
  }

  grpc::ServerUnaryReactor* Contribute(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartContribute);
  }

  grpc::ServerUnaryReactor* ClaimGoalReward(grpc::CallbackServerContext* server,
                                            const grpc::ByteBuffer* in,
                                            grpc::ByteBuffer* out) override {
    return Serve(context_, kPlatform, server, in, out, StartClaimGoalReward);
  }

  grpc::ServerUnaryReactor* ListGoals(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, rpc::ListGoals);
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, ReadHousehold);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewHouseholdsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
