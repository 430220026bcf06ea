// Codes that venues show: only that of the venue and the day is taken.
#include "services/rpc/acts/check_in.h"

#include <gtest/gtest.h>

#include <string>

namespace tanhui::rpc {
namespace {

const BusinessDate kDay(20'823);  // 2027-01-05

std::string Problem(const std::string& code, std::string_view venue = "venues/river-hotel",
                    BusinessDate date = kDay) {
  return std::string(CheckInProblem(Secrets(std::string(32, 'k')), code, venue, date));
}

TEST(CheckInTest, TheCodeOfTheVenueAndTheDay) {
  const Secrets secrets(std::string(32, 'k'));
  const std::string code = CheckInCode(secrets, "river-hotel", kDay);
  EXPECT_TRUE(code.starts_with("tanhui:checkin:river-hotel:2027-01-05:")) << code;
  EXPECT_EQ(code.size(), std::string("tanhui:checkin:river-hotel:2027-01-05:").size() + 32);
  EXPECT_EQ(Problem(code), "");
  // Other venue, other day, other server.
  EXPECT_NE(code.substr(38), CheckInCode(secrets, "river-hote", kDay).substr(37));
  EXPECT_NE(code.substr(38), CheckInCode(secrets, "river-hotel", BusinessDate(20'824)).substr(38));
  EXPECT_NE(code, CheckInCode(Secrets(std::string(32, 'x')), "river-hotel", kDay));
}

TEST(CheckInTest, AnyOtherIsRefused) {
  const Secrets secrets(std::string(32, 'k'));
  const std::string code = CheckInCode(secrets, "river-hotel", kDay);
  std::string flipped = code;
  flipped.back() = flipped.back() == '0' ? '1' : '0';
  const std::string no_code = "it is no check-in code";
  const std::string not_shown = "the venue did not show this code that day";
  for (const auto& [problem, expected] :
       {std::pair(Problem("x"), no_code), std::pair(Problem("tanhui:checkin:"), no_code),
        std::pair(Problem(code + ":"), no_code), std::pair(Problem(" " + code), no_code),
        std::pair(Problem(code, ""), std::string("name the venue")),
        std::pair(Problem(code, "venues/other"), std::string("it is the code of another venue")),
        std::pair(Problem(code, "river-hotel"), std::string("it is the code of another venue")),
        std::pair(Problem(code, "venues/river-hotel", BusinessDate(20'824)),
                  std::string("it is the code of another day")),
        std::pair(Problem(flipped), not_shown), std::pair(Problem(code + "0"), not_shown),
        std::pair(Problem(code.substr(0, code.size() - 1)), not_shown),
        std::pair(Problem(CheckInCode(Secrets(std::string(32, 'x')), "river-hotel", kDay)),
                  not_shown)}) {
    EXPECT_TRUE(problem.starts_with(expected)) << problem << " / " << expected;
  }
}

}  // namespace
}  // namespace tanhui::rpc
