// What undoes the use of coupons, and what happens around them.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/property/coupons/coupon_life.h"

namespace tanhui::property {

using namespace world;  // NOLINT: the words of commands

// The use as it is, its money counted, and whether the coupon comes back by `made`.
void CouponLife::NoteRefund(ModelUse& use, const std::map<std::uint32_t, std::int64_t>& parts,
                            const ModelRefund& refund, bool coupon_back) {
  ModelCoupon& coupon = model_.coupons[use.coupon];
  const Opening& terms = model_.Of(use).terms;
  const auto campaign = coupon.campaign;
  const std::int64_t rest = model_.Recount(campaign).rest + refund.funded;
  const bool comes = refund.whole && terms.coupon_returns() && !use.coupon_back &&
                     model_.ValidAt(coupon, Now()) && rest >= LockOf(terms);
  EXPECT_EQ(coupon_back, comes) << world_.last().ShortDebugString();
  if (!terms.reviewed() || use.reviewed) {
    model_.AddToClaim(use.order.merchant, -refund.funded, world_.today().value());
  }
  for (const auto& [line, fen] : parts) {
    use.back[line] += fen;
  }
  use.discount_back += refund.discount;
  if (refund.whole) {
    model_.Free(use, use.trade_in.pieces);
  }
  if (comes) {
    use.coupon_back = true;
    coupon.state = ModelCouponState::kReady;
  }
}

void CouponLife::GiveBack() {
  if (model_.uses.empty()) {
    return;
  }
  std::size_t at = Recent(model_.uses.size());
  for (int tries = 0; tries < 3 && model_.uses[at].GoodsLeft() == 0; ++tries) {
    at = Recent(model_.uses.size());
  }
  ModelUse& use = model_.uses[at];
  std::map<std::uint32_t, std::int64_t> parts;
  const bool all = OneIn(3);
  for (std::uint32_t line = 0; line < use.order.goods.size(); ++line) {
    const std::int64_t left = use.order.goods[line].fen - use.back[line];
    const auto below = static_cast<std::uint64_t>(left + (OneIn(20) ? 2 : 1));
    const std::int64_t fen = all ? left : OneIn(2) ? 0 : static_cast<std::int64_t>(Below(below));
    if (fen > 0) {
      parts[line] = fen;
    }
  }
  if (parts.empty()) {
    parts[0] = 1;
  }
  std::vector<GoodsBack> lines;
  for (const auto& [line, fen] : parts) {
    lines.push_back({line, fen});
  }
  const ModelRefund refund = model_.RefundOf(use, parts);
  const std::string expected = use.cancelled            ? "NOTHING_LEFT_TO_UNDO"
                               : refund.refused.empty() ? "OK"
                                                        : refund.refused;
  if (Ask(By(RefundCoupon(NextId(), use.entry, lines), ParticipantNo(use.caller)), expected)) {
    const auto& made = world_.last().coupon_refund();
    EXPECT_EQ(made.goods_fen(), refund.goods);
    EXPECT_EQ(made.discount_fen(), refund.discount);
    EXPECT_GE(made.goods_fen(), made.discount_fen());
    NoteRefund(use, parts, refund, made.coupon_back());
  }
}

void CouponLife::CancelUse(ModelUse& use) {
  std::map<std::uint32_t, std::int64_t> parts;
  for (std::uint32_t line = 0; line < use.order.goods.size(); ++line) {
    const std::int64_t left = use.order.goods[line].fen - use.back[line];
    if (left > 0) {
      parts[line] = left;
    }
  }
  const ModelRefund refund = model_.RefundOf(use, parts);
  const bool touched = use.reviewed || std::any_of(use.back.begin(), use.back.end(),
                                                   [](std::int64_t fen) { return fen > 0; });
  const std::string expected = use.cancelled ? "ALREADY_CANCELLED"
                               : touched     ? "NOT_CANCELLABLE"
                                             : "OK";
  if (Ask(By(world::Cancel(NextId(), use.id), ParticipantNo(use.caller)), expected)) {
    const bool back = world_.last().cancellation().coupon_undone().coupon_back();
    NoteRefund(use, parts, refund, back);
    use.cancelled = true;
    model_.Free(use, SlotsOf(use.order, model_.Of(use).terms.stacking_slot()));
  }
}

void CouponLife::NotePointsBack(const ModelCoupon& coupon) {
  model_.points[model_.Standing(coupon.account)] += model_.Of(coupon).terms.price_points();
}

void CouponLife::CancelIssue(ModelCoupon& coupon) {
  const std::string expected = coupon.cancelled ? "ALREADY_CANCELLED"
                               : coupon.touched ? "NOT_CANCELLABLE"
                                                : "OK";
  if (Ask(world::Cancel(NextId(), coupon.id), expected)) {
    coupon.state = ModelCouponState::kVoid;
    coupon.cancelled = true;
    coupon.void_late = Now() > model_.Of(coupon).use_last;
    ModelCampaign& campaign = model_.campaigns[coupon.campaign];
    if (!campaign.OverAt(Now())) {
      --campaign.issued;
      --campaign.issued_on[DayAt(coupon.issued_at)];
    }
    NotePointsBack(coupon);
    for (ModelApplication& application : model_.applications) {
      if (application.entry == world_.last().cancellation().coupon_undone().application()) {
        application.used = false;
      }
    }
  }
}

void CouponLife::Cancel() {
  if (!model_.coupons.empty() && OneIn(2)) {
    CancelIssue(model_.coupons[Recent(model_.coupons.size())]);
  } else if (!model_.uses.empty()) {
    CancelUse(model_.uses[Recent(model_.uses.size())]);
  }
}

void CouponLife::Revoke() {
  if (model_.coupons.empty()) {
    return;
  }
  ModelCoupon& coupon = model_.coupons[Recent(model_.coupons.size())];
  const bool points_back = OneIn(2) && model_.Of(coupon).terms.price_points() > 0;
  if (Ask(RevokeCoupon(NextId(), coupon.entry, points_back),
          coupon.StateAt(Now()) == ModelCouponState::kReady ? "OK" : "COUPON_STATE")) {
    coupon.state = ModelCouponState::kVoid;
    coupon.touched = true;
    coupon.void_late = Now() > model_.Of(coupon).use_last;
    if (points_back) {
      NotePointsBack(coupon);
    }
  }
}

void CouponLife::Review() {
  if (model_.uses.empty()) {
    return;
  }
  std::size_t at = Recent(model_.uses.size());
  for (int tries = 0; tries < 6 && !model_.Of(model_.uses[at]).terms.reviewed(); ++tries) {
    at = Recent(model_.uses.size());
  }
  ModelUse& use = model_.uses[at];
  const bool waits = model_.Of(use).terms.reviewed() && !use.reviewed;
  const std::int64_t left = waits ? model_.PaidFor(use) : 1;
  if (left == 0) {
    return;
  }
  const std::int64_t approved =
      OneIn(2)   ? left
      : OneIn(3) ? 0
                 : static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(left)));
  if (Ask(ReviewUse(NextId(), use.entry, approved, approved == left ? "" : "no_invoice"),
          waits ? "OK" : "REVIEW_STATE")) {
    use.reviewed = true;
    use.approved = approved;
    use.back_at_review = use.discount_back;
    if (approved == 0) {
      model_.Free(use, use.trade_in.pieces);
    }
    model_.AddToClaim(use.order.merchant, approved, world_.today().value());
  }
}

void CouponLife::Merge() {
  // Alice is somebody's guardian.
  const AccountNo from = citizens_[AnyOf(citizens_)];
  const AccountNo into = citizens_[AnyOf(citizens_)];
  for (const AccountNo account : {from, into}) {
    if (account == kAlice || account == kMinor || account == kStampAlice ||
        model_.Standing(account.value()) != account.value() || frozen_[account]) {
      return;
    }
  }
  if (from != into && Ask(By(world::Merge(NextId(), from, into), kOperator), "OK")) {
    model_.merged[from.value()] = into.value();
    model_.points[into.value()] += std::exchange(model_.points[from.value()], 0);
  }
}

void CouponLife::Suspend() {
  const std::pair<AccountNo, UnitNo> units[] = {
      {kShop, UnitNo(0)}, {kStoreAccount, kStore}, {kTillAccount, kTill}};
  const auto& [account, unit] = units[Below(3)];
  const bool suspended = !suspended_[account] && OneIn(4);
  if (Ask(ChangeUnit(NextId(), kMall, kPoints, unit, {suspended, Amount(0), Amount(0)}), "OK")) {
    suspended_[account] = suspended;
  }
}

void CouponLife::Freeze() {
  const AccountNo account = citizens_[AnyOf(citizens_)];
  // Alice acts for a child.
  if (account == kAlice || model_.Standing(account.value()) != account.value()) {
    return;
  }
  const bool frozen = frozen_[account];
  if (!frozen && OneIn(2)) {
    return;
  }
  if (Ask(By(SetStatus(NextId(), account, frozen ? AccountStatus::kOpen : AccountStatus::kFrozen),
             kOperator),
          "OK")) {
    frozen_[account] = !frozen;
  }
}

void CouponLife::TopUp() {
  const AccountNo account = citizens_[AnyOf(citizens_)];
  if (account == kStampAlice || frozen_[AccountNo(model_.Standing(account.value()))]) {
    return;
  }
  const auto points = static_cast<std::int64_t>(1 + Below(150));
  if (Ask(Award(NextId(), account, kBudget, points), "OK")) {
    model_.points[model_.Standing(account.value())] += points;
  }
}

void CouponLife::Settle() {
  const int today = world_.today().value();
  const bool begun = run_ != 0 && run_day_ == today;
  if (!begun && Ask(BeginRun(NextId(), kFen), "OK")) {
    ++run_;
    run_day_ = today;
  }
  for (const ParticipantNo merchant : {kMall, kBakery}) {
    const CouponModel::Net& net = model_.nets[merchant.value()];
    const std::int64_t fen = model_.ClaimOf(merchant.value()) - (net.day == today ? net.fen : 0);
    if (Ask(AddLine(NextId(), run_, merchant), fen > 0 ? "OK" : "NOTHING_TO_SETTLE")) {
      EXPECT_EQ(world_.last().settlement_line().fen(), fen);
      model_.settled[merchant.value()] += fen;
    }
  }
}

void CouponLife::Sweep() {
  for (const ModelCampaign& campaign : model_.campaigns) {
    if (OneIn(2)) {
      world_.Sweep(AccountNo(campaign.terms.stock_account()));
    }
  }
  TakeReturns();
}

}  // namespace tanhui::property
