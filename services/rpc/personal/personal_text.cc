#include "services/rpc/personal/personal_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/core/check.h"

namespace tanhui {
namespace {

constexpr std::size_t kMobileDigits = 11;
constexpr std::size_t kIdentityDigits = 18;

bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

// What one character of a text is here.
enum class Kind : std::uint8_t { kDigit, kLetter, kGap, kOther };
struct Sign {
  Kind kind = Kind::kOther;
  char digit = 0;  // '0' to '9', of a digit; 'X', of the letter
};

Sign AsciiSign(char c) {
  if (IsAsciiDigit(c)) {
    return {Kind::kDigit, c};
  }
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
    return {Kind::kLetter, c == 'x' ? 'X' : c};
  }
  return {c == ' ' || c == '-' || c == '\t' ? Kind::kGap : Kind::kOther};
}

Sign SignOf(UChar32 c) {
  constexpr UChar32 kMinusSign = 0x2212;
  constexpr UChar32 kAsciiEnd = 0x80;
  if (c < kAsciiEnd) {
    return AsciiSign(static_cast<char>(c));
  }
  if (const std::int32_t value = u_charDigitValue(c); value >= 0) {
    return {Kind::kDigit, static_cast<char>('0' + value)};
  }
  const int type = u_charType(c);
  if (c == kMinusSign || type == U_DASH_PUNCTUATION || type == U_FORMAT_CHAR ||
      u_isUWhiteSpace(c) != 0) {
    return {Kind::kGap};
  }
  const bool letter = u_isalpha(c) != 0 && u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) == 0;
  return {letter ? Kind::kLetter : Kind::kOther};
}

std::vector<Sign> SignsOf(std::string_view text) {
  std::vector<Sign> signs;
  signs.reserve(text.size());
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    std::transform(text.begin(), text.end(), std::back_inserter(signs), AsciiSign);
    return signs;
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  Check(U_SUCCESS(error) != 0 && nfkc != nullptr, "ICU offers NFKC");
  const icu::UnicodeString normal =
      nfkc->normalize(icu::UnicodeString::fromUTF8(
                          icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))),
                      error);
  Check(U_SUCCESS(error) != 0, "ICU normalises a text");
  for (std::int32_t at = 0; at < normal.length(); at = normal.moveIndex32(at, 1)) {
    signs.push_back(SignOf(normal.char32At(at)));
  }
  return signs;
}

bool IsMobile(std::string_view digits) {
  if (digits.size() == kMobileDigits + 2 && digits.starts_with("86")) {
    digits.remove_prefix(2);
  }
  return digits.size() == kMobileDigits && digits[0] == '1' && digits[1] >= '3';
}

// Whether eight digits can be a date of birth, YYYYMMDD.
bool CanBeBirthDate(std::string_view digits) {
  const auto number = [digits](std::size_t at) {
    return (digits[at] - '0') * 10 + (digits[at + 1] - '0');
  };
  const int century = number(0);
  return century >= 18 && century <= 20 && number(4) >= 1 && number(4) <= 12 && number(6) >= 1 &&
         number(6) <= 31;
}

// GB 11643-1999: six digits of a district, the date of birth, three digits, and a last sign that
// follows from those before it. Without the date, one of eleven order numbers would be taken for
// one.
bool IsIdentity(std::string_view signs) {
  constexpr std::array<int, kIdentityDigits - 1> kWeights = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                             3, 7, 9,  10, 5, 8, 4, 2};
  constexpr std::string_view kChecks = "10X98765432";
  if (signs.size() != kIdentityDigits) {
    return false;
  }
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    if (!IsAsciiDigit(signs[i])) {
      return false;
    }
    sum += kWeights[i] * (signs[i] - '0');
  }
  return CanBeBirthDate(signs.substr(6, 8)) &&
         signs.back() == kChecks[static_cast<std::size_t>(sum) % kChecks.size()];
}

bool Bounds(Kind kind) { return kind != Kind::kDigit && kind != Kind::kLetter; }

// Whether a number begins with the digit at `first`, before which nothing forbids it.
bool BeginsNumber(const std::vector<Sign>& signs, std::size_t first) {
  std::string digits;
  for (std::size_t at = first; at < signs.size() && digits.size() < kIdentityDigits; ++at) {
    const Sign sign = signs[at];
    const bool check_x =
        sign.kind == Kind::kLetter && sign.digit == 'X' && digits.size() == kIdentityDigits - 1;
    if (sign.kind == Kind::kGap) {
      continue;
    }
    if (sign.kind != Kind::kDigit && !check_x) {
      return false;
    }
    digits.push_back(sign.digit);
    const bool ends = at + 1 == signs.size() || Bounds(signs[at + 1].kind);
    if (ends && (IsMobile(digits) || IsIdentity(digits))) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool HoldsPersonalNumber(std::string_view text) {
  // Most texts are short of digits, of which a byte begins one at most.
  const auto digits = std::count_if(text.begin(), text.end(), [](char c) {
    return IsAsciiDigit(c) || static_cast<unsigned char>(c) >= 0x80;
  });
  if (static_cast<std::size_t>(digits) < kMobileDigits) {
    return false;
  }
  const std::vector<Sign> signs = SignsOf(text);
  for (std::size_t at = 0; at < signs.size(); ++at) {
    const bool may_begin =
        signs[at].kind == Kind::kDigit && (at == 0 || Bounds(signs[at - 1].kind));
    if (may_begin && BeginsNumber(signs, at)) {
      return true;
    }
  }
  return false;
}

}  // namespace tanhui
