// `tanhui campaign`: campaigns of coupons from their file to their statement.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/keyed_hash.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/coupons/campaign_file.h"
#include "services/cli/commands/coupons/coupon_text.h"
#include "services/cli/commands/coupons/statement_pages.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CouponsStub = v1::CouponsService::Stub;

constexpr std::size_t kSeedBytes = 32;
constexpr unsigned kSecretMode = 0600;

template <typename Request>
void AddCampaign(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "CAMPAIGN", "campaigns",
      [request](const std::string& name) { request->set_name(name); }, "The campaign's code")
      ->required();
}

// --- create ---

std::string CreatedText(const v1::CreateCampaignRequest& request,
                        const v1::CreateCampaignResponse& answer) {
  const v1::CampaignTerms& terms = request.terms();
  return absl::StrCat(
      request.campaign_id(), ": ", ValueText(terms), ", ",
      Grouped(static_cast<std::int64_t>(terms.stock())), " coupons\nfunders pay at most ",
      YuanText(answer.fen_per_coupon()), " yuan a coupon; ", YuanText(answer.locked_fen()),
      request.validate_only()
          ? " yuan would be set aside\n"
          : absl::StrCat(" yuan are set aside by entry ", answer.entry_index(), "\n"));
}

void Create(Session* session, const std::string& path, const v1::CreateCampaignRequest& options) {
  absl::StatusOr<CampaignFile> file = ReadCampaignFile(path);
  if (!file.ok()) {
    session->exit_code = ReportFault(file.status(), kUsage);
    return;
  }
  v1::CreateCampaignRequest& request = file->request;
  request.MergeFrom(options);
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  Stamp(&request);
  v1::CreateCampaignResponse answer;
  const grpc::Status status = connection->Call(&CouponsStub::CreateCampaign, request, &answer);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    const RefusalDetails why = DetailsOf(status);
    const auto field = why.facts.find("field");
    const std::string place = field == why.facts.end() ? "" : PlaceInFile(*file, field->second);
    if (!place.empty()) {
      PrintError(place);
    }
    return;
  }
  PrintAnswer<v1::CreateCampaignResponse>(
      *session, answer,
      [&request](const v1::CreateCampaignResponse& told) { return CreatedText(request, told); });
}

void AddCreate(CLI::App* campaign, Session& session) {
  CLI::App* command = campaign->add_subcommand(
      "create", "Open a campaign, and set aside what its coupons can cost");
  command->footer(
      "FILE is YAML; deploy/coupons/autumn.yaml explains each line. --dry-run says what is wrong "
      "with it and what it would cost.\n"
      "Example:\n  tanhui campaign create deploy/coupons/autumn.yaml --dry-run");
  const auto path = std::make_shared<std::string>();
  const auto options = std::make_shared<v1::CreateCampaignRequest>();
  command->add_option("FILE", *path, "The campaign, as YAML")->required();
  AddMutationOptions(command, options);
  command->callback([&session, path, options] { Create(&session, *path, *options); });
}

// --- reading ---

void AddShow(CLI::App* campaign, Session& session) {
  CLI::App* command = campaign->add_subcommand("show", "Show a campaign as it is now");
  command->footer("Example:\n  tanhui campaign show autumn");
  const auto request = std::make_shared<v1::GetCampaignRequest>();
  AddCampaign(command, request);
  command->callback([&session, request] {
    Ask(&session, &CouponsStub::GetCampaign, *request, [](const v1::GetCampaignResponse& answer) {
      return absl::StrCat(CampaignText(answer.campaign()), "as of entry ", answer.as_of_index(),
                          "\n");
    });
  });
}

void AddList(CLI::App* campaign, Session& session) {
  CLI::App* command = campaign->add_subcommand("list", "List campaigns in order of their opening");
  command->footer("Example:\n  tanhui campaign list --state open");
  const auto request = std::make_shared<v1::ListCampaignsRequest>();
  const std::map<std::string, v1::CampaignState> states = {
      {"not_begun", v1::CAMPAIGN_STATE_NOT_BEGUN},
      {"open", v1::CAMPAIGN_STATE_OPEN},
      {"paused", v1::CAMPAIGN_STATE_PAUSED},
      {"ended", v1::CAMPAIGN_STATE_ENDED},
      {"over", v1::CAMPAIGN_STATE_OVER}};
  command
      ->add_option_function<std::string>(
          "--state",
          [request, states](const std::string& state) { request->set_state(states.at(state)); },
          "Only those: not_begun, open, paused, ended or over")
      ->check(CLI::IsMember(states));
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &CouponsStub::ListCampaigns, *request, CampaignsText); });
}

void AddStatement(CLI::App* campaign, Session& session) {
  CLI::App* command = campaign->add_subcommand(
      "statement", "Show where a campaign's money is, and what its coupons came to");
  command->footer("Example:\n  tanhui campaign statement autumn");
  const auto request = std::make_shared<v1::GetCampaignStatementRequest>();
  AddCampaign(command, request);
  command->callback([&session, request] {
    AskPages(&session, &CouponsStub::GetCampaignStatement, *request, AddPageOfCampaign,
             [](const auto& whole) { return StatementText(whole); });
  });
}

// --- changes ---

CLI::App* AddChange(CLI::App* campaign, const std::string& name, v1::CampaignAction action,
                    const std::string& description, const std::string& reason, Session& session,
                    const std::shared_ptr<v1::ChangeCampaignRequest>& request) {
  CLI::App* command = campaign->add_subcommand(name, description);
  request->set_action(action);
  AddCampaign(command, request);
  AddReason(command, request, reason);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &CouponsStub::ChangeCampaign, request.get()); });
  return command;
}

// Both last moments are replaced, so the one that no option names is read first.
void Extend(Session* session, v1::ChangeCampaignRequest* request) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  v1::GetCampaignRequest which;
  which.set_name(request->name());
  v1::GetCampaignResponse present;
  const grpc::Status status = connection->Call(&CouponsStub::GetCampaign, which, &present);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  const v1::CampaignTerms& terms = present.campaign().terms();
  if (!request->has_issue_last_time()) {
    *request->mutable_issue_last_time() = terms.issue_last_time();
  }
  if (!request->has_use_last_time()) {
    *request->mutable_use_last_time() = terms.use_last_time();
  }
  Mutate(session, &CouponsStub::ChangeCampaign, request);
}

void AddLast(CLI::App* command, const std::string& option, const std::string& description,
             const std::function<void(const google::protobuf::Timestamp&)>& set) {
  command
      ->add_option_function<std::string>(
          option, [set](const std::string& text) { set(ToTimestamp(*ParseTime(text))); },
          description)
      ->check(TimeValidator());
}

void AddChanges(CLI::App* campaign, Session& session) {
  using Change = v1::ChangeCampaignRequest;
  AddChange(campaign, "pause", v1::CAMPAIGN_ACTION_PAUSE,
            "Issue no coupons for now; what citizens hold can be used", "fraud_wave", session,
            std::make_shared<Change>())
      ->footer("Example:\n  tanhui campaign pause autumn --reason fraud_wave");
  AddChange(campaign, "resume", v1::CAMPAIGN_ACTION_RESUME, "Issue coupons again", "looked_at",
            session, std::make_shared<Change>())
      ->footer("Example:\n  tanhui campaign resume autumn --reason looked_at");
  AddChange(campaign, "end", v1::CAMPAIGN_ACTION_END,
            "Issue no coupons any more, for good; what citizens hold can be used", "season_over",
            session, std::make_shared<Change>())
      ->footer(
          "What was not issued goes back to the funders.\n"
          "Example:\n  tanhui campaign end autumn --reason season_over");
  const auto extension = std::make_shared<Change>();
  CLI::App* extend =
      AddChange(campaign, "extend", v1::CAMPAIGN_ACTION_EXTEND,
                "Give a campaign later last moments", "stock_left", session, extension);
  extend->footer(
      "Example:\n"
      "  tanhui campaign extend autumn --use-last \"2027-12-31 23:59:59\" --reason stock_left");
  AddLast(extend, "--issue-last", "The new last moment of issue; default: as it is",
          [extension](const auto& time) { *extension->mutable_issue_last_time() = time; });
  AddLast(extend, "--use-last", "The new last moment of use; default: as it is",
          [extension](const auto& time) { *extension->mutable_use_last_time() = time; });
  extend->callback([&session, extension] { Extend(&session, extension.get()); });
}

// --- lotteries ---

void MakeSeed(Session* session, const std::string& path) {
  const absl::StatusOr<std::string> seed = signing::RandomBytes(kSeedBytes);
  const absl::Status written =
      !seed.ok()
          ? seed.status()
          : CreateFileDurably(path, absl::StrCat(absl::BytesToHexString(*seed), "\n"), kSecretMode);
  if (!written.ok()) {
    session->exit_code = ReportFault(written, kUsage);
    return;
  }
  const Hash256 hash = merkle::Sha256(*seed);
  const std::string hex =
      absl::BytesToHexString(absl::string_view(hash.view().data(), hash.view().size()));
  PrintOut(session->json ? absl::StrCat("{\"seed_sha256\":\"", hex, "\"}\n")
                         : absl::StrCat("seed_sha256: ", hex, "\n"));
}

void AddSeed(CLI::App* campaign, Session& session) {
  CLI::App* command = campaign->add_subcommand(
      "seed", "Make the secret seed of a lottery, and print what its campaign's file says of it");
  command->footer("Example:\n  tanhui campaign seed --out lottery.seed");
  const auto path = std::make_shared<std::string>();
  command->add_option("--out", *path, "New file for the seed; keep it secret until the draw")
      ->required();
  command->callback([&session, path] { MakeSeed(&session, *path); });
}

// 64 hexadecimal digits as 32 bytes; empty when the file holds anything else.
std::string ReadSeed(const std::string& text) {
  std::string_view digits = text;
  while (digits.ends_with('\n') || digits.ends_with('\r')) {
    digits.remove_suffix(1);
  }
  const bool is_seed = digits.size() == 2 * kSeedBytes &&
                       digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  return is_seed ? absl::HexStringToBytes(absl::string_view(digits.data(), digits.size())) : "";
}

void Draw(Session* session, const std::string& path, v1::DrawLotteryRequest* request) {
  const absl::StatusOr<std::string> text = ReadWholeFile(path);
  const std::string seed = text.ok() ? ReadSeed(*text) : "";
  if (seed.empty()) {
    session->exit_code =
        ReportFault(!text.ok() ? text.status()
                               : absl::InvalidArgumentError(absl::StrCat(
                                     path,
                                     ": is no seed: it must hold 64 hexadecimal digits, as `tanhui "
                                     "campaign seed` writes them")),
                    kUsage);
    return;
  }
  request->set_seed(seed);
  Mutate(session, &CouponsStub::DrawLottery, request);
}

void AddDraw(CLI::App* campaign, Session& session) {
  CLI::App* command = campaign->add_subcommand("draw", "Draw a campaign's lottery (摇号), once");
  command->footer(
      "Example:\n  tanhui campaign draw autumn --seed-file lottery.seed --beacon-value "
      "071522293344");
  const auto request = std::make_shared<v1::DrawLotteryRequest>();
  const auto path = std::make_shared<std::string>();
  AddCampaign(command, request);
  command->add_option("--seed-file", *path, "The seed that `tanhui campaign seed` made")
      ->required();
  command
      ->add_option_function<std::string>(
          "--beacon-value",
          [request](const std::string& value) { request->set_beacon_value(value); },
          "The public value that the campaign names, as it was published")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, path, request] { Draw(&session, *path, request.get()); });
}

}  // namespace

void AddCampaignCommands(CLI::App& app, Session& session) {
  CLI::App* campaign = app.add_subcommand("campaign", "Campaigns of coupons (消费券活动)");
  campaign->require_subcommand(1);
  AddCreate(campaign, session);
  AddShow(campaign, session);
  AddList(campaign, session);
  AddChanges(campaign, session);
  AddSeed(campaign, session);
  AddDraw(campaign, session);
  AddStatement(campaign, session);
}

}  // namespace tanhui::cli
