// Peers: registered, given terms, suspended, paid in advance; evidence against them.
#include <gtest/gtest.h>

#include "interop/books/position_of.h"
#include "tests/interop/books/neighbours.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui {
namespace {

namespace pb = entry::v1;

using namespace world;

std::string Invalid(std::string_view field, std::string_view problem) {
  return "FIELD_INVALID " + std::string(field) + " problem=" + std::string(problem);
}

TEST(PeerTest, HasFourAccountsOfItsOwn) {
  const World world = NewNeighbours();
  EXPECT_EQ(world.last().postings_size(), 0);
  const interop::Peer& peer = PeerIn(world);
  EXPECT_EQ(peer.code, "river");
  EXPECT_EQ(peer.log, kRiverLog);
  EXPECT_EQ(peer.asset, kPoints);
  EXPECT_EQ(peer.scheme, kRiverScheme);
  EXPECT_EQ(peer.peer_asset, "river-points");
  EXPECT_EQ(peer.arrived_account(), kArrived);
  EXPECT_EQ(peer.leaving_account(), kLeaving);
  EXPECT_EQ(peer.coming_account(), kComing);
  EXPECT_EQ(peer.entry, EntryIndex(world.last_index()));
  EXPECT_EQ(peer.open_window, 1u);
  for (std::uint64_t i = 0; i < interop::kPeerAccounts; ++i) {
    const Account& account = world.Of(AccountNo(kDeparted.value() + i));
    EXPECT_EQ(account.kind, AccountKind::kPeer);
    EXPECT_EQ(account.asset, kPoints);
    EXPECT_EQ(account.participant, ParticipantNo(0));
    EXPECT_EQ(account.balance, Amount(0));
  }
  EXPECT_EQ(world.state().head().next_account, AccountNo(29));
  const interop::Peers& peers = interop::PeersOf(world.state().registry());
  EXPECT_EQ(peers.Find(kRiver), &peer);
  EXPECT_EQ(peers.Find(kHill), nullptr);
  EXPECT_EQ(peers.FindByCode("river"), &peer);
  EXPECT_EQ(peers.FindByLog(kRiverLog), &peer);
  EXPECT_EQ(peers.FindByAccount(kComing), &peer);
  EXPECT_EQ(peers.FindByAccount(AccountNo(29)), nullptr);
  EXPECT_EQ(peers.FindByAccount(AccountNo(24)), nullptr);
}

TEST(PeerTest, WhoCannotBeOne) {
  constexpr std::string_view kKey = "must be the log's verifier key, whose name is that of the log";
  struct Case {
    ChangeRegistration change;
    std::string outcome;
  };
  // All is right but for what a case changes: river is a peer, hill becomes one.
  const auto hill = [](pb::PeerRegistration& peer) {
    const auto signer = signing::DemoSigner("hill.example/log", 9);
    peer.set_peer(kHill.value());
    peer.set_log(signer.name());
    peer.set_verifier_key(signing::FormatVerifierKey(signer));
  };
  const std::string ours = signing::FormatVerifierKey(OurSigner());
  const std::string rivers = signing::FormatVerifierKey(RiverSigner());
  const std::vector<Case> cases = {
      {[](auto& p) { p.set_peer(99); }, "UNKNOWN_PARTICIPANT participant"},
      {[](auto& p) { p.set_peer(kMall.value()); }, "WRONG_PARTICIPANT_KIND participant"},
      {[](auto& p) { p.set_peer(kRiver.value()); }, "CODE_EXISTS participant code=river"},
      {[&](auto& p) {
         p.set_log(std::string(kRiverLog));
         p.set_verifier_key(rivers);
       },
       "CODE_EXISTS verifier_key code=river.example/log"},
      {[&](auto& p) {
         p.set_log(std::string(kOurLog));
         p.set_verifier_key(ours);
       },
       Invalid("verifier_key", "is this city's own")},
      {[](auto& p) { p.clear_log(); }, Invalid("verifier_key", "is missing")},
      {[](auto& p) { p.set_log("hill log"); },
       Invalid("verifier_key", "must have the name of a log, without blanks and +")},
      {[](auto& p) { p.set_log(std::string(201, 'r')); },
       Invalid("verifier_key", "must be at most 200 bytes")},
      {[](auto& p) { p.set_log("hill.example/other"); }, Invalid("verifier_key", kKey)},
      {[&](auto& p) { p.set_verifier_key(rivers); }, Invalid("verifier_key", kKey)},
      {[](auto& p) { p.mutable_verifier_key()->push_back('\n'); }, Invalid("verifier_key", kKey)},
      {[](auto& p) { p.set_verifier_key("hill.example/log+77c3d2f1+AQ=="); },
       Invalid("verifier_key", kKey)},
      {[](auto& p) { p.clear_verifier_key(); }, Invalid("verifier_key", kKey)},
      {[](auto& p) { p.set_peer_asset("River"); },
       Invalid("peer_asset", "must be 1 to 40 of a-z, 0-9, - and _")},
      {[](auto& p) { p.set_asset(99); }, "UNKNOWN_ASSET asset"},
      {[](auto& p) { p.set_scheme(99); }, "UNKNOWN_SCHEME scheme"},
      {[](auto& p) { p.set_scheme(kMidnight.value()); },
       Invalid("scheme", "must not be that of the asset")},
      {[](auto&) {}, "OK"},
  };
  World world = NewNeighbours();
  for (const Case& row : cases) {
    const std::string outcome = world.Ask(RegisterPeer("hill peer", [&](auto& peer) {
      hill(peer);
      row.change(peer);
    }));
    EXPECT_EQ(outcome, row.outcome);
  }
}

TEST(PeerTest, OfMoneyNothingIsExchanged) {
  World world = Market();
  Play(world, {{CreateCity("river", "river"), "OK"},
               {By(CreateScheme("river-points", "river-points"), kOperator), "OK"},
               {RegisterPeer("peer",
                             [](pb::PeerRegistration& peer) {
                               peer.set_peer(8);
                               peer.set_asset(kFen.value());
                             }),
                "ASSET_MISMATCH asset"},
               {RegisterPeer("peer"), "OK"}});
}

TEST(PeerTest, TermsHoldFromTheirDates) {
  World world = NewNeighbours();
  const BusinessDate today = world.today();
  const BusinessDate later(today.value() + 5);
  EXPECT_EQ(PeerIn(world).TermsOn(today), nullptr);
  EXPECT_EQ(interop::LimitsOn(PeerIn(world), today).cap, 0);
  const auto off = [](pb::PeerTerms& terms) {
    terms.set_sends_points(false);
    terms.set_cap_fen(0);
    terms.add_act_scenarios("metro_ride");
    terms.add_act_scenarios("walk");
    terms.set_citizen_month_points(500);
  };
  Play(world, {{SetPeerTerms("a", BusinessDate(today.value() - 1)),
                "DATE_NOT_AHEAD terms.first_date earliest=2024-02-28"},
               {SetPeerTerms("a", today), "OK"},
               {SetPeerTerms("b", later, off), "OK"},
               {SetPeerTerms("c", BusinessDate(later.value() - 1)),
                "DATE_NOT_AHEAD terms.first_date earliest=2024-03-04"}});
  const interop::Peer& peer = PeerIn(world);
  EXPECT_TRUE(peer.TermsOn(today)->sends_points);
  EXPECT_EQ(peer.TermsOn(BusinessDate(later.value() - 1)), peer.TermsOn(today));
  const interop::PeerTerms& then = *peer.TermsOn(later);
  EXPECT_FALSE(then.sends_points);
  EXPECT_TRUE(then.takes_points);
  EXPECT_TRUE(then.sends_payments);
  EXPECT_TRUE(then.takes_payments);
  EXPECT_EQ(then.act_scenarios, (std::vector<std::string>{"metro_ride", "walk"}));
  EXPECT_EQ(then.cap_fen, Amount(0));
  EXPECT_EQ(then.citizen_month_points, Amount(500));
  EXPECT_EQ(then.request_minutes, 60u);
  EXPECT_EQ(interop::LimitsOn(peer, today).cap, kCap);
  EXPECT_EQ(interop::LimitsOn(peer, later).cap, 0);
  // Of two that begin on one date the later one holds.
  Play(world, {{SetPeerTerms("d", later), "OK"}});
  EXPECT_TRUE(PeerIn(world).TermsOn(later)->sends_points);
}

TEST(PeerTest, TermsThatCannotBe) {
  struct Case {
    ChangeTerms change;
    std::string outcome;
  };
  const std::vector<Case> cases = {
      {[](auto& t) { t.set_cap_fen(-1); },
       Invalid("terms.cap_fen", "must be 0 to 1000000000000000000 fen")},
      {[](auto& t) { t.set_cap_fen(settlement::kMostOfPosition + 1); },
       Invalid("terms.cap_fen", "must be 0 to 1000000000000000000 fen")},
      {[](auto& t) { t.set_citizen_month_points(-1); },
       Invalid("terms.citizen_month_points", "must not be below 0")},
      {[](auto& t) { t.set_request_minutes(0); },
       Invalid("terms.request_minutes", "must be 1 to 10080")},
      {[](auto& t) { t.set_request_minutes(10'081); },
       Invalid("terms.request_minutes", "must be 1 to 10080")},
      {[](auto& t) { t.add_act_scenarios("Walk"); },
       Invalid("terms.act_scenarios[0]", "must be 1 to 32 of a-z, 0-9 and _")},
      {[](auto& t) {
         t.add_act_scenarios("walk");
         t.add_act_scenarios("walk");
       },
       Invalid("terms.act_scenarios", "must come in order, each once")},
      {[](auto& t) {
         for (int i = 100; i < 165; ++i) {
           t.add_act_scenarios("walk" + std::to_string(i));
         }
       },
       Invalid("terms.act_scenarios", "has more than 64 rows")},
  };
  World world = NewNeighbours();
  for (const Case& row : cases) {
    EXPECT_EQ(world.Ask(SetPeerTerms("terms", world.today(), row.change)), row.outcome);
  }
  EXPECT_EQ(world.Ask(SetPeerTerms("terms", BusinessDate(10'000'000))),
            Invalid("terms.first_date", "is no date that can be"));
  Command unknown = SetPeerTerms("terms", world.today());
  unknown.draft.mutable_peer_change()->set_peer(kHill.value());
  EXPECT_EQ(world.Ask(unknown), "UNKNOWN_PEER peer");
}

TEST(PeerTest, IsSuspendedAtOnceInEachDirection) {
  World world = Neighbours();
  EXPECT_FALSE(PeerIn(world).outgoing_suspended);
  const auto directions = [&world] {
    const interop::Peer& peer = PeerIn(world);
    return std::pair(peer.outgoing_suspended, peer.incoming_suspended);
  };
  EXPECT_EQ(world.Ask(SuspendPeer("a", true, false)), "OK");
  EXPECT_EQ(directions(), std::pair(true, false));
  EXPECT_EQ(world.Ask(SuspendPeer("b", false, true, 3)), "OK");
  EXPECT_EQ(directions(), std::pair(false, true));
  EXPECT_EQ(world.Ask(SuspendPeer("c", false, false)), "OK");
  EXPECT_EQ(directions(), std::pair(false, false));
  EXPECT_EQ(world.Ask(SuspendPeer("d", true, true, world.last_index() + 1)),
            Invalid("evidence_entry_index", "is no entry"));
  Command without = SuspendPeer("d", true, true);
  without.draft.mutable_peer_suspension()->clear_reason();
  EXPECT_EQ(world.Ask(without), Invalid("reason", "must be 1 to 32 of a-z, 0-9 and _"));
  Command unknown = SuspendPeer("d", true, true);
  unknown.draft.mutable_peer_suspension()->set_peer(kHill.value());
  EXPECT_EQ(world.Ask(unknown), "UNKNOWN_PEER peer");
}

TEST(PeerTest, WhatIsPaidInAdvanceComesBackAsFarAsTheCapLets) {
  constexpr std::string_view kRange =
      "must be 1 to 1000000000000000000, or below 0 of what came back";
  World world = NewNeighbours();
  Command unknown = PrepayPeer("u", 5);
  unknown.draft.mutable_peer_prepayment()->set_peer(kHill.value());
  Command without = PrepayPeer("w", 5);
  without.draft.mutable_peer_prepayment()->clear_reference();
  const std::int64_t most = settlement::kMostOfPosition;
  Play(world, {{PrepayPeer("a", 0), Invalid("fen", kRange)},
               {PrepayPeer("a", most + 1), Invalid("fen", kRange)},
               {PrepayPeer("a", -most - 1), Invalid("fen", kRange)},
               {unknown, "UNKNOWN_PEER peer"},
               {without, Invalid("bank_reference", "is missing")},
               {PrepayPeer("a", 5'000), "OK"},
               {PrepayPeer("b", -5'001), "AMOUNT_OUT_OF_RANGE fen"},
               {PrepayPeer("c", -2'000), "OK"},
               {PrepayPeer("d", most), "AMOUNT_OUT_OF_RANGE fen"}});
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 0 prepaid 3000");
  EXPECT_EQ(world.last().postings_size(), 0);
  EXPECT_EQ(world.Of(kComing).funded, Amount(3'000));
  EXPECT_EQ(world.Of(kComing).balance, Amount(0));
  // What is used up stays.
  interop::WritePosition(world.mutable_state(), PeerIn(world),
                         {.in_flight = 400, .owed = 2'000, .prepaid = 3'000});
  Play(world, {{PrepayPeer("e", -601), "AMOUNT_OUT_OF_RANGE fen"}, {PrepayPeer("e", -600), "OK"}});
}

TEST(PeerTest, EvidenceStandsAmongTheStepsWithThePeer) {
  World world = NewNeighbours();
  world.mutable_state().TakeChanges();
  EXPECT_EQ(world.Ask(ShowEvidence("a", 4)), "OK");
  const Changes changes = world.mutable_state().TakeChanges();
  EXPECT_EQ(changes.listings, (std::vector<ListingRow>{{Listing::kStepsWithPeer, kRiver.value(),
                                                        EntryIndex(world.last_index())}}));
  const auto with = [](void (*change)(pb::PeerEvidence&)) {
    Command command = ShowEvidence("b");
    change(*command.draft.mutable_peer_evidence());
    return command;
  };
  Play(world, {{with([](auto& e) { e.set_exchange_id("short"); }),
                Invalid("exchange_id", "must be 16 bytes or empty")},
               {with([](auto& e) { e.set_shows("Two"); }),
                Invalid("shows", "must be 1 to 32 of a-z, 0-9 and _")},
               {with([](auto& e) { e.clear_message_hash(); }),
                Invalid("message_hash", "must be 32 bytes")},
               {with([](auto& e) { e.set_against(1'000); }), Invalid("against", "is no entry")},
               {with([](auto& e) { e.set_peer(kHill.value()); }), "UNKNOWN_PEER peer"},
               {with([](auto& e) { e.clear_exchange_id(); }), "OK"}});
}

}  // namespace
}  // namespace tanhui
