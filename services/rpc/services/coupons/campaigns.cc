#include "services/rpc/services/coupons/campaigns.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/services/coupons/campaign_names.h"
#include "services/rpc/services/coupons/campaign_view.h"
#include "services/rpc/services/reading.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

// Decided later: what the terms say. Here: names, forms of texts, and the order of lists, which
// means nothing to whoever asks.
constexpr std::size_t kMaxBeacon = 128;

std::string At(std::string_view list, int row, std::string_view field = "") {
  return absl::StrCat(std::string(list), "[", row, "]", std::string(field));
}

template <typename Rows>
void Sort(Rows& rows) {
  std::sort(rows.begin(), rows.end());
}

// Of more than `most` rows none is read: names are looked up one by one.
template <typename Rows>
bool IsLong(const Rows& rows, std::size_t most, std::string_view field, Draft& draft) {
  const bool is_long = static_cast<std::size_t>(rows.size()) > most;
  if (is_long) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, std::string(field))
                     .With("problem", absl::StrCat("has more than ", most, " rows")));
  }
  return is_long;
}

void ReadPlaces(const v1::CampaignTerms& terms, pb::CampaignOpening& out, Draft& draft) {
  if (!IsLong(terms.merchants(), coupons::kMaxListed, "merchants", draft)) {
    for (int i = 0; i < terms.merchants_size(); ++i) {
      const Participant* merchant = draft.ReadParticipant(terms.merchants(i), At("merchants", i));
      out.add_merchants(merchant == nullptr ? 0 : merchant->number.value());
    }
  }
  if (!IsLong(terms.districts(), coupons::kMaxListed, "districts", draft)) {
    for (int i = 0; i < terms.districts_size(); ++i) {
      out.add_districts(ReadDistrict(terms.districts(i), At("districts", i), draft));
    }
  }
  if (!IsLong(terms.categories(), coupons::kMaxListed, "categories", draft)) {
    *out.mutable_categories() = terms.categories();
  }
  Sort(*out.mutable_merchants());
  Sort(*out.mutable_districts());
  Sort(*out.mutable_categories());
}

void ReadFunders(const v1::CampaignTerms& terms, pb::CampaignOpening& out, Draft& draft) {
  if (IsLong(terms.funders(), coupons::kMaxFunders, "funders", draft)) {
    return;
  }
  for (int i = 0; i < terms.funders_size(); ++i) {
    const Budget* budget = draft.ReadBudget(terms.funders(i).budget(), At("funders", i, ".budget"));
    pb::CampaignFunder& row = *out.add_funders();
    row.set_budget(budget == nullptr ? 0 : budget->account.value());
    row.set_permille(terms.funders(i).permille());
  }
  std::sort(out.mutable_funders()->begin(), out.mutable_funders()->end(),
            [](const auto& a, const auto& b) { return a.budget() < b.budget(); });
}

void ReadTimes(const v1::CampaignTerms& terms, pb::CampaignOpening& out, Draft& draft) {
  out.set_issue_first_micros(draft.ReadTime(terms.has_issue_first_time(), terms.issue_first_time(),
                                            true, "issue_first_time"));
  out.set_issue_last_micros(draft.ReadTime(terms.has_issue_last_time(), terms.issue_last_time(),
                                           true, "issue_last_time"));
  out.set_use_first_micros(
      draft.ReadTime(terms.has_use_first_time(), terms.use_first_time(), true, "use_first_time"));
  out.set_use_last_micros(
      draft.ReadTime(terms.has_use_last_time(), terms.use_last_time(), true, "use_last_time"));
  out.set_days_after_issue(terms.days_after_issue());
}

void ReadStock(const v1::CampaignTerms& terms, pb::CampaignOpening& out, Draft& draft) {
  out.set_stock(terms.stock());
  if (!IsLong(terms.daily_releases(), coupons::kMaxReleases, "daily_releases", draft)) {
    for (const v1::DailyRelease& release : terms.daily_releases()) {
      pb::DailyRelease& row = *out.add_daily_releases();
      row.set_minute(release.minute());
      row.set_coupons(release.coupons());
    }
  }
  out.set_per_citizen(terms.per_citizen());
  out.set_per_citizen_day(terms.per_citizen_day());
  out.set_stacking_slot(terms.stacking_slot());
  if (!terms.points_asset().empty()) {
    const Asset* points = draft.ReadAsset(terms.points_asset(), "points_asset");
    out.set_points_asset(points == nullptr ? 0 : points->number.value());
  }
  out.set_price_points(terms.price_points());
}

void ReadValue(const v1::CampaignTerms& terms, pb::CampaignOpening& out) {
  out.set_face_fen(terms.face_fen());
  out.set_percent_permille(terms.percent_permille());
  out.set_ceiling_fen(terms.ceiling_fen());
  out.set_threshold_fen(terms.threshold_fen());
  out.set_own_permille(terms.own_permille());
  out.set_funded_ceiling_fen(terms.funded_ceiling_fen());
  out.set_reviewed(terms.reviewed());
  out.set_coupon_returns(terms.coupon_returns());
}

void ReadConditions(const v1::CampaignTerms& terms, pb::CampaignOpening& out, Draft& draft) {
  if (!v1::ReturnPolicy_IsValid(terms.return_policy())) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "return_policy"));
  } else {
    out.set_return_policy(static_cast<pb::ReturnPolicy>(terms.return_policy()));
  }
  if (!IsLong(terms.attestations(), coupons::kMaxListed, "attestations", draft)) {
    *out.mutable_attestations() = terms.attestations();
    Sort(*out.mutable_attestations());
  }
  out.set_seed_sha256(terms.seed_sha256());
  out.set_beacon(terms.beacon());
  out.set_apply_last_micros(draft.ReadTime(terms.has_apply_last_time(), terms.apply_last_time(),
                                           false, "apply_last_time"));
  if (terms.has_trade_in() &&
      !IsLong(terms.trade_in().categories(), coupons::kMaxListed, "trade_in.categories", draft)) {
    pb::TradeInTerms& trade_in = *out.mutable_trade_in();
    *trade_in.mutable_categories() = terms.trade_in().categories();
    Sort(*trade_in.mutable_categories());
    trade_in.set_worst_grade(terms.trade_in().worst_grade());
  }
}

void ReadOpening(const v1::CreateCampaignRequest& request, Draft& draft) {
  const v1::CampaignTerms& terms = request.terms();
  pb::CampaignOpening& out = *draft.entry().mutable_campaign_opening();
  out.set_code(draft.ReadCode(request.campaign_id(), "campaign_id"));
  out.set_display_name(draft.ReadText(terms.display_name(), kMaxDisplayName, true, "display_name"));
  draft.RefusePersonal(request.campaign_id(), "campaign_id");
  draft.RefusePersonal(terms.display_name(), "display_name");
  const Participant* organiser = draft.ReadParticipant(terms.organiser(), "organiser");
  out.set_organiser(organiser == nullptr ? 0 : organiser->number.value());
  const Asset* money = draft.ReadAsset(terms.money(), "money");
  out.set_money(money == nullptr ? 0 : money->number.value());
  ReadValue(terms, out);
  ReadPlaces(terms, out, draft);
  ReadTimes(terms, out, draft);
  ReadStock(terms, out, draft);
  ReadFunders(terms, out, draft);
  ReadConditions(terms, out, draft);
}

// --- reading ---

struct Page {
  std::size_t size = 0;
  CampaignNo from;
};

std::optional<Refusal> ReadPage(const v1::ListCampaignsRequest& request, Page& page) {
  if (request.page_size() < 0) {
    return Refusal(Reason::kFieldInvalid, "page_size");
  }
  if (!v1::CampaignState_IsValid(request.state())) {
    return Refusal(Reason::kFieldInvalid, "state");
  }
  page.size = static_cast<std::size_t>(PageSize(request.page_size()));
  page.from = CampaignNo(1);
  if (!request.page_token().empty()) {
    const auto from = ParseTokenNumber(request.page_token());
    if (!from.has_value() || *from > 0xffff'ffff) {
      return Refusal(Reason::kFieldInvalid, "page_token");
    }
    page.from = CampaignNo(static_cast<std::uint32_t>(*from));
  }
  return std::nullopt;
}

}  // namespace

void StartCreateCampaign(const Context& context,
                         CallPointer<v1::CreateCampaignRequest, v1::CreateCampaignResponse> call) {
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(call->request(), draft);
  ReadOpening(call->request(), draft);
  MutateOne(context, std::move(call), std::move(draft),
            [](const v1::CreateCampaignRequest& asked, const sequencer::Accepted& accepted,
               v1::CreateCampaignResponse& out) {
              const pb::CampaignOpening& opening = accepted.entry.campaign_opening();
              out.set_name(CampaignName(opening.code()));
              std::int64_t locked = 0;
              for (const pb::Posting& posting : accepted.entry.postings()) {
                locked += std::max<std::int64_t>(posting.amount(), 0);
              }
              out.set_locked_fen(locked);
              out.set_fen_per_coupon(
                  opening.stock() == 0 ? 0 : locked / static_cast<std::int64_t>(opening.stock()));
              FillDone(asked, accepted, out);
            });
}

void StartGetCampaign(const Context& context,
                      CallPointer<v1::GetCampaignRequest, v1::GetCampaignResponse> call) {
  const auto registry = context.engine.registry();
  Draft draft(context, call->caller(), registry);
  const coupons::Campaign* campaign = ReadCampaign(call->request().name(), "name", draft);
  if (campaign == nullptr) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto read = ReadCampaignAccounts(context, {campaign});
  if (!read.ok()) {
    call->Fail(read.status());
    return;
  }
  FillCampaign(*registry, *campaign, read->accounts.front(), read->now,
               *call->response().mutable_campaign());
  call->response().set_as_of_index(read->size - 1);
  call->Finish();
}

// The page token is the number of the next campaign.
void StartListCampaigns(const Context& context,
                        CallPointer<v1::ListCampaignsRequest, v1::ListCampaignsResponse> call) {
  const v1::ListCampaignsRequest& request = call->request();
  Page page;
  if (auto refusal = ReadPage(request, page)) {
    call->Refuse(*refusal);
    return;
  }
  const auto registry = context.engine.registry();
  const coupons::Campaigns& all = coupons::CampaignsOf(*registry);
  std::vector<const coupons::Campaign*> campaigns;
  CampaignNo next = page.from;
  for (; next < all.next_campaign() && campaigns.size() < page.size;
       next = CampaignNo(next.value() + 1)) {
    campaigns.push_back(all.Find(next));
  }
  const auto read = ReadCampaignAccounts(context, campaigns);
  if (!read.ok()) {
    call->Fail(read.status());
    return;
  }
  for (std::size_t i = 0; i < campaigns.size(); ++i) {
    if (request.state() == v1::CAMPAIGN_STATE_UNSPECIFIED ||
        request.state() == StateAt(*campaigns[i], read->now)) {
      FillCampaign(*registry, *campaigns[i], read->accounts[i], read->now,
                   *call->response().add_campaigns());
    }
  }
  if (next < all.next_campaign()) {
    call->response().set_next_page_token(std::to_string(next.value()));
  }
  call->response().set_as_of_index(read->size - 1);
  call->Finish();
}

void StartChangeCampaign(const Context& context,
                         CallPointer<v1::ChangeCampaignRequest, v1::ChangeCampaignResponse> call) {
  const v1::ChangeCampaignRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::CampaignChange& change = *draft.entry().mutable_campaign_change();
  const coupons::Campaign* campaign = ReadCampaign(request.name(), "name", draft);
  change.set_campaign(campaign == nullptr ? 0 : campaign->number.value());
  if (request.action() == v1::CAMPAIGN_ACTION_UNSPECIFIED ||
      !v1::CampaignAction_IsValid(request.action())) {
    draft.Refuse(Refusal(request.action() == v1::CAMPAIGN_ACTION_UNSPECIFIED
                             ? Reason::kFieldRequired
                             : Reason::kFieldInvalid,
                         "action"));
  } else {
    change.set_action(static_cast<pb::CampaignAction>(request.action()));
  }
  change.set_issue_last_micros(draft.ReadTime(request.has_issue_last_time(),
                                              request.issue_last_time(), false, "issue_last_time"));
  change.set_use_last_micros(
      draft.ReadTime(request.has_use_last_time(), request.use_last_time(), false, "use_last_time"));
  change.set_reason(draft.ReadWord(request.reason(), "reason"));
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::ChangeCampaignRequest, v1::ChangeCampaignResponse>);
}

void StartDrawLottery(const Context& context,
                      CallPointer<v1::DrawLotteryRequest, v1::DrawLotteryResponse> call) {
  const v1::DrawLotteryRequest& request = call->request();
  const auto registry = context.engine.registry();
  Draft draft(context, call->caller(), registry);
  ReadStamp(request, draft);
  pb::LotteryDraw& draw = *draft.entry().mutable_lottery_draw();
  const coupons::Campaign* campaign = ReadCampaign(request.name(), "name", draft);
  draw.set_campaign(campaign == nullptr ? 0 : campaign->number.value());
  draw.set_seed(request.seed());
  draw.set_beacon_value(draft.ReadText(request.beacon_value(), kMaxBeacon, true, "beacon_value"));
  const std::uint64_t stock = campaign == nullptr ? 0 : campaign->stock;
  MutateOne(context, std::move(call), std::move(draft),
            [stock](const v1::DrawLotteryRequest& asked, const sequencer::Accepted& accepted,
                    v1::DrawLotteryResponse& out) {
              const std::uint64_t applications = accepted.entry.lottery_draw().applications();
              out.set_applications(applications);
              out.set_winners(std::min(applications, stock));
              FillDone(asked, accepted, out);
            });
}

}  // namespace tanhui::rpc
