// Orders on a command line: where a coupon is used, for what, and what comes back of it.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_COUPONS_ORDER_OPTIONS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_COUPONS_ORDER_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/session.h"
#include "tanhui/v1/coupons.pb.h"

namespace tanhui::cli {

// `tea=4000`, or `4000` where goods have no category.
absl::StatusOr<v1::OrderLine> ParseOrderLine(std::string_view text);
// `1=3000`: 3000 fen of line 1.
absl::StatusOr<v1::LineBack> ParseLineBack(std::string_view text);

// --merchant, --store, --till, --asset, --order and --line. `order` gives the order of the request,
// which must outlive the command.
void AddOrder(CLI::App* command, const std::shared_ptr<v1::CouponOrder>& order);
// --line of what comes back; not needed.
CLI::Option* AddLinesBack(CLI::App* command, const std::function<void(const v1::LineBack&)>& add);

// COUPON, or --code.
template <typename Request>
void AddWhichCoupon(CLI::App* command, const std::shared_ptr<Request>& request) {
  CLI::Option_group* which = command->add_option_group("coupon", "Which coupon; one of");
  AddNameOption(
      which, "COUPON", "coupons", [request](const std::string& name) { request->set_coupon(name); },
      "Its number, of a citizen of yours");
  which->add_option_function<std::string>(
      "--code", [request](const std::string& code) { request->set_code(code); },
      "What the citizen shows: the short code, or the text of the QR code");
  which->require_option(1);
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_COUPONS_ORDER_OPTIONS_H_
