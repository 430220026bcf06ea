// A coupon is locked for an order at checkout, and unlocked again when nothing comes of it.
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/orders/order.h"
#include "ledger/coupons/rows.h"
#include "ledger/points/party.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

bool CanBeDeadline(LedgerTime deadline, LedgerTime now) {
  return deadline > now && deadline.value() - now.value() <= kMaxLockMicros;
}

std::optional<EntryIndex> TargetOfLock(const Entry& draft) {
  return EntryIndex(draft.coupon_lock().coupon());
}

void NamesOfLock(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  NamesOfOrder(state.registry(), draft.coupon_lock().order(), out);
}

void ClaimsOfLock(const Entry& draft, std::vector<Nullifier>& out) {
  ClaimsOfOrder(draft.coupon_lock().order(), out);
}

std::optional<Refusal> DecideLock(const State& state, const DecideInput& input, Entry& entry) {
  Coupon coupon;
  if (auto refusal = FindCoupon(state, input, coupon)) {
    return refusal;
  }
  const pb::CouponLock& lock = entry.coupon_lock();
  const Campaign& campaign = *coupon.campaign;
  points::Verdict verdict;
  verdict.Add(RefusedByForm(campaign, lock.order(), false));
  const points::Party unit(state, lock.order().merchant(), input.now);
  points::WantKind(unit, AccountKind::kMerchant, "order.merchant", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  points::WantDebits(points::Party(state, coupon.issue->account(), input.now), "coupon", verdict);
  verdict.Add(RefusedByState(coupon.now, {CouponState::kReady}, "coupon"));
  verdict.Add(RefusedByDates(campaign, *coupon.issue, input.now, "coupon"));
  if (!CanBeDeadline(LedgerTime(lock.deadline_micros()), input.now)) {
    verdict.Add(Refusal(Reason::kLockDeadline, "deadline_time")
                    .With("latest", TimeText(LedgerTime(input.now.value() + kMaxLockMicros))));
  }
  Amount discount;
  WantOrder(state, input, campaign, lock.order(), unit, discount, verdict);
  return verdict.Take();
}

Fault ApplyLock(State& state, EntryIndex index, const Entry& entry) {
  const pb::CouponLock& lock = entry.coupon_lock();
  const EntryIndex coupon(lock.coupon());
  const LedgerTime now(entry.recorded_micros());
  const Account* unit = state.FindAccount(state.Standing(AccountNo(lock.order().merchant())));
  if (coupon >= index || !IsCouponAtMost(state.FindUndone(coupon)) ||
      NowOf(state, coupon, now).state != CouponState::kReady ||
      !CanBeDeadline(LedgerTime(lock.deadline_micros()), now) || unit == nullptr ||
      unit->kind != AccountKind::kMerchant) {
    return "a lock that cannot be";
  }
  Become(state, coupon, CouponState::kLocked, index, LedgerTime(lock.deadline_micros()));
  return std::nullopt;
}

std::optional<EntryIndex> TargetOfUnlock(const Entry& draft) {
  return EntryIndex(draft.coupon_unlock().coupon());
}

std::optional<Refusal> DecideUnlock(const State& state, const DecideInput& input, Entry&) {
  Coupon coupon;
  if (auto refusal = FindCoupon(state, input, coupon)) {
    return refusal;
  }
  return RefusedByState(coupon.now, {CouponState::kLocked}, "coupon");
}

Fault ApplyUnlock(State& state, EntryIndex index, const Entry& entry) {
  const EntryIndex coupon(entry.coupon_unlock().coupon());
  if (coupon >= index || !IsCouponAtMost(state.FindUndone(coupon)) ||
      NowOf(state, coupon, LedgerTime(entry.recorded_micros())).state != CouponState::kLocked) {
    return "a coupon is unlocked that is not locked";
  }
  Become(state, coupon, CouponState::kReady, index);
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCouponLock,
     .decide = DecideLock,
     .apply = ApplyLock,
     .names = NamesOfLock,
     .claims = ClaimsOfLock,
     .target = TargetOfLock},
    {.body = Entry::kCouponUnlock,
     .decide = DecideUnlock,
     .apply = ApplyUnlock,
     .target = TargetOfUnlock},
};

}  // namespace

std::span<const BookRow> LockRows() { return kRows; }

}  // namespace tanhui::coupons
