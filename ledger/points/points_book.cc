#include "ledger/points/points_book.h"

#include "ledger/core/check.h"
#include "ledger/core/postings.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// An account that the request names; it was found when its name was resolved, and accounts are
// never deleted.
const Account& Named(const State& state, std::uint64_t number) {
  const Account* account = state.FindAccount(AccountNo(number));
  Check(account != nullptr, "a named account was not loaded");
  return *account;
}

std::optional<Refusal> WantKind(const Account& account, AccountKind kind, std::string_view field) {
  return account.kind == kind
             ? std::nullopt
             : std::optional(Refusal(Reason::kWrongAccountKind, std::string(field)));
}

// The amount against the asset's limit for one request.
std::optional<Refusal> WithinAssetLimit(const State& state, AssetNo asset_no, Amount points) {
  const Asset* asset = state.registry().Find(asset_no);
  Check(asset != nullptr, "an account of an unknown asset");
  if (points > asset->max_amount) {
    return Refusal(Reason::kAmountOverAssetLimit, "points")
        .With("limit", asset->max_amount.units());
  }
  return std::nullopt;
}

std::optional<Refusal> DecideBudget(const State& state, const DecideInput&, Entry& entry) {
  pb::BudgetOpening& opening = *entry.mutable_budget_opening();
  if (state.registry().FindBudget(opening.code()) != nullptr) {
    return Refusal(Reason::kCodeExists, "budget_id").With("code", opening.code());
  }
  const Participant* sponsor = state.registry().Find(ParticipantNo(opening.sponsor()));
  Check(sponsor != nullptr, "a sponsor's number was not resolved");
  if (sponsor->kind != ParticipantKind::kSponsor && sponsor->kind != ParticipantKind::kDistrict) {
    return Refusal(Reason::kWrongParticipantKind, "sponsor");
  }
  opening.set_number(state.head().next_account.value());
  return std::nullopt;
}

void ApplyBudget(State& state, EntryIndex index, const Entry& entry) {
  const pb::BudgetOpening& opening = entry.budget_opening();
  Account budget;
  budget.kind = AccountKind::kBudget;
  budget.asset = AssetNo(opening.asset());
  budget.participant = ParticipantNo(opening.sponsor());
  Check(state.registry().Find(budget.asset) != nullptr, "a budget of an unknown asset");
  state.OpenAccount(AccountNo(opening.number()), budget);
  state.ChangeRegistry(index, [&](Registry& registry) {
    registry.Add(Budget{AccountNo(opening.number()), opening.code(), opening.display_name(),
                        ParticipantNo(opening.sponsor()), AssetNo(opening.asset())});
  });
}

std::optional<Refusal> DecideFunding(const State& state, const DecideInput&, Entry& entry) {
  const pb::Funding& funding = entry.funding();
  const Account& budget = Named(state, funding.budget());
  if (auto refusal = WantKind(budget, AccountKind::kBudget, "budget")) {
    return refusal;
  }
  const AccountNo issuance = state.registry().Find(budget.asset)->issuance;
  return Move(state, issuance, AccountNo(funding.budget()), Amount(funding.points()), "points",
              entry);
}

std::optional<Refusal> DecideAward(const State& state, const DecideInput&, Entry& entry) {
  const pb::Award& award = entry.award();
  const Account& citizen = Named(state, award.account());
  const Account& budget = Named(state, award.budget());
  if (auto refusal = WantKind(citizen, AccountKind::kCitizen, "account")) {
    return refusal;
  }
  if (auto refusal = WantKind(budget, AccountKind::kBudget, "budget")) {
    return refusal;
  }
  if (citizen.asset != budget.asset) {
    return Refusal(Reason::kAssetMismatch, "budget");
  }
  if (auto refusal = WithinAssetLimit(state, budget.asset, Amount(award.points()))) {
    return refusal;
  }
  return Move(state, AccountNo(award.budget()), AccountNo(award.account()),
              Amount(award.points()), "points", entry);
}

std::optional<Refusal> DecideRedemption(const State& state, const DecideInput&, Entry& entry) {
  const pb::Redemption& redemption = entry.redemption();
  const Account& citizen = Named(state, redemption.account());
  const Account& merchant = Named(state, redemption.merchant());
  if (auto refusal = WantKind(citizen, AccountKind::kCitizen, "account")) {
    return refusal;
  }
  if (auto refusal = WantKind(merchant, AccountKind::kMerchant, "merchant")) {
    return refusal;
  }
  if (citizen.asset != merchant.asset) {
    return Refusal(Reason::kAssetMismatch, "merchant");
  }
  if (auto refusal = WithinAssetLimit(state, citizen.asset, Amount(redemption.points()))) {
    return refusal;
  }
  return Move(state, AccountNo(redemption.account()), AccountNo(redemption.merchant()),
              Amount(redemption.points()), "points", entry);
}

std::optional<Refusal> DecideTransfer(const State& state, const DecideInput&, Entry& entry) {
  const pb::Transfer& transfer = entry.transfer();
  const Account& giver = Named(state, transfer.from());
  const Account& taker = Named(state, transfer.to());
  if (auto refusal = WantKind(giver, AccountKind::kCitizen, "from_account")) {
    return refusal;
  }
  if (auto refusal = WantKind(taker, AccountKind::kCitizen, "to_account")) {
    return refusal;
  }
  if (giver.asset != taker.asset) {
    return Refusal(Reason::kAssetMismatch, "to_account");
  }
  if (transfer.from() == transfer.to()) {
    return Refusal(Reason::kSameAccount, "to_account");
  }
  if (!state.registry().Find(giver.asset)->transfers_allowed) {
    return Refusal(Reason::kTransfersOff, "from_account");
  }
  if (auto refusal = WithinAssetLimit(state, giver.asset, Amount(transfer.points()))) {
    return refusal;
  }
  return Move(state, AccountNo(transfer.from()), AccountNo(transfer.to()),
              Amount(transfer.points()), "points", entry);
}

constexpr BookRow kRows[] = {
    {Entry::kBudgetOpening, DecideBudget, ApplyBudget},
    {Entry::kFunding, DecideFunding, nullptr, true},
    {Entry::kAward, DecideAward, nullptr, true},
    {Entry::kRedemption, DecideRedemption, nullptr, true},
    {Entry::kTransfer, DecideTransfer, nullptr, true},
};

}  // namespace

Book PointsBook() { return {"points", kRows}; }

}  // namespace tanhui::points
