// Redemptions at merchants and donations to charities.
#include <algorithm>
#include <array>

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

void NamesOfSpend(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  const Spend spend = SpendOf(draft);
  out.insert(out.end(), {AccountNo(spend.account), AccountNo(spend.receiver)});
  if (spend.acting != 0) {
    out.push_back(AccountNo(spend.acting));
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
  if (verdict.refused()) {
    return verdict.Take();
  }
  const std::array<Leg, 2> legs = {Debit(giver.number(), giver.account(), Amount(spend.points)),
                                   Plain(receiver.number(), Amount(spend.points))};
  return Post(state, legs, "points", entry);
}

Fault ApplySpend(State& state, EntryIndex, const Entry& entry) {
  const Spend spend = SpendOf(entry);
  if (Fault fault = WantPostings(state, entry, {spend.account, spend.receiver})) {
    return fault;
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
  if (account.kind != AccountKind::kHousehold) {
    return std::nullopt;
  }
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

constexpr BookRow kRows[] = {
    {.body = Entry::kRedemption,
     .decide = DecideSpend,
     .apply = ApplySpend,
     .names = NamesOfSpend,
     .cancel = CancelSpending,
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
