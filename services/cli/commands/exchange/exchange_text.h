// Exchanges with other cities as text for people.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_EXCHANGE_TEXT_H_
#define TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_EXCHANGE_TEXT_H_

#include <string>

#include "tanhui/v1/exchanges.pb.h"

namespace tanhui::cli {

std::string ExchangeText(const v1::Exchange& exchange);
std::string ExchangesText(const v1::ListExchangesResponse& page);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_EXCHANGE_TEXT_H_
