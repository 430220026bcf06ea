#include "ledger/signing/document_note.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "ledger/signing/encoding.h"
#include "ledger/signing/note.h"

namespace tanhui::signing {
namespace {

// 0000-01-01 and 9999-12-31: dates that FormatDate writes in full.
constexpr std::int32_t kEarliestDate = -719'528;
constexpr std::int32_t kLatestDate = 2'932'896;

// A line that holds another would let one text be the note of two titles.
absl::Status CheckLines(const DocumentTitle& title) {
  for (const std::string& line : {title.kind, title.code, title.first_date}) {
    if (line.empty() || line.find('\n') != std::string::npos) {
      return absl::InvalidArgumentError(
          "kind, code and first date of a document are one line each");
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view DocumentKindWord(entry::v1::DocumentKind kind) {
  switch (kind) {
    case entry::v1::DOCUMENT_KIND_RULE_SET:
      return "rule_set";
    case entry::v1::DOCUMENT_KIND_CATALOGUE:
      return "catalogue";
    case entry::v1::DOCUMENT_KIND_STATION_TABLE:
      return "station_table";
    case entry::v1::DOCUMENT_KIND_MATERIAL_TABLE:
      return "material_table";
    case entry::v1::DOCUMENT_KIND_ACCOUNT_CODES:
      return "account_codes";
    default:
      return "";
  }
}

absl::StatusOr<DocumentTitle> TitleOf(const entry::v1::Publication& publication) {
  const std::string_view kind = DocumentKindWord(publication.kind());
  const bool dated =
      kEarliestDate <= publication.first_date() && publication.first_date() <= kLatestDate;
  if (kind.empty() || !dated || publication.sha256().size() != Hash256::kSize) {
    return absl::InvalidArgumentError("a publication without a kind, a date or a SHA-256");
  }
  return DocumentTitle{std::string(kind), publication.code(), publication.version(),
                       FormatDate(BusinessDate(publication.first_date())),
                       Hash256::FromView(publication.sha256())};
}

std::string DocumentNoteText(const DocumentTitle& title) {
  return absl::StrCat("tanhui document v1\n", title.kind, "\n", title.code, "\n", title.version,
                      "\n", title.first_date, "\n", EncodeBase64(title.sha256.view()), "\n");
}

absl::StatusOr<std::string> SignDocumentNote(const DocumentTitle& title,
                                             const NamedSigner& signer) {
  if (absl::Status status = CheckLines(title); !status.ok()) {
    return status;
  }
  return SignNote(DocumentNoteText(title), std::array{&signer});
}

absl::Status VerifyDocumentNote(std::string_view note, std::string_view verifier_key,
                                const DocumentTitle& title) {
  if (absl::Status status = CheckLines(title); !status.ok()) {
    return status;
  }
  const absl::StatusOr<NamedVerifier> key = ParseVerifierKey(verifier_key);
  if (!key.ok()) {
    return key.status();
  }
  const absl::StatusOr<OpenedNote> opened = OpenNote(note, std::array{*key});
  if (!opened.ok()) {
    return opened.status();
  }
  return opened->text == DocumentNoteText(title)
             ? absl::OkStatus()
             : absl::UnauthenticatedError("the note is of another document");
}

}  // namespace tanhui::signing
