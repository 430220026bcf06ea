// CasesService: cases of suspected abuse, for staff.
#include <array>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/points/corrections/version.h"
#include "ledger/signing/encoding.h"
#include "services/rpc/cases/case_desk.h"
#include "services/rpc/draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/cases.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kReaders =
    static_cast<std::uint8_t>(kAdmin | static_cast<std::uint8_t>(Role::kAuditor));
constexpr std::string_view kCollection = "cases/";

template <typename Base>
using RawMethods = v1::CasesService::WithRawCallbackMethod_ListCases<
    v1::CasesService::WithRawCallbackMethod_GetCase<
        v1::CasesService::WithRawCallbackMethod_DecideCase<
            v1::CasesService::WithRawCallbackMethod_ExportCase<Base>>>>;

using watch::Case;
using watch::CaseNo;

// The API numbers kinds and states as rows do.
static_assert(v1::CASE_KIND_CITIZEN_VELOCITY == int{1} &&
              v1::CaseKind_MAX == int{watch::kSignalKinds});
static_assert(v1::CASE_STATE_OPEN == static_cast<int>(watch::CaseState::kOpen) &&
              v1::CASE_STATE_DISMISSED == static_cast<int>(watch::CaseState::kDismissed) &&
              v1::CASE_STATE_CONFIRMED == static_cast<int>(watch::CaseState::kConfirmed));

// What can still be taken back of an entry whose index and leaf are there.
absl::Status FillLeft(const Context& context, v1::CaseEntry& out) {
  Entry entry;
  if (!entry.ParseFromString(out.leaf())) {
    return absl::DataLossError(absl::StrCat("entry ", out.index(), " cannot be decoded"));
  }
  const auto read = context.engine.store().ReadUndone(std::array{EntryIndex(out.index())});
  if (!read.ok()) {
    return read.status();
  }
  const Undone undone = read->front().value_or(Undone());
  const auto newest =
      undone.revision == 0 ? absl::StatusOr<Entry>(Entry()) : ReadEntry(context, undone.newest);
  if (!newest.ok()) {
    return newest.status();
  }
  out.set_revision(undone.revision);
  out.set_quantity_left(
      points::QuantityLeft(entry, undone.revision == 0 ? nullptr : &*newest, undone));
  return absl::OkStatus();
}

std::optional<CaseNo> ParseCaseName(std::string_view name) {
  if (!name.starts_with(kCollection)) {
    return std::nullopt;
  }
  const auto number = signing::DecodeDecimal(name.substr(kCollection.size()));
  return number.has_value() ? std::optional(CaseNo(*number)) : std::nullopt;
}

absl::StatusOr<std::string> SubjectName(const Context& context, const Case& one) {
  switch (watch::SubjectOf(one.kind)) {
    case watch::SubjectKind::kCaller:
      return ParticipantName(*context.engine.registry(),
                             ParticipantNo(static_cast<std::uint32_t>(one.subject)));
    case watch::SubjectKind::kDevice:
      return absl::StrCat("devices/", absl::Hex(one.subject, absl::kZeroPad16));
    case watch::SubjectKind::kCitizen:
      break;
  }
  const auto accounts = context.engine.store().ReadAccounts(std::array{AccountNo(one.subject)});
  if (!accounts.ok()) {
    return accounts.status();
  }
  return accounts->front().has_value() ? AccountName(accounts->front()->id) : std::string();
}

absl::Status FillCase(const Context& context, const Case& one, v1::Case& out) {
  auto subject = SubjectName(context, one);
  if (!subject.ok()) {
    return subject.status();
  }
  out.set_name(absl::StrCat("cases/", one.number.value()));
  out.set_kind(static_cast<v1::CaseKind>(one.kind));
  out.set_subject(*std::move(subject));
  out.set_state(static_cast<v1::CaseState>(one.state));
  *out.mutable_open_time() = ToTimestamp(LedgerTime(static_cast<std::int64_t>(one.number.value())));
  *out.mutable_update_time() = ToTimestamp(one.updated);
  *out.mutable_first_act_time() = ToTimestamp(one.first);
  *out.mutable_last_act_time() = ToTimestamp(one.last);
  out.set_signals(one.signals);
  out.set_most_counted(one.most_seen);
  for (const EntryIndex entry : one.entries) {
    out.add_entry_indexes(entry.value());
  }
  if (one.state != watch::CaseState::kOpen) {
    out.set_note(one.note);
    out.set_decided_by(ParticipantName(*context.engine.registry(), one.decided_by));
    *out.mutable_decide_time() = ToTimestamp(one.decided);
  }
  return absl::OkStatus();
}

class Service final : public RawMethods<v1::CasesService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::ListCasesRequest, v1::ListCasesResponse>;
    return ServeUnary<v1::ListCasesRequest, v1::ListCasesResponse>(
        context_, kReaders, server, in, out, [this](Call call) { List(std::move(call)); });
  }

  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::GetCaseRequest, v1::GetCaseResponse>;
    return ServeUnary<v1::GetCaseRequest, v1::GetCaseResponse>(
        context_, kReaders, server, in, out, [this](Call call) {
          if (const auto one = Read(call)) {
            End(call, FillCase(context_, *one, *call->response().mutable_case_()));
          }
        });
  }

  grpc::ServerUnaryReactor* DecideCase(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::DecideCaseRequest, v1::DecideCaseResponse>;
    return ServeUnary<v1::DecideCaseRequest, v1::DecideCaseResponse>(
        context_, kAdmin, server, in, out, [this](Call call) { Decide(std::move(call)); });
  }

  grpc::ServerUnaryReactor* ExportCase(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    using Call = CallPointer<v1::ExportCaseRequest, v1::ExportCaseResponse>;
    return ServeUnary<v1::ExportCaseRequest, v1::ExportCaseResponse>(
        context_, kReaders, server, in, out, [this](Call call) { Export(std::move(call)); });
  }

 private:
  static void End(const auto& call, const absl::Status& status) {
    status.ok() ? call->Finish() : call->Fail(status);
  }

  // The case's number; ends the call when the name is not one.
  static std::optional<CaseNo> NumberOf(const auto& call) {
    const std::string& name = call->request().name();
    const auto number = ParseCaseName(name);
    if (!number.has_value()) {
      call->Refuse(name.empty()
                       ? Refusal(Reason::kFieldRequired, "name")
                       : Refusal(Reason::kFieldInvalid, "name").With("expected", "cases/{number}"));
    }
    return number;
  }

  // What the desk answered; ends the call when it is no case.
  static std::optional<Case> Known(const auto& call, absl::StatusOr<Case> one) {
    if (one.ok()) {
      return *std::move(one);
    }
    absl::IsNotFound(one.status()) ? call->Refuse(Refusal(Reason::kUnknownCase, "name"))
                                   : call->Fail(one.status());
    return std::nullopt;
  }

  std::optional<Case> Read(const auto& call) {
    const auto number = NumberOf(call);
    return number.has_value() ? Known(call, context_.case_desk->Read(*number)) : std::nullopt;
  }

  void List(CallPointer<v1::ListCasesRequest, v1::ListCasesResponse> call) {
    const v1::ListCasesRequest& request = call->request();
    CaseFilter filter;
    std::optional<CaseNo> from;
    std::optional<Refusal> refusal;
    if (request.page_size() < 0) {
      refusal = Refusal(Reason::kFieldInvalid, "page_size");
    }
    if (!request.page_token().empty()) {
      from = ParseCaseName(request.page_token());
      refusal = from.has_value() ? refusal : Refusal(Reason::kFieldInvalid, "page_token");
    }
    if (request.kind() != v1::CASE_KIND_UNSPECIFIED) {
      filter.kind = static_cast<watch::SignalKind>(request.kind());
      refusal =
          v1::CaseKind_IsValid(request.kind()) ? refusal : Refusal(Reason::kFieldInvalid, "kind");
    }
    if (request.state() != v1::CASE_STATE_UNSPECIFIED) {
      filter.state = static_cast<watch::CaseState>(request.state());
      refusal = v1::CaseState_IsValid(request.state()) ? refusal
                                                       : Refusal(Reason::kFieldInvalid, "state");
    }
    if (refusal.has_value()) {
      call->Refuse(*refusal);
      return;
    }
    const auto page = context_.case_desk->List(
        filter, static_cast<std::size_t>(PageSize(request.page_size())), from);
    absl::Status status = page.status();
    for (std::size_t i = 0; status.ok() && i < page->cases.size(); ++i) {
      status = FillCase(context_, page->cases[i], *call->response().add_cases());
    }
    if (status.ok() && page->next.has_value()) {
      call->response().set_next_page_token(absl::StrCat("cases/", page->next->value()));
    }
    call->response().set_dropped(context_.case_desk->dropped());
    End(call, status);
  }

  void Decide(CallPointer<v1::DecideCaseRequest, v1::DecideCaseResponse> call) {
    const v1::DecideCaseRequest& request = call->request();
    const auto number = NumberOf(call);
    if (!number.has_value()) {
      return;
    }
    Draft reader(context_, call->caller(), context_.engine.registry());
    CaseDecision decision;
    decision.note = reader.ReadText(request.note(), watch::kMaxNoteBytes, false, "note");
    decision.state = static_cast<watch::CaseState>(request.state());
    decision.by = call->caller().number;
    decision.at = context_.engine.clock().Wall();
    if (request.state() != v1::CASE_STATE_DISMISSED &&
        request.state() != v1::CASE_STATE_CONFIRMED) {
      reader.Refuse(
          Refusal(Reason::kFieldInvalid, "state").With("problem", "it is DISMISSED or CONFIRMED"));
    }
    if (reader.refusal().has_value()) {
      call->Refuse(*reader.refusal());
      return;
    }
    if (const auto one = Known(call, context_.case_desk->Decide(*number, std::move(decision)))) {
      End(call, FillCase(context_, *one, *call->response().mutable_case_()));
    }
  }

  void Export(CallPointer<v1::ExportCaseRequest, v1::ExportCaseResponse> call) {
    const auto one = Read(call);
    if (!one.has_value()) {
      return;
    }
    v1::ExportCaseResponse& out = call->response();
    absl::Status status = FillCase(context_, *one, *out.mutable_case_());
    for (std::size_t i = 0; status.ok() && i < one->entries.size(); ++i) {
      auto leaf = context_.engine.store().ReadEntry(one->entries[i]);
      status = leaf.status();
      if (leaf.ok()) {
        v1::CaseEntry& entry = *out.add_entries();
        entry.set_index(one->entries[i].value());
        entry.set_leaf(*std::move(leaf));
        status = FillLeft(context_, entry);
      }
    }
    out.set_checkpoint(context_.engine.checkpoint()->note);
    out.set_verifier_key(context_.engine.verifier_key());
    End(call, status);
  }

  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewCasesService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
