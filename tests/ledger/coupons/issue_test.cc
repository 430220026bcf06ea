// Who gets a coupon, when, and for what; and coupons that are taken back.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/rules/tallies.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

Command Attesting(Command command, const std::vector<std::string>& codes) {
  command.draft.mutable_coupon_issue()->mutable_attestations()->Assign(codes.begin(), codes.end());
  return command;
}

void ForPoints(pb::CampaignOpening& opening) {
  opening.set_points_asset(kPoints.value());
  opening.set_price_points(200);
}

TEST(IssueTest, SetsItsFenAside) {
  World world = Town();
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "spring"));
  Done(world, IssueCoupon("i", campaign, kAlice));
  EXPECT_EQ(FenOf(world, campaign), "stock 16200 coupons 1800 review 0 rest 0");
  const pb::CouponIssue& issue = world.last().coupon_issue();
  EXPECT_EQ(issue.fen(), 1'800);
  EXPECT_EQ(issue.points(), 0);
  EXPECT_EQ(LedgerTime(issue.valid_until_micros()), CampaignIn(world, campaign).use_last);
  EXPECT_EQ(world.Of(kStockOfFirst).funded, Amount(1));
  EXPECT_EQ(world.Of(kStockOfFirst).given, (DayTotal{world.today(), Amount(1)}));
  EXPECT_EQ(world.Of(kAlice).balance, Amount(500));
  EXPECT_TRUE(world.Of(kAlice).tallies.empty());  // nobody asks how many she has
}

TEST(IssueTest, WhatTheMerchantBearsMovesNothing) {
  World world = Town();
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "own", MerchantsOwn));
  Done(world, IssueCoupon("i", campaign, kAlice));
  EXPECT_TRUE(world.last().postings().empty());
  Done(world, RevokeCoupon("r", world.last_index()));
  EXPECT_TRUE(world.last().postings().empty());
}

TEST(IssueTest, IsGoodForSomeDays) {
  World world = Town();
  const CampaignNo campaign = Opened(
      world, OpenCampaign("c", "spring", [](auto& opening) { opening.set_days_after_issue(15); }));
  Done(world, IssueCoupon("i1", campaign, kAlice));
  EXPECT_EQ(LedgerTime(world.last().coupon_issue().valid_until_micros()), world.InDays(15));
  world.WaitDays(8);
  Done(world, IssueCoupon("i2", campaign, kAlice));  // and never longer than any
  EXPECT_EQ(LedgerTime(world.last().coupon_issue().valid_until_micros()), world.InDays(12));
}

TEST(IssueTest, Refusals) {
  World world = Town();
  const CampaignNo free = Opened(world, OpenCampaign("c1", "free", [](auto& opening) {
                                   opening.add_attestations("resident");
                                   opening.add_attestations("senior");
                                 }));
  const CampaignNo priced = Opened(world, OpenCampaign("c2", "priced", ForPoints));
  const auto issue = [&](AccountNo account, AccountNo acting = AccountNo(0)) {
    return Attesting(IssueCoupon("i" + std::to_string(account.value()), free, account, 0, acting),
                     {"senior", "resident", "tall"});
  };
  Play(world,
       {{IssueCoupon("i", CampaignNo(9), kAlice), "UNKNOWN_CAMPAIGN campaign"},
        {issue(kShop), "WRONG_ACCOUNT_KIND account"},
        {issue(kBudget), "WRONG_ACCOUNT_KIND account"},
        {issue(kMinor), "GUARDIAN_REQUIRED acting_account"},
        {issue(kMinor, kBob), "GUARDIAN_REQUIRED acting_account"},
        {issue(kAlice, kBob), "NOT_A_MINOR acting_account"},
        {IssueCoupon("i", free, kAlice), "COUPON_NOT_ELIGIBLE attestations missing=resident"},
        {Attesting(IssueCoupon("i", free, kAlice), {"resident"}),
         "COUPON_NOT_ELIGIBLE attestations missing=senior"},
        {IssueCoupon("i", free, kAlice, 7), "UNKNOWN_COUPON application_entry_index"},
        {IssueCoupon("i", priced, kStampAlice), "ASSET_MISMATCH account"},
        {IssueCoupon("i", priced, kCarol), "INSUFFICIENT_BALANCE account needed=200 available=0"},
        {issue(kStampAlice), "OK"}});
  // Of what was attested only what was asked for is told.
  EXPECT_EQ(world.last().coupon_issue().attestations_size(), 2);
  Done(world, Attesting(IssueCoupon("m", free, kMinor, 0, kAlice), {"resident", "senior"}));
  Done(world, SetStatus("f", kBob, AccountStatus::kFrozen));
  Play(world, {{issue(kBob), "ACCOUNT_FROZEN account"}});
  Play(world, {{IssueCoupon("i", priced, kBob), "ACCOUNT_FROZEN account"}});
  Done(world, Close("x", kCarol));
  Play(world, {{issue(kCarol), "ACCOUNT_CLOSED account"}});
}

TEST(IssueTest, StatesOfTheCampaign) {
  World world = Town();
  const CampaignNo campaign =
      Opened(world, OpenCampaign("c", "spring", [](auto& opening) {
               opening.set_issue_first_micros(opening.issue_first_micros() + kMicrosPerDay);
             }));
  const auto expect = [&](World& at, std::string_view state) {
    EXPECT_EQ(at.Ask(IssueCoupon("i", campaign, kAlice)),
              "CAMPAIGN_STATE campaign state=" + std::string(state));
  };
  expect(world, "NOT_BEGUN");
  world.WaitDays(1);
  Done(world, Pause("p", campaign));
  expect(world, "PAUSED");
  Done(world, Resume("r", campaign));
  Done(world, IssueCoupon("first", campaign, kAlice));
  {
    World ended = world;
    Done(ended, End("e", campaign));
    expect(ended, "ENDED");
  }
  world.WaitDays(9);
  Done(world, IssueCoupon("last", campaign, kAlice));  // its very last moment
  world.Wait(1);
  expect(world, "OVER");
}

TEST(IssueTest, OneCitizensLimits) {
  World world = Town();
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "spring", [](auto& opening) {
                                       opening.set_per_citizen(3);
                                       opening.set_per_citizen_day(2);
                                     }));
  Done(world, IssueCoupon("i1", campaign, kAlice));
  Done(world, IssueCoupon("i2", campaign, kAlice));
  Play(world, {{IssueCoupon("x", campaign, kAlice), "COUPON_LIMIT account limit=2 period=DAY"},
               {IssueCoupon("b", campaign, kBob), "OK"}});
  EXPECT_EQ(world.Of(kAlice).tallies.size(), 2U);
  world.WaitDays(1);
  Done(world, IssueCoupon("i3", campaign, kAlice));
  EXPECT_EQ(world.Of(kAlice).tallies.size(), 2U);  // yesterday is forgotten
  Play(world,
       {{IssueCoupon("x", campaign, kAlice), "COUPON_LIMIT account limit=3 period=CAMPAIGN"}});
  // A coupon that is taken was had; an issue that is cancelled was none.
  Done(world, RevokeCoupon("r", world.last_index()));
  Play(world,
       {{IssueCoupon("x", campaign, kAlice), "COUPON_LIMIT account limit=3 period=CAMPAIGN"}});
  Done(world, Cancel("u", "i2"));
  Done(world, IssueCoupon("i4", campaign, kAlice));
  EXPECT_EQ(world.Of(kStockOfFirst).funded, Amount(4));
}

TEST(IssueTest, ACancelledIssueOfTodayFreesToday) {
  World world = Town();
  const CampaignNo campaign = Opened(
      world, OpenCampaign("c", "spring", [](auto& opening) { opening.set_per_citizen_day(1); }));
  Done(world, IssueCoupon("i1", campaign, kAlice));
  Done(world, Cancel("u", "i1"));
  EXPECT_TRUE(world.Of(kAlice).tallies.empty());
  EXPECT_EQ(FenOf(world, campaign), "stock 18000 coupons 0 review 0 rest 0");
  Done(world, IssueCoupon("i2", campaign, kAlice));
  Play(world, {{IssueCoupon("i3", campaign, kAlice), "COUPON_LIMIT account limit=1 period=DAY"}});
}

TEST(IssueTest, MergedAccountsHaveOneLimit) {
  World world = Town();
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "spring", [](auto& opening) {
                                       opening.set_per_citizen(3);
                                       ForPoints(opening);
                                     }));
  const std::uint64_t of_bob = Done(world, IssueCoupon("b1", campaign, kBob));
  Done(world, IssueCoupon("b2", campaign, kBob));
  Done(world, IssueCoupon("a1", campaign, kAlice));
  Done(world, Merge("m", kBob, kAlice));
  Play(world,
       {{IssueCoupon("x", campaign, kAlice), "COUPON_LIMIT account limit=3 period=CAMPAIGN"}});
  // What was Bob's is Alice's.
  const std::int64_t before = world.BalanceOf(kAlice);
  Done(world, RevokeCoupon("r", of_bob, true));
  EXPECT_EQ(world.BalanceOf(kAlice), before + 200);
  Done(world, Cancel("u", "b2"));
  EXPECT_EQ(world.BalanceOf(kAlice), before + 400);
  Done(world, IssueCoupon("a2", campaign, kAlice));
}

TEST(IssueTest, UntilAllAreGone) {
  World world = Town();
  const CampaignNo campaign =
      Opened(world, OpenCampaign("c", "spring", [](auto& opening) { opening.set_stock(2); }));
  const std::uint64_t first = Done(world, IssueCoupon("i1", campaign, kAlice));
  Done(world, IssueCoupon("i2", campaign, kAlice));
  Play(world, {{IssueCoupon("i3", campaign, kBob), "COUPONS_GONE campaign why=STOCK"}});
  // What comes back goes to the funders.
  Done(world, RevokeCoupon("r", first));
  Play(world, {{IssueCoupon("i3", campaign, kBob), "COUPONS_GONE campaign why=STOCK"}});
  EXPECT_EQ(FenOf(world, campaign), "stock 0 coupons 1800 review 0 rest 1800");
}

TEST(IssueTest, ReleasesOfADay) {
  World world = Town();  // it is 10:00
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "spring", [](auto& opening) {
                                       auto& morning = *opening.add_daily_releases();
                                       morning.set_minute(10 * 60);
                                       morning.set_coupons(1);
                                       auto& noon = *opening.add_daily_releases();
                                       noon.set_minute(12 * 60);
                                       noon.set_coupons(2);
                                     }));
  const std::string next =
      "COUPONS_GONE campaign why=DAY next_release=" + FormatDate(world.today()) + "T12:00:00+08:00";
  Play(world,
       {{IssueCoupon("i1", campaign, kAlice), "OK"}, {IssueCoupon("i2", campaign, kAlice), next}});
  world.Wait(2 * kHour - 1);
  Play(world, {{IssueCoupon("i2", campaign, kAlice), next}});
  world.Wait(1);
  Play(world, {{IssueCoupon("i2", campaign, kAlice), "OK"},
               {IssueCoupon("i3", campaign, kBob), "OK"},
               {IssueCoupon("i4", campaign, kBob), "COUPONS_GONE campaign why=DAY"}});
  world.Wait(21 * kHour);  // 09:00
  Play(world,
       {{IssueCoupon("i4", campaign, kBob), "COUPONS_GONE campaign why=DAY next_release=" +
                                                FormatDate(world.today()) + "T10:00:00+08:00"}});
  world.Wait(kHour);
  Play(world, {{IssueCoupon("i4", campaign, kBob), "OK"}});
}

// Of several reasons the first of the list is told.
TEST(IssueTest, OrderOfReasons) {
  World world = Town();
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "spring", [](auto& opening) {
                                       ForPoints(opening);
                                       opening.set_stock(1);
                                       opening.set_per_citizen(1);
                                       opening.add_attestations("resident");
                                     }));
  const auto issue = [&](std::string_view id, AccountNo account) {
    return Attesting(IssueCoupon(id, campaign, account), {"resident"});
  };
  Done(world, issue("i1", kBob));
  Done(world, Redeem("spend", kBob, kShop, 200));  // 100 are left
  Play(world,
       {{issue("x", kBob), "COUPON_LIMIT account limit=1 period=CAMPAIGN"},
        {issue("x", kCarol), "COUPONS_GONE campaign why=STOCK"},
        {IssueCoupon("x", campaign, kBob), "COUPON_NOT_ELIGIBLE attestations missing=resident"}});
  Done(world, Pause("p", campaign));
  Play(world, {{IssueCoupon("x", campaign, kBob), "CAMPAIGN_STATE campaign state=PAUSED"}});
  Done(world, SetStatus("f", kBob, AccountStatus::kFrozen));
  Play(world, {{IssueCoupon("x", campaign, kBob), "ACCOUNT_FROZEN account"},
               {IssueCoupon("x", campaign, kShop), "WRONG_ACCOUNT_KIND account"}});
}

TEST(IssueTest, WinnersOfALottery) {
  World world = Town();
  const CampaignNo lottery = Opened(world, OpenCampaign("c", "lottery", [](auto& opening) {
                                      ByLottery(opening);
                                      opening.set_stock(1);
                                    }));
  const CampaignNo other = Opened(world, OpenCampaign("o", "other"));
  const std::uint64_t alice = Done(world, ApplyFor("a", lottery, kAlice));
  const std::uint64_t bob = Done(world, ApplyFor("b", lottery, kBob));
  Play(world,
       {{IssueCoupon("x", lottery, kAlice), "CAMPAIGN_STATE campaign state=LOTTERY"},
        {IssueCoupon("x", lottery, kAlice, alice), "CAMPAIGN_STATE campaign state=NOT_DRAWN"},
        {IssueCoupon("x", other, kAlice, alice), "UNKNOWN_COUPON application_entry_index"},
        {IssueCoupon("x", lottery, kAlice, bob), "UNKNOWN_COUPON application_entry_index"},
        {IssueCoupon("x", lottery, kAlice, alice - 1), "UNKNOWN_COUPON application_entry_index"}});
  world.WaitDays(6);
  Done(world, DrawLottery("d", lottery));
  // Of two applications the first is at place 0 or at place 1.
  const std::string first = world.Ask(IssueCoupon("wa", lottery, kAlice, alice));
  const bool alice_won = first == "OK";
  const std::string lost = "LOTTERY_NOT_WON application_entry_index";
  const std::string second = world.Ask(IssueCoupon("wb", lottery, kBob, bob));
  EXPECT_EQ(alice_won ? second : first, lost);
  EXPECT_EQ(alice_won ? first : second, "OK");
  const std::uint64_t won = alice_won ? alice : bob;
  const AccountNo winner = alice_won ? kAlice : kBob;
  EXPECT_EQ(world.state().FindUndone(EntryIndex(won)).coupon,
            (CouponNow{CouponState::kUsed, EntryIndex(world.last_index()), {}}));
  Play(world, {{IssueCoupon("again", lottery, winner, won),
                "COUPON_STATE application_entry_index state=USED"}});
  // A cancelled issue gives the application back and the coupon to the stock: who won still has.
  Done(world, Cancel("u", alice_won ? "wa" : "wb"));
  Done(world, IssueCoupon("again", lottery, winner, won));
}

TEST(IssueTest, ForPoints) {
  World world = Town();
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "spring", ForPoints));
  const std::int64_t issued = world.BalanceOf(kIssuance);
  const Lots before = world.Of(kBob).lots;
  const std::uint64_t coupon = Done(world, IssueCoupon("i1", campaign, kBob));
  EXPECT_EQ(world.last().coupon_issue().points(), 200);
  EXPECT_EQ(world.BalanceOf(kBob), 300);
  EXPECT_EQ(world.BalanceOf(kIssuance), issued + 200);
  Done(world, IssueCoupon("i2", campaign, kBob));
  Play(world, {{IssueCoupon("i3", campaign, kBob),
                "INSUFFICIENT_BALANCE account needed=200 available=100"}});
  Done(world, Cancel("u", "i2"));
  Done(world, RevokeCoupon("r", coupon, true));
  EXPECT_EQ(world.Of(kBob).lots, before);
  EXPECT_EQ(world.BalanceOf(kIssuance), issued);
  EXPECT_EQ(FenOf(world, campaign), "stock 16200 coupons 0 review 0 rest 1800");
  // Without points.
  Done(world, RevokeCoupon("r2", Done(world, IssueCoupon("i4", campaign, kBob))));
  EXPECT_EQ(world.BalanceOf(kBob), 300);
}

TEST(RevocationTest, NeedsAReasonAndAnOwnerWhoTakesPoints) {
  World world = Town();
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "spring", ForPoints));
  const std::uint64_t coupon = Done(world, IssueCoupon("i", campaign, kBob));
  Done(world, Close("x", kBob, true));
  Play(world, {{RevokeCoupon("r", coupon, false, ""), "FIELD_REQUIRED reason"},
               {RevokeCoupon("r", coupon, true), "ACCOUNT_CLOSED points_back"},
               {Cancel("u", "i"), "ACCOUNT_CLOSED target_request_id"},
               {RevokeCoupon("r", coupon), "OK"}});
  EXPECT_EQ(world.last().coupon_revocation().undone().account(), kBob.value());
}

// Then the fen are back with the funders.
TEST(RevocationTest, MovesNothingOnceNobodyCanUseIt) {
  World world = Town();
  const CampaignNo campaign = Opened(world, OpenCampaign("c", "spring"));
  const std::uint64_t coupon = Done(world, IssueCoupon("i", campaign, kAlice));
  Done(world, IssueCoupon("i2", campaign, kAlice));
  world.WaitDays(20);
  World in_time = world;
  Done(in_time, RevokeCoupon("r", coupon));
  EXPECT_EQ(in_time.last().postings_size(), 2);
  world.Wait(1);
  world.Sweep(kStockOfFirst);
  EXPECT_EQ(FenOf(world, campaign), "stock 0 coupons 0 review 0 rest 0");
  Done(world, RevokeCoupon("r", coupon));
  EXPECT_TRUE(world.last().postings().empty());
  Done(world, Cancel("u", "i2"));
  EXPECT_TRUE(world.last().postings().empty());
}

}  // namespace
}  // namespace tanhui
