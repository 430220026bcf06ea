// An account's life through the API: frozen, lost, closed, merged; minors; past balances.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

class AccountLifeTest : public ApiTest {
 protected:
  std::string OpenMinor(const std::string& user) const {
    v1::OpenAccountRequest opening = OpeningOf("open-" + user, user);
    opening.set_minor(true);
    return ExpectDoneOnce(&AccountsStub::OpenAccount, opening).account().name();
  }
  v1::GetBalanceResponse BalanceAt(const std::string& name, const std::string& moment) const {
    return Do(&AccountsStub::GetBalance, "name: '" + name + "' " + moment);
  }
};

TEST_F(AccountLifeTest, FrozenLostAndOpenedAgain) {
  const std::string account = " account: '" + citizen_ + "' reason: ";
  ExpectDoneOnce(&AccountsStub::Freeze,
                 Parsed<v1::FreezeRequest>("request_id: 'z'" + account + "'suspected_fraud'"));
  EXPECT_EQ(AccountOf(citizen_).status(), v1::ACCOUNT_STATUS_FROZEN);
  EXPECT_EQ(client().Call(&PointsStub::Redeem, RedeemOf("r", citizen_, 1)).reason(),
            "ACCOUNT_FROZEN");
  EXPECT_TRUE(client().Call(&PointsStub::Award, AwardOf("a", citizen_, 1)).ok());
  ExpectDoneOnce(&AccountsStub::Unfreeze,
                 Parsed<v1::UnfreezeRequest>("request_id: 'u'" + account + "'cleared'"));
  EXPECT_EQ(AccountOf(citizen_).status(), v1::ACCOUNT_STATUS_OPEN);
  const auto lost =
      ExpectDoneOnce(&AccountsStub::ReportLost,
                     Parsed<v1::ReportLostRequest>("request_id: 'l'" + account + "'phone_lost'"));
  EXPECT_EQ(AccountOf(citizen_).status(), v1::ACCOUNT_STATUS_LOST);
  EXPECT_EQ(EntryAt(lost.entry_index()).kind(), v1::ENTRY_KIND_STATUS_CHANGE);
  EXPECT_EQ(EntryAt(lost.entry_index()).reason(), "phone_lost");
  EXPECT_EQ(client().Call(&PointsStub::Transfer, TransferOf("t", citizen_, other_, 1)).reason(),
            "ACCOUNT_FROZEN");
}

TEST_F(AccountLifeTest, Closed) {
  const std::string account = " account: '" + citizen_ + "' reason: 'owner_asked' ";
  const auto full =
      client().Call(&AccountsStub::Close, Parsed<v1::CloseRequest>("request_id: 'c'" + account));
  EXPECT_EQ(full.reason(), "NOT_EMPTY");
  EXPECT_EQ(RefusedOf(full.status).metadata.at("available"), "500");
  const auto closed = ExpectDoneOnce(
      &AccountsStub::Close, Parsed<v1::CloseRequest>("request_id: 'c' forfeit: true" + account));
  EXPECT_EQ(closed.forfeited(), 500);
  EXPECT_EQ(AccountOf(citizen_).status(), v1::ACCOUNT_STATUS_CLOSED);
  EXPECT_EQ(AccountOf(citizen_).available(), 0);
  EXPECT_EQ(client().Call(&PointsStub::Award, AwardOf("a", citizen_, 1)).reason(),
            "ACCOUNT_CLOSED");
  const v1::LogEntry entry = EntryAt(closed.entry_index());
  ASSERT_EQ(entry.postings_size(), 2);
  EXPECT_EQ(entry.postings(1).account(), "assets/points/expiry");
}

// Points and holds go over; whoever names the old account reaches the new one.
TEST_F(AccountLifeTest, Merged) {
  const auto hold =
      Do(&PointsStub::Hold, absl::StrCat("request_id: 'h' account: '", citizen_,
                                         "' asset: 'assets/points' merchant: 'participants/shop' "
                                         "points: 100 deadline { seconds: ",
                                         SecondsFromNow(600).seconds(), " }"));
  const auto merged = ExpectDoneOnce(
      &AccountsStub::Merge,
      Parsed<v1::MergeRequest>("request_id: 'm' from: '" + citizen_ + "' into: '" + other_ + "'"));
  EXPECT_EQ(merged.points(), 500);
  EXPECT_EQ(merged.balance(), 400);
  EXPECT_EQ(merged.held(), 100);
  const v1::Account old = AccountOf(citizen_);
  EXPECT_EQ(old.status(), v1::ACCOUNT_STATUS_CLOSED);
  EXPECT_EQ(old.merged_into(), other_);
  EXPECT_EQ(old.available(), 0);
  EXPECT_EQ(AccountOf(other_).holds(0).name(), hold.name());
  v1::GetAccountRequest by_user;
  by_user.set_platform_user_id("citizen");
  by_user.set_asset("assets/points");
  EXPECT_EQ(client().Call(&AccountsStub::GetAccount, by_user).response.account().name(), other_);

  const auto award = ExpectDoneOnce(&PointsStub::Award, AwardOf("a", citizen_, 10));
  EXPECT_EQ(award.account(), other_);
  EXPECT_EQ(award.balance(), 410);
  EXPECT_EQ(OutcomeOf("a").balance(), 410);
  const auto taken =
      Do(&PointsStub::Capture, "request_id: 'c' points: 100 hold: '" + hold.name() + "'");
  EXPECT_EQ(taken.balance(), 410);
  EXPECT_EQ(taken.held(), 0);
  const auto undone = ExpectDoneOnce(&RequestsStub::CancelRequest, CancelOf("x", "a"));
  EXPECT_EQ(undone.points(), 10);
  EXPECT_EQ(undone.balance(), 400);
  // What an answer says of the time before the merge stays as it was.
  EXPECT_EQ(OutcomeOf("h").balance(), 400);
  EXPECT_EQ(OutcomeOf("first").balance(), 500);
}

TEST_F(AccountLifeTest, AMinorsGuardian) {
  const std::string minor = OpenMinor("child");
  EXPECT_TRUE(AccountOf(minor).minor());
  EXPECT_EQ(client().Call(&PointsStub::Award, AwardOf("a", minor, 9)).reason(), "CONSENT_REQUIRED");
  const std::string both = " account: '" + minor + "' guardian: '" + citizen_ + "'";
  ExpectDoneOnce(&AccountsStub::GiveConsent,
                 Parsed<v1::GiveConsentRequest>("request_id: 'g'" + both));
  EXPECT_EQ(AccountOf(minor).guardian(), citizen_);
  EXPECT_TRUE(client().Call(&PointsStub::Award, AwardOf("a", minor, 90)).ok());
  v1::RedeemRequest redeem = RedeemOf("r", minor, 5);
  EXPECT_EQ(client().Call(&PointsStub::Redeem, redeem).reason(), "GUARDIAN_REQUIRED");
  redeem.set_acting_account(other_);
  EXPECT_EQ(client().Call(&PointsStub::Redeem, redeem).reason(), "GUARDIAN_REQUIRED");
  redeem.set_acting_account(citizen_);
  EXPECT_EQ(ExpectDoneOnce(&PointsStub::Redeem, redeem).balance(), 85);
  EXPECT_EQ(client().Call(&PointsStub::Transfer, TransferOf("t", minor, other_, 1)).reason(),
            "NOT_FOR_MINORS");
  ExpectDoneOnce(&AccountsStub::WithdrawConsent,
                 Parsed<v1::WithdrawConsentRequest>("request_id: 'w'" + both));
  EXPECT_EQ(AccountOf(minor).guardian(), "");
  EXPECT_EQ(client().Call(&PointsStub::Award, AwardOf("b", minor, 9)).reason(), "CONSENT_REQUIRED");
  ExpectDoneOnce(&AccountsStub::HandOver,
                 Parsed<v1::HandOverRequest>("request_id: 'o' account: '" + minor + "'"));
  EXPECT_FALSE(AccountOf(minor).minor());
  EXPECT_TRUE(client().Call(&PointsStub::Transfer, TransferOf("t", minor, other_, 85)).ok());
  EXPECT_EQ(WhyNot(&AccountsStub::HandOver, "request_id: 'p' account: '" + minor + "'"),
            "NOT_A_MINOR");
}

// Exact at every entry and between entries.
TEST_F(AccountLifeTest, PastBalances) {
  const std::uint64_t first = OutcomeOf("first").entry_index();
  const auto sale = client().Call(&PointsStub::Redeem, RedeemOf("r", citizen_, 120));
  const auto more = client().Call(&PointsStub::Award, AwardOf("a", citizen_, 7));
  const auto at_entry = [this](std::uint64_t index) {
    return BalanceAt(citizen_, absl::StrCat("entry_index: ", index)).available();
  };
  EXPECT_EQ(at_entry(0), 0);
  EXPECT_EQ(at_entry(first - 1), 0);
  EXPECT_EQ(at_entry(first), 500);
  EXPECT_EQ(at_entry(sale.response.entry_index() - 1), 500);
  EXPECT_EQ(at_entry(sale.response.entry_index()), 380);
  EXPECT_EQ(at_entry(more.response.entry_index()), 387);
  const auto time = sale.response.record_time();
  const auto at_time = BalanceAt(
      citizen_, absl::StrCat("time { seconds: ", time.seconds(), " nanos: ", time.nanos(), " }"));
  EXPECT_EQ(at_time.balance(), 380);
  EXPECT_EQ(at_time.entry_index(), sale.response.entry_index());
  EXPECT_EQ(at_time.as_of_index(), LogSize(client()) - 1);
  const auto before = BalanceAt(
      citizen_,
      absl::StrCat("time { seconds: ", time.seconds() + (time.nanos() == 0 ? -1 : 0),
                   " nanos: ", time.nanos() == 0 ? 999'999'000 : time.nanos() - 1'000, " }"));
  EXPECT_EQ(before.balance(), 500);
  // The merchant's account, whose postings are many.
  v1::OpenAccountRequest shop;
  shop.set_request_id("demo-account-shop");
  shop.set_asset("assets/points");
  shop.set_merchant("participants/shop");
  const std::string takings =
      client().Call(&AccountsStub::OpenAccount, shop).response.account().name();
  EXPECT_EQ(
      BalanceAt(takings, absl::StrCat("entry_index: ", sale.response.entry_index())).balance(),
      120);
  EXPECT_EQ(BalanceAt(takings, absl::StrCat("entry_index: ", first)).balance(), 0);
}

}  // namespace
}  // namespace tanhui::e2e
