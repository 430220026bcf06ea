// Who reads what of settlement, and what merchants claim now.
#ifndef TANHUI_SERVICES_RPC_SERVICES_CLAIMS_CLAIMS_READING_H_
#define TANHUI_SERVICES_RPC_SERVICES_CLAIMS_CLAIMS_READING_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"
#include "tanhui/v1/settlement.pb.h"

namespace tanhui::rpc {

// Operators, those who settle, and auditors read everything, everybody else only its own.
bool SeesAllSettlement(const Caller& caller);
bool MayReadOf(const Caller& caller, ParticipantNo merchant);

// Claims in one money, of one moment, in the order of their merchants.
struct ClaimsNow {
  std::vector<v1::Claim> claims;
  std::int64_t to_settle = 0;  // of all of them
  // The merchant to go on with; nullopt after the last one.
  std::optional<ParticipantNo> next;
  BusinessDate ledger_day;
  std::uint64_t size = 0;  // of the log
};
// At most `most` of them that the caller may read, from the merchant `from` on. An error when the
// store cannot be read.
absl::StatusOr<ClaimsNow> ReadClaims(const Context& context, const Caller& caller,
                                     const Registry& registry, const Asset& money,
                                     ParticipantNo from, std::size_t most);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_CLAIMS_CLAIMS_READING_H_
