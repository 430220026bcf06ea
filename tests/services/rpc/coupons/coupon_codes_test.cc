// Codes of coupons: the golden ones of CODES.md, and what readers do with damage.
#include <gtest/gtest.h>

#include <string>

#include "services/rpc/coupons/crockford.h"
#include "services/rpc/coupons/qr_code.h"
#include "services/rpc/coupons/short_code.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::rpc {
namespace {

// The key of these examples: 32 times the letter k.
signing::KeyedHash ExampleKey() { return signing::KeyedHash(std::string(32, 'k')); }

QrCode Example() {
  QrCode code;
  code.coupon = EntryIndex(123'456);
  code.made_at = 1'805'515'200;
  code.campaign = CampaignNo(7);
  code.most_fen = Amount(2'000);
  code.use_until = 1'807'243'200;
  return code;
}

constexpr std::string_view kGoldenShort = "XH3N3-2RQHM-WGG7M";
constexpr std::string_view kGoldenQr =
    "THC1.AAAAAAAB4kAAAAAAa535wAAAAAcAAAAAAAAH0AAAAABruFfA."
    "Rk7fOxPIXJlIT4ETv2IBiw8g1Ib2s1VKy7GVc83V1G-kVWFAo6iu-sLlk3ZYQqGzK8xesA8KoZoDoDSWNA7zDQ";

signing::NamedVerifier Verifier(const signing::NamedSigner& signer) {
  return *signing::ParseVerifierKey(signing::FormatVerifierKey(signer));
}

TEST(ShortCode, TheExampleOfThePage) {
  EXPECT_EQ(CouponShortCode(ExampleKey(), EntryIndex(123'456)), kGoldenShort);
  EXPECT_EQ(ReadCouponShortCode(ExampleKey(), kGoldenShort), EntryIndex(123'456));
}

TEST(ShortCode, IsReadInAnySpelling) {
  for (std::uint64_t index = 0; index < 500; ++index) {
    const std::string code = CouponShortCode(ExampleKey(), EntryIndex(index));
    std::string spelt;
    for (const char c : code) {
      if (c == '-') {
        continue;
      }
      spelt.push_back(c == '1' ? 'l' : c == '0' ? 'o' : c >= 'A' ? static_cast<char>(c + 32) : c);
    }
    EXPECT_EQ(ReadCouponShortCode(ExampleKey(), spelt), EntryIndex(index)) << code;
  }
}

TEST(ShortCode, ADamagedOneIsNone) {
  const std::string code(kGoldenShort);
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::string damaged = code;
    damaged[i] = damaged[i] == 'Z' ? '7' : 'Z';
    EXPECT_FALSE(ReadCouponShortCode(ExampleKey(), damaged).has_value()) << damaged;
  }
  EXPECT_FALSE(ReadCouponShortCode(ExampleKey(), "").has_value());
  EXPECT_FALSE(ReadCouponShortCode(ExampleKey(), code + "0").has_value());
  EXPECT_FALSE(ReadCouponShortCode(ExampleKey(), code.substr(1)).has_value());
  EXPECT_FALSE(ReadCouponShortCode(ExampleKey(), "UUUUU-UUUUU-UUUUU").has_value());
  EXPECT_FALSE(
      ReadCouponShortCode(signing::KeyedHash(std::string(32, 'l')), kGoldenShort).has_value());
}

TEST(QrCodeText, TheExampleOfThePage) {
  const auto text = QrText(Example(), signing::DemoSigner());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, kGoldenQr);
  const auto read = ParseQrText(*text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->code, Example());
  EXPECT_TRUE(IsSignedBy(*read, Verifier(signing::DemoSigner())));
  EXPECT_FALSE(IsSignedBy(*read, Verifier(signing::DemoSigner("another", 100))));
}

TEST(QrCodeText, ADamagedOneIsNoneOrUnsigned) {
  const auto verifier = Verifier(signing::DemoSigner());
  const std::string text(kGoldenQr);
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'A', 'z', '.', '=', '+', ' ', '\0'}) {
      std::string damaged = text;
      if (damaged[i] == c) {
        continue;
      }
      damaged[i] = c;
      const auto read = ParseQrText(damaged);
      EXPECT_FALSE(read.has_value() && IsSignedBy(*read, verifier)) << damaged;
    }
    EXPECT_FALSE(ParseQrText(text.substr(0, i)).has_value());
  }
  EXPECT_FALSE(ParseQrText(text + "A").has_value());
  EXPECT_FALSE(ParseQrText(text + "=").has_value());
}

TEST(QrCodeText, NumbersFrom2To63OnAreDamage) {
  QrCode code = Example();
  code.coupon = EntryIndex((std::uint64_t{1} << 63) - 1);
  EXPECT_TRUE(ParseQrText(*QrText(code, signing::DemoSigner())).has_value());
  code.coupon = EntryIndex(std::uint64_t{1} << 63);
  EXPECT_FALSE(ParseQrText(*QrText(code, signing::DemoSigner())).has_value());
}

TEST(QrCodeText, IsFreshForAMinute) {
  const QrCode code = Example();
  EXPECT_TRUE(IsFresh(code, code.made_at, 0));
  EXPECT_TRUE(IsFresh(code, code.made_at + 60, 0));
  EXPECT_FALSE(IsFresh(code, code.made_at + 61, 0));
  EXPECT_TRUE(IsFresh(code, code.made_at + 90));
  EXPECT_FALSE(IsFresh(code, code.made_at + 91));
  EXPECT_TRUE(IsFresh(code, code.made_at - 30));
  EXPECT_FALSE(IsFresh(code, code.made_at - 31));
}

TEST(Crockford, BackAndForth) {
  EXPECT_EQ(CrockfordOf(0, 3), "000");
  EXPECT_EQ(CrockfordOf(1'023, 3), "0ZZ");
  EXPECT_EQ(BitsOfCrockford("0ZZ"), 1'023U);
}

}  // namespace
}  // namespace tanhui::rpc
