#include "ledger/signing/cosignature.h"

#include <algorithm>
#include <optional>
#include <span>

#include "absl/strings/str_cat.h"
#include "ledger/signing/note.h"

namespace tanhui::signing {
namespace {

constexpr std::size_t kTimeBytes = 8;

std::string SignedText(std::string_view text, std::uint64_t seconds) {
  return absl::StrCat("cosignature/v1\ntime ", seconds, "\n", std::string(text));
}

std::string EncodeTime(std::uint64_t seconds) {
  std::string out(kTimeBytes, '\0');
  for (std::size_t i = 0; i < kTimeBytes; ++i) {
    out[i] = static_cast<char>(seconds >> (8 * (kTimeBytes - 1 - i)));
  }
  return out;
}

std::uint64_t DecodeTime(std::string_view bytes) {
  std::uint64_t seconds = 0;
  for (std::size_t i = 0; i < kTimeBytes; ++i) {
    seconds = seconds << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return seconds;
}

// When it was made; nullopt when it is not the witness's over this text.
std::optional<std::uint64_t> Verified(std::string_view text, std::string_view signature,
                                      const NamedVerifier& witness) {
  if (signature.size() <= kTimeBytes) {
    return std::nullopt;
  }
  const std::uint64_t seconds = DecodeTime(signature);
  const bool good = seconds > 0 && witness.verifier().Verify(SignedText(text, seconds),
                                                             signature.substr(kTimeBytes));
  return good ? std::optional(seconds) : std::nullopt;
}

}  // namespace

absl::StatusOr<std::string> CosignatureLine(std::string_view checkpoint_text,
                                            const NamedSigner& witness, std::uint64_t seconds) {
  if (witness.signer().type() != kEd25519Type || seconds == 0) {
    return absl::InvalidArgumentError("a cosignature takes an Ed25519 key and a time");
  }
  const auto signature = witness.signer().Sign(SignedText(checkpoint_text, seconds));
  if (!signature.ok()) {
    return signature.status();
  }
  return FormatSignatureLine(
      {witness.name(), KeyId(witness.name(), kCosignatureType, witness.signer().public_key()),
       EncodeTime(seconds) + *signature});
}

absl::StatusOr<Cosigned> OpenCosigned(std::string_view note, const NamedVerifier& log_key,
                                      const NamedVerifier& witness) {
  const std::span<const NamedVerifier> keys(&log_key, 1);
  const auto checkpoint = OpenCheckpoint(note, keys);
  const auto opened = OpenNote(note, keys);
  if (!checkpoint.ok() || !opened.ok()) {
    return checkpoint.ok() ? opened.status() : checkpoint.status();
  }
  const std::uint32_t key_id =
      KeyId(witness.name(), kCosignatureType, witness.verifier().public_key());
  Cosigned cosigned{*checkpoint, 0};
  for (const NoteSignature& line : opened->unknown) {
    if (line.name != witness.name() || line.key_id != key_id) {
      continue;
    }
    const auto seconds = Verified(opened->text, line.signature, witness);
    if (!seconds.has_value()) {
      return absl::UnauthenticatedError(
          absl::StrCat("the cosignature of ", witness.name(), " does not verify"));
    }
    cosigned.seconds = std::max(cosigned.seconds, *seconds);
  }
  return cosigned.seconds > 0
             ? absl::StatusOr<Cosigned>(cosigned)
             : absl::NotFoundError(absl::StrCat(witness.name(), " did not cosign the checkpoint"));
}

}  // namespace tanhui::signing
