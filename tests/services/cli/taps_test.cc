#include "services/cli/import/taps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/cli/read_claims.h"

namespace tanhui::cli {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHeader =
    "deal_date,close_date,card_no,deal_value,deal_type,company_name,car_no,station,conn_mark,"
    "deal_money,equ_no\n";

// One raw line; `where` is the station of a metro tap and the vehicle of a bus tap.
std::string Tap(std::string_view time, std::string_view card, std::string_view type,
                std::string_view where, std::string_view terminal = "260") {
  const bool bus = type == "bus";
  const std::string deal_type = type == "in"    ? "地铁入站"
                                : type == "out" ? "地铁出站"
                                : bus           ? "巴士"
                                                : std::string(type);
  std::string line = "\"2018-09-01 ";
  line.append(time).append("\",\"2018-09-01 00:00:00\",").append(card).append(",0,");
  line.append(deal_type).append(",公司,").append(bus ? where : "GATE-1").append(",");
  line.append(bus ? "332(观澜)" : where).append(",0,0,").append(terminal);
  return line + "\n";
}

ClaimFile Read(const std::string& text) {
  absl::StatusOr<ClaimFile> file = ReadTaps(text, Rates(), EvidenceIds(TestKey()), GoOn);
  EXPECT_TRUE(file.ok()) << file.status();
  return *std::move(file);
}

struct Case {
  std::string name;
  std::string lines;
  std::string outcomes;
};

class TapRules : public testing::TestWithParam<Case> {};

TEST_P(TapRules, Hold) {
  EXPECT_EQ(Outcomes(Read(std::string(kHeader) + GetParam().lines)), GetParam().outcomes);
}

INSTANTIATE_TEST_SUITE_P(
    Rule1And2, TapRules,
    testing::Values(
        Case{"Duplicate", Tap("08:00:00", "A", "bus", "粤B1") + Tap("08:00:00", "A", "bus", "粤B1"),
             "2 bus_ride, 3 duplicate"},
        Case{"OneFieldDiffers",
             Tap("08:00:00", "A", "in", "布吉", "1") + Tap("08:00:00", "A", "in", "布吉", "2"),
             "2 orphan_in, 3 orphan_in"},
        Case{"DuplicateOfAMalformedLine",
             Tap("08:00:00", "", "bus", "粤B1") + Tap("08:00:00", "", "bus", "粤B1"),
             "2 malformed, 3 duplicate"},
        Case{"NoCard", Tap("08:00:00", "", "in", "布吉"), "2 malformed"},
        Case{"BlankCard", Tap("08:00:00", "\"  \"", "in", "布吉"), "2 malformed"},
        Case{"NoSuchTime", Tap("24:00:00", "A", "in", "布吉"), "2 malformed"},
        Case{"HalfATime", Tap("08:00", "A", "in", "布吉"), "2 malformed"},
        Case{"UnknownType", Tap("08:00:00", "A", "轮渡", "布吉"), "2 malformed"},
        Case{"TooFewFields", "\"2018-09-01 08:00:00\",A\n" + Tap("08:00:00", "A", "bus", "粤B1"),
             "2 malformed, 3 bus_ride"},
        Case{"TooManyFields", "1," + Tap("08:00:00", "A", "bus", "粤B1"), "2 malformed"},
        Case{"QuoteNeverClosed", "\"2018-09-01,A\n" + Tap("08:00:00", "A", "bus", "粤B1"),
             "2 malformed, 3 bus_ride"},
        Case{"NotUtf8", "\xB0\xCD\n" + Tap("08:00:00", "A", "bus", "粤B1"),
             "2 malformed, 3 bus_ride"},
        Case{"NoStation", Tap("08:00:00", "A", "in", ""), "2 no_station"},
        Case{"NoStationIsNoTap",
             Tap("08:00:00", "A", "in", "布吉") + Tap("08:10:00", "A", "out", "") +
                 Tap("08:20:00", "A", "out", "长龙"),
             "2 metro_ride, 3 no_station"},
        Case{"BusWithoutVehicle", Tap("08:00:00", "A", "bus", ""), "2 bus_ride"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rule3, TapRules,
    testing::Values(
        Case{"Ride", Tap("08:00:00", "A", "in", "布吉") + Tap("08:30:00", "A", "out", "长龙"),
             "2 metro_ride"},
        Case{"FileOrderDoesNotMatter",
             Tap("08:30:00", "A", "out", "长龙") + Tap("08:00:00", "A", "in", "布吉"),
             "3 metro_ride"},
        Case{"ExactlyFourHours",
             Tap("08:00:00", "A", "in", "布吉") + Tap("12:00:00", "A", "out", "长龙"),
             "2 metro_ride"},
        Case{"FourHoursAndASecond",
             Tap("08:00:00", "A", "in", "布吉") + Tap("12:00:01", "A", "out", "长龙"),
             "2 orphan_in, 3 orphan_out"},
        Case{"TwoIns",
             Tap("08:00:00", "A", "in", "布吉") + Tap("08:10:00", "A", "in", "布吉") +
                 Tap("08:30:00", "A", "out", "长龙"),
             "2 orphan_in, 3 metro_ride"},
        Case{"TwoOuts",
             Tap("08:00:00", "A", "in", "布吉") + Tap("08:30:00", "A", "out", "长龙") +
                 Tap("08:40:00", "A", "out", "长龙"),
             "2 metro_ride, 4 orphan_out"},
        Case{"OthersTapsDoNotMatter",
             Tap("08:00:00", "A", "in", "布吉") + Tap("08:10:00", "B", "in", "布吉") +
                 Tap("08:30:00", "A", "out", "长龙"),
             "2 metro_ride, 3 orphan_in"},
        Case{"BusTapsDoNotMatter",
             Tap("08:00:00", "A", "in", "布吉") + Tap("08:10:00", "A", "bus", "粤B1") +
                 Tap("08:30:00", "A", "out", "长龙"),
             "2 metro_ride, 3 bus_ride"},
        // In the same second the in tap counts first: it opens a ride that the out tap ends.
        Case{"SameSecondInBeforeOut",
             Tap("08:00:00", "A", "out", "长龙") + Tap("08:00:00", "A", "in", "布吉"),
             "3 too_short"},
        Case{"SameSecondFileOrder",
             Tap("08:00:00", "A", "in", "布吉", "1") + Tap("08:00:00", "A", "in", "长龙", "2") +
                 Tap("08:30:00", "A", "out", "长龙"),
             "2 orphan_in, 3 same_station"},
        Case{"LoneOut", Tap("08:00:00", "A", "out", "布吉"), "2 orphan_out"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rule4And5, TapRules,
    testing::Values(
        Case{"SameStationBeforeTooShort",
             Tap("08:00:00", "A", "in", "布吉") + Tap("08:00:10", "A", "out", "布吉"),
             "2 same_station"},
        Case{"TooShort", Tap("08:00:00", "A", "in", "布吉") + Tap("08:02:59", "A", "out", "长龙"),
             "2 too_short"},
        Case{"ExactlyThreeMinutes",
             Tap("08:00:00", "A", "in", "布吉") + Tap("08:03:00", "A", "out", "长龙"),
             "2 metro_ride"},
        // The tap after 10 minutes is no ride, so the one after 20 is 20 minutes from a ride.
        Case{"BusChain",
             Tap("08:00:00", "A", "bus", "粤B1") + Tap("08:10:00", "A", "bus", "粤B1") +
                 Tap("08:20:00", "A", "bus", "粤B1"),
             "2 bus_ride, 3 same_vehicle, 4 bus_ride"},
        Case{"JustUnderFifteenMinutes",
             Tap("08:00:00", "A", "bus", "粤B1") + Tap("08:14:59", "A", "bus", "粤B1"),
             "2 bus_ride, 3 same_vehicle"},
        Case{"ExactlyFifteenMinutes",
             Tap("08:00:00", "A", "bus", "粤B1") + Tap("08:15:00", "A", "bus", "粤B1"),
             "2 bus_ride, 3 bus_ride"},
        Case{"AnotherVehicle",
             Tap("08:00:00", "A", "bus", "粤B1") + Tap("08:01:00", "A", "bus", "粤B2") +
                 Tap("08:02:00", "A", "bus", "粤B1"),
             "2 bus_ride, 3 bus_ride, 4 same_vehicle"},
        Case{"AnotherCard",
             Tap("08:00:00", "A", "bus", "粤B1") + Tap("08:01:00", "B", "bus", "粤B1"),
             "2 bus_ride, 3 bus_ride"},
        Case{"BusInOrderOfTime",
             Tap("08:10:00", "A", "bus", "粤B1") + Tap("08:00:00", "A", "bus", "粤B1"),
             "2 same_vehicle, 3 bus_ride"},
        // Card, time and terminal are the evidence of a bus ride; the vehicle is not.
        Case{"SameEvidence",
             Tap("08:00:00", "A", "bus", "粤B1") + Tap("08:00:00", "A", "bus", "粤B2"),
             "2 bus_ride, 3 already_awarded"}),
    [](const auto& test) { return test.param.name; });

TEST(Taps, ColumnsInAnyOrderWithBomAndCrlf) {
  const ClaimFile file = Read(
      "\xEF\xBB\xBF"
      "equ_no,station,extra,deal_type,card_no,car_no,deal_date\r\n"
      "1,布吉,x,地铁入站,A,G,2018-09-01 08:00:00\r\n"
      "\r\n"
      "2,\"长\"\"龙\",\"x,y\",地铁出站,A,G,\"2018-09-01 08:30:00\"\r\n"
      "3,,x,巴士,A,粤B1,2018-09-01 09:00:00");
  EXPECT_EQ(Outcomes(file), "2 metro_ride, 5 bus_ride");
  EXPECT_EQ(file.lines, 3U);
}

TEST(Taps, ClaimsSayWhoWhenAndHowMuch) {
  const ClaimFile file =
      Read(std::string(kHeader) + Tap("08:50:00", "B", "bus", "粤B1", "9") +
           Tap("08:00:00", "A", "in", "布吉", "7") + Tap("08:30:00", "A", "out", "长龙", "8"));
  ASSERT_EQ(file.claims.size(), 2U);
  const EvidenceIds ids(TestKey());
  const Claim& metro = file.claims[0];  // in order of time
  EXPECT_EQ(file.users[metro.user], "A");
  EXPECT_EQ(FormatShanghai(ToLedgerTime(metro.act_time)), "2018-09-01 08:30:00");
  EXPECT_EQ(metro.points, 27);
  EXPECT_EQ(metro.id, ids.MetroRide("A", *ParseSeconds("2018-09-01 08:00:00"), "7"));
  const Claim& bus = file.claims[1];
  EXPECT_EQ(file.users[bus.user], "B");
  EXPECT_EQ(bus.points, 10);
  EXPECT_EQ(bus.id, ids.BusRide("B", *ParseSeconds("2018-09-01 08:50:00"), "9"));
  EXPECT_EQ(TotalsOf(file).Json(),
            R"({"lines":3,"awarded":{"bus_ride":1,"metro_ride":1},"refused":{},"points":37})");
}

TEST(Taps, EveryReadableCardIsAUser) {
  const ClaimFile file = Read(std::string(kHeader) + Tap("08:00:00", "A", "in", "布吉") +
                              Tap("08:00:00", "B", "in", "") + Tap("25:00:00", "C", "in", "布吉"));
  EXPECT_EQ(file.users.size(), 2U);
}

TEST(Taps, AMissingColumnRefusesTheFile) {
  const auto file = ReadTaps("deal_date,card_no,station,car_no\n1,2,3,4\n", Rates(),
                             EvidenceIds(TestKey()), GoOn);
  EXPECT_THAT(std::string(file.status().message()), HasSubstr("columns deal_type, equ_no"));
  EXPECT_FALSE(ReadTaps("", Rates(), EvidenceIds(TestKey()), GoOn).ok());
}

TEST(Taps, AHeaderAloneIsAnEmptyFile) {
  EXPECT_EQ(TotalsOf(Read(std::string(kHeader))).Json(),
            R"({"lines":0,"awarded":{"bus_ride":0,"metro_ride":0},"refused":{},"points":0})");
}

TEST(Taps, ReadingStopsWhenAsked) {
  std::string text(kHeader);
  for (int i = 0; i < 5000; ++i) {
    text += Tap("08:00:00", "A" + std::to_string(i), "in", "布吉");
  }
  const auto file =
      ReadTaps(text, Rates(), EvidenceIds(TestKey()), [](std::size_t) { return false; });
  EXPECT_TRUE(absl::IsCancelled(file.status()));
}

}  // namespace
}  // namespace tanhui::cli
