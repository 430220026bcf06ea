// `tanhui settle`: prices, claims, and reading runs.
#include "services/cli/commands/books/settle_commands.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/exchange/window_commands.h"
#include "tanhui/v1/settlement.grpc.pb.h"

namespace tanhui::cli {
namespace {

using SettlementStub = v1::SettlementService::Stub;

template <typename Request>
void AddMoney(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "--money", "assets",
      [request](const std::string& name) { request->set_money(name); }, "In which money")
      ->required();
}

void AddPrice(CLI::App* settle, Session& session) {
  CLI::App* command =
      settle->add_subcommand("price", "Publish what merchants get for points (结算价)");
  command->footer(
      "Prices are never changed: a later one takes over from its first day.\nExample:\n"
      "  tanhui settle price --asset cq-points --money cq-fen --fen 1 --per-points 1 "
      "--first-date 2027-01-01 --reason contract_2027");
  const auto request = std::make_shared<v1::PublishPriceRequest>();
  AddAsset(command, request);
  AddMoney(command, request);
  AddNameOption(
      command, "--merchant", "participants",
      [request](const std::string& name) { request->set_merchant(name); },
      "For this merchant alone; default: for every one without a price of its own");
  command
      ->add_option_function<std::int64_t>(
          "--fen", [request](std::int64_t fen) { request->set_fen(fen); }, "So many fen")
      ->required();
  command
      ->add_option_function<std::int64_t>(
          "--per-points", [request](std::int64_t points) { request->set_per_points(points); },
          "for so many points")
      ->required();
  command
      ->add_option_function<std::string>(
          "--first-date", [request](const std::string& date) { request->set_first_date(date); },
          "First ledger day, YYYY-MM-DD")
      ->required();
  AddReason(command, request, "contract_2027");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &SettlementStub::PublishPrice, request.get()); });
}

void AddPrices(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("prices", "List settlement prices");
  command->footer("Example:\n  tanhui settle prices --asset cq-points");
  const auto request = std::make_shared<v1::ListPricesRequest>();
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); }, "Only those of this asset");
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &SettlementStub::ListPrices, *request, PricesText); });
}

void AddOpenClaim(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("open-claim", "Let a merchant settle: open its claim");
  command->footer("Example:\n  tanhui settle open-claim tea-house --money cq-fen");
  const auto request = std::make_shared<v1::OpenClaimRequest>();
  AddNameOption(
      command, "MERCHANT", "participants",
      [request](const std::string& name) { request->set_merchant(name); }, "The merchant")
      ->required();
  AddMoney(command, request);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &SettlementStub::OpenClaim, request.get()); });
}

void AddClaims(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("claims", "List what merchants have to get, in yuan");
  command->footer("Example:\n  tanhui settle claims --money cq-fen");
  const auto request = std::make_shared<v1::ListClaimsRequest>();
  AddMoney(command, request);
  AddPage(command, request);
  command->callback([&session, request] {
    Ask(&session, &SettlementStub::ListClaims, *request, [](const v1::ListClaimsResponse& page) {
      return absl::StrCat(ClaimsText(page.claims()), "ledger day ", page.ledger_date(),
                          ", as of entry ", page.as_of_index(), "\n",
                          NextPage(page.next_page_token()));
    });
  });
}

void AddRuns(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("runs", "List settlement runs, the newest first");
  command->footer("Example:\n  tanhui settle runs --money cq-fen");
  const auto request = std::make_shared<v1::ListRunsRequest>();
  AddNameOption(
      command, "--money", "assets",
      [request](const std::string& name) { request->set_money(name); }, "Only those in this money");
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &SettlementStub::ListRuns, *request, RunsText); });
}

void AddShow(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("show", "Show a run and how far its lines are");
  command->footer("Example:\n  tanhui settle show 3");
  const auto request = std::make_shared<v1::GetRunRequest>();
  AddNameOption(
      command, "RUN", "settlementRuns",
      [request](const std::string& name) { request->set_name(name); }, "The run's number")
      ->required();
  command->callback(
      [&session, request] { Ask(&session, &SettlementStub::GetRun, *request, RunText); });
}

void AddLines(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("lines", "List the lines of a run");
  command->footer("Example:\n  tanhui settle lines 3 --state approved");
  const auto request = std::make_shared<v1::ListLinesRequest>();
  AddNameOption(
      command, "RUN", "settlementRuns",
      [request](const std::string& name) { request->set_parent(name); }, "The run's number")
      ->required();
  command
      ->add_option_function<std::string>(
          "--state",
          [request](const std::string& state) { request->set_state(LineStateNamed(state)); },
          "Only those: claimed, approved, paid or returned")
      ->check(CLI::IsMember({"claimed", "approved", "paid", "returned"}));
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &SettlementStub::ListLines, *request, LinesText); });
}

// The last page with the rows of all.
void AddRows(const v1::GetStatementResponse& page, v1::GetStatementResponse* whole) {
  v1::GetStatementResponse sum = page;
  *sum.mutable_rows() = whole->rows();
  sum.mutable_rows()->MergeFrom(page.rows());
  *whole = std::move(sum);
}

void AddStatement(CLI::App* settle, Session& session) {
  CLI::App* command = settle->add_subcommand("statement", "Show what the money of a line is for");
  command->footer("Example:\n  tanhui settle statement 3/81234");
  const auto request = std::make_shared<v1::GetStatementRequest>();
  command
      ->add_option_function<std::string>(
          "LINE",
          [request](const std::string& line) { request->set_line(SettlementLineNamed(line)); },
          "RUN/LINE, as lines prints it")
      ->required();
  constexpr int kPage = 1'000;
  request->set_page_size(kPage);
  command->callback([&session, request] {
    AskPages(&session, &SettlementStub::GetStatement, *request, AddRows, StatementText);
  });
}

}  // namespace

std::string SettlementLineNamed(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (text.starts_with("settlementRuns/") || slash == std::string_view::npos) {
    return std::string(text);
  }
  return absl::StrCat("settlementRuns/", std::string(text.substr(0, slash)), "/lines/",
                      std::string(text.substr(slash + 1)));
}

void AddSettleCommands(CLI::App& app, Session& session) {
  CLI::App* settle = app.add_subcommand("settle", "Pay merchants for redeemed points (结算)");
  settle->require_subcommand(1);
  AddPrice(settle, session);
  AddPrices(settle, session);
  AddOpenClaim(settle, session);
  AddClaims(settle, session);
  AddSettleRun(settle, session);
  AddRuns(settle, session);
  AddShow(settle, session);
  AddLines(settle, session);
  AddSettleSteps(settle, session);
  AddStatement(settle, session);
  AddRecompute(settle, session);
}

}  // namespace tanhui::cli
