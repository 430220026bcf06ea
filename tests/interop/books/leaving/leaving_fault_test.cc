// Entries about what leaves that decide cannot have made: apply answers what is wrong with them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/interop/books/leaving/departures.h"
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

pb::ExchangePreparation& Preparation(Entry& entry) { return *entry.mutable_exchange_preparation(); }
pb::ExchangeTerms& Terms(Entry& entry) { return *Preparation(entry).mutable_terms(); }

// So that the hash is not what gives it away.
void Rehash(Entry& entry) {
  ASSERT_TRUE(interop::TermsCanBe(Terms(entry)));
  Preparation(entry).set_terms_hash(std::string(interop::TermsHash(Terms(entry)).view()));
}

// One point more leaves than the entry said.
void TakeOneMore(Entry& entry) {
  pb::Posting& from = *entry.mutable_postings(0);
  from.set_amount(from.amount() - 1);
  from.set_balance_after(from.balance_after() - 1);
  from.mutable_lots(0)->set_points(from.lots(0).points() - 1);
  pb::Posting& to = *entry.mutable_postings(1);
  to.set_amount(to.amount() + 1);
  to.set_balance_after(to.balance_after() + 1);
}

TEST(LeavingFaultTest, APreparation) {
  World world = Neighbours();
  Done(world, SetPeerTerms("limit", world.today(),
                           [](pb::PeerTerms& terms) { terms.set_citizen_month_points(200); }));
  ExpectFaults(world, Send(world, "x", kAlice, 100),
               {
                   [](Entry& e) { Preparation(e).set_peer(kHill.value()); },
                   [](Entry& e) { Preparation(e).set_peer(0); },
                   [](Entry& e) { Preparation(e).set_account(kBob.value()); },
                   [](Entry& e) { Preparation(e).set_points(0); },
                   [](Entry& e) { Preparation(e).set_points(-100); },
                   [](Entry& e) { Preparation(e).set_points(90); },
                   [](Entry& e) { Preparation(e).set_points(INT64_MAX); },
                   [](Entry& e) { Preparation(e).set_kind(pb::EXCHANGE_KIND_UNSPECIFIED); },
                   [](Entry& e) { Preparation(e).set_kind(pb::EXCHANGE_KIND_PAYMENT); },
                   [](Entry& e) { Preparation(e).set_to_points(1); },
                   [](Entry& e) { Preparation(e).clear_sender(); },
                   [](Entry& e) { Preparation(e).set_recipient("short"); },
                   [](Entry& e) { Preparation(e).set_recipient(std::string(kSender)); },
                   [](Entry& e) { Preparation(e).set_expiry_micros(e.recorded_micros()); },
                   [](Entry& e) { Preparation(e).set_expiry_micros(INT64_MAX); },
                   [](Entry& e) { Preparation(e).set_expiry_micros(INT64_MIN); },
                   [](Entry& e) { Preparation(e).clear_terms(); },
                   [](Entry& e) { Preparation(e).clear_terms_hash(); },
                   [](Entry& e) { Terms(e).clear_exchange_id(); },
                   [](Entry& e) {
                     Terms(e).set_exchange_id(
                         std::string(interop::IdOf(EntryIndex(5), LedgerTime(5)).view()));
                     Rehash(e);
                   },
                   [](Entry& e) {
                     Terms(e).set_origin("another.example/log");
                     Rehash(e);
                   },
                   [](Entry& e) {
                     Terms(e).set_destination("another.example/log");
                     Rehash(e);
                   },
                   [](Entry& e) {
                     Terms(e).set_fen(9);
                     Rehash(e);
                   },
                   [](Entry& e) {
                     Terms(e).set_rates(2);
                     Rehash(e);
                   },
                   [](Entry& e) {
                     Terms(e).set_to_points(151);
                     Terms(e).mutable_lots(0)->set_points(151);
                     Rehash(e);
                   },
                   [](Entry& e) {
                     Terms(e).mutable_lots(0)->set_expiry_month(kNever.value());
                     Rehash(e);
                   },
                   [](Entry& e) {
                     Terms(e).set_expiry_micros(Terms(e).expiry_micros() + 1);
                     Rehash(e);
                   },
                   TakeOneMore,
                   [](Entry& e) { e.clear_postings(); },
                   [](Entry& e) { e.mutable_postings(1)->set_account(kComing.value()); },
                   [](Entry& e) { e.mutable_postings()->SwapElements(0, 1); },
               });
}

TEST(LeavingFaultTest, APreparationThatThePeersRowsDoNotAllow) {
  World world = Neighbours();
  const Command command = Send(world, "x", kAlice, 100);
  const Entry entry = std::get<Entry>(world.Decide(command));
  const auto fault_after = [&](const Command& change) {
    World other = world;
    EXPECT_EQ(other.Ask(change), "OK");
    Entry late = entry;  // its id would give it away
    Preparation(late).mutable_terms()->set_exchange_id(
        std::string(interop::IdOf(EntryIndex(other.last_index() + 1), other.now()).view()));
    Rehash(late);
    return other.FaultOf(late);
  };
  using T = pb::PeerTerms;
  EXPECT_EQ(fault_after(PrepayPeer("p", 1)), "OK");
  EXPECT_EQ(fault_after(SuspendPeer("s", true, false)),
            "an exchange that the peer's rows do not allow");
  EXPECT_EQ(fault_after(SetPeerTerms("t", world.today(), [](T& t) { t.set_sends_points(false); })),
            "an exchange that the peer's rows do not allow");
  EXPECT_EQ(fault_after(SetPeerTerms("t", world.today(), [](T& t) { t.set_cap_fen(9); })),
            "an exchange beyond the cap of the position");
  EXPECT_EQ(
      fault_after(SetPeerTerms("t", world.today(), [](T& t) { t.set_citizen_month_points(99); })),
      "a citizen sends more than a month's points");
}

pb::ExchangeDecision& Decision(Entry& entry) { return *entry.mutable_exchange_decision(); }

void ShiftToward(Entry& entry, std::int64_t amount) {
  for (const auto& [at, change] : {std::pair(0, -amount), std::pair(1, amount)}) {
    pb::Posting& posting = *entry.mutable_postings(at);
    posting.set_amount(posting.amount() + change);
    posting.set_balance_after(posting.balance_after() + change);
  }
}

TEST(LeavingFaultTest, ACommitment) {
  World world = Neighbours();
  const auto index = Done(world, Send(world, "x", kAlice, 100));
  ExpectFaults(world, Commit(world, index),
               {
                   [](Entry& e) { Decision(e).set_peer(kHill.value()); },
                   [](Entry& e) { Decision(e).clear_exchange_id(); },
                   [](Entry& e) { Decision(e).mutable_exchange_id()->back() ^= 1; },
                   [](Entry& e) { Decision(e).set_preparation(0); },
                   [](Entry& e) { Decision(e).set_preparation(2); },
                   [](Entry& e) { Decision(e).set_preparation(UINT64_MAX); },
                   [](Entry& e) { Decision(e).set_outcome(pb::EXCHANGE_OUTCOME_UNSPECIFIED); },
                   [](Entry& e) { Decision(e).set_outcome(pb::EXCHANGE_OUTCOME_ABORTED); },
                   [](Entry& e) { Decision(e).set_reason("rejected"); },
                   [](Entry& e) { Decision(e).clear_proof(); },
                   [](Entry& e) { Decision(e).mutable_proof()->clear_message_hash(); },
                   [](Entry& e) { Decision(e).set_window(2); },
                   [](Entry& e) { Decision(e).set_fen(-1); },
                   [](Entry& e) { Decision(e).set_fen(11); },
                   [](Entry& e) { Decision(e).set_fen(INT64_MAX); },
                   [](Entry& e) { e.set_caller(kPlatform.value()); },
                   [](Entry& e) { e.set_request_id("\x02x"); },
                   [](Entry& e) { e.clear_postings(); },
                   [](Entry& e) { ShiftToward(e, -200); },
                   [](Entry& e) { e.mutable_postings(1)->set_account(kComing.value()); },
               });
}

TEST(LeavingFaultTest, AnAbortion) {
  World world = Neighbours();
  const auto index = Done(world, Send(world, "x", kAlice, 100));
  const Entry commitment = std::get<Entry>(world.Decide(Commit(world, index)));
  ExpectFaults(world, Abort(world, index),
               {
                   [](Entry& e) { Decision(e).set_outcome(pb::EXCHANGE_OUTCOME_COMMITTED); },
                   [](Entry& e) { Decision(e).set_reason("never_prepared"); },
                   [](Entry& e) { Decision(e).clear_reason(); },
                   [](Entry& e) { Decision(e).set_window(1); },
                   [](Entry& e) { Decision(e).set_fen(11); },
               });
  EXPECT_EQ(Tampered(world, Abort(world, index),
                     [&](Entry& e) { *e.mutable_postings() = commitment.postings(); }),
            "a decision that cannot be");
  Done(world, Abort(world, index));
  Entry again = commitment;
  again.set_request_id("");
  EXPECT_EQ(world.FaultOf(again), "a decision that cannot be");
  EXPECT_EQ(world.FaultOf(commitment), "a request id stands twice in the log");
}

TEST(LeavingFaultTest, AnIdThatMayStillBePrepared) {
  World world = Neighbours();
  const interop::ExchangeId past = interop::IdOf(EntryIndex(3), LedgerTime(7));
  ExpectFaults(world, Block(past),
               {
                   [](Entry& e) { Decision(e).set_fen(1); },
                   [](Entry& e) { Decision(e).set_reason("rejected"); },
                   [](Entry& e) { Decision(e).set_preparation(3); },
               });
  const interop::ExchangeId ahead =
      interop::IdOf(EntryIndex(1'000), LedgerTime(world.now().value() + 1));
  EXPECT_EQ(Tampered(world, Block(past),
                     [&](Entry& e) {
                       e.mutable_exchange_decision()->set_exchange_id(std::string(ahead.view()));
                       e.set_request_id(Block(ahead).draft.request_id());
                     }),
            "a decision of what may still be prepared");
}

pb::ExchangeReturn& Return(Entry& entry) { return *entry.mutable_exchange_return(); }

TEST(LeavingFaultTest, AReturn) {
  World world = Neighbours();
  const auto index = Done(world, Send(world, "x", kAlice, 100));
  Done(world, Send(world, "y", kAlice, 50));
  Done(world, Abort(world, index));
  ExpectFaults(world, GiveBack(world, index),
               {
                   [](Entry& e) { Return(e).set_preparation(2); },
                   [](Entry& e) { Return(e).set_preparation(Return(e).preparation() + 1); },
                   [](Entry& e) { Return(e).set_preparation(UINT64_MAX); },
                   [](Entry& e) { Return(e).set_prepared_on(-1); },
                   [](Entry& e) { Return(e).set_prepared_on(INT32_MAX); },
                   [](Entry& e) { e.clear_postings(); },
                   [](Entry& e) { e.mutable_postings()->SwapElements(0, 1); },
                   [](Entry& e) { e.mutable_postings(0)->set_account(kDeparted.value()); },
                   [](Entry& e) { e.mutable_postings(0)->set_account(kShop.value()); },
                   [](Entry& e) { e.mutable_postings(1)->set_account(kShop.value()); },
               });
  const Entry entry = std::get<Entry>(world.Decide(GiveBack(world, index)));
  Done(world, GiveBack(world, index));
  Entry again = entry;
  again.set_request_id(
      "\x02"
      "another");
  EXPECT_NE(world.FaultOf(again), "OK");
}

}  // namespace
}  // namespace tanhui
