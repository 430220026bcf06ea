// Acts: points by the rule in force, bookings and their weighing.
#include <algorithm>
#include <variant>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/budget_period.h"
#include "ledger/points/corrections/version.h"
#include "ledger/points/earning/counting.h"
#include "ledger/points/earning/earned.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"
#include "ledger/rules/evaluation.h"
#include "ledger/rules/evidence/claim.h"
#include "ledger/rules/tallies.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

bool IsBooking(const pb::Earning& act) { return act.weighing() == pb::WEIGHING_BOOKED; }

void NamesOfEarning(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::Earning& act = draft.earning();
  out.insert(out.end(), {AccountNo(act.account()), AccountNo(act.budget())});
  if (act.household() != 0) {
    out.emplace_back(act.household());
  }
  NamesOfBonuses(state, act.district(), ActDate(draft), out);
}

void ClaimsOfEarning(const Entry& draft, std::vector<Nullifier>& out) {
  for (const std::string& claim : draft.earning().nullifiers()) {
    if (const auto nullifier = rules::NullifierOf(claim, ActDate(draft))) {
      out.push_back(*nullifier);
    }
  }
}

std::optional<EntryIndex> TargetOfEarning(const Entry& draft) {
  return draft.earning().booking() == 0 ? std::nullopt
                                        : std::optional(EntryIndex(draft.earning().booking()));
}

// Of a second party the request of the first.
std::optional<RequestId> PartnerRequest(const Entry& draft) {
  const auto id = RequestId::FromStored(draft.request_id());
  const std::string text = draft.earning().party() == 2 && id.has_value() ? id->text() : "";
  return text.starts_with(kPairIdPrefix) ? RequestId::FromText(text.substr(kPairIdPrefix.size()))
                                         : std::nullopt;
}

std::optional<Refusal> RefusedAsClaimed(const State& state, const Entry& entry) {
  const auto& claims = entry.earning().nullifiers();
  bool twice = false;
  const auto pieces = std::count_if(claims.begin(), claims.end(), rules::StandsForPiece);
  for (int i = 1; i < claims.size(); ++i) {
    twice = twice || std::find(claims.begin(), claims.begin() + i, claims[i]) != claims.begin() + i;
  }
  if (twice || pieces > rules::kMostPieces || claims.size() > rules::kMostClaims) {
    return Refusal(Reason::kFieldInvalid, "act.evidence");
  }
  for (const std::string& claim : claims) {
    const auto nullifier = rules::NullifierOf(claim, ActDate(entry));
    Check(nullifier.has_value(), "an act with a malformed claim");
    const auto first = state.FindEvidence(*nullifier);
    if (first.has_value() && !first->FreeTo(ParticipantNo(entry.caller()))) {
      Refusal refusal(Reason::kAlreadyClaimed, "act.evidence");
      // Others may have been claimed on another date, which stands in that entry.
      const bool of_the_date = rules::ScopeOf(claim) == rules::ClaimScope::kDate;
      return of_the_date ? std::move(refusal)
                               .With("act_date", FormatDate(ActDate(entry)))
                               .With("entry_index", static_cast<std::int64_t>(first->entry.value()))
                         : std::move(refusal).With("entry_index",
                                                   static_cast<std::int64_t>(first->entry.value()));
    }
  }
  return std::nullopt;
}

// What a weighing must have in common with its booking.
void WantBooking(const State& state, const DecideInput& input, const Entry& entry,
                 const rules::RuleSet* set, Verdict& verdict) {
  const pb::Earning& act = entry.earning();
  if (act.booking() == 0) {
    return;
  }
  if (input.target == nullptr || !input.target->has_earning() ||
      !IsBooking(input.target->earning()) || input.target->caller() != entry.caller()) {
    verdict.Add(Refusal(Reason::kUnknownEntry, "act.booking_entry_index"));
    return;
  }
  const pb::Earning& booked = input.target->earning();
  const bool same =
      state.Standing(AccountNo(booked.account())) == state.Standing(AccountNo(act.account())) &&
      booked.scenario() == act.scenario() && booked.material() == act.material() &&
      booked.district() == act.district() && input.target->act_micros() == entry.act_micros();
  if (!same) {
    verdict.Add(
        Refusal(Reason::kConditionNotMet, "act.booking_entry_index").With("condition", "booking"));
  }
  const Undone undone = state.FindUndone(input.target_index);
  const rules::Rule* rule = set == nullptr ? nullptr : set->Find(rules::ScenarioNo(act.scenario()));
  const std::int64_t days = rule == nullptr ? 0 : rule->weigh_days;
  const bool in_time = RecordDate(entry).value() - RecordDate(*input.target).value() <= days;
  verdict.Want(!undone.cancelled && undone.quantity == 0 && in_time, Reason::kBookingResolved,
               "act.booking_entry_index");
}

// What the act of a second party must have in common with that of the first, which is its target.
void WantPartner(const State& state, const DecideInput& input, Entry& entry, Verdict& verdict) {
  pb::Earning& act = *entry.mutable_earning();
  if (act.party() != 2) {
    return;
  }
  if (input.target == nullptr || !input.target->has_earning()) {
    verdict.Add(Refusal(Reason::kConditionNotMet, "act").With("condition", "parties"));
    return;
  }
  const pb::Earning& first = input.target->earning();
  verdict.Want(
      state.Standing(AccountNo(first.account())) != state.Standing(AccountNo(act.account())),
      Reason::kSameAccount, "second_account");
  const bool same = first.party() == 1 && input.target->caller() == entry.caller() &&
                    input.target->act_micros() == entry.act_micros() &&
                    first.budget() == act.budget() && first.scenario() == act.scenario() &&
                    first.district() == act.district() && first.quantity() == act.quantity() &&
                    first.unit() == act.unit() && first.seconds() == act.seconds() &&
                    first.grade() == act.grade() && first.product() == act.product() &&
                    first.material() == act.material() && first.venue() == act.venue() &&
                    first.stations() == act.stations() && first.checked_in() == act.checked_in();
  if (!same) {
    verdict.Add(Refusal(Reason::kConditionNotMet, "act").With("condition", "parties"));
  }
  act.set_partner(input.target_index.value());
}

// The budget of a bonus, when it can pay; nullptr otherwise.
const Budget* BonusBudget(const State& state, const rules::Earned& earned, const Party& citizen,
                          const Entry& entry, AccountNo paying) {
  const Budget* budget = BudgetOfBonus(state, earned, citizen, ActDate(entry));
  if (budget == nullptr) {
    return nullptr;
  }
  const Account* account = state.FindAccount(budget->account);
  const std::int64_t taken = budget->account == paying ? earned.points : 0;
  return account->balance.units() - taken >= earned.bonus_points ? budget : nullptr;
}

// The postings of an act that earned points.
std::optional<Refusal> PostEarned(const State& state, const rules::Earned& earned,
                                  const Party& citizen, const Party& budget,
                                  const Budget* bonus_budget, Entry& entry) {
  Lots lots{{KeyOfLot(entry, citizen, budget.account().participant), Amount(earned.points),
             earned.grams}};
  std::int64_t from_budget = earned.points;
  absl::InlinedVector<Leg, 3> legs;
  if (bonus_budget != nullptr) {
    FillBonus(earned, *bonus_budget, *entry.mutable_earning());
    if (!AddLot(lots, {KeyOfLot(entry, citizen, bonus_budget->sponsor), Amount(earned.bonus_points),
                       0})) {
      return Refusal(Reason::kBalanceLimit, "act");
    }
    if (bonus_budget->account == budget.number()) {
      from_budget += earned.bonus_points;
    } else {
      legs.push_back(Plain(bonus_budget->account, Amount(-earned.bonus_points)));
    }
  }
  legs.insert(legs.begin(), Plain(budget.number(), Amount(-from_budget)));
  legs.push_back(Credit(citizen.number(), citizen.account(), lots));
  return Post(state, legs, "act", entry);
}

void WantParties(const State& state, const Party& citizen, const Party& budget, const Entry& entry,
                 Verdict& verdict) {
  const Account& account = citizen.account();
  WantCredits(citizen, "account", verdict);
  verdict.Want(!account.minor || account.guardian != AccountNo(0), Reason::kConsentRequired,
               "account");
  const Budget* row = state.registry().FindBudget(budget.number());
  Check(row != nullptr, "a budget's account without a budget");
  verdict.Want(PaysOn(*row, ActDate(entry)), Reason::kBudgetOutOfPeriod, "budget");
  const LotKey key = KeyOfLot(entry, citizen, budget.account().participant);
  verdict.Want(key.expiry >= MonthOf(RecordDate(entry)), Reason::kActTooOld, "act_time");
}

std::optional<Refusal> DecideEarning(const State& state, const DecideInput& input, Entry& entry) {
  pb::Earning& act = *entry.mutable_earning();
  if (entry.act_micros() == 0) {  // what it claims is known by its date before it is decided
    return Refusal(Reason::kFieldRequired, "act_time");
  }
  const Party citizen(state, act.account(), input.now);
  const Party budget(state, act.budget(), input.now);
  Verdict verdict;
  WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  WantKind(budget, AccountKind::kBudget, "budget", verdict);
  WantOneAsset(citizen, budget, "budget", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  WantParties(state, citizen, budget, entry, verdict);
  const Account& account = citizen.account();
  const rules::Rulebook& book = rules::RulebookOf(state.registry());
  const rules::Standing standing{.tallies = account.tallies,
                                 .carry = account.carry,
                                 .gram_carry = account.gram_carry,
                                 .dry = budget.account().dry,
                                 .in_household = account.household != AccountNo(0)};
  auto evaluated = rules::Evaluate(book, entry, standing);
  const rules::RuleSet* set = book.InForce(act.district(), ActDate(entry));
  WantAssetOfRule(set, act, citizen, verdict);
  WantBooking(state, input, entry, set, verdict);
  WantPartner(state, input, entry, verdict);
  verdict.Add(RefusedAsClaimed(state, entry));
  if (Refusal* refusal = std::get_if<Refusal>(&evaluated)) {
    verdict.Add(std::move(*refusal));
    return verdict.Take();
  }
  const rules::Earned& earned = std::get<rules::Earned>(evaluated);
  const Account* household =
      account.household == AccountNo(0) ? nullptr : state.FindAccount(account.household);
  WantRoom(book, earned, standing, household, ActDate(entry), verdict);
  if (IsBooking(act)) {
    act.set_rules(earned.set->document.value());
    act.set_expected_points(earned.points);
    act.set_carried(account.carry);
    return verdict.Take();
  }
  const Budget* bonus = BonusBudget(state, earned, citizen, entry, budget.number());
  const std::int64_t points = earned.points + (bonus == nullptr ? 0 : earned.bonus_points);
  WantWithinAssetLimit(citizen, points, verdict);
  if (points > 0) {
    WantAvailable(budget, earned.points, "budget", verdict);
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  FillEarned(earned, act);
  act.set_carried(account.carry + earned.carry);
  act.set_household(account.household.value());
  return points == 0 ? std::nullopt : PostEarned(state, earned, citizen, budget, bonus, entry);
}

// That the postings are those of the points.
Fault WantEarnedPostings(const State& state, const Entry& entry) {
  const pb::Earning& act = entry.earning();
  const bool bonus = act.bonus_points() != 0;
  if (act.points() < 0 || act.grams() < 0 || act.bonus_points() < 0 ||
      bonus != (act.bonus_budget() != 0) ||
      (IsBooking(act) && (act.points() != 0 || act.counted_size() != 0 || act.carry() != 0))) {
    return "an act that earns what cannot be";
  }
  std::int64_t points = 0;
  if (__builtin_add_overflow(act.points(), act.bonus_points(), &points)) {
    return "an act that earns what cannot be";
  }
  if (points == 0) {
    const Account* budget = state.FindAccount(AccountNo(act.budget()));
    if (budget == nullptr || budget->kind != AccountKind::kBudget) {
      return "an act that no budget pays";
    }
    return entry.postings().empty() ? std::nullopt : Fault("postings of an act without points");
  }
  const bool apart = bonus && act.bonus_budget() != act.budget();
  const Fault fault =
      apart ? WantPostings(state, entry, {act.budget(), act.bonus_budget(), act.account()})
            : WantPostings(state, entry, {act.budget(), act.account()});
  if (fault.has_value()) {
    return fault;
  }
  const pb::Posting& last = entry.postings(entry.postings_size() - 1);
  if (last.amount() != points || (apart && entry.postings(1).amount() != -act.bonus_points()) ||
      !Outgoing(last).empty() || last.lots_size() > 2 ||
      state.FindAccount(AccountNo(last.account()))->kind != AccountKind::kCitizen) {
    return "the postings are not the points of the act";
  }
  for (int i = 0; i + 1 < entry.postings_size(); ++i) {
    if (state.FindAccount(AccountNo(entry.postings(i).account()))->kind != AccountKind::kBudget) {
      return "an act that no budget pays";
    }
  }
  return std::nullopt;
}

// That the citizen carries what the act says, after it counted.
Fault WantCarried(const State& state, const pb::Earning& act) {
  const Account* citizen = state.FindAccount(state.Standing(AccountNo(act.account())));
  return citizen != nullptr && citizen->carry == act.carried() ? std::nullopt
                                                               : Fault("the carry does not add up");
}

// The booking that a weighing is for is resolved.
Fault ResolveBooking(State& state, EntryIndex index, const pb::Earning& act) {
  const EntryIndex booking(act.booking());
  Undone undone = state.FindUndone(booking);
  if (booking >= index || undone.cancelled || undone.quantity != 0 || !IsOfAct(undone)) {
    return "a weighing of what was resolved";
  }
  undone.quantity = 1;
  state.PutUndone(booking, undone);
  return std::nullopt;
}

Fault ApplyEarning(State& state, EntryIndex index, const Entry& entry) {
  const pb::Earning& act = entry.earning();
  if (Fault fault = WantEarnedPostings(state, entry)) {
    return fault;
  }
  if (rules::RulebookOf(state.registry()).Find(rules::DocumentNo(act.rules())) == nullptr ||
      act.nullifiers_size() > rules::kMostClaims || entry.act_micros() == 0) {
    return "an act by rules that are not there";
  }
  for (const std::string& claim : act.nullifiers()) {
    const auto nullifier = rules::NullifierOf(claim, ActDate(entry));
    const auto first = nullifier.has_value() ? state.FindEvidence(*nullifier) : std::nullopt;
    if (!nullifier.has_value() ||
        (first.has_value() && !first->FreeTo(ParticipantNo(entry.caller())))) {
      return "evidence is claimed twice";
    }
    state.PutEvidence(*nullifier, Claim{index, {}});
  }
  if (act.booking() != 0) {
    if (Fault fault = ResolveBooking(state, index, act)) {
      return fault;
    }
  }
  if (IsBooking(act)) {
    return WantCarried(state, act);
  }
  if (act.product() != 0) {
    state.NoteProductEarning(act.product(), index);
  }
  for (int i = 0; i + 1 < entry.postings_size(); ++i) {
    NoteSpent(state, AccountNo(entry.postings(i).account()), RecordDate(entry));
  }
  const Fault uncounted = Count(state,
                                {AccountNo(act.account()), AccountNo(act.household()),
                                 ActDate(entry), act.carry(), act.gram_carry()},
                                act.counted(), 1);
  return uncounted.has_value() ? uncounted : WantCarried(state, act);
}

std::optional<Refusal> CancelEarning(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Earning& act = input.target->earning();
  const Undone undone = state.FindUndone(input.target_index);
  if (act.party() != 0 || act.booking() != 0 || undone.quantity != 0) {
    return Refusal(Reason::kNotCancellable, "target_request_id");
  }
  pb::Uncounted& uncounted = *entry.mutable_cancellation()->mutable_uncounted();
  uncounted = UncountedOf(act, BusinessDate(input.target->business_date()));
  *uncounted.mutable_nullifiers() = act.nullifiers();
  const std::int64_t points = act.points() + act.bonus_points();
  if (points == 0) {
    return std::nullopt;
  }
  const Party citizen(state, act.account(), input.now);
  const Lots lots = LotsGivenBy(*input.target);
  Taken taken = TakeBack(citizen.number(), citizen.account(), Amount(points), lots);
  const Amount paid(points - SumOf(lots).units());  // paid a debt, and is owed again
  Verdict verdict;
  verdict.Want(citizen.account().status != AccountStatus::kClosed, Reason::kAccountClosed,
               "target_request_id");
  if (taken.missing > paid) {
    WantAvailable(citizen, points - paid.units(), "target_request_id", verdict);
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  taken.leg.debt = taken.missing;
  taken.leg.amount = Amount(-points);
  absl::InlinedVector<Leg, 3> legs;
  legs.push_back(std::move(taken.leg));
  const auto& postings = input.target->postings();
  for (int i = 0; i + 1 < postings.size(); ++i) {
    legs.push_back(Plain(AccountNo(postings[i].account()), Amount(-postings[i].amount())));
  }
  return Post(state, legs, "target_request_id", entry);
}

Fault EarningCancelled(State& state, EntryIndex, const Entry& entry) {
  const pb::Cancellation& cancellation = entry.cancellation();
  if (!cancellation.has_uncounted()) {
    return "a cancelled act that still counts";
  }
  const Fault fault = Reopen(state, cancellation.uncounted(),
                             EntryIndex(cancellation.target_index()), ParticipantNo(0));
  return fault.has_value() ? fault : Uncount(state, cancellation.uncounted());
}

constexpr BookRow kRows[] = {
    {.body = Entry::kEarning,
     .decide = DecideEarning,
     .apply = ApplyEarning,
     .names = NamesOfEarning,
     .claims = ClaimsOfEarning,
     .target = TargetOfEarning,
     .target_request = PartnerRequest,
     .cancel = CancelEarning,
     .cancelled = EarningCancelled,
     .moves = true},
};

}  // namespace

std::span<const BookRow> EarningRows() { return kRows; }

}  // namespace tanhui::points
