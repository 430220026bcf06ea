#include "ledger/points/party.h"

#include "ledger/core/check.h"
#include "ledger/points/budget_period.h"
#include "ledger/points/members.h"
#include "ledger/points/settled.h"

namespace tanhui::points {

Party::Party(const State& state, std::uint64_t number, LedgerTime now)
    : number_(state.Standing(AccountNo(number))), raw_(state.FindAccount(number_)) {
  Check(raw_ != nullptr, "a named account was not loaded");
  asset_ = state.registry().Find(raw_->asset);
  Check(asset_ != nullptr, "an account of an unknown asset");
  if (HasLots(raw_->kind) && IsDue(*raw_, now)) {
    settled_ = Settled(*raw_, terms(), now);
  } else if (raw_->kind == AccountKind::kBudget &&
             MustReturn(state.registry(), number_, *raw_, now)) {
    settled_ = *raw_;
    settled_->balance = Amount(0);
  }
}

Amount Party::available() const {
  return HasLots(raw_->kind) ? Available(account()) : account().balance;
}

void Verdict::Add(std::optional<Refusal> refusal) {
  if (refusal.has_value()) {
    refusal_ = FirstListed(std::move(refusal_), std::move(refusal));
  }
}

void Verdict::Want(bool holds, Reason reason, std::string_view field) {
  if (!holds) {
    Add(Refusal(reason, std::string(field)));
  }
}

void WantKind(const Party& party, AccountKind kind, std::string_view field, Verdict& verdict) {
  verdict.Want(party.account().kind == kind, Reason::kWrongAccountKind, field);
}

void WantOneAsset(const Party& a, const Party& b, std::string_view field, Verdict& verdict) {
  verdict.Want(a.account().asset == b.account().asset, Reason::kAssetMismatch, field);
}

void WantDebits(const Party& party, std::string_view field, Verdict& verdict) {
  const AccountStatus status = party.account().status;
  verdict.Want(status != AccountStatus::kClosed, Reason::kAccountClosed, field);
  verdict.Want(status == AccountStatus::kOpen || status == AccountStatus::kClosed,
               Reason::kAccountFrozen, field);
}

void WantCredits(const Party& party, std::string_view field, Verdict& verdict) {
  const AccountStatus status = party.account().status;
  verdict.Want(status != AccountStatus::kClosed, Reason::kAccountClosed, field);
  const bool frozen = status == AccountStatus::kFrozen || status == AccountStatus::kLost;
  verdict.Want(!frozen || party.terms().credits_while_frozen, Reason::kAccountFrozen, field);
}

void WantActing(const State& state, const DecideInput& input, const Party& party,
                std::uint64_t acting, Verdict& verdict) {
  const Account& account = party.account();
  const AccountNo actor = state.Standing(AccountNo(acting));
  if (account.kind == AccountKind::kHousehold) {
    const bool member = IsMember(account.members, actor);
    verdict.Want(member, Reason::kNotInHousehold, "acting_account");
    if (member) {
      const Party spender(state, acting, input.now);
      WantDebits(spender, "acting_account", verdict);
      verdict.Want(!spender.account().minor, Reason::kNotForMinors, "acting_account");
    }
  } else if (account.minor) {
    verdict.Want(account.guardian != AccountNo(0), Reason::kConsentRequired, "account");
    const bool guardian = acting != 0 && actor == state.Standing(account.guardian);
    verdict.Want(guardian, Reason::kGuardianRequired, "acting_account");
    if (guardian) {
      WantDebits(Party(state, acting, input.now), "acting_account", verdict);
    }
  } else {
    verdict.Want(acting == 0 || actor == party.number(), Reason::kNotAMinor, "acting_account");
  }
}

void WantWithinAssetLimit(const Party& party, std::int64_t points, Verdict& verdict) {
  const Amount limit = party.asset().max_amount;
  if (Amount(points) > limit) {
    verdict.Add(Refusal(Reason::kAmountOverAssetLimit, "points").With("limit", limit.units()));
  }
}

void WantAvailable(const Party& party, std::int64_t points, std::string_view field,
                   Verdict& verdict) {
  if (party.available() < Amount(points)) {
    const Reason reason = party.account().kind == AccountKind::kBudget
                              ? Reason::kInsufficientBudget
                              : Reason::kInsufficientBalance;
    Refusal refusal = Refusal(reason, std::string(field)).With("needed", points);
    // Nobody learns a balance from a frozen account.
    verdict.Add(party.account().status == AccountStatus::kOpen
                    ? std::move(refusal).With("available", party.available().units())
                    : std::move(refusal));
  }
}

bool MayFollowUp(const State& state, const DecideInput& input, AccountNo merchant) {
  const std::uint32_t caller = input.command.draft.caller();
  const Account* account = state.FindAccount(merchant);
  return input.command.privileged || input.target->caller() == caller ||
         (account != nullptr && account->participant == ParticipantNo(caller));
}

Fault WantPostings(const State& state, const Entry& entry,
                   std::initializer_list<std::uint64_t> accounts) {
  if (entry.postings_size() != static_cast<int>(accounts.size())) {
    return "an entry with more or fewer postings than its kind has";
  }
  return WantFirstPostings(state, entry, accounts);
}

Fault WantFirstPostings(const State& state, const Entry& entry,
                        std::initializer_list<std::uint64_t> accounts) {
  if (entry.postings_size() < static_cast<int>(accounts.size())) {
    return "an entry with more or fewer postings than its kind has";
  }
  int at = 0;
  for (const std::uint64_t account : accounts) {
    if (AccountNo(entry.postings(at++).account()) != state.Standing(AccountNo(account))) {
      return "the postings are not on the accounts of the body";
    }
  }
  return std::nullopt;
}

}  // namespace tanhui::points
