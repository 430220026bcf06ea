#include "tests/interop/books/golden_coming.h"

#include <gtest/gtest.h>

#include "ledger/core/check.h"
#include "tests/interop/books/arrivals.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

// Of the golden chain.
constexpr AccountNo kWalker{10};
constexpr std::int64_t kDue = 12;  // fen of one arrival

// All of it was earned there.
void EarnedThere(pb::ExchangeTerms& terms) {
  constexpr std::int64_t kLater = 30 * kMicrosPerMinute;
  terms.mutable_lots()->RemoveLast();
  terms.mutable_lots(0)->set_points(terms.to_points());
  terms.mutable_lots(0)->set_grams(terms.grams());
  terms.set_expiry_micros(terms.expiry_micros() + kLater);
}

pb::ExchangeTerms Coming(const World& world, std::uint64_t n) {
  return Arrival(world, n, EarnedThere);
}

pb::ExchangeTerms Paying(const World& world, std::uint64_t n) {
  pb::ExchangeTerms terms = Coming(world, n);
  AsPayment(terms);
  return terms;
}

}  // namespace

void LetPointsCome(World& world) {
  const interop::Peer* river = interop::PeersOf(world.state().registry()).FindByLog(kRiverLog);
  Check(river != nullptr, "the golden chain knows the peer");
  const std::uint32_t peer = river->number.value();
  const auto done = [&world, peer](Command command) {
    if (command.draft.has_exchange_reception()) {
      command.draft.mutable_exchange_reception()->set_peer(peer);
    } else if (command.draft.has_window_step()) {
      command.draft.mutable_window_step()->set_peer(peer);
    }
    world.Wait(10 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(By(std::move(command), ParticipantNo(peer))), "OK");
    return world.last_index();
  };
  const pb::ExchangeTerms coming = Coming(world, 1);
  const std::uint64_t accepted = done(Receive(coming));
  done(ConfirmArrival(coming, accepted, kWalker));
  const pb::ExchangeTerms paying = Paying(world, 2);
  const std::uint64_t paid = done(Receive(paying));
  done(CancelArrival(paying, paid));
  done(Receive(Coming(world, 3), "unknown_recipient"));
  done(BlockArrival(Coming(world, 4).exchange_id()));
  done(Receive(Coming(world, 5)));
  const settlement::Statement statement = StatementOf(1, 0, kDue);
  done(StepWindow("x1", 1, pb::WINDOW_ACTION_CLOSE));
  done(TheirList("x2", 1, 3));
  done(StepWindow("x3", 1, pb::WINDOW_ACTION_ITEMISE, [&](pb::WindowStep& step) {
    step.add_exchange_ids(Coming(world, 6).exchange_id());
  }));
  done(TheirMissing("x4", 1));
  done(StepWindow("x5", 1, pb::WINDOW_ACTION_COMPLETE));
  done(StateWindow("x6", statement));
  done(AgreeWindow("x7", statement));
  done(SettleWindow("x8", 1));
}

}  // namespace tanhui::world
