// The fields that every mutating request has in common.
#ifndef TANHUI_SERVICES_RPC_STAMP_H_
#define TANHUI_SERVICES_RPC_STAMP_H_

#include "ledger/sequencer/submission.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {

template <typename Request>
void ReadStamp(const Request& request, Draft& draft) {
  draft.ReadRequestId(request.request_id());
  draft.ReadNotAfter(request.has_not_after(), request.not_after());
  draft.ReadReference(request.reference());
}

// Index and replay mark of what was accepted; a validated request has no index.
template <typename Response>
void FillOutcome(const sequencer::Accepted& accepted, bool validate_only, Response& out) {
  if (!validate_only || accepted.replayed) {
    out.set_entry_index(accepted.index.value());
  }
  out.set_replayed(accepted.replayed);
}

template <typename Response>
void FillRecordTime(const sequencer::Accepted& accepted, Response& out) {
  *out.mutable_record_time() = ToTimestamp(LedgerTime(accepted.entry.recorded_micros()));
}

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_STAMP_H_
