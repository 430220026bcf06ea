#include "services/cli/reconcile/day_download.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/reconciliation/day_file.h"
#include "tanhui/v1/reports.grpc.pb.h"

namespace tanhui::cli {
namespace {

constexpr std::string_view kCollection = "participants/";

// Nothing that the ledger answers may name a file elsewhere.
bool IsCode(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
}

}  // namespace

DayDownload::DayDownload(std::string directory, std::string scheme, std::string date)
    : directory_(std::move(directory)), scheme_(std::move(scheme)), date_(std::move(date)) {}

DayDownload::~DayDownload() {
  if (progress_.has_value()) {
    progress_->Finish();
  }
}

bool DayDownload::Take(const v1::ExportDayResponse& piece) {
  status_ = TakePiece(piece);
  return status_.ok();
}

absl::Status DayDownload::Start(const std::string& participant) {
  const std::string_view name = participant;
  const std::string_view code = name.substr(std::min(name.size(), kCollection.size()));
  const auto day = reconciliation::ParseDay(date_);
  if (!name.starts_with(kCollection) || !IsCode(code) || !IsCode(scheme_) || !day.has_value()) {
    return absl::InvalidArgumentError("the server sent a file without a name; is it a newer one?");
  }
  reconciliation::DayTitle title;
  title.participant = std::string(code);
  title.scheme = scheme_;
  title.day = *day;
  path_ = absl::StrCat(directory_, "/", reconciliation::FileName(title));
  auto file = FileReplacement::Begin(path_);
  if (!file.ok()) {
    return file.status();
  }
  file_.emplace(*std::move(file));
  return absl::OkStatus();
}

absl::Status DayDownload::TakePiece(const v1::ExportDayResponse& piece) {
  if (piece.has_progress()) {
    if (!progress_.has_value()) {
      progress_.emplace(Progress::OnStderr("entries", piece.progress().entries()));
    }
    progress_->Update(piece.progress().entries_read());
    return absl::OkStatus();
  }
  if (piece.has_start()) {
    return Start(piece.start().participant());
  }
  if (!file_.has_value()) {
    return absl::InvalidArgumentError(
        "the server sent a piece of a file that did not begin; ask again");
  }
  if (piece.piece_case() == v1::ExportDayResponse::kChunk) {
    file_->Append(piece.chunk());
    return absl::OkStatus();
  }
  if (piece.piece_case() != v1::ExportDayResponse::kNote) {
    return absl::OkStatus();  // a newer server tells more
  }
  absl::Status status = file_->Commit();
  file_.reset();
  if (status.ok()) {
    status =
        ReplaceFile(absl::StrCat(path_, std::string(reconciliation::kNoteSuffix)), piece.note());
  }
  if (status.ok()) {
    files_.push_back(path_);
  }
  return status;
}

grpc::Status Download(const Connection& connection, const v1::ExportDayRequest& request,
                      DayDownload& download) {
  return connection.Stream<v1::ReconciliationService::Stub>(
      &v1::ReconciliationService::Stub::ExportDay, request,
      std::function<bool(const v1::ExportDayResponse&)>(
          [&download](const v1::ExportDayResponse& piece) { return download.Take(piece); }));
}

}  // namespace tanhui::cli
