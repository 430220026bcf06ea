// Everything that can be asked of a coupon in each of its states: a table, see COUPONS.md.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "ledger/core/check.h"
#include "tests/ledger/coupons/town.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

constexpr CampaignNo kCampaign{1};
constexpr std::int64_t kAllFen = 18'000;  // ten coupons of 18 yuan
constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

pb::CouponOrder Order(std::string_view name) { return OrderAt(kBakeryShop, name, {{12'000}}); }

// Alice's coupon of a campaign whose coupons are good for three days.
struct Held {
  World world = Town();
  std::uint64_t coupon = 0;
  std::uint64_t use = 0;  // 0: it was not used

  Held() {
    Opened(world, OpenCampaign("campaign", "spring", [](pb::CampaignOpening& opening) {
             opening.set_days_after_issue(3);
           }));
    coupon = Done(world, IssueCoupon("issue", kCampaign, kAlice));
  }
  void Lock(std::int64_t hours) {
    Done(world, LockCoupon("lock", coupon, Order("o-1"), Ahead(hours)));
  }
  void Use() { use = Done(world, UseCoupon("use", coupon, Order("o-1"))); }
  void PastItsDate() {
    world.WaitDays(3);
    world.Wait(1);
  }
  LedgerTime Ahead(std::int64_t hours) const {
    return LedgerTime(world.now().value() + hours * kHour);
  }
};

using Bring = void (*)(Held&);
const std::map<std::string, Bring> kStates = {
    {"ready", [](Held&) {}},
    {"locked", [](Held& held) { held.Lock(2); }},
    {"lock past",
     [](Held& held) {
       held.Lock(2);
       held.world.Wait(2 * kHour);
     }},
    {"unlocked",
     [](Held& held) {
       held.Lock(2);
       Done(held.world, UnlockCoupon("unlock", held.coupon));
     }},
    {"used", [](Held& held) { held.Use(); }},
    {"locked and used",
     [](Held& held) {
       held.Lock(2);
       held.Use();
     }},
    {"back",
     [](Held& held) {
       held.Use();
       Done(held.world, RefundCoupon("back", held.use, {{0, 12'000}}));
     }},
    {"void", [](Held& held) { Done(held.world, RevokeCoupon("revoke", held.coupon)); }},
    {"cancelled", [](Held& held) { Done(held.world, Cancel("cancel", "issue")); }},
    {"past date", [](Held& held) { held.PastItsDate(); }},
    {"locked, past date",
     [](Held& held) {
       held.world.WaitDays(2);
       held.Lock(24);
       held.world.WaitDays(1);
       held.world.Wait(-1);
       Done(held.world, UnlockCoupon("unlock", held.coupon));
       Done(held.world, LockCoupon("lock-2", held.coupon, Order("o-1"), held.Ahead(2)));
       held.world.Wait(2);
     }},
    {"used, past date",
     [](Held& held) {
       held.Use();
       held.PastItsDate();
     }},
};

using Ask = Command (*)(const Held&);
const std::vector<Ask> kRequests = {
    [](const Held& held) { return LockCoupon("t-lock", held.coupon, Order("o-9"), held.Ahead(1)); },
    [](const Held& held) { return UnlockCoupon("t-unlock", held.coupon); },
    [](const Held& held) { return UseCoupon("t-use", held.coupon, Order("o-1")); },
    [](const Held& held) { return UseCoupon("t-use-other", held.coupon, Order("o-2")); },
    [](const Held& held) { return RevokeCoupon("t-revoke", held.coupon); },
    [](const Held&) { return Cancel("t-cancel", "issue"); },
    [](const Held& held) {
      return RefundCoupon("t-refund", held.use, {{0, 6'000}});
    },
};

struct Row {
  std::string state;
  // Of lock, unlock, use for the order o-1, use for another one, revoke, cancel the issue; for
  // coupons that were used also of a refund of half of the order.
  std::vector<std::string> outcomes;
};
const std::string kOk = "OK";
const std::string kReady = "COUPON_STATE coupon state=READY";
const std::string kLocked = "COUPON_STATE coupon state=LOCKED";
const std::string kUsed = "COUPON_STATE coupon state=USED";
const std::string kVoid = "COUPON_STATE coupon state=VOID";
const std::string kLate = "COUPON_NOT_VALID coupon";
const std::string kOther = "COUPON_ORDER_MISMATCH order";
// Once anything became of it, it can be revoked but not cancelled.
const std::string kNot = "NOT_CANCELLABLE target_request_id";
const std::vector<Row> kTable = {
    {"ready", {kOk, kReady, kOk, kOk, kOk, kOk}},
    {"locked", {kLocked, kOk, kOk, kOther, kLocked, kNot}},
    {"lock past", {kOk, kReady, kOk, kOk, kOk, kNot}},
    {"unlocked", {kOk, kReady, kOk, kOk, kOk, kNot}},
    {"used", {kUsed, kUsed, kUsed, kUsed, kUsed, kNot, kOk}},
    {"locked and used", {kUsed, kUsed, kUsed, kUsed, kUsed, kNot, kOk}},
    {"back",
     {kOk, kReady, "ORDER_USED order", kOk, kOk, kNot, "NOTHING_LEFT_TO_UNDO lines line=0 left=0"}},
    {"void", {kVoid, kVoid, kVoid, kVoid, kVoid, kNot}},
    {"cancelled", {kVoid, kVoid, kVoid, kVoid, kVoid, "ALREADY_CANCELLED target_request_id"}},
    {"past date", {kLate, kReady, kLate, kLate, kOk, kOk}},
    {"locked, past date", {kLocked, kOk, kLate, kLate, kLocked, kNot}},
    {"used, past date", {kUsed, kUsed, kUsed, kUsed, kUsed, kNot, kOk}},
};

// Without the times and indices that a refusal tells.
std::string Plain(const std::string& outcome) {
  std::string text = outcome;
  for (const std::string_view fact : {" until=", " from=", " entry_index="}) {
    text = text.substr(0, text.find(fact));
  }
  return text;
}

// Where the fen of the campaign are, the merchant's claim included.
std::int64_t AllFen(const World& world) {
  std::int64_t sum = world.BalanceOf(kBakeryClaim);
  for (const AccountNo account : {kStockOfFirst, kCouponsOfFirst, kReviewOfFirst, kRestOfFirst}) {
    sum += world.BalanceOf(account);
  }
  return sum;
}

TEST(CouponTransitionsTest, EveryStateAndEveryRequest) {
  ASSERT_EQ(kTable.size(), kStates.size());
  for (const Row& row : kTable) {
    Held held;
    kStates.at(row.state)(held);
    EXPECT_EQ(AllFen(held.world), kAllFen) << row.state;
    ASSERT_EQ(row.outcomes.size(), kRequests.size() - (held.use == 0 ? 1 : 0)) << row.state;
    for (std::size_t i = 0; i < row.outcomes.size(); ++i) {
      Held asked = held;
      EXPECT_EQ(Plain(asked.world.Ask(kRequests[i](asked))), row.outcomes[i])
          << row.state << ", request " << i;
      EXPECT_EQ(AllFen(asked.world), kAllFen) << row.state << ", request " << i;
    }
  }
}

// The first of two alike is done, the second sees what it did.
TEST(CouponTransitionsTest, NothingIsDoneTwice) {
  for (const Row& row : kTable) {
    Held held;
    kStates.at(row.state)(held);
    for (std::size_t i = 0; i + 1 < kRequests.size(); ++i) {
      Held asked = held;
      if (row.outcomes[i] != kOk) {
        continue;
      }
      const Command command = kRequests[i](asked);
      EXPECT_EQ(asked.world.Ask(command), kOk);
      EXPECT_TRUE(asked.world.Ask(command).starts_with("SEEN")) << row.state << " " << i;
      Command again = command;
      again.draft.set_request_id(std::string(RequestId::FromText("other")->stored()));
      if (i == 5) {
        EXPECT_TRUE(asked.world.Ask(again).starts_with("ALREADY_CANCELLED")) << row.state;
      } else {
        EXPECT_TRUE(asked.world.Ask(again).starts_with("COUPON_STATE")) << row.state << " " << i;
      }
    }
  }
}

// A lock holds up to its deadline and not at it.
TEST(CouponTransitionsTest, ALockEndsAtItsDeadline) {
  Held held;
  held.Lock(2);
  held.world.Wait(2 * kHour - 1);
  EXPECT_EQ(held.world.Ask(UseCoupon("other", held.coupon, Order("o-2"))), kOther);
  held.world.Wait(1);
  EXPECT_EQ(held.world.Ask(UseCoupon("other", held.coupon, Order("o-2"))), kOk);
}

// Of a coupon that does not exist, or of what is none.
TEST(CouponTransitionsTest, WhatIsNoCoupon) {
  Held held;
  held.coupon = 1;
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(held.world.Ask(kRequests[i](held)), "UNKNOWN_COUPON coupon") << i;
  }
  held.coupon = 1'000'000;
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(held.world.Ask(kRequests[i](held)), "UNKNOWN_COUPON coupon") << i;
  }
}

}  // namespace
}  // namespace tanhui
