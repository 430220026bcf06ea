#include "ledger/signing/key.h"

#include <gtest/gtest.h>

#include "ledger/signing/encoding.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::signing {
namespace {

constexpr std::string_view kVector =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

TEST(VerifierKeyTest, TheVectorOfTheSpecification) {
  const auto key = ParseVerifierKey(kVector);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->name(), "example.com/foo");
  EXPECT_EQ(key->key_id(), 0x530d903au);
  EXPECT_EQ(key->verifier().type(), kEd25519Type);
  EXPECT_EQ(FormatVerifierKey(*key), kVector);
  EXPECT_TRUE(ParseVerifierKey(std::string(kVector) + "\n").ok());
}

TEST(VerifierKeyTest, MalformedTextsAreInvalid) {
  const std::string base64 = "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  const std::string rows[] = {
      "",
      "\n",
      "example.com/foo",
      "example.com/foo+530d903a",
      "example.com/foo+530d903a+",
      "+530d903a+" + base64,
      "example com/foo+530d903a+" + base64,
      "example.com/foo+530D903A+" + base64,
      "example.com/foo+530d903+" + base64,
      "example.com/foo+530d903a0+" + base64,
      "example.com/foo+530d903b+" + base64,  // the id of another key
      "example.com/fop+530d903a+" + base64,  // the id under another name
      "example.com/foo+530d903a+" + base64.substr(1),
      "example.com/foo+530d903a+" + base64 + "A===",
      "example.com/foo+530d903a+" + base64 + " ",
      "example.com/foo+530d903a+" + base64 + "\n\n",
      "example.com/foo+530d903a+" + base64 + "\r\n",
      " example.com/foo+530d903a+" + base64,
      "example.com/foo+530d903a+" + EncodeBase64("\x01" + std::string(31, 'x')),
      "example.com/foo+530d903a+" + EncodeBase64("\x01" + std::string(33, 'x')),
      "example.com/foo+530d903a+AQ==",
  };
  for (const std::string& row : rows) {
    EXPECT_EQ(ParseVerifierKey(row).status().code(), absl::StatusCode::kInvalidArgument) << row;
  }
}

TEST(VerifierKeyTest, OtherTypesAreUnimplemented) {
  for (const char type : {'\x02', '\x04', '\x05', '\x06', '\xff', '\x00'}) {
    const std::string text =
        "example.com/foo+530d903a+" + EncodeBase64(type + std::string(32, 'x'));
    EXPECT_EQ(ParseVerifierKey(text).status().code(), absl::StatusCode::kUnimplemented);
  }
}

TEST(PrivateKeyTest, RoundTrip) {
  const auto text = FormatPrivateKey(kDemoName, DemoSeed());
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text,
            "PRIVATE+KEY+tanhui.example/demo+526715e7+"
            "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f");
  const auto key = ParsePrivateKey(*text + "\n");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(FormatVerifierKey(*key), FormatVerifierKey(DemoSigner()));
  EXPECT_EQ(FormatVerifierKey(*key), FormatVerifierKey(VerifierOf(*key)));
}

TEST(PrivateKeyTest, MalformedTextsAreInvalid) {
  const std::string good = FormatPrivateKey(kDemoName, DemoSeed()).value();
  const std::string seed = EncodeBase64("\x01" + DemoSeed());
  const std::string rows[] = {
      "",
      "PRIVATE+KEY+",
      good.substr(12),
      good.substr(1),
      "PRIVATE+KEY+tanhui.example/demo+526715e8+" + seed,
      "PRIVATE+KEY+tanhui.example/other+526715e7+" + seed,
      "PRIVATE+KEY+tanhui.example/demo+526715e7+" + EncodeBase64("\x01" + DemoSeed().substr(1)),
      good + "\n\n",
      std::string(kVector),
  };
  for (const std::string& row : rows) {
    const auto key = ParsePrivateKey(row);
    EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument) << row;
    EXPECT_EQ(std::string(key.status().message()).find("AQABAg"), std::string::npos);
  }
  EXPECT_FALSE(FormatPrivateKey(kDemoName, "short").ok());
  EXPECT_FALSE(FormatPrivateKey("two words", DemoSeed()).ok());
  EXPECT_FALSE(FormatPrivateKey("", DemoSeed()).ok());
}

// A verifier key must not be mistaken for a private one and printed, nor the other way round.
TEST(PrivateKeyTest, IsNoVerifierKey) {
  EXPECT_FALSE(ParseVerifierKey(FormatPrivateKey(kDemoName, DemoSeed()).value()).ok());
}

TEST(KeyNameTest, Rules) {
  for (const std::string_view good :
       {"a", "example.com/log42", "points.example.cn/\xE6\x88\x90\xE9\x83\xBD", "-", "=", "/"}) {
    EXPECT_TRUE(CheckKeyName(good).ok()) << good;
  }
  for (const std::string_view bad : {"",
                                     " ",
                                     "a b",
                                     "a+b",
                                     "+",
                                     "a\tb",
                                     "a\nb",
                                     "\x7f",
                                     "a\xC2\xA0"
                                     "b",
                                     "\xC2\x85",
                                     "\xC2\x80",
                                     "\xE1\x9A\x80",
                                     "\xE2\x80\x80",
                                     "\xE2\x80\x8A",
                                     "\xE2\x80\xA8",
                                     "\xE2\x80\xA9",
                                     "\xE2\x80\xAF",
                                     "\xE2\x81\x9F",
                                     "\xE3\x80\x80",
                                     "\xff",
                                     "a\xC3"}) {
    EXPECT_EQ(CheckKeyName(bad).code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_FALSE(CheckKeyName(std::string_view("a\0b", 3)).ok());
}

}  // namespace
}  // namespace tanhui::signing
