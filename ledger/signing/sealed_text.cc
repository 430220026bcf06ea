#include "ledger/signing/sealed_text.h"

#include <openssl/evp.h>

#include <array>
#include <limits>
#include <memory>

#include "ledger/core/check.h"
#include "ledger/signing/keyed_hash.h"

namespace tanhui::signing {
namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherHandle = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* Raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* Raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

bool Fits(std::string_view bytes) {
  return bytes.size() < static_cast<std::size_t>(std::numeric_limits<int>::max());
}

}  // namespace

absl::StatusOr<std::string> SealText(const Hash256& key, std::string_view place,
                                     std::string_view text) {
  Check(Fits(place) && Fits(text), "a text to seal is too long");
  auto nonce = RandomBytes(kNonceSize);
  if (!nonce.ok()) {
    return nonce.status();
  }
  const CipherHandle context(EVP_CIPHER_CTX_new());
  std::string sealed(text.size(), '\0');
  std::array<unsigned char, kTagSize> tag;
  int size = 0;
  const bool done =
      context != nullptr &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(),
                         Raw(std::string_view(*nonce))) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &size, Raw(place),
                        static_cast<int>(place.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), Raw(sealed), &size, Raw(text),
                        static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), Raw(sealed) + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag.data()) == 1;
  Check(done, "OpenSSL offers AES-256-GCM");
  return *nonce + sealed + std::string(tag.begin(), tag.end());
}

absl::StatusOr<std::string> OpenText(const Hash256& key, std::string_view place,
                                     std::string_view sealed) {
  if (sealed.size() < kNonceSize + kTagSize || !Fits(sealed) || !Fits(place)) {
    return absl::DataLossError("a sealed text is cut short");
  }
  const std::string_view nonce = sealed.substr(0, kNonceSize);
  const std::string_view body = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  const CipherHandle context(EVP_CIPHER_CTX_new());
  std::string text(body.size(), '\0');
  int size = 0;
  const bool opened =
      context != nullptr &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(), Raw(nonce)) ==
          1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, Raw(place),
                        static_cast<int>(place.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), Raw(text), &size, Raw(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), Raw(text) + size, &size) == 1;
  if (!opened) {
    return absl::DataLossError("a sealed text was not sealed with this key for this place");
  }
  return text;
}

}  // namespace tanhui::signing
