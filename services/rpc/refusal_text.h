// What a person at a till reads when the ledger says no.
#ifndef TANHUI_SERVICES_RPC_REFUSAL_TEXT_H_
#define TANHUI_SERVICES_RPC_REFUSAL_TEXT_H_

#include <string_view>

#include "ledger/core/refusal.h"
#include "services/rpc/caller.h"

namespace tanhui::rpc {

// One short sentence without facts about anybody: it may be seen by bystanders.
std::string_view TillText(Reason reason, Language language);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_REFUSAL_TEXT_H_
