// Sums of the postings of months that are not closed yet, by asset and kind of account: what a
// trial balance (试算平衡表) is made of. A row changes with every posting, so that the table is
// small and kept in memory; ledger/periods/PERIODS.md is the page for people.
#ifndef TANHUI_LEDGER_CORE_ACCOUNTS_PERIOD_TABLE_H_
#define TANHUI_LEDGER_CORE_ACCOUNTS_PERIOD_TABLE_H_

#include <compare>
#include <optional>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "ledger/core/account.h"
#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"

namespace tanhui {

struct PeriodKey {
  Month month;  // of accounting dates
  AssetNo asset;
  AccountKind kind = AccountKind::kCitizen;
  friend auto operator<=>(const PeriodKey&, const PeriodKey&) = default;
};

// 128 bits, so that no month can overflow them.
struct PeriodSums {
  absl::uint128 debits = 0;   // postings below zero, without their sign
  absl::uint128 credits = 0;  // postings above zero
  friend bool operator==(const PeriodSums&, const PeriodSums&) = default;
};

// A copy is a trial's way back. Not thread-safe.
class PeriodTable {
 public:
  struct Row {
    PeriodKey key;
    PeriodSums sums;
    bool changed = false;  // since the last TakeChanges
  };
  // nullopt: the row is gone, its month was closed.
  using Changes = std::vector<std::pair<PeriodKey, std::optional<PeriodSums>>>;

  // Counts a posting; 0 counts nothing.
  void Add(const PeriodKey& key, Amount amount);
  void Load(const PeriodKey& key, const PeriodSums& sums);
  // Forgets rows of the month and the asset.
  void Close(Month month, AssetNo asset);
  // In order of their keys.
  const std::vector<Row>& rows() const { return rows_; }
  // Each row that changed since the last call, in order of the keys.
  Changes TakeChanges();

 private:
  Row& At(const PeriodKey& key);
  std::vector<Row> rows_;
  std::vector<PeriodKey> closed_;
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_ACCOUNTS_PERIOD_TABLE_H_
