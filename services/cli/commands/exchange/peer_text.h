// Other cities as people read them: fen in yuan.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_PEER_TEXT_H_
#define TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_PEER_TEXT_H_

#include <string>

#include "tanhui/v1/peers.pb.h"

namespace tanhui::cli {

// `2 points = 20 g, 100 fen per 1,000 points`.
std::string RateText(const v1::CityRate& rate);
std::string RatesText(const v1::PeerRates& rates);
std::string PeerText(const v1::Peer& peer);
std::string PeersText(const v1::ListPeersResponse& page);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_EXCHANGE_PEER_TEXT_H_
