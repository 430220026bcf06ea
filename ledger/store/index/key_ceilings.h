// The largest key in files of each beginning: what is above it need not be looked for there.
#ifndef TANHUI_LEDGER_STORE_INDEX_KEY_CEILINGS_H_
#define TANHUI_LEDGER_STORE_INDEX_KEY_CEILINGS_H_

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ledger/store/index/row_table.h"
#include "ledger/store/store_open.h"

namespace tanhui::store {

// Request ids that hold the time at which they were drawn are above all that were written before:
// asking the files costs more than deciding the award. Keys begin with the caller and the kind of
// id. Thread-safe.
class KeyCeilings {
 public:
  explicit KeyCeilings(const Database& database) : database_(database) {}
  KeyCeilings(const KeyCeilings&) = delete;
  KeyCeilings& operator=(const KeyCeilings&) = delete;

  // Before the rows, in order, can be seen in files.
  void Raise(const std::vector<RowTable::Row>& rows);
  // Keeps those of `wanted` (places in `keys`) that files may hold.
  void Filter(const std::vector<std::string_view>& keys, std::vector<std::size_t>& wanted);

 private:
  static constexpr std::size_t kBeginning = 5;  // bytes: caller and kind of id
  // Of all keys with that beginning; looked up the first time. With the lock held.
  std::string& CeilingOf(std::string_view beginning);

  const Database& database_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::string> ceilings_;  // guarded by mutex_
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_INDEX_KEY_CEILINGS_H_
