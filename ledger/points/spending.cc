// Redemptions at merchants and donations to charities.
#include <algorithm>

#include "ledger/claims/claimed.h"
#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/members.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/refund.h"
#include "ledger/points/rows.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// A redemption and a donation differ in who receives.
struct Spend {
  std::uint64_t account;
  std::uint64_t receiver;
  std::int64_t points;
  std::uint64_t acting;
  AccountKind kind;  // of the receiver
  std::string_view field;
};

Spend SpendOf(const Entry& entry) {
  if (entry.has_donation()) {
    const pb::Donation& donation = entry.donation();
    return {donation.account(), donation.charity(),    donation.points(),
            donation.acting(),  AccountKind::kCharity, "charity"};
  }
  const pb::Redemption& redemption = entry.redemption();
  return {redemption.account(), redemption.merchant(),  redemption.points(),
          redemption.acting(),  AccountKind::kMerchant, "merchant"};
}

void NamesOfSpend(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const Spend spend = SpendOf(draft);
  out.insert(out.end(), {AccountNo(spend.account), AccountNo(spend.receiver)});
  if (spend.acting != 0) {
    out.push_back(AccountNo(spend.acting));
  }
  if (draft.has_redemption()) {
    claims::NamesOfTaking(state.registry(), AccountNo(spend.receiver), out);
  }
}

void WantWithinDailyLimit(const State& state, const Party& household, const Spend& spend,
                          BusinessDate today, Verdict& verdict) {
  const auto& members = household.account().members;
  const auto place = PlaceOf(members, state.Standing(AccountNo(spend.acting)));
  if (place == members.end()) {
    return;  // WantActing said so
  }
  const std::int64_t left = place->daily_limit.units() - place->spent.On(today).units();
  if (spend.points > left) {
    verdict.Add(
        Refusal(Reason::kSpendingLimit, "points").With("left", std::max<std::int64_t>(left, 0)));
  }
}

// What a merchant asks of it besides; what it claims goes into `claimed`.
void WantTaken(const State& state, const Spend& spend, LedgerTime now, claims::Claimed& claimed,
               Verdict& verdict) {
  const AccountNo merchant(spend.receiver);
  const Amount points(spend.points);
  verdict.Add(claims::RefusedAsSuspended(state.registry(), merchant, spend.field));
  verdict.Add(claims::RefusedByLimit(state, merchant, points, now));
  verdict.Add(claims::ClaimFor(state, merchant, points, now, claimed));
}

std::optional<Refusal> DecideSpend(const State& state, const DecideInput& input, Entry& entry) {
  const Spend spend = SpendOf(entry);
  const Party giver(state, spend.account, input.now);
  const Party receiver(state, spend.receiver, input.now);
  Verdict verdict;
  verdict.Want(HasLots(giver.account().kind), Reason::kWrongAccountKind, "account");
  WantKind(receiver, spend.kind, spend.field, verdict);
  WantOneAsset(giver, receiver, spend.field, verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  WantDebits(giver, "account", verdict);
  WantActing(state, input, giver, spend.acting, verdict);
  WantWithinAssetLimit(giver, spend.points, verdict);
  if (giver.account().kind == AccountKind::kHousehold) {
    WantWithinDailyLimit(state, giver, spend, RecordDate(entry), verdict);
  }
  WantAvailable(giver, spend.points, "points", verdict);
  claims::Claimed claimed;
  if (entry.has_redemption()) {
    WantTaken(state, spend, input.now, claimed, verdict);
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  claims::Legs legs;
  legs.push_back(Debit(giver.number(), giver.account(), Amount(spend.points)));
  legs.push_back(Plain(receiver.number(), Amount(spend.points)));
  if (claimed.price != PriceNo(0)) {
    entry.mutable_redemption()->set_price(claimed.price.value());
    claims::AppendLegs(claimed, legs);
  }
  return Post(state, legs, "points", entry);
}

// The merchant's side of a redemption.
Fault TakenAt(State& state, const Entry& entry) {
  const pb::Redemption& redemption = entry.redemption();
  const AccountNo merchant(redemption.merchant());
  const Amount points(redemption.points());
  if (Fault fault =
          claims::CountTaken(state, merchant, points, LedgerTime(entry.recorded_micros()))) {
    return fault;
  }
  return claims::NoteClaimed(state, entry, merchant, points, PriceNo(redemption.price()), 2);
}

// A member's limit of the day.
Fault SpentByMember(State& state, const Entry& entry) {
  const Spend spend = SpendOf(entry);
  const pb::Posting& giver = entry.postings(0);
  std::vector<Member>& members = state.ChangeAccount(AccountNo(giver.account())).members;
  const auto place = PlaceOf(members, state.Standing(AccountNo(spend.acting)));
  if (place == members.end() || !place->joined) {
    return "a household's points spent by who is no member";
  }
  const BusinessDate today = RecordDate(entry);
  const auto spent = Add(place->spent.On(today), Amount(spend.points));
  if (!spent.has_value() || *spent > place->daily_limit) {
    return "a member spent more than the limit";
  }
  place->spent = {today, *spent};
  return std::nullopt;
}

Fault ApplySpend(State& state, EntryIndex, const Entry& entry) {
  const Spend spend = SpendOf(entry);
  if (Fault fault = WantFirstPostings(state, entry, {spend.account, spend.receiver})) {
    return fault;
  }
  if (entry.has_donation() && entry.postings_size() != 2) {
    return "an entry with more or fewer postings than its kind has";
  }
  const pb::Posting& giver = entry.postings(0);
  if (spend.points <= 0 || entry.postings(1).amount() != spend.points ||
      SumOf(Outgoing(giver)).units() != spend.points) {
    return "the postings are not the points of the body";
  }
  const Account& account = *state.FindAccount(AccountNo(giver.account()));
  if (!HasLots(account.kind) ||
      state.FindAccount(AccountNo(entry.postings(1).account()))->kind != spend.kind) {
    return "a move between accounts of another kind";
  }
  const bool household = account.kind == AccountKind::kHousehold;
  if (entry.has_redemption()) {
    if (Fault fault = TakenAt(state, entry)) {
      return fault;
    }
  }
  return household ? SpentByMember(state, entry) : std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kRedemption,
     .decide = DecideSpend,
     .apply = ApplySpend,
     .names = NamesOfSpend,
     .cancel = CancelSpending,
     .cancelled = SpendingCancelled,
     .moves = true},
    {.body = Entry::kDonation,
     .decide = DecideSpend,
     .apply = ApplySpend,
     .names = NamesOfSpend,
     .moves = true},
};

}  // namespace

std::span<const BookRow> SpendingRows() { return kRows; }

}  // namespace tanhui::points
