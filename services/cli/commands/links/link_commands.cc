// Users of platforms and the accounts that they are linked to: code, add, remove, rebind, resolve.
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "tanhui/v1/links.grpc.pb.h"

namespace tanhui::cli {
namespace {

using LinksStub = v1::LinksService::Stub;

// --account, or --user and --asset.
template <typename Request>
void AddLinked(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddCitizen(command, request);
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); }, "With --user");
}

// --user and --asset, both needed.
template <typename Request>
void AddUser(CLI::App* command, const std::shared_ptr<Request>& request) {
  command
      ->add_option_function<std::string>(
          "--user,--platform-user-id",
          [request](const std::string& id) { request->set_platform_user_id(id); },
          "Your platform's own user id")
      ->required();
  AddAsset(command, request);
}

void AddCode(CLI::App* link, Session& session) {
  CLI::App* command = link->add_subcommand(
      "code", "Make a code by which the owner links the account at another platform");
  command->footer(
      "It works once, and is shown once.\n"
      "Example:\n  tanhui link code --user alice --asset cq-points --kind wallet");
  const auto request = std::make_shared<v1::CreateLinkCodeRequest>();
  AddLinked(command, request);
  const std::map<std::string, v1::LinkKind> kinds = {{"app", v1::LINK_KIND_APP},
                                                     {"wallet", v1::LINK_KIND_WALLET},
                                                     {"card", v1::LINK_KIND_CARD},
                                                     {"phone", v1::LINK_KIND_PHONE}};
  command
      ->add_option_function<std::string>(
          "--kind",
          [request, kinds](const std::string& kind) { request->set_kind(kinds.at(kind)); },
          "What the other platform's name will be: app, wallet, card or phone. Default: app")
      ->check(CLI::IsMember(kinds));
  command->add_option_function<std::uint32_t>(
      "--minutes", [request](std::uint32_t minutes) { request->set_minutes(minutes); },
      "For how long it works, 1 to 15. Default: 10");
  command->callback([&session, request] { Ask(&session, &LinksStub::CreateLinkCode, *request); });
}

void AddAdd(CLI::App* link, Session& session) {
  CLI::App* command =
      link->add_subcommand("add", "Link a user of yours to the account of a code (绑定)");
  command->footer("Example:\n  tanhui link add --code 7KQ2M-9XW4D --user bob");
  const auto request = std::make_shared<v1::LinkRequest>();
  command
      ->add_option_function<std::string>(
          "--code", [request](const std::string& code) { request->set_code(code); },
          "As the owner entered it")
      ->required();
  command
      ->add_option_function<std::string>(
          "--user,--platform-user-id",
          [request](const std::string& id) { request->set_platform_user_id(id); },
          "Your platform's own user id; kept as a keyed hash only")
      ->required();
  command
      ->add_option_function<std::string>(
          "--consent-time",
          [request](const std::string& text) {
            *request->mutable_consent_time() = ToTimestamp(*ParseTime(text));
          },
          "When the owner consented. Default: now")
      ->check(TimeValidator());
  AddMutationOptions(command, request);
  command->callback([&session, request] {
    if (!request->has_consent_time()) {
      *request->mutable_consent_time() = ToTimestamp(WallClock());
    }
    Mutate(&session, &LinksStub::Link, request.get());
  });
}

void AddRemove(CLI::App* link, Session& session) {
  CLI::App* command = link->add_subcommand("remove", "End a user's link (解绑)");
  command->footer(
      "Example:\n  tanhui link remove --user bob --asset cq-points --reason owner_asked");
  const auto request = std::make_shared<v1::UnlinkRequest>();
  AddUser(command, request);
  AddReason(command, request, "owner_asked");
  command
      ->add_option_function<std::string>(
          "--withdraw-time",
          [request](const std::string& text) {
            *request->mutable_withdraw_time() = ToTimestamp(*ParseTime(text));
          },
          "When the owner withdrew consent; left out when he did not")
      ->check(TimeValidator());
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &LinksStub::Unlink, request.get()); });
}

void AddRebind(CLI::App* link, Session& session) {
  CLI::App* command =
      link->add_subcommand("rebind", "Give a user another name, such as a new phone number (换绑)");
  command->footer("Example:\n  tanhui link rebind --user bob --new-user bob-2 --asset cq-points");
  const auto request = std::make_shared<v1::RebindRequest>();
  AddUser(command, request);
  command
      ->add_option_function<std::string>(
          "--new-user", [request](const std::string& id) { request->set_new_platform_user_id(id); },
          "The user id from now on")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &LinksStub::Rebind, request.get()); });
}

void AddResolve(CLI::App* link, Session& session) {
  CLI::App* command =
      link->add_subcommand("resolve", "Tell how a merchant names the account of a user of yours");
  command->footer(
      "Example:\n  tanhui link resolve --user alice --asset cq-points --audience tea-house");
  const auto request = std::make_shared<v1::ResolveRequest>();
  AddLinked(command, request);
  AddNameOption(
      command, "--audience", "participants",
      [request](const std::string& name) { request->set_audience(name); },
      "The merchant. Default: you");
  command->callback([&session, request] { Ask(&session, &LinksStub::Resolve, *request); });
}

}  // namespace

void AddLinkCommands(CLI::App& app, Session& session) {
  CLI::App* link =
      app.add_subcommand("link", "Which users of yours are linked to which accounts (绑定)");
  link->require_subcommand(1);
  AddCode(link, session);
  AddAdd(link, session);
  AddRemove(link, session);
  AddRebind(link, session);
  AddResolve(link, session);
}

}  // namespace tanhui::cli
