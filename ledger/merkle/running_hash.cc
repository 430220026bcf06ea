#include "ledger/merkle/running_hash.h"

#include <openssl/evp.h>

#include "ledger/core/check.h"

namespace tanhui::merkle {

struct RunningSha256::Context {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> digest{EVP_MD_CTX_new()};
};

RunningSha256::RunningSha256() : context_(std::make_unique<Context>()) {
  Check(context_->digest != nullptr &&
            EVP_DigestInit_ex(context_->digest.get(), EVP_sha256(), nullptr) == 1,
        "SHA-256 starts");
}

RunningSha256::~RunningSha256() = default;
RunningSha256::RunningSha256(RunningSha256&& other) noexcept = default;
RunningSha256& RunningSha256::operator=(RunningSha256&& other) noexcept = default;

void RunningSha256::Add(std::string_view bytes) {
  Check(EVP_DigestUpdate(context_->digest.get(), bytes.data(), bytes.size()) == 1,
        "SHA-256 takes bytes");
}

Hash256 RunningSha256::Finish() {
  Hash256 hash;
  unsigned int size = 0;
  Check(EVP_DigestFinal_ex(context_->digest.get(), hash.bytes.data(), &size) == 1 &&
            size == Hash256::kSize,
        "SHA-256 finishes");
  return hash;
}

}  // namespace tanhui::merkle
