// What becomes of a citizen's account: frozen, reported lost, opened again, closed, merged; and a
// minor's guardian.
#include <algorithm>
#include <array>

#include "ledger/core/books/links.h"
#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"
#include "ledger/rules/tallies.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

void NamesOfStatus(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.push_back(AccountNo(draft.status_change().account()));
}

void WantNotClosed(const Party& party, std::string_view field, Verdict& verdict) {
  verdict.Want(party.account().status != AccountStatus::kClosed, Reason::kAccountClosed, field);
}

std::optional<Refusal> DecideStatus(const State& state, const DecideInput& input, Entry& entry) {
  const Party citizen(state, entry.status_change().account(), input.now);
  Verdict verdict;
  WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  WantNotClosed(citizen, "account", verdict);
  // Who reports a loss must not undo what the operator ordered.
  verdict.Want(entry.status_change().status() != pb::ACCOUNT_STATUS_LOST ||
                   citizen.account().status != AccountStatus::kFrozen,
               Reason::kAccountFrozen, "account");
  return verdict.Take();
}

// The citizen's account that the body names, to be changed; nullptr when it cannot be.
Account* ChangeOpen(State& state, std::uint64_t number) {
  const AccountNo standing = state.Standing(AccountNo(number));
  const Account* account = state.FindAccount(standing);
  if (account == nullptr || account->kind != AccountKind::kCitizen ||
      account->status == AccountStatus::kClosed) {
    return nullptr;
  }
  return &state.ChangeAccount(standing);
}

Fault ApplyStatus(State& state, EntryIndex, const Entry& entry) {
  const pb::StatusChange& change = entry.status_change();
  Account* account = ChangeOpen(state, change.account());
  if (account == nullptr || change.status() < pb::ACCOUNT_STATUS_OPEN ||
      change.status() > pb::ACCOUNT_STATUS_LOST) {
    return "a status that cannot be";
  }
  account->status = static_cast<AccountStatus>(change.status());
  return std::nullopt;
}

void NamesOfClosing(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const AccountNo number(draft.closing().account());
  out.push_back(number);
  for (const Asset& asset : state.registry().assets()) {
    out.push_back(asset.expiry);  // that of the account's asset, which is not loaded yet
  }
}

std::optional<Refusal> DecideClosing(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Closing& closing = entry.closing();
  const Party citizen(state, closing.account(), input.now);
  const Account& account = citizen.account();
  const Amount left = citizen.available();
  Verdict verdict;
  WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  WantNotClosed(citizen, "account", verdict);
  verdict.Want(account.household == AccountNo(0), Reason::kHouseholdExists, "account");
  if (!account.holds.empty() || account.debt > Amount(0) ||
      (left > Amount(0) && !closing.forfeit())) {
    Refusal refusal(Reason::kNotEmpty, "account");
    // Nobody learns a balance from a frozen account.
    verdict.Add(account.status == AccountStatus::kOpen ? std::move(refusal)
                                                             .With("available", left.units())
                                                             .With("held", account.held.units())
                                                             .With("debt", account.debt.units())
                                                       : std::move(refusal));
  }
  if (verdict.refused() || left == Amount(0)) {
    return verdict.Take();
  }
  const std::array<Leg, 2> legs = {Debit(citizen.number(), account, left),
                                   Plain(citizen.asset().expiry, left)};
  return Post(state, legs, "account", entry);
}

Fault ApplyClosing(State& state, EntryIndex, const Entry& entry) {
  const pb::Closing& closing = entry.closing();
  Account* account = ChangeOpen(state, closing.account());
  if (account == nullptr || account->household != AccountNo(0)) {
    return "a closing that cannot be";
  }
  if (account->balance != Amount(0) || !account->lots.empty() || !account->holds.empty() ||
      account->debt != Amount(0)) {
    return "a closed account with points";
  }
  if (!entry.postings().empty()) {
    const Asset* asset = state.registry().Find(account->asset);
    if (Fault fault = WantPostings(state, entry, {closing.account(), asset->expiry.value()})) {
      return fault;
    }
  }
  account->status = AccountStatus::kClosed;
  return std::nullopt;
}

void NamesOfMerge(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.insert(out.end(), {AccountNo(draft.merge().from()), AccountNo(draft.merge().into())});
}

// Everything of one account goes; the other gets it, and a debt of either is paid from the lots of
// both.
std::array<Leg, 2> MergeLegs(const Party& from, const Party& into) {
  const Account& old = from.account();
  Leg out = Plain(from.number(), *Negate(old.balance));
  out.out = old.lots;
  out.held = *Negate(old.held);
  out.debt = *Negate(old.debt);
  Leg in = Plain(into.number(), old.balance);
  in.in = old.lots;
  in.held = old.held;
  Lots together = into.account().lots;
  AddAll(together, old.lots);
  const Amount debt = *Add(old.debt, into.account().debt);
  const Amount paid = std::min(debt, SumOf(together));
  in.out = FirstOf(together, paid);
  in.debt = Amount(old.debt.units() - paid.units());
  return {std::move(out), std::move(in)};
}

// Free and held lots; those of two accounts are counted apart even where their keys are equal.
std::size_t AllLots(const Account& account) {
  std::size_t count = account.lots.size();
  for (const Hold& hold : account.holds) {
    count += hold.lots.size();
  }
  return count;
}

// Whether grams of free lots, carries and tallies of two accounts add up within 64 bits.
bool SumsFit(const Account& a, const Account& b) {
  std::int64_t sum = 0;
  for (const Account* account : {&a, &b}) {
    for (const Lot& lot : account->lots) {
      if (__builtin_add_overflow(sum, lot.grams, &sum)) {
        return false;
      }
    }
  }
  return !__builtin_add_overflow(a.carry, b.carry, &sum) &&
         !__builtin_add_overflow(a.gram_carry, b.gram_carry, &sum) &&
         std::all_of(a.tallies.begin(), a.tallies.end(), [&](const Tally& tally) {
           const std::int64_t other =
               rules::CountedOf(b.tallies, tally.limit, tally.category, tally.first);
           return !__builtin_add_overflow(tally.amount, other, &sum);
         });
}

std::optional<Refusal> DecideMerge(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Merge& merge = entry.merge();
  const Party from(state, merge.from(), input.now);
  const Party into(state, merge.into(), input.now);
  const Account& old = from.account();
  Verdict verdict;
  for (const auto& [party, field] : {std::pair(&from, "from"), std::pair(&into, "into")}) {
    WantKind(*party, AccountKind::kCitizen, field, verdict);
    WantNotClosed(*party, field, verdict);
    verdict.Want(!party->account().minor, Reason::kNotForMinors, field);
    verdict.Want(party->account().household == AccountNo(0), Reason::kHouseholdExists, field);
  }
  WantOneAsset(from, into, "into", verdict);
  verdict.Want(from.number() != into.number(), Reason::kSameAccount, "into");
  verdict.Want(old.status != AccountStatus::kFrozen, Reason::kAccountFrozen, "from");
  verdict.Want(into.account().status != AccountStatus::kFrozen &&
                   into.account().status != AccountStatus::kLost,
               Reason::kAccountFrozen, "into");
  verdict.Want(old.holds.size() + into.account().holds.size() <= kMaxHolds, Reason::kHoldLimit,
               "into");
  verdict.Want(AllLots(old) + AllLots(into.account()) <= kMaxLots, Reason::kLotLimit, "into");
  verdict.Want(SumsFit(old, into.account()), Reason::kBalanceLimit, "into");
  verdict.Want(old.tallies.size() + into.account().tallies.size() <= kMaxTallies, Reason::kLotLimit,
               "into");
  if (verdict.refused() || (old.lots.empty() && old.held == Amount(0) && old.debt == Amount(0))) {
    return verdict.Take();
  }
  return Post(state, MergeLegs(from, into), "into", entry);
}

Fault ApplyMerge(State& state, EntryIndex index, const Entry& entry) {
  const pb::Merge& merge = entry.merge();
  const AccountNo target = state.Standing(AccountNo(merge.into()));
  const AccountNo source = state.Standing(AccountNo(merge.from()));
  Account* old = ChangeOpen(state, merge.from());
  if (old == nullptr || source == target || old->household != AccountNo(0) || old->minor) {
    return "a merge that cannot be";
  }
  if (!entry.postings().empty()) {
    if (Fault fault = WantPostings(state, entry, {merge.from(), merge.into()})) {
      return fault;
    }
  }
  if (old->balance != Amount(0) || !old->lots.empty() || old->held != Amount(0) ||
      old->debt != Amount(0)) {
    return "a merged account with points";
  }
  const std::vector<Hold> holds = std::exchange(old->holds, {});
  const DayTotal given = std::exchange(old->given, {});
  const std::vector<Tally> tallies = std::exchange(old->tallies, {});
  const std::int64_t carry = std::exchange(old->carry, 0);
  const std::int64_t gram_carry = std::exchange(old->gram_carry, 0);
  old->status = AccountStatus::kClosed;
  old->merged_into = target;
  Account* into = ChangeOpen(state, target.value());
  if (into == nullptr || into->asset != state.FindAccount(source)->asset) {
    return "a merge into what cannot be";
  }
  into->holds.insert(into->holds.end(), holds.begin(), holds.end());
  std::sort(into->holds.begin(), into->holds.end(),
            [](const Hold& a, const Hold& b) { return a.number < b.number; });
  const BusinessDate today = RecordDate(entry);
  const auto sum = Add(into->given.On(today), given.On(today));
  into->given = {today, sum.value_or(kMostGiven)};
  for (const Tally& tally : tallies) {
    if (!rules::AddTally(into->tallies, tally)) {
      return "a tally leaves its range";
    }
  }
  if (__builtin_add_overflow(into->carry, carry, &into->carry) ||
      __builtin_add_overflow(into->gram_carry, gram_carry, &into->gram_carry)) {
    return "a carry leaves its range";
  }
  MoveLinks(state, source, target);
  state.NoteListing({Listing::kMergedInto, target.value(), index});
  return std::nullopt;
}

void NamesOfGuardian(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::Guardianship& guardianship = draft.guardianship();
  out.push_back(AccountNo(guardianship.account()));
  if (guardianship.guardian() != 0) {
    out.push_back(AccountNo(guardianship.guardian()));
  }
}

std::optional<Refusal> DecideGuardian(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Guardianship& guardianship = entry.guardianship();
  const Party minor(state, guardianship.account(), input.now);
  Verdict verdict;
  WantKind(minor, AccountKind::kCitizen, "account", verdict);
  WantNotClosed(minor, "account", verdict);
  verdict.Want(minor.account().minor, Reason::kNotAMinor, "account");
  if (guardianship.guardian() == 0) {
    return verdict.Take();
  }
  const Party guardian(state, guardianship.guardian(), input.now);
  if (guardianship.action() == pb::GUARDIAN_ACTION_CONSENT) {
    WantKind(guardian, AccountKind::kCitizen, "guardian", verdict);
    WantNotClosed(guardian, "guardian", verdict);
    verdict.Want(guardian.number() != minor.number(), Reason::kSameAccount, "guardian");
    verdict.Want(!guardian.account().minor, Reason::kNotForMinors, "guardian");
    const AccountNo present = state.Standing(minor.account().guardian);
    verdict.Want(present == AccountNo(0) || present == guardian.number(), Reason::kGuardianRequired,
                 "guardian");
  } else {
    verdict.Want(guardian.number() == state.Standing(minor.account().guardian),
                 Reason::kGuardianRequired, "guardian");
  }
  return verdict.Take();
}

Fault ApplyGuardian(State& state, EntryIndex, const Entry& entry) {
  const pb::Guardianship& guardianship = entry.guardianship();
  const bool consents = guardianship.action() == pb::GUARDIAN_ACTION_CONSENT;
  const bool hands_over = guardianship.action() == pb::GUARDIAN_ACTION_HAND_OVER;
  const AccountNo guardian = state.Standing(AccountNo(guardianship.guardian()));
  Account* account = ChangeOpen(state, guardianship.account());
  if (account == nullptr || !account->minor ||
      guardianship.action() < pb::GUARDIAN_ACTION_CONSENT ||
      guardianship.action() > pb::GUARDIAN_ACTION_HAND_OVER ||
      ((consents || guardianship.guardian() != 0) && state.FindAccount(guardian) == nullptr)) {
    return "a guardianship that cannot be";
  }
  account->guardian = consents ? guardian : AccountNo(0);
  account->minor = !hands_over;
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kStatusChange,
     .decide = DecideStatus,
     .apply = ApplyStatus,
     .names = NamesOfStatus},
    {.body = Entry::kClosing,
     .decide = DecideClosing,
     .apply = ApplyClosing,
     .names = NamesOfClosing,
     .moves = true},
    {.body = Entry::kMerge,
     .decide = DecideMerge,
     .apply = ApplyMerge,
     .names = NamesOfMerge,
     .moves = true},
    {.body = Entry::kGuardianship,
     .decide = DecideGuardian,
     .apply = ApplyGuardian,
     .names = NamesOfGuardian},
};

}  // namespace

std::span<const BookRow> StatusRows() { return kRows; }

}  // namespace tanhui::points
