// Rows by key in bounded memory.
#ifndef TANHUI_LEDGER_WATCH_BOUNDED_TABLE_H_
#define TANHUI_LEDGER_WATCH_BOUNDED_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace tanhui::watch {

// At most `capacity` rows: a new key takes the place of the one that came first. One thread.
template <typename Key, typename Row>
class BoundedTable {
 public:
  // `capacity` is at least 1.
  explicit BoundedTable(std::size_t capacity) : capacity_(capacity) { rows_.reserve(capacity); }

  // nullptr when there is none. Rows stay where they are until their place is taken.
  Row* Find(const Key& key) {
    const auto place = places_.find(key);
    return place == places_.end() ? nullptr : &rows_[place->second].second;
  }

  // Has the key's place brought near while something else is done.
  void Prefetch(const Key& key) const { places_.prefetch(key); }

  // A new row when there is none.
  Row& At(const Key& key) {
    const auto [place, added] = places_.try_emplace(key, static_cast<std::uint32_t>(next_));
    if (!added) {
      return rows_[place->second].second;
    }
    if (rows_.size() < capacity_) {
      rows_.emplace_back(key, Row());
    } else {
      places_.erase(rows_[next_].first);
      rows_[next_] = {key, Row()};
    }
    Row& row = rows_[next_].second;
    next_ = (next_ + 1) % capacity_;
    if (rows_.size() == capacity_) {
      places_.prefetch(rows_[next_].first);  // erased at the next new key
    }
    return row;
  }

  std::size_t size() const { return rows_.size(); }

 private:
  const std::size_t capacity_;
  absl::flat_hash_map<Key, std::uint32_t> places_;
  std::vector<std::pair<Key, Row>> rows_;
  std::size_t next_ = 0;  // the place that the next new key takes
};

}  // namespace tanhui::watch

#endif  // TANHUI_LEDGER_WATCH_BOUNDED_TABLE_H_
