// Abuse becomes a case, a person decides it, and what follows is done by ordinary calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tanhui/entry/v1/entry.pb.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

ServerOptions Watchful() {
  ServerOptions options;
  options.more_toml = "watch_citizen_acts_per_hour = 5\ncase_days = 30\n";
  options.callers = {{"platform-a", "token of a", {"platform"}},
                     {"sponsor", "token of the auditor", {"auditor"}}};
  return options;
}

class CasesTest : public ApiTest {
 protected:
  CasesTest() : ApiTest(Watchful()) {}

  void Award(int times) {
    for (int i = 0; i < times; ++i) {
      const auto answer = client().Call(
          &PointsStub::Award, AwardOf("quick-" + std::to_string(awards_++), citizen_, 10));
      ASSERT_TRUE(answer.ok()) << answer.status.error_message();
    }
  }
  std::vector<v1::Case> Cases(const std::string& request = "") const {
    const auto page = Do(&CasesStub::ListCases, request);
    EXPECT_EQ(page.dropped(), 0U);
    return {page.cases().begin(), page.cases().end()};
  }
  // Text for people; the exit status must be `status`.
  std::string Run(std::vector<std::string> arguments, int status = 0) const {
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", server_.address(), "case"});
    const ProgramResult ran = RunProgram("tanhui", arguments, std::chrono::seconds(30));
    EXPECT_EQ(ran.status, status) << arguments[5] << ": " << ran.output;
    return ran.output;
  }

  int awards_ = 0;
};

TEST_F(CasesTest, ManyQuickActsRaiseOneCase) {
  Award(4);  // and the one of SetUp
  EXPECT_TRUE(Cases().empty());
  // A retry is no act, and neither is a trial.
  v1::AwardRequest request = AwardOf("first", citizen_, 500);
  EXPECT_TRUE(client().Call(&PointsStub::Award, request).response.replayed());
  request = AwardOf("trial", citizen_, 1);
  request.set_validate_only(true);
  EXPECT_TRUE(client().Call(&PointsStub::Award, request).ok());
  EXPECT_TRUE(Cases().empty());
  Award(3);
  const auto cases = Cases();
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].kind(), v1::CASE_KIND_CITIZEN_VELOCITY);
  EXPECT_EQ(cases[0].state(), v1::CASE_STATE_OPEN);
  EXPECT_EQ(cases[0].subject(), citizen_);
  EXPECT_EQ(cases[0].signals(), 3U);
  EXPECT_EQ(cases[0].most_counted(), 8U);
  EXPECT_EQ(cases[0].entry_indexes_size(), 8);
  // Nothing is punished.
  EXPECT_EQ(AccountOf(citizen_).status(), v1::ACCOUNT_STATUS_OPEN);

  EXPECT_EQ(Stop(), 0);
  ASSERT_TRUE(server_.Start());
  Connect();
  ASSERT_EQ(Cases().size(), 1U);
  EXPECT_EQ(Cases()[0].SerializeAsString(), cases[0].SerializeAsString());

  const std::string name = "name: '" + cases[0].name() + "' ";
  EXPECT_EQ(WhyNot(&CasesStub::DecideCase, name + "state: CASE_STATE_OPEN"), "FIELD_INVALID");
  EXPECT_EQ(WhyNot(&CasesStub::DecideCase, "name: 'cases/1' state: CASE_STATE_DISMISSED"),
            "UNKNOWN_CASE");
  EXPECT_EQ(WhyNot(&CasesStub::GetCase, "name: 'cases/x'"), "FIELD_INVALID");
  EXPECT_EQ(WhyNot(&CasesStub::GetCase, ""), "FIELD_REQUIRED");
  const auto decided =
      Do(&CasesStub::DecideCase, name + "state: CASE_STATE_DISMISSED note: 'a test'").case_();
  EXPECT_EQ(decided.note(), "a test");
  EXPECT_EQ(decided.decided_by(), "participants/operator");
  EXPECT_TRUE(Cases("state: CASE_STATE_OPEN").empty());
  EXPECT_EQ(Cases("state: CASE_STATE_DISMISSED kind: CASE_KIND_CITIZEN_VELOCITY").size(), 1U);
  EXPECT_TRUE(Cases("kind: CASE_KIND_MANY_CITIZENS").empty());
}

TEST_F(CasesTest, OnlyStaffLooks) {
  Award(6);
  const v1::GetCaseRequest get = Parsed<v1::GetCaseRequest>("name: '" + Cases()[0].name() + "'");
  v1::DecideCaseRequest decide;
  decide.set_name(get.name());
  decide.set_state(v1::CASE_STATE_DISMISSED);
  const Client platform = client().WithToken("token of a");
  EXPECT_EQ(platform.Call(&CasesStub::ListCases, v1::ListCasesRequest()).reason(),
            "PERMISSION_DENIED");
  EXPECT_EQ(platform.Call(&CasesStub::GetCase, get).reason(), "PERMISSION_DENIED");
  const Client auditor = client().WithToken("token of the auditor");
  EXPECT_TRUE(auditor.Call(&CasesStub::GetCase, get).ok());
  EXPECT_EQ(auditor.Call(&CasesStub::DecideCase, decide).reason(), "PERMISSION_DENIED");
}

TEST_F(CasesTest, ByTheProgram) {
  Award(6);
  const std::string name = Cases()[0].name();
  EXPECT_THAT(Run({"list", "--state", "open"}),
              AllOf(ContainsRegex(name + "  citizen-velocity  " + citizen_ + "  open +2 +7 +7")));
  EXPECT_THAT(Run({"show", name}), HasSubstr("citizen velocity"));

  const auto exported = nlohmann::json::parse(Run({"export", name}));
  EXPECT_EQ(exported["case"]["name"], name);
  EXPECT_EQ(exported["entries"].size(), 7U);
  const auto evidence = Do(&CasesStub::ExportCase, "name: '" + name + "'");
  entry::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(evidence.entries(0).leaf()));
  EXPECT_EQ(entry.award().points(), 500);
  EXPECT_FALSE(evidence.checkpoint().empty());

  const std::vector<std::string> freeze = {"freeze", name, "--reason", "suspected_fraud"};
  std::vector<std::string> trial = freeze;
  trial.emplace_back("--dry-run");
  EXPECT_THAT(Run(trial), HasSubstr("a dry run"));
  EXPECT_EQ(AccountOf(citizen_).status(), v1::ACCOUNT_STATUS_OPEN);
  Run(freeze);
  EXPECT_EQ(AccountOf(citizen_).status(), v1::ACCOUNT_STATUS_FROZEN);

  const std::vector<std::string> reverse = {"reverse", name, "--reason", "confirmed_fraud"};
  trial = reverse;
  trial.emplace_back("--dry-run");
  EXPECT_THAT(Run(trial), AllOf(HasSubstr("a dry run"), HasSubstr("possible")));
  EXPECT_EQ(AccountOf(citizen_).available(), 560);
  EXPECT_THAT(Run(reverse), HasSubstr("reversed"));
  EXPECT_EQ(AccountOf(citizen_).available(), 0);
  EXPECT_THAT(Run(reverse),
              AllOf(HasSubstr("nothing is left of 7 awards"), Not(HasSubstr("replayed"))));

  EXPECT_THAT(Run({"decide", name, "--confirm", "--note", "a test"}),
              ContainsRegex("state +confirmed"));
  EXPECT_THAT(Run({"freeze", "cases/1", "--reason", "x"}, 1), HasSubstr("UNKNOWN_CASE"));
  Run({"decide", name}, 2);
}

}  // namespace
}  // namespace tanhui::e2e
