// What nobody can use any more goes back to the funders' budgets, by itself.
#include <array>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/coupons_book.h"
#include "ledger/coupons/discount.h"
#include "ledger/coupons/rows.h"
#include "ledger/points/points_book.h"

namespace tanhui::coupons {
namespace {

// The accounts whose fen are nobody's any more at `now`, in the order of the postings.
std::vector<AccountNo> Idle(const Campaign& campaign, LedgerTime now) {
  if (campaign.funders.empty() || !campaign.OverAt(now)) {
    return {};
  }
  return now > campaign.use_last
             ? std::vector<AccountNo>{campaign.stock_account, campaign.coupons_account(),
                                      campaign.rest_account()}
             : std::vector<AccountNo>{campaign.stock_account, campaign.rest_account()};
}

// The campaign of that account of a stock, when something of it is idle at `now`. Every account
// that an entry touches is asked about: of those that are no campaign's a glance must do.
const Campaign* FindIdle(const State& state, AccountNo stock, LedgerTime now) {
  if (state.registry().campaigns() == nullptr) {
    return nullptr;
  }
  const Account* account = state.FindAccount(stock);
  if (account == nullptr || account->kind != AccountKind::kCampaign) {
    return nullptr;
  }
  const Campaign* campaign = CampaignsOf(state.registry()).FindByStock(stock);
  return campaign != nullptr && !Idle(*campaign, now).empty() ? campaign : nullptr;
}

Amount BalanceOf(const State& state, AccountNo number) {
  const Account* account = state.FindAccount(number);
  Check(account != nullptr, "an account of a campaign was not loaded");
  return account->balance;
}

}  // namespace

std::optional<Entry> DueOfCampaign(const State& state, AccountNo stock, LedgerTime now) {
  const Campaign* campaign = FindIdle(state, stock, now);
  if (campaign == nullptr) {
    return std::nullopt;
  }
  FenLegs legs;
  std::int64_t fen = 0;
  for (const AccountNo account : Idle(*campaign, now)) {
    const Amount balance = BalanceOf(state, account);
    legs.Add(account, Amount(-balance.units()));
    fen += balance.units();
  }
  if (fen == 0) {
    return std::nullopt;
  }
  // What is due of a budget, such as what its year ends with, comes before anything moves it.
  const std::vector<Amount> parts = SplitAmong(campaign->funders, Amount(fen));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (auto due = points::PointsBook().due(state, campaign->funders[i].budget, now)) {
      return due;
    }
    legs.Add(campaign->funders[i].budget, parts[i]);
  }
  Entry entry;
  entry.mutable_campaign_return()->set_campaign(campaign->number.value());
  entry.mutable_campaign_return()->set_fen(fen);
  // Nothing can be said against it: the money's issuance is further from zero than any budget.
  Check(!Post(state, std::move(legs).Take(), "fen", entry).has_value(), "a return was refused");
  return entry;
}

void NamesOfDueCampaign(const State& state, AccountNo stock, LedgerTime now,
                        std::vector<AccountNo>& out) {
  if (const Campaign* campaign = FindIdle(state, stock, now)) {
    NamesOfReturn(*campaign, out);
  }
}

void NamesOfReturn(const Campaign& campaign, std::vector<AccountNo>& out) {
  out.insert(out.end(),
             {campaign.stock_account, campaign.coupons_account(), campaign.rest_account()});
  for (const Funder& funder : campaign.funders) {
    out.push_back(funder.budget);
  }
}

Fault ApplyCampaignReturn(State& state, EntryIndex, const Entry& entry) {
  const entry::v1::CampaignReturn& back = entry.campaign_return();
  const Campaign* campaign = CampaignsOf(state.registry()).Find(CampaignNo(back.campaign()));
  if (campaign == nullptr || back.fen() <= 0) {
    return "a return from what is no campaign, or of nothing";
  }
  // The postings are applied: from where they took, nothing is left.
  FenLegs legs;
  std::int64_t fen = 0;
  int at = 0;
  for (const AccountNo account : Idle(*campaign, LedgerTime(entry.recorded_micros()))) {
    if (BalanceOf(state, account) != Amount(0)) {
      return "a return that leaves something";
    }
    if (at < entry.postings_size() && AccountNo(entry.postings(at).account()) == account) {
      const std::int64_t moved = entry.postings(at++).amount();
      if (moved >= 0 || __builtin_sub_overflow(fen, moved, &fen)) {
        return "a return that takes nothing";
      }
      legs.Add(account, Amount(moved));
    }
  }
  if (fen != back.fen()) {
    return "the postings are not the fen of the body";
  }
  const std::vector<Amount> parts = SplitAmong(campaign->funders, Amount(fen));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    legs.Add(campaign->funders[i].budget, parts[i]);
  }
  return WantLegs(entry, std::move(legs).Take());
}

bool MayBeDue(const Registry& registry, AccountNo number, const Account& account, LedgerTime now) {
  if (account.kind != AccountKind::kCampaign) {
    return false;
  }
  const Campaign* campaign = CampaignsOf(registry).FindByStock(number);
  return campaign != nullptr && !Idle(*campaign, now).empty();
}

}  // namespace tanhui::coupons
