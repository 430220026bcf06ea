#include "tests/ledger/coupons/golden_coupons.h"

#include <gtest/gtest.h>

#include "tests/ledger/coupons/town.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

// Of the golden chain.
constexpr AssetNo kAsset{1};
constexpr AssetNo kMoney{2};
constexpr ParticipantNo kFund{2};
constexpr ParticipantNo kMerchant{3};
constexpr AccountNo kMallTill{6};
constexpr AccountNo kWalker{10};
constexpr AccountNo kTown{11};
constexpr AccountNo kPartner{13};

ChangeOpening PaidBy(AccountNo budget) {
  return [budget](pb::CampaignOpening& opening) {
    opening.set_organiser(kFund.value());
    opening.set_money(kMoney.value());
    opening.clear_funders();
    opening.add_funders()->set_budget(budget.value());
    opening.mutable_funders(0)->set_permille(900);
  };
}

// Every field says something.
void Spring(pb::CampaignOpening& opening) {
  PartOfOrder(opening);
  Reviewed(opening);
  opening.add_merchants(kMerchant.value());
  opening.add_categories("appliance");
  opening.add_categories("food");
  opening.set_days_after_issue(7);
  opening.add_daily_releases()->set_minute(480);
  opening.mutable_daily_releases(0)->set_coupons(3);
  opening.set_per_citizen(2);
  opening.set_per_citizen_day(2);
  opening.set_stacking_slot(2);
  opening.set_points_asset(kAsset.value());
  opening.set_price_points(3);
  opening.set_funded_ceiling_fen(4'000);
  opening.add_attestations("real_name");
}

Command Attested(Command issue) {
  issue.draft.mutable_coupon_issue()->add_attestations("real_name");
  return issue;
}

// Campaigns begin now.
Command Now(const World& world, Command opening) {
  auto& body = *opening.draft.mutable_campaign_opening();
  const std::int64_t now = world.now().value() + 60 * kMicrosPerMinute;
  const std::int64_t late = now - body.issue_first_micros();
  body.set_issue_first_micros(body.issue_first_micros() + late);
  body.set_issue_last_micros(body.issue_last_micros() + late);
  body.set_use_first_micros(body.use_first_micros() + late);
  body.set_use_last_micros(body.use_last_micros() + late);
  if (body.apply_last_micros() != 0) {
    body.set_apply_last_micros(body.apply_last_micros() + late);
  }
  return opening;
}

}  // namespace

void TellOfCoupons(World& world) {
  const AccountNo budget = world.state().head().next_account;
  const AccountNo stock(budget.value() + 1);
  const AccountNo lottery_stock(stock.value() + coupons::kCampaignAccounts);
  constexpr CampaignNo kSpring{1};
  constexpr CampaignNo kLottery{2};
  const auto done = [&world](const Command& command) {
    world.Wait(30 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
    return world.last_index();
  };
  done(OpenBudget("u1", "fund-fen", kFund, kMoney));
  done(Fund("u2", budget, 1'000'000));
  done(ChangeUnit("u3", kMerchant, kAsset, UnitNo(0), {}));
  done(Award("u4", kWalker, kTown, 20));
  const ChangeOpening paid = PaidBy(budget);
  done(Now(world, OpenCampaign("u5", "spring", [&](pb::CampaignOpening& opening) {
             Spring(opening), paid(opening);
           })));
  world.Wait(30 * kMicrosPerMinute);
  const std::uint64_t coupon = done(Attested(IssueCoupon("u6", kSpring, kWalker)));
  const auto order = [](std::string_view name) {
    return OrderAt(kMallTill, name, {{12'000, "food"}, {700, "bag"}, {8'000, "appliance"}}, 2);
  };
  done(LockCoupon("u7", coupon, order("o-1"), world.InDays(1)));
  done(UnlockCoupon("u8", coupon));
  const std::uint64_t use = done(UseCoupon("u9", coupon, order("o-2")));
  done(RefundCoupon("u10", use, {{1, 700}, {2, 4'000}}));
  done(ReviewUse("u11", use, 2'500, "papers_missing"));
  done(RefundCoupon("u12", use, {{0, 12'000}, {2, 4'000}}));
  done(UseCoupon("u13", coupon, order("o-3")));
  done(Cancel("u14", "u13"));
  done(RevokeCoupon("u15", coupon, true));
  done(Attested(IssueCoupon("u16", kSpring, kPartner)));
  done(Cancel("u17", "u16"));
  done(Pause("u18", kSpring));
  done(Now(world, OpenCampaign("u19", "lucky", [&](pb::CampaignOpening& opening) {
             ByLottery(opening), paid(opening);
           })));
  world.Wait(30 * kMicrosPerMinute);
  const std::uint64_t application = done(ApplyFor("u20", kLottery, kPartner));
  world.WaitDays(6);
  done(DrawLottery("u21", kLottery));
  done(IssueCoupon("u22", kLottery, kPartner, application));
  world.WaitDays(30);
  EXPECT_TRUE(world.Sweep(stock));
  EXPECT_TRUE(world.Sweep(lottery_stock));
}

}  // namespace tanhui::world
