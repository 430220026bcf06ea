#include "services/cli/import_run.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/file_receipt.h"
#include "services/cli/import/acts.h"
#include "services/cli/import/manifest.h"
#include "services/cli/import/reject_file.h"
#include "services/cli/import/sending/batch_call.h"
#include "services/cli/import/taps.h"
#include "services/cli/import/upload.h"
#include "services/cli/request_id_key.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/accounts.grpc.pb.h"
#include "tanhui/v1/budgets.grpc.pb.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

constexpr const char* kTapSource = "shenzhen-tong";  // of evidence

absl::Status Prefixed(std::string_view prefix, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(std::string(prefix), ": ", status.message()));
}

class ImportRun {
 public:
  ImportRun(Session* session, const ImportOptions& options, const StopFlag& stop)
      : session_(session), options_(options), stop_(stop), key_(32, '\0') {}

  // Each step answers an exit status; another one than kDone ends the run.
  int Load();
  int LoadReading();
  int Ask();
  int Read();
  int CheckManifest();
  int Upload();
  int UploadCorrections();
  int Count();
  int Conclude();

 private:
  std::string OutputFile(const std::string& chosen, std::string_view suffix) const;
  int Stopped() const;
  int UploadFailed(const grpc::Status& status) const;
  void PrintTotals() const;
  absl::Status ReadActOptions(ActReading* acts) const;

  Session* session_;
  const ImportOptions& options_;
  const StopFlag& stop_;
  std::optional<MappedFile> file_;
  Rates rates_;
  std::optional<Manifest> manifest_;
  Hash256 sha256_;
  ReadingOptions reading_;
  std::optional<Connection> connection_;
  UploadPlan plan_;
  std::string key_;  // all zero in a dry run, where ids go nowhere
  std::optional<std::uint64_t> recorded_at_;
  std::optional<ClaimFile> claims_;
  ImportTotals totals_;
};

int ImportRun::Load() {
  absl::StatusOr<MappedFile> file = MappedFile::Open(options_.file);
  if (!file.ok()) {
    return ReportFault(file.status(), kUsage);
  }
  file_.emplace(*std::move(file));
  if (!options_.rates_file.empty()) {
    const absl::StatusOr<std::string> text = ReadWholeFile(options_.rates_file);
    if (!text.ok()) {
      return ReportFault(text.status(), kUsage);
    }
    absl::StatusOr<Rates> rates = Rates::FromToml(*text);
    if (!rates.ok()) {
      return ReportFault(Prefixed(options_.rates_file, rates.status()), kUsage);
    }
    rates_ = *std::move(rates);
  }
  if (!options_.manifest_file.empty()) {
    const absl::StatusOr<std::string> text = ReadWholeFile(options_.manifest_file);
    if (!text.ok()) {
      return ReportFault(text.status(), kUsage);
    }
    absl::StatusOr<Manifest> manifest = Manifest::FromJson(*text);
    if (!manifest.ok()) {
      return ReportFault(Prefixed(options_.manifest_file, manifest.status()), kUsage);
    }
    manifest_ = *std::move(manifest);
    sha256_ = merkle::Sha256(file_->text());
  }
  return kDone;
}

// What lines as acts need besides the file.
absl::Status ImportRun::ReadActOptions(ActReading* acts) const {
  const bool taps = options_.format == "szt";
  acts->district = options_.district;
  acts->evidence_source =
      taps && options_.evidence_source.empty() ? kTapSource : options_.evidence_source;
  if (!options_.rates_file.empty()) {
    return absl::InvalidArgumentError(
        "--rates is not for acts: their points follow from the rules");
  }
  if (acts->evidence_source.empty()) {
    return absl::InvalidArgumentError("acts need --evidence-source: whose records they are");
  }
  if (!taps) {
    return absl::OkStatus();
  }
  if (options_.station_map_file.empty() || options_.district.empty()) {
    return absl::InvalidArgumentError(
        "taps as acts need --station-map (see tanhui station map) and --district");
  }
  const absl::StatusOr<std::string> csv = ReadWholeFile(options_.station_map_file);
  if (!csv.ok()) {
    return csv.status();
  }
  absl::StatusOr<StationAssignment> stations = ReadStationAssignment(*csv);
  if (!stations.ok()) {
    return Prefixed(options_.station_map_file, stations.status());
  }
  acts->stations = *std::move(stations);
  return absl::OkStatus();
}

int ImportRun::LoadReading() {
  const std::optional<std::int64_t> stated =
      manifest_ ? manifest_->clock_offset_seconds : std::nullopt;
  if (stated && options_.clock_offset_seconds.value_or(*stated) != *stated) {
    PrintError(absl::StrCat("--clock-offset says ", *options_.clock_offset_seconds,
                            ", the manifest says ", *stated));
    return kUsage;
  }
  reading_.clock_offset_seconds = options_.clock_offset_seconds.value_or(stated.value_or(0));
  if (options_.acts || !options_.station_map_file.empty() ||
      (options_.format == "acts" && HasActColumns(file_->text()))) {
    ActReading acts;
    if (const absl::Status read = ReadActOptions(&acts); !read.ok()) {
      return ReportFault(read, kUsage);
    }
    reading_.acts = std::move(acts);
  }
  return kDone;
}

int ImportRun::Ask() {
  if (options_.dry_run) {
    return kDone;
  }
  session_->connection.timeout = std::max(session_->connection.timeout, kBatchTimeout);
  connection_ = Connect(session_);
  if (!connection_) {
    return session_->exit_code;
  }
  v1::BudgetsServiceGetRequest which;
  which.set_name(options_.budget);
  v1::BudgetsServiceGetResponse budget;
  const grpc::Status status = connection_->Call(&v1::BudgetsService::Stub::Get, which, &budget);
  if (!status.ok()) {
    return ReportFailure(*session_, status);
  }
  plan_.budget = options_.budget;
  plan_.asset = budget.budget().asset();
  plan_.last_entry_before = budget.as_of_index();
  return AskRequestIdKey(*session_, *connection_, &key_);
}

int ImportRun::Read() {
  Progress progress =
      Progress::OnStderr("reading", file_->text().size() < kWorthABar ? 0 : file_->text().size());
  const ReadingProgress report = [&](std::size_t bytes) {
    progress.Update(bytes);
    return !stop_.load();
  };
  const EvidenceIds ids(key_);
  absl::StatusOr<ClaimFile> claims = options_.format == "szt"
                                         ? ReadTaps(file_->text(), rates_, ids, report, reading_)
                                         : ReadActs(file_->text(), rates_, ids, report, reading_);
  progress.Update(file_->text().size());
  progress.Finish();
  if (absl::IsCancelled(claims.status())) {
    return Stopped();
  }
  if (!claims.ok()) {
    return ReportFault(Prefixed(options_.file, claims.status()), kRefused);
  }
  claims_.emplace(*std::move(claims));
  if (claims_->has_corrections && !claims_->has_acts) {
    PrintError("corrections are of acts: import the file with --acts");
    return kUsage;
  }
  return kDone;
}

int ImportRun::CheckManifest() {
  if (!manifest_) {
    return kDone;
  }
  const std::vector<std::string> mismatches = manifest_->Mismatches(sha256_, *claims_);
  for (const std::string& mismatch : mismatches) {
    PrintError(absl::StrCat(options_.file, " is not what its manifest says: ", mismatch));
  }
  if (!mismatches.empty()) {
    PrintError("nothing was imported");
    return kRefused;
  }
  if (options_.dry_run) {
    return kDone;
  }
  const FileReceipt receipt(*connection_, *manifest_);
  absl::StatusOr<std::optional<std::uint64_t>> recorded = receipt.RecordedAt();
  if (!recorded.ok()) {
    PrintError("nothing was imported");
    return ReportFault(recorded.status(), kRefused);
  }
  recorded_at_ = *recorded;
  if (recorded_at_) {
    PrintError(absl::StrCat("the file was recorded before, as entry ", *recorded_at_));
    return kDone;
  }
  const grpc::Status status = receipt.Check(TotalsOf(*claims_));
  if (!status.ok()) {
    PrintError("nothing was imported: the file cannot be recorded");
    return ReportFailure(*session_, status);
  }
  return kDone;
}

int ImportRun::Upload() {
  if (options_.dry_run) {
    totals_ = TotalsOf(*claims_);
    return kDone;
  }
  Progress accounts = Progress::OnStderr("accounts", claims_->users.size());
  grpc::Status status = OpenAccounts(
      *claims_, EvidenceIds(key_), plan_,
      SendThrough<v1::OpenAccountRequest, v1::OpenAccountResult>(
          *connection_, &v1::AccountsService::Stub::BatchOpenAccounts),
      [&](std::uint64_t done) { accounts.Update(done); }, stop_);
  accounts.Finish();
  if (!status.ok()) {
    return UploadFailed(status);
  }
  if (claims_->has_corrections) {
    return UploadCorrections();
  }
  Progress awards = Progress::OnStderr("awards", claims_->claims.size());
  status = AwardClaims(
      &*claims_, plan_,
      SendThrough<v1::AwardRequest, v1::AwardResult>(*connection_,
                                                     &v1::PointsService::Stub::BatchAward),
      &totals_, [&](std::uint64_t done) { awards.Update(done); }, stop_);
  awards.Finish();
  return status.ok() ? Count() : UploadFailed(status);
}

int ImportRun::UploadCorrections() {
  Progress corrections = Progress::OnStderr("corrections", claims_->claims.size());
  const grpc::Status status = CorrectClaims(
      &*claims_, plan_, options_.reason,
      SendThrough<v1::CorrectRequest, v1::CorrectResult>(*connection_,
                                                         &v1::PointsService::Stub::BatchCorrect),
      &totals_, [&](std::uint64_t done) { corrections.Update(done); }, stop_);
  corrections.Finish();
  return status.ok() ? Count() : UploadFailed(status);
}

// What the file holds besides what was done by now.
int ImportRun::Count() {
  ImportTotals counts = TotalsOf(*claims_);
  totals_.lines = counts.lines;
  totals_.refused = std::move(counts.refused);
  for (const auto& [scenario, unused] : counts.awarded) {
    totals_.awarded.emplace(scenario, 0);
  }
  return kDone;
}

int ImportRun::Conclude() {
  const std::string reject_file = OutputFile(options_.reject_file, ".rejects.csv");
  int code = kDone;
  const absl::Status written = WriteRejectFile(reject_file, file_->text(), &*claims_);
  if (!written.ok()) {
    code = ReportFault(written, kRefused);
  }
  std::string receipt_file;
  if (manifest_ && !options_.dry_run) {
    receipt_file = OutputFile(options_.receipt_file, ".receipt.tlog-proof");
    const FileReceipt receipt(*connection_, *manifest_);
    const grpc::Status status = receipt.Write(recorded_at_, totals_, receipt_file, stop_);
    if (!status.ok()) {
      PrintError(
          "the awards are done, but the file's receipt is not here yet; the same command "
          "again fetches it");
      code = IsStopped(status) ? kStopped : ReportFailure(*session_, status);
      receipt_file.clear();
    }
  }
  if (session_->json) {
    PrintOut(totals_.Json() + "\n");
    return code;
  }
  PrintTotals();
  PrintOut(absl::StrCat("refused lines: ", reject_file, "\n"));
  if (!receipt_file.empty()) {
    PrintOut(absl::StrCat("receipt: ", receipt_file, " (check it with tanhui verify)\n"));
  }
  return code;
}

void ImportRun::PrintTotals() const {
  Table table({"outcome", "scenario or reason", ">lines"});
  for (const auto& [scenario, count] : totals_.awarded) {
    const std::string done = claims_->has_corrections ? "correct" : "award";
    table.Add({options_.dry_run ? absl::StrCat("would ", done) : absl::StrCat(done, "ed"), scenario,
               Grouped(static_cast<std::int64_t>(count))});
  }
  for (const auto& [reason, count] : totals_.refused) {
    table.Add({"refused", reason, Grouped(static_cast<std::int64_t>(count))});
  }
  PrintOut(absl::StrCat(table.Text(), Grouped(static_cast<std::int64_t>(totals_.lines)), " lines, ",
                        Grouped(totals_.points), " points",
                        totals_.grams ? absl::StrCat(", ", Grouped(*totals_.grams), " g CO2e") : "",
                        options_.dry_run ? "; a dry run, nothing was sent\n" : "\n"));
}

std::string ImportRun::OutputFile(const std::string& chosen, std::string_view suffix) const {
  // Beside the user, not beside the file: data often lies where one may only read.
  return chosen.empty() ? absl::StrCat(std::filesystem::path(options_.file).filename().string(),
                                       std::string(suffix))
                        : chosen;
}

int ImportRun::Stopped() const {
  PrintError("stopped; running the same command again resumes and doubles nothing");
  return kStopped;
}

int ImportRun::UploadFailed(const grpc::Status& status) const {
  if (IsStopped(status)) {
    return Stopped();
  }
  const int code = ReportFailure(*session_, status);
  PrintError(
      "the import is not complete; running the same command again resumes and doubles "
      "nothing");
  return code;
}

}  // namespace

int RunImport(Session* session, const ImportOptions& options, const StopFlag& stop) {
  ImportRun run(session, options, stop);
  using Step = int (ImportRun::*)();
  for (const Step step :
       {&ImportRun::Load, &ImportRun::LoadReading, &ImportRun::Ask, &ImportRun::Read,
        &ImportRun::CheckManifest, &ImportRun::Upload, &ImportRun::Conclude}) {
    if (const int code = (run.*step)(); code != kDone) {
      return code;
    }
  }
  return kDone;
}

}  // namespace tanhui::cli
