#include "services/cli/client/refusal_details.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace tanhui::cli {
namespace {

constexpr std::array<std::string_view, 17> kCodeNames = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

grpc::StatusCode CodeOf(int number) {
  return number >= 0 && number < static_cast<int>(kCodeNames.size())
             ? static_cast<grpc::StatusCode>(number)
             : grpc::StatusCode::UNKNOWN;
}

void ReadDetail(const google::protobuf::Any& detail, RefusalDetails* out) {
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  google::rpc::LocalizedMessage localized;
  if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) {
    out->reason = info.reason();
    out->facts.insert(info.metadata().begin(), info.metadata().end());
  } else if (detail.Is<google::rpc::RetryInfo>() && detail.UnpackTo(&retry)) {
    out->retry_after = std::chrono::milliseconds(retry.retry_delay().seconds() * 1000 +
                                                 retry.retry_delay().nanos() / 1'000'000);
  } else if (detail.Is<google::rpc::LocalizedMessage>() && detail.UnpackTo(&localized)) {
    out->localized = localized.message();
  }
}

// A message from elsewhere must not move the cursor or start a new line on a terminal.
std::string OneLine(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      c = ' ';
    }
  }
  return line;
}

}  // namespace

RefusalDetails DetailsOf(const google::rpc::Status& status) {
  RefusalDetails out;
  out.code = CodeOf(status.code());
  out.message = status.message();
  for (const google::protobuf::Any& detail : status.details()) {
    ReadDetail(detail, &out);
  }
  return out;
}

RefusalDetails DetailsOf(const grpc::Status& status) {
  RefusalDetails out;
  google::rpc::Status detailed;
  if (!status.error_details().empty() && detailed.ParseFromString(status.error_details())) {
    out = DetailsOf(detailed);
  }
  out.code = status.error_code();
  out.message = status.error_message();
  return out;
}

std::string_view CodeName(grpc::StatusCode code) {
  return kCodeNames[static_cast<std::size_t>(CodeOf(static_cast<int>(code)))];
}

std::string ReasonWord(const RefusalDetails& details) {
  return absl::AsciiStrToLower(details.reason.empty() ? std::string(CodeName(details.code))
                                                      : details.reason);
}

bool RetryHelps(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::RESOURCE_EXHAUSTED ||
         code == grpc::StatusCode::DEADLINE_EXCEEDED;
}

std::string RefusalLine(const RefusalDetails& details) {
  std::string line(CodeName(details.code));
  if (!details.reason.empty()) {
    absl::StrAppend(&line, " ", details.reason);
  }
  std::string_view text = details.localized.empty() ? details.message : details.localized;
  if (text.ends_with('.')) {
    text.remove_suffix(1);  // more follows on the line
  }
  absl::StrAppend(&line, ": ", std::string(text));
  const auto field = details.facts.find("field");
  if (field != details.facts.end()) {
    absl::StrAppend(&line, "; field=", field->second);
  }
  for (const auto& [name, value] : details.facts) {
    if (name != "field") {
      absl::StrAppend(&line, "; ", name, "=", value);
    }
  }
  if (details.retry_after) {
    absl::StrAppend(&line, "; retry after ", details.retry_after->count(), " ms");
  }
  return OneLine(line);
}

}  // namespace tanhui::cli
