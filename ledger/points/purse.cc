#include "ledger/points/purse.h"

#include <algorithm>

#include "ledger/core/check.h"
#include "ledger/points/settled.h"

namespace tanhui::points {
namespace {

Amount Minus(Amount a, Amount b) { return Amount(a.units() - b.units()); }

Lots BySign(const entry::v1::Posting& posting, bool incoming) {
  const std::optional<Lots> changes = ReadLots(posting.lots());
  Check(changes.has_value(), "a posting's lots cannot be read");
  Lots out;
  for (const Lot& change : *changes) {
    if (change.points > Amount(0) && incoming) {
      out.push_back(change);
    } else if (change.points < Amount(0) && !incoming) {
      out.push_back({change.key, *Negate(change.points), -change.grams});
    }
  }
  return out;
}

}  // namespace

Leg Plain(AccountNo number, Amount amount) {
  Leg leg;
  leg.account = number;
  leg.amount = amount;
  return leg;
}

Leg Debit(AccountNo number, const Account& account, Amount points) {
  Leg leg = Plain(number, *Negate(points));
  leg.out = FirstOf(account.lots, points);
  return leg;
}

Leg Credit(AccountNo number, const Account& account, const Lots& parts) {
  const Amount sum = SumOf(parts);
  const Amount paid = std::min(account.debt, sum);
  Leg leg = Plain(number, sum);
  leg.in = paid == Amount(0) ? parts : Difference(parts, FirstOf(parts, paid));
  leg.debt = *Negate(paid);
  return leg;
}

Taken TakeBack(AccountNo number, const Account& account, Amount points, const Lots& first) {
  Lots left = account.lots;
  Lots out;
  const auto take = [&](const Lot& lot, Amount wanted) {
    const Amount amount = std::min({wanted, lot.points, points});
    if (amount > Amount(0)) {
      const Lot part = PartOf(lot, amount);
      points = Minus(points, amount);
      Check(TakeLot(left, part) && AddLot(out, part), "a lot that is there");
    }
  };
  for (const Lot& wanted : first) {
    if (const Lot* lot = FindLot(left, wanted.key)) {
      take(Lot(*lot), wanted.points);
    }
  }
  while (points > Amount(0) && !left.empty()) {
    take(Lot(left.front()), points);
  }
  Taken taken{Plain(number, *Negate(SumOf(out))), points};
  taken.leg.out = std::move(out);
  return taken;
}

const Hold* FindHold(const Account& account, EntryIndex number) {
  const auto found = std::find_if(account.holds.begin(), account.holds.end(),
                                  [number](const Hold& hold) { return hold.number == number; });
  return found == account.holds.end() ? nullptr : &*found;
}

Leg Freed(AccountNo number, const Account& account, const Lots& lots) {
  Leg leg = Credit(number, account, lots);
  leg.held = *Negate(leg.amount);
  leg.amount = Amount(0);
  return leg;
}

Lots WithGraceAll(const Lots& lots, const Terms& terms, LedgerTime then) {
  Lots out;
  for (Lot lot : lots) {
    lot.key.expiry = WithGrace(lot.key.expiry, terms, then);
    Check(AddLot(out, lot), "parts of one account overflow");
  }
  return out;
}

bool IsRestOf(const Lots& in, const Lots& lots) {
  const std::int64_t paid = SumOf(lots).units() - SumOf(in).units();
  return paid >= 0 && in == Difference(lots, FirstOf(lots, Amount(paid)));
}

Lots Incoming(const entry::v1::Posting& posting) { return BySign(posting, true); }
Lots Outgoing(const entry::v1::Posting& posting) { return BySign(posting, false); }

Lots Difference(const Lots& more, const Lots& less) {
  Lots out = more;
  for (const Lot& lot : less) {
    const Lot* found = FindLot(out, lot.key);
    Check(found != nullptr && found->points >= lot.points && found->grams >= lot.grams,
          "more is taken away than there is");
    const Lot rest{lot.key, Minus(found->points, lot.points), found->grams - lot.grams};
    Check(TakeLot(out, Lot(*found)), "a lot that is there");
    if (rest.points > Amount(0)) {
      Check(AddLot(out, rest), "less than there was");
    }
  }
  return out;
}

void AddAll(Lots& lots, const Lots& parts) {
  for (const Lot& part : parts) {
    Check(AddLot(lots, part), "the lots of an account overflow");
  }
}

}  // namespace tanhui::points
