#include "ledger/points/refund.h"

#include <algorithm>
#include <vector>

#include "ledger/claims/claimed.h"
#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/members.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"
#include "ledger/points/rows.h"
#include "ledger/points/settled.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// What a redemption or a capture took, and from whom to whom: its first posting is the giver's, its
// second the merchant's. What was claimed for it follows.
struct Spending {
  AccountNo account;
  AccountNo merchant;
  Lots taken;
  PriceNo price;  // 0: no fen were claimed
};

std::optional<Spending> SpendingOf(const Entry& target) {
  const bool claims = target.postings_size() == 4;
  if ((!target.has_redemption() && !target.has_capture()) ||
      (target.postings_size() != 2 && !claims)) {
    return std::nullopt;
  }
  Spending spending;
  spending.account = AccountNo(target.postings(0).account());
  spending.merchant = AccountNo(target.postings(1).account());
  if (target.has_redemption()) {
    spending.taken = Outgoing(target.postings(0));
    spending.price = PriceNo(claims ? target.redemption().price() : 0);
  } else {
    spending.price = PriceNo(claims ? target.capture().price() : 0);
    const auto taken = ReadLots(target.capture().taken());
    Check(taken.has_value(), "a capture's lots cannot be read");
    spending.taken = *taken;
  }
  return spending;
}

// The part that comes back now: what was taken last comes back first, after what came back before.
Lots NextBack(const Lots& taken, Amount before, Amount points) {
  return Difference(LastOf(taken, *Add(before, points)), LastOf(taken, before));
}

// Whom parts of a household's lots go to: to the household while their contributor is a member,
// otherwise to the contributor, whose account has no contributors.
AccountNo Receiver(const State& state, const Account& household, AccountNo number, Lot& part) {
  const AccountNo contributor = state.Standing(part.key.contributor);
  const Account* account = state.FindAccount(contributor);
  if (household.kind != AccountKind::kHousehold || account == nullptr) {
    return number;
  }
  part.key.contributor = contributor;
  if (IsMember(household.members, contributor)) {
    return number;
  }
  part.key.contributor = AccountNo(0);
  return contributor;
}

// Each receiver with its parts, in the order of the first part.
struct Share {
  AccountNo receiver;
  Lots parts;
};
using Shares = std::vector<Share>;

Shares ShareOut(const State& state, const Party& party, const Lots& parts) {
  Shares shares;
  for (Lot part : parts) {
    const AccountNo receiver = Receiver(state, party.account(), party.number(), part);
    auto share = std::find_if(shares.begin(), shares.end(), [receiver](const Share& candidate) {
      return candidate.receiver == receiver;
    });
    if (share == shares.end()) {
      shares.emplace_back().receiver = receiver;
      share = std::prev(shares.end());
    }
    Check(AddLot(share->parts, part), "parts of one spending overflow");
  }
  return shares;
}

std::optional<EntryIndex> TargetOfRefund(const Entry& draft) {
  return EntryIndex(draft.refund().target());
}

std::optional<Refusal> DecideRefund(const State& state, const DecideInput& input, Entry& entry) {
  if (input.target == nullptr) {
    return Refusal(Reason::kUnknownEntry, "entry_index");
  }
  const auto spending = SpendingOf(*input.target);
  if (!MayFollowUp(state, input, spending.has_value() ? spending->merchant : AccountNo(0))) {
    return Refusal(Reason::kUnknownEntry, "entry_index");
  }
  return GiveBack(state, input, Amount(entry.refund().points()), "points", entry);
}

Fault ApplyRefund(State& state, EntryIndex index, const Entry& entry) {
  const pb::Refund& refund = entry.refund();
  const EntryIndex target(refund.target());
  if (target >= index || refund.points() <= 0 || entry.postings_size() < 2 ||
      entry.postings(0).amount() != -refund.points()) {
    return "a refund that cannot be";
  }
  Undone undone = state.FindUndone(target);
  const auto points = Add(undone.points, Amount(refund.points()));
  if (undone.cancelled || !points.has_value()) {
    return "a refund of what was undone before";
  }
  if (Undone{undone.points} != undone) {
    return "a refund of what is no spending";
  }
  undone.points = *points;
  state.PutUndone(target, undone);
  return claims::NoteTakenBack(state, entry);
}

constexpr BookRow kRows[] = {
    {.body = Entry::kRefund,
     .decide = DecideRefund,
     .apply = ApplyRefund,
     .target = TargetOfRefund,
     .moves = true},
};

}  // namespace

std::span<const BookRow> RefundRows() { return kRows; }

std::optional<Refusal> GiveBack(const State& state, const DecideInput& input, Amount points,
                                std::string_view field, Entry& entry) {
  const auto spending = SpendingOf(*input.target);
  if (!spending.has_value()) {
    return Refusal(Reason::kWrongEntryKind, "entry_index");
  }
  const Party party(state, spending->account.value(), input.now);
  const Party merchant(state, spending->merchant.value(), input.now);
  const Undone undone = state.FindUndone(input.target_index);
  const Amount taken = SumOf(spending->taken);
  const std::int64_t left = undone.cancelled ? 0 : taken.units() - undone.points.units();
  Verdict verdict;
  verdict.Want(party.account().status != AccountStatus::kClosed, Reason::kAccountClosed, field);
  if (points.units() > left) {
    verdict.Add(Refusal(Reason::kNothingLeftToUndo, std::string(field)).With("left", left));
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  const Lots parts = NextBack(spending->taken, undone.points, points);
  const Shares shares = ShareOut(state, party, parts);
  for (const Share& share : shares) {
    const Account* receiver = state.FindAccount(share.receiver);
    if (receiver->status == AccountStatus::kClosed) {
      return Refusal(Reason::kAccountClosed, std::string(field));
    }
  }
  claims::Legs legs;
  legs.push_back(Plain(merchant.number(), *Negate(points)));
  for (const auto& [receiver, share_parts] : shares) {
    const Party back(state, receiver.value(), input.now);
    legs.push_back(
        Credit(receiver, back.account(), WithGraceAll(share_parts, back.terms(), input.now)));
  }
  claims::AppendLegsBack(
      *input.target,
      claims::FenBack(state.registry(), spending->price, taken, undone.points, points), legs);
  return Post(state, legs, field, entry);
}

Fault SpendingCancelled(State& state, EntryIndex, const Entry& entry) {
  return claims::NoteTakenBack(state, entry);
}

std::optional<Refusal> CancelSpending(const State& state, const DecideInput& input, Entry& entry) {
  const auto spending = SpendingOf(*input.target);
  const Amount all = spending.has_value() ? SumOf(spending->taken) : Amount(0);
  return GiveBack(state, input, all, "target_request_id", entry);
}

}  // namespace tanhui::points
