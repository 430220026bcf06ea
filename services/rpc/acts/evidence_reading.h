// From the evidence of an act, as a platform tells it, to what the act claims: keyed hashes of its
// pieces. The rules are in ledger/rules/RULES.md, Evidence.
#ifndef TANHUI_SERVICES_RPC_ACTS_EVIDENCE_READING_H_
#define TANHUI_SERVICES_RPC_ACTS_EVIDENCE_READING_H_

#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "tanhui/v1/acts.pb.h"

namespace tanhui::rpc {

// Reads act.evidence() into the draft's earning, whose time, district, product and party are set.
// Keys are asked for, and may be made, only when nothing of the draft was refused.
void ReadEvidence(const Context& context, const v1::Act& act, Draft& draft);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_EVIDENCE_READING_H_
