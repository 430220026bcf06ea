// The destination follows the decision: who gets the points, and what is owed for them.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interop/books/step_requests.h"
#include "interop/exchange/protocol.h"
#include "tests/interop/books/arrivals.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;
using exchange::DestinationEvent;
using exchange::DestinationState;

// What was received, and where.
struct Received {
  pb::ExchangeTerms terms;
  std::uint64_t at = 0;
};

Received Accepted(World& world, pb::ExchangeTerms terms) {
  const std::uint64_t at = Done(world, Receive(terms));
  EXPECT_EQ(world.last().exchange_reception().answer(), pb::EXCHANGE_ANSWER_ACCEPTED);
  return {std::move(terms), at};
}
Received Accepted(World& world, std::uint64_t n = 1) { return Accepted(world, Arrival(world, n)); }

// How the exchange is, by its only reception.
std::string StateAt(const World& world, const pb::ExchangeTerms& terms) {
  const auto id = interop::ExchangeId::FromView(terms.exchange_id());
  const auto reception = world.Find(interop::ReceiveText(id), kRiver);
  const auto now = reception.has_value() ? world.state().FindUndone(reception->entry).exchange
                                         : std::optional<ExchangeNow>();
  return std::string(NameOf(now.has_value() ? static_cast<DestinationState>(now->state)
                                            : DestinationState::kNone));
}

TEST(ConclusionTest, ConfirmedPointsAreTheCitizens) {
  World world = Neighbours();
  const auto [terms, at] = Accepted(world);
  Done(world, ConfirmArrival(terms, at, kBob));
  // Earned there or here, as the terms say, and paid for by the river.
  EXPECT_EQ(Moves(world.last()), "28 -40; 6 +40 [661/s3/f8:30g300 662/f8:10g100]");
  EXPECT_EQ(Purse(world, kBob), "40 = 661/s3/f8:30g300 662/f8:10g100");
  EXPECT_EQ(PeerAccounts(world), "departed 0 arrived -40 leaving 0 coming 0");
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 12 prepaid 0");
  EXPECT_EQ(StateAt(world, terms), "confirmed");
  EXPECT_EQ(world.state().FindUndone(EntryIndex(at)).exchange->entry,
            EntryIndex(world.last_index()));
}

TEST(ConclusionTest, CancelledPointsAreDestroyed) {
  World world = Neighbours();
  const auto [terms, at] = Accepted(world);
  Done(world, CancelArrival(terms, at));
  EXPECT_EQ(Moves(world.last()), "28 -40; 26 +40");
  EXPECT_EQ(PeerAccounts(world), "departed 0 arrived 0 leaving 0 coming 0");
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 0 prepaid 0");
  EXPECT_EQ(StateAt(world, terms), "cancelled");
}

// A debt is paid first, what is past its date gets the scheme's grace, and a frozen account takes
// what was promised to it.
TEST(ConclusionTest, TheCitizenAsHeIsNow) {
  World world = Neighbours();
  const auto received = Accepted(world, Arrival(world, 1, [](pb::ExchangeTerms& terms) {
                                   terms.mutable_lots(0)->set_expiry_month(648);  // 2024-01
                                 }));
  Done(world, Award("a", kBob, kBudget, 20));
  const auto award = world.last_index();
  Done(world, Redeem("r", kBob, kShop, 15));
  Done(world, Reverse("v", award));
  Done(world, SetStatus("f", kBob, AccountStatus::kFrozen));
  EXPECT_EQ(Purse(world, kBob), "-15 - debt 15");
  Done(world, ConfirmArrival(received.terms, received.at, kBob));
  EXPECT_EQ(Purse(world, kBob), "25 = 650/s3/f8:15g150 662/f8:10g100");
}

// A merchant claims fen as it does of a redemption, by the price of the day of the conclusion.
TEST(ConclusionTest, APaymentIsTheMerchants) {
  World world = Neighbours();
  const auto [terms, at] = Accepted(world, PaymentHere(world));
  Done(world, ConfirmArrival(terms, at, kTillAccount));
  EXPECT_EQ(Moves(world.last()), "28 -40; 24 +40; 13 -40; 21 +40");
  EXPECT_EQ(world.last().exchange_conclusion().price(), 1U);
  EXPECT_EQ(Books(world), "claim 40 today 40 settling 0 paid 0");
  EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 12 prepaid 0");

  const auto second = Accepted(world, PaymentHere(world, 2));
  const BusinessDate tomorrow(world.today().value() + 1);
  Done(world, Publish("second price", kPoints, kFen, ParticipantNo(0), tomorrow, {3, 2}));
  world.WaitDays(1);
  Done(world, ConfirmArrival(second.terms, second.at, kShop));
  EXPECT_EQ(Moves(world.last()), "28 -40; 9 +40; 13 -60; 21 +60");
}

// Nobody may have them: they expire, and the origin still owes for them.
TEST(ConclusionTest, WhoCannotTakeThem) {
  struct Row {
    bool payment;
    AccountNo account;
  };
  for (const Row& row : std::vector<Row>{{false, AccountNo(0)},
                                         {false, AccountNo(999)},
                                         {false, kShop},
                                         {false, kStampBob},
                                         {false, kBudget},
                                         {false, kExpiry},
                                         {true, kBob},
                                         {true, kStampShop}}) {
    World world = Neighbours();
    const auto [terms, at] = Accepted(world, row.payment ? PaymentHere(world) : Arrival(world));
    Done(world, ConfirmArrival(terms, at, row.account));
    EXPECT_EQ(Moves(world.last()), "28 -40; 2 +40") << row.account.value();
    EXPECT_EQ(world.last().exchange_conclusion().account(), kExpiry.value());
    EXPECT_EQ(world.last().exchange_conclusion().price(), 0U);
    EXPECT_EQ(PositionWith(world), "in flight 0 owed 0 owed to us 12 prepaid 0");
  }
  World world = Neighbours();
  const auto first = Accepted(world, 1);
  const auto second = Accepted(world, 2);
  Done(world, Close("c", kBob));
  Done(world, ConfirmArrival(first.terms, first.at, kBob));
  EXPECT_EQ(Moves(world.last()), "28 -40; 2 +40");
  // One that goes on as another is found there.
  Done(world, By(OpenCitizen("o", kPoints, 'a'), kOperator));
  const AccountNo old(world.state().head().next_account.value() - 1);
  Done(world, By(OpenCitizen("p", kPoints, 'b'), kOperator));
  const AccountNo goes_on(world.state().head().next_account.value() - 1);
  Done(world, By(Merge("m", old, goes_on), kOperator));
  Done(world, ConfirmArrival(second.terms, second.at, old));
  EXPECT_EQ(world.BalanceOf(goes_on), 40);
}

// Brings the exchange into the state; where its reception is, if there is one.
std::uint64_t Bring(World& world, const pb::ExchangeTerms& terms, DestinationState state) {
  if (state == DestinationState::kNone) {
    return 0;
  }
  if (state == DestinationState::kBlocked) {
    return Done(world, BlockArrival(terms.exchange_id()));
  }
  const bool rejected = state == DestinationState::kRejected;
  const auto at = Done(world, Receive(terms, rejected ? "unknown_recipient" : ""));
  if (state == DestinationState::kConfirmed) {
    Done(world, ConfirmArrival(terms, at, kBob));
  } else if (state == DestinationState::kCancelled) {
    Done(world, CancelArrival(terms, at));
  }
  return at;
}

// What an honest desk asks on the event; nullopt when it only answers.
std::optional<Command> CommandOn(DestinationEvent event, DestinationState state,
                                 const pb::ExchangeTerms& terms, std::uint64_t at) {
  switch (event) {
    case DestinationEvent::kPrepareGood:
    case DestinationEvent::kPrepareLater:
      return Receive(terms);
    case DestinationEvent::kPrepareBad:
      return Receive(terms, "unknown_recipient");
    case DestinationEvent::kCommitted:
      return ConfirmArrival(terms, at, kBob);
    case DestinationEvent::kAborted:
      return state == DestinationState::kNone ? BlockArrival(terms.exchange_id())
                                              : CancelArrival(terms, at);
    default:
      return std::nullopt;
  }
}

// The rows allow what the table of the protocol allows: an entry where it names a new state, and
// nothing elsewhere.
TEST(ConclusionTest, EveryStateWithEveryEvent) {
  for (const exchange::DestinationRow& row : exchange::DestinationTable()) {
    World world = Neighbours();
    const auto terms = Arrival(world);
    const auto at = Bring(world, terms, row.state);
    EXPECT_EQ(StateAt(world, terms), NameOf(row.state));
    if (row.event == DestinationEvent::kPrepareLater) {
      Done(world, SuspendPeer("later", false, true));
    }
    const auto command = CommandOn(row.event, row.state, terms, at);
    if (!command.has_value()) {
      EXPECT_EQ(row.next, row.state);
      continue;
    }
    const std::size_t size = world.entries().size();
    const std::string answer = world.Ask(*command);
    const std::string name =
        std::string(NameOf(row.state)) + ", " + std::string(NameOf(row.event)) + ": " + answer;
    EXPECT_EQ(StateAt(world, terms), NameOf(row.next)) << name;
    EXPECT_EQ(world.entries().size() - size, row.next == row.state ? 0U : 1U) << name;
  }
}

TEST(ConclusionTest, WhatIsRefused) {
  World world = Neighbours();
  const auto [terms, at] = Accepted(world);
  const auto with = [&, terms = terms, at = at](auto change) {
    Command command = ConfirmArrival(terms, at, kBob);
    change(*command.draft.mutable_exchange_conclusion());
    return command;
  };
  Command cancelled_in_window = CancelArrival(terms, at);
  cancelled_in_window.draft.mutable_exchange_conclusion()->set_window(1);
  Command cancelled_to_bob = CancelArrival(terms, at);
  cancelled_to_bob.draft.mutable_exchange_conclusion()->set_account(kBob.value());
  const std::string unknown = "UNKNOWN_EXCHANGE reception";
  const std::string request =
      "FIELD_INVALID request_id problem=must be the peer's, of this exchange";
  const std::string proof =
      "FIELD_INVALID proof problem=must name an entry, a checkpoint and a message";
  Play(world,
       {
           {with([](auto& body) { body.set_reception(999); }), unknown},
           {with([](auto& body) { body.set_reception(kFirst); }), unknown},
           {By(ConfirmArrival(terms, at, kBob), kPlatform), request},
           {ConfirmArrival(Arrival(world, 2), at, kBob), request},
           {with([](auto& body) { body.clear_end(); }), "FIELD_INVALID end problem=must be stated"},
           {with([](auto& body) { body.clear_proof(); }), proof},
           {with([](auto& body) { body.mutable_proof()->set_size(7); }), proof},
           {with([](auto& body) { body.mutable_proof()->set_root("short"); }), proof},
           {with([](auto& body) { body.mutable_proof()->clear_message_hash(); }), proof},
           {with([](auto& body) { body.clear_window(); }),
            "FIELD_INVALID window problem=is that of a commitment"},
           {cancelled_in_window, "FIELD_INVALID window problem=is that of a commitment"},
           {cancelled_to_bob, "FIELD_INVALID account problem=is for points that somebody gets"},
       });
}

}  // namespace
}  // namespace tanhui
