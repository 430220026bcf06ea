#include "ledger/claims/claimed.h"

#include <algorithm>
#include <string>

#include "ledger/claims/terms.h"
#include "ledger/core/check.h"

namespace tanhui::claims {
namespace {

Refusal At(Reason reason, std::string_view field, const Registry& registry, const Ladder& ladder,
           const Rung& rung) {
  return Refusal(reason, std::string(field))
      .With("unit", UnitName(registry, ladder.merchant, rung.unit))
      .With("level", NameOf(rung.level));
}

// Those who have no limit a day keep no total.
Amount TakenOn(const State& state, const Rung& rung, BusinessDate today) {
  const Account* account = state.FindAccount(rung.account);
  Check(account != nullptr, "a unit's account was not loaded");
  return account->given.On(today);
}

// How many points more may be taken at one level; nullopt: as many as are there.
std::optional<Amount> LeftOf(const State& state, const Rung& rung, BusinessDate today) {
  if (rung.conditions.most_points_a_day == Amount(0)) {
    return std::nullopt;
  }
  const std::int64_t left =
      rung.conditions.most_points_a_day.units() - TakenOn(state, rung, today).units();
  return Amount(std::max<std::int64_t>(left, 0));
}

Leg LegOf(AccountNo account, Amount amount) {
  Leg leg;
  leg.account = account;
  leg.amount = amount;
  return leg;
}

// Where points are taken, with who settles them; nullopt where nobody does.
struct Settling {
  Ladder ladder;
  Settler settler;
};
std::optional<Settling> SettlingAt(const Registry& registry, AccountNo merchant) {
  const std::vector<Asset>& assets = registry.assets();
  if (std::none_of(assets.begin(), assets.end(), [](const Asset& asset) { return asset.money; })) {
    return std::nullopt;  // a ledger without money looks no further
  }
  const auto ladder = LadderOf(registry, merchant);
  const auto settler = ladder.has_value() ? SettlerOf(registry, ladder->merchant, ladder->asset)
                                          : std::optional<Settler>();
  return settler.has_value() ? std::optional(Settling{*ladder, *settler}) : std::nullopt;
}

// The levels at which something may be said of what is taken; none before the first word of it.
std::optional<Ladder> LevelsAt(const Registry& registry, AccountNo merchant) {
  return registry.claim_terms() == nullptr ? std::nullopt : LadderOf(registry, merchant);
}

// The claim's net of its ledger day with `fen` more; nullopt when it leaves its range.
std::optional<DayTotal> NetWith(const State& state, const Account& claim, Amount fen,
                                LedgerTime now) {
  const BusinessDate today = LedgerDay(state.registry(), claim.asset, now);
  const auto net = Add(claim.given.On(today), fen);
  return net.has_value() ? std::optional(DayTotal{today, *net}) : std::nullopt;
}

Fault AddToNet(State& state, AccountNo number, Amount fen, LedgerTime recorded) {
  Account& claim = state.ChangeAccount(number);
  const auto net = NetWith(state, claim, fen, recorded);
  if (!net.has_value()) {
    return "a claim's net of a day leaves its range";
  }
  claim.given = *net;
  return std::nullopt;
}

}  // namespace

void NamesOfTaking(const Registry& registry, AccountNo merchant, std::vector<AccountNo>& out) {
  if (const auto ladder = LevelsAt(registry, merchant)) {
    for (const Rung& rung : *ladder) {
      if (rung.account != merchant) {
        out.push_back(rung.account);
      }
    }
  }
  if (const auto settling = SettlingAt(registry, merchant)) {
    out.insert(out.end(), {settling->settler.claim, settling->settler.issuance});
  }
}

std::optional<Refusal> RefusedAsSuspended(const Registry& registry, AccountNo merchant,
                                          std::string_view field) {
  const auto ladder = LevelsAt(registry, merchant);
  if (!ladder.has_value()) {
    return std::nullopt;
  }
  const Rung* found = std::find_if(ladder->begin(), ladder->end(),
                                   [](const Rung& rung) { return rung.conditions.suspended; });
  return found == ladder->end()
             ? std::nullopt
             : std::optional(At(Reason::kUnitSuspended, field, registry, *ladder, *found));
}

std::optional<Refusal> RefusedByLimit(const State& state, AccountNo merchant, Amount points,
                                      LedgerTime now) {
  const auto ladder = LevelsAt(state.registry(), merchant);
  if (!ladder.has_value()) {
    return std::nullopt;
  }
  const BusinessDate today = ShanghaiDate(now);
  for (const Rung& rung : *ladder) {
    const auto over = [&](Amount limit, Amount left) {
      return At(Reason::kUnitLimit, "points", state.registry(), *ladder, rung)
          .With("limit", limit.units())
          .With("left", left.units());
    };
    const Amount most = rung.conditions.most_points;
    if (most != Amount(0) && points > most) {
      return over(most, most);
    }
    const auto left = LeftOf(state, rung, today);
    if (left.has_value() && points > *left) {
      return over(rung.conditions.most_points_a_day, *left);
    }
  }
  return std::nullopt;
}

Fault CountTaken(State& state, AccountNo merchant, Amount points, LedgerTime recorded) {
  const auto ladder = LevelsAt(state.registry(), merchant);
  if (!ladder.has_value()) {
    return std::nullopt;
  }
  const BusinessDate today = ShanghaiDate(recorded);
  for (const Rung& rung : *ladder) {
    const Conditions& conditions = rung.conditions;
    if (conditions.suspended ||
        (conditions.most_points != Amount(0) && points > conditions.most_points)) {
      return "points are taken at a unit that may not take them";
    }
    if (conditions.most_points_a_day == Amount(0)) {
      continue;
    }
    const auto taken = Add(TakenOn(state, rung, today), points);
    if (!taken.has_value() || *taken > conditions.most_points_a_day) {
      return "more points are taken at a unit than on one day may be";
    }
    state.ChangeAccount(rung.account).given = {today, *taken};
  }
  return std::nullopt;
}

std::optional<Refusal> ClaimFor(const State& state, AccountNo merchant, Amount points,
                                LedgerTime now, Claimed& claimed) {
  const Registry& registry = state.registry();
  const auto settling = SettlingAt(registry, merchant);
  if (!settling.has_value()) {
    return std::nullopt;
  }
  const auto& [ladder, settler] = *settling;
  const BusinessDate today = LedgerDay(registry, ladder.asset, now);
  const Price* price = TermsOf(registry).InForce(ladder.asset, ladder.merchant, today);
  if (price == nullptr) {
    return Refusal(Reason::kNoSettlementPrice, "merchant").With("date", FormatDate(today));
  }
  const auto fen = FenFor(*price, points);
  const Account* claim = state.FindAccount(settler.claim);
  Check(claim != nullptr, "a merchant's claim was not loaded");
  if (!fen.has_value() || !NetWith(state, *claim, *fen, now).has_value()) {
    return Refusal(Reason::kBalanceLimit, "points");
  }
  claimed = {price->number, *fen, settler.claim, settler.issuance};
  return std::nullopt;
}

void AppendLegs(const Claimed& claimed, Legs& legs) {
  if (claimed.fen > Amount(0)) {
    legs.push_back(LegOf(claimed.issuance, Amount(-claimed.fen.units())));
    legs.push_back(LegOf(claimed.claim, claimed.fen));
  }
}

Amount FenBack(const Registry& registry, PriceNo price, Amount taken, Amount before, Amount back) {
  const Price* found = TermsOf(registry).Find(price);
  if (found == nullptr) {
    return Amount(0);
  }
  const auto left = FenFor(*found, Amount(taken.units() - before.units()));
  const auto after = FenFor(*found, Amount(taken.units() - before.units() - back.units()));
  Check(left.has_value() && after.has_value(), "a part of a claim is more than the claim");
  return Amount(left->units() - after->units());
}

void AppendLegsBack(const Entry& spending, Amount fen, Legs& legs) {
  if (fen == Amount(0)) {
    return;
  }
  const int last = spending.postings_size() - 1;
  legs.push_back(LegOf(AccountNo(spending.postings(last).account()), Amount(-fen.units())));
  legs.push_back(LegOf(AccountNo(spending.postings(last - 1).account()), fen));
}

Fault NoteClaimed(State& state, const Entry& entry, AccountNo merchant, Amount points,
                  PriceNo price, int first) {
  constexpr std::string_view kCount = "an entry with more or fewer postings than its kind has";
  constexpr std::string_view kPrice = "points are claimed by another price than the one in force";
  const LedgerTime recorded(entry.recorded_micros());
  const Registry& registry = state.registry();
  const auto settling = SettlingAt(registry, merchant);
  if (!settling.has_value()) {
    return price != PriceNo(0)              ? Fault(kPrice)
           : entry.postings_size() != first ? Fault(kCount)
                                            : std::nullopt;
  }
  const auto& [ladder, settler] = *settling;
  const Price* in_force = TermsOf(registry).InForce(ladder.asset, ladder.merchant,
                                                    LedgerDay(registry, ladder.asset, recorded));
  if (in_force == nullptr || in_force->number != price) {
    return kPrice;
  }
  const auto fen = FenFor(*in_force, points);
  const int more = fen.has_value() && *fen > Amount(0) ? 2 : 0;
  if (!fen.has_value() || entry.postings_size() != first + more) {
    return kCount;
  }
  if (more == 0) {
    return std::nullopt;
  }
  const entry::v1::Posting& from = entry.postings(first);
  const entry::v1::Posting& to = entry.postings(first + 1);
  if (AccountNo(from.account()) != settler.issuance || AccountNo(to.account()) != settler.claim ||
      to.amount() != fen->units() || from.amount() != -fen->units()) {
    return "what is claimed is not what the points are worth";
  }
  const AccountNo claim = settler.claim;
  return AddToNet(state, claim, *fen, recorded);
}

Fault NoteTakenBack(State& state, const Entry& entry) {
  constexpr std::string_view kWrong = "what is given back is not what was taken and claimed";
  const int last = entry.postings_size() - 1;
  if (last < 1) {
    return kWrong;
  }
  const auto account = [&](int at) -> const Account& {
    return *state.FindAccount(AccountNo(entry.postings(at).account()));
  };
  const Account& unit = account(0);
  const bool claims = account(last - 1).kind == AccountKind::kClaim;
  for (int i = 0; i <= (claims ? last - 2 : last); ++i) {
    if (account(i).asset != unit.asset) {
      return kWrong;
    }
  }
  if (!claims) {
    return std::nullopt;
  }
  const Account& claim = account(last - 1);
  const Asset* money = state.registry().Find(claim.asset);
  const entry::v1::Posting& from = entry.postings(last - 1);
  if (last < 3 || claim.participant != unit.participant || from.amount() >= 0 ||
      AccountNo(entry.postings(last).account()) != money->issuance ||
      entry.postings(last).amount() != -from.amount()) {
    return kWrong;
  }
  return AddToNet(state, AccountNo(from.account()), Amount(from.amount()),
                  LedgerTime(entry.recorded_micros()));
}

bool FenFit(const State& state, AccountNo claim, Amount fen, LedgerTime now) {
  const Account* account = state.FindAccount(claim);
  Check(account != nullptr, "a merchant's claim was not loaded");
  return NetWith(state, *account, fen, now).has_value();
}

Fault NoteFen(State& state, AccountNo claim, Amount fen, LedgerTime recorded) {
  const Account* account = state.FindAccount(claim);
  return account == nullptr || account->kind != AccountKind::kClaim
             ? Fault("fen are claimed on what is no claim")
             : AddToNet(state, claim, fen, recorded);
}

}  // namespace tanhui::claims
