// LoadsService: opening balances from an older system.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/books/load_drafts.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/loads.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kWriters = static_cast<std::uint8_t>(static_cast<std::uint8_t>(Role::kAdmin) |
                                                    static_cast<std::uint8_t>(Role::kAccountant));
constexpr auto kReaders =
    static_cast<std::uint8_t>(kWriters | static_cast<std::uint8_t>(Role::kAuditor));

template <typename Base>
using RawMethods = v1::LoadsService::WithRawCallbackMethod_OpenLoad<
    v1::LoadsService::WithRawCallbackMethod_BatchStateBalances<
        v1::LoadsService::WithRawCallbackMethod_SealLoad<
            v1::LoadsService::WithRawCallbackMethod_DropLoad<
                v1::LoadsService::WithRawCallbackMethod_BatchCreditBalances<
                    v1::LoadsService::WithRawCallbackMethod_GetLoad<
                        v1::LoadsService::WithRawCallbackMethod_ListLoads<Base>>>>>>>;

// --- answers ---

v1::LoadState ShownState(LoadState state) {
  switch (state) {
    case LoadState::kOpen:
      return v1::LOAD_STATE_OPEN;
    case LoadState::kSealed:
      return v1::LOAD_STATE_SEALED;
    case LoadState::kDropped:
      return v1::LOAD_STATE_DROPPED;
  }
  return v1::LOAD_STATE_UNSPECIFIED;
}

void FillTotals(std::uint64_t accounts, Amount points, Amount grams, v1::LoadTotals& out) {
  out.set_accounts(accounts);
  out.set_points(points.units());
  out.set_grams(grams.units());
}

// `totals`: nothing was stated yet when there are none.
void FillLoad(const Registry& registry, const loads::Load& load,
              const std::optional<LoadTotals>& totals, v1::Load& out) {
  const LoadTotals now = totals.value_or(LoadTotals{});
  out.set_name(absl::StrCat(std::string(kLoadNames), load.code));
  out.set_number(load.number.value());
  if (const Asset* asset = registry.Find(load.asset)) {
    out.set_asset(absl::StrCat("assets/", asset->code));
  }
  out.set_as_of_date(FormatDate(load.as_of));
  out.set_file_sha256(std::string(load.file_sha256.view()));
  out.set_state(ShownState(now.state));
  FillTotals(load.control.accounts, load.control.points, load.control.grams,
             *out.mutable_control());
  FillTotals(now.accounts, now.points, now.grams, *out.mutable_stated());
  out.set_credited_accounts(now.credited);
  out.set_entry_index(load.entry.value());
}

// How far the loads are, in their order.
absl::StatusOr<std::vector<std::optional<LoadTotals>>> ReadTotals(
    const Context& context, const std::vector<const loads::Load*>& loads) {
  std::vector<EntryIndex> entries;
  for (const loads::Load* load : loads) {
    entries.push_back(load->entry);
  }
  const auto found = context.engine.store().ReadUndone(entries);
  if (!found.ok()) {
    return found.status();
  }
  std::vector<std::optional<LoadTotals>> totals;
  for (const std::optional<Undone>& undone : *found) {
    totals.push_back(undone.has_value() ? undone->load : std::nullopt);
  }
  return totals;
}

// --- methods ---

using OpenCall = CallPointer<v1::OpenLoadRequest, v1::OpenLoadResponse>;

// A replay shows the load as it is now.
absl::Status FillOpened(const Context& context, const sequencer::Accepted& accepted,
                        bool validate_only, v1::OpenLoadResponse& out) {
  const entry::v1::LoadOpening& made = accepted.entry.load_opening();
  const loads::Load load{LoadNo(made.number()),
                         made.code(),
                         AssetNo(made.asset()),
                         BusinessDate(made.as_of_date()),
                         Hash256::FromView(made.file_sha256()),
                         {made.accounts(), Amount(made.points()), Amount(made.grams())},
                         accepted.index};
  const bool written = !validate_only || accepted.replayed;
  std::optional<LoadTotals> totals;
  if (written) {
    const auto read = ReadTotals(context, {&load});
    if (!read.ok()) {
      return read.status();
    }
    totals = read->front();
  }
  FillLoad(*context.engine.registry(), load, totals, *out.mutable_load());
  if (!written) {
    out.mutable_load()->clear_entry_index();
  }
  FillOutcome(accepted, validate_only, out);
  return absl::OkStatus();
}

void StartOpen(const Context& context, OpenCall call) {
  Draft draft = ReadOpening(context, call->caller(), call->request());
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::OpenLoadRequest& asked, const sequencer::Accepted& accepted,
                       v1::OpenLoadResponse& out) {
              return FillOpened(context, accepted, asked.validate_only(), out);
            });
}

using StateCall = CallPointer<v1::BatchStateBalancesRequest, v1::BatchStateBalancesResponse>;

void StartState(const Context& context, StateCall call) {
  MutateBatch(
      context, std::move(call),
      [&context](const Caller& caller, const auto& registry,
                 const v1::StateBalanceRequest& request) {
        return ReadBalance(context, caller, registry, request);
      },
      [](const v1::StateBalanceRequest&, const sequencer::Accepted& accepted, bool validate_only,
         v1::StateBalanceResult& result) {
        v1::StateBalanceResponse& out = *result.mutable_balance();
        FillOutcome(accepted, validate_only, out);
        FillRecordTime(accepted, out);
        std::int64_t points = 0;
        for (const entry::v1::LotPart& lot : accepted.entry.opening_balance().lots()) {
          points += lot.points();
        }
        out.set_points(points);
      });
}

// A seal or a drop.
template <typename Request, typename Response>
void StartClosing(const Context& context, CallPointer<Request, Response> call,
                  entry::v1::LoadStep step) {
  const Request& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::LoadClosing& closing = *draft.entry().mutable_load_closing();
  closing.set_step(step);
  if (const loads::Load* load = ReadLoad(draft, request.name(), "name")) {
    closing.set_target(load->entry.value());
  }
  MutateOne(context, std::move(call), std::move(draft),
            [](const Request& asked, const sequencer::Accepted& accepted, Response& out) {
              FillDone(asked, accepted, out);
              const entry::v1::LoadClosing& made = accepted.entry.load_closing();
              FillTotals(made.accounts(), Amount(made.points()), Amount(made.grams()),
                         *out.mutable_stated());
            });
}

void StartSeal(const Context& context,
               CallPointer<v1::SealLoadRequest, v1::SealLoadResponse> call) {
  StartClosing(context, std::move(call), entry::v1::LOAD_STEP_SEAL);
}

void StartDrop(const Context& context,
               CallPointer<v1::DropLoadRequest, v1::DropLoadResponse> call) {
  StartClosing(context, std::move(call), entry::v1::LOAD_STEP_DROP);
}

using CreditCall = CallPointer<v1::BatchCreditBalancesRequest, v1::BatchCreditBalancesResponse>;

void StartCredit(const Context& context, CreditCall call) {
  if (auto refusal = RefusedBySize(call->request().requests_size())) {
    call->Refuse(*refusal);
    return;
  }
  auto stated = FindStated(context, call->caller().number, call->request());
  if (!stated.ok()) {
    call->Fail(stated.status());
    return;
  }
  MutateBatch(
      context, std::move(call),
      [&context, &stated](const Caller& caller, const auto& registry,
                          const v1::CreditBalanceRequest& request) {
        return ReadCredit(context, caller, registry, *stated, request);
      },
      [&context](const v1::CreditBalanceRequest&, const sequencer::Accepted& accepted,
                 bool validate_only, v1::CreditBalanceResult& result) {
        return FillMoved(context, accepted, validate_only, *result.mutable_credit()).status();
      });
}

using GetCall = CallPointer<v1::GetLoadRequest, v1::GetLoadResponse>;

// The account is read first: what is credited meanwhile shows in the totals and not in it.
void ReadOne(const Context& context, GetCall call) {
  Draft reader(context, call->caller(), context.engine.registry());
  const loads::Load* load = ReadLoad(reader, call->request().name(), "name");
  if (load == nullptr) {
    call->Refuse(*reader.refusal());
    return;
  }
  const loads::Register& all = loads::LoadsOf(reader.registry());
  const auto account = context.engine.store().ReadAccountAsOf(all.OpeningAccount(load->asset));
  std::vector<const loads::Load*> of_asset;
  for (const loads::Load& one : all.loads()) {
    if (one.asset == load->asset) {
      of_asset.push_back(&one);
    }
  }
  const auto totals = ReadTotals(context, of_asset);
  if (!account.ok() || !totals.ok()) {
    call->Fail(account.ok() ? totals.status() : account.status());
    return;
  }
  v1::GetLoadResponse& out = call->response();
  std::int64_t sealed = 0;
  for (std::size_t i = 0; i < of_asset.size(); ++i) {
    const std::optional<LoadTotals>& now = (*totals)[i];
    if (of_asset[i] == load) {
      FillLoad(reader.registry(), *load, now, *out.mutable_load());
    }
    if (now.has_value() && now->state == LoadState::kSealed &&
        __builtin_add_overflow(sealed, now->points.units(), &sealed)) {
      sealed = INT64_MAX;
    }
  }
  out.set_sealed_points(sealed);
  out.set_opening_balance(account->account.balance.units());
  out.set_as_of_index(account->size - 1);
  call->Finish();
}

using ListCall = CallPointer<v1::ListLoadsRequest, v1::ListLoadsResponse>;

// A page token is the number of the load to go on with.
void List(const Context& context, ListCall call) {
  const v1::ListLoadsRequest& request = call->request();
  Draft reader(context, call->caller(), context.engine.registry());
  reader.ReadNumber(request.page_size(), 0, INT32_MAX, "page_size");
  const auto token = request.page_token().empty() ? std::optional<std::uint64_t>(0)
                                                  : ParseTokenNumber(request.page_token());
  if (!token.has_value()) {
    reader.Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
  }
  const Asset* asset =
      request.asset().empty() ? nullptr : reader.ReadAsset(request.asset(), "asset");
  if (reader.refusal().has_value()) {
    call->Refuse(*reader.refusal());
    return;
  }
  const std::uint64_t size = context.engine.durable_size();
  const auto page = static_cast<std::size_t>(PageSize(request.page_size()));
  std::vector<const loads::Load*> rows;
  for (const loads::Load& load : loads::LoadsOf(reader.registry()).loads()) {
    if (load.number.value() < *token || (asset != nullptr && load.asset != asset->number)) {
      continue;
    }
    if (rows.size() == page) {
      call->response().set_next_page_token(std::to_string(load.number.value()));
      break;
    }
    rows.push_back(&load);
  }
  const auto totals = ReadTotals(context, rows);
  if (!totals.ok()) {
    call->Fail(totals.status());
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    FillLoad(reader.registry(), *rows[i], (*totals)[i], *call->response().add_loads());
  }
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

class Service final : public RawMethods<v1::LoadsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* OpenLoad(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kWriters, server, in, out, StartOpen);
  }
  grpc::ServerUnaryReactor* BatchStateBalances(grpc::CallbackServerContext* server,
                                               const grpc::ByteBuffer* in,
                                               grpc::ByteBuffer* out) override {
    return Serve(context_, kWriters, server, in, out, StartState);
  }
  grpc::ServerUnaryReactor* SealLoad(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kWriters, server, in, out, StartSeal);
  }
  grpc::ServerUnaryReactor* DropLoad(grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kWriters, server, in, out, StartDrop);
  }
  grpc::ServerUnaryReactor* BatchCreditBalances(grpc::CallbackServerContext* server,
                                                const grpc::ByteBuffer* in,
                                                grpc::ByteBuffer* out) override {
    return Serve(context_, kWriters, server, in, out, StartCredit);
  }
  grpc::ServerUnaryReactor* GetLoad(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kReaders, server, in, out, ReadOne);
  }
  grpc::ServerUnaryReactor* ListLoads(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kReaders, server, in, out, List);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewLoadsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
