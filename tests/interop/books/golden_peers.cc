#include "tests/interop/books/golden_peers.h"

#include <gtest/gtest.h>

#include "ledger/signing/note.h"
#include "tests/interop/books/neighbours.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

// Of the golden chain.
constexpr AssetNo kAsset{1};
constexpr std::string_view kAssetCode = "cq-points";

// Rates of the golden chain's asset, in the names of the golden chain.
Command Rates(const World& world, ParticipantNo peer) {
  const BusinessDate tomorrow(world.today().value() + 1);
  Command command = AgreeOnRates("z5", 1, tomorrow);
  pb::RateAgreement& body = *command.draft.mutable_rate_agreement();
  body.set_peer(peer.value());
  const auto agreement =
      interop::MakeAgreement(1, tomorrow, {std::string(kOurLog), std::string(kAssetCode), kOurRate},
                             {std::string(kRiverLog), "river-points", kRiverRate});
  body.set_note(SignedBy(interop::TextOf(agreement), {OurSigner(), RiverSigner()}));
  return command;
}

}  // namespace

void TellOfPeers(World& world) {
  const ParticipantNo peer = world.state().registry().next_participant();
  const SchemeNo scheme = world.state().registry().next_scheme();
  // From the next morning on, so that one day sees all of it.
  constexpr std::int64_t kTenHours = 600 * kMicrosPerMinute;
  const BusinessDate tomorrow(world.today().value() + 1);
  world.Wait(StartOf(tomorrow).value() + kTenHours - world.now().value());
  const auto done = [&world](Command command) {
    world.Wait(30 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
    return world.last_index();
  };
  done(CreateCity("z1", "river"));
  done(By(CreateScheme("z2", "river-points"), kOperator));
  done(RegisterPeer("z3", [&](pb::PeerRegistration& body) {
    body.set_peer(peer.value());
    body.set_asset(kAsset.value());
    body.set_scheme(scheme.value());
  }));
  Command terms = SetPeerTerms("z4", world.today(), [](pb::PeerTerms& body) {
    body.add_act_scenarios("metro_ride");
    body.set_citizen_month_points(2'000);
  });
  terms.draft.mutable_peer_change()->set_peer(peer.value());
  done(terms);
  done(Rates(world, peer));
  Command prepayment = PrepayPeer("z6", 5'000);
  prepayment.draft.mutable_peer_prepayment()->set_peer(peer.value());
  done(prepayment);
  Command evidence = By(ShowEvidence("z7", 126), peer);
  evidence.draft.mutable_peer_evidence()->set_peer(peer.value());
  const std::uint64_t shown = done(evidence);
  for (const bool suspended : {true, false}) {
    Command suspension = SuspendPeer(suspended ? "z8" : "z9", suspended, suspended, shown);
    suspension.draft.mutable_peer_suspension()->set_peer(peer.value());
    done(suspension);
  }
}

}  // namespace tanhui::world
