#include "services/rpc/services/claims/claims_reading.h"

#include <algorithm>

#include "ledger/claims/terms.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/links/account_names.h"

namespace tanhui::rpc {
namespace {

v1::Claim ClaimOf(const Context& context, const Caller& caller, const Registry& registry,
                  const Account& account, BusinessDate ledger_day) {
  v1::Claim claim;
  claim.set_merchant(ParticipantName(registry, account.participant));
  claim.set_account(AccountName(context, caller, account));
  claim.set_balance(account.balance.units());
  claim.set_today(account.given.On(ledger_day).units());
  // As a line takes it: nothing when the difference is out of all proportion.
  std::int64_t earlier = 0;
  const bool fits = !__builtin_sub_overflow(claim.balance(), claim.today(), &earlier);
  claim.set_to_settle(fits ? std::max<std::int64_t>(earlier, 0) : 0);
  return claim;
}

}  // namespace

bool SeesAllSettlement(const Caller& caller) {
  return caller.roles.Has(Role::kAdmin) || caller.roles.Has(Role::kSettlement) ||
         caller.roles.Has(Role::kApprover) || caller.roles.Has(Role::kAccountant) ||
         caller.roles.Has(Role::kAuditor);
}

bool MayReadOf(const Caller& caller, ParticipantNo merchant) {
  return merchant == caller.number || SeesAllSettlement(caller);
}

absl::StatusOr<ClaimsNow> ReadClaims(const Context& context, const Caller& caller,
                                     const Registry& registry, const Asset& money,
                                     ParticipantNo from, std::size_t most) {
  ClaimsNow out;
  std::vector<AccountNo> numbers;
  for (ParticipantNo at = from; registry.Find(at) != nullptr; at = ParticipantNo(at.value() + 1)) {
    const auto claim = registry.FindMerchantAccount(at, money.number);
    if (!claim.has_value() || !MayReadOf(caller, at)) {
      continue;
    }
    if (numbers.size() == most) {
      out.next = at;
      break;
    }
    numbers.push_back(*claim);
  }
  const auto read = context.engine.store().ReadAccountsAsOf(numbers);
  if (!read.ok()) {
    return read.status();
  }
  const LedgerTime now = std::max(context.engine.clock().Wall(), read->time);
  out.ledger_day = claims::LedgerDay(registry, money.number, now);
  out.size = read->size;
  for (const std::optional<Account>& account : read->accounts) {
    if (!account.has_value()) {
      return absl::DataLossError("a merchant's claim has no account");
    }
    out.claims.push_back(ClaimOf(context, caller, registry, *account, out.ledger_day));
    out.to_settle += out.claims.back().to_settle();
  }
  return out;
}

}  // namespace tanhui::rpc
