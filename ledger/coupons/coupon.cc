#include "ledger/coupons/coupon.h"

#include <algorithm>
#include <string>

#include "ledger/core/check.h"
#include "ledger/points/purse.h"

namespace tanhui::coupons {

namespace {

constexpr std::uint32_t kOfCampaigns = 0x8000'0000;

}  // namespace

LimitNo LimitOf(CampaignNo campaign) { return LimitNo(kOfCampaigns | campaign.value()); }

CampaignNo CampaignOf(LimitNo limit) {
  return CampaignNo(limit.value() < kOfCampaigns ? 0 : limit.value() - kOfCampaigns);
}

std::optional<Refusal> FindCoupon(const State& state, const DecideInput& input, Coupon& coupon) {
  if (input.target == nullptr || !input.target->has_coupon_issue()) {
    return Refusal(Reason::kUnknownCoupon, "coupon");
  }
  coupon.issue = &input.target->coupon_issue();
  coupon.campaign = CampaignsOf(state.registry()).Find(CampaignNo(coupon.issue->campaign()));
  Check(coupon.campaign != nullptr, "a coupon of no campaign");
  coupon.now = NowOf(state, input.target_index, input.now);
  return std::nullopt;
}

CouponNow NowOf(const State& state, EntryIndex coupon, LedgerTime now) {
  CouponNow found = state.FindUndone(coupon).coupon.value_or(CouponNow{});
  if (found.state == CouponState::kLocked && now >= found.lock_until) {
    found.state = CouponState::kReady;
    found.lock_until = {};
  }
  return found;
}

bool IsCouponAtMost(const Undone& undone) {
  Undone coupon;
  coupon.coupon = undone.coupon;
  return undone == coupon;
}

void Become(State& state, EntryIndex coupon, CouponState what, EntryIndex entry,
            LedgerTime lock_until) {
  Undone undone = state.FindUndone(coupon);
  undone.coupon = CouponNow{what, entry, lock_until};
  state.PutUndone(coupon, undone);
}

std::string_view NameOf(CouponState state) {
  switch (state) {
    case CouponState::kReady:
      return "READY";
    case CouponState::kLocked:
      return "LOCKED";
    case CouponState::kUsed:
      return "USED";
    case CouponState::kVoid:
      break;
  }
  return "VOID";
}

std::optional<Refusal> RefusedByState(const CouponNow& coupon,
                                      std::initializer_list<CouponState> wanted,
                                      std::string_view field) {
  if (std::find(wanted.begin(), wanted.end(), coupon.state) != wanted.end()) {
    return std::nullopt;
  }
  Refusal refusal =
      Refusal(Reason::kCouponState, std::string(field)).With("state", NameOf(coupon.state));
  return coupon.state == CouponState::kLocked
             ? std::move(refusal).With("until", TimeText(coupon.lock_until))
             : std::move(refusal);
}

std::optional<Refusal> RefusedByAttestations(
    const Campaign& campaign, const google::protobuf::RepeatedPtrField<std::string>& attested) {
  for (const std::string& wanted : campaign.attestations) {
    if (std::find(attested.begin(), attested.end(), wanted) == attested.end()) {
      return Refusal(Reason::kCouponNotEligible, "attestations").With("missing", wanted);
    }
  }
  return std::nullopt;
}

std::string TimeText(LedgerTime time) {
  constexpr std::size_t kDate = 10;  // bytes
  std::string text = FormatShanghai(time) + "+08:00";
  text[kDate] = 'T';
  return text;
}

LedgerTime ValidUntil(const Campaign& campaign, const entry::v1::CouponIssue& issue) {
  return campaign.days_after_issue == 0 ? campaign.use_last
                                        : LedgerTime(issue.valid_until_micros());
}

std::optional<Refusal> RefusedByDates(const Campaign& campaign, const entry::v1::CouponIssue& issue,
                                      LedgerTime now, std::string_view field) {
  const LedgerTime until = ValidUntil(campaign, issue);
  if (now >= campaign.use_first && now <= until) {
    return std::nullopt;
  }
  return Refusal(Reason::kCouponNotValid, std::string(field))
      .With("from", TimeText(campaign.use_first))
      .With("until", TimeText(until));
}

void FenLegs::Add(AccountNo account, Amount fen) {
  if (fen == Amount(0)) {
    return;
  }
  const auto found = std::find_if(legs_.begin(), legs_.end(),
                                  [account](const Leg& leg) { return leg.account == account; });
  if (found == legs_.end()) {
    legs_.push_back(points::Plain(account, fen));
    return;
  }
  const auto sum = tanhui::Add(found->amount, fen);
  Check(sum.has_value(), "the fen of one entry overflow");
  found->amount = *sum;
}

std::vector<Leg> FenLegs::Take() && {
  std::erase_if(legs_, [](const Leg& leg) { return leg.amount == Amount(0); });
  return std::move(legs_);
}

Fault WantLegs(const Entry& entry, std::span<const Leg> legs) {
  if (static_cast<std::size_t>(entry.postings_size()) != legs.size()) {
    return "an entry with more or fewer postings than its kind has";
  }
  int at = 0;
  for (const Leg& leg : legs) {
    const entry::v1::Posting& posting = entry.postings(at++);
    if (AccountNo(posting.account()) != leg.account || Amount(posting.amount()) != leg.amount) {
      return "the postings are not those of the body";
    }
  }
  return std::nullopt;
}

AccountNo PointsIssuance(const Registry& registry, const Campaign& campaign) {
  const Asset* asset = registry.Find(campaign.points_asset);
  Check(asset != nullptr, "a campaign's points are of no asset");
  return asset->issuance;
}

std::vector<Line> LinesOf(const Campaign& campaign, const entry::v1::CouponOrder& order) {
  const auto& categories = campaign.categories;
  std::vector<Line> lines;
  lines.reserve(static_cast<std::size_t>(order.lines_size()));
  for (const entry::v1::OrderLine& line : order.lines()) {
    lines.push_back({Amount(line.fen()),
                     categories.empty() || std::binary_search(categories.begin(), categories.end(),
                                                              line.category())});
  }
  return lines;
}

}  // namespace tanhui::coupons
