// What is owed to citizens, counted from the entries of the log alone: plain maps, nothing of the
// ledger's own state or rules.
#ifndef TANHUI_TESTS_SIMULATION_RECOUNT_H_
#define TANHUI_TESTS_SIMULATION_RECOUNT_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::simulation {

class Recount {
 public:
  void Add(std::uint64_t index, const entry::v1::Entry& entry);

  struct Row {
    std::int64_t free = 0;
    std::int64_t held = 0;
    std::int64_t grams = 0;
    friend bool operator==(const Row&, const Row&) = default;
  };
  // By expiry month and funder, without rows that hold nothing.
  std::map<std::pair<std::uint32_t, std::uint32_t>, Row> Rows() const;
  std::int64_t Free() const;
  std::int64_t Held() const;
  std::int64_t Debt() const;
  // The sum of all balances of accounts of a kind.
  std::int64_t Total(entry::v1::AccountKind kind) const;

 private:
  using Key = std::tuple<std::uint32_t, std::uint32_t>;  // expiry month, funder
  struct Part {
    Key key;
    std::int64_t points;
    std::int64_t grams;
  };
  void AddPosting(const entry::v1::Posting& posting);
  void End(std::uint64_t hold);

  std::map<std::uint64_t, entry::v1::AccountKind> kinds_;
  std::map<std::uint64_t, std::int64_t> balances_;
  std::map<std::uint64_t, std::int64_t> debts_;
  std::map<Key, Row> rows_;
  // Open holds by the entry that made them.
  std::map<std::uint64_t, std::vector<Part>> holds_;
};

}  // namespace tanhui::simulation

#endif  // TANHUI_TESTS_SIMULATION_RECOUNT_H_
