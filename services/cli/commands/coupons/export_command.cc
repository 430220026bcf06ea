// `tanhui coupon export`: the settlement file of a campaign or a merchant.
#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/commands/coupons/coupon_commands.h"
#include "services/cli/commands/coupons/uses_file.h"
#include "services/cli/screen/progress.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CouponsStub = v1::CouponsService::Stub;

constexpr std::int32_t kPage = 1'000;
constexpr std::chrono::seconds kTimeout{60};

struct ExportOptions {
  v1::ListCouponUsesRequest request;
  std::string out;
};

void PrintDone(const Session& session, const ExportOptions& options, const UsesFile& file) {
  if (session.json) {
    const nlohmann::ordered_json json = {
        {"file", options.out}, {"rows", file.rows()}, {"claim_fen", file.claim_fen()}};
    return PrintOut(json.dump() + "\n");
  }
  PrintOut(absl::StrCat("wrote ", options.out, ": ",
                        Grouped(static_cast<std::int64_t>(file.rows())), " rows, ",
                        YuanText(file.claim_fen()), " yuan\n"));
}

// How many entries there are at most tells the log's size; uses are among them in order, so the
// index of the newest one read is how far it is.
grpc::Status ReadAll(const Connection& connection, v1::ListCouponUsesRequest request,
                     UsesFile* file) {
  request.set_page_size(kPage);
  std::optional<Progress> progress;
  grpc::Status status;
  do {
    v1::ListCouponUsesResponse page;
    status = connection.Call(&CouponsStub::ListCouponUses, request, &page);
    if (!status.ok()) {
      break;
    }
    for (const v1::CouponUse& use : page.uses()) {
      file->Add(use);
    }
    request.set_page_token(page.next_page_token());
    if (!progress) {
      progress.emplace(Progress::OnStderr("entries", page.as_of_index()));
    }
    progress->Update(request.page_token().empty() || page.uses().empty()
                         ? page.as_of_index()
                         : page.uses(page.uses_size() - 1).entry_index());
  } while (!request.page_token().empty());
  if (progress) {
    progress->Finish();
  }
  return status;
}

void Export(Session* session, const ExportOptions& options) {
  session->connection.timeout = std::max(session->connection.timeout, kTimeout);
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  absl::StatusOr<UsesFile> file = UsesFile::Begin(options.out);
  if (!file.ok()) {
    session->exit_code = ReportFault(file.status(), kUsage);
    return;
  }
  const grpc::Status status = ReadAll(*connection, options.request, &*file);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  if (const absl::Status ended = file->End(); !ended.ok()) {
    session->exit_code = ReportFault(ended, kUsage);
    return;
  }
  PrintDone(*session, options, *file);
}

}  // namespace

void AddExportCommand(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand(
      "export", "Write all uses of coupons of a campaign or a merchant to a CSV file (结算明细)");
  command->footer(
      "A file that is there is replaced when the new one is whole. Example:\n"
      "  tanhui coupon export --merchant tea-house --out coupons.csv");
  const auto options = std::make_shared<ExportOptions>();
  CLI::Option_group* whose = command->add_option_group("whose", "Whose; one of");
  AddNameOption(
      whose, "--campaign", "campaigns",
      [options](const std::string& name) { options->request.set_campaign(name); }, "A campaign's");
  AddNameOption(
      whose, "--merchant", "participants",
      [options](const std::string& name) { options->request.set_merchant(name); }, "A merchant's");
  whose->require_option(1);
  command->add_option("--out", options->out, "The file")->required();
  command->callback([&session, options] { Export(&session, *options); });
}

}  // namespace tanhui::cli
