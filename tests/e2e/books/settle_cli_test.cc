// `tanhui merchant` and `tanhui settle`, through the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/books/ledger_days.h"
#include "tests/e2e/child_process.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// The program puts times on its requests, so the server's may not be far from them.
std::string Yesterday() {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return FormatDate(ShanghaiDate(LedgerTime(now.count() - kMicrosPerDay)));
}

class SettleCliTest : public LedgerDays {
 protected:
  SettleCliTest() : LedgerDays(Yesterday()) {}

  // What the program says; the exit status must be `status`.
  std::string Run(std::vector<std::string> arguments, int status = 0) const {
    const std::string name = absl::StrCat(arguments[0], " ", arguments[1]);
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", address_});
    const ProgramResult ran = RunProgram("tanhui", arguments, std::chrono::seconds(30));
    EXPECT_EQ(ran.status, status) << name << ": " << ran.output;
    return ran.output;
  }
};

TEST_F(SettleCliTest, Units) {
  Run({"merchant", "unit", "create", "s3", "--name", "解放碑店", "--below", "shop", "--asset",
       "points", "--district", "500103"});
  Run({"merchant", "unit", "create", "t9", "--name", "九号台", "--below", "shop/s3", "--asset",
       "points"});
  Run({"redeem", "--user", "citizen", "--asset", "points", "--merchant", "shop", "--store", "s3",
       "--till", "t9", "--points", "40"});
  Run({"merchant", "unit", "change", "shop/s3/t9", "--asset", "points", "--most-points", "50",
       "--reason", "new"});
  Run({"merchant", "unit", "change", "shop/s3/t9", "--asset", "points", "--suspend", "--reason",
       "till_stolen"});
  EXPECT_THAT(Run({"merchant", "unit", "tree", "shop", "--asset", "points"}),
              AllOf(ContainsRegex("s3 +解放碑店 +500103 +0"),
                    ContainsRegex("t9 +九号台 +40 +suspended +50"),
                    HasSubstr("in all 40 points in 7 places")));
  EXPECT_THAT(Run({"redeem", "--user", "citizen", "--asset", "points", "--merchant", "shop",
                   "--store", "s3", "--till", "t9", "--points", "1"},
                  1),
              HasSubstr("UNIT_SUSPENDED"));
  Run({"merchant", "unit", "change", "shop/s3/t9", "--asset", "points", "--resume", "--reason",
       "found"});
  EXPECT_THAT(Run({"merchant", "unit", "show", "shop/s3/t9", "--asset", "points"}),
              AllOf(ContainsRegex("most points +50"), ContainsRegex("balance +40")));
  EXPECT_THAT(Run({"merchant", "unit", "list", "shop", "--asset", "points"}),
              AllOf(HasSubstr("shop/s1"), HasSubstr("shop/s3"), Not(HasSubstr("shop/s3/t9"))));
}

// A merchant stops a till of its own, and resumes it unless an operator stopped it.
TEST_F(SettleCliTest, AMerchantStopsItsTill) {
  const auto change = [this](const std::string& who, const std::string& what, int status = 0) {
    std::vector<std::string> arguments = {"merchant", "unit", "change",   "shop/s1/t1", "--asset",
                                          "points",   what,   "--reason", "till_stolen"};
    if (!who.empty()) {
      const std::string file = scratch_ / (who + ".token");
      std::ofstream(file) << "token-" << who << "\n";
      arguments.insert(arguments.end(), {"--token-file", file});
    }
    return Run(std::move(arguments), status);
  };
  const auto shown = [this] {
    return Run({"merchant", "unit", "show", "shop/s1/t1", "--asset", "points"});
  };
  change("shop", "--suspend");
  EXPECT_THAT(shown(), ContainsRegex("suspended by +(participants/)?shop"));
  EXPECT_THAT(change("stall", "--resume", 1), HasSubstr("UNKNOWN_UNIT"));
  change("shop", "--resume");
  EXPECT_THAT(shown(), Not(HasSubstr("suspended by")));
  change("", "--suspend");
  EXPECT_THAT(change("shop", "--resume", 1), HasSubstr("PERMISSION_DENIED"));
  change("", "--resume");
}

TEST_F(SettleCliTest, FromPriceToPayment) {
  const std::string first_day = Today();
  const std::string second_day = FormatDate(BusinessDate(ShanghaiDate(clock_.Wall()).value() + 1));
  Run({"settle", "price", "--asset", "points", "--money", "fen", "--merchant", "stall", "--fen",
       "2", "--per-points", "1", "--first-date", second_day, "--reason", "contract"});
  EXPECT_THAT(
      Run({"settle", "prices"}),
      AllOf(
          ContainsRegex(absl::StrCat("1  points  fen +all +", first_day, " +7 +2  first")),
          ContainsRegex(absl::StrCat("2  points  fen +stall +", second_day, " +2 +1  contract"))));
  Redeem("shop/s1/t1", 300);
  Redeem("stall", 100);
  NextDay();
  const std::string trial = Run({"settle", "run", "--money", "fen", "--dry-run"});
  EXPECT_THAT(trial, AllOf(HasSubstr("a dry run"), ContainsRegex("shop +10.50 +0.00 +10.50"),
                           HasSubstr("to settle 14.00 yuan")));
  EXPECT_THAT(Run({"settle", "runs"}), HasSubstr("none"));

  EXPECT_THAT(Run({"settle", "run", "--money", "fen"}),
              AllOf(ContainsRegex("run +settlementRuns/1"), ContainsRegex("lines added +2"),
                    ContainsRegex("yuan +14.00")));
  EXPECT_THAT(
      Run({"settle", "run", "--money", "fen"}),
      AllOf(ContainsRegex("went on with +settlementRuns/1"), ContainsRegex("lines added +0")));
  EXPECT_THAT(Run({"settle", "run", "--money", "fen", "--dry-run"}),
              HasSubstr("to settle 0.00 yuan"));

  const auto lines = Do(Clerk(), &SettlementStub::ListLines, "parent: 'settlementRuns/1'");
  ASSERT_EQ(lines.lines_size(), 2);
  const auto short_name = [&lines](int at) {
    const std::string& name = lines.lines(at).name();
    return absl::StrCat("1/", name.substr(name.rfind('/') + 1));
  };
  EXPECT_THAT(Run({"settle", "pay", short_name(0), "--bank-reference", "B-1"}, 1),
              HasSubstr("SETTLEMENT_STATE"));
  EXPECT_THAT(Run({"settle", "approve", "--run", "1"}),
              HasSubstr("2 of 2 lines approved, 14.00 yuan"));
  const std::string path = scratch_ / "payments.csv";
  std::ofstream(path) << "line,bank_reference\n"
                      << short_name(0) << ",B-1\n"
                      << short_name(1) << ",tel 13812345678\n"
                      << "1/7,B-3\n";
  EXPECT_THAT(Run({"settle", "pay", "--file", path}, 1),
              AllOf(ContainsRegex("10.50  B-1 +paid\n"), HasSubstr("refused reference_is_personal"),
                    HasSubstr("refused unknown_run"), HasSubstr("1 of 3 lines paid, 10.50 yuan")));
  EXPECT_THAT(Run({"settle", "pay", "--file", path}, 1), HasSubstr("paid before"));
  EXPECT_THAT(Run({"settle", "pay", short_name(0), "--bank-reference", "B-9"}, 1),
              AllOf(HasSubstr("it is paid"), HasSubstr("0 of 1 lines paid")));
  EXPECT_THAT(Run({"settle", "return", short_name(1), "--reason", "wrong_bank_account"}),
              HasSubstr("1 of 1 lines returned, 3.50 yuan"));
  EXPECT_THAT(Run({"settle", "lines", "1"}),
              AllOf(ContainsRegex("shop +10.50  paid"), ContainsRegex("stall +3.50  returned")));
  EXPECT_THAT(Run({"settle", "lines", "1", "--state", "paid"}), Not(HasSubstr("stall")));
  EXPECT_THAT(Run({"settle", "show", "1"}),
              AllOf(ContainsRegex("paid +1 +10.50"), ContainsRegex("in all +2 +14.00")));
  EXPECT_THAT(Run({"settle", "claims", "--money", "fen"}),
              ContainsRegex("stall +3.50 +0.00 +3.50"));
  EXPECT_THAT(
      Run({"settle", "statement", short_name(0)}),
      AllOf(ContainsRegex(absl::StrCat("taken +", first_day, " +shop/s1/t1 +7/2 +1 +300 +10.50")),
            ContainsRegex("in all +1 +300 +10.50")));
  EXPECT_THAT(Run({"settle", "pay"}, 2), HasSubstr("[LINE,--file] is required"));
}

}  // namespace
}  // namespace tanhui::e2e
