// Exchanges that come, and windows, through the sequencer: with a restart between any two steps
// they make the same log, records and lists; what commands of one batch need of each other is
// loaded; the audit decides all of it again and tells what was forged.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/terms.h"
#include "tests/interop/books/arrivals.h"
#include "tests/ledger/sequencer/exchanges/town_records.h"
#include "tests/ledger/sequencer/forged_town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

namespace pb = entry::v1;

constexpr AccountNo kTownArrived{14};  // the second account of the peer here
constexpr AccountNo kTownComing{16};
constexpr AccountNo kTownClaim{21};
constexpr std::int64_t kDue = 12;  // fen of one arrival

// What comes from the river, one command after the other.
class Story {
 public:
  // `between` is called after each.
  Story(Town& town, std::function<void()> between) : town_(town), between_(std::move(between)) {}

  void Tell() {
    Prepare();
    const auto first = ArrivalAt(Now(), 1);
    Ask("accepted", Receive(first));
    Ask("confirmed", ConfirmArrival(first, At("accepted"), kBob));
    const auto paying = ArrivalAt(Now(), 2, AsPayment);
    Ask("payment", Receive(paying));
    Ask("paid", ConfirmArrival(paying, At("payment"), kShop));
    const auto third = ArrivalAt(Now(), 3);
    Ask("third", Receive(third));
    Ask("cancelled", CancelArrival(third, At("third")));
    Ask("rejected", Receive(ArrivalAt(Now(), 4), "unknown_recipient"));
    Ask("switched off", Receive(ArrivalAt(Now(), 5, [](auto& terms) { terms.set_rates(2); })));
    Ask("blocked", BlockArrival(ArrivalAt(Now(), 6).exchange_id()));
    // Nobody is found, and an account that goes on as another.
    const auto lost = ArrivalAt(Now(), 7);
    Ask("lost", Receive(lost));
    const auto merged = ArrivalAt(Now(), 8);
    Ask("merged", Receive(merged));
    Ask("merge", Merge("merge", kBob, kAlice));
    Ask("expired", ConfirmArrival(lost, At("lost"), AccountNo(0)));
    Ask("went on", ConfirmArrival(merged, At("merged"), kBob, 2));
    Windows();
    Ask("open", Receive(ArrivalAt(Now(), 9)));
  }
  void Prepare() {
    Ask("river", CreateCity("river", "river"));
    Ask("hill", CreateCity("hill", "hill"));
    Ask("scheme", By(CreateScheme("river-points", "river-points"), kOperator));
    Ask("peer", RegisterPeer("peer"));
    Ask("terms", SetPeerTerms("terms", Today()));
    Ask("rates", AgreeOnRates("rates", 1, BusinessDate(Today().value() + 1)));
    Ask("money", CreateMoney("money", "fen", kMidnight));
    Ask("claim", OpenClaim("claim", kFen, kMall));
    Ask("price", Publish("price", kPoints, kFen, ParticipantNo(0), Today(), {1, 2}));
    town_.clock().Wait(kMicrosPerDay);
  }
  std::uint64_t At(const std::string& name) const { return entries_.at(name); }

 private:
  void Windows() {
    const auto statement = StatementOf(1, 0, 3 * kDue);
    Ask("close", StepWindow("w1", 1, pb::WINDOW_ACTION_CLOSE));
    Ask("list", TheirList("w2", 1, 3));
    Ask("itemise", StepWindow("w3", 1, pb::WINDOW_ACTION_ITEMISE, [](pb::WindowStep& step) {
          step.add_exchange_ids(std::string(16, 'i'));
        }));
    Ask("missing", TheirMissing("w4", 1));
    Ask("complete", StepWindow("w5", 1, pb::WINDOW_ACTION_COMPLETE));
    Ask("state", StateWindow("w6", statement));
    Ask("agree", AgreeWindow("w7", statement));
    Ask("settle", SettleWindow("w8", 1));
  }
  LedgerTime Now() const { return town_.clock().Wall(); }
  BusinessDate Today() const { return ShanghaiDate(Now()); }
  void Ask(const std::string& name, const Command& command) {
    const std::string outcome = town_.Ask(command);
    EXPECT_TRUE(outcome.starts_with("OK ")) << name << ": " << outcome;
    entries_[name] = town_.Size() - 1;
    between_();
  }

  Town& town_;
  const std::function<void()> between_;
  std::map<std::string, std::uint64_t> entries_;
};

TEST(ComingTownTest, ARestartBetweenAnyTwo) {
  Town straight;
  Story(straight, [] {}).Tell();
  ASSERT_FALSE(HasFailure());
  Town restarted;
  Story(restarted, [&] { restarted.Reopen(); }).Tell();
  ASSERT_EQ(LogOf(restarted), LogOf(straight));
  const Records ours = RecordsOf(straight);
  EXPECT_TRUE(RecordsOf(restarted) == ours);
  EXPECT_EQ(straight.BalanceOf(kTownArrived), -5 * 40);
  EXPECT_EQ(straight.BalanceOf(kTownComing), 40);
  EXPECT_EQ(straight.BalanceOf(kTownClaim), 20);
  EXPECT_EQ(straight.BalanceOf(kExpiry), 40);
  EXPECT_EQ(straight.BalanceOf(kAlice), 80);
  EXPECT_EQ(Listed(ours, Listing::kExchangesOfAccount, kBob.value()), 1u);
  EXPECT_EQ(Listed(ours, Listing::kExchangesOfAccount, kAlice.value()), 1u);
  EXPECT_EQ(Listed(ours, Listing::kExchangesOfAccount, kShop.value()), 1u);
  EXPECT_GE(Listed(ours, Listing::kStepsWithPeer, kRiver.value()), 22u);
  EXPECT_EQ(straight.Difference(), "");
  EXPECT_EQ(restarted.Difference(), "");
}

// Receptions and conclusions at once, then again.
TEST(ComingTownTest, OneBatchNeedsNothingBeforeIt) {
  Town town;
  Story(town, [] {}).Prepare();
  const LedgerTime now = town.clock().Wall();
  const std::uint64_t next = town.Size();
  const auto first = ArrivalAt(now, 1);
  const auto second = ArrivalAt(now, 2, AsPayment);
  const auto batch =
      std::vector<Command>{Receive(first), Receive(second), ConfirmArrival(first, next, kBob),
                           ConfirmArrival(second, next + 1, kShop), CancelArrival(first, next)};
  const std::vector<std::string> outcomes = town.AskAll(batch);
  EXPECT_EQ(outcomes, (std::vector<std::string>{
                          absl::StrCat("OK ", next), absl::StrCat("OK ", next + 1),
                          absl::StrCat("OK ", next + 2), absl::StrCat("OK ", next + 3),
                          absl::StrCat("REQUEST_ID_REUSED end entry_index=", next + 2)}));
  town.Reopen();
  EXPECT_EQ(town.AskAll(std::vector<Command>(batch.begin(), batch.begin() + 4)),
            (std::vector<std::string>{
                absl::StrCat("AGAIN ", next), absl::StrCat("AGAIN ", next + 1),
                absl::StrCat("AGAIN ", next + 2), absl::StrCat("AGAIN ", next + 3)}));
  EXPECT_EQ(town.BalanceOf(kBob), 40);
  EXPECT_EQ(town.BalanceOf(kTownComing), 0);
  EXPECT_EQ(town.Difference(), "");
}

class ForgedComingTest : public ForgedTown {
 protected:
  void SetUp() override {
    story_.Tell();
    ASSERT_FALSE(HasFailure());
    ASSERT_EQ(town_.Difference(), "");
    town_.Close();
  }
  Story story_{town_, [] {}};
};

// `points` more from one posting to another.
void Shift(Entry& entry, int from, int to, std::int64_t points) {
  for (const auto& [at, amount] : {std::pair(from, -points), std::pair(to, points)}) {
    auto& posting = *entry.mutable_postings(at);
    posting.set_amount(posting.amount() + amount);
    posting.set_balance_after(posting.balance_after() + amount);
  }
}

TEST_F(ForgedComingTest, Receptions) {
  const auto reception = [](Entry& e) -> pb::ExchangeReception& {
    return *e.mutable_exchange_reception();
  };
  ExpectEach(
      story_.At("accepted"),
      {[&](Entry& e) { reception(e).set_peer(kHill.value()); },
       [&](Entry& e) { reception(e).set_exchange_id("0123456789abcdef"); },
       [&](Entry& e) { reception(e).mutable_terms()->set_fen(0); },
       [&](Entry& e) { reception(e).mutable_terms()->set_rates(7); },
       [&](Entry& e) { reception(e).mutable_terms()->mutable_lots(0)->clear_city(); },
       [&](Entry& e) {
         reception(e).mutable_terms()->mutable_lots(0)->set_city("moon.example/log");
         reception(e).set_terms_hash(std::string(interop::TermsHash(reception(e).terms()).view()));
       },
       [&](Entry& e) { reception(e).clear_answer(); }, [](Entry& e) { e.clear_postings(); },
       [](Entry& e) { Shift(e, 0, 1, 1); }});
  ExpectEach(story_.At("rejected"), {[&](Entry& e) { reception(e).clear_reason(); },
                                     [&](Entry& e) { reception(e).clear_terms(); }});
  ExpectEach(story_.At("blocked"), {[&](Entry& e) { reception(e).set_reason("why"); }});
}

TEST_F(ForgedComingTest, Conclusions) {
  const auto conclusion = [](Entry& e) -> pb::ExchangeConclusion& {
    return *e.mutable_exchange_conclusion();
  };
  const std::uint64_t open = story_.At("merged");
  for (const char* name : {"confirmed", "paid", "expired", "went on"}) {
    ExpectEach(story_.At(name),
               {[&](Entry& e) { conclusion(e).set_reception(~0ULL); },
                [&](Entry& e) { conclusion(e).set_reception(1); },
                [&](Entry& e) { conclusion(e).set_fen(conclusion(e).fen() - 1); },
                [&](Entry& e) { conclusion(e).set_fen(-1); },
                [&](Entry& e) { conclusion(e).set_account(999); },
                [&](Entry& e) { conclusion(e).set_price(conclusion(e).price() + 1); },
                [&](Entry& e) { conclusion(e).set_end(pb::EXCHANGE_END_CANCELLED); },
                [](Entry& e) { e.clear_postings(); }, [](Entry& e) { Shift(e, 0, 1, 1); }});
  }
  // Another exchange than the one that the request names.
  ExpectEach(story_.At("expired"), {[&](Entry& e) { conclusion(e).set_reception(open); }});
  ExpectEach(story_.At("cancelled"),
             {[&](Entry& e) { conclusion(e).set_fen(1); },
              [&](Entry& e) { conclusion(e).set_window(1); }, [](Entry& e) { Shift(e, 0, 1, 1); }});
}

TEST_F(ForgedComingTest, Windows) {
  const auto step = [](Entry& e) -> pb::WindowStep& { return *e.mutable_window_step(); };
  for (const char* name :
       {"close", "list", "itemise", "missing", "complete", "state", "agree", "settle"}) {
    ExpectEach(
        story_.At(name),
        {[&](Entry& e) { step(e).set_peer(kHill.value()); },
         [&](Entry& e) { step(e).set_window(0); }, [&](Entry& e) { step(e).set_window(9); },
         [&](Entry& e) { step(e).clear_action(); }, [&](Entry& e) { step(e).set_statement("x"); },
         [&](Entry& e) { step(e).set_note("x"); }, [&](Entry& e) { step(e).set_owed_fen(1); },
         [&](Entry& e) { step(e).set_due_fen(-1); }});
  }
}

}  // namespace
}  // namespace tanhui::sequencer
