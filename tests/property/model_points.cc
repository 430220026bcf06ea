// The model's rules of awards, spending, transfers, budgets and holds.
#include <algorithm>

#include "tests/property/ledger_model.h"

namespace tanhui::model {
namespace {

constexpr std::int64_t kDayMicros = 86'400'000'000;
constexpr std::size_t kMostHolds = 64;

bool OneAsset(const Holding& a, const Holding& b) { return a.asset == b.asset; }

// What counts of a day's total on another day: nothing.
std::int64_t OnDay(int day, std::int64_t points, int today) { return day == today ? points : 0; }

}  // namespace

void Model::AddActing(const View& view, std::uint64_t acting, std::int64_t now,
                      Reasons& reasons) const {
  const Holding& account = view.account;
  const std::uint64_t actor = Standing(acting);
  if (account.kind == Kind::kHousehold) {
    const Place* place = PlaceOf(account, actor);
    const bool member = acting != 0 && place != nullptr && place->joined;
    Want(reasons, member, Reason::kNotInHousehold);
    if (member) {
      const View spender = Look(actor, now);
      WantDebits(spender.account, reasons);
      Want(reasons, !spender.account.minor, Reason::kNotForMinors);
    }
  } else if (account.minor) {
    Want(reasons, account.guardian != 0, Reason::kConsentRequired);
    const bool guardian = acting != 0 && actor == Standing(account.guardian);
    Want(reasons, guardian, Reason::kGuardianRequired);
    if (guardian) {
      WantDebits(Look(actor, now).account, reasons);
    }
  } else {
    Want(reasons, acting == 0 || actor == view.number, Reason::kNotAMinor);
  }
}

Reasons Model::WhyAward(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View citizen = Look(r.first, now);
  const View budget = Look(r.second, now);
  const int act_day = DayOf(r.act == 0 ? now : r.act);
  const int validity = citizen.asset->rules.validity;
  const int month = validity == 0 ? kNeverExpires : MonthOfDay(act_day) + validity;
  Want(reasons, month >= MonthOfDay(DayOf(now)), Reason::kActTooOld);
  Want(reasons, citizen.account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
  Want(reasons, budget.account.kind == Kind::kBudget, Reason::kWrongAccountKind);
  Want(reasons, OneAsset(citizen.account, budget.account), Reason::kAssetMismatch);
  if (!reasons.empty()) {
    return reasons;
  }
  WantCredits(citizen.account, citizen.asset->rules, reasons);
  Want(reasons, !citizen.account.minor || citizen.account.guardian != 0, Reason::kConsentRequired);
  const Holding& period = budget.account;
  Want(reasons,
       (period.first_day == 0 || act_day >= period.first_day) &&
           (period.last_day == 0 || act_day <= period.last_day),
       Reason::kBudgetOutOfPeriod);
  Want(reasons, r.points <= citizen.asset->limit, Reason::kAmountOverAssetLimit);
  Want(reasons, budget.available() >= r.points, Reason::kInsufficientBudget,
       Needed(r.points, budget.available()));
  const LotName name{month, citizen.asset->scheme, budget.account.participant, 0};
  effect.legs = {{budget.number, -r.points, {}, {}, 0},
                 Credit(citizen, Lots{{name, {r.points, r.grams}}})};
  return reasons;
}

Reasons Model::WhySpend(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View giver = Look(r.first, now);
  const View taker = Look(r.second, now);
  const Kind wanted = r.verb == Verb::kDonate ? Kind::kCharity : Kind::kMerchant;
  Want(reasons, giver.account.has_lots(), Reason::kWrongAccountKind);
  Want(reasons, taker.account.kind == wanted, Reason::kWrongAccountKind);
  Want(reasons, OneAsset(giver.account, taker.account), Reason::kAssetMismatch);
  if (!reasons.empty()) {
    return reasons;
  }
  WantDebits(giver.account, reasons);
  AddActing(giver, r.acting, now, reasons);
  Want(reasons, r.points <= giver.asset->limit, Reason::kAmountOverAssetLimit);
  const int today = DayOf(now);
  const std::uint64_t actor = Standing(r.acting);
  if (const Place* place = PlaceOf(giver.account, actor)) {
    const std::int64_t left = place->limit - OnDay(place->day, place->spent, today);
    Want(reasons, r.points <= left, Reason::kSpendingLimit, Left(left));
  }
  Want(reasons, giver.available() >= r.points, Reason::kInsufficientBalance,
       Needed(r.points, giver.available()));
  effect.legs = {Debit(giver, r.points), {taker.number, r.points, {}, {}, 0}};
  effect.taken = effect.legs[0].out;
  effect.merchant = taker.number;
  effect.then = [=, points = r.points, number = giver.number](Model& model, std::uint64_t) {
    if (Place* place = PlaceOf(model.accounts.at(number), actor)) {
      place->spent = OnDay(place->day, place->spent, today) + points;
      place->day = today;
    }
  };
  return reasons;
}

Reasons Model::WhyTransfer(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View giver = Look(r.first, now);
  const View taker = Look(r.second, now);
  Want(reasons, giver.account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
  Want(reasons, taker.account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
  Want(reasons, OneAsset(giver.account, taker.account), Reason::kAssetMismatch);
  Want(reasons, giver.number != taker.number, Reason::kSameAccount);
  if (!reasons.empty()) {
    return reasons;
  }
  const Rules& rules = giver.asset->rules;
  const int today = DayOf(now);
  WantDebits(giver.account, reasons);
  WantCredits(taker.account, rules, reasons);
  Want(reasons, !giver.account.minor && !taker.account.minor, Reason::kNotForMinors);
  Want(reasons, rules.transfers != Policy::kOff, Reason::kTransfersOff);
  const std::uint64_t home = giver.account.household;
  Want(reasons,
       rules.transfers != Policy::kHousehold || (home != 0 && home == taker.account.household),
       Reason::kNotInHousehold);
  Want(reasons, r.points <= giver.asset->limit, Reason::kAmountOverAssetLimit);
  const std::int64_t given = OnDay(giver.account.given_day, giver.account.given, today);
  Want(reasons,
       rules.transfers != Policy::kCapped || rules.cap == 0 || r.points <= rules.cap - given,
       Reason::kTransferCap, Left(rules.cap - given));
  Want(reasons, giver.available() >= r.points, Reason::kInsufficientBalance,
       Needed(r.points, giver.available()));
  const Leg debit = Debit(giver, r.points);
  effect.legs = {debit, Credit(taker, debit.out)};
  effect.then = [=, number = giver.number, points = r.points](Model& model, std::uint64_t) {
    model.accounts.at(number).given = given + points;
    model.accounts.at(number).given_day = today;
  };
  return reasons;
}

// Funding, and the return of what is unused.
Reasons Model::WhyBudget(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View budget = Look(r.first, now);
  Want(reasons, budget.account.kind == Kind::kBudget, Reason::kWrongAccountKind);
  if (!reasons.empty()) {
    return reasons;
  }
  const bool funds = r.verb == Verb::kFund;
  const std::int64_t points = funds ? r.points : -budget.available();
  Want(reasons, points != 0, Reason::kInsufficientBudget, Needed(1, 0));
  const Leg into{budget.number, points, {}, {}, 0};
  const Leg from{budget.asset->issuance, -points, {}, {}, 0};
  effect.legs = funds ? std::vector<Leg>{from, into} : std::vector<Leg>{into, from};
  effect.then = [=, number = budget.number](Model& model, std::uint64_t) {
    model.accounts.at(number).funded += points;
  };
  return reasons;
}

Reasons Model::WhyHold(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const View citizen = Look(r.first, now);
  const View merchant = Look(r.second, now);
  Want(reasons, citizen.account.kind == Kind::kCitizen, Reason::kWrongAccountKind);
  Want(reasons, merchant.account.kind == Kind::kMerchant, Reason::kWrongAccountKind);
  Want(reasons, OneAsset(citizen.account, merchant.account), Reason::kAssetMismatch);
  if (!reasons.empty()) {
    return reasons;
  }
  WantDebits(citizen.account, reasons);
  AddActing(citizen, r.acting, now, reasons);
  const int days = citizen.asset->rules.hold_days;
  Want(reasons, r.deadline > now && r.deadline <= now + days * kDayMicros, Reason::kHoldDeadline,
       " max_days=" + std::to_string(days));
  Want(reasons, r.points <= citizen.asset->limit, Reason::kAmountOverAssetLimit);
  Want(reasons, citizen.account.holds.size() < kMostHolds, Reason::kHoldLimit);
  Want(reasons, citizen.available() >= r.points, Reason::kInsufficientBalance,
       Needed(r.points, citizen.available()));
  Leg leg = Debit(citizen, r.points);
  leg.amount = 0;
  effect.legs = {leg};
  effect.then = [r, leg](Model& model, std::uint64_t entry) {
    model.accounts.at(leg.account).holds[entry] = {r.deadline, r.second, leg.out};
  };
  return reasons;
}

// The entry that a request finishes or undoes, if there is one and the caller may see it: its own,
// one of the merchant that took or will take the points, or any for an operator.
const Deed* Model::FollowUp(const Request& r, Reasons& reasons) const {
  const auto found = deeds.find(r.entry);
  const bool operators = r.entry >= 2 && r.entry < cast && r.caller == 1;
  if (r.entry < entries && found == deeds.end() && (r.privileged || operators)) {
    reasons.try_emplace(Reason::kWrongEntryKind);  // an entry of the engine or of the cast
    return nullptr;
  }
  if (found == deeds.end()) {
    reasons.try_emplace(Reason::kUnknownEntry);
    return nullptr;
  }
  const Deed& deed = found->second;
  std::uint64_t merchant = 0;
  if (r.verb == Verb::kRefund && deed.request.verb != Verb::kDonate) {
    merchant = deed.merchant;
  } else if (r.verb != Verb::kRefund && r.verb != Verb::kReverse &&
             deed.request.verb == Verb::kHold) {
    merchant = deed.request.second;
  }
  const bool the_merchants = merchant != 0 && accounts.at(merchant).participant == r.caller;
  if (!r.privileged && deed.request.caller != r.caller && !the_merchants) {
    reasons.try_emplace(Reason::kUnknownEntry);
    return nullptr;
  }
  return &deed;
}

// What was taken leaves, the rest comes back: with grace, and a debt is paid first.
void Model::EndHold(std::uint64_t entry, const Lots& taken, std::int64_t now, Effect& effect,
                    Reasons& reasons) const {
  const View citizen = Look(deeds.at(entry).request.first, now);
  const auto hold = citizen.account.holds.find(entry);
  Want(reasons, hold != citizen.account.holds.end(), Reason::kHoldResolved);
  if (!reasons.empty()) {
    return;
  }
  const Lots rest = Less(hold->second.lots, taken);
  Leg leg = Credit(citizen, Graced(rest, DayOf(now), citizen.asset->rules.grace));
  leg.amount = -PointsOf(taken);
  effect.legs = {leg};
  effect.merchant = Standing(hold->second.merchant);
  effect.then = [number = citizen.number, entry](Model& model, std::uint64_t) {
    model.accounts.at(number).holds.erase(entry);
  };
}

Reasons Model::WhyCapture(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const Deed* deed = FollowUp(r, reasons);
  if (deed == nullptr) {
    return reasons;
  }
  Want(reasons, deed->request.verb == Verb::kHold, Reason::kWrongEntryKind);
  if (!reasons.empty()) {
    return reasons;
  }
  if (r.verb == Verb::kRelease) {
    EndHold(r.entry, {}, now, effect, reasons);
    effect.merchant = 0;
    return reasons;
  }
  const View citizen = Look(deed->request.first, now);
  WantDebits(citizen.account, reasons);
  const auto hold = citizen.account.holds.find(r.entry);
  if (hold != citizen.account.holds.end()) {
    const std::int64_t held = PointsOf(hold->second.lots);
    Want(reasons, r.points <= held, Reason::kInsufficientBalance, Needed(r.points, held));
    effect.taken = First(hold->second.lots, r.points);
  }
  EndHold(r.entry, effect.taken, now, effect, reasons);
  effect.legs.push_back({effect.merchant, r.points, {}, {}, 0});
  return reasons;
}

}  // namespace tanhui::model
