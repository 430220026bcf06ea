// Sorting more records than memory holds: runs are sorted in memory, written to disk and merged.
#ifndef TANHUI_SERVICES_RECONCILIATION_SORTED_RUNS_H_
#define TANHUI_SERVICES_RECONCILIATION_SORTED_RUNS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tanhui::reconciliation {

struct RunOptions {
  // Where runs are written, in files without names; empty: the system's directory for them.
  std::string directory;
  // The memory of a run. Higher: fewer runs; lower: less memory.
  std::size_t run_bytes = std::size_t{64} << 20;
};

// A key and a value, opaque bytes. The views are good until the next call.
struct RunRecord {
  std::string_view key;
  std::string_view value;
};

// First all is added, then all is read. Keys come in order of their bytes, equal ones in the order
// in which they were added. Besides one run, memory is taken by 64 KiB for each of at most
// kMostRuns runs while they are merged. After an error nothing more can be done. One thread.
class SortedRuns {
 public:
  explicit SortedRuns(RunOptions options = {});
  ~SortedRuns();
  SortedRuns(SortedRuns&&) noexcept;
  SortedRuns& operator=(SortedRuns&&) noexcept;

  absl::Status Add(std::string_view key, std::string_view value);
  // Ends adding; what does not fit into one run is on disk from here on.
  absl::Status Finish();
  // The next record; nullptr after the last one.
  absl::StatusOr<const RunRecord*> Next();

  std::uint64_t size() const { return size_; }

  // So many are merged at once; more are first merged into longer ones.
  static constexpr std::size_t kMostRuns = 256;

 private:
  class Run;
  class Merge;
  struct Place {
    std::size_t at;
    std::uint32_t key_size;
    std::uint32_t value_size;
  };

  RunRecord RecordAt(const Place& place) const;
  void SortMemory();
  absl::Status WriteMemory();
  absl::StatusOr<Run> MergedRun();

  RunOptions options_;
  std::uint64_t size_ = 0;
  std::string memory_;  // keys and values of the run at hand
  std::vector<Place> places_;
  std::vector<Run> runs_;
  std::unique_ptr<Merge> merge_;
  std::size_t next_place_ = 0;
  RunRecord record_;
};

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_SORTED_RUNS_H_
