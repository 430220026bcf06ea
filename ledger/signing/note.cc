#include "ledger/signing/note.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/signing/encoding.h"

namespace tanhui::signing {
namespace {

constexpr std::string_view kLinePrefix = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kKeyIdSize = 4;

absl::Status Malformed(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("malformed note: ", std::string(why)));
}

absl::Status CheckCharacters(std::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> point = TakeCodePoint(text);
    if (!point) {
      return Malformed("it is not UTF-8");
    }
    if (*point < 0x20 && *point != U'\n') {
      return Malformed("it has a control character");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<NoteSignature> ParseLine(std::string_view line) {
  if (!line.starts_with(kLinePrefix)) {
    return Malformed("a signature line begins with a dash and a space");
  }
  line.remove_prefix(kLinePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) {
    return Malformed("a signature line has a name and a signature");
  }
  const std::string_view name = line.substr(0, space);
  if (!CheckKeyName(name).ok()) {
    return Malformed("a signature line has a bad name");
  }
  const std::optional<std::string> bytes = DecodeBase64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kKeyIdSize) {
    return Malformed("a signature is not base64 of a key id and a signature");
  }
  return NoteSignature{std::string(name), DecodeBigEndian32(*bytes), bytes->substr(kKeyIdSize)};
}

struct NoteParts {
  std::string_view text;
  std::vector<NoteSignature> signatures;
};

absl::StatusOr<NoteParts> Split(std::string_view note) {
  if (note.size() > kMaxNoteBytes) {
    return Malformed("it is longer than 1 MiB");
  }
  if (absl::Status status = CheckCharacters(note); !status.ok()) {
    return status;
  }
  // The last empty line: the text may have empty lines, the signatures may not.
  const std::size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos) {
    return Malformed("no empty line between text and signatures");
  }
  NoteParts parts{note.substr(0, split + 1), {}};
  std::string_view rest = note.substr(split + 2);
  if (rest.empty()) {
    return Malformed("no signature");
  }
  while (!rest.empty()) {
    const std::optional<std::string_view> line = TakeLine(rest);
    if (!line) {
      return Malformed("the last line has no newline");
    }
    if (parts.signatures.size() == kMaxNoteSignatures) {
      return Malformed("too many signatures");
    }
    absl::StatusOr<NoteSignature> signature = ParseLine(*line);
    if (!signature.ok()) {
      return signature.status();
    }
    parts.signatures.push_back(*std::move(signature));
  }
  return parts;
}

bool SameKey(const NoteSignature& a, const NoteSignature& b) {
  return a.key_id == b.key_id && a.name == b.name;
}

}  // namespace

std::string FormatSignatureLine(const NoteSignature& signature) {
  std::string line(kLinePrefix);
  absl::StrAppend(&line, signature.name, " ",
                  EncodeBase64(EncodeBigEndian32(signature.key_id) + signature.signature), "\n");
  return line;
}

absl::StatusOr<std::string> SignNote(std::string_view text,
                                     std::span<const NamedSigner* const> signers) {
  if (text.empty() || text.back() != '\n') {
    return Malformed("the text does not end in a newline");
  }
  if (absl::Status status = CheckCharacters(text); !status.ok()) {
    return status;
  }
  if (signers.empty() || signers.size() > kMaxNoteSignatures) {
    return Malformed("a note has 1 to 100 signatures");
  }
  std::string note(text);
  note.push_back('\n');
  for (const NamedSigner* const signer : signers) {
    absl::StatusOr<std::string> signature = signer->signer().Sign(text);
    if (!signature.ok()) {
      return signature.status();
    }
    note += FormatSignatureLine({signer->name(), signer->key_id(), *std::move(signature)});
  }
  if (note.size() > kMaxNoteBytes) {
    return Malformed("it is longer than 1 MiB");
  }
  return note;
}

absl::StatusOr<OpenedNote> OpenNote(std::string_view note,
                                    std::span<const NamedVerifier> verifiers) {
  absl::StatusOr<NoteParts> parts = Split(note);
  if (!parts.ok()) {
    return parts.status();
  }
  OpenedNote opened{std::string(parts->text), {}, {}};
  for (NoteSignature& line : parts->signatures) {
    std::optional<std::uint8_t> type;
    for (const NamedVerifier& key : verifiers) {
      if (key.key_id() != line.key_id || key.name() != line.name) {
        continue;
      }
      if (!key.verifier().Verify(parts->text, line.signature)) {
        return absl::UnauthenticatedError(
            absl::StrCat("the signature of ", line.name, " does not verify"));
      }
      type = key.verifier().type();
    }
    if (!type) {
      opened.unknown.push_back(std::move(line));
      continue;
    }
    const bool repeated =
        std::any_of(opened.verified.begin(), opened.verified.end(),
                    [&line](const VerifiedSignature& seen) { return SameKey(seen.line, line); });
    if (!repeated) {
      opened.verified.push_back(VerifiedSignature{std::move(line), *type});
    }
  }
  if (opened.verified.empty()) {
    return absl::NotFoundError("the note has no signature from a known key");
  }
  return opened;
}

}  // namespace tanhui::signing
