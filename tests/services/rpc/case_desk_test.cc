// From sightings to cases on disk: opened, added to, decided, found again, forgotten.
#include "services/rpc/cases/case_desk.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/ledger/sequencer/hand_clock.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::rpc {
namespace {

using watch::Case;
using watch::CaseNo;
using watch::CaseState;
using watch::SignalKind;

constexpr LedgerTime kNoon{1'800'000'000 * kMicrosPerSecond};

class CaseDeskTest : public testing::Test {
 protected:
  CaseDeskTest() : clock_(kNoon) {
    options_.watch.citizen_acts = {3, 60 * kMicrosPerMinute};
    options_.watch.caller_acts.most = 0;
    options_.watch.device_citizens.most = 2;
    options_.keep_micros = 10 * kMicrosPerDay;
  }
  void SetUp() override { Open(); }

  void Open() {
    desk_.reset();
    store_.reset();
    store::StoreOptions options;
    options.path = scratch_ / "db";
    auto store = store::Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
    auto desk = CaseDesk::Open(options_, *store_, clock_, [this] { return clock_is_good_; });
    ASSERT_TRUE(desk.ok()) << desk.status().ToString();
    desk_ = *std::move(desk);
  }

  // Acts of one citizen right now.
  void Act(std::uint64_t citizen, std::uint64_t times) {
    std::vector<watch::Sighting> sightings(times);
    for (watch::Sighting& sighting : sightings) {
      sighting.recorded = sighting.begun = sighting.ended = clock_.Wall();
      sighting.citizen = AccountNo(citizen);
      sighting.caller = ParticipantNo(1);
      sighting.entry = EntryIndex(next_entry_++);
    }
    desk_->Observe(sightings);
  }
  std::vector<Case> All(const CaseFilter& filter = {}) {
    const auto page = desk_->List(filter, 1'000, std::nullopt);
    EXPECT_TRUE(page.ok()) << page.status().ToString();
    EXPECT_FALSE(page->next.has_value());
    return page->cases;
  }
  Case Decide(CaseNo number, CaseState state) {
    const auto one = desk_->Decide(number, {state, "looked at", ParticipantNo(2), clock_.Wall()});
    EXPECT_TRUE(one.ok()) << one.status().ToString();
    return *one;
  }

  ScratchDirectory scratch_;
  sequencer::HandClock clock_;
  bool clock_is_good_ = false;  // the thread itself forgets nothing
  CaseDeskOptions options_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<CaseDesk> desk_;
  std::uint64_t next_entry_ = 100;
};

TEST_F(CaseDeskTest, OneOpenCaseForKindAndSubject) {
  Act(7, 3);
  EXPECT_TRUE(All().empty());
  Act(7, 2);
  Act(8, 4);
  const std::vector<Case> cases = All();
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].subject, 8U) << "newest first";
  EXPECT_EQ(cases[1].subject, 7U);
  EXPECT_EQ(cases[1].kind, SignalKind::kCitizenVelocity);
  EXPECT_EQ(cases[1].signals, 2U);
  EXPECT_EQ(cases[1].most_seen, 5U);
  EXPECT_EQ(cases[1].entries.size(), 5U);
  EXPECT_EQ(cases[1].entries.front(), EntryIndex(100));
}

TEST_F(CaseDeskTest, ARestartFindsThem) {
  Act(7, 5);
  const std::vector<Case> before = All();
  Open();
  EXPECT_EQ(All(), before);
  // Windows begin anew, the open case goes on.
  Act(7, 3);
  EXPECT_EQ(All(), before);
  Act(7, 1);
  const std::vector<Case> after = All();
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].number, before[0].number);
  EXPECT_EQ(after[0].signals, before[0].signals + 1);
  // What nobody asked for is written at the stop.
  Act(9, 4);
  Open();
  EXPECT_EQ(All().size(), 2U);
}

TEST_F(CaseDeskTest, ADecidedCaseIsClosed) {
  Act(7, 4);
  const CaseNo first = All()[0].number;
  clock_.Wait(5);
  const Case decided = Decide(first, CaseState::kDismissed);
  EXPECT_EQ(decided.state, CaseState::kDismissed);
  EXPECT_EQ(decided.decided_by, ParticipantNo(2));
  EXPECT_EQ(decided.decided, clock_.Wall());
  EXPECT_EQ(decided.note, "looked at");
  Act(7, 1);
  ASSERT_EQ(All().size(), 2U);
  EXPECT_EQ(All({CaseState::kOpen, {}}).size(), 1U);
  EXPECT_EQ(All({CaseState::kDismissed, SignalKind::kCitizenVelocity})[0].number, first);
  EXPECT_TRUE(All({{}, SignalKind::kManyCitizens}).empty());
  Open();
  EXPECT_EQ(Decide(first, CaseState::kConfirmed).state, CaseState::kConfirmed);
  EXPECT_EQ(All({CaseState::kOpen, {}}).size(), 1U);
  EXPECT_TRUE(absl::IsNotFound(desk_->Read(CaseNo(1)).status()));
  EXPECT_TRUE(absl::IsNotFound(desk_->Decide(CaseNo(1), {}).status()));
}

TEST_F(CaseDeskTest, OldCasesAreForgotten) {
  Act(7, 4);
  Act(8, 4);
  Decide(All()[0].number, CaseState::kDismissed);
  clock_.Wait(10 * kMicrosPerDay);
  ASSERT_TRUE(desk_->Forget().ok());
  EXPECT_EQ(All().size(), 2U);
  Act(9, 4);
  EXPECT_EQ(All().size(), 3U);
  clock_.Wait(1);
  ASSERT_TRUE(desk_->Forget().ok());
  const std::vector<Case> left = All();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].subject, 9U);
  Act(7, 4);
  EXPECT_EQ(All().size(), 2U) << "a forgotten open case may be opened again";
}

TEST_F(CaseDeskTest, TheThreadForgetsByAGoodClockAlone) {
  Act(7, 4);
  EXPECT_EQ(All().size(), 1U);
  clock_.Jump(100 * kMicrosPerDay);
  Open();
  EXPECT_EQ(All().size(), 1U);
  clock_is_good_ = true;
  Open();
  Act(9, 1);  // the thread begins with forgetting, before it looks at anything that is asked for
  EXPECT_TRUE(All().empty());
}

TEST_F(CaseDeskTest, Pages) {
  for (std::uint64_t citizen = 1; citizen <= 5; ++citizen) {
    Act(citizen, 4);
  }
  std::vector<std::uint64_t> subjects;
  std::optional<CaseNo> from;
  do {
    const auto page = desk_->List({}, 2, from);
    ASSERT_TRUE(page.ok());
    EXPECT_LE(page->cases.size(), 2U);
    for (const Case& one : page->cases) {
      subjects.push_back(one.subject);
    }
    from = page->next;
  } while (from.has_value() && subjects.size() < 10);
  EXPECT_EQ(subjects, (std::vector<std::uint64_t>{5, 4, 3, 2, 1}));
}

TEST_F(CaseDeskTest, AFullQueueDropsAndCounts) {
  options_.max_queued = 2;
  options_.max_open = 1;
  options_.watch.citizen_acts.most = 1;
  Open();
  Act(7, 10);  // of one call, so that the thread cannot make room
  EXPECT_EQ(desk_->dropped(), 8U);
  EXPECT_EQ(All().size(), 1U);
  Act(8, 2);
  EXPECT_EQ(All().size(), 1U) << "no more are opened";
  EXPECT_EQ(desk_->dropped(), 9U);
  Decide(All()[0].number, CaseState::kDismissed);
  Act(8, 1);
  EXPECT_EQ(All().size(), 2U);
  desk_->Stop();
  Act(9, 3);
  EXPECT_EQ(desk_->dropped(), 12U);
}

}  // namespace
}  // namespace tanhui::rpc
