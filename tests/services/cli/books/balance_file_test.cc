// Files of opening balances: what is read of them, and what is wrong with them.
#include "services/cli/import/balances/balance_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/cli/import/balances/balance_upload.h"

namespace tanhui::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kHeader = "user,account,expiry_month,scheme,funder,points,grams\n";
constexpr std::string_view kAccount = "accounts/00112233445566778899aabbccddeeff";
const Month kToday = *ParseMonth("2027-01");

bool GoOn(std::size_t) { return true; }

std::string WithHeader(std::string_view lines) {
  return absl::StrCat(std::string(kHeader), std::string(lines));
}

std::string Example() {
  return WithHeader(
      absl::StrCat("u-1001,,2027-06,cq-tanhuitong,cq-bureau,120,1200\n"
                   "u-1001,,2027-12,cq-tanhuitong,cq-bureau,30,300\n,",
                   std::string(kAccount), ",never,cd-tianfu,cd-bureau,5,0\n"));
}

BalanceFile Read(std::string_view text, std::optional<Month> today = kToday) {
  auto file = BalanceFile::Read(text, today, GoOn);
  EXPECT_TRUE(file.ok()) << file.status();
  return *std::move(file);
}

// "line: problem" of each.
std::vector<std::string> Problems(const BalanceFile& file) {
  std::vector<std::string> out;
  for (const BalanceProblem& problem : file.problems()) {
    out.push_back(absl::StrCat(problem.line, ": ", problem.text));
  }
  return out;
}
std::vector<std::string> ProblemsOf(std::string_view lines) {
  const std::string text = WithHeader(lines);
  return Problems(Read(text));
}

TEST(BalanceFileTest, TheExampleOfThePage) {
  const std::string text = Example();
  const BalanceFile file = Read(text);
  EXPECT_THAT(Problems(file), IsEmpty());
  EXPECT_EQ(file.totals().accounts, 2u);
  EXPECT_EQ(file.totals().points, 155);
  EXPECT_EQ(file.totals().grams, 1'500);
  EXPECT_EQ(file.lots(), 3u);
  ASSERT_EQ(file.balances().size(), 2u);
  EXPECT_EQ(file.balances()[1].line, 4u);
  EXPECT_EQ(file.RequestOf(file.balances()[0]).ShortDebugString(),
            "platform_user_id: \"u-1001\" "
            "lots { expiry_month: \"2027-06\" scheme: \"schemes/cq-tanhuitong\" "
            "funder: \"participants/cq-bureau\" points: 120 grams: 1200 } "
            "lots { expiry_month: \"2027-12\" scheme: \"schemes/cq-tanhuitong\" "
            "funder: \"participants/cq-bureau\" points: 30 grams: 300 }");
  EXPECT_EQ(file.RequestOf(file.balances()[1]).account(), kAccount);
}

TEST(BalanceFileTest, ColumnsGoByNameAndTextMayBeQuoted) {
  const std::string text =
      "grams,points,funder,scheme,expiry_month,account,user,remark\r\n"
      "7,5,f,s,never,,\"a \"\"b\"\", c\",x\r\n";
  const BalanceFile file = Read(text);
  EXPECT_THAT(Problems(file), IsEmpty());
  EXPECT_EQ(file.RequestOf(file.balances()[0]).platform_user_id(), "a \"b\", c");
  EXPECT_EQ(file.totals().grams, 7);
  EXPECT_EQ(BalanceFile::Read("user,points\n", kToday, GoOn).status().message(),
            "the header lacks the columns account, expiry_month, scheme, funder, grams");
}

TEST(BalanceFileTest, EachThingThatIsWrongWithALine) {
  struct Row {
    std::string line;
    std::string problem;
  };
  const Row rows[] = {
      {"u,,2027-06,s,f,5", "another number of fields than the header"},
      {",,2027-06,s,f,5,0", "either user or account is needed, and not both"},
      {absl::StrCat("u,", std::string(kAccount), ",2027-06,s,f,5,0"),
       "either user or account is needed, and not both"},
      {std::string(129, 'u') + ",,2027-06,s,f,5,0", "the user is longer than 128 bytes"},
      {",accounts/1234,2027-06,s,f,5,0", "account is not accounts/{32 hexadecimal digits}"},
      {"u,,2027-6,s,f,5,0", "expiry_month is neither YYYY-MM nor never"},
      {"u,,2027-13,s,f,5,0", "expiry_month is neither YYYY-MM nor never"},
      {"u,,2026-12,s,f,5,0", "the month has passed"},
      {"u,,never,S,f,5,0", "scheme is no code: 1 to 40 of a-z, 0-9, - and _"},
      {"u,,never,s,,5,0", "funder is no code: 1 to 40 of a-z, 0-9, - and _"},
      {"u,,never,s,f,0,0", "points are no number from 1 to 10^12"},
      {"u,,never,s,f,-5,0", "points are no number from 1 to 10^12"},
      {"u,,never,s,f,5.0,0", "points are no number from 1 to 10^12"},
      {"u,,never,s,f,1000000000001,0", "points are no number from 1 to 10^12"},
      {"u,,never,s,f,5,-1", "grams are no number from 0 to 10^12"},
      {"u,,never,s,f,5,", "grams are no number from 0 to 10^12"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(ProblemsOf(row.line + "\n"), ElementsAre("2: " + row.problem)) << row.line;
  }
}

TEST(BalanceFileTest, LotsOfOneAccountAreTogetherAndInOrder) {
  EXPECT_THAT(ProblemsOf("u,,2027-06,s,f,5,0\nv,,2027-06,s,f,5,0\nu,,2027-07,s,f,5,0\n"),
              ElementsAre("4: who it is stands at line 2, too: the lots of one account must be in "
                          "adjacent lines"));
  const std::string order =
      ": lots of one account must be in order of expiry_month, scheme and funder, each once";
  EXPECT_THAT(ProblemsOf("u,,2027-07,s,f,5,0\nu,,2027-06,s,f,5,0\n"), ElementsAre("3" + order));
  EXPECT_THAT(ProblemsOf("u,,2027-07,s,f,5,0\nu,,2027-07,s,f,6,0\n"), ElementsAre("3" + order));
  EXPECT_THAT(ProblemsOf("u,,never,s,f,5,0\nu,,2027-07,s,f,6,0\n"), ElementsAre("3" + order));
  EXPECT_THAT(ProblemsOf("u,,2027-07,s,f,5,0\nu,,2027-07,s,g,6,0\nu,,2027-07,t,a,6,0\n"),
              IsEmpty());
}

TEST(BalanceFileTest, SoManyLotsAndSoManyPointsOfOneAccount) {
  std::string lines;
  for (int year = 2027; year < 2027 + 86; ++year) {
    for (int month = 10; month < 22; ++month) {  // 12 codes a year
      absl::StrAppend(&lines, "u,,", year, "-11,s,f", month, ",1,0\n");
    }
  }
  EXPECT_THAT(ProblemsOf(lines), ElementsAre("1026: more than 1024 lots of one account"));
  EXPECT_THAT(ProblemsOf("u,,2027-06,s,f,1000000000000,0\nu,,2027-07,s,f,1,0\n"),
              ElementsAre("3: more than 10^12 points of one account"));
}

TEST(BalanceFileTest, AFileThatIsCutOrDoubledOrChanged) {
  const std::string text = Example();
  const BalanceFile whole = Read(text);
  const BalanceTotals want = whole.totals();
  for (std::size_t size = kHeader.size(); size < text.size(); ++size) {
    const std::string part = text.substr(0, size);
    BalanceFile cut = Read(part);
    cut.Compare(want);
    EXPECT_GT(cut.problem_count(), 0u) << size;
    EXPECT_NE(cut.sha256(), whole.sha256());
  }
  const std::string twice = text + text.substr(kHeader.size());
  EXPECT_THAT(Problems(Read(twice)),
              ElementsAre("5: who it is stands at line 2, too: the lots of one account must be in "
                          "adjacent lines",
                          "7: who it is stands at line 4, too: the lots of one account must be in "
                          "adjacent lines"));
  const std::string other = absl::StrReplaceAll(text, {{"1001", "1002"}});
  BalanceFile changed = Read(other);
  changed.Compare(want);
  EXPECT_THAT(Problems(changed), IsEmpty()) << "only the hash tells";
  EXPECT_NE(changed.sha256(), whole.sha256());
}

TEST(BalanceFileTest, TotalsAreCompared) {
  const std::string text = Example();
  BalanceFile file = Read(text);
  file.Compare({2, 155, 1'500});
  EXPECT_THAT(Problems(file), IsEmpty());
  file.Compare({3, 154, 1'501});
  EXPECT_THAT(Problems(file), ElementsAre("0: accounts: 3 are wanted, the file has 2",
                                          "0: points: 154 are wanted, the file has 155",
                                          "0: grams: 1501 are wanted, the file has 1500"));
}

TEST(BalanceFileTest, AnEmptyFileAndALaterMonth) {
  const std::string empty(kHeader);
  EXPECT_THAT(Problems(Read(empty)), ElementsAre("0: there are no balances in it"));
  EXPECT_FALSE(BalanceFile::Read("", kToday, GoOn).ok());
  const std::string text = Example();
  EXPECT_THAT(Problems(Read(text, ParseMonth("2027-07"))), ElementsAre("2: the month has passed"));
  EXPECT_THAT(Problems(Read(text, std::nullopt)), IsEmpty());
}

TEST(BalanceFileTest, ProblemsAreCountedBeyondThoseThatAreKept) {
  std::string text(kHeader);
  for (int i = 0; i < 1'500; ++i) {
    absl::StrAppend(&text, "u", i, ",,never,s,f,0,0\n");
  }
  const BalanceFile file = Read(text);
  EXPECT_EQ(file.problem_count(), 1'500u);
  EXPECT_EQ(file.problems().size(), kMostProblems);
}

TEST(BalanceIdsTest, AreOfLoadAndAccountAndTellNothing) {
  const BalanceIds ids(std::string(32, 'k'), 7);
  v1::StateBalanceRequest user;
  user.set_platform_user_id("u-1001");
  v1::StateBalanceRequest account;
  account.set_account("u-1001");
  const std::string stating = ids.Stating(user);
  EXPECT_EQ(stating.substr(0, 7), "load:7:");
  EXPECT_EQ(stating.size(), 23u);
  EXPECT_EQ(ids.Crediting(user), "credit:7:" + stating.substr(7));
  EXPECT_NE(ids.Stating(account), stating);
  EXPECT_NE(BalanceIds(std::string(32, 'k'), 8).Stating(user), stating);
  EXPECT_NE(BalanceIds(std::string(32, 'l'), 7).Stating(user), stating);
}

// Answers like a ledger, and refuses the second balance.
TEST(BalanceUploadTest, WhatBecameOfEachBalance) {
  const std::string text = Example();
  const BalanceFile file = Read(text);
  const BalanceIds ids(std::string(32, 'k'), 7);
  BalancePlan plan{"loads/old", 100, {}};
  plan.policy.chunk = 1;
  std::vector<std::string> asked;
  std::mutex mutex;
  const SendBalances send = [&](const std::vector<const v1::StateBalanceRequest*>& requests,
                                std::vector<v1::StateBalanceResult>* results) {
    const std::lock_guard<std::mutex> lock(mutex);
    for (const v1::StateBalanceRequest* request : requests) {
      asked.push_back(absl::StrCat(request->load(), " ", request->lots_size()));
      v1::StateBalanceResult& result = results->emplace_back();
      if (request->account().empty()) {
        result.mutable_balance()->set_entry_index(90);
        result.mutable_balance()->set_replayed(true);
        result.mutable_balance()->set_points(150);
      } else {
        result.mutable_error()->set_code(static_cast<int>(grpc::StatusCode::NOT_FOUND));
      }
    }
    return grpc::Status::OK;
  };
  BalanceOutcomes outcomes;
  const StopFlag stop(false);
  std::uint64_t seen = 0;
  const grpc::Status status = StateBalances(
      file, ids, plan, send, &outcomes, [&](std::uint64_t done) { seen = done; }, stop);
  EXPECT_TRUE(status.ok());
  EXPECT_THAT(asked, testing::UnorderedElementsAre("loads/old 2", "loads/old 1"));
  EXPECT_EQ(seen, 2u);
  EXPECT_EQ(outcomes.done, 0u);
  EXPECT_EQ(outcomes.already, 1u);
  EXPECT_EQ(outcomes.points, 150);
  ASSERT_EQ(outcomes.refused.size(), 1u);
  EXPECT_EQ(outcomes.refused[0].line, 4u);
  EXPECT_EQ(outcomes.refused[0].reason, "not_found");
  EXPECT_EQ(outcomes.by_reason["not_found"].points, 5);
  const StopFlag stopped(true);
  EXPECT_TRUE(IsStopped(StateBalances(
      file, ids, plan, send, &outcomes, [](std::uint64_t) {}, stopped)));
}

}  // namespace
}  // namespace tanhui::cli
