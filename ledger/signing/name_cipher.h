// A secret permutation of 16-byte ids: AES-128, one block. Who holds one key can tell nothing of
// what another key makes of the same id.
#ifndef TANHUI_LEDGER_SIGNING_NAME_CIPHER_H_
#define TANHUI_LEDGER_SIGNING_NAME_CIPHER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace tanhui::signing {

// The key schedules are made once. Any number of threads may share one.
class NameCipher {
 public:
  static constexpr std::size_t kKeySize = 16;
  using Block = std::array<std::uint8_t, 16>;

  // Aborts unless `key` has kKeySize bytes.
  explicit NameCipher(std::string_view key);
  ~NameCipher();
  NameCipher(const NameCipher&) = delete;
  NameCipher& operator=(const NameCipher&) = delete;

  Block Encrypt(const Block& block) const;
  Block Decrypt(const Block& block) const;

 private:
  struct State;  // OpenSSL's types stay out of headers
  std::unique_ptr<State> state_;
};

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_NAME_CIPHER_H_
