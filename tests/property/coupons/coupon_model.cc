#include "tests/property/coupons/coupon_model.h"

#include <algorithm>
#include <numeric>

namespace tanhui::property {
namespace {

constexpr std::int64_t kMinuteMicros = 60'000'000;
constexpr std::int64_t kDayMicros = 24 * 60 * kMinuteMicros;
constexpr std::int64_t kShanghaiMicros = 8 * 60 * kMinuteMicros;

}  // namespace

int DayAt(std::int64_t micros) { return static_cast<int>((micros + kShanghaiMicros) / kDayMicros); }

std::int64_t MinuteAt(std::int64_t micros) {
  return (micros + kShanghaiMicros) % kDayMicros / kMinuteMicros;
}

std::int64_t MaxDiscount(const Opening& terms) {
  return terms.face_fen() != 0 ? terms.face_fen() : terms.ceiling_fen();
}

std::int64_t DiscountOf(const Opening& terms, std::int64_t eligible) {
  return terms.face_fen() != 0
             ? std::min(terms.face_fen(), eligible)
             : std::min(terms.ceiling_fen(), eligible * terms.percent_permille() / 1'000);
}

std::int64_t FundedOf(const Opening& terms, std::int64_t discount) {
  const std::int64_t theirs = discount - discount * terms.own_permille() / 1'000;
  return terms.funded_ceiling_fen() == 0 ? theirs : std::min(theirs, terms.funded_ceiling_fen());
}

std::vector<std::int64_t> SplitOf(const Opening& terms, std::int64_t fen) {
  std::int64_t whole = 0;
  for (const auto& funder : terms.funders()) {
    whole += funder.permille();
  }
  std::vector<std::int64_t> parts;
  std::vector<std::pair<std::int64_t, std::size_t>> remainders;  // the largest first
  for (const auto& funder : terms.funders()) {
    remainders.emplace_back(-(fen * funder.permille() % whole), parts.size());
    parts.push_back(fen * funder.permille() / whole);
  }
  std::sort(remainders.begin(), remainders.end());
  std::int64_t left = fen - std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
  for (const auto& [remainder, funder] : remainders) {
    if (left-- > 0) {
      ++parts[funder];
    }
  }
  return parts;
}

std::int64_t ReleasedBy(const Opening& terms, std::int64_t minute, std::int64_t stock) {
  if (terms.daily_releases().empty()) {
    return stock;
  }
  std::int64_t released = 0;
  for (const auto& release : terms.daily_releases()) {
    released += release.minute() <= minute ? static_cast<std::int64_t>(release.coupons()) : 0;
  }
  return released;
}

std::int64_t EligibleOf(const std::vector<ModelGoods>& goods) {
  std::int64_t sum = 0;
  for (const ModelGoods& line : goods) {
    sum += line.eligible ? line.fen : 0;
  }
  return sum;
}

std::int64_t ModelUse::GoodsLeft() const {
  std::int64_t left = 0;
  for (std::size_t i = 0; i < back.size(); ++i) {
    left += order.goods[i].fen - back[i];
  }
  return left;
}

std::string DrawKey(Sha256Function hash, std::string_view seed, std::string_view beacon) {
  std::string text = "tanhui coupon lottery v1";
  text += '\0';
  text.append(seed).append(beacon);
  return hash(text);
}

std::uint64_t PlaceIn(Sha256Function hash, const std::string& key, std::uint64_t applications,
                      std::uint64_t ordinal) {
  int bits = 0;  // of a half
  while ((std::uint64_t{1} << (2 * bits)) < applications) {
    ++bits;
  }
  const std::uint64_t size = std::uint64_t{1} << bits;
  std::uint64_t place = ordinal;
  do {
    std::uint64_t left = place / size;
    std::uint64_t right = place % size;
    for (int round = 0; round < 8; ++round) {
      std::string text = key + static_cast<char>(round);
      for (int shift = 56; shift >= 0; shift -= 8) {
        text += static_cast<char>(right >> shift & 0xff);
      }
      const std::string digest = hash(text);
      std::uint64_t word = 0;
      for (std::size_t i = 0; i < 8; ++i) {
        word = word << 8 | static_cast<unsigned char>(digest[i]);
      }
      left = std::exchange(right, left ^ word % size);
    }
    place = left * size + right;
  } while (place >= applications);
  return place;
}

std::vector<std::string> SlotsOf(const ModelOrder& order, std::uint32_t slot) {
  std::vector<std::string> keys;
  for (std::uint32_t s = 1; s <= 4; ++s) {
    if (slot == 0 || slot == s) {
      keys.push_back(order.name + "/" + std::to_string(s));
    }
  }
  return keys;
}

std::uint64_t CouponModel::Standing(std::uint64_t account) const {
  const auto next = merged.find(account);
  return next == merged.end() ? account : Standing(next->second);
}

std::int64_t CouponModel::CouponsOf(std::size_t campaign, std::uint64_t account) const {
  return std::count_if(coupons.begin(), coupons.end(), [&](const ModelCoupon& coupon) {
    return coupon.campaign == campaign && !coupon.cancelled && Standing(coupon.account) == account;
  });
}

std::int64_t CouponModel::ApplicationsOf(std::size_t campaign, std::uint64_t account) const {
  return std::count_if(applications.begin(), applications.end(), [&](const ModelApplication& made) {
    return made.campaign == campaign && Standing(made.account) == account;
  });
}

std::int64_t CouponModel::CouponsOn(std::size_t campaign, std::uint64_t account, int day) const {
  return std::count_if(coupons.begin(), coupons.end(), [&](const ModelCoupon& coupon) {
    return coupon.campaign == campaign && !coupon.cancelled &&
           Standing(coupon.account) == account && DayAt(coupon.issued_at) == day;
  });
}

std::string CouponModel::WhyNotIssued(const ModelCampaign& campaign, std::uint64_t account,
                                      const ModelApplication* application, bool attested,
                                      std::int64_t now) const {
  const Opening& terms = campaign.terms;
  const auto at = static_cast<std::size_t>(&campaign - campaigns.data());
  if (campaign.paused || campaign.OverAt(now) || now < terms.issue_first_micros() ||
      campaign.lottery() != (application != nullptr) ||
      (campaign.lottery() && campaign.key.empty())) {
    return "CAMPAIGN_STATE";
  }
  if (!attested) {
    return "COUPON_NOT_ELIGIBLE";
  }
  if (application != nullptr) {
    if (PlaceIn(hash_, campaign.key, campaign.applications.size(), application->ordinal) >=
        terms.stock()) {
      return "LOTTERY_NOT_WON";
    }
    if (application->used) {
      return "COUPON_STATE";
    }
  }
  const int today = DayAt(now);
  if ((terms.per_citizen() != 0 && CouponsOf(at, account) >= terms.per_citizen()) ||
      (terms.per_citizen_day() != 0 && CouponsOn(at, account, today) >= terms.per_citizen_day())) {
    return "COUPON_LIMIT";
  }
  const auto stock = static_cast<std::int64_t>(terms.stock());
  const auto so_far = campaign.issued_on.find(today);
  if (campaign.issued >= stock || (so_far == campaign.issued_on.end() ? 0 : so_far->second) >=
                                      ReleasedBy(terms, MinuteAt(now), stock)) {
    return "COUPONS_GONE";
  }
  if (terms.points_asset() != 0 && points.at(account) < terms.price_points()) {
    return "INSUFFICIENT_BALANCE";
  }
  return "OK";
}

std::string CouponModel::WhyNotApplied(std::size_t campaign, std::uint64_t account, bool attested,
                                       std::int64_t now) const {
  const ModelCampaign& of = campaigns[campaign];
  if (!of.lottery() || of.paused || of.OverAt(now) || now < of.terms.issue_first_micros() ||
      now > of.terms.apply_last_micros()) {
    return "CAMPAIGN_STATE";
  }
  if (!attested) {
    return "COUPON_NOT_ELIGIBLE";
  }
  return ApplicationsOf(campaign, account) > 0 ? "COUPON_LIMIT" : "OK";
}

std::int64_t CouponModel::ValidUntil(const ModelCoupon& coupon) const {
  const ModelCampaign& campaign = Of(coupon);
  return campaign.terms.days_after_issue() == 0 ? campaign.use_last : coupon.valid_until;
}

bool CouponModel::ValidAt(const ModelCoupon& coupon, std::int64_t now) const {
  return now >= Of(coupon).terms.use_first_micros() && now <= ValidUntil(coupon);
}

std::string CouponModel::WhyNotAtOrder(const ModelCoupon& coupon, const ModelOrder& order) const {
  const ModelCampaign& campaign = Of(coupon);
  const Opening& terms = campaign.terms;
  const auto named = [](const auto& list, std::uint32_t number) {
    return list.empty() || std::find(list.begin(), list.end(), number) != list.end();
  };
  const auto claim = settles.find(order.merchant);
  if (!named(terms.merchants(), order.merchant) || !named(terms.districts(), order.district) ||
      (LockOf(terms) > 0 && (claim == settles.end() || !claim->second))) {
    return "COUPON_NOT_ACCEPTED";
  }
  const std::int64_t eligible = EligibleOf(order.goods);
  if (eligible < terms.threshold_fen() || DiscountOf(terms, eligible) == 0) {
    return "COUPON_BELOW_THRESHOLD";
  }
  return "OK";
}

std::string CouponModel::WhyNotTradedIn(const Opening& terms, const ModelTradeIn& trade_in,
                                        std::int64_t now) const {
  const auto& categories = terms.trade_in().categories();
  if (std::find(categories.begin(), categories.end(), trade_in.category) == categories.end()) {
    return "COUPON_NOT_ACCEPTED";
  }
  const auto product = products.find(trade_in.product);
  if (product == products.end() || DayAt(now) > product->second.last_day) {
    return "PRODUCT_NOT_LISTED";
  }
  const std::uint32_t worst = terms.trade_in().worst_grade();
  const std::uint32_t grade = product->second.grade;
  return product->second.category == trade_in.category &&
                 (worst == 0 || (grade != 0 && grade <= worst))
             ? "OK"
             : "COUPON_NOT_ACCEPTED";
}

bool CouponModel::AreFree(const std::vector<std::string>& keys, std::uint32_t caller) const {
  return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
    const auto claimed = claims.find(key);
    return claimed == claims.end() || claimed->second.free_to == caller;
  });
}

void CouponModel::Free(const ModelUse& use, const std::vector<std::string>& keys) {
  const auto at = static_cast<std::size_t>(&use - uses.data());
  for (const std::string& key : keys) {
    Claim& claim = claims.at(key);
    if (claim.use == at && claim.free_to == 0) {
      claim.free_to = use.caller;
    }
  }
}

std::string CouponModel::WhyNotLocked(const ModelCoupon& coupon, const ModelOrder& order,
                                      std::int64_t deadline, std::uint32_t caller,
                                      std::int64_t now) const {
  if (order.suspended) {
    return "UNIT_SUSPENDED";
  }
  if (coupon.StateAt(now) != ModelCouponState::kReady) {
    return "COUPON_STATE";
  }
  if (!ValidAt(coupon, now)) {
    return "COUPON_NOT_VALID";
  }
  if (deadline <= now || deadline > now + kDayMicros) {
    return "LOCK_DEADLINE";
  }
  const std::string why = WhyNotAtOrder(coupon, order);
  return why != "OK" || AreFree(SlotsOf(order, Of(coupon).terms.stacking_slot()), caller)
             ? why
             : "ORDER_USED";
}

std::string CouponModel::WhyNotUsed(const ModelCoupon& coupon, const ModelOrder& order,
                                    const ModelTradeIn& trade_in, std::uint32_t caller,
                                    std::int64_t now) const {
  if (order.suspended) {
    return "UNIT_SUSPENDED";
  }
  const Opening& terms = Of(coupon).terms;
  const std::string traded_in = terms.has_trade_in() ? WhyNotTradedIn(terms, trade_in, now) : "OK";
  if (traded_in == "PRODUCT_NOT_LISTED") {
    return traded_in;
  }
  const ModelCouponState state = coupon.StateAt(now);
  if (state == ModelCouponState::kUsed || state == ModelCouponState::kVoid) {
    return "COUPON_STATE";
  }
  if (!ValidAt(coupon, now)) {
    return "COUPON_NOT_VALID";
  }
  const std::string why = traded_in == "OK" ? WhyNotAtOrder(coupon, order) : traded_in;
  if (why != "OK") {
    return why;
  }
  if (state == ModelCouponState::kLocked &&
      (order.name != coupon.locked_for.name || order.merchant != coupon.locked_for.merchant ||
       order.goods != coupon.locked_for.goods)) {
    return "COUPON_ORDER_MISMATCH";
  }
  if (!AreFree(SlotsOf(order, terms.stacking_slot()), caller)) {
    return "ORDER_USED";
  }
  return AreFree(trade_in.pieces, caller) ? "OK" : "TRADE_IN_USED";
}

std::int64_t CouponModel::PaidFor(const ModelUse& use) const {
  if (!use.reviewed) {
    return FundedOf(Of(use).terms, use.discount - use.discount_back);
  }
  const std::int64_t reviewed = use.discount - use.back_at_review;
  return reviewed == 0 ? 0 : use.approved * (use.discount - use.discount_back) / reviewed;
}

ModelRefund CouponModel::RefundOf(const ModelUse& use,
                                  const std::map<std::uint32_t, std::int64_t>& parts) const {
  const Opening& terms = Of(use).terms;
  const std::int64_t eligible = EligibleOf(use.order.goods);
  ModelRefund refund;
  std::int64_t before_line = 0;  // eligible fen of earlier lines
  std::int64_t apportioned = 0;
  std::int64_t left = eligible;
  for (std::uint32_t line = 0; line < use.order.goods.size(); ++line) {
    const ModelGoods& goods = use.order.goods[line];
    const auto part = parts.find(line);
    const std::int64_t now = part == parts.end() ? 0 : part->second;
    const std::int64_t back = use.back[line] + now;
    if (back > goods.fen) {
      refund.refused = "NOTHING_LEFT_TO_UNDO";
      return refund;
    }
    refund.goods += now;
    if (goods.eligible && goods.fen > 0) {
      const std::int64_t share = use.discount * (before_line + goods.fen) / eligible -
                                 use.discount * before_line / eligible;
      before_line += goods.fen;
      apportioned += share * back / goods.fen;
      left -= back;
    }
  }
  std::int64_t target = apportioned;
  if (left == 0) {
    target = use.discount;
  } else if (left < terms.threshold_fen()) {
    if (terms.return_policy() == entry::v1::RETURN_POLICY_WHOLE_ORDER) {
      refund.refused = "COUPON_RETURN_POLICY";
      return refund;
    }
    target = terms.return_policy() == entry::v1::RETURN_POLICY_WITHDRAW ? use.discount : target;
  }
  refund.discount = std::min(std::max<std::int64_t>(target - use.discount_back, 0), refund.goods);
  ModelUse after = use;
  after.discount_back += refund.discount;
  refund.funded = PaidFor(use) - PaidFor(after);
  refund.whole = after.discount_back == use.discount;
  return refund;
}

void CouponModel::AddToClaim(std::uint32_t merchant, std::int64_t fen, int day) {
  Net& net = nets[merchant];
  net = {day, (net.day == day ? net.fen : 0) + fen};
}

CouponModel::Money CouponModel::Recount(std::size_t campaign) const {
  const ModelCampaign& of = campaigns[campaign];
  const std::int64_t lock = LockOf(of.terms);
  Money money;
  money.locked = lock * static_cast<std::int64_t>(of.terms.stock());
  money.stock =
      of.stock_returned ? 0 : lock * (static_cast<std::int64_t>(of.terms.stock()) - of.issued);
  for (const ModelCoupon& coupon : coupons) {
    const bool held = coupon.state == ModelCouponState::kReady ||
                      coupon.state == ModelCouponState::kLocked || coupon.void_late;
    money.coupons += coupon.campaign == campaign && held && !of.coupons_returned ? lock : 0;
  }
  for (const ModelUse& use : uses) {
    if (coupons[use.coupon].campaign == campaign) {
      (of.terms.reviewed() && !use.reviewed ? money.review : money.claimed) += PaidFor(use);
    }
  }
  money.rest =
      money.locked - money.stock - money.coupons - money.review - money.claimed - of.returned;
  return money;
}

std::int64_t CouponModel::ClaimOf(std::uint32_t merchant) const {
  const auto paid = settled.find(merchant);
  std::int64_t claim = paid == settled.end() ? 0 : -paid->second;
  for (const ModelUse& use : uses) {
    const bool counts = !Of(use).terms.reviewed() || use.reviewed;
    claim += use.order.merchant == merchant && counts ? PaidFor(use) : 0;
  }
  return claim;
}

}  // namespace tanhui::property
