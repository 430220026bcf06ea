// A chain of three supermarkets sells for points through a day of lost answers, double scans,
// refunds and a stolen till; at night its own books match the ledger's, and two days later it has
// its money.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/books/story_days.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

struct Sale {
  std::string id;
  std::string store;
  std::string till;
  std::string customer;
  std::int64_t points;
  std::string receipt;
};

class SupermarketStory : public StoryDays {
 protected:
  void SetUp() override {
    StoryDays::SetUp();
    for (const auto& [parent, code] : {std::pair("shop", "s3"), std::pair("shop/units/s2", "t1"),
                                       std::pair("shop/units/s3", "t1")}) {
      Do(Operator(), &MerchantsStub::CreateUnit,
         absl::StrCat("request_id: '", FreshId(), "' parent: 'participants/", parent,
                      "' unit_id: '", code, "' display_name: '店' asset: 'assets/points'"));
    }
    for (const char* customer : {"li", "wang", "zhao"}) {
      const std::string account = OpenCitizen(Operator(), customer);
      ASSERT_TRUE(Operator().Call(&PointsStub::Award, AwardOf(FreshId(), account, 2'000)).ok());
      // What the customer's app shows at the till: the chain's own name of the account.
      shown_[customer] =
          Do(Operator(), &LinksStub::Resolve,
             absl::StrCat("platform_user_id: '", customer, "' asset: 'assets/points' ",
                          "audience: 'participants/shop'"))
              .account();
    }
  }

  static std::int64_t FenOf(std::int64_t points) { return points * 7 / 2; }

  Answer<v1::RedeemResponse> Ask(const Sale& sale) const {
    v1::RedeemRequest request = RedeemOf(sale.id, shown_.at(sale.customer), sale.points);
    request.set_merchant("participants/shop");
    request.set_store(sale.store);
    request.set_till(sale.till);
    request.set_reference(sale.receipt);
    return Shop().Call(&PointsStub::Redeem, request);
  }
  // The till hears the answer and writes it down.
  void Sell(const Sale& sale) {
    const auto answer = Ask(sale);
    ASSERT_TRUE(answer.ok()) << sale.id << ": " << answer.status.error_message();
    entries_[sale.id] = answer.response.entry_index();
    left_[sale.id] = sale.points;
    books_[sale.id] = {-sale.points, FenOf(sale.points), "done"};
  }
  // The till did not hear it: it asks under the same id until it does, and nothing happens again.
  void ExpectNothingMore(const Sale& sale) const {
    const std::uint64_t size = LogSize(Operator());
    const auto again = Ask(sale);
    EXPECT_TRUE(again.response.replayed()) << again.status.error_message();
    EXPECT_EQ(again.response.entry_index(), entries_.at(sale.id));
    EXPECT_EQ(LogSize(Operator()), size);
  }
  void TakeBack(const std::string& id, const std::string& sale, std::int64_t points) {
    const std::string request = absl::StrCat(
        "request_id: '", id, "' entry_index: ", entries_.at(sale), " points: ", points);
    Do(Shop(), &PointsStub::Refund, request);
    EXPECT_TRUE(Do(Shop(), &PointsStub::Refund, request).replayed()) << "its answer was lost, too";
    const std::int64_t before = left_[sale];
    left_[sale] -= points;
    books_[id] = {points, FenOf(left_[sale]) - FenOf(before), "done"};
    books_[sale].state = left_[sale] == 0 ? "undone" : "part";
  }
  void Undo(const std::string& id, const std::string& sale) {
    Do(Shop(), &RequestsStub::CancelRequest,
       absl::StrCat("request_id: '", id, "' target_request_id: '", sale, "'"));
    books_[id] = {-books_[sale].points, -books_[sale].fen, "done"};
    books_[sale].state = "undone";
  }

  // The chain's books of the day as a file, without that row.
  std::string OwnBooks(const std::string& without = {}) const {
    std::string text = "request_id,points,fen,state,time\n";
    for (const auto& [id, row] : books_) {
      if (id != without) {
        absl::StrAppend(&text, id, ",", row.points, ",", row.fen, ",", row.state,
                        ",2027-01-05 12:00:00\n");
      }
    }
    return File("own.csv", text);
  }
  std::int64_t OwnFen() const {
    std::int64_t fen = 0;
    for (const auto& [id, row] : books_) {
      fen += row.fen;
    }
    return fen;
  }

  void SellAllDay();

  struct Row {
    std::int64_t points = 0;
    std::int64_t fen = 0;
    std::string state;
  };
  std::map<std::string, std::string> shown_;      // by customer
  std::map<std::string, Row> books_;              // by request id
  std::map<std::string, std::uint64_t> entries_;  // by request id
  std::map<std::string, std::int64_t> left_;      // points of a sale that were not taken back
};

void SupermarketStory::SellAllDay() {
  Sell({"a-1", "s1", "t1", "li", 200, "R-0001"});
  const Sale lost = {"a-2", "s1", "t2", "wang", 35, "R-0002"};
  Sell(lost);
  ExpectNothingMore(lost);
  ExpectNothingMore(lost);

  // Scanned twice: once under one id, once under another, which only the receipt tells.
  const Sale scanned = {"b-1", "s2", "t1", "zhao", 51, "R-0003"};
  Sell(scanned);
  ExpectNothingMore(scanned);
  Sell({"b-1-again", "s2", "t1", "zhao", 51, "R-0003"});
  Undo("b-1-undo", "b-1-again");
  Sale other = scanned;
  other.points = 52;
  EXPECT_EQ(Ask(other).reason(), "REQUEST_ID_REUSED");

  GoTo("2027-01-05 14:30:00");
  Sell({"c-1", "s3", "t1", "li", 333, "R-0004"});
  TakeBack("c-1-back", "c-1", 100);
  TakeBack("c-1-back-2", "c-1", 133);
  Sell({"c-2", "s3", "", "wang", 1, "R-0005"});
  TakeBack("c-2-back", "c-2", 1);

  Run(0, {"merchant", "unit", "change", "shop/s1/t2", "--asset", "points", "--suspend", "--reason",
          "till_stolen", kStillGood});
  const Sale at_stolen = {"a-3", "s1", "t2", "zhao", 20, "R-0006"};
  EXPECT_EQ(Ask(at_stolen).reason(), "UNIT_SUSPENDED");
  Sell({"a-4", "s1", "t1", "zhao", 20, "R-0006"});
  TakeBack("a-2-back", "a-2", 5);
}

TEST_F(SupermarketStory, TheDayEndsMatchedAndIsPaid) {
  SellAllDay();
  EXPECT_EQ(BalanceOfUser("li"), 2'000 - 200 - 100);
  EXPECT_EQ(BalanceOfUser("wang"), 2'000 - 30);
  EXPECT_EQ(BalanceOfUser("zhao"), 2'000 - 51 - 20);
  EXPECT_EQ(OwnFen(), 1'403);
  EXPECT_EQ(ClaimOf("shop").balance(), OwnFen());

  // 对账, once the ledger day is over.
  GoTo("2027-01-05 20:00:00");
  const std::vector<std::string> day = {"--participant", "shop",   "--scheme",
                                        "green",         "--date", "2027-01-05"};
  const auto reconcile = [&](int status, const std::string& mine,
                             const std::vector<std::string>& more) {
    std::vector<std::string> all = {"reconcile", "--mine", mine};
    all.insert(all.end(), more.begin(), more.end());
    return Run(status, all, "shop");
  };
  EXPECT_THAT(reconcile(1, OwnBooks("a-2"), day), ContainsRegex("\nmissing_here +1"))
      << "the journal of the stolen till was not read yet";
  EXPECT_THAT(reconcile(0, OwnBooks(), day),
              AllOf(ContainsRegex("\nmatched +12"), EndsWith("\nmatched\n")));
  std::vector<std::string> get = {"reconcile", "export"};
  get.insert(get.end(), day.begin(), day.end());
  get.push_back(scratch_ / "files");
  Run(0, get, "shop");
  EXPECT_THAT(reconcile(0, OwnBooks(),
                        {"--theirs", scratch_ / "files/shop.green.2027-01-05.csv", "--key",
                         signing::FormatVerifierKey(signing::VerifierOf(signing::DemoSigner()))}),
              EndsWith("\nmatched\n"));

  // The run.
  GoTo("2027-01-06 10:00:00");
  const std::string line = AddLine(NewRun(), "shop");
  EXPECT_EQ(LineNamed(line).fen(), OwnFen());
  EXPECT_EQ(Pay(line, "B-0106"), "SETTLEMENT_STATE") << "nobody approved it";
  EXPECT_EQ(Approve(line), "");
  EXPECT_EQ(Pay(line, "B-0106"), "");
  EXPECT_EQ(Pay(line, "B-0107"), "SETTLEMENT_STATE") << "paid once";
  EXPECT_EQ(LineNamed(line).state(), v1::LINE_STATE_PAID);
  EXPECT_EQ(ClaimOf("shop").balance(), 0);
  EXPECT_THAT(StatementOf(line),
              UnorderedElementsAre(
                  "taken 2027-01-05 participants/shop/units/s1/t1 settlementPrices/1 220 770",
                  "taken 2027-01-05 participants/shop/units/s1/t2 settlementPrices/1 35 122",
                  "taken 2027-01-05 participants/shop/units/s2/t1 settlementPrices/1 102 356",
                  "taken 2027-01-05 participants/shop/units/s3 settlementPrices/1 1 3",
                  "taken 2027-01-05 participants/shop/units/s3/t1 settlementPrices/1 333 1165",
                  "back 2027-01-05 participants/shop/units/s1/t2 settlementPrices/1 -5 -17",
                  "back 2027-01-05 participants/shop/units/s2/t1 settlementPrices/1 -51 -178",
                  "back 2027-01-05 participants/shop/units/s3 settlementPrices/1 -1 -3",
                  "back 2027-01-05 participants/shop/units/s3/t1 settlementPrices/1 -233 -815"));

  // What comes back after it was paid is taken off the next run.
  TakeBack("a-4-back", "a-4", 20);
  GoTo("2027-01-06 20:00:00");
  Sell({"d-1", "s2", "t1", "li", 40, "R-0100"});
  GoTo("2027-01-08 10:00:00");
  EXPECT_THAT(
      StatementOf(AddLine(NewRun(), "shop")),
      ElementsAre("taken 2027-01-07 participants/shop/units/s2/t1 settlementPrices/1 40 140",
                  "back 2027-01-06 participants/shop/units/s1/t1 settlementPrices/1 -20 -70"));
}

}  // namespace
}  // namespace tanhui::e2e
