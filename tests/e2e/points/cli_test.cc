// The commands about points, through the real program and server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

class CliTest : public ApiTest {
 protected:
  // Text for people; the exit status must be `status`.
  std::string Run(std::vector<std::string> arguments, int status = 0) const {
    const std::string name = arguments[0] + " " + arguments[1];
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", server_.address()});
    const ProgramResult ran = RunProgram("tanhui", arguments, std::chrono::seconds(30));
    EXPECT_EQ(ran.status, status) << name << ": " << ran.output;
    return ran.output;
  }
  // The answer as JSON.
  nlohmann::json Ask(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const std::string output = Run(std::move(arguments));
    const std::size_t begin = output.find('{');
    const std::size_t end = output.find('\n', begin);
    EXPECT_NE(begin, std::string::npos) << output;
    const auto json =
        begin == std::string::npos
            ? nlohmann::json()
            : nlohmann::json::parse(output.substr(begin, end - begin), nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << output;
    return json;
  }
  std::string Text(std::vector<std::string> arguments) const {
    const nlohmann::json json = Ask(std::move(arguments));
    return json.dump();
  }
};

TEST_F(CliTest, HoldsAndWhatUndoes) {
  const std::vector<std::string> place = {"hold",     "place",  "--account",  citizen_,
                                          "--asset",  "points", "--merchant", "shop",
                                          "--points", "100",    "--deadline", "2h"};
  std::vector<std::string> trial = place;
  trial.emplace_back("--dry-run");
  const std::uint64_t size = LogSize(client());
  EXPECT_THAT(Run(trial), AllOf(HasSubstr("a dry run"), ContainsRegex("held +100")));
  EXPECT_EQ(LogSize(client()), size);

  const std::string hold = Ask(place)["name"];
  EXPECT_THAT(Run({"account", "show", citizen_}),
              AllOf(ContainsRegex("available +400"), ContainsRegex("held +100"),
                    HasSubstr("EXPIRES AFTER"), ContainsRegex(hold + " +100  participants/shop")));
  const nlohmann::json taken = Ask({"hold", "capture", hold, "--points", "60"});
  EXPECT_EQ(taken["balance"], "440");
  EXPECT_THAT(Run({"hold", "release", hold}, 1), HasSubstr("HOLD_RESOLVED"));
  const std::string second = Ask(place)["name"];
  EXPECT_EQ(Ask({"hold", "release", second.substr(6)})["held"], "0");

  const std::string entry = taken["entry_index"];
  EXPECT_EQ(Ask({"refund", entry, "--points", "20"})["balance"], "460");
  EXPECT_THAT(Run({"refund", entry, "--points", "41"}, 1), HasSubstr("NOTHING_LEFT_TO_UNDO"));
  const nlohmann::json award =
      Ask({"award", "--account", citizen_, "--budget", "demo", "--points", "9", "--scenario",
           "efficient_purchase", "--quantity", "3", "--grams", "900"});
  EXPECT_EQ(Ask({"reverse", award["entry_index"], "--reason", "goods_returned"})["points"], "3");
  EXPECT_EQ(Ask({"donate", "--user", "citizen", "--asset", "points", "--charity", "fund",
                 "--points", "6"})["balance"],
            "460");
  EXPECT_THAT(Run({"account", "entries", citizen_}),
              AllOf(HasSubstr("AVAILABLE"), ContainsRegex("reversal +goods_returned +-3"),
                    HasSubstr("-6 until ")));
  EXPECT_EQ(Ask({"balance", citizen_, "--entry", entry})["available"], "440");
  EXPECT_THAT(
      Run({"balance", "--user", "citizen", "--asset", "points", "--at", "2030-01-01 00:00:00"}, 1),
      HasSubstr("FIELD_INVALID"));
}

TEST_F(CliTest, AccountsLives) {
  EXPECT_THAT(Run({"account", "freeze", citizen_, "--reason", "suspected_fraud"}),
              HasSubstr("entry index"));
  EXPECT_THAT(Run({"account", "show", citizen_}), ContainsRegex("status +frozen"));
  Run({"account", "unfreeze", citizen_, "--reason", "cleared"});
  Run({"account", "lost", citizen_, "--reason", "phone_lost"});
  EXPECT_THAT(Run({"redeem", "--user", "citizen", "--asset", "points", "--merchant", "shop",
                   "--points", "1"},
                  1),
              HasSubstr("ACCOUNT_FROZEN"));
  EXPECT_EQ(Ask({"account", "merge", "--from", citizen_, "--into", other_})["balance"], "500");
  EXPECT_THAT(Run({"account", "close", other_, "--reason", "owner_asked"}, 1),
              HasSubstr("NOT_EMPTY"));
  const std::string minor = Ask(
      {"account", "open", "--user", "child", "--asset", "points", "--minor"})["account"]["name"];
  Run({"account", "consent", minor, "--guardian", other_});
  EXPECT_THAT(Run({"account", "show", minor}),
              AllOf(ContainsRegex("minor +yes"), HasSubstr(other_)));
  Run({"account", "withdraw-consent", minor, "--guardian", other_});
  Run({"account", "hand-over", minor});
  EXPECT_EQ(Ask({"account", "close", other_, "--reason", "owner_asked", "--forfeit"})["forfeited"],
            "500");
}

TEST_F(CliTest, Households) {
  const nlohmann::json opened =
      Ask({"household", "create", "--head", citizen_, "--asset", "points"});
  const std::string household = opened["household"]["account"]["name"];
  const std::vector<std::string> head = {"--acting", citizen_};
  Run({"household", "invite", household, "--member", other_, "--daily-limit", "10", "--acting",
       citizen_});
  Run({"household", "accept", household, "--member", other_});
  Run({"household", "limit", household, "--member", other_, "--daily-limit", "25", "--acting",
       citizen_});
  EXPECT_EQ(Ask({"household", "contribute", household, "--member", citizen_, "--points",
                 "50"})["household_balance"],
            "50");
  EXPECT_EQ(Ask({"redeem", "--account", household, "--acting", other_, "--asset", "points",
                 "--merchant", "shop", "--points", "20"})["balance"],
            "30");
  EXPECT_THAT(Run({"household", "show", household}),
              AllOf(ContainsRegex(citizen_ + "  head +[0-9,]+ +0 +30"),
                    ContainsRegex(other_ + "  member +25 +20 +0")));
  Run({"household", "leave", household, "--member", other_, "--acting", citizen_});
  EXPECT_EQ(Ask({"household", "leave", household, "--member", citizen_})["points"], "30");
}

TEST_F(CliTest, BudgetsTermsAndReports) {
  EXPECT_THAT(Run({"budget", "list"}),
              AllOf(HasSubstr("[--------------------]   0 %"), HasSubstr("budgets/stamps")));
  Run({"budget", "create", "spring", "--name", "Spring", "--asset", "points", "--sponsor",
       "sponsor", "--first-date", "2026-01-01", "--last-date", "2999-12-31", "--return-days", "5"});
  Run({"budget", "fund", "spring", "--points", "10"});
  Run({"award", "--user", "other", "--budget", "spring", "--points", "8", "--scenario", "walking"});
  EXPECT_THAT(Run({"budget", "list", "--asset", "points"}),
              AllOf(ContainsRegex("budgets/spring +Spring +10 +8 +2"),
                    HasSubstr("[################----]  80 %  80 % used"),
                    HasSubstr("2026-01-01 to 2999-12-31")));
  EXPECT_THAT(Run({"budget", "show", "spring"}), ContainsRegex("warning +at 80"));
  EXPECT_EQ(Ask({"budget", "return", "spring"})["points"], "2");
  const nlohmann::json report = Ask({"report", "liability", "--asset", "points"});
  EXPECT_EQ(report["balanced"], true);
  EXPECT_EQ(report["available"], "508");
  EXPECT_THAT(Run({"report", "liability", "--asset", "points"}),
              AllOf(HasSubstr("GCO2E"), HasSubstr("balanced as of entry")));

  // What is not named stays as it is.
  Run({"asset", "set-terms", "points", "--transfers", "household", "--max-members", "3"});
  const nlohmann::json terms = Ask({"asset", "show", "points"})["asset"]["terms"];
  EXPECT_EQ(terms["transfers"], "TRANSFER_POLICY_HOUSEHOLD");
  EXPECT_EQ(terms["max_members"], 3);
  EXPECT_EQ(terms["validity_months"], 1'200);
  EXPECT_THAT(Run({"asset", "list"}), ContainsRegex("assets/points +.* +1200 +household +30"));
  Run({"participant", "create", "trees", "--kind", "charity", "--name", "Trees"});
  EXPECT_THAT(Text({"account", "open", "--merchant", "trees", "--asset", "points"}),
              HasSubstr("ACCOUNT_KIND_CHARITY"));
}

}  // namespace
}  // namespace tanhui::e2e
