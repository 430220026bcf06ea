// Campaigns: opened, paused, resumed, ended, extended.
#include <numeric>
#include <utility>

#include "ledger/core/postings.h"
#include "ledger/coupons/campaign_terms.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/discount.h"
#include "ledger/coupons/rows.h"
#include "ledger/points/party.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

// --- opening ---

Account AccountIn(AssetNo money) {
  Account account;
  account.kind = AccountKind::kCampaign;
  account.asset = money;
  return account;
}

// The parts of the funders, in their order.
std::vector<Amount> PartsOf(const Campaign& campaign) {
  // Not more than a posting can move: the opening was looked at.
  const auto fen = static_cast<std::int64_t>(campaign.stock) * LockOf(campaign).units();
  return SplitAmong(campaign.funders, Amount(fen));
}

// What every budget gives, then what the stock gets; nothing when the merchant pays all.
std::vector<Leg> OpeningLegs(const Campaign& campaign) {
  const std::vector<Amount> parts = PartsOf(campaign);
  FenLegs legs;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    legs.Add(campaign.funders[i].budget, Amount(-parts[i].units()));
  }
  for (const Amount part : parts) {
    legs.Add(campaign.stock_account, part);
  }
  return std::move(legs).Take();
}

// A budget that lacks its part.
std::optional<Refusal> RefusedByBudgets(const State& state, const Campaign& campaign,
                                        LedgerTime now) {
  const std::vector<Amount> parts = PartsOf(campaign);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint64_t number = campaign.funders[i].budget.value();
    points::Verdict verdict;
    points::WantAvailable(points::Party(state, number, now), parts[i].units(), "stock", verdict);
    if (auto refusal = verdict.Take()) {
      const Budget* budget = state.registry().FindBudget(AccountNo(number));
      return (*std::move(refusal)).With("budget", budget->code);
    }
  }
  return std::nullopt;
}

std::optional<Refusal> DecideOpening(const State& state, const DecideInput& input, Entry& entry) {
  pb::CampaignOpening& opening = *entry.mutable_campaign_opening();
  if (const rules::Found found = CheckOpening(opening)) {
    return FieldInvalid(*found);
  }
  if (auto refusal = RefusedOpening(state.registry(), opening, input.now)) {
    return refusal;
  }
  opening.set_number(CampaignsOf(state.registry()).next_campaign().value());
  opening.set_stock_account(state.head().next_account.value());
  const Campaign campaign = CampaignOf(opening, EntryIndex(state.head().size));
  if (auto refusal = RefusedByBudgets(state, campaign, input.now)) {
    return refusal;
  }
  std::vector<Leg> legs = OpeningLegs(campaign);
  const Account stock = AccountIn(campaign.money);
  for (Leg& leg : legs) {
    leg.opened = leg.account == campaign.stock_account ? &stock : nullptr;
  }
  return Post(state, legs, "stock", entry);
}

void NamesOfOpening(const State&, const Entry& draft, std::vector<AccountNo>& out) {
  for (const pb::CampaignFunder& funder : draft.campaign_opening().funders()) {
    out.emplace_back(funder.budget());
  }
}

// Before the postings are applied, which stand on the first of them.
Fault OpensAccounts(State& state, const Entry& entry) {
  const pb::CampaignOpening& opening = entry.campaign_opening();
  const AssetNo money(opening.money());
  if (AccountNo(opening.stock_account()) != state.head().next_account) {
    return "a number that is not the next one";
  }
  if (state.registry().Find(money) == nullptr) {
    return "a campaign of an unknown asset";
  }
  for (std::uint64_t i = 0; i < kCampaignAccounts; ++i) {
    state.OpenAccount(AccountNo(opening.stock_account() + i), AccountIn(money));
  }
  return std::nullopt;
}

void RegisterOpening(Registry& registry, EntryIndex index, const Entry& entry) {
  registry.ChangeCampaigns(
      [&](Campaigns& campaigns) { campaigns.Add(CampaignOf(entry.campaign_opening(), index)); });
}

Fault ApplyOpening(State& state, EntryIndex index, const Entry& entry) {
  const pb::CampaignOpening& opening = entry.campaign_opening();
  if (CampaignNo(opening.number()) != CampaignsOf(state.registry()).next_campaign()) {
    return "a number that is not the next one";
  }
  if (CheckOpening(opening) ||
      RefusedOpening(state.registry(), opening, LedgerTime(entry.recorded_micros()))) {
    return "a campaign that cannot be";
  }
  const std::vector<Leg> legs = OpeningLegs(CampaignOf(opening, index));
  if (Fault fault = WantLegs(entry, legs)) {
    return fault;
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterOpening(registry, index, entry); });
  return std::nullopt;
}

// --- change ---

rules::Found CheckChange(const pb::CampaignChange& change) {
  using rules::Want;
  const bool extends = change.action() == pb::CAMPAIGN_ACTION_EXTEND;
  const auto fits = [extends](std::int64_t micros) {
    return extends ? LedgerTime(micros) >= kEarliestTime && LedgerTime(micros) <= kLatestTime
                   : micros == 0;
  };
  constexpr std::string_view kProblem = "must be a time for an extension, and is for that only";
  return rules::Collected({
      Want(pb::CampaignAction_IsValid(change.action()) &&
               change.action() != pb::CAMPAIGN_ACTION_UNSPECIFIED,
           "action", "must be stated"),
      Want(fits(change.issue_last_micros()), "issue_last_time", kProblem),
      Want(fits(change.use_last_micros()), "use_last_time", kProblem),
      rules::WantWord(change.reason(), "reason"),
  });
}

// What went back to funders stays there: an extension comes before the last moment, or not at all.
std::optional<Refusal> RefusedExtension(const Campaign& campaign, const pb::CampaignChange& change,
                                        LedgerTime now) {
  const LedgerTime issue_last(change.issue_last_micros());
  const LedgerTime use_last(change.use_last_micros());
  if (issue_last < campaign.issue_last) {
    return FieldInvalid({"issue_last_time", "must not be before the one that it was"});
  }
  if (use_last < campaign.use_last || use_last < issue_last) {
    return FieldInvalid(
        {"use_last_time", "must not be before the one that it was, or before issue_last_time"});
  }
  if (issue_last == campaign.issue_last && use_last == campaign.use_last) {
    return FieldInvalid({"issue_last_time", "or use_last_time must be later than it was"});
  }
  if (use_last != campaign.use_last && now > campaign.use_last) {
    return RefusedCampaign("OVER");
  }
  return issue_last != campaign.issue_last && campaign.OverAt(now)
             ? std::optional(RefusedCampaign(StateOf(campaign, now)))
             : std::nullopt;
}

// Why it cannot be changed so at `now`; of a change that has nothing wrong by itself.
std::optional<Refusal> RefusedChange(const Registry& registry, const pb::CampaignChange& change,
                                     LedgerTime now) {
  const Campaign* campaign = CampaignsOf(registry).Find(CampaignNo(change.campaign()));
  if (campaign == nullptr) {
    return Refusal(Reason::kUnknownCampaign, "campaign");
  }
  if (change.action() == pb::CAMPAIGN_ACTION_EXTEND) {
    return RefusedExtension(*campaign, change, now);
  }
  const bool wants_paused = change.action() == pb::CAMPAIGN_ACTION_RESUME;
  const bool can_be = !campaign->OverAt(now) && (change.action() == pb::CAMPAIGN_ACTION_END ||
                                                 campaign->paused == wants_paused);
  return can_be ? std::nullopt : std::optional(RefusedCampaign(StateOf(*campaign, now)));
}

std::optional<Refusal> DecideChange(const State& state, const DecideInput& input, Entry& entry) {
  const pb::CampaignChange& change = entry.campaign_change();
  if (const rules::Found found = CheckChange(change)) {
    return FieldInvalid(*found);
  }
  return RefusedChange(state.registry(), change, input.now);
}

// For its ledger day.
void NamesOfChange(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  if (const Campaign* campaign =
          CampaignsOf(state.registry()).Find(CampaignNo(draft.campaign_change().campaign()))) {
    out.push_back(campaign->stock_account);
  }
}

void RegisterChange(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::CampaignChange& change = entry.campaign_change();
  registry.ChangeCampaigns([&change](Campaigns& campaigns) {
    Campaign campaign = *campaigns.Find(CampaignNo(change.campaign()));
    switch (change.action()) {
      case pb::CAMPAIGN_ACTION_PAUSE:
        campaign.paused = true;
        break;
      case pb::CAMPAIGN_ACTION_RESUME:
        campaign.paused = false;
        break;
      case pb::CAMPAIGN_ACTION_END:
        campaign.ended = true;
        break;
      default:
        campaign.issue_last = LedgerTime(change.issue_last_micros());
        campaign.use_last = LedgerTime(change.use_last_micros());
    }
    campaigns.Put(std::move(campaign));
  });
}

Fault ApplyChange(State& state, EntryIndex index, const Entry& entry) {
  const pb::CampaignChange& change = entry.campaign_change();
  if (CheckChange(change) ||
      RefusedChange(state.registry(), change, LedgerTime(entry.recorded_micros()))) {
    return "a change of a campaign that cannot be";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterChange(registry, index, entry); });
  return std::nullopt;
}

// --- return; what is due is in campaign_return.cc ---

void NamesOfReturn(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  if (const Campaign* campaign =
          CampaignsOf(state.registry()).Find(CampaignNo(draft.campaign_return().campaign()))) {
    NamesOfReturn(*campaign, out);
  }
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCampaignOpening,
     .decide = DecideOpening,
     .opens = OpensAccounts,
     .apply = ApplyOpening,
     .names = NamesOfOpening,
     .registers = RegisterOpening,
     .moves = true},
    {.body = Entry::kCampaignChange,
     .decide = DecideChange,
     .apply = ApplyChange,
     .names = NamesOfChange,
     .registers = RegisterChange},
    {.body = Entry::kCampaignReturn,
     .apply = ApplyCampaignReturn,
     .names = NamesOfReturn,
     .moves = true},
};

}  // namespace

std::span<const BookRow> CampaignRows() { return kRows; }

}  // namespace tanhui::coupons
