// A coupon as decide sees it: what issued it, its campaign, and what became of it.
#ifndef TANHUI_LEDGER_COUPONS_COUPON_H_
#define TANHUI_LEDGER_COUPONS_COUPON_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/book.h"
#include "ledger/core/books/undone.h"
#include "ledger/core/postings.h"
#include "ledger/coupons/campaigns.h"
#include "ledger/coupons/discount.h"

namespace tanhui::coupons {

// The limits of a campaign on one citizen are tallies under this number; category 0 counts
// coupons, 1 applications. Rule sets never number as high.
LimitNo LimitOf(CampaignNo campaign);
// The campaign whose limits they are; 0: of none.
CampaignNo CampaignOf(LimitNo limit);

// The coupon that a command is about: its target is the issue. Keeps references to the state and to
// the issue.
struct Coupon {
  const Campaign* campaign = nullptr;
  const entry::v1::CouponIssue* issue = nullptr;
  CouponNow now;
};
// UNKNOWN_COUPON when the target is no coupon.
std::optional<Refusal> FindCoupon(const State& state, const DecideInput& input, Coupon& coupon);

// The longest lock.
inline constexpr std::int64_t kMaxLockMicros = kMicrosPerDay;

// How a coupon is at a time: a lock past its deadline is none.
CouponNow NowOf(const State& state, EntryIndex coupon, LedgerTime now);
// Whether nothing became of an entry but what becomes of a coupon, or of an application for one.
bool IsCouponAtMost(const Undone& undone);
// From now on the coupon, or the application, is so by `entry`; a lock has a deadline.
void Become(State& state, EntryIndex coupon, CouponState what, EntryIndex entry,
            LedgerTime lock_until = {});
// READY, LOCKED, USED, VOID.
std::string_view NameOf(CouponState state);
// COUPON_STATE with what the coupon is; nullopt when it is one of `wanted`.
std::optional<Refusal> RefusedByState(const CouponNow& coupon,
                                      std::initializer_list<CouponState> wanted,
                                      std::string_view field);

// COUPON_NOT_ELIGIBLE when the campaign wants something attested that the platform did not.
std::optional<Refusal> RefusedByAttestations(
    const Campaign& campaign, const google::protobuf::RepeatedPtrField<std::string>& attested);

// A time as refusals tell it: RFC 3339, to the second.
std::string TimeText(LedgerTime time);

// The last moment at which the coupon of an issue can be used, extensions counted.
LedgerTime ValidUntil(const Campaign& campaign, const entry::v1::CouponIssue& issue);
// COUPON_NOT_VALID when it cannot be used at `now`.
std::optional<Refusal> RefusedByDates(const Campaign& campaign, const entry::v1::CouponIssue& issue,
                                      LedgerTime now, std::string_view field);

// Legs of one entry under construction: fen of one account add up, and what comes to 0 is left out.
class FenLegs {
 public:
  void Add(AccountNo account, Amount fen);
  // In the order in which the accounts first came.
  std::vector<Leg> Take() &&;

 private:
  std::vector<Leg> legs_;
};
// That the postings of the entry are exactly these legs, in order; lots are not looked at.
Fault WantLegs(const Entry& entry, std::span<const Leg> legs);

// Where the points go that a coupon of the campaign costs, and come back from; it has a price.
AccountNo PointsIssuance(const Registry& registry, const Campaign& campaign);

// The lines of an order with what counts of them.
std::vector<Line> LinesOf(const Campaign& campaign, const entry::v1::CouponOrder& order);

}  // namespace tanhui::coupons

#endif  // TANHUI_LEDGER_COUPONS_COUPON_H_
