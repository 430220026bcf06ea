// Numbers as records hold them, and back; SCHEMA.md is the page for people.
#ifndef TANHUI_LEDGER_STORE_RECORDS_NUMBERS_H_
#define TANHUI_LEDGER_STORE_RECORDS_NUMBERS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace tanhui::store {

// Seven bits a byte, the lowest first; the high bit says that more follow.
inline void PutNumber(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// 0, -1, 1, -2 … as 0, 1, 2, 3 …
inline void PutSigned(std::string& out, std::int64_t value) {
  PutNumber(out, static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

inline void PutPositive(std::string& out, std::int64_t value) {
  PutNumber(out, static_cast<std::uint64_t>(value));
}

// Takes values off the front. After bytes that no encoder made it answers zeros and is not ok().
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  bool AtEnd() const { return ok_ && bytes_.empty(); }

  std::uint64_t Number(std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) {
        break;
      }
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      const std::uint64_t bits = byte & 0x7F;
      if (bits << shift >> shift != bits || (byte == 0 && shift > 0)) {
        break;  // more than 64 bits, or more bytes than are needed
      }
      value |= bits << shift;
      if (byte < 0x80) {
        return value <= most ? value : Fail();
      }
    }
    return Fail();
  }
  std::int64_t Signed(std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                      std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
    const std::uint64_t bits = Number();
    const auto value = static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
    return least <= value && value <= most ? value : static_cast<std::int64_t>(Fail());
  }
  std::int64_t Positive() {
    return static_cast<std::int64_t>(Number(std::numeric_limits<std::int64_t>::max()));
  }
  // A strong number, of no more than its own range.
  template <typename Strong>
  Strong As() {
    using Value = typename Strong::Value;
    return Strong(static_cast<Value>(Number(std::numeric_limits<Value>::max())));
  }
  template <typename Array>
  Array Octets() {
    if (bytes_.size() < Array::kSize) {
      Fail();
      return {};
    }
    const Array value = Array::FromView(bytes_.substr(0, Array::kSize));
    bytes_.remove_prefix(Array::kSize);
    return value;
  }
  // How many items follow, each of at least one byte.
  std::size_t Count(std::size_t most = std::numeric_limits<std::size_t>::max()) {
    return Number(std::min(most, bytes_.size()));
  }

 private:
  std::uint64_t Fail() {
    ok_ = false;
    bytes_ = {};
    return 0;
  }
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_RECORDS_NUMBERS_H_
