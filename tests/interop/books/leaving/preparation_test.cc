// A citizen's points are leaving: what follows, and every refusal.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "interop/books/leaving/sent.h"
#include "interop/books/steps.h"
#include "tests/interop/books/leaving/departures.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

void SetTerms(World& world, const ChangeTerms& change) {
  Done(world, SetPeerTerms("other terms", world.today(), change));
}

// From tomorrow on 2 points here are 1 there.
void HalveRates(World& world) {
  const BusinessDate tomorrow(world.today().value() + 1);
  Done(world, AgreeOnRates("other rates", 2, tomorrow, kOurRate, {{1, 20}, 200}));
  world.WaitDays(1);
}

TEST(PreparationTest, PointsAreLeaving) {
  World world = Neighbours();
  const std::string before = Purse(world, kAlice);
  const auto index = Done(world, Send(world, "x", kAlice, 101));
  EXPECT_EQ(before, "500 = 661:500");
  EXPECT_EQ(Moves(world.last()), "5 -101 [661:-101]; 27 +101");
  EXPECT_EQ(Away(world), "departed 0 leaving 101");
  EXPECT_EQ(PositionWith(world), "in flight 10 owed 0 owed to us 0 prepaid 0");
  const pb::ExchangeTerms& terms = TermsAt(world, index);
  EXPECT_EQ(interop::IdOf(EntryIndex(index), world.now()), IdAt(world, index));
  EXPECT_EQ(interop::TermsText(terms),
            "tanhui exchange v1\n"
            "id " +
                interop::HexOf(terms.exchange_id()) +
                "\n"
                "from tanhui.example/test 101\n"
                "to river.example/log 151\n"
                "kind points\n"
                "grams 1010\n"
                "fen 10\n"
                "rates 1\n"
                "sender 73656e6465722d2d2d2d2d2d2d2d2d2d\n"
                "recipient 726563697069656e742d2d2d2d2d2d2d\n"
                "expires " +
                std::to_string(world.now().value() + 30 * kMicrosPerMinute) +
                "\n"
                "lot 2025-02 tanhui.example/test 151 1010\n");
  EXPECT_EQ(world.last().exchange_preparation().terms_hash(), interop::TermsHash(terms).view());
  EXPECT_EQ(interop::ExchangeOf(world.state(), EntryIndex(index)), ExchangeNow{1});
}

TEST(PreparationTest, WhatDoesNotConvertStays) {
  World world = Neighbours();
  HalveRates(world);
  Play(world, {{Send(world, "x", kAlice, 101), "OK"},
               {Send(world, "y", kAlice, 1), "NOTHING_CONVERTS points"}});
  EXPECT_EQ(Purse(world, kAlice), "400 = 661:400");
  EXPECT_EQ(TermsAt(world, world.last_index()).from_points(), 100);
  EXPECT_EQ(TermsAt(world, world.last_index()).to_points(), 50);
  EXPECT_EQ(TermsAt(world, world.last_index()).rates(), 2U);
}

TEST(PreparationTest, APaymentTakesTheFewestPoints) {
  World world = Neighbours();
  const auto index = Done(world, PayThere(world, "x", kAlice, 70, 100));
  EXPECT_EQ(Moves(world.last()), "5 -47 [661:-47]; 27 +47");
  const pb::ExchangeTerms& terms = TermsAt(world, index);
  EXPECT_EQ(terms.to_points(), 70);
  EXPECT_EQ(terms.grams(), 470);
  EXPECT_EQ(terms.fen(), 4);
  EXPECT_TRUE(terms.lots().empty());
  EXPECT_EQ(world.Ask(PayThere(world, "y", kAlice, 70, 46)), "NOTHING_CONVERTS points needed=47");
}

TEST(PreparationTest, LotsKeepTheirDates) {
  World world = Neighbours();
  world.GoTo("2024-03-05");
  Done(world, AgreeOnRates("more", 2, BusinessDate(world.today().value() + 1)));
  Done(world, Award("later", kAlice, kBudget, 100));
  const auto index = Done(world, Send(world, "x", kAlice, 600));
  ASSERT_EQ(TermsAt(world, index).lots_size(), 2);
  EXPECT_EQ(TermsAt(world, index).lots(0).expiry_month(), 661U);
  EXPECT_EQ(TermsAt(world, index).lots(0).points(), 750);
  EXPECT_EQ(TermsAt(world, index).lots(1).expiry_month(), 662U);
  EXPECT_EQ(TermsAt(world, index).lots(1).points(), 150);
}

TEST(PreparationTest, WithoutAPriceNothingIsOwed) {
  World world = Neighbours();
  const BusinessDate tomorrow(world.today().value() + 1);
  Done(world, AgreeOnRates("free", 2, tomorrow, {{2, 20}, 0}, kRiverRate));
  SetTerms(world, [](pb::PeerTerms& terms) { terms.set_cap_fen(0); });
  world.WaitDays(1);
  Done(world, Send(world, "x", kAlice, 100));
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 0 prepaid 0");
}

struct Refused {
  ChangePreparation change;
  std::string outcome;
};

TEST(PreparationTest, WhatIsAskedCannotBe) {
  World world = Neighbours();
  using Body = pb::ExchangePreparation;
  const std::int64_t hour = world.now().value() + 60 * kMicrosPerMinute;
  const std::vector<Refused> cases = {
      {[](Body& b) { b.set_peer(kHill.value()); }, "UNKNOWN_PEER peer"},
      {[](Body& b) { b.set_peer(kMall.value()); }, "UNKNOWN_PEER peer"},
      {[](Body& b) { b.set_kind(pb::EXCHANGE_KIND_UNSPECIFIED); }, "FIELD_INVALID kind"},
      {[](Body& b) { b.set_to_points(1); }, "FIELD_INVALID to_points"},
      {[](Body& b) { b.mutable_sender()->pop_back(); }, "FIELD_INVALID sender"},
      {[](Body& b) { b.clear_recipient(); }, "FIELD_INVALID recipient"},
      {[](Body& b) { b.set_points(0); }, "AMOUNT_OUT_OF_RANGE points"},
      {[](Body& b) { b.set_points(-1); }, "AMOUNT_OUT_OF_RANGE points"},
      {[](Body& b) { b.set_points(exchange::kMostPoints + 1); }, "AMOUNT_OUT_OF_RANGE points"},
      {[](Body& b) { b.set_kind(pb::EXCHANGE_KIND_PAYMENT); }, "AMOUNT_OUT_OF_RANGE to_points"},
      {[](Body& b) { b.set_account(kShop.value()); }, "WRONG_ACCOUNT_KIND account"},
      {[](Body& b) { b.set_account(kLeaving.value()); }, "WRONG_ACCOUNT_KIND account"},
      {[](Body& b) { b.set_account(kStampAlice.value()); }, "ASSET_MISMATCH account"},
      {[](Body& b) { b.set_acting(kBob.value()); }, "NOT_A_MINOR acting_account"},
      {[&](Body& b) { b.set_expiry_micros(world.now().value()); },
       "EXCHANGE_EXPIRED expire_time max_minutes=60"},
      {[&](Body& b) { b.set_expiry_micros(hour + 1); },
       "EXCHANGE_EXPIRED expire_time max_minutes=60"},
      {[](Body& b) { b.set_expiry_micros(-1); }, "EXCHANGE_EXPIRED expire_time max_minutes=60"},
      {[](Body& b) { b.set_points(1'001); }, "AMOUNT_OVER_ASSET_LIMIT points limit=1000"},
      {[](Body& b) { b.set_points(501); }, "INSUFFICIENT_BALANCE points needed=501 available=500"},
      {[&](Body& b) { b.set_expiry_micros(hour); }, "OK"},
  };
  for (const Refused& row : cases) {
    EXPECT_EQ(world.Ask(Send(world, "x", kAlice, 100, row.change)), row.outcome);
  }
}

TEST(PreparationTest, AnAccountThatMayNotGive) {
  World world = Neighbours();
  Done(world, OpenMinor("minor", kPoints));
  const AccountNo minor(world.last().account_opening().number());
  Play(world, {{Send(world, "m", minor, 10), "CONSENT_REQUIRED account"},
               {By(Consent("consent", minor, kBob), kOperator), "OK"},
               {Send(world, "m", minor, 10), "GUARDIAN_REQUIRED acting_account"},
               {Send(world, "m", minor, 10,
                     [](pb::ExchangePreparation& body) { body.set_acting(kBob.value()); }),
                "INSUFFICIENT_BALANCE points needed=10 available=0"},
               {SetStatus("freeze", kAlice, AccountStatus::kFrozen), "OK"},
               {Send(world, "f", kAlice, 10), "ACCOUNT_FROZEN account"},
               {SetStatus("open", kAlice, AccountStatus::kOpen), "OK"},
               {Close("close", kBob), "OK"},
               {Send(world, "b", kBob, 10), "ACCOUNT_CLOSED account"}});
}

TEST(PreparationTest, WhatThePeersRowsSay) {
  World world = NewNeighbours();
  Play(world, {{Send(world, "x", kAlice, 10), "EXCHANGE_OFF peer"},
               {SetPeerTerms("terms", world.today()), "OK"},
               {Send(world, "x", kAlice, 10), "NO_RATES_IN_FORCE peer"}});
  world = Neighbours();
  SetTerms(world, [](pb::PeerTerms& terms) { terms.set_sends_points(false); });
  Play(world, {{Send(world, "x", kAlice, 10), "EXCHANGE_OFF peer"},
               {PayThere(world, "p", kAlice, 10, 10), "OK"}});
  world = Neighbours();
  SetTerms(world, [](pb::PeerTerms& terms) { terms.set_sends_payments(false); });
  Play(world, {{PayThere(world, "p", kAlice, 10, 10), "EXCHANGE_OFF peer"},
               {Send(world, "x", kAlice, 10), "OK"},
               {SuspendPeer("in", false, true), "OK"},
               {Send(world, "y", kAlice, 10), "OK"},
               {SuspendPeer("out", true, false), "OK"},
               {Send(world, "z", kAlice, 10), "PEER_SUSPENDED peer"}});
}

TEST(PreparationTest, ACitizensMonth) {
  World world = Neighbours();
  SetTerms(world, [](pb::PeerTerms& terms) { terms.set_citizen_month_points(150); });
  Play(world, {{Send(world, "a", kAlice, 100), "OK"},
               {PayThere(world, "p", kAlice, 75, 51), "OK"}});  // 50 points
  EXPECT_EQ(interop::SentTo(world.Of(kAlice), kRiver, world.today()), 150);
  Play(world, {{Send(world, "b", kAlice, 1), "EXCHANGE_LIMIT points left=0"}});
  world.GoTo("2024-03-01");
  Play(world, {{Send(world, "b", kAlice, 151), "EXCHANGE_LIMIT points left=150"},
               {Send(world, "b", kAlice, 140), "OK"},
               {Send(world, "c", kAlice, 20), "EXCHANGE_LIMIT points left=10"}});
  EXPECT_EQ(world.Of(kAlice).tallies.size(), 1U) << "the last month's is forgotten";
}

TEST(PreparationTest, APositionUpToItsCap) {
  World world = Neighbours();
  SetTerms(world, [](pb::PeerTerms& terms) { terms.set_cap_fen(10); });
  Play(world, {{Send(world, "a", kAlice, 110),
                "POSITION_CAP points room_fen=10"
                ""},
               {Send(world, "a", kAlice, 60), "OK"},
               {Send(world, "b", kAlice, 50), "POSITION_CAP points room_fen=4"},
               {PrepayPeer("prepay", 1), "OK"},
               {Send(world, "b", kAlice, 50), "OK"},
               {Send(world, "c", kAlice, 9), "OK"},
               {Send(world, "d", kAlice, 10), "POSITION_CAP points room_fen=0"}});
  EXPECT_EQ(PositionWith(world), "in flight 11 owed 0 owed to us 0 prepaid 1");
}

TEST(PreparationTest, ARepeatIsTheSame) {
  World world = Neighbours();
  const Command first = Send(world, "x", kAlice, 100);
  const auto index = Done(world, first);
  const std::string seen = "SEEN " + std::to_string(index);
  using Body = pb::ExchangePreparation;
  Play(world,
       {{first, seen},
        {Send(world, "x", kAlice, 99), seen + " OTHER points"},
        {Send(world, "x", kAlice, 100, [](Body& b) { b.set_recipient(std::string(kSender)); }),
         seen + " OTHER recipient"},
        {Send(world, "x", kAlice, 100, [](Body& b) { b.set_expiry_micros(b.expiry_micros() + 1); }),
         seen + " OTHER expire_time"},
        {Cancel("c", "x"), "NOT_CANCELLABLE target_request_id"}});
}

// The id is where the entry comes to stand, behind what is due of the account.
TEST(PreparationTest, TheIdCountsWhatIsDueBefore) {
  World world = Neighbours();
  world.GoTo("2025-02-20");
  Done(world, Award("new", kAlice, kBudget, 100));
  Done(world, SetPeerTerms("again", world.today()));
  world.GoTo("2025-03-01");
  const auto before = world.last_index();
  const auto index = Done(world, Send(world, "x", kAlice, 100));
  EXPECT_EQ(index, before + 2) << "what expired, and the preparation";
  EXPECT_EQ(interop::PreparationOf(IdAt(world, index)), EntryIndex(index));
}

TEST(PreparationTest, AFullAccountSendsNoMore) {
  World world = Neighbours();
  std::vector<Tally>& tallies = world.mutable_state().ChangeAccount(kAlice).tallies;
  for (std::uint32_t i = 0; i < kMaxTallies; ++i) {
    tallies.push_back({LimitNo(1), i, BusinessDate(1), 1});
  }
  EXPECT_EQ(world.Ask(Send(world, "x", kAlice, 100)), "EXCHANGE_LIMIT account");
  tallies.back() = {interop::kSent, kHill.value(), BusinessDate(1), 1};
  EXPECT_EQ(world.Ask(Send(world, "x", kAlice, 100)), "OK");
  EXPECT_EQ(world.Of(kAlice).tallies.size(), kMaxTallies);
}

}  // namespace
}  // namespace tanhui
