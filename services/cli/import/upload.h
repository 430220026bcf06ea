// Brings the claims of a file into the ledger: accounts first, then awards.
#ifndef TANHUI_SERVICES_CLI_IMPORT_UPLOAD_H_
#define TANHUI_SERVICES_CLI_IMPORT_UPLOAD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "grpcpp/support/status.h"
#include "services/cli/import/claims.h"
#include "services/cli/import/delivery.h"
#include "services/cli/import/evidence.h"
#include "tanhui/v1/accounts.pb.h"
#include "tanhui/v1/corrections.pb.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::cli {

struct UploadPlan {
  std::string budget;  // budgets/{budget} that pays
  std::string asset;   // assets/{asset} of that budget
  // The last entry of the log before this run: a replayed award with a later entry is one of ours
  // whose answer was lost.
  std::uint64_t last_entry_before = 0;
  DeliveryPolicy policy;
};

using SendOpenings = SendBatch<v1::OpenAccountRequest, v1::OpenAccountResult>;
using SendCorrections = SendBatch<v1::CorrectRequest, v1::CorrectResult>;
using SendAwards = SendBatch<v1::AwardRequest, v1::AwardResult>;
// Called with how many users or claims have been answered.
using UploadProgress = std::function<void(std::uint64_t)>;

// Opens an account for each user of the file; one that has an account already is fine. A user
// whose opening is refused fails later, at its awards, where there is a line to refuse.
grpc::Status OpenAccounts(const ClaimFile& file, const EvidenceIds& ids, const UploadPlan& plan,
                          const SendOpenings& send, const UploadProgress& progress,
                          const StopFlag& stop);

// Awards every claim. `awarded` and `points` of `totals` grow by what this run awarded; what the
// ledger refused is added to the file's refused lines, `already_awarded` for what an earlier run
// had awarded. Not OK: a stop, or a failure that concerns the whole run; running it again resumes.
grpc::Status AwardClaims(ClaimFile* file, const UploadPlan& plan, const SendAwards& send,
                         ImportTotals* totals, const UploadProgress& progress,
                         const StopFlag& stop);

// The same for a file of corrections: `reason` stands in each, and `points` grows by what changed.
grpc::Status CorrectClaims(ClaimFile* file, const UploadPlan& plan, const std::string& reason,
                           const SendCorrections& send, ImportTotals* totals,
                           const UploadProgress& progress, const StopFlag& stop);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_UPLOAD_H_
