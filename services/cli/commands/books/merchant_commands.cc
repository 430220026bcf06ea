// `tanhui merchant unit`: merchants' stores and tills.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/cli/commands.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/code_and_name.h"
#include "tanhui/v1/merchants.grpc.pb.h"

namespace tanhui::cli {
namespace {

using MerchantsStub = v1::MerchantsService::Stub;

constexpr const char* kPlaces = "MERCHANT, MERCHANT/STORE or MERCHANT/STORE/TILL";

// shop/s12/t3 as participants/shop/units/s12/t3. A full name stays as it is.
std::string PlaceNamed(const std::string& place) {
  if (place.starts_with("participants/")) {
    return place;
  }
  const std::vector<std::string> parts = absl::StrSplit(place, absl::MaxSplits('/', 1));
  return absl::StrCat("participants/", parts[0], parts.size() > 1 ? "/units/" : "",
                      parts.size() > 1 ? parts[1] : "");
}

void AddPlace(CLI::App* command, const std::string& option, const std::string& description,
              std::function<void(const std::string&)> set) {
  command
      ->add_option_function<std::string>(
          option, [set = std::move(set)](const std::string& text) { set(PlaceNamed(text)); },
          description)
      ->required();
}

void AddCreate(CLI::App* unit, Session& session) {
  CLI::App* command = unit->add_subcommand("create", "Register a store, or a till of a store");
  command->footer(
      "Example:\n"
      "  tanhui merchant unit create s12 --name 解放碑店 --below tea-house --asset cq-points "
      "--district 500103\n"
      "  tanhui merchant unit create t3 --name 三号台 --below tea-house/s12 --asset cq-points");
  const auto request = std::make_shared<v1::CreateUnitRequest>();
  AddCodeAndName<v1::CreateUnitRequest>(
      command, request,
      [](v1::CreateUnitRequest& to, const std::string& code) { to.set_unit_id(code); });
  AddPlace(command, "--below", "MERCHANT for a store, MERCHANT/STORE for a till",
           [request](const std::string& name) { request->set_parent(name); });
  AddAsset(command, request);
  command->add_option_function<std::string>(
      "--district", [request](const std::string& code) { request->set_district(code); },
      "District in which it lies, six digits");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &MerchantsStub::CreateUnit, request.get()); });
}

// What the command line names; the rest stays as it is.
struct UnitChanges {
  std::optional<bool> suspended;
  std::optional<std::int64_t> most_points;
  std::optional<std::int64_t> most_points_a_day;
};

// Conditions are replaced as a whole, so those that the options do not name are read first.
void Change(Session* session, v1::ChangeUnitRequest* request, const UnitChanges& changes) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  v1::GetUnitRequest which;
  which.set_name(request->name());
  which.set_asset(request->asset());
  v1::GetUnitResponse present;
  const grpc::Status status = connection->Call(&MerchantsStub::GetUnit, which, &present);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  const v1::MerchantUnit& unit = present.unit();
  request->set_suspended(changes.suspended.value_or(unit.suspended()));
  request->set_most_points(changes.most_points.value_or(unit.most_points()));
  request->set_most_points_a_day(changes.most_points_a_day.value_or(unit.most_points_a_day()));
  Mutate(session, &MerchantsStub::ChangeUnit, request);
}

void AddChange(CLI::App* unit, Session& session) {
  CLI::App* command = unit->add_subcommand(
      "change", "Suspend, resume or limit a merchant, a store or a till; what is not named stays");
  command->footer(
      "A merchant's own credential suspends its stores and tills and resumes what it suspended "
      "itself; the rest needs the role admin.\n"
      "Example:\n"
      "  tanhui merchant unit change tea-house/s12/t3 --asset cq-points --suspend "
      "--reason till_stolen");
  const auto request = std::make_shared<v1::ChangeUnitRequest>();
  const auto changes = std::make_shared<UnitChanges>();
  AddPlace(command, "UNIT", kPlaces,
           [request](const std::string& name) { request->set_name(name); });
  AddAsset(command, request);
  CLI::Option* suspend = command->add_flag_callback(
      "--suspend", [changes] { changes->suspended = true; }, "Nothing is redeemed there or below");
  command
      ->add_flag_callback(
          "--resume", [changes] { changes->suspended = false; }, "It is used again")
      ->excludes(suspend);
  command->add_option("--most-points", changes->most_points,
                      "The most points of one redemption or hold; 0: no limit");
  command->add_option("--most-points-a-day", changes->most_points_a_day,
                      "The most points of a day; 0: no limit");
  AddReason(command, request, "till_stolen");
  AddMutationOptions(command, request);
  command->callback([&session, request, changes] { Change(&session, request.get(), *changes); });
}

void AddShow(CLI::App* unit, Session& session, const std::string& name, v1::UnitView view,
             const std::string& description) {
  CLI::App* command = unit->add_subcommand(name, description);
  command->footer(
      absl::StrCat("Example:\n  tanhui merchant unit ", name, " tea-house --asset cq-points"));
  const auto request = std::make_shared<v1::GetUnitRequest>();
  request->set_view(view);
  AddPlace(command, "UNIT", kPlaces,
           [request](const std::string& place) { request->set_name(place); });
  AddAsset(command, request);
  command->callback([&session, request] {
    if (request->view() == v1::UNIT_VIEW_TREE) {
      Ask(&session, &MerchantsStub::GetUnit, *request, TreeText);
    } else {
      Ask(&session, &MerchantsStub::GetUnit, *request,
          [](const v1::GetUnitResponse& answer) { return AnswerText(answer.unit()); });
    }
  });
}

void AddList(CLI::App* unit, Session& session) {
  CLI::App* command =
      unit->add_subcommand("list", "List what stands right below a merchant or a store");
  command->footer("Example:\n  tanhui merchant unit list tea-house/s12 --asset cq-points");
  const auto request = std::make_shared<v1::ListUnitsRequest>();
  AddPlace(command, "PARENT", "MERCHANT for its stores, MERCHANT/STORE for the tills of one",
           [request](const std::string& name) { request->set_parent(name); });
  AddAsset(command, request);
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &MerchantsStub::ListUnits, *request, UnitsText); });
}

}  // namespace

void AddMerchantCommands(CLI::App& app, Session& session) {
  CLI::App* merchant = app.add_subcommand("merchant", "Merchants' stores and tills");
  merchant->require_subcommand(1);
  CLI::App* unit = merchant->add_subcommand("unit", "A merchant's stores and tills");
  unit->require_subcommand(1);
  AddCreate(unit, session);
  AddChange(unit, session);
  AddShow(unit, session, "show", v1::UNIT_VIEW_BASIC, "Show a merchant, a store or a till");
  AddShow(unit, session, "tree", v1::UNIT_VIEW_TREE,
          "Show a merchant or a store with all that stands below it");
  AddList(unit, session);
}

}  // namespace tanhui::cli
