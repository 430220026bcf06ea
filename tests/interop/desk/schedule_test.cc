// When something is said again, and when a city counts as down.
#include "interop/desk/schedule.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace tanhui::desk {
namespace {

using Time = Schedule::Time;

constexpr ScheduleOptions kOptions{.first_wait_micros = 100,
                                   .longest_wait_micros = 1'000,
                                   .failures_to_open = 3,
                                   .most_in_flight = 2};

ExchangeName Named(std::uint8_t n, bool as_origin = true) {
  ExchangeName name{ParticipantNo(8), as_origin, {}};
  name.id.bytes[15] = n;
  return name;
}

// The shortest waits: half of the whole.
Schedule Short() {
  return Schedule(kOptions, [] { return std::uint64_t{0}; });
}

TEST(Schedule, SaysAtOnceAndThenLaterAndLater) {
  Schedule schedule = Short();
  schedule.Add(Named(1), EntryIndex(5), 0);
  Time now = 0;
  std::vector<Time> waits;
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(schedule.NextAt(), now);
    ASSERT_EQ(schedule.TakeDue(now), std::vector{Named(1)});
    EXPECT_TRUE(schedule.TakeDue(now).empty()) << "it is under way";
    EXPECT_EQ(schedule.NextAt(), std::nullopt);
    schedule.Answered(Named(1), now);
    waits.push_back(*schedule.NextAt() - now);
    now = *schedule.NextAt();
    EXPECT_TRUE(schedule.TakeDue(now - 1).empty());
  }
  EXPECT_EQ(waits, (std::vector<Time>{50, 100, 200, 400, 500, 500, 500}));
}

TEST(Schedule, WaitsAreSpread) {
  std::mt19937_64 random(7);
  Schedule schedule(kOptions, [&random] { return random(); });
  Time least = 1'000;
  Time most = 0;
  for (std::uint8_t i = 1; i <= 100; ++i) {
    schedule.Add(Named(i), EntryIndex(i), 0);
    schedule.TakeDue(0);
    schedule.Answered(Named(i), 0);
    const Time wait = *schedule.NextAt();
    schedule.Remove(Named(i));
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_GE(least, 50);
  EXPECT_LT(least, 60);
  EXPECT_LE(most, 100);
  EXPECT_GT(most, 90);
}

TEST(Schedule, WhatChangedIsDueAtOnce) {
  Schedule schedule = Short();
  schedule.Add(Named(1), EntryIndex(5), 0);
  schedule.TakeDue(0);
  schedule.Again(Named(1), 3);
  EXPECT_TRUE(schedule.TakeDue(3).empty()) << "it is under way";
  schedule.Answered(Named(1), 10);
  EXPECT_EQ(schedule.NextAt(), 10);
  schedule.TakeDue(10);
  schedule.Answered(Named(1), 10);
  EXPECT_GT(*schedule.NextAt(), 10);
  schedule.Again(Named(1), 20);
  EXPECT_EQ(schedule.NextAt(), 20);
}

TEST(Schedule, WhatIsClosedIsNotSaidAgain) {
  Schedule schedule = Short();
  schedule.Add(Named(1), EntryIndex(5), 0);
  schedule.Add(Named(2, false), EntryIndex(4), 0);
  EXPECT_EQ(schedule.Oldest(), EntryIndex(4));
  schedule.TakeDue(0);
  schedule.Remove(Named(2, false));
  EXPECT_EQ(schedule.open(), 2u) << "until what is under way is over";
  schedule.Answered(Named(2, false), 1);
  EXPECT_EQ(schedule.open(), 1u);
  EXPECT_EQ(schedule.Oldest(), EntryIndex(5));
  schedule.Answered(Named(1), 1);
  schedule.Remove(Named(1));
  EXPECT_EQ(schedule.NextAt(), std::nullopt);
  EXPECT_EQ(schedule.Oldest(), std::nullopt);
}

TEST(Schedule, OnlySoManyAreUnderWay) {
  Schedule schedule = Short();
  for (std::uint8_t i = 1; i <= 4; ++i) {
    schedule.Add(Named(i), EntryIndex(i), 10 - i);
  }
  EXPECT_EQ(schedule.TakeDue(10), (std::vector{Named(4), Named(3)})) << "the longest waiting first";
  EXPECT_TRUE(schedule.TakeDue(10).empty());
  schedule.Answered(Named(4), 10);
  EXPECT_EQ(schedule.TakeDue(10), std::vector{Named(2)});
}

TEST(Schedule, ACityThatIsDownIsAskedByOneAtATime) {
  Schedule schedule = Short();
  for (std::uint8_t i = 1; i <= 4; ++i) {
    schedule.Add(Named(i), EntryIndex(i), 0);
  }
  Time now = 0;
  for (int failures = 0; failures < 3; ++failures) {
    EXPECT_FALSE(schedule.down());
    const auto due = schedule.TakeDue(now);
    ASSERT_FALSE(due.empty());
    schedule.Unanswered(due.front(), now);
    for (std::size_t i = 1; i < due.size(); ++i) {
      schedule.Released(due[i], now);
    }
    now = 1'000;
  }
  ASSERT_TRUE(schedule.down());
  EXPECT_TRUE(schedule.TakeDue(now).empty());
  std::vector<Time> probes;
  for (int i = 0; i < 6; ++i) {
    const Time at = *schedule.NextAt();
    probes.push_back(at - now);
    now = at;
    const auto due = schedule.TakeDue(now);
    ASSERT_EQ(due.size(), 1u) << "one that asks";
    EXPECT_EQ(schedule.NextAt(), std::nullopt);
    schedule.Unanswered(due.front(), now);
  }
  EXPECT_EQ(probes, (std::vector<Time>{50, 100, 200, 400, 500, 500}));
  // It is back: all of them soon, whatever they waited for.
  now = *schedule.NextAt();
  schedule.Answered(schedule.TakeDue(now).front(), now);
  EXPECT_FALSE(schedule.down());
  EXPECT_EQ(schedule.TakeDue(now + 100).size(), 2u);
}

// A city that stops ends everything that is under way at one moment: that is one outage, and not a
// reason to wait for minutes before it is asked again.
TEST(Schedule, WhatFailsTogetherIsOneOutage) {
  ScheduleOptions options = kOptions;
  options.most_in_flight = 32;
  Schedule schedule(options, [] { return std::uint64_t{0}; });
  for (std::uint8_t i = 1; i <= 32; ++i) {
    schedule.Add(Named(i), EntryIndex(i), 0);
  }
  for (const ExchangeName& exchange : schedule.TakeDue(0)) {
    schedule.Unanswered(exchange, 10);
  }
  ASSERT_TRUE(schedule.down());
  EXPECT_EQ(schedule.NextAt(), 60) << "the shortest wait after it went down";
  // A probe in vain makes the next one wait longer.
  const auto probe = schedule.TakeDue(60);
  ASSERT_EQ(probe.size(), 1u);
  schedule.Unanswered(probe.front(), 60);
  EXPECT_EQ(schedule.NextAt(), 160);
}

TEST(Schedule, AnAnswerForgetsFailures) {
  Schedule schedule = Short();
  schedule.Add(Named(1), EntryIndex(1), 0);
  Time now = 0;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(schedule.TakeDue(now).size(), 1u);
    i % 3 == 2 ? schedule.Answered(Named(1), now) : schedule.Unanswered(Named(1), now);
    EXPECT_FALSE(schedule.down());
    now = *schedule.NextAt();
  }
}

}  // namespace
}  // namespace tanhui::desk
