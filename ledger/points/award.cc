// Awards, and their reversal (clawback).
#include <algorithm>
#include <array>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/budget_period.h"
#include "ledger/points/corrections/version.h"
#include "ledger/points/earning/counting.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

void NamesOfAward(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.insert(out.end(), {AccountNo(draft.award().account()), AccountNo(draft.award().budget())});
}

// The lot that an award makes.
Lot LotOf(const Entry& entry, const Party& citizen, const Party& budget) {
  return Lot{KeyOfLot(entry, citizen, budget.account().participant), Amount(entry.award().points()),
             entry.award().grams()};
}

void WantInPeriod(const State& state, const Party& budget, const Entry& entry, Verdict& verdict) {
  const Budget* row = state.registry().FindBudget(budget.number());
  Check(row != nullptr, "a budget's account without a budget");
  verdict.Want(PaysOn(*row, ActDate(entry)), Reason::kBudgetOutOfPeriod, "budget");
}

std::optional<Refusal> DecideAward(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Award& award = entry.award();
  const Party citizen(state, award.account(), input.now);
  const Party budget(state, award.budget(), input.now);
  const Lot lot = LotOf(entry, citizen, budget);
  Verdict verdict;
  verdict.Want(lot.key.expiry >= MonthOf(RecordDate(entry)), Reason::kActTooOld, "act_time");
  WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  WantKind(budget, AccountKind::kBudget, "budget", verdict);
  WantOneAsset(citizen, budget, "budget", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  const Account& account = citizen.account();
  WantCredits(citizen, "account", verdict);
  verdict.Want(!account.minor || account.guardian != AccountNo(0), Reason::kConsentRequired,
               "account");
  WantInPeriod(state, budget, entry, verdict);
  WantWithinAssetLimit(citizen, award.points(), verdict);
  WantAvailable(budget, award.points(), "points", verdict);
  const std::array<Leg, 2> legs = {Plain(budget.number(), Amount(-award.points())),
                                   Credit(citizen.number(), account, Lots{lot})};
  verdict.Add(Post(state, legs, "points", entry));
  return verdict.Take();
}

Fault ApplyAward(State& state, EntryIndex, const Entry& entry) {
  const pb::Award& award = entry.award();
  if (Fault fault = WantPostings(state, entry, {award.budget(), award.account()})) {
    return fault;
  }
  const pb::Posting& posting = entry.postings(1);
  const AccountNo budget(entry.postings(0).account());
  if (award.points() <= 0 || posting.amount() != award.points()) {
    return "the postings are not the points of the body";
  }
  if (state.FindAccount(budget)->kind != AccountKind::kBudget ||
      state.FindAccount(AccountNo(posting.account()))->kind != AccountKind::kCitizen) {
    return "a move between accounts of another kind";
  }
  // One lot at most: all of it may have paid a debt.
  const Lots made = Incoming(posting);
  if (posting.lots_size() > 1 || made.size() != static_cast<std::size_t>(posting.lots_size())) {
    return "an award makes one lot";
  }
  const Account& payer = *state.FindAccount(budget);
  for (const Lot& lot : made) {
    const LotKey key{lot.key.expiry, state.registry().Find(payer.asset)->scheme, payer.participant};
    if (lot.key != key || key.expiry < MonthOf(RecordDate(entry)) || lot.grams < 0 ||
        lot.grams > award.grams()) {
      return "an award makes another lot than its own";
    }
  }
  NoteSpent(state, budget, RecordDate(entry));
  return std::nullopt;
}

std::optional<Refusal> CancelAward(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Award& award = input.target->award();
  const Party citizen(state, award.account(), input.now);
  const Party budget(state, award.budget(), input.now);
  const Lots lots = LotsGivenBy(*input.target);
  Taken taken = TakeBack(citizen.number(), citizen.account(), Amount(award.points()), lots);
  // What paid a debt is owed again.
  const Amount paid(award.points() - SumOf(lots).units());
  Verdict verdict;
  verdict.Want(citizen.account().status != AccountStatus::kClosed, Reason::kAccountClosed,
               "target_request_id");
  if (taken.missing > paid) {
    WantAvailable(citizen, award.points() - paid.units(), "target_request_id", verdict);
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  taken.leg.debt = taken.missing;
  taken.leg.amount = Amount(-award.points());
  const std::array<Leg, 2> legs = {std::move(taken.leg),
                                   Plain(budget.number(), Amount(award.points()))};
  return Post(state, legs, "target_request_id", entry);
}

// Of so many points those of the first `items`, rounded down; all of them with the last item.
std::int64_t PointsOf(std::int64_t points, std::uint64_t items, std::uint64_t quantity) {
  return static_cast<std::int64_t>(static_cast<__int128>(points) * items / quantity);
}

std::optional<EntryIndex> TargetOfReversal(const Entry& draft) {
  return EntryIndex(draft.reversal().target());
}

// An award or act as its newest version says.
void TakeNewest(const pb::Earning& act, bool is_act, Given& given) {
  given.budget = act.budget();
  given.points = act.points();
  given.bonus_budget = act.bonus_budget();
  given.bonus_points = act.bonus_points();
  if (is_act) {
    given.quantity = std::max<std::uint64_t>(act.quantity(), 1);
  }
}

// Whether what showed a reversed act may show it again: not that of a booking which was weighed.
bool MayReopen(const pb::Earning& act, const Undone& before) {
  return act.weighing() != pb::WEIGHING_BOOKED || before.quantity == 0;
}

// So much of the target is there to be taken back, and as the caller knows it.
std::optional<Refusal> RefusedAsNotThere(const pb::Reversal& reversal, const DecideInput& input,
                                         const Undone& undone) {
  if (reversal.has_expected_revision()) {
    if (auto refusal =
            RefusedByRevision(reversal.expected_revision(), undone, input.target_index)) {
      return refusal;
    }
  }
  const std::uint64_t left = QuantityLeft(*input.target, input.also, undone);
  return reversal.quantity() > left
             ? std::optional(Refusal(Reason::kNothingLeftToUndo, "quantity")
                                 .With("left", static_cast<std::int64_t>(left)))
             : std::nullopt;
}

// The award's accounts follow from the target, which the sequencer loads.
std::optional<Refusal> DecideReversal(const State& state, const DecideInput& input, Entry& entry) {
  pb::Reversal& reversal = *entry.mutable_reversal();
  if (input.target == nullptr || !MayFollowUp(state, input, AccountNo(0))) {
    return Refusal(Reason::kUnknownEntry, "entry_index");
  }
  auto given = GivenBy(*input.target);
  if (!given.has_value()) {
    return Refusal(Reason::kWrongEntryKind, "entry_index");
  }
  const Party citizen(state, given->account, input.now);
  Lots lots = LotsGivenBy(*input.target);
  std::int64_t forgiven_before = 0;
  if (input.also != nullptr) {
    const Version newest = VersionOf(*input.target, input.also, citizen);
    TakeNewest(newest.act, input.target->has_earning(), *given);
    lots = LotsOf(state, citizen, newest.act, newest.expiry);
    forgiven_before = newest.forgiven;
  }
  const Undone undone = state.FindUndone(input.target_index);
  if (auto refusal = RefusedAsNotThere(reversal, input, undone)) {
    return refusal;
  }
  const std::uint64_t items = undone.quantity + reversal.quantity();
  const auto part = [&](std::int64_t points) {
    return PointsOf(points, items, given->quantity) -
           PointsOf(points, undone.quantity, given->quantity);
  };
  const std::int64_t bonus = part(given->bonus_points);
  reversal.set_points(part(given->points) + bonus);
  reversal.set_made_by(input.target->caller());
  Taken taken = TakeBack(citizen.number(), citizen.account(), Amount(reversal.points()), lots);
  const bool write_off = citizen.terms().spent_reversal == SpentReversal::kWriteOff;
  // What is forgiven was earned all the same, and counts: of an act taken back in parts it is not
  // known what was forgiven before.
  const bool all_back = !write_off || (undone.quantity == 0 && taken.missing == Amount(0));
  if (input.target->has_earning() && items == given->quantity && all_back) {
    const pb::Earning& act =
        input.also == nullptr ? input.target->earning() : input.also->correction().now();
    *reversal.mutable_uncounted() = UncountedOf(act, BusinessDate(input.target->business_date()));
    if (forgiven_before == 0 && MayReopen(act, undone)) {
      *reversal.mutable_uncounted()->mutable_nullifiers() = act.nullifiers();
    }
  }
  if (write_off) {
    reversal.set_forgiven(taken.missing.units());
  } else {
    taken.leg.debt = taken.missing;
    taken.leg.amount = Amount(-reversal.points());
  }
  const std::int64_t back = -taken.leg.amount.units();
  if (back == 0) {
    return std::nullopt;  // nothing moves: the item stood for less than a point, or all is forgiven
  }
  // What is forgiven is the bonus's first.
  const bool apart = given->bonus_budget != given->budget;
  const std::int64_t to_bonus = apart ? std::max<std::int64_t>(bonus - reversal.forgiven(), 0) : 0;
  absl::InlinedVector<Leg, 3> legs;
  legs.push_back(std::move(taken.leg));
  for (const auto& [budget, points] :
       {std::pair(given->budget, back - to_bonus), std::pair(given->bonus_budget, to_bonus)}) {
    if (points > 0) {
      legs.push_back(Plain(AccountNo(budget), Amount(points)));
    }
  }
  return Post(state, legs, "entry_index", entry);
}

// That the postings move back what the reversal says.
Fault WantReversed(const Entry& entry) {
  const pb::Reversal& reversal = entry.reversal();
  if (reversal.quantity() == 0 || reversal.points() < 0 || reversal.forgiven() < 0 ||
      reversal.forgiven() > reversal.points()) {
    return "a reversal that cannot be";
  }
  const std::int64_t back = reversal.points() - reversal.forgiven();
  const int postings = entry.postings_size();
  const bool fits = back == 0
                        ? postings == 0
                        : (postings == 2 || postings == 3) && entry.postings(0).amount() == -back;
  return fits ? std::nullopt : Fault("the postings are not the points of the body");
}

Fault ApplyReversal(State& state, EntryIndex index, const Entry& entry) {
  const pb::Reversal& reversal = entry.reversal();
  const EntryIndex target(reversal.target());
  if (target >= index) {
    return "a reversal that cannot be";
  }
  if (Fault fault = WantReversed(entry)) {
    return fault;
  }
  Undone undone = state.FindUndone(target);
  const auto points = Add(undone.points, Amount(reversal.points()));
  if (undone.cancelled || !IsOfAct(undone) || !points.has_value() ||
      __builtin_add_overflow(undone.quantity, reversal.quantity(), &undone.quantity)) {
    return "a reversal of what was undone before";
  }
  if (reversal.has_expected_revision() && reversal.expected_revision() != undone.revision) {
    return "a reversal of another revision";
  }
  undone.points = *points;
  state.PutUndone(target, undone);
  if (!reversal.has_uncounted()) {
    return std::nullopt;
  }
  const ParticipantNo made_by(reversal.made_by());
  if (reversal.uncounted().nullifiers_size() != 0) {
    if (made_by == ParticipantNo(0)) {
      return "evidence is opened again to nobody";
    }
    if (Fault fault = Reopen(state, reversal.uncounted(), target, made_by)) {
      return fault;
    }
  }
  return Uncount(state, reversal.uncounted());
}

constexpr BookRow kRows[] = {
    {.body = Entry::kAward,
     .decide = DecideAward,
     .apply = ApplyAward,
     .names = NamesOfAward,
     .cancel = CancelAward,
     .moves = true},
    {.body = Entry::kReversal,
     .decide = DecideReversal,
     .apply = ApplyReversal,
     .target = TargetOfReversal,
     .also = NewestOf,
     .moves = true},
};

}  // namespace

std::span<const BookRow> AwardRows() { return kRows; }

}  // namespace tanhui::points
