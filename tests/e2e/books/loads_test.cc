// Opening balances through the real program and server: a file is checked, stated, sealed and
// credited, by runs that are killed in the middle, too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

class LoadsTest : public ApiTest {
 protected:
  // Users u0, u1 … of the operator's, each with an account; the name of the last one's.
  std::string OpenUsers(int users) const {
    v1::BatchOpenAccountsRequest batch;
    for (int i = 0; i < users; ++i) {
      *batch.add_requests() = OpeningOf(absl::StrCat("open-u", i), absl::StrCat("u", i));
    }
    const auto answer = client().Call(&AccountsStub::BatchOpenAccounts, batch);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.results(users - 1).opened().account().name();
  }

  std::string Write(const std::string& name, const std::string& lines) const {
    const std::string path = server_.directory() + "/" + name;
    std::ofstream file(path, std::ios::binary);
    file << "user,account,expiry_month,scheme,funder,points,grams\n" << lines;
    return path;
  }
  // One lot of 10 points and 100 grams for each of the users.
  std::string WriteUsers(int users) const {
    std::string lines;
    for (int i = 0; i < users; ++i) {
      absl::StrAppend(&lines, "u", i, ",,2099-12,green,sponsor,10,100\n");
    }
    return Write("old.csv", lines);
  }

  std::vector<std::string> Command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", server_.address(), "load"});
    return arguments;
  }
  std::string Run(const std::vector<std::string>& arguments, int status = 0) const {
    const ProgramResult ran = RunProgram("tanhui", Command(arguments), std::chrono::seconds(120));
    EXPECT_EQ(ran.status, status) << arguments[0] << ": " << ran.output;
    return ran.output;
  }
  std::string Open(const std::string& code, const std::string& file, int users, std::int64_t points,
                   std::int64_t grams, int status = 0) const {
    return Run(
        {"open", code, file, "--asset", "points", "--as-of", "2024-12-31", "--accounts",
         absl::StrCat(users), "--points", absl::StrCat(points), "--grams", absl::StrCat(grams)},
        status);
  }
  v1::GetLoadResponse Get(const std::string& code) const {
    v1::GetLoadRequest request;
    request.set_name("loads/" + code);
    const auto answer = client().Call(&LoadsStub::GetLoad, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response;
  }

  // Runs the stage until `begun` says that some of it is done, and kills it then. Bounded.
  template <typename Begun>
  void KillIn(const std::string& stage, const std::string& file, const Begun& begun) const {
    std::vector<std::string> command = Command({stage, "big", file});
    command.insert(command.begin(), ProgramPath("tanhui"));
    ChildProcess run(command, server_.directory() + "/" + stage + ".out");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!begun(Get("big").load())) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << stage << " never began";
    }
    run.Signal(SIGKILL);
    EXPECT_EQ(run.Wait(std::chrono::seconds(20)), 128 + SIGKILL);
  }

  void ExpectAuditPasses() {
    EXPECT_EQ(Stop(), 0);
    const ProgramResult audit = RunProgram("tanhui", {"audit", "--data", server_.data_directory()},
                                           std::chrono::seconds(120));
    EXPECT_EQ(audit.status, 0) << audit.output;
    EXPECT_THAT(audit.output, HasSubstr("balances ok"));
  }
};

TEST_F(LoadsTest, AFileFromCheckToReport) {
  const std::string file =
      Write("old.csv", absl::StrCat("citizen,,2099-06,green,sponsor,120,1200\n"
                                    "citizen,,2099-12,stamps,sponsor,30,300\n,",
                                    other_, ",never,green,sponsor,5,0\n"));
  EXPECT_THAT(Run({"check", file}),
              AllOf(ContainsRegex("accounts +2"), ContainsRegex("points +155")));
  EXPECT_THAT(Run({"check", file, "--accounts", "2", "--points", "155", "--grams", "1501"}, 1),
              HasSubstr("grams: 1501 are wanted, the file has 1500"));
  EXPECT_THAT(Open("old", file, 2, 156, 1'500, 1), HasSubstr("no load was begun"));
  EXPECT_THAT(Run({"state", "old", file}, 1), HasSubstr("UNKNOWN_LOAD"));
  Open("old", file, 2, 155, 1'500);
  EXPECT_THAT(Run({"report", "old"}),
              AllOf(ContainsRegex("state +open"), ContainsRegex("points +155 +0 +155")));
  const std::uint64_t size = LogSize(client());
  EXPECT_THAT(Run({"state", "old", file, "--dry-run"}), HasSubstr("a dry run"));
  EXPECT_EQ(LogSize(client()), size);
  const std::string changed = Write("changed.csv", "citizen,,2099-06,green,sponsor,120,1200\n");
  EXPECT_THAT(Run({"state", "old", changed}, 1), HasSubstr("is not the file"));

  EXPECT_THAT(Run({"state", "old", file}), ContainsRegex("stated +2"));
  EXPECT_EQ(BalanceOf(client(), other_), 0) << "nothing before the seal";
  EXPECT_EQ(client().Call(&PointsStub::Redeem, RedeemOf("early", other_, 1)).reason(),
            "INSUFFICIENT_BALANCE");
  EXPECT_THAT(Run({"credit", "old", file}, 1), HasSubstr("load_state"));
  EXPECT_THAT(Run({"seal", "old"}), ContainsRegex("accounts"));
  EXPECT_THAT(Run({"drop", "old"}, 1), HasSubstr("LOAD_STATE"));
  EXPECT_THAT(Run({"credit", "old", file}), AllOf(ContainsRegex("credited +2"), HasSubstr("155")));
  EXPECT_THAT(Run({"credit", "old", file}), ContainsRegex("credited before +2"));
  EXPECT_THAT(Run({"report", "old"}),
              AllOf(ContainsRegex("state +sealed"), ContainsRegex("of this load +2"),
                    ContainsRegex("left of all of them +0")));
  EXPECT_THAT(Run({"list"}), ContainsRegex("loads/old +assets/points +sealed +2 +155 +2"));
  EXPECT_EQ(BalanceOf(client(), citizen_), 650);
  EXPECT_TRUE(client().Call(&PointsStub::Redeem, RedeemOf("now", other_, 5)).ok());

  const v1::LogEntry credit = EntryAt(LogSize(client()) - 2);
  EXPECT_EQ(credit.kind(), v1::ENTRY_KIND_OPENING_CREDIT);
  EXPECT_EQ(credit.postings(0).account(), "assets/points/opening");
  v1::GetLiabilityRequest asset;
  asset.set_asset("assets/points");
  const auto report = client().Call(&ReportsStub::GetLiability, asset);
  EXPECT_TRUE(report.response.balanced());
  EXPECT_EQ(report.response.opening(), -155);
  ExpectAuditPasses();
}

TEST_F(LoadsTest, WhatWasRefusedIsToldByLine) {
  const std::string file = Write("old.csv",
                                 "citizen,,2099-06,green,sponsor,10,0\n"
                                 "nobody,,2099-06,green,sponsor,20,0\n"
                                 "other,,2099-06,green,shop,30,0\n");
  Open("old", file, 3, 60, 0);
  const std::string told = Run({"state", "old", file}, 1);
  EXPECT_THAT(told, AllOf(HasSubstr(":3: unknown_account"), HasSubstr(":4: wrong_participant_kind"),
                          ContainsRegex("stated +1")));
  EXPECT_THAT(told, testing::Not(HasSubstr("nobody"))) << "errors name no user";
  EXPECT_THAT(Run({"seal", "old"}, 1),
              AllOf(HasSubstr("CONTROL_TOTALS"), HasSubstr("points_have=10")));
  Run({"drop", "old"});
  EXPECT_EQ(Get("old").load().state(), v1::LOAD_STATE_DROPPED);
  EXPECT_THAT(Open("old", file, 3, 60, 0, 1), HasSubstr("CODE_EXISTS"));
}

TEST_F(LoadsTest, RunsThatAreKilledAreResumed) {
  constexpr int kUsers = 8'000;
  const std::string last = OpenUsers(kUsers);
  const std::string file = WriteUsers(kUsers);
  Open("big", file, kUsers, 10 * kUsers, 100 * kUsers);
  KillIn("state", file, [](const v1::Load& load) { return load.stated().accounts() > 0; });
  const std::uint64_t stated = Get("big").load().stated().accounts();
  EXPECT_THAT(Run({"state", "big", file}), HasSubstr("80,000 points"));
  EXPECT_EQ(Get("big").load().stated().accounts(), static_cast<std::uint64_t>(kUsers))
      << stated << " when it was killed";
  Run({"seal", "big"});

  // One of them closes the account before it is credited.
  v1::CloseRequest close;
  close.set_request_id("close");
  close.set_account(last);
  close.set_reason("owner_asked");
  const auto closed = client().Call(&AccountsStub::Close, close);
  ASSERT_TRUE(closed.ok()) << closed.status.error_message();

  KillIn("credit", file, [](const v1::Load& load) { return load.credited_accounts() > 0; });
  EXPECT_THAT(Run({"credit", "big", file}, 1),
              AllOf(HasSubstr(":8001: account_closed"), HasSubstr("79,990 points")));
  const v1::GetLoadResponse load = Get("big");
  EXPECT_EQ(load.load().credited_accounts(), static_cast<std::uint64_t>(kUsers - 1));
  EXPECT_EQ(load.opening_balance(), -10 * kUsers + 10);
  EXPECT_EQ(load.sealed_points(), 10 * kUsers);
  EXPECT_THAT(Run({"report", "big"}), ContainsRegex("left of all of them +10"));
  ExpectAuditPasses();
}

// By the API alone: roles, and requests that come again.
TEST_F(LoadsTest, RequestsThatComeAgain) {
  const auto open = Parsed<v1::OpenLoadRequest>(
      R"(request_id: "open" load_id: "old" asset: "assets/points" as_of_date: "2024-12-31"
         file_sha256: "01234567890123456789012345678901"
         control { accounts: 1 points: 7 grams: 1 })");
  ExpectDoneOnce(&LoadsStub::OpenLoad, open);
  const std::string lot =
      R"(lots { expiry_month: "never" scheme: "schemes/green" funder: "participants/sponsor"
                points: 7 grams: 1 })";
  const std::string state =
      absl::StrCat(R"(request_id: "s" load: "loads/old" account: ")", citizen_, "\" ", lot);
  const auto batch = [](const std::string& one) { return absl::StrCat("requests { ", one, " }"); };
  const auto stated = Do(&LoadsStub::BatchStateBalances, batch(state));
  EXPECT_EQ(stated.results(0).balance().points(), 7);
  EXPECT_TRUE(Do(&LoadsStub::BatchStateBalances, batch(state)).results(0).balance().replayed());
  const auto why_state = [&](const std::string& from, const std::string& to) {
    const std::string changed = absl::StrReplaceAll(state, {{from, to}});
    return ReasonOf(Do(&LoadsStub::BatchStateBalances, batch(changed)).results(0).error());
  };
  EXPECT_EQ(why_state("points: 7", "points: 8"), "REQUEST_ID_REUSED");
  EXPECT_EQ(why_state("loads/old", "loads/new"), "UNKNOWN_LOAD");
  EXPECT_EQ(why_state("\"never\"", "\"2020-01\""), "REQUEST_ID_REUSED");
  EXPECT_EQ(why_state("\"s\"", "\"s2\" platform_user_id: \"citizen\""), "FIELD_INVALID");
  EXPECT_EQ(why_state(lot, lot + lot), "FIELD_INVALID");
  EXPECT_EQ(why_state(lot, ""), "FIELD_REQUIRED");
  EXPECT_EQ(why_state("\"never\"", "\"soon\""), "FIELD_INVALID");

  ExpectDoneOnce(&LoadsStub::SealLoad,
                 Parsed<v1::SealLoadRequest>(R"(request_id: "seal" name: "loads/old")"));
  const std::string credit = batch(R"(request_id: "c" balance_request_id: "s")");
  const auto credited = Do(&LoadsStub::BatchCreditBalances, credit);
  EXPECT_EQ(credited.results(0).credit().points(), 7);
  EXPECT_EQ(credited.results(0).credit().balance(), 507);
  EXPECT_TRUE(Do(&LoadsStub::BatchCreditBalances, credit).results(0).credit().replayed());
  const auto why_credit = [&](const std::string& one) {
    return ReasonOf(Do(&LoadsStub::BatchCreditBalances, batch(one)).results(0).error());
  };
  EXPECT_EQ(why_credit(absl::StrCat(R"(request_id: "d" entry_index: )",
                                    stated.results(0).balance().entry_index())),
            "ALREADY_REVERSED");
  EXPECT_EQ(why_credit(R"(request_id: "d" balance_request_id: "unheard")"), "UNKNOWN_ENTRY");
  EXPECT_EQ(why_credit(R"(request_id: "d")"), "FIELD_REQUIRED");
  EXPECT_EQ(OutcomeOf("c").points(), 7);
  EXPECT_EQ(client().Call(&LoadsStub::BatchStateBalances, v1::BatchStateBalancesRequest()).reason(),
            "BATCH_EMPTY");
  EXPECT_EQ(BalanceOf(client(), citizen_), 507);
}

class LoadRolesTest : public testing::Test {};

TEST_F(LoadRolesTest, AccountantsAndAuditors) {
  ServerOptions options;
  options.trust_loopback = false;
  options.callers = {{"operator", "of the operator", {"admin", "platform", "grantor", "auditor"}},
                     {"platform-a", "of a", {"platform", "grantor"}},
                     {"sponsor", "of the accountant", {"accountant"}},
                     {"shop", "of the auditor", {"auditor"}}};
  ServerProcess server(options);
  ASSERT_TRUE(server.Start());
  const Client anyone(server.NewChannel());
  ASSERT_TRUE(MakeDemoLedger(anyone.WithToken("of the operator")));
  const auto reason = [&](const std::string& token, auto method, const auto& request) {
    return anyone.WithToken(token).Call(method, request).reason();
  };
  const v1::OpenLoadRequest open;
  const v1::ListLoadsRequest list;
  EXPECT_EQ(reason("of a", &LoadsStub::OpenLoad, open), "PERMISSION_DENIED");
  EXPECT_EQ(reason("of a", &LoadsStub::ListLoads, list), "PERMISSION_DENIED");
  EXPECT_EQ(reason("of the auditor", &LoadsStub::OpenLoad, open), "PERMISSION_DENIED");
  EXPECT_EQ(reason("of the auditor", &LoadsStub::ListLoads, list), "");
  EXPECT_EQ(reason("of the accountant", &LoadsStub::OpenLoad, open), "FIELD_REQUIRED");
  EXPECT_EQ(reason("of the accountant", &LoadsStub::ListLoads, list), "");
  EXPECT_EQ(
      reason("of the accountant", &RequestsStub::GetRequestIdKey, v1::GetRequestIdKeyRequest()),
      "");
}

}  // namespace
}  // namespace tanhui::e2e
