// Where coupons are used and for what orders: locks, redemptions, stacking, trade-ins.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/rules/rulebook.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"
#include "tests/ledger/points/earning/acts.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

constexpr CampaignNo kCampaign{1};
constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

pb::CouponOrder Order(std::string_view name, std::int64_t fen = 12'000) {
  return OrderAt(kBakeryShop, name, {{fen}});
}

// Alice's coupon of a campaign.
struct Held {
  World world = static_cast<World (*)()>(Town)();
  std::uint64_t coupon = 0;

  explicit Held(const ChangeOpening& change = nullptr) {
    Opened(world, OpenCampaign("campaign", "spring", change));
    coupon = Done(world, IssueCoupon("issue", kCampaign, kAlice));
  }
  Command Use(std::string_view id, const pb::CouponOrder& order) const {
    return UseCoupon(id, coupon, order);
  }
  Command Lock(const pb::CouponOrder& order, std::int64_t micros = kHour) const {
    return LockCoupon("lock", coupon, order, LedgerTime(world.now().value() + micros));
  }
};

// Both are refused alike, whatever comes of the coupon.
void ExpectRefused(const Held& held, const pb::CouponOrder& order, std::string_view outcome) {
  Held copy = held;
  EXPECT_EQ(copy.world.Ask(copy.Use("use", order)), outcome);
  EXPECT_EQ(copy.world.Ask(copy.Lock(order)), outcome);
}

TEST(CouponUseTest, TheFundersPayTheMerchantBearsTheRest) {
  Held held;
  Done(held.world, held.Use("use", Order("o-1")));
  const pb::CouponRedemption& use = held.world.last().coupon_redemption();
  EXPECT_EQ(use.discount_fen(), 2'000);
  EXPECT_EQ(use.funded_fen(), 1'800);
  EXPECT_EQ(use.campaign(), kCampaign.value());
  EXPECT_EQ(use.account(), kAlice.value());
  EXPECT_EQ(FenOf(held.world, kCampaign), "stock 16200 coupons 0 review 0 rest 0");
  EXPECT_EQ(held.world.BalanceOf(kBakeryClaim), 1'800);
  EXPECT_EQ(held.world.Of(kBakeryClaim).given, (DayTotal{held.world.today(), Amount(1'800)}));
}

// What a part of the order costs the funders less than the most is left over.
TEST(CouponUseTest, WhatIsLeftOverIsFree) {
  Held held(PartOfOrder);  // 20 %, at most 50 yuan: 45 are set aside
  Done(held.world, held.Use("use", Order("o-1", 10'005)));
  EXPECT_EQ(held.world.last().coupon_redemption().discount_fen(), 2'001);
  EXPECT_EQ(held.world.last().coupon_redemption().funded_fen(), 1'801);
  EXPECT_EQ(FenOf(held.world, kCampaign), "stock 40500 coupons 0 review 0 rest 2699");
  EXPECT_EQ(held.world.BalanceOf(kBakeryClaim), 1'801);
}

TEST(CouponUseTest, WaitsForReview) {
  Held held(Reviewed);
  Done(held.world, held.Use("use", Order("o-1")));
  EXPECT_EQ(FenOf(held.world, kCampaign), "stock 16200 coupons 0 review 1800 rest 0");
  EXPECT_EQ(held.world.BalanceOf(kBakeryClaim), 0);
}

TEST(CouponUseTest, AtUnitsOfTheMerchant) {
  Held held;
  Done(held.world, held.Use("use", OrderAt(kTillAccount, "o-1", {{12'000}})));
  EXPECT_EQ(held.world.BalanceOf(kClaim), 1'800);
}

TEST(CouponUseTest, WhatCounts) {
  Held held([](pb::CampaignOpening& opening) { opening.add_categories("food"); });
  const auto order = [](std::int64_t food, std::int64_t tools) {
    return OrderAt(kBakeryShop, "o-1", {{food, "food"}, {tools, "tools"}});
  };
  ExpectRefused(held, order(9'999, 90'000),
                "COUPON_BELOW_THRESHOLD order.lines eligible=9999 threshold=10000");
  ExpectRefused(held, order(0, 90'000),
                "COUPON_BELOW_THRESHOLD order.lines eligible=0 threshold=10000");
  Done(held.world, held.Use("use", order(10'000, 1)));
}

TEST(CouponUseTest, Merchants) {
  Held held([](pb::CampaignOpening& opening) { opening.add_merchants(kMall.value()); });
  ExpectRefused(held, Order("o-1"), "COUPON_NOT_ACCEPTED order.merchant why=MERCHANT");
  Done(held.world, held.Use("use", OrderAt(kShop, "o-1", {{12'000}})));
}

TEST(CouponUseTest, Districts) {
  Held held([](pb::CampaignOpening& opening) { opening.add_districts(500'103); });
  ExpectRefused(held, Order("o-1"), "COUPON_NOT_ACCEPTED order.merchant why=DISTRICT");
  ExpectRefused(held, OrderAt(kTillAccount, "o-1", {{12'000}}),
                "COUPON_NOT_ACCEPTED order.merchant why=DISTRICT");
  Command store = CreateStore("bakery-store", kBakery, kPoints, "centre");
  store.draft.mutable_unit_creation()->set_district(500'103);
  Done(held.world, store);
  const AccountNo unit(held.world.last().unit_creation().account());
  Done(held.world, held.Use("use", OrderAt(unit, "o-1", {{12'000}})));
}

// A till is where its store is.
TEST(CouponUseTest, DistrictOfATill) {
  Held held([](pb::CampaignOpening& opening) { opening.add_districts(500'103); });
  Command store = CreateStore("bakery-store", kBakery, kPoints, "centre");
  store.draft.mutable_unit_creation()->set_district(500'103);
  Done(held.world, store);
  Done(held.world, CreateTill("bakery-till", kBakery, kPoints,
                              UnitNo(held.world.last().unit_creation().number()), "t-1"));
  const AccountNo till(held.world.last().unit_creation().account());
  Done(held.world, held.Use("use", OrderAt(till, "o-1", {{12'000}})));
}

TEST(CouponUseTest, WhoHasNoClaimTakesOnlyItsOwn) {
  const pb::CouponOrder order = OrderAt(kKioskShop, "o-1", {{12'000}});
  ExpectRefused(Held(), order, "COUPON_NOT_ACCEPTED order.merchant why=NO_CLAIM");
  Held own(MerchantsOwn);
  Done(own.world, own.Use("use", order));
  EXPECT_TRUE(own.world.last().postings().empty());
  EXPECT_EQ(own.world.last().coupon_redemption().discount_fen(), 2'000);
  EXPECT_EQ(own.world.last().coupon_redemption().funded_fen(), 0);
}

TEST(CouponUseTest, SuspendedUnits) {
  Held held;
  Done(held.world, ChangeUnit("s", kMall, kPoints, kStore, Suspended()));
  const std::string suspended =
      "UNIT_SUSPENDED order.merchant unit=participants/mall/units/s1"
      " level=STORE";
  ExpectRefused(held, OrderAt(kTillAccount, "o-1", {{12'000}}), suspended);
  Done(held.world, held.Use("use", OrderAt(kShop, "o-1", {{12'000}})));
}

TEST(CouponUseTest, OrdersThatAreNone) {
  Held held;
  const auto refused = [&](auto change, std::string_view outcome) {
    pb::CouponOrder order = Order("o-1");
    change(order);
    ExpectRefused(held, order, outcome);
  };
  const auto nullifiers = [&](auto change, std::string_view field, std::string_view problem) {
    refused(change, "FIELD_INVALID order.nullifiers" + std::string(field) +
                        " problem=" + std::string(problem));
  };
  constexpr std::string_view kCount = "are not as many as the campaign asks for";
  constexpr std::string_view kNone = "is no nullifier, or stands twice";
  refused([](auto& order) { order.clear_lines(); }, "FIELD_REQUIRED order.lines");
  refused(
      [](auto& order) {
        for (int i = 0; i < 50; ++i) {
          order.add_lines()->set_fen(1);
        }
      },
      "FIELD_INVALID order.lines problem=are more than 50");
  refused([](auto& order) { order.mutable_lines(0)->set_fen(-1); },
          "FIELD_INVALID order.lines[0].fen problem=must be 0 to 100000000000 fen");
  refused([](auto& order) { order.mutable_lines(0)->set_fen(100'000'000'001); },
          "FIELD_INVALID order.lines[0].fen problem=must be 0 to 100000000000 fen");
  refused([](auto& order) { order.mutable_lines(0)->set_category(std::string(33, 'x')); },
          "FIELD_INVALID order.lines[0].category problem=is longer than 32 bytes");
  refused([](auto& order) { order.set_merchant(kBakeryClaim.value()); },
          "WRONG_ACCOUNT_KIND order.merchant");
  refused([](auto& order) { order.set_merchant(kBob.value()); },
          "WRONG_ACCOUNT_KIND order.merchant");
  nullifiers([](auto& order) { order.mutable_nullifiers()->RemoveLast(); }, "", kCount);
  nullifiers([](auto& order) { order.add_nullifiers(order.nullifiers(0)); }, "", kCount);
  nullifiers([](auto& order) { order.mutable_nullifiers(1)->pop_back(); }, "[1]", kNone);
  nullifiers([](auto& order) { order.mutable_nullifiers(2)->front() = 1; }, "[2]", kNone);
  nullifiers([](auto& order) { order.set_nullifiers(3, order.nullifiers(0)); }, "[3]", kNone);
  nullifiers([](auto& order) { order.mutable_nullifiers()->SwapElements(0, 3); }, "",
             "are not of one order");
  nullifiers([](auto& order) { order.mutable_nullifiers(2)->at(5) ^= 1; }, "",
             "are not of one order");
}

TEST(CouponUseTest, AnOrderHasOneCouponOfEachSlot) {
  World world = static_cast<World (*)()>(Town)();
  const auto open = [&](std::string_view code, std::uint32_t slot) {
    return Opened(world, OpenCampaign(code, code,
                                      [slot](auto& opening) { opening.set_stacking_slot(slot); }));
  };
  const CampaignNo first = open("first", 1);
  const CampaignNo second = open("second", 2);
  const CampaignNo alone = open("alone", 0);
  auto coupon = [&, n = 0](CampaignNo campaign) mutable {
    return Done(world, IssueCoupon("i" + std::to_string(++n), campaign, kAlice));
  };
  const auto use = [&](std::string_view id, std::uint64_t of, std::uint32_t slot) {
    return UseCoupon(id, of, OrderAt(kBakeryShop, "o-1", {{12'000}}, slot));
  };
  const std::uint64_t first_coupon = coupon(first);
  const std::uint64_t twice = coupon(first);
  const std::uint64_t second_coupon = coupon(second);
  const std::uint64_t alone_coupon = coupon(alone);
  Play(world, {{use("u1", first_coupon, 1), "OK"},
               {use("u2", twice, 1), "ORDER_USED order"},
               {use("u2", alone_coupon, 0), "ORDER_USED order"},
               {use("u3", second_coupon, 2), "OK"}});
  // One that is alone leaves no slot.
  Done(world, UseCoupon("u4", alone_coupon, Order("o-2")));
  Play(world,
       {{UseCoupon("u5", twice, OrderAt(kBakeryShop, "o-2", {{12'000}}, 1)), "ORDER_USED order"}});
}

TEST(CouponUseTest, TimesOfUse) {
  Held held([](pb::CampaignOpening& opening) {
    opening.set_use_first_micros(opening.use_first_micros() + kMicrosPerDay);
  });
  const std::string from = FormatDate(BusinessDate(held.world.today().value() + 1));
  const std::string until = FormatDate(BusinessDate(held.world.today().value() + 20));
  ExpectRefused(held, Order("o-1"),
                "COUPON_NOT_VALID coupon from=" + from + "T10:00:00+08:00 until=" + until +
                    "T10:00:00+08:00");
  held.world.WaitDays(1);
  Held first = held;
  Done(first.world, first.Use("use", Order("o-1")));
  held.world.WaitDays(19);
  Held last = held;
  Done(last.world, last.Use("use", Order("o-1")));
}

// What a campaign is extended by is added to coupons without days of their own.
TEST(CouponUseTest, AnExtensionExtends) {
  Held held;
  Done(held.world, Extend("x", kCampaign, held.world.InDays(10), held.world.InDays(40)));
  held.world.WaitDays(40);
  Done(held.world, held.Use("use", Order("o-1")));
}

TEST(CouponUseTest, APausedOrEndedCampaignsCouponsAreUsed) {
  Held held;
  Done(held.world, Pause("p", kCampaign));
  Held paused = held;
  Done(paused.world, paused.Use("use", Order("o-1")));
  Done(held.world, End("e", kCampaign));
  Done(held.world, held.Lock(Order("o-1")));
  Done(held.world, held.Use("use", Order("o-1")));
}

TEST(CouponUseTest, DeadlinesOfLocks) {
  Held held;
  const std::string outcome = "LOCK_DEADLINE deadline_time latest=" +
                              FormatDate(BusinessDate(held.world.today().value() + 1)) +
                              "T10:00:00+08:00";
  for (const std::int64_t micros : {std::int64_t{0}, -kHour, kMicrosPerDay + 1}) {
    EXPECT_EQ(held.world.Ask(held.Lock(Order("o-1"), micros)), outcome) << micros;
  }
  Done(held.world, held.Lock(Order("o-1"), kMicrosPerDay));
  EXPECT_EQ(
      held.world.state().FindUndone(EntryIndex(held.coupon)).coupon,
      (CouponNow{CouponState::kLocked, EntryIndex(held.world.last_index()), held.world.InDays(1)}));
}

// What is another order than the locked one.
TEST(CouponUseTest, TheLockedOrder) {
  Held held;
  Done(held.world, held.Lock(OrderAt(kShop, "o-1", {{6'000, "food"}, {6'000, "tools"}})));
  const auto mismatch = [&](const pb::CouponOrder& order) {
    Held copy = held;
    EXPECT_EQ(copy.world.Ask(copy.Use("use", order)), "COUPON_ORDER_MISMATCH order");
  };
  mismatch(OrderAt(kShop, "o-2", {{6'000, "food"}, {6'000, "tools"}}));
  mismatch(OrderAt(kBakeryShop, "o-1", {{6'000, "food"}, {6'000, "tools"}}));
  mismatch(OrderAt(kShop, "o-1", {{6'000, "food"}, {6'001, "tools"}}));
  mismatch(OrderAt(kShop, "o-1", {{6'000, "food"}, {6'000, "food"}}));
  mismatch(OrderAt(kShop, "o-1", {{6'000, "food"}, {6'000, "tools"}, {1, ""}}));
  mismatch(OrderAt(kShop, "o-1", {{12'000, "food"}}));
  // Another till of the same merchant will do.
  Done(held.world,
       held.Use("use", OrderAt(kTillAccount, "o-1", {{6'000, "food"}, {6'000, "tools"}})));
}

// Nobody uses coupons of an account that is lost, frozen or closed; after a merge its heir does.
TEST(CouponUseTest, TheHoldersAccount) {
  Held held;
  Held lost = held;
  Done(lost.world, SetStatus("l", kAlice, AccountStatus::kLost));
  ExpectRefused(lost, Order("o-1"), "ACCOUNT_FROZEN coupon");
  Held closed = held;
  Done(closed.world, HandOver("h", kMinor));
  Done(closed.world, Close("x", kAlice, true));
  ExpectRefused(closed, Order("o-1"), "ACCOUNT_CLOSED coupon");
  Done(held.world, Merge("m", kAlice, kBob));
  Done(held.world, held.Lock(Order("o-1")));
  Done(held.world, held.Use("use", Order("o-1")));
}

// --- trade-ins ---

constexpr std::uint32_t kGoodFridge = 1;
constexpr std::uint32_t kBadFridge = 2;
constexpr std::uint32_t kGoodLamp = 3;
constexpr std::uint32_t kExpiredFridge = 4;

void PublishAppliances(World& world) {
  pb::Catalogue catalogue;
  catalogue.set_code("appliances");
  catalogue.set_version(1);
  catalogue.set_first_date("2024-01-01");
  catalogue.set_display_name("appliances");
  catalogue.set_publisher("test");
  const auto add = [&](std::string_view code, std::string_view category, std::uint32_t grade) {
    pb::Product& product = *catalogue.add_products();
    product.set_code(std::string(code));
    product.set_category(std::string(category));
    product.set_brand("brand");
    product.set_display_name(std::string(code));
    product.set_energy_grade(grade);
    return &product;
  };
  add("f1", "fridge", 1);
  add("f3", "fridge", 3);
  add("l1", "lamp", 1);
  add("f-old", "fridge", 1)->set_valid_to("2024-02-01");
  PublishDocument(world, pb::DOCUMENT_KIND_CATALOGUE, catalogue.SerializeAsString());
}

void TradeIns(pb::CampaignOpening& opening) {
  Reviewed(opening);
  opening.mutable_trade_in()->add_categories("fridge");
  opening.mutable_trade_in()->set_worst_grade(2);
}

// Nullifiers of what is traded in, behind those of the order.
Command TradeIn(std::string_view id, std::uint64_t coupon, std::string_view order,
                std::uint32_t product, const std::vector<std::string>& proof) {
  Command command = UseCoupon(id, coupon, OrderAt(kBakeryShop, order, {{300'000, "fridge"}}));
  pb::CouponRedemption& use = *command.draft.mutable_coupon_redemption();
  use.mutable_trade_in()->set_category("fridge");
  use.mutable_trade_in()->set_product(product);
  for (const std::string& piece : proof) {
    use.mutable_order()->add_nullifiers(OrderNullifier(piece, 0));
  }
  return command;
}

struct TradingIn : Held {
  TradingIn() : Held(TradeIns) { PublishAppliances(world); }
};
const std::vector<std::string> kProof = {"old 1", "new 1", "invoice 1", "owner 1 fridge"};

TEST(ApplianceTest, OfListedAppliances) {
  TradingIn held;
  const auto with = [&](std::uint32_t product) {
    return TradeIn("use", held.coupon, "o-1", product, kProof);
  };
  Command another_category = with(kGoodFridge);
  another_category.draft.mutable_coupon_redemption()->mutable_trade_in()->set_category("lamp");
  Play(held.world, {{UseCoupon("use", held.coupon, Order("o-1")), "FIELD_REQUIRED trade_in"},
                    {another_category, "COUPON_NOT_ACCEPTED trade_in.category why=CATEGORY"},
                    {with(0), "PRODUCT_NOT_LISTED trade_in.product"},
                    {with(99), "PRODUCT_NOT_LISTED trade_in.product"},
                    {with(kExpiredFridge), "PRODUCT_NOT_LISTED trade_in.product"},
                    {with(kGoodLamp), "COUPON_NOT_ACCEPTED trade_in.product why=CATEGORY"},
                    {with(kBadFridge), "COUPON_NOT_ACCEPTED trade_in.product why=GRADE"},
                    {with(kGoodFridge), "OK"}});
  EXPECT_EQ(FenOf(held.world, kCampaign), "stock 16200 coupons 0 review 1800 rest 0");
}

TEST(ApplianceTest, NeedsAllOfItsProof) {
  TradingIn held;
  for (const std::vector<std::string>& proof :
       {std::vector<std::string>{"a", "b", "c"}, {"a", "b", "c", "d", "e"}, {}}) {
    EXPECT_EQ(held.world.Ask(TradeIn("use", held.coupon, "o-1", kGoodFridge, proof)),
              "FIELD_INVALID order.nullifiers problem=are not as many as the campaign asks for");
  }
  EXPECT_EQ(held.world.Ask(TradeIn("use", held.coupon, "o-1", kGoodFridge, {"a", "b", "c", "a"})),
            "FIELD_INVALID order.nullifiers[7] problem=is no nullifier, or stands twice");
  // A lock names the order alone.
  Done(held.world, held.Lock(OrderAt(kBakeryShop, "o-1", {{300'000, "fridge"}})));
  Done(held.world, TradeIn("use", held.coupon, "o-1", kGoodFridge, kProof));
}

TEST(ApplianceTest, IsForSuchCampaignsOnly) {
  Held held;
  EXPECT_EQ(held.world.Ask(TradeIn("use", held.coupon, "o-1", kGoodFridge, {})),
            "FIELD_INVALID trade_in problem=is for campaigns of trade-ins only");
}

}  // namespace
}  // namespace tanhui
