// Schemes, participants, assets and budgets.
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "tanhui/v1/admin.grpc.pb.h"
#include "tanhui/v1/budgets.grpc.pb.h"

namespace tanhui::cli {
namespace {

using AdminStub = v1::AdminService::Stub;
using BudgetsStub = v1::BudgetsService::Stub;

// The code and the display name that every new thing has.
template <typename Request>
void AddCodeAndName(CLI::App* command, const std::shared_ptr<Request>& request,
                    void (*set_code)(Request&, const std::string&)) {
  command
      ->add_option_function<std::string>(
          "CODE", [request, set_code](const std::string& code) { set_code(*request, code); },
          "Its code: 1 to 40 of a-z, 0-9, - and _")
      ->required();
  command
      ->add_option_function<std::string>(
          "--name", [request](const std::string& name) { request->set_display_name(name); },
          "Its name for people")
      ->required();
}

void AddSchemeCreate(CLI::App* scheme, Session& session) {
  CLI::App* command = scheme->add_subcommand("create", "Register a points scheme");
  command->footer("Example:\n  tanhui scheme create cq-tanhuitong --name 碳惠通");
  const auto request = std::make_shared<v1::CreateSchemeRequest>();
  AddCodeAndName<v1::CreateSchemeRequest>(
      command, request,
      [](v1::CreateSchemeRequest& to, const std::string& code) { to.set_scheme_id(code); });
  command->add_option_function<std::uint32_t>(
      "--cutoff-minute", [request](std::uint32_t at) { request->set_cutoff_minute(at); },
      "Minute after Shanghai midnight at which an accounting day ends (日切); default 0");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &AdminStub::CreateScheme, request.get()); });
}

void AddParticipantCreate(CLI::App* participant, Session& session) {
  CLI::App* command = participant->add_subcommand("create", "Register a participant");
  command->footer(
      "Example:\n  tanhui participant create tea-house --name 半山茶馆 --kind merchant");
  const auto request = std::make_shared<v1::CreateParticipantRequest>();
  AddCodeAndName<v1::CreateParticipantRequest>(
      command, request, [](v1::CreateParticipantRequest& to, const std::string& code) {
        to.set_participant_id(code);
      });
  const std::map<std::string, int> kinds = {{"platform", v1::PARTICIPANT_KIND_PLATFORM},
                                            {"merchant", v1::PARTICIPANT_KIND_MERCHANT},
                                            {"sponsor", v1::PARTICIPANT_KIND_SPONSOR},
                                            {"district", v1::PARTICIPANT_KIND_DISTRICT},
                                            {"operator", v1::PARTICIPANT_KIND_OPERATOR}};
  command
      ->add_option_function<std::string>(
          "--kind",
          [request, kinds](const std::string& kind) {
            request->set_kind(static_cast<v1::ParticipantKind>(kinds.at(kind)));
          },
          "platform, merchant, sponsor, district or operator")
      ->required()
      ->check(CLI::IsMember({"platform", "merchant", "sponsor", "district", "operator"}));
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &AdminStub::CreateParticipant, request.get()); });
}

void AddAssetCreate(CLI::App* asset, Session& session) {
  CLI::App* command = asset->add_subcommand("create", "Register a kind of points");
  command->footer(
      "Example:\n"
      "  tanhui asset create cq-points --name 碳惠积分 --scheme cq-tanhuitong --max-amount 100000");
  const auto request = std::make_shared<v1::CreateAssetRequest>();
  AddCodeAndName<v1::CreateAssetRequest>(
      command, request,
      [](v1::CreateAssetRequest& to, const std::string& code) { to.set_asset_id(code); });
  AddNameOption(
      command, "--scheme", "schemes",
      [request](const std::string& name) { request->set_scheme(name); }, "The scheme it belongs to")
      ->required();
  command
      ->add_option_function<std::int64_t>(
          "--max-amount", [request](std::int64_t most) { request->set_max_amount(most); },
          "The most that one award, redemption or transfer may move")
      ->required();
  command->add_flag_callback(
      "--transfers", [request] { request->set_transfers_allowed(true); },
      "Citizens may transfer it to each other");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &AdminStub::CreateAsset, request.get()); });
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
  command->callback([&session, request] { Ask(&session, &BudgetsStub::Get, *request); });
}

CLI::App* AddGroup(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

}  // namespace

void AddCatalogueCommands(CLI::App& app, Session& session) {
  AddSchemeCreate(AddGroup(app, "scheme", "Points schemes"), session);
  AddParticipantCreate(
      AddGroup(app, "participant", "Platforms, merchants, sponsors, districts, operators"),
      session);
  AddAssetCreate(AddGroup(app, "asset", "Kinds of points"), session);
  CLI::App* budget = AddGroup(app, "budget", "Budgets from which points are awarded");
  AddBudgetCreate(budget, session);
  AddBudgetFund(budget, session);
  AddBudgetShow(budget, session);
}

}  // namespace tanhui::cli
