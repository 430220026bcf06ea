// Lines and taps as acts: what is asked of the ledger, and what is refused before.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "services/cli/client/request_stamp.h"
#include "services/cli/import/acts.h"
#include "services/cli/import/as_acts/act_request.h"
#include "services/cli/import/as_acts/station_assignment.h"
#include "services/cli/import/manifest.h"
#include "services/cli/import/taps.h"
#include "tests/services/cli/read_claims.h"

namespace tanhui::cli {
namespace {

using testing::HasSubstr;

ReadingOptions AsActs(std::int64_t clock_offset_seconds = 0) {
  ReadingOptions options;
  options.clock_offset_seconds = clock_offset_seconds;
  options.acts =
      ActReading{.district = "500103",
                 .evidence_source = "shop",
                 .stations = {{"布吉", "朝天门"}, {"长龙", "较场口"}, {"龙华", "朝天门"}}};
  return options;
}

ClaimFile ReadLines(const std::string& text, const ReadingOptions& options = AsActs()) {
  auto file = ReadActs(text, Rates(), EvidenceIds(TestKey()), GoOn, options);
  EXPECT_TRUE(file.ok()) << file.status();
  return *std::move(file);
}

ClaimFile ReadRides(const std::string& taps, const ReadingOptions& options = AsActs()) {
  auto file = ReadTaps("deal_date,card_no,deal_type,station,car_no,equ_no\n" + taps, Rates(),
                       EvidenceIds(TestKey()), GoOn, options);
  EXPECT_TRUE(file.ok()) << file.status();
  return *std::move(file);
}

std::string Shown(const v1::Act& act) {
  v1::Act shown = act;
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  printer.PrintToString(shown, &text);
  return text;
}

constexpr const char* kHeader =
    "user_id,scenario,act_time,evidence,quantity,unit,district,material,product,origin,"
    "destination,duration_s\n";

TEST(LinesAsActs, AreWhatTheLineSays) {
  const ClaimFile file =
      ReadLines(std::string(kHeader) +
                "u,recycling,2027-01-02 08:00:00,slip 1,2000,gram,500104,glass,,,,60\n"
                "u,metro_ride,2027-01-02 09:00:00,tap 1,,,,,,朝天门,较场口,600\n"
                "u,dining,2027-01-02 10:00:00,bill 1,,,,,,,,\n"
                "u,efficient_purchase,2027-01-02 11:00:00,bill 2,2,item,,,green/X 1,,,\n");
  ASSERT_EQ(file.claims.size(), 4U);
  EXPECT_TRUE(file.has_acts);
  EXPECT_EQ(file.claims[0].points, 0);
  EXPECT_EQ(Shown(ActOf(file, file.claims[0])),
            "scenario: \"recycling\" district: \"500104\" quantity: 2000 unit: UNIT_GRAM "
            "duration_seconds: 60 evidence { kind: EVIDENCE_KIND_RECORD source: \"shop\" subject: "
            "\"slip 1\" } material: \"glass\" ");
  const v1::Act way = ActOf(file, file.claims[1]);
  EXPECT_EQ(way.quantity(), 0U);
  EXPECT_EQ(way.unit(), v1::UNIT_METRE);
  EXPECT_EQ(way.origin_station() + way.destination_station(), "朝天门较场口");
  EXPECT_EQ(way.district(), "500103");
  const v1::Act meal = ActOf(file, file.claims[2]);
  EXPECT_EQ(meal.quantity(), 1U);
  EXPECT_EQ(meal.unit(), v1::UNIT_TIME);
  EXPECT_EQ(ActOf(file, file.claims[3]).product(), "green/X 1");
}

// A column `corrects`: the act of the same evidence, or of that request id, which needs none.
TEST(LinesAsActs, MayCorrectActs) {
  const ClaimFile file = ReadLines(
      "user_id,scenario,act_time,evidence,quantity,unit,corrects,revision\n"
      "u,recycling,2027-01-02 08:00:00,slip 1,900,gram,line,\n"
      "u,recycling,2027-01-02 08:00:01,slip 1,800,gram,line,1\n"
      "u,recycling,2027-01-02 08:00:02,,700,gram,weighing 7,2\n"
      "u,recycling,2027-01-02 08:00:03,,600,gram,line,\n"
      "u,recycling,2027-01-02 08:00:04,slip 1,500,gram,line,0\n"
      "u,recycling,2027-01-02 08:00:05,slip 2,400,gram,,\n"
      "u,recycling,2027-01-02 08:00:06,slip 3,300,gram,line,-1\n");
  EXPECT_TRUE(file.has_corrections);
  EXPECT_EQ(Outcomes(file),
            "2 recycling, 3 recycling, 4 recycling, 5 malformed, 6 duplicate, 7 malformed, "
            "8 malformed");
  const EvidenceIds ids(TestKey());
  ASSERT_EQ(file.claims.size(), 3U);
  const std::string corrected = RequestIdText(ids.Act("slip 1"));
  for (std::size_t i = 0; i < 3; ++i) {
    const ActLine& act = file.acts[file.claims[i].act];
    EXPECT_EQ(std::string(file.texts[act.about]), i < 2 ? corrected : "weighing 7");
    EXPECT_EQ(act.revision, i);
    EXPECT_EQ(ActOf(file, file.claims[i]).evidence_size(), i < 2 ? 1 : 0);
  }
  EXPECT_EQ(file.claims[2].id, ids.Correction("weighing 7", 2));
}

// Columns `weighing` and `booking`: a booking, and its weighing by the same evidence or by its
// request id; and corrections of weighings.
TEST(LinesAsActs, MayBeBookedAndWeighed) {
  const ClaimFile file = ReadLines(
      "user_id,scenario,act_time,evidence,quantity,unit,weighing,booking\n"
      "u,pickup,2027-01-02 08:00:00,order 1,900,gram,booked,\n"
      "u,pickup,2027-01-02 08:00:01,order 1,800,gram,weighed,line\n"
      "u,pickup,2027-01-02 08:00:02,,700,gram,weighed,b-7\n"
      "u,pickup,2027-01-02 08:00:03,slip 8,600,gram,weighed,b-8\n"
      "u,pickup,2027-01-02 08:00:04,,500,gram,weighed,line\n"
      "u,pickup,2027-01-02 08:00:05,order 1,400,gram,weighed,\n"
      "u,pickup,2027-01-02 08:00:06,order 2,300,gram,booked,line\n"
      "u,pickup,2027-01-02 08:00:07,order 2,300,gram,,b-9\n"
      "u,pickup,2027-01-02 08:00:08,order 2,300,gram,guessed,\n"
      "u,pickup,2027-01-02 08:00:09,slip 9,700,gram,weighed,b-7\n");
  EXPECT_EQ(Outcomes(file),
            "2 pickup, 3 pickup, 4 pickup, 5 pickup, 6 malformed, 7 malformed, 8 malformed, "
            "9 malformed, 10 malformed, 11 duplicate");
  ASSERT_EQ(file.claims.size(), 4U);
  const EvidenceIds ids(TestKey());
  const EvidenceId booked = ids.Act("order 1");
  EXPECT_EQ(file.claims[0].id, booked);
  EXPECT_EQ(file.claims[1].id, ids.Weighing(RequestIdText(booked)));
  EXPECT_EQ(file.claims[2].id, ids.Weighing("b-7"));
  const v1::Act booking = ActOf(file, file.claims[0]);
  EXPECT_EQ(booking.weighing(), v1::WEIGHING_BOOKED);
  EXPECT_EQ(booking.booking_request_id(), "");
  EXPECT_EQ(booking.evidence(0).subject(), "order 1");
  const v1::Act weighed = ActOf(file, file.claims[1]);
  EXPECT_EQ(weighed.weighing(), v1::WEIGHING_WEIGHED);
  EXPECT_EQ(weighed.booking_request_id(), RequestIdText(booked));
  EXPECT_EQ(weighed.evidence_size(), 0) << "the order was claimed by the booking";
  const v1::Act by_slip = ActOf(file, file.claims[3]);
  EXPECT_EQ(by_slip.booking_request_id(), "b-8");
  EXPECT_EQ(by_slip.evidence(0).subject(), "slip 8");
}

TEST(LinesAsActs, MayCorrectWeighings) {
  const ClaimFile file = ReadLines(
      "user_id,scenario,act_time,evidence,quantity,unit,weighing,booking,corrects,revision\n"
      "u,pickup,2027-01-02 08:00:00,order 1,900,gram,,line,weighing,\n"
      "u,pickup,2027-01-02 08:00:01,,800,gram,,b-7,weighing,1\n"
      "u,pickup,2027-01-02 08:00:02,,700,gram,,line,weighing,\n"
      "u,pickup,2027-01-02 08:00:03,order 1,600,gram,,,weighing,\n"
      "u,pickup,2027-01-02 08:00:04,order 1,500,gram,weighed,line,weighing,\n"
      "u,pickup,2027-01-02 08:00:05,order 1,400,gram,,b-7,line,\n");
  EXPECT_EQ(Outcomes(file),
            "2 pickup, 3 pickup, 4 malformed, 5 malformed, 6 malformed, 7 malformed");
  ASSERT_EQ(file.claims.size(), 2U);
  const EvidenceIds ids(TestKey());
  const std::string first = RequestIdText(ids.Weighing(RequestIdText(ids.Act("order 1"))));
  const std::string second = RequestIdText(ids.Weighing("b-7"));
  EXPECT_EQ(file.claims[0].id, ids.Correction(first, 0));
  EXPECT_EQ(file.claims[1].id, ids.Correction(second, 1));
  EXPECT_EQ(std::string(file.texts[file.acts[file.claims[1].act].about]), second);
  const v1::Act act = ActOf(file, file.claims[0]);
  EXPECT_EQ(act.weighing(), v1::WEIGHING_UNSPECIFIED);
  EXPECT_EQ(act.evidence_size(), 0);
}

struct Malformed {
  std::string line;
  std::string detail;
};
class LineFaults : public testing::TestWithParam<Malformed> {};

TEST_P(LineFaults, AreTold) {
  const ClaimFile file = ReadLines("points," + std::string(kHeader) + GetParam().line + "\n",
                                   {.acts = ActReading{.evidence_source = "shop"}});
  ASSERT_EQ(file.refused.size(), 1U);
  EXPECT_EQ(file.reasons[file.refused[0].reason], kMalformed);
  EXPECT_THAT(std::string(file.details[file.refused[0].detail]), HasSubstr(GetParam().detail));
}

INSTANTIATE_TEST_SUITE_P(
    Acts, LineFaults,
    testing::Values(
        Malformed{"5,u,a,2027-01-02 08:00:00,e,,,500103,,,,,", "found by the rules"},
        Malformed{",u,a,2027-01-02 08:00:00,e,0,time,500103,,,,,", "quantity"},
        Malformed{",u,a,2027-01-02 08:00:00,e,1.5,time,500103,,,,,", "quantity"},
        Malformed{",u,a,2027-01-02 08:00:00,e,1000000000001,time,500103,,,,,", "quantity"},
        Malformed{",u,a,2027-01-02 08:00:00,e,1,mile,500103,,,,,", "unit"},
        Malformed{",u,a,2027-01-02 08:00:00,e,1,,500103,,,,,", "needs a unit"},
        Malformed{",u,a,2027-01-02 08:00:00,e,1,time,,,,,,", "no district"},
        Malformed{",u,a,2027-01-02 08:00:00,e,,,500103,,,朝天门,,", "destination"},
        Malformed{",u,a,2027-01-02 08:00:00,e,,,500103,,,,,-1", "duration_s"},
        Malformed{",u,a,2027-01-02 08:00:00," + std::string(129, 'e') + ",,,500103,,,,,",
                  "evidence over"}));

TEST(LinesAsActs, AreKnownByTheirColumns) {
  EXPECT_TRUE(HasActColumns("user_id,scenario,act_time,evidence,district\n"));
  EXPECT_FALSE(HasActColumns("user_id,scenario,act_time,evidence,points,reference\n"));
  EXPECT_FALSE(HasActColumns(""));
}

TEST(TapsAsActs, AreWaysAndRides) {
  const ClaimFile file = ReadRides(
      "2027-01-02 08:00:00,A,地铁入站,布吉,G1,T1\n2027-01-02 08:30:00,A,地铁出站,长龙,G2,T2\n"
      "2027-01-02 09:00:00,A,巴士,332路,B1,T3\n");
  ASSERT_EQ(Outcomes(file), "2 metro_ride, 4 bus_ride");
  const v1::Act ride = ActOf(file, file.claims[0]);
  EXPECT_EQ(ride.origin_station() + ride.destination_station(), "朝天门较场口");
  EXPECT_EQ(ride.duration_seconds(), 1800U);
  EXPECT_EQ(ride.unit(), v1::UNIT_METRE);
  EXPECT_EQ(ride.evidence(0).subject() + ride.evidence(0).device(), "AT1");
  EXPECT_EQ(FromTimestamp(ride.evidence(0).time()), *ParseShanghai("2027-01-02 08:00:00"));
  const v1::Act bus = ActOf(file, file.claims[1]);
  EXPECT_EQ(bus.quantity(), 1U);
  EXPECT_EQ(bus.unit(), v1::UNIT_TIME);
  EXPECT_EQ(bus.origin_station(), "");
  EXPECT_EQ(bus.evidence(0).device(), "T3");
}

TEST(TapsAsActs, AreRefusedByTheMap) {
  EXPECT_EQ(Outcomes(ReadRides("2027-01-02 08:00:00,A,地铁入站,布吉,G1,T1\n"
                               "2027-01-02 08:30:00,A,地铁出站,龙华,G2,T2\n"
                               "2027-01-02 09:00:00,B,地铁入站,布吉,G1,T1\n"
                               "2027-01-02 09:30:00,B,地铁出站,罗湖,G2,T2\n")),
            "2 same_station, 4 unknown_station");
}

TEST(TapsAsActs, OverMidnightTheOutTapIsTheEvidence) {
  const ClaimFile file = ReadRides(
      "2027-01-02 23:50:00,A,地铁入站,布吉,G1,T1\n2027-01-03 00:20:00,A,地铁出站,长龙,G2,T2\n");
  ASSERT_EQ(file.claims.size(), 1U);
  const v1::Act ride = ActOf(file, file.claims[0]);
  EXPECT_EQ(ride.evidence(0).device(), "T2");
  EXPECT_EQ(FromTimestamp(ride.evidence(0).time()), *ParseShanghai("2027-01-03 00:20:00"));
}

TEST(ClockOffset, IsTakenOffTimesAndNotOffIds) {
  const std::string taps =
      "2027-01-02 08:00:00,A,地铁入站,布吉,G1,T1\n2027-01-02 08:30:00,A,地铁出站,长龙,G2,T2\n";
  const ClaimFile right = ReadRides(taps);
  const ClaimFile ahead = ReadRides(taps, AsActs(90));
  EXPECT_EQ(right.claims[0].id, ahead.claims[0].id);
  EXPECT_EQ(right.claims[0].act_time - 90, ahead.claims[0].act_time);
  EXPECT_EQ(right.acts[0].evidence_time - 90, ahead.acts[0].evidence_time);
  const std::string line = "user_id,scenario,act_time,evidence\nu,cycling,2027-01-02 08:00:00,e1\n";
  EXPECT_EQ(ReadLines(line, {.clock_offset_seconds = -60}).claims[0].act_time,
            ReadLines(line, {}).claims[0].act_time + 60);
  EXPECT_EQ(Outcomes(ReadLines(line, {.clock_offset_seconds = kMostClockOffsetSeconds})),
            "2 malformed");
}

TEST(ClockOffset, StandsInTheManifest) {
  const std::string head =
      "{\"file_id\":\"f\",\"period\":{\"start\":\"2027-01-01\",\"end\":"
      "\"2027-01-01\"},\"lines\":1,\"sha256\":\"" +
      std::string(64, '0') + "\",\"device_clock_offset_seconds\":";
  EXPECT_EQ(Manifest::FromJson(head + "-90}")->clock_offset_seconds, -90);
  for (const std::string wrong : {"1.5", "\"90\"", "9467280001"}) {
    EXPECT_FALSE(Manifest::FromJson(head + wrong + "}").ok()) << wrong;
  }
}

TEST(StationAssignment, IsSeededAndStable) {
  entry::v1::StationTable table;
  for (int i = 0; i < 50; ++i) {
    entry::v1::Station& station = *table.add_stations();
    station.set_city(i % 2 == 0 ? "chongqing" : "chengdu");
    station.set_name(std::to_string(i));
  }
  const std::string few = "deal_type,station\n地铁入站, 布吉 \n巴士,332路\n地铁出站,长龙\n";
  const auto first = AssignStations(few, table, "chongqing", 7);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->size(), 2U);
  EXPECT_EQ(std::stoi(first->at("布吉")) % 2, 0);
  const auto more =
      AssignStations("station,deal_type\n罗湖,地铁入站\n布吉,地铁出站\n", table, "chongqing", 7);
  EXPECT_EQ(more->at("布吉"), first->at("布吉"));
  EXPECT_NE(*AssignStations(few, table, "chongqing", 8), *first);
  EXPECT_FALSE(AssignStations(few, table, "wuhan", 7).ok());
  EXPECT_EQ(*ReadStationAssignment(StationAssignmentCsv(*first)), *first);
  EXPECT_THAT(
      std::string(ReadStationAssignment("tap_station,station\na,b\na,c\n").status().message()),
      HasSubstr("line 3"));
}

}  // namespace
}  // namespace tanhui::cli
