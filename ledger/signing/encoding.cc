#include "ledger/signing/encoding.h"

#include <charconv>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "ledger/core/check.h"

namespace tanhui::signing {
namespace {

absl::string_view AbslView(std::string_view text) { return {text.data(), text.size()}; }

// The shape of a UTF-8 sequence by its first byte; length 0 for a byte that starts none.
struct Utf8Shape {
  std::size_t length;
  char32_t first_bits;
  char32_t smallest;  // anything below it has a shorter form
};

Utf8Shape ShapeOf(unsigned char first) {
  if (first < 0x80) {
    return {1, first, 0};
  }
  if (first >= 0xC2 && first < 0xE0) {
    return {2, first & 0x1Fu, 0x80};
  }
  if (first >= 0xE0 && first < 0xF0) {
    return {3, first & 0x0Fu, 0x800};
  }
  if (first >= 0xF0 && first < 0xF5) {
    return {4, first & 0x07u, 0x10000};
  }
  return {0, 0, 0};
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) { return absl::Base64Escape(AbslView(bytes)); }

std::optional<std::string> DecodeBase64(std::string_view text) {
  // Abseil's reader also takes blanks, missing padding and stray bits in the last digit, so what it
  // read must come out the same again.
  std::string bytes;
  if (!absl::Base64Unescape(AbslView(text), &bytes) || EncodeBase64(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

std::optional<Hash256> DecodeHash(std::string_view text) {
  const std::optional<std::string> bytes = DecodeBase64(text);
  if (!bytes || bytes->size() != Hash256::kSize) {
    return std::nullopt;
  }
  return Hash256::FromView(*bytes);
}

std::optional<std::uint64_t> DecodeDecimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

std::string EncodeHex32(std::uint32_t value) { return absl::StrFormat("%08x", value); }

std::optional<std::uint32_t> DecodeHex32(std::string_view text) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc() || stop != end || EncodeHex32(value) != text) {
    return std::nullopt;
  }
  return value;
}

std::string EncodeBigEndian32(std::uint32_t value) {
  std::string bytes(4, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(value >> (24 - 8 * i) & 0xFF);
  }
  return bytes;
}

std::uint32_t DecodeBigEndian32(std::string_view bytes) {
  Check(bytes.size() >= 4, "a 32-bit number has four bytes");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  const Utf8Shape shape = ShapeOf(static_cast<unsigned char>(text.front()));
  if (shape.length == 0 || text.size() < shape.length) {
    return std::nullopt;
  }
  char32_t point = shape.first_bits;
  for (std::size_t i = 1; i < shape.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0u) != 0x80u) {
      return std::nullopt;
    }
    point = point << 6 | (byte & 0x3Fu);
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < shape.smallest || point > 0x10FFFF || surrogate) {
    return std::nullopt;
  }
  text.remove_prefix(shape.length);
  return point;
}

std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace tanhui::signing
