#include "ledger/claims/terms.h"

#include <algorithm>

#include "ledger/core/check.h"

namespace tanhui::claims {
namespace {

template <typename Row, typename No>
const Row* ByNumber(const std::vector<Row>& rows, No number) {
  return number.value() == 0 || number.value() > rows.size() ? nullptr : &rows[number.value() - 1];
}

// The same with one row more.
template <typename Row>
std::shared_ptr<const std::vector<Row>> With(const std::vector<Row>& rows, Row row) {
  auto more = std::make_shared<std::vector<Row>>(rows);
  more->push_back(std::move(row));
  return more;
}

std::shared_ptr<const Below> With(const std::shared_ptr<const Below>& below, const Unit& unit) {
  auto more = below == nullptr ? std::make_shared<Below>() : std::make_shared<Below>(*below);
  Check(more->emplace(unit.code, unit.number).second, "a unit's code is registered twice");
  return more;
}

void AddRung(Ladder& ladder, const Rung& rung) { ladder.rungs[ladder.size++] = rung; }

}  // namespace

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kChain:
      return "CHAIN";
    case Level::kStore:
      return "STORE";
    case Level::kTill:
      return "TILL";
  }
  return "";
}

// --- units ---

const Unit* Terms::Find(UnitNo number) const {
  if (number.value() == 0 || number.value() > unit_count_) {
    return nullptr;
  }
  const std::size_t at = number.value() - 1;
  return &(*pages_[at / kPage])[at % kPage];
}

// Units get their numbers and their accounts in the same order.
const Unit* Terms::FindUnit(AccountNo account) const {
  const auto page = std::partition_point(
      pages_.begin(), pages_.end(),
      [account](const auto& candidate) { return candidate->back().account < account; });
  if (page == pages_.end()) {
    return nullptr;
  }
  const auto unit = std::partition_point(
      (*page)->begin(), (*page)->end(),
      [account](const Unit& candidate) { return candidate.account < account; });
  return unit->account == account ? &*unit : nullptr;
}

const Below* Terms::BelowOf(ParticipantNo merchant, AssetNo asset, UnitNo parent) const {
  if (parent != UnitNo(0)) {
    const Unit* unit = Find(parent);
    const bool fits = unit != nullptr && unit->merchant == merchant && unit->asset == asset;
    return fits ? unit->below.get() : nullptr;
  }
  const auto chain = chains_.find({merchant, asset});
  return chain == chains_.end() ? nullptr : chain->second.below.get();
}

const Unit* Terms::FindBelow(ParticipantNo merchant, AssetNo asset, UnitNo parent,
                             std::string_view code) const {
  const Below* below = BelowOf(merchant, asset, parent);
  if (below == nullptr) {
    return nullptr;
  }
  const auto found = below->find(code);
  return found == below->end() ? nullptr : Find(found->second);
}

const Unit* Terms::FindStore(ParticipantNo merchant, AssetNo asset, std::string_view code) const {
  return FindBelow(merchant, asset, UnitNo(0), code);
}

const Unit* Terms::FindTill(const Unit& store, std::string_view code) const {
  return FindBelow(store.merchant, store.asset, store.number, code);
}

std::vector<const Unit*> Terms::ListBelow(ParticipantNo merchant, AssetNo asset, UnitNo parent,
                                          std::string_view after, std::size_t most) const {
  std::vector<const Unit*> units;
  const Below* below = BelowOf(merchant, asset, parent);
  if (below == nullptr) {
    return units;
  }
  for (auto at = below->upper_bound(after); at != below->end() && units.size() < most; ++at) {
    units.push_back(Find(at->second));
  }
  return units;
}

Conditions Terms::ConditionsOf(ParticipantNo merchant, AssetNo asset) const {
  const auto chain = chains_.find({merchant, asset});
  return chain == chains_.end() ? Conditions{} : chain->second.conditions;
}

// The page is copied, since others may hold it.
template <typename Change>
void Terms::ChangeUnit(UnitNo number, Change change) {
  Check(Find(number) != nullptr, "a change of an unknown unit");
  const std::size_t at = number.value() - 1;
  auto page = std::make_shared<Page>(*pages_[at / kPage]);
  change((*page)[at % kPage]);
  pages_[at / kPage] = std::move(page);
}

void Terms::Add(Unit unit) {
  Check(unit.number == next_unit(), "unit numbers are dense");
  Check(pages_.empty() || pages_.back()->back().account < unit.account,
        "units' accounts are in the order of their numbers");
  if (unit.parent == UnitNo(0)) {
    Chain& chain = chains_[{unit.merchant, unit.asset}];
    chain.below = With(chain.below, unit);
  } else {
    ChangeUnit(unit.parent, [&unit](Unit& parent) { parent.below = With(parent.below, unit); });
  }
  if (unit_count_ % kPage == 0) {
    pages_.push_back(std::make_shared<Page>());
  }
  pages_.back() = With(*pages_.back(), std::move(unit));
  ++unit_count_;
}

void Terms::SetConditions(UnitNo unit, ParticipantNo merchant, AssetNo asset,
                          const Conditions& conditions) {
  if (unit == UnitNo(0)) {
    chains_[{merchant, asset}].conditions = conditions;
    return;
  }
  ChangeUnit(unit, [&conditions](Unit& changed) { changed.conditions = conditions; });
}

// --- prices ---

const Price* Terms::Find(PriceNo number) const { return ByNumber(prices_->all, number); }

const Price* Terms::NewestBegun(const ChainKey& of, BusinessDate ledger_day) const {
  const auto found = prices_->sorted.find(of);
  if (found == prices_->sorted.end()) {
    return nullptr;
  }
  const std::vector<PriceNo>& sorted = found->second;
  const auto after = std::partition_point(sorted.begin(), sorted.end(), [&](PriceNo number) {
    return Find(number)->first_date <= ledger_day;
  });
  return after == sorted.begin() ? nullptr : Find(*std::prev(after));
}

const Price* Terms::InForce(AssetNo asset, ParticipantNo merchant, BusinessDate ledger_day) const {
  const Price* own = NewestBegun({merchant, asset}, ledger_day);
  return own != nullptr ? own : NewestBegun({ParticipantNo(0), asset}, ledger_day);
}

AssetNo Terms::MoneyOf(AssetNo asset) const {
  const auto found = prices_->money.find(asset);
  return found == prices_->money.end() ? AssetNo(0) : found->second;
}

void Terms::Add(Price price) {
  Check(price.number == next_price(), "price numbers are dense");
  auto more = std::make_shared<Prices>(*prices_);
  std::vector<PriceNo>& sorted = more->sorted[{price.merchant, price.asset}];
  const auto later = std::partition_point(sorted.begin(), sorted.end(), [&](PriceNo number) {
    return Find(number)->first_date <= price.first_date;
  });
  sorted.insert(later, price.number);
  more->money.emplace(price.asset, price.money);
  more->all.push_back(std::move(price));
  prices_ = std::move(more);
}

// --- runs ---

const Run* Terms::Find(RunNo number) const { return ByNumber(*runs_, number); }

const Run* Terms::LastRun(AssetNo money) const {
  const auto found = std::find_if(runs_->rbegin(), runs_->rend(),
                                  [money](const Run& run) { return run.money == money; });
  return found == runs_->rend() ? nullptr : &*found;
}

void Terms::Add(const Run& run) {
  Check(run.number == next_run(), "run numbers are dense");
  runs_ = With(*runs_, run);
}

// --- with the rest of the registry ---

const Terms& TermsOf(const Registry& registry) {
  static const Terms& none = *new Terms();
  return registry.claim_terms() == nullptr ? none : *registry.claim_terms();
}

std::optional<Ladder> LadderOf(const Registry& registry, AccountNo account) {
  const Terms& terms = TermsOf(registry);
  Ladder ladder;
  if (const Unit* unit = terms.FindUnit(account)) {
    ladder.merchant = unit->merchant;
    ladder.asset = unit->asset;
    AddRung(ladder, {unit->level, unit->number, unit->account, unit->conditions});
    if (const Unit* store = terms.Find(unit->parent)) {
      AddRung(ladder, {store->level, store->number, store->account, store->conditions});
    }
  } else if (const auto merchant = registry.FindMerchant(account)) {
    ladder.merchant = merchant->first;
    ladder.asset = merchant->second;
  } else {
    return std::nullopt;
  }
  const auto chain = registry.FindMerchantAccount(ladder.merchant, ladder.asset);
  AddRung(ladder, {Level::kChain, UnitNo(0), chain.value_or(AccountNo(0)),
                   terms.ConditionsOf(ladder.merchant, ladder.asset)});
  return ladder;
}

std::optional<Settler> SettlerOf(const Registry& registry, ParticipantNo merchant, AssetNo asset) {
  const AssetNo priced_in = TermsOf(registry).MoneyOf(asset);
  const Asset* points = registry.Find(asset);
  for (const Asset& money : registry.assets()) {
    const bool fits = money.money && points != nullptr && money.scheme == points->scheme &&
                      (priced_in == AssetNo(0) || money.number == priced_in);
    const auto claim =
        fits ? registry.FindMerchantAccount(merchant, money.number) : std::optional<AccountNo>();
    if (claim.has_value()) {
      return Settler{money.number, *claim, money.issuance};
    }
  }
  return std::nullopt;
}

std::optional<Amount> FenFor(const Price& price, Amount points) {
  const auto fen = static_cast<__int128>(points.units()) * price.fen.units() /
                   price.per_points.units();  // both below 2^63: their product fits
  return fen > kMaxPostingAmount.units() ? std::nullopt
                                         : std::optional(Amount(static_cast<std::int64_t>(fen)));
}

BusinessDate LedgerDay(const Registry& registry, AssetNo asset, LedgerTime now) {
  const Asset* found = registry.Find(asset);
  const Scheme* scheme = found == nullptr ? nullptr : registry.Find(found->scheme);
  Check(scheme != nullptr, "a ledger day of an unknown asset");
  return AccountingDate(now, scheme->cutoff_minute);
}

std::string UnitName(const Registry& registry, ParticipantNo merchant, UnitNo number) {
  const Participant* participant = registry.Find(merchant);
  std::string name = "participants/";
  name += participant == nullptr ? std::string() : participant->code;
  const Unit* unit = TermsOf(registry).Find(number);
  if (unit == nullptr) {
    return name;
  }
  const Unit* store = TermsOf(registry).Find(unit->parent);
  name += "/units/";
  if (store != nullptr) {
    name += store->code;
    name += '/';
  }
  name += unit->code;
  return name;
}

}  // namespace tanhui::claims
