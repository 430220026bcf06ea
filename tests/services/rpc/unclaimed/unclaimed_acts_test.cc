// The store of kept acts: kept once, found by any spelling, over when their days are, purged.
#include "services/rpc/unclaimed/unclaimed_acts.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "tests/ledger/sequencer/hand_clock.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::rpc {
namespace {

constexpr LedgerTime kNoon{1'800'000'000 * kMicrosPerSecond};
constexpr ParticipantNo kPlatform(3);

class UnclaimedActsTest : public testing::Test {
 protected:
  UnclaimedActsTest() : secrets_(std::string(32, 's')), clock_(kNoon) {
    options_.max_of_holder = 5;
    options_.rows_per_purge = 2;
  }
  void SetUp() override { Open(); }

  void Open() {
    acts_.reset();
    store_.reset();
    store::StoreOptions options;
    options.path = scratch_ / "db";
    auto store = store::Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
    OpenActs();
  }
  void OpenActs() {
    acts_ = std::make_unique<UnclaimedActs>(options_, *store_, secrets_, clock_,
                                            [this] { return clock_is_good_; });
  }

  UnclaimedHolder Card(const std::string& number) const {
    return acts_->HolderOf(kPlatform, "cq_metro", number);
  }
  // An act of so many hours ago, to be kept so many days.
  ActToKeep ActOf(const UnclaimedHolder& holder, const std::string& id, int hours,
                  int days = 30) const {
    ActToKeep out;
    out.holder = holder;
    out.id = *RequestId::FromText(id);
    out.act_time = LedgerTime(kNoon.value() - hours * kMicrosPerMinute * 60);
    out.act.request.set_request_id(id);
    *out.act.request.mutable_act_time() = ToTimestamp(out.act_time);
    out.act.platform = kPlatform;
    out.act.received = clock_.Wall();
    out.act.expires = LedgerTime(clock_.Wall().value() + days * kMicrosPerDay);
    return out;
  }
  // "kept" or the reason.
  std::vector<std::string> Keep(const std::vector<ActToKeep>& acts) {
    const auto outcomes = acts_->Keep(acts);
    EXPECT_TRUE(outcomes.ok()) << outcomes.status().ToString();
    std::vector<std::string> out;
    for (const KeepOutcome& outcome : *outcomes) {
      const auto* refusal = std::get_if<Refusal>(&outcome);
      out.push_back(refusal == nullptr ? "kept" : std::string(RowOf(refusal->reason).name));
    }
    return out;
  }
  // Request ids, oldest act first.
  std::vector<std::string> Ids(const UnclaimedHolder& holder) const {
    const auto page = acts_->List(holder, 100, std::nullopt);
    EXPECT_TRUE(page.ok()) << page.status().ToString();
    std::vector<std::string> out;
    for (const KeptRow& row : page->rows) {
      out.push_back(row.act.request.request_id());
    }
    return out;
  }
  std::vector<std::pair<std::string, std::string>> Rows() const {
    std::vector<std::pair<std::string, std::string>> out;
    EXPECT_TRUE(store_
                    ->ScanOutside("", "", 1'000,
                                  [&out](std::string_view key, std::string_view value) {
                                    out.emplace_back(key, value);
                                    return true;
                                  })
                    .ok());
    return out;
  }
  // How many steps it took.
  int PurgeAll() {
    int steps = 1;
    for (auto more = acts_->Purge(); more.ok() && *more && steps < 100; more = acts_->Purge()) {
      ++steps;
    }
    return steps;
  }

  ScratchDirectory scratch_;
  Secrets secrets_;
  sequencer::HandClock clock_;
  bool clock_is_good_ = false;  // the thread itself purges nothing
  UnclaimedOptions options_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<UnclaimedActs> acts_;
};

using Words = std::vector<std::string>;

TEST_F(UnclaimedActsTest, KeptOnceAndListedOldestFirst) {
  EXPECT_EQ(Keep({ActOf(Card("8001"), "new", 1), ActOf(Card("8001"), "old", 5)}),
            Words({"kept", "kept"}));
  EXPECT_EQ(Keep({ActOf(Card("80 01"), "old", 5)}), Words({"kept"}));
  EXPECT_EQ(Rows().size(), 6U);
  EXPECT_EQ(Ids(Card("0８００１")), Words({"old", "new"}));
  EXPECT_TRUE(Ids(Card("8002")).empty());
  EXPECT_TRUE(Ids(acts_->HolderOf(ParticipantNo(4), "cq_metro", "8001")).empty());
  EXPECT_TRUE(Ids(acts_->HolderOf(kPlatform, "cq_metro8", "001")).empty());
  Open();
  EXPECT_EQ(Ids(Card("8001")), Words({"old", "new"}));
}

TEST_F(UnclaimedActsTest, AnotherActUnderTheIdIsRefused) {
  const ActToKeep first = ActOf(Card("8001"), "id", 1);
  ActToKeep other = first;
  other.act.request.set_budget("budgets/other");
  EXPECT_EQ(Keep({first, other, first}), Words({"kept", "REQUEST_ID_REUSED", "kept"}));
  EXPECT_EQ(Keep({ActOf(Card("8002"), "id", 1), ActOf(Card("8001"), "id", 2), other}),
            Words({"REQUEST_ID_REUSED", "REQUEST_ID_REUSED", "REQUEST_ID_REUSED"}));
  EXPECT_EQ(Rows().size(), 3U);
  // Ids are each platform's own.
  ActToKeep of_another = ActOf(acts_->HolderOf(ParticipantNo(4), "cq_metro", "8001"), "id", 1);
  EXPECT_EQ(Keep({of_another}), Words({"kept"}));
}

TEST_F(UnclaimedActsTest, WhatIsKeptIsAnsweredThoughItWouldBeRefusedNow) {
  ActToKeep act = ActOf(Card("8001"), "id", 1);
  EXPECT_EQ(Keep({act}), Words({"kept"}));
  clock_.Wait(kMicrosPerDay);
  act.refusal = Refusal(Reason::kActTooLate);
  act.act.received = clock_.Wall();
  const auto again = acts_->Keep(std::vector{act});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(std::get<KeptAct>(again->front()).received, kNoon) << "as it was received first";
  act.id = *RequestId::FromText("another");
  EXPECT_EQ(Keep({act}), Words({"ACT_TOO_LATE"}));
}

TEST_F(UnclaimedActsTest, SoManyOfAHolder) {
  std::vector<ActToKeep> acts;
  for (int i = 0; i < 6; ++i) {
    acts.push_back(ActOf(Card("8001"), "id-" + std::to_string(i), i));
  }
  EXPECT_EQ(Keep(acts), Words({"kept", "kept", "kept", "kept", "kept", "CAP_REACHED"}));
  EXPECT_EQ(Keep({acts[5], acts[0], ActOf(Card("8002"), "other", 0)}),
            Words({"CAP_REACHED", "kept", "kept"}));
}

TEST_F(UnclaimedActsTest, Pages) {
  for (int i = 0; i < 5; ++i) {
    Keep({ActOf(Card("8001"), "id-" + std::to_string(i), 9 - i)});
  }
  Words seen;
  std::optional<KeptActName> from;
  do {
    const auto page = acts_->List(Card("8001"), 2, from);
    ASSERT_TRUE(page.ok());
    for (const KeptRow& row : page->rows) {
      seen.push_back(row.act.request.request_id());
    }
    from = page->next;
  } while (from.has_value() && seen.size() < 10);
  EXPECT_EQ(seen, Words({"id-0", "id-1", "id-2", "id-3", "id-4"}));
}

TEST_F(UnclaimedActsTest, WhatIsOverIsNotShownAndThenPurged) {
  Keep({ActOf(Card("8001"), "a", 1, 3), ActOf(Card("8001"), "b", 2, 1),
        ActOf(Card("8002"), "c", 1, 2), ActOf(Card("8003"), "d", 1, 1)});
  clock_.Wait(kMicrosPerDay - 1);
  EXPECT_EQ(Ids(Card("8001")), Words({"b", "a"}));
  EXPECT_EQ(PurgeAll(), 1);
  EXPECT_EQ(Rows().size(), 12U);
  clock_.Wait(1);
  EXPECT_EQ(Ids(Card("8001")), Words({"a"}));
  EXPECT_TRUE(Ids(Card("8003")).empty());
  EXPECT_EQ(Rows().size(), 12U) << "nobody purged";
  EXPECT_EQ(PurgeAll(), 2);
  EXPECT_EQ(Rows().size(), 6U);
  clock_.Wait(2 * kMicrosPerDay);
  PurgeAll();
  EXPECT_TRUE(Rows().empty());
}

TEST_F(UnclaimedActsTest, AnIdIsFreeAgainWhenItsActIsOver) {
  Keep({ActOf(Card("8001"), "id", 1, 1)});
  clock_.Wait(kMicrosPerDay);
  EXPECT_EQ(Keep({ActOf(Card("8002"), "id", 2, 1)}), Words({"kept"}));
  EXPECT_EQ(Rows().size(), 3U) << "nothing is left of the first";
  PurgeAll();
  EXPECT_EQ(Ids(Card("8002")), Words({"id"}));
}

TEST_F(UnclaimedActsTest, ErasedByRowAndByHolder) {
  Keep({ActOf(Card("8001"), "a", 3), ActOf(Card("8001"), "b", 2), ActOf(Card("8002"), "c", 1),
        ActOf(Card("8001"), "over", 1, 1)});
  const auto page = acts_->List(Card("8001"), 1, std::nullopt);
  const KeptRow row = page->rows.front();
  const KeptActExpiry stale{LedgerTime(row.act.expires.value() + 1), row.name};
  ASSERT_TRUE(acts_->Erase(std::vector{stale}).ok());
  EXPECT_EQ(Ids(Card("8001")), Words({"a", "b", "over"})) << "it was kept again since";
  const KeptActExpiry real{row.act.expires, row.name};
  ASSERT_TRUE(acts_->Erase(std::vector{real}).ok());
  ASSERT_TRUE(acts_->Erase(std::vector{real}).ok());
  EXPECT_EQ(Ids(Card("8001")), Words({"b", "over"}));
  clock_.Wait(kMicrosPerDay);
  const auto erased = acts_->EraseAll(Card("80-01"));
  ASSERT_TRUE(erased.ok());
  EXPECT_EQ(*erased, 1);
  EXPECT_EQ(Ids(Card("8002")), Words({"c"}));
  EXPECT_EQ(Rows().size(), 3U);
  EXPECT_EQ(*acts_->EraseAll(Card("8001")), 0);
}

TEST_F(UnclaimedActsTest, DamageIsToldAndPurgedWhenItIsOver) {
  Keep({ActOf(Card("8001"), "a", 3, 1), ActOf(Card("8002"), "b", 2, 1)});
  std::string key;
  for (const auto& [row_key, value] : Rows()) {
    if (row_key.starts_with(KeptActsOf(Card("8001").hash))) {
      key = row_key;
    }
  }
  std::string value = *store_->ReadOutside(key);
  value.back() = static_cast<char>(value.back() ^ 1);
  for (const std::string& bytes : {value, std::string("\x02"), std::string()}) {
    const std::vector<std::pair<std::string, std::string>> put = {{key, bytes}};
    ASSERT_TRUE(store_->PutOutside(put, {}).ok());
    EXPECT_TRUE(absl::IsDataLoss(acts_->List(Card("8001"), 10, std::nullopt).status()));
    EXPECT_TRUE(absl::IsDataLoss(acts_->Keep(std::vector{ActOf(Card("8001"), "a", 3)}).status()));
    EXPECT_EQ(Ids(Card("8002")), Words({"b"})) << "others are not touched by it";
  }
  const std::vector<std::pair<std::string, std::string>> stray = {{"x", "?"}, {"xyz", "?"}};
  ASSERT_TRUE(store_->PutOutside(stray, {}).ok());
  clock_.Wait(kMicrosPerDay);
  absl::Status last;
  for (int step = 0; step < 10; ++step) {
    const auto more = acts_->Purge();
    last = more.status();
    if (!more.ok() || !*more) {
      break;
    }
  }
  EXPECT_TRUE(absl::IsDataLoss(last)) << "an operator hears of it";
  EXPECT_EQ(Rows(), stray);
}

TEST_F(UnclaimedActsTest, TheThreadPurgesByAGoodClockAlone) {
  Keep({ActOf(Card("8001"), "a", 1, 1)});
  clock_.Jump(100 * kMicrosPerDay);
  OpenActs();
  acts_->Stop();
  EXPECT_EQ(Rows().size(), 3U);
  clock_is_good_ = true;
  options_.rows_per_purge = 100;
  OpenActs();
  for (int turn = 0; turn < 10'000 && !Rows().empty(); ++turn) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(Rows().empty()) << "it begins with purging";
}

TEST_F(UnclaimedActsTest, TasksInOrderAndUntilTheEnd) {
  options_.max_tasks = 2;
  OpenActs();
  std::mutex mutex;
  std::unique_lock holds(mutex);
  std::vector<int> done;
  ASSERT_TRUE(acts_->Post([&] { const std::lock_guard wait(mutex); }));
  while (!acts_->Post([&done] { done.push_back(1); })) {
  }
  int taken = 0;
  while (acts_->Post([&done] { done.push_back(2); })) {
    ASSERT_LT(++taken, 4) << "more wait than may";
  }
  acts_->MustPost([&done] { done.push_back(3); });
  holds.unlock();
  acts_->Stop();
  ASSERT_FALSE(done.empty());
  EXPECT_EQ(done.front(), 1);
  EXPECT_EQ(done.back(), 3);
  EXPECT_FALSE(acts_->Post([] {}));
  acts_->MustPost([&done] { done.push_back(4); });
  EXPECT_EQ(done.back(), 4);
}

}  // namespace
}  // namespace tanhui::rpc
