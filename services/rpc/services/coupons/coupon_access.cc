#include "services/rpc/services/coupons/coupon_access.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "ledger/claims/terms.h"
#include "ledger/core/books/entry_target.h"
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
  return entry.ok() ? absl::StatusOr<std::optional<IssuedCoupon>>(IssuedBy(index, *entry))
                    : entry.status();
}

IssuedCoupon IssuedBy(EntryIndex index, const Entry& issue) {
  return {index, issue.coupon_issue(), LedgerTime(issue.recorded_micros())};
}

absl::StatusOr<std::vector<CouponNow>> ReadNow(const Context& context,
                                               std::span<const EntryIndex> indexes) {
  const auto undone = context.engine.store().ReadUndone(indexes);
  if (!undone.ok()) {
    return undone.status();
  }
  std::vector<CouponNow> out;
  for (const std::optional<Undone>& one : *undone) {
    out.push_back(one.value_or(Undone{}).coupon.value_or(CouponNow{}));
  }
  return out;
}

absl::StatusOr<bool> IsLinkedTo(const Context& context, const Caller& caller, AccountNo account) {
  const auto registry = context.engine.registry();
  const Participant* participant = registry->Find(caller.number);
  const bool needs_none = NamesById(caller) || (participant != nullptr &&
                                                participant->kind == ParticipantKind::kOperator);
  return needs_none ? true : IsLinked(context.engine.store(), caller.number, account);
}

absl::StatusOr<bool> IsItsUser(const Context& context, const Caller& caller, const CouponNow& now) {
  if (now.entry == EntryIndex(0)) {
    return false;
  }
  const auto entry = ReadEntry(context, now.entry);
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
  const auto& order = locked ? entry->coupon_lock().order() : entry->coupon_redemption().order();
  const auto ladder = claims::LadderOf(*context.engine.registry(), AccountNo(order.merchant()));
  return ladder.has_value() && ladder->merchant == caller.number;
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
  const auto became = ReadNow(context_, std::array{coupon.index});
  if (!became.ok()) {
    return became.status();
  }
  // Who locked it needs no code while the lock holds. Once it is ready again it is its holder's
  // alone, whoever unlocked it or gave its order back; so is one that may come back by now.
  const CouponNow& now = became->front();
  const bool locked =
      now.state == CouponState::kLocked && context_.engine.clock().Wall() < now.lock_until;
  const auto uses = locked ? IsItsUser(context_, caller, now) : absl::StatusOr<bool>(false);
  // A repeat does nothing: it gets the first answer, whatever became of the coupon.
  return !uses.ok() || *uses ? uses : IsRepeat(wanted, coupon.index, caller);
}

absl::StatusOr<bool> CouponAccess::IsRepeat(const Wanted& wanted, EntryIndex coupon,
                                            const Caller& caller) const {
  const auto id = RequestId::FromText(wanted.request_id);
  if (!id.has_value()) {
    return false;  // the draft says what is wrong with it
  }
  const auto found =
      context_.engine.store().ReadRequests(std::array{RequestKey{caller.number, *id}});
  if (!found.ok() || !found->front().has_value()) {
    return found.ok() ? absl::StatusOr<bool>(false) : found.status();
  }
  // An id that was used for anything else must not tell which coupons there are.
  const auto first = ReadEntry(context_, found->front()->entry);
  return first.ok() ? absl::StatusOr<bool>(TargetOf(*first) == coupon) : first.status();
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
    const auto repeat = IsRepeat(wanted, named->index, draft.caller());
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
