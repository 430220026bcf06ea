// Named keys and their text forms (C2SP signed-note; FORMAT.md has the grammar and an example).
//
// Named keys are immutable and share their Signer or Verifier when copied; any thread.
#ifndef TANHUI_LEDGER_SIGNING_KEY_H_
#define TANHUI_LEDGER_SIGNING_KEY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/signing/signer.h"

namespace tanhui::signing {

// InvalidArgument unless `name` is non-empty UTF-8 without white space (Unicode White_Space),
// control characters and '+'. A schema-less URL is a good name: `points.example.cn/chengdu`.
absl::Status CheckKeyName(std::string_view name);

// The first four bytes of SHA-256(name || 0x0A || type || public key), big-endian. Tells keys
// apart; it proves nothing.
std::uint32_t KeyId(std::string_view name, std::uint8_t type, std::string_view public_key);

class NamedSigner {
 public:
  // InvalidArgument for a bad name.
  static absl::StatusOr<NamedSigner> Create(std::string name, std::shared_ptr<const Signer> signer);

  const std::string& name() const { return name_; }
  std::uint32_t key_id() const { return key_id_; }
  const Signer& signer() const { return *signer_; }

 private:
  NamedSigner(std::string name, std::shared_ptr<const Signer> signer);
  std::string name_;
  std::shared_ptr<const Signer> signer_;
  std::uint32_t key_id_;
};

class NamedVerifier {
 public:
  // InvalidArgument for a bad name.
  static absl::StatusOr<NamedVerifier> Create(std::string name,
                                              std::shared_ptr<const Verifier> verifier);

  const std::string& name() const { return name_; }
  std::uint32_t key_id() const { return key_id_; }
  const Verifier& verifier() const { return *verifier_; }

 private:
  NamedVerifier(std::string name, std::shared_ptr<const Verifier> verifier);
  std::string name_;
  std::shared_ptr<const Verifier> verifier_;
  std::uint32_t key_id_;
};

// `<name>+<key id, 8 hex digits>+<base64(type || public key)>`, without a newline.
std::string FormatVerifierKey(const NamedVerifier& key);
std::string FormatVerifierKey(const NamedSigner& key);
// Takes one newline at the end. InvalidArgument for anything that is not a verifier key, and when
// the key id is not that of the key; Unimplemented for a type other than Ed25519.
absl::StatusOr<NamedVerifier> ParseVerifierKey(std::string_view text);

// `PRIVATE+KEY+<name>+<key id, 8 hex digits>+<base64(0x01 || seed)>`, without a newline: a secret.
// InvalidArgument for a bad name or seed.
absl::StatusOr<std::string> FormatPrivateKey(std::string_view name, std::string_view ed25519_seed);
// As ParseVerifierKey. Messages of errors never quote the text.
absl::StatusOr<NamedSigner> ParsePrivateKey(std::string_view text);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_KEY_H_
