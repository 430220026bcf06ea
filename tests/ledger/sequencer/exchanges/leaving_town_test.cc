// Exchanges that leave through the sequencer: with a restart between any two steps they make the
// same log, records and lists; what commands of one batch need of each other is loaded; the audit
// decides all of it again and tells what was forged.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/leaving/sent.h"
#include "tests/interop/books/leaving/departures.h"
#include "tests/ledger/sequencer/exchanges/town_records.h"
#include "tests/ledger/sequencer/forged_town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

namespace pb = entry::v1;

// The four accounts of the peer here.
constexpr AccountNo kTownDeparted{13};
constexpr AccountNo kTownLeaving{15};

interop::ExchangeId IdOfEntry(const Town& town, std::uint64_t preparation) {
  return interop::ExchangeId::FromView(
      town.EntryAt(preparation).exchange_preparation().terms().exchange_id());
}

// What citizens send, one command after the other.
class Story {
 public:
  // `between` is called after each.
  Story(Town& town, std::function<void()> between) : town_(town), between_(std::move(between)) {}

  void Tell() {
    Prepare();
    committed_ = Ask(SendNow("send", kAlice, 100));
    Ask(CommitIt(IdOfEntry(town_, committed_)));
    aborted_ = Ask(SendNow("pay", kAlice, 50, Paying(60)));
    abortion_ = Ask(AbortIt(IdOfEntry(town_, aborted_)));
    return_ = Ask(ReturnIt(IdOfEntry(town_, aborted_)));
    Ask(Block(interop::IdOf(EntryIndex(committed_), LedgerTime(3))));
    // What is due of the account stands before the preparation.
    town_.clock().Wait(380 * kMicrosPerDay);
    Ask(Award("award-late", kBob, kBudget, 100));
    late_ = Ask(SendNow("send-late", kBob, 40));
    Ask(Merge("merge", kBob, kAlice));
    town_.clock().Wait(60 * kMicrosPerMinute);
    Ask(AbortIt(IdOfEntry(town_, late_), "expired"));
    Ask(ReturnIt(IdOfEntry(town_, late_)));
    Ask(SendNow("send-last", kAlice, 7));
  }
  void Prepare() {
    Ask(CreateCity("river", "river"));
    Ask(CreateCity("hill", "hill"));
    Ask(By(CreateScheme("river-points", "river-points"), kOperator));
    Ask(RegisterPeer("peer"));
    Ask(SetPeerTerms("terms", ShanghaiDate(town_.clock().Wall()),
                     [](pb::PeerTerms& terms) { terms.set_citizen_month_points(400); }));
    Ask(AgreeOnRates("rates", 1, BusinessDate(ShanghaiDate(town_.clock().Wall()).value() + 1)));
    town_.clock().Wait(kMicrosPerDay);
    Ask(Award("award-alice", kAlice, kBudget, 500));
    Ask(Award("award-bob", kBob, kBudget, 300));
  }

  std::uint64_t committed() const { return committed_; }
  std::uint64_t aborted() const { return aborted_; }
  std::uint64_t abortion() const { return abortion_; }
  std::uint64_t given_back() const { return return_; }

 private:
  Command SendNow(std::string_view id, AccountNo account, std::int64_t points,
                  const ChangePreparation& change = nullptr) {
    return SendAt(town_.clock().Wall(), id, account, points, change);
  }
  std::uint64_t Ask(const Command& command) {
    const std::string outcome = town_.Ask(command);
    EXPECT_TRUE(outcome.starts_with("OK "))
        << outcome << " of " << command.draft.ShortDebugString().substr(0, 300);
    between_();
    return town_.Size() - 1;
  }

  Town& town_;
  const std::function<void()> between_;
  std::uint64_t committed_ = 0;
  std::uint64_t aborted_ = 0;
  std::uint64_t abortion_ = 0;
  std::uint64_t return_ = 0;
  std::uint64_t late_ = 0;
};

TEST(LeavingTownTest, ARestartBetweenAnyTwo) {
  Town straight;
  Story story(straight, [] {});
  story.Tell();
  ASSERT_FALSE(HasFailure());
  Town restarted;
  Story(restarted, [&] { restarted.Reopen(); }).Tell();
  ASSERT_EQ(LogOf(restarted), LogOf(straight));
  const Records ours = RecordsOf(straight);
  EXPECT_TRUE(RecordsOf(restarted) == ours);
  EXPECT_EQ(straight.BalanceOf(kTownDeparted), 100);
  EXPECT_EQ(straight.BalanceOf(kTownLeaving), 7);
  EXPECT_EQ(Listed(ours, Listing::kExchangesOfAccount, kAlice.value()), 3u);
  EXPECT_EQ(Listed(ours, Listing::kExchangesOfAccount, kBob.value()), 1u);
  EXPECT_GE(Listed(ours, Listing::kStepsWithPeer, kRiver.value()), 10u);
  EXPECT_EQ(straight.Difference(), "");
  EXPECT_EQ(restarted.Difference(), "");
}

// Decisions, returns and another preparation at once.
TEST(LeavingTownTest, OneBatchNeedsNothingBeforeIt) {
  Town town;
  Story(town, [] {}).Prepare();
  const LedgerTime now = town.clock().Wall();
  const std::uint64_t next = town.Size();
  EXPECT_EQ(town.AskAll(std::vector<Command>{SendAt(now, "a", kAlice, 100),
                                             SendAt(now, "b", kAlice, 50, Paying(60)),
                                             SendAt(now, "c", kBob, 10)}),
            (std::vector<std::string>{absl::StrCat("OK ", next), absl::StrCat("OK ", next + 1),
                                      absl::StrCat("OK ", next + 2)}));
  town.Reopen();
  const auto id = [&](std::uint64_t i) { return IdOfEntry(town, next + i); };
  const std::vector<std::string> outcomes = town.AskAll(std::vector<Command>{
      CommitIt(id(0)), AbortIt(id(1)), ReturnIt(id(1)), AbortIt(id(0)), ReturnIt(id(2)),
      SendAt(now, "d", kAlice, 20), AbortIt(id(2), "withdrawn"), ReturnIt(id(2))});
  EXPECT_EQ(outcomes, (std::vector<std::string>{
                          absl::StrCat("OK ", next + 3), absl::StrCat("OK ", next + 4),
                          absl::StrCat("OK ", next + 5),
                          absl::StrCat("REQUEST_ID_REUSED request_id entry_index=", next + 3),
                          "EXCHANGE_STATE preparation", absl::StrCat("OK ", next + 6),
                          absl::StrCat("OK ", next + 7), absl::StrCat("OK ", next + 8)}));
  EXPECT_EQ(town.BalanceOf(kTownLeaving), 20);
  EXPECT_EQ(town.Difference(), "");
}

class ForgedLeavingTest : public ForgedTown {
 protected:
  void SetUp() override {
    story_.Tell();
    ASSERT_FALSE(HasFailure());
    ASSERT_EQ(town_.Difference(), "");
    town_.Close();
  }
  Story story_{town_, [] {}};
};

TEST_F(ForgedLeavingTest, EachEntry) {
  const auto preparation = [](Entry& e) -> pb::ExchangePreparation& {
    return *e.mutable_exchange_preparation();
  };
  const auto decision = [](Entry& e) -> pb::ExchangeDecision& {
    return *e.mutable_exchange_decision();
  };
  ExpectEach(story_.committed(),
             {[&](Entry& e) { preparation(e).set_acting(kBob.value()); },
              [&](Entry& e) { preparation(e).set_acting(999); },
              [&](Entry& e) { preparation(e).set_account(999); },
              [&](Entry& e) { preparation(e).set_points(101); },
              [&](Entry& e) { preparation(e).mutable_terms()->set_fen(0); },
              [&](Entry& e) { preparation(e).mutable_terms()->mutable_lots(0)->clear_city(); }});
  ExpectEach(story_.abortion(), {[&](Entry& e) { decision(e).set_reason("expired"); },
                                 [&](Entry& e) { decision(e).set_fen(decision(e).fen() - 1); },
                                 [&](Entry& e) {  // that it never was prepared
                                   decision(e).set_preparation(0);
                                   decision(e).set_reason("never_prepared");
                                   decision(e).set_fen(0);
                                 }});
  ExpectEach(story_.given_back(),
             {[](Entry& e) {
                auto& back = *e.mutable_exchange_return();
                back.set_prepared_on(back.prepared_on() - 1);
              },
              [](Entry& e) {
                auto& lot = *e.mutable_postings(1)->mutable_lots(0);
                lot.set_expiry_month(lot.expiry_month() + 1);
              },
              [&](Entry& e) { e.mutable_exchange_return()->set_preparation(story_.committed()); }});
}

}  // namespace
}  // namespace tanhui::sequencer
