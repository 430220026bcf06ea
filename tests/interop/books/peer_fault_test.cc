// Entries about peers that decide cannot have made: apply answers what is wrong with them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/interop/books/neighbours.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

using Edit = void (*)(Entry&);

// Each edit alone is found; without one the entry is sound.
void ExpectFaults(const World& world, const Command& command, const std::vector<Edit>& edits) {
  EXPECT_EQ(Tampered(world, command, [](Entry&) {}), "OK");
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const std::string fault = Tampered(world, command, edits[i]);
    EXPECT_NE(fault, "OK") << "edit " << i;
    EXPECT_FALSE(fault.starts_with("refused")) << fault;
  }
}

TEST(PeerFaultTest, ARegistration) {
  World world = Market();
  EXPECT_EQ(world.Ask(CreateCity("river", "river")), "OK");
  EXPECT_EQ(world.Ask(By(CreateScheme("river-points", "river-points"), kOperator)), "OK");
  static const auto& peer =
      *new auto([](Entry& e) -> pb::PeerRegistration& { return *e.mutable_peer_registration(); });
  ExpectFaults(world, RegisterPeer("peer"),
               {
                   [](Entry& e) { peer(e).set_peer(0); },
                   [](Entry& e) { peer(e).set_peer(kMall.value()); },
                   [](Entry& e) { peer(e).set_log("another"); },
                   [](Entry& e) { peer(e).clear_verifier_key(); },
                   [](Entry& e) { peer(e).set_asset(0); },
                   [](Entry& e) { peer(e).set_asset(kFen.value()); },
                   [](Entry& e) { peer(e).set_scheme(0); },
                   [](Entry& e) { peer(e).set_scheme(kMidnight.value()); },
                   [](Entry& e) { peer(e).clear_peer_asset(); },
                   [](Entry& e) { peer(e).set_departed_account(0); },
                   [](Entry& e) { peer(e).set_departed_account(kDeparted.value() + 1); },
               });
}

TEST(PeerFaultTest, AChange) {
  static const auto& change =
      *new auto([](Entry& e) -> pb::PeerChange& { return *e.mutable_peer_change(); });
  const World world = NewNeighbours();
  ExpectFaults(world, SetPeerTerms("terms", world.today()),
               {
                   [](Entry& e) { change(e).set_peer(kHill.value()); },
                   [](Entry& e) { change(e).set_first_date(change(e).first_date() - 1); },
                   [](Entry& e) { change(e).set_first_date(2'000'000'000); },
                   [](Entry& e) { change(e).clear_terms(); },
                   [](Entry& e) { change(e).mutable_terms()->set_cap_fen(-1); },
               });
}

TEST(PeerFaultTest, ASuspension) {
  static const auto& suspension =
      *new auto([](Entry& e) -> pb::PeerSuspension& { return *e.mutable_peer_suspension(); });
  ExpectFaults(NewNeighbours(), SuspendPeer("s", true, true),
               {
                   [](Entry& e) { suspension(e).set_peer(0); },
                   [](Entry& e) { suspension(e).clear_reason(); },
                   [](Entry& e) { suspension(e).set_evidence(1'000'000); },
               });
}

TEST(PeerFaultTest, APrepayment) {
  static const auto& prepayment =
      *new auto([](Entry& e) -> pb::PeerPrepayment& { return *e.mutable_peer_prepayment(); });
  World world = NewNeighbours();
  EXPECT_EQ(world.Ask(PrepayPeer("p", 100)), "OK");
  ExpectFaults(world, PrepayPeer("q", -100),
               {
                   [](Entry& e) { prepayment(e).set_peer(0); },
                   [](Entry& e) { prepayment(e).set_fen(0); },
                   [](Entry& e) { prepayment(e).set_fen(-101); },
                   [](Entry& e) { prepayment(e).clear_reference(); },
               });
}

TEST(PeerFaultTest, Rates) {
  static const auto& rates =
      *new auto([](Entry& e) -> pb::RateAgreement& { return *e.mutable_rate_agreement(); });
  const World world = NewNeighbours();
  ExpectFaults(world, AgreeOnRates("r", 1, BusinessDate(world.today().value() + 1)),
               {
                   [](Entry& e) { rates(e).set_peer(0); },
                   [](Entry& e) { rates(e).set_version(2); },
                   [](Entry& e) { rates(e).set_first_date(rates(e).first_date() - 1); },
                   [](Entry& e) { rates(e).set_first_date(rates(e).first_date() + 1); },
                   [](Entry& e) { rates(e).mutable_ours()->set_points(3); },
                   [](Entry& e) { rates(e).mutable_theirs()->set_fen_per_thousand(1); },
                   [](Entry& e) { rates(e).clear_theirs(); },
                   [](Entry& e) { rates(e).clear_note(); },
                   [](Entry& e) { rates(e).mutable_note()->append("x"); },
               });
}

TEST(PeerFaultTest, Evidence) {
  static const auto& evidence =
      *new auto([](Entry& e) -> pb::PeerEvidence& { return *e.mutable_peer_evidence(); });
  ExpectFaults(NewNeighbours(), ShowEvidence("e"),
               {
                   [](Entry& e) { evidence(e).set_peer(0); },
                   [](Entry& e) { evidence(e).set_exchange_id("x"); },
                   [](Entry& e) { evidence(e).clear_shows(); },
                   [](Entry& e) { evidence(e).clear_message_hash(); },
                   [](Entry& e) { evidence(e).set_against(1'000'000); },
               });
}

}  // namespace
}  // namespace tanhui
