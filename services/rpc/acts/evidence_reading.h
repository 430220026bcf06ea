// From the evidence of an act, as a platform tells it, to what the act claims: keyed hashes of its
// pieces. The rules are in ledger/rules/RULES.md, Evidence.
#ifndef TANHUI_SERVICES_RPC_ACTS_EVIDENCE_READING_H_
#define TANHUI_SERVICES_RPC_ACTS_EVIDENCE_READING_H_

#include <cstddef>
#include <string>

#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "tanhui/v1/acts.pb.h"

namespace tanhui::rpc {

// Reads act.evidence() into the draft's earning, whose time, district, scenario, product
// and party are set.
// Keys are asked for, and may be made, only when nothing of the draft was refused.
void ReadEvidence(const Context& context, const v1::Act& act, Draft& draft);

// Refuses a text that is empty, longer than `max` bytes or spelled of fillers alone; the last is
// asked only of texts within `max`, since normalising costs the square of what it may be given.
void ReadSpelling(const std::string& text, std::size_t max, const std::string& field, Draft& draft);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_EVIDENCE_READING_H_
