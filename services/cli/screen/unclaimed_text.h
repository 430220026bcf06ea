// Acts that are kept for unlinked holders, as text for people.
#ifndef TANHUI_SERVICES_CLI_SCREEN_UNCLAIMED_TEXT_H_
#define TANHUI_SERVICES_CLI_SCREEN_UNCLAIMED_TEXT_H_

#include <string>

#include "tanhui/v1/unclaimed.pb.h"

namespace tanhui::cli {

// These are tables.
std::string UnclaimedText(const v1::ListUnclaimedActsResponse& page);
std::string KeptText(const v1::BatchKeepActsResponse& response);
std::string ClaimsText(const v1::ClaimActsRequest& request, const v1::ClaimActsResponse& page);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SCREEN_UNCLAIMED_TEXT_H_
