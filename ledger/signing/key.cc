#include "ledger/signing/key.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/encoding.h"

namespace tanhui::signing {
namespace {

constexpr std::string_view kPrivatePrefix = "PRIVATE+KEY+";

// The property White_Space of the Unicode Character Database, and the controls (Cc).
bool IsSpaceOrControl(char32_t point) {
  return point <= 0x20 || (point >= 0x7F && point <= 0xA0) || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 ||
         point == 0x202F || point == 0x205F || point == 0x3000;
}

std::string TypedKey(std::uint8_t type, std::string_view key) {
  std::string bytes(1, static_cast<char>(type));
  bytes.append(key);
  return bytes;
}

std::string FormatKey(std::string_view name, std::uint32_t key_id, std::uint8_t type,
                      std::string_view key) {
  std::string text(name);
  absl::StrAppend(&text, "+", EncodeHex32(key_id), "+", EncodeBase64(TypedKey(type, key)));
  return text;
}

struct KeyText {
  std::string name;
  std::uint32_t key_id;
  std::string key;  // after the type byte
};

// Reads `name+hash+base64` with type Ed25519; whether the key id is right is left to the caller,
// who can derive the public key.
absl::StatusOr<KeyText> ParseKey(std::string_view text) {
  if (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  const std::size_t name_end = text.find('+');
  if (name_end == std::string_view::npos) {
    return absl::InvalidArgumentError("a key is name+hash+base64: no '+' in it");
  }
  const std::string_view name = text.substr(0, name_end);
  if (absl::Status status = CheckKeyName(name); !status.ok()) {
    return status;
  }
  const std::string_view rest = text.substr(name_end + 1);
  const std::optional<std::uint32_t> key_id = DecodeHex32(rest.substr(0, 8));
  if (!key_id || rest.size() < 9 || rest[8] != '+') {
    return absl::InvalidArgumentError("the key id is not 8 lower-case hexadecimal digits");
  }
  const std::optional<std::string> bytes = DecodeBase64(rest.substr(9));
  if (!bytes || bytes->empty()) {
    return absl::InvalidArgumentError("the key's bytes are not canonical base64");
  }
  const auto type = static_cast<std::uint8_t>(bytes->front());
  if (type != kEd25519Type) {
    return absl::UnimplementedError(absl::StrCat("a key of type ", type, " is not supported"));
  }
  return KeyText{std::string(name), *key_id, bytes->substr(1)};
}

absl::Status WrongKeyId(std::uint32_t expected) {
  return absl::InvalidArgumentError(
      absl::StrCat("the key id is not that of the key, which is ", EncodeHex32(expected)));
}

}  // namespace

absl::Status CheckKeyName(std::string_view name) {
  if (name.empty()) {
    return absl::InvalidArgumentError("a key name is not empty");
  }
  while (!name.empty()) {
    const std::optional<char32_t> point = TakeCodePoint(name);
    if (!point) {
      return absl::InvalidArgumentError("a key name is UTF-8");
    }
    if (*point == U'+' || IsSpaceOrControl(*point)) {
      return absl::InvalidArgumentError("a key name has no space, control character or '+'");
    }
  }
  return absl::OkStatus();
}

std::uint32_t KeyId(std::string_view name, std::uint8_t type, std::string_view public_key) {
  return DecodeBigEndian32(merkle::Sha256({name, "\n", TypedKey(type, public_key)}).view());
}

NamedSigner::NamedSigner(std::string name, std::shared_ptr<const Signer> signer)
    : name_(std::move(name)),
      signer_(std::move(signer)),
      key_id_(KeyId(name_, signer_->type(), signer_->public_key())) {}

absl::StatusOr<NamedSigner> NamedSigner::Create(std::string name,
                                                std::shared_ptr<const Signer> signer) {
  Check(signer != nullptr, "a named signer has a signer");
  if (absl::Status status = CheckKeyName(name); !status.ok()) {
    return status;
  }
  return NamedSigner(std::move(name), std::move(signer));
}

NamedVerifier::NamedVerifier(std::string name, std::shared_ptr<const Verifier> verifier)
    : name_(std::move(name)),
      verifier_(std::move(verifier)),
      key_id_(KeyId(name_, verifier_->type(), verifier_->public_key())) {}

absl::StatusOr<NamedVerifier> NamedVerifier::Create(std::string name,
                                                    std::shared_ptr<const Verifier> verifier) {
  Check(verifier != nullptr, "a named verifier has a verifier");
  if (absl::Status status = CheckKeyName(name); !status.ok()) {
    return status;
  }
  return NamedVerifier(std::move(name), std::move(verifier));
}

std::string FormatVerifierKey(const NamedVerifier& key) {
  return FormatKey(key.name(), key.key_id(), key.verifier().type(), key.verifier().public_key());
}

std::string FormatVerifierKey(const NamedSigner& key) {
  return FormatKey(key.name(), key.key_id(), key.signer().type(), key.signer().public_key());
}

absl::StatusOr<NamedVerifier> ParseVerifierKey(std::string_view text) {
  absl::StatusOr<KeyText> parsed = ParseKey(text);
  if (!parsed.ok()) {
    return parsed.status();
  }
  absl::StatusOr<std::unique_ptr<Verifier>> verifier = NewEd25519Verifier(parsed->key);
  if (!verifier.ok()) {
    return verifier.status();
  }
  absl::StatusOr<NamedVerifier> key = NamedVerifier::Create(parsed->name, *std::move(verifier));
  if (key.ok() && key->key_id() != parsed->key_id) {
    return WrongKeyId(key->key_id());
  }
  return key;
}

absl::StatusOr<std::string> FormatPrivateKey(std::string_view name, std::string_view ed25519_seed) {
  absl::StatusOr<std::unique_ptr<Signer>> signer = NewEd25519Signer(ed25519_seed);
  if (!signer.ok()) {
    return signer.status();
  }
  const absl::StatusOr<NamedSigner> key =
      NamedSigner::Create(std::string(name), *std::move(signer));
  if (!key.ok()) {
    return key.status();
  }
  return std::string(kPrivatePrefix) + FormatKey(name, key->key_id(), kEd25519Type, ed25519_seed);
}

absl::StatusOr<NamedSigner> ParsePrivateKey(std::string_view text) {
  if (!text.starts_with(kPrivatePrefix)) {
    return absl::InvalidArgumentError("a private key begins with PRIVATE+KEY+");
  }
  absl::StatusOr<KeyText> parsed = ParseKey(text.substr(kPrivatePrefix.size()));
  if (!parsed.ok()) {
    return parsed.status();
  }
  absl::StatusOr<std::unique_ptr<Signer>> signer = NewEd25519Signer(parsed->key);
  if (!signer.ok()) {
    return signer.status();
  }
  absl::StatusOr<NamedSigner> key = NamedSigner::Create(parsed->name, *std::move(signer));
  if (key.ok() && key->key_id() != parsed->key_id) {
    return WrongKeyId(key->key_id());
  }
  return key;
}

}  // namespace tanhui::signing
