#include "ledger/signing/keyed_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "ledger/merkle/hash.h"

namespace tanhui::signing {
namespace {

std::string Hex(const Hash256& hash) {
  const std::string_view bytes = hash.view();
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

// RFC 4231, cases 1 to 4, 6 and 7.
TEST(HmacTest, Rfc4231) {
  struct Row {
    std::string key;
    std::string message;
    const char* mac;
  };
  const Row rows[] = {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {absl::HexStringToBytes("0102030405060708090a0b0c0d0e0f10111213141516171819"),
       std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Hex(HmacSha256(row.key, {row.message})), row.mac);
  }
}

// The definition of RFC 2104 around the block size, where padding could go wrong.
TEST(HmacTest, KeysOfEveryLength) {
  for (std::size_t size = 0; size <= 130; ++size) {
    const std::string key(size, 'k');
    std::string block = size > 64 ? std::string(merkle::Sha256(key).view()) : key;
    block.resize(64, '\0');
    std::string inner = block;
    std::string outer = block;
    for (std::size_t i = 0; i < 64; ++i) {
      inner[i] = static_cast<char>(inner[i] ^ 0x36);
      outer[i] = static_cast<char>(outer[i] ^ 0x5c);
    }
    EXPECT_EQ(HmacSha256(key, {"mess", "age"}),
              merkle::Sha256({outer, merkle::Sha256({inner, "message"}).view()}));
  }
}

TEST(KeyedHashTest, IsHmacOfTheConcatenation) {
  const std::string key(32, 'k');
  const KeyedHash hash(key);
  const Hash256 expected = HmacSha256(key, {"abcdefghijkl"});
  EXPECT_EQ(hash.Of({"abcdefghijkl"}), expected);
  EXPECT_EQ(hash.Of({"abc", "", "defghijkl"}), expected);
  EXPECT_EQ(hash.Of({"a", "b", "c", "d", "e", "f", "g", "h"}), HmacSha256(key, {"abcdefgh"}));
  EXPECT_EQ(hash.Of({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}), expected);
  EXPECT_EQ(hash.Of({}), HmacSha256(key, {""}));
  EXPECT_NE(KeyedHash(std::string(32, 'K')).Of({"abcdefghijkl"}), expected);
}

TEST(KeyedHashDeathTest, AKeyHas32Bytes) {
  EXPECT_DEATH(KeyedHash(std::string(31, 'k')), "32 bytes");
  EXPECT_DEATH(KeyedHash(std::string(33, 'k')), "32 bytes");
}

TEST(KeyedHashTest, OneKeyForManyThreads) {
  const KeyedHash hash(std::string(32, 'k'));
  const Hash256 expected = hash.Of({"message"});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(hash.Of({"mess", "age"}), expected);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(RandomBytesTest, NewEveryTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto bytes = RandomBytes(16);
    ASSERT_TRUE(bytes.ok());
    ASSERT_EQ(bytes->size(), 16u);
    EXPECT_TRUE(seen.insert(*bytes).second);
  }
  EXPECT_EQ(RandomBytes(0).value(), "");
}

}  // namespace
}  // namespace tanhui::signing
