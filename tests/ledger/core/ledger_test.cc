#include "ledger/core/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "ledger/books/all_books.h"
#include "ledger/points/points_book.h"
#include "tests/ledger/core/world.h"

namespace tanhui {
namespace {

using namespace world;
using ::testing::HasSubstr;

// 2024-02-28 in Shanghai, the day of kStart.
constexpr std::int32_t kToday = 19'781;
constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

TEST(LedgerTest, GenesisIsTheFirstEntry) {
  const Entry genesis = GenesisEntry("tanhui.example/log", kStart);
  EXPECT_EQ(genesis.ShortDebugString(),
            "format: 3 recorded_micros: 1709085600000000 business_date: 19781 "
            "accounting_date: 19781 genesis { origin: \"tanhui.example/log\" }");
  State state;
  const Ledger ledger({});
  ledger.Apply(state, genesis);
  EXPECT_EQ(state.head(), (Head{1, kStart, AccountNo(1)}));
}

TEST(LedgerTest, AFreshLedgerHasAnOperator) {
  const World world(Cast::kEmpty);
  ASSERT_EQ(world.entries().size(), 2u);
  const Entry& entry = world.last();
  EXPECT_EQ(entry.caller(), 0u);
  EXPECT_TRUE(entry.request_id().empty());
  const Participant* found = world.state().registry().Find(kOperator);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->code, "operator");
  EXPECT_EQ(found->kind, ParticipantKind::kOperator);
  EXPECT_TRUE(world.state().requests().empty());
}

TEST(LedgerTest, AnEntryCarriesWhatWasAskedAndThreeDates) {
  World world;
  world.Ask(Fund("f", kBudget, 100));
  const LedgerTime act(kStart.value() - 3 * kMicrosPerDay);
  ASSERT_EQ(world.Ask(WithReference(ActAt(Award("a", kAlice, kBudget, 30), act), "till 7")), "OK");
  const Entry& entry = world.last();
  EXPECT_EQ(entry.format(), kEntryFormat);
  EXPECT_EQ(entry.recorded_micros(), kStart.value());
  EXPECT_EQ(entry.business_date(), kToday - 3);
  EXPECT_EQ(entry.accounting_date(), kToday);
  EXPECT_EQ(entry.act_micros(), act.value());
  EXPECT_EQ(entry.caller(), kPlatform.value());
  EXPECT_EQ(entry.request_id(),
            "\x02"
            "a");
  EXPECT_EQ(entry.request_digest().size(), 32u);
  EXPECT_EQ(entry.reference_commitment().size(), 32u);
  EXPECT_EQ(entry.award().points(), 30);
  ASSERT_EQ(entry.postings_size(), 2);
  EXPECT_EQ(entry.postings(0).account(), kBudget.value());
  EXPECT_EQ(entry.postings(0).amount(), -30);
  EXPECT_EQ(entry.postings(0).balance_after(), 70);
  EXPECT_EQ(entry.postings(0).previous(), world.entries().size() - 1) << "the funding";
  EXPECT_EQ(entry.postings(1).account(), kAlice.value());
  EXPECT_EQ(entry.postings(1).amount(), 30);
  EXPECT_EQ(entry.postings(1).balance_after(), 30);
  EXPECT_EQ(entry.postings(1).previous(), 0u);
  // Points of February 2024 are good to the end of February 2025, month 661.
  EXPECT_EQ(entry.postings(1).lots(0).ShortDebugString(),
            "expiry_month: 661 scheme: 1 funder: 5 points: 30");
  EXPECT_EQ(entry.postings(1).lots_size(), 1);
  EXPECT_EQ(entry.postings(0).lots_size(), 0) << "a budget has no lots";
}

TEST(LedgerTest, TheCutOffIsThatOfTheAssetsScheme) {
  struct Row {
    AccountNo budget;
    std::int64_t after_midnight;  // of kToday, in Shanghai
    std::int32_t business;
    std::int32_t accounting;
  };
  const Row rows[] = {
      {kBudget, 10 * kHour, 0, 0},      {kBudget, 23 * kHour, 0, 0},
      {kBudget, 24 * kHour - 1, 0, 0},  {kBudget, 24 * kHour, 1, 1},
      {kStampBudget, 10 * kHour, 0, 0}, {kStampBudget, 23 * kHour - 1, 0, 0},
      {kStampBudget, 23 * kHour, 0, 1}, {kStampBudget, 24 * kHour - 1, 0, 1},
      {kStampBudget, 24 * kHour, 1, 1},
  };
  for (const Row& row : rows) {
    World world;
    world.Wait(row.after_midnight - 10 * kHour);
    ASSERT_EQ(world.Ask(Fund("f", row.budget, 1)), "OK");
    EXPECT_EQ(world.last().business_date(), kToday + row.business) << row.after_midnight;
    EXPECT_EQ(world.last().accounting_date(), kToday + row.accounting) << row.after_midnight;
  }
}

TEST(LedgerTest, NotAfterIsTheLastMoment) {
  World world;
  const auto fund = [](std::string_view id, std::int64_t before_now) {
    return NotAfter(Fund(id, kBudget, 1), LedgerTime(kStart.value() - before_now));
  };
  EXPECT_EQ(world.Ask(fund("f1", -1)), "OK");
  EXPECT_EQ(world.Ask(fund("f2", 0)), "OK");
  EXPECT_EQ(world.Ask(fund("f3", 1)), "REQUEST_TOO_LATE not_after");
  EXPECT_EQ(world.Ask(fund("f3", 0)), "OK") << "a refusal is not remembered";
}

TEST(LedgerTest, ALateRepeatStillGetsItsFirstOutcome) {
  World world;
  const Command fund = NotAfter(Fund("f", kBudget, 1), kStart);
  ASSERT_EQ(world.Ask(fund), "OK");
  world.Wait(kMicrosPerDay);
  EXPECT_EQ(world.Ask(fund), "SEEN 20");
}

TEST(LedgerTest, AnActMayLieFiveMinutesAhead) {
  World world;
  ASSERT_EQ(kMaxFutureMicros, 300'000'000);
  world.Ask(Fund("f", kBudget, 100));
  const auto award = [](std::string_view id, std::int64_t ahead) {
    return ActAt(Award(id, kAlice, kBudget, 1), LedgerTime(kStart.value() + ahead));
  };
  EXPECT_EQ(world.Ask(award("a1", kMaxFutureMicros)), "OK");
  EXPECT_EQ(world.Ask(award("a2", kMaxFutureMicros + 1)), "ACT_IN_FUTURE act_time");
  EXPECT_EQ(world.Ask(award("a3", -365 * kMicrosPerDay)), "OK");
}

TEST(LedgerTest, AnActAheadMayFallOnTheNextBusinessDate) {
  World world;
  world.Wait(14 * kHour - kMicrosPerMinute);  // 23:59
  world.Ask(Fund("f", kBudget, 100));
  const LedgerTime act(world.now().value() + 2 * kMicrosPerMinute);
  ASSERT_EQ(world.Ask(ActAt(Award("a", kAlice, kBudget, 1), act)), "OK");
  EXPECT_EQ(world.last().business_date(), kToday + 1);
  EXPECT_EQ(world.last().accounting_date(), kToday);
}

TEST(LedgerTest, ARepeatIsSeenWhateverTheStateIsNow) {
  World world;
  ASSERT_EQ(world.Ask(Fund("f", kBudget, 10)), "OK");
  ASSERT_EQ(world.Ask(Award("a", kAlice, kBudget, 10)), "OK");
  const std::size_t size = world.entries().size();
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 10)), "SEEN 21") << "though nothing is left";
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 11)), "SEEN 21 OTHER points");
  EXPECT_EQ(world.entries().size(), size);
  EXPECT_EQ(world.BalanceOf(kAlice), 10);
}

TEST(LedgerTest, ARequestIdBelongsToItsCaller) {
  World world;
  EXPECT_EQ(world.Ask(Fund("f", kBudget, 10)), "OK");
  EXPECT_EQ(world.Ask(By(Fund("f", kBudget, 10), kOtherPlatform)), "OK");
  EXPECT_EQ(world.BalanceOf(kBudget), 20);
}

TEST(LedgerTest, ARefusalWritesNothing) {
  World world;
  const auto before = world.state().accounts();
  const Head head = world.state().head();
  EXPECT_EQ(world.Ask(Award("a", kAlice, kBudget, 1)),
            "INSUFFICIENT_BUDGET points needed=1 available=0");
  EXPECT_EQ(world.state().head(), head);
  EXPECT_EQ(world.state().accounts(), before);
  EXPECT_EQ(world.Find("a"), std::nullopt);
}

TEST(LedgerTest, DecideIsPure) {
  World world;
  world.Ask(Fund("f", kBudget, 10));
  const Command award = Award("a", kAlice, kBudget, 4);
  const Decision first = world.Decide(award);
  const Decision second = world.Decide(award);
  EXPECT_EQ(std::get<Entry>(first).SerializeAsString(),
            std::get<Entry>(second).SerializeAsString());
  EXPECT_EQ(world.BalanceOf(kBudget), 10);
}

// The largest entry has exactly 65,535 bytes.
TEST(LedgerTest, AnEntryIsAtMost65535Bytes) {
  World world;
  world.Ask(Fund("f", kBudget, 100));
  const auto award = [](std::size_t letters) {
    return Award("a", kAlice, kBudget, 1, std::string(letters, 's'));
  };
  const std::size_t rest =
      std::get<Entry>(world.Decide(award(60'000))).SerializeAsString().size() - 60'000;
  EXPECT_EQ(world.Ask(award(65'536 - rest)), "REQUEST_TOO_LARGE");
  EXPECT_EQ(world.Ask(award(70'000)), "REQUEST_TOO_LARGE");
  EXPECT_EQ(world.Ask(award(65'535 - rest)), "OK");
  EXPECT_EQ(world.last().SerializeAsString().size(), kMaxEntryBytes);
}

TEST(LedgerTest, OfSeveralReasonsTheFirstListedIsAnswered) {
  World world;
  const std::string large(70'000, 's');
  const LedgerTime past(kStart.value() - 1);
  const LedgerTime future(kStart.value() + kMaxFutureMicros + 1);
  const Command award = Award("a", kAlice, kBudget, 1, large);  // the budget is empty, too
  EXPECT_EQ(world.Ask(award), "REQUEST_TOO_LARGE");
  EXPECT_EQ(world.Ask(NotAfter(award, past)), "REQUEST_TOO_LARGE");
  EXPECT_EQ(world.Ask(ActAt(award, future)), "REQUEST_TOO_LARGE");
  const Command small = Award("a", kAlice, kBudget, 1);
  EXPECT_EQ(world.Ask(NotAfter(ActAt(small, future), past)), "REQUEST_TOO_LATE not_after");
  EXPECT_EQ(world.Ask(ActAt(small, future)), "ACT_IN_FUTURE act_time");
}

TEST(LedgerTest, KnowsItsFormatAndItsBooks) {
  const Ledger core({});
  const Ledger with_points(AllBooks());
  Entry entry = GenesisEntry("x", kStart);
  EXPECT_TRUE(core.Knows(entry));
  entry.set_format(0);
  EXPECT_FALSE(core.Knows(entry));
  entry.set_format(1);
  EXPECT_FALSE(core.Knows(entry)) << "what was written before lots";
  entry.set_format(4);
  EXPECT_FALSE(core.Knows(entry));
  entry.set_format(3);
  entry.clear_genesis();
  EXPECT_FALSE(core.Knows(entry)) << "no body";
  entry.mutable_award();
  EXPECT_FALSE(core.Knows(entry)) << "a book that is not there";
  EXPECT_TRUE(with_points.Knows(entry));
}

TEST(LedgerTest, KnowsNoBodyOfALaterFormat) {
  // Field 100, an empty message, is the body of no kind that this reader has.
  Entry entry;
  ASSERT_TRUE(entry.ParseFromString(std::string("\x08\x03\xa2\x06\x00", 5)));
  EXPECT_EQ(entry.format(), kEntryFormat);
  EXPECT_FALSE(World().ledger().Knows(entry));
}

TEST(LedgerTest, SaysWhatACommandIsAbout) {
  World world;
  const auto target = [&world](const Command& command) {
    return world.ledger().TargetOf(world.state(), world.Complete(command).draft);
  };
  EXPECT_EQ(target(Capture("x", world.state().head().size, 1)), std::nullopt) << "not there yet";
  EXPECT_EQ(target(Capture("x", 7, 1)), EntryIndex(7));
  EXPECT_EQ(target(Release("x", 7)), EntryIndex(7));
  EXPECT_EQ(target(Refund("x", 7, 1)), EntryIndex(7));
  EXPECT_EQ(target(Reverse("x", 7)), EntryIndex(7));
  EXPECT_EQ(target(Award("x", kAlice, kBudget, 1)), std::nullopt);
  EXPECT_EQ(target(Cancel("x", "y")), std::nullopt) << "nothing happened under that id";
  const EntryIndex funded(world.state().head().size);
  ASSERT_EQ(world.Ask(Fund("y", kBudget, 10)), "OK");
  EXPECT_EQ(target(Cancel("x", "y")), funded);
  ASSERT_EQ(world.Ask(Cancel("c", "y")), "OK");
  EXPECT_EQ(target(Cancel("x", "y")), std::nullopt) << "it was cancelled";
  EXPECT_EQ(target(Command()), std::nullopt);
}

// What it moves or, when nothing moves, what it names, each as it stands.
TEST(LedgerTest, SaysWhatAnEntryTouches) {
  World world;
  const auto touched = [&world](const Command& command) {
    std::vector<AccountNo> accounts;
    world.ledger().Touched(world.state(), std::get<Entry>(world.Decide(command)), accounts);
    return accounts;
  };
  using ::testing::ElementsAre;
  ASSERT_EQ(world.Ask(Fund("f", kBudget, 10)), "OK");
  EXPECT_THAT(touched(Award("a", kAlice, kBudget, 1)), ElementsAre(kBudget, kAlice));
  EXPECT_THAT(touched(SetStatus("s", kAlice, AccountStatus::kFrozen)), ElementsAre(kAlice));
  ASSERT_EQ(world.Ask(Merge("m", kAlice, kBob)), "OK");
  EXPECT_THAT(touched(Award("a", kAlice, kBudget, 1)), ElementsAre(kBudget, kBob));
  EXPECT_THAT(touched(SetStatus("s", kAlice, AccountStatus::kFrozen)), ElementsAre(kBob));
  EXPECT_THAT(touched(RecordFile("day-1")), ElementsAre());
}

// Nothing is due of accounts that have nothing, or of none.
TEST(LedgerTest, NothingIsDueAtFirst) {
  const World world;
  for (AccountNo n(1); n < kNextAccount; n = AccountNo(n.value() + 1)) {
    EXPECT_FALSE(world.ledger().Due(world.state(), n, world.InDays(300)).has_value());
  }
}

TEST(LedgerTest, ApplyFindsWhatDecideCannotHaveMade) {
  World world;
  ASSERT_EQ(world.Ask(Fund("f", kBudget, 10)), "OK");
  const Entry good = std::get<Entry>(world.Decide(Award("a", kAlice, kBudget, 4)));
  const auto broken = [&](auto&& change) {
    Entry entry = good;
    change(entry);
    return world.FaultOf(entry);
  };
  EXPECT_EQ(broken([](Entry&) {}), "OK");
  EXPECT_THAT(broken([](Entry& e) { e.set_format(1); }), HasSubstr("unknown format or kind"));
  EXPECT_THAT(broken([](Entry& e) { e.clear_award(); }), HasSubstr("unknown format or kind"));
  EXPECT_THAT(broken([](Entry& e) { e.set_recorded_micros(kEarliestTime.value()); }),
              HasSubstr("ledger time goes back"));
  for (const std::int64_t time : {std::numeric_limits<std::int64_t>::max(), kLatestTime.value() + 1,
                                  kEarliestTime.value() - 1, std::int64_t{-1}}) {
    EXPECT_THAT(broken([time](Entry& e) { e.set_recorded_micros(time); }),
                HasSubstr("a time that cannot be"));
    EXPECT_THAT(broken([time](Entry& e) { e.set_act_micros(time); }),
                HasSubstr("a time that cannot be"));
  }
  EXPECT_THAT(broken([](Entry& e) { e.set_request_id("a"); }), HasSubstr("malformed request id"));
  EXPECT_THAT(broken([](Entry& e) {
                e.set_request_id(
                    "\x02"
                    "f");
              }),
              HasSubstr("stands twice in the log"));
  EXPECT_THAT(broken([](Entry& e) { e.mutable_postings(0)->set_amount(-5); }),
              HasSubstr("balance_after"));
  EXPECT_THAT(broken([](Entry& e) { e.mutable_postings()->RemoveLast(); }),
              HasSubstr("sum to zero"));
  EXPECT_EQ(world.FaultOf(good), "OK") << "trying changes nothing";
}

TEST(LedgerTest, ALogBeginsWithItsOnlyGenesis) {
  const World world;
  EXPECT_THAT(world.FaultOf(GenesisEntry("x", world.now())), HasSubstr("genesis"));
  State empty;
  const Fault fault = world.ledger().TryApply(empty, OperatorEntry(empty, "operator", kStart));
  ASSERT_TRUE(fault.has_value());
  EXPECT_THAT(std::string(*fault), HasSubstr("genesis"));
}

TEST(LedgerDeathTest, ApplyAbortsOnAFault) {
  World world;
  EXPECT_DEATH(world.Take(GenesisEntry("x", world.now())), "invariant broken .*genesis");
}

TEST(LedgerDeathTest, EachKindBelongsToOneBook) {
  const Book twice[] = {points::PointsBook(), points::PointsBook()};
  EXPECT_DEATH(Ledger{twice}, "an entry kind belongs to two books");
}

TEST(LedgerDeathTest, ACommandMustBeOneThatABookDecides) {
  World world;
  Command command = Fund("f", kBudget, 1);
  command.draft.mutable_tombstone();
  EXPECT_DEATH(world.Ask(command), "a command that no book decides");
  command.draft.clear_tombstone();
  EXPECT_DEATH(world.Ask(command), "a command that no book decides");
  command.draft.clear_request_id();
  EXPECT_DEATH(world.Ask(command), "a command without a request id");
}

}  // namespace
}  // namespace tanhui
