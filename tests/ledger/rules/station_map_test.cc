#include "ledger/rules/station_map.h"

#include <gtest/gtest.h>

#include "tests/ledger/rules/documents.h"

namespace tanhui::rules {
namespace {

TEST(StationMapTest, TheShortWayRoundACircle) {
  const StationMap map(DemoStations());
  EXPECT_EQ(map.size(), 6u);
  EXPECT_EQ(map.Metres(0, 1), 1000u);
  EXPECT_EQ(map.Metres(0, 3), 500u) << "not 3000 the long way round";
  EXPECT_EQ(map.Metres(0, 2), 1500u) << "not 2000";
  EXPECT_EQ(map.Metres(2, 0), 1500u);
  EXPECT_EQ(map.Metres(1, 1), 0u);
}

TEST(StationMapTest, OneNameInTwoCities) {
  const StationMap map(DemoStations());
  const auto here = map.Find("chongqing", "乙");
  const auto there = map.Find("chengdu", "乙");
  ASSERT_TRUE(here.has_value() && there.has_value());
  EXPECT_NE(*here, *there);
  EXPECT_EQ(map.Metres(*map.Find("chengdu", "甲"), *there), 777u);
  EXPECT_EQ(map.Metres(*here, *there), std::nullopt) << "no tracks lead there";
  EXPECT_EQ(map.Find("chengdu", "丙"), std::nullopt);
  EXPECT_EQ(map.Find("", "乙"), std::nullopt);
}

TEST(StationMapTest, TwoTracksBetweenTwoStations) {
  entry::v1::StationTable table = DemoStations();
  entry::v1::Track& track = *table.add_tracks();
  track.set_from(1);
  track.set_to(0);
  track.set_metres(200);
  EXPECT_EQ(StationMap(table).Metres(0, 1), 200u);
}

}  // namespace
}  // namespace tanhui::rules
