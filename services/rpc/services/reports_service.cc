// ReportsService: sums over all accounts, and of accounting months.
#include <mutex>

#include "ledger/points/liability.h"
#include "services/rpc/account_view.h"
#include "services/rpc/draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/services.h"
#include "services/rpc/services/books/trial_balance.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/reports.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kReaders = static_cast<std::uint8_t>(static_cast<std::uint8_t>(Role::kAdmin) |
                                                    static_cast<std::uint8_t>(Role::kAuditor));
// Between two looks at the call's deadline.
constexpr std::uint64_t kAccountsPerLook = 4'096;

constexpr auto kBookReaders =
    static_cast<std::uint8_t>(kReaders | static_cast<std::uint8_t>(Role::kAccountant));

template <typename Base>
using RawMethods = v1::ReportsService::WithRawCallbackMethod_GetLiability<
    v1::ReportsService::WithRawCallbackMethod_GetTrialBalance<Base>>;

using LiabilityCall = CallPointer<v1::GetLiabilityRequest, v1::GetLiabilityResponse>;

void FillLiability(const Registry& registry, const points::Liability& report,
                   v1::GetLiabilityResponse& out) {
  for (const auto& [key, row] : report.rows()) {
    v1::LiabilityRow& shown = *out.add_rows();
    shown.set_expiry_date(ExpiryDate(key.expiry));
    shown.set_funder(ParticipantName(registry, key.funder));
    shown.set_available(row.free.units());
    shown.set_held(row.held.units());
    shown.set_grams(row.grams);
  }
  out.set_available(report.available().units());
  out.set_expired_unswept(report.expired().units());
  out.set_held(report.held().units());
  out.set_debt(report.debt().units());
  out.set_issuance(report.total(AccountKind::kIssuance).units());
  out.set_budgets(report.total(AccountKind::kBudget).units());
  out.set_merchants(report.total(AccountKind::kMerchant).units());
  out.set_charities(report.total(AccountKind::kCharity).units());
  out.set_expired(report.total(AccountKind::kExpiry).units());
  out.set_opening(report.total(AccountKind::kOpening).units());
  out.set_balanced(report.Balanced());
}

class Service final : public RawMethods<v1::ReportsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* GetLiability(grpc::CallbackServerContext* server,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override {
    return ServeUnary<v1::GetLiabilityRequest, v1::GetLiabilityResponse>(
        context_, kReaders, server, in, out,
        [this](LiabilityCall call) { Report(std::move(call)); });
  }

  grpc::ServerUnaryReactor* GetTrialBalance(grpc::CallbackServerContext* server,
                                            const grpc::ByteBuffer* in,
                                            grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetTrialBalanceRequest, v1::GetTrialBalanceResponse>;
    return ServeUnary<v1::GetTrialBalanceRequest, v1::GetTrialBalanceResponse>(
        context_, kBookReaders, server, in, out,
        [this](Call call) { ReportTrialBalance(context_, std::move(call)); });
  }

 private:
  // A scan keeps a thread and a disk busy: one at a time, so that reports cannot starve the rest.
  void Report(LiabilityCall call) {
    Draft reader(context_, call->caller(), context_.engine.registry());
    const Asset* asset = reader.ReadAsset(call->request().asset(), "asset");
    if (asset == nullptr) {
      call->Refuse(*reader.refusal());
      return;
    }
    const std::unique_lock<std::mutex> only(scanning_, std::try_to_lock);
    if (!only.owns_lock()) {
      call->Refuse(
          Refusal(Reason::kQueueFull).With("problem", "another report is being made; ask again"));
      return;
    }
    const auto now = ReadingTime(context_);
    if (!now.ok()) {
      call->Fail(now.status());
      return;
    }
    points::Liability report(asset->number, asset->terms, *now);
    const auto head = Scan(DeadlineOf(call->context()), report);
    if (!head.ok()) {
      absl::IsDeadlineExceeded(head.status()) ? call->Refuse(Refusal(Reason::kDeadlineExceeded))
                                              : call->Fail(head.status());
      return;
    }
    FillLiability(reader.registry(), report, call->response());
    call->response().set_as_of_index(head->head.size - 1);
    *call->response().mutable_as_of_time() = ToTimestamp(*now);
    call->Finish();
  }

  // Adds every account. DeadlineExceeded when the deadline comes first, otherwise what the store
  // says.
  absl::StatusOr<store::StoredHead> Scan(std::chrono::steady_clock::time_point deadline,
                                         points::Liability& report) const {
    std::uint64_t seen = 0;
    return context_.engine.store().ScanAccountsAsOf(
        [&](AccountNo, const Account& account) -> absl::Status {
          if (seen++ % kAccountsPerLook == 0 && std::chrono::steady_clock::now() > deadline) {
            return absl::DeadlineExceededError("the report took longer than the call may");
          }
          report.Add(account);
          return absl::OkStatus();
        });
  }

  const Context& context_;
  std::mutex scanning_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewReportsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
