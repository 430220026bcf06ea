#include "ledger/signing/name_cipher.h"

#include <openssl/evp.h>

#include <mutex>

#include "ledger/core/check.h"

namespace tanhui::signing {
namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// One direction. OpenSSL's context keeps its place between blocks, so that one thread uses it at a
// time: a block takes less time than a look-up of a context of the thread's own.
class Direction {
 public:
  Direction(std::string_view key, bool encrypts) : context_(EVP_CIPHER_CTX_new()) {
    const auto* raw = reinterpret_cast<const unsigned char*>(key.data());
    Check(context_ != nullptr &&
              EVP_CipherInit_ex(context_.get(), EVP_aes_128_ecb(), nullptr, raw, nullptr,
                                encrypts ? 1 : 0) == 1 &&
              EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1,
          "OpenSSL offers AES-128");
  }

  NameCipher::Block Of(const NameCipher::Block& in) {
    NameCipher::Block out;
    int size = 0;
    const std::lock_guard lock(mutex_);
    Check(EVP_CipherUpdate(context_.get(), out.data(), &size, in.data(),
                           static_cast<int>(in.size())) == 1 &&
              size == static_cast<int>(out.size()),
          "AES takes a block");
    return out;
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context_;
};

}  // namespace

struct NameCipher::State {
  explicit State(std::string_view key) : encrypt(key, true), decrypt(key, false) {}
  Direction encrypt;
  Direction decrypt;
};

NameCipher::NameCipher(std::string_view key) {
  Check(key.size() == kKeySize, "a cipher of names has a key of 16 bytes");
  state_ = std::make_unique<State>(key);
}

NameCipher::~NameCipher() = default;

NameCipher::Block NameCipher::Encrypt(const Block& block) const {
  return state_->encrypt.Of(block);
}

NameCipher::Block NameCipher::Decrypt(const Block& block) const {
  return state_->decrypt.Of(block);
}

}  // namespace tanhui::signing
