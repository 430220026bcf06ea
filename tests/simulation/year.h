// A year in the life of a small city: citizens, households, minors, merchants and budgets over a
// real store and sequencer, with ledger time given day by day. Deterministic for a seed.
#ifndef TANHUI_TESTS_SIMULATION_YEAR_H_
#define TANHUI_TESTS_SIMULATION_YEAR_H_

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/ledger/core/commands.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::simulation {

struct YearOptions {
  int citizens = 10'000;
  int days = 366;
  int commands_per_day = 900;
  std::uint32_t seed = 20260301;
};

class Year {
 public:
  explicit Year(const YearOptions& options);

  // Opens everything, lives every day and sweeps what is due at the end.
  void Live();

  sequencer::Town& town() { return town_; }
  AssetNo asset() const { return AssetNo(1); }
  static Terms terms();
  // How often each outcome came: the name of an entry's body, or a refusal's reason.
  const std::map<std::string, int>& tally() const { return tally_; }

 private:
  using Number = std::uint32_t;
  // An accepted entry that something may follow up: 1 + its index is never 0.
  struct Past {
    std::uint64_t index = 0;
    std::int64_t points = 0;
    std::uint64_t quantity = 0;
    std::string request_id;
  };

  void OpenTown();
  void OpenBudgets(int quarter);
  void OpenPeople();
  void OpenHouseholds();
  void LiveDay(int day);
  // Closes the next accounting month, when it can be closed.
  void CloseMonth();
  void SweepAll();

  Command Draw();
  Command DrawEarning();
  Command DrawSpending();
  Command DrawFollowUp();
  Command DrawHousehold();
  Command DrawAccountChange();
  // The account's number for each accepted command, in order; sorts what can be followed up.
  void Play(const std::vector<Command>& commands);
  void Remember(const Entry& entry, EntryIndex index);

  std::string NextId() { return "y" + std::to_string(++ids_); }
  Number Random(Number below) {
    return std::uniform_int_distribution<Number>(0, below - 1)(random_);
  }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Random(static_cast<Number>(from.size()))];
  }
  Past PickPast(std::deque<Past>& from);
  // Some are booked on an earlier day.
  Command Booked(Command command);

  YearOptions options_;
  sequencer::Town town_;
  std::mt19937 random_;
  std::uint64_t ids_ = 0;
  std::map<std::string, int> tally_;

  std::vector<ParticipantNo> sponsors_;
  std::vector<AccountNo> merchants_;
  std::vector<AccountNo> charities_;
  std::vector<AccountNo> budgets_;  // of the quarter
  std::vector<AccountNo> citizens_;
  std::vector<std::pair<AccountNo, AccountNo>> minors_;  // with their guardians
  struct Home {
    AccountNo account;
    std::vector<AccountNo> members;
  };
  std::vector<Home> households_;
  // What was opened last, in order of the numbers.
  std::vector<AccountNo> opened_;
  std::vector<ParticipantNo> registered_;

  Month next_to_close_{0};  // 0: the one in which the year begins

  std::deque<Past> awards_;
  std::deque<Past> spendings_;
  std::deque<Past> holds_;
  std::deque<Past> cancellable_;
};

}  // namespace tanhui::simulation

#endif  // TANHUI_TESTS_SIMULATION_YEAR_H_
