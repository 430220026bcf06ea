// The parts of `tanhui coupon`.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_COUPONS_COUPON_COMMANDS_H_
#define TANHUI_SERVICES_CLI_COMMANDS_COUPONS_COUPON_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "services/cli/session.h"

namespace tanhui::cli {

void AddHolderCommands(CLI::App* coupon, Session& session);  // apply, issue, list, show, revoke
void AddCodeCommands(CLI::App* coupon, Session& session);    // code, check-code
void AddUseCommands(CLI::App* coupon, Session& session);     // lock, unlock, redeem
void AddBackCommands(CLI::App* coupon, Session& session);    // refund, order-refund
void AddReviewCommand(CLI::App* coupon, Session& session);
void AddExportCommand(CLI::App* coupon, Session& session);
void AddMerchantStatement(CLI::App* coupon, Session& session);  // statement

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_COUPONS_COUPON_COMMANDS_H_
