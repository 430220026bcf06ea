// What the ledger knows of campaigns of green coupons (绿色消费券): a part of the registry, see
// COUPONS.md. What changes with every coupon is in accounts, not here.
#ifndef TANHUI_LEDGER_COUPONS_CAMPAIGNS_H_
#define TANHUI_LEDGER_COUPONS_CAMPAIGNS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/registry.h"

namespace tanhui::coupons {

// The numbers are those of tanhui.entry.v1.ReturnPolicy.
enum class ReturnPolicy : std::uint8_t { kApportion = 1, kWithdraw = 2, kWholeOrder = 3 };

// The most that a campaign may say, so that an entry stays small and sums stay in range.
inline constexpr std::uint64_t kMaxStock = 1'000'000'000;
inline constexpr std::int64_t kMaxFen = 100'000'000'000;  // 10^9 yuan, of one coupon or order
inline constexpr std::size_t kMaxListed = 200;  // merchants, districts, categories, attestations
inline constexpr std::size_t kMaxReleases = 24;
inline constexpr std::size_t kMaxFunders = 8;
inline constexpr std::uint32_t kStackingSlots = 4;
inline constexpr std::uint32_t kWholePermille = 1'000;

struct Release {
  std::uint32_t minute = 0;   // after Shanghai midnight
  std::uint64_t coupons = 0;  // besides those of earlier minutes
};

struct Funder {
  AccountNo budget;
  std::uint32_t permille = 0;  // of each discount
};

struct TradeIn {
  std::vector<std::string> categories;  // of the catalogue, in order
  std::uint32_t worst_grade = 0;        // 1 (the best) to 5; 0: any
};

// By what a lottery draws; see lottery.h.
struct Draw {
  Hash256 key;
  std::uint64_t applications = 0;
};

// How much a coupon takes off, and who pays it. All amounts are fen.
struct Value {
  Amount face;                     // 0: a part of the order
  std::uint32_t percent = 0;       // thousandths; 0: a fixed face value
  Amount ceiling;                  // of a part of the order
  Amount threshold;                // that the order must come to; 0: any
  std::uint32_t own_permille = 0;  // that the merchant bears itself
  Amount funded_ceiling;           // the most that funders pay for one coupon; 0: no such limit
};

// A campaign as it is now.
struct Campaign {
  CampaignNo number;
  std::string code;
  std::string display_name;
  ParticipantNo organiser;
  AssetNo money;
  Value value;
  std::vector<ParticipantNo> merchants;  // in order; none: all
  std::vector<std::uint32_t> districts;  // likewise
  std::vector<std::string> categories;   // of goods that count, likewise
  LedgerTime issue_first;                // both included
  LedgerTime issue_last;
  LedgerTime use_first;
  LedgerTime use_last;
  std::uint32_t days_after_issue = 0;  // 0: to use_last
  std::uint64_t stock = 0;             // coupons in all
  std::vector<Release> releases;       // of each Shanghai day; none: no such limit
  std::uint32_t per_citizen = 0;       // 0: no limit
  std::uint32_t per_citizen_day = 0;
  std::uint32_t stacking_slot = 0;  // 0: alone on an order
  AssetNo points_asset;             // 0: free
  Amount price;                     // points
  ReturnPolicy return_policy = ReturnPolicy::kApportion;
  bool coupon_returns = false;
  std::vector<Funder> funders;  // in order of accounts
  bool reviewed = false;
  std::vector<std::string> attestations;  // in order
  std::optional<Hash256> seed_sha256;     // set: a lottery
  std::string beacon;                     // what public value is mixed in, in words
  LedgerTime apply_last;
  std::optional<Draw> draw;
  std::optional<TradeIn> trade_in;
  AccountNo stock_account;  // fen for coupons that are not issued yet
  bool paused = false;
  bool ended = false;
  EntryIndex entry;  // that opened it

  AccountNo coupons_account() const { return AccountNo(stock_account.value() + 1); }
  AccountNo review_account() const { return AccountNo(stock_account.value() + 2); }
  AccountNo rest_account() const { return AccountNo(stock_account.value() + 3); }
  // No coupon is issued any more, now and later.
  bool OverAt(LedgerTime now) const { return ended || now > issue_last; }
};

// How many accounts a campaign has.
inline constexpr std::uint64_t kCampaignAccounts = 4;

// By number (1-based, dense), code, account of the stock; nullptr when there is none. There are
// thousands at most, so a change of a shared part copies pointers. Changed in place while only one
// registry holds it. Pointers stay good as long as it does and the campaign is not changed.
class Campaigns {
 public:
  CampaignNo next_campaign() const {
    return CampaignNo(static_cast<std::uint32_t>(campaigns_.size() + 1));
  }
  const Campaign* Find(CampaignNo number) const;
  const Campaign* Find(std::string_view code) const;
  // Whose account of the stock it is.
  const Campaign* FindByStock(AccountNo stock) const;
  // Whose account it is, whichever of the four.
  const Campaign* FindByAccount(AccountNo account) const;
  std::size_t size() const { return campaigns_.size(); }

  // Its number must be the next one, its code new and its accounts behind those of the others
  // (Check).
  void Add(Campaign campaign);
  // Replaces the campaign of that number, which exists (Check).
  void Put(Campaign campaign);

 private:
  // The last one whose account of the stock is no later than the account; nullptr when none is.
  const Campaign* FindUpTo(AccountNo account) const;

  std::vector<std::shared_ptr<const Campaign>> campaigns_;  // in order of their accounts, too
  std::map<std::string, CampaignNo, std::less<>> codes_;
};

// Of the registry; empty ones when there are none yet.
const Campaigns& CampaignsOf(const Registry& registry);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_CAMPAIGNS_H_
