// `tanhui coupon lock|unlock|redeem`: a coupon at the checkout.
#include <memory>
#include <string>

#include "services/cli/commands/coupons/coupon_commands.h"
#include "services/cli/commands/coupons/coupon_text.h"
#include "services/cli/commands/coupons/order_options.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CouponsStub = v1::CouponsService::Stub;

void AddLock(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand(
      "lock", "Set a coupon aside for an order: nothing else can use it until then");
  command->footer(
      "Example:\n"
      "  tanhui coupon lock --code 7KQ2M-9XW4D-C3TPA --merchant tea-house --store s12 --till t3 "
      "--asset cq-points --order R-1 --line tea=4000 --line cups=3000 --deadline 15m");
  const auto request = std::make_shared<v1::LockCouponRequest>();
  AddWhichCoupon(command, request);
  AddOrder(command, std::shared_ptr<v1::CouponOrder>(request, request->mutable_order()));
  command
      ->add_option_function<std::string>(
          "--deadline",
          [request](const std::string& text) {
            *request->mutable_deadline_time() = ToTimestamp(*ParseNotAfter(text, WallClock()));
          },
          "Until when: a time, or a duration of at most 24h such as 15m")
      ->check(NotAfterValidator())
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, request] {
    Stamp(request.get());
    Ask(&session, &CouponsStub::LockCoupon, *request, LockText);
  });
}

void AddUnlock(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand("unlock", "Free a locked coupon");
  command->footer("Example:\n  tanhui coupon unlock 4711");
  const auto request = std::make_shared<v1::UnlockCouponRequest>();
  AddWhichCoupon(command, request);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &CouponsStub::UnlockCoupon, request.get()); });
}

void AddTradeIn(CLI::App* command, const std::shared_ptr<v1::RedeemCouponRequest>& request) {
  using Proof = v1::TradeInProof;
  using Text = const std::string&;
  CLI::Option* category = nullptr;
  const auto add = [&](const std::string& name, void (*set)(Proof&, Text),
                       const std::string& description) {
    CLI::Option* option = command->add_option_function<std::string>(
        name, [request, set](Text text) { set(*request->mutable_trade_in(), text); }, description);
    if (category != nullptr) {
      option->needs(category);
    }
    return option;
  };
  category = add(
      "--category", [](Proof& proof, Text text) { proof.set_category(text); },
      "Of a trade-in (以旧换新): the appliance's category");
  add(
      "--product", [](Proof& proof, Text text) { proof.set_product(text); },
      "The new appliance: CATALOGUE/CODE");
  add(
      "--old-serial", [](Proof& proof, Text text) { proof.set_old_serial(text); },
      "Serial number of the old appliance; kept as a keyed hash, as are those below");
  add(
      "--new-serial", [](Proof& proof, Text text) { proof.set_new_serial(text); },
      "Serial number of the new appliance");
  add(
      "--invoice", [](Proof& proof, Text text) { proof.set_invoice(text); },
      "Number of the invoice");
}

void AddRedeem(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand("redeem", "Use a coupon at an order, once (核销)");
  command->footer(
      "Example:\n"
      "  tanhui coupon redeem --code 7KQ2M-9XW4D-C3TPA --merchant tea-house --store s12 --till t3 "
      "--asset cq-points --order R-1 --line tea=4000 --line cups=3000");
  const auto request = std::make_shared<v1::RedeemCouponRequest>();
  AddWhichCoupon(command, request);
  AddOrder(command, std::shared_ptr<v1::CouponOrder>(request, request->mutable_order()));
  AddTradeIn(command, request);
  command
      ->add_option_function<std::string>(
          "--act-time",
          [request](const std::string& text) {
            *request->mutable_act_time() = ToTimestamp(*ParseTime(text));
          },
          "When it happened; default: now")
      ->check(TimeValidator());
  AddMutationOptions(command, request);
  command->callback([&session, request] {
    Stamp(request.get());
    Ask(&session, &CouponsStub::RedeemCoupon, *request, RedemptionText);
  });
}

}  // namespace

void AddUseCommands(CLI::App* coupon, Session& session) {
  AddLock(coupon, session);
  AddUnlock(coupon, session);
  AddRedeem(coupon, session);
}

}  // namespace tanhui::cli
