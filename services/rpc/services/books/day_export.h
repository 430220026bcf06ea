// The export of day files, as the messages of a stream: first how far the reading of the log is,
// then each file and its note.
#ifndef TANHUI_SERVICES_RPC_SERVICES_BOOKS_DAY_EXPORT_H_
#define TANHUI_SERVICES_RPC_SERVICES_BOOKS_DAY_EXPORT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "services/reconciliation/day_making.h"
#include "services/reconciliation/day_writer.h"
#include "services/rpc/context.h"
#include "services/rpc/streams/stream_call.h"
#include "tanhui/v1/reports.pb.h"

namespace tanhui::rpc {

// Whose files of which day; numbers are of the registry that goes with them.
struct DayExportQuestion {
  SchemeNo scheme;
  ParticipantNo participant;  // 0: everybody's that has a row
  BusinessDate day;
};

class DayExport final : public StreamSource {
 public:
  // `slot` is let go of when the export ends, however it does.
  DayExport(const Context& context, std::shared_ptr<const Registry> registry,
            const DayExportQuestion& question, std::shared_ptr<void> slot);
  ~DayExport() override;

  Production Next(google::protobuf::Message& out) override;

 private:
  class StoredLog;
  enum class Step : std::uint8_t { kFind, kRead, kSort, kStart, kRows, kNote, kEnd };

  std::optional<Refusal> RefusedUntilOver(LedgerTime over, std::uint64_t size,
                                          EntryIndex end) const;
  Production Find();
  Production Read(v1::ExportDayResponse& out);
  Production Sort(v1::ExportDayResponse& out);
  Production Start(v1::ExportDayResponse& out);
  Production Rows(v1::ExportDayResponse& out);
  Production Note(v1::ExportDayResponse& out);
  void FillProgress(v1::ExportDayResponse& out) const;

  const Context& context_;
  const std::shared_ptr<const Registry> registry_;
  const DayExportQuestion question_;
  const std::shared_ptr<void> slot_;
  std::unique_ptr<StoredLog> log_;
  std::unique_ptr<reconciliation::DayMaker> maker_;
  Step step_ = Step::kFind;
  EntryIndex first_;
  EntryIndex end_;
  EntryIndex next_;
  const reconciliation::MadeRow* row_ = nullptr;  // that is next
  ParticipantNo whose_;                           // the file at hand
  std::optional<reconciliation::DayWriter> writer_;
  reconciliation::DayTotals totals_;
  std::string text_;  // written and not yet sent
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_BOOKS_DAY_EXPORT_H_
