#include "services/cli/import/acts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "absl/strings/escaping.h"
#include "ledger/merkle/hash.h"
#include "services/cli/import/day.h"
#include "tests/services/cli/read_claims.h"

namespace tanhui::cli {
namespace {

using testing::HasSubstr;

absl::StatusOr<ClaimFile> Read(const std::string& text, const Rates& rates = Rates()) {
  return ReadActs(text, rates, EvidenceIds(TestKey()), GoOn);
}

struct Case {
  std::string name;
  std::string lines;
  std::string outcomes;
};

class ActRules : public testing::TestWithParam<Case> {};

TEST_P(ActRules, Hold) {
  const auto file =
      Read("user_id,scenario,act_time,evidence,points,reference\n" + GetParam().lines);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(Outcomes(*file), GetParam().outcomes);
}

INSTANTIATE_TEST_SUITE_P(
    Acts, ActRules,
    testing::Values(
        Case{"ByTheRate", "u,cycling,2025-06-05 08:00:00,e1,,\n", "2 cycling"},
        Case{"ByItsOwnPoints", "u,dining,2025-06-05 08:00:00,e1,12,门店\n", "2 dining"},
        Case{"UnknownScenario", "u,dining,2025-06-05 08:00:00,e1,,\n", "2 unknown_scenario"},
        Case{"SameEvidence",
             "u,cycling,2025-06-05 08:00:00,e1,,\nv,recycling,2025-06-05 09:00:00,e1,,\n",
             "2 cycling, 3 duplicate"},
        Case{"AMalformedLineClaimsNoEvidence",
             "u,cycling,2025-06-31 08:00:00,e1,,\nv,cycling,2025-06-05 09:00:00,e1,,\n",
             "2 malformed, 3 cycling"},
        Case{"NoUser", ",cycling,2025-06-05 08:00:00,e1,,\n", "2 malformed"},
        Case{"LongUser", std::string(129, 'u') + ",cycling,2025-06-05 08:00:00,e1,,\n",
             "2 malformed"},
        Case{"NoEvidence", "u,cycling,2025-06-05 08:00:00,,,\n", "2 malformed"},
        Case{"NoSuchTime", "u,cycling,2025-06-05 25:00:00,e1,,\n", "2 malformed"},
        Case{"BadScenario", "u,Cycling!,2025-06-05 08:00:00,e1,,\n", "2 malformed"},
        Case{"ZeroPoints", "u,cycling,2025-06-05 08:00:00,e1,0,\n", "2 malformed"},
        Case{"NegativePoints", "u,cycling,2025-06-05 08:00:00,e1,-1,\n", "2 malformed"},
        Case{"HalfAPoint", "u,cycling,2025-06-05 08:00:00,e1,1.5,\n", "2 malformed"},
        Case{"TooManyPoints", "u,cycling,2025-06-05 08:00:00,e1,1000000000001,\n", "2 malformed"},
        Case{"PhoneInReference", "u,dining,2025-06-05 08:00:00,e1,12,收货 13812345678\n",
             "2 malformed"},
        Case{"IdentityInReference", "u,dining,2025-06-05 08:00:00,e1,12,11010519491231002X\n",
             "2 malformed"},
        Case{"OrderNumberInReference", "u,dining,2025-06-05 08:00:00,e1,12,SO13812345678\n",
             "2 dining"},
        Case{"LongReference", "u,cycling,2025-06-05 08:00:00,e1,," + std::string(129, 'r') + "\n",
             "2 malformed"},
        Case{"CutOff", "u,cycl\nu,cycling,2025-06-05 08:00:00,e1,,\n", "2 malformed, 3 cycling"}),
    [](const auto& test) { return test.param.name; });

TEST(Acts, OptionalColumnsMayBeMissing) {
  const auto file = Read("evidence,act_time,scenario,user_id\ne1,2025-06-05 08:00:00,cycling,u\n");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->claims.size(), 1U);
  EXPECT_EQ(file->claims[0].points, 8);
  EXPECT_EQ(file->references[file->claims[0].reference], "");
  EXPECT_EQ(file->claims[0].id, EvidenceIds(TestKey()).Act("e1"));
}

TEST(Acts, QuotedReference) {
  const auto file = Read(
      "user_id,scenario,act_time,evidence,reference\n"
      "u,cycling,2025-06-05 08:00:00,e1,\"小票 17, \"\"3 号\"\"\"\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->references[file->claims.at(0).reference], "小票 17, \"3 号\"");
}

TEST(Acts, HeaderFaults) {
  EXPECT_THAT(std::string(Read("user_id,scenario\n").status().message()),
              HasSubstr("lacks the columns act_time, evidence"));
  EXPECT_THAT(std::string(Read("user_id,user_id,scenario,act_time,evidence\n").status().message()),
              HasSubstr("user_id twice"));
}

TEST(Rates, TomlGoesOverTheBuiltIn) {
  const auto rates = Rates::FromToml("[points]\nmetro_ride = 30\ndining = 4\n");
  ASSERT_TRUE(rates.ok()) << rates.status();
  EXPECT_EQ(rates->PointsFor("metro_ride"), 30);
  EXPECT_EQ(rates->PointsFor("dining"), 4);
  EXPECT_EQ(rates->PointsFor("bus_ride"), 10);
  EXPECT_EQ(rates->PointsFor("flying"), std::nullopt);
}

TEST(Rates, BadTomlIsRefused) {
  for (const std::string_view toml :
       {"[points]\nmetro_ride = 0\n", "[points]\nmetro_ride = 1.5\n", "[points]\nMetro = 1\n",
        "[point]\nmetro_ride = 1\n", "[points\n", "points = 3\n",
        "[points]\nmetro_ride = 1000000000001\n", "[points]\nmetro_ride = \"27\"\n"}) {
    EXPECT_FALSE(Rates::FromToml(toml).ok()) << toml;
  }
}

TEST(Day, IsTheSameEverywhere) {
  const std::string day = MakeDay({});
  EXPECT_EQ(day, MakeDay({}));
  EXPECT_NE(day, MakeDay({.seed = 2}));
  // Golden: another value means that a day made elsewhere or before is another day.
  const Hash256 hash = merkle::Sha256(day);
  EXPECT_EQ(absl::BytesToHexString(absl::string_view(hash.view().data(), hash.view().size())),
            "2ddc5bc438ae70217aac788160c95f2f57102196587e8f4a1c1464f9908fb035");
}

TEST(Day, HasTheShapeOfADay) {
  const auto file = Read(MakeDay({}));
  ASSERT_TRUE(file.ok()) << file.status();
  const ImportTotals totals = TotalsOf(*file);
  EXPECT_GT(totals.lines, 9'000U);
  EXPECT_LT(totals.lines, 11'000U);
  for (const std::string scenario :
       {"metro_ride", "bus_ride", "cycling", "recycling", "efficient_purchase"}) {
    EXPECT_GT(totals.awarded.at(scenario), 50U) << scenario;
  }
  for (const std::string reason : {"duplicate", "malformed", "unknown_scenario"}) {
    EXPECT_GT(totals.refused.at(reason), 5U) << reason;
    EXPECT_LT(totals.refused.at(reason), 200U) << reason;
  }
  // Two rush hours stand above the hours before and after them.
  std::array<int, 24> rides{};
  for (const Claim& claim : file->claims) {
    ++rides[static_cast<std::size_t>((claim.act_time + 8 * 3600) / 3600 % 24)];
    EXPECT_EQ(FormatDate(ShanghaiDate(ToLedgerTime(claim.act_time))), "2025-06-05");
  }
  EXPECT_GT(rides[8], 2 * rides[10]);
  EXPECT_GT(rides[18], 2 * rides[16]);
  EXPECT_GT(rides[18], 2 * rides[20]);
}

}  // namespace
}  // namespace tanhui::cli
