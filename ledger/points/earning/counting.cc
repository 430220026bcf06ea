#include "ledger/points/earning/counting.h"

#include <algorithm>

#include "ledger/points/purse.h"
#include "ledger/rules/evaluation.h"
#include "ledger/rules/evidence/claim.h"
#include "ledger/rules/tallies.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

constexpr std::int64_t kDryParts = 20;  // dry: less than one part of so many is left

bool IsDry(const Account& budget) {
  return static_cast<__int128>(budget.balance.units()) * kDryParts < budget.funded.units();
}

// Changes the tallies of one account.
Fault CountOn(Account& account, const rules::Rulebook& book, const pb::Tally& part,
              BusinessDate date, int sign) {
  const auto first = rules::PeriodOf(book, LimitNo(part.number()), date);
  if (!first.has_value() || part.amount() <= 0) {
    return "a count against what is no limit";
  }
  const bool added = rules::AddTally(
      account.tallies, {LimitNo(part.number()), part.category(), *first, sign * part.amount()});
  return added ? std::nullopt : Fault("a tally leaves its range");
}

void DropOld(Account& account, const rules::Rulebook& book, BusinessDate today) {
  std::erase_if(account.tallies, [&](const Tally& tally) { return book.IsOver(tally, today); });
}

// `sign` is 1 or -1.
bool AddCarry(std::int64_t& carry, std::int64_t change, int sign) {
  return sign < 0 ? !__builtin_sub_overflow(carry, change, &carry)
                  : !__builtin_add_overflow(carry, change, &carry);
}

}  // namespace

std::optional<Given> GivenBy(const Entry& entry) {
  if (entry.has_award()) {
    const pb::Award& award = entry.award();
    return Given{award.account(),
                 award.budget(),
                 award.points(),
                 0,
                 0,
                 std::max<std::uint64_t>(award.quantity(), 1)};
  }
  if (entry.has_earning()) {
    const pb::Earning& act = entry.earning();
    return Given{act.account(),      act.budget(),
                 act.points(),       act.bonus_budget(),
                 act.bonus_points(), std::max<std::uint64_t>(act.quantity(), 1)};
  }
  return std::nullopt;
}

Lots LotsGivenBy(const Entry& entry) {
  return entry.postings().empty() ? Lots{} : Incoming(entry.postings(entry.postings_size() - 1));
}

LotKey KeyOfLot(const Entry& entry, const Party& citizen, ParticipantNo funder) {
  const std::uint32_t months = citizen.terms().validity_months;
  return {months == 0 ? kNever : Plus(MonthOf(ActDate(entry)), months), citizen.asset().scheme,
          funder};
}

void NoteSpent(State& state, AccountNo budget, BusinessDate today) {
  const Account* account = state.FindAccount(budget);
  const BusinessDate none(0);
  const bool is_dry = account->dry.first != none && account->dry.last == none;
  if (!is_dry && IsDry(*account)) {
    state.ChangeAccount(budget).dry = {today, none};
  }
}

void NoteFunded(State& state, AccountNo budget, BusinessDate today) {
  const Account* account = state.FindAccount(budget);
  const BusinessDate none(0);
  if (account->dry.first != none && account->dry.last == none && !IsDry(*account)) {
    state.ChangeAccount(budget).dry.last = today;
  }
}

pb::Uncounted UncountedOf(const pb::Earning& act, BusinessDate date) {
  pb::Uncounted out;
  out.set_account(act.account());
  out.set_date(date.value());
  *out.mutable_counted() = act.counted();
  out.set_carry(act.carry());
  out.set_gram_carry(act.gram_carry());
  out.set_household(act.household());
  return out;
}

Fault Count(State& state, const Counting& counting,
            const google::protobuf::RepeatedPtrField<pb::Tally>& counted, int sign) {
  const rules::Rulebook& book = rules::RulebookOf(state.registry());
  const AccountNo number = state.Standing(counting.account);
  const Account* found = state.FindAccount(number);
  const Account* household =
      counting.household == AccountNo(0) ? nullptr : state.FindAccount(counting.household);
  if (found == nullptr || !HasLots(found->kind) ||
      (counting.household != AccountNo(0) &&
       (household == nullptr || household->kind != AccountKind::kHousehold))) {
    return "a count for what is no citizen or household";
  }
  Account& citizen = state.ChangeAccount(number);
  for (const pb::Tally& part : counted) {
    if (Fault fault = CountOn(citizen, book, part, counting.date, sign)) {
      return fault;
    }
  }
  if (!AddCarry(citizen.carry, counting.carry, sign) ||
      !AddCarry(citizen.gram_carry, counting.gram_carry, sign)) {
    return "a carry leaves its range";
  }
  DropOld(citizen, book, ShanghaiDate(state.head().time));
  if (household == nullptr) {
    return std::nullopt;
  }
  Account& group = state.ChangeAccount(counting.household);
  for (const pb::Tally& part : counted) {
    const rules::Limit* limit = book.Find(LimitNo(part.number()));
    if (limit == nullptr || !limit->goal) {
      continue;
    }
    if (Fault fault = CountOn(group, book, part, counting.date, sign)) {
      return fault;
    }
  }
  DropOld(group, book, ShanghaiDate(state.head().time));
  return std::nullopt;
}

Fault Reopen(State& state, const pb::Uncounted& uncounted, EntryIndex act, ParticipantNo by) {
  for (const std::string& claim : uncounted.nullifiers()) {
    const auto nullifier = rules::NullifierOf(claim, BusinessDate(uncounted.date()));
    const auto claimed = nullifier.has_value() ? state.FindEvidence(*nullifier) : std::nullopt;
    if (!claimed.has_value() || claimed->entry != act || claimed->reopened_to != ParticipantNo(0)) {
      return "evidence is opened again that the act did not claim";
    }
    state.PutEvidence(*nullifier,
                      by == ParticipantNo(0) ? std::nullopt : std::optional(Claim{act, by}));
  }
  return std::nullopt;
}

Fault Uncount(State& state, const pb::Uncounted& uncounted) {
  return Count(state,
               {AccountNo(uncounted.account()), AccountNo(uncounted.household()),
                BusinessDate(uncounted.date()), uncounted.carry(), uncounted.gram_carry()},
               uncounted.counted(), -1);
}

}  // namespace tanhui::points
