// Transfers between citizens, as far as the scheme allows them.
#include <algorithm>
#include <array>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

void NamesOfTransfer(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.insert(out.end(), {AccountNo(draft.transfer().from()), AccountNo(draft.transfer().to())});
}

void WantAllowed(const Party& giver, const Party& taker, std::int64_t points, BusinessDate today,
                 Verdict& verdict) {
  const Terms& terms = giver.terms();
  verdict.Want(terms.transfers != TransferPolicy::kOff, Reason::kTransfersOff, "from_account");
  if (terms.transfers == TransferPolicy::kHousehold) {
    const AccountNo household = giver.account().household;
    verdict.Want(household != AccountNo(0) && household == taker.account().household,
                 Reason::kNotInHousehold, "to_account");
  }
  if (terms.transfers == TransferPolicy::kCapped && terms.transfer_daily_cap > Amount(0)) {
    const std::int64_t left =
        terms.transfer_daily_cap.units() - giver.account().given.On(today).units();
    if (points > left) {
      verdict.Add(
          Refusal(Reason::kTransferCap, "points").With("left", std::max<std::int64_t>(left, 0)));
    }
  }
}

std::optional<Refusal> DecideTransfer(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Transfer& transfer = entry.transfer();
  const Party giver(state, transfer.from(), input.now);
  const Party taker(state, transfer.to(), input.now);
  Verdict verdict;
  WantKind(giver, AccountKind::kCitizen, "from_account", verdict);
  WantKind(taker, AccountKind::kCitizen, "to_account", verdict);
  WantOneAsset(giver, taker, "to_account", verdict);
  verdict.Want(giver.number() != taker.number(), Reason::kSameAccount, "to_account");
  if (verdict.refused()) {
    return verdict.Take();
  }
  WantDebits(giver, "from_account", verdict);
  WantCredits(taker, "to_account", verdict);
  verdict.Want(!giver.account().minor, Reason::kNotForMinors, "from_account");
  verdict.Want(!taker.account().minor, Reason::kNotForMinors, "to_account");
  WantAllowed(giver, taker, transfer.points(), RecordDate(entry), verdict);
  WantWithinAssetLimit(giver, transfer.points(), verdict);
  WantAvailable(giver, transfer.points(), "points", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  Leg debit = Debit(giver.number(), giver.account(), Amount(transfer.points()));
  Leg credit = Credit(taker.number(), taker.account(), debit.out);
  const std::array<Leg, 2> legs = {std::move(debit), std::move(credit)};
  return Post(state, legs, "points", entry);
}

Fault ApplyTransfer(State& state, EntryIndex, const Entry& entry) {
  const pb::Transfer& transfer = entry.transfer();
  if (Fault fault = WantPostings(state, entry, {transfer.from(), transfer.to()})) {
    return fault;
  }
  if (transfer.points() <= 0 || entry.postings(1).amount() != transfer.points() ||
      !IsRestOf(Incoming(entry.postings(1)), Outgoing(entry.postings(0)))) {
    return "the postings are not the points of the body";
  }
  Account& giver = state.ChangeAccount(AccountNo(entry.postings(0).account()));
  if (giver.kind != AccountKind::kCitizen ||
      state.FindAccount(AccountNo(entry.postings(1).account()))->kind != AccountKind::kCitizen) {
    return "a move between accounts of another kind";
  }
  const BusinessDate today = RecordDate(entry);
  const auto given = Add(giver.given.On(today), Amount(transfer.points()));
  giver.given = {today, given.value_or(kMostGiven)};
  return std::nullopt;
}

// The lots that the receiver still has go back as they are. What had paid a debt of the receiver is
// owed again, and the giver gets those lots as they were.
std::optional<Refusal> CancelTransfer(const State& state, const DecideInput& input, Entry& entry) {
  const pb::Transfer& transfer = input.target->transfer();
  const Party giver(state, transfer.from(), input.now);
  const Party taker(state, transfer.to(), input.now);
  const Amount points(transfer.points());
  const Lots given = Outgoing(input.target->postings(0));
  const Lots taken = Incoming(input.target->postings(1));
  const Amount paid(points.units() - SumOf(taken).units());
  Taken back = TakeBack(taker.number(), taker.account(), points, taken);
  Verdict verdict;
  verdict.Want(giver.number() != taker.number(), Reason::kSameAccount, "target_request_id");
  verdict.Want(giver.account().status != AccountStatus::kClosed &&
                   taker.account().status != AccountStatus::kClosed,
               Reason::kAccountClosed, "target_request_id");
  if (back.missing > paid) {
    WantAvailable(taker, points.units() - paid.units(), "target_request_id", verdict);
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  Lots parts = back.leg.out;
  AddAll(parts, FirstOf(given, back.missing));
  back.leg.debt = back.missing;
  back.leg.amount = *Negate(points);
  const std::array<Leg, 2> legs = {
      std::move(back.leg),
      Credit(giver.number(), giver.account(), WithGraceAll(parts, giver.terms(), input.now))};
  return Post(state, legs, "target_request_id", entry);
}

// The day's cap gets back what was given on that day.
Fault TransferCancelled(State& state, EntryIndex, const Entry& entry) {
  if (entry.postings_size() != 2) {
    return "a cancelled transfer moves points back";
  }
  const pb::Posting& back = entry.postings(1);
  Account& giver = state.ChangeAccount(AccountNo(back.account()));
  const BusinessDate today = RecordDate(entry);
  if (ShanghaiDate(LedgerTime(entry.cancellation().target_micros())) != today) {
    return std::nullopt;
  }
  const std::int64_t given = giver.given.On(today).units() - back.amount();
  giver.given = {today, Amount(std::max<std::int64_t>(given, 0))};
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kTransfer,
     .decide = DecideTransfer,
     .apply = ApplyTransfer,
     .names = NamesOfTransfer,
     .cancel = CancelTransfer,
     .cancelled = TransferCancelled,
     .moves = true},
};

}  // namespace

std::span<const BookRow> TransferRows() { return kRows; }

}  // namespace tanhui::points
