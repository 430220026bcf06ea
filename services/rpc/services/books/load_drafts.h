// From requests about loads of opening balances to drafts.
#ifndef TANHUI_SERVICES_RPC_SERVICES_BOOKS_LOAD_DRAFTS_H_
#define TANHUI_SERVICES_RPC_SERVICES_BOOKS_LOAD_DRAFTS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/points/loads/register.h"
#include "services/rpc/mutation.h"
#include "tanhui/v1/loads.pb.h"

namespace tanhui::rpc {

inline constexpr std::string_view kLoadNames = "loads/";

// The load of that name in the draft's registry; nullptr when refused.
const loads::Load* ReadLoad(Draft& draft, std::string_view name, std::string_view field);

Draft ReadOpening(const Context& context, const Caller& caller, const v1::OpenLoadRequest& request);
Draft ReadBalance(const Context& context, const Caller& caller,
                  std::shared_ptr<const Registry> registry, const v1::StateBalanceRequest& request);

// The entries that the caller's requests made, by the ids with which credits name them.
using Stated = std::map<std::string, EntryIndex, std::less<>>;
// Of those that a batch names, in one look-up. An error when the store cannot be read.
absl::StatusOr<Stated> FindStated(const Context& context, ParticipantNo caller,
                                  const v1::BatchCreditBalancesRequest& batch);
Draft ReadCredit(const Context& context, const Caller& caller,
                 std::shared_ptr<const Registry> registry, const Stated& stated,
                 const v1::CreditBalanceRequest& request);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_BOOKS_LOAD_DRAFTS_H_
