#include "services/rpc/services/coupons/coupon_access.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "services/rpc/coupons/qr_code.h"
#include "services/rpc/coupons/short_code.h"
#include "services/rpc/links/account_names.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/coupons/campaign_names.h"

namespace tanhui::rpc {
namespace {

constexpr int kMostWrong = 20;             // codes of a caller within a minute
constexpr std::size_t kMaxCodeText = 256;  // a QR code's has 140 bytes

std::optional<signing::NamedVerifier> VerifierOf(const signing::NamedSigner* signer) {
  if (signer == nullptr) {
    return std::nullopt;
  }
  auto verifier = signing::ParseVerifierKey(signing::FormatVerifierKey(*signer));
  return verifier.ok() ? std::optional(*std::move(verifier)) : std::nullopt;
}

}  // namespace

absl::StatusOr<std::optional<IssuedCoupon>> FindIssued(const Context& context, EntryIndex index) {
  const auto entry = ReadEntry(context, index);
  if (absl::IsNotFound(entry.status()) || (entry.ok() && !entry->has_coupon_issue())) {
    return std::optional<IssuedCoupon>();
  }
  const auto undone = entry.ok()
                          ? context.engine.store().ReadUndone(std::array{index})
                          : absl::StatusOr<std::vector<std::optional<Undone>>>(entry.status());
  if (!undone.ok()) {
    return undone.status();
  }
  IssuedCoupon out;
  out.index = index;
  out.issue = entry->coupon_issue();
  out.issued = LedgerTime(entry->recorded_micros());
  if (undone->front().has_value()) {
    out.now = undone->front()->coupon.value_or(CouponNow{});
  }
  return std::optional(std::move(out));
}

absl::StatusOr<bool> IsLinkedTo(const Context& context, const Caller& caller, AccountNo account) {
  const Participant* participant = context.engine.registry()->Find(caller.number);
  if (NamesById(caller) ||
      (participant != nullptr && participant->kind == ParticipantKind::kOperator)) {
    return true;
  }
  const std::array keys = {LinkKey(caller.number, account)};
  const std::array<std::size_t, 1> of = {0};
  std::vector<std::optional<AccountNo>> numbers = {account};
  const absl::Status status = ForgetUnlinked(context.engine.store(), keys, of, numbers);
  return status.ok() ? absl::StatusOr<bool>(numbers.front().has_value()) : status;
}

absl::StatusOr<bool> IsItsUser(const Context& context, const Caller& caller,
                               const IssuedCoupon& coupon) {
  if (coupon.now.entry == EntryIndex(0)) {
    return false;
  }
  const auto entry = ReadEntry(context, coupon.now.entry);
  if (!entry.ok()) {
    return entry.status();
  }
  if (entry->caller() == caller.number.value()) {
    return true;
  }
  const bool locked = entry->has_coupon_lock();
  if (!locked && !entry->has_coupon_redemption()) {
    return false;
  }
  const AccountNo merchant(locked ? entry->coupon_lock().order().merchant()
                                  : entry->coupon_redemption().order().merchant());
  const auto account = context.engine.store().ReadAccounts(std::array{merchant});
  return account.ok() ? absl::StatusOr<bool>(account->front().has_value() &&
                                             account->front()->participant == caller.number)
                      : account.status();
}

CouponAccess::CouponAccess(const Context& context)
    : context_(context),
      verifier_(VerifierOf(context.signer)),
      wrong_codes_(kMostWrong, context.engine.clock()) {}

std::optional<CouponAccess::Named> CouponAccess::ReadCode(std::string_view code, Draft& draft) {
  draft.ReadText(code, kMaxCodeText, true, "code");
  if (code.size() > kMaxCodeText) {
    return std::nullopt;
  }
  const ParticipantNo caller = draft.caller().number;
  if (wrong_codes_.TooMany(caller)) {
    draft.Refuse(Refusal(Reason::kTooManyWrongCodes, "code"));
    return std::nullopt;
  }
  Named named;
  named.field = "code";
  named.by_code = true;
  if (code.starts_with(kQrPrefix)) {
    const auto qr = ParseQrText(code);
    if (qr.has_value() && verifier_.has_value() && IsSignedBy(*qr, *verifier_)) {
      named.index = qr->code.coupon;
      // Its maker's clock is this one.
      named.stale =
          !IsFresh(qr->code, context_.engine.clock().Wall().value() / kMicrosPerSecond, 0);
      return named;
    }
  } else if (const auto index = ReadCouponShortCode(context_.secrets.coupon_codes(), code)) {
    named.index = *index;
    return named;
  }
  wrong_codes_.Note(caller);
  draft.Refuse(Refusal(Reason::kCouponCodeInvalid, "code"));
  return std::nullopt;
}

std::optional<CouponAccess::Named> CouponAccess::ReadName(const Wanted& wanted, Draft& draft) {
  if (!wanted.code.empty()) {
    if (!wanted.coupon.empty()) {
      draft.Refuse(
          Refusal(Reason::kFieldInvalid, "code").With("problem", "give either coupon or code"));
      return std::nullopt;
    }
    return ReadCode(wanted.code, draft);
  }
  const auto index = ReadCouponName(wanted.coupon, "coupon", draft);
  return index.has_value() ? std::optional(Named{*index, "coupon"}) : std::nullopt;
}

absl::StatusOr<bool> CouponAccess::MayUse(const IssuedCoupon& coupon, const Named& named,
                                          const Wanted& wanted, const Caller& caller) const {
  if (named.by_code && wanted.merchant == caller.number) {
    return true;
  }
  const auto linked = IsLinkedTo(context_, caller, AccountNo(coupon.issue.account()));
  if (!linked.ok() || *linked) {
    return linked;
  }
  // Who locked it needs no code while the lock holds. Once it is ready again it is its holder's
  // alone, whoever unlocked it or gave its order back; so is one that may come back by now.
  const bool locked = coupon.now.state == CouponState::kLocked &&
                      context_.engine.clock().Wall() < coupon.now.lock_until;
  const auto uses = locked ? IsItsUser(context_, caller, coupon) : absl::StatusOr<bool>(false);
  // A repeat does nothing: it gets the first answer, whatever became of the coupon.
  return !uses.ok() || *uses ? uses : IsRepeat(wanted, caller);
}

absl::StatusOr<bool> CouponAccess::IsRepeat(const Wanted& wanted, const Caller& caller) const {
  const auto id = RequestId::FromText(wanted.request_id);
  if (!id.has_value()) {
    return false;  // the draft says what is wrong with it
  }
  const auto found =
      context_.engine.store().ReadRequests(std::array{RequestKey{caller.number, *id}});
  return found.ok() ? absl::StatusOr<bool>(found->front().has_value()) : found.status();
}

absl::StatusOr<std::optional<IssuedCoupon>> CouponAccess::Read(const Wanted& wanted, Draft& draft) {
  const auto named = ReadName(wanted, draft);
  if (!named.has_value()) {
    return std::optional<IssuedCoupon>();
  }
  auto coupon = FindIssued(context_, named->index);
  if (!coupon.ok()) {
    return coupon;
  }
  const auto may = coupon->has_value() ? MayUse(**coupon, *named, wanted, draft.caller())
                                       : absl::StatusOr<bool>(false);
  if (!may.ok()) {
    return may.status();
  }
  if (!*may) {
    draft.Refuse(Refusal(Reason::kUnknownCoupon, std::string(named->field)));
    return std::optional<IssuedCoupon>();
  }
  if (named->stale) {
    // A repeat whose first answer was lost gets that, however long it took.
    const auto repeat = IsRepeat(wanted, draft.caller());
    if (!repeat.ok()) {
      return repeat.status();
    }
    if (!*repeat) {
      draft.Refuse(Refusal(Reason::kCouponCodeExpired, "code"));
      return std::optional<IssuedCoupon>();
    }
  }
  return coupon;
}

}  // namespace tanhui::rpc
