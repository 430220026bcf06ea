// Each signal just below its threshold and at it.
#include "ledger/watch/watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tanhui::watch {
namespace {

constexpr std::int64_t kHour = 60 * kMicrosPerMinute;
constexpr LedgerTime kNoon{1'800'000'000 * kMicrosPerSecond};
constexpr std::uint32_t kYuzhong = 500'103;   // Chongqing
constexpr std::uint32_t kYunyang = 500'235;   // a county of Chongqing
constexpr std::uint32_t kJinjiang = 510'104;  // Chengdu

WatchOptions Small() {
  WatchOptions out;
  out.citizen_acts = {3, kHour};
  out.device_acts = {4, kHour};
  out.caller_acts = {5, kHour};
  out.device_citizens = {3, kHour};
  out.cap_refusals = {2, 7 * kMicrosPerDay};
  return out;
}

WatchOptions Off() {
  WatchOptions out;
  for (Threshold* threshold : {&out.citizen_acts, &out.device_acts, &out.caller_acts,
                               &out.device_citizens, &out.cap_refusals}) {
    threshold->most = 0;
  }
  out.travel_micros = 0;
  return out;
}

LedgerTime After(std::int64_t minutes) {
  return LedgerTime(kNoon.value() + minutes * kMicrosPerMinute);
}

// An act `minutes` after noon by a citizen, through a caller and device of no others.
Sighting Act(std::int64_t minutes, std::uint64_t citizen, std::uint64_t entry) {
  Sighting out;
  out.recorded = out.begun = out.ended = After(minutes);
  out.citizen = AccountNo(citizen);
  out.caller = ParticipantNo(static_cast<std::uint32_t>(1'000 + entry));
  out.entry = EntryIndex(entry);
  return out;
}

std::vector<Signal> Observed(Watch& watch, const Sighting& sighting) {
  std::vector<Signal> out;
  watch.Observe(sighting, out);
  return out;
}

// How many acts, one a minute, make the first signal of the kind; 0: none of twenty.
int FirstSignal(SignalKind kind, const WatchOptions& options, void (*change)(Sighting&)) {
  Watch watch(options);
  for (int i = 1; i <= 20; ++i) {
    Sighting sighting = Act(i, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(i));
    change(sighting);
    for (const Signal& signal : Observed(watch, sighting)) {
      EXPECT_EQ(signal.kind, kind);
      EXPECT_EQ(signal.subject, 77U);
      EXPECT_EQ(signal.count, i);
      return i;
    }
  }
  return 0;
}

struct KindCase {
  std::string name;
  SignalKind kind;
  Threshold WatchOptions::*threshold;
  void (*change)(Sighting&);
};

TEST(Watch, MoreThanTheThresholdIsASignal) {
  const std::vector<KindCase> cases = {
      {"citizen", SignalKind::kCitizenVelocity, &WatchOptions::citizen_acts,
       [](Sighting& sighting) { sighting.citizen = AccountNo(77); }},
      {"device", SignalKind::kDeviceVelocity, &WatchOptions::device_acts,
       [](Sighting& sighting) { sighting.device = 77; }},
      {"caller", SignalKind::kCallerVelocity, &WatchOptions::caller_acts,
       [](Sighting& sighting) { sighting.caller = ParticipantNo(77); }},
      {"citizens", SignalKind::kManyCitizens, &WatchOptions::device_citizens,
       [](Sighting& sighting) { sighting.device = 77; }},
      {"caps", SignalKind::kCapRefusals, &WatchOptions::cap_refusals,
       [](Sighting& sighting) {
         sighting.citizen = AccountNo(77);
         sighting.refused = Reason::kCapReached;
       }},
  };
  for (const KindCase& one : cases) {
    SCOPED_TRACE(one.name);
    for (const std::uint32_t most : {1U, 2U, 7U}) {
      WatchOptions options = Off();
      options.*one.threshold = {most, kHour};
      EXPECT_EQ(FirstSignal(one.kind, options, one.change), static_cast<int>(most) + 1);
    }
    EXPECT_EQ(FirstSignal(one.kind, Off(), one.change), 0);
  }
}

TEST(Watch, TheCrossingNamesWhatLedToIt) {
  Watch watch(Small());
  for (std::uint64_t i = 1; i <= 3; ++i) {
    EXPECT_TRUE(Observed(watch, Act(static_cast<std::int64_t>(i), 7, i)).empty());
  }
  const auto crossing = Observed(watch, Act(4, 7, 4));
  ASSERT_EQ(crossing.size(), 1U);
  EXPECT_EQ(crossing[0].entries,
            (std::vector{EntryIndex(4), EntryIndex(3), EntryIndex(2), EntryIndex(1)}));
  EXPECT_EQ(crossing[0].first, After(1));
  EXPECT_EQ(crossing[0].last, After(4));
  const auto next = Observed(watch, Act(5, 7, 5));
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].entries, std::vector{EntryIndex(5)});
}

struct SlidingCase {
  std::string name;
  std::vector<std::int64_t> minutes;  // of acts in the order in which they come
  bool signal = false;                // at the last
};

TEST(Watch, WindowsSlide) {
  const std::vector<SlidingCase> cases = {
      {"all at once", {0, 0, 0, 0}, true},
      {"within 55 minutes", {-20, 0, 20, 34}, true},
      {"across the border of two rows", {-58, -31, -30, -29}, true},
      {"over an hour apart", {-31, 0, 20, 31}, false},
      {"an hour that slid on", {0, 1, 2, 62, 63, 64}, false},
      {"slid on, and too many", {0, 1, 2, 62, 63, 64, 65}, true},
      {"late ones count where they were", {300, 0, 301, 1, 302, 2}, false},
      {"late ones, and too many", {300, 0, 301, 1, 302, 2, 3}, true},
      {"in no order", {30, 0, 20, 10}, true},
      {"days late", {0, 1, 2, -4'000, -4'001, -4'002}, false},
  };
  for (const SlidingCase& one : cases) {
    Watch watch(Small());
    bool signal = false;
    for (std::size_t i = 0; i < one.minutes.size(); ++i) {
      signal = !Observed(watch, Act(one.minutes[i], 7, i)).empty();
      EXPECT_TRUE(!signal || i + 1 == one.minutes.size()) << one.name;
    }
    EXPECT_EQ(signal, one.signal) << one.name;
  }
}

TEST(Watch, RefusalsCountForCapsAlone) {
  Watch watch(Small());
  for (std::uint64_t i = 0; i < 50; ++i) {
    Sighting refused = Act(0, 7, i);
    refused.refused = Reason::kAlreadyClaimed;
    EXPECT_TRUE(Observed(watch, refused).empty());
  }
  Sighting capped = Act(0, 7, 0);
  capped.refused = Reason::kCapReached;
  EXPECT_TRUE(Observed(watch, capped).empty());
  EXPECT_TRUE(Observed(watch, Act(0, 7, 1)).empty());
  capped.ended = After(3 * 24 * 60);
  EXPECT_TRUE(Observed(watch, capped).empty());
  capped.ended = After(9 * 24 * 60);
  EXPECT_TRUE(Observed(watch, capped).empty());
  capped.ended = After(5 * 24 * 60);
  const auto signals = Observed(watch, capped);
  ASSERT_EQ(signals.size(), 1U);
  EXPECT_EQ(signals[0].kind, SignalKind::kCapRefusals);
  EXPECT_TRUE(signals[0].entries.empty());
}

TEST(Watch, ACitizenCountsOnceAtADevice) {
  WatchOptions options = Off();
  options.device_citizens = {2, kHour};
  Watch watch(options);
  const auto at = [&](std::int64_t minutes, std::uint64_t citizen, bool ride = false) {
    Sighting sighting = Act(minutes, citizen, 1);
    sighting.device = 9;
    sighting.ride = ride;
    return !Observed(watch, sighting).empty();
  };
  for (std::int64_t minute = 0; minute < 50; ++minute) {
    EXPECT_FALSE(at(minute, 1 + static_cast<std::uint64_t>(minute % 2)));
  }
  EXPECT_FALSE(at(50, 3, true)) << "gates see everybody";
  EXPECT_TRUE(at(51, 3));
  EXPECT_FALSE(at(200, 1));
  EXPECT_FALSE(at(201, 3));
  EXPECT_FALSE(at(199, 1)) << "late, and counted already";
  EXPECT_TRUE(at(202, 2));
}

struct Trip {
  std::int64_t from = 0;  // minutes
  std::int64_t to = 0;
  std::uint32_t district = kYuzhong;
  bool ride = false;
};
struct TravelCase {
  std::string name;
  Trip first;
  Trip second;
  bool signal = false;
};

TEST(Watch, NobodyIsInTwoPlaces) {
  const std::vector<TravelCase> cases = {
      {"two cities, an hour between", {0, 0, kYuzhong}, {60, 60, kJinjiang}, false},
      {"two cities, less", {0, 0, kYuzhong}, {59, 59, kJinjiang}, true},
      {"the time between counts", {0, 30, kYuzhong}, {60, 90, kJinjiang}, true},
      {"and is enough", {0, 30, kYuzhong}, {90, 100, kJinjiang}, false},
      {"one city", {0, 0, kYuzhong}, {1, 1, kYunyang}, false},
      {"no district", {0, 0, kYuzhong}, {1, 1, 0}, false},
      {"rides one after the other", {0, 30, kYuzhong, true}, {30, 40, kYuzhong, true}, false},
      {"rides that overlap", {0, 30, kYuzhong, true}, {29, 40, kYuzhong, true}, true},
      {"one inside the other", {0, 30, kYuzhong, true}, {10, 12, kYuzhong, true}, true},
      {"of which one ends inside", {0, 30, kYuzhong, true}, {10, 10, kYuzhong, true}, true},
      {"of which both only end", {10, 10, kYuzhong, true}, {10, 10, kYuzhong, true}, false},
      {"a ride while something else lasts", {0, 30, kYuzhong, true}, {10, 40, kYuzhong}, false},
  };
  for (const TravelCase& one : cases) {
    for (const bool swapped : {false, true}) {
      Watch watch(Small());
      const auto go = [&](const Trip& trip, std::uint64_t entry) {
        Sighting sighting = Act(trip.to, 7, entry);
        sighting.begun = After(trip.from);
        sighting.district = trip.district;
        sighting.ride = trip.ride;
        return Observed(watch, sighting);
      };
      EXPECT_TRUE(go(swapped ? one.second : one.first, 1).empty()) << one.name;
      const auto signals = go(swapped ? one.first : one.second, 2);
      ASSERT_EQ(signals.size(), one.signal ? 1U : 0U) << one.name;
      if (one.signal) {
        EXPECT_EQ(signals[0].kind, SignalKind::kImpossibleTravel);
        EXPECT_EQ(signals[0].subject, 7U);
        EXPECT_EQ(signals[0].entries, (std::vector{EntryIndex(2), EntryIndex(1)}));
      }
    }
  }
}

TEST(Watch, CitiesOfDistricts) {
  EXPECT_EQ(CityOf(kYuzhong), CityOf(kYunyang));
  EXPECT_EQ(CityOf(kJinjiang), 5'101U);
  EXPECT_NE(CityOf(kJinjiang), CityOf(510'703));
  EXPECT_EQ(CityOf(110'101), CityOf(110'228));
}

// A million citizens: memory stays bounded, and what came first is forgotten first.
TEST(Watch, MemoryIsBounded) {
  WatchOptions options = Small();
  options.max_rows = 1'000;
  options.caller_acts.most = 0;
  Watch watch(options);
  const auto thrice = [&](std::uint64_t citizen) {
    for (std::uint64_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(Observed(watch, Act(0, citizen, i)).empty());
    }
  };
  thrice(1);
  for (std::uint64_t citizen = 2; citizen < 1'000; ++citizen) {
    Sighting sighting = Act(0, citizen, citizen);
    sighting.district = kYuzhong;
    EXPECT_TRUE(Observed(watch, sighting).empty());
  }
  EXPECT_EQ(Observed(watch, Act(0, 1, 9)).size(), 1U) << "still remembered";
  for (std::uint64_t citizen = 1'000; citizen < 1'000'000; ++citizen) {
    Observed(watch, Act(0, citizen, citizen));
  }
  EXPECT_EQ(watch.rows(), 1'000U);
  EXPECT_TRUE(Observed(watch, Act(0, 1, 9)).empty()) << "forgotten";
}

}  // namespace
}  // namespace tanhui::watch
