#include "services/cli/commands/books/load_run.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/import/balances/balance_upload.h"
#include "services/cli/import/sending/batch_call.h"
#include "services/cli/request_id_key.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/loads.grpc.pb.h"

namespace tanhui::cli {
namespace {

using LoadsStub = v1::LoadsService::Stub;

constexpr std::size_t kShownLines = 20;

std::string Hexadecimal(std::string_view bytes) {
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

std::string CountText(std::uint64_t count) { return Grouped(static_cast<std::int64_t>(count)); }

int StoppedRun() {
  PrintError("stopped; running the same command again resumes and doubles nothing");
  return kStopped;
}

// A file of balances, mapped and read.
struct LoadFile {
  MappedFile mapped;
  BalanceFile balances;
};

// nullopt after it has reported why, with the exit status in `code`.
std::optional<LoadFile> ReadLoadFile(const std::string& path, std::optional<Month> today,
                                     const StopFlag& stop, int* code) {
  auto mapped = MappedFile::Open(path);
  if (!mapped.ok()) {
    *code = ReportFault(mapped.status(), kUsage);
    return std::nullopt;
  }
  const std::size_t size = mapped->text().size();
  Progress progress = Progress::OnStderr("reading", size < kWorthABar ? 0 : size);
  auto balances = BalanceFile::Read(mapped->text(), today, [&](std::size_t bytes) {
    progress.Update(bytes);
    return !stop.load();
  });
  progress.Finish();
  if (absl::IsCancelled(balances.status())) {
    *code = StoppedRun();
    return std::nullopt;
  }
  if (!balances.ok()) {
    *code = ReportFault(absl::Status(balances.status().code(),
                                     absl::StrCat(path, ": ", balances.status().message())),
                        kRefused);
    return std::nullopt;
  }
  return LoadFile{*std::move(mapped), *std::move(balances)};
}

std::optional<Month> ThisMonth() { return MonthOf(ShanghaiDate(WallClock())); }

// Tells the first problems of the file, for people.
void PrintProblems(const std::string& path, const BalanceFile& file) {
  for (std::size_t i = 0; i < std::min(file.problems().size(), kShownLines); ++i) {
    const BalanceProblem& problem = file.problems()[i];
    PrintError(problem.line == 0 ? absl::StrCat(path, ": ", problem.text)
                                 : absl::StrCat(path, ":", problem.line, ": ", problem.text));
  }
  if (file.problem_count() > kShownLines) {
    PrintError(absl::StrCat("and ", file.problem_count() - kShownLines, " more"));
  }
}

nlohmann::ordered_json JsonOf(const BalanceFile& file) {
  nlohmann::ordered_json json;
  json["accounts"] = file.totals().accounts;
  json["points"] = file.totals().points;
  json["grams"] = file.totals().grams;
  json["lots"] = file.lots();
  json["file_sha256"] = Hexadecimal(file.sha256().view());
  json["problem_count"] = file.problem_count();
  json["problems"] = nlohmann::ordered_json::array();
  for (const BalanceProblem& problem : file.problems()) {
    json["problems"].push_back({{"line", problem.line}, {"problem", problem.text}});
  }
  return json;
}

std::string TextOf(const BalanceFile& file) {
  FactList facts;
  facts.Add("accounts", CountText(file.totals().accounts));
  facts.Add("lots", CountText(file.lots()));
  facts.Add("points", Grouped(file.totals().points));
  facts.Add("grams", Grouped(file.totals().grams));
  facts.Add("file_sha256", Hexadecimal(file.sha256().view()));
  return facts.Text();
}

nlohmann::ordered_json JsonOf(const BalanceOutcomes& outcomes) {
  nlohmann::ordered_json json;
  json["done"] = outcomes.done;
  json["already"] = outcomes.already;
  json["points"] = outcomes.points;
  json["refused"] = nlohmann::ordered_json::object();
  for (const auto& [reason, sum] : outcomes.by_reason) {
    json["refused"][reason] = {{"accounts", sum.accounts}, {"points", sum.points}};
  }
  json["refused_lines"] = nlohmann::ordered_json::array();
  for (const BalanceOutcomes::Refused& refused : outcomes.refused) {
    json["refused_lines"].push_back(
        {{"line", refused.line}, {"reason", refused.reason}, {"points", refused.points}});
  }
  return json;
}

std::string TextOf(const BalanceOutcomes& outcomes, std::string_view verb, bool dry_run) {
  const std::string would = dry_run ? "would be " : "";
  Table table({"outcome", ">accounts"});
  table.Add({absl::StrCat(would, std::string(verb)), CountText(outcomes.done)});
  table.Add({absl::StrCat(std::string(verb), " before"), CountText(outcomes.already)});
  for (const auto& [reason, sum] : outcomes.by_reason) {
    table.Add({reason, CountText(sum.accounts)});
  }
  return absl::StrCat(table.Text(), Grouped(outcomes.points), " points ", would, std::string(verb),
                      dry_run ? "; a dry run, nothing was written\n" : "\n");
}

// Stating or crediting a whole file.
class LoadRun {
 public:
  LoadRun(Session* session, LoadStage stage, const LoadRunOptions& options, const StopFlag& stop)
      : session_(*session), stage_(stage), options_(options), stop_(stop) {}

  int Run() {
    int code = kDone;
    // What is past its month by now was stated in time.
    const auto today = stage_ == LoadStage::kState ? ThisMonth() : std::nullopt;
    const auto file = ReadLoadFile(options_.file, today, stop_, &code);
    if (!file) {
      return code;
    }
    if (file->balances.problem_count() > 0) {
      PrintProblems(options_.file, file->balances);
      PrintError("nothing was sent");
      return kRefused;
    }
    session_.connection.timeout = std::max(session_.connection.timeout, kBatchTimeout);
    connection_ = Connect(&session_);
    if (!connection_) {
      return session_.exit_code;
    }
    code = Ask(file->balances);
    return code == kDone ? Send(file->balances) : code;
  }

 private:
  // The load, and the key of its request ids.
  int Ask(const BalanceFile& file) {
    v1::GetLoadRequest which;
    which.set_name(options_.load);
    v1::GetLoadResponse answer;
    const grpc::Status status = connection_->Call(&LoadsStub::GetLoad, which, &answer);
    if (!status.ok()) {
      return ReportFailure(session_, status);
    }
    if (answer.load().file_sha256() != file.sha256().view()) {
      PrintError(absl::StrCat(options_.file, " is not the file that ", options_.load,
                              " was begun with: its SHA-256 is ", Hexadecimal(file.sha256().view()),
                              ", not ", Hexadecimal(answer.load().file_sha256()),
                              "; nothing was sent"));
      return kRefused;
    }
    number_ = answer.load().number();
    last_entry_before_ = answer.as_of_index();
    return AskRequestIdKey(session_, *connection_, &key_);
  }

  int Send(const BalanceFile& file) {
    const BalanceIds ids(key_, number_);
    const BalancePlan plan{options_.load, last_entry_before_, {}};
    const bool states = stage_ == LoadStage::kState;
    BalanceOutcomes outcomes;
    Progress progress =
        Progress::OnStderr(states ? "stating" : "crediting", file.balances().size());
    const BalanceProgress update = [&](std::uint64_t done) { progress.Update(done); };
    const grpc::Status status =
        states
            ? StateBalances(file, ids, plan,
                            SendThrough<v1::StateBalanceRequest, v1::StateBalanceResult>(
                                *connection_, &LoadsStub::BatchStateBalances, options_.dry_run),
                            &outcomes, update, stop_)
            : CreditBalances(file, ids, plan,
                             SendThrough<v1::CreditBalanceRequest, v1::CreditBalanceResult>(
                                 *connection_, &LoadsStub::BatchCreditBalances, options_.dry_run),
                             &outcomes, update, stop_);
    progress.Finish();
    if (IsStopped(status)) {
      return StoppedRun();
    }
    if (!status.ok()) {
      const int code = ReportFailure(session_, status);
      PrintError("not complete; running the same command again resumes and doubles nothing");
      return code;
    }
    Tell(outcomes, states ? "stated" : "credited");
    return outcomes.complete() ? kDone : kRefused;
  }

  void Tell(const BalanceOutcomes& outcomes, std::string_view verb) const {
    if (session_.json) {
      PrintOut(JsonOf(outcomes).dump() + "\n");
      return;
    }
    PrintOut(TextOf(outcomes, verb, options_.dry_run));
    std::size_t shown = 0;
    for (const BalanceOutcomes::Refused& refused : outcomes.refused) {
      if (shown++ == kShownLines) {
        PrintError("--json tells up to 1,000 refused lines");
        return;
      }
      PrintError(absl::StrCat(options_.file, ":", refused.line, ": ", refused.reason));
    }
  }

  Session& session_;
  LoadStage stage_;
  const LoadRunOptions& options_;
  const StopFlag& stop_;
  std::optional<Connection> connection_;
  std::string key_;
  std::uint32_t number_ = 0;
  std::uint64_t last_entry_before_ = 0;
};

}  // namespace

int CheckLoadFile(Session* session, const LoadCheck& check) {
  const StopFlag never(false);
  const auto today = check.today.empty() ? ThisMonth() : ParseMonth(check.today.substr(0, 7));
  int code = kDone;
  auto file = ReadLoadFile(check.file, today, never, &code);
  if (!file) {
    return code;
  }
  if (check.want) {
    file->balances.Compare(*check.want);
  }
  if (session->json) {
    PrintOut(JsonOf(file->balances).dump() + "\n");
  } else {
    PrintOut(TextOf(file->balances));
    PrintProblems(check.file, file->balances);
  }
  return file->balances.problem_count() == 0 ? kDone : kRefused;
}

int OpenLoadOf(Session* session, const std::string& file, v1::OpenLoadRequest* request) {
  const StopFlag never(false);
  int code = kDone;
  auto read = ReadLoadFile(file, ThisMonth(), never, &code);
  if (!read) {
    return code;
  }
  const v1::LoadTotals& control = request->control();
  read->balances.Compare({control.accounts(), control.points(), control.grams()});
  if (read->balances.problem_count() > 0) {
    PrintProblems(file, read->balances);
    PrintError("no load was begun");
    return kRefused;
  }
  request->set_file_sha256(std::string(read->balances.sha256().view()));
  Mutate(session, &LoadsStub::OpenLoad, request);
  return session->exit_code;
}

int RunLoad(Session* session, LoadStage stage, const LoadRunOptions& options,
            const StopFlag& stop) {
  return LoadRun(session, stage, options, stop).Run();
}

}  // namespace tanhui::cli
