// Budgets from which points are awarded.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "ledger/core/business_time.h"
#include "services/cli/commands.h"
#include "services/cli/commands/code_and_name.h"
#include "services/cli/screen/report_text.h"
#include "tanhui/v1/budgets.grpc.pb.h"

namespace tanhui::cli {
namespace {

using BudgetsStub = v1::BudgetsService::Stub;

std::string DateFault(const std::string& date) {
  return ParseShanghai(date + " 00:00:00") ? "" : "a date YYYY-MM-DD is needed";
}

void AddDate(CLI::App* command, const std::string& option, const std::string& description,
             std::function<void(const std::string&)> set) {
  command->add_option_function<std::string>(option, std::move(set), description)
      ->check(CLI::Validator(DateFault, "YYYY-MM-DD"));
}

void AddBudgetCreate(CLI::App* budget, Session& session) {
  CLI::App* command =
      budget->add_subcommand("create", "Open a budget from which points are awarded");
  command->footer(
      "Example:\n"
      "  tanhui budget create demo --name 示范预算 --asset cq-points --sponsor yubei-district");
  const auto request = std::make_shared<v1::BudgetsServiceCreateRequest>();
  AddCodeAndName<v1::BudgetsServiceCreateRequest>(
      command, request,
      [](v1::BudgetsServiceCreateRequest& to, const std::string& code) { to.set_budget_id(code); });
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); }, "What it holds")
      ->required();
  AddNameOption(
      command, "--sponsor", "participants",
      [request](const std::string& name) { request->set_sponsor(name); },
      "Who funds it: a sponsor or a district")
      ->required();
  AddDate(command, "--first-date", "First day of the acts that it pays for",
          [request](const std::string& date) { request->set_first_date(date); });
  AddDate(command, "--last-date", "Last day of the acts that it pays for",
          [request](const std::string& date) { request->set_last_date(date); });
  command->add_option_function<std::uint32_t>(
      "--return-days", [request](std::uint32_t days) { request->set_return_days(days); },
      "What is unused so many days after the last one goes back; default 0");
  command->add_flag_callback(
      "--return-at-year-end", [request] { request->set_year_end(v1::YEAR_END_RETURN); },
      "What is unused at the end of a calendar year goes back; default: it is carried over");
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &BudgetsStub::Create, request.get()); });
}

void AddBudgetFund(CLI::App* budget, Session& session) {
  CLI::App* command = budget->add_subcommand("fund", "Issue points into a budget");
  command->footer("Example:\n  tanhui budget fund demo --points 1000000");
  const auto request = std::make_shared<v1::FundRequest>();
  AddNameOption(
      command, "BUDGET", "budgets",
      [request](const std::string& name) { request->set_budget(name); }, "The budget")
      ->required();
  command
      ->add_option_function<std::int64_t>(
          "--points", [request](std::int64_t points) { request->set_points(points); },
          "How many points")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &BudgetsStub::Fund, request.get()); });
}

void AddBudgetShow(CLI::App* budget, Session& session) {
  CLI::App* command = budget->add_subcommand("show", "Show what a budget still holds");
  command->footer("Example:\n  tanhui budget show demo");
  const auto request = std::make_shared<v1::BudgetsServiceGetRequest>();
  AddNameOption(
      command, "BUDGET", "budgets", [request](const std::string& name) { request->set_name(name); },
      "The budget")
      ->required();
  command->callback(
      [&session, request] { Ask(&session, &BudgetsStub::Get, *request, BudgetText); });
}

void AddBudgetList(CLI::App* budget, Session& session) {
  CLI::App* command = budget->add_subcommand("list", "List budgets and how much of them is used");
  command->footer("Example:\n  tanhui budget list --asset cq-points");
  const auto request = std::make_shared<v1::BudgetsServiceListRequest>();
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); }, "Only those of this asset");
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &BudgetsStub::List, *request, BudgetsText); });
}

void AddBudgetReturn(CLI::App* budget, Session& session) {
  CLI::App* command = budget->add_subcommand("return", "Give all that is unused back to issuance");
  command->footer("Example:\n  tanhui budget return demo");
  const auto request = std::make_shared<v1::ReturnRequest>();
  AddNameOption(
      command, "BUDGET", "budgets",
      [request](const std::string& name) { request->set_budget(name); }, "The budget")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &BudgetsStub::Return, request.get()); });
}

}  // namespace

void AddBudgetCommands(CLI::App& app, Session& session) {
  CLI::App* budget = app.add_subcommand("budget", "Budgets from which points are awarded");
  budget->require_subcommand(1);
  AddBudgetCreate(budget, session);
  AddBudgetFund(budget, session);
  AddBudgetShow(budget, session);
  AddBudgetList(budget, session);
  AddBudgetReturn(budget, session);
}

}  // namespace tanhui::cli
