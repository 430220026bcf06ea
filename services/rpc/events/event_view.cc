#include "services/rpc/events/event_view.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "ledger/core/books/event_rows.h"
#include "ledger/points/settled.h"
#include "ledger/rules/rulebook.h"
#include "ledger/sequencer/past_account.h"
#include "services/rpc/draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/coupons/campaign_names.h"

namespace tanhui::rpc {
namespace {

std::uint32_t Upper(std::uint64_t subject) { return static_cast<std::uint32_t>(subject >> 32); }
Month LowerMonth(std::uint64_t subject) { return Month(static_cast<std::uint16_t>(subject)); }

// Whether the subject of an event of this kind is an account.
bool IsAboutAccount(EventKind kind) {
  return kind == EventKind::kPointsExpired || kind == EventKind::kCouponUsed ||
         kind == EventKind::kCouponRefunded || kind == EventKind::kCouponRevoked;
}

}  // namespace

EventView::EventView(const Context& context, const Caller& reader)
    : context_(context), reader_(reader), registry_(context.engine.registry()) {}

absl::Status EventView::Begin(const EventRow& row, v1::Event& event) {
  if (at_ != row.entry) {
    auto entry = ReadEntry(context_, row.entry);
    if (!entry.ok()) {
      return entry.status();
    }
    entry_ = *std::move(entry);
    at_ = row.entry;
  }
  event.set_kind(static_cast<v1::EventKind>(row.kind));
  event.set_entry_index(row.entry.value());
  *event.mutable_record_time() = ToTimestamp(LedgerTime(entry_.recorded_micros()));
  return absl::OkStatus();
}

std::int64_t EventView::AmountOn(AccountNo number) const {
  const entry::v1::Posting* posting = FindPosting(entry_, number);
  return posting == nullptr ? 0 : posting->amount();
}

absl::Status EventView::FillAccount(AccountNo number, v1::Event& event) const {
  const auto account = context_.engine.store().ReadAccounts(std::array{number});
  if (!account.ok()) {
    return account.status();
  }
  if (account->front().has_value()) {
    event.set_account(AccountName(context_, reader_, *account->front()));
  }
  return absl::OkStatus();
}

void EventView::FillSubject(const EventRow& row, v1::Event& event) const {
  switch (static_cast<EventKind>(row.kind)) {
    case EventKind::kAwardCorrected:
      event.set_about_entry_index(row.subject);
      event.set_points(entry_.correction().change());
      return;
    case EventKind::kAwardReversed:
      event.set_about_entry_index(row.subject);
      event.set_points(-entry_.reversal().points());
      return;
    case EventKind::kProductDelisted:
    case EventKind::kProductRelisted:
      event.set_product(std::string(rules::RulebookOf(*registry_)
                                        .products()
                                        .NameOf(static_cast<std::uint32_t>(row.subject))));
      return;
    case EventKind::kBudgetAt80:
    case EventKind::kBudgetAt95:
    case EventKind::kCampaignReturned:
      return FillBudget(row, event);
    case EventKind::kLineApproved:
    case EventKind::kLinePaid:
    case EventKind::kLineReturned:
      event.set_about_entry_index(row.subject);
      event.set_points(entry_.settlement_step().fen());
      return;
    case EventKind::kMonthClosed: {
      const Scheme* scheme = registry_->Find(SchemeNo(Upper(row.subject)));
      event.set_scheme(scheme == nullptr ? std::string() : absl::StrCat("schemes/", scheme->code));
      event.set_month(FormatMonth(LowerMonth(row.subject)));
      return;
    }
    case EventKind::kPointsExpired:
    case EventKind::kPointsExpireSoon:
      return;  // about an account
    default:
      return FillCoupon(row, event);
  }
}

void EventView::FillBudget(const EventRow& row, v1::Event& event) const {
  const Budget* budget = registry_->FindBudget(AccountNo(row.subject));
  const entry::v1::Posting* posting = FindPosting(entry_, AccountNo(row.subject));
  event.set_budget(budget == nullptr ? std::string() : absl::StrCat("budgets/", budget->code));
  if (posting == nullptr) {
    return;
  }
  const bool back = entry_.has_campaign_return();
  event.set_points(back ? posting->amount() : posting->balance_after());
  if (back) {
    NameCoupon(entry_.campaign_return().campaign(), 0, event);
  }
}

void EventView::NameCoupon(std::uint32_t campaign, std::uint64_t coupon, v1::Event& event) const {
  event.set_campaign(CampaignName(*registry_, CampaignNo(campaign)));
  if (coupon != 0) {
    event.set_coupon(CouponName(EntryIndex(coupon)));
  }
}

void EventView::FillCoupon(const EventRow& row, v1::Event& event) const {
  const auto about = [&](const entry::v1::CouponUndone& undone) {
    NameCoupon(undone.campaign(), undone.coupon(), event);
  };
  switch (entry_.body_case()) {
    case Entry::kCouponRedemption:
      NameCoupon(entry_.coupon_redemption().campaign(), entry_.coupon_redemption().coupon(), event);
      event.set_about_entry_index(row.entry.value());
      event.set_points(entry_.coupon_redemption().discount_fen());
      return;
    case Entry::kCouponRefund:
      about(entry_.coupon_refund().undone());
      event.set_about_entry_index(entry_.coupon_refund().target());
      event.set_points(entry_.coupon_refund().discount_fen());
      return;
    case Entry::kCancellation:
      about(entry_.cancellation().coupon_undone());
      event.set_about_entry_index(entry_.cancellation().target_index());
      return;
    case Entry::kCouponRevocation:
      about(entry_.coupon_revocation().undone());
      return;
    case Entry::kCouponReview:
      about(entry_.coupon_review().undone());
      event.set_about_entry_index(row.subject);
      event.set_points(entry_.coupon_review().approved_fen());
      return;
    case Entry::kCampaignChange:
      return NameCoupon(entry_.campaign_change().campaign(), 0, event);
    default:
      return;
  }
}

absl::StatusOr<v1::Event> EventView::EventOf(const EventRow& row) {
  v1::Event event;
  if (absl::Status status = Begin(row, event); !status.ok()) {
    return status;
  }
  FillSubject(row, event);
  if (entry_.has_settlement_step()) {
    const auto line = ReadEntry(context_, EntryIndex(row.subject));
    if (!line.ok()) {
      return line.status();
    }
    event.set_settlement_line(
        absl::StrCat("settlementRuns/", line->settlement_line().run(), "/lines/", row.subject));
  }
  const auto kind = static_cast<EventKind>(row.kind);
  if (kind == EventKind::kPointsExpired) {
    event.set_points(-AmountOn(AccountNo(row.subject)));
  }
  if (IsAboutAccount(kind)) {
    if (absl::Status status = FillAccount(AccountNo(row.subject), event); !status.ok()) {
      return status;
    }
  }
  return event;
}

absl::StatusOr<std::optional<v1::Event>> EventView::NoticeOf(const EventRow& row,
                                                             AccountNo account) {
  v1::Event event;
  if (absl::Status status = Begin(row, event); !status.ok()) {
    return status;
  }
  const Asset* asset = registry_->Find(AssetNo(Upper(row.subject)));
  const Month month = LowerMonth(row.subject);
  const auto found = context_.engine.store().ReadAccounts(std::array{account});
  if (!found.ok()) {
    return found.status();
  }
  if (asset == nullptr || !found->front().has_value() || found->front()->asset != asset->number) {
    return std::optional<v1::Event>();
  }
  const auto past = sequencer::AccountAfter(context_.engine.store(), account, row.entry,
                                            [asset](const Account& then, LedgerTime at) {
                                              return points::Settled(then, asset->terms, at);
                                            });
  if (!past.ok()) {
    return past.status();
  }
  std::int64_t points = 0;
  for (const Lot& lot : past->settled.lots) {
    points += lot.key.expiry == month ? lot.points.units() : 0;
  }
  if (points == 0) {
    return std::optional<v1::Event>();
  }
  event.set_account(AccountName(context_, reader_, *found->front()));
  event.set_expiry_date(ExpiryDate(month));
  event.set_points(points);
  return std::optional<v1::Event>(std::move(event));
}

}  // namespace tanhui::rpc
