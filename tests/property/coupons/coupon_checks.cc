// Asking, and what must hold after every step.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "ledger/coupons/coupon.h"
#include "ledger/rules/tallies.h"
#include "tests/property/coupons/coupon_life.h"
#include "tests/property/decided_again.h"

namespace tanhui::property {

using namespace world;  // NOLINT: the words of commands

namespace {

// Everything that a trial could have changed, for equality.
void ExpectSame(const State& a, const State& b) {
  ASSERT_EQ(a.head(), b.head());
  ASSERT_EQ(a.accounts(), b.accounts());
  ASSERT_EQ(a.undone(), b.undone());
  for (const auto& [nullifier, claim] : a.evidence()) {
    ASSERT_EQ(b.FindEvidence(nullifier), claim);
  }
  for (const auto& [nullifier, claim] : b.evidence()) {
    ASSERT_EQ(a.FindEvidence(nullifier), claim);
  }
  const coupons::Campaigns& ours = coupons::CampaignsOf(a.registry());
  const coupons::Campaigns& theirs = coupons::CampaignsOf(b.registry());
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::uint32_t i = 1; i <= ours.size(); ++i) {
    const coupons::Campaign& one = *ours.Find(CampaignNo(i));
    const coupons::Campaign& other = *theirs.Find(CampaignNo(i));
    ASSERT_EQ(std::tuple(one.paused, one.ended, one.issue_last, one.use_last, one.code,
                         one.draw.has_value()),
              std::tuple(other.paused, other.ended, other.issue_last, other.use_last, other.code,
                         other.draw.has_value()));
  }
}

}  // namespace

bool CouponLife::Ask(const Command& command, const std::string& expected) {
  const Command completed = world_.Complete(command);
  CheckPart(completed);
  if (OneIn(4)) {
    CheckTrial(completed);
  }
  const std::string outcome = world_.AskCompleted(completed);
  const std::string reason = outcome.substr(0, outcome.find(' '));
  EXPECT_EQ(reason, expected) << outcome << " of "
                              << command.draft.ShortDebugString().substr(0, 600) << " at " << Now();
  ++answers_[std::to_string(command.draft.body_case()) + " " + reason +
             (reason == expected ? "" : " instead of " + expected)];
  if (outcome != "OK") {
    return false;
  }
  CatchUp(world_.last_index());
  ExpectDecidedAgain(world_, replica_);
  TakeReturns();
  return true;
}

// Undone, a trial leaves nothing.
void CouponLife::CheckTrial(const Command& completed) {
  const State before = world_.state();
  world_.BeginTrial();
  world_.AskCompleted(completed);
  if (OneIn(2) && !model_.campaigns.empty()) {
    const Opening& terms = model_.campaigns[AnyOf(model_.campaigns)].terms;
    world_.AskCompleted(world_.Complete(
        IssueCoupon("in-trial", CampaignNo(terms.number()), citizens_[AnyOf(citizens_)])));
    world_.Sweep(AccountNo(terms.stock_account()));
  }
  world_.UndoTrial();
  ExpectSame(world_.state(), before);
}

// A working set's way: what the draft, its target and what stands besides name.
void CouponLife::CheckPart(const Command& command) {
  const State& all = world_.state();
  const Ledger& ledger = world_.ledger();
  State part(all.head(), std::make_shared<Registry>(all.registry()));
  std::vector<AccountNo> names;
  std::vector<Nullifier> nullifiers;
  const auto load = [&](const Entry& entry) {
    ledger.Names(all, entry, names);
    ledger.Claims(entry, nullifiers);
    for (const auto& posting : entry.postings()) {
      names.emplace_back(posting.account());
    }
  };
  load(command.draft);
  EntryIndex index;
  if (const Entry* target = world_.TargetOf(all, command, index)) {
    load(*target);
    part.LoadUndone(index, all.FindUndone(index));
    if (const auto also = ledger.AlsoOf(all, command.draft, index, *target)) {
      load(world_.entries().at(also->value()));
      part.LoadUndone(*also, all.FindUndone(*also));
    }
  }
  if (const auto target = ledger.TargetRequestOf(command.draft)) {
    if (const auto record = all.FindRequest(*target)) {
      part.LoadRequest(*target, *record);
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Account* account = all.FindAccount(names[i]);
    if (account != nullptr && part.FindAccount(names[i]) == nullptr) {
      part.LoadAccount(names[i], *account);
      names.push_back(account->merged_into);
    }
  }
  for (const Nullifier& nullifier : nullifiers) {
    const auto claim = all.FindEvidence(nullifier);
    if (claim.has_value() && !part.FindEvidence(nullifier).has_value()) {
      part.LoadEvidence(nullifier, *claim);
    }
  }
  const Decision whole = world_.DecideOn(all, command);
  const Decision decision = world_.DecideOn(part, command);
  ASSERT_EQ(decision.index(), whole.index()) << command.draft.ShortDebugString();
  if (const auto* entry = std::get_if<Entry>(&decision)) {
    ASSERT_EQ(entry->SerializeAsString(), std::get<Entry>(whole).SerializeAsString());
    const Fault fault = ledger.TryApply(part, *entry);
    ASSERT_FALSE(fault.has_value()) << *fault;
  } else if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    ASSERT_EQ(Text(*refusal), Text(std::get<Refusal>(whole)));
  }
}

// What went back of campaigns since the last call must be all that is free of them, and the split.
void CouponLife::TakeReturns() {
  for (; returns_seen_ < world_.entries().size(); ++returns_seen_) {
    const Entry& entry = world_.entries()[returns_seen_];
    if (!entry.has_campaign_return()) {
      continue;
    }
    const std::size_t at = entry.campaign_return().campaign() - 1;
    ModelCampaign& campaign = model_.campaigns.at(at);
    const std::int64_t when = entry.recorded_micros();
    EXPECT_TRUE(campaign.OverAt(when)) << "went back too early";
    const CouponModel::Money money = model_.Recount(at);
    const bool none_used = when > campaign.use_last;
    const std::int64_t fen = money.stock + money.rest + (none_used ? money.coupons : 0);
    EXPECT_EQ(entry.campaign_return().fen(), fen);
    EXPECT_GT(fen, 0);
    const std::vector<std::int64_t> parts = SplitOf(campaign.terms, fen);
    for (int i = 0; i < campaign.terms.funders_size(); ++i) {
      std::int64_t given = 0;
      for (const auto& posting : entry.postings()) {
        given += posting.account() == campaign.terms.funders(i).budget() ? posting.amount() : 0;
      }
      EXPECT_EQ(given, parts[static_cast<std::size_t>(i)]);
    }
    campaign.returned += fen;
    campaign.stock_returned = true;
    campaign.coupons_returned = campaign.coupons_returned || none_used;
  }
}

// The entries, applied to another state, make the same one.
void CouponLife::CatchUp(std::size_t to) {
  for (; applied_ < to; ++applied_) {
    const Fault fault = world_.ledger().TryApply(replica_, world_.entries()[applied_]);
    ASSERT_FALSE(fault.has_value()) << *fault << " of " << world_.entries()[applied_].DebugString();
  }
}

void CouponLife::CheckBooks() {
  CatchUp(world_.entries().size());
  ExpectSame(replica_, world_.state());
  std::map<AssetNo, std::int64_t> sums;
  for (const auto& [number, account] : world_.state().accounts()) {
    sums[account.asset] += account.balance.units();
    ASSERT_TRUE(WithinLimit(account.kind, account.balance)) << number.value();
  }
  for (const auto& [asset, sum] : sums) {
    ASSERT_EQ(sum, 0) << "asset " << asset.value();
  }
  for (std::size_t at = 0; at < model_.campaigns.size(); ++at) {
    CheckCampaign(at);
  }
  CheckTallies();
  for (const auto& [merchant, claim] :
       {std::pair(kMall, kClaim), std::pair(kBakery, kBakeryClaim)}) {
    ASSERT_EQ(world_.BalanceOf(claim), model_.ClaimOf(merchant.value()));
    const CouponModel::Net& net = model_.nets[merchant.value()];
    const BusinessDate today = world_.today();
    ASSERT_EQ(world_.Of(claim).given.On(today).units(), net.day == today.value() ? net.fen : 0);
  }
  for (const auto& [account, points] : model_.points) {
    ASSERT_EQ(world_.BalanceOf(AccountNo(account)), points) << "account " << account;
  }
}

// What counts against citizens' limits is what they have; of campaigns that are over some may stand
// there still, but not of who was counted just now.
void CouponLife::CheckTallies() {
  const Entry& last = world_.last();
  const std::uint64_t counted = last.has_coupon_application() ? last.coupon_application().account()
                                : last.has_coupon_issue()     ? last.coupon_issue().account()
                                                              : 0;
  for (const AccountNo citizen : citizens_) {
    const auto& tallies = world_.Of(citizen).tallies;
    for (std::size_t at = 0; at < model_.campaigns.size(); ++at) {
      const ModelCampaign& campaign = model_.campaigns[at];
      const Opening& terms = campaign.terms;
      const LimitNo limit = coupons::LimitOf(CampaignNo(terms.number()));
      const std::uint64_t account = citizen.value();
      if (!campaign.OverAt(Now()) && model_.Standing(account) == account) {
        const auto amount = [&](std::uint32_t category, BusinessDate first) {
          return rules::CountedOf(tallies, limit, category, first);
        };
        const std::int64_t all = model_.CouponsOf(at, account);
        const std::int64_t today = model_.CouponsOn(at, account, world_.today().value());
        ASSERT_EQ(amount(0, BusinessDate(0)), terms.per_citizen() == 0 ? 0 : all);
        ASSERT_EQ(amount(0, world_.today()), terms.per_citizen_day() == 0 ? 0 : today);
        ASSERT_EQ(amount(1, BusinessDate(0)), model_.ApplicationsOf(at, account));
      }
      const bool limited =
          last.has_coupon_application() ||
          (last.has_coupon_issue() && LimitsCitizens(last.coupon_issue().campaign()));
      if (limited && model_.Standing(counted) == account &&
          campaign.OverAt(last.recorded_micros())) {
        ASSERT_TRUE(std::none_of(tallies.begin(), tallies.end(),
                                 [&](const Tally& tally) { return tally.limit == limit; }));
      }
    }
  }
}

bool CouponLife::LimitsCitizens(std::uint32_t campaign) const {
  const Opening& terms = model_.campaigns.at(campaign - 1).terms;
  return terms.per_citizen() != 0 || terms.per_citizen_day() != 0;
}

void CouponLife::CheckCampaign(std::size_t at) {
  const ModelCampaign& campaign = model_.campaigns[at];
  const Opening& terms = campaign.terms;
  SCOPED_TRACE("campaign " + std::to_string(at + 1) + " at " + std::to_string(Now()));
  const CouponModel::Money money = model_.Recount(at);
  const std::uint64_t stock = terms.stock_account();
  const auto balance = [&](std::uint64_t n) { return world_.BalanceOf(AccountNo(stock + n)); };
  ASSERT_EQ(balance(0), money.stock);
  ASSERT_EQ(balance(1), money.coupons);
  ASSERT_EQ(balance(2), money.review);
  ASSERT_EQ(balance(3), money.rest);
  ASSERT_LE(campaign.issued, static_cast<std::int64_t>(terms.stock()));
  ASSERT_LE(money.claimed + money.review, LockOf(terms) * campaign.issued);
  const Account& counters = world_.Of(AccountNo(stock));
  ASSERT_EQ(counters.funded.units(), campaign.issued);
  const BusinessDate today = world_.today();
  const auto so_far = campaign.issued_on.find(today.value());
  ASSERT_EQ(counters.given.On(today).units(),
            so_far == campaign.issued_on.end() ? 0 : so_far->second);
  for (const AccountNo citizen : citizens_) {
    if (model_.merged.empty() && terms.per_citizen() != 0) {
      ASSERT_LE(model_.CouponsOf(at, citizen.value()), terms.per_citizen());
    }
  }
  const coupons::Campaign& now = CampaignIn(world_, CampaignNo(terms.number()));
  ASSERT_EQ(std::tuple(now.paused, now.ended, now.issue_last.value(), now.use_last.value()),
            std::tuple(campaign.paused, campaign.ended, campaign.issue_last, campaign.use_last));
  if (now.draw.has_value()) {
    ASSERT_EQ(now.draw->applications, campaign.applications.size());
  }
}

void CouponLife::Finish() {
  world_.WaitDays(60);
  for (const ModelCampaign& campaign : model_.campaigns) {
    world_.Sweep(AccountNo(campaign.terms.stock_account()));
  }
  TakeReturns();
  CheckBooks();
  for (std::size_t at = 0; at < model_.campaigns.size(); ++at) {
    const CouponModel::Money money = model_.Recount(at);
    EXPECT_EQ(money.stock + money.coupons + money.rest, 0) << "campaign " << at + 1;
    EXPECT_EQ(money.locked, money.review + money.claimed + model_.campaigns[at].returned);
  }
  CheckListings();
}

// What lists tell of coupons, each row once.
void CouponLife::CheckListings() {
  using Row = std::tuple<Listing, std::uint64_t, EntryIndex>;
  std::multiset<Row> expected;
  std::map<std::uint64_t, const ModelUse*> uses;
  for (const ModelUse& use : model_.uses) {
    uses[use.entry] = &use;
  }
  const auto& entries = world_.entries();
  CouponModel now(nullptr);  // as far as accounts were merged
  for (std::size_t i = listed_from_; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    const EntryIndex index(i);
    std::uint64_t use = 0;
    if (entry.has_coupon_issue()) {
      expected.emplace(Listing::kCouponsOfAccount, now.Standing(entry.coupon_issue().account()),
                       index);
    } else if (entry.has_coupon_application()) {
      expected.emplace(Listing::kCouponsOfAccount,
                       now.Standing(entry.coupon_application().account()), index);
    } else if (entry.has_merge()) {
      expected.emplace(Listing::kMergedInto, entry.merge().into(), index);
      now.merged[entry.merge().from()] = entry.merge().into();
    } else if (entry.has_coupon_revocation()) {
      const Entry& issue = entries[entry.coupon_revocation().coupon()];
      expected.emplace(Listing::kUsesOfCampaign, issue.coupon_issue().campaign(), index);
    } else if (entry.has_coupon_redemption()) {
      use = i;
    } else if (entry.has_coupon_refund()) {
      use = entry.coupon_refund().target();
    } else if (entry.has_coupon_review()) {
      use = entry.coupon_review().target();
    } else if (entry.has_cancellation() && entry.cancellation().coupon_undone().merchant() != 0) {
      use = entry.cancellation().target_index();
    }
    if (use != 0) {
      expected.emplace(Listing::kUsesOfCampaign, model_.Of(*uses.at(use)).terms.number(), index);
      expected.emplace(Listing::kUsesAtMerchant, uses.at(use)->order.merchant, index);
    }
  }
  std::multiset<Row> found;
  for (const ListingRow& row : replica_.TakeChangesButAccounts().listings) {
    found.emplace(row.listing, row.owner, row.entry);
  }
  for (const Row& row : expected) {
    EXPECT_EQ(found.count(row), expected.count(row))
        << static_cast<int>(std::get<0>(row)) << " of " << std::get<1>(row) << ": "
        << entries[std::get<2>(row).value()].ShortDebugString().substr(0, 300);
  }
  for (const Row& row : found) {
    EXPECT_EQ(expected.count(row), 1u)
        << static_cast<int>(std::get<0>(row)) << " of " << std::get<1>(row) << ": "
        << entries[std::get<2>(row).value()].ShortDebugString().substr(0, 300);
  }
}

}  // namespace tanhui::property
