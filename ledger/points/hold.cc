// Holds: points set aside, captured, released or freed by their deadline; and what expires.
#include <algorithm>
#include <array>

#include "ledger/claims/claimed.h"
#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/refund.h"
#include "ledger/points/rows.h"
#include "ledger/points/settled.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// Its capture needs them, too.
void NamesOfHold(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::Hold& hold = draft.hold();
  out.insert(out.end(), {AccountNo(hold.account()), AccountNo(hold.merchant())});
  if (hold.acting() != 0) {
    out.push_back(AccountNo(hold.acting()));
  }
  claims::NamesOfTaking(state.registry(), AccountNo(hold.merchant()), out);
}

void WantDeadline(const Party& citizen, const pb::Hold& hold, LedgerTime now, Verdict& verdict) {
  const std::int64_t days = citizen.terms().max_hold_days;
  if (hold.deadline_micros() <= now.value() ||
      hold.deadline_micros() - now.value() > days * kMicrosPerDay) {
    verdict.Add(Refusal(Reason::kHoldDeadline, "deadline").With("max_days", days));
  }
}

std::optional<Refusal> DecideHold(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Hold& hold = entry.hold();
  const Party citizen(state, hold.account(), input.now);
  const Party merchant(state, hold.merchant(), input.now);
  Verdict verdict;
  WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  WantKind(merchant, AccountKind::kMerchant, "merchant", verdict);
  WantOneAsset(citizen, merchant, "merchant", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  WantDebits(citizen, "account", verdict);
  WantActing(state, input, citizen, hold.acting(), verdict);
  WantDeadline(citizen, hold, input.now, verdict);
  WantWithinAssetLimit(citizen, hold.points(), verdict);
  verdict.Add(claims::RefusedAsSuspended(state.registry(), merchant.number(), "merchant"));
  verdict.Add(claims::RefusedByLimit(state, merchant.number(), Amount(hold.points()), input.now));
  verdict.Want(citizen.account().holds.size() < kMaxHolds, Reason::kHoldLimit, "account");
  WantAvailable(citizen, hold.points(), "points", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  Leg leg = Debit(citizen.number(), citizen.account(), Amount(hold.points()));
  leg.amount = Amount(0);
  leg.held = Amount(hold.points());
  return Post(state, std::array<Leg, 1>{std::move(leg)}, "points", entry);
}

Fault ApplyHold(State& state, EntryIndex index, const Entry& entry) {
  const pb::Hold& hold = entry.hold();
  if (Fault fault = WantPostings(state, entry, {hold.account()})) {
    return fault;
  }
  const Account* merchant = state.FindAccount(AccountNo(hold.merchant()));
  if (merchant == nullptr || merchant->kind != AccountKind::kMerchant ||
      hold.deadline_micros() <= entry.recorded_micros()) {
    return "a hold that cannot be";
  }
  Account& account = state.ChangeAccount(AccountNo(entry.postings(0).account()));
  const Lots lots = Outgoing(entry.postings(0));
  if (account.kind != AccountKind::kCitizen || SumOf(lots).units() != hold.points()) {
    return "the postings are not the points of the body";
  }
  account.holds.push_back(
      {index, LedgerTime(hold.deadline_micros()), AccountNo(hold.merchant()), lots});
  return claims::CountTaken(state, AccountNo(hold.merchant()), Amount(hold.points()),
                            LedgerTime(entry.recorded_micros()));
}

// The hold that a capture, a release or a cancellation is about. Its account and the hold itself,
// when it is still open.
struct Open {
  Party citizen;
  const Hold* hold;

  Open(const State& state, const DecideInput& input)
      : citizen(state, input.target->hold().account(), input.now),
        hold(FindHold(citizen.account(), input.target_index)) {}
};

std::optional<EntryIndex> TargetOfCapture(const Entry& draft) {
  return EntryIndex(draft.capture().hold());
}
std::optional<EntryIndex> TargetOfRelease(const Entry& draft) {
  return EntryIndex(draft.release().hold());
}

std::optional<Refusal> WhyNotFollowUp(const State& state, const DecideInput& input) {
  const Entry* target = input.target;
  const AccountNo merchant(target == nullptr ? 0 : target->hold().merchant());
  if (target == nullptr || !MayFollowUp(state, input, merchant)) {
    return Refusal(Reason::kUnknownEntry, "hold");
  }
  return target->has_hold() ? std::nullopt
                            : std::optional(Refusal(Reason::kWrongEntryKind, "hold"));
}

// The citizen's side of a hold that ends: `taken` leaves, the rest comes back.
Leg EndOf(const Open& open, const Lots& taken, LedgerTime now) {
  const Lots rest = Difference(open.hold->lots, taken);
  Leg leg = Freed(open.citizen.number(), open.citizen.account(),
                  WithGraceAll(rest, open.citizen.terms(), now));
  leg.amount = *Negate(SumOf(taken));
  leg.held = *Add(leg.held, leg.amount);
  return leg;
}

std::optional<Refusal> DecideCapture(const State& state, const DecideInput& input, Entry& entry) {
  if (auto refusal = WhyNotFollowUp(state, input)) {
    return refusal;
  }
  pb::Capture& capture = *entry.mutable_capture();
  const Open open(state, input);
  Verdict verdict;
  WantDebits(open.citizen, "hold", verdict);
  verdict.Want(open.hold != nullptr, Reason::kHoldResolved, "hold");
  // Limits counted the hold when it was made; it claims by the price of now.
  const AccountNo merchant = state.Standing(AccountNo(input.target->hold().merchant()));
  claims::Claimed claimed;
  verdict.Add(claims::RefusedAsSuspended(state.registry(), merchant, "hold"));
  verdict.Add(claims::ClaimFor(state, merchant, Amount(capture.points()), input.now, claimed));
  if (open.hold != nullptr && SumOf(open.hold->lots).units() < capture.points()) {
    verdict.Add(Refusal(Reason::kInsufficientBalance, "points")
                    .With("needed", capture.points())
                    .With("available", SumOf(open.hold->lots).units()));
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  const Lots taken = FirstOf(open.hold->lots, Amount(capture.points()));
  for (const Lot& part : taken) {
    WriteLot(part, *capture.add_taken());
  }
  capture.set_price(claimed.price.value());
  claims::Legs legs;
  legs.push_back(EndOf(open, taken, input.now));
  legs.push_back(Plain(merchant, Amount(capture.points())));
  claims::AppendLegs(claimed, legs);
  return Post(state, legs, "points", entry);
}

// Takes the hold off the account; nullopt when it is not open at the entry's time.
std::optional<Hold> Resolve(Account& account, EntryIndex number) {
  const Hold* found = FindHold(account, number);
  if (found == nullptr) {
    return std::nullopt;
  }
  Hold hold = *found;
  std::erase_if(account.holds, [number](const Hold& open) { return open.number == number; });
  return hold;
}

// That the first posting frees these lots, as far as they did not pay a debt.
Fault WantFreed(const Lots& held, const Terms& terms, const Entry& entry) {
  const Lots freed = WithGraceAll(held, terms, LedgerTime(entry.recorded_micros()));
  return IsRestOf(Incoming(entry.postings(0)), freed)
             ? std::nullopt
             : Fault("what comes back are not the lots that were held");
}

Fault ApplyCapture(State& state, EntryIndex, const Entry& entry) {
  const pb::Capture& capture = entry.capture();
  const auto taken = ReadLots(capture.taken());
  if (entry.postings_size() < 2 || !taken.has_value() || capture.points() <= 0 ||
      !SumsTo(*taken, Amount(capture.points())) || entry.postings(1).amount() != capture.points()) {
    return "the postings are not the points of the body";
  }
  Account& account = state.ChangeAccount(AccountNo(entry.postings(0).account()));
  const auto hold = Resolve(account, EntryIndex(capture.hold()));
  if (!hold.has_value() || hold->deadline.value() <= entry.recorded_micros() ||
      entry.postings(1).account() != state.Standing(hold->merchant).value()) {
    return "a capture of what is not held";
  }
  Lots lots = hold->lots;
  for (const Lot& part : *taken) {
    if (!TakeLot(lots, part)) {
      return "a capture takes more from a lot than was held";
    }
  }
  const Registry& registry = state.registry();
  if (Fault fault = WantFreed(lots, registry.Find(account.asset)->terms, entry)) {
    return fault;
  }
  const AccountNo merchant(entry.postings(1).account());
  if (claims::RefusedAsSuspended(registry, merchant, "hold").has_value()) {
    return "points are taken at a unit that may not take them";
  }
  return claims::NoteClaimed(state, entry, merchant, Amount(capture.points()),
                             PriceNo(capture.price()), 2);
}

std::optional<Refusal> DecideRelease(const State& state, const DecideInput& input, Entry& entry) {
  if (auto refusal = WhyNotFollowUp(state, input)) {
    return refusal;
  }
  const Open open(state, input);
  if (open.hold == nullptr) {
    return Refusal(Reason::kHoldResolved, "hold");
  }
  return Post(state, std::array<Leg, 1>{EndOf(open, {}, input.now)}, "hold", entry);
}

Fault EndHold(State& state, EntryIndex number, const Entry& entry) {
  if (entry.postings_size() != 1 || entry.postings(0).amount() != 0) {
    return "a release frees the points of one account";
  }
  Account& account = state.ChangeAccount(AccountNo(entry.postings(0).account()));
  const auto hold = Resolve(account, number);
  if (!hold.has_value() || hold->deadline.value() <= entry.recorded_micros()) {
    return "a release of what is not held";
  }
  const Terms& terms = state.registry().Find(account.asset)->terms;
  return WantFreed(hold->lots, terms, entry);
}

Fault ApplyRelease(State& state, EntryIndex, const Entry& entry) {
  return EndHold(state, EntryIndex(entry.release().hold()), entry);
}

std::optional<Refusal> CancelHold(const State& state, const DecideInput& input, Entry& entry) {
  const Open open(state, input);
  if (open.hold == nullptr) {
    return Refusal(Reason::kHoldResolved, "target_request_id");
  }
  return Post(state, std::array<Leg, 1>{EndOf(open, {}, input.now)}, "target_request_id", entry);
}

Fault HoldCancelled(State& state, EntryIndex, const Entry& entry) {
  return EndHold(state, EntryIndex(entry.cancellation().target_index()), entry);
}

// That every part is of a lot of the same key that has as much.
bool AllWithin(const Lots& parts, const Lots& lots) {
  return std::all_of(parts.begin(), parts.end(), [&lots](const Lot& part) {
    const Lot* lot = FindLot(lots, part.key);
    return lot != nullptr && lot->points >= part.points && lot->grams >= part.grams;
  });
}

Fault ApplyExpiry(State& state, EntryIndex, const Entry& entry) {
  const pb::Expiry& expiry = entry.expiry();
  if (entry.postings_size() < 1 || entry.postings_size() > 2 ||
      entry.postings(0).account() != expiry.account() || entry.postings(0).amount() > 0) {
    return "an expiry that cannot be";
  }
  const LedgerTime now(entry.recorded_micros());
  Account& account = state.ChangeAccount(AccountNo(expiry.account()));
  if (!HasLots(account.kind)) {
    return "an expiry of an account without lots";
  }
  const Asset* asset = state.registry().Find(account.asset);
  Lots freed;
  for (const std::uint64_t number : expiry.holds()) {
    const auto hold = Resolve(account, EntryIndex(number));
    if (!hold.has_value() || hold->deadline > now) {
      return "a hold freed before its deadline";
    }
    AddAll(freed, WithGraceAll(hold->lots, asset->terms, hold->deadline));
  }
  const Lots gone = Outgoing(entry.postings(0));
  if (PastDate(gone, now).size() != gone.size()) {
    return "a lot that expires before its date";
  }
  if (!AllWithin(Incoming(entry.postings(0)), freed)) {
    return "what comes back are not the lots that were held";
  }
  // Of what is freed some may be past its date again, and is in no change of lots.
  const std::int64_t again = -entry.postings(0).amount() - SumOf(gone).units();
  if (again < 0 || again > SumOf(PastDate(freed, now)).units()) {
    return "the postings are not what expires";
  }
  if (entry.postings_size() == 2 && entry.postings(1).account() != asset->expiry.value()) {
    return "points that expire into another account";
  }
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kHold,
     .decide = DecideHold,
     .apply = ApplyHold,
     .names = NamesOfHold,
     .cancel = CancelHold,
     .cancelled = HoldCancelled,
     .moves = true},
    {.body = Entry::kCapture,
     .decide = DecideCapture,
     .apply = ApplyCapture,
     .target = TargetOfCapture,
     .cancel = CancelSpending,
     .cancelled = SpendingCancelled,
     .moves = true},
    {.body = Entry::kRelease,
     .decide = DecideRelease,
     .apply = ApplyRelease,
     .target = TargetOfRelease,
     .moves = true},
    {.body = Entry::kExpiry, .apply = ApplyExpiry, .moves = true},
};

}  // namespace

std::span<const BookRow> HoldRows() { return kRows; }

std::optional<Entry> DueOfLots(const State& state, AccountNo number, LedgerTime now) {
  const Account& account = *state.FindAccount(number);
  if (!IsDue(account, now)) {
    return std::nullopt;
  }
  const Asset& asset = *state.registry().Find(account.asset);
  Entry entry;
  pb::Expiry& expiry = *entry.mutable_expiry();
  expiry.set_account(number.value());
  const Settlement change = SettlementOf(account, asset.terms, now);
  for (const Hold& hold : account.holds) {
    if (hold.deadline <= now) {
      expiry.add_holds(hold.number.value());
    }
  }
  const Amount gone = SumOf(change.gone);
  Leg leg = Plain(number, *Negate(gone));
  leg.in = change.freed;
  leg.out = change.gone;
  leg.held = *Negate(change.held);
  leg.debt = *Negate(change.paid);
  std::vector<Leg> legs = {std::move(leg)};
  if (gone > Amount(0)) {
    legs.push_back(Plain(asset.expiry, gone));
  }
  const auto refusal = Post(state, legs, "account", entry);
  Check(!refusal.has_value(), "an expiry was refused");
  return entry;
}

}  // namespace tanhui::points
