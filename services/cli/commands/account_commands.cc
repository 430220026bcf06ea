// Accounts of citizens, merchants and charities.
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/commands.h"
#include "services/cli/commands/which_account.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/import/delivery.h"
#include "services/cli/screen/account_text.h"
#include "services/cli/screen/progress.h"
#include "tanhui/v1/accounts.grpc.pb.h"

namespace tanhui::cli {
namespace {

using AccountsStub = v1::AccountsService::Stub;

void AddOpen(CLI::App* account, Session& session) {
  CLI::App* command = account->add_subcommand("open", "Open an account");
  command->footer(
      "Examples:\n"
      "  tanhui account open --user citizen-00001 --asset cq-points\n"
      "  tanhui account open --merchant tea-house --asset cq-points");
  const auto request = std::make_shared<v1::OpenAccountRequest>();
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); }, "What it holds")
      ->required();
  CLI::Option_group* holder = command->add_option_group("holder", "Whose it is; one of");
  holder->add_option_function<std::string>(
      "--user,--platform-user-id",
      [request](const std::string& id) { request->set_platform_user_id(id); },
      "Your platform's own user id; kept as a keyed hash only");
  AddNameOption(
      holder, "--merchant", "participants",
      [request](const std::string& name) { request->set_merchant(name); },
      "A merchant or a charity");
  holder->require_option(1);
  command->add_option_function<std::string>(
      "--owner", [request](const std::string& id) { request->set_owner(id); },
      "An existing owner's id: one more asset for the same person");
  command->add_flag_callback(
      "--minor", [request] { request->set_minor(true); },
      "A minor's: a guardian must consent before it is used");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &AccountsStub::OpenAccount, request.get()); });
}

void AddShow(CLI::App* account, Session& session) {
  CLI::App* command = account->add_subcommand(
      "show", "Show what an account has, what is held, and what expires next");
  command->footer("Example:\n  tanhui account show --user citizen-00001 --asset cq-points");
  const auto who = std::make_shared<v1::GetAccountRequest>();
  AddWhichAccount(command, who);
  command->callback(
      [&session, who] { Ask(&session, &AccountsStub::GetAccount, *who, AccountText); });
}

void AddEntries(CLI::App* account, Session& session) {
  CLI::App* command = account->add_subcommand("entries", "List an account's history, newest first");
  command->footer("Example:\n  tanhui account entries --user citizen-00001 --asset cq-points");
  const auto who = std::make_shared<v1::GetAccountRequest>();
  const auto request = std::make_shared<v1::ListEntriesRequest>();
  AddWhichAccount(command, who);
  AddPage(command, request);
  command->add_option_function<std::string>(
      "--month", [request](const std::string& month) { request->set_month(month); },
      "Only this month, YYYY-MM, with its totals by kind");
  const auto kind = command->add_option_function<std::vector<std::string>>(
      "--kind",
      [request](const std::vector<std::string>& names) {
        for (const std::string& name : names) {
          request->add_kinds(KindNamed(name));
        }
      },
      "Only these kinds, such as award or redemption; needs --month");
  kind->check([](const std::string& name) {
    return KindNamed(name) == v1::ENTRY_KIND_UNSPECIFIED
               ? absl::StrCat("no kind of entry is called ", name)
               : std::string();
  });
  command->callback([&session, who, request] {
    if (const std::optional<std::string> name = ResolveAccount(&session, *who)) {
      request->set_parent(*name);
      Ask(&session, &AccountsStub::ListEntries, *request, EntriesText);
    }
  });
}

struct OpenManyOptions {
  std::string file;
  std::string asset;
  std::string not_after = "24h";
  bool dry_run = false;
};

absl::StatusOr<std::vector<v1::OpenAccountRequest>> ReadUsers(const OpenManyOptions& options) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(options.file);
  if (!file.ok()) {
    return file.status();
  }
  constexpr std::array<std::string_view, 1> kColumns = {"user_id"};
  CsvLines lines(file->text());
  const absl::StatusOr<CsvColumns> columns = CsvColumns::Find(&lines, kColumns, {});
  if (!columns.ok()) {
    return absl::Status(columns.status().code(),
                        absl::StrCat(options.file, ": ", columns.status().message()));
  }
  std::vector<v1::OpenAccountRequest> requests;
  while (const CsvLine* line = lines.Next()) {
    if (const std::string_view fault = columns->FaultOf(*line); !fault.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.file, ", line ", line->number, ": ", std::string(fault)));
    }
    v1::OpenAccountRequest& request = requests.emplace_back();
    request.set_request_id(NewRequestId());
    request.set_asset(options.asset);
    request.set_platform_user_id(std::string(columns->Get(*line, 0)));
    *request.mutable_not_after() = ToTimestamp(*ParseNotAfter(options.not_after, WallClock()));
  }
  return requests;
}

struct OpenManyCounts {
  std::uint64_t opened = 0;
  std::uint64_t existed = 0;
  std::uint64_t refused = 0;
};

void CountOpening(const v1::OpenAccountRequest& request, const v1::OpenAccountResult& result,
                  OpenManyCounts* counts) {
  if (!result.has_error()) {
    ++counts->opened;
    return;
  }
  const RefusalDetails details = DetailsOf(result.error());
  if (details.reason == "ACCOUNT_EXISTS") {
    ++counts->existed;
    return;
  }
  ++counts->refused;
  PrintError(absl::StrCat(request.platform_user_id(), ": ", RefusalLine(details)));
}

void OpenMany(Session* session, const OpenManyOptions& options) {
  const absl::StatusOr<std::vector<v1::OpenAccountRequest>> requests = ReadUsers(options);
  if (!requests.ok()) {
    session->exit_code = ReportFault(requests.status(), kUsage);
    return;
  }
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  const SendBatch<v1::OpenAccountRequest, v1::OpenAccountResult> send =
      [&](const std::vector<const v1::OpenAccountRequest*>& batch,
          std::vector<v1::OpenAccountResult>* results) {
        v1::BatchOpenAccountsRequest call;
        call.set_validate_only(options.dry_run);
        for (const v1::OpenAccountRequest* request : batch) {
          *call.add_requests() = *request;
        }
        v1::BatchOpenAccountsResponse answer;
        const grpc::Status status =
            connection->Call(&AccountsStub::BatchOpenAccounts, call, &answer);
        results->assign(answer.results().begin(), answer.results().end());
        return status;
      };
  const StopFlag never(false);
  const DeliveryPolicy policy;
  OpenManyCounts counts;
  Progress progress = Progress::OnStderr("accounts", requests->size());
  for (std::size_t at = 0; at < requests->size(); at += policy.chunk) {
    const std::vector<v1::OpenAccountRequest> chunk(
        requests->begin() + static_cast<std::ptrdiff_t>(at),
        requests->begin() +
            static_cast<std::ptrdiff_t>(std::min(requests->size(), at + policy.chunk)));
    const Delivery<v1::OpenAccountResult> delivery = Deliver(chunk, send, policy, never);
    if (!delivery.failure.ok()) {
      progress.Finish();
      session->exit_code = ReportFailure(*session, delivery.failure);
      return;
    }
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      CountOpening(chunk[i], delivery.results[i], &counts);
    }
    progress.Update(at + chunk.size());
  }
  progress.Finish();
  session->exit_code = counts.refused > 0 ? kRefused : kDone;
  PrintOut(session->json
               ? absl::StrCat("{\"opened\":", counts.opened, ",\"existed\":", counts.existed,
                              ",\"refused\":", counts.refused, "}\n")
               : absl::StrCat("opened ", counts.opened, ", had one already ", counts.existed,
                              ", refused ", counts.refused, "\n"));
}

void AddOpenMany(CLI::App* account, Session& session) {
  CLI::App* command = account->add_subcommand(
      "open-many", "Open an account for each user of a CSV file; running it again is harmless");
  command->footer(
      "The file has a column user_id. Example:\n"
      "  tanhui account open-many users.csv --asset cq-points");
  const auto options = std::make_shared<OpenManyOptions>();
  command->add_option("FILE", options->file, "CSV file")->required();
  AddNameOption(
      command, "--asset", "assets", [options](const std::string& name) { options->asset = name; },
      "What they hold")
      ->required();
  command->add_option("--not-after", options->not_after, "Refused when it arrives later")
      ->check(NotAfterValidator())
      ->capture_default_str();
  command->add_flag("--dry-run", options->dry_run, "Ask what would happen; write nothing");
  command->callback([&session, options] { OpenMany(&session, *options); });
}

}  // namespace

void AddAccountCommands(CLI::App& app, Session& session) {
  CLI::App* account =
      app.add_subcommand("account", "Accounts of citizens, merchants and charities");
  account->require_subcommand(1);
  AddOpen(account, session);
  AddOpenMany(account, session);
  AddShow(account, session);
  AddEntries(account, session);
  AddAccountLife(account, session);
}

}  // namespace tanhui::cli
