// Entries of the destination and of windows that decide cannot have made: apply answers what is
// wrong with them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/interop/books/arrivals.h"

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

pb::ExchangeReception& Reception(Entry& entry) { return *entry.mutable_exchange_reception(); }
pb::ExchangeConclusion& Conclusion(Entry& entry) { return *entry.mutable_exchange_conclusion(); }
pb::WindowStep& Step(Entry& entry) { return *entry.mutable_window_step(); }

// Moves what a posting says to another account, with what stands there after it.
void MoveTo(const World& world, AccountNo account, pb::Posting& posting) {
  const Account& now = world.Of(account);
  posting.set_account(account.value());
  posting.set_balance_after(now.balance.units() + posting.amount());
  posting.set_previous(now.last_entry_plus_one);
}

TEST(ComingFaultTest, AReceptionThatWasAccepted) {
  const World world = Neighbours();
  ExpectFaults(world, Receive(Arrival(world)),
               {
                   [](Entry& e) { Reception(e).set_peer(kHill.value()); },
                   [](Entry& e) { Reception(e).set_exchange_id("short"); },
                   [](Entry& e) { Reception(e).set_exchange_id("0123456789abcdef"); },
                   [](Entry& e) { e.set_caller(kPlatform.value()); },
                   [](Entry& e) { e.set_request_id("\x02other"); },
                   [](Entry& e) { Reception(e).clear_terms(); },
                   [](Entry& e) { Reception(e).clear_terms_hash(); },
                   [](Entry& e) { Reception(e).mutable_terms()->set_fen(13); },
                   [](Entry& e) { Reception(e).mutable_terms()->set_origin("hill.example/log"); },
                   [](Entry& e) { Reception(e).clear_answer(); },
                   [](Entry& e) { Reception(e).set_answer(pb::EXCHANGE_ANSWER_REJECTED); },
                   [](Entry& e) { Reception(e).set_answer(pb::EXCHANGE_ANSWER_BLOCKED); },
                   [](Entry& e) { Reception(e).set_reason("why"); },
                   [](Entry& e) { e.clear_postings(); },
                   [](Entry& e) { e.mutable_postings()->SwapElements(0, 1); },
                   [](Entry& e) {
                     for (pb::Posting& posting : *e.mutable_postings()) {
                       posting.set_amount(posting.amount() / 2);
                       posting.set_balance_after(posting.amount());
                     }
                   },
               });
  const std::string elsewhere = Tampered(world, Receive(Arrival(world)), [&world](Entry& entry) {
    MoveTo(world, kShop, *entry.mutable_postings(1));
  });
  EXPECT_EQ(elsewhere, "the postings are not on the accounts of the body");
}

TEST(ComingFaultTest, AReceptionThatMakesNothing) {
  const World world = Neighbours();
  ExpectFaults(world, Receive(Arrival(world), "unknown_recipient"),
               {
                   [](Entry& e) { Reception(e).clear_reason(); },
                   [](Entry& e) { Reception(e).set_reason("Because."); },
                   [](Entry& e) { Reception(e).clear_terms_hash(); },
                   [](Entry& e) { Reception(e).set_answer(pb::EXCHANGE_ANSWER_ACCEPTED); },
               });
  const auto terms = Arrival(world);
  ExpectFaults(world, BlockArrival(terms.exchange_id()),
               {
                   [](Entry& e) { Reception(e).set_reason("why"); },
                   [](Entry& e) { Reception(e).set_terms_hash("hash"); },
                   [](Entry& e) { Reception(e).mutable_terms(); },
                   [](Entry& e) { Reception(e).set_answer(pb::EXCHANGE_ANSWER_REJECTED); },
               });
}

TEST(ComingFaultTest, AConclusion) {
  World world = Neighbours();
  const auto terms = Arrival(world);
  const auto at = Done(world, Receive(terms));
  const auto other = Arrival(world, 2);
  const auto rejected = Done(world, Receive(other, "unknown_recipient"));
  const Command confirm = ConfirmArrival(terms, at, kBob);
  ExpectFaults(world, confirm,
               {
                   [](Entry& e) { Conclusion(e).set_reception(kFirst); },
                   [](Entry& e) { Conclusion(e).set_reception(1'000'000); },
                   [](Entry& e) { Conclusion(e).clear_end(); },
                   [](Entry& e) { Conclusion(e).set_end(pb::EXCHANGE_END_CANCELLED); },
                   [](Entry& e) { Conclusion(e).clear_proof(); },
                   [](Entry& e) { Conclusion(e).clear_window(); },
                   [](Entry& e) { Conclusion(e).set_account(kAlice.value()); },
                   [](Entry& e) { Conclusion(e).set_price(1); },
                   [](Entry& e) { Conclusion(e).set_fen(-1); },
                   [](Entry& e) { e.set_caller(kPlatform.value()); },
                   [](Entry& e) { e.clear_postings(); },
                   [](Entry& e) { e.mutable_postings()->SwapElements(0, 1); },
               });
  EXPECT_EQ(
      Tampered(world, confirm, [rejected](Entry& e) { Conclusion(e).set_reception(rejected); }),
      "an exchange is concluded that was not accepted");
  EXPECT_EQ(Tampered(world, confirm,
                     [&world](Entry& entry) {
                       pb::Posting& posting = *entry.mutable_postings(1);
                       posting.clear_lots();
                       MoveTo(world, kBudget, posting);
                       Conclusion(entry).set_account(kBudget.value());
                     }),
            "points of another city are given to who cannot get them");
  EXPECT_EQ(
      Tampered(world, CancelArrival(terms, at), [](Entry& entry) { Conclusion(entry).set_fen(1); }),
      "an exchange is cancelled, and something else besides");
  EXPECT_EQ(Tampered(world, CancelArrival(terms, at),
                     [&world](Entry& entry) { MoveTo(world, kShop, *entry.mutable_postings(1)); }),
            "an exchange is cancelled, and something else besides");
  EXPECT_EQ(Tampered(world, CancelArrival(terms, at),
                     [](Entry& entry) {
                       for (pb::Posting& posting : *entry.mutable_postings()) {
                         posting.set_amount(2 * posting.amount());
                         posting.set_balance_after(posting.amount() < 0 ? -40 : 40);
                       }
                     }),
            "more points are concluded than came");
}

TEST(ComingFaultTest, AConclusionOfAPayment) {
  World world = Neighbours();
  const auto terms = PaymentHere(world);
  const auto at = Done(world, Receive(terms));
  ExpectFaults(world, ConfirmArrival(terms, at, kShop),
               {
                   [](Entry& e) { Conclusion(e).clear_price(); },
                   [](Entry& e) { Conclusion(e).set_price(2); },
                   [](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); },
               });
}

TEST(ComingFaultTest, AStepOfAWindow) {
  World world = Neighbours();
  const auto terms = Arrival(world);
  const auto at = Done(world, Receive(terms));
  Done(world, ConfirmArrival(terms, at, kBob));
  const auto statement = StatementOf(1, 0, 12);
  ExpectFaults(world, TheirList("l", 1),
               {
                   [](Entry& e) { Step(e).set_peer(0); },
                   [](Entry& e) { Step(e).set_window(0); },
                   [](Entry& e) { Step(e).set_window(2); },
                   [](Entry& e) { Step(e).clear_action(); },
                   [](Entry& e) { Step(e).set_action(pb::WINDOW_ACTION_COMPLETE); },
                   [](Entry& e) { Step(e).set_digest("short"); },
                   [](Entry& e) { Step(e).set_owed_fen(1); },
                   [](Entry& e) { Step(e).set_reference("r"); },
               });
  for (const Command& step :
       {TheirList("l", 1), TheirMissing("m", 1), StepWindow("c", 1, pb::WINDOW_ACTION_COMPLETE)}) {
    Done(world, step);
  }
  ExpectFaults(world, StateWindow("s", statement),
               {
                   [](Entry& e) { Step(e).clear_statement(); },
                   [](Entry& e) { Step(e).set_due_fen(11); },
                   [](Entry& e) { Step(e).set_owed_fen(1); },
               });
  Done(world, StateWindow("s", statement));
  ExpectFaults(world, AgreeWindow("a", statement), {[](Entry& e) { Step(e).set_note("note"); }});
  Done(world, AgreeWindow("a", statement));
  ExpectFaults(world, SettleWindow("p", 1), {[](Entry& e) { Step(e).clear_reference(); }});
}

}  // namespace
}  // namespace tanhui
