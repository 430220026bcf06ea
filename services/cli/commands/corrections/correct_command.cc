// `tanhui correct`: another act in the place of one, or other points for it.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/rules/act_options.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

using Request = std::shared_ptr<v1::CorrectRequest>;

void AddWhich(CLI::App* command, const Request& request) {
  CLI::Option_group* which = command->add_option_group("which", "Which act or award; one of");
  which->add_option_function<std::uint64_t>(
      "ENTRY", [request](std::uint64_t index) { request->set_entry_index(index); },
      "Index of its entry");
  which->add_option_function<std::string>(
      "--original", [request](const std::string& id) { request->set_original_request_id(id); },
      "Your request id of it");
  which->require_option(1);
  command->add_option_function<std::uint64_t>(
      "--revision", [request](std::uint64_t revision) { request->set_expected_revision(revision); },
      "The revision that you know; default 0, the act itself. Each correction adds one");
}

void AddCitizenToBeSure(CLI::App* command, const Request& request) {
  CLI::Option_group* citizen =
      command->add_option_group("citizen", "To be sure of the act, whose it is; at most one of");
  AddNameOption(
      citizen, "--account", "accounts",
      [request](const std::string& name) { request->set_account(name); }, "The account's name");
  citizen->add_option_function<std::string>(
      "--user,--platform-user-id",
      [request](const std::string& id) { request->set_platform_user_id(id); },
      "Your platform's own user id");
  citizen->require_option(0, 1);
}

void AddAdjustment(CLI::App* command, const Request& request) {
  CLI::Option* points = command->add_option_function<std::int64_t>(
      "--points",
      [request](std::int64_t after) { request->mutable_adjustment()->set_points_after(after); },
      "Instead of an act: points that it earned in all from now on, without a bonus");
  points->excludes(command->get_option("--scenario"));
  command
      ->add_option_function<std::int64_t>(
          "--grams",
          [request](std::int64_t after) { request->mutable_adjustment()->set_grams_after(after); },
          "With --points: grams of CO2e from now on; default: as they follow")
      ->needs(points);
}

// The act that the options told, in the correction.
void TakeAct(const v1::AwardRequest& told, bool timed, v1::CorrectRequest* request) {
  *request->mutable_act() = told.act();
  request->set_budget(told.budget());
  if (timed) {
    *request->mutable_act_time() = told.act_time();
  }
}

}  // namespace

void AddCorrectCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "correct", "Correct an act, or adjust its points; only the difference moves (更正)");
  command->footer(
      "Examples:\n"
      "  tanhui correct 42 --scenario walking --district 500103 --quantity 5000 --unit step "
      "--reason counted_again\n"
      "  tanhui correct --original slip-7 --revision 1 --points 12 --reason top_up");
  const auto request = std::make_shared<v1::CorrectRequest>();
  const auto told = std::make_shared<v1::AwardRequest>();
  AddWhich(command, request);
  AddActOptions(command, told);
  for (const char* option : {"--budget", "--scenario", "--district"}) {
    command->get_option(option)->required(false);
  }
  command->get_option("--budget")->description("To be sure of the act: which budget paid");
  command->get_option("--act-time")
      ->description("When it was done, or ended; default: as the act says");
  command->get_option("--scenario")->needs(command->get_option("--district"));
  AddAdjustment(command, request);
  AddCitizenToBeSure(command, request);
  AddReason(command, request, "weighed_again");
  command->add_option_function<std::string>(
      "--booked-on", [request](const std::string& date) { request->set_booked_on(date); },
      "Accounting date YYYY-MM-DD; default: that of its recording");
  AddMutationOptions(command, request);
  command->callback([&session, request, told] {
    if (!request->has_adjustment() && told->has_act()) {
      const bool timed = told->has_act_time();
      CompleteAct(told.get());
      TakeAct(*told, timed, request.get());
    }
    Mutate(&session, &v1::PointsService::Stub::Correct, request.get());
  });
}

}  // namespace tanhui::cli
