#include "ledger/signing/encoding.h"

#include <gtest/gtest.h>

#include <limits>

namespace tanhui::signing {
namespace {

// RFC 4648 section 10.
TEST(Base64Test, RoundTrip) {
  const std::pair<std::string, std::string> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"},
                                                      {"\xff\xef", "/+8="}};
  for (const auto& [bytes, text] : rows) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
  }
}

TEST(Base64Test, OneSpellingOnly) {
  for (const std::string_view text :
       {"Zh==", "Zm9=", "Zg", "Zg=", "Zg===", "Zm8", " Zm8=", "Zm8= ", "Zm\n8=", "Zm8=\n", "Z",
        "Zm9v=", "=", "====", "_-8=", "Zm9v!", "Zg==Zg=="}) {
    EXPECT_FALSE(DecodeBase64(text).has_value()) << text;
  }
  EXPECT_FALSE(DecodeBase64(std::string_view("Zm9v\0", 5)).has_value());
}

TEST(Base64Test, AHashIs32Bytes) {
  EXPECT_EQ(DecodeHash(EncodeBase64(std::string(32, 'h'))),
            Hash256::FromView(std::string(32, 'h')));
  EXPECT_FALSE(DecodeHash(EncodeBase64(std::string(31, 'h'))).has_value());
  EXPECT_FALSE(DecodeHash(EncodeBase64(std::string(33, 'h'))).has_value());
  EXPECT_FALSE(DecodeHash("").has_value());
}

TEST(DecimalTest, Strict) {
  EXPECT_EQ(DecodeDecimal("0"), 0u);
  EXPECT_EQ(DecodeDecimal("109482"), 109'482u);
  EXPECT_EQ(DecodeDecimal("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  for (const std::string_view text : {"", "00", "01", "+1", "-1", "-0", " 1", "1 ", "1a", "0x1",
                                      "1.0", "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_FALSE(DecodeDecimal(text).has_value()) << text;
  }
}

TEST(HexTest, EightLowerCaseDigits) {
  EXPECT_EQ(EncodeHex32(0x530d903a), "530d903a");
  EXPECT_EQ(EncodeHex32(1), "00000001");
  EXPECT_EQ(DecodeHex32("530d903a"), 0x530d903au);
  for (const std::string_view text :
       {"", "530D903A", "530d903", "530d903a0", "+30d903a", "-30d903a", " 30d903a", "530d903g"}) {
    EXPECT_FALSE(DecodeHex32(text).has_value()) << text;
  }
}

TEST(BigEndianTest, RoundTrip) {
  EXPECT_EQ(EncodeBigEndian32(0x01020384), "\x01\x02\x03\x84");
  EXPECT_EQ(DecodeBigEndian32("\x81\x02\x03\x84rest"), 0x81020384u);
}

TEST(Utf8Test, WellFormed) {
  std::string_view text = "a\xC3\xA9\xE7\xA2\xB3\xF0\x9F\x8C\xB1";
  EXPECT_EQ(TakeCodePoint(text), U'a');
  EXPECT_EQ(TakeCodePoint(text), 0xE9u);
  EXPECT_EQ(TakeCodePoint(text), 0x78B3u);
  EXPECT_EQ(TakeCodePoint(text), 0x1F331u);
  EXPECT_TRUE(text.empty());
  EXPECT_FALSE(TakeCodePoint(text).has_value());
  std::string_view last = "\xF4\x8F\xBF\xBF";
  EXPECT_EQ(TakeCodePoint(last), 0x10FFFFu);
}

TEST(Utf8Test, Malformed) {
  for (std::string_view text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xE7\xA2", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xF0\x9F\x8C"}) {
    EXPECT_FALSE(TakeCodePoint(text).has_value());
  }
}

TEST(LineTest, TakesUpToTheNewline) {
  std::string_view text = "one\n\nthree";
  EXPECT_EQ(TakeLine(text), "one");
  EXPECT_EQ(TakeLine(text), "");
  EXPECT_FALSE(TakeLine(text).has_value());
  EXPECT_EQ(text, "three");
}

}  // namespace
}  // namespace tanhui::signing
