// The text of rates that both cities sign.
#include "interop/books/peer/agreement.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tanhui::interop {
namespace {

constexpr BusinessDate kFrom{20'789};  // 2026-12-02

Agreement Rates() {
  return MakeAgreement(3, kFrom, {"sh.example/points", "sh-points", {{2, 20}, 100}},
                       {"cd.example/points", "cd-points", {{3, 20}, 0}});
}

TEST(AgreementTest, TheTextIsThatOfThePage) {
  constexpr std::string_view kText =
      "tanhui rates v1\n"
      "version 3\n"
      "from 2026-12-02\n"
      "city cd.example/points cd-points\n"
      "points 3 grams 20\n"
      "fen 0 per 1000\n"
      "city sh.example/points sh-points\n"
      "points 2 grams 20\n"
      "fen 100 per 1000\n";
  EXPECT_EQ(TextOf(Rates()), kText);
  const std::string here = __FILE__;
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  std::ifstream page((source != nullptr ? source : here.substr(0, here.find("/tests/interop/"))) +
                     std::string("/interop/books/EXCHANGE.md"));
  std::stringstream bytes;
  bytes << page.rdbuf();
  EXPECT_NE(bytes.str().find(kText), std::string::npos) << "it is not in EXCHANGE.md";
}

TEST(AgreementTest, BothCitiesWriteTheSame) {
  const Agreement ours = Rates();
  const Agreement theirs = MakeAgreement(3, kFrom, ours.first, ours.second);
  EXPECT_EQ(TextOf(ours), TextOf(theirs));
  const auto read = ParseAgreement(TextOf(ours));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(TextOf(*read), TextOf(ours));
  EXPECT_EQ(read->version, 3u);
  EXPECT_EQ(read->first_date, kFrom);
  EXPECT_EQ(read->first.log, "cd.example/points");
  EXPECT_EQ(read->second.asset, "sh-points");
  EXPECT_EQ(read->second.rate.rate.points, 2);
  EXPECT_EQ(read->second.rate.rate.grams, 20);
  EXPECT_EQ(read->second.rate.fen_per_thousand, 100);
  EXPECT_DEATH(MakeAgreement(1, kFrom, ours.first, ours.first), "itself");
}

std::string With(std::string_view from, std::string_view to) {
  std::string text = TextOf(Rates());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(AgreementTest, TakesNothingElse) {
  const std::vector<std::string> others = {
      "",
      TextOf(Rates()) + "\n",
      TextOf(Rates()).substr(1),
      TextOf(Rates()) + TextOf(Rates()),
      With("rates v1", "rates v2"),
      With("version 3", "version 0"),
      With("version 3", "version 03"),
      With("version 3", "version -3"),
      With("version 3", "version 4294967296"),
      With("version 3\n", "version 3 "),
      With("2026-12-02", "2026-12-2"),
      With("2026-12-02", "2026-02-30"),
      With("city cd", "city td"),  // out of order
      With("cd.example/points cd-points", "sh.example/points cd-points"),
      With("cd.example/points", ""),
      With("cd-points", ""),
      With("points 3 grams 20", "points 0 grams 20"),
      With("points 3 grams 20", "points 3 grams 0"),
      With("points 3 grams 20", "points 3 grams 1000000000001"),
      With("points 3 grams 20", "points 3  grams 20"),
      With("points 3 grams 20", "points 3 gramme 20"),
      With("points 3 grams 20", "points 3 grams 9223372036854775808"),
      With("fen 100 per 1000", "fen -1 per 1000"),
      With("fen 100 per 1000", "fen 1000000000001 per 1000"),
      With("fen 100 per 1000", "fen 100 per 100"),
  };
  for (const std::string& text : others) {
    EXPECT_FALSE(ParseAgreement(text).has_value()) << text;
  }
  EXPECT_TRUE(ParseAgreement(With("fen 100", "fen 1000000000000")).has_value());
  EXPECT_TRUE(ParseAgreement(With("version 3", "version 4294967295")).has_value());
}

}  // namespace
}  // namespace tanhui::interop
