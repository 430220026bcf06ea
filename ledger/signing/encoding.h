// Strict readings of the small encodings that keys, notes and receipts are made of.
//
// Every reader takes exactly the one text that the writer would produce and answers nullopt for
// anything else: what is signed or handed out must not have two spellings. Pure; any thread.
#ifndef TANHUI_LEDGER_SIGNING_ENCODING_H_
#define TANHUI_LEDGER_SIGNING_ENCODING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/core/ids.h"

namespace tanhui::signing {

// Base 64 of RFC 4648 section 4, padded.
std::string EncodeBase64(std::string_view bytes);
std::optional<std::string> DecodeBase64(std::string_view text);
// Base 64 of exactly 32 bytes.
std::optional<Hash256> DecodeHash(std::string_view text);

// ASCII digits, no sign, no leading zero but in "0" itself; less than 2^64.
std::optional<std::uint64_t> DecodeDecimal(std::string_view text);

// Eight lower-case hexadecimal digits.
std::string EncodeHex32(std::uint32_t value);
std::optional<std::uint32_t> DecodeHex32(std::string_view text);

// Four bytes, the most significant first.
std::string EncodeBigEndian32(std::uint32_t value);
// Requires at least four bytes and reads the first four.
std::uint32_t DecodeBigEndian32(std::string_view bytes);

// Takes one code point off the front; nullopt when `text` is empty or does not begin with
// well-formed UTF-8 (RFC 3629: shortest form, no surrogates).
std::optional<char32_t> TakeCodePoint(std::string_view& text);

// Takes one line off the front, without its newline; nullopt (and `text` untouched) when there is
// no newline.
std::optional<std::string_view> TakeLine(std::string_view& text);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_ENCODING_H_
