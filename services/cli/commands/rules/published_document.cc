#include "services/cli/commands/rules/published_document.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "tanhui/v1/rules.grpc.pb.h"

namespace tanhui::cli {
namespace {

using RulesStub = v1::RulesService::Stub;

struct KindNames {
  entry::v1::DocumentKind entry;
  v1::DocumentKind api;
  std::string_view collection;
};
constexpr std::array<KindNames, 5> kKinds = {{
    {entry::v1::DOCUMENT_KIND_RULE_SET, v1::DOCUMENT_KIND_RULE_SET, "ruleSets"},
    {entry::v1::DOCUMENT_KIND_CATALOGUE, v1::DOCUMENT_KIND_CATALOGUE, "catalogues"},
    {entry::v1::DOCUMENT_KIND_STATION_TABLE, v1::DOCUMENT_KIND_STATION_TABLE, "stationTables"},
    {entry::v1::DOCUMENT_KIND_MATERIAL_TABLE, v1::DOCUMENT_KIND_MATERIAL_TABLE, "materialTables"},
    {entry::v1::DOCUMENT_KIND_ACCOUNT_CODES, v1::DOCUMENT_KIND_ACCOUNT_CODES, "accountCodes"},
}};

}  // namespace

v1::DocumentKind ApiKind(entry::v1::DocumentKind kind) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [kind](const KindNames& names) { return names.entry == kind; });
  return found == kKinds.end() ? v1::DOCUMENT_KIND_UNSPECIFIED : found->api;
}

entry::v1::DocumentKind EntryKind(v1::DocumentKind kind) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [kind](const KindNames& names) { return names.api == kind; });
  return found == kKinds.end() ? entry::v1::DOCUMENT_KIND_UNSPECIFIED : found->entry;
}

std::string_view CollectionOf(entry::v1::DocumentKind kind) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [kind](const KindNames& names) { return names.entry == kind; });
  return found == kKinds.end() ? std::string_view() : found->collection;
}

std::optional<v1::GetDocumentResponse> FetchDocument(const Connection& connection,
                                                     entry::v1::DocumentKind kind,
                                                     const std::string& code, std::uint32_t version,
                                                     grpc::Status* status) {
  v1::ListDocumentsRequest list;
  list.set_kind(ApiKind(kind));
  list.set_code(code);
  list.set_page_size(1000);
  do {
    if (version != 0) {
      break;
    }
    v1::ListDocumentsResponse page;
    *status = connection.Call(&RulesStub::ListDocuments, list, &page);
    if (!status->ok()) {
      return std::nullopt;
    }
    if (page.documents_size() > 0 && page.next_page_token().empty()) {
      version = page.documents(page.documents_size() - 1).version();
    }
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  if (version == 0) {
    return std::nullopt;
  }
  v1::GetDocumentRequest which;
  which.set_name(absl::StrCat(std::string(CollectionOf(kind)), "/", code, "/versions/", version));
  v1::GetDocumentResponse document;
  *status = connection.Call(&RulesStub::GetDocument, which, &document);
  return status->ok() ? std::optional(document) : std::nullopt;
}

}  // namespace tanhui::cli
