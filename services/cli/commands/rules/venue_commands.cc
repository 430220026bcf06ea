// `tanhui venue`: certified venues.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/rules/rules_commands.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/venues.grpc.pb.h"

namespace tanhui::cli {
namespace {

using VenuesStub = v1::VenuesService::Stub;

template <typename Request>
void AddText(CLI::App* command, const std::shared_ptr<Request>& request, const std::string& option,
             void (*set)(Request&, const std::string&), const std::string& description,
             bool required) {
  command
      ->add_option_function<std::string>(
          option, [request, set](const std::string& text) { set(*request, text); }, description)
      ->required(required);
}

void AddCertify(CLI::App* venue, Session& session) {
  CLI::App* command =
      venue->add_subcommand("certify", "Certify a venue, or replace the certificate that it has");
  command->footer(
      "Example:\n"
      "  tanhui venue certify river-hotel --name 临江酒店 --kind hotel --district 500103");
  const auto request = std::make_shared<v1::CertifyVenueRequest>();
  using Request = v1::CertifyVenueRequest;
  using Text = const std::string&;
  AddText<Request>(
      command, request, "CODE", [](Request& to, Text text) { to.set_venue_id(text); },
      "Its code: 1 to 40 of a-z, 0-9, - and _", true);
  AddText<Request>(
      command, request, "--name", [](Request& to, Text text) { to.set_display_name(text); },
      "Its name for people", true);
  AddText<Request>(
      command, request, "--kind", [](Request& to, Text text) { to.set_kind(text); },
      "What it is, such as restaurant", true);
  AddText<Request>(
      command, request, "--district", [](Request& to, Text text) { to.set_district(text); },
      "Where it lies: six digits, such as 500103", true);
  AddText<Request>(
      command, request, "--first-date", [](Request& to, Text text) { to.set_first_date(text); },
      "First day of the certificate, YYYY-MM-DD; default: no such limit", false);
  AddText<Request>(
      command, request, "--last-date", [](Request& to, Text text) { to.set_last_date(text); },
      "Last day of the certificate; default: no such limit", false);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &VenuesStub::CertifyVenue, request.get()); });
}

void AddShow(CLI::App* venue, Session& session) {
  CLI::App* command = venue->add_subcommand("show", "Show a venue and its certificate");
  command->footer("Example:\n  tanhui venue show river-hotel");
  const auto request = std::make_shared<v1::GetVenueRequest>();
  AddNameOption(
      command, "VENUE", "venues", [request](const std::string& name) { request->set_name(name); },
      "The venue")
      ->required();
  command->callback([&session, request] { Ask(&session, &VenuesStub::GetVenue, *request); });
}

std::string VenuesText(const v1::ListVenuesResponse& page) {
  Table table({"venue", "name", "kind", "district", "from", "to", "state"});
  for (const v1::Venue& venue : page.venues()) {
    table.Add({venue.name(), venue.display_name(), venue.kind(), venue.district(),
               venue.first_date(), venue.last_date(),
               venue.withdrawn() ? "withdrawn" : "certified"});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

void AddList(CLI::App* venue, Session& session) {
  CLI::App* command = venue->add_subcommand("list", "List venues");
  command->footer("Example:\n  tanhui venue list");
  const auto request = std::make_shared<v1::ListVenuesRequest>();
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &VenuesStub::ListVenues, *request, VenuesText); });
}

void AddWithdraw(CLI::App* venue, Session& session) {
  CLI::App* command =
      venue->add_subcommand("withdraw", "Withdraw a certificate: nothing is earned there any more");
  command->footer("Example:\n  tanhui venue withdraw river-hotel");
  const auto request = std::make_shared<v1::WithdrawVenueRequest>();
  AddNameOption(
      command, "VENUE", "venues", [request](const std::string& name) { request->set_venue(name); },
      "The venue")
      ->required();
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &VenuesStub::WithdrawVenue, request.get()); });
}

}  // namespace

void AddVenueCommands(CLI::App& app, Session& session) {
  CLI::App* venue = app.add_subcommand("venue", "Certified venues, where acts of some rules count");
  venue->require_subcommand(1);
  AddCertify(venue, session);
  AddShow(venue, session);
  AddList(venue, session);
  AddWithdraw(venue, session);
  AddVenueCode(venue, session);
}

}  // namespace tanhui::cli
