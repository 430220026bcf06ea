// `tanhui bulk`: take back or adjust many acts by a plan that was looked at first.
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/store/durable_file.h"
#include "services/cli/bulk/bulk_plan.h"
#include "services/cli/bulk/bulk_planning.h"
#include "services/cli/commands.h"
#include "services/cli/import/delivery.h"
#include "services/cli/import/sending/batch_call.h"
#include "services/cli/import/sending/stop_signals.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/log.grpc.pb.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

using PointsStub = v1::PointsService::Stub;

std::string CountText(std::uint64_t count) { return Grouped(static_cast<std::int64_t>(count)); }

// --- plan ---

std::string TextOf(const BulkDraft& draft, const std::string& path) {
  Table table({"scenario", "sponsor", ">acts", ">points", ">then", ">change"});
  for (const auto& [key, total] : draft.totals) {
    table.Add({key.first, key.second, CountText(total.acts), Grouped(total.before),
               Grouped(total.after), Signed(total.after - total.before)});
  }
  return absl::StrCat(table.empty() ? "nothing to do\n" : table.Text(),
                      CountText(draft.plan.rows.size()), " acts, ", Signed(PointsOf(draft.plan)),
                      " points; nothing is written before tanhui bulk run ", path, "\n",
                      draft.left_out == 0
                          ? ""
                          : absl::StrCat(CountText(draft.left_out),
                                         " acts are left out: parts of them were taken back, or "
                                         "they were corrected, before\n"));
}

nlohmann::ordered_json JsonOf(const BulkDraft& draft) {
  nlohmann::ordered_json json;
  json["as_of_index"] = draft.plan.as_of_index;
  json["rows"] = draft.plan.rows.size();
  json["points"] = PointsOf(draft.plan);
  json["left_out"] = draft.left_out;
  json["totals"] = nlohmann::ordered_json::array();
  for (const auto& [key, total] : draft.totals) {
    json["totals"].push_back({{"scenario", key.first},
                              {"sponsor", key.second},
                              {"acts", total.acts},
                              {"before", total.before},
                              {"after", total.after}});
  }
  return json;
}

void Plan(Session* session, const BulkPlanning& planning, const std::string& out) {
  const auto draft = PlanBulk(planning);
  if (!draft.ok()) {
    session->exit_code = ReportFault(draft.status(), kRefused);
    return;
  }
  const absl::Status written = store::WriteFileDurably(out, FormatBulkPlan(draft->plan));
  if (!written.ok()) {
    session->exit_code = ReportFault(written, kUsage);
    return;
  }
  PrintOut(session->json ? absl::StrCat(JsonOf(*draft).dump(), "\n") : TextOf(*draft, out));
}

void AddFilter(CLI::App* command, const std::shared_ptr<BulkPlanning>& planning,
               const std::shared_ptr<std::string>& out) {
  command->add_option("--data", planning->data, "Data directory of a stopped server, or a snapshot")
      ->required();
  command->add_option("--out", *out, "File to write the plan to")->required();
  command
      ->add_option("--reason", planning->reason,
                   "Why, as a code such as wrong_figure; it stands in "
                   "every entry")
      ->required();
  command->add_option("--scenario", planning->scenario, "Only acts of this scenario");
  command->add_option("--district", planning->district, "Only acts in this district, six digits");
  command->add_option("--from", planning->from, "Only acts from this business date on, YYYY-MM-DD");
  command->add_option("--to", planning->to, "Only acts up to this business date");
  command->add_option("--caller", planning->caller, "Only acts that this participant recorded");
  command->add_option("--rules", planning->rules,
                      "Only acts judged by this rule set: CODE/VERSION");
  command->add_option("--product", planning->product, "Only acts by this product: CATALOGUE/CODE");
}

void AddPlanReverse(CLI::App* plan, Session& session) {
  CLI::App* command = plan->add_subcommand("reverse", "Take the acts back, what is left of them");
  command->footer(
      "Example:\n  tanhui bulk plan reverse --data snapshots/monday --scenario bottle_return "
      "--from 2027-03-01 --to 2027-03-07 --caller green-app --reason broken_scale --out bulk.plan");
  const auto planning = std::make_shared<BulkPlanning>();
  const auto out = std::make_shared<std::string>();
  AddFilter(command, planning, out);
  command->callback([&session, planning, out] { Plan(&session, *planning, *out); });
}

void AddPlanAdjust(CLI::App* plan, Session& session) {
  CLI::App* command = plan->add_subcommand(
      "adjust", "Give or take points of the acts (补发, 追回), by a filter or by other rules");
  command->footer(
      "Example:\n  tanhui bulk plan adjust --data snapshots/monday --difference mended.yaml --from "
      "2027-03-01 --reason wrong_figure --out bulk.plan");
  const auto planning = std::make_shared<BulkPlanning>();
  planning->action = BulkAction::kAdjust;
  const auto out = std::make_shared<std::string>();
  AddFilter(command, planning, out);
  CLI::Option_group* how = command->add_option_group("how", "How many points the acts have then");
  how->add_option("--add", planning->add, "So many points more each, or less when below zero");
  how->add_option("--percent", planning->percent, "So many percent of their points, rounded down");
  how->add_option("--difference", planning->difference,
                  "What they would have earned by this rule set, a YAML file");
  how->require_option(1);
  command->callback([&session, planning, out] { Plan(&session, *planning, *out); });
}

// --- run and report ---

struct BulkOutcome {
  std::uint64_t done = 0;                                                 // in this run
  std::uint64_t already = 0;                                              // before it
  std::int64_t points = 0;                                                // change by both
  std::map<std::string, std::pair<std::uint64_t, std::int64_t>> refused;  // acts and points
};

// Sends the plan's rows, or asks what would become of them.
class BulkRun {
 public:
  BulkRun(const Connection& connection, const BulkPlan& plan, bool dry_run)
      : connection_(connection), plan_(plan), name_(NameOf(plan)), dry_run_(dry_run) {}

  grpc::Status Run(const StopFlag& stop) {
    Progress progress = Progress::OnStderr(dry_run_ ? "asking" : "bulk", plan_.rows.size());
    grpc::Status status;
    for (std::size_t at = 0; at < plan_.rows.size() && status.ok(); at += policy_.chunk) {
      const std::size_t end = std::min(plan_.rows.size(), at + policy_.chunk);
      status =
          plan_.action == BulkAction::kReverse ? Reverse(at, end, stop) : Correct(at, end, stop);
      progress.Update(end);
    }
    progress.Finish();
    return status;
  }
  const BulkOutcome& outcome() const { return outcome_; }

 private:
  template <typename Request>
  std::vector<Request> Requests(std::size_t at, std::size_t end,
                                void (*fill)(const BulkRow&, Request&)) const {
    std::vector<Request> requests;
    for (std::size_t i = at; i < end; ++i) {
      Request& request = requests.emplace_back();
      request.set_request_id(BulkRequestId(name_, plan_.rows[i]));
      request.set_entry_index(plan_.rows[i].entry);
      request.set_reason(plan_.reason);
      fill(plan_.rows[i], request);
    }
    return requests;
  }

  void Refused(const BulkRow& row, const google::rpc::Status& error) {
    const RefusalDetails why = DetailsOf(error);
    auto& [acts, points] =
        outcome_.refused[why.reason.empty() ? std::string(CodeName(why.code)) : why.reason];
    ++acts;
    points += row.after - row.before;
  }
  void Accepted(bool replayed, std::int64_t points) {
    ++(replayed ? outcome_.already : outcome_.done);
    outcome_.points += points;
  }

  grpc::Status Reverse(std::size_t at, std::size_t end, const StopFlag& stop) {
    const auto requests =
        Requests<v1::ReverseRequest>(at, end, [](const BulkRow& row, v1::ReverseRequest& request) {
          request.set_quantity(row.quantity);
          request.set_expected_revision(row.revision);
        });
    const auto delivery = Deliver<v1::ReverseRequest, v1::ReverseResult>(
        requests,
        SendThrough<v1::ReverseRequest, v1::ReverseResult>(connection_, &PointsStub::BatchReverse,
                                                           dry_run_),
        policy_, stop);
    for (std::size_t i = 0; delivery.failure.ok() && i < delivery.results.size(); ++i) {
      const v1::ReverseResult& result = delivery.results[i];
      if (result.has_error()) {
        Refused(plan_.rows[at + i], result.error());
      } else {
        Accepted(result.reversal().replayed(), -result.reversal().points());
      }
    }
    return delivery.failure;
  }

  grpc::Status Correct(std::size_t at, std::size_t end, const StopFlag& stop) {
    const auto requests =
        Requests<v1::CorrectRequest>(at, end, [](const BulkRow& row, v1::CorrectRequest& request) {
          request.set_expected_revision(row.revision);
          request.mutable_adjustment()->set_points_after(row.after);
        });
    const auto delivery = Deliver<v1::CorrectRequest, v1::CorrectResult>(
        requests,
        SendThrough<v1::CorrectRequest, v1::CorrectResult>(connection_, &PointsStub::BatchCorrect,
                                                           dry_run_),
        policy_, stop);
    for (std::size_t i = 0; delivery.failure.ok() && i < delivery.results.size(); ++i) {
      const v1::CorrectResult& result = delivery.results[i];
      if (result.has_error()) {
        Refused(plan_.rows[at + i], result.error());
      } else {
        Accepted(result.correction().replayed(), result.correction().change());
      }
    }
    return delivery.failure;
  }

  const Connection& connection_;
  const BulkPlan& plan_;
  const Hash256 name_;
  const bool dry_run_;
  const DeliveryPolicy policy_;
  BulkOutcome outcome_;
};

std::string TextOf(const BulkOutcome& outcome, bool dry_run) {
  Table table({"outcome", ">acts", ">points"});
  table.Add({dry_run ? "left to do" : "done", CountText(outcome.done), ""});
  table.Add({"done before", CountText(outcome.already), ""});
  for (const auto& [reason, sum] : outcome.refused) {
    table.Add({reason, CountText(sum.first), Signed(sum.second)});
  }
  return absl::StrCat(table.Text(), Signed(outcome.points),
                      dry_run ? " points by what is done and left to do; nothing was written\n"
                              : " points by what is done\n");
}

nlohmann::ordered_json JsonOf(const BulkOutcome& outcome, bool dry_run) {
  nlohmann::ordered_json json;
  json[dry_run ? "left" : "done"] = outcome.done;
  json["done_before"] = outcome.already;
  json["points"] = outcome.points;
  json["refused"] = nlohmann::ordered_json::object();
  for (const auto& [reason, sum] : outcome.refused) {
    json["refused"][reason] = {{"acts", sum.first}, {"points", sum.second}};
  }
  return json;
}

// Whether the server's log is the plan's. Reports why not.
bool IsOfThisLog(Session* session, const Connection& connection, const BulkPlan& plan) {
  v1::GetCheckpointResponse checkpoint;
  const grpc::Status status = connection.Call(&v1::LogService::Stub::GetCheckpoint,
                                              v1::GetCheckpointRequest(), &checkpoint);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return false;
  }
  const std::string origin = checkpoint.checkpoint().substr(0, checkpoint.checkpoint().find('\n'));
  if (origin == plan.origin && checkpoint.as_of_index() >= plan.as_of_index) {
    return true;
  }
  PrintError(absl::StrCat("the plan is for the log ", plan.origin, " up to entry ",
                          plan.as_of_index, ", and ", connection.address(), " has the log ", origin,
                          " up to entry ", checkpoint.as_of_index()));
  session->exit_code = kRefused;
  return false;
}

void RunPlan(Session* session, const std::string& path, bool dry_run) {
  const auto text = store::ReadFile(path);
  const auto plan = text.ok() ? ParseBulkPlan(*text) : absl::StatusOr<BulkPlan>(text.status());
  if (!plan.ok()) {
    session->exit_code = ReportFault(
        absl::Status(plan.status().code(), absl::StrCat(path, ": ", plan.status().message())),
        kRefused);
    return;
  }
  const StopFlag& stop = StopOnSignals();
  const std::optional<Connection> connection = Connect(session);
  if (!connection || !IsOfThisLog(session, *connection, *plan)) {
    return;
  }
  BulkRun run(*connection, *plan, dry_run);
  const grpc::Status status = run.Run(stop);
  PrintOut(session->json ? absl::StrCat(JsonOf(run.outcome(), dry_run).dump(), "\n")
                         : TextOf(run.outcome(), dry_run));
  if (IsStopped(status)) {
    PrintError("stopped; running the same command again resumes and doubles nothing");
    session->exit_code = kStopped;
    return;
  }
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  session->exit_code = run.outcome().refused.empty() ? kDone : kRefused;
}

void AddRun(CLI::App* bulk, Session& session) {
  CLI::App* command = bulk->add_subcommand("run", "Do what a plan says; run again, it resumes");
  const auto path = std::make_shared<std::string>();
  const auto dry_run = std::make_shared<bool>(false);
  command->add_option("PLAN", *path, "The plan")->required();
  command->add_flag("--dry-run", *dry_run, "Ask what would happen; write nothing");
  command->footer(
      "What changed since the plan was made is refused (WRONG_REVISION, ALREADY_REVERSED) and "
      "told.\n"
      "Example:\n  tanhui bulk run bulk.plan");
  command->callback([&session, path, dry_run] { RunPlan(&session, *path, *dry_run); });
}

void AddReport(CLI::App* bulk, Session& session) {
  CLI::App* command =
      bulk->add_subcommand("report", "How far a plan is: done, left, refused; writes nothing");
  const auto path = std::make_shared<std::string>();
  command->add_option("PLAN", *path, "The plan")->required();
  command->footer("Example:\n  tanhui bulk report bulk.plan");
  command->callback([&session, path] { RunPlan(&session, *path, true); });
}

}  // namespace

void AddBulkCommands(CLI::App& app, Session& session) {
  CLI::App* bulk = app.add_subcommand("bulk", "Take back or adjust many acts by a plan");
  bulk->require_subcommand(1);
  CLI::App* plan =
      bulk->add_subcommand("plan", "Make a plan out of a copy of the ledger; that is the dry run");
  plan->require_subcommand(1);
  AddPlanReverse(plan, session);
  AddPlanAdjust(plan, session);
  AddRun(bulk, session);
  AddReport(bulk, session);
}

}  // namespace tanhui::cli
