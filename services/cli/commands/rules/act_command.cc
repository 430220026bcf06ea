// `tanhui act`: one act of a citizen; points follow from the rule in force. And its options.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/rules/act_options.h"
#include "services/cli/commands/rules/evidence_option.h"
#include "services/cli/import/as_acts/act_request.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

using Request = std::shared_ptr<v1::AwardRequest>;

// An option whose text goes into the act.
void AddActText(CLI::App* command, const Request& request, const std::string& name,
                void (*set)(v1::Act&, const std::string&), const std::string& description) {
  command->add_option_function<std::string>(
      name, [request, set](const std::string& text) { set(*request->mutable_act(), text); },
      description);
}

void AddWhatAndWhere(CLI::App* command, const Request& request) {
  using Text = const std::string&;
  AddActText(
      command, request, "--scenario", [](v1::Act& act, Text text) { act.set_scenario(text); },
      "What was done, such as metro_ride");
  command->get_option("--scenario")->required();
  AddActText(
      command, request, "--district", [](v1::Act& act, Text text) { act.set_district(text); },
      "Where: six digits, such as 500103");
  command->get_option("--district")->required();
  AddActText(
      command, request, "--origin", [](v1::Act& act, Text text) { act.set_origin_station(text); },
      "Station where the way began");
  AddActText(
      command, request, "--destination",
      [](v1::Act& act, Text text) { act.set_destination_station(text); }, "Station where it ended");
  command->get_option("--origin")->needs(command->get_option("--destination"));
  command->get_option("--destination")->needs(command->get_option("--origin"));
  AddActText(
      command, request, "--product", [](v1::Act& act, Text text) { act.set_product(text); },
      "{catalogue}/{code}");
  AddActText(
      command, request, "--material", [](v1::Act& act, Text text) { act.set_material(text); },
      "Code of a rate, or a thing of the table of materials");
  AddNameOption(
      command, "--venue", "venues",
      [request](const std::string& name) { request->mutable_act()->set_venue(name); },
      "The certified venue");
  AddActText(
      command, request, "--check-in-code",
      [](v1::Act& act, Text text) { act.set_check_in_code(text); },
      "What the citizen scanned at the venue that day");
}

template <typename Value>
void AddChoice(CLI::App* command, const Request& request, const std::string& name,
               const std::map<std::string, Value>& choices, void (v1::Act::*set)(Value),
               const std::string& description) {
  command
      ->add_option_function<std::string>(
          name,
          [request, choices, set](const std::string& word) {
            (request->mutable_act()->*set)(choices.at(word));
          },
          description)
      ->check(CLI::IsMember(choices));
}

void AddHowMuch(CLI::App* command, const Request& request) {
  CLI::Option* quantity = command->add_option_function<std::uint64_t>(
      "--quantity", [request](std::uint64_t much) { request->mutable_act()->set_quantity(much); },
      "How much; default: 1 time, or the metres of the way");
  AddChoice<v1::Unit>(command, request, "--unit", {UnitsByName().begin(), UnitsByName().end()},
                      &v1::Act::set_unit,
                      "Of the quantity: time, metre, step, gram, item or watt_hour");
  quantity->needs(command->get_option("--unit"));
  command->add_option_function<std::uint32_t>(
      "--duration-s",
      [request](std::uint32_t seconds) { request->mutable_act()->set_duration_seconds(seconds); },
      "How many seconds it lasted");
  AddChoice<v1::EvidenceGrade>(command, request, "--grade",
                               {{"recorded", v1::EVIDENCE_GRADE_RECORDED},
                                {"checked", v1::EVIDENCE_GRADE_CHECKED},
                                {"declared", v1::EVIDENCE_GRADE_DECLARED}},
                               &v1::Act::set_grade,
                               "How well it is shown: recorded, checked or declared");
  AddChoice<v1::Weighing>(command, request, "--weighing",
                          {{"booked", v1::WEIGHING_BOOKED}, {"weighed", v1::WEIGHING_WEIGHED}},
                          &v1::Act::set_weighing, "booked, or weighed for --booking");
  command->add_option_function<std::uint64_t>(
      "--booking",
      [request](std::uint64_t index) { request->mutable_act()->set_booking_entry_index(index); },
      "Index of the booking's entry");
  AddActText(
      command, request, "--booking-id",
      [](v1::Act& act, const std::string& id) { act.set_booking_request_id(id); },
      "Or the request id of the booking");
}

void AddEvidence(CLI::App* command, const Request& request) {
  command
      ->add_option_function<std::vector<std::string>>(
          "--evidence",
          [request](const std::vector<std::string>& pieces) {
            for (const std::string& piece : pieces) {
              *request->mutable_act()->add_evidence() = *ParseEvidence(piece);
            }
          },
          "source=S,subject=S and optionally device=S,time=T,kind=K,reference=R; may be given "
          "again. "
          "Kinds: record (it has a number), moment (told apart by its time), serial")
      ->expected(1)
      ->take_all()
      ->check(CLI::Validator(
          [](std::string& text) { return std::string(ParseEvidence(text).status().message()); },
          "EVIDENCE"));
}

// The other party of an act of two.
struct Second {
  std::string account;
  std::string user;
};

void AddSecond(CLI::App* command, const std::shared_ptr<Second>& second) {
  CLI::Option_group* citizen =
      command->add_option_group("second", "The second party of an act of two; at most one of");
  AddNameOption(
      citizen, "--second-account", "accounts",
      [second](const std::string& name) { second->account = name; }, "The account's name");
  citizen->add_option("--second-user", second->user, "Your platform's own user id");
  citizen->require_option(0, 1);
}

v1::AwardPairRequest PairOf(const v1::AwardRequest& award, const Second& second) {
  v1::AwardPairRequest pair;
  pair.set_request_id(award.request_id());
  pair.set_first_account(award.account());
  pair.set_first_platform_user_id(award.platform_user_id());
  pair.set_second_account(second.account);
  pair.set_second_platform_user_id(second.user);
  pair.set_budget(award.budget());
  *pair.mutable_act() = award.act();
  *pair.mutable_act_time() = award.act_time();
  pair.set_reference(award.reference());
  if (award.has_not_after()) {
    *pair.mutable_not_after() = award.not_after();
  }
  pair.set_validate_only(award.validate_only());
  return pair;
}

}  // namespace

void AddActOptions(CLI::App* command, const std::shared_ptr<v1::AwardRequest>& request) {
  AddNameOption(
      command, "--budget", "budgets",
      [request](const std::string& name) { request->set_budget(name); }, "Which budget pays")
      ->required();
  AddWhatAndWhere(command, request);
  AddHowMuch(command, request);
  AddEvidence(command, request);
  command
      ->add_option_function<std::string>(
          "--act-time",
          [request](const std::string& text) {
            *request->mutable_act_time() = ToTimestamp(*ParseTime(text));
          },
          "When it was done, or ended; default: now")
      ->check(TimeValidator());
}

void CompleteAct(v1::AwardRequest* request) {
  v1::Act& act = *request->mutable_act();
  const bool way = !act.origin_station().empty();
  if (act.unit() == v1::UNIT_UNSPECIFIED) {
    act.set_unit(way ? v1::UNIT_METRE : v1::UNIT_TIME);
  }
  if (act.quantity() == 0 && !way) {
    act.set_quantity(1);
  }
  if (!request->has_act_time()) {
    *request->mutable_act_time() = ToTimestamp(WallClock());
  }
}

void AddActCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "act", "Award for one act; points and grams follow from the rule in force");
  command->footer(
      "Example:\n"
      "  tanhui act --user alice --budget spring --scenario cycling --district 500103 "
      "--quantity 3000 --unit metre --evidence source=shared-bikes,subject=ride-8001");
  const auto request = std::make_shared<v1::AwardRequest>();
  AddCitizen(command, request);
  AddActOptions(command, request);
  AddMutationOptions(command, request);
  const auto second = std::make_shared<Second>();
  AddSecond(command, second);
  command->callback([&session, request, second] {
    CompleteAct(request.get());
    if (!second->account.empty() || !second->user.empty()) {
      v1::AwardPairRequest pair = PairOf(*request, *second);
      Mutate(&session, &v1::PointsService::Stub::AwardPair, &pair);
      return;
    }
    Mutate(&session, &v1::PointsService::Stub::Award, request.get());
  });
}

}  // namespace tanhui::cli
