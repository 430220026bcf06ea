#include "ledger/coupons/limits.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ledger/core/check.h"
#include "ledger/coupons/coupon.h"
#include "ledger/rules/tallies.h"

namespace tanhui::coupons {
namespace {

// Of a citizen's tallies of a campaign those that count coupons, and those of applications.
constexpr std::uint32_t kCoupons = 0;
constexpr std::uint32_t kApplications = 1;
constexpr BusinessDate kAllDays{0};

Refusal OverLimit(std::uint32_t limit, std::string_view period) {
  return Refusal(Reason::kCouponLimit, "account").With("limit", limit).With("period", period);
}

// Whether nothing asks the tally any more: it is of a campaign that is over for good, or of a day
// that has passed.
bool IsOver(const Campaigns& campaigns, const Tally& tally, LedgerTime now) {
  const Campaign* campaign = campaigns.Find(CampaignOf(tally.limit));
  return campaign != nullptr &&
         (campaign->OverAt(now) || (tally.first != kAllDays && tally.first < ShanghaiDate(now)));
}

// The tallies of campaigns come behind all others.
template <typename Tallies>
auto FirstOfCampaigns(Tallies& tallies) {
  return std::lower_bound(tallies.begin(), tallies.end(), LimitOf(CampaignNo(0)),
                          [](const Tally& tally, LimitNo first) { return tally.limit < first; });
}

// Whether `more` tallies fit in once those that are over are forgotten.
bool HasRoom(const Registry& registry, const Account& citizen, std::size_t more, LedgerTime now) {
  const auto& tallies = citizen.tallies;
  if (tallies.size() + more <= kMaxTallies) {
    return true;
  }
  const Campaigns& campaigns = CampaignsOf(registry);
  const auto over =
      std::count_if(FirstOfCampaigns(tallies), tallies.end(),
                    [&](const Tally& tally) { return IsOver(campaigns, tally, now); });
  return tallies.size() - static_cast<std::size_t>(over) + more <= kMaxTallies;
}

void ForgetOver(const Registry& registry, std::vector<Tally>& tallies, LedgerTime now) {
  const Campaigns& campaigns = CampaignsOf(registry);
  tallies.erase(std::remove_if(FirstOfCampaigns(tallies), tallies.end(),
                               [&](const Tally& tally) { return IsOver(campaigns, tally, now); }),
                tallies.end());
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

std::optional<Refusal> RefusedByLimits(const Registry& registry, const Campaign& campaign,
                                       const Account& account, LedgerTime now) {
  const auto counted = [&](BusinessDate first) {
    return rules::CountedOf(account.tallies, LimitOf(campaign.number), kCoupons, first);
  };
  if (campaign.per_citizen != 0 && counted(kAllDays) >= campaign.per_citizen) {
    return OverLimit(campaign.per_citizen, "CAMPAIGN");
  }
  if (campaign.per_citizen_day != 0 && counted(ShanghaiDate(now)) >= campaign.per_citizen_day) {
    return OverLimit(campaign.per_citizen_day, "DAY");
  }
  constexpr std::size_t kMore = 2;
  return HasLimits(campaign) && !HasRoom(registry, account, kMore, now)
             ? std::optional(Refusal(Reason::kCouponLimit, "account"))
             : std::nullopt;
}

Fault CountIssued(State& state, const Campaign& campaign, AccountNo citizen, LedgerTime now) {
  const BusinessDate today = ShanghaiDate(now);
  if (HasLimits(campaign)) {
    Account& account = state.ChangeAccount(citizen);
    ForgetOver(state.registry(), account.tallies, now);
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

std::optional<Refusal> RefusedAsApplied(const Registry& registry, const Campaign& campaign,
                                        const Account& citizen, LedgerTime now) {
  if (!HasRoom(registry, citizen, 1, now)) {
    return Refusal(Reason::kCouponLimit, "account");
  }
  return rules::CountedOf(citizen.tallies, LimitOf(campaign.number), kApplications, kAllDays) == 0
             ? std::nullopt
             : std::optional(OverLimit(1, "CAMPAIGN"));
}

void CountApplication(State& state, const Campaign& campaign, AccountNo citizen, LedgerTime now) {
  Account& account = state.ChangeAccount(citizen);
  ForgetOver(state.registry(), account.tallies, now);
  Check(rules::AddTally(account.tallies, {LimitOf(campaign.number), kApplications, kAllDays, 1}),
        "a tally of one overflows");
}

}  // namespace tanhui::coupons
