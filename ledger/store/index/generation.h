// What one stretch of the log changed in the indexes; INDEXES.md is the page for people.
#ifndef TANHUI_LEDGER_STORE_INDEX_GENERATION_H_
#define TANHUI_LEDGER_STORE_INDEX_GENERATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "ledger/core/ids.h"
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

  // The last entry of the first commit, in order, that moved the account and ends at or after
  // `from`, plus one.
  std::optional<std::uint64_t> SeekHistory(AccountNo account, std::uint64_t from_plus_one) const;
  // Entries by which the product earned, from `from` on, at most `max`.
  void EarningsOf(std::uint32_t product, EntryIndex from, std::size_t max,
                  absl::btree_set<EntryIndex>& out) const;

 private:
  void StageAccounts(const IndexChanges& commit);

  const std::uint64_t number_;
  std::array<RowTable, kFamilyCount> tables_;  // only those of indexes are used
  // The same rows once more, for those that seek a neighbour and no key.
  absl::btree_set<std::pair<AccountNo, std::uint64_t>> histories_;
  absl::btree_set<std::pair<std::uint32_t, EntryIndex>> earnings_;
  std::vector<std::pair<AccountNo, std::uint64_t>> staged_histories_;
  std::vector<std::pair<std::uint32_t, EntryIndex>> staged_earnings_;
  std::optional<StoredHead> head_;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_INDEX_GENERATION_H_
