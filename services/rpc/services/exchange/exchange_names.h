// Exchanges as requests name them, and the account of a citizen as another city knows it.
#ifndef TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_EXCHANGE_NAMES_H_
#define TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_EXCHANGE_NAMES_H_

#include <optional>
#include <string>
#include <string_view>

#include "interop/books/terms.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {

// exchanges/{32 hexadecimal digits}; nullopt when refused.
std::optional<interop::ExchangeId> ReadExchangeName(std::string_view name, std::string_view field,
                                                    Draft& draft);
// And back, of an id's bytes.
std::string ExchangeName(std::string_view id);

// The account that the caller names so, as this city names it to the peer alone; empty for what is
// no name of an account.
std::string SenderFor(const Context& context, const Caller& caller, ParticipantNo peer,
                      std::string_view account);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_EXCHANGE_NAMES_H_
