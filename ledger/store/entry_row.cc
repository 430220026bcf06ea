#include "ledger/store/entry_row.h"

#include <cstdint>

#include "ledger/core/octets/big_endian.h"

namespace tanhui::store {
namespace {

constexpr std::size_t kMaxEntries = 64;
constexpr std::size_t kMaxBytes = std::size_t{16} << 10;  // but one entry may be larger

std::size_t U16At(std::string_view bytes, std::size_t at) {
  bytes.remove_prefix(at);
  return TakeBigEndian<std::uint16_t>(bytes);
}

}  // namespace

std::size_t EntriesOfRow(std::span<const std::string> entries) {
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < entries.size() && count < kMaxEntries; ++count) {
    bytes += entries[count].size();
    if (count > 0 && bytes > kMaxBytes) {
      break;
    }
  }
  return count;
}

std::string EncodeEntryRow(std::span<const std::string> entries) {
  std::size_t size = 2 + 2 * entries.size();
  for (const std::string& entry : entries) {
    size += entry.size();
  }
  std::string out;
  out.reserve(size);
  PutBigEndian(out, static_cast<std::uint16_t>(entries.size()));
  for (const std::string& entry : entries) {
    PutBigEndian(out, static_cast<std::uint16_t>(entry.size()));
  }
  for (const std::string& entry : entries) {
    out += entry;
  }
  return out;
}

std::optional<std::vector<std::string_view>> DecodeEntryRow(std::string_view bytes) {
  if (bytes.size() < 2) {
    return std::nullopt;
  }
  const std::size_t count = U16At(bytes, 0);
  std::size_t at = 2 + 2 * count;
  if (count == 0 || bytes.size() < at) {
    return std::nullopt;
  }
  std::vector<std::string_view> entries;
  entries.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = U16At(bytes, 2 + 2 * i);
    if (size > bytes.size() - at) {
      return std::nullopt;
    }
    entries.push_back(bytes.substr(at, size));
    at += size;
  }
  return at == bytes.size() ? std::optional(std::move(entries)) : std::nullopt;
}

}  // namespace tanhui::store
