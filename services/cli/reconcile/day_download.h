// Gets day files from the ledger into a directory.
#ifndef TANHUI_SERVICES_CLI_RECONCILE_DAY_DOWNLOAD_H_
#define TANHUI_SERVICES_CLI_RECONCILE_DAY_DOWNLOAD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/cli/client/connection.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/screen/progress.h"
#include "tanhui/v1/reports.pb.h"

namespace tanhui::cli {

// Takes the pieces of an export as they come. Each file is written beside its final name and
// renamed when it is whole, and the note after it: what is broken off leaves no half file. One
// thread.
class DayDownload {
 public:
  // `scheme` is a code, `date` YYYY-MM-DD, as they were asked for.
  DayDownload(std::string directory, std::string scheme, std::string date);
  ~DayDownload();

  // False when no further piece is wanted; status() says why.
  bool Take(const v1::ExportDayResponse& piece);
  const absl::Status& status() const { return status_; }
  // Paths of the files that are whole, in the order in which they came.
  const std::vector<std::string>& files() const { return files_; }

 private:
  absl::Status TakePiece(const v1::ExportDayResponse& piece);
  absl::Status Start(const std::string& participant);

  std::string directory_;
  std::string scheme_;
  std::string date_;
  std::string path_;  // of the file at hand
  std::optional<FileReplacement> file_;
  std::optional<Progress> progress_;
  std::vector<std::string> files_;
  absl::Status status_;
};

// Asks for the files and waits for them. InvalidArgument and the like in `download.status()` for
// what could not be written; otherwise what the ledger answers.
grpc::Status Download(const Connection& connection, const v1::ExportDayRequest& request,
                      DayDownload& download);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_RECONCILE_DAY_DOWNLOAD_H_
