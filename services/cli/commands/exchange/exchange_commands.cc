// `tanhui exchange`: a citizen's points that leave for other cities, and what came.
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/exchange/exchange_text.h"
#include "services/cli/commands/which_account.h"
#include "tanhui/v1/exchanges.grpc.pb.h"

namespace tanhui::cli {
namespace {

using ExchangesStub = v1::ExchangesService::Stub;

constexpr char kDefaultWithin[] = "30m";

// What `send` and `pay` are made of.
struct Leaving {
  std::shared_ptr<v1::GetAccountRequest> who = std::make_shared<v1::GetAccountRequest>();
  std::shared_ptr<v1::PrepareExchangeRequest> request =
      std::make_shared<v1::PrepareExchangeRequest>();
};

void SetWithin(const std::string& text, v1::PrepareExchangeRequest* request) {
  *request->mutable_expire_time() = ToTimestamp(*ParseNotAfter(text, WallClock()));
}

void Prepare(Session* session, const Leaving& leaving) {
  const auto account = ResolveAccount(session, *leaving.who);
  if (!account.has_value()) {
    return;
  }
  leaving.request->set_account(*account);
  if (!leaving.request->has_expire_time()) {
    SetWithin(kDefaultWithin, leaving.request.get());
  }
  Stamp(leaving.request.get());
  Ask(session, &ExchangesStub::PrepareExchange, *leaving.request,
      [](const v1::PrepareExchangeResponse& answer) {
        return absl::StrCat(ExchangeText(answer.exchange()),
                            answer.replayed() ? "the same request came before\n" : "");
      });
}

void AddLeaving(CLI::App* command, Session& session, const Leaving& leaving,
                const std::string& recipient) {
  const auto& request = leaving.request;
  AddWhichAccount(command, leaving.who);
  AddNameOption(
      command, "--to", "peers", [request](const std::string& name) { request->set_peer(name); },
      "The other city's code")
      ->required();
  AddNameOption(
      command, "--recipient", "accounts",
      [request](const std::string& name) { request->set_recipient(name); }, recipient)
      ->required();
  command
      ->add_option_function<std::string>(
          "--within", [request](const std::string& text) { SetWithin(text, request.get()); },
          "How long the other city may take: a time, or a duration such as 10m; default 30m")
      ->check(NotAfterValidator());
  AddActing(command, request, "The guardian of a minor");
  AddMutationOptions(command, request);
  command->callback([&session, leaving] { Prepare(&session, leaving); });
}

void AddSend(CLI::App* exchange, Session& session) {
  CLI::App* command = exchange->add_subcommand(
      "send", "Turn a citizen's points into points of another city (跨城兑换)");
  command->footer(
      "What makes no whole point there stays. --dry-run tells what would leave and come.\n"
      "Example:\n"
      "  tanhui exchange send --user citizen-00001 --asset cq-points --to chengdu --points 500 "
      "--recipient accounts/0f1e…");
  const Leaving leaving;
  leaving.request->set_kind(v1::EXCHANGE_KIND_POINTS);
  AddPoints(command, leaving.request);
  AddLeaving(command, session, leaving,
             "The citizen's account in the other city, as it names it to this one");
}

void AddPay(CLI::App* exchange, Session& session) {
  CLI::App* command = exchange->add_subcommand(
      "pay", "Pay at a merchant of another city with points of this one (跨城兑付)");
  command->footer(
      "Hand the goods over once `exchange show` there says done.\n"
      "Example:\n"
      "  tanhui exchange pay --user citizen-00001 --asset cq-points --to chengdu --price 80 "
      "--at-most 100 --recipient accounts/77aa…");
  const Leaving leaving;
  leaving.request->set_kind(v1::EXCHANGE_KIND_PAYMENT);
  const auto& request = leaving.request;
  command
      ->add_option_function<std::int64_t>(
          "--price", [request](std::int64_t points) { request->set_to_points(points); },
          "What the merchant asks for, in points of the other city")
      ->required();
  command
      ->add_option_function<std::int64_t>(
          "--at-most", [request](std::int64_t points) { request->set_points(points); },
          "The most that may leave, in points of this city")
      ->required();
  AddLeaving(command, session, leaving,
             "The merchant's account in the other city, as it names it to this one");
}

template <typename Request>
void AddExchange(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "EXCHANGE", "exchanges",
      [request](const std::string& name) { request->set_name(name); },
      "The exchange's name, as send printed it")
      ->required();
}

void AddShow(CLI::App* exchange, Session& session) {
  CLI::App* command = exchange->add_subcommand("show", "Show an exchange, in either city");
  command->footer("Example:\n  tanhui exchange show exchanges/000000000000002a00062f0a1b2c3d4e");
  const auto request = std::make_shared<v1::GetExchangeRequest>();
  AddExchange(command, request);
  command->callback([&session, request] {
    Ask(&session, &ExchangesStub::GetExchange, *request,
        [](const v1::GetExchangeResponse& answer) { return ExchangeText(answer.exchange()); });
  });
}

void AddWithdraw(CLI::App* exchange, Session& session) {
  CLI::App* command = exchange->add_subcommand(
      "withdraw", "Take an exchange back that the other city has not answered yet");
  command->footer(
      "Example:\n  tanhui exchange withdraw exchanges/000000000000002a00062f0a1b2c3d4e");
  const auto request = std::make_shared<v1::WithdrawExchangeRequest>();
  AddExchange(command, request);
  command->callback([&session, request] {
    Ask(&session, &ExchangesStub::WithdrawExchange, *request,
        [](const v1::WithdrawExchangeResponse& answer) { return ExchangeText(answer.exchange()); });
  });
}

void List(Session* session, const v1::GetAccountRequest& who, v1::ListExchangesRequest* request) {
  const auto account = ResolveAccount(session, who);
  if (account.has_value()) {
    request->set_account(*account);
    Ask(session, &ExchangesStub::ListExchanges, *request, ExchangesText);
  }
}

void AddList(CLI::App* exchange, Session& session) {
  CLI::App* command =
      exchange->add_subcommand("list", "List what left a citizen's account and what came");
  command->footer("Example:\n  tanhui exchange list --user citizen-00001 --asset cq-points");
  const auto who = std::make_shared<v1::GetAccountRequest>();
  const auto request = std::make_shared<v1::ListExchangesRequest>();
  AddWhichAccount(command, who);
  AddPage(command, request);
  command->callback([&session, who, request] { List(&session, *who, request.get()); });
}

}  // namespace

void AddExchangeCommands(CLI::App& app, Session& session) {
  CLI::App* exchange =
      app.add_subcommand("exchange", "Points that go to other cities and come from there");
  exchange->require_subcommand(1);
  AddSend(exchange, session);
  AddPay(exchange, session);
  AddShow(exchange, session);
  AddList(exchange, session);
  AddWithdraw(exchange, session);
}

}  // namespace tanhui::cli
