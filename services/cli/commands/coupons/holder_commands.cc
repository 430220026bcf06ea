// `tanhui coupon apply|issue|list|show|revoke`: how citizens come to coupons, and lose them; and
// what a merchant's came to.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/coupons/coupon_commands.h"
#include "services/cli/commands/coupons/coupon_text.h"
#include "services/cli/commands/coupons/statement_pages.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CouponsStub = v1::CouponsService::Stub;

// --account, or --user with --asset.
template <typename Request>
void AddHolder(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddCitizen(command, request);
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); },
      "The points in which the account is; with --user");
}

template <typename Request>
void AddCampaignArgument(CLI::App* command, const std::shared_ptr<Request>& request) {
  AddNameOption(
      command, "CAMPAIGN", "campaigns",
      [request](const std::string& name) { request->set_campaign(name); }, "The campaign's code")
      ->required();
}

template <typename Request>
void AddAttestations(CLI::App* command, const std::shared_ptr<Request>& request) {
  command
      ->add_option_function<std::vector<std::string>>(
          "--attest",
          [request](const std::vector<std::string>& codes) {
            request->mutable_attestations()->Assign(codes.begin(), codes.end());
          },
          "What you attest of the citizen, as a code such as real_name; may be given again")
      ->expected(1)
      ->take_all();
}

void AddApply(CLI::App* coupon, Session& session) {
  CLI::App* command =
      coupon->add_subcommand("apply", "Take part in a lottery for a citizen (摇号)");
  command->footer("Example:\n  tanhui coupon apply autumn --user alice --asset cq-points");
  const auto request = std::make_shared<v1::ApplyForCouponRequest>();
  AddCampaignArgument(command, request);
  AddHolder(command, request);
  AddAttestations(command, request);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &CouponsStub::ApplyForCoupon, request.get()); });
}

void AddIssue(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand(
      "issue",
      "Give a citizen a coupon; one that costs points takes them in the same entry (领券)");
  command->footer("Example:\n  tanhui coupon issue autumn --user alice --asset cq-points");
  const auto request = std::make_shared<v1::IssueCouponRequest>();
  AddCampaignArgument(command, request);
  AddHolder(command, request);
  AddActing(command, request, "The guardian of a minor");
  command->add_option_function<std::uint64_t>(
      "--application",
      [request](std::uint64_t entry) { request->set_application_entry_index(entry); },
      "Of a lottery: entry of the application that won");
  AddAttestations(command, request);
  command->add_option_function<std::string>(
      "--device", [request](const std::string& device) { request->set_device(device); },
      "What you know the citizen's device by; kept as a keyed hash");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &CouponsStub::IssueCoupon, request.get()); });
}

void AddList(CLI::App* coupon, Session& session) {
  CLI::App* command =
      coupon->add_subcommand("list", "List a citizen's coupons and applications, newest first");
  command->footer("Example:\n  tanhui coupon list --user alice --asset cq-points --state ready");
  const auto request = std::make_shared<v1::ListCouponsRequest>();
  AddHolder(command, request);
  const std::map<std::string, v1::CouponState> states = {{"ready", v1::COUPON_STATE_READY},
                                                         {"locked", v1::COUPON_STATE_LOCKED},
                                                         {"used", v1::COUPON_STATE_USED},
                                                         {"void", v1::COUPON_STATE_VOID},
                                                         {"expired", v1::COUPON_STATE_EXPIRED}};
  command
      ->add_option_function<std::vector<std::string>>(
          "--state",
          [request, states](const std::vector<std::string>& names) {
            for (const std::string& name : names) {
              request->add_states(states.at(name));
            }
          },
          "Only those: ready, locked, used, void or expired; may be given again")
      ->expected(1)
      ->take_all()
      ->check(CLI::IsMember(states));
  AddNameOption(
      command, "--campaign", "campaigns",
      [request](const std::string& name) { request->set_campaign(name); }, "Only those of it");
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &CouponsStub::ListCoupons, *request, CouponsText); });
}

void AddShow(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand("show", "Show a coupon as it is now");
  command->footer("Example:\n  tanhui coupon show 4711");
  const auto request = std::make_shared<v1::GetCouponRequest>();
  AddNameOption(
      command, "COUPON", "coupons", [request](const std::string& name) { request->set_name(name); },
      "Its number")
      ->required();
  command->callback([&session, request] {
    Ask(&session, &CouponsStub::GetCoupon, *request, [](const v1::GetCouponResponse& answer) {
      return absl::StrCat(CouponText(answer.coupon()), "as of entry ", answer.as_of_index(), "\n");
    });
  });
}

void AddRevoke(CLI::App* coupon, Session& session) {
  CLI::App* command =
      coupon->add_subcommand("revoke", "Take a coupon that was not used from its holder (撤销)");
  command->footer("Example:\n  tanhui coupon revoke 4711 --reason resold --points-back");
  const auto request = std::make_shared<v1::RevokeCouponRequest>();
  AddNameOption(
      command, "COUPON", "coupons",
      [request](const std::string& name) { request->set_coupon(name); }, "Its number")
      ->required();
  AddReason(command, request, "resold");
  command->add_flag_callback(
      "--points-back", [request] { request->set_points_back(true); },
      "Give back the points that it cost");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &CouponsStub::RevokeCoupon, request.get()); });
}

}  // namespace

void AddMerchantStatement(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand(
      "statement", "Show what coupons came to at a merchant, by campaign, in yuan");
  command->footer("Example:\n  tanhui coupon statement tea-house --from \"2027-10-01 00:00:00\"");
  const auto request = std::make_shared<v1::GetMerchantStatementRequest>();
  AddNameOption(
      command, "MERCHANT", "participants",
      [request](const std::string& name) { request->set_merchant(name); }, "The merchant")
      ->required();
  command
      ->add_option_function<std::string>(
          "--from",
          [request](const std::string& text) {
            *request->mutable_first_time() = ToTimestamp(*ParseTime(text));
          },
          "Only entries from then on")
      ->check(TimeValidator());
  command
      ->add_option_function<std::string>(
          "--to",
          [request](const std::string& text) {
            *request->mutable_last_time() = ToTimestamp(*ParseTime(text));
          },
          "Only entries to then, included")
      ->check(TimeValidator());
  command->callback([&session, request] {
    AskPages(&session, &CouponsStub::GetMerchantStatement, *request, AddPageOfMerchant,
             [](const auto& whole) { return StatementText(whole); });
  });
}

void AddHolderCommands(CLI::App* coupon, Session& session) {
  AddApply(coupon, session);
  AddIssue(coupon, session);
  AddList(coupon, session);
  AddShow(coupon, session);
  AddRevoke(coupon, session);
}

void AddCouponCommands(CLI::App& app, Session& session) {
  CLI::App* coupon = app.add_subcommand("coupon", "Coupons of citizens (消费券)");
  coupon->require_subcommand(1);
  AddHolderCommands(coupon, session);
  AddCodeCommands(coupon, session);
  AddUseCommands(coupon, session);
  AddBackCommands(coupon, session);
  AddReviewCommand(coupon, session);
  AddExportCommand(coupon, session);
  AddMerchantStatement(coupon, session);
}

}  // namespace tanhui::cli
