// `tanhui campaign` and `tanhui coupon`, through the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/merkle/hash.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/e2e/child_process.h"
#include "tests/e2e/coupons/coupon_days.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CouponCliTest : public CouponDays {
 protected:
  std::string Coupon(int status, std::vector<std::string> arguments,
                     const std::string& who = {}) const {
    arguments.insert(arguments.begin(), "coupon");
    return Run(status, std::move(arguments), who);
  }
  std::string Campaign(int status, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "campaign");
    return Run(status, std::move(arguments));
  }
  // Lines of the order R-1 at the shop, and how it goes on.
  static std::vector<std::string> At(std::vector<std::string> command,
                                     const std::vector<std::string>& more = {}) {
    command.insert(command.end(),
                   {"--merchant", "shop", "--store", "s1", "--till", "t1", "--asset", "points",
                    "--order", "R-1", "--line", "tea=4000", "--line", "cups=3000", kStillGood});
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
};

TEST_F(CouponCliTest, TheDryRunSaysWhatIsWrongAndWhere) {
  const auto try_out = [this](int status, const std::string& before, const std::string& after) {
    return Campaign(status,
                    {"create", SampleWith("bad.yaml", {{before, after}}), "--dry-run", kStillGood});
  };
  const std::uint64_t size = LogSize(Operator());
  EXPECT_THAT(try_out(2, "face_fen: 2000", "face: 2000"),
              ContainsRegex("bad.yaml:[0-9]+: terms: `face` is not known here"));
  EXPECT_THAT(try_out(2, "stock: 10\n", "stock: ten\n"),
              ContainsRegex("bad.yaml:[0-9]+: terms.stock: `ten` is no whole number"));
  EXPECT_THAT(try_out(2, "issue_last_time: 2027-01-15 23:59:59", "issue_last_time: tomorrow"),
              ContainsRegex("bad.yaml:[0-9]+: terms.issue_last_time: 'tomorrow' is no time"));
  EXPECT_THAT(try_out(1, "own_permille: 200", "own_permille: 100"),
              ContainsRegex("bad.yaml:[0-9]+: terms"));
  EXPECT_THAT(try_out(1, "organiser: yuzhong", "organiser: nobody"),
              ContainsRegex("bad.yaml:[0-9]+: terms.organiser"));
  EXPECT_THAT(Campaign(0, {"create", Sample(), "--dry-run", kStillGood}),
              HasSubstr("160.00 yuan would be set aside"));
  EXPECT_EQ(LogSize(Operator()), size);
  EXPECT_EQ(BudgetOf("district"), 50'000);
  EXPECT_THAT(Campaign(2, {"create", scratch_ / "none.yaml"}), HasSubstr("none.yaml"));
}

TEST_F(CouponCliTest, CampaignsChange) {
  OpenCampaign(Sample());
  EXPECT_THAT(Campaign(1, {"create", Sample(), kStillGood}), HasSubstr("CODE_EXISTS"));
  Campaign(0, {"pause", "autumn", "--reason", "fraud_wave", kStillGood});
  Give("li", 200);
  EXPECT_THAT(Coupon(1, {"issue", "autumn", "--user", "li", "--asset", "points", kStillGood}),
              AllOf(HasSubstr("CAMPAIGN_STATE"), HasSubstr("PAUSED")));
  EXPECT_THAT(Campaign(0, {"list", "--state", "paused"}), HasSubstr("金秋绿色消费券"));
  EXPECT_THAT(Campaign(0, {"list", "--state", "open"}), HasSubstr("none"));
  Campaign(0, {"resume", "autumn", "--reason", "looked_at", kStillGood});
  Campaign(0, {"extend", "autumn", "--use-last", "2027-01-31 23:59:59", "--reason", "stock_left",
               kStillGood});
  EXPECT_THAT(Campaign(0, {"show", "autumn"}),
              AllOf(ContainsRegex("state +open"), ContainsRegex("used to +2027-01-31 23:59:59"),
                    HasSubstr("district 60 %, sponsor 20 %, the merchant 20 %"),
                    ContainsRegex("price +100 points"), ContainsRegex("issued +0 of 10")));
  Campaign(0, {"end", "autumn", "--reason", "season_over", kStillGood});
  EXPECT_THAT(Campaign(1, {"resume", "autumn", "--reason", "again", kStillGood}),
              HasSubstr("CAMPAIGN_STATE"));
  EXPECT_THAT(Campaign(1, {"show", "winter"}), HasSubstr("UNKNOWN_CAMPAIGN"));
}

TEST_F(CouponCliTest, FromIssueToRefund) {
  OpenCampaign(Sample());
  Give("li", 250);
  EXPECT_THAT(Coupon(0, {"issue", "autumn", "--user", "li", "--asset", "points", kStillGood}),
              AllOf(ContainsRegex("points +100"), ContainsRegex("balance +150")));
  const std::uint64_t coupon = LogSize(Operator()) - 1;
  const std::string number = std::to_string(coupon);
  EXPECT_THAT(Coupon(0, {"list", "--user", "li", "--asset", "points"}),
              ContainsRegex(absl::StrCat(number, " +autumn +ready +20.00 +50.00")));
  EXPECT_THAT(Coupon(0, {"show", number}),
              AllOf(ContainsRegex("state +ready"), ContainsRegex("cost +100 points")));

  const std::string code = CodesOf(coupon).code();
  EXPECT_THAT(Coupon(0, At({"lock", "--code", code, "--deadline", "2027-01-05 12:15:00"}), "shop"),
              ContainsRegex("takes off +20.00 yuan"));
  EXPECT_THAT(Coupon(0, {"list", "--user", "li", "--asset", "points", "--state", "locked"}),
              HasSubstr(number));
  Coupon(0, {"unlock", "--code", code, kStillGood}, "shop");
  EXPECT_THAT(Coupon(1, {"unlock", "--code", code, kStillGood}, "shop"),
              HasSubstr("UNKNOWN_COUPON"))
      << "it is no longer the shop's to unlock";
  EXPECT_THAT(Coupon(1, {"unlock", number, kStillGood}), HasSubstr("COUPON_STATE"));
  EXPECT_THAT(Coupon(0, At({"redeem", "--code", code}, {"--dry-run"}), "shop"),
              ContainsRegex("the customer pays less +20.00 yuan"));
  EXPECT_THAT(Coupon(0, At({"redeem", "--code", code, "--request-id", "R-1"}), "shop"),
              AllOf(ContainsRegex("funders pay +16.00 yuan"),
                    ContainsRegex("the merchant bears +4.00 yuan")));
  const std::string entry = std::to_string(LogSize(Operator()) - 1);
  EXPECT_THAT(Coupon(0, At({"redeem", "--code", code, "--request-id", "R-1"}), "shop"),
              HasSubstr("replayed"));
  EXPECT_THAT(Coupon(1, At({"redeem", "--code", code}), "shop"), HasSubstr("COUPON_STATE"));

  EXPECT_THAT(
      Coupon(0, {"refund", entry, "--line", "0=4000", "--line", "1=3000", kStillGood}, "shop"),
      AllOf(ContainsRegex("the customer gets +50.00 yuan"), HasSubstr("can be used again")));
  EXPECT_THAT(Coupon(0, {"statement", "shop"}, "shop"),
              AllOf(ContainsRegex("autumn +1 +70.00 +20.00 +1 +20.00 +0.00"),
                    HasSubstr("claimed 0.00 yuan")));
  Coupon(0, {"revoke", number, "--reason", "resold", "--points-back", kStillGood});
  EXPECT_EQ(BalanceOfUser("li"), 250);
  EXPECT_THAT(Coupon(0, {"show", number}), ContainsRegex("state +void"));
  EXPECT_THAT(Money(), ElementsAre(14'400, 0, 0, 1'600, 0, 0));
}

TEST_F(CouponCliTest, AWholeOrderComesBackWithItsAward) {
  OpenCampaign(Sample());
  Give("li", 250);
  const std::string use =
      std::to_string(Use(Shop(), Issue("li"), OrderAt("shop", "R-1", {"tea=4000", "cups=3000"})));
  const auto paid =
      Operator().Call(&PointsStub::Redeem, RedeemOf(FreshId(), OpenCitizen(Operator(), "li"), 20));
  ASSERT_TRUE(paid.ok()) << paid.status.error_message();
  Give("li", 30);
  const std::string award = std::to_string(LogSize(Operator()) - 1);
  EXPECT_EQ(BalanceOfUser("li"), 160);
  const auto back = [&](int status, const std::vector<std::string>& more) {
    std::vector<std::string> all = {"order-refund", kStillGood};
    all.insert(all.end(), more.begin(), more.end());
    return Coupon(status, all);
  };
  EXPECT_THAT(back(2, {"--coupon", use, "--line", "0=4000", "--quantity", "1"}),
              HasSubstr("--award"));
  EXPECT_THAT(back(2, {"--coupon", use}), HasSubstr("--line"));
  EXPECT_THAT(back(2, {"--redemption", "7"}), HasSubstr("--points"));
  EXPECT_THAT(back(1, {}), HasSubstr("at least one part"));
  const std::vector<std::string> whole = {
      "--coupon", use,      "--line",       "0=4000",
      "--line",   "1=3000", "--points",     "20",
      "--award",  award,    "--redemption", std::to_string(paid.response.entry_index())};
  const auto with = [&whole](std::vector<std::string> more) {
    more.insert(more.end(), whole.begin(), whole.end());
    return more;
  };
  EXPECT_THAT(back(1, with({"--quantity", "2"})), HasSubstr("award")) << "it was for one item";
  EXPECT_EQ(BalanceOfUser("li"), 160) << "all or nothing";
  EXPECT_THAT(Money(), ElementsAre(14'400, 0, 0, 0, 0, 1'600));
  EXPECT_THAT(
      back(0, with({"--request-id", "R-1 back"})),
      AllOf(ContainsRegex("the customer gets +50.00 yuan"), ContainsRegex("points given back +20"),
            ContainsRegex("points of the award taken back +30")));
  const v1::LogEntry reversal = EntryAt(LogSize(Operator()) - 1);
  EXPECT_EQ(reversal.target_index(), std::stoull(award));
  EXPECT_EQ(reversal.reason(), "goods_returned");
  EXPECT_THAT(back(0, with({"--request-id", "R-1 back"})), HasSubstr("as it was done before"));
  EXPECT_EQ(BalanceOfUser("li"), 150);
  EXPECT_THAT(Money(), ElementsAre(14'400, 1'600, 0, 0, 0, 0));
  Give("li", 40);
  const std::string gift = std::to_string(LogSize(Operator()) - 1);
  EXPECT_THAT(back(0, {"--award", gift, "--reason", "order_void"}), HasSubstr("40"));
  EXPECT_EQ(EntryAt(LogSize(Operator()) - 1).reason(), "order_void");
}

TEST_F(CouponCliTest, ATradeInIsProven) {
  Publish(v1::DOCUMENT_KIND_CATALOGUE,
          Parsed<entry::v1::Catalogue>(
              "code: 'appliances' version: 1 first_date: '2027-01-01' display_name: '家电' "
              "products { code: 'r1' category: 'refrigerator' brand: 'b' display_name: '一级' "
              "energy_grade: 1 } "
              "products { code: 'r3' category: 'refrigerator' brand: 'b' display_name: '三级' "
              "energy_grade: 3 }"));
  OpenCampaign(SampleWith("trade.yaml", {{"  # reviewed: true", "  reviewed: true"},
                                         {"  # trade_in: {", "  trade_in: {"}}));
  const auto use = [this](int status, std::uint64_t coupon, const std::string& product,
                          const std::string& serial) {
    std::vector<std::string> all = At({"redeem", "--code", CodesOf(coupon).code()});
    if (!product.empty()) {
      all.insert(all.end(),
                 {"--category", "refrigerator", "--product", product, "--old-serial",
                  "OLD-" + serial, "--new-serial", "NEW-" + serial, "--invoice", "INV-" + serial});
    }
    return Coupon(status, all, "shop");
  };
  Give("li", 100);
  Give("wang", 100);
  const std::uint64_t lis = Issue("li");
  const std::uint64_t wangs = Issue("wang");
  EXPECT_THAT(Coupon(2, At({"redeem", "7"}, {"--product", "appliances/r1"}), "shop"),
              HasSubstr("--category"));
  EXPECT_THAT(use(1, lis, "", ""), AllOf(HasSubstr("FIELD_REQUIRED"), HasSubstr("trade_in")));
  EXPECT_THAT(use(1, lis, "appliances/r9", "1"), HasSubstr("UNKNOWN_PRODUCT"));
  EXPECT_THAT(use(1, lis, "appliances/r3", "1"), HasSubstr("COUPON_NOT_ACCEPTED"));
  EXPECT_THAT(use(0, lis, "appliances/r1", "1"),
              ContainsRegex("funders pay after review +16.00 yuan"));
  std::vector<std::string> again =
      At({"redeem", "--code", CodesOf(wangs).code()},
         {"--category", "refrigerator", "--product", "appliances/r1", "--old-serial", "old 1",
          "--new-serial", "NEW-2", "--invoice", "INV-2"});
  std::replace(again.begin(), again.end(), std::string("R-1"), std::string("R-2"));
  EXPECT_THAT(Coupon(1, again, "shop"), HasSubstr("TRADE_IN_USED")) << "the same old appliance";
}

TEST_F(CouponCliTest, CodesAreCheckedOffline) {
  OpenCampaign(Sample());
  Give("li", 100);
  const std::uint64_t coupon = Issue("li");
  EXPECT_THAT(Coupon(0, {"code", std::to_string(coupon)}),
              AllOf(ContainsRegex("[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}\n"), HasSubstr("THC1."),
                    HasSubstr("▀")));
  const std::string text = CodesOf(coupon).qr_text();
  const std::string key = signing::FormatVerifierKey(signing::DemoSigner());
  // No server is there: nobody listens at the address.
  const auto check = [&key](int status, const std::string& code, const std::string& at) {
    const ProgramResult ran = RunProgram(
        "tanhui",
        {"--address", "127.0.0.1:1", "coupon", "check-code", code, "--key", key, "--at", at},
        std::chrono::seconds(30));
    EXPECT_EQ(ran.status, status) << ran.output;
    return ran.output;
  };
  EXPECT_THAT(check(0, text, "2027-01-05 12:00:40"),
              AllOf(HasSubstr(absl::StrCat("coupons/", coupon)), HasSubstr("genuine and fresh")));
  EXPECT_THAT(check(1, text, "2027-01-05 12:05:00"), HasSubstr("works for a minute"));
  std::string forged = text;
  forged[20] = forged[20] == 'A' ? 'B' : 'A';
  EXPECT_THAT(check(1, forged, "2027-01-05 12:00:40"), HasSubstr("the code is not good"));
  EXPECT_THAT(check(1, CodesOf(coupon).code(), "2027-01-05 12:00:40"),
              HasSubstr("short codes cannot be checked offline"));
}

TEST_F(CouponCliTest, TheExportSumsAndEnds) {
  OpenCampaign(Sample());
  Give("li", 200);
  const std::uint64_t use =
      Use(Shop(), Issue("li"), OrderAt("shop/s2", "R-1", {"tea=4000", "cups=3000"}));
  GiveBack(Shop(), use, {"1=2000"});
  const std::string path = scratch_ / "coupons.csv";
  EXPECT_THAT(Coupon(0, {"export", "--merchant", "shop", "--out", path}, "shop"),
              HasSubstr("2 rows, 11.43 yuan"));
  const std::string text = e2e::ReadWholeFile(path);
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  ASSERT_EQ(lines.size(), 5U) << text;
  EXPECT_THAT(lines[0], StartsWith("kind,entry,time,"));
  EXPECT_THAT(lines[1], AllOf(StartsWith(absl::StrCat("redemption,", use, ",")),
                              HasSubstr(",\"campaigns/autumn\",\"participants/shop/units/s2\","),
                              HasSubstr(",7000,2000,1600,1600,")));
  EXPECT_THAT(lines[2], AllOf(StartsWith("refund,"), HasSubstr(absl::StrCat(",", use, ","))));
  const std::string rows = absl::StrCat(lines[0], "\n", lines[1], "\n", lines[2], "\n");
  const Hash256 hash = merkle::Sha256(rows);
  EXPECT_EQ(lines[3], absl::StrCat("#end,2,1143,", absl::BytesToHexString(absl::string_view(
                                                       hash.view().data(), hash.view().size()))));
  EXPECT_THAT(Coupon(1, {"export", "--merchant", "stall", "--out", scratch_ / "other.csv"}, "shop"),
              Not(HasSubstr("wrote")));
  EXPECT_EQ(e2e::ReadWholeFile(scratch_ / "other.csv"), "");
  EXPECT_THAT(Coupon(2, {"export", "--out", path}), HasSubstr("--campaign"));
}

TEST_F(CouponCliTest, ALotteryIsDrawnOnce) {
  const std::string seed = scratch_ / "lottery.seed";
  const std::string told = Campaign(0, {"seed", "--out", seed});
  ASSERT_THAT(told, ContainsRegex("^seed_sha256: [0-9a-f]{64}\n$"));
  EXPECT_THAT(Campaign(2, {"seed", "--out", seed}), HasSubstr(seed));
  OpenCampaign(SampleWith(
      "lottery.yaml",
      {
          {"stock: 10\n", "stock: 1\n"},
          {"  # seed_sha256: 0000000000000000000000000000000000000000000000000000000000000000\n",
           absl::StrCat("  ", told)},
          {"  # beacon: ", "  beacon: "},
          {"  # apply_last_time: 2027-01-31 23:59:59", "  apply_last_time: 2027-01-05 13:00:00"},
      }));
  std::vector<std::string> applications;
  for (const char* user : {"li", "wang"}) {
    Give(user, 100);
    Coupon(0, {"apply", "autumn", "--user", user, "--asset", "points", kStillGood});
    applications.push_back(std::to_string(LogSize(Operator()) - 1));
  }
  EXPECT_THAT(Coupon(1, {"apply", "autumn", "--user", "li", "--asset", "points", kStillGood}),
              HasSubstr("COUPON_LIMIT"));
  const std::vector<std::string> draw = {"draw",           "autumn", "--seed-file", seed,
                                         "--beacon-value", "071522", kStillGood};
  EXPECT_THAT(Campaign(1, draw), HasSubstr("CAMPAIGN_STATE")) << "citizens may still apply";
  GoTo("2027-01-05 13:00:01");
  const std::string wrong = File("wrong.seed", "00\n");
  EXPECT_THAT(Campaign(2, {"draw", "autumn", "--seed-file", wrong, "--beacon-value", "1"}),
              HasSubstr("64 hexadecimal digits"));
  EXPECT_THAT(Campaign(0, draw),
              AllOf(ContainsRegex("applications +2"), ContainsRegex("winners +1")));
  EXPECT_THAT(Campaign(1, draw), HasSubstr("CAMPAIGN_STATE"));
  int won = 0;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const std::string user = i == 0 ? "li" : "wang";
    const auto listed = nlohmann::json::parse(
        Run(0, {"--json", "coupon", "list", "--user", user, "--asset", "points"}));
    const bool wins = listed["applications"][0]["state"] == "APPLICATION_STATE_WON";
    won += wins ? 1 : 0;
    const std::string said =
        Coupon(wins ? 0 : 1, {"issue", "autumn", "--user", user, "--asset", "points",
                              "--application", applications[i], kStillGood});
    EXPECT_THAT(said, wins ? HasSubstr("coupons/") : HasSubstr("LOTTERY_NOT_WON"));
  }
  EXPECT_EQ(won, 1);
}

TEST_F(CouponCliTest, UsesAreReviewedByAFile) {
  OpenCampaign(SampleWith("reviewed.yaml", {{"  # reviewed: true", "  reviewed: true"}}));
  Give("li", 200);
  const std::uint64_t first = Use(Shop(), Issue("li"), OrderAt("shop", "R-1", {"tea=5000"}));
  const std::uint64_t second = Use(Shop(), Issue("li"), OrderAt("shop", "R-2", {"tea=5000"}));
  EXPECT_EQ(ClaimOf("shop").balance(), 0);
  EXPECT_THAT(Money(), ElementsAre(12'800, 0, 3'200, 0, 0, 0));
  File("chief.token", "token-chief\n");
  const std::string file =
      File("reviews.csv", absl::StrCat("entry,approved_fen,reason\n", first, ",1600,\n", second,
                                       ",1000,no_invoice\n1,5,\n"));
  EXPECT_THAT(Coupon(1, {"review", "--file", file, "--dry-run"}, "chief"),
              HasSubstr("26.00 yuan would be approved"));
  EXPECT_THAT(Coupon(1, {"review", "--file", file}, "chief"),
              AllOf(ContainsRegex(absl::StrCat(first, " +16.00 +approved")),
                    ContainsRegex("10.00 +no_invoice +approved"), HasSubstr("refused "),
                    HasSubstr("26.00 yuan approved")));
  EXPECT_THAT(Coupon(1, {"review", "--file", file}, "chief"), HasSubstr("approved before"));
  EXPECT_THAT(
      Coupon(1, {"review", "--entry", std::to_string(first), "--reject", "--reason", "no_invoice"},
             "chief"),
      HasSubstr("REVIEW_STATE"));
  EXPECT_THAT(Coupon(2, {"review", "--entry", "7"}), HasSubstr("--approve FEN or --reject"));
  EXPECT_EQ(ClaimOf("shop").balance(), 2'600);
  EXPECT_THAT(Money(), ElementsAre(12'800, 0, 0, 600, 0, 2'600));
}

}  // namespace
}  // namespace tanhui::e2e
