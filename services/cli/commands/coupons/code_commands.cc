// `tanhui coupon code` and `check-code`: what a citizen shows at the till, and what a till can tell
// of it without a network.
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/commands/coupons/coupon_commands.h"
#include "services/cli/proven_file.h"
#include "services/cli/screen/qr_code.h"
#include "services/rpc/coupons/qr_code.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CouponsStub = v1::CouponsService::Stub;

// --- code ---

std::string CodeText(const v1::GetCouponCodeResponse& answer, bool colours) {
  const absl::StatusOr<QrCode> picture = QrCode::Of(answer.qr_text());
  return absl::StrCat(picture.ok() ? picture->TerminalText(colours) : "", answer.code(), "\n",
                      answer.qr_text(), "\nthe picture works to ",
                      TimeText(FromTimestamp(answer.expire_time())), "; ask again for a new one\n");
}

void AddCode(CLI::App* coupon, Session& session) {
  CLI::App* command =
      coupon->add_subcommand("code", "Show the codes by which a till takes a coupon (出示)");
  command->footer("Example:\n  tanhui coupon code 4711");
  const auto request = std::make_shared<v1::GetCouponCodeRequest>();
  AddNameOption(
      command, "COUPON", "coupons", [request](const std::string& name) { request->set_name(name); },
      "Its number")
      ->required();
  command->add_option_function<std::string>(
      "--device", [request](const std::string& device) { request->set_device(device); },
      "What you know the citizen's device by; kept as a keyed hash");
  command->callback([&session, request] {
    Ask(&session, &CouponsStub::GetCouponCode, *request,
        [](const v1::GetCouponCodeResponse& answer) {
          return CodeText(answer, isatty(STDOUT_FILENO) != 0);
        });
  });
}

// --- check-code ---

struct CheckOptions {
  std::string text;
  std::string key;
  std::optional<LedgerTime> now;  // the machine's clock without it
};

std::int64_t SecondsOf(LedgerTime time) { return time.value() / kMicrosPerSecond; }
std::string TimeOf(std::int64_t seconds) {
  return TimeText(LedgerTime(seconds * kMicrosPerSecond));
}

// What is wrong with the code at `now`; empty when nothing is.
std::string FaultOf(const std::optional<rpc::SignedQrCode>& code,
                    const signing::NamedVerifier& verifier, std::int64_t now) {
  if (!code) {
    return "it is no text of a coupon's QR code; short codes cannot be checked offline";
  }
  if (!rpc::IsSignedBy(*code, verifier)) {
    return absl::StrCat("it was not made by ", verifier.name());
  }
  if (!rpc::IsFresh(code->code, now)) {
    return absl::StrCat("it was made at ", TimeOf(code->code.made_at),
                        " and works for a minute; ask for a new one");
  }
  return now > code->code.use_until
             ? absl::StrCat("the coupon could be used to ", TimeOf(code->code.use_until))
             : "";
}

std::string GoodText(const rpc::QrCode& code) {
  FactList facts;
  facts.Add("coupon", absl::StrCat("coupons/", code.coupon.value()));
  facts.Add("takes off at most", absl::StrCat(YuanText(code.most_fen.units()), " yuan"));
  facts.Add("made", TimeOf(code.made_at));
  facts.Add("used to", TimeOf(code.use_until));
  return absl::StrCat(facts.Text(),
                      "genuine and fresh; only its redemption tells whether it was used\n");
}

void Check(Session* session, const CheckOptions& options) {
  const absl::StatusOr<signing::NamedVerifier> key = ReadVerifierKey(options.key);
  if (!key.ok()) {
    PrintError(absl::StrCat("--key ", options.key, ": ", key.status().message()));
    session->exit_code = kUsage;
    return;
  }
  const std::int64_t now = SecondsOf(options.now.value_or(WallClock()));
  const std::optional<rpc::SignedQrCode> code = rpc::ParseQrText(options.text);
  const std::string fault = FaultOf(code, *key, now);
  session->exit_code = fault.empty() ? kDone : kRefused;
  if (session->json) {
    nlohmann::ordered_json json = {{"good", fault.empty()}, {"fault", fault}};
    if (fault.empty()) {
      json["coupon"] = absl::StrCat("coupons/", code->code.coupon.value());
      json["campaign_number"] = code->code.campaign.value();
      json["most_fen"] = code->code.most_fen.units();
      json["made_at"] = code->code.made_at;
      json["use_until"] = code->code.use_until;
    }
    PrintOut(json.dump() + "\n");
  } else if (fault.empty()) {
    PrintOut(GoodText(code->code));
  }
  if (!fault.empty()) {
    PrintError(absl::StrCat("the code is not good: ", fault));
  }
}

void AddCheckCode(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand(
      "check-code",
      "Check the text of a coupon's QR code with the log's public key alone, offline");
  command->footer("Example:\n  tanhui coupon check-code THC1.AAAAAAAA... --key log.vkey");
  const auto options = std::make_shared<CheckOptions>();
  command->add_option("TEXT", options->text, "What the till scanned")->required();
  command->add_option("--key", options->key, "Verifier key of the log, or a file that holds it")
      ->required();
  command
      ->add_option_function<std::string>(
          "--at", [options](const std::string& text) { options->now = *ParseTime(text); },
          "As of that time; default: now")
      ->check(TimeValidator());
  command->callback([&session, options] { Check(&session, *options); });
}

}  // namespace

void AddCodeCommands(CLI::App* coupon, Session& session) {
  AddCode(coupon, session);
  AddCheckCode(coupon, session);
}

}  // namespace tanhui::cli
