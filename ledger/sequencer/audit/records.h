// Whether the store's records are those that the entries make. Internal to the audit.
#ifndef TANHUI_LEDGER_SEQUENCER_AUDIT_RECORDS_H_
#define TANHUI_LEDGER_SEQUENCER_AUDIT_RECORDS_H_

#include "absl/status/status.h"
#include "ledger/sequencer/audit/replay.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

// Full tiles, registry, accounts and their ids, request ids, what was undone, evidence, earnings of
// products, histories, months, settlement lines, events, sums of open months, links. DataLoss tells
// the first difference; `replay` is complete, and sorted on the way.
absl::Status CompareRecords(const store::Store& store, Replay& replay);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_RECORDS_H_
