// Accounts, their histories and households as text for people.
#ifndef TANHUI_SERVICES_CLI_SCREEN_ACCOUNT_TEXT_H_
#define TANHUI_SERVICES_CLI_SCREEN_ACCOUNT_TEXT_H_

#include <string>

#include "tanhui/v1/accounts.pb.h"
#include "tanhui/v1/households.pb.h"

namespace tanhui::cli {

// Facts, then a table of what expires next and one of open holds, where there are any.
std::string AccountText(const v1::GetAccountResponse& response);

// A table, one line for each entry.
std::string EntriesText(const v1::ListEntriesResponse& page);

// The account, then a table of the members.
std::string HouseholdText(const v1::HouseholdsServiceGetResponse& response);

// A table of goals.
std::string GoalsText(const v1::ListGoalsResponse& response);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SCREEN_ACCOUNT_TEXT_H_
