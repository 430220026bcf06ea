// What one stretch of the log changed in the indexes; INDEXES.md is the page for people.
#ifndef TANHUI_LEDGER_STORE_INDEX_GENERATION_H_
#define TANHUI_LEDGER_STORE_INDEX_GENERATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/numeric/int128.h"
#include "ledger/core/state.h"
#include "ledger/merkle/tile.h"
#include "ledger/store/index/row_table.h"
#include "ledger/store/record.h"
#include "ledger/store/store.h"
#include "ledger/store/store_open.h"

namespace tanhui::store {

// From the end of one commit to the end of another. Written by one thread, which keeps readers out
// while Publish runs; once frozen it never changes.
class Generation {
 public:
  explicit Generation(std::uint64_t number) : number_(number) {}
  // The one that comes after `before`, empty, with room for about as much.
  static std::shared_ptr<Generation> After(const Generation& before);

  // Encodes and keeps the rows of a commit, which nobody sees yet.
  void Stage(const IndexChanges& commit);
  void Publish(const StoredHead& head);

  // Later generations have higher numbers, from 1.
  std::uint64_t number() const { return number_; }
  // After the last commit; nullopt when there was none.
  const std::optional<StoredHead>& head() const { return head_; }
  const RowTable& table(Family family) const { return tables_[family]; }
  std::size_t bytes() const;

  // At most `most` rows of an ordered family, deleted ones too, from the whole key `from` on, up or
  // down in order, as long as keys begin with `prefix`. Their bytes stay as long as this does.
  std::vector<RowTable::Row> RowsFrom(Family family, std::string_view from, std::string_view prefix,
                                      std::size_t most, Way way) const;

 private:
  // A key of an ordered family as a number that sorts as its octets do.
  using OrderedKey = absl::uint128;
  static OrderedKey OrderedKeyOf(std::string_view key);

  void StageOrdered(Family family, std::string_view key, std::string_view value,
                    bool deleted = false);
  void StageAccounts(const IndexChanges& commit);
  void StageBooks(const Changes& changes);

  const std::uint64_t number_;
  std::array<RowTable, kFamilyCount> tables_;  // only those of indexes are used
  // Keys of ordered families once more, for those that seek a neighbour and no key.
  std::array<absl::btree_set<OrderedKey>, kFamilyCount> ordered_;
  std::array<std::vector<OrderedKey>, kFamilyCount> staged_;
  std::optional<StoredHead> head_;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_INDEX_GENERATION_H_
