#include "tests/interop/books/leaving/golden_leaving.h"

#include <gtest/gtest.h>

#include "ledger/core/check.h"
#include "tests/interop/books/leaving/departures.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

// Of the golden chain.
constexpr AccountNo kWalker{10};

}  // namespace

void LetPointsLeave(World& world) {
  const interop::Peer* river = interop::PeersOf(world.state().registry()).FindByLog(kRiverLog);
  Check(river != nullptr, "the golden chain knows the peer");
  const ParticipantNo peer = river->number;
  const auto done = [&world](const Command& command) {
    world.Wait(30 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
    return world.last_index();
  };
  const auto by_river = [peer](Command command) {
    if (command.draft.has_exchange_decision()) {
      command.draft.mutable_exchange_decision()->set_peer(peer.value());
    }
    return By(std::move(command), peer);
  };
  const auto to_river = [peer](pb::ExchangePreparation& body) {
    constexpr std::int64_t kLater = 20 * kMicrosPerMinute;
    body.set_peer(peer.value());
    body.set_expiry_micros(body.expiry_micros() + kLater);
  };
  world.WaitDays(1);
  const std::uint64_t sent = done(Send(world, "y1", kWalker, 3, to_river));
  done(by_river(Commit(world, sent)));
  const std::uint64_t paid = done(Send(world, "y2", kWalker, 5, [&](auto& body) {
    to_river(body);
    Paying(4)(body);
  }));
  Command abort = by_river(Abort(world, paid));
  *abort.draft.mutable_exchange_decision()->mutable_proof() = AnyProof();
  done(abort);
  done(by_river(GiveBack(world, paid)));
  done(by_river(Block(interop::IdOf(EntryIndex(7), LedgerTime(11)))));
  done(Send(world, "y3", kWalker, 1, to_river));
}

}  // namespace tanhui::world
