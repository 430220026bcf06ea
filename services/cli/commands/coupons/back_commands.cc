// `tanhui coupon refund|order-refund`: goods that come back.
#include <cstdint>
#include <memory>
#include <string>

#include "services/cli/commands/coupons/coupon_commands.h"
#include "services/cli/commands/coupons/coupon_text.h"
#include "services/cli/commands/coupons/order_options.h"
#include "tanhui/v1/coupons.grpc.pb.h"

namespace tanhui::cli {
namespace {

using CouponsStub = v1::CouponsService::Stub;

void AddRefund(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand(
      "refund",
      "Give an order, or a part of it, back: the customer gets its price less the discount that "
      "goes with it (退款)");
  command->footer("Example:\n  tanhui coupon refund 4720 --line 1=3000");
  const auto request = std::make_shared<v1::RefundCouponRequest>();
  command
      ->add_option_function<std::uint64_t>(
          "ENTRY", [request](std::uint64_t entry) { request->set_entry_index(entry); },
          "Entry of the coupon's redemption")
      ->required();
  AddLinesBack(command, [request](const v1::LineBack& line) {
    *request->add_lines() = line;
  })->required();
  AddMutationOptions(command, request);
  command->callback([&session, request] {
    Stamp(request.get());
    Ask(&session, &CouponsStub::RefundCoupon, *request, RefundText);
  });
}

void AddOrderRefund(CLI::App* coupon, Session& session) {
  CLI::App* command = coupon->add_subcommand(
      "order-refund",
      "Give back what belongs to an order: coupon, points that paid, points that "
      "it earned; all or nothing (整单退款)");
  command->footer(
      "Example:\n"
      "  tanhui coupon order-refund --coupon 4720 --line 0=4000 --line 1=3000 --redemption 4721 "
      "--points 20 --award 4722");
  const auto request = std::make_shared<v1::RefundOrderRequest>();
  CLI::Option* use = command->add_option_function<std::uint64_t>(
      "--coupon",
      [request](std::uint64_t entry) { request->mutable_coupon()->set_entry_index(entry); },
      "Entry of the coupon's redemption");
  CLI::Option* lines = AddLinesBack(command, [request](const v1::LineBack& line) {
    *request->mutable_coupon()->add_lines() = line;
  });
  use->needs(lines);
  lines->needs(use);
  CLI::Option* redemption = command->add_option_function<std::uint64_t>(
      "--redemption",
      [request](std::uint64_t entry) { request->mutable_points()->set_entry_index(entry); },
      "Entry of the redemption or capture of points");
  CLI::Option* points = command->add_option_function<std::int64_t>(
      "--points", [request](std::int64_t count) { request->mutable_points()->set_points(count); },
      "How many of its points");
  redemption->needs(points);
  points->needs(redemption);
  CLI::Option* award = command->add_option_function<std::uint64_t>(
      "--award",
      [request](std::uint64_t entry) {
        v1::AwardPart& part = *request->mutable_award();
        part.set_entry_index(entry);
        part.set_quantity(part.quantity() == 0 ? 1 : part.quantity());
        part.set_reason(part.reason().empty() ? "goods_returned" : part.reason());
      },
      "Entry of the award that it earned");
  command
      ->add_option_function<std::uint64_t>(
          "--quantity",
          [request](std::uint64_t items) { request->mutable_award()->set_quantity(items); },
          "How many items of the award; default 1")
      ->needs(award);
  command
      ->add_option_function<std::string>(
          "--reason",
          [request](const std::string& code) { request->mutable_award()->set_reason(code); },
          "Why the award is taken back; default goods_returned")
      ->needs(award);
  AddMutationOptions(command, request);
  command->callback([&session, request] {
    Stamp(request.get());
    Ask(&session, &CouponsStub::RefundOrder, *request, OrderRefundText);
  });
}

}  // namespace

void AddBackCommands(CLI::App* coupon, Session& session) {
  AddRefund(coupon, session);
  AddOrderRefund(coupon, session);
}

}  // namespace tanhui::cli
