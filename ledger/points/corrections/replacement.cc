#include "ledger/points/corrections/replacement.h"

#include <algorithm>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/points/purse.h"
#include "ledger/points/settled.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// What each budget gets back (above zero) or pays: the act's own first, then those of the bonuses
// in order of their numbers.
class Budgets {
 public:
  Budgets(const pb::Earning& before, const pb::Earning& now) {
    of_.emplace_back(now.budget(), before.points() - now.points());
    if (before.bonus_points() != 0) {
      Add(before.bonus_budget(), before.bonus_points());
    }
    if (now.bonus_points() != 0) {
      Add(now.bonus_budget(), -now.bonus_points());
    }
    std::sort(of_.begin() + 1, of_.end());
  }

  // `points` less are paid, or, when `back`, less come back: the bonuses' first.
  void Lessen(std::int64_t points, bool back) {
    for (auto at = of_.rbegin(); at != of_.rend(); ++at) {
      const std::int64_t moves = back ? at->second : -at->second;
      const std::int64_t part = std::clamp<std::int64_t>(moves, 0, points);
      at->second -= back ? part : -part;
      points -= part;
    }
    Check(points == 0, "more is left out than moves");
  }

  template <typename Legs>
  void AppendTo(Legs& legs) const {
    for (const auto& [number, amount] : of_) {
      if (amount != 0) {
        legs.push_back(Plain(AccountNo(number), Amount(amount)));
      }
    }
  }

 private:
  void Add(std::uint64_t number, std::int64_t amount) {
    const auto found = std::find_if(of_.begin(), of_.end(),
                                    [number](const auto& one) { return one.first == number; });
    if (found == of_.end()) {
      of_.emplace_back(number, amount);
    } else {
      found->second += amount;
    }
  }

  absl::InlinedVector<std::pair<std::uint64_t, std::int64_t>, 3> of_;
};

// What `more` has beyond `less`, lot by lot.
Lots Beyond(const Lots& more, const Lots& less) {
  Lots out;
  for (const Lot& lot : more) {
    const Lot* other = FindLot(less, lot.key);
    const std::int64_t points = lot.points.units() - (other == nullptr ? 0 : other->points.units());
    const std::int64_t grams = lot.grams - (other == nullptr ? 0 : other->grams);
    if (points > 0) {
      out.push_back({lot.key, Amount(points), std::max<std::int64_t>(grams, 0)});
    }
  }
  return out;
}

// Leaves `points` out of `lots`: of the bonus's first, whose funder is not `own`.
void LeaveOut(std::int64_t points, ParticipantNo own, Lots& lots) {
  for (const bool of_bonus : {true, false}) {
    for (const Lot& lot : Lots(lots)) {
      const std::int64_t part = std::min(points, lot.points.units());
      if (part > 0 && (lot.key.funder != own) == of_bonus) {
        points -= part;
        Check(TakeLot(lots, PartOf(lot, Amount(part))), "a lot that is there");
      }
    }
  }
  Check(points == 0, "more is left out than comes");
}

// Points of `wanted` that the account still has in the very lots.
std::int64_t StillThere(const Account& account, const Lots& wanted) {
  std::int64_t points = 0;
  for (const Lot& lot : wanted) {
    const Lot* found = FindLot(account.lots, lot.key);
    points += found == nullptr ? 0 : std::min(found->points, lot.points).units();
  }
  return points;
}

// What leaves an own lot without emptying it takes the grams that the act loses, not a share.
void TakeOwnGrams(const Account& account, const Lots& wanted, Leg& leg) {
  for (const Lot& lot : wanted) {
    const Lot* found = FindLot(account.lots, lot.key);
    const auto part = std::find_if(leg.out.begin(), leg.out.end(),
                                   [&lot](const Lot& one) { return one.key == lot.key; });
    if (found != nullptr && part != leg.out.end() && part->points == lot.points &&
        found->points > lot.points) {
      part->grams = std::min(found->grams, lot.grams);
    }
  }
}

bool IsNothing(const Leg& leg) {
  return leg.amount == Amount(0) && leg.in.empty() && leg.out.empty() && leg.debt == Amount(0);
}

}  // namespace

Replacement ReplacementOf(const State& state, const Party& citizen, const Version& before,
                          const pb::Earning& now, LedgerTime at) {
  const Account& account = citizen.account();
  const Lots old_lots = LotsOf(state, citizen, before.act, before.expiry);
  const Lots new_lots = LotsOf(state, citizen, now, before.expiry);
  Lots rises = Beyond(new_lots, old_lots);
  const Lots falls = Beyond(old_lots, new_lots);
  Budgets budgets(before.act, now);
  Replacement out;
  out.change = SumOf(new_lots).units() - SumOf(old_lots).units();
  const std::int64_t withheld = std::clamp<std::int64_t>(out.change, 0, before.forgiven);
  out.paid = out.change - withheld;
  const Account* payer = state.FindAccount(AccountNo(now.budget()));
  LeaveOut(withheld, payer == nullptr ? ParticipantNo(0) : payer->participant, rises);
  budgets.Lessen(withheld, false);

  // What is no more in the lots that fall is taken from what rises before it is from other lots.
  const std::int64_t wanted = SumOf(falls).units();
  const std::int64_t covered = std::min(wanted - StillThere(account, falls), SumOf(rises).units());
  if (covered > 0) {
    rises = Difference(rises, FirstOf(rises, Amount(covered)));
  }
  Leg leg = Credit(citizen.number(), account, WithGraceAll(rises, citizen.terms(), at));
  Taken taken = TakeBack(citizen.number(), account, Amount(wanted - covered), falls);
  TakeOwnGrams(account, falls, taken.leg);
  leg.out = std::move(taken.leg.out);
  leg.amount = Amount(leg.amount.units() + taken.leg.amount.units());
  out.forgiven = before.forgiven - withheld;
  if (citizen.terms().spent_reversal == SpentReversal::kWriteOff) {
    out.forgiven += taken.missing.units();
    budgets.Lessen(taken.missing.units(), true);
  } else {
    leg.debt = Amount(leg.debt.units() + taken.missing.units());
    leg.amount = Amount(leg.amount.units() - taken.missing.units());
  }
  budgets.AppendTo(out.legs);
  if (!IsNothing(leg)) {
    out.legs.push_back(std::move(leg));
  }
  return out;
}

}  // namespace tanhui::points
