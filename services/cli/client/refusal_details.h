// What a failed call says: code, reason, facts, text for people, and when a retry helps.
#ifndef TANHUI_SERVICES_CLI_CLIENT_REFUSAL_DETAILS_H_
#define TANHUI_SERVICES_CLI_CLIENT_REFUSAL_DETAILS_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace tanhui::cli {

struct RefusalDetails {
  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  std::string reason;     // ErrorInfo.reason; empty when the answer did not come from the ledger
  std::string message;    // English, for developers
  std::string localized;  // in the language that was asked for; empty when none came
  std::map<std::string, std::string> facts;  // ErrorInfo.metadata, among them `field`
  std::optional<std::chrono::milliseconds> retry_after;
};

// The status of one item of a batch.
RefusalDetails DetailsOf(const google::rpc::Status& status);
// The status of a call; its details are a google.rpc.Status.
RefusalDetails DetailsOf(const grpc::Status& status);

// The reason in small letters, or the code when none came: as reports, totals and reject files
// write it.
std::string ReasonWord(const RefusalDetails& details);

// FAILED_PRECONDITION and so on.
std::string_view CodeName(grpc::StatusCode code);

// True for codes that say nothing about the request itself, so that sending it again under the
// same request id is right: UNAVAILABLE, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED.
bool RetryHelps(grpc::StatusCode code);

// One line: code, reason, message, field, the other facts, when to retry. No control characters.
std::string RefusalLine(const RefusalDetails& details);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_CLIENT_REFUSAL_DETAILS_H_
