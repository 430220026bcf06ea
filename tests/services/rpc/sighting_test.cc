// What the watch is told of a decided act.
#include "services/rpc/cases/sighting.h"

#include <gtest/gtest.h>

namespace tanhui::rpc {
namespace {

constexpr LedgerTime kRecorded{1'800'000'000 * kMicrosPerSecond};
constexpr std::int64_t kActed = kRecorded.value() - kMicrosPerDay;

Command Ride() {
  Command command;
  command.draft.set_caller(3);
  command.draft.set_act_micros(kActed);
  entry::v1::Earning& earning = *command.draft.mutable_earning();
  earning.set_account(7);
  earning.set_district(500'103);
  earning.set_seconds(600);
  earning.set_stations(2);
  return command;
}

sequencer::Accepted AcceptedAs(const Command& command) {
  sequencer::Accepted accepted{command.draft, EntryIndex(42), false};
  accepted.entry.set_recorded_micros(kRecorded.value());
  return accepted;
}

TEST(Sighting, OfARide) {
  auto sighting = SightingOf(Ride(), 99);
  ASSERT_TRUE(sighting.has_value());
  ASSERT_TRUE(Complete(AcceptedAs(Ride()), LedgerTime(1), *sighting));
  EXPECT_EQ(sighting->recorded, kRecorded);
  EXPECT_EQ(sighting->ended, LedgerTime(kActed));
  EXPECT_EQ(sighting->begun, LedgerTime(kActed - 600 * kMicrosPerSecond));
  EXPECT_EQ(sighting->citizen, AccountNo(7));
  EXPECT_EQ(sighting->caller, ParticipantNo(3));
  EXPECT_EQ(sighting->device, 99U);
  EXPECT_EQ(sighting->district, 500'103U);
  EXPECT_TRUE(sighting->ride);
  EXPECT_EQ(sighting->entry, EntryIndex(42));
  EXPECT_FALSE(sighting->refused.has_value());
}

TEST(Sighting, OfPointsWithoutAnAct) {
  Command command;
  command.draft.mutable_award()->set_account(7);
  auto sighting = SightingOf(command, 0);
  ASSERT_TRUE(sighting.has_value());
  ASSERT_TRUE(Complete(AcceptedAs(command), LedgerTime(1), *sighting));
  EXPECT_EQ(sighting->ended, kRecorded) << "it did not say when";
  EXPECT_EQ(sighting->citizen, AccountNo(7));
  EXPECT_EQ(sighting->district, 0U);
}

TEST(Sighting, OfARefusalByACap) {
  auto sighting = SightingOf(Ride(), 99);
  ASSERT_TRUE(Complete(Refusal(Reason::kCapReached), kRecorded, *sighting));
  EXPECT_EQ(sighting->refused, Reason::kCapReached);
  EXPECT_EQ(sighting->recorded, kRecorded);
  EXPECT_EQ(sighting->ended, LedgerTime(kActed));
  EXPECT_EQ(sighting->citizen, AccountNo(7));
}

TEST(Sighting, WhatIsNone) {
  Command redemption;
  redemption.draft.mutable_redemption();
  EXPECT_FALSE(SightingOf(redemption, 0).has_value());
  auto sighting = SightingOf(Ride(), 99);
  EXPECT_FALSE(Complete(Refusal(Reason::kAlreadyClaimed), kRecorded, *sighting));
  sequencer::Accepted retry = AcceptedAs(Ride());
  retry.replayed = true;
  EXPECT_FALSE(Complete(retry, kRecorded, *sighting));
  sequencer::Accepted booking = AcceptedAs(Ride());
  booking.entry.mutable_earning()->set_weighing(entry::v1::WEIGHING_BOOKED);
  EXPECT_FALSE(Complete(booking, kRecorded, *sighting));
}

TEST(CouponSighting, OfAnIssueOnADevice) {
  Command command;
  command.draft.mutable_coupon_issue()->set_account(7);
  EXPECT_FALSE(CouponSightingOf(command, 0).has_value()) << "nobody told on which";
  auto sighting = CouponSightingOf(command, 99);
  ASSERT_TRUE(sighting.has_value());
  ASSERT_TRUE(Complete(AcceptedAs(command), Registry(), *sighting));
  EXPECT_EQ(sighting->at, kRecorded);
  EXPECT_EQ(sighting->citizen, AccountNo(7));
  EXPECT_EQ(sighting->coupon, EntryIndex(42)) << "the entry that issued it";
  EXPECT_EQ(sighting->device, 99U);
  EXPECT_EQ(sighting->merchant, ParticipantNo(0));
}

TEST(CouponSighting, WhatIsNone) {
  Command lock;
  lock.draft.mutable_coupon_lock();
  EXPECT_FALSE(CouponSightingOf(lock, 99).has_value());
  Command use;
  use.draft.mutable_coupon_redemption();
  auto sighting = CouponSightingOf(use, 0);
  ASSERT_TRUE(sighting.has_value());
  EXPECT_FALSE(Complete(Refusal(Reason::kCouponState), Registry(), *sighting));
  EXPECT_FALSE(Complete(AcceptedAs(use), Registry(), *sighting)) << "at nobody's account";
  sequencer::Accepted retry = AcceptedAs(use);
  retry.replayed = true;
  EXPECT_FALSE(Complete(retry, Registry(), *sighting));
}

}  // namespace
}  // namespace tanhui::rpc
