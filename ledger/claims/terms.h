// What the ledger knows of merchants' stores and tills, of settlement prices (结算价) and of
// settlement runs: a part of the registry, see CLAIMS.md.
#ifndef TANHUI_LEDGER_CLAIMS_TERMS_H_
#define TANHUI_LEDGER_CLAIMS_TERMS_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/registry.h"

namespace tanhui::claims {

// The numbers are those of tanhui.entry.v1.UnitLevel; the chain is the merchant itself.
enum class Level : std::uint8_t { kChain = 0, kStore = 1, kTill = 2 };
inline constexpr std::size_t kLevels = 3;
// CHAIN, STORE, TILL: as refusals name them.
std::string_view NameOf(Level level);

// How a unit may be used. Replaced as a whole by a UnitChange.
struct Conditions {
  bool suspended = false;    // nothing is redeemed there or below
  Amount most_points;        // of one redemption or hold; 0: no limit
  Amount most_points_a_day;  // of a Shanghai day; 0: no limit
  // Whose suspension it is; 0 when it is not suspended. The merchant lifts only its own.
  ParticipantNo suspended_by = {};
  friend bool operator==(const Conditions&, const Conditions&) = default;
};

// The units below one, in order of their codes.
using Below = std::map<std::string, UnitNo, std::less<>>;

// A store or a till of a merchant, for one asset.
struct Unit {
  UnitNo number;
  ParticipantNo merchant;
  UnitNo parent;  // of a till: its store; 0 for a store
  Level level = Level::kStore;
  std::string code;
  std::string display_name;
  std::uint32_t district = 0;  // 0: not stated
  AssetNo asset;
  AccountNo account;
  Conditions conditions = {};
  std::shared_ptr<const Below> below = {};  // null: none
};

// What merchants get for points from a ledger day on: ⌊points × fen / per_points⌋ fen.
struct Price {
  PriceNo number;
  AssetNo asset;
  AssetNo money;
  ParticipantNo merchant;  // 0: all
  BusinessDate first_date;
  Amount fen;         // 0: nothing is paid
  Amount per_points;  // above zero
  std::string reason;
};

// It settles what was claimed to the end of `until`; its lines are made on the day after.
struct Run {
  RunNo number;
  AssetNo money;
  BusinessDate until;
  EntryIndex entry;
};

// One of the levels at which a redemption takes place, with what holds there.
struct Rung {
  Level level = Level::kChain;
  UnitNo unit;  // 0: the chain
  AccountNo account;
  Conditions conditions;
};
// From where the points are taken upwards: till, store, chain.
struct Ladder {
  ParticipantNo merchant;
  AssetNo asset;
  std::array<Rung, kLevels> rungs;
  std::size_t size = 0;
  const Rung* begin() const { return rungs.data(); }
  const Rung* end() const { return rungs.data() + size; }
};

// Changed in place while only one registry holds it; otherwise a change makes a copy, which shares
// all but a few pages with the one before. Rows are found by number (1-based, dense); nullptr when
// there is none. Pointers stay good as long as the Terms do.
class Terms {
 public:
  // --- units ---
  UnitNo next_unit() const { return UnitNo(static_cast<std::uint32_t>(unit_count_ + 1)); }
  const Unit* Find(UnitNo number) const;
  // The unit whose account it is; the chain's own account is no unit's.
  const Unit* FindUnit(AccountNo account) const;
  // By codes, as callers name them: a store of the merchant in the asset, a till of a store.
  const Unit* FindStore(ParticipantNo merchant, AssetNo asset, std::string_view code) const;
  const Unit* FindTill(const Unit& store, std::string_view code) const;
  // The unit of that code below `parent` (0: the chain).
  const Unit* FindBelow(ParticipantNo merchant, AssetNo asset, UnitNo parent,
                        std::string_view code) const;
  // Up to `most` units below `parent` (0: the chain) in order of their codes, from the first code
  // after `after` (empty: from the beginning).
  std::vector<const Unit*> ListBelow(ParticipantNo merchant, AssetNo asset, UnitNo parent,
                                     std::string_view after, std::size_t most) const;
  // Of the merchant itself in the asset.
  Conditions ConditionsOf(ParticipantNo merchant, AssetNo asset) const;

  // --- prices ---
  PriceNo next_price() const { return PriceNo(static_cast<std::uint32_t>(prices().size() + 1)); }
  const Price* Find(PriceNo number) const;
  // In order of their numbers, of all assets.
  std::span<const Price> prices() const { return prices_->all; }
  // What the merchant gets for points taken on a ledger day: of its own prices that have begun the
  // newest, otherwise of those for all; of two with one first date the higher number.
  const Price* InForce(AssetNo asset, ParticipantNo merchant, BusinessDate ledger_day) const;
  // The money of all prices of the asset; 0 before the first price.
  AssetNo MoneyOf(AssetNo asset) const;

  // --- runs ---
  RunNo next_run() const { return RunNo(static_cast<std::uint32_t>(runs_->size() + 1)); }
  const Run* Find(RunNo number) const;
  std::span<const Run> runs() const { return *runs_; }
  const Run* LastRun(AssetNo money) const;

  // --- changes, before it is shared; numbers must be the next ones and codes new (Check) ---
  void Add(Unit unit);
  // Of a unit, or with 0 of the merchant in the asset.
  void SetConditions(UnitNo unit, ParticipantNo merchant, AssetNo asset,
                     const Conditions& conditions);
  void Add(Price price);
  void Add(const Run& run);

 private:
  // So many units are copied when one changes.
  static constexpr std::size_t kPage = 256;
  using Page = std::vector<Unit>;
  struct Chain {
    Conditions conditions;
    std::shared_ptr<const Below> below;
  };
  using ChainKey = std::pair<ParticipantNo, AssetNo>;
  struct Prices {
    std::vector<Price> all;
    // Of a merchant, or 0: of all; in order of first date and number.
    std::map<ChainKey, std::vector<PriceNo>> sorted;
    std::map<AssetNo, AssetNo> money;  // by asset
  };

  const Price* NewestBegun(const ChainKey& of, BusinessDate ledger_day) const;
  const Below* BelowOf(ParticipantNo merchant, AssetNo asset, UnitNo parent) const;
  template <typename Change>
  void ChangeUnit(UnitNo number, Change change);

  std::vector<std::shared_ptr<const Page>> pages_;
  std::size_t unit_count_ = 0;
  std::map<ChainKey, Chain> chains_;
  std::shared_ptr<const Prices> prices_ = std::make_shared<Prices>();
  std::shared_ptr<const std::vector<Run>> runs_ = std::make_shared<std::vector<Run>>();
};

// Those of the registry; empty ones when it has none.
const Terms& TermsOf(const Registry& registry);

// The levels above and with a merchant's account: of a unit or of a chain. nullopt when it is
// neither.
std::optional<Ladder> LadderOf(const Registry& registry, AccountNo account);

// Who settles: the merchant's claim, and the account from which claims come.
struct Settler {
  AssetNo money;
  AccountNo claim;
  AccountNo issuance;  // of the money
};
// Whether the merchant settles what is redeemed in the asset, i.e. has a claim in the money of its
// prices, or before the first price in any money of its scheme.
std::optional<Settler> SettlerOf(const Registry& registry, ParticipantNo merchant, AssetNo asset);

// ⌊points × fen / per_points⌋; nullopt when it is more than a posting can move.
std::optional<Amount> FenFor(const Price& price, Amount points);

// participants/{code}, of a unit with /units/{store}[/{till}]; for people and programs.
std::string UnitName(const Registry& registry, ParticipantNo merchant, UnitNo unit);

// The ledger day (日切) of something recorded at `now` in an asset of the registry (Check).
BusinessDate LedgerDay(const Registry& registry, AssetNo asset, LedgerTime now);

}  // namespace tanhui::claims

#endif  // TANHUI_LEDGER_CLAIMS_TERMS_H_
