// Makes the rows of day files out of a ledger day's entries, in one pass over them. Whatever the
// day holds, memory stays bounded: rows and what undoes them go to sorted runs on disk and are
// joined there. The same entries give the same rows.
#ifndef TANHUI_SERVICES_RECONCILIATION_DAY_MAKING_H_
#define TANHUI_SERVICES_RECONCILIATION_DAY_MAKING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/reconciliation/day_file.h"
#include "services/reconciliation/entry_reading.h"
#include "services/reconciliation/scratch_file.h"
#include "services/reconciliation/sorted_runs.h"

namespace tanhui::reconciliation {

// Whose rows of which entries.
struct DayQuestion {
  SchemeNo scheme;
  ParticipantNo participant;  // 0: of everybody, one after the other
  EntryIndex first;           // of the ledger day
};

// A row and whose it is.
struct MadeRow {
  ParticipantNo participant;
  DayRow row;
};

// All entries are added, then Prepare until it is done, then Next until there is nothing. After an
// error nothing more can be done. One thread.
class DayMaker {
 public:
  // `log` outlives this. FailedPrecondition and the like when there is no room for scratch files.
  static absl::StatusOr<std::unique_ptr<DayMaker>> Create(const DayLog& log,
                                                          std::shared_ptr<const Registry> registry,
                                                          const DayQuestion& question,
                                                          const RunOptions& options = {});

  // In order of the index, all entries of the ledger day, of whatever scheme.
  absl::Status Add(EntryIndex index, const Entry& entry);
  // Ends adding, and sorts about so many rows; true when there is nothing left to sort.
  absl::StatusOr<bool> Prepare(std::size_t rows);
  // The next row in order of participant and index; nullptr after the last one.
  absl::StatusOr<const MadeRow*> Next();

 private:
  DayMaker(const DayLog& log, std::shared_ptr<const Registry> registry, const DayQuestion& question,
           const RunOptions& options, ScratchFile rows)
      : log_(log),
        reading_(log, std::move(registry)),
        question_(question),
        rows_(std::move(rows)),
        undoings_(options),
        sorted_(options) {}

  // Who gets a row of the entry: of those that were asked for.
  absl::StatusOr<std::vector<ParticipantNo>> ReadersOf(const Entry& entry,
                                                       const Movement& movement) const;
  absl::StatusOr<DayRow> RowFor(ParticipantNo reader, EntryIndex index, const Entry& entry,
                                const Movement& movement) const;
  // The next row in order of index, with its state; false after the last one.
  absl::StatusOr<bool> Join();
  absl::Status AdvanceUndoing();

  const DayLog& log_;
  EntryReading reading_;
  DayQuestion question_;
  ScratchFile rows_;     // in order of index, without their states
  SortedRuns undoings_;  // by target
  SortedRuns sorted_;    // rows with their states by participant, when everybody's are made
  bool ended_ = false;
  bool ready_ = false;
  std::optional<Undoing> undoing_;  // that is next
  std::optional<Undoing> sum_;      // of those of the row at hand
  MadeRow made_;
};

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_DAY_MAKING_H_
