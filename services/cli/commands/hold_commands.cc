// Points set aside for a merchant: placed, captured, released.
#include <cstdint>
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

using PointsStub = v1::PointsService::Stub;

void AddPlace(CLI::App* hold, Session& session) {
  CLI::App* command = hold->add_subcommand("place", "Set a citizen's points aside (预扣)");
  command->footer(
      "Example:\n"
      "  tanhui hold place --user citizen-00001 --asset cq-points --merchant tea-house --points 20 "
      "--deadline 2h");
  const auto request = std::make_shared<v1::HoldRequest>();
  AddCitizen(command, request);
  AddAsset(command, request);
  AddNameOption(
      command, "--merchant", "participants",
      [request](const std::string& name) { request->set_merchant(name); }, "For whom")
      ->required();
  AddStoreAndTill(command, request);
  AddPoints(command, request);
  command
      ->add_option_function<std::string>(
          "--deadline",
          [request](const std::string& text) {
            *request->mutable_deadline() = ToTimestamp(*ParseNotAfter(text, WallClock()));
          },
          "When the points are free again: a time, or a duration such as 2h or 7d")
      ->required()
      ->check(NotAfterValidator());
  AddActing(command, request, "The guardian of a minor");
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &PointsStub::Hold, request.get()); });
}

template <typename Request>
void AddHold(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "HOLD", "holds", [request](const std::string& name) { request->set_hold(name); },
      "The hold's name, as place printed it")
      ->required();
}

void AddCapture(CLI::App* hold, Session& session) {
  CLI::App* command =
      hold->add_subcommand("capture", "Take held points for the merchant; the rest is free again");
  command->footer("Example:\n  tanhui hold capture holds/42 --points 15");
  const auto request = std::make_shared<v1::CaptureRequest>();
  AddHold(command, request);
  AddPoints(command, request);
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &PointsStub::Capture, request.get()); });
}

void AddRelease(CLI::App* hold, Session& session) {
  CLI::App* command = hold->add_subcommand("release", "Free held points");
  command->footer("Example:\n  tanhui hold release holds/42");
  const auto request = std::make_shared<v1::ReleaseRequest>();
  AddHold(command, request);
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &PointsStub::Release, request.get()); });
}

}  // namespace

void AddHoldCommands(CLI::App& app, Session& session) {
  CLI::App* hold = app.add_subcommand("hold", "Points set aside for a merchant");
  hold->require_subcommand(1);
  AddPlace(hold, session);
  AddCapture(hold, session);
  AddRelease(hold, session);
}

}  // namespace tanhui::cli
