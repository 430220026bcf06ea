// An account's life: frozen, lost, closed, merged; and a minor's guardian.
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "tanhui/v1/accounts.grpc.pb.h"

namespace tanhui::cli {
namespace {

using AccountsStub = v1::AccountsService::Stub;

template <typename Request>
void AddAccount(CLI::App* command, const std::shared_ptr<Request>& request,
                const std::string& description) {
  AddNameOption(
      command, "ACCOUNT", "accounts",
      [request](const std::string& name) { request->set_account(name); }, description)
      ->required();
}

// A command that names an account and a reason.
template <typename Request, typename Response>
void AddStatus(CLI::App* account, Session& session, const std::string& name,
               const std::string& description, const std::string& reason,
               grpc::Status (AccountsStub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*)) {
  CLI::App* command = account->add_subcommand(name, description);
  command->footer("Example:\n  tanhui account " + name + " ACCOUNT --reason " + reason);
  const auto request = std::make_shared<Request>();
  AddAccount(command, request, "The citizen's account");
  AddReason(command, request, reason);
  AddMutationOptions(command, request);
  command->callback([&session, request, method] { Mutate(&session, method, request.get()); });
}

void AddClose(CLI::App* account, Session& session) {
  CLI::App* command = account->add_subcommand("close", "End an account");
  command->footer("Example:\n  tanhui account close ACCOUNT --reason owner_asked --forfeit");
  const auto request = std::make_shared<v1::CloseRequest>();
  AddAccount(command, request, "The citizen's account");
  AddReason(command, request, "owner_asked");
  command->add_flag_callback(
      "--forfeit", [request] { request->set_forfeit(true); }, "Give up the points that are left");
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &AccountsStub::Close, request.get()); });
}

void AddMerge(CLI::App* account, Session& session) {
  CLI::App* command = account->add_subcommand("merge", "Make two accounts of one person one");
  command->footer("Example:\n  tanhui account merge --from OLD --into NEW");
  const auto request = std::make_shared<v1::MergeRequest>();
  AddNameOption(
      command, "--from", "accounts",
      [request](const std::string& name) { request->set_from(name); }, "The account that ends")
      ->required();
  AddNameOption(
      command, "--into", "accounts",
      [request](const std::string& name) { request->set_into(name); }, "The one that goes on")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, request] { Mutate(&session, &AccountsStub::Merge, request.get()); });
}

// A command that names a minor and a guardian.
template <typename Request, typename Response>
void AddGuardian(CLI::App* account, Session& session, const std::string& name,
                 const std::string& description,
                 grpc::Status (AccountsStub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*)) {
  CLI::App* command = account->add_subcommand(name, description);
  command->footer("Example:\n  tanhui account " + name + " MINOR --guardian ACCOUNT");
  const auto request = std::make_shared<Request>();
  AddAccount(command, request, "The minor's account");
  AddNameOption(
      command, "--guardian", "accounts",
      [request](const std::string& guardian) { request->set_guardian(guardian); },
      "The guardian's own account")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, request, method] { Mutate(&session, method, request.get()); });
}

void AddHandOver(CLI::App* account, Session& session) {
  CLI::App* command =
      account->add_subcommand("hand-over", "The minor came of age: the account is the owner's own");
  command->footer("Example:\n  tanhui account hand-over MINOR");
  const auto request = std::make_shared<v1::HandOverRequest>();
  AddAccount(command, request, "The minor's account");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &AccountsStub::HandOver, request.get()); });
}

}  // namespace

void AddAccountLife(CLI::App* account, Session& session) {
  AddStatus<v1::FreezeRequest, v1::FreezeResponse>(account, session, "freeze",
                                                   "Stop debits of an account", "suspected_fraud",
                                                   &AccountsStub::Freeze);
  AddStatus<v1::UnfreezeRequest, v1::UnfreezeResponse>(account, session, "unfreeze",
                                                       "Open a frozen or lost account again",
                                                       "identity_proven", &AccountsStub::Unfreeze);
  AddStatus<v1::ReportLostRequest, v1::ReportLostResponse>(account, session, "lost",
                                                           "Stop debits of a lost account (挂失)",
                                                           "phone_lost", &AccountsStub::ReportLost);
  AddClose(account, session);
  AddMerge(account, session);
  AddGuardian<v1::GiveConsentRequest, v1::GiveConsentResponse>(
      account, session, "consent", "Record a guardian's consent to a minor's account",
      &AccountsStub::GiveConsent);
  AddGuardian<v1::WithdrawConsentRequest, v1::WithdrawConsentResponse>(
      account, session, "withdraw-consent", "Record that a guardian no longer consents",
      &AccountsStub::WithdrawConsent);
  AddHandOver(account, session);
}

}  // namespace tanhui::cli
