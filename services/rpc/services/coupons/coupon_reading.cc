#include "services/rpc/services/coupons/coupon_reading.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "ledger/coupons/coupon.h"
#include "ledger/coupons/discount.h"
#include "services/rpc/account_view.h"
#include "services/rpc/cases/case_desk.h"
#include "services/rpc/coupons/qr_code.h"
#include "services/rpc/coupons/short_code.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/links/account_names.h"
#include "services/rpc/links/merged_accounts.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/coupons/campaign_names.h"
#include "services/rpc/services/coupons/coupon_view.h"
#include "services/rpc/services/reading.h"

namespace tanhui::rpc {
namespace {

// A coupon that the draft names; nullopt when the draft was refused, also for a coupon that `may`
// does not let the caller see.
template <typename May>
absl::StatusOr<std::optional<IssuedCoupon>> ReadCoupon(const Context& context,
                                                       std::string_view name, Draft& draft,
                                                       May may) {
  const auto index = ReadCouponName(name, "name", draft);
  if (!index.has_value() || draft.refusal().has_value()) {
    return std::optional<IssuedCoupon>();
  }
  auto coupon = FindIssued(context, *index);
  const auto allowed =
      coupon.ok() && coupon->has_value() ? may(**coupon) : absl::StatusOr<bool>(false);
  if (!coupon.ok() || !allowed.ok()) {
    return coupon.ok() ? allowed.status() : coupon.status();
  }
  if (!*allowed) {
    draft.Refuse(Refusal(Reason::kUnknownCoupon, "name"));
    return std::optional<IssuedCoupon>();
  }
  return coupon;
}

// --- lists ---

// The account that the request names; nullopt when the draft was refused.
absl::StatusOr<std::optional<StandingAccount>> ReadHolder(const Context& context,
                                                          const v1::ListCouponsRequest& request,
                                                          Draft draft,
                                                          std::optional<Refusal>& refusal) {
  const Asset* asset =
      request.asset().empty() ? nullptr : draft.ReadAsset(request.asset(), "asset");
  if (!request.platform_user_id().empty() && request.asset().empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "asset"));
  }
  draft.ReadCitizen(
      request.account(), request.platform_user_id(), asset,
      [](Entry& entry, AccountNo number) {
        entry.mutable_coupon_issue()->set_account(number.value());
      },
      NamedTo::kBeRead);
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  if (absl::Status found = ResolveAccounts(context.engine.store(), drafts); !found.ok()) {
    return found;
  }
  refusal = drafts.front().refusal();
  if (refusal.has_value()) {
    return std::optional<StandingAccount>();
  }
  auto holder = ReadStanding(context, AccountNo(drafts.front().entry().coupon_issue().account()));
  return holder.ok() ? absl::StatusOr<std::optional<StandingAccount>>(*std::move(holder))
                     : holder.status();
}

// What of a citizen's entries a request asks for.
class Lister {
 public:
  Lister(const Context& context, const v1::ListCouponsRequest& request, CampaignNo campaign,
         std::string account, LedgerTime now, v1::ListCouponsResponse& out)
      : context_(context),
        registry_(context.engine.registry()),
        request_(request),
        campaign_(campaign),
        account_(std::move(account)),
        now_(now),
        out_(out) {}

  absl::Status Add(const std::vector<EntryIndex>& indexes) {
    const auto became = ReadNow(context_, indexes);
    absl::Status added = became.status();
    for (std::size_t i = 0; i < indexes.size() && added.ok(); ++i) {
      const auto entry = ReadEntry(context_, indexes[i]);
      added = entry.ok() ? Add(indexes[i], *entry, (*became)[i]) : entry.status();
    }
    return added;
  }

 private:
  absl::Status Add(EntryIndex index, const Entry& entry, const CouponNow& became) {
    const bool application = entry.has_coupon_application();
    const CampaignNo campaign(application ? entry.coupon_application().campaign()
                                          : entry.coupon_issue().campaign());
    if (campaign_ != CampaignNo(0) && campaign_ != campaign) {
      return absl::OkStatus();
    }
    if (!application) {
      return AddCoupon(IssuedBy(index, entry), became);
    }
    return request_.states().empty()
               ? FillApplication(*registry_, index, entry, became, *out_.add_applications())
               : absl::OkStatus();
  }

  absl::Status AddCoupon(const IssuedCoupon& coupon, const CouponNow& became) {
    v1::Coupon shown;
    const absl::Status filled = FillCoupon(*registry_, coupon, became, now_, shown);
    const bool asked =
        request_.states().empty() || std::find(request_.states().begin(), request_.states().end(),
                                               shown.state()) != request_.states().end();
    if (filled.ok() && asked) {
      shown.set_account(account_);
      *out_.add_coupons() = std::move(shown);
    }
    return filled;
  }

  const Context& context_;
  const std::shared_ptr<const Registry> registry_;
  const v1::ListCouponsRequest& request_;
  const CampaignNo campaign_;
  const std::string account_;
  const LedgerTime now_;
  v1::ListCouponsResponse& out_;
};

// Past the newest entry.
constexpr EntryIndex kEnd(~std::uint64_t{0});

EntryIndex ReadBefore(const v1::ListCouponsRequest& request, Draft& draft) {
  if (request.page_size() < 0) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "page_size"));
  }
  for (const int state : request.states()) {
    if (!v1::CouponState_IsValid(state)) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "states"));
    }
  }
  if (request.page_token().empty()) {
    return kEnd;
  }
  const auto before = ParseTokenNumber(request.page_token());
  if (!before.has_value()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
  }
  return EntryIndex(before.value_or(0));
}

// --- codes ---

absl::Status FillCode(const Context& context, const IssuedCoupon& coupon,
                      const coupons::Campaign& campaign, LedgerTime now,
                      v1::GetCouponCodeResponse& out) {
  if (context.signer == nullptr) {
    return absl::UnavailableError("this server has no key to sign codes with");
  }
  QrCode code;
  code.coupon = coupon.index;
  code.made_at = now.value() / kMicrosPerSecond;
  code.campaign = campaign.number;
  code.most_fen = coupons::MaxDiscount(campaign.value);
  code.use_until = coupons::ValidUntil(campaign, coupon.issue).value() / kMicrosPerSecond;
  auto text = QrText(code, *context.signer);
  if (!text.ok()) {
    return text.status();
  }
  out.set_code(CouponShortCode(context.secrets.coupon_codes(), coupon.index));
  out.set_qr_text(*std::move(text));
  *out.mutable_make_time() = ToTimestamp(LedgerTime(code.made_at * kMicrosPerSecond));
  *out.mutable_expire_time() =
      ToTimestamp(LedgerTime((code.made_at + kQrLifeSeconds) * kMicrosPerSecond));
  return absl::OkStatus();
}

// Nobody needs a code of a coupon that cannot be used any more.
std::optional<Refusal> RefusedForCode(const coupons::Campaign& campaign, const IssuedCoupon& coupon,
                                      const CouponNow& became, LedgerTime now) {
  const v1::CouponState state = StateAt(campaign, coupon, became, now);
  if (state == v1::COUPON_STATE_USED || state == v1::COUPON_STATE_VOID) {
    return coupons::RefusedByState(became, {CouponState::kReady, CouponState::kLocked}, "name");
  }
  return state == v1::COUPON_STATE_EXPIRED
             ? coupons::RefusedByDates(campaign, coupon.issue, now, "name")
             : std::nullopt;
}

// Tells whoever watches for abuse on which device a code was asked for.
void TellDevice(const Context& context, const IssuedCoupon& coupon, std::string_view device,
                LedgerTime at) {
  if (context.case_desk == nullptr || device.empty()) {
    return;
  }
  watch::CouponSighting sighting;
  sighting.at = at;
  sighting.citizen = AccountNo(coupon.issue.account());
  sighting.coupon = coupon.index;
  sighting.entry = coupon.index;
  sighting.device = context.secrets.ForDevice(kCouponDevice, device);
  context.case_desk->Observe(std::vector{sighting});
}

// All of a coupon that the caller may read; whom it belongs to only when it is linked to the
// holder.
absl::Status FillAll(const Context& context, const Caller& caller, const Registry& registry,
                     const IssuedCoupon& coupon, bool linked, v1::Coupon& out) {
  const auto became = ReadNow(context, std::array{coupon.index});
  const auto now = became.ok() ? ReadingTime(context) : became.status();
  absl::Status filled =
      now.ok() ? FillCoupon(registry, coupon, became->front(), *now, out) : now.status();
  if (!filled.ok() || !linked) {
    return filled;
  }
  const auto holder = ReadStanding(context, AccountNo(coupon.issue.account()));
  if (holder.ok()) {
    out.set_account(AccountName(context, caller, holder->account));
  }
  return holder.status();
}

}  // namespace

void StartGetCoupon(const Context& context,
                    CallPointer<v1::GetCouponRequest, v1::GetCouponResponse> call) {
  // First, so that the answer knows of all that it says to know of.
  const std::uint64_t size = context.engine.durable_size();
  const auto registry = context.engine.registry();
  const Caller caller = call->caller();
  Draft draft(context, caller, registry);
  bool linked = false;
  const auto may_read = [&](const IssuedCoupon& found) -> absl::StatusOr<bool> {
    const auto is_linked = IsLinkedTo(context, caller, AccountNo(found.issue.account()));
    linked = is_linked.ok() && *is_linked;
    if (!is_linked.ok() || linked) {
      return is_linked;
    }
    const auto became = ReadNow(context, std::array{found.index});
    return became.ok() ? IsItsUser(context, caller, became->front()) : became.status();
  };
  const auto coupon = ReadCoupon(context, call->request().name(), draft, may_read);
  if (!coupon.ok()) {
    call->Fail(coupon.status());
    return;
  }
  if (!coupon->has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const absl::Status filled =
      FillAll(context, caller, *registry, **coupon, linked, *call->response().mutable_coupon());
  call->response().set_as_of_index(size - 1);
  filled.ok() ? call->Finish() : call->Fail(filled);
}

// The page token is the index of the last entry of the page before.
void StartListCoupons(const Context& context,
                      CallPointer<v1::ListCouponsRequest, v1::ListCouponsResponse> call) {
  const v1::ListCouponsRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  const EntryIndex before = ReadBefore(request, draft);
  const coupons::Campaign* campaign =
      request.campaign().empty() ? nullptr : ReadCampaign(request.campaign(), "campaign", draft);
  const CampaignNo number = campaign == nullptr ? CampaignNo(0) : campaign->number;
  std::optional<Refusal> refusal;
  const auto holder = ReadHolder(context, request, std::move(draft), refusal);
  if (!holder.ok() || refusal.has_value()) {
    refusal.has_value() ? call->Refuse(*refusal) : call->Fail(holder.status());
    return;
  }
  const auto as_of = context.engine.store().ReadAccountAsOf((*holder)->number);
  const store::Store& store = context.engine.store();
  const auto accounts = as_of.ok() ? WithMerged(store, (*holder)->number)
                                   : absl::StatusOr<std::vector<AccountNo>>(as_of.status());
  const auto size = static_cast<std::size_t>(PageSize(request.page_size()));
  const auto entries =
      accounts.ok() ? NewestOf(store, Listing::kCouponsOfAccount, *accounts, before, size)
                    : absl::StatusOr<std::vector<EntryIndex>>(accounts.status());
  if (!entries.ok()) {
    call->Fail(entries.status());
    return;
  }
  Lister lister(context, request, number, AccountName(context, call->caller(), (*holder)->account),
                std::max(context.engine.clock().Wall(), as_of->time), call->response());
  if (const absl::Status added = lister.Add(*entries); !added.ok()) {
    call->Fail(added);
    return;
  }
  if (entries->size() == size) {
    call->response().set_next_page_token(std::to_string(entries->back().value()));
  }
  call->response().set_as_of_index(as_of->size - 1);
  call->Finish();
}

void StartGetCouponCode(const Context& context,
                        CallPointer<v1::GetCouponCodeRequest, v1::GetCouponCodeResponse> call) {
  const v1::GetCouponCodeRequest& request = call->request();
  const auto registry = context.engine.registry();
  const Caller caller = call->caller();
  Draft draft(context, caller, registry);
  draft.ReadText(request.device(), kMaxUserId, false, "device");
  const auto coupon = ReadCoupon(context, request.name(), draft, [&](const IssuedCoupon& found) {
    return IsLinkedTo(context, caller, AccountNo(found.issue.account()));
  });
  const auto now = ReadingTime(context);
  if (!coupon.ok() || !now.ok()) {
    call->Fail(coupon.ok() ? now.status() : coupon.status());
    return;
  }
  if (!coupon->has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const coupons::Campaign* campaign =
      coupons::CampaignsOf(*registry).Find(CampaignNo((*coupon)->issue.campaign()));
  if (campaign == nullptr) {
    call->Fail(absl::DataLossError("a coupon has no campaign"));
    return;
  }
  const auto became = ReadNow(context, std::array{(*coupon)->index});
  if (!became.ok()) {
    call->Fail(became.status());
    return;
  }
  if (auto refusal = RefusedForCode(*campaign, **coupon, became->front(), *now)) {
    call->Refuse(*refusal);
    return;
  }
  // Made by the clock that looks at it later.
  const absl::Status filled =
      FillCode(context, **coupon, *campaign, context.engine.clock().Wall(), call->response());
  if (!filled.ok()) {
    call->Fail(filled);
    return;
  }
  TellDevice(context, **coupon, request.device(), *now);
  call->Finish();
}

}  // namespace tanhui::rpc
