// Corrections: an act in the place of another under the same evidence, and other points for it.
#include <algorithm>
#include <limits>
#include <variant>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/corrections/replacement.h"
#include "ledger/points/corrections/version.h"
#include "ledger/points/earning/counting.h"
#include "ledger/points/earning/earned.h"
#include "ledger/points/party.h"
#include "ledger/points/rows.h"
#include "ledger/rules/evaluation.h"
#include "ledger/rules/evidence/claim.h"
#include "ledger/rules/ratio.h"
#include "ledger/rules/tallies.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

void NamesOfCorrection(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::Correction& correction = draft.correction();
  for (const pb::Earning* act : {&correction.act(), &correction.now()}) {
    for (const std::uint64_t number :
         {act->account(), act->budget(), act->bonus_budget(), act->household()}) {
      if (number != 0) {
        out.emplace_back(number);
      }
    }
  }
  NamesOfBonuses(state, correction.act().district(), ActDate(draft), out);
}

std::optional<EntryIndex> TargetOfCorrection(const Entry& draft) {
  return EntryIndex(draft.correction().target());
}

bool CanBeCorrected(const Entry& target, const pb::Correction& correction) {
  if (target.has_award()) {
    return correction.has_adjustment();
  }
  return target.has_earning() && target.earning().weighing() != pb::WEIGHING_BOOKED &&
         target.earning().party() == 0;
}

// Whether `given` are claims of the evidence that made `claimed`. A record claims a second month
// only as long as that month's key is there.
bool SameEvidence(const google::protobuf::RepeatedPtrField<std::string>& given,
                  const google::protobuf::RepeatedPtrField<std::string>& claimed) {
  return std::count_if(given.begin(), given.end(), rules::StandsForPiece) ==
             std::count_if(claimed.begin(), claimed.end(), rules::StandsForPiece) &&
         std::all_of(given.begin(), given.end(), [&](const std::string& claim) {
           return std::count(given.begin(), given.end(), claim) == 1 &&
                  std::find(claimed.begin(), claimed.end(), claim) != claimed.end();
         });
}

// The first field in which the wanted act is another than that of the target; empty: in none.
std::string_view DifferingField(const State& state, const Entry& target, const Entry& entry) {
  const pb::Earning& was = target.earning();
  const pb::Earning& act = entry.correction().act();
  const auto standing = [&state](std::uint64_t number) {
    return state.Standing(AccountNo(number));
  };
  if (standing(was.account()) != standing(act.account())) {
    return "account";
  }
  if (was.budget() != act.budget()) {
    return "budget";
  }
  if (ActDate(target) != ActDate(entry)) {
    return "act_time";
  }
  if (!SameEvidence(act.nullifiers(), was.nullifiers())) {
    return "act.evidence";
  }
  if (was.weighing() != act.weighing()) {
    return "act.weighing";
  }
  if (was.booking() != act.booking()) {
    return "act.booking_entry_index";
  }
  return act.party() == was.party() ? "" : "act";
}

// Everything that must hold before anything is evaluated, one after the other.
std::optional<Refusal> RefusedAtOnce(const State& state, const DecideInput& input,
                                     const Party& citizen, const Entry& entry) {
  if (citizen.account().status == AccountStatus::kClosed) {
    return Refusal(Reason::kAccountClosed, "entry_index");
  }
  const pb::Correction& correction = entry.correction();
  const Undone undone = state.FindUndone(input.target_index);
  if (undone.cancelled || undone.quantity != 0) {
    return Refusal(Reason::kAlreadyReversed, "entry_index").With("points", undone.points.units());
  }
  if (auto refusal =
          RefusedByRevision(correction.expected_revision(), undone, input.target_index)) {
    return refusal;
  }
  if (correction.has_act()) {
    const std::string_view field = DifferingField(state, *input.target, entry);
    if (!field.empty()) {
      return Refusal(Reason::kNotTheSameAct, std::string(field));
    }
  }
  return std::nullopt;
}

// Whether it is a budget of the account's asset. A log that somebody rewrote may say anything.
bool CanPay(const State& state, const Account& citizen, std::uint64_t budget) {
  const Account* account = state.FindAccount(AccountNo(budget));
  return account != nullptr && account->kind == AccountKind::kBudget &&
         account->asset == citizen.asset;
}

bool AllCanPay(const State& state, const Account& citizen, const pb::Earning& act) {
  return CanPay(state, citizen, act.budget()) &&
         (act.bonus_budget() == 0 || CanPay(state, citizen, act.bonus_budget()));
}

// What the citizen counted and carried without the version before.
struct Without {
  std::vector<Tally> tallies;
  std::int64_t carry = 0;
  std::int64_t gram_carry = 0;
};
std::optional<Without> WithoutIt(const rules::Rulebook& book, const Account& account,
                                 const pb::Earning& before, BusinessDate date) {
  Without out{account.tallies, 0, 0};
  for (const pb::Tally& part : before.counted()) {
    const auto first = rules::PeriodOf(book, LimitNo(part.number()), date);
    if (!first.has_value() || part.amount() <= 0 ||
        !rules::AddTally(out.tallies,
                         {LimitNo(part.number()), part.category(), *first, -part.amount()})) {
      return std::nullopt;
    }
  }
  const bool fits =
      !__builtin_sub_overflow(account.carry, before.carry(), &out.carry) &&
      !__builtin_sub_overflow(account.gram_carry, before.gram_carry(), &out.gram_carry);
  return fits ? std::optional(std::move(out)) : std::nullopt;
}

// Grams go the way that the points go, and with points only; what cannot is carried.
void KeepGramsWithPoints(const pb::Earning& before, rules::Earned& earned) {
  std::int64_t grams = earned.grams;
  if (earned.points == before.points()) {
    grams = before.grams();
  } else if (earned.points > before.points()) {
    grams = std::max(grams, before.grams());
  } else {
    grams = earned.points == 0 ? 0 : std::min(grams, before.grams());
  }
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const __int128 carry = static_cast<__int128>(earned.gram_carry) +
                         static_cast<__int128>(earned.grams - grams) * rules::kMillion;
  earned.gram_carry = static_cast<std::int64_t>(std::clamp<__int128>(carry, -kMost, kMost));
  earned.grams = grams;
}

// The bonus that the act gets from here on. A budget that cannot pay more for it goes on paying
// what it paid.
void ReplaceBonus(const State& state, const Party& citizen, const pb::Earning& before,
                  BusinessDate date, rules::Earned& earned, pb::Earning& now) {
  const Budget* budget = BudgetOfBonus(state, earned, citizen, date);
  if (budget == nullptr) {
    return;
  }
  const std::uint64_t number = budget->account.value();
  const std::int64_t paid = number == before.bonus_budget() ? before.bonus_points() : 0;
  const std::int64_t more = number == before.budget() ? earned.points - before.points() : 0;
  const __int128 left =
      static_cast<__int128>(state.FindAccount(budget->account)->balance.units()) + paid - more;
  if (left < earned.bonus_points) {
    earned.bonus_points = std::min(paid, earned.bonus_points);
  }
  if (earned.bonus_points > 0) {
    FillBonus(earned, *budget, now);
  }
}

// The wanted act with what identifies it and cannot change; effects are cleared.
pb::Earning SameAct(const pb::Earning& wanted, const pb::Earning& before) {
  pb::Earning now = wanted;
  now.set_account(before.account());
  now.set_budget(before.budget());
  *now.mutable_nullifiers() = before.nullifiers();
  now.set_kept_micros(before.kept_micros());
  now.set_household(before.household());
  return now;
}

// Sets `now` to the wanted act by the rules of its date, or says no. `before` is the version
// before.
std::optional<Refusal> ReplaceAct(const State& state, const Party& citizen, const Version& before,
                                  const Entry& entry, Verdict& verdict, pb::Earning& now) {
  const rules::Rulebook& book = rules::RulebookOf(state.registry());
  const BusinessDate date = ActDate(entry);
  const auto without = WithoutIt(book, citizen.account(), before.act, date);
  if (!without.has_value()) {
    return Refusal(Reason::kBalanceLimit, "act.quantity");
  }
  now = SameAct(entry.correction().act(), before.act);
  Entry asked;
  asked.set_act_micros(entry.act_micros());
  asked.set_recorded_micros(entry.recorded_micros());
  *asked.mutable_earning() = now;
  const rules::Standing standing{.tallies = without->tallies,
                                 .carry = without->carry,
                                 .gram_carry = without->gram_carry,
                                 .dry = {},
                                 .in_household = before.act.household() != 0,
                                 .before = &before.act};
  auto evaluated = rules::Evaluate(book, asked, standing);
  WantAssetOfRule(book.InForce(now.district(), date), now, citizen, verdict);
  if (Refusal* refusal = std::get_if<Refusal>(&evaluated)) {
    verdict.Add(std::move(*refusal));
    return verdict.Take();
  }
  rules::Earned& earned = std::get<rules::Earned>(evaluated);
  KeepGramsWithPoints(before.act, earned);
  WantRoom(book, earned, standing, state.FindAccount(AccountNo(before.act.household())), date,
           verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  FillEarned(earned, now);
  ReplaceBonus(state, citizen, before.act, date, earned, now);
  now.set_carried(without->carry + earned.carry);
  return std::nullopt;
}

// Grams that an adjustment leaves: those that it names, or as many as go with the points; nullopt
// when the named ones go another way than the points.
std::optional<std::int64_t> GramsAfter(const pb::Earning& before, const pb::Adjustment& wanted) {
  const std::int64_t points = wanted.points_after();
  if (before.grams() < 0 || before.grams() > rules::kMostMillionths) {
    return std::nullopt;  // no sound entry says so
  }
  if (wanted.grams_after() == 0) {
    return points >= before.points() ? before.grams()
                                     : rules::Portion(points, before.grams(), before.points());
  }
  const std::int64_t more = wanted.grams_after() - before.grams();
  const bool with_points = points == before.points()  ? more == 0
                           : points > before.points() ? more >= 0
                                                      : points > 0 && more <= 0;
  return with_points ? std::optional(wanted.grams_after()) : std::nullopt;
}

// Sets `now` to the version before with the wanted points, or says no.
std::optional<Refusal> Adjust(const Party& citizen, const Version& before,
                              const pb::Adjustment& wanted, bool is_act, pb::Earning& now) {
  const auto grams = GramsAfter(before.act, wanted);
  if (!grams.has_value()) {
    return Refusal(Reason::kFieldInvalid, "adjustment.grams_after")
        .With("problem", "grams go the way that the points go")
        .With("points", before.act.points())
        .With("grams", before.act.grams());
  }
  now = before.act;
  now.set_points(wanted.points_after());
  now.set_grams(*grams);
  if (is_act) {
    now.set_carried(citizen.account().carry);
  }
  return std::nullopt;
}

// What a change up asks of the citizen's account.
void WantMore(const Party& citizen, const Replacement& moved, const pb::Earning& now,
              Verdict& verdict) {
  if (moved.paid > 0) {
    WantCredits(citizen, "entry_index", verdict);
    verdict.Want(!citizen.account().minor || citizen.account().guardian != AccountNo(0),
                 Reason::kConsentRequired, "entry_index");
  }
  if (moved.change > 0) {
    WantWithinAssetLimit(citizen, now.points() + now.bonus_points(), verdict);
  }
}

std::optional<Refusal> DecideCorrection(const State& state, const DecideInput& input,
                                        Entry& entry) {
  pb::Correction& correction = *entry.mutable_correction();
  if (input.target == nullptr || !MayFollowUp(state, input, AccountNo(0))) {
    return Refusal(Reason::kUnknownEntry, "entry_index");
  }
  if (!CanBeCorrected(*input.target, correction)) {
    return Refusal(Reason::kWrongEntryKind, "entry_index");
  }
  const Party citizen(state, GivenBy(*input.target)->account, input.now);
  if (auto refusal = RefusedAtOnce(state, input, citizen, entry)) {
    return refusal;
  }
  const Version before = VersionOf(*input.target, input.also, citizen);
  if (!AllCanPay(state, citizen.account(), before.act)) {
    return Refusal(Reason::kAssetMismatch, "entry_index");
  }
  Verdict verdict;
  pb::Earning now;
  auto refusal = correction.has_act() ? ReplaceAct(state, citizen, before, entry, verdict, now)
                                      : Adjust(citizen, before, correction.adjustment(),
                                               input.target->has_earning(), now);
  if (refusal.has_value()) {
    return refusal;
  }
  Replacement moved = ReplacementOf(state, citizen, before, now, input.now);
  const std::string_view field = correction.has_act() ? "act" : "adjustment.points_after";
  WantMore(citizen, moved, now, verdict);
  for (const Leg& leg : moved.legs) {
    const Party budget(state, leg.account.value(), input.now);
    if (budget.account().kind == AccountKind::kBudget && leg.amount.negative()) {
      WantAvailable(budget, -leg.amount.units(), field, verdict);
    }
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  if (correction.has_act()) {
    *correction.mutable_uncounted() = UncountedOf(before.act, ActDate(entry));
  }
  correction.set_revision(correction.expected_revision() + 1);
  correction.set_expiry_month(before.expiry.value());
  correction.set_change(moved.change);
  correction.set_forgiven(moved.forgiven);
  correction.set_made_by(input.target->caller());
  *correction.mutable_now() = std::move(now);
  return Post(state, moved.legs, field, entry);
}

// Whether the wanted act says what it earned, which only the rules do.
bool SaysEffects(const pb::Earning& act) {
  return act.rules() != 0 || act.points() != 0 || act.grams() != 0 || act.carry() != 0 ||
         act.gram_carry() != 0 || act.counted_size() != 0 || act.bonus_points() != 0 ||
         act.bonus_budget() != 0 || act.expected_points() != 0 || act.household() != 0 ||
         act.partner() != 0 || act.carried() != 0;
}

bool CanBe(std::int64_t points) { return points >= 0 && Amount(points) <= kMaxPostingAmount; }

// What the entry says of itself.
Fault WantSound(const State& state, EntryIndex index, const Entry& entry) {
  const pb::Correction& correction = entry.correction();
  const pb::Earning& now = correction.now();
  if (EntryIndex(correction.target()) >= index ||
      correction.wanted_case() == pb::Correction::WANTED_NOT_SET ||
      correction.revision() != correction.expected_revision() + 1 ||
      correction.expiry_month() > kNever.value() || !CanBe(correction.forgiven())) {
    return "a correction that cannot be";
  }
  if (!CanBe(now.points()) || !CanBe(now.bonus_points()) || now.grams() < 0 ||
      (now.points() == 0 && now.grams() != 0) ||
      (now.bonus_points() != 0) != (now.bonus_budget() != 0) ||
      correction.adjustment().grams_after() < 0 || !CanBe(correction.adjustment().points_after()) ||
      SaysEffects(correction.act())) {
    return "a correction to what cannot be earned";
  }
  if (correction.has_act() &&
      (entry.act_micros() == 0 || !correction.has_uncounted() ||
       correction.uncounted().nullifiers_size() != 0 ||
       rules::RulebookOf(state.registry()).Find(rules::DocumentNo(now.rules())) == nullptr)) {
    return "a corrected act by rules that are not there";
  }
  return correction.has_adjustment() && correction.has_uncounted()
             ? Fault("an adjustment that changes what was counted")
             : std::nullopt;
}

// That budgets pay or get back, and the citizen gets or loses, no more than the change.
Fault WantPaid(const State& state, const Entry& entry) {
  const pb::Correction& correction = entry.correction();
  const AccountNo citizen = state.Standing(AccountNo(correction.now().account()));
  const Account* account = state.FindAccount(citizen);
  if (account == nullptr || account->kind != AccountKind::kCitizen) {
    return "a correction for what is no citizen";
  }
  if (!AllCanPay(state, *account, correction.now())) {
    return "a correction that no budget pays";
  }
  std::int64_t amount = 0;
  for (int i = 0; i < entry.postings_size(); ++i) {
    const pb::Posting& posting = entry.postings(i);
    if (AccountNo(posting.account()) == citizen && i + 1 == entry.postings_size()) {
      amount = posting.amount();
    } else if (state.FindAccount(AccountNo(posting.account()))->kind != AccountKind::kBudget) {
      return "a correction that no budget pays";
    }
  }
  const std::int64_t change = correction.change();
  return amount < std::min<std::int64_t>(change, 0) || amount > std::max<std::int64_t>(change, 0)
             ? Fault("the postings are not the points of the correction")
             : std::nullopt;
}

// The act counts as it stands from here on, and no more as before.
Fault CountAgain(State& state, const Entry& entry) {
  const pb::Correction& correction = entry.correction();
  const pb::Earning& now = correction.now();
  if (Fault fault = Uncount(state, correction.uncounted())) {
    return fault;
  }
  if (Fault fault = Count(state,
                          {AccountNo(now.account()), AccountNo(now.household()), ActDate(entry),
                           now.carry(), now.gram_carry()},
                          now.counted(), 1)) {
    return fault;
  }
  const Account* citizen = state.FindAccount(state.Standing(AccountNo(now.account())));
  return citizen->carry == now.carried() ? std::nullopt : Fault("the carry does not add up");
}

Fault ApplyCorrection(State& state, EntryIndex index, const Entry& entry) {
  const pb::Correction& correction = entry.correction();
  if (Fault fault = WantSound(state, index, entry)) {
    return fault;
  }
  if (Fault fault = WantPaid(state, entry)) {
    return fault;
  }
  const EntryIndex target(correction.target());
  Undone undone = state.FindUndone(target);
  if (undone.cancelled || undone.quantity != 0 || !IsOfAct(undone) ||
      undone.revision != correction.expected_revision()) {
    return "a correction of what was undone, or of another revision";
  }
  undone.revision = correction.revision();
  undone.newest = index;
  state.PutUndone(target, undone);
  for (const pb::Posting& posting : entry.postings()) {
    if (posting.amount() < 0 &&
        state.FindAccount(AccountNo(posting.account()))->kind == AccountKind::kBudget) {
      NoteSpent(state, AccountNo(posting.account()), RecordDate(entry));
    }
  }
  if (!correction.has_act()) {
    return std::nullopt;
  }
  if (correction.now().product() != 0) {
    state.NoteProductEarning(correction.now().product(), target);
  }
  return CountAgain(state, entry);
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCorrection,
     .decide = DecideCorrection,
     .apply = ApplyCorrection,
     .names = NamesOfCorrection,
     .target = TargetOfCorrection,
     .also = NewestOf,
     .moves = true},
};

}  // namespace

std::span<const BookRow> CorrectionRows() { return kRows; }

}  // namespace tanhui::points
