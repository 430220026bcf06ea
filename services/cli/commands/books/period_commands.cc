// Accounting months (会计期间): close them, list them, read their trial balance, export vouchers.
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/commands/books/voucher_file.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/periods.grpc.pb.h"
#include "tanhui/v1/reports.grpc.pb.h"

namespace tanhui::cli {
namespace {

using PeriodsStub = v1::PeriodsService::Stub;
using ReportsStub = v1::ReportsService::Stub;

// --scheme and --month, both needed.
template <typename Request>
void AddScheme(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "--scheme", "schemes",
      [request](const std::string& name) { request->set_scheme(name); }, "Whose books")
      ->required();
}

std::string MonthFault(const std::string& month) {
  return ParseMonth(month).has_value() ? "" : "a month YYYY-MM is needed";
}

template <typename Request>
void AddMonth(CLI::App* command, const std::shared_ptr<Request>& request,
              const std::string& option) {
  command
      ->add_option_function<std::string>(
          option, [request](const std::string& month) { request->set_month(month); },
          "Accounting month")
      ->check(CLI::Validator(MonthFault, "YYYY-MM"))
      ->required();
}

// A decimal text of any length with commas between thousands.
std::string GroupedText(const std::string& number) {
  std::string out;
  const std::size_t sign = number.starts_with('-') ? 1 : 0;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (i > sign && (number.size() - i) % 3 == 0) {
      out.push_back(',');
    }
    out.push_back(number[i]);
  }
  return out;
}

template <typename Lines>
std::string LinesText(const Lines& lines) {
  Table table({"asset", "accounts", ">opening", ">debits", ">credits", ">closing"});
  for (const v1::TrialBalanceLine& line : lines) {
    table.Add({line.asset(), line.account_kind(), GroupedText(line.opening()),
               GroupedText(line.debits()), GroupedText(line.credits()),
               GroupedText(line.closing())});
  }
  return table.empty() ? "nothing was posted\n" : table.Text();
}

std::string TrialBalanceText(const v1::GetTrialBalanceResponse& response) {
  std::string text = LinesText(response.lines());
  for (const v1::TrialBalanceTotal& total : response.totals()) {
    absl::StrAppend(&text, total.asset(), ": debits ", GroupedText(total.debits()), ", credits ",
                    GroupedText(total.credits()), "\n");
  }
  if (response.closed()) {
    absl::StrAppend(&text, "closed by entry ", response.closing_index(), "\n");
  } else {
    absl::StrAppend(&text, "open, as of entry ", response.as_of_index(), "\n");
  }
  return text;
}

std::string ClosedText(const v1::ClosePeriodResponse& response) {
  return absl::StrCat(LinesText(response.lines()), AnswerText([&response] {
                        v1::ClosePeriodResponse rest = response;
                        rest.clear_lines();
                        return rest;
                      }()));
}

std::string PeriodsText(const v1::ListPeriodsResponse& response) {
  Table table({"month", "state", ">closing entry", "closed at"});
  for (const v1::Period& period : response.periods()) {
    table.Add({period.month(), period.closed() ? "closed" : "open",
               period.closed() ? absl::StrCat(period.closing_index()) : "",
               period.closed() ? TimeText(FromTimestamp(period.closing_time())) : ""});
  }
  return absl::StrCat(table.empty() ? "nothing was posted yet\n" : table.Text(), "as of entry ",
                      response.as_of_index(), "\n");
}

void AddClose(CLI::App* period, Session& session) {
  CLI::App* command = period->add_subcommand("close", "Close an accounting month for ever (关账)");
  command->footer(
      "Example:\n"
      "  tanhui period close --scheme cq-tanhuitong 2027-01 --dry-run\n"
      "  tanhui period close --scheme cq-tanhuitong 2027-01");
  const auto request = std::make_shared<v1::ClosePeriodRequest>();
  AddScheme(command, request);
  AddMonth(command, request, "MONTH");
  AddMutationOptions(command, request);
  command->callback([&session, request] {
    Stamp(request.get());
    Ask(&session, &PeriodsStub::ClosePeriod, *request, ClosedText);
  });
}

void AddList(CLI::App* period, Session& session) {
  CLI::App* command = period->add_subcommand("list", "List the months, closed and open");
  command->footer("Example:\n  tanhui period list --scheme cq-tanhuitong");
  const auto request = std::make_shared<v1::ListPeriodsRequest>();
  AddScheme(command, request);
  command->callback(
      [&session, request] { Ask(&session, &PeriodsStub::ListPeriods, *request, PeriodsText); });
}

void AddTrialBalance(CLI::App* period, Session& session) {
  CLI::App* command = period->add_subcommand(
      "trial-balance", "Opening, debits, credits and closing by asset and kind of account");
  command->footer("Example:\n  tanhui period trial-balance --scheme cq-tanhuitong 2027-01");
  const auto request = std::make_shared<v1::GetTrialBalanceRequest>();
  AddScheme(command, request);
  AddMonth(command, request, "MONTH");
  command->callback([&session, request] {
    Ask(&session, &ReportsStub::GetTrialBalance, *request, TrialBalanceText);
  });
}

void PrintVouchers(const Session& session, const std::string& path, const VoucherFacts& facts) {
  if (session.json) {
    const nlohmann::ordered_json json = {{"file", path},
                                         {"scheme", facts.scheme},
                                         {"month", facts.month},
                                         {"account_codes", facts.codes},
                                         {"closing", facts.closing},
                                         {"vouchers", facts.vouchers},
                                         {"lines", facts.lines},
                                         {"debits", facts.debits},
                                         {"credits", facts.credits}};
    PrintOut(json.dump() + "\n");
    return;
  }
  PrintOut(absl::StrCat(path, ": ", facts.scheme, " ", facts.month, ", ", facts.vouchers,
                        " vouchers, ", facts.lines, " lines, debits ", GroupedText(facts.debits),
                        ", credits ", GroupedText(facts.credits), "; account codes ", facts.codes,
                        ", closed by entry ", facts.closing, "\n"));
}

// Checks the file and prints what it says; false after it has reported what is wrong.
bool CheckAndPrint(Session* session, const std::string& path, const std::string& text) {
  const auto facts = CheckVouchers(text);
  if (!facts.ok()) {
    session->exit_code =
        ReportFault(absl::DataLossError(absl::StrCat(path, ": ", facts.status().message(),
                                                     "; export it again and import nothing of it")),
                    kRefused);
    return false;
  }
  PrintVouchers(*session, path, *facts);
  return true;
}

void Export(Session* session, const v1::ExportVouchersRequest& request, const std::string& path) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  std::optional<Progress> progress;
  std::string text;
  const grpc::Status status =
      connection->Stream<PeriodsStub, v1::ExportVouchersRequest, v1::ExportVouchersResponse>(
          &PeriodsStub::ExportVouchers, request, [&](const v1::ExportVouchersResponse& part) {
            if (!progress.has_value()) {
              progress.emplace(Progress::OnStderr("entries", part.entries_total()));
            }
            progress->Update(part.entries_done());
            text += part.data();
            return true;
          });
  if (progress.has_value()) {
    progress->Finish();
  }
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  if (!CheckVouchers(text).ok()) {
    CheckAndPrint(session, path, text);
    return;
  }
  if (const absl::Status written = ReplaceFile(path, text); !written.ok()) {
    session->exit_code = ReportFault(written, kUsage);
    return;
  }
  CheckAndPrint(session, path, text);
}

void AddExport(CLI::App* voucher, Session& session) {
  CLI::App* command = voucher->add_subcommand(
      "export", "Write the vouchers of a closed month, the same bytes whenever it is asked for");
  command->footer(
      "Example:\n  tanhui voucher export --scheme cq-tanhuitong --month 2027-01 cq-2027-01.csv");
  const auto request = std::make_shared<v1::ExportVouchersRequest>();
  const auto path = std::make_shared<std::string>();
  AddScheme(command, request);
  AddMonth(command, request, "--month");
  command->add_option("FILE", *path, "File to write; one that is there is replaced")->required();
  command->callback([&session, request, path] { Export(&session, *request, *path); });
}

void AddCheck(CLI::App* voucher, Session& session) {
  CLI::App* command =
      voucher->add_subcommand("check", "Check that a voucher file is whole and balances");
  command->footer("Example:\n  tanhui voucher check cq-2027-01.csv");
  const auto path = std::make_shared<std::string>();
  command->add_option("FILE", *path, "The file")->required();
  command->callback([&session, path] {
    const auto text = ReadWholeFile(*path);
    if (!text.ok()) {
      session.exit_code = ReportFault(text.status(), kUsage);
      return;
    }
    CheckAndPrint(&session, *path, *text);
  });
}

}  // namespace

void AddPeriodCommands(CLI::App& app, Session& session) {
  CLI::App* period = app.add_subcommand("period", "Accounting months (会计期间)");
  period->require_subcommand(1);
  AddClose(period, session);
  AddList(period, session);
  AddTrialBalance(period, session);
}

void AddVoucherCommands(CLI::App& app, Session& session) {
  CLI::App* voucher = app.add_subcommand("voucher", "Vouchers for accounting systems (记账凭证)");
  voucher->require_subcommand(1);
  AddExport(voucher, session);
  AddCheck(voucher, session);
}

}  // namespace tanhui::cli
