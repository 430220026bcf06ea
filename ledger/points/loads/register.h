// Loads of opening balances from older systems: a part of the registry, see LOADS.md.
#ifndef TANHUI_LEDGER_POINTS_LOADS_REGISTER_H_
#define TANHUI_LEDGER_POINTS_LOADS_REGISTER_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/registry.h"

namespace tanhui::loads {

// What the older system's books say in all.
struct ControlTotals {
  std::uint64_t accounts = 0;
  Amount points;
  Amount grams;
  friend bool operator==(const ControlTotals&, const ControlTotals&) = default;
};

// The most points and grams of one load; a few loads cannot overflow a balance.
inline constexpr Amount kMostOfALoad{1'000'000'000'000'000'000};  // 10^18

// A load as it was begun; how far it is stands in Undone::load of its entry.
struct Load {
  LoadNo number;
  std::string code;
  AssetNo asset;
  BusinessDate as_of;  // at the end of this day the older books were taken
  Hash256 file_sha256;
  ControlTotals control;
  EntryIndex entry;
};

// Loads by number (1-based, dense), code and entry; nullptr when there is none. There are few.
// Changed in place while only one registry holds it; else a change makes a copy.
class Register {
 public:
  LoadNo next_load() const { return LoadNo(static_cast<std::uint32_t>(loads_.size() + 1)); }
  const Load* Find(LoadNo number) const;
  const Load* FindLoad(std::string_view code) const;
  const Load* FindLoad(EntryIndex entry) const;
  // In order of their numbers.
  std::span<const Load> loads() const { return loads_; }
  // Where the opening balances of the asset come from; 0 before its first load.
  AccountNo OpeningAccount(AssetNo asset) const;

  // The number must be the next one and the code new (Check). `opening` is the asset's account.
  void Add(Load load, AccountNo opening);

 private:
  std::vector<Load> loads_;
  std::map<std::string, LoadNo, std::less<>> codes_;
  std::map<EntryIndex, LoadNo> entries_;
  std::map<AssetNo, AccountNo> accounts_;
};

// That of the registry; an empty one when it has none.
const Register& LoadsOf(const Registry& registry);

}  // namespace tanhui::loads

#endif  // TANHUI_LEDGER_POINTS_LOADS_REGISTER_H_
