#include <openssl/evp.h>

#include <array>
#include <utility>

#include "ledger/signing/keyed_hash.h"
#include "ledger/signing/signer.h"

namespace tanhui::signing {
namespace {

constexpr std::size_t kSignatureSize = 64;

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeOpenSsl>;
using ContextHandle = std::unique_ptr<EVP_MD_CTX, FreeOpenSsl>;

const unsigned char* Data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// A key handle may be shared by threads, a context may not: one context per call.
class Ed25519Signer final : public Signer {
 public:
  Ed25519Signer(KeyHandle key, std::string public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}

  std::uint8_t type() const override { return kEd25519Type; }
  std::string public_key() const override { return public_key_; }

  absl::StatusOr<std::string> Sign(std::string_view message) const override {
    const ContextHandle context(EVP_MD_CTX_new());
    std::array<unsigned char, kSignatureSize> signature;
    std::size_t size = signature.size();
    if (context == nullptr ||
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, Data(message), message.size()) !=
            1 ||
        size != signature.size()) {
      return absl::InternalError("OpenSSL failed to sign with Ed25519");
    }
    return std::string(signature.begin(), signature.end());
  }

 private:
  const KeyHandle key_;
  const std::string public_key_;
};

class Ed25519Verifier final : public Verifier {
 public:
  Ed25519Verifier(KeyHandle key, std::string public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}

  std::uint8_t type() const override { return kEd25519Type; }
  std::string public_key() const override { return public_key_; }

  bool Verify(std::string_view message, std::string_view signature) const override {
    const ContextHandle context(EVP_MD_CTX_new());
    return signature.size() == kSignatureSize && context != nullptr &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), Data(signature), signature.size(), Data(message),
                            message.size()) == 1;
  }

 private:
  const KeyHandle key_;
  const std::string public_key_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Signer>> NewEd25519Signer(std::string_view seed) {
  if (seed.size() != kEd25519SeedSize) {
    return absl::InvalidArgumentError("an Ed25519 private key has 32 bytes");
  }
  KeyHandle key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Data(seed), seed.size()));
  std::array<unsigned char, kEd25519PublicKeySize> public_key;
  std::size_t size = public_key.size();
  if (key == nullptr || EVP_PKEY_get_raw_public_key(key.get(), public_key.data(), &size) != 1 ||
      size != public_key.size()) {
    return absl::InternalError("OpenSSL does not take the Ed25519 private key");
  }
  return std::make_unique<Ed25519Signer>(std::move(key),
                                         std::string(public_key.begin(), public_key.end()));
}

absl::StatusOr<std::unique_ptr<Verifier>> NewEd25519Verifier(std::string_view public_key) {
  if (public_key.size() != kEd25519PublicKeySize) {
    return absl::InvalidArgumentError("an Ed25519 public key has 32 bytes");
  }
  KeyHandle key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Data(public_key), public_key.size()));
  if (key == nullptr) {
    return absl::InternalError("OpenSSL does not take the Ed25519 public key");
  }
  return std::make_unique<Ed25519Verifier>(std::move(key), std::string(public_key));
}

absl::StatusOr<std::string> GenerateEd25519Seed() { return RandomBytes(kEd25519SeedSize); }

}  // namespace tanhui::signing
