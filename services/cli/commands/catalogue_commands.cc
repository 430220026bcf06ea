// Schemes, participants and assets.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/code_and_name.h"
#include "services/cli/commands/terms_options.h"
#include "services/cli/screen/report_text.h"
#include "tanhui/v1/admin.grpc.pb.h"

namespace tanhui::cli {
namespace {

using AdminStub = v1::AdminService::Stub;

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
  const std::map<std::string, int> kinds = {
      {"platform", v1::PARTICIPANT_KIND_PLATFORM}, {"merchant", v1::PARTICIPANT_KIND_MERCHANT},
      {"sponsor", v1::PARTICIPANT_KIND_SPONSOR},   {"district", v1::PARTICIPANT_KIND_DISTRICT},
      {"operator", v1::PARTICIPANT_KIND_OPERATOR}, {"charity", v1::PARTICIPANT_KIND_CHARITY},
      {"city", v1::PARTICIPANT_KIND_CITY}};
  command
      ->add_option_function<std::string>(
          "--kind",
          [request, kinds](const std::string& kind) {
            request->set_kind(static_cast<v1::ParticipantKind>(kinds.at(kind)));
          },
          "platform, merchant, sponsor, district, operator, charity or city")
      ->required()
      ->check(CLI::IsMember(kinds));
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
          "The most that one award, redemption, hold, transfer or donation may move")
      ->required();
  command->add_flag_callback(
      "--money", [request] { request->set_money(true); },
      "It is money, in fen: only what merchants claim is held in it");
  AddTermsOptions(command, request->mutable_terms(), request);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &AdminStub::CreateAsset, request.get()); });
}

// Terms are replaced as a whole, so those that the options do not name are read first.
void SetTerms(Session* session, v1::SetTermsRequest* request, const v1::Terms& changes) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  v1::GetAssetRequest which;
  which.set_name(request->asset());
  v1::GetAssetResponse present;
  const grpc::Status status = connection->Call(&AdminStub::GetAsset, which, &present);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  *request->mutable_terms() = present.asset().terms();
  request->mutable_terms()->MergeFrom(changes);
  Mutate(session, &AdminStub::SetTerms, request);
}

void AddAssetTerms(CLI::App* asset, Session& session) {
  CLI::App* command = asset->add_subcommand(
      "set-terms", "Change how the points of an asset behave; what is not named stays");
  command->footer("Example:\n  tanhui asset set-terms cq-points --transfers household");
  const auto request = std::make_shared<v1::SetTermsRequest>();
  const auto changes = std::make_shared<v1::Terms>();
  AddNameOption(
      command, "ASSET", "assets", [request](const std::string& name) { request->set_asset(name); },
      "The asset")
      ->required();
  AddTermsOptions(command, changes.get(), changes);
  AddMutationOptions(command, request);
  command->callback([&session, request, changes] { SetTerms(&session, request.get(), *changes); });
}

void AddAssetShow(CLI::App* asset, Session& session) {
  CLI::App* command = asset->add_subcommand("show", "Show an asset and its terms");
  command->footer("Example:\n  tanhui asset show cq-points");
  const auto request = std::make_shared<v1::GetAssetRequest>();
  AddNameOption(
      command, "ASSET", "assets", [request](const std::string& name) { request->set_name(name); },
      "The asset")
      ->required();
  command->callback([&session, request] { Ask(&session, &AdminStub::GetAsset, *request); });
}

void AddAssetList(CLI::App* asset, Session& session) {
  CLI::App* command = asset->add_subcommand("list", "List assets and the main of their terms");
  command->footer("Example:\n  tanhui asset list");
  command->callback(
      [&session] { Ask(&session, &AdminStub::ListAssets, v1::ListAssetsRequest(), AssetsText); });
}

CLI::App* AddGroup(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

}  // namespace

void AddCatalogueCommands(CLI::App& app, Session& session) {
  AddSchemeCreate(AddGroup(app, "scheme", "Points schemes"), session);
  AddParticipantCreate(AddGroup(app, "participant",
                                "Platforms, merchants, sponsors, districts, operators, charities"),
                       session);
  CLI::App* asset = AddGroup(app, "asset", "Kinds of points");
  AddAssetCreate(asset, session);
  AddAssetTerms(asset, session);
  AddAssetShow(asset, session);
  AddAssetList(asset, session);
}

}  // namespace tanhui::cli
