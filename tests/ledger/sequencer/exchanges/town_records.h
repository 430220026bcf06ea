// What is in a town, for comparing two of them.
#ifndef TANHUI_TESTS_LEDGER_SEQUENCER_EXCHANGES_TOWN_RECORDS_H_
#define TANHUI_TESTS_LEDGER_SEQUENCER_EXCHANGES_TOWN_RECORDS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {

inline std::vector<std::string> LogOf(const Town& town) {
  std::vector<std::string> entries;
  for (std::uint64_t i = 0; i < town.Size(); ++i) {
    entries.push_back(town.EntryAt(i).DebugString());
  }
  return entries;
}

// Accounts, what became of entries, and lists.
struct Records {
  std::vector<std::pair<AccountNo, Account>> accounts;
  std::vector<std::pair<EntryIndex, Undone>> undone;
  std::vector<ListingRow> listings;
  friend bool operator==(const Records&, const Records&) = default;
};

inline Records RecordsOf(Town& town) {
  Records records;
  const auto into = [](auto& rows) {
    return [&rows](const auto& key, const auto& value) {
      rows.emplace_back(key, value);
      return absl::OkStatus();
    };
  };
  EXPECT_TRUE(town.store().ScanAccounts(into(records.accounts)).ok());
  EXPECT_TRUE(town.store().ScanUndone(into(records.undone)).ok());
  EXPECT_TRUE(town.store()
                  .ScanListings([&](const ListingRow& row) {
                    records.listings.push_back(row);
                    return absl::OkStatus();
                  })
                  .ok());
  return records;
}

inline std::size_t Listed(const Records& records, Listing listing, std::uint64_t owner) {
  std::size_t count = 0;
  for (const ListingRow& row : records.listings) {
    count += row.listing == listing && row.owner == owner ? 1 : 0;
  }
  return count;
}

}  // namespace tanhui::sequencer

#endif  // TANHUI_TESTS_LEDGER_SEQUENCER_EXCHANGES_TOWN_RECORDS_H_
