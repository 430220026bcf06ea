// Campaigns: opened, paused, resumed, ended, extended.
#include <gtest/gtest.h>

#include "ledger/coupons/campaign_terms.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

namespace pb = entry::v1;

using namespace world;

TEST(CampaignTest, SetsAsideWhatItsCouponsMayCost) {
  World world = Town();
  const CampaignNo spring = Opened(world, OpenCampaign("o", "spring"));
  // 10 coupons of 18 yuan: 12 and 6 yuan, the merchant bears 2.
  EXPECT_EQ(Moves(world.last()), "25 -12000; 26 -6000; 32 +18000");
  EXPECT_EQ(FenOf(world, spring), "stock 18000 coupons 0 review 0 rest 0");
  const coupons::Campaign& campaign = CampaignIn(world, spring);
  EXPECT_EQ(campaign.stock_account, kStockOfFirst);
  EXPECT_EQ(campaign.rest_account(), kRestOfFirst);
  EXPECT_EQ(campaign.entry, EntryIndex(world.last_index()));
  EXPECT_EQ(coupons::LockOf(campaign), Amount(1'800));
  for (std::uint64_t i = 0; i < coupons::kCampaignAccounts; ++i) {
    const Account& account = world.Of(AccountNo(kStockOfFirst.value() + i));
    EXPECT_EQ(account.kind, AccountKind::kCampaign);
    EXPECT_EQ(account.asset, kFen);
    EXPECT_EQ(account.participant, ParticipantNo(0));
  }
  EXPECT_EQ(world.state().head().next_account, AccountNo(36));
  // The next one has accounts and a number of its own.
  const CampaignNo autumn = Opened(world, OpenCampaign("p", "autumn", PartOfOrder));
  EXPECT_EQ(Moves(world.last()), "25 -30000; 26 -15000; 36 +45000");
  EXPECT_EQ(autumn, CampaignNo(2));
  const coupons::Campaigns& all = coupons::CampaignsOf(world.state().registry());
  EXPECT_EQ(all.FindByStock(AccountNo(36)), all.Find("autumn"));
  EXPECT_EQ(all.FindByStock(AccountNo(37)), nullptr);
}

TEST(CampaignTest, SplitsByTheLargestRemainder) {
  World world = Town();
  const auto thirds = [](pb::CampaignOpening& opening) {
    opening.set_face_fen(1);
    opening.set_stock(1);
    opening.set_own_permille(0);
    opening.mutable_funders(0)->set_permille(500);
    opening.mutable_funders(1)->set_permille(500);
  };
  Opened(world, OpenCampaign("o", "one", thirds));
  EXPECT_EQ(Moves(world.last()), "25 -1; 32 +1");  // of equal ones the lower account
  Opened(world, OpenCampaign("p", "two", [&](pb::CampaignOpening& opening) {
           thirds(opening);
           opening.mutable_funders(0)->set_permille(499);
           opening.mutable_funders(1)->set_permille(501);
         }));
  EXPECT_EQ(Moves(world.last()), "26 -1; 36 +1");
}

TEST(CampaignTest, OfAMerchantAloneMovesNothing) {
  World world = Town();
  const CampaignNo own = Opened(world, OpenCampaign("o", "own", MerchantsOwn));
  EXPECT_EQ(Moves(world.last()), "");
  EXPECT_EQ(coupons::LockOf(CampaignIn(world, own)), Amount(0));
  EXPECT_EQ(world.state().head().next_account, AccountNo(36));
  world.WaitDays(30);
  EXPECT_FALSE(world.Sweep(kStockOfFirst));
}

TEST(CampaignTest, TheMostThatFundersPayIsSetAside) {
  World world = Town();
  Opened(world, OpenCampaign("o", "capped", [](pb::CampaignOpening& opening) {
           opening.set_funded_ceiling_fen(1'000);
         }));
  EXPECT_EQ(Moves(world.last()), "25 -6667; 26 -3333; 32 +10000");
}

TEST(CampaignTest, TwoNeverExhaustOneBudget) {
  World world = Town();
  const auto of = [](std::uint64_t stock) {
    return [stock](pb::CampaignOpening& opening) { opening.set_stock(stock); };
  };
  Play(world, {{OpenCampaign("a", "a", of(700)), "OK"},
               {OpenCampaign("b", "b", of(200)),
                "INSUFFICIENT_BUDGET stock needed=240000 available=160000 budget=district-fen"},
               {OpenCampaign("b", "b", of(133)), "OK"},
               {OpenCampaign("c", "c", of(1)),
                "INSUFFICIENT_BUDGET stock needed=1200 available=400 budget=district-fen"},
               {OpenCampaign("c", "c", MerchantsOwn), "OK"}});
}

struct Case {
  ChangeOpening change;
  std::string outcome;
};

void ExpectRefused(const std::vector<Case>& cases) {
  const World world = Town();
  for (const Case& row : cases) {
    const Command command = OpenCampaign("o", "new", row.change);
    World copy = world;
    EXPECT_EQ(copy.Ask(command), row.outcome);
    // What decide refuses, apply answers with a fault.
    Entry entry = std::get<Entry>(world.Decide(OpenCampaign("o", "new")));
    const std::uint32_t number = entry.campaign_opening().number();
    const std::uint64_t account = entry.campaign_opening().stock_account();
    *entry.mutable_campaign_opening() = command.draft.campaign_opening();
    entry.mutable_campaign_opening()->set_number(number);
    entry.mutable_campaign_opening()->set_stock_account(account);
    EXPECT_NE(world.FaultOf(entry), "OK") << row.outcome;
  }
}

std::string Invalid(std::string_view field, std::string_view problem) {
  return "FIELD_INVALID " + std::string(field) + " problem=" + std::string(problem);
}

TEST(CampaignRefusalTest, WhatItTakesOff) {
  constexpr std::string_view kFenRange = "must be 0 to 100000000000 fen";
  constexpr std::string_view kWithPercent = "must be set with percent_permille, and with that only";
  ExpectRefused({
      {[](auto& o) { o.set_face_fen(-1); }, Invalid("face_fen", kFenRange)},
      {[](auto& o) { o.set_face_fen(coupons::kMaxFen + 1); }, Invalid("face_fen", kFenRange)},
      {[](auto& o) { o.set_face_fen(0); },
       Invalid("face_fen", "either this or percent_permille must be set")},
      {[](auto& o) { o.set_percent_permille(100); },
       Invalid("face_fen", "either this or percent_permille must be set")},
      {[](auto& o) { o.set_ceiling_fen(1); }, Invalid("ceiling_fen", kWithPercent)},
      {[](auto& o) {
         PartOfOrder(o);
         o.clear_ceiling_fen();
       },
       Invalid("ceiling_fen", kWithPercent)},
      {[](auto& o) {
         PartOfOrder(o);
         o.set_percent_permille(1'001);
       },
       Invalid("percent_permille", "must be at most 1000")},
      {[](auto& o) { o.set_threshold_fen(-5); }, Invalid("threshold_fen", kFenRange)},
      {[](auto& o) { o.set_funded_ceiling_fen(-5); }, Invalid("funded_ceiling_fen", kFenRange)},
      {[](auto& o) { o.set_stock(0); }, Invalid("stock", "must be 1 to 1000000000")},
      {[](auto& o) { o.set_stock(coupons::kMaxStock + 1); },
       Invalid("stock", "must be 1 to 1000000000")},
      {[](auto& o) { o.set_stock(coupons::kMaxStock); },
       Invalid("stock", "so many coupons need more than 1000000000000 fen")},
      {[](auto& o) { o.clear_return_policy(); }, Invalid("return_policy", "must be stated")},
      {[](auto& o) { o.set_price_points(5); },
       Invalid("price_points", "needs points_asset, and that needs a price")},
      {[](auto& o) { o.set_points_asset(kPoints.value()); },
       Invalid("price_points", "needs points_asset, and that needs a price")},
      {[](auto& o) {
         o.set_points_asset(kPoints.value());
         o.set_price_points(-1);
       },
       Invalid("price_points", "must be 0 to 1000000000000")},
      {[](auto& o) { o.set_stacking_slot(5); }, Invalid("stacking_slot", "must be at most 4")},
  });
}

TEST(CampaignRefusalTest, Lists) {
  constexpr std::string_view kOrder = "must come in order, each once";
  constexpr std::string_view kCode = "must be 1 to 40 of a-z, 0-9, - and _";
  ExpectRefused({
      {[](auto& o) { o.set_code("Spring"); }, Invalid("campaign_id", kCode)},
      {[](auto& o) { o.clear_display_name(); }, Invalid("display_name", "is missing")},
      {[](auto& o) {
         o.add_merchants(kKiosk.value());
         o.add_merchants(kMall.value());
       },
       Invalid("merchants[1]", kOrder)},
      {[](auto& o) { o.add_merchants(0); }, Invalid("merchants[0]", "is no such number")},
      {[](auto& o) {
         o.add_districts(310'101);
         o.add_districts(310'101);
       },
       Invalid("districts[1]", kOrder)},
      {[](auto& o) { o.add_districts(1'000'000); }, Invalid("districts[0]", "is no such number")},
      {[](auto& o) {
         o.add_categories("food");
         o.add_categories("books");
       },
       Invalid("categories[1]", kOrder)},
      {[](auto& o) { o.add_categories("Food"); }, Invalid("categories[0]", kCode)},
      {[](auto& o) {
         for (std::uint32_t i = 1; i <= coupons::kMaxListed + 1; ++i) {
           o.add_districts(i);
         }
       },
       Invalid("districts", "has more than 200 rows")},
      {[](auto& o) { o.add_attestations(""); }, Invalid("attestations[0]", kCode)},
      {[](auto& o) {
         o.add_daily_releases()->set_minute(1'440);
         o.mutable_daily_releases(0)->set_coupons(1);
       },
       Invalid("daily_releases[0].minute", "must be 0 to 1439")},
      {[](auto& o) { o.add_daily_releases(); },
       Invalid("daily_releases[0].coupons", "must be 1 to 1000000000")},
      {[](auto& o) {
         o.add_daily_releases()->set_coupons(1);
         o.add_daily_releases()->set_coupons(1);
       },
       Invalid("daily_releases[1]", kOrder)},
  });
}

TEST(CampaignRefusalTest, Times) {
  constexpr std::string_view kBefore = "must not be before the first time";
  const std::int64_t start = kStart.value();
  ExpectRefused({
      {[](auto& o) { o.clear_issue_first_micros(); },
       Invalid("issue_first_time", "is no time that can be")},
      {[&](auto& o) { o.set_issue_last_micros(start - 1); }, Invalid("issue_last_time", kBefore)},
      {[&](auto& o) { o.set_use_last_micros(start - 1); }, Invalid("use_last_time", kBefore)},
      {[&](auto& o) { o.set_use_last_micros(o.issue_last_micros() - 1); },
       Invalid("use_last_time", "must not be before issue_last_time")},
      {[&](auto& o) {
         o.set_issue_first_micros(start - 5);
         o.set_issue_last_micros(start - 1);
       },
       Invalid("issue_last_time", "has passed")},
      {[](auto& o) { o.set_days_after_issue(kMaxTermDays + 1); },
       Invalid("days_after_issue", "must be at most 3660")},
  });
}

TEST(CampaignRefusalTest, WhoPaysAndWho) {
  ExpectRefused({
      {[](auto& o) { o.set_own_permille(101); },
       Invalid("own_permille", "and those of the funders must come to 1000")},
      {[](auto& o) { o.clear_funders(); },
       Invalid("own_permille", "and those of the funders must come to 1000")},
      {[](auto& o) { o.mutable_funders(0)->set_permille(0); },
       Invalid("funders[0].permille", "must be 1 to 1000")},
      {[](auto& o) { o.mutable_funders()->SwapElements(0, 1); },
       Invalid("funders[1]", "must come in order, each once")},
      {[](auto& o) {
         MerchantsOwn(o);
         Reviewed(o);
       },
       Invalid("reviewed", "needs funders")},
      {[](auto& o) { o.mutable_funders(1)->set_budget(999); }, "UNKNOWN_BUDGET funders[1].budget"},
      {[](auto& o) { o.mutable_funders(0)->set_budget(kBudget.value()); },
       "ASSET_MISMATCH funders[0].budget"},
      {[](auto& o) { o.set_organiser(99); }, "UNKNOWN_PARTICIPANT organiser"},
      {[](auto& o) { o.set_organiser(kPlatform.value()); }, "WRONG_PARTICIPANT_KIND organiser"},
      {[](auto& o) { o.add_merchants(99); }, "UNKNOWN_PARTICIPANT merchants[0]"},
      {[](auto& o) { o.add_merchants(kSponsor.value()); }, "WRONG_PARTICIPANT_KIND merchants[0]"},
      {[](auto& o) { o.set_money(99); }, "UNKNOWN_ASSET money"},
      {[](auto& o) { o.set_money(kPoints.value()); }, "ASSET_MISMATCH money"},
      {[](auto& o) { o.set_money(kStampFen.value()); }, "ASSET_MISMATCH funders[0].budget"},
      {[](auto& o) {
         o.set_price_points(5);
         o.set_points_asset(kStamps.value());
       },
       "ASSET_MISMATCH points_asset"},
      {[](auto& o) {
         o.set_price_points(5);
         o.set_points_asset(99);
       },
       "UNKNOWN_ASSET points_asset"},
  });
}

TEST(CampaignRefusalTest, LotteriesAndTradeIns) {
  const auto lottery = [](auto change) {
    return [change](pb::CampaignOpening& opening) {
      ByLottery(opening);
      change(opening);
    };
  };
  const auto trade_in = [](auto change) {
    return [change](pb::CampaignOpening& opening) {
      Reviewed(opening);
      opening.mutable_trade_in()->add_categories("fridge");
      change(opening);
    };
  };
  ExpectRefused({
      {lottery([](auto& o) { o.set_seed_sha256("short"); }),
       Invalid("seed_sha256", "must be 32 bytes")},
      {lottery([](auto& o) { o.clear_beacon(); }), Invalid("beacon", "is missing")},
      {lottery([](auto& o) { o.clear_seed_sha256(); }),
       Invalid("beacon", "is for a lottery only, which has seed_sha256")},
      {[](auto& o) { o.set_apply_last_micros(1); },
       Invalid("apply_last_time", "is for a lottery only, which has seed_sha256")},
      {lottery([](auto& o) { o.set_apply_last_micros(o.issue_last_micros()); }),
       Invalid("apply_last_time", "must be from issue_first_time on and before issue_last_time")},
      {lottery([](auto& o) { o.add_daily_releases()->set_coupons(1); }),
       Invalid("daily_releases", "are not for a lottery: who won gets a coupon")},
      {trade_in([](auto& o) { o.set_reviewed(false); }),
       Invalid("reviewed", "must be set: trade-ins are paid after review")},
      {trade_in([](auto& o) { o.mutable_trade_in()->clear_categories(); }),
       Invalid("trade_in.categories", "is missing")},
      {trade_in([](auto& o) { o.mutable_trade_in()->set_worst_grade(6); }),
       Invalid("trade_in.worst_grade", "must be 0 to 5")},
  });
}

TEST(CampaignRefusalTest, ACodeAndABudgetsPeriod) {
  World world = Town();
  Command dated = OpenBudget("b", "dated", kDistrict, kFen);
  dated.draft.mutable_budget_opening()->set_first_date(world.today().value() + 1);
  Done(world, By(dated, kOperator));
  const std::uint64_t budget = world.last().budget_opening().number();
  Play(world,
       {{OpenCampaign("a", "spring"), "OK"},
        {OpenCampaign("b2", "spring"), "CODE_EXISTS campaign_id code=spring"},
        {OpenCampaign("c", "other", [&](auto& o) { o.mutable_funders(1)->set_budget(budget); }),
         "BUDGET_OUT_OF_PERIOD funders[1].budget"}});
}

TEST(CampaignFaultTest, AnOpening) {
  const World world = Town();
  const Command open = OpenCampaign("o", "spring");
  const auto tampered = [&](auto change) { return Tampered(world, open, change); };
  constexpr std::string_view kNext = "a number that is not the next one";
  EXPECT_EQ(tampered([](Entry&) {}), "OK");
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_campaign_opening()->set_number(2); }), kNext);
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_campaign_opening()->set_stock_account(33); }), kNext);
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_campaign_opening()->set_money(99); }),
            "a campaign of an unknown asset");
  EXPECT_NE(tampered([](Entry& e) { e.clear_postings(); }), "OK");
  EXPECT_NE(tampered([](Entry& e) { e.mutable_postings()->SwapElements(0, 1); }), "OK");
  EXPECT_NE(tampered([](Entry& e) { e.mutable_campaign_opening()->set_stock(9); }), "OK");
}

TEST(CampaignChangeTest, PausesResumesEnds) {
  World world = Town();
  const CampaignNo spring = Opened(world, OpenCampaign("o", "spring"));
  const CampaignNo none(9);
  Play(world, {{Pause("a", none), "UNKNOWN_CAMPAIGN campaign"},
               {Resume("a", spring), "CAMPAIGN_STATE campaign state=RUNNING"},
               {Pause("a", spring), "OK"},
               {Pause("b", spring), "CAMPAIGN_STATE campaign state=PAUSED"},
               {Resume("b", spring), "OK"},
               {Pause("c", spring), "OK"},
               {End("d", spring), "OK"},
               {End("e", spring), "CAMPAIGN_STATE campaign state=ENDED"},
               {Resume("e", spring), "CAMPAIGN_STATE campaign state=ENDED"},
               {End("d", spring), "SEEN " + std::to_string(world.last_index() + 4)}});
  const CampaignNo over = Opened(world, OpenCampaign("p", "over"));
  world.WaitDays(11);
  Play(world, {{Pause("f", over), "CAMPAIGN_STATE campaign state=OVER"},
               {End("f", over), "CAMPAIGN_STATE campaign state=OVER"}});
}

TEST(CampaignChangeTest, ExtendsNeverBackwardsAndNeverWhatWentBack) {
  World world = Town();
  const CampaignNo spring = Opened(world, OpenCampaign("o", "spring"));
  const LedgerTime issue = world.InDays(10);
  const LedgerTime use = world.InDays(20);
  const auto later = [](LedgerTime time, std::int64_t days) {
    return LedgerTime(time.value() + days * kMicrosPerDay);
  };
  Play(world, {{Extend("a", spring, LedgerTime(issue.value() - 1), use),
                Invalid("issue_last_time", "must not be before the one that it was")},
               {Extend("a", spring, issue, LedgerTime(use.value() - 1)),
                Invalid("use_last_time",
                        "must not be before the one that it was, or before issue_last_time")},
               {Extend("a", spring, later(use, 1), use),
                Invalid("use_last_time",
                        "must not be before the one that it was, or before issue_last_time")},
               {Extend("a", spring, issue, use),
                Invalid("issue_last_time", "or use_last_time must be later than it was")},
               {Extend("a", spring, later(issue, 1), later(use, 1)), "OK"}});
  EXPECT_EQ(CampaignIn(world, spring).issue_last, later(issue, 1));
  EXPECT_EQ(CampaignIn(world, spring).use_last, later(use, 1));
  Play(world, {{End("b", spring), "OK"},
               {Extend("c", spring, later(issue, 2), later(use, 2)),
                "CAMPAIGN_STATE campaign state=ENDED"},
               {Extend("c", spring, later(issue, 1), later(use, 2)), "OK"}});
  world.WaitDays(23);
  Play(world, {{Extend("d", spring, later(issue, 1), later(use, 3)),
                "CAMPAIGN_STATE campaign state=OVER"}});
}

TEST(CampaignChangeTest, FormsAndFaults) {
  World world = Town();
  const CampaignNo spring = Opened(world, OpenCampaign("o", "spring"));
  constexpr std::string_view kTime = "must be a time for an extension, and is for that only";
  constexpr std::string_view kCannot = "a change of a campaign that cannot be";
  const auto with = [](Command command, auto change) {
    change(*command.draft.mutable_campaign_change());
    return command;
  };
  const auto tampered = [&](auto change) {
    return Tampered(world, Pause("a", spring),
                    [&](Entry& e) { change(*e.mutable_campaign_change()); });
  };
  const auto no_action = [](pb::CampaignChange& c) { c.clear_action(); };
  const auto time = [](pb::CampaignChange& c) { c.set_use_last_micros(1); };
  const auto no_reason = [](pb::CampaignChange& c) { c.clear_reason(); };
  Play(world, {{with(Pause("a", spring), no_action), Invalid("action", "must be stated")},
               {with(Pause("a", spring), time), Invalid("use_last_time", kTime)},
               {with(Pause("a", spring), no_reason),
                Invalid("reason", "must be 1 to 32 of a-z, 0-9 and _")}});
  EXPECT_EQ(tampered([](pb::CampaignChange&) {}), "OK");
  EXPECT_EQ(tampered(no_action), kCannot);
  EXPECT_EQ(tampered(time), kCannot);
  EXPECT_EQ(tampered(no_reason), kCannot);
  EXPECT_EQ(tampered([](pb::CampaignChange& c) { c.set_campaign(7); }), kCannot);
  EXPECT_EQ(tampered([](pb::CampaignChange& c) { c.set_action(pb::CAMPAIGN_ACTION_RESUME); }),
            kCannot);
}

}  // namespace
}  // namespace tanhui
