// What comes from another city: taken, rejected for ever, put off, or blocked.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "interop/books/terms.h"
#include "interop/exchange/protocol.h"
#include "tests/interop/books/arrivals.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;
using exchange::DestinationState;

std::string StateAt(const World& world, std::uint64_t reception) {
  const auto now = world.state().FindUndone(EntryIndex(reception)).exchange;
  return now.has_value() ? std::string(NameOf(static_cast<DestinationState>(now->state))) : "none";
}

TEST(ReceptionTest, WhatIsGoodIsAccepted) {
  World world = Neighbours();
  const auto terms = Arrival(world);
  const auto at = Done(world, Receive(terms));
  EXPECT_EQ(Moves(world.last()), "26 -40; 28 +40");
  EXPECT_EQ(PeerAccounts(world), "departed 0 arrived -40 leaving 0 coming 40");
  EXPECT_EQ(world.last().exchange_reception().answer(), pb::EXCHANGE_ANSWER_ACCEPTED);
  EXPECT_EQ(world.last().exchange_reception().terms_hash(), interop::TermsHash(terms).view());
  EXPECT_EQ(StateAt(world, at), "accepted");
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 0 prepaid 0");
  // The peer gets its proof: nothing of a citizen's is in it.
  for (const pb::Posting& posting : world.last().postings()) {
    EXPECT_EQ(world.Of(AccountNo(posting.account())).kind, AccountKind::kPeer);
  }
}

// Whatever comes again under the id finds the entry that there is.
TEST(ReceptionTest, AnExchangeIsReceivedOnce) {
  World world = Neighbours();
  const auto terms = Arrival(world);
  const auto at = std::to_string(Done(world, Receive(terms)));
  const auto other =
      Arrival(world, 1, [](pb::ExchangeTerms& t) { t.set_sender("0123456789abcdef"); });
  Play(world, {
                  {Receive(terms), "SEEN " + at},
                  {Receive(other), "SEEN " + at + " OTHER terms"},
                  {Receive(terms, "unknown_recipient"), "SEEN " + at + " OTHER reason"},
                  {BlockArrival(terms.exchange_id()), "SEEN " + at + " OTHER terms"},
              });
}

TEST(ReceptionTest, AnAbortionThatComesFirstBlocks) {
  World world = Neighbours();
  const auto terms = Arrival(world);
  const auto at = Done(world, BlockArrival(terms.exchange_id()));
  EXPECT_EQ(Moves(world.last()), "");
  EXPECT_EQ(StateAt(world, at), "blocked");
  EXPECT_EQ(world.Ask(Receive(terms)), "SEEN " + std::to_string(at) + " OTHER terms");
}

// It is an entry that says why, and it moves nothing.
TEST(ReceptionTest, WhatCanNeverBeTakenIsRejected) {
  struct Row {
    ChangeExchange change;
    std::string reason;
  };
  const std::vector<Row> rows = {
      {[](pb::ExchangeTerms& t) { t.set_rates(2); }, "no_rates_in_force"},
      {[](pb::ExchangeTerms& t) { t.set_from_points(61); }, "terms_mismatch"},
      {[](pb::ExchangeTerms& t) { t.set_fen(11); }, "terms_mismatch"},
      {[](pb::ExchangeTerms& t) {
         t.mutable_lots(0)->set_points(31);
         t.set_to_points(41);
       },
       "terms_mismatch"},
      {[](pb::ExchangeTerms& t) {
         t.mutable_lots(0)->set_grams(301);
         t.set_grams(401);
       },
       "terms_mismatch"},
      {[](pb::ExchangeTerms& t) { t.set_expiry_micros(t.expiry_micros() - kMicrosPerDay); },
       "exchange_expired"},
      {[](pb::ExchangeTerms& t) { t.mutable_lots(0)->set_city("moon.example/log"); },
       "unknown_scheme"},
      {[](pb::ExchangeTerms& t) {
         t.set_from_points(1'503);
         t.set_grams(10'020);
         t.set_to_points(1'002);
         t.set_fen(300);
         t.mutable_lots(0)->set_points(992);
         t.mutable_lots(0)->set_grams(9'920);
       },
       "amount_over_asset_limit"},
  };
  World world = Neighbours();
  std::uint64_t n = 0;
  for (const Row& row : rows) {
    const auto at = Done(world, Receive(Arrival(world, ++n, row.change)));
    EXPECT_EQ(world.last().exchange_reception().reason(), row.reason) << n;
    EXPECT_EQ(Moves(world.last()), "") << n;
    EXPECT_EQ(StateAt(world, at), "rejected") << n;
  }
  // What only the desk knows, it tells.
  Done(world, Receive(Arrival(world, ++n), "unknown_recipient"));
  EXPECT_EQ(world.last().exchange_reception().reason(), "unknown_recipient");
  EXPECT_EQ(world.last().exchange_reception().answer(), pb::EXCHANGE_ANSWER_REJECTED);
}

TEST(ReceptionTest, SwitchesAreOfEachKind) {
  World world = Neighbours();
  Done(world, SetPeerTerms("no points", world.today(),
                           [](pb::PeerTerms& terms) { terms.set_takes_points(false); }));
  Done(world, Receive(Arrival(world, 1)));
  EXPECT_EQ(world.last().exchange_reception().reason(), "exchange_off");
  Done(world, Receive(PaymentHere(world, 2)));
  EXPECT_EQ(world.last().exchange_reception().reason(), "");
  Done(world, SetPeerTerms("no payments", world.today(),
                           [](pb::PeerTerms& terms) { terms.set_takes_payments(false); }));
  Done(world, Receive(PaymentHere(world, 3)));
  EXPECT_EQ(world.last().exchange_reception().reason(), "exchange_off");
}

// A request may be on its way while rates change.
TEST(ReceptionTest, RatesOfTheDayOrTheFormerOnes) {
  World world = Neighbours();
  Done(world, AgreeOnRates("rates 2", 2, BusinessDate(world.today().value() + 1)));
  const auto second = [](pb::ExchangeTerms& terms) { terms.set_rates(2); };
  const auto reason = [&](std::uint64_t n, const ChangeExchange& change) {
    Done(world, Receive(Arrival(world, n, change)));
    return world.last().exchange_reception().reason();
  };
  EXPECT_EQ(reason(1, nullptr), "");
  EXPECT_EQ(reason(2, second), "no_rates_in_force");  // tomorrow
  world.WaitDays(1);
  EXPECT_EQ(reason(3, nullptr), "");
  EXPECT_EQ(reason(4, second), "");
  world.WaitDays(2);
  EXPECT_EQ(reason(5, nullptr), "no_rates_in_force");
  EXPECT_EQ(reason(6, second), "");
}

// A peer that never pays gets no more than the cap, with what is coming counted.
TEST(ReceptionTest, ThePeerOwesNoMoreThanTheCap) {
  World world = Neighbours();
  Done(world,
       SetPeerTerms("cap", world.today(), [](pb::PeerTerms& terms) { terms.set_cap_fen(30); }));
  const auto first = Arrival(world, 1);
  const auto at = Done(world, Receive(first));
  Done(world, Receive(Arrival(world, 2)));
  const auto third = Receive(Arrival(world, 3));
  EXPECT_EQ(world.Ask(third), "POSITION_CAP terms");
  Done(world, ConfirmArrival(first, at, kBob));
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 12 prepaid 0");
  EXPECT_EQ(world.Ask(third), "POSITION_CAP terms");
  // What makes nothing is not asked for the cap.
  Done(world, Receive(Arrival(world, 4), "unknown_recipient"));
  Done(world,
       SetPeerTerms("more", world.today(), [](pb::PeerTerms& terms) { terms.set_cap_fen(36); }));
  Done(world, third);
}

// Nothing is written: it can be asked again.
TEST(ReceptionTest, WhatIsRefused) {
  World world = Neighbours();
  const auto terms = Arrival(world);
  const auto with = [&terms](auto change) {
    Command command = Receive(terms);
    change(*command.draft.mutable_exchange_reception());
    return command;
  };
  const auto with_terms = [&with](auto change) {
    return with([&change](pb::ExchangeReception& body) { change(*body.mutable_terms()); });
  };
  const std::string mismatch = "TERMS_MISMATCH terms";
  const std::string request =
      "FIELD_INVALID request_id problem=must be the peer's, of this exchange";
  Command blocked = BlockArrival(terms.exchange_id());
  blocked.draft.mutable_exchange_reception()->set_reason("expired");
  Play(world, {
                  {with([](auto& body) { body.set_peer(kHill.value()); }), "UNKNOWN_PEER peer"},
                  {with([](auto& body) { body.set_exchange_id("short"); }),
                   "FIELD_INVALID exchange_id problem=must be 16 bytes"},
                  {with([](auto& body) { body.set_exchange_id("0123456789abcdef"); }), request},
                  {By(Receive(terms), kPlatform), request},
                  {with([](auto& body) { body.set_reason("Because."); }),
                   "FIELD_INVALID reason problem=must be a code"},
                  {blocked, "FIELD_INVALID reason problem=is for an exchange with terms"},
                  {with_terms([](auto& t) { t.set_origin("hill.example/log"); }), mismatch},
                  {with_terms([](auto& t) { t.set_destination("hill.example/log"); }), mismatch},
                  {with_terms([](auto& t) { t.set_exchange_id("0123456789abcdef"); }), mismatch},
                  {with_terms([](auto& t) { t.clear_kind(); }), mismatch},
                  {with_terms([](auto& t) { t.set_recipient("short"); }), mismatch},
                  {with_terms([](auto& t) { t.mutable_lots(0)->set_points(31); }), mismatch},
                  {SuspendPeer("suspend", false, true), "OK"},
                  {Receive(terms), "PEER_SUSPENDED peer"},
                  // Whatever makes nothing goes on.
                  {Receive(Arrival(world, 2), "unknown_recipient"), "OK"},
                  {BlockArrival(Arrival(world, 3).exchange_id()), "OK"},
                  {SuspendPeer("resume", false, false), "OK"},
                  {Receive(terms), "OK"},
              });
}

}  // namespace
}  // namespace tanhui
