#include "ledger/core/accounts/period_table.h"

#include <algorithm>

namespace tanhui {

PeriodTable::Row& PeriodTable::At(const PeriodKey& key) {
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), key,
                                   [](const Row& row, const PeriodKey& k) { return row.key < k; });
  return at != rows_.end() && at->key == key ? *at : *rows_.insert(at, Row{key, {}, false});
}

void PeriodTable::Add(const PeriodKey& key, Amount amount) {
  if (amount == Amount(0)) {
    return;
  }
  Row& row = At(key);
  row.changed = true;
  if (amount.negative()) {
    row.sums.debits += absl::uint128(0) - absl::uint128(amount.units());
  } else {
    row.sums.credits += absl::uint128(amount.units());
  }
}

void PeriodTable::Load(const PeriodKey& key, const PeriodSums& sums) { At(key).sums = sums; }

void PeriodTable::Close(Month month, AssetNo asset) {
  std::erase_if(rows_, [&](const Row& row) {
    const bool closes = row.key.month == month && row.key.asset == asset;
    if (closes) {
      closed_.push_back(row.key);
    }
    return closes;
  });
}

PeriodTable::Changes PeriodTable::TakeChanges() {
  Changes changes;
  for (const PeriodKey& key : closed_) {
    changes.emplace_back(key, std::nullopt);
  }
  closed_.clear();
  for (Row& row : rows_) {
    if (row.changed) {
      changes.emplace_back(row.key, row.sums);
      row.changed = false;
    }
  }
  std::sort(changes.begin(), changes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return changes;
}

}  // namespace tanhui
