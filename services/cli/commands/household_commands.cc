// Households: people who put points together.
#include <cstdint>
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/screen/account_text.h"
#include "tanhui/v1/households.grpc.pb.h"

namespace tanhui::cli {
namespace {

using HouseholdsStub = v1::HouseholdsService::Stub;

constexpr const char* kHead = "The head, who acts";

// HOUSEHOLD and --member.
template <typename Request>
void AddPlace(CLI::App* command, const std::shared_ptr<Request>& request,
              const std::string& member) {
  AddNameOption(
      command, "HOUSEHOLD", "accounts",
      [request](const std::string& name) { request->set_household(name); },
      "The household's account")
      ->required();
  AddNameOption(
      command, "--member", "accounts",
      [request](const std::string& name) { request->set_member(name); }, member)
      ->required();
}

template <typename Request>
void AddDailyLimit(CLI::App* command, const std::shared_ptr<Request>& request) {
  command
      ->add_option_function<std::int64_t>(
          "--daily-limit", [request](std::int64_t points) { request->set_daily_limit(points); },
          "Points that the member may spend a day")
      ->required();
}

void AddCreate(CLI::App* household, Session& session) {
  CLI::App* command = household->add_subcommand("create", "Open a household");
  command->footer("Example:\n  tanhui household create --head ACCOUNT --asset cq-points");
  const auto request = std::make_shared<v1::HouseholdsServiceCreateRequest>();
  AddAsset(command, request);
  AddNameOption(
      command, "--head", "accounts",
      [request](const std::string& name) { request->set_head(name); }, "Its head")
      ->required();
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &HouseholdsStub::Create, request.get()); });
}

void AddInvite(CLI::App* household, Session& session) {
  CLI::App* command = household->add_subcommand("invite", "The head invites a citizen");
  command->footer(
      "Example:\n"
      "  tanhui household invite HOUSEHOLD --member ACCOUNT --daily-limit 100 --acting HEAD");
  const auto request = std::make_shared<v1::InviteRequest>();
  AddPlace(command, request, "Who is invited");
  AddDailyLimit(command, request);
  AddActing(command, request, kHead)->required();
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &HouseholdsStub::Invite, request.get()); });
}

void AddAccept(CLI::App* household, Session& session) {
  CLI::App* command = household->add_subcommand("accept", "The invited citizen joins");
  command->footer("Example:\n  tanhui household accept HOUSEHOLD --member ACCOUNT");
  const auto request = std::make_shared<v1::AcceptRequest>();
  AddPlace(command, request, "Who was invited");
  AddActing(command, request, "The guardian of a minor");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &HouseholdsStub::Accept, request.get()); });
}

void AddLeave(CLI::App* household, Session& session) {
  CLI::App* command = household->add_subcommand(
      "leave", "A member leaves, with what is left of the own contributions");
  command->footer("Example:\n  tanhui household leave HOUSEHOLD --member ACCOUNT");
  const auto request = std::make_shared<v1::LeaveRequest>();
  AddPlace(command, request, "Who leaves");
  AddActing(command, request, "The head, or the guardian of a minor");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &HouseholdsStub::Leave, request.get()); });
}

void AddLimit(CLI::App* household, Session& session) {
  CLI::App* command =
      household->add_subcommand("limit", "The head gives a member another daily limit");
  command->footer(
      "Example:\n"
      "  tanhui household limit HOUSEHOLD --member ACCOUNT --daily-limit 50 --acting HEAD");
  const auto request = std::make_shared<v1::SetLimitRequest>();
  AddPlace(command, request, "Whose limit");
  AddDailyLimit(command, request);
  AddActing(command, request, kHead)->required();
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &HouseholdsStub::SetLimit, request.get()); });
}

void AddContribute(CLI::App* household, Session& session) {
  CLI::App* command = household->add_subcommand("contribute", "A member puts points in");
  command->footer("Example:\n  tanhui household contribute HOUSEHOLD --member ACCOUNT --points 20");
  const auto request = std::make_shared<v1::ContributeRequest>();
  AddPlace(command, request, "Whose points");
  AddPoints(command, request);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &HouseholdsStub::Contribute, request.get()); });
}

void AddShow(CLI::App* household, Session& session) {
  CLI::App* command = household->add_subcommand("show", "Show a household and its members");
  command->footer("Example:\n  tanhui household show HOUSEHOLD");
  const auto request = std::make_shared<v1::HouseholdsServiceGetRequest>();
  AddNameOption(
      command, "HOUSEHOLD", "accounts",
      [request](const std::string& name) { request->set_name(name); }, "The household's account")
      ->required();
  command->callback(
      [&session, request] { Ask(&session, &HouseholdsStub::Get, *request, HouseholdText); });
}

void AddGoals(CLI::App* household, Session& session) {
  CLI::App* command = household->add_subcommand(
      "goals", "List what households can reach together, and how far a member's is");
  command->footer("Example:\n  tanhui household goals ACCOUNT");
  const auto request = std::make_shared<v1::ListGoalsRequest>();
  AddNameOption(
      command, "ACCOUNT", "accounts",
      [request](const std::string& name) { request->set_account(name); }, "A member's account")
      ->required();
  command->callback(
      [&session, request] { Ask(&session, &HouseholdsStub::ListGoals, *request, GoalsText); });
}

// chongqing/family as ruleSets/chongqing/goals/family; any other text as it is.
std::string GoalNamed(const std::string& text) {
  const std::size_t slash = text.find('/');
  const bool is_short =
      slash != std::string::npos && text.find('/', slash + 1) == std::string::npos;
  return is_short ? "ruleSets/" + text.substr(0, slash) + "/goals/" + text.substr(slash + 1) : text;
}

void AddReward(CLI::App* household, Session& session) {
  CLI::App* command =
      household->add_subcommand("reward", "Reward a member for a goal that the household reached");
  command->footer(
      "Goals: tanhui household goals. Example:\n"
      "  tanhui household reward --account ACCOUNT --goal chongqing/family_month");
  const auto request = std::make_shared<v1::ClaimGoalRewardRequest>();
  AddCitizen(command, request);
  command
      ->add_option_function<std::string>(
          "--goal", [request](const std::string& name) { request->set_goal(GoalNamed(name)); },
          "{set}/{goal}, or its full name")
      ->required();
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &HouseholdsStub::ClaimGoalReward, request.get()); });
}

}  // namespace

void AddHouseholdCommands(CLI::App& app, Session& session) {
  CLI::App* household = app.add_subcommand("household", "People who put points together");
  household->require_subcommand(1);
  AddCreate(household, session);
  AddInvite(household, session);
  AddAccept(household, session);
  AddLeave(household, session);
  AddLimit(household, session);
  AddContribute(household, session);
  AddShow(household, session);
  AddGoals(household, session);
  AddReward(household, session);
}

}  // namespace tanhui::cli
