// Signed notes over documents that stand in the log: rule sets, catalogues, tables. FORMAT.md has
// the text. Pure; any thread.
#ifndef TANHUI_LEDGER_SIGNING_DOCUMENT_NOTE_H_
#define TANHUI_LEDGER_SIGNING_DOCUMENT_NOTE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "ledger/signing/key.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::signing {

// What a note over a document says. No text may hold a newline.
struct DocumentTitle {
  std::string kind;  // rule_set, catalogue, station_table, material_table or account_codes
  std::string code;  // the document's own
  std::uint32_t version = 0;
  std::string first_date;  // YYYY-MM-DD
  Hash256 sha256;          // of the document's bytes
};

// The kind as notes name it; empty for a kind that is none.
std::string_view DocumentKindWord(entry::v1::DocumentKind kind);

// What the note of a publication must say. InvalidArgument: no kind, a date that cannot be or a
// hash of wrong size.
absl::StatusOr<DocumentTitle> TitleOf(const entry::v1::Publication& publication);

// What is signed; ends in a newline.
std::string DocumentNoteText(const DocumentTitle& title);

// The whole note. InvalidArgument for a title with a newline in it; else what the signer answers.
absl::StatusOr<std::string> SignDocumentNote(const DocumentTitle& title, const NamedSigner& signer);

// Ok when `note` says exactly this and the key signed it. InvalidArgument: title, note or key (C2SP
// vkey) is not well-formed. Unauthenticated: it says something else, or the signature does not
// verify. NotFound: the key did not sign it.
absl::Status VerifyDocumentNote(std::string_view note, std::string_view verifier_key,
                                const DocumentTitle& title);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_DOCUMENT_NOTE_H_
