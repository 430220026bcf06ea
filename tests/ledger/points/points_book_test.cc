// Table tests of the points book: one line per step, the expected outcome last.
#include "ledger/points/points_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
using ::testing::HasSubstr;

// The balances of kIssuance, kBudget, kAlice, kBob and kShop in words.
std::string Balances(const World& world) {
  std::string text;
  for (const AccountNo number : {kIssuance, kBudget, kAlice, kBob, kShop}) {
    text += (text.empty() ? "" : " ") + std::to_string(world.BalanceOf(number));
  }
  return text;
}

TEST(PointsTest, FromIssuanceToTheMerchant) {
  World world;
  Play(world, {{Fund("f", kBudget, 100), "OK"}});
  EXPECT_EQ(Balances(world), "-100 100 0 0 0");
  Play(world, {{Award("a", kAlice, kBudget, 27), "OK"}});
  EXPECT_EQ(Balances(world), "-100 73 27 0 0");
  Play(world, {{Transfer("t", kAlice, kBob, 10), "OK"}});
  EXPECT_EQ(Balances(world), "-100 73 17 10 0");
  Play(world, {{Redeem("r", kBob, kShop, 4), "OK"}});
  EXPECT_EQ(Balances(world), "-100 73 17 6 4");
}

TEST(PointsTest, Funding) {
  World world;
  Play(world, {
                  {Fund("f1", kBudget, 100), "OK"},
                  {Fund("f1", kBudget, 100), "SEEN 20"},
                  {Fund("f1", kBudget, 101), "SEEN 20 OTHER points"},
                  {Fund("f2", kBudget, 1), "OK"},
                  {Fund("f3", kBudget, kMaxPostingAmount.units()), "OK"},  // no limit of the asset
                  {Fund("f4", kAlice, 1), "WRONG_ACCOUNT_KIND budget"},
                  {Fund("f5", kShop, 1), "WRONG_ACCOUNT_KIND budget"},
                  {Fund("f6", kIssuance, 1), "WRONG_ACCOUNT_KIND budget"},
                  {Fund("f7", kStampBudget, 5), "OK"},
              });
  EXPECT_EQ(world.BalanceOf(kBudget), 1'000'000'000'101);
  EXPECT_EQ(world.BalanceOf(kIssuance), -1'000'000'000'101);
  EXPECT_EQ(world.BalanceOf(kStampBudget), 5);
  EXPECT_EQ(world.BalanceOf(kStampIssuance), -5);
}

TEST(PointsTest, Awards) {
  World world;
  Play(world,
       {
           {Award("a0", kAlice, kBudget, 1), "INSUFFICIENT_BUDGET points needed=1 available=0"},
           {Fund("f", kBudget, 1500), "OK"},
           {Award("a1", kAlice, kBudget, 1), "OK"},
           {Award("a1", kAlice, kBudget, 1), "SEEN 21"},
           {Award("a2", kBob, kBudget, 1000), "OK"},
           {Award("a3", kBob, kBudget, 1001), "AMOUNT_OVER_ASSET_LIMIT points limit=1000"},
           {Award("a4", kBob, kBudget, 500), "INSUFFICIENT_BUDGET points needed=500 available=499"},
           {Award("a4", kBob, kBudget, 499), "OK"},
           {Award("a5", kBob, kBudget, 1), "INSUFFICIENT_BUDGET points needed=1 available=0"},
           {Award("a6", kShop, kBudget, 1), "WRONG_ACCOUNT_KIND account"},
           {Award("a6", kBudget, kBudget, 1), "WRONG_ACCOUNT_KIND account"},
           {Award("a6", kIssuance, kBudget, 1), "WRONG_ACCOUNT_KIND account"},
           {Award("a6", kAlice, kBob, 1), "WRONG_ACCOUNT_KIND budget"},
           {Award("a6", kAlice, kIssuance, 1), "WRONG_ACCOUNT_KIND budget"},
           {Award("a6", kAlice, kShop, 1), "WRONG_ACCOUNT_KIND budget"},
           {Award("a6", kStampAlice, kBudget, 1), "ASSET_MISMATCH budget"},
           {Award("a6", kAlice, kStampBudget, 1), "ASSET_MISMATCH budget"},
       });
  EXPECT_EQ(Balances(world), "-1500 0 1 1499 0");
}

TEST(PointsTest, ABudgetIsNeverOverspent) {
  World world;
  Play(world,
       {
           {Fund("f", kBudget, 10), "OK"},
           {Award("a1", kAlice, kBudget, 6), "OK"},
           {Award("a2", kBob, kBudget, 6), "INSUFFICIENT_BUDGET points needed=6 available=4"},
           {Award("a3", kBob, kBudget, 4), "OK"},
           {Fund("f2", kBudget, 6), "OK"},
           {Award("a2", kBob, kBudget, 6), "OK"},  // the refusal was not remembered
       });
}

TEST(PointsTest, Redemptions) {
  World world;
  Play(world,
       {
           {Fund("f", kBudget, 2000), "OK"},
           {Award("a1", kAlice, kBudget, 1000), "OK"},
           {Award("a2", kAlice, kBudget, 1000), "OK"},
           {Redeem("r1", kAlice, kShop, 1000), "OK"},
           {Redeem("r1", kAlice, kShop, 1000), "SEEN 23"},
           {Redeem("r2", kAlice, kShop, 1001), "AMOUNT_OVER_ASSET_LIMIT points limit=1000"},
           {Redeem("r3", kAlice, kShop, 999), "OK"},
           {Redeem("r4", kAlice, kShop, 2), "INSUFFICIENT_BALANCE points needed=2 available=1"},
           {Redeem("r4", kAlice, kShop, 1), "OK"},
           {Redeem("r5", kBob, kShop, 1), "INSUFFICIENT_BALANCE points needed=1 available=0"},
           {Redeem("r6", kShop, kShop, 1), "WRONG_ACCOUNT_KIND account"},
           {Redeem("r6", kBudget, kShop, 1), "WRONG_ACCOUNT_KIND account"},
           {Redeem("r6", kAlice, kBob, 1), "WRONG_ACCOUNT_KIND merchant"},
           {Redeem("r6", kAlice, kBudget, 1), "WRONG_ACCOUNT_KIND merchant"},
           {Redeem("r6", kAlice, kStampShop, 1), "ASSET_MISMATCH merchant"},
           {Redeem("r6", kStampAlice, kShop, 1), "ASSET_MISMATCH merchant"},
       });
  EXPECT_EQ(Balances(world), "-2000 0 0 0 2000");
}

TEST(PointsTest, Transfers) {
  World world;
  Play(world, {
                  {Fund("f", kBudget, 2000), "OK"},
                  {Fund("fs", kStampBudget, 100), "OK"},
                  {Award("a1", kAlice, kBudget, 1000), "OK"},
                  {Award("a2", kAlice, kBudget, 1000), "OK"},
                  {Award("a3", kStampAlice, kStampBudget, 50), "OK"},
                  {Transfer("t1", kAlice, kBob, 1000), "OK"},
                  {Transfer("t1", kAlice, kBob, 1000), "SEEN 25"},
                  {Transfer("t2", kBob, kAlice, 1), "OK"},
                  {Transfer("t3", kAlice, kBob, 1001), "AMOUNT_OVER_ASSET_LIMIT points limit=1000"},
                  {Transfer("t4", kBob, kAlice, 1000),
                   "INSUFFICIENT_BALANCE points needed=1000 available=999"},
                  {Transfer("t5", kAlice, kAlice, 1), "SAME_ACCOUNT to_account"},
                  {Transfer("t5", kStampAlice, kStampBob, 1), "TRANSFERS_OFF from_account"},
                  {Transfer("t5", kAlice, kStampBob, 1), "ASSET_MISMATCH to_account"},
                  {Transfer("t5", kStampAlice, kBob, 1), "ASSET_MISMATCH to_account"},
                  {Transfer("t5", kShop, kBob, 1), "WRONG_ACCOUNT_KIND from_account"},
                  {Transfer("t5", kBudget, kBob, 1), "WRONG_ACCOUNT_KIND from_account"},
                  {Transfer("t5", kIssuance, kBob, 1), "WRONG_ACCOUNT_KIND from_account"},
                  {Transfer("t5", kAlice, kShop, 1), "WRONG_ACCOUNT_KIND to_account"},
                  {Transfer("t5", kAlice, kBudget, 1), "WRONG_ACCOUNT_KIND to_account"},
              });
  EXPECT_EQ(Balances(world), "-2000 0 1001 999 0");
}

TEST(PointsTest, Budgets) {
  World world;
  Play(world,
       {
           {OpenBudget("b1", "metro", kSponsor, kPoints), "OK"},
           {OpenBudget("b1", "metro", kSponsor, kPoints), "SEEN 20"},
           {OpenBudget("b2", "metro", kSponsor, kPoints), "CODE_EXISTS budget_id code=metro"},
           {OpenBudget("b3", "metro", kDistrict, kStamps), "CODE_EXISTS budget_id code=metro"},
           {OpenBudget("b4", "bus", kDistrict, kStamps), "OK"},
           {OpenBudget("b5", "x", kMall, kPoints), "WRONG_PARTICIPANT_KIND sponsor"},
           {OpenBudget("b6", "x", kPlatform, kPoints), "WRONG_PARTICIPANT_KIND sponsor"},
           {OpenBudget("b7", "x", kOperator, kPoints), "WRONG_PARTICIPANT_KIND sponsor"},
       });
  const AccountNo kSecond(kNextAccount.value() + 1);
  const Budget* budget = world.state().registry().FindBudget("bus");
  ASSERT_NE(budget, nullptr);
  EXPECT_EQ(budget->account, kSecond);
  EXPECT_EQ(budget->sponsor, kDistrict);
  EXPECT_EQ(budget->asset, kStamps);
  EXPECT_EQ(budget->display_name, "budget bus");
  EXPECT_EQ(world.state().registry().FindBudget(kSecond), budget);
  const Account* account = world.state().FindAccount(kSecond);
  ASSERT_NE(account, nullptr);
  EXPECT_EQ(account->kind, AccountKind::kBudget);
  EXPECT_EQ(account->asset, kStamps);
  EXPECT_EQ(account->participant, kDistrict);
  EXPECT_EQ(account->id, AccountId()) << "it is named by its code";
  EXPECT_EQ(account->balance, Amount(0));
}

TEST(PointsTest, TheLedgerTakesWhatHappenedDaysAgo) {
  World world;
  const LedgerTime last_year(kStart.value() - 365 * kMicrosPerDay);
  Play(world, {
                  {Fund("f", kBudget, 10), "OK"},
                  {ActAt(Award("a", kAlice, kBudget, 1), last_year), "OK"},
              });
  EXPECT_EQ(FormatDate(BusinessDate(world.last().business_date())), "2023-02-28");
}

// Each account's history can be walked backwards through `previous`.
TEST(PointsTest, HistoriesAreChained) {
  World world;
  Play(world, {
                  {Fund("f", kBudget, 100), "OK"},           // entry 20
                  {Award("a1", kAlice, kBudget, 10), "OK"},  // 21
                  {Award("a2", kBob, kBudget, 10), "OK"},    // 22
                  {Transfer("t", kAlice, kBob, 5), "OK"},    // 23
                  {Redeem("r", kBob, kShop, 15), "OK"},      // 24
              });
  std::string walk;
  for (std::uint64_t at = world.state().FindAccount(kBob)->last_entry_plus_one; at != 0;) {
    for (const entry::v1::Posting& posting : world.entries()[at - 1].postings()) {
      if (posting.account() == kBob.value()) {
        walk += std::to_string(at - 1) + ":" + std::to_string(posting.amount()) + "=" +
                std::to_string(posting.balance_after()) + " ";
        at = posting.previous();
        break;
      }
    }
  }
  EXPECT_EQ(walk, "24:-15=0 23:5=15 22:10=10 ");
}

// What decide cannot have made: postings that do not tell what the body tells.
TEST(PointsTest, ApplyFindsPostingsThatAreNotTheBodys) {
  World world;
  Play(world, {{Fund("f", kBudget, 100), "OK"}, {Award("a", kAlice, kBudget, 50), "OK"}});
  const auto fault = [&world](const Command& command, auto&& change) {
    Entry entry = std::get<Entry>(world.Decide(command));
    change(entry);
    return world.FaultOf(entry);
  };
  const Command award = Award("x", kBob, kBudget, 10);
  const Command redeem = Redeem("x", kAlice, kShop, 10);
  const Command transfer = Transfer("x", kAlice, kBob, 10);
  const Command fund = Fund("x", kBudget, 10);
  for (const Command& command : {award, redeem, transfer, fund}) {
    EXPECT_EQ(fault(command, [](Entry&) {}), "OK");
    EXPECT_THAT(fault(command, [](Entry& e) { e.clear_postings(); }),
                HasSubstr("more or fewer postings"));
  }
  const std::string accounts = "not on the accounts of the body";
  const std::string points = "not the points of the body";
  EXPECT_EQ("the postings are " + points,
            fault(award, [](Entry& e) { e.mutable_award()->set_points(11); }));
  EXPECT_THAT(fault(award, [](Entry& e) { e.mutable_award()->set_points(-10); }),
              HasSubstr(points));
  EXPECT_THAT(fault(award, [](Entry& e) { e.mutable_award()->set_account(kAlice.value()); }),
              HasSubstr(accounts));
  EXPECT_THAT(fault(award, [](Entry& e) { e.mutable_award()->set_budget(99); }),
              HasSubstr(accounts));
  EXPECT_THAT(fault(redeem, [](Entry& e) { e.mutable_redemption()->set_points(9); }),
              HasSubstr(points));
  EXPECT_THAT(fault(redeem, [](Entry& e) { e.mutable_redemption()->set_merchant(4); }),
              HasSubstr(accounts));
  EXPECT_THAT(fault(transfer, [](Entry& e) { e.mutable_transfer()->set_points(9); }),
              HasSubstr(points));
  EXPECT_THAT(fault(transfer, [](Entry& e) { e.mutable_transfer()->set_from(4); }),
              HasSubstr(accounts));
  EXPECT_THAT(fault(fund, [](Entry& e) { e.mutable_funding()->set_points(9); }), HasSubstr(points));
  EXPECT_THAT(fault(fund, [](Entry& e) { e.mutable_funding()->set_budget(kStampBudget.value()); }),
              HasSubstr(accounts));
  EXPECT_THAT(fault(fund, [](Entry& e) { e.mutable_funding()->set_budget(99); }),
              HasSubstr("no budget"));
  // The right accounts of the wrong kind: an award that a citizen pays.
  EXPECT_THAT(fault(transfer,
                    [](Entry& e) {
                      entry::v1::Award& forged = *e.mutable_award();
                      forged.set_account(kBob.value());
                      forged.set_budget(kAlice.value());
                      forged.set_points(10);
                    }),
              HasSubstr("another kind"));
}

TEST(PointsTest, ApplyFindsABudgetThatDecideCannotHaveMade) {
  World world;
  const auto fault = [&world](auto&& change) {
    Entry entry = std::get<Entry>(world.Decide(OpenBudget("b", "new", kSponsor, kPoints)));
    change(*entry.mutable_budget_opening());
    return world.FaultOf(entry);
  };
  EXPECT_EQ(fault([](auto&) {}), "OK");
  EXPECT_THAT(fault([](auto& b) { b.set_number(3); }), HasSubstr("not the next one"));
  EXPECT_THAT(fault([](auto& b) { b.set_code("budget"); }), HasSubstr("taken"));
  EXPECT_THAT(fault([](auto& b) { b.set_asset(9); }), HasSubstr("unknown asset"));
}

}  // namespace
}  // namespace tanhui
