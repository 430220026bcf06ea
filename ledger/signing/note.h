// Signed notes (C2SP signed-note): a text, an empty line, signature lines. Pure; any thread.
#ifndef TANHUI_LEDGER_SIGNING_NOTE_H_
#define TANHUI_LEDGER_SIGNING_NOTE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/signing/key.h"

namespace tanhui::signing {

// The standard asks for at least 16 signatures and for some limit.
inline constexpr std::size_t kMaxNoteSignatures = 100;
inline constexpr std::size_t kMaxNoteBytes = std::size_t{1} << 20;

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string signature;  // without the key id in front
};

struct VerifiedSignature {
  NoteSignature line;
  std::uint8_t type = 0;  // of the key that verified it
};

struct OpenedNote {
  std::string text;  // with its final newline; what was signed
  // At least one. A key that signed twice is here once, so that counting them counts keys.
  std::vector<VerifiedSignature> verified;
  std::vector<NoteSignature> unknown;  // nobody checked these
};

// `— <name> <base64(key id || signature)>` and a newline.
std::string FormatSignatureLine(const NoteSignature& signature);

// The note, with one signature per signer in their order. InvalidArgument when the text is not one
// that OpenNote would give back, or there is no signer; else what a signer answers.
absl::StatusOr<std::string> SignNote(std::string_view text,
                                     std::span<const NamedSigner* const> signers);

// InvalidArgument: not a well-formed note. Unauthenticated: a signature under a known name and key
// id does not verify, which condemns the whole note. NotFound: no signature is from a known key.
absl::StatusOr<OpenedNote> OpenNote(std::string_view note,
                                    std::span<const NamedVerifier> verifiers);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_NOTE_H_
