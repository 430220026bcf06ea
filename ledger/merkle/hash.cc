#include "ledger/merkle/hash.h"

#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <memory>

#include "ledger/core/check.h"

namespace tanhui::merkle {
namespace {

constexpr std::string_view kLeafPrefix("\x00", 1);
constexpr char kNodePrefix = '\x01';

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// OpenSSL 3 looks the algorithm up on every one-shot call, which costs twice the hash of a node:
// fetch it once. Never freed: hashing may go on until the process ends.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  Check(algorithm != nullptr, "OpenSSL offers SHA-256");
  return algorithm;
}

// One context per thread, because making one costs an allocation or two.
EVP_MD_CTX* Start() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  Check(context != nullptr && EVP_DigestInit_ex(context.get(), Algorithm(), nullptr) == 1,
        "SHA-256 starts");
  return context.get();
}

void Add(EVP_MD_CTX* context, std::string_view bytes) {
  Check(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1, "SHA-256 takes bytes");
}

Hash256 Finish(EVP_MD_CTX* context) {
  Hash256 hash;
  unsigned int size = 0;
  Check(EVP_DigestFinal_ex(context, hash.bytes.data(), &size) == 1 && size == Hash256::kSize,
        "SHA-256 finishes");
  return hash;
}

}  // namespace

Hash256 Sha256(std::string_view bytes) {
  EVP_MD_CTX* const context = Start();
  Add(context, bytes);
  return Finish(context);
}

Hash256 Sha256(std::initializer_list<std::string_view> parts) {
  return Sha256(std::span(parts.begin(), parts.size()));
}

Hash256 Sha256(std::span<const std::string_view> parts) {
  EVP_MD_CTX* const context = Start();
  for (const std::string_view part : parts) {
    Add(context, part);
  }
  return Finish(context);
}

Hash256 LeafHash(std::string_view entry) {
  EVP_MD_CTX* const context = Start();
  Add(context, kLeafPrefix);
  Add(context, entry);
  return Finish(context);
}

Hash256 NodeHash(const Hash256& left, const Hash256& right) {
  std::array<char, 1 + 2 * Hash256::kSize> node;
  node[0] = kNodePrefix;
  std::memcpy(node.data() + 1, left.bytes.data(), Hash256::kSize);
  std::memcpy(node.data() + 1 + Hash256::kSize, right.bytes.data(), Hash256::kSize);
  return Sha256(std::string_view(node.data(), node.size()));
}

Hash256 EmptyRoot() { return Sha256(std::string_view()); }

}  // namespace tanhui::merkle
