#include "services/rpc/services/claims/line_view.h"

#include "services/rpc/entry_view.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {

v1::LineState ShownState(LineState state) {
  switch (state) {
    case LineState::kNone:
      break;
    case LineState::kClaimed:
      return v1::LINE_STATE_CLAIMED;
    case LineState::kApproved:
      return v1::LINE_STATE_APPROVED;
    case LineState::kPaid:
      return v1::LINE_STATE_PAID;
    case LineState::kReturned:
      return v1::LINE_STATE_RETURNED;
  }
  return v1::LINE_STATE_UNSPECIFIED;
}

absl::StatusOr<Entry> ReadLineEntry(const Context& context, const NamedLine& line) {
  auto entry = ReadEntry(context, line.index);
  const bool fits = !entry.ok() || (entry->has_settlement_line() &&
                                    RunNo(entry->settlement_line().run()) == line.run);
  return fits ? std::move(entry) : absl::NotFoundError("no such line");
}

void FillLine(const Registry& registry, const Entry& entry, EntryIndex index, LineState state,
              v1::Line& out) {
  const entry::v1::SettlementLine& line = entry.settlement_line();
  out.set_name(LineName(RunNo(line.run()), index));
  out.set_merchant(ParticipantName(registry, ParticipantNo(line.merchant())));
  out.set_fen(line.fen());
  out.set_state(ShownState(state));
  *out.mutable_record_time() = ToTimestamp(LedgerTime(entry.recorded_micros()));
}

}  // namespace tanhui::rpc
