// A case: what signals of one kind about one subject add up to, for a person to decide. Kept
// outside the log; ledger/store/SCHEMA.md has the grammar of its row.
#ifndef TANHUI_LEDGER_WATCH_CASE_RECORD_H_
#define TANHUI_LEDGER_WATCH_CASE_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/watch/signal.h"

namespace tanhui::watch {

// When it was opened, in microseconds since 1970, a little later where two would be the same.
using CaseNo = Number<struct CaseNoTag, std::uint64_t>;

// The numbers stand in stored rows.
enum class CaseState : std::uint8_t {
  kOpen = 1,
  kDismissed = 2,  // looked at: nothing was wrong
  kConfirmed = 3,  // looked at: abuse; what follows from it staff does by other calls
};

inline constexpr std::size_t kMaxNoteBytes = 1'024;

struct Case {
  CaseNo number;
  SignalKind kind = SignalKind::kCitizenVelocity;
  std::uint64_t subject = 0;  // see SubjectOf
  CaseState state = CaseState::kOpen;
  // Of the acts.
  LedgerTime first;
  LedgerTime last;
  LedgerTime updated;           // last signal or decision, by the ledger's clock
  std::uint64_t signals = 0;    // that were added
  std::uint32_t most_seen = 0;  // the largest count of a signal
  // In the order of the log; the first kMaxEntries that were named.
  std::vector<EntryIndex> entries;
  std::string note;  // of the decision; at most kMaxNoteBytes
  ParticipantNo decided_by;
  LedgerTime decided;
  friend bool operator==(const Case&, const Case&) = default;
};

// A case with its first signal, noticed at `now`.
Case OpenCase(CaseNo number, const Signal& signal, LedgerTime now);
// Kind and subject must be the case's.
void AddSignal(Case& to, const Signal& signal, LedgerTime now);

// Every case's key begins with it.
inline constexpr std::string_view kCasePrefix = "c";
// Newer cases have smaller keys.
std::string CaseKey(CaseNo number);
std::string EncodeCase(const Case& one);
// nullopt for anything that the two functions above did not make.
std::optional<Case> DecodeCase(std::string_view key, std::string_view value);

}  // namespace tanhui::watch

#endif  // TANHUI_LEDGER_WATCH_CASE_RECORD_H_
