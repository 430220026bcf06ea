// Ids under a key: the published example, back again, and nothing in common between keys.
#include "ledger/signing/name_cipher.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tanhui::signing {
namespace {

// The example of FIPS 197, appendix C.1.
TEST(NameCipherTest, IsAes128) {
  std::string key;
  NameCipher::Block plain;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    key.push_back(static_cast<char>(i));
    plain[i] = static_cast<std::uint8_t>(i * 0x11);
  }
  const NameCipher::Block cipher = {0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                                    0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a};
  EXPECT_EQ(NameCipher(key).Encrypt(plain), cipher);
  EXPECT_EQ(NameCipher(key).Decrypt(cipher), plain);
}

TEST(NameCipherTest, KeysHaveNothingInCommon) {
  const NameCipher a(std::string(16, 'a'));
  const NameCipher b(std::string(16, 'b'));
  std::set<NameCipher::Block> names;
  for (std::uint8_t i = 0; i < 200; ++i) {
    NameCipher::Block id{};
    id[0] = i;
    names.insert(a.Encrypt(id));
    names.insert(b.Encrypt(id));
    EXPECT_EQ(a.Decrypt(a.Encrypt(id)), id);
    EXPECT_NE(b.Decrypt(a.Encrypt(id)), id);
  }
  EXPECT_EQ(names.size(), 400u);
}

TEST(NameCipherTest, ThreadsShareOne) {
  const NameCipher cipher(std::string(16, 'k'));
  std::vector<std::thread> threads;
  for (std::uint8_t t = 0; t < 4; ++t) {
    threads.emplace_back([&cipher, t] {
      NameCipher::Block id{};
      id[1] = t;
      for (int i = 0; i < 10'000; ++i) {
        id[0] = static_cast<std::uint8_t>(i);
        ASSERT_EQ(cipher.Decrypt(cipher.Encrypt(id)), id);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace tanhui::signing
