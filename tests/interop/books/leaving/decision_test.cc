// The origin decides, once; what was aborted comes back. The book's rows and the table of the
// protocol allow the same.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "interop/books/leaving/sent.h"
#include "interop/books/step_requests.h"
#include "interop/books/steps.h"
#include "interop/exchange/protocol.h"
#include "tests/interop/books/leaving/departures.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;
using exchange::OriginEvent;
using exchange::OriginState;

// A city whose citizen Alice sends 100 of 500 points.
struct Sent {
  World world = Neighbours();
  std::uint64_t index = Done(world, Send(world, "x", kAlice, 100));

  ExchangeNow now() const {
    return interop::ExchangeOf(world.state(), EntryIndex(index)).value_or(ExchangeNow{});
  }
  void WaitUntilExpired() { world.Wait(30 * kMicrosPerMinute + 1); }
};

constexpr std::uint8_t Number(OriginState state) { return static_cast<std::uint8_t>(state); }

Command Changed(Command command, const std::function<void(pb::ExchangeDecision&)>& change) {
  change(*command.draft.mutable_exchange_decision());
  return command;
}

TEST(DecisionTest, ACommitment) {
  Sent sent;
  const auto decided = Done(sent.world, Commit(sent.world, sent.index));
  EXPECT_EQ(Moves(sent.world.last()), "27 -100; 25 +100");
  EXPECT_EQ(sent.world.last().exchange_decision().window(), 1U);
  EXPECT_EQ(sent.world.last().exchange_decision().fen(), 10);
  EXPECT_EQ(Away(sent.world), "departed 100 leaving 0");
  EXPECT_EQ(PositionWith(sent.world), "in flight 0 owed 10 owed to us 0 prepaid 0");
  EXPECT_EQ(sent.now(), (ExchangeNow{Number(OriginState::kCommitted), EntryIndex(decided)}));
  EXPECT_EQ(sent.world.Ask(GiveBack(sent.world, sent.index)), "EXCHANGE_STATE preparation");
  EXPECT_EQ(Purse(sent.world, kAlice), "400 = 661:400");
}

TEST(DecisionTest, AnAbortionAndTheReturn) {
  Sent sent;
  EXPECT_EQ(sent.world.Ask(GiveBack(sent.world, sent.index)), "EXCHANGE_STATE preparation");
  const auto decided = Done(sent.world, Abort(sent.world, sent.index));
  EXPECT_EQ(Moves(sent.world.last()), "") << "the proof shows nobody's balance";
  EXPECT_EQ(Away(sent.world), "departed 0 leaving 100");
  EXPECT_EQ(PositionWith(sent.world), "in flight 0 owed 0 owed to us 0 prepaid 0");
  EXPECT_EQ(sent.now(), (ExchangeNow{Number(OriginState::kAborted), EntryIndex(decided)}));
  EXPECT_EQ(interop::SentTo(sent.world.Of(kAlice), kRiver, sent.world.today()), 100);
  Done(sent.world, GiveBack(sent.world, sent.index));
  EXPECT_EQ(Moves(sent.world.last()), "27 -100; 5 +100 [661:100]");
  EXPECT_EQ(Purse(sent.world, kAlice), "500 = 661:500");
  EXPECT_EQ(interop::SentTo(sent.world.Of(kAlice), kRiver, sent.world.today()), 0);
  EXPECT_EQ(sent.now(), (ExchangeNow{Number(OriginState::kAborted), EntryIndex(decided), true}));
  EXPECT_EQ(sent.world.Ask(GiveBack(sent.world, sent.index)),
            "SEEN " + std::to_string(sent.world.last_index()));
}

// What somebody asks the ledger for on an event; nullopt: nothing, no entry is written.
std::optional<Command> CommandOn(Sent& sent, OriginEvent event, bool prepared) {
  const interop::ExchangeId never = interop::IdOf(EntryIndex(3), LedgerTime(7));
  switch (event) {
    case OriginEvent::kAsk:
      return Send(sent.world, "x", kAlice, 100);
    case OriginEvent::kFulfil:
      return prepared ? Commit(sent.world, sent.index) : Block(never);
    case OriginEvent::kReject:
      return prepared ? Abort(sent.world, sent.index)
                      : Changed(Block(never), [](auto& d) { d.set_reason("rejected"); });
    case OriginEvent::kExpire:
      sent.WaitUntilExpired();
      return prepared ? Abort(sent.world, sent.index, "expired")
                      : Changed(Block(never), [](auto& d) { d.set_reason("expired"); });
    default:
      return std::nullopt;
  }
}

TEST(DecisionTest, TheProtocolsTable) {
  for (const exchange::OriginRow& row : exchange::OriginTable()) {
    const std::string name = std::string(exchange::NameOf(row.state)) + " on " +
                             std::string(exchange::NameOf(row.event));
    const bool prepared = row.state != OriginState::kNone;
    Sent sent;
    if (row.state == OriginState::kCommitted || row.state == OriginState::kAborted) {
      Done(sent.world, row.state == OriginState::kCommitted ? Commit(sent.world, sent.index)
                                                            : Abort(sent.world, sent.index));
    }
    if (!prepared && row.event == OriginEvent::kAsk) {
      EXPECT_EQ(row.next, OriginState::kPrepared);
      EXPECT_EQ(sent.now(), ExchangeNow{Number(row.next)});
      continue;
    }
    const auto command = CommandOn(sent, row.event, prepared);
    if (!command.has_value()) {
      EXPECT_EQ(row.next, row.state) << name;
      continue;
    }
    const auto before = sent.world.last_index();
    const std::string outcome = sent.world.Ask(*command);
    EXPECT_EQ(outcome == "OK", row.next != row.state) << name << ": " << outcome;
    EXPECT_EQ(sent.world.last_index() != before, row.next != row.state) << name;
    if (prepared) {
      EXPECT_EQ(sent.now().state, Number(row.next)) << name;
    } else if (outcome == "OK") {
      EXPECT_EQ(sent.world.last().exchange_decision().outcome(), pb::EXCHANGE_OUTCOME_ABORTED);
    }
  }
}

TEST(DecisionTest, ADecisionIsMadeOnce) {
  Sent sent;
  const auto decided = Done(sent.world, Commit(sent.world, sent.index));
  const std::string seen = "SEEN " + std::to_string(decided);
  Play(sent.world,
       {{Commit(sent.world, sent.index), seen},
        {Abort(sent.world, sent.index), seen + " OTHER request_id"},
        {Changed(Commit(sent.world, sent.index), [](auto& d) { d.mutable_proof()->set_size(10); }),
         seen + " OTHER proof"}});
}

TEST(DecisionTest, ItExpiresByTheClockOfTheOrigin) {
  Sent sent;
  sent.world.Wait(30 * kMicrosPerMinute);
  EXPECT_EQ(sent.world.Ask(Abort(sent.world, sent.index, "expired")),
            "EXCHANGE_STATE exchange state=prepared")
      << "the last moment is included";
  sent.world.Wait(1);
  // Expiry alone decides nothing: it may be committed still.
  World other = sent.world;
  EXPECT_EQ(other.Ask(Commit(other, sent.index)), "OK");
  EXPECT_EQ(sent.world.Ask(Abort(sent.world, sent.index, "expired")), "OK");
}

TEST(DecisionTest, WhatIsAskedCannotBe) {
  Sent sent;
  World& world = sent.world;
  const auto commit = [&](auto change) { return Changed(Commit(world, sent.index), change); };
  const auto abort = [&](auto change) { return Changed(Abort(world, sent.index), change); };
  Play(world,
       {{commit([](auto& d) { d.set_peer(kHill.value()); }), "UNKNOWN_PEER peer"},
        {commit([](auto& d) { d.set_exchange_id("short"); }), "FIELD_INVALID exchange"},
        {commit([](auto& d) { d.clear_proof(); }), "FIELD_INVALID proof"},
        {commit([](auto& d) { d.mutable_proof()->set_index(9); }), "FIELD_INVALID proof"},
        {commit([](auto& d) { d.mutable_proof()->clear_root(); }), "FIELD_INVALID proof"},
        {commit([](auto& d) { d.mutable_proof()->set_message_hash("x"); }), "FIELD_INVALID proof"},
        {abort([](auto& d) { d.mutable_proof()->set_size(1); }), "FIELD_INVALID proof"},
        {commit([](auto& d) { d.set_reason("rejected"); }), "FIELD_INVALID reason"},
        {abort([](auto& d) { d.set_reason("never_prepared"); }), "FIELD_INVALID reason"},
        {abort([](auto& d) { d.set_reason("a whim"); }), "FIELD_INVALID reason"},
        {abort([](auto& d) { d.clear_reason(); }), "FIELD_INVALID reason"},
        {abort([](auto& d) { d.set_outcome(pb::EXCHANGE_OUTCOME_UNSPECIFIED); }),
         "FIELD_INVALID outcome"},
        {commit([](auto& d) { d.set_preparation(0); }), "FIELD_INVALID preparation"},
        {commit([](auto& d) { d.set_preparation(d.preparation() - 1); }),
         "UNKNOWN_EXCHANGE exchange"},
        {By(Commit(world, sent.index), kPlatform), "FIELD_INVALID request_id"}});
  Command renamed = Commit(world, sent.index);
  renamed.draft.set_request_id(std::string(RequestId::FromText("another")->stored()));
  EXPECT_EQ(world.Ask(renamed), "FIELD_INVALID request_id");
  EXPECT_EQ(world.Ask(Commit(world, sent.index)), "OK");
}

TEST(DecisionTest, WhatWasNeverPrepared) {
  Sent sent;
  World& world = sent.world;
  const LedgerTime then(world.now().value() - 1);
  const EntryIndex next(world.last_index() + 1);
  const EntryIndex same(sent.index);
  using interop::IdOf;
  Play(world, {{Block(IdAt(world, sent.index)), "UNKNOWN_EXCHANGE exchange"},
               // It may be prepared still.
               {Block(IdOf(next, world.now())), "UNKNOWN_EXCHANGE exchange"},
               {Block(IdOf(EntryIndex(1'000), LedgerTime(world.now().value() + 1))),
                "UNKNOWN_EXCHANGE exchange"},
               {Block(IdOf(same, then)), "OK"},
               {Block(IdOf(EntryIndex(2), world.now())), "OK"},
               {Block(IdOf(EntryIndex(1'000), then)), "OK"},
               {Block(IdOf(EntryIndex(UINT64_MAX), LedgerTime(-1))), "OK"}});
  EXPECT_EQ(sent.now(), ExchangeNow{Number(OriginState::kPrepared)}) << "it is another exchange";
  EXPECT_EQ(world.Ask(Block(IdOf(same, then))), "SEEN " + std::to_string(world.last_index() - 3));
  EXPECT_EQ(world.Ask(Commit(world, sent.index)), "OK");
}

TEST(DecisionTest, OnlyAPreparationIsReturned) {
  Sent sent;
  Command command = GiveBack(sent.world, sent.index);
  command.draft.mutable_exchange_return()->set_preparation(2);
  EXPECT_EQ(sent.world.Ask(command), "UNKNOWN_EXCHANGE preparation");
  command.draft.mutable_exchange_return()->set_preparation(sent.world.last_index() + 1);
  EXPECT_EQ(sent.world.Ask(command), "UNKNOWN_EXCHANGE preparation");
  EXPECT_EQ(sent.world.Ask(By(GiveBack(sent.world, sent.index), kOperator)),
            "FIELD_INVALID request_id");
}

TEST(ReturnTest, LotsPastTheirDateGetTheGrace) {
  Sent sent;
  sent.world.GoTo("2025-03-03");
  Done(sent.world, Abort(sent.world, sent.index, "expired"));
  Done(sent.world, GiveBack(sent.world, sent.index));
  EXPECT_EQ(Moves(sent.world.last()), "27 -100; 5 +100 [663:100]");
}

TEST(ReturnTest, ADebtIsPaidFirst) {
  World world = Neighbours();
  const auto award = Done(world, Award("a", kBob, kBudget, 100));
  const auto index = Done(world, Send(world, "x", kBob, 80));
  Play(world, {{Reverse("r", award), "OK"}, {Abort(world, index, "withdrawn"), "OK"}});
  EXPECT_EQ(Purse(world, kBob), "-80 - debt 80");
  Done(world, GiveBack(world, index));
  EXPECT_EQ(Purse(world, kBob), "0");
}

TEST(ReturnTest, ToWhereTheAccountWasMerged) {
  Sent sent;
  Play(sent.world, {{By(Merge("m", kAlice, kBob), kOperator), "OK"},
                    {Abort(sent.world, sent.index), "OK"},
                    {GiveBack(sent.world, sent.index), "OK"}});
  EXPECT_EQ(Purse(sent.world, kBob), "500 = 661:500");
}

TEST(ReturnTest, WhatNobodyHasAnyMoreExpires) {
  World world = Neighbours();
  const auto index = Done(world, Send(world, "x", kAlice, 500));
  const std::int64_t expired = world.BalanceOf(kExpiry);
  Play(world,
       {{Close("c", kAlice), "OK"}, {Abort(world, index), "OK"}, {GiveBack(world, index), "OK"}});
  EXPECT_EQ(world.BalanceOf(kExpiry), expired + 500);
  EXPECT_EQ(Away(world), "departed 0 leaving 0");
}

TEST(ReturnTest, ToAFrozenAccount) {
  Sent sent;
  Play(sent.world, {{SetStatus("f", kAlice, AccountStatus::kFrozen), "OK"},
                    {Abort(sent.world, sent.index), "OK"},
                    {GiveBack(sent.world, sent.index), "OK"}});
  EXPECT_EQ(Purse(sent.world, kAlice), "500 = 661:500");
}

}  // namespace
}  // namespace tanhui
