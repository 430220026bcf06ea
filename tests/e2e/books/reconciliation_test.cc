// 对账 through the real command line: a shop's day with lost answers, double scans and partial
// refunds, its signed file, and everything that is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/reconciliation/day_file.h"
#include "tests/e2e/books/ledger_days.h"
#include "tests/e2e/child_process.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class ReconciliationTest : public LedgerDays {
 protected:
  void SetUp() override {
    LedgerDays::SetUp();
    key_ = signing::FormatVerifierKey(signing::VerifierOf(signing::DemoSigner()));
    for (const char* who : {"shop", "auditor"}) {
      WriteBytes(TokenFile(who), absl::StrCat("token-", who, "\n"));
    }
    Day();
  }

  std::string TokenFile(const std::string& who) const { return scratch_ / (who + ".token"); }

  // `who` is empty for the operator.
  ProgramResult Run(std::vector<std::string> arguments, const std::string& who = "") const {
    std::vector<std::string> all = {"--lang", "en", "--address", address_};
    if (!who.empty()) {
      all.insert(all.end(), {"--token-file", TokenFile(who)});
    }
    all.emplace_back("reconcile");
    all.insert(all.end(), arguments.begin(), arguments.end());
    return RunProgram("tanhui", all, std::chrono::seconds(60));
  }
  std::string Run(int status, const std::vector<std::string>& arguments,
                  const std::string& who = "") const {
    const ProgramResult ran = Run(arguments, who);
    EXPECT_EQ(ran.status, status) << testing::PrintToString(arguments) << ": " << ran.output;
    return ran.output;
  }

  static std::vector<std::string> ExportOf(const std::string& participant, const std::string& date,
                                           const std::string& directory) {
    return {"export", "--participant", participant, "--scheme", "green", "--date", date, directory};
  }

  // Redeems under this id; the index of the entry.
  std::uint64_t RedeemAs(const std::string& id, const std::string& store, const std::string& till,
                         std::int64_t points) const {
    v1::RedeemRequest request = RedeemOf(id, citizen_, points);
    request.set_merchant("participants/shop");
    request.set_store(store);
    request.set_till(till);
    request.set_reference("receipt " + id);
    const auto done = Operator().Call(&PointsStub::Redeem, request);
    EXPECT_TRUE(done.ok()) << id << ": " << done.status.error_message();
    return done.response.entry_index();
  }
  void RefundAs(const std::string& id, std::uint64_t entry, std::int64_t points) const {
    Do(Operator(), &PointsStub::Refund,
       absl::StrCat("request_id: '", id, "' entry_index: ", entry, " points: ", points));
  }

  // What the platform's own books say of the day, as its tills wrote it down.
  void Day() {
    first_ = RedeemAs("sale-1", "s1", "t1", 100);
    EXPECT_EQ(RedeemAs("sale-1", "s1", "t1", 100), first_) << "the answer was lost: asked again";
    RedeemAs("sale-2", "s1", "t2", 40);
    RedeemAs("sale-2-again", "s1", "t2", 40);  // scanned twice, and taken back
    Do(Operator(), &RequestsStub::CancelRequest,
       "request_id: 'undo-2' target_request_id: 'sale-2-again'");
    const std::uint64_t third = RedeemAs("sale-3", "s2", "", 31);
    RefundAs("back-1", first_, 30);
    RefundAs("back-3", third, 31);
    RedeemAs("sale-4", "", "", 1);
  }
  static std::string OwnBooks() {
    return "request_id,points,fen,state,time\n"
           "sale-4,-1,3,done,2027-01-05 12:00:00\n"
           "sale-1,-100,350,part,\n"
           "sale-2,-40,140,done,\n"
           "sale-2-again,-40,140,undone,\n"
           "undo-2,40,-140,done,\n"
           "sale-3,-31,108,undone,\n"
           "back-1,30,-105,done,\n"
           "back-3,31,-108,done,\n"
           "first,1000,0,done,\n"
           "demo-funding,0,0,done,\n";
  }
  std::string Mine(const std::string& text) const {
    WriteBytes(scratch_ / "mine.csv", text);
    return scratch_ / "mine.csv";
  }

  std::string key_;
  std::uint64_t first_ = 0;
};

TEST_F(ReconciliationTest, ADayEndsMatched) {
  const std::string mine = Mine(OwnBooks());
  const std::vector<std::string> online = {"--mine",   mine,    "--participant", "operator",
                                           "--scheme", "green", "--date",        "2027-01-05"};
  EXPECT_THAT(Run(2, online), HasSubstr("PERIOD_NOT_OVER")) << "the day lasts until 18:00";
  clock_.Wait(6 * 60 * kMicrosPerMinute - 1);
  EXPECT_THAT(Run(2, online), HasSubstr("PERIOD_NOT_OVER"));
  clock_.Wait(6 * kMicrosPerMinute);
  EXPECT_THAT(Run(0, online), AllOf(HasSubstr("\nmatched          10"), EndsWith("\nmatched\n")));

  // From the files.
  const std::string files = scratch_ / "files";
  EXPECT_THAT(Run(0, ExportOf("operator", "2027-01-05", files)),
              HasSubstr("operator.green.2027-01-05.csv"));
  const std::string theirs = files + "/operator.green.2027-01-05.csv";
  EXPECT_THAT(Run(0, {"verify", theirs, "--key", key_}), EndsWith("verified\n"));
  const std::vector<std::string> offline = {"--mine", mine, "--theirs", theirs, "--key", key_};
  const std::string text = Run(0, offline);
  EXPECT_THAT(text, AllOf(HasSubstr("operator, green, 2027-01-05"), EndsWith("matched\n")));
  auto json_of = offline;
  json_of.emplace_back("--json");
  const std::string output = Run(0, json_of);
  const auto json = nlohmann::json::parse(output.substr(output.find('{')));
  EXPECT_EQ(json["matched"], true);
  EXPECT_EQ(json["classes"]["matched"]["rows"], 10);
  EXPECT_EQ(json["classes"]["matched"]["our_fen"], 350 + 3 + 140 - 105);

  // The reader's own ids and references, where it happened, and what it came to.
  const std::string file = ReadBytes(theirs);
  EXPECT_THAT(file, HasSubstr(absl::StrCat(first_, ",sale-1,receipt sale-1,redemption,,s1,t1,part,",
                                           "-100,350\n")));
  EXPECT_THAT(file, HasSubstr(absl::StrCat(",back-1,,refund,", first_, ",s1,t1,done,30,-105\n")));
}

TEST_F(ReconciliationTest, AFileStaysAsItIs) {
  clock_.Wait(7 * 60 * kMicrosPerMinute);
  Run(0, ExportOf("operator", "2027-01-05", scratch_ / "before"));
  RefundAs("late", first_, 70);
  NextDay();
  Run(0, ExportOf("operator", "2027-01-05", scratch_ / "after"));
  Run(0, ExportOf("operator", "2027-01-06", scratch_ / "after"));
  const std::string name = "/operator.green.2027-01-05.csv";
  EXPECT_EQ(ReadBytes((scratch_ / "before") + name), ReadBytes((scratch_ / "after") + name));
  EXPECT_EQ(ReadBytes((scratch_ / "before") + name + ".note"),
            ReadBytes((scratch_ / "after") + name + ".note"));
  EXPECT_THAT(
      ReadBytes(scratch_ / "after/operator.green.2027-01-06.csv"),
      HasSubstr(absl::StrCat(",late,,refund,", first_, ",s1,t1,done,70,-245\n#end,1,70,-245,")));
}

TEST_F(ReconciliationTest, EachSeesItsOwn) {
  clock_.Wait(7 * 60 * kMicrosPerMinute);
  // The shop did not ask for anything itself: what others did at its tills, without their ids.
  Run(0, ExportOf("shop", "2027-01-05", scratch_ / "shop"), "shop");
  const std::string file = ReadBytes(scratch_ / "shop/shop.green.2027-01-05.csv");
  EXPECT_THAT(file, AllOf(HasSubstr(absl::StrCat(first_, ",,,redemption,,s1,t1,part,-100,350\n")),
                          Not(HasSubstr("sale-1")), Not(HasSubstr("receipt"))));
  EXPECT_THAT(Run(2, ExportOf("operator", "2027-01-05", scratch_ / "x"), "shop"),
              HasSubstr("PERMISSION_DENIED"));
  EXPECT_THAT(
      Run(2, {"export", "--all", "--scheme", "green", "--date", "2027-01-05", scratch_ / "x"},
          "shop"),
      HasSubstr("PERMISSION_DENIED"));
  EXPECT_TRUE(std::filesystem::is_empty(scratch_ / "x"));

  // All in one pass are the same files.
  Run(0, {"export", "--all", "--scheme", "green", "--date", "2027-01-05", scratch_ / "all"},
      "auditor");
  EXPECT_EQ(ReadBytes(scratch_ / "all/shop.green.2027-01-05.csv"), file);
  Run(0, ExportOf("operator", "2027-01-05", scratch_ / "one"));
  EXPECT_EQ(ReadBytes(scratch_ / "all/operator.green.2027-01-05.csv"),
            ReadBytes(scratch_ / "one/operator.green.2027-01-05.csv"));

  // A day before the ledger, a day to come, nobody.
  EXPECT_THAT(Run(0, ExportOf("shop", "2020-01-05", scratch_ / "old")), HasSubstr("0"));
  EXPECT_THAT(ReadBytes(scratch_ / "old/shop.green.2020-01-05.csv"),
              HasSubstr("#tanhui-recon 1,shop,green,2020-01-05,tanhui.example/demo,,,18:00\n"));
  EXPECT_THAT(Run(2, ExportOf("shop", "2031-01-05", scratch_ / "old")),
              HasSubstr("PERIOD_NOT_OVER"));
  EXPECT_THAT(Run(2, ExportOf("nobody", "2027-01-05", scratch_ / "old")),
              HasSubstr("UNKNOWN_PARTICIPANT"));
  EXPECT_EQ(Run(ExportOf("shop", "2027-02-30", scratch_ / "old")).status, 2);
}

TEST_F(ReconciliationTest, TellsDifferences) {
  clock_.Wait(7 * 60 * kMicrosPerMinute);
  const std::string mine =
      Mine(absl::StrReplaceAll(OwnBooks(), {{"sale-4,-1,3,done,2027-01-05 12:00:00\n",
                                             "lost,-5,17,done,2027-01-05 12:00:00\n"
                                             "near,-6,21,done,2027-01-05 17:58:00\n"},
                                            {"sale-1,-100,350,part", "sale-1,-100,350,done"},
                                            {"sale-2,-40,140", "sale-2,-41,140"}}));
  const std::string out = scratch_ / "diff.csv";
  const std::string text = Run(1, {"--mine", mine, "--participant", "operator", "--scheme", "green",
                                   "--date", "2027-01-05", "--out", out});
  EXPECT_THAT(text, HasSubstr("not matched; the differences are in " + out));
  EXPECT_THAT(ReadBytes(out),
              AllOf(HasSubstr("lost,missing_there,-5,,17,,done,,\n"),
                    HasSubstr("near,timing,-6,,21,,done,,\n"),
                    HasSubstr(absl::StrCat("sale-1,state,-100,-100,350,350,done,part,", first_)),
                    HasSubstr("sale-2,amount,-41,-40,140,140,done,done,"),
                    HasSubstr("sale-4,missing_here,,-1,,3,,done,")));
}

TEST_F(ReconciliationTest, RefusesFiles) {
  clock_.Wait(7 * 60 * kMicrosPerMinute);
  Run(0, ExportOf("operator", "2027-01-05", scratch_ / "files"));
  Run(0, ExportOf("shop", "2027-01-05", scratch_ / "files"));
  const std::string theirs = scratch_ / "files/operator.green.2027-01-05.csv";
  const std::string whole = ReadBytes(theirs);
  const std::string note = ReadBytes(theirs + ".note");
  const std::string mine = Mine(OwnBooks());
  const std::string out = scratch_ / "diff.csv";
  const auto refused = [&](std::vector<std::string> more = {}) {
    std::vector<std::string> all = {"--mine", mine, "--theirs", theirs,
                                    "--key",  key_, "--out",    out};
    all.insert(all.end(), more.begin(), more.end());
    const std::string text = Run(2, all);
    EXPECT_FALSE(std::filesystem::exists(out)) << "nothing half-done";
    EXPECT_THAT(text, Not(HasSubstr("missing_here")));
    return text;
  };
  EXPECT_THAT(refused({"--participant", "shop"}), HasSubstr("not of shop"));
  EXPECT_THAT(refused({"--scheme", "stamps"}), HasSubstr("not of stamps"));
  EXPECT_THAT(refused({"--date", "2027-01-06"}), HasSubstr("not of 2027-01-06"));
  WriteBytes(theirs, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(refused(), HasSubstr("was cut"));
  WriteBytes(theirs, whole + whole);
  EXPECT_THAT(refused(), HasSubstr("two files were joined"));
  WriteBytes(theirs, absl::StrReplaceAll(whole, {{"receipt sale-1", "receipt sale-9"}}));
  EXPECT_THAT(refused(), HasSubstr("the file was changed"));
  WriteBytes(theirs, whole);
  WriteBytes(theirs + ".note", ReadBytes(scratch_ / "files/shop.green.2027-01-05.csv.note"));
  EXPECT_THAT(refused(), HasSubstr("that of another file"));
  std::filesystem::remove(theirs + ".note");
  EXPECT_THAT(refused(), HasSubstr("must lie beside"));
  WriteBytes(theirs + ".note", note);
  Mine(OwnBooks() + "sale-1,1,0,done,\n");
  EXPECT_THAT(refused(), HasSubstr("stands in line"));
  Mine("request_id,points,state\n");
  EXPECT_THAT(refused(), HasSubstr("lacks the column fen"));
  EXPECT_THAT(Run(2, {"--mine", mine, "--theirs", theirs}), HasSubstr("give --key"));
  EXPECT_THAT(Run(2, {"--mine", mine}), HasSubstr("give --theirs"));
  EXPECT_THAT(Run(2, {}), HasSubstr("give --mine"));
}

}  // namespace
}  // namespace tanhui::e2e
