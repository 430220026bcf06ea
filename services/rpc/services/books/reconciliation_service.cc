// ReconciliationService: day files (对账单) for those who compare them with their own books.
#include <atomic>

#include "services/reconciliation/day_file.h"
#include "services/rpc/draft.h"
#include "services/rpc/services.h"
#include "services/rpc/services/books/day_export.h"
#include "tanhui/v1/reports.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAnyRole = std::uint8_t{0};
// Each keeps a thread and a disk busy for its time.
constexpr int kMostExports = 2;

template <typename Base>
using RawMethods = v1::ReconciliationService::WithRawCallbackMethod_ExportDay<Base>;

class Service final : public RawMethods<v1::ReconciliationService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* ExportDay(grpc::CallbackServerContext* server,
                                                        const grpc::ByteBuffer* in) override {
    return ServeStream<v1::ExportDayRequest, v1::ExportDayResponse>(
        context_, kAnyRole, server, in,
        [this](const std::shared_ptr<StreamCall>& call, const v1::ExportDayRequest& request,
               const Caller& caller) { Export(call, request, caller); });
  }

 private:
  void Export(const std::shared_ptr<StreamCall>& call, const v1::ExportDayRequest& request,
              const Caller& caller) {
    const auto registry = context_.engine.registry();
    Draft reader(context_, caller, registry);
    DayExportQuestion question;
    if (!request.participant().empty()) {
      const Participant* participant = reader.ReadParticipant(request.participant(), "participant");
      question.participant = participant == nullptr ? ParticipantNo(0) : participant->number;
    }
    if (const Scheme* scheme = reader.ReadScheme(request.scheme(), "scheme")) {
      question.scheme = scheme->number;
    }
    question.day = BusinessDate(reader.ReadDate(request.date(), true, "date"));
    const bool reads_all = caller.roles.Has(Role::kAdmin) || caller.roles.Has(Role::kAuditor);
    if (question.participant != caller.number && !reads_all) {
      call->Refuse(Refusal(Reason::kPermissionDenied, "participant"));
      return;
    }
    if (reader.refusal().has_value()) {
      call->Refuse(*reader.refusal());
      return;
    }
    auto slot = TakeSlot();
    if (slot == nullptr) {
      call->Refuse(
          Refusal(Reason::kQueueFull).With("problem", "other day files are being made; ask again"));
      return;
    }
    call->Begin(std::make_unique<DayExport>(context_, registry, question, std::move(slot)));
  }

  // Null when all are taken.
  std::shared_ptr<void> TakeSlot() {
    if (exports_->fetch_add(1) >= kMostExports) {
      exports_->fetch_sub(1);
      return nullptr;
    }
    return {exports_.get(), [exports = exports_](void*) { exports->fetch_sub(1); }};
  }

  const Context& context_;
  const std::shared_ptr<std::atomic<int>> exports_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace

std::unique_ptr<grpc::Service> NewReconciliationService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
