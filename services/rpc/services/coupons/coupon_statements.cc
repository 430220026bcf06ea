#include "services/rpc/services/coupons/coupon_statements.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "services/rpc/entry_view.h"
#include "services/rpc/services/books/entry_search.h"
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

// Of a listing: whose, and the entries of which a walk sees those before `end`.
struct Listed {
  Listing listing = Listing::kUsesOfCampaign;
  std::uint64_t owner = 0;
  EntryIndex end;  // at most the size of the log that the answer tells
};

// Runs `visit(index, entry)` on at most `most` entries of the list from the page's first one on,
// and answers the token of the next page.
template <typename Visit>
absl::StatusOr<std::string> Walk(const Context& context, const Listed& listed, const Page& page,
                                 std::size_t most, Visit visit) {
  auto entries =
      context.engine.store().ReadListing(listed.listing, listed.owner, page.from, most + 1);
  if (!entries.ok()) {
    return entries.status();
  }
  entries->erase(std::lower_bound(entries->begin(), entries->end(), listed.end), entries->end());
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

// Narrows the walk to what was recorded from `first` to `last`; LedgerTime(): without such an end.
absl::Status Narrow(const Context& context, LedgerTime first, LedgerTime last, Page& page,
                    Listed& listed) {
  const std::uint64_t size = listed.end.value();
  const auto begin =
      first == LedgerTime() ? absl::StatusOr<EntryIndex>(page.from) : FirstAt(context, first, size);
  const auto end = last == LedgerTime() ? absl::StatusOr<EntryIndex>(listed.end)
                                        : FirstAt(context, LedgerTime(last.value() + 1), size);
  if (!begin.ok() || !end.ok()) {
    return begin.ok() ? end.status() : begin.status();
  }
  page.from = std::max(page.from, *begin);
  listed.end = *end;
  return absl::OkStatus();
}

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
  const Listed uses{Listing::kUsesOfCampaign, campaign->number.value(), EntryIndex(read->size)};
  auto next = Walk(context, uses, page, SummedOf(page), [&](EntryIndex index, const Entry& entry) {
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
  const std::uint64_t size = context.engine.durable_size();
  const auto registry = context.engine.registry();
  Draft draft(context, call->caller(), registry);
  Page page = ReadPage(request.page_size(), request.page_token(), draft);
  const LedgerTime first(
      draft.ReadTime(request.has_first_time(), request.first_time(), false, "first_time"));
  const LedgerTime last(
      draft.ReadTime(request.has_last_time(), request.last_time(), false, "last_time"));
  const Participant* merchant = ReadOwnMerchant(request.merchant(), draft);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  Listed uses{Listing::kUsesAtMerchant, merchant->number.value(), EntryIndex(size)};
  const absl::Status narrowed = Narrow(context, first, last, page, uses);
  std::map<CampaignNo, v1::CouponSums> sums;
  auto next = narrowed.ok()
                  ? Walk(context, uses, page, SummedOf(page),
                         [&](EntryIndex index, const Entry& entry) {
                           v1::CouponUse use;
                           absl::Status filled = FillUse(context, *registry, index, entry, use);
                           if (filled.ok()) {
                             AddTo(use, sums[CampaignOf(entry)]);
                           }
                           return filled;
                         })
                  : absl::StatusOr<std::string>(narrowed);
  if (!next.ok()) {
    call->Fail(next.status());
    return;
  }
  for (auto& [campaign, summed] : sums) {
    v1::MerchantCampaignSums& row = *call->response().add_campaigns();
    row.set_campaign(CampaignName(*registry, campaign));
    *row.mutable_sums() = std::move(summed);
  }
  call->response().set_next_page_token(*std::move(next));
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

void StartListCouponUses(const Context& context,
                         CallPointer<v1::ListCouponUsesRequest, v1::ListCouponUsesResponse> call) {
  const v1::ListCouponUsesRequest& request = call->request();
  const std::uint64_t size = context.engine.durable_size();
  const auto registry = context.engine.registry();
  const Caller caller = call->caller();
  Draft draft(context, caller, registry);
  const Page page = ReadPage(request.page_size(), request.page_token(), draft);
  Listed uses{Listing::kUsesOfCampaign, 0, EntryIndex(size)};
  if (request.parent_case() == v1::ListCouponUsesRequest::kMerchant) {
    const Participant* merchant = ReadOwnMerchant(request.merchant(), draft);
    uses.listing = Listing::kUsesAtMerchant;
    uses.owner = merchant == nullptr ? 0 : merchant->number.value();
  } else {
    const coupons::Campaign* campaign = ReadOwnCampaign(request.campaign(), "campaign", draft);
    uses.owner = campaign == nullptr ? 0 : campaign->number.value();
  }
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto most = static_cast<std::size_t>(PageSize(request.page_size()));
  auto next = Walk(context, uses, page, most, [&](EntryIndex index, const Entry& entry) {
    v1::CouponUse& use = *call->response().add_uses();
    const absl::Status filled = FillUse(context, *registry, index, entry, use);
    return filled.ok() && entry.caller() == caller.number.value()
               ? FillMaker(context, index, entry, use)
               : filled;
  });
  if (!next.ok()) {
    call->Fail(next.status());
    return;
  }
  call->response().set_next_page_token(*std::move(next));
  call->response().set_as_of_index(size - 1);
  call->Finish();
}

}  // namespace tanhui::rpc
