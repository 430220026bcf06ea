// The last value of each key that a stretch of the log changed, in memory.
#ifndef TANHUI_LEDGER_STORE_INDEX_ROW_TABLE_H_
#define TANHUI_LEDGER_STORE_INDEX_ROW_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace tanhui::store {

// Rows lie one behind the other in blocks that never move; a hash table holds their addresses. A
// later value of a key is a new row, the earlier one stays until the table goes.
//
// One writer stages rows, which nobody sees, and then publishes all of them. The caller keeps
// readers out while Publish runs; Stage and MakeRoom may run beside readers.
class RowTable {
 public:
  struct Row {
    std::string_view key;
    std::string_view value;
    bool deleted = false;  // there is none of this key
  };

  RowTable() = default;
  RowTable(const RowTable&) = delete;
  RowTable& operator=(const RowTable&) = delete;

  void Stage(std::string_view key, std::string_view value, bool deleted = false);
  // Before the first row: as much room as another table needed.
  void Reserve(const RowTable& other) { slots_.assign(other.slots_.size(), 0); }
  // After the last Stage and before Publish, so that Publish allocates nothing.
  void MakeRoom();
  void Publish();

  // The hash that Find takes, so that several tables share it.
  static std::uint32_t HashOf(std::string_view key);
  std::optional<Row> Find(std::string_view key, std::uint32_t hash) const;
  // Fetches into the cache what Find looks at first.
  void Prefetch(std::uint32_t hash) const {
    if (keys_ != 0) {
      __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
    }
  }
  bool empty() const { return keys_ == 0; }
  // Of all blocks and of the hash table, but room that is not used.
  std::size_t bytes() const { return bytes_ + keys_ * 2 * sizeof(Slot); }
  // Every key once, in order. Not beside Publish.
  std::vector<Row> Sorted() const;

 private:
  // The address in the low 48 bits, 16 bits of the hash above them; 0: empty.
  using Slot = std::uint64_t;
  struct Header {
    std::uint32_t hash;
    std::uint32_t value_size;
    std::uint16_t key_size;
    bool deleted;
    bool replaced;  // by a later row of the same key
  };
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t used = 0;
  };
  static std::size_t SizeOf(const Header& header);
  static Row RowAt(const char* at);
  static const char* AddressIn(Slot slot);
  static void Put(std::vector<Slot>& slots, Slot slot, std::uint32_t hash);
  std::size_t Place(const std::vector<Slot>& slots, std::uint32_t hash, std::string_view key) const;
  static bool* Replaced(Slot slot);
  char* Allocate(std::size_t size);

  std::vector<Block> blocks_;
  std::size_t block_size_ = 0;  // of the last one
  std::size_t bytes_ = 0;
  std::vector<const char*> staged_;
  std::vector<Slot> slots_;
  std::vector<Slot> larger_;  // made by MakeRoom, taken by Publish
  std::size_t keys_ = 0;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_INDEX_ROW_TABLE_H_
