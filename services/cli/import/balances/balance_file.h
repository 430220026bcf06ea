// A file of opening balances, as an older system hands them over; its grammar is in
// ledger/points/loads/LOADS.md.
#ifndef TANHUI_SERVICES_CLI_IMPORT_BALANCES_BALANCE_FILE_H_
#define TANHUI_SERVICES_CLI_IMPORT_BALANCES_BALANCE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/import/reading_progress.h"
#include "tanhui/v1/loads.pb.h"

namespace tanhui::cli {

// What the file, or the older system's books, say in all.
struct BalanceTotals {
  std::uint64_t accounts = 0;
  std::int64_t points = 0;
  std::int64_t grams = 0;
};

// Something wrong with the file; never says whose line it is.
struct BalanceProblem {
  std::uint64_t line = 0;  // 0: the whole file
  std::string text;
};
// So many are kept; the others are counted.
inline constexpr std::size_t kMostProblems = 1'000;

// The lines of one account.
struct BalanceLines {
  std::uint64_t line = 0;  // number of the first
  std::size_t begin = 0;   // where they stand in the text
  std::size_t end = 0;
};

// A file that was read once, and that stays mapped as long as this: balances are read again when
// they are sent, so that ten million take no memory but where they stand.
class BalanceFile {
 public:
  // Reads everything and finds all problems; fails only when the header cannot be read, or, with
  // Cancelled, when `progress` says so. `today`: lots of an earlier month are a problem; nullopt:
  // they are none.
  static absl::StatusOr<BalanceFile> Read(std::string_view text, std::optional<Month> today,
                                          const ReadingProgress& progress);

  const Hash256& sha256() const { return sha256_; }
  const BalanceTotals& totals() const { return totals_; }
  std::uint64_t lots() const { return lots_; }
  const std::vector<BalanceLines>& balances() const { return balances_; }
  const std::vector<BalanceProblem>& problems() const { return problems_; }
  std::uint64_t problem_count() const { return problem_count_; }
  // Adds one for each of the totals that is another than `want`.
  void Compare(const BalanceTotals& want);

  // Account or user, and lots, of one balance of a file without problems.
  v1::StateBalanceRequest RequestOf(const BalanceLines& lines) const;

 private:
  class Reader;
  BalanceFile(std::string_view text, CsvColumns columns) : text_(text), columns_(columns) {}
  void Add(std::uint64_t line, std::string problem);

  std::string_view text_;
  CsvColumns columns_;
  Hash256 sha256_;
  BalanceTotals totals_;
  std::uint64_t lots_ = 0;
  std::vector<BalanceLines> balances_;
  std::vector<BalanceProblem> problems_;
  std::uint64_t problem_count_ = 0;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_BALANCES_BALANCE_FILE_H_
