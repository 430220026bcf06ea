// HMAC-SHA-256 (RFC 2104, FIPS 198-1) and random bytes.
#ifndef TANHUI_LEDGER_SIGNING_KEYED_HASH_H_
#define TANHUI_LEDGER_SIGNING_KEYED_HASH_H_

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"

namespace tanhui::signing {

// A key, ready to hash with: what depends on the key alone is computed once. Immutable, so any
// number of threads may share one; copies share the key, which is wiped when the last one goes.
class KeyedHash {
 public:
  static constexpr std::size_t kKeySize = 32;

  // Aborts unless `key` has kKeySize bytes: whoever reads a key from outside checks its length and
  // can say where it came from.
  explicit KeyedHash(std::string_view key);

  // HMAC of the concatenation. The parts are not delimited: a caller whose parts vary in length
  // must make the boundaries unambiguous itself.
  Hash256 Of(std::initializer_list<std::string_view> parts) const;

 private:
  friend Hash256 HmacSha256(std::string_view key, std::initializer_list<std::string_view> parts);
  struct State;  // OpenSSL's types stay out of headers
  explicit KeyedHash(std::shared_ptr<const State> state);

  std::shared_ptr<const State> state_;
};

// The same for a key of any length that is used once; a KeyedHash is twice as fast.
Hash256 HmacSha256(std::string_view key, std::initializer_list<std::string_view> parts);

// Whether two texts are the same, in a time that says nothing about where they differ.
bool SameSecret(std::string_view a, std::string_view b);

// From the operating system's generator by way of OpenSSL's; fit for keys. Internal when that
// fails.
absl::StatusOr<std::string> RandomBytes(std::size_t size);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_KEYED_HASH_H_
