#include "services/rpc/refusal_status.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "services/rpc/refusal_text.h"

namespace tanhui::rpc {
namespace {

constexpr char kDomain[] = "tanhui";

grpc::StatusCode CodeOf(RefusalClass kind) {
  switch (kind) {
    case RefusalClass::kInvalid:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case RefusalClass::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case RefusalClass::kDenied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case RefusalClass::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case RefusalClass::kExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case RefusalClass::kPrecondition:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case RefusalClass::kExhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case RefusalClass::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case RefusalClass::kDeadline:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
  }
  return grpc::StatusCode::INTERNAL;
}

// After how many milliseconds the same call may be sent again.
std::optional<std::int64_t> RetryMillis(Reason reason) {
  switch (reason) {
    case Reason::kQueueFull:
      return 100;
    case Reason::kNotYetUnderCheckpoint:
    case Reason::kShuttingDown:
    case Reason::kDeadlineExceeded:
      return 1'000;
    case Reason::kWritesStoppedClock:
    case Reason::kWritesStoppedDisk:
      return 30'000;
    case Reason::kTooManyWrongCodes:
      return 60'000;
    default:
      return std::nullopt;
  }
}

std::string Message(const Refusal& refusal) {
  std::string text(RowOf(refusal.reason).meaning);
  if (!refusal.field.empty()) {
    text += " Field: " + refusal.field + ".";
  }
  for (const auto& [key, value] : refusal.facts) {
    text += " " + key + ": " + value + ".";
  }
  return text;
}

}  // namespace

google::rpc::Status ToRpcStatus(const Refusal& refusal, Language language) {
  const ReasonRow& row = RowOf(refusal.reason);
  google::rpc::Status out;
  out.set_code(CodeOf(row.kind));
  out.set_message(Message(refusal));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(row.name));
  info.set_domain(kDomain);
  if (!refusal.field.empty()) {
    (*info.mutable_metadata())["field"] = refusal.field;
  }
  for (const auto& [key, value] : refusal.facts) {
    (*info.mutable_metadata())[key] = value;
  }
  out.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage localized;
  localized.set_locale(language == Language::kChinese ? "zh-CN" : "en");
  localized.set_message(std::string(TillText(refusal.reason, language)));
  out.add_details()->PackFrom(localized);
  if (const auto millis = RetryMillis(refusal.reason)) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(*millis / 1'000);
    retry.mutable_retry_delay()->set_nanos(static_cast<std::int32_t>(*millis % 1'000 * 1'000'000));
    out.add_details()->PackFrom(retry);
  }
  return out;
}

grpc::Status ToGrpcStatus(const Refusal& refusal, Language language) {
  const google::rpc::Status status = ToRpcStatus(refusal, language);
  return {static_cast<grpc::StatusCode>(status.code()), status.message(),
          status.SerializeAsString()};
}

grpc::Status Unavailable(const absl::Status& status) {
  spdlog::error("a read failed: {}", status.ToString());
  return {grpc::StatusCode::UNAVAILABLE, "The ledger cannot be read now; see the server's log."};
}

}  // namespace tanhui::rpc
