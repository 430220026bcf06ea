// PeriodsService: closing accounting months, and their vouchers.
#include <optional>

#include "ledger/core/books/calendar.h"
#include "services/rpc/draft.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/books/trial_balance.h"
#include "services/rpc/services/books/voucher_source.h"
#include "tanhui/v1/periods.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kClosers = static_cast<std::uint8_t>(static_cast<std::uint8_t>(Role::kAdmin) |
                                                    static_cast<std::uint8_t>(Role::kAccountant));
constexpr auto kReaders =
    static_cast<std::uint8_t>(kClosers | static_cast<std::uint8_t>(Role::kAuditor));
// Of one scheme in one answer; two hundred years.
constexpr std::uint32_t kMostMonths = 2'400;

template <typename Base>
using RawMethods = v1::PeriodsService::WithRawCallbackMethod_ClosePeriod<
    v1::PeriodsService::WithRawCallbackMethod_ListPeriods<
        v1::PeriodsService::WithRawCallbackMethod_ExportVouchers<Base>>>;

using CloseCall = CallPointer<v1::ClosePeriodRequest, v1::ClosePeriodResponse>;
using ListCall = CallPointer<v1::ListPeriodsRequest, v1::ListPeriodsResponse>;

absl::Status FillClosed(const Context& context, const sequencer::Accepted& accepted,
                        v1::ClosePeriodResponse& out) {
  const auto lines = LinesOf(accepted.entry.period_closing());
  if (!lines.ok()) {
    return lines.status();
  }
  const auto registry = context.engine.registry();
  for (const periods::Line& line : *lines) {
    FillLine(*registry, line, *out.add_lines());
  }
  return absl::OkStatus();
}

void Close(const Context& context, CloseCall call) {
  const v1::ClosePeriodRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::PeriodClosing& closing = *draft.entry().mutable_period_closing();
  if (const Scheme* scheme = draft.ReadScheme(request.scheme(), "scheme")) {
    closing.set_scheme(scheme->number.value());
  }
  closing.set_month(ReadMonth(draft, request.month()).value());
  MutateOne(context, std::move(call), std::move(draft),
            [&context](const v1::ClosePeriodRequest& asked, const sequencer::Accepted& accepted,
                       v1::ClosePeriodResponse& out) {
              FillDone(asked, accepted, out);
              return FillClosed(context, accepted, out);
            });
}

absl::Status FillPeriods(const Context& context, const OpenMonths& open, SchemeNo scheme,
                         v1::ListPeriodsResponse& out) {
  const periods::ClosedMonths* closed = periods::CalendarOf(*open.registry).Find(scheme);
  std::optional<Month> next = periods::FirstMonthOf(*open.registry, open.rows, scheme);
  if (closed != nullptr) {
    next = closed->next();
    out.set_first_open_date(FormatDate(FirstDayOf(closed->next())));
  }
  for (std::uint32_t i = 0; closed != nullptr && i < closed->closings.size(); ++i) {
    const auto entry = ReadEntry(context, closed->closings[i]);
    if (!entry.ok()) {
      return entry.status();
    }
    v1::Period& period = *out.add_periods();
    period.set_month(FormatMonth(Plus(closed->first, i)));
    period.set_closed(true);
    period.set_closing_index(closed->closings[i].value());
    *period.mutable_closing_time() = ToTimestamp(LedgerTime(entry->recorded_micros()));
  }
  Month last = Month(0);
  for (const PeriodTable::Row& row : open.rows) {
    const Asset* asset = open.registry->Find(row.key.asset);
    if (asset != nullptr && asset->scheme == scheme) {
      last = std::max(last, row.key.month);
    }
  }
  for (std::uint32_t i = 0; next.has_value() && Plus(*next, i) <= last && i < kMostMonths; ++i) {
    out.add_periods()->set_month(FormatMonth(Plus(*next, i)));
  }
  out.set_as_of_index(open.size - 1);
  return absl::OkStatus();
}

void List(const Context& context, ListCall call) {
  Draft reader(context, call->caller(), context.engine.registry());
  const Scheme* scheme = reader.ReadScheme(call->request().scheme(), "scheme");
  if (scheme == nullptr) {
    call->Refuse(*reader.refusal());
    return;
  }
  const auto open = ReadOpenMonths(context, scheme->number);
  const absl::Status status =
      open.ok() ? FillPeriods(context, *open, scheme->number, call->response()) : open.status();
  status.ok() ? call->Finish() : call->Fail(status);
}

void Export(const Context& context, const std::shared_ptr<StreamCall>& call,
            const v1::ExportVouchersRequest& request, const Caller& caller) {
  const auto registry = context.engine.registry();
  Draft reader(context, caller, registry);
  const Scheme* scheme = reader.ReadScheme(request.scheme(), "scheme");
  const Month month = ReadMonth(reader, request.month());
  if (reader.refusal().has_value()) {
    call->Refuse(*reader.refusal());
    return;
  }
  const auto closing = periods::CalendarOf(*registry).ClosingOf(scheme->number, month);
  if (!closing.has_value()) {
    call->Refuse(Refusal(Reason::kPeriodNotOver, "month")
                     .With("month", FormatMonth(month))
                     .With("problem", "vouchers are made of closed months; close it first"));
    return;
  }
  auto source = VoucherSource::Open(context, registry, *scheme, month, *closing);
  if (auto* ready = std::get_if<std::unique_ptr<VoucherSource>>(&source)) {
    call->Begin(std::move(*ready));
  } else {
    call->Refuse(std::get<Refusal>(source));
  }
}

class Service final : public RawMethods<v1::PeriodsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* ClosePeriod(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    return ServeUnary<v1::ClosePeriodRequest, v1::ClosePeriodResponse>(
        context_, kClosers, server, in, out,
        [this](CloseCall call) { Close(context_, std::move(call)); });
  }

  grpc::ServerUnaryReactor* ListPeriods(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    return ServeUnary<v1::ListPeriodsRequest, v1::ListPeriodsResponse>(
        context_, kReaders, server, in, out,
        [this](ListCall call) { List(context_, std::move(call)); });
  }

  grpc::ServerWriteReactor<grpc::ByteBuffer>* ExportVouchers(grpc::CallbackServerContext* server,
                                                             const grpc::ByteBuffer* in) override {
    return ServeStream<v1::ExportVouchersRequest, v1::ExportVouchersResponse>(
        context_, kReaders, server, in,
        [this](const std::shared_ptr<StreamCall>& call, const v1::ExportVouchersRequest& request,
               const Caller& caller) { Export(context_, call, request, caller); });
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewPeriodsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
