#include "services/rpc/services/rules/publication.h"

#include <string>
#include <utility>
#include <vector>

#include "ledger/merkle/hash.h"
#include "ledger/rules/rulebook.h"
#include "ledger/rules/rules_book.h"
#include "ledger/signing/document_note.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/mutation.h"

namespace tanhui::rpc {
namespace {

constexpr std::size_t kMaxDocument = rules::kMaxPartBytes * rules::kMaxParts;
constexpr std::size_t kMaxNote = 4'096;

std::size_t PartsOf(std::size_t bytes) {
  return (bytes + rules::kMaxPartBytes - 1) / rules::kMaxPartBytes;
}

void RefuseSize(std::string_view field, std::size_t size, std::size_t limit, Draft& draft) {
  if (size == 0) {
    draft.Refuse(Refusal(Reason::kFieldRequired, std::string(field)));
  } else if (size > limit) {
    draft.Refuse(Refusal(Reason::kFieldTooLong, std::string(field))
                     .With("limit", static_cast<std::int64_t>(limit)));
  }
}

// That the caller's key signed a note over just this document.
void WantSignature(const Caller& caller, const std::string& note, Draft& draft) {
  const Participant* publisher = draft.registry().Find(caller.number);
  const std::string key = publisher == nullptr ? std::string() : publisher->verifier_key;
  if (key.empty()) {
    draft.Refuse(Refusal(Reason::kSignatureInvalid, "note")
                     .With("problem", "no key is registered for the caller; see SetPublisherKey"));
    return;
  }
  const auto title = signing::TitleOf(draft.entry().publication());
  const absl::Status verified =
      title.ok() ? signing::VerifyDocumentNote(note, key, *title) : title.status();
  if (!verified.ok()) {
    draft.Refuse(Refusal(Reason::kSignatureInvalid, "note")
                     .With("problem", std::string(verified.message())));
  }
}

Draft ReadPublication(const Context& context, const Caller& caller,
                      std::shared_ptr<const Registry> registry,
                      const v1::PublishDocumentRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  entry::v1::Publication& publication = *draft.entry().mutable_publication();
  const auto kind = static_cast<entry::v1::DocumentKind>(request.kind());
  if (DocumentCollection(kind).empty()) {
    draft.Refuse(Refusal(request.kind() == v1::DOCUMENT_KIND_UNSPECIFIED ? Reason::kFieldRequired
                                                                         : Reason::kFieldInvalid,
                         "kind"));
  }
  RefuseSize("document", request.document().size(), kMaxDocument, draft);
  RefuseSize("note", request.note().size(), kMaxNote, draft);
  if (draft.refusal().has_value()) {
    return draft;
  }
  const auto heading = rules::HeadingOf(kind, request.document());
  if (!heading.has_value()) {
    const auto found = rules::RulebookOf(draft.registry()).Check(kind, request.document());
    draft.Refuse(Refusal(Reason::kDocumentInvalid, "document")
                     .With("path", found.has_value() ? found->path : "first_date")
                     .With("problem", found.has_value() ? found->problem : "cannot be read"));
    return draft;
  }
  publication.set_kind(kind);
  publication.set_code(heading->code);
  publication.set_version(heading->version);
  publication.set_first_date(heading->first_date.value());
  publication.set_sha256(std::string(merkle::Sha256(request.document()).view()));
  publication.set_size(static_cast<std::uint32_t>(request.document().size()));
  publication.set_parts(static_cast<std::uint32_t>(PartsOf(request.document().size())));
  publication.set_note(request.note());
  WantSignature(caller, request.note(), draft);
  return draft;
}

Draft PartOf(const Context& context, const Caller& caller, std::shared_ptr<const Registry> registry,
             const v1::PublishDocumentRequest& request, std::uint32_t number) {
  Draft draft(context, caller, std::move(registry));
  draft.ReadPartId(number, request.request_id());
  entry::v1::DocumentPart& part = *draft.entry().mutable_document_part();
  part.set_number(number);
  part.set_data(request.document().substr(number * rules::kMaxPartBytes, rules::kMaxPartBytes));
  return draft;
}

void FillPublication(const sequencer::Accepted& accepted, bool validate_only,
                     v1::PublishDocumentResponse& out) {
  const entry::v1::Publication& publication = accepted.entry.publication();
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
  rules::Document document;
  document.kind = publication.kind();
  document.code = publication.code();
  document.version = publication.version();
  out.set_name(DocumentName(document));
  out.set_sha256(publication.sha256());
}

}  // namespace

void StartPublication(const Context& context,
                      CallPointer<v1::PublishDocumentRequest, v1::PublishDocumentResponse> call) {
  const v1::PublishDocumentRequest& request = call->request();
  const auto registry = context.engine.registry();
  Draft publication = ReadPublication(context, call->caller(), registry, request);
  if (publication.refusal().has_value()) {
    call->Refuse(*publication.refusal());
    return;
  }
  std::vector<Draft> drafts;
  const std::uint32_t parts = publication.entry().publication().parts();
  for (std::uint32_t number = 0; number < parts; ++number) {
    drafts.push_back(PartOf(context, call->caller(), registry, request, number));
  }
  drafts.push_back(std::move(publication));
  MutateTogether(
      context, std::move(call), std::move(drafts),
      [](std::size_t, const Refusal& refusal) { return refusal; },
      [parts](std::size_t draft, const sequencer::Accepted& accepted, bool validate_only,
              v1::PublishDocumentResponse& out) {
        if (draft == parts) {
          FillPublication(accepted, validate_only, out);
        }
      });
}

}  // namespace tanhui::rpc
