// `tanhui load`: opening balances from an older system.
#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"
#include "services/cli/commands/books/load_run.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/loads.grpc.pb.h"

namespace tanhui::cli {
namespace {

using LoadsStub = v1::LoadsService::Stub;
constexpr const char* kLoads = "loads";

std::string StateName(v1::LoadState state) {
  switch (state) {
    case v1::LOAD_STATE_OPEN:
      return "open";
    case v1::LOAD_STATE_SEALED:
      return "sealed";
    case v1::LOAD_STATE_DROPPED:
      return "dropped";
    default:
      return "unknown";
  }
}

std::string CountText(std::uint64_t count) { return Grouped(static_cast<std::int64_t>(count)); }

std::string ReportText(const v1::GetLoadResponse& response) {
  const v1::Load& load = response.load();
  FactList facts;
  facts.Add("load", load.name());
  facts.Add("state", StateName(load.state()));
  facts.Add("asset", load.asset());
  facts.Add("as of the end of", load.as_of_date());
  facts.Add("file_sha256", absl::BytesToHexString(load.file_sha256()));
  Table totals({"total", ">control", ">stated", ">missing"});
  const auto add = [&](const std::string& name, std::int64_t control, std::int64_t stated) {
    totals.Add({name, Grouped(control), Grouped(stated), Grouped(control - stated)});
  };
  add("accounts", static_cast<std::int64_t>(load.control().accounts()),
      static_cast<std::int64_t>(load.stated().accounts()));
  add("points", load.control().points(), load.stated().points());
  add("grams", load.control().grams(), load.stated().grams());
  Table credits({"credited", ">accounts", ">points"});
  credits.Add({"of this load", CountText(load.credited_accounts()), ""});
  credits.Add({"left of this load",
               load.state() == v1::LOAD_STATE_SEALED
                   ? CountText(load.stated().accounts() - load.credited_accounts())
                   : "0",
               ""});
  credits.Add({"of all loads of the asset", "", Grouped(-response.opening_balance())});
  credits.Add(
      {"left of all of them", "", Grouped(response.sealed_points() + response.opening_balance())});
  return absl::StrCat(facts.Text(), "\n", totals.Text(), "\n", credits.Text(), "as of entry ",
                      response.as_of_index(), "\n");
}

std::string ListText(const v1::ListLoadsResponse& response) {
  Table table({"load", "asset", "state", ">accounts", ">points", ">credited"});
  for (const v1::Load& load : response.loads()) {
    table.Add({load.name(), load.asset(), StateName(load.state()),
               CountText(load.control().accounts()), Grouped(load.control().points()),
               CountText(load.credited_accounts())});
  }
  return absl::StrCat(table.Text(), NextPage(response.next_page_token()), "as of entry ",
                      response.as_of_index(), "\n");
}

// What the older system's books say.
template <typename Totals>
void AddTotals(CLI::App* command, const std::shared_ptr<Totals>& totals, bool required) {
  const auto add = [&](const char* option, auto set, const char* text) {
    CLI::Option* made = command->add_option_function<std::int64_t>(option, set, text);
    made->check(CLI::NonNegativeNumber)->required(required);
  };
  add(
      "--accounts", [totals](std::int64_t number) { totals->accounts = number; },
      "How many accounts the older books have");
  add(
      "--points", [totals](std::int64_t number) { totals->points = number; }, "Their points");
  add(
      "--grams", [totals](std::int64_t number) { totals->grams = number; },
      "Grams of CO2e that go with them");
}

// As the command line gives them; -1: not given.
struct TotalsOption {
  std::int64_t accounts = -1;
  std::int64_t points = -1;
  std::int64_t grams = -1;
  bool any() const { return accounts >= 0 || points >= 0 || grams >= 0; }
};

void AddCheck(CLI::App* load, Session& session) {
  CLI::App* command =
      load->add_subcommand("check", "Check a file of balances and add it up; needs no server");
  command->footer(
      "Columns: user or account, expiry_month (YYYY-MM or never), scheme, funder, points, grams; "
      "the lots of one\naccount in adjacent lines.\nExample:\n"
      "  tanhui load check old.csv --accounts 2 --points 155 --grams 1500");
  const auto check = std::make_shared<LoadCheck>();
  const auto totals = std::make_shared<TotalsOption>();
  command->add_option("FILE", check->file, "CSV file")->required();
  AddTotals(command, totals, false);
  command
      ->add_option("--today", check->today,
                   "Months before this date's have passed, YYYY-MM-DD; default: today")
      ->check(CLI::Validator(
          [](const std::string& date) {
            return ParseShanghai(date + " 00:00:00") ? "" : "a date YYYY-MM-DD is needed";
          },
          "DATE"));
  command->callback([&session, check, totals] {
    if (totals->any()) {
      if (totals->accounts < 0 || totals->points < 0 || totals->grams < 0) {
        PrintError("--accounts, --points and --grams are needed together");
        session.exit_code = kUsage;
        return;
      }
      check->want = BalanceTotals{static_cast<std::uint64_t>(totals->accounts), totals->points,
                                  totals->grams};
    }
    session.exit_code = CheckLoadFile(&session, *check);
  });
}

void AddOpen(CLI::App* load, Session& session) {
  CLI::App* command = load->add_subcommand(
      "open",
      "Begin a load: what the older system's books say, and the file that must add up to it");
  command->footer(
      "Example:\n  tanhui load open old-app old.csv --asset cq-points --as-of 2026-12-31 "
      "--accounts "
      "2 --points 155 --grams 1500");
  const auto request = std::make_shared<v1::OpenLoadRequest>();
  const auto file = std::make_shared<std::string>();
  const auto totals = std::make_shared<TotalsOption>();
  command
      ->add_option_function<std::string>(
          "LOAD", [request](const std::string& code) { request->set_load_id(code); },
          "Code of the new load")
      ->required();
  command->add_option("FILE", *file, "CSV file")->required();
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); }, "Which points")
      ->required();
  command
      ->add_option_function<std::string>(
          "--as-of", [request](const std::string& date) { request->set_as_of_date(date); },
          "At the end of this day the older books were taken, YYYY-MM-DD")
      ->required();
  AddTotals(command, totals, true);
  AddMutationOptions(command, request);
  command->callback([&session, request, file, totals] {
    v1::LoadTotals& control = *request->mutable_control();
    control.set_accounts(static_cast<std::uint64_t>(totals->accounts));
    control.set_points(totals->points);
    control.set_grams(totals->grams);
    session.exit_code = OpenLoadOf(&session, *file, request.get());
  });
}

void AddStage(CLI::App* load, Session& session, LoadStage stage, const char* name,
              const char* description) {
  CLI::App* command = load->add_subcommand(name, description);
  command->footer(absl::StrCat("Example:\n  tanhui load ", name, " old-app old.csv"));
  const auto options = std::make_shared<LoadRunOptions>();
  AddNameOption(
      command, "LOAD", kLoads, [options](const std::string& text) { options->load = text; },
      "Which load")
      ->required();
  command->add_option("FILE", options->file, "The file that the load was begun with")->required();
  command->add_flag("--dry-run", options->dry_run, "Ask what would happen; write nothing");
  command->callback([&session, stage, options] {
    session.exit_code = ExitStatus(RunLoad(&session, stage, *options, StopOnSignals()));
  });
}

// seal and drop.
template <typename Request, typename Method>
void AddClosing(CLI::App* load, Session& session, const char* name, const char* description,
                Method method) {
  CLI::App* command = load->add_subcommand(name, description);
  command->footer(absl::StrCat("Example:\n  tanhui load ", name, " old-app"));
  const auto request = std::make_shared<Request>();
  AddNameOption(
      command, "LOAD", kLoads, [request](const std::string& text) { request->set_name(text); },
      "Which load")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, request, method] { Mutate(&session, method, request.get()); });
}

void AddReport(CLI::App* load, Session& session) {
  CLI::App* command =
      load->add_subcommand("report", "How far a load is: what it states, and what was credited");
  command->footer("Example:\n  tanhui load report old-app");
  const auto request = std::make_shared<v1::GetLoadRequest>();
  AddNameOption(
      command, "LOAD", kLoads, [request](const std::string& name) { request->set_name(name); },
      "Which load")
      ->required();
  command->callback(
      [&session, request] { Ask(&session, &LoadsStub::GetLoad, *request, ReportText); });
}

void AddList(CLI::App* load, Session& session) {
  CLI::App* command = load->add_subcommand("list", "Loads in the order in which they were begun");
  command->footer("Example:\n  tanhui load list --asset cq-points");
  const auto request = std::make_shared<v1::ListLoadsRequest>();
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); }, "Only of this asset");
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &LoadsStub::ListLoads, *request, ListText); });
}

}  // namespace

void AddLoadCommands(CLI::App& app, Session& session) {
  CLI::App* load =
      app.add_subcommand("load", "Opening balances: what citizens had in an older system");
  load->require_subcommand(1);
  AddCheck(load, session);
  AddOpen(load, session);
  AddStage(load, session, LoadStage::kState, "state",
           "State the balances of a file; running it again resumes and doubles nothing");
  AddClosing<v1::SealLoadRequest>(load, session, "seal",
                                  "Seal a load whose totals are the control totals",
                                  &LoadsStub::SealLoad);
  AddClosing<v1::DropLoadRequest>(load, session, "drop", "Give a load up for good",
                                  &LoadsStub::DropLoad);
  AddStage(load, session, LoadStage::kCredit, "credit",
           "Credit the balances of a sealed load; running it again resumes and doubles nothing");
  AddReport(load, session);
  AddList(load, session);
}

}  // namespace tanhui::cli
