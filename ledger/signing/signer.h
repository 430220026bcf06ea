// What signs and what checks a signature, without a name (key.h adds it).
//
// A Signer may keep its key outside this process (PKCS#11): it can fail, it can be slow, and its
// private key can not be read back. Implementations are safe to call from any thread.
#ifndef TANHUI_LEDGER_SIGNING_SIGNER_H_
#define TANHUI_LEDGER_SIGNING_SIGNER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tanhui::signing {

// Signature types of C2SP signed-note. For kPrivateType the public key begins with the longer
// identifier that tells private algorithms apart.
inline constexpr std::uint8_t kEd25519Type = 0x01;
inline constexpr std::uint8_t kPrivateType = 0xff;

inline constexpr std::size_t kEd25519SeedSize = 32;
inline constexpr std::size_t kEd25519PublicKeySize = 32;

class Signer {
 public:
  virtual ~Signer() = default;
  virtual std::uint8_t type() const = 0;
  // As it stands in a verifier key, after the type byte.
  virtual std::string public_key() const = 0;
  // Unavailable or Internal when the key cannot be used now.
  virtual absl::StatusOr<std::string> Sign(std::string_view message) const = 0;
};

class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual std::uint8_t type() const = 0;
  virtual std::string public_key() const = 0;
  // False for any signature that is not this key's over this message, whatever is wrong with it.
  virtual bool Verify(std::string_view message, std::string_view signature) const = 0;
};

// Ed25519 (RFC 8032). InvalidArgument when the seed is not 32 bytes.
absl::StatusOr<std::unique_ptr<Signer>> NewEd25519Signer(std::string_view seed);
// InvalidArgument when the public key is not 32 bytes.
absl::StatusOr<std::unique_ptr<Verifier>> NewEd25519Verifier(std::string_view public_key);
// A fresh private key, which is 32 random bytes. Internal when the random generator fails.
absl::StatusOr<std::string> GenerateEd25519Seed();

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_SIGNER_H_
