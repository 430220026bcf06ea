// Households: who belongs to one, and the points that its members put together.
#include <algorithm>
#include <array>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/members.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// The number under which a household knows the account: where it stands now; or the one that is
// named, when only that was invited and has been merged since.
AccountNo PlaceNumber(const std::vector<Member>& members, AccountNo standing, AccountNo named) {
  const bool as_it_stands = PlaceOf(members, standing) != members.end();
  return as_it_stands || PlaceOf(members, named) == members.end() ? standing : named;
}

void NamesOfOpening(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  out.push_back(AccountNo(draft.household_opening().head()));
}

std::optional<Refusal> DecideOpening(const State& state, const DecideInput& input, Entry& entry) {
  pb::HouseholdOpening& opening = *entry.mutable_household_opening();
  const Party head(state, opening.head(), input.now);
  Verdict verdict;
  WantKind(head, AccountKind::kCitizen, "head", verdict);
  verdict.Want(head.account().asset == AssetNo(opening.asset()), Reason::kAssetMismatch, "head");
  WantDebits(head, "head", verdict);
  verdict.Want(!head.account().minor, Reason::kNotForMinors, "head");
  verdict.Want(head.account().household == AccountNo(0), Reason::kHouseholdExists, "head");
  verdict.Want(head.terms().max_members > 0, Reason::kHouseholdFull, "head");
  opening.set_number(state.head().next_account.value());
  return verdict.Take();
}

Fault ApplyOpening(State& state, EntryIndex, const Entry& entry) {
  const pb::HouseholdOpening& opening = entry.household_opening();
  const AccountNo number(opening.number());
  const AccountNo head = state.Standing(AccountNo(opening.head()));
  const Account* account = state.FindAccount(head);
  if (number != state.head().next_account || opening.account_id().size() != AccountId::kSize) {
    return "a number that is not the next one, or an id of wrong size";
  }
  if (account == nullptr || account->kind != AccountKind::kCitizen ||
      account->household != AccountNo(0) || account->asset != AssetNo(opening.asset())) {
    return "a household whose head cannot be";
  }
  Account household;
  household.kind = AccountKind::kHousehold;
  household.asset = AssetNo(opening.asset());
  household.id = AccountId::FromView(opening.account_id());
  household.members.push_back({head, true, kMaxPostingAmount, {}});
  state.OpenAccount(number, household);
  state.ChangeAccount(head).household = number;
  return std::nullopt;
}

void NamesOfChange(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::HouseholdChange& change = draft.household_change();
  out.insert(out.end(), {AccountNo(change.household()), AccountNo(change.member())});
  if (change.acting() != 0) {
    out.push_back(AccountNo(change.acting()));
  }
}

// Who is behind a change: the accounts as they stand.
struct Who {
  Party household;
  Party member;
  AccountNo acting;
  // As the household knows the member: who was only invited may have been merged since.
  AccountNo place;

  Who(const State& state, const pb::HouseholdChange& change, LedgerTime now)
      : household(state, change.household(), now),
        member(state, change.member(), now),
        acting(state.Standing(AccountNo(change.acting()))),
        place(PlaceNumber(places(), member.number(), AccountNo(change.member()))) {}

  const std::vector<Member>& places() const { return household.account().members; }
  bool has_head() const { return !places().empty(); }
  AccountNo head() const { return has_head() ? places().front().account : AccountNo(0); }
  bool by_head() const { return has_head() && acting == head(); }
  // The member himself, or the guardian of a minor.
  bool by_member(const State& state) const {
    const AccountNo who =
        member.account().minor ? state.Standing(member.account().guardian) : member.number();
    return who != AccountNo(0) && acting == who;
  }
};

void WantInvitation(const Who& who, Verdict& verdict) {
  verdict.Want(who.by_head(), Reason::kNotHeadOfHousehold, "acting_account");
  const auto place = PlaceOf(who.places(), who.member.number());
  const bool there = place != who.places().end();
  verdict.Want(!there || !place->joined, Reason::kHouseholdExists, "member");
  verdict.Want(there || who.places().size() < who.household.terms().max_members,
               Reason::kHouseholdFull, "household");
}

void WantAcceptance(const State& state, const Who& who, Verdict& verdict) {
  const auto place = PlaceOf(who.places(), who.member.number());
  const Account& member = who.member.account();
  verdict.Want(!member.minor || member.guardian != AccountNo(0), Reason::kConsentRequired,
               "member");
  verdict.Want(who.by_member(state),
               member.minor ? Reason::kGuardianRequired : Reason::kNotInHousehold,
               "acting_account");
  verdict.Want(place != who.places().end(), Reason::kNotInHousehold, "member");
  verdict.Want(who.member.account().household == AccountNo(0), Reason::kHouseholdExists, "member");
}

void WantLeave(const State& state, const Who& who, Verdict& verdict) {
  const bool there = PlaceOf(who.places(), who.place) != who.places().end();
  verdict.Want(there, Reason::kNotInHousehold, "member");
  verdict.Want(who.by_head() || who.by_member(state), Reason::kNotHeadOfHousehold,
               "acting_account");
  // Without the head nobody could invite or remove.
  verdict.Want(who.place != who.head() || Joined(who.places()) == 1, Reason::kNotHeadOfHousehold,
               "member");
}

void WantLimit(const Who& who, Verdict& verdict) {
  verdict.Want(who.by_head(), Reason::kNotHeadOfHousehold, "acting_account");
  verdict.Want(PlaceOf(who.places(), who.member.number()) != who.places().end(),
               Reason::kNotInHousehold, "member");
}

// What a member takes along: his own contributions; the last one takes all.
Lots Contributions(const Account& household, AccountNo member) {
  Lots lots;
  for (const Lot& lot : household.lots) {
    if (lot.key.contributor == member || Joined(household.members) == 1) {
      lots.push_back(lot);
    }
  }
  return lots;
}

std::optional<Refusal> PostLeave(const State& state, const Who& who, Entry& entry) {
  Leg out = Plain(who.household.number(), Amount(0));
  const auto place = PlaceOf(who.places(), who.place);
  if (!place->joined) {
    return std::nullopt;
  }
  out.out = Contributions(who.household.account(), who.place);
  const Amount points = SumOf(out.out);
  if (points == Amount(0)) {
    return std::nullopt;
  }
  out.amount = *Negate(points);
  Lots own;
  for (Lot lot : out.out) {
    lot.key.contributor = AccountNo(0);
    AddAll(own, Lots{lot});
  }
  const std::array<Leg, 2> legs = {std::move(out),
                                   Credit(who.member.number(), who.member.account(), own)};
  return Post(state, legs, "household", entry);
}

std::optional<Refusal> DecideChange(const State& state, const DecideInput& input, Entry& entry) {
  const pb::HouseholdChange& change = entry.household_change();
  const Who who(state, change, input.now);
  Verdict verdict;
  WantKind(who.household, AccountKind::kHousehold, "household", verdict);
  WantKind(who.member, AccountKind::kCitizen, "member", verdict);
  WantOneAsset(who.household, who.member, "member", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  const bool leaves = change.action() == pb::HOUSEHOLD_ACTION_LEAVE;
  verdict.Want(leaves || who.member.account().status != AccountStatus::kClosed,
               Reason::kAccountClosed, "member");
  switch (change.action()) {
    case pb::HOUSEHOLD_ACTION_INVITE:
      WantInvitation(who, verdict);
      break;
    case pb::HOUSEHOLD_ACTION_ACCEPT:
      WantAcceptance(state, who, verdict);
      break;
    case pb::HOUSEHOLD_ACTION_LEAVE:
      WantLeave(state, who, verdict);
      break;
    default:
      WantLimit(who, verdict);
      break;
  }
  return verdict.refused() || !leaves ? verdict.Take() : PostLeave(state, who, entry);
}

Fault ApplyLeave(State& state, const Entry& entry, AccountNo household, AccountNo member) {
  Account& account = state.ChangeAccount(household);
  const auto place = PlaceOf(account.members, member);
  if (place == account.members.end()) {
    return "a household is left by who is no member";
  }
  const bool joined = place->joined;
  account.members.erase(place);
  if (Joined(account.members) == 0) {
    account.members.clear();  // nobody is left who could invite
  }
  const bool left = std::any_of(account.lots.begin(), account.lots.end(),
                                [member](const Lot& lot) { return lot.key.contributor == member; });
  if ((joined && left) || (account.members.empty() && !account.lots.empty())) {
    return "contributions stay behind";
  }
  if (joined) {
    state.ChangeAccount(member).household = AccountNo(0);
  }
  return entry.postings().empty() ? std::nullopt
                                  : WantPostings(state, entry, {household.value(), member.value()});
}

Fault ApplyChange(State& state, EntryIndex, const Entry& entry) {
  const pb::HouseholdChange& change = entry.household_change();
  const AccountNo number(change.household());
  const AccountNo member = state.Standing(AccountNo(change.member()));
  const Account* household = state.FindAccount(number);
  const Account* citizen = state.FindAccount(member);
  if (household == nullptr || household->kind != AccountKind::kHousehold || citizen == nullptr ||
      citizen->kind != AccountKind::kCitizen || change.daily_limit() < 0) {
    return "a change of a household that cannot be";
  }
  if (change.action() < pb::HOUSEHOLD_ACTION_INVITE ||
      change.action() > pb::HOUSEHOLD_ACTION_LIMIT) {
    return "a change of a household of unknown kind";
  }
  if (change.action() == pb::HOUSEHOLD_ACTION_LEAVE) {
    const AccountNo place = PlaceNumber(household->members, member, AccountNo(change.member()));
    return ApplyLeave(state, entry, number, place);
  }
  if (!entry.postings().empty()) {
    return "a change of a household that moves points";
  }
  std::vector<Member>& members = state.ChangeAccount(number).members;
  auto place = PlaceOf(members, member);
  if (change.action() == pb::HOUSEHOLD_ACTION_INVITE) {
    if (place == members.end()) {
      place = members.insert(place, Member{member, false, Amount(0), {}});
    }
    place->daily_limit = Amount(change.daily_limit());
    return place->joined ? Fault("a member is invited") : std::nullopt;
  }
  if (place == members.end()) {
    return "a household knows no such member";
  }
  if (change.action() == pb::HOUSEHOLD_ACTION_LIMIT) {
    place->daily_limit = Amount(change.daily_limit());
    return std::nullopt;
  }
  if (place->joined || citizen->household != AccountNo(0)) {
    return "a citizen joins a second household";
  }
  place->joined = true;
  state.ChangeAccount(member).household = number;
  return std::nullopt;
}

void NamesOfContribution(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::Contribution& contribution = draft.contribution();
  out.insert(out.end(), {AccountNo(contribution.household()), AccountNo(contribution.member())});
}

std::optional<Refusal> DecideContribution(const State& state, const DecideInput& input,
                                          Entry& entry) {
  const pb::Contribution& contribution = entry.contribution();
  const Party household(state, contribution.household(), input.now);
  const Party member(state, contribution.member(), input.now);
  Verdict verdict;
  WantKind(household, AccountKind::kHousehold, "household", verdict);
  WantKind(member, AccountKind::kCitizen, "member", verdict);
  WantOneAsset(household, member, "member", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  WantDebits(member, "member", verdict);
  verdict.Want(!member.account().minor, Reason::kNotForMinors, "member");
  verdict.Want(member.account().household == household.number(), Reason::kNotInHousehold, "member");
  WantWithinAssetLimit(member, contribution.points(), verdict);
  WantAvailable(member, contribution.points(), "points", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  Leg debit = Debit(member.number(), member.account(), Amount(contribution.points()));
  Lots marked = debit.out;
  for (Lot& lot : marked) {
    lot.key.contributor = member.number();
  }
  Leg credit = Credit(household.number(), household.account(), marked);
  const std::array<Leg, 2> legs = {std::move(debit), std::move(credit)};
  return Post(state, legs, "points", entry);
}

Fault ApplyContribution(State& state, EntryIndex, const Entry& entry) {
  const pb::Contribution& contribution = entry.contribution();
  if (Fault fault = WantPostings(state, entry, {contribution.member(), contribution.household()})) {
    return fault;
  }
  const AccountNo member(entry.postings(0).account());
  Lots marked = Outgoing(entry.postings(0));
  for (Lot& lot : marked) {
    lot.key.contributor = member;
  }
  const Account* account = state.FindAccount(member);
  if (contribution.points() <= 0 || entry.postings(1).amount() != contribution.points() ||
      account->household != AccountNo(contribution.household())) {
    return "a contribution that cannot be";
  }
  if (Incoming(entry.postings(1)) != marked) {
    return "a contribution of other lots than were taken, or under another's name";
  }
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kHouseholdOpening,
     .decide = DecideOpening,
     .apply = ApplyOpening,
     .names = NamesOfOpening},
    {.body = Entry::kHouseholdChange,
     .decide = DecideChange,
     .apply = ApplyChange,
     .names = NamesOfChange,
     .moves = true},
    {.body = Entry::kContribution,
     .decide = DecideContribution,
     .apply = ApplyContribution,
     .names = NamesOfContribution,
     .moves = true},
};

}  // namespace

std::span<const BookRow> HouseholdRows() { return kRows; }

}  // namespace tanhui::points
