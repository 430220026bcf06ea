// `tanhui reconcile`: a participant's own books beside the ledger's (对账).
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/proven_file.h"
#include "services/cli/reconcile/comparison_text.h"
#include "services/cli/reconcile/day_download.h"
#include "services/cli/reconcile/own_file.h"
#include "services/cli/screen/progress.h"
#include "services/cli/session.h"
#include "tanhui/v1/log.grpc.pb.h"

namespace tanhui::cli {
namespace {

using reconciliation::DayFile;

// These commands are for scripts: 1 tells differences, so that what is refused must be 2.
constexpr int kMatched = 0;
constexpr int kDifferent = 1;
constexpr int kFileRefused = 2;

struct ReconcileOptions {
  std::string mine;
  std::string theirs;
  std::string key;
  std::string participant;
  std::string scheme;
  std::string date;
  std::string out;
  std::string directory;
  std::int64_t timing_minutes = 10;
  bool all = false;
};

int ReportRefused(const absl::Status& status) { return ReportFault(status, kFileRefused); }

int ReportNoAnswer(const Session& session, const grpc::Status& status) {
  const int code = ReportFailure(session, status);
  return code == kRefused ? kFileRefused : code;
}

// A directory of its own that goes with this object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code none;
    path_ = (std::filesystem::temp_directory_path(none) / "tanhui-reconcile-XXXXXX").string();
    made_ = ::mkdtemp(path_.data()) != nullptr;
  }
  ~ScratchFolder() {
    std::error_code none;
    if (made_) {
      std::filesystem::remove_all(path_, none);
    }
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  bool made() const { return made_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

v1::ExportDayRequest RequestOf(const ReconcileOptions& options) {
  v1::ExportDayRequest request;
  if (!options.all) {
    request.set_participant(Named("participants", options.participant));
  }
  request.set_scheme(Named("schemes", options.scheme));
  request.set_date(options.date);
  return request;
}

// The paths of what was downloaded; nullopt after it has reported why there is nothing.
std::optional<std::vector<std::string>> Fetch(Session* session, const ReconcileOptions& options,
                                              const std::string& directory) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return std::nullopt;
  }
  DayDownload download(directory, LastPart(options.scheme), options.date);
  const grpc::Status status = Download(*connection, RequestOf(options), download);
  if (!download.status().ok()) {
    session->exit_code = ReportRefused(download.status());
    return std::nullopt;
  }
  if (!status.ok()) {
    session->exit_code = ReportNoAnswer(*session, status);
    return std::nullopt;
  }
  return download.files();
}

// The key that was given or, without one, that the server says is its own.
std::optional<signing::NamedVerifier> KeyFor(Session* session, const std::string& key) {
  std::string text = key;
  if (key.empty()) {
    const std::optional<Connection> connection = Connect(session);
    if (!connection) {
      return std::nullopt;
    }
    v1::GetCheckpointResponse answer;
    const grpc::Status status =
        connection->Call(&v1::LogService::Stub::GetCheckpoint, v1::GetCheckpointRequest(), &answer);
    if (!status.ok()) {
      session->exit_code = ReportNoAnswer(*session, status);
      return std::nullopt;
    }
    text = answer.verifier_key();
  }
  auto verifier = key.empty() ? signing::ParseVerifierKey(text) : ReadVerifierKey(text);
  if (!verifier.ok()) {
    session->exit_code = ReportRefused(verifier.status());
    return std::nullopt;
  }
  return *std::move(verifier);
}

// Reads the file and its note, which must be signed by the key.
absl::StatusOr<DayFile> ReadSigned(const std::string& path, const reconciliation::WantedDay& wanted,
                                   const signing::NamedVerifier& key,
                                   const reconciliation::RowVisitor& visit,
                                   const reconciliation::ReadingProgress& progress = {}) {
  const std::string note_path = absl::StrCat(path, std::string(reconciliation::kNoteSuffix));
  auto day = reconciliation::ReadDayFile(path, wanted, visit, progress);
  if (!day.ok()) {
    return day;
  }
  const auto note = ReadWholeFile(note_path);
  if (!note.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        note.status().message(), ": the signed note must lie beside the day file; export both"));
  }
  const absl::Status checked = reconciliation::CheckNote(note_path, *note, *day, key);
  return checked.ok() ? day : checked;
}

absl::Status Skip(const reconciliation::DayRow&) { return absl::OkStatus(); }

void Verify(Session* session, const ReconcileOptions& options) {
  const auto key = KeyFor(session, options.key);
  if (!key.has_value()) {
    return;
  }
  const auto day = ReadSigned(options.theirs, {}, *key, Skip);
  if (!day.ok()) {
    session->exit_code = ReportRefused(day.status());
    return;
  }
  const NamedDays days = {{options.theirs, *day}};
  PrintOut(session->json ? DaysJson(days) : absl::StrCat(DaysText(days), "verified\n"));
}

void Export(Session* session, const ReconcileOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) {
    session->exit_code = ReportRefused(absl::InvalidArgumentError(
        absl::StrCat("cannot make the directory ", options.directory, ": ", error.message())));
    return;
  }
  const auto files = Fetch(session, options, options.directory);
  if (!files.has_value()) {
    return;
  }
  NamedDays days;
  for (const std::string& path : *files) {
    auto day = reconciliation::ReadDayFile(path, {}, Skip);
    if (!day.ok()) {
      session->exit_code = ReportRefused(day.status());
      return;
    }
    days.emplace_back(path, *std::move(day));
  }
  PrintOut(session->json ? DaysJson(days) : DaysText(days));
}

// One bar over both files.
class ReadingBar {
 public:
  ReadingBar(const std::string& first, const std::string& second)
      : bar_(Progress::OnStderr("reading", SizeOf(first) + SizeOf(second))) {}
  ~ReadingBar() { bar_.Finish(); }
  ReadingBar(const ReadingBar&) = delete;
  ReadingBar& operator=(const ReadingBar&) = delete;

  reconciliation::ReadingProgress Next() {
    before_ += last_;
    last_ = 0;
    return [this](std::uint64_t done, std::uint64_t) {
      last_ = done;
      bar_.Update(before_ + done);
    };
  }

 private:
  static std::uint64_t SizeOf(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : size;
  }
  Progress bar_;
  std::uint64_t before_ = 0;
  std::uint64_t last_ = 0;
};

struct Compared {
  DayFile day;
  reconciliation::ComparisonTotals totals;
};

absl::StatusOr<Compared> CompareFiles(const ReconcileOptions& options, const std::string& theirs,
                                      const signing::NamedVerifier& key) {
  reconciliation::Comparison comparison(options.mine);
  reconciliation::WantedDay wanted{LastPart(options.participant), LastPart(options.scheme),
                                   std::nullopt, key.name()};
  if (!options.date.empty()) {
    wanted.day = reconciliation::ParseDay(options.date);
  }
  Compared out;
  {
    ReadingBar bar(theirs, options.mine);
    auto day = ReadSigned(
        theirs, wanted, key,
        [&comparison](const reconciliation::DayRow& row) { return comparison.AddTheirs(row); },
        bar.Next());
    if (!day.ok()) {
      return day.status();
    }
    out.day = *std::move(day);
    const absl::Status ours = ReadOwnFile(
        options.mine,
        [&comparison](const reconciliation::OwnRow& row) { return comparison.AddOurs(row); },
        bar.Next());
    if (!ours.ok()) {
      return ours;
    }
  }
  std::optional<FileReplacement> diff;
  if (!options.out.empty()) {
    auto file = FileReplacement::Begin(options.out);
    if (!file.ok()) {
      return file.status();
    }
    diff.emplace(*std::move(file));
    diff->Append(absl::StrCat(std::string(reconciliation::DifferenceHeader()), "\n"));
  }
  const auto totals = comparison.Compare(
      {out.day.title.day, out.day.title.cutoff_minute, options.timing_minutes},
      [&diff](const reconciliation::Difference& difference) {
        if (diff.has_value()) {
          diff->Append(absl::StrCat(reconciliation::DifferenceLine(difference), "\n"));
        }
        return absl::OkStatus();
      });
  if (!totals.ok()) {
    return totals.status();
  }
  out.totals = *totals;
  const absl::Status written = diff.has_value() ? diff->Commit() : absl::OkStatus();
  return written.ok() ? absl::StatusOr<Compared>(std::move(out)) : written;
}

void Compare(Session* session, const ReconcileOptions& options) {
  ScratchFolder scratch;
  std::string theirs = options.theirs;
  if (theirs.empty()) {
    if (!scratch.made()) {
      session->exit_code = ReportRefused(absl::InternalError(absl::StrCat(
          "cannot make ", scratch.path(), "; set TMPDIR to a directory that can be written")));
      return;
    }
    const auto files = Fetch(session, options, scratch.path());
    if (!files.has_value()) {
      return;
    }
    if (files->size() != 1) {
      session->exit_code = ReportRefused(
          absl::InvalidArgumentError("the server sent no day file; is it a newer one?"));
      return;
    }
    theirs = files->front();
  }
  const auto key = KeyFor(session, options.key);
  if (!key.has_value()) {
    return;
  }
  const auto compared = CompareFiles(options, theirs, *key);
  if (!compared.ok()) {
    session->exit_code = ReportRefused(compared.status());
    return;
  }
  PrintOut(session->json ? ComparisonJson(compared->day, compared->totals, options.out)
                         : ComparisonText(compared->day, compared->totals, options.out));
  session->exit_code = compared->totals.AllMatched() ? kMatched : kDifferent;
}

// What cannot be said in the options' own terms; empty when they go together.
std::string WhyNot(const ReconcileOptions& options) {
  if (options.mine.empty()) {
    return "give --mine FILE, or one of the commands export and verify";
  }
  if (options.theirs.empty() &&
      (options.participant.empty() || options.scheme.empty() || options.date.empty())) {
    return "give --theirs FILE, or --participant, --scheme and --date to get it from the ledger";
  }
  if (!options.theirs.empty() && options.key.empty()) {
    return "give --key KEY, with which the day file was signed";
  }
  return {};
}

CLI::Validator DateValidator() {
  return CLI::Validator(
      [](const std::string& text) {
        return reconciliation::ParseDay(text).has_value()
                   ? std::string()
                   : absl::StrCat("'", text, "' is no date: write YYYY-MM-DD");
      },
      "DATE");
}

// --participant, --scheme, --date.
void AddWhichDay(CLI::App* command, ReconcileOptions& options) {
  command->add_option("--participant", options.participant, "Whose file");
  command->add_option("--scheme", options.scheme, "Of which scheme");
  command->add_option("--date", options.date, "The ledger day: YYYY-MM-DD")->check(DateValidator());
}

void AddExport(CLI::App* reconcile, Session& session,
               const std::shared_ptr<ReconcileOptions>& options) {
  CLI::App* command = reconcile->add_subcommand(
      "export", "Get the signed day file of a participant, or of everybody, into a directory");
  command->footer(
      "Examples:\n"
      "  tanhui reconcile export --participant metro-app --scheme cq --date 2027-01-05 files\n"
      "  tanhui reconcile export --all --scheme cq --date 2027-01-05 files");
  AddWhichDay(command, *options);
  command->get_option("--scheme")->required();
  command->get_option("--date")->required();
  command
      ->add_flag("--all", options->all,
                 "Of everybody who has a row, in one pass; needs the role admin or auditor")
      ->excludes(command->get_option("--participant"));
  command->add_option("DIR", options->directory, "Where the files go")->required();
  command->callback([&session, options] {
    if (!options->all && options->participant.empty()) {
      session.exit_code =
          ReportRefused(absl::InvalidArgumentError("give --participant NAME or --all"));
      return;
    }
    Export(&session, *options);
  });
}

void AddVerify(CLI::App* reconcile, Session& session,
               const std::shared_ptr<ReconcileOptions>& options) {
  CLI::App* command =
      reconcile->add_subcommand("verify", "Check a day file and its note; needs no server");
  command->footer("Example:\n  tanhui reconcile verify metro-app.cq.2027-01-05.csv --key log.vkey");
  command->add_option("FILE", options->theirs, "The day file; FILE.note lies beside it")
      ->required();
  command->add_option("--key", options->key, "The log's verifier key, or a file that holds it")
      ->required();
  command->callback([&session, options] { Verify(&session, *options); });
}

}  // namespace

void AddReconcileCommands(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("reconcile", "Compare your own rows of a day with the ledger's (对账)");
  command->footer(
      "FILE of --mine is CSV with the columns request_id, points, fen, state (done, part, undone) "
      "and maybe time.\n"
      "Exit status: 0 matched, 1 differences, 2 refused, 3 server unreachable.\n"
      "Examples:\n"
      "  tanhui reconcile --mine mine.csv --participant metro-app --scheme cq --date 2027-01-05\n"
      "  tanhui reconcile --mine mine.csv --theirs metro-app.cq.2027-01-05.csv --key log.vkey "
      "--out diff.csv");
  const auto options = std::make_shared<ReconcileOptions>();
  command->add_option("--mine", options->mine, "Your own rows of the day");
  command->add_option("--theirs", options->theirs, "The day file, exported before");
  command->add_option("--key", options->key,
                      "The log's verifier key, or a file that holds it; without --theirs the one "
                      "that the server tells");
  AddWhichDay(command, *options);
  command->add_option("--out", options->out, "Write the differences to this CSV file");
  command
      ->add_option("--timing", options->timing_minutes,
                   "Minutes around the cut-off within which a row that the ledger lacks is looked "
                   "for in the next file (未达账项)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{24 * 60}))
      ->capture_default_str();
  AddExport(command, session, options);
  AddVerify(command, session, options);
  command->callback([&session, command, options] {
    if (!command->get_subcommands().empty()) {
      return;
    }
    if (const std::string why = WhyNot(*options); !why.empty()) {
      session.exit_code = ReportRefused(absl::InvalidArgumentError(why));
      return;
    }
    Compare(&session, *options);
  });
}

}  // namespace tanhui::cli
