// RulesService: documents, keys of who signs them, and switches of scenarios.
#include <string>
#include <utility>

#include "ledger/rules/rulebook.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/reading.h"
#include "services/rpc/services/rules/publication.h"
#include "tanhui/v1/rules.grpc.pb.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kAnyRole = std::uint8_t{0};
constexpr std::size_t kMaxVerifierKey = 500;

static_assert(static_cast<int>(v1::DOCUMENT_KIND_MATERIAL_TABLE) ==
              pb::DOCUMENT_KIND_MATERIAL_TABLE);
static_assert(static_cast<int>(v1::DocumentKind_MAX) == pb::DocumentKind_MAX);

template <typename Base>
using RawReads = v1::RulesService::WithRawCallbackMethod_GetDocument<
    v1::RulesService::WithRawCallbackMethod_ListDocuments<Base>>;
template <typename Base>
using RawMethods = v1::RulesService::WithRawCallbackMethod_PublishDocument<
    v1::RulesService::WithRawCallbackMethod_SetPublisherKey<
        v1::RulesService::WithRawCallbackMethod_SuspendScenario<
            v1::RulesService::WithRawCallbackMethod_ReopenScenario<RawReads<Base>>>>>;

void FillDocument(const rules::Document& document, v1::Document& out) {
  out.set_name(DocumentName(document));
  out.set_kind(static_cast<v1::DocumentKind>(document.kind));
  out.set_code(document.code);
  out.set_version(document.version);
  out.set_first_date(FormatDate(document.first_date));
  out.set_sha256(document.sha256);
  out.set_size_bytes(document.size);
  out.set_entry_index(document.publication.value());
  out.set_parts(document.parts);
}

// nullptr when no document has the name.
const rules::Document* FindDocument(const rules::Rulebook& book, std::string_view name) {
  for (const rules::Document& document : book.documents()) {
    if (DocumentName(document) == name) {
      return &document;
    }
  }
  return nullptr;
}

// The document's bytes, from its parts in the log.
absl::StatusOr<std::string> ReadContent(const Context& context, const rules::Document& document) {
  std::string content;
  const EntryIndex first(document.publication.value() - document.parts);
  const absl::Status scanned = context.engine.store().ScanEntries(
      first, document.parts, [&content](EntryIndex, std::string_view bytes) {
        Entry entry;
        if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
            !entry.has_document_part()) {
          return absl::DataLossError("a part of a document is no part");
        }
        content += entry.document_part().data();
        return absl::OkStatus();
      });
  return scanned.ok() ? absl::StatusOr<std::string>(std::move(content)) : scanned;
}

void StartGet(const Context& context,
              CallPointer<v1::GetDocumentRequest, v1::GetDocumentResponse> call) {
  const auto registry = context.engine.registry();
  const std::string& name = call->request().name();
  const rules::Document* document = FindDocument(rules::RulebookOf(*registry), name);
  if (document == nullptr) {
    call->Refuse(Refusal(name.empty() ? Reason::kFieldRequired : Reason::kUnknownDocument, "name"));
    return;
  }
  auto content = ReadContent(context, *document);
  const auto publication = ReadEntry(context, document->publication);
  if (!content.ok() || !publication.ok()) {
    call->Fail(content.ok() ? publication.status() : content.status());
    return;
  }
  FillDocument(*document, *call->response().mutable_document());
  call->response().set_content(*std::move(content));
  call->response().set_note(publication->publication().note());
  call->response().set_as_of_index(context.engine.durable_size() - 1);
  call->Finish();
}

// The page token is the number of the document to go on from.
void StartList(const Context& context,
               CallPointer<v1::ListDocumentsRequest, v1::ListDocumentsResponse> call) {
  const v1::ListDocumentsRequest& request = call->request();
  const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(1)
                                                 : ParseTokenNumber(request.page_token());
  if (!from.has_value() || request.page_size() < 0) {
    call->Refuse(Refusal(Reason::kFieldInvalid, from.has_value() ? "page_size" : "page_token"));
    return;
  }
  const auto registry = context.engine.registry();
  const auto& documents = rules::RulebookOf(*registry).documents();
  const std::int32_t size = PageSize(request.page_size());
  for (std::size_t i = *from - 1; i < documents.size(); ++i) {
    const rules::Document& document = documents[i];
    const bool asked = (request.kind() == v1::DOCUMENT_KIND_UNSPECIFIED ||
                        static_cast<int>(request.kind()) == static_cast<int>(document.kind)) &&
                       (request.code().empty() || request.code() == document.code);
    if (!asked) {
      continue;
    }
    if (call->response().documents_size() == size) {
      call->response().set_next_page_token(std::to_string(i + 1));
      break;
    }
    FillDocument(document, *call->response().add_documents());
  }
  call->response().set_as_of_index(context.engine.durable_size() - 1);
  call->Finish();
}

void StartKey(const Context& context,
              CallPointer<v1::SetPublisherKeyRequest, v1::SetPublisherKeyResponse> call) {
  const v1::SetPublisherKeyRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::PublisherKey& key = *draft.entry().mutable_publisher_key();
  const Participant* participant = draft.ReadParticipant(request.participant(), "participant");
  key.set_participant(participant == nullptr ? 0 : participant->number.value());
  key.set_verifier_key(
      draft.ReadText(request.verifier_key(), kMaxVerifierKey, true, "verifier_key"));
  if (!key.verifier_key().empty() && !signing::ParseVerifierKey(key.verifier_key()).ok()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "verifier_key")
                     .With("expected", "a verifier key as tanhui keygen prints it"));
  }
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::SetPublisherKeyRequest, v1::SetPublisherKeyResponse>);
}

// The code of ruleSets/{code}.
std::string ReadRuleSet(std::string_view name, Draft& draft) {
  constexpr std::string_view kPrefix = "ruleSets/";
  if (name.empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "rule_set"));
    return {};
  }
  if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "rule_set").With("expected", "ruleSets/{code}"));
    return {};
  }
  return std::string(name.substr(kPrefix.size()));
}

template <typename Request, typename Response>
void StartSwitch(const Context& context, CallPointer<Request, Response> call, bool suspended) {
  const Request& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::ScenarioSwitch& change = *draft.entry().mutable_scenario_switch();
  change.set_rule_set(ReadRuleSet(request.rule_set(), draft));
  change.set_scenario(draft.ReadWord(request.scenario(), "scenario"));
  change.set_suspended(suspended);
  change.set_reason(draft.ReadWord(request.reason(), "reason"));
  MutateOne(context, std::move(call), std::move(draft), FillDone<Request, Response>);
}

void StartSuspend(const Context& context,
                  CallPointer<v1::SuspendScenarioRequest, v1::SuspendScenarioResponse> call) {
  StartSwitch(context, std::move(call), true);
}

void StartReopen(const Context& context,
                 CallPointer<v1::ReopenScenarioRequest, v1::ReopenScenarioResponse> call) {
  StartSwitch(context, std::move(call), false);
}

class Service final : public RawMethods<v1::RulesService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* PublishDocument(grpc::CallbackServerContext* server,
                                            const grpc::ByteBuffer* in,
                                            grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartPublication);
  }

  grpc::ServerUnaryReactor* GetDocument(grpc::CallbackServerContext* server,
                                        const grpc::ByteBuffer* in,
                                        grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGet);
  }

  grpc::ServerUnaryReactor* ListDocuments(grpc::CallbackServerContext* server,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartList);
  }

  grpc::ServerUnaryReactor* SetPublisherKey(grpc::CallbackServerContext* server,
                                            const grpc::ByteBuffer* in,
                                            grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartKey);
  }

  grpc::ServerUnaryReactor* SuspendScenario(grpc::CallbackServerContext* server,
                                            const grpc::ByteBuffer* in,
                                            grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartSuspend);
  }

  grpc::ServerUnaryReactor* ReopenScenario(grpc::CallbackServerContext* server,
                                           const grpc::ByteBuffer* in,
                                           grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartReopen);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewRulesService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
