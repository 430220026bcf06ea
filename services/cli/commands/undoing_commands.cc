// What gives back or takes back what an earlier entry did.
#include <cstdint>
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

using PointsStub = v1::PointsService::Stub;

template <typename Request>
void AddEntryIndex(CLI::App* command, const std::shared_ptr<Request>& request,
                   const std::string& description) {
  command
      ->add_option_function<std::uint64_t>(
          "ENTRY", [request](std::uint64_t index) { request->set_entry_index(index); }, description)
      ->required();
}

// --booked-on.
template <typename Request>
void AddBookedOn(CLI::App* command, const std::shared_ptr<Request>& request) {
  command->add_option_function<std::string>(
      "--booked-on", [request](const std::string& date) { request->set_booked_on(date); },
      "Accounting date YYYY-MM-DD, in a month that is not closed; default today's");
}

void AddRefund(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("refund", "Give redeemed points back, all or a part");
  command->footer("Example:\n  tanhui refund 42 --points 20");
  const auto request = std::make_shared<v1::RefundRequest>();
  AddEntryIndex(command, request, "Index of the redemption's or capture's entry");
  AddPoints(command, request);
  AddBookedOn(command, request);
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &PointsStub::Refund, request.get()); });
}

void AddReverse(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("reverse", "Take an award back, whole or by items (追回)");
  command->footer("Example:\n  tanhui reverse 42 --quantity 1 --reason goods_returned");
  const auto request = std::make_shared<v1::ReverseRequest>();
  request->set_quantity(1);
  AddEntryIndex(command, request, "Index of the award's entry");
  command->add_option_function<std::uint64_t>(
      "--quantity", [request](std::uint64_t items) { request->set_quantity(items); },
      "How many of its items; default 1");
  command->add_option_function<std::uint64_t>(
      "--revision", [request](std::uint64_t revision) { request->set_expected_revision(revision); },
      "The revision that you know, 0 before any correction; default: whatever stands");
  AddReason(command, request, "goods_returned");
  AddBookedOn(command, request);
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &PointsStub::Reverse, request.get()); });
}

}  // namespace

void AddUndoingCommands(CLI::App& app, Session& session) {
  AddRefund(app, session);
  AddReverse(app, session);
}

}  // namespace tanhui::cli
