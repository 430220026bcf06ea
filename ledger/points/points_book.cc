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

void RegisterBudget(Registry& registry, const Entry& entry) {
  const pb::BudgetOpening& opening = entry.budget_opening();
  registry.Add(Budget{AccountNo(opening.number()), opening.code(), opening.display_name(),
                      ParticipantNo(opening.sponsor()), AssetNo(opening.asset())});
}

Fault ApplyBudget(State& state, EntryIndex index, const Entry& entry) {
  const pb::BudgetOpening& opening = entry.budget_opening();
  if (AccountNo(opening.number()) != state.head().next_account) {
    return "a number that is not the next one";
  }
  if (state.registry().FindBudget(opening.code()) != nullptr) {
    return "a code that is taken";
  }
  Account budget;
  budget.kind = AccountKind::kBudget;
  budget.asset = AssetNo(opening.asset());
  budget.participant = ParticipantNo(opening.sponsor());
  if (state.registry().Find(budget.asset) == nullptr) {
    return "a budget of an unknown asset";
  }
  state.OpenAccount(AccountNo(opening.number()), budget);
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterBudget(registry, entry); });
  return std::nullopt;
}

// The issuance account that a budget's points come from.
AccountNo IssuanceOf(const State& state, const Account& budget) {
  const Asset* asset = state.registry().Find(budget.asset);
  Check(asset != nullptr, "a budget of an unknown asset");
  return asset->issuance;
}

void NamesOfFunding(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const AccountNo number(draft.funding().budget());
  const Budget* budget = state.registry().FindBudget(number);
  out.push_back(number);
  if (budget != nullptr) {
    out.push_back(state.registry().Find(budget->asset)->issuance);
  }
}

void NamesOfAward(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.insert(out.end(), {AccountNo(draft.award().account()), AccountNo(draft.award().budget())});
}

void NamesOfRedemption(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.insert(out.end(),
             {AccountNo(draft.redemption().account()), AccountNo(draft.redemption().merchant())});
}

void NamesOfTransfer(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.insert(out.end(), {AccountNo(draft.transfer().from()), AccountNo(draft.transfer().to())});
}

std::optional<Refusal> DecideFunding(const State& state, const DecideInput&, Entry& entry) {
  const pb::Funding& funding = entry.funding();
  const Account& budget = Named(state, funding.budget());
  if (auto refusal = WantKind(budget, AccountKind::kBudget, "budget")) {
    return refusal;
  }
  return Move(state, IssuanceOf(state, budget), AccountNo(funding.budget()),
              Amount(funding.points()), "points", entry);
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
  return Move(state, AccountNo(award.budget()), AccountNo(award.account()), Amount(award.points()),
              "points", entry);
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

// An account with the kind that its part in a move needs.
struct Part {
  std::uint64_t number;
  AccountKind kind;
};

// That the postings, applied by now, are the one move that the body tells of.
Fault WantMove(const State& state, const Entry& entry, Part from, Part to, std::int64_t points) {
  if (entry.postings_size() != 2) {
    return "a move has two postings";
  }
  const pb::Posting& giver = entry.postings(0);
  const pb::Posting& taker = entry.postings(1);
  if (giver.account() != from.number || taker.account() != to.number) {
    return "the postings are not on the accounts of the body";
  }
  if (points <= 0 || taker.amount() != points) {
    return "the postings are not the points of the body";
  }
  if (Named(state, from.number).kind != from.kind || Named(state, to.number).kind != to.kind) {
    return "a move between accounts of another kind";
  }
  return std::nullopt;
}

Fault ApplyFunding(State& state, EntryIndex, const Entry& entry) {
  const pb::Funding& funding = entry.funding();
  const Account* budget = state.FindAccount(AccountNo(funding.budget()));
  if (budget == nullptr) {
    return "a funding of an unknown budget";
  }
  const AccountNo issuance = IssuanceOf(state, *budget);
  return WantMove(state, entry, {issuance.value(), AccountKind::kIssuance},
                  {funding.budget(), AccountKind::kBudget}, funding.points());
}

Fault ApplyAward(State& state, EntryIndex, const Entry& entry) {
  const pb::Award& award = entry.award();
  return WantMove(state, entry, {award.budget(), AccountKind::kBudget},
                  {award.account(), AccountKind::kCitizen}, award.points());
}

Fault ApplyRedemption(State& state, EntryIndex, const Entry& entry) {
  const pb::Redemption& redemption = entry.redemption();
  return WantMove(state, entry, {redemption.account(), AccountKind::kCitizen},
                  {redemption.merchant(), AccountKind::kMerchant}, redemption.points());
}

Fault ApplyTransfer(State& state, EntryIndex, const Entry& entry) {
  const pb::Transfer& transfer = entry.transfer();
  return WantMove(state, entry, {transfer.from(), AccountKind::kCitizen},
                  {transfer.to(), AccountKind::kCitizen}, transfer.points());
}

constexpr BookRow kRows[] = {
    {Entry::kBudgetOpening, DecideBudget, ApplyBudget, nullptr, RegisterBudget},
    {Entry::kFunding, DecideFunding, ApplyFunding, NamesOfFunding, nullptr, true},
    {Entry::kAward, DecideAward, ApplyAward, NamesOfAward, nullptr, true},
    {Entry::kRedemption, DecideRedemption, ApplyRedemption, NamesOfRedemption, nullptr, true},
    {Entry::kTransfer, DecideTransfer, ApplyTransfer, NamesOfTransfer, nullptr, true},
};

}  // namespace

Book PointsBook() { return {"points", kRows}; }

}  // namespace tanhui::points
