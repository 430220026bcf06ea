// One import from its first check to its receipt.
#ifndef TANHUI_SERVICES_CLI_IMPORT_RUN_H_
#define TANHUI_SERVICES_CLI_IMPORT_RUN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "services/cli/import/sending/stop_signals.h"
#include "services/cli/session.h"

namespace tanhui::cli {

struct ImportOptions {
  std::string file;
  std::string format;            // szt or acts
  std::string budget;            // budgets/{budget}
  std::string rates_file;        // empty: the built-in rates
  std::string manifest_file;     // empty: no manifest, and no receipt
  std::string reject_file;       // empty: FILE.rejects.csv in the working directory
  std::string receipt_file;      // empty: FILE.receipt.tlog-proof there
  bool acts = false;             // also when there is a station map, or columns of acts only
  std::string station_map_file;  // of taps: which stations stand for theirs
  std::string district;          // of acts that name none
  std::string evidence_source;   // of acts; of taps shenzhen-tong when empty
  std::optional<std::int64_t> clock_offset_seconds;  // nullopt: as the manifest says, or 0
  std::string reason = "corrected";                  // of corrections
  bool dry_run = false;
};

// Answers the exit status. In order:
//  1. map the file; read rates and manifest
//  2. ask for the budget, the request id key, and whether the file was recorded before
//  3. read the whole file into claims and refused lines
//  4. compare with the manifest, and ask whether the file could be recorded; nothing was written
//     so far, and whatever is wrong ends the run here
//  5. open accounts, then award; each is idempotent, so a stop or crash here is resumed by the same
//     command, which counts as already awarded what was done
//  6. write the reject file, record the file, fetch its receipt
//  7. print the totals
int RunImport(Session* session, const ImportOptions& options, const StopFlag& stop);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_RUN_H_
