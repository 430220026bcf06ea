#include "ledger/coupons/limits.h"

#include <utility>
#include <vector>

#include "ledger/coupons/coupon.h"
#include "ledger/rules/tallies.h"

namespace tanhui::coupons {
namespace {

// Of a citizen's tallies those that count coupons; applications are counted under 1.
constexpr std::uint32_t kCoupons = 0;
constexpr BusinessDate kAllDays{0};
constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;

// How many of the day's coupons are released by `now`, and when the next ones are.
struct Released {
  std::uint64_t coupons = 0;
  std::optional<LedgerTime> next;
};
Released ReleasedBy(const Campaign& campaign, LedgerTime now) {
  const std::int64_t midnight = StartOf(ShanghaiDate(now)).value();
  Released released;
  for (const Release& release : campaign.releases) {
    const LedgerTime at(midnight + release.minute * kMicrosPerMinute);
    if (at > now) {
      released.next = at;
      break;
    }
    released.coupons += release.coupons;
  }
  return released;
}

Refusal OverLimit(std::uint32_t limit, std::string_view period) {
  return Refusal(Reason::kCouponLimit, "account").With("limit", limit).With("period", period);
}

bool HasLimits(const Campaign& campaign) {
  return campaign.per_citizen != 0 || campaign.per_citizen_day != 0;
}

// Counts a coupon, or with -1 takes it back, against the campaign's limits on a citizen.
Fault CountOn(Account& citizen, const Campaign& campaign, BusinessDate day, std::int64_t coupons) {
  constexpr std::string_view kOverflow = "a tally of coupons leaves its range";
  const LimitNo limit = LimitOf(campaign.number);
  if (campaign.per_citizen != 0 &&
      !rules::AddTally(citizen.tallies, {limit, kCoupons, kAllDays, coupons})) {
    return kOverflow;
  }
  return campaign.per_citizen_day != 0 &&
                 !rules::AddTally(citizen.tallies, {limit, kCoupons, day, coupons})
             ? Fault(kOverflow)
             : std::nullopt;
}

}  // namespace

std::optional<Refusal> RefusedAsGone(const Campaign& campaign, const Account& stock,
                                     LedgerTime now) {
  const auto issued = static_cast<std::uint64_t>(stock.funded.units());
  if (issued >= campaign.stock) {
    return Refusal(Reason::kCouponsGone, "campaign").With("why", "STOCK");
  }
  if (campaign.releases.empty()) {
    return std::nullopt;
  }
  const auto today = static_cast<std::uint64_t>(stock.given.On(ShanghaiDate(now)).units());
  const Released released = ReleasedBy(campaign, now);
  if (today < released.coupons) {
    return std::nullopt;
  }
  Refusal refusal = Refusal(Reason::kCouponsGone, "campaign").With("why", "DAY");
  return released.next.has_value()
             ? std::move(refusal).With("next_release", TimeText(*released.next))
             : std::move(refusal);
}

std::optional<Refusal> RefusedByLimits(const Campaign& campaign, const Account& account,
                                       BusinessDate today) {
  const auto counted = [&](BusinessDate first) {
    return rules::CountedOf(account.tallies, LimitOf(campaign.number), kCoupons, first);
  };
  if (campaign.per_citizen != 0 && counted(kAllDays) >= campaign.per_citizen) {
    return OverLimit(campaign.per_citizen, "CAMPAIGN");
  }
  if (campaign.per_citizen_day != 0 && counted(today) >= campaign.per_citizen_day) {
    return OverLimit(campaign.per_citizen_day, "DAY");
  }
  constexpr std::size_t kMore = 2;
  return HasLimits(campaign) && account.tallies.size() + kMore > kMaxTallies
             ? std::optional(Refusal(Reason::kCouponLimit, "account"))
             : std::nullopt;
}

Fault CountIssued(State& state, const Campaign& campaign, AccountNo citizen, BusinessDate today) {
  if (HasLimits(campaign)) {
    Account& account = state.ChangeAccount(citizen);
    // Of days that have passed nothing is asked any more.
    std::erase_if(account.tallies, [&](const Tally& tally) {
      return tally.limit == LimitOf(campaign.number) && tally.category == kCoupons &&
             tally.first != kAllDays && tally.first < today;
    });
    if (Fault fault = CountOn(account, campaign, today, 1)) {
      return fault;
    }
  }
  Account& stock = state.ChangeAccount(campaign.stock_account);
  stock.funded = Amount(stock.funded.units() + 1);
  stock.given = {today, Amount(stock.given.On(today).units() + 1)};
  return std::nullopt;
}

Fault CountTakenBack(State& state, const Campaign& campaign, AccountNo citizen, BusinessDate day,
                     bool in_stock_again) {
  if (in_stock_again) {
    Account& stock = state.ChangeAccount(campaign.stock_account);
    const Amount that_day = stock.given.On(day);
    if (stock.funded <= Amount(0) || (stock.given.day == day && that_day <= Amount(0))) {
      return "a coupon is in stock again that was not issued";
    }
    stock.funded = Amount(stock.funded.units() - 1);
    if (stock.given.day == day) {
      stock.given.points = Amount(that_day.units() - 1);
    }
  }
  return HasLimits(campaign) ? CountOn(state.ChangeAccount(citizen), campaign, day, -1)
                             : std::nullopt;
}

}  // namespace tanhui::coupons
