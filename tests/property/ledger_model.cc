#include "tests/property/ledger_model.h"

#include <algorithm>
#include <limits>

#include "ledger/core/check.h"

namespace tanhui::model {
namespace {

// The second scheme's days end at 23:00.
int LedgerYear(std::int64_t time, std::uint64_t scheme) {
  constexpr std::int64_t kHour = 3'600'000'000;
  return 1970 + MonthOfDay(DayOf(time + (scheme == 2 ? kHour : 0))) / 12;
}

using Wide = __int128;
constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
constexpr Wide kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kFiveMinutes = 300'000'000;
constexpr std::size_t kSurelyTooLarge = 65'535;  // of a text alone

void Apply(Holding& account, const Leg& leg) {
  account.balance += leg.amount;
  account.lots = Less(Sum(account.lots, leg.in), leg.out);
  account.debt += leg.debt;
}

}  // namespace

std::int64_t Holding::held() const {
  std::int64_t sum = 0;
  for (const auto& [entry, hold] : holds) {
    sum += PointsOf(hold.lots);
  }
  return sum;
}

std::int64_t Model::View::available() const {
  return account.has_lots() ? PointsOf(account.lots) : account.balance;
}

std::string Needed(std::int64_t needed, std::int64_t available) {
  return " needed=" + std::to_string(needed) + " available=" + std::to_string(available);
}

// Nobody learns a balance from a frozen account.
std::string Needed(std::int64_t needed, const Holding& account, std::int64_t available) {
  return account.status == Status::kOpen ? Needed(needed, available)
                                         : " needed=" + std::to_string(needed);
}

std::string Left(std::int64_t left) {
  return " left=" + std::to_string(std::max<std::int64_t>(left, 0));
}

void WantDebits(const Holding& account, Reasons& reasons) {
  Want(reasons, account.status != Status::kClosed, Reason::kAccountClosed);
  Want(reasons, account.status == Status::kOpen || account.status == Status::kClosed,
       Reason::kAccountFrozen);
}

void WantCredits(const Holding& account, const Rules& rules, Reasons& reasons) {
  const bool frozen = account.status == Status::kFrozen || account.status == Status::kLost;
  Want(reasons, account.status != Status::kClosed, Reason::kAccountClosed);
  Want(reasons, !frozen || rules.credits_while_frozen, Reason::kAccountFrozen);
}

const Place* PlaceOf(const Holding& household, std::uint64_t account) {
  for (const Place& place : household.places) {
    if (place.account == account) {
      return &place;
    }
  }
  return nullptr;
}

Place* PlaceOf(Holding& household, std::uint64_t account) {
  return const_cast<Place*>(PlaceOf(static_cast<const Holding&>(household), account));
}

std::size_t Joined(const Holding& household) {
  return static_cast<std::size_t>(std::count_if(household.places.begin(), household.places.end(),
                                                [](const Place& place) { return place.joined; }));
}

std::uint64_t Model::Standing(std::uint64_t number) const {
  for (auto account = accounts.find(number);
       account != accounts.end() && account->second.merged_into != 0;
       account = accounts.find(number)) {
    number = account->second.merged_into;
  }
  return number;
}

Leg Model::Debit(const View& view, std::int64_t points) {
  return {view.number, -points, {}, First(view.account.lots, points), 0};
}

// A debt is paid first, with the earliest of what comes.
Leg Model::Credit(const View& view, const Lots& lots) {
  const std::int64_t paid = std::min(view.account.debt, PointsOf(lots));
  return {view.number, PointsOf(lots), Less(lots, First(lots, paid)), {}, -paid};
}

bool Model::YearIsOver(const Holding& budget, std::int64_t now) const {
  return LedgerYear(now, assets.at(budget.asset).scheme) > budget.told_year + 1;
}

bool Model::GoesBack(const Holding& budget, std::int64_t now) const {
  const bool over = budget.last_day != 0 && DayOf(now) > budget.last_day + budget.return_days;
  return budget.balance > 0 && (over || (budget.returns && YearIsOver(budget, now)));
}

std::optional<Model::Due> Model::DueOf(std::uint64_t number, std::int64_t now) const {
  const Holding& account = accounts.at(number);
  const AssetRow& asset = assets.at(account.asset);
  const int today = DayOf(now);
  if (account.kind == Kind::kBudget) {
    const bool year_is_over = YearIsOver(account, now);
    Due due;
    if (year_is_over) {
      due.year = account.told_year + 1;
    }
    if (year_is_over ? account.returns && account.balance > 0 : GoesBack(account, now)) {
      due.legs = {{number, -account.balance, {}, {}, 0},
                  {asset.issuance, account.balance, {}, {}, 0}};
    }
    return year_is_over || !due.legs.empty() ? std::optional(due) : std::nullopt;
  }
  if (!account.has_lots()) {
    return std::nullopt;
  }
  // Each hold ends at its deadline, as if somebody had been there: that is when its grace begins
  // and when it pays a debt.
  std::multimap<std::int64_t, std::uint64_t> ended;
  for (const auto& [entry, hold] : account.holds) {
    if (hold.deadline <= now) {
      ended.emplace(hold.deadline, entry);
    }
  }
  Due due;
  Holding then = account;
  Lots freed;
  for (const auto& [deadline, entry] : ended) {
    const Lots lots = Graced(account.holds.at(entry).lots, DayOf(deadline), asset.rules.grace);
    const Leg leg = Credit({number, then, nullptr}, lots);
    then.debt += leg.debt;
    freed = Sum(freed, leg.in);
    due.holds.push_back(entry);
  }
  const Lots past = Past(Sum(account.lots, freed), today);
  if (due.holds.empty() && past.empty()) {
    return std::nullopt;
  }
  due.legs = {{number, -PointsOf(past), freed, past, then.debt - account.debt}};
  if (!past.empty()) {
    due.legs.push_back({asset.expiry, PointsOf(past), {}, {}, 0});
  }
  return due;
}

Model::View Model::Look(std::uint64_t number, std::int64_t now) const {
  View view{Standing(number), {}, nullptr};
  view.account = accounts.at(view.number);
  view.asset = &assets.at(view.account.asset);
  if (view.account.kind == Kind::kBudget) {
    view.account.balance = GoesBack(view.account, now) ? 0 : view.account.balance;
  } else if (const auto due = DueOf(view.number, now)) {
    Apply(view.account, due->legs.front());
    for (const std::uint64_t hold : due->holds) {
      view.account.holds.erase(hold);
    }
  }
  return view;
}

// What holds of the balances that an entry changes.
void Model::AddLimits(const std::vector<Leg>& legs, std::int64_t now, Reasons& reasons) const {
  for (const Leg& leg : legs) {
    const Holding& account = Look(leg.account, now).account;
    const Wide after = Wide{account.balance} + leg.amount;
    const bool issuance = account.kind == Kind::kIssuance;
    Want(reasons, after >= kLeast && after <= kMost, Reason::kBalanceLimit);
    Want(reasons, !issuance || after <= 0, Reason::kBalanceLimit);
    if (!issuance && !account.has_lots() && after < 0) {
      Want(reasons, false,
           account.kind == Kind::kBudget ? Reason::kInsufficientBudget
                                         : Reason::kInsufficientBalance,
           Needed(-leg.amount, account.balance));
    }
  }
}

Reasons Model::WhyOpening(const Request& r, Effect& effect) const {
  Reasons reasons;
  Holding account;
  account.asset = r.first;
  const auto owned = [&](Kind kind, const char* wanted) {
    account.kind = kind;
    account.participant = r.second;
    // Of another kind it has no account that could exist.
    const bool fits = participants.at(r.second) == wanted;
    Want(reasons, fits, Reason::kWrongParticipantKind);
    Want(reasons, !fits || !merchant_accounts.contains({r.second, r.first}),
         Reason::kAccountExists);
  };
  if (r.verb == Verb::kOpenBudget) {
    const std::string& sponsor = participants.at(r.second);
    Want(reasons, sponsor == "sponsor" || sponsor == "district", Reason::kWrongParticipantKind);
    Want(reasons, !budget_codes.contains(r.text), Reason::kCodeExists);
    account.kind = Kind::kBudget;
    account.participant = r.second;
    account.first_day = r.first_day;
    account.last_day = r.last_day;
    account.return_days = r.return_days;
    account.returns = r.yes;
  } else if (r.verb == Verb::kOpenMerchant) {
    owned(Kind::kMerchant, "merchant");
  } else if (r.verb == Verb::kOpenCharity) {
    owned(Kind::kCharity, "charity");
  } else {
    Want(reasons, r.user == 0 || !users.contains(r.user), Reason::kAccountExists);
    account.minor = r.yes;
  }
  effect.then = [r, account](Model& model, std::uint64_t entry) {
    const std::uint64_t number = model.Open(account);
    if (r.verb == Verb::kOpenBudget) {
      const std::uint64_t scheme = model.assets.at(r.first).scheme;
      model.accounts.at(number).told_year = LedgerYear(model.deeds.at(entry).time, scheme) - 1;
      model.budget_codes.insert(r.text);
    } else if (r.verb != Verb::kOpenCitizen) {
      model.merchant_accounts[{r.second, r.first}] = number;
    } else if (r.user != 0) {
      model.users[r.user] = number;
    }
  };
  return reasons;
}

Reasons Model::WhyAct(const Request& r, std::int64_t now, Effect& effect) const {
  switch (r.verb) {
    case Verb::kAward:
      return WhyAward(r, now, effect);
    case Verb::kRedeem:
    case Verb::kDonate:
      return WhySpend(r, now, effect);
    case Verb::kTransfer:
      return WhyTransfer(r, now, effect);
    case Verb::kFund:
    case Verb::kReturnBudget:
      return WhyBudget(r, now, effect);
    case Verb::kHold:
      return WhyHold(r, now, effect);
    case Verb::kCapture:
    case Verb::kRelease:
      return WhyCapture(r, now, effect);
    case Verb::kRefund:
      return WhyRefund(r, now, effect);
    case Verb::kReverse:
      return WhyReverse(r, now, effect);
    case Verb::kCancel:
      return WhyCancel(r, now, effect);
    case Verb::kSetStatus:
    case Verb::kClose:
      return WhyStatus(r, now, effect);
    case Verb::kMerge:
      return WhyMerge(r, now, effect);
    case Verb::kGuardian:
      return WhyGuardian(r, now, effect);
    case Verb::kOpenHousehold:
    case Verb::kChangeHousehold:
      return WhyHousehold(r, now, effect);
    case Verb::kContribute:
      return WhyContribute(r, now, effect);
    default:
      return WhyOpening(r, effect);
  }
}

Reasons Model::Why(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  if (r.verb == Verb::kSetTerms) {
    effect.then = [r](Model& model, std::uint64_t) { model.assets.at(r.first).rules = r.rules; };
  } else if (r.verb == Verb::kRecordFile) {
    const auto file = outcomes.find({r.caller, "file:" + r.text});
    const bool there = file != outcomes.end() && !file->second.cancelled_by.has_value();
    Want(reasons, r.text.empty() || there, Reason::kUnknownFile);
  } else {
    reasons = WhyAct(r, now, effect);
    // Balances are looked at when nothing else is wrong: legs of what cannot be mean nothing.
    if (reasons.empty()) {
      AddLimits(effect.legs, now, reasons);
    }
  }
  Want(reasons, !r.not_after.has_value() || now <= *r.not_after, Reason::kRequestTooLate);
  Want(reasons, r.act <= now + kFiveMinutes, Reason::kActInFuture);
  return reasons;
}

void Model::Move(const std::vector<Leg>& legs, std::uint64_t entry) {
  for (const Leg& leg : legs) {
    Holding& account = accounts.at(leg.account);
    Apply(account, leg);
    account.history.push_back({entry, leg.amount, account.balance});
  }
}

std::uint64_t Model::Open(const Holding& account) {
  const std::uint64_t number = accounts.size() + 1;
  accounts[number] = account;
  return number;
}

void Model::Sweep(std::uint64_t number, std::int64_t now) {
  while (const auto due = DueOf(number, now)) {
    Move(due->legs, entries++);
    Holding& account = accounts.at(number);
    for (const std::uint64_t hold : due->holds) {
      account.holds.erase(hold);
    }
    if (account.kind == Kind::kBudget && !due->legs.empty()) {
      account.funded += due->legs.front().amount;
    }
    account.told_year = due->year.value_or(account.told_year);
  }
}

void Model::Happen(const Request& r, Effect& effect, std::int64_t now) {
  std::vector<std::uint64_t> touched = effect.names;
  if (!effect.legs.empty()) {
    touched.clear();
    for (const Leg& leg : effect.legs) {
      touched.push_back(leg.account);
    }
  }
  for (const std::uint64_t number : touched) {
    Sweep(Standing(number), now);
  }
  const std::uint64_t entry = entries++;
  Move(effect.legs, entry);
  outcomes[{r.caller, r.id}] = {r, entry, std::nullopt, false};
  deeds[entry] = {r, effect.legs, effect.taken, effect.merchant, now, 0, 0, false};
  if (effect.then) {
    effect.then(*this, entry);
  }
}

Answer Model::Ask(const Request& request, std::int64_t now) {
  Answer answer;
  answer.sort = Answer::Sort::kRefused;
  if (request.text.size() > kSurelyTooLarge) {
    answer.reason = Reason::kRequestTooLarge;
    return answer;
  }
  const auto before = outcomes.find({request.caller, request.id});
  if (before != outcomes.end()) {
    const Outcome& outcome = before->second;
    answer.entry = outcome.entry;
    answer.cancelled_by = outcome.cancelled_by;
    answer.fields =
        outcome.blocked ? std::set<std::string>{} : Differences(outcome.request, request);
    answer.sort = outcome.blocked         ? Answer::Sort::kBlocked
                  : answer.fields.empty() ? Answer::Sort::kSeen
                                          : Answer::Sort::kOther;
    return answer;
  }
  Effect effect;
  const Reasons reasons = Why(request, now, effect);
  if (reasons.empty()) {
    Happen(request, effect, now);
    return {};
  }
  answer.reason = reasons.begin()->first;
  answer.facts = reasons.begin()->second;
  return answer;
}

}  // namespace tanhui::model
