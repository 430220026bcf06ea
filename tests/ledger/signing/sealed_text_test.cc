// What is sealed opens with the same key at the same place alone, whatever was done to its bytes.
#include "ledger/signing/sealed_text.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tanhui::signing {
namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

Hash256 KeyOf(unsigned char filling) {
  Hash256 key;
  key.bytes.fill(filling);
  return key;
}

std::string Seal(std::string_view text, std::string_view place = "place") {
  const auto sealed = SealText(KeyOf(1), place, text);
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return sealed.value_or("");
}

// The code with which it is not opened; kOk when it is.
absl::StatusCode CodeOf(std::string_view sealed, std::string_view place = "place",
                        unsigned char key = 1) {
  return OpenText(KeyOf(key), place, sealed).status().code();
}

TEST(SealedTextTest, OpensAgain) {
  for (const std::string& text :
       {std::string(), std::string("s3://proofs/0042.jpg"), std::string("\0with\0zeros", 11),
        std::string("凭证 第四二号"), std::string(100'000, 'x')}) {
    const std::string sealed = Seal(text);
    EXPECT_EQ(sealed.size(), kNonceSize + text.size() + kTagSize);
    EXPECT_EQ(OpenText(KeyOf(1), "place", sealed).value(), text);
  }
}

TEST(SealedTextTest, APlaceMayBeEmpty) {
  const std::string sealed = Seal("text", "");
  EXPECT_EQ(OpenText(KeyOf(1), "", sealed).value(), "text");
  EXPECT_EQ(CodeOf(sealed, "place"), absl::StatusCode::kDataLoss);
}

TEST(SealedTextTest, HidesTheTextAndLooksNewEveryTime) {
  std::set<std::string> seen;
  std::set<std::string> nonces;
  for (int i = 0; i < 100; ++i) {
    const std::string sealed = Seal("s3://proofs/0042.jpg");
    EXPECT_EQ(sealed.find("proofs"), std::string::npos);
    EXPECT_TRUE(seen.insert(sealed).second);
    EXPECT_TRUE(nonces.insert(sealed.substr(0, kNonceSize)).second) << "a nonce used twice";
  }
}

TEST(SealedTextTest, NotWithAnotherKey) {
  EXPECT_EQ(CodeOf(Seal("text"), "place", 2), absl::StatusCode::kDataLoss);
  // Every bit of the key counts.
  const std::string sealed = Seal("text");
  for (std::size_t bit = 0; bit < 256; ++bit) {
    Hash256 key = KeyOf(1);
    key.bytes[bit / 8] = static_cast<std::uint8_t>(key.bytes[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(OpenText(key, "place", sealed).ok()) << "bit " << bit;
  }
}

TEST(SealedTextTest, NotAtAnotherPlace) {
  const std::string sealed = Seal("text", "account 7 entry 42");
  EXPECT_EQ(CodeOf(sealed, "account 7 entry 42"), absl::StatusCode::kOk);
  for (const char* place :
       {"", "account 7 entry 43", "account 8 entry 42", "account 7 entry 42 ", "account 7"}) {
    EXPECT_EQ(CodeOf(sealed, place), absl::StatusCode::kDataLoss) << place;
  }
  // What the place ends with and the text begins with are told apart.
  EXPECT_FALSE(OpenText(KeyOf(1), "places", Seal("text", "place")).ok());
}

TEST(SealedTextTest, NotWithAnyBitFlipped) {
  for (const std::string text : {"", "reference of a file"}) {
    const std::string sealed = Seal(text);
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
      std::string damaged = sealed;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_EQ(CodeOf(damaged), absl::StatusCode::kDataLoss) << "bit " << bit;
    }
  }
}

TEST(SealedTextTest, NotCutShortOrMadeLonger) {
  const std::string sealed = Seal("reference of a file");
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(CodeOf(sealed.substr(0, size)), absl::StatusCode::kDataLoss) << size;
    EXPECT_EQ(CodeOf(sealed.substr(sealed.size() - size)), absl::StatusCode::kDataLoss) << size;
  }
  EXPECT_EQ(CodeOf(sealed + std::string(1, '\0')), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(std::string(1, '\0') + sealed), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(sealed + sealed), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(std::string(kNonceSize + kTagSize, '\0')), absl::StatusCode::kDataLoss);
}

// Test case 16 of the GCM specification (McGrew and Viega): key, nonce, additional data and text
// with a known ciphertext and tag, so that other implementations can open what we sealed.
TEST(SealedTextTest, IsAes256Gcm) {
  const auto bytes = [](std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    }
    return out;
  };
  const Hash256 key =
      Hash256::FromView(bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const std::string sealed = bytes(
      "cafebabefacedbaddecaf888"
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(OpenText(key, bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"), sealed).value(),
            bytes("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
}

}  // namespace
}  // namespace tanhui::signing
