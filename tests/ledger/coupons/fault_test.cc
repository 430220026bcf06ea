// Entries about coupons that decide cannot have made: apply answers what is wrong with them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

using Edit = void (*)(Entry&);
constexpr CampaignNo kCampaign{1};
constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

// Takes one more from an account to another than the entry does.
void Shift(Entry& entry, int from, int to) {
  for (const auto& [at, amount] : {std::pair(from, -1), std::pair(to, 1)}) {
    auto& posting = *entry.mutable_postings(at);
    posting.set_amount(posting.amount() + amount);
    posting.set_balance_after(posting.balance_after() + amount);
  }
}

// Each edit alone is found; without one the entry is sound.
void ExpectFaults(const World& world, const Command& command, const std::vector<Edit>& edits) {
  EXPECT_EQ(Tampered(world, command, [](Entry&) {}), "OK");
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const std::string fault = Tampered(world, command, edits[i]);
    EXPECT_NE(fault, "OK") << "edit " << i;
    EXPECT_FALSE(fault.starts_with("refused")) << fault;
  }
}

void Priced(pb::CampaignOpening& opening) {
  opening.set_points_asset(kPoints.value());
  opening.set_price_points(200);
  opening.set_per_citizen(2);
}

struct Held {
  World world = Town();
  std::uint64_t coupon = 0;
  pb::CouponOrder order = OrderAt(kBakeryShop, "o-1", {{12'000}});
  explicit Held(const ChangeOpening& change = nullptr) {
    Opened(world, OpenCampaign("campaign", "spring", change));
    coupon = Done(world, IssueCoupon("issue", kCampaign, kAlice));
  }
  Command Lock() const {
    return LockCoupon("lock", coupon, order, LedgerTime(world.now().value() + kHour));
  }
};

TEST(CouponFaultTest, AnIssue) {
  const Held held(Priced);
  const auto body = [](Entry& entry) -> pb::CouponIssue& { return *entry.mutable_coupon_issue(); };
  static const auto& issue = *new auto(body);
  ExpectFaults(held.world, IssueCoupon("i", kCampaign, kBob),
               {
                   [](Entry& e) { issue(e).set_campaign(0); },
                   [](Entry& e) { issue(e).set_campaign(2); },
                   [](Entry& e) { issue(e).set_account(kAlice.value()); },  // who did not pay
                   [](Entry& e) { issue(e).set_account(kShop.value()); },
                   [](Entry& e) { issue(e).set_account(999); },
                   [](Entry& e) { issue(e).set_acting(999); },
                   [](Entry& e) { issue(e).set_application(3); },
                   [](Entry& e) { issue(e).add_attestations("resident"); },
                   [](Entry& e) { issue(e).set_valid_until_micros(1); },
                   [](Entry& e) { issue(e).set_fen(1'799); },
                   [](Entry& e) { issue(e).set_points(199); },
                   [](Entry& e) { e.clear_postings(); },
                   [](Entry& e) { Shift(e, 0, 1); },
                   [](Entry& e) { e.mutable_postings()->SwapElements(0, 1); },
                   [](Entry& e) { e.mutable_postings()->DeleteSubrange(0, 2); },
                   [](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); },
               });
}

TEST(CouponFaultTest, AnIssueOfWhatIsNotThere) {
  Held held([](pb::CampaignOpening& opening) {
    opening.set_stock(2);
    opening.set_per_citizen(1);
    opening.set_per_citizen_day(1);
  });
  const auto made = std::get<Entry>(held.world.Decide(IssueCoupon("i", kCampaign, kBob)));
  const std::string gone = "a coupon is issued that is not there to be issued";
  const auto fault_after = [&](const Command& command) {
    World world = held.world;
    Done(world, command);
    return world.FaultOf(made);
  };
  EXPECT_EQ(fault_after(Pause("p", kCampaign)), gone);
  EXPECT_EQ(fault_after(End("e", kCampaign)), gone);
  EXPECT_EQ(fault_after(SetStatus("f", kBob, AccountStatus::kFrozen)),
            "a coupon for who cannot have one");
  // Postings are looked at first; without any it is the campaign that has none left.
  World own = Town();
  Opened(own, OpenCampaign("c", "own", [](pb::CampaignOpening& opening) {
           MerchantsOwn(opening);
           opening.set_stock(2);
           opening.set_per_citizen(1);
         }));
  auto free = std::get<Entry>(own.Decide(IssueCoupon("i", kCampaign, kBob)));
  Done(own, IssueCoupon("i1", kCampaign, kBob));
  EXPECT_EQ(own.FaultOf(free), gone);  // his limit
  Done(own, IssueCoupon("i2", kCampaign, kAlice));
  free.mutable_coupon_issue()->set_account(kCarol.value());
  EXPECT_EQ(own.FaultOf(free), gone);  // the stock
}

TEST(CouponFaultTest, ALotterysIssue) {
  Held held;
  World& world = held.world;
  const CampaignNo lottery = Opened(world, OpenCampaign("c", "lottery", ByLottery));
  const std::uint64_t application = Done(world, ApplyFor("a", lottery, kAlice));
  world.WaitDays(6);
  Done(world, DrawLottery("d", lottery));
  const Command issue = IssueCoupon("i", lottery, kAlice, application);
  ExpectFaults(world, issue,
               {
                   [](Entry& e) { e.mutable_coupon_issue()->clear_application(); },
                   [](Entry& e) { e.mutable_coupon_issue()->set_application(1'000'000); },
                   [](Entry& e) { e.mutable_coupon_issue()->set_campaign(1); },
               });
  // An application has one coupon, and nothing else can be its application.
  Entry entry = std::get<Entry>(world.Decide(issue));
  const std::uint64_t use = Done(world, UseCoupon("u", held.coupon, held.order));
  Done(world, RefundCoupon("r", use, {{0, 1'000}}));
  entry = std::get<Entry>(world.Decide(issue));
  entry.mutable_coupon_issue()->set_application(use);
  EXPECT_EQ(world.FaultOf(entry), "a coupon for an application that cannot have one");
  entry.mutable_coupon_issue()->set_application(held.coupon);  // used, too
  EXPECT_EQ(world.FaultOf(entry), "a coupon for an application that cannot have one");
}

TEST(CouponFaultTest, ALockAndAnUnlock) {
  Held held;
  static const auto& lock =
      *new auto([](Entry& entry) -> pb::CouponLock& { return *entry.mutable_coupon_lock(); });
  ExpectFaults(
      held.world, held.Lock(),
      {
          [](Entry& e) { lock(e).set_coupon(1'000'000); },
          [](Entry& e) { lock(e).set_deadline_micros(e.recorded_micros()); },
          [](Entry& e) { lock(e).set_deadline_micros(e.recorded_micros() + kMicrosPerDay + 1); },
          [](Entry& e) { lock(e).mutable_order()->set_merchant(999); },
          [](Entry& e) { lock(e).mutable_order()->set_merchant(kBob.value()); },
      });
  const auto made = std::get<Entry>(held.world.Decide(held.Lock()));
  World used = held.world;
  Done(used, UseCoupon("u", held.coupon, held.order));
  EXPECT_EQ(used.FaultOf(made), "a lock that cannot be");
  Done(held.world, held.Lock());
  ExpectFaults(held.world, UnlockCoupon("unlock", held.coupon),
               {
                   [](Entry& e) { e.mutable_coupon_unlock()->set_coupon(1'000'000); },
                   [](Entry& e) { e.mutable_coupon_unlock()->set_coupon(3); },
                   [](Entry& e) { e.set_recorded_micros(e.recorded_micros() + kHour); },
               });
}

TEST(CouponFaultTest, AUse) {
  Held held(PartOfOrder);
  Done(held.world, IssueCoupon("second", kCampaign, kBob));
  static const auto& use = *new auto(
      [](Entry& entry) -> pb::CouponRedemption& { return *entry.mutable_coupon_redemption(); });
  static const auto& order =
      *new auto([](Entry& entry) -> pb::CouponOrder& { return *use(entry).mutable_order(); });
  ExpectFaults(held.world, UseCoupon("use", held.coupon, held.order),
               {
                   [](Entry& e) { use(e).set_coupon(1'000'000); },
                   [](Entry& e) { use(e).set_campaign(0); },
                   [](Entry& e) { use(e).set_campaign(2); },
                   [](Entry& e) { use(e).set_account(kShop.value()); },
                   [](Entry& e) { use(e).set_account(999); },
                   [](Entry& e) { use(e).set_discount_fen(use(e).discount_fen() + 1); },
                   [](Entry& e) { use(e).set_discount_fen(-1); },
                   [](Entry& e) { use(e).set_funded_fen(use(e).funded_fen() - 1); },
                   [](Entry& e) { use(e).mutable_trade_in(); },
                   [](Entry& e) { order(e).set_merchant(kShop.value()); },
                   [](Entry& e) { order(e).set_merchant(kKioskShop.value()); },
                   [](Entry& e) { order(e).set_merchant(kBob.value()); },
                   [](Entry& e) { order(e).set_merchant(999); },
                   [](Entry& e) { order(e).clear_lines(); },
                   [](Entry& e) { order(e).mutable_lines(0)->set_fen(12'010); },
                   [](Entry& e) { order(e).mutable_lines(0)->set_fen(-1); },
                   [](Entry& e) { order(e).mutable_nullifiers()->RemoveLast(); },
                   [](Entry& e) { order(e).add_nullifiers("x"); },
                   [](Entry& e) { order(e).mutable_nullifiers(0)->push_back('x'); },
                   [](Entry& e) { e.clear_postings(); },
                   [](Entry& e) { Shift(e, 0, 1); },
                   [](Entry& e) { Shift(e, 1, 2); },
                   [](Entry& e) { Shift(e, 2, 1); },
                   [](Entry& e) { e.mutable_postings()->SwapElements(1, 2); },
               });
}

TEST(CouponFaultTest, AUseOfWhatIsUsed) {
  Held held;
  Done(held.world, IssueCoupon("second", kCampaign, kBob));
  const std::uint64_t other = held.world.last_index();
  Entry made = std::get<Entry>(held.world.Decide(UseCoupon("use", held.coupon, held.order)));
  World world = held.world;
  const std::uint64_t use = Done(world, UseCoupon("first", other, held.order));
  // As it would have to be now.
  const auto now = [&](Entry entry) {
    for (auto& posting : *entry.mutable_postings()) {
      const AccountNo account(posting.account());
      posting.set_balance_after(world.BalanceOf(account) + posting.amount());
      posting.set_previous(world.Of(account).last_entry_plus_one);
    }
    return entry;
  };
  EXPECT_EQ(world.FaultOf(now(made)), "an order is used up twice");
  Entry another = std::get<Entry>(
      world.Decide(UseCoupon("use", held.coupon, OrderAt(kBakeryShop, "o-2", {{12'000}}))));
  EXPECT_EQ(world.FaultOf(another), "OK");
  another.mutable_coupon_redemption()->set_coupon(other);
  EXPECT_EQ(world.FaultOf(another), "a coupon is used that cannot be");
  // What is a use itself is no coupon; the state knows it from its first refund on.
  Done(world, RefundCoupon("refund", use, {{0, 1'000}}));
  another = now(another);
  another.mutable_coupon_redemption()->set_coupon(use);
  EXPECT_EQ(world.FaultOf(another), "a coupon is used that cannot be");
}

TEST(CouponFaultTest, ARevocation) {
  Held held(Priced);
  static const auto& body = *new auto(
      [](Entry& entry) -> pb::CouponRevocation& { return *entry.mutable_coupon_revocation(); });
  static const auto& undone =
      *new auto([](Entry& entry) -> pb::CouponUndone& { return *body(entry).mutable_undone(); });
  ExpectFaults(held.world, RevokeCoupon("r", held.coupon, true),
               {
                   [](Entry& e) { body(e).set_coupon(1'000'000); },
                   [](Entry& e) { body(e).set_coupon(3); },
                   [](Entry& e) { body(e).clear_reason(); },
                   [](Entry& e) { body(e).set_points_back(false); },
                   [](Entry& e) { body(e).clear_undone(); },
                   [](Entry& e) { undone(e).set_coupon(3); },
                   [](Entry& e) { undone(e).set_campaign(2); },
                   [](Entry& e) { undone(e).set_account(kBob.value()); },
                   [](Entry& e) { undone(e).set_account(kShop.value()); },
                   [](Entry& e) { undone(e).set_account(999); },
                   [](Entry& e) { undone(e).set_merchant(kMall.value()); },
                   [](Entry& e) { undone(e).set_made_by(kPlatform.value()); },
                   [](Entry& e) { undone(e).set_date(1); },
                   [](Entry& e) { undone(e).set_application(1); },
                   [](Entry& e) { undone(e).set_coupon_back(true); },
                   [](Entry& e) { undone(e).add_nullifiers("x"); },
                   [](Entry& e) { Shift(e, 0, 1); },
                   [](Entry& e) { e.mutable_postings()->DeleteSubrange(0, 2); },
                   [](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); },
               });
}

TEST(CouponFaultTest, ACancelledIssue) {
  Held held(Priced);
  static const auto& undone = *new auto([](Entry& entry) -> pb::CouponUndone& {
    return *entry.mutable_cancellation()->mutable_coupon_undone();
  });
  ExpectFaults(held.world, Cancel("u", "issue"),
               {
                   [](Entry& e) { e.mutable_cancellation()->clear_coupon_undone(); },
                   [](Entry& e) { undone(e).set_coupon(3); },
                   [](Entry& e) { undone(e).set_campaign(2); },
                   [](Entry& e) { undone(e).set_account(kBob.value()); },
                   [](Entry& e) { undone(e).set_merchant(kMall.value()); },
                   [](Entry& e) { undone(e).set_application(1); },
                   [](Entry& e) { undone(e).set_application(1'000'000); },
                   [](Entry& e) { Shift(e, 0, 1); },
                   [](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); },
               });
}

}  // namespace
}  // namespace tanhui
