// The model's rules of what becomes of accounts: status, closing, merging, guardians, households.
#include <algorithm>

#include "tests/property/ledger_model.h"

namespace tanhui::model {

constexpr std::int64_t kNoLimit = 1'000'000'000'000;
constexpr std::size_t kMostHolds = 64;

Reasons Model::WhyStatus(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View citizen = Look(r.first, now);
  const Holding& account = citizen.account;
  Want(reasons, account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
  Want(reasons, account.status != Status::kClosed, Reason::kAccountClosed);
  // Who reports a loss must not undo what the operator ordered.
  Want(reasons,
       r.verb == Verb::kClose || r.status != Status::kLost || account.status != Status::kFrozen,
       Reason::kAccountFrozen);
  effect.names = {r.first};
  Status after = r.status;
  if (r.verb == Verb::kClose) {
    after = Status::kClosed;
    const std::int64_t left = citizen.available();
    Want(reasons, account.household == 0, Reason::kHouseholdExists);
    Want(reasons, account.holds.empty() && account.debt == 0 && (left == 0 || r.yes),
         Reason::kNotEmpty,
         account.status != Status::kOpen
             ? ""
             : " available=" + std::to_string(left) + " held=" + std::to_string(account.held()) +
                   " debt=" + std::to_string(account.debt));
    if (left > 0 && reasons.empty()) {
      effect.legs = {Debit(citizen, left), {citizen.asset->expiry, left, {}, {}, 0}};
    }
  }
  effect.then = [number = citizen.number, after](Model& model, std::uint64_t) {
    model.accounts.at(number).status = after;
  };
  return reasons;
}

Reasons Model::WhyMerge(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View from = Look(r.first, now);
  const View into = Look(r.second, now);
  for (const View* view : {&from, &into}) {
    Want(reasons, view->account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
    Want(reasons, view->account.status != Status::kClosed, Reason::kAccountClosed);
    Want(reasons, !view->account.minor, Reason::kNotForMinors);
    Want(reasons, view->account.household == 0, Reason::kHouseholdExists);
  }
  Want(reasons, from.account.asset == into.account.asset, Reason::kAssetMismatch);
  Want(reasons, from.number != into.number, Reason::kSameAccount);
  Want(reasons,
       from.account.status != Status::kFrozen && into.account.status != Status::kFrozen &&
           into.account.status != Status::kLost,
       Reason::kAccountFrozen);
  Want(reasons, from.account.holds.size() + into.account.holds.size() <= kMostHolds,
       Reason::kHoldLimit);
  if (!reasons.empty()) {
    return reasons;
  }
  effect.names = {r.first, r.second};
  const Holding& old = from.account;
  if (!old.lots.empty() || !old.holds.empty() || old.debt != 0) {
    const Lots together = Sum(old.lots, into.account.lots);
    const std::int64_t paid = std::min(old.debt + into.account.debt, PointsOf(together));
    effect.legs = {{from.number, -old.balance, {}, old.lots, -old.debt},
                   {into.number, old.balance, old.lots, First(together, paid), old.debt - paid}};
  }
  effect.then = [a = from.number, b = into.number, today = DayOf(now)](Model& model,
                                                                       std::uint64_t) {
    Holding& ended = model.accounts.at(a);
    Holding& goes_on = model.accounts.at(b);
    goes_on.holds.merge(ended.holds);
    const auto on_day = [today](const Holding& account) {
      return account.given_day == today ? account.given : 0;
    };
    goes_on.given = on_day(goes_on) + on_day(ended);
    goes_on.given_day = today;
    ended.given = 0;
    ended.given_day = 0;
    ended.holds.clear();
    ended.status = Status::kClosed;
    ended.merged_into = b;
  };
  return reasons;
}

Reasons Model::WhyGuardian(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View minor = Look(r.first, now);
  Want(reasons, minor.account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
  Want(reasons, minor.account.status != Status::kClosed, Reason::kAccountClosed);
  Want(reasons, minor.account.minor, Reason::kNotAMinor);
  effect.names = {r.first};
  std::uint64_t after = 0;
  if (r.guard != Guard::kHandOver) {
    effect.names.push_back(r.second);
    const View guardian = Look(r.second, now);
    if (r.guard == Guard::kWithdraw) {
      Want(reasons, guardian.number == Standing(minor.account.guardian), Reason::kGuardianRequired);
    } else {
      after = guardian.number;
      Want(reasons, guardian.account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
      Want(reasons, guardian.account.status != Status::kClosed, Reason::kAccountClosed);
      Want(reasons, guardian.number != minor.number, Reason::kSameAccount);
      Want(reasons, !guardian.account.minor, Reason::kNotForMinors);
      const std::uint64_t present = Standing(minor.account.guardian);
      Want(reasons, present == 0 || present == guardian.number, Reason::kGuardianRequired);
    }
  }
  effect.then = [r, after, number = minor.number](Model& model, std::uint64_t) {
    model.accounts.at(number).guardian = after;
    model.accounts.at(number).minor = r.guard != Guard::kHandOver;
  };
  return reasons;
}

// What a member takes along: his own contributions; the last one takes all.
void Model::Leave(const Request& r, const View& household, const View& member, Effect& effect,
                  Reasons& reasons) const {
  const std::vector<Place>& places = household.account.places;
  // Who was only invited may have been merged since: the household knows the old number.
  const bool as_it_stands = PlaceOf(household.account, member.number) != nullptr;
  const std::uint64_t number = as_it_stands ? member.number : r.second;
  const Place* place = PlaceOf(household.account, number);
  const std::uint64_t actor = Standing(r.acting);
  const std::uint64_t own =
      member.account.minor ? Standing(member.account.guardian) : member.number;
  const bool by_head = !places.empty() && r.acting != 0 && actor == places.front().account;
  Want(reasons, place != nullptr, Reason::kNotInHousehold);
  Want(reasons, by_head || (r.acting != 0 && actor == own), Reason::kNotHeadOfHousehold);
  const bool is_head = !places.empty() && number == places.front().account;
  const bool last = Joined(household.account) == 1;
  Want(reasons, !is_head || last, Reason::kNotHeadOfHousehold);
  if (!reasons.empty()) {
    return;
  }
  const bool joined = place->joined;
  Lots parts;
  Lots without;
  for (const auto& [name, part] : household.account.lots) {
    if (joined && (last || name.contributor == number)) {
      parts[name] = part;
      LotName plain = name;
      plain.contributor = 0;
      without = Sum(without, Lots{{plain, part}});
    }
  }
  if (!parts.empty()) {
    effect.legs = {{household.number, -PointsOf(parts), {}, parts, 0}, Credit(member, without)};
  }
  effect.then = [home = household.number, number, joined](Model& model, std::uint64_t) {
    Holding& left = model.accounts.at(home);
    std::erase_if(left.places, [number](const Place& p) { return p.account == number; });
    if (Joined(left) == 0) {
      left.places.clear();  // nobody is left who could invite
    }
    if (joined) {
      model.accounts.at(number).household = 0;
    }
  };
}

Reasons Model::WhyHousehold(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View member = Look(r.second, now);
  const Holding& account = member.account;
  Want(reasons, account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
  if (r.verb == Verb::kOpenHousehold) {
    Want(reasons, account.asset == r.first, Reason::kAssetMismatch);
    WantDebits(account, reasons);
    Want(reasons, !account.minor, Reason::kNotForMinors);
    Want(reasons, account.household == 0, Reason::kHouseholdExists);
    effect.names = {r.second};
    effect.then = [r, head = member.number](Model& model, std::uint64_t) {
      Holding home;
      home.kind = Kind::kHousehold;
      home.asset = r.first;
      home.places.push_back({head, true, kNoLimit, 0, 0});
      const std::uint64_t number = model.Open(home);
      model.accounts.at(head).household = number;
    };
    return reasons;
  }
  const View household = Look(r.first, now);
  Want(reasons, household.account.kind == Kind::kHousehold, Reason::kWrongAccountKind);
  Want(reasons, household.account.asset == account.asset, Reason::kAssetMismatch);
  if (!reasons.empty()) {
    return reasons;
  }
  effect.names = {r.first, r.second};
  if (r.acting != 0) {
    effect.names.push_back(r.acting);
  }
  if (r.household == Household::kLeave) {
    Leave(r, household, member, effect, reasons);
    return reasons;
  }
  const std::vector<Place>& places = household.account.places;
  const Place* place = PlaceOf(household.account, member.number);
  const std::uint64_t actor = Standing(r.acting);
  const bool by_head = !places.empty() && r.acting != 0 && actor == places.front().account;
  Want(reasons, account.status != Status::kClosed, Reason::kAccountClosed);
  if (r.household == Household::kAccept) {
    const std::uint64_t own = account.minor ? Standing(account.guardian) : member.number;
    Want(reasons, !account.minor || account.guardian != 0, Reason::kConsentRequired);
    Want(reasons, r.acting != 0 && actor == own,
         account.minor ? Reason::kGuardianRequired : Reason::kNotInHousehold);
    Want(reasons, place != nullptr, Reason::kNotInHousehold);
    Want(reasons, account.household == 0, Reason::kHouseholdExists);
  } else {
    Want(reasons, by_head, Reason::kNotHeadOfHousehold);
    const bool invites = r.household == Household::kInvite;
    Want(reasons, invites || place != nullptr, Reason::kNotInHousehold);
    Want(reasons, !invites || place == nullptr || !place->joined, Reason::kHouseholdExists);
    Want(reasons, !invites || place != nullptr || places.size() < household.asset->rules.members,
         Reason::kHouseholdFull);
  }
  effect.then = [r, home = household.number, number = member.number](Model& model, std::uint64_t) {
    Holding& changed = model.accounts.at(home);
    if (PlaceOf(changed, number) == nullptr) {
      changed.places.push_back({number, false, 0, 0, 0});
    }
    if (r.household == Household::kAccept) {
      PlaceOf(changed, number)->joined = true;
      model.accounts.at(number).household = home;
    } else {
      PlaceOf(changed, number)->limit = r.points;
    }
  };
  return reasons;
}

Reasons Model::WhyContribute(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View household = Look(r.first, now);
  const View member = Look(r.second, now);
  Want(reasons, household.account.kind == Kind::kHousehold, Reason::kWrongAccountKind);
  Want(reasons, member.account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
  Want(reasons, household.account.asset == member.account.asset, Reason::kAssetMismatch);
  if (!reasons.empty()) {
    return reasons;
  }
  WantDebits(member.account, reasons);
  Want(reasons, !member.account.minor, Reason::kNotForMinors);
  Want(reasons, member.account.household == household.number, Reason::kNotInHousehold);
  Want(reasons, r.points <= member.asset->limit, Reason::kAmountOverAssetLimit);
  Want(reasons, member.available() >= r.points, Reason::kInsufficientBalance,
       Needed(r.points, member.available()));
  const Leg debit = Debit(member, r.points);
  Lots marked;
  for (const auto& [name, part] : debit.out) {
    LotName own = name;
    own.contributor = member.number;
    marked[own] = part;
  }
  effect.legs = {debit, Credit(household, marked)};
  return reasons;
}

}  // namespace tanhui::model
