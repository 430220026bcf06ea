#include "ledger/signing/signer.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace tanhui::signing {
namespace {

// RFC 8032 section 7.1, tests 1 to 3.
TEST(Ed25519Test, Rfc8032) {
  struct Row {
    const char* seed;
    const char* public_key;
    const char* message;
    const char* signature;
  };
  const Row rows[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "11d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "dc6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const Row& row : rows) {
    const std::string message = absl::HexStringToBytes(row.message);
    const auto signer = NewEd25519Signer(absl::HexStringToBytes(row.seed));
    ASSERT_TRUE(signer.ok()) << signer.status();
    EXPECT_EQ((*signer)->type(), kEd25519Type);
    EXPECT_EQ(absl::BytesToHexString((*signer)->public_key()), row.public_key);
    const auto signature = (*signer)->Sign(message);
    ASSERT_TRUE(signature.ok()) << signature.status();
    EXPECT_EQ(absl::BytesToHexString(*signature), row.signature);
    const auto verifier = NewEd25519Verifier((*signer)->public_key());
    ASSERT_TRUE(verifier.ok()) << verifier.status();
    EXPECT_EQ((*verifier)->type(), kEd25519Type);
    EXPECT_EQ((*verifier)->public_key(), (*signer)->public_key());
    EXPECT_TRUE((*verifier)->Verify(message, *signature));
    EXPECT_FALSE((*verifier)->Verify(message + "x", *signature));
  }
}

TEST(Ed25519Test, AnyBitOfTheSignatureMatters) {
  const auto signer = NewEd25519Signer(std::string(32, 's'));
  const auto verifier = NewEd25519Verifier((*signer)->public_key());
  const std::string signature = (*signer)->Sign("message").value();
  for (std::size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    std::string other = signature;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE((*verifier)->Verify("message", other));
  }
  EXPECT_FALSE((*verifier)->Verify("message", ""));
  EXPECT_FALSE((*verifier)->Verify("message", signature.substr(1)));
  EXPECT_FALSE((*verifier)->Verify("message", signature + "x"));
}

TEST(Ed25519Test, KeysOfAnotherLengthAreInvalid) {
  for (const std::size_t size : {0u, 31u, 33u, 64u}) {
    EXPECT_EQ(NewEd25519Signer(std::string(size, 'x')).status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(NewEd25519Verifier(std::string(size, 'x')).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(Ed25519Test, AKeyThatIsNoPointVerifiesNothing) {
  const std::string no_point(32, '\xff');
  const auto verifier = NewEd25519Verifier(no_point);
  ASSERT_TRUE(verifier.ok());
  EXPECT_FALSE((*verifier)->Verify("message", std::string(64, '\0')));
}

TEST(Ed25519Test, FreshSeedsDiffer) {
  const auto one = GenerateEd25519Seed();
  const auto two = GenerateEd25519Seed();
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(one->size(), kEd25519SeedSize);
  EXPECT_NE(*one, *two);
  EXPECT_TRUE(NewEd25519Signer(*one).ok());
}

}  // namespace
}  // namespace tanhui::signing
