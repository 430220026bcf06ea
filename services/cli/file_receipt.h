// Records an imported file in the log and fetches the receipt of that entry: the importer's 回执.
#ifndef TANHUI_SERVICES_CLI_FILE_RECEIPT_H_
#define TANHUI_SERVICES_CLI_FILE_RECEIPT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/support/status.h"
#include "services/cli/client/connection.h"
#include "services/cli/import/delivery.h"
#include "services/cli/import/manifest.h"
#include "tanhui/v1/requests.pb.h"

namespace tanhui::cli {

class FileReceipt {
 public:
  // Both must outlive this.
  FileReceipt(const Connection& connection, const Manifest& manifest)
      : connection_(connection), manifest_(manifest) {}

  // The entry that recorded this very file before; nullopt when none did. Fails when another file
  // was recorded under the manifest's file id.
  absl::StatusOr<std::optional<std::uint64_t>> RecordedAt() const;

  // Whether the ledger would record the file, before any line of it is awarded.
  grpc::Status Check(const ImportTotals& totals) const;

  // Records the file, unless `recorded_at` says that it was, and writes the entry's receipt. Waits
  // for the checkpoint that covers it, at most half a minute.
  grpc::Status Write(std::optional<std::uint64_t> recorded_at, const ImportTotals& totals,
                     const std::string& receipt_file, const StopFlag& stop) const;

 private:
  v1::RecordFileRequest RequestOf(const ImportTotals& totals) const;
  grpc::Status FetchReceipt(std::uint64_t index, const StopFlag& stop, std::string* receipt) const;

  const Connection& connection_;
  const Manifest& manifest_;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_FILE_RECEIPT_H_
