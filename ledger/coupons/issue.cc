// Coupons are issued, for nothing or for points, to who comes first or to who won.
#include <algorithm>
#include <utility>
#include <vector>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/coupons/campaign_terms.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/limits.h"
#include "ledger/coupons/lottery.h"
#include "ledger/coupons/rows.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

// --- who may have one ---

// Coupons are issued at `now`, by lottery when an application is named and only then.
std::optional<Refusal> RefusedByState(const Campaign& campaign, bool applied, LedgerTime now) {
  const std::string_view state = StateOf(campaign, now);
  if (state != "RUNNING") {
    return RefusedCampaign(state);
  }
  if (campaign.seed_sha256.has_value() != applied) {
    return RefusedCampaign(applied ? "NO_LOTTERY" : "LOTTERY");
  }
  return applied && !campaign.draw.has_value() ? std::optional(RefusedCampaign("NOT_DRAWN"))
                                               : std::nullopt;
}

// The application that is named is the citizen's for the campaign, won, and had no coupon yet.
void WantWon(const State& state, const DecideInput& input, const Campaign& campaign,
             AccountNo citizen, points::Verdict& verdict) {
  constexpr std::string_view kField = "application_entry_index";
  const pb::CouponApplication& application = input.target->coupon_application();
  verdict.Want(campaign.draw.has_value() && application.ordinal() < campaign.draw->applications &&
                   PlaceOf(*campaign.draw, application.ordinal()) < campaign.stock,
               Reason::kLotteryNotWon, kField);
  if (state.Standing(AccountNo(application.account())) != citizen) {
    verdict.Add(Refusal(Reason::kUnknownCoupon, std::string(kField)));
  }
  verdict.Add(coupons::RefusedByState(NowOf(state, input.target_index, input.now),
                                      {CouponState::kReady}, kField));
}

// Whether the command's target is an application for the campaign.
bool IsApplication(const DecideInput& input, const pb::CouponIssue& issue) {
  return input.target != nullptr && input.target->has_coupon_application() &&
         input.target->coupon_application().campaign() == issue.campaign();
}

LedgerTime LastUse(const Campaign& campaign, LedgerTime issued) {
  if (campaign.days_after_issue == 0) {
    return campaign.use_last;
  }
  return std::min(campaign.use_last,
                  LedgerTime(issued.value() + campaign.days_after_issue * kMicrosPerDay));
}

// --- issue ---

// The fen that one coupon sets aside.
std::vector<Leg> LegsOfIssue(const Campaign& campaign) {
  const Amount lock = LockOf(campaign);
  FenLegs legs;
  legs.Add(campaign.stock_account, Amount(-lock.units()));
  legs.Add(campaign.coupons_account(), lock);
  return std::move(legs).Take();
}

std::optional<Refusal> DecideIssue(const State& state, const DecideInput& input, Entry& entry) {
  pb::CouponIssue& issue = *entry.mutable_coupon_issue();
  const Campaign* campaign = CampaignsOf(state.registry()).Find(CampaignNo(issue.campaign()));
  if (campaign == nullptr) {
    return Refusal(Reason::kUnknownCampaign, "campaign");
  }
  const bool applied = issue.application() != 0;
  if (applied && !IsApplication(input, issue)) {
    return Refusal(Reason::kUnknownCoupon, "application_entry_index");
  }
  const points::Party citizen(state, issue.account(), input.now);
  points::Verdict verdict;
  points::WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  const bool priced = campaign->price > Amount(0);
  verdict.Want(!priced || citizen.account().asset == campaign->points_asset, Reason::kAssetMismatch,
               "account");
  if (verdict.refused()) {
    return verdict.Take();
  }
  points::WantDebits(citizen, "account", verdict);
  points::WantActing(state, input, citizen, issue.acting(), verdict);
  verdict.Add(RefusedByState(*campaign, applied, input.now));
  verdict.Add(RefusedByAttestations(*campaign, issue.attestations()));
  if (applied) {
    WantWon(state, input, *campaign, citizen.number(), verdict);
  }
  verdict.Add(RefusedByLimits(state.registry(), *campaign, citizen.account(), input.now));
  const Account* stock = state.FindAccount(campaign->stock_account);
  Check(stock != nullptr, "an account of a campaign was not loaded");
  verdict.Add(RefusedAsGone(*campaign, *stock, input.now));
  if (priced) {
    points::WantAvailable(citizen, campaign->price.units(), "account", verdict);
  }
  if (verdict.refused()) {
    return verdict.Take();
  }
  // Whatever else was attested is nobody's business.
  issue.mutable_attestations()->Assign(campaign->attestations.begin(),
                                       campaign->attestations.end());
  issue.set_valid_until_micros(LastUse(*campaign, input.now).value());
  issue.set_fen(LockOf(*campaign).units());
  issue.set_points(campaign->price.units());
  std::vector<Leg> legs = LegsOfIssue(*campaign);
  if (priced) {
    legs.push_back(points::Debit(citizen.number(), citizen.account(), campaign->price));
    legs.push_back(points::Plain(PointsIssuance(state.registry(), *campaign), campaign->price));
  }
  return Post(state, legs, "account", entry);
}

void NamesOfIssue(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::CouponIssue& issue = draft.coupon_issue();
  out.emplace_back(issue.account());
  if (issue.acting() != 0) {
    out.emplace_back(issue.acting());
  }
  const Campaign* campaign = CampaignsOf(state.registry()).Find(CampaignNo(issue.campaign()));
  if (campaign == nullptr) {
    return;
  }
  // All four: a redemption finds them through its target, and the rest is where the fen go when the
  // coupon is taken back.
  out.insert(out.end(), {campaign->stock_account, campaign->coupons_account(),
                         campaign->review_account(), campaign->rest_account()});
  if (campaign->price > Amount(0)) {
    out.push_back(PointsIssuance(state.registry(), *campaign));
  }
}

std::optional<EntryIndex> ApplicationOf(const Entry& draft) {
  const std::uint64_t application = draft.coupon_issue().application();
  return application == 0 ? std::nullopt : std::optional(EntryIndex(application));
}

// What the body says is what the campaign says, and a coupon is left for the citizen.
Fault FaultOfIssue(const State& state, const Campaign& campaign, const Entry& entry) {
  const pb::CouponIssue& issue = entry.coupon_issue();
  const LedgerTime now(entry.recorded_micros());
  const Account* citizen = state.FindAccount(state.Standing(AccountNo(issue.account())));
  if (citizen == nullptr || citizen->kind != AccountKind::kCitizen ||
      citizen->status != AccountStatus::kOpen ||
      (issue.acting() != 0 &&
       state.FindAccount(state.Standing(AccountNo(issue.acting()))) == nullptr)) {
    return "a coupon for who cannot have one";
  }
  if (RefusedByState(campaign, issue.application() != 0, now) ||
      RefusedByLimits(state.registry(), campaign, *citizen, now) ||
      RefusedAsGone(campaign, *state.FindAccount(campaign.stock_account), now)) {
    return "a coupon is issued that is not there to be issued";
  }
  return std::equal(issue.attestations().begin(), issue.attestations().end(),
                    campaign.attestations.begin(), campaign.attestations.end()) &&
                 issue.valid_until_micros() == LastUse(campaign, now).value() &&
                 issue.fen() == LockOf(campaign).units() && issue.points() == campaign.price.units()
             ? std::nullopt
             : Fault("a coupon is not what its campaign says");
}

// The fen that it sets aside, and the points that it costs.
Fault WantIssuePostings(const State& state, const Campaign& campaign, const Entry& entry) {
  std::vector<Leg> legs = LegsOfIssue(campaign);
  const bool priced = campaign.price > Amount(0);
  const auto giver = static_cast<int>(legs.size());
  if (priced) {
    const AccountNo citizen = state.Standing(AccountNo(entry.coupon_issue().account()));
    legs.push_back(points::Plain(citizen, Amount(-campaign.price.units())));
    legs.push_back(points::Plain(PointsIssuance(state.registry(), campaign), campaign.price));
  }
  if (Fault fault = WantLegs(entry, legs)) {
    return fault;
  }
  return priced && SumOf(points::Outgoing(entry.postings(giver))) != campaign.price
             ? Fault("the postings are not the points of the body")
             : std::nullopt;
}

// The application has its coupon now.
Fault UseApplication(State& state, EntryIndex application, EntryIndex issue) {
  const Undone undone = state.FindUndone(application);
  if (application >= issue || !IsCouponAtMost(undone) ||
      (undone.coupon.has_value() && undone.coupon->state != CouponState::kReady)) {
    return "a coupon for an application that cannot have one";
  }
  Become(state, application, CouponState::kUsed, issue);
  return std::nullopt;
}

Fault ApplyIssue(State& state, EntryIndex index, const Entry& entry) {
  const pb::CouponIssue& issue = entry.coupon_issue();
  const Campaign* campaign = CampaignsOf(state.registry()).Find(CampaignNo(issue.campaign()));
  if (campaign == nullptr) {
    return "a coupon of no campaign";
  }
  if (Fault fault = FaultOfIssue(state, *campaign, entry)) {
    return fault;
  }
  if (Fault fault = WantIssuePostings(state, *campaign, entry)) {
    return fault;
  }
  const AccountNo number = state.Standing(AccountNo(issue.account()));
  const LedgerTime now(entry.recorded_micros());
  if (Fault fault = CountIssued(state, *campaign, number, now)) {
    return fault;
  }
  state.NoteListing({Listing::kCouponsOfAccount, number.value(), index});
  return issue.application() == 0 ? std::nullopt
                                  : UseApplication(state, EntryIndex(issue.application()), index);
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCouponIssue,
     .decide = DecideIssue,
     .apply = ApplyIssue,
     .names = NamesOfIssue,
     .target = ApplicationOf,
     .cancel_also = ApplicationOf,
     .cancel = CancelIssue,
     .cancelled = IssueCancelled,
     .moves = true},
};

}  // namespace

std::span<const BookRow> IssueRows() { return kRows; }

}  // namespace tanhui::coupons
