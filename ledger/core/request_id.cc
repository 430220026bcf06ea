#include "ledger/core/request_id.h"

#include "ledger/core/octets/hex_digit.h"

namespace tanhui {
namespace {

constexpr char kUuidForm = '\x01';
constexpr char kTextForm = '\x02';
constexpr std::size_t kUuidText = 36;
constexpr std::size_t kUuidBytes = 16;
constexpr char kHex[] = "0123456789abcdef";

bool IsDash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

bool PackUuid(std::string_view text, char* out) {
  if (text.size() != kUuidText) {
    return false;
  }
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kUuidText; ++i) {
    if (IsDash(i)) {
      if (text[i] != '-') {
        return false;
      }
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) {
      return false;
    }
    char& byte = out[digits / 2];
    byte = static_cast<char>(digits % 2 == 0 ? value << 4 : (byte & 0xf0) | value);
    ++digits;
  }
  return true;
}

}  // namespace

std::optional<RequestId> RequestId::FromText(std::string_view text) {
  if (text.empty() || text.size() > kMaxText) {
    return std::nullopt;
  }
  RequestId id;
  if (PackUuid(text, id.bytes_.data() + 1)) {
    id.bytes_[0] = kUuidForm;
    id.size_ = 1 + kUuidBytes;
    return id;
  }
  id.bytes_.fill(0);
  id.bytes_[0] = kTextForm;
  std::memcpy(id.bytes_.data() + 1, text.data(), text.size());
  id.size_ = static_cast<std::uint8_t>(1 + text.size());
  return id;
}

std::optional<RequestId> RequestId::FromStored(std::string_view stored) {
  if (stored.size() < 2 || stored.size() > kMaxText + 1) {
    return std::nullopt;
  }
  const bool uuid = stored[0] == kUuidForm && stored.size() == 1 + kUuidBytes;
  if (!uuid && stored[0] != kTextForm) {
    return std::nullopt;
  }
  RequestId id;
  std::memcpy(id.bytes_.data(), stored.data(), stored.size());
  id.size_ = static_cast<std::uint8_t>(stored.size());
  // A text form that should have been packed would make one id two.
  if (!uuid && FromText(stored.substr(1)) != id) {
    return std::nullopt;
  }
  return id;
}

std::string RequestId::text() const {
  if (size_ == 0) {
    return {};
  }
  if (bytes_[0] == kTextForm) {
    return std::string(stored().substr(1));
  }
  std::string out;
  out.reserve(kUuidText);
  for (std::size_t i = 0; i < kUuidBytes; ++i) {
    if (IsDash(out.size())) {
      out.push_back('-');
    }
    const auto byte = static_cast<unsigned char>(bytes_[1 + i]);
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

std::optional<LedgerTime> RequestId::UuidV7Time() const {
  if (size_ != 1 + kUuidBytes || bytes_[0] != kUuidForm) {
    return std::nullopt;
  }
  const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(bytes_[1 + i]); };
  if (byte(6) >> 4 != 7 || byte(8) >> 6 != 2) {
    return std::nullopt;
  }
  std::int64_t millis = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    millis = millis << 8 | byte(i);
  }
  return LedgerTime(millis * 1000);
}

}  // namespace tanhui
