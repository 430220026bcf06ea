// Lines of settlement runs as the API shows them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_CLAIMS_LINE_VIEW_H_
#define TANHUI_SERVICES_RPC_SERVICES_CLAIMS_LINE_VIEW_H_

#include "absl/status/statusor.h"
#include "ledger/core/books/undone.h"
#include "services/rpc/context.h"
#include "services/rpc/services/claims/unit_names.h"
#include "tanhui/v1/settlement.pb.h"

namespace tanhui::rpc {

v1::LineState ShownState(LineState state);

// The entry of a line that a request names. NotFound when there is none at that index of that run;
// otherwise an error when the store cannot be read.
absl::StatusOr<Entry> ReadLineEntry(const Context& context, const NamedLine& line);

void FillLine(const Registry& registry, const Entry& entry, EntryIndex index, LineState state,
              v1::Line& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_CLAIMS_LINE_VIEW_H_
