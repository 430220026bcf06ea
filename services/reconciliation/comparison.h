// 对账: a participant's own rows of a ledger day beside those of its day file, request by request.
#ifndef TANHUI_SERVICES_RECONCILIATION_COMPARISON_H_
#define TANHUI_SERVICES_RECONCILIATION_COMPARISON_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/business_time.h"
#include "services/reconciliation/day_file.h"
#include "services/reconciliation/sorted_runs.h"

namespace tanhui::reconciliation {

// What became of a request, by one of the two sides.
struct Side {
  std::int64_t points = 0;
  std::int64_t fen = 0;
  RowState state = RowState::kDone;
  friend bool operator==(const Side&, const Side&) = default;
};

// A row of the participant's own books.
struct OwnRow {
  std::string request_id;
  Side side;
  std::optional<LedgerTime> time;
  std::uint64_t line = 0;  // of its file
};

enum class DiffClass : std::uint8_t {
  kMatched,
  kAmount,        // points or fen differ
  kState,         // only the state differs
  kMissingHere,   // the ledger has it, the participant has not
  kMissingThere,  // the participant has it, the ledger has not
  kTiming,  // 未达账项: the same, but so near the cut-off that it is looked for in the next file
  // Rows of the ledger that the participant need not have: those others made, and those that moved
  // nothing. No difference.
  kNotCompared,
};
inline constexpr std::size_t kDiffClasses = 7;
// matched, amount, state, missing_here, missing_there, timing, not_compared.
std::string_view NameOf(DiffClass diff_class);

// One request that is not the same on both sides.
struct Difference {
  std::string_view request_id;
  DiffClass diff_class = DiffClass::kAmount;
  std::optional<Side> ours;
  std::optional<Side> theirs;
  std::optional<EntryIndex> entry;
};
// As CSV, without line ends.
std::string_view DifferenceHeader();
std::string DifferenceLine(const Difference& difference);

struct ClassTotals {
  std::uint64_t rows = 0;
  std::int64_t our_points = 0;
  std::int64_t our_fen = 0;
  std::int64_t their_points = 0;
  std::int64_t their_fen = 0;
  friend bool operator==(const ClassTotals&, const ClassTotals&) = default;
};
struct ComparisonTotals {
  std::array<ClassTotals, kDiffClasses> classes;
  ClassTotals& of(DiffClass which) { return classes[static_cast<std::size_t>(which)]; }
  const ClassTotals& of(DiffClass which) const { return classes[static_cast<std::size_t>(which)]; }
  bool AllMatched() const;
  friend bool operator==(const ComparisonTotals&, const ComparisonTotals&) = default;
};

// Of what day it is, and how near the cut-off a missing row is one of timing.
struct ComparedDay {
  BusinessDate day;
  std::uint32_t cutoff_minute = 0;
  std::int64_t timing_minutes = 10;
};

// First both sides are added, in any order, then compared once. One thread.
class Comparison {
 public:
  using Tell = std::function<absl::Status(const Difference&)>;

  // `own_file` is named in errors.
  explicit Comparison(std::string own_file, const RunOptions& options = {});

  absl::Status AddOurs(const OwnRow& row);
  absl::Status AddTheirs(const DayRow& row);
  // Tells the differences in order of the request ids' bytes. InvalidArgument when a request id
  // stands twice, and when sums are too large: what was told before is void then.
  absl::StatusOr<ComparisonTotals> Compare(const ComparedDay& day, const Tell& tell);

  std::uint64_t rows() const { return ours_.size() + theirs_.size(); }

 private:
  struct Ours;
  struct Theirs;
  absl::Status NextOurs(std::optional<Ours>& row);
  absl::Status NextTheirs(std::optional<Theirs>& row);
  absl::Status Count(const Difference& difference);

  std::string own_file_;
  SortedRuns ours_;
  SortedRuns theirs_;
  ComparisonTotals totals_;
};

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_COMPARISON_H_
