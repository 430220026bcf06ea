#include "services/rpc/services/coupons/coupon_statements.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/rpc/account_view.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/coupons/campaign_names.h"
#include "services/rpc/services/coupons/campaign_view.h"
#include "services/rpc/services/coupons/use_view.h"
#include "services/rpc/services/reading.h"

namespace tanhui::rpc {
namespace {

// Entries that one statement sums: about 0.1 s.
constexpr std::size_t kMostSummed = 10'000;

bool SeesAll(const Caller& caller) {
  return caller.roles.Has(Role::kAdmin) || caller.roles.Has(Role::kAuditor);
}

// Those who run the campaign and those who pay for it.
bool MayRead(const Registry& registry, const Caller& caller, const coupons::Campaign& campaign) {
  return SeesAll(caller) || campaign.organiser == caller.number ||
         std::any_of(campaign.funders.begin(), campaign.funders.end(),
                     [&](const coupons::Funder& funder) {
                       const Budget* budget = registry.FindBudget(funder.budget);
                       return budget != nullptr && budget->sponsor == caller.number;
                     });
}

const coupons::Campaign* ReadOwnCampaign(std::string_view name, std::string_view field,
                                         Draft& draft) {
  const coupons::Campaign* campaign = ReadCampaign(name, field, draft);
  if (campaign != nullptr && !MayRead(draft.registry(), draft.caller(), *campaign)) {
    draft.Refuse(Refusal(Reason::kPermissionDenied, std::string(field)));
  }
  return campaign;
}

const Participant* ReadOwnMerchant(std::string_view name, Draft& draft) {
  const Participant* merchant = draft.ReadParticipant(name, "merchant");
  if (merchant != nullptr && !SeesAll(draft.caller()) &&
      merchant->number != draft.caller().number) {
    draft.Refuse(Refusal(Reason::kPermissionDenied, "merchant"));
  }
  return merchant;
}

// A page of a listing. The token is the index from which on it goes on.
struct Page {
  EntryIndex from;
  std::size_t size = 0;
};

Page ReadPage(std::int32_t size, std::string_view token, Draft& draft) {
  if (size < 0) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "page_size"));
  }
  Page page;
  page.size = static_cast<std::size_t>(std::max(size, 0));
  if (!token.empty()) {
    const auto from = ParseTokenNumber(token);
    if (!from.has_value()) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
    }
    page.from = EntryIndex(from.value_or(0));
  }
  return page;
}

std::size_t SummedOf(const Page& page) {
  return page.size == 0 ? kMostSummed : std::min(page.size, kMostSummed);
}

// Runs `visit(index, entry)` on at most `most` entries of the list from the page's first one on,
// and answers the token of the next page.
template <typename Visit>
absl::StatusOr<std::string> Walk(const Context& context, Listing listing, std::uint64_t owner,
                                 const Page& page, std::size_t most, Visit visit) {
  const auto entries = context.engine.store().ReadListing(listing, owner, page.from, most + 1);
  if (!entries.ok()) {
    return entries.status();
  }
  const std::size_t count = std::min(entries->size(), most);
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = ReadEntry(context, (*entries)[i]);
    if (!entry.ok()) {
      return entry.status();
    }
    if (absl::Status status = visit((*entries)[i], *entry); !status.ok()) {
      return status;
    }
  }
  return entries->size() > most ? std::to_string((*entries)[most].value()) : std::string();
}

// Index of the last entry that the answer knows of.
absl::StatusOr<std::uint64_t> AsOf(const Context& context) {
  const auto head = context.engine.store().ReadHead();
  if (!head.ok()) {
    return head.status();
  }
  return head->has_value() ? (*head)->head.size - 1 : 0;
}

void FillMoney(const coupons::Campaign& campaign, const CampaignAccounts& accounts,
               v1::GetCampaignStatementResponse& out) {
  out.set_locked_fen(FenOfCoupon(campaign).units() * static_cast<std::int64_t>(campaign.stock));
  out.set_not_issued_fen(accounts.stock.balance.units());
  out.set_held_fen(accounts.coupons.balance.units());
  out.set_review_fen(accounts.review.balance.units());
  out.set_rest_fen(accounts.rest.balance.units());
  out.set_gone_fen(out.locked_fen() - out.not_issued_fen() - out.held_fen() - out.review_fen() -
                   out.rest_fen());
}

// Of a merchant's entries within these times, by number of the campaign.
class MerchantSums {
 public:
  MerchantSums(const Context& context, std::shared_ptr<const Registry> registry, LedgerTime first,
               LedgerTime last)
      : context_(context), registry_(std::move(registry)), first_(first), last_(last) {}

  absl::Status Add(EntryIndex index, const Entry& entry) {
    const LedgerTime recorded(entry.recorded_micros());
    if (recorded < first_ || (last_ != LedgerTime() && recorded > last_)) {
      return absl::OkStatus();
    }
    v1::CouponUse use;
    if (absl::Status filled = FillUse(context_, *registry_, index, entry, use); !filled.ok()) {
      return filled;
    }
    const auto [row, is_new] = rows_.try_emplace(use.campaign());
    if (is_new) {
      order_.push_back(use.campaign());
    }
    AddTo(use, row->second);
    return absl::OkStatus();
  }

  void Fill(v1::GetMerchantStatementResponse& out) const {
    for (const auto& [number, sums] : InOrder()) {
      v1::MerchantCampaignSums& row = *out.add_campaigns();
      row.set_campaign(CampaignName(*registry_, number));
      *row.mutable_sums() = *sums;
    }
  }

 private:
  std::map<CampaignNo, const v1::CouponSums*> InOrder() const {
    constexpr std::string_view kCampaigns = "campaigns/";
    std::map<CampaignNo, const v1::CouponSums*> out;
    for (const std::string& name : order_) {
      const coupons::Campaign* campaign =
          coupons::CampaignsOf(*registry_)
              .Find(std::string_view(name).substr(std::min(name.size(), kCampaigns.size())));
      if (campaign != nullptr) {
        out.emplace(campaign->number, &rows_.at(name));
      }
    }
    return out;
  }

  const Context& context_;
  const std::shared_ptr<const Registry> registry_;
  const LedgerTime first_;
  const LedgerTime last_;  // LedgerTime(): no end
  std::map<std::string, v1::CouponSums> rows_;
  std::vector<std::string> order_;
};

}  // namespace

void StartGetCampaignStatement(
    const Context& context,
    CallPointer<v1::GetCampaignStatementRequest, v1::GetCampaignStatementResponse> call) {
  const v1::GetCampaignStatementRequest& request = call->request();
  const auto registry = context.engine.registry();
  Draft draft(context, call->caller(), registry);
  const Page page = ReadPage(request.page_size(), request.page_token(), draft);
  const coupons::Campaign* campaign = ReadOwnCampaign(request.name(), "name", draft);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto read = ReadCampaignAccounts(context, {campaign});
  if (!read.ok()) {
    call->Fail(read.status());
    return;
  }
  v1::GetCampaignStatementResponse& out = call->response();
  FillCampaign(*registry, *campaign, read->accounts.front(), read->now, *out.mutable_campaign());
  FillMoney(*campaign, read->accounts.front(), out);
  auto next = Walk(context, Listing::kUsesOfCampaign, campaign->number.value(), page,
                   SummedOf(page), [&](EntryIndex index, const Entry& entry) {
                     v1::CouponUse use;
                     absl::Status filled = FillUse(context, *registry, index, entry, use);
                     if (filled.ok()) {
                       AddTo(use, *out.mutable_sums());
                     }
                     return filled;
                   });
  if (!next.ok()) {
    call->Fail(next.status());
    return;
  }
  out.mutable_sums();  // of no entries: zeros
  out.set_next_page_token(*std::move(next));
  out.set_as_of_index(read->size - 1);
  call->Finish();
}

void StartGetMerchantStatement(
    const Context& context,
    CallPointer<v1::GetMerchantStatementRequest, v1::GetMerchantStatementResponse> call) {
  const v1::GetMerchantStatementRequest& request = call->request();
  const auto registry = context.engine.registry();
  Draft draft(context, call->caller(), registry);
  const Page page = ReadPage(request.page_size(), request.page_token(), draft);
  const LedgerTime first(
      draft.ReadTime(request.has_first_time(), request.first_time(), false, "first_time"));
  const LedgerTime last(
      draft.ReadTime(request.has_last_time(), request.last_time(), false, "last_time"));
  const Participant* merchant = ReadOwnMerchant(request.merchant(), draft);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto as_of = AsOf(context);
  MerchantSums sums(context, registry, first, last);
  auto next =
      as_of.ok()
          ? Walk(context, Listing::kUsesAtMerchant, merchant->number.value(), page, SummedOf(page),
                 [&](EntryIndex index, const Entry& entry) { return sums.Add(index, entry); })
          : absl::StatusOr<std::string>(as_of.status());
  if (!next.ok()) {
    call->Fail(next.status());
    return;
  }
  sums.Fill(call->response());
  call->response().set_next_page_token(*std::move(next));
  call->response().set_as_of_index(*as_of);
  call->Finish();
}

void StartListCouponUses(const Context& context,
                         CallPointer<v1::ListCouponUsesRequest, v1::ListCouponUsesResponse> call) {
  const v1::ListCouponUsesRequest& request = call->request();
  const auto registry = context.engine.registry();
  const Caller caller = call->caller();
  Draft draft(context, caller, registry);
  const Page page = ReadPage(request.page_size(), request.page_token(), draft);
  Listing listing = Listing::kUsesOfCampaign;
  std::uint64_t owner = 0;
  if (request.parent_case() == v1::ListCouponUsesRequest::kMerchant) {
    const Participant* merchant = ReadOwnMerchant(request.merchant(), draft);
    listing = Listing::kUsesAtMerchant;
    owner = merchant == nullptr ? 0 : merchant->number.value();
  } else {
    const coupons::Campaign* campaign = ReadOwnCampaign(request.campaign(), "campaign", draft);
    owner = campaign == nullptr ? 0 : campaign->number.value();
  }
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto as_of = AsOf(context);
  const auto size = static_cast<std::size_t>(PageSize(request.page_size()));
  auto next = as_of.ok() ? Walk(context, listing, owner, page, size,
                                [&](EntryIndex index, const Entry& entry) {
                                  v1::CouponUse& use = *call->response().add_uses();
                                  const absl::Status filled =
                                      FillUse(context, *registry, index, entry, use);
                                  return filled.ok() && entry.caller() == caller.number.value()
                                             ? FillMaker(context, index, entry, use)
                                             : filled;
                                })
                         : absl::StatusOr<std::string>(as_of.status());
  if (!next.ok()) {
    call->Fail(next.status());
    return;
  }
  call->response().set_next_page_token(*std::move(next));
  call->response().set_as_of_index(*as_of);
  call->Finish();
}

}  // namespace tanhui::rpc
