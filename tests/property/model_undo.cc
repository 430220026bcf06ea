// The model's rules of refunds, reversals and cancellations.
#include <algorithm>

#include "tests/property/ledger_model.h"

namespace tanhui::model {

// Part of what a redemption or a capture took comes back: what was taken last comes first.
void Model::GiveBack(std::uint64_t entry, std::int64_t points, std::int64_t now, Effect& effect,
                     Reasons& reasons) const {
  const Deed& deed = deeds.at(entry);
  const View giver = Look(deed.legs.front().account, now);
  const std::int64_t left = deed.cancelled ? 0 : PointsOf(deed.taken) - deed.undone;
  Want(reasons, giver.account.status != Status::kClosed, Reason::kAccountClosed);
  Want(reasons, points <= left, Reason::kNothingLeftToUndo, Left(left));
  if (!reasons.empty()) {
    return;
  }
  const Lots parts = Less(Last(deed.taken, deed.undone + points), Last(deed.taken, deed.undone));
  std::vector<std::pair<std::uint64_t, Lots>> shares;
  for (const auto& [name, part] : parts) {
    LotName to = name;
    std::uint64_t receiver = giver.number;
    if (giver.account.kind == Kind::kHousehold) {
      to.contributor = Standing(name.contributor);
      const Place* place = PlaceOf(giver.account, to.contributor);
      const bool member = place != nullptr && place->joined;
      if (!member) {
        receiver = to.contributor;
        to.contributor = 0;
      }
    }
    auto share = std::find_if(shares.begin(), shares.end(), [receiver](const auto& candidate) {
      return candidate.first == receiver;
    });
    if (share == shares.end()) {
      share = shares.insert(shares.end(), {receiver, {}});
    }
    share->second = Sum(share->second, Lots{{to, part}});
  }
  effect.legs = {{deed.merchant, -points, {}, {}, 0}};
  for (const auto& [receiver, lots] : shares) {
    const View view = Look(receiver, now);
    Want(reasons, view.account.status != Status::kClosed, Reason::kAccountClosed);
    effect.legs.push_back(Credit(view, Graced(lots, DayOf(now), view.asset->rules.grace)));
  }
}

Reasons Model::WhyRefund(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const Deed* deed = FollowUp(r, reasons);
  if (deed == nullptr) {
    return reasons;
  }
  const Verb verb = deed->request.verb;
  Want(reasons, verb == Verb::kRedeem || verb == Verb::kCapture, Reason::kWrongEntryKind);
  if (!reasons.empty()) {
    return reasons;
  }
  GiveBack(r.entry, r.points, now, effect, reasons);
  effect.then = [r](Model& model, std::uint64_t) { model.deeds.at(r.entry).undone += r.points; };
  return reasons;
}

Reasons Model::WhyReverse(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const Deed* deed = FollowUp(r, reasons);
  if (deed == nullptr) {
    return reasons;
  }
  const Request& award = deed->request;
  Want(reasons, award.verb == Verb::kAward, Reason::kWrongEntryKind);
  if (!reasons.empty()) {
    return reasons;
  }
  const std::uint64_t items = std::max<std::uint64_t>(award.quantity, 1);
  const std::uint64_t left = deed->cancelled ? 0 : items - deed->items;
  Want(reasons, r.quantity <= left, Reason::kNothingLeftToUndo,
       Left(static_cast<std::int64_t>(left)));
  if (!reasons.empty()) {
    return reasons;
  }
  const View citizen = Look(award.first, now);
  const View budget = Look(award.second, now);
  const auto until = static_cast<__int128>(award.points) * (deed->items + r.quantity) / items;
  const std::int64_t points = static_cast<std::int64_t>(until) - deed->undone;
  const Lots taken = TakeBack(citizen.account.lots, points, deed->legs[1].in);
  const std::int64_t missing = points - PointsOf(taken);
  const bool forgives = citizen.asset->rules.write_off;
  const std::int64_t back = forgives ? points - missing : points;
  if (back > 0) {
    effect.legs = {{citizen.number, -back, {}, taken, forgives ? 0 : missing},
                   {budget.number, back, {}, {}, 0}};
  }
  effect.then = [r, points](Model& model, std::uint64_t) {
    model.deeds.at(r.entry).undone += points;
    model.deeds.at(r.entry).items += r.quantity;
  };
  return reasons;
}

// Only while the points are there: no debt is made, but what the award paid of one is owed again.
void Model::UndoAward(const Deed& deed, std::int64_t now, Effect& effect, Reasons& reasons) const {
  const View citizen = Look(deed.request.first, now);
  const View budget = Look(deed.request.second, now);
  const std::int64_t points = deed.request.points;
  const Lots& own = deed.legs[1].in;
  const std::int64_t paid = points - PointsOf(own);
  const Lots taken = TakeBack(citizen.account.lots, points, own);
  const std::int64_t missing = points - PointsOf(taken);
  Want(reasons, citizen.account.status != Status::kClosed, Reason::kAccountClosed);
  Want(reasons, missing <= paid, Reason::kInsufficientBalance,
       Needed(points - paid, citizen.account, citizen.available()));
  effect.legs = {{citizen.number, -points, {}, taken, missing}, {budget.number, points, {}, {}, 0}};
}

// The same lots as far as the receiver still has them.
void Model::UndoTransfer(const Deed& deed, std::int64_t now, Effect& effect,
                         Reasons& reasons) const {
  const View giver = Look(deed.request.first, now);
  const View taker = Look(deed.request.second, now);
  const std::int64_t points = deed.request.points;
  const std::int64_t paid = points - PointsOf(deed.legs[1].in);
  const Lots back = TakeBack(taker.account.lots, points, deed.legs[1].in);
  const std::int64_t missing = points - PointsOf(back);
  Want(reasons, giver.number != taker.number, Reason::kSameAccount);
  Want(reasons, giver.account.status != Status::kClosed && taker.account.status != Status::kClosed,
       Reason::kAccountClosed);
  Want(reasons, missing <= paid, Reason::kInsufficientBalance,
       Needed(points - paid, taker.account, taker.available()));
  if (!reasons.empty()) {
    return;
  }
  const Lots lots =
      Graced(Sum(back, First(deed.legs[0].out, missing)), DayOf(now), giver.asset->rules.grace);
  effect.legs = {{taker.number, -points, {}, back, missing}, Credit(giver, lots)};
  if (DayOf(deed.time) == DayOf(now)) {
    effect.then = [number = giver.number, points, today = DayOf(now)](Model& model, std::uint64_t) {
      Holding& account = model.accounts.at(number);
      const std::int64_t given = account.given_day == today ? account.given : 0;
      account.given = std::max<std::int64_t>(given - points, 0);
      account.given_day = today;
    };
  }
}

Reasons Model::WhyCancel(const Request& r, std::int64_t now, Effect& effect) const {
  Reasons reasons;
  const auto target = outcomes.find({r.caller, r.text});
  if (target == outcomes.end()) {
    effect.then = [r](Model& model, std::uint64_t entry) {
      model.outcomes[{r.caller, r.text}] = {{}, entry, entry, true};
    };
    return reasons;
  }
  Want(reasons, !target->second.cancelled_by.has_value(), Reason::kAlreadyCancelled);
  if (!reasons.empty()) {
    return reasons;
  }
  const std::uint64_t entry = target->second.entry;
  const Deed& deed = deeds.at(entry);
  Want(reasons, deed.undone == 0 && deed.items == 0, Reason::kNotCancellable);
  switch (deed.request.verb) {
    case Verb::kAward:
      UndoAward(deed, now, effect, reasons);
      break;
    case Verb::kRedeem:
    case Verb::kCapture:
      GiveBack(entry, PointsOf(deed.taken), now, effect, reasons);
      break;
    case Verb::kTransfer:
      UndoTransfer(deed, now, effect, reasons);
      break;
    case Verb::kHold:
      EndHold(entry, {}, now, effect, reasons);
      effect.merchant = 0;
      break;
    case Verb::kFund: {
      const View budget = Look(deed.request.first, now);
      const std::int64_t points = deed.request.points;
      Want(reasons, budget.available() >= points, Reason::kInsufficientBudget,
           Needed(points, budget.available()));
      effect.legs = {{budget.number, -points, {}, {}, 0},
                     {budget.asset->issuance, points, {}, {}, 0}};
      effect.then = [number = budget.number, points](Model& model, std::uint64_t) {
        model.accounts.at(number).funded -= points;
      };
      break;
    }
    default:
      Want(reasons, false, Reason::kNotCancellable);
  }
  effect.then = [r, entry, also = effect.then](Model& model, std::uint64_t by) {
    model.outcomes.at({r.caller, r.text}).cancelled_by = by;
    model.deeds.at(entry).cancelled = true;
    if (also) {
      also(model, by);
    }
  };
  return reasons;
}

}  // namespace tanhui::model
