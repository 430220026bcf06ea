// Lotteries: who applies, and the draw.
#include <algorithm>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/coupons/campaign_terms.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/limits.h"
#include "ledger/coupons/lottery.h"
#include "ledger/coupons/rows.h"
#include "ledger/points/party.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

constexpr std::size_t kSeedBytes = 32;
constexpr std::size_t kMaxBeaconValue = 1'000;

const Campaign* CampaignOf(const State& state, std::uint32_t number) {
  return CampaignsOf(state.registry()).Find(CampaignNo(number));
}

// A campaign's applications are counted there.
std::uint64_t ApplicationsOf(const State& state, const Campaign& campaign) {
  const Account* rest = state.FindAccount(campaign.rest_account());
  Check(rest != nullptr, "an account of a campaign was not loaded");
  return static_cast<std::uint64_t>(rest->funded.units());
}

// --- application ---

// Why nobody can apply at `now`; nullopt while they can.
std::optional<Refusal> RefusedByTime(const Campaign& campaign, LedgerTime now) {
  if (!campaign.seed_sha256.has_value()) {
    return RefusedCampaign("NO_LOTTERY");
  }
  if (campaign.draw.has_value() || now > campaign.apply_last) {
    return RefusedCampaign("OVER");
  }
  const std::string_view state = StateOf(campaign, now);
  return state == "RUNNING" ? std::nullopt : std::optional(RefusedCampaign(state));
}

std::optional<Refusal> DecideApplication(const State& state, const DecideInput& input,
                                         Entry& entry) {
  pb::CouponApplication& application = *entry.mutable_coupon_application();
  const Campaign* campaign = CampaignOf(state, application.campaign());
  if (campaign == nullptr) {
    return Refusal(Reason::kUnknownCampaign, "campaign");
  }
  const points::Party citizen(state, application.account(), input.now);
  points::Verdict verdict;
  points::WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  verdict.Want(
      campaign->points_asset == AssetNo(0) || citizen.account().asset == campaign->points_asset,
      Reason::kAssetMismatch, "account");
  points::WantDebits(citizen, "account", verdict);
  verdict.Add(RefusedByTime(*campaign, input.now));
  verdict.Add(RefusedByAttestations(*campaign, application.attestations()));
  verdict.Add(RefusedAsApplied(state.registry(), *campaign, citizen.account(), input.now));
  if (verdict.refused()) {
    return verdict.Take();
  }
  // Whatever else was attested is nobody's business.
  application.mutable_attestations()->Assign(campaign->attestations.begin(),
                                             campaign->attestations.end());
  application.set_ordinal(ApplicationsOf(state, *campaign));
  return std::nullopt;
}

void NamesOfApplication(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  out.emplace_back(draft.coupon_application().account());
  if (const Campaign* campaign = CampaignOf(state, draft.coupon_application().campaign())) {
    out.push_back(campaign->rest_account());
  }
}

Fault ApplyApplication(State& state, EntryIndex index, const Entry& entry) {
  const pb::CouponApplication& application = entry.coupon_application();
  const Campaign* campaign = CampaignOf(state, application.campaign());
  const AccountNo number = state.Standing(AccountNo(application.account()));
  const Account* account = state.FindAccount(number);
  if (campaign == nullptr || account == nullptr || account->kind != AccountKind::kCitizen) {
    return "an application of no citizen, or for no campaign";
  }
  const std::uint64_t before = ApplicationsOf(state, *campaign);
  const LedgerTime now(entry.recorded_micros());
  if (RefusedByTime(*campaign, now) ||
      RefusedAsApplied(state.registry(), *campaign, *account, now) ||
      application.ordinal() != before ||
      !std::equal(application.attestations().begin(), application.attestations().end(),
                  campaign->attestations.begin(), campaign->attestations.end())) {
    return "an application that cannot be";
  }
  CountApplication(state, *campaign, number, now);
  state.ChangeAccount(campaign->rest_account()).funded =
      Amount(static_cast<std::int64_t>(before + 1));
  state.NoteListing({Listing::kCouponsOfAccount, number.value(), index});
  return std::nullopt;
}

// --- draw ---

rules::Found CheckDraw(const pb::LotteryDraw& draw) {
  return rules::Collected({
      rules::Want(draw.seed().size() == kSeedBytes, "seed", "must be 32 bytes"),
      rules::WantText(draw.beacon_value(), kMaxBeaconValue, "beacon_value"),
  });
}

// Why it cannot be drawn at `now` with that seed; nothing is wrong with the draw by itself.
std::optional<Refusal> RefusedDraw(const Registry& registry, const pb::LotteryDraw& draw,
                                   LedgerTime now) {
  const Campaign* campaign = CampaignsOf(registry).Find(CampaignNo(draw.campaign()));
  if (campaign == nullptr) {
    return Refusal(Reason::kUnknownCampaign, "campaign");
  }
  if (!campaign->seed_sha256.has_value()) {
    return RefusedCampaign("NO_LOTTERY");
  }
  if (SeedCommitment(draw.seed()) != *campaign->seed_sha256) {
    return FieldInvalid({"seed", "is not the one whose SHA-256 the campaign was opened with"});
  }
  if (campaign->draw.has_value()) {
    return RefusedCampaign("DRAWN");
  }
  if (campaign->OverAt(now)) {
    return RefusedCampaign(StateOf(*campaign, now));
  }
  return now > campaign->apply_last ? std::nullopt : std::optional(RefusedCampaign("LOTTERY"));
}

std::optional<Refusal> DecideDraw(const State& state, const DecideInput& input, Entry& entry) {
  pb::LotteryDraw& draw = *entry.mutable_lottery_draw();
  if (const rules::Found found = CheckDraw(draw)) {
    return FieldInvalid(*found);
  }
  if (auto refusal = RefusedDraw(state.registry(), draw, input.now)) {
    return refusal;
  }
  draw.set_applications(ApplicationsOf(state, *CampaignOf(state, draw.campaign())));
  return std::nullopt;
}

void NamesOfDraw(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  if (const Campaign* campaign = CampaignOf(state, draft.lottery_draw().campaign())) {
    out.push_back(campaign->rest_account());
  }
}

void RegisterDraw(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::LotteryDraw& draw = entry.lottery_draw();
  registry.ChangeCampaigns([&draw](Campaigns& campaigns) {
    Campaign campaign = *campaigns.Find(CampaignNo(draw.campaign()));
    campaign.draw = Draw{LotteryKey(draw.seed(), draw.beacon_value()), draw.applications()};
    campaigns.Put(std::move(campaign));
  });
}

Fault ApplyDraw(State& state, EntryIndex index, const Entry& entry) {
  const pb::LotteryDraw& draw = entry.lottery_draw();
  if (CheckDraw(draw) || RefusedDraw(state.registry(), draw, LedgerTime(entry.recorded_micros())) ||
      draw.applications() != ApplicationsOf(state, *CampaignOf(state, draw.campaign()))) {
    return "a draw that cannot be";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterDraw(registry, index, entry); });
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCouponApplication,
     .decide = DecideApplication,
     .apply = ApplyApplication,
     .names = NamesOfApplication},
    {.body = Entry::kLotteryDraw,
     .decide = DecideDraw,
     .apply = ApplyDraw,
     .names = NamesOfDraw,
     .registers = RegisterDraw},
};

}  // namespace

std::span<const BookRow> LotteryRows() { return kRows; }

}  // namespace tanhui::coupons
