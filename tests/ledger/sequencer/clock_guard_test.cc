#include "ledger/sequencer/clock_guard.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace tanhui::sequencer {
namespace {

constexpr std::int64_t kSecond = kMicrosPerSecond;
constexpr std::int64_t kMinute = kMicrosPerMinute;
// 2024-02-28 10:00:00 in Shanghai; times below are relative to it.
constexpr std::int64_t kStart = 1'709'085'600 * kSecond;
constexpr std::int64_t kMaxGap = 30 * kMicrosPerDay;

// One commit: what both clocks say, and the ledger time that is given; nullopt when writes stop.
struct Step {
  std::int64_t wall;
  std::int64_t monotonic;
  std::optional<std::int64_t> time;
};

void ExpectSteps(ClockGuard guard, const std::vector<Step>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    SCOPED_TRACE("step " + std::to_string(i));
    const auto now = guard.Now(LedgerTime(kStart + steps[i].wall), steps[i].monotonic);
    ASSERT_EQ(now.has_value(), steps[i].time.has_value()) << guard.why();
    EXPECT_EQ(guard.stopped(), !now.has_value());
    if (now.has_value()) {
      EXPECT_EQ(now->value() - kStart, *steps[i].time);
      guard.Used(*now, steps[i].monotonic);
    }
  }
}

// The log ends at `last`, and the program starts now.
ClockGuard StartedAt(std::int64_t wall, std::optional<std::int64_t> last = 0) {
  return ClockGuard(last.has_value() ? std::optional(LedgerTime(kStart + *last)) : std::nullopt,
                    LedgerTime(kStart + wall), 0, kMaxGap);
}

TEST(ClockGuard, TimeFollowsTheWallClock) {
  ExpectSteps(
      StartedAt(0),
      {{10, 10, 10}, {kSecond, kSecond, kSecond}, {kMicrosPerDay, kMicrosPerDay, kMicrosPerDay}});
}

TEST(ClockGuard, TimeGrowsWithEveryCommitOnAClockThatStands) {
  ExpectSteps(StartedAt(0), {{0, 0, 1}, {0, 0, 2}, {2, 2, 3}, {50, 50, 50}, {50, 50, 51}});
}

TEST(ClockGuard, AClockThatGoesBackMakesTimeCrawl) {
  ExpectSteps(StartedAt(0), {{kMinute, kMinute, kMinute},
                             {-3 * kMinute, kMinute + 5, kMinute + 1},
                             {-3 * kMinute + 5, kMinute + 10, kMinute + 2},
                             {kMinute + 3, 5 * kMinute, kMinute + 3}});
}

TEST(ClockGuard, SmallStepsForwardAreTaken) {
  // Each is measured from the commit before, so that a slowly drifting clock is no jump.
  ExpectSteps(StartedAt(0), {{5 * kMinute, 0, 5 * kMinute},
                             {10 * kMinute, 1, 10 * kMinute},
                             {15 * kMinute, 2, 15 * kMinute}});
}

TEST(ClockGuard, AJumpOfMoreThanFiveMinutesStops) {
  ExpectSteps(StartedAt(0), {{kSecond, kSecond, kSecond},
                             {kSecond + 5 * kMinute + 2, kSecond + 1, std::nullopt},
                             // It stays stopped, even when the clock is put right.
                             {kSecond + 2, kSecond + 2, std::nullopt}});
}

TEST(ClockGuard, ExactlyFiveMinutesIsNoJump) {
  ExpectSteps(StartedAt(0), {{5 * kMinute, 0, 5 * kMinute}});
  ExpectSteps(StartedAt(0), {{5 * kMinute + 1, 0, std::nullopt}});
  ExpectSteps(StartedAt(0), {{5 * kMinute + 1, 1, 5 * kMinute + 1}});
}

TEST(ClockGuard, AQuietNightIsNoJump) {
  ExpectSteps(StartedAt(0), {{10 * kMicrosPerDay, 10 * kMicrosPerDay, 10 * kMicrosPerDay}});
}

TEST(ClockGuard, AJumpRightAfterTheStartStops) {
  ExpectSteps(StartedAt(kMicrosPerDay), {{2 * kMicrosPerDay, kSecond, std::nullopt}});
}

TEST(ClockGuard, TheMessageNamesBothTimes) {
  ClockGuard guard = StartedAt(0);
  ASSERT_FALSE(guard.Now(LedgerTime(kStart + 60 * kMinute), kSecond).has_value());
  EXPECT_EQ(guard.why(),
            "the clock jumped from 2024-02-28 10:00:01 to 2024-02-28 11:00:00 (Asia/Shanghai)");
}

TEST(ClockGuard, ALongGapBeforeTheStartStops) {
  EXPECT_FALSE(StartedAt(kMaxGap).stopped());
  ClockGuard guard = StartedAt(kMaxGap + 1);
  EXPECT_TRUE(guard.stopped());
  EXPECT_NE(guard.why().find("2024-02-28 10:00:00"), std::string::npos) << guard.why();
  EXPECT_NE(guard.why().find("2024-03-29 10:00:00"), std::string::npos) << guard.why();
  EXPECT_FALSE(guard.Now(LedgerTime(kStart + kMaxGap + 2), 1).has_value());
}

TEST(ClockGuard, AClockBehindTheLogCrawlsFromItsEnd) {
  ExpectSteps(StartedAt(-kMicrosPerDay), {{-kMicrosPerDay, 0, 1}, {-kMicrosPerDay + 9, 9, 2}});
}

TEST(ClockGuard, ANewLogTrustsItsClock) {
  ExpectSteps(StartedAt(0, std::nullopt), {{0, 0, 0}, {0, 0, 1}});
}

TEST(ClockGuard, ConfirmGoesOnAtTheNewTime) {
  ClockGuard guard = StartedAt(0);
  ASSERT_FALSE(guard.Now(LedgerTime(kStart + 90 * kMinute), 0).has_value());
  guard.Confirm(LedgerTime(kStart + 90 * kMinute), kSecond);
  EXPECT_FALSE(guard.stopped());
  EXPECT_EQ(guard.why(), "");
  ExpectSteps(guard, {{90 * kMinute + 5, kSecond + 5, 90 * kMinute + 5},
                      {96 * kMinute, kSecond + 9, std::nullopt}});
}

TEST(ClockGuard, ConfirmAfterTheClockWasPutBackNeverGoesBehindTheLog) {
  ClockGuard guard = StartedAt(0);
  const auto now = guard.Now(LedgerTime(kStart + kMinute), kMinute);
  guard.Used(*now, kMinute);
  ASSERT_FALSE(guard.Now(LedgerTime(kStart + 90 * kMinute), kMinute).has_value());
  guard.Confirm(LedgerTime(kStart), kMinute);
  ExpectSteps(guard, {{1, kMinute + 1, kMinute + 1}});
}

TEST(ClockGuard, ConfirmEndsTheGapAtTheStart) {
  ClockGuard guard = StartedAt(2 * kMaxGap);
  guard.Confirm(LedgerTime(kStart + 2 * kMaxGap), 0);
  ExpectSteps(guard, {{2 * kMaxGap + 7, 7, 2 * kMaxGap + 7}});
}

// What a stopped clock asked for is not remembered as used.
TEST(ClockGuard, AnUnusedTimeChangesNothing) {
  ClockGuard guard = StartedAt(0);
  EXPECT_EQ(guard.Now(LedgerTime(kStart), 0)->value() - kStart, 1);
  EXPECT_EQ(guard.Now(LedgerTime(kStart), 0)->value() - kStart, 1);
}

}  // namespace
}  // namespace tanhui::sequencer
