// A slow model of campaigns and coupons, written from COUPONS.md and not from the code: every
// coupon and every use of one is counted again whenever a sum is asked for.
#ifndef TANHUI_TESTS_PROPERTY_COUPONS_COUPON_MODEL_H_
#define TANHUI_TESTS_PROPERTY_COUPONS_COUPON_MODEL_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tanhui/entry/v1/coupons.pb.h"

namespace tanhui::property {

using Opening = entry::v1::CampaignOpening;
using Sha256Function = std::string (*)(std::string_view);

// Times are microseconds since 1970, amounts fen, participants and accounts their numbers.
struct ModelCampaign {
  Opening terms;  // as opened
  std::int64_t issue_last = 0;
  std::int64_t use_last = 0;
  bool paused = false;
  bool ended = false;
  std::int64_t issued = 0;
  std::map<int, std::int64_t> issued_on;  // by Shanghai day
  std::vector<std::uint64_t> applications;
  std::string key;  // of the draw; empty: not drawn
  bool stock_returned = false;
  bool coupons_returned = false;
  std::int64_t returned = 0;

  bool lottery() const { return !terms.seed_sha256().empty(); }
  bool OverAt(std::int64_t now) const { return ended || now > issue_last; }
};

std::int64_t MaxDiscount(const Opening& terms);
std::int64_t DiscountOf(const Opening& terms, std::int64_t eligible);
std::int64_t FundedOf(const Opening& terms, std::int64_t discount);
// What one coupon has set aside.
inline std::int64_t LockOf(const Opening& terms) { return FundedOf(terms, MaxDiscount(terms)); }
// Of each funder, in order; largest remainder.
std::vector<std::int64_t> SplitOf(const Opening& terms, std::int64_t fen);
// How many coupons may be issued by a minute of a day.
std::int64_t ReleasedBy(const Opening& terms, std::int64_t minute, std::int64_t stock);

struct ModelGoods {
  std::int64_t fen = 0;
  bool eligible = false;
  friend bool operator==(const ModelGoods&, const ModelGoods&) = default;
};
std::int64_t EligibleOf(const std::vector<ModelGoods>& goods);

struct ModelOrder {
  std::string name;
  std::uint32_t merchant = 0;  // participant
  std::uint32_t district = 0;  // in which its unit lies
  bool suspended = false;
  std::vector<ModelGoods> goods;
};

// An appliance of a catalogue.
struct ModelProduct {
  std::string category;
  std::uint32_t grade = 0;  // 1 is the best; 0: none
  int last_day = 0;         // on which it is listed
};
struct ModelTradeIn {
  std::string category;
  std::uint32_t product = 0;
  std::vector<std::string> pieces;  // what counts once: old one, new one, invoice, owner
};

struct ModelApplication {
  std::uint64_t entry = 0;
  std::size_t campaign = 0;
  std::uint64_t account = 0;
  std::uint64_t ordinal = 0;
  bool used = false;
};

enum class ModelCouponState : std::uint8_t { kReady, kLocked, kUsed, kVoid };
struct ModelCoupon {
  std::string id;
  std::uint64_t entry = 0;
  std::size_t campaign = 0;
  std::uint64_t account = 0;
  std::int64_t issued_at = 0;
  std::int64_t valid_until = 0;  // of a number of days
  ModelCouponState state = ModelCouponState::kReady;
  std::int64_t lock_until = 0;
  ModelOrder locked_for = {};
  bool touched = false;  // locked, used or revoked at any time
  bool cancelled = false;
  bool void_late = false;  // when no coupon of the campaign could be used: its fen stayed

  ModelCouponState StateAt(std::int64_t now) const {
    return state == ModelCouponState::kLocked && now >= lock_until ? ModelCouponState::kReady
                                                                   : state;
  }
};

struct ModelUse {
  std::string id;
  std::uint64_t entry = 0;
  std::uint32_t caller = 0;
  std::size_t coupon = 0;
  ModelOrder order = {};
  ModelTradeIn trade_in = {};  // of a campaign of trade-ins
  std::int64_t discount = 0;
  std::vector<std::int64_t> back = {};  // of each line
  std::int64_t discount_back = 0;
  bool coupon_back = false;
  bool reviewed = false;
  std::int64_t approved = 0;
  std::int64_t back_at_review = 0;
  bool cancelled = false;

  std::int64_t GoodsLeft() const;
};

struct ModelRefund {
  std::string refused;  // empty: it is taken
  std::int64_t goods = 0;
  std::int64_t discount = 0;
  std::int64_t funded = 0;
  bool whole = false;
};

class CouponModel {
 public:
  explicit CouponModel(Sha256Function hash) : hash_(hash) {}

  std::vector<ModelCampaign> campaigns;
  std::vector<ModelApplication> applications;
  std::vector<ModelCoupon> coupons;
  std::vector<ModelUse> uses;
  std::map<std::uint64_t, std::uint64_t> merged;  // accounts
  // Who claimed what counts once: slots of orders, pieces of trade-ins.
  struct Claim {
    std::size_t use = 0;
    std::uint32_t free_to = 0;  // 0: nobody; otherwise who may claim it
  };
  std::map<std::string, Claim> claims;
  std::map<std::uint32_t, ModelProduct> products;
  std::map<std::uint32_t, bool> settles;          // merchants
  std::map<std::uint64_t, std::int64_t> points;   // of citizens
  std::map<std::uint32_t, std::int64_t> settled;  // of merchants, fen
  struct Net {
    int day = 0;
    std::int64_t fen = 0;
  };
  std::map<std::uint32_t, Net> nets;  // of merchants' claims

  std::uint64_t Standing(std::uint64_t account) const;
  const ModelCampaign& Of(const ModelCoupon& coupon) const { return campaigns[coupon.campaign]; }
  const ModelCampaign& Of(const ModelUse& use) const { return Of(coupons[use.coupon]); }

  // The reason that comes first, or OK; what is asked of the account's kind or of its being open is
  // not among them.
  // `attested` says whether all that the campaign asks for was.
  std::string WhyNotIssued(const ModelCampaign& campaign, std::uint64_t account,
                           const ModelApplication* application, bool attested,
                           std::int64_t now) const;
  std::string WhyNotApplied(std::size_t campaign, std::uint64_t account, bool attested,
                            std::int64_t now) const;
  std::string WhyNotLocked(const ModelCoupon& coupon, const ModelOrder& order,
                           std::int64_t deadline, std::uint32_t caller, std::int64_t now) const;
  std::string WhyNotUsed(const ModelCoupon& coupon, const ModelOrder& order,
                         const ModelTradeIn& trade_in, std::uint32_t caller,
                         std::int64_t now) const;
  // What `parts`, by line, do.
  ModelRefund RefundOf(const ModelUse& use,
                       const std::map<std::uint32_t, std::int64_t>& parts) const;

  std::int64_t ValidUntil(const ModelCoupon& coupon) const;
  bool ValidAt(const ModelCoupon& coupon, std::int64_t now) const;
  // What the funders pay of it, as far as the discount was not given back; by the review once
  // there was one.
  std::int64_t PaidFor(const ModelUse& use) const;
  // The keys that the use claims are free again to its caller.
  void Free(const ModelUse& use, const std::vector<std::string>& keys);
  void AddToClaim(std::uint32_t merchant, std::int64_t fen, int day);

  // --- counted again ---
  struct Money {
    std::int64_t locked = 0;
    std::int64_t stock = 0;
    std::int64_t coupons = 0;
    std::int64_t review = 0;
    std::int64_t claimed = 0;
    std::int64_t rest = 0;
  };
  Money Recount(std::size_t campaign) const;
  std::int64_t ClaimOf(std::uint32_t merchant) const;
  std::int64_t CouponsOf(std::size_t campaign, std::uint64_t account) const;
  std::int64_t ApplicationsOf(std::size_t campaign, std::uint64_t account) const;
  std::int64_t CouponsOn(std::size_t campaign, std::uint64_t account, int day) const;

 private:
  std::string WhyNotAtOrder(const ModelCoupon& coupon, const ModelOrder& order) const;
  std::string WhyNotTradedIn(const Opening& terms, const ModelTradeIn& trade_in,
                             std::int64_t now) const;
  bool AreFree(const std::vector<std::string>& keys, std::uint32_t caller) const;

  Sha256Function hash_;
};

// The keys of `claims` that a coupon of the slot uses up.
std::vector<std::string> SlotsOf(const ModelOrder& order, std::uint32_t slot);

// By what a lottery draws, and the place of an application in it.
std::string DrawKey(Sha256Function hash, std::string_view seed, std::string_view beacon);
std::uint64_t PlaceIn(Sha256Function hash, const std::string& key, std::uint64_t applications,
                      std::uint64_t ordinal);

// Shanghai's day, and the minute of it.
int DayAt(std::int64_t micros);
std::int64_t MinuteAt(std::int64_t micros);

}  // namespace tanhui::property

#endif  // TANHUI_TESTS_PROPERTY_COUPONS_COUPON_MODEL_H_
