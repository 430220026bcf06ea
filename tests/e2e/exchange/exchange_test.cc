// Points between two real servers: what the citizens see, and what holds when a server is killed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/exchange/two_servers.h"

namespace tanhui::e2e {
namespace {

using ExchangeTest = TwoServers;

TEST_F(ExchangeTest, PointsGoOverAndWhatDoesNotConvertStays) {
  ASSERT_TRUE(Award(1'000));
  const auto sent = Send(kRiver, "first", 100);  // 99 are 66 there, the last one makes none
  ASSERT_TRUE(sent.ok()) << sent.status.error_message();
  const std::string name = sent.response.exchange().name();
  ASSERT_TRUE(AwaitState(kRiver, name, v1::EXCHANGE_STATE_COMMITTED));
  ASSERT_TRUE(AwaitState(kHill, name, v1::EXCHANGE_STATE_CONFIRMED));
  EXPECT_EQ(Balance(kRiver, cities_[kRiver].citizen), 901);
  EXPECT_EQ(Balance(kHill, cities_[kHill].guest), 66);
  EXPECT_EQ(PeerOf(kRiver).position().owed_fen(), 5);
  EXPECT_EQ(PeerOf(kHill).position().due_fen(), 5);
  const auto again = Send(kRiver, "first", 100, 601);
  EXPECT_EQ(again.reason(), "REQUEST_ID_REUSED") << "another last moment is another request";
  EXPECT_TRUE(Audit());
}

TEST_F(ExchangeTest, AnUnknownRecipientAndOneWhoDoesNotConsentGetNothing) {
  ASSERT_TRUE(Award(1'000));
  const std::string consenting = cities_[kRiver].guest_name;
  // The river's citizen never let the hill send to her; the operator's name of her is no name
  // there.
  for (const std::string& name :
       {std::string("accounts/") + std::string(32, '0'), cities_[kRiver].citizen}) {
    cities_[kRiver].guest_name = name;
    const auto sent = Send(kHill, "to " + name.substr(9, 4), 100);
    ASSERT_TRUE(sent.ok()) << sent.status.error_message();
    ASSERT_TRUE(AwaitState(kHill, sent.response.exchange().name(), v1::EXCHANGE_STATE_RETURNED));
  }
  cities_[kRiver].guest_name = consenting;
  EXPECT_EQ(Balance(kHill, cities_[kHill].citizen), 1'000);
  EXPECT_EQ(PeerOf(kHill).position().net_fen(), 0);
}

// What a city may do with its token is to be let send to its citizens' accounts. Above all it makes
// no request under an id by which both cities take their steps.
TEST_F(ExchangeTest, TheOtherCitysTokenIsForLinksAlone) {
  ASSERT_TRUE(Award(1'000));
  const TestCity& hill = cities_[kHill];
  const Client river = hill.client->WithToken("river-token");
  v1::GetAccountRequest look;
  look.set_name(hill.guest_name);
  EXPECT_EQ(river.Call(&AccountsStub::GetAccount, look).reason(), "PERMISSION_DENIED");
  EXPECT_EQ(river.Call(&PointsStub::Redeem, RedeemOf("r", hill.guest_name, 1)).reason(),
            "PERMISSION_DENIED");
  const std::string step = "decide-" + std::string(32, '0');
  EXPECT_EQ(river.Call(&RequestsStub::CancelRequest, CancelOf("c", step)).reason(),
            "PERMISSION_DENIED");
  v1::LinkRequest link;
  link.set_request_id(step);
  link.set_code("2222222222");
  link.set_platform_user_id("guest");
  *link.mutable_consent_time() = SecondsFromNow(0);
  EXPECT_EQ(river.Call(&LinksStub::Link, link).reason(), "FIELD_INVALID");
}

TEST_F(ExchangeTest, WithoutTheOtherCityPointsComeBackInTime) {
  ASSERT_TRUE(Award(1'000));
  cities_[kRiver].client.reset();
  cities_[kRiver].server->Kill();
  const auto runs_out = Send(kHill, "runs out", 100, 2);
  ASSERT_TRUE(runs_out.ok()) << runs_out.status.error_message();
  ASSERT_TRUE(AwaitState(kHill, runs_out.response.exchange().name(), v1::EXCHANGE_STATE_RETURNED));
  const auto taken_back = Send(kHill, "taken back", 100);
  ASSERT_TRUE(taken_back.ok());
  v1::WithdrawExchangeRequest withdraw;
  withdraw.set_name(taken_back.response.exchange().name());
  EXPECT_TRUE(cities_[kHill].client->Call(&ExchangesStub::WithdrawExchange, withdraw).ok());
  ASSERT_TRUE(AwaitState(kHill, withdraw.name(), v1::EXCHANGE_STATE_RETURNED));
  EXPECT_EQ(Balance(kHill, cities_[kHill].citizen), 1'000);
  EXPECT_TRUE(cities_[kHill].client->Call(&ExchangesStub::WithdrawExchange, withdraw).ok())
      << "asked again it says the same";
  // The other one is told once it is back, and goes on as if nothing had been.
  ASSERT_TRUE(KillAndStart(kRiver));
  const auto sent = Send(kHill, "after all", 100);
  ASSERT_TRUE(sent.ok());
  withdraw.set_name(sent.response.exchange().name());
  ASSERT_TRUE(AwaitState(kRiver, withdraw.name(), v1::EXCHANGE_STATE_CONFIRMED));
  EXPECT_EQ(Balance(kRiver, cities_[kRiver].guest), 150);
  EXPECT_EQ(cities_[kHill].client->Call(&ExchangesStub::WithdrawExchange, withdraw).reason(),
            "EXCHANGE_STATE");
}

// How many exchanges; more by hand: TANHUI_EXCHANGES=10000.
int Exchanges() {
  constexpr int kInCi = 200;
  const char* wanted = std::getenv("TANHUI_EXCHANGES");
  int number = 0;
  return wanted != nullptr && absl::SimpleAtoi(wanted, &number) ? number : kInCi;
}

// Either server is killed at any moment of many exchanges in both directions, and started again:
// all of them end alike in both cities, and no point is twice or nowhere.
TEST_F(ExchangeTest, KilledAtRandomBothConverge) {
  constexpr std::int64_t kAwarded = 90'000;
  constexpr std::int64_t kSent = 6;  // 9 of the other city, or 4
  const int exchanges = Exchanges();
  const std::uint64_t seed = std::random_device()();
  std::mt19937_64 dice(seed);
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  ASSERT_TRUE(Award(kAwarded));
  std::array<int, 2> sent{};
  int kills = 0;
  for (int i = 0; i < exchanges; ++i) {
    const std::size_t from = dice() % 2;
    // Nothing waits for the one before: there are always some on their way when a server dies.
    const auto answer = Send(from, absl::StrCat("exchange-", i), kSent);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
    ++sent[from];
    if (dice() % 10 == 0) {
      ASSERT_TRUE(KillAndStart(dice() % 2));
      ++kills;
    }
  }
  EXPECT_GT(kills, 0);
  ASSERT_TRUE(AwaitQuiet());
  const std::int64_t to_river = sent[kHill] * kSent * kRiverPoints / kHillPoints;
  const std::int64_t to_hill = sent[kRiver] * kSent * kHillPoints / kRiverPoints;
  EXPECT_EQ(Balance(kHill, cities_[kHill].citizen), kAwarded - sent[kHill] * kSent);
  EXPECT_EQ(Balance(kRiver, cities_[kRiver].citizen), kAwarded - sent[kRiver] * kSent);
  EXPECT_EQ(Balance(kRiver, cities_[kRiver].guest), to_river);
  EXPECT_EQ(Balance(kHill, cities_[kHill].guest), to_hill);
  for (const std::size_t city : {kHill, kRiver}) {
    const v1::PeerPosition here = PeerOf(city).position();
    const v1::PeerPosition there = PeerOf(1 - city).position();
    EXPECT_EQ(here.departed_points(), sent[city] * kSent);
    EXPECT_EQ(here.owed_fen(), there.due_fen());
  }
  EXPECT_TRUE(Audit());
}

}  // namespace
}  // namespace tanhui::e2e
