#include "services/rpc/account_view.h"

#include <algorithm>
#include <array>
#include <string>

#include "services/rpc/draft.h"
#include "services/rpc/entry_view.h"

namespace tanhui::rpc {
namespace {

constexpr int kMaxDates = 24;

v1::AccountKind KindOf(AccountKind kind) {
  switch (kind) {
    case AccountKind::kCitizen:
      return v1::ACCOUNT_KIND_CITIZEN;
    case AccountKind::kMerchant:
      return v1::ACCOUNT_KIND_MERCHANT;
    case AccountKind::kCharity:
      return v1::ACCOUNT_KIND_CHARITY;
    case AccountKind::kHousehold:
      return v1::ACCOUNT_KIND_HOUSEHOLD;
    case AccountKind::kClaim:
      return v1::ACCOUNT_KIND_CLAIM;
    case AccountKind::kBudget:
    case AccountKind::kIssuance:
    case AccountKind::kExpiry:
    case AccountKind::kSettling:
    case AccountKind::kPaid:
    case AccountKind::kOpening:
    case AccountKind::kCampaign:
    case AccountKind::kPeer:
      break;  // these have no random name to be asked for by
  }
  return v1::ACCOUNT_KIND_UNSPECIFIED;
}

// Lots are in order of expiry.
void FillExpiring(const Account& account, v1::Account& out) {
  for (const Lot& lot : account.lots) {
    if (lot.key.expiry == kNever) {
      return;
    }
    const std::string date = ExpiryDate(lot.key.expiry);
    if (out.expiring().empty() || out.expiring().rbegin()->date() != date) {
      if (out.expiring_size() == kMaxDates) {
        return;
      }
      out.add_expiring()->set_date(date);
    }
    v1::ExpiringPoints& last = *out.mutable_expiring(out.expiring_size() - 1);
    last.set_points(last.points() + lot.points.units());
  }
}

// Accounts that this one points to, 0 where it does not; merchants of holds behind them.
std::vector<AccountNo> PointedTo(const Account& account) {
  std::vector<AccountNo> out = {account.guardian, account.household, account.merged_into};
  for (const Hold& hold : account.holds) {
    out.push_back(hold.merchant);
  }
  return out;
}

}  // namespace

absl::StatusOr<LedgerTime> ReadingTime(const Context& context) {
  const auto head = context.engine.store().ReadHead();
  if (!head.ok()) {
    return head.status();
  }
  const LedgerTime wall = context.engine.clock().Wall();
  return head->has_value() ? std::max(wall, (*head)->head.time) : wall;
}

absl::StatusOr<StandingAccount> ReadStanding(const Context& context, AccountNo number) {
  while (true) {
    auto read = context.engine.store().ReadAccounts(std::array{number});
    if (!read.ok() || !read->front().has_value()) {
      return read.ok() ? absl::DataLossError("an account is missing") : read.status();
    }
    if (read->front()->merged_into == AccountNo(0)) {
      return StandingAccount{number, *std::move(read->front())};
    }
    number = read->front()->merged_into;
  }
}

bool MayRead(const Caller& caller, const Account& account) {
  return HasLots(account.kind) || account.participant == caller.number ||
         caller.roles.Has(Role::kAdmin) || caller.roles.Has(Role::kAuditor);
}

Amount AvailableOf(const Account& account) {
  return HasLots(account.kind) ? SumOf(account.lots) : account.balance;
}

absl::Status FillAccount(const Context& context, const Caller& caller, AccountNo number,
                         const Account& account, v1::Account& out) {
  const auto registry = context.engine.registry();
  out.set_name(AccountName(context, caller, account));
  if (const Asset* asset = registry->Find(account.asset)) {
    out.set_asset("assets/" + asset->code);
  }
  if (account.kind == AccountKind::kCitizen) {
    out.set_owner(OwnerName(context, caller, account.owner));
  }
  out.set_merchant(ParticipantName(*registry, account.participant));
  out.set_available(AvailableOf(account).units());
  out.set_number(number.value());
  out.set_kind(KindOf(account.kind));
  out.set_status(static_cast<v1::AccountStatus>(account.status));
  out.set_held(account.held.units());
  out.set_debt(account.debt.units());
  out.set_minor(account.minor);
  out.set_carry_millionths(account.carry);
  FillExpiring(account, out);
  const std::vector<AccountNo> numbers = PointedTo(account);
  if (std::all_of(numbers.begin(), numbers.end(),
                  [](AccountNo pointed) { return pointed == AccountNo(0); })) {
    return absl::OkStatus();
  }
  const auto accounts = context.engine.store().ReadAccounts(numbers);
  if (!accounts.ok()) {
    return accounts.status();
  }
  const auto name_of = [&](std::size_t at) {
    const auto& pointed = (*accounts)[at];
    return pointed.has_value() ? AccountName(context, caller, *pointed) : std::string();
  };
  out.set_guardian(name_of(0));
  out.set_household(name_of(1));
  out.set_merged_into(name_of(2));
  for (std::size_t i = 0; i < account.holds.size(); ++i) {
    const Hold& hold = account.holds[i];
    v1::OpenHold& shown = *out.add_holds();
    shown.set_name(HoldName(hold.number));
    shown.set_points(SumOf(hold.lots).units());
    *shown.mutable_deadline() = ToTimestamp(hold.deadline);
    if (const auto& merchant = (*accounts)[3 + i]) {
      shown.set_merchant(ParticipantName(*registry, merchant->participant));
    }
  }
  return absl::OkStatus();
}

}  // namespace tanhui::rpc
