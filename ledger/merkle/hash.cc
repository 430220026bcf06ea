#include "ledger/merkle/hash.h"

// OpenSSL 3 calls the functions of one algorithm deprecated in favour of EVP, which takes two
// fifths longer for hashes as short as these: each allocates, clears and frees a context.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "ledger/core/check.h"

namespace tanhui::merkle {
namespace {

constexpr std::string_view kLeafPrefix("\x00", 1);
constexpr char kNodePrefix = '\x01';

class Digest {
 public:
  Digest() { Check(SHA256_Init(&context_) == 1, "SHA-256 starts"); }
  void Add(std::string_view bytes) {
    Check(SHA256_Update(&context_, bytes.data(), bytes.size()) == 1, "SHA-256 takes bytes");
  }
  Hash256 Finish() {
    Hash256 hash;
    Check(SHA256_Final(hash.bytes.data(), &context_) == 1, "SHA-256 finishes");
    return hash;
  }

 private:
  SHA256_CTX context_;
};

}  // namespace

Hash256 Sha256(std::string_view bytes) {
  Digest digest;
  digest.Add(bytes);
  return digest.Finish();
}

Hash256 Sha256(std::initializer_list<std::string_view> parts) {
  return Sha256(std::span(parts.begin(), parts.size()));
}

Hash256 Sha256(std::span<const std::string_view> parts) {
  Digest digest;
  for (const std::string_view part : parts) {
    digest.Add(part);
  }
  return digest.Finish();
}

Hash256 LeafHash(std::string_view entry) {
  Digest digest;
  digest.Add(kLeafPrefix);
  digest.Add(entry);
  return digest.Finish();
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
