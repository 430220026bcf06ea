// Each signal about coupons just below its threshold and at it.
#include "ledger/watch/coupon_watch.h"

#include <gtest/gtest.h>

#include <vector>

namespace tanhui::watch {
namespace {

constexpr LedgerTime kNoon{1'800'000'000 * kMicrosPerSecond};
constexpr std::uint64_t kCitizen = 5;
constexpr std::uint32_t kShop = 9;
constexpr std::uint64_t kDevice = 0xd0;

LedgerTime After(std::int64_t minutes) {
  return LedgerTime(kNoon.value() + minutes * kMicrosPerMinute);
}

// A coupon used `minutes` after noon; its issue is the entry 1,000 before.
CouponSighting Use(std::int64_t minutes, std::uint64_t citizen, std::uint32_t merchant,
                   std::uint64_t entry) {
  CouponSighting out;
  out.at = After(minutes);
  out.citizen = AccountNo(citizen);
  out.merchant = ParticipantNo(merchant);
  out.entry = EntryIndex(entry);
  out.coupon = EntryIndex(entry - 1'000);
  return out;
}

CouponSighting Asked(std::int64_t minutes, std::uint64_t citizen, std::uint64_t coupon,
                     std::uint64_t device) {
  CouponSighting out;
  out.at = After(minutes);
  out.citizen = AccountNo(citizen);
  out.entry = out.coupon = EntryIndex(coupon);
  out.device = device;
  return out;
}

std::vector<Signal> Observed(CouponWatch& watch, const CouponSighting& sighting) {
  std::vector<Signal> out;
  watch.Observe(sighting, out);
  return out;
}

std::vector<std::uint64_t> EntriesOf(const Signal& signal) {
  std::vector<std::uint64_t> out;
  for (const EntryIndex entry : signal.entries) {
    out.push_back(entry.value());
  }
  return out;
}

using Entries = std::vector<std::uint64_t>;

TEST(CouponWatchTest, OnePurchaseThatWasSplit) {
  CouponWatch watch({});
  EXPECT_TRUE(Observed(watch, Use(0, kCitizen, kShop, 2'001)).empty());
  EXPECT_TRUE(Observed(watch, Use(1, kCitizen, kShop, 2'002)).empty());
  EXPECT_TRUE(Observed(watch, Use(2, kCitizen, kShop + 1, 2'003)).empty()) << "elsewhere";
  EXPECT_TRUE(Observed(watch, Use(2, kCitizen + 1, kShop, 2'004)).empty()) << "somebody else";
  const auto third = Observed(watch, Use(9, kCitizen, kShop, 2'005));
  ASSERT_EQ(third.size(), 1U);
  EXPECT_EQ(third[0].kind, SignalKind::kCouponSplit);
  EXPECT_EQ(third[0].subject, kCitizen);
  EXPECT_EQ(third[0].count, 3U);
  EXPECT_EQ(third[0].first, After(0));
  EXPECT_EQ(third[0].last, After(9));
  EXPECT_EQ(EntriesOf(third[0]), (Entries{2'005, 2'002, 2'001}));
  // The fourth names itself; after the window all is as before.
  EXPECT_EQ(EntriesOf(Observed(watch, Use(9, kCitizen, kShop, 2'006))[0]), (Entries{2'006}));
  EXPECT_TRUE(Observed(watch, Use(40, kCitizen, kShop, 2'007)).empty());
}

// Twenty uses; `few` of them by three citizens.
std::size_t SignalsOfGroup(int few, std::int64_t minutes_apart) {
  CouponWatch watch({});
  std::size_t signals = 0;
  for (int i = 0; i < 20; ++i) {
    const auto citizen = static_cast<std::uint64_t>(i < few ? i % 3 + 1 : 100 + i);
    for (const Signal& signal : Observed(
             watch, Use(i * minutes_apart, citizen, kShop, 2'000 + static_cast<unsigned>(i)))) {
      if (signal.kind == SignalKind::kCouponGroup) {
        ++signals;
        EXPECT_EQ(signal.subject, kShop);
        EXPECT_EQ(signal.entries.size(), 20U);
      }
    }
  }
  return signals;
}

TEST(CouponWatchTest, AMerchantThatLivesOffAFew) {
  EXPECT_EQ(SignalsOfGroup(15, 30), 0U);
  EXPECT_EQ(SignalsOfGroup(16, 30), 1U);
  EXPECT_EQ(SignalsOfGroup(16, 90), 0U) << "twenty uses in more than a day";
}

TEST(CouponWatchTest, CodesThatAreSold) {
  CouponWatch watch({});
  EXPECT_TRUE(Observed(watch, Asked(0, kCitizen, 7, kDevice)).empty());
  EXPECT_TRUE(Observed(watch, Asked(1, kCitizen, 7, kDevice)).empty()) << "the same device";
  EXPECT_TRUE(Observed(watch, Asked(2, kCitizen, 7, kDevice + 1)).empty());
  EXPECT_TRUE(Observed(watch, Asked(2, kCitizen, 7, 0)).empty()) << "no device told";
  const auto third = Observed(watch, Asked(3, kCitizen, 7, kDevice + 2));
  ASSERT_EQ(third.size(), 1U);
  EXPECT_EQ(third[0].kind, SignalKind::kCouponCodes);
  EXPECT_EQ(third[0].subject, kCitizen);
  EXPECT_EQ(third[0].count, 3U);
  EXPECT_EQ(EntriesOf(third[0]), (Entries{7}));
}

TEST(CouponWatchTest, ADeviceWithCodesOfMany) {
  CouponWatch watch({});
  for (std::uint64_t i = 1; i <= 4; ++i) {
    EXPECT_TRUE(Observed(watch, Asked(static_cast<std::int64_t>(i), i, 70 + i, kDevice)).empty());
  }
  const auto fifth = Observed(watch, Asked(59, 5, 75, kDevice));
  ASSERT_EQ(fifth.size(), 1U);
  EXPECT_EQ(fifth[0].kind, SignalKind::kCouponDevice);
  EXPECT_EQ(fifth[0].subject, kDevice);
  EXPECT_EQ(EntriesOf(fifth[0]), (Entries{75, 74, 73, 72, 71}));
  EXPECT_TRUE(Observed(watch, Asked(200, 6, 76, kDevice)).empty()) << "hours later";
}

TEST(CouponWatchTest, OffWithoutThresholds) {
  CouponWatchOptions options;
  for (Threshold* threshold :
       {&options.split, &options.group, &options.code_devices, &options.device_citizens}) {
    threshold->most = 0;
  }
  CouponWatch watch(options);
  for (std::uint64_t i = 0; i < 40; ++i) {
    EXPECT_TRUE(Observed(watch, Use(0, kCitizen, kShop, 2'000 + i)).empty());
    EXPECT_TRUE(Observed(watch, Asked(0, i, 7, kDevice + i)).empty());
    EXPECT_TRUE(Observed(watch, Asked(0, i, 7, kDevice)).empty());
  }
}

}  // namespace
}  // namespace tanhui::watch
