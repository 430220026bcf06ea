#include "ledger/signing/checkpoint.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/encoding.h"

namespace tanhui::signing {
namespace {

absl::Status Malformed(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("malformed checkpoint: ", std::string(why)));
}

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n",
                      EncodeBase64(checkpoint.root.view()), "\n");
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  const std::optional<std::string_view> origin = TakeLine(text);
  const std::optional<std::string_view> size_line = TakeLine(text);
  const std::optional<std::string_view> root_line = TakeLine(text);
  if (!origin || !size_line || !root_line) {
    return Malformed("it has fewer than three lines");
  }
  if (origin->empty()) {
    return Malformed("the origin is empty");
  }
  const std::optional<std::uint64_t> size = DecodeDecimal(*size_line);
  if (!size) {
    return Malformed("the size is not a decimal number");
  }
  const std::optional<Hash256> root = DecodeHash(*root_line);
  if (!root) {
    return Malformed("the root is not base64 of 32 bytes");
  }
  if (*size == 0 && *root != merkle::EmptyRoot()) {
    return Malformed("an empty tree has another root");
  }
  while (!text.empty()) {
    const std::optional<std::string_view> extension = TakeLine(text);
    if (!extension || extension->empty()) {
      return Malformed("an extension line is empty or does not end");
    }
  }
  return Checkpoint{std::string(*origin), *size, *root};
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                           const NamedSigner& log_key) {
  if (checkpoint.origin != log_key.name()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the key ", log_key.name(), " does not sign for the log ", checkpoint.origin));
  }
  if (log_key.signer().type() != kEd25519Type) {
    return absl::InvalidArgumentError("a log signs its checkpoints with Ed25519");
  }
  const NamedSigner* const signers[] = {&log_key};
  return SignNote(FormatCheckpoint(checkpoint), signers);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note,
                                          std::span<const NamedVerifier> verifiers) {
  const absl::StatusOr<OpenedNote> opened = OpenNote(note, verifiers);
  if (!opened.ok()) {
    return opened.status();
  }
  absl::StatusOr<Checkpoint> checkpoint = ParseCheckpoint(opened->text);
  if (!checkpoint.ok()) {
    return checkpoint.status();
  }
  const bool signed_by_log = std::any_of(
      opened->verified.begin(), opened->verified.end(), [&](const VerifiedSignature& signature) {
        return signature.type == kEd25519Type && signature.line.name == checkpoint->origin;
      });
  if (!signed_by_log) {
    return absl::UnauthenticatedError(
        absl::StrCat("no known key of the log ", checkpoint->origin, " signed its checkpoint"));
  }
  return checkpoint;
}

}  // namespace tanhui::signing
