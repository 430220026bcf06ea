#include "ledger/store/index/row_table.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "ledger/core/check.h"

namespace tanhui::store {
namespace {

constexpr std::size_t kFirstBlock = std::size_t{4} << 10;
constexpr std::size_t kLargestBlock = std::size_t{1} << 20;
constexpr std::size_t kFirstSlots = 64;
constexpr int kAddressBits = 48;
constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << kAddressBits) - 1;
// How far ahead rows are fetched into the cache while they are published.
constexpr std::size_t kAhead = 8;

std::uint64_t SlotOf(const char* row, std::uint32_t hash) {
  return (std::uint64_t{hash} >> 16) << kAddressBits | reinterpret_cast<std::uint64_t>(row);
}

// Eight bytes of a key from `skip` on as a number that sorts like them.
std::uint64_t PrefixOf(std::string_view key, std::size_t skip) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, key.data() + skip, std::min<std::size_t>(8, key.size() - skip));
  return __builtin_bswap64(bytes);
}

std::size_t CommonPrefix(std::string_view a, std::string_view b) {
  const std::size_t size = std::min(a.size(), b.size());
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + size, b.begin()).first -
                                  a.begin());
}

}  // namespace

std::uint32_t RowTable::HashOf(std::string_view key) {
  const std::uint64_t hash = absl::Hash<absl::string_view>{}({key.data(), key.size()});
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

RowTable::Row RowTable::RowAt(const char* at) {
  Header header;
  std::memcpy(&header, at, sizeof header);
  const char* const key = at + sizeof header;
  return {{key, header.key_size}, {key + header.key_size, header.value_size}, header.deleted};
}

const char* RowTable::AddressIn(Slot slot) {
  return reinterpret_cast<const char*>(slot & kAddressMask);
}

// Rows are aligned, so that a walk over a block finds each.
std::size_t RowTable::SizeOf(const Header& header) {
  const std::size_t size = sizeof header + header.key_size + header.value_size;
  return (size + alignof(Header) - 1) / alignof(Header) * alignof(Header);
}

// Readers look at it only where Publish may not run.
bool* RowTable::Replaced(Slot slot) {
  return reinterpret_cast<bool*>((slot & kAddressMask) + offsetof(Header, replaced));
}

char* RowTable::Allocate(std::size_t size) {
  if (blocks_.empty() || block_size_ - blocks_.back().used < size) {
    const std::size_t next = std::clamp(block_size_ * 2, kFirstBlock, kLargestBlock);
    block_size_ = std::max(size, next);
    bytes_ += block_size_;
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(block_size_)});
  }
  Block& block = blocks_.back();
  char* const out = block.bytes.get() + block.used;
  block.used += size;
  return out;
}

void RowTable::Stage(std::string_view key, std::string_view value, bool deleted) {
  Check(key.size() <= std::numeric_limits<std::uint16_t>::max(), "a key of an index is too long");
  const Header header{HashOf(key), static_cast<std::uint32_t>(value.size()),
                      static_cast<std::uint16_t>(key.size()), deleted, false};
  char* const row = Allocate(SizeOf(header));
  std::memcpy(row, &header, sizeof header);
  std::copy(key.begin(), key.end(), row + sizeof header);
  std::copy(value.begin(), value.end(), row + sizeof header + key.size());
  staged_.push_back(row);
}

std::size_t RowTable::Place(const std::vector<Slot>& slots, std::uint32_t hash,
                            std::string_view key) const {
  const std::size_t mask = slots.size() - 1;
  std::size_t at = hash & mask;
  for (; slots[at] != 0; at = (at + 1) & mask) {
    if (slots[at] >> kAddressBits == hash >> 16 && RowAt(AddressIn(slots[at])).key == key) {
      break;
    }
  }
  return at;
}

// A slot whose key is not there yet.
void RowTable::Put(std::vector<Slot>& slots, Slot slot, std::uint32_t hash) {
  const std::size_t mask = slots.size() - 1;
  std::size_t at = hash & mask;
  while (slots[at] != 0) {
    at = (at + 1) & mask;
  }
  slots[at] = slot;
}

void RowTable::MakeRoom() {
  const std::size_t most = keys_ + staged_.size();
  std::size_t size = std::max(slots_.size(), kFirstSlots);
  while (size * 5 < most * 8) {
    size *= 2;
  }
  if (size == slots_.size()) {
    return;
  }
  larger_.assign(size, 0);
  for (const Slot slot : slots_) {
    if (slot != 0) {
      Header header;
      std::memcpy(&header, AddressIn(slot), sizeof header);
      Put(larger_, slot, header.hash);
    }
  }
}

void RowTable::Publish() {
  if (!larger_.empty()) {
    slots_ = std::exchange(larger_, {});
  }
  const auto hash_of = [this](std::size_t i) {
    Header header;
    std::memcpy(&header, staged_[i], sizeof header);
    return header.hash;
  };
  for (std::size_t i = 0; i < staged_.size(); ++i) {
    if (i + kAhead < staged_.size()) {
      __builtin_prefetch(&slots_[hash_of(i + kAhead) & (slots_.size() - 1)], 1);
    }
    const std::uint32_t hash = hash_of(i);
    const std::size_t at = Place(slots_, hash, RowAt(staged_[i]).key);
    if (slots_[at] == 0) {
      ++keys_;
    } else {
      *Replaced(slots_[at]) = true;
    }
    slots_[at] = SlotOf(staged_[i], hash);
  }
  staged_.clear();
}

std::optional<RowTable::Row> RowTable::Find(std::string_view key, std::uint32_t hash) const {
  if (keys_ == 0) {
    return std::nullopt;
  }
  const Slot slot = slots_[Place(slots_, hash, key)];
  return slot == 0 ? std::nullopt : std::optional(RowAt(AddressIn(slot)));
}

std::vector<RowTable::Row> RowTable::Sorted() const {
  // In the order in which they came: the memory lies in a row, and what came in the order of its
  // keys, as numbers and ids with a time do, need not be sorted.
  std::vector<Row> rows;
  rows.reserve(keys_);
  for (const Block& block : blocks_) {
    for (std::size_t at = 0; at < block.used;) {
      Header header;
      std::memcpy(&header, block.bytes.get() + at, sizeof header);
      if (!header.replaced) {
        rows.push_back(RowAt(block.bytes.get() + at));
      }
      at += SizeOf(header);
    }
  }
  const auto by_key = [](const Row& a, const Row& b) { return a.key < b.key; };
  if (std::is_sorted(rows.begin(), rows.end(), by_key)) {
    return rows;
  }
  std::size_t skip = rows.empty() ? 0 : rows.front().key.size();
  for (const Row& row : rows) {
    skip = std::min(skip, CommonPrefix(row.key, rows.front().key));
  }
  // Most keys differ in their first bytes behind what all have: comparing numbers that lie side by
  // side is five times as fast as following every pointer.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  order.reserve(rows.size());
  for (const Row& row : rows) {
    order.emplace_back(PrefixOf(row.key, skip), static_cast<std::uint32_t>(order.size()));
  }
  std::sort(order.begin(), order.end(), [&rows](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : rows[a.second].key < rows[b.second].key;
  });
  std::vector<Row> sorted;
  sorted.reserve(rows.size());
  for (const auto& [prefix, at] : order) {
    sorted.push_back(rows[at]);
  }
  return sorted;
}

}  // namespace tanhui::store
