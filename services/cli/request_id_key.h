// The caller's secret from which importers derive request ids.
#ifndef TANHUI_SERVICES_CLI_REQUEST_ID_KEY_H_
#define TANHUI_SERVICES_CLI_REQUEST_ID_KEY_H_

#include <string>

#include "services/cli/session.h"

namespace tanhui::cli {

// Asks for it; the exit status. Another one than kDone was reported.
int AskRequestIdKey(const Session& session, const Connection& connection, std::string* key);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_REQUEST_ID_KEY_H_
