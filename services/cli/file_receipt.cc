#include "services/cli/file_receipt.h"

#include "absl/strings/str_cat.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/client/whole_file.h"
#include "tanhui/entry/v1/entry.pb.h"
#include "tanhui/v1/requests.grpc.pb.h"
#include "tanhui/v1/log.grpc.pb.h"

namespace tanhui::cli {
namespace {

constexpr int kReceiptTries = 60;
constexpr std::chrono::milliseconds kReceiptPause{500};

void AddCounts(const std::map<std::string, std::uint64_t>& counts,
               google::protobuf::RepeatedPtrField<v1::NamedCount>* out) {
  for (const auto& [name, count] : counts) {
    if (count == 0) {
      continue;
    }
    v1::NamedCount* named = out->Add();
    named->set_name(name);
    named->set_count(count);
  }
}

}  // namespace

absl::StatusOr<std::optional<std::uint64_t>> FileReceipt::RecordedAt() const {
  v1::GetEntryRequest request;
  request.set_request_id("file:" + manifest_.file_id);
  v1::GetEntryResponse response;
  const grpc::Status status = connection_.Call(&v1::LogService::Stub::GetEntry, request, &response);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return std::nullopt;
  }
  if (!status.ok()) {
    return absl::UnavailableError(RefusalLine(DetailsOf(status)));
  }
  entry::v1::Entry entry;
  if (!entry.ParseFromString(response.entry().leaf()) ||
      entry.file_record().sha256() != manifest_.sha256.view()) {
    return absl::AlreadyExistsError(
        absl::StrCat("file id ", manifest_.file_id,
                     " was recorded before with other content, as "
                     "entry ",
                     response.entry().index(),
                     ": give the new file an id of its own and name the old one in supersedes"));
  }
  return response.entry().index();
}

v1::RecordFileRequest FileReceipt::RequestOf(const ImportTotals& totals) const {
  v1::RecordFileRequest request;
  request.set_file_id(manifest_.file_id);
  request.set_sha256(std::string(manifest_.sha256.view()));
  request.set_period_start(manifest_.period_start);
  request.set_period_end(manifest_.period_end);
  request.set_lines(totals.lines);
  AddCounts(totals.awarded, request.mutable_awarded());
  AddCounts(totals.refused, request.mutable_refused());
  request.set_points(totals.points);
  request.set_supersedes_file_id(manifest_.supersedes);
  return request;
}

grpc::Status FileReceipt::Check(const ImportTotals& totals) const {
  v1::RecordFileRequest request = RequestOf(totals);
  request.set_validate_only(true);
  v1::RecordFileResponse response;
  return connection_.Call(&v1::FilesService::Stub::RecordFile, request, &response);
}

grpc::Status FileReceipt::Write(std::optional<std::uint64_t> recorded_at,
                                const ImportTotals& totals, const std::string& receipt_file,
                                const StopFlag& stop) const {
  std::uint64_t index = recorded_at.value_or(0);
  if (!recorded_at) {
    v1::RecordFileResponse response;
    const grpc::Status status =
        connection_.Call(&v1::FilesService::Stub::RecordFile, RequestOf(totals), &response);
    if (!status.ok()) {
      return status;
    }
    index = response.entry_index();
  }
  std::string receipt;
  const grpc::Status status = FetchReceipt(index, stop, &receipt);
  if (!status.ok()) {
    return status;
  }
  const absl::Status written = ReplaceFile(receipt_file, receipt);
  return written.ok() ? grpc::Status::OK
                      : grpc::Status(grpc::StatusCode::UNKNOWN, std::string(written.message()));
}

grpc::Status FileReceipt::FetchReceipt(std::uint64_t index, const StopFlag& stop,
                                       std::string* receipt) const {
  v1::GetReceiptRequest request;
  request.set_index(index);
  v1::GetReceiptResponse response;
  for (int tries = 1;; ++tries) {
    const grpc::Status status =
        connection_.Call(&v1::LogService::Stub::GetReceipt, request, &response);
    if (status.ok()) {
      *receipt = response.receipt();
      return status;
    }
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE || tries == kReceiptTries) {
      return status;
    }
    if (!PauseFor(DetailsOf(status).retry_after.value_or(kReceiptPause), stop)) {
      return StoppedStatus();
    }
  }
}

}  // namespace tanhui::cli
