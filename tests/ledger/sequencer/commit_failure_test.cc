// A write or an fsync that fails ends the process, and nobody is answered. Each failure comes
// twice: nothing was done, and it was done although it failed.
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/ledger/sequencer/town.h"
#include "tests/ledger/store/lossy_file_system.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::sequencer {
namespace {

using Files = store::LossyFileSystem;
using world::kAlice;
using world::kBudget;

constexpr char kShared[] = "TANHUI_COMMIT_FAILURE_DIRECTORY";

struct Case {
  const char* name;
  Files::Call call;
  Files::Failure failure;
  bool handed_over;  // to the committing thread
};

class CommitFailure : public testing::TestWithParam<Case> {
 protected:
  // A death test starts this program again; both find the directory by the environment.
  void SetUp() override {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    if (::getenv(kShared) == nullptr) {
      own_ = std::make_unique<ScratchDirectory>();
      ::setenv(kShared, (*own_ / ".").c_str(), 1);
    }
    home_ = ::getenv(kShared);
  }
  void TearDown() override {
    if (own_ != nullptr) {
      ::unsetenv(kShared);
    }
  }

  TownOptions Options(rocksdb::Env* env) const {
    TownOptions options;
    options.directory = home_ + "/town";
    options.store = SmallStore();
    options.store.env = env;
    options.all_handed_over = GetParam().handed_over;
    return options;
  }

  // Runs until it dies. Whatever is answered is left in a file.
  void AwardUntilDeath() const {
    const auto files = std::make_shared<Files>(home_ + "/town/db", home_ + "/lost");
    const auto env = rocksdb::NewCompositeEnv(files);
    Town town(Options(env.get()));
    WriteBytes(home_ + "/answers", town.Ask(world::Award("first", kAlice, kBudget, 1)));
    files->FailCall(GetParam().call, ".log", 1, GetParam().failure);
    auto future = town.Send({town.desk().Complete(world::Award("second", kAlice, kBudget, 2))});
    WriteBytes(home_ + "/answers", Words(future.get()).at(0));
  }

  std::unique_ptr<ScratchDirectory> own_;
  std::string home_;
};

TEST_P(CommitFailure, EndsTheProcessAndAnswersNothing) {
  EXPECT_DEATH(AwardUntilDeath(), "a commit failed, the disk's state is unknown");
  EXPECT_EQ(ReadBytes(home_ + "/answers"), "OK 22");
  // The restart finds the second award or not; either way a repeat leaves exactly one.
  TownOptions options = Options(nullptr);
  options.cast = false;
  Town town(options);
  const bool there = town.Size() == 24;
  EXPECT_TRUE(there || town.Size() == 23) << town.Size();
  if (GetParam().failure == Files::Failure::kDone) {
    EXPECT_TRUE(there);
  }
  EXPECT_EQ(town.Ask(world::Award("first", kAlice, kBudget, 1)), "AGAIN 22");
  EXPECT_EQ(town.Ask(world::Award("second", kAlice, kBudget, 2)), there ? "AGAIN 23" : "OK 23");
  EXPECT_EQ(town.BalanceOf(kAlice), 3);
  EXPECT_EQ(town.Difference(), "");
}

INSTANTIATE_TEST_SUITE_P(
    AppendAndSync, CommitFailure,
    testing::Values(
        Case{"AppendNotDoneHandedOver", Files::Call::kAppend, Files::Failure::kNotDone, true},
        Case{"AppendDoneHandedOver", Files::Call::kAppend, Files::Failure::kDone, true},
        Case{"SyncNotDoneHandedOver", Files::Call::kSync, Files::Failure::kNotDone, true},
        Case{"SyncDoneHandedOver", Files::Call::kSync, Files::Failure::kDone, true},
        Case{"AppendNotDoneBySmallBatch", Files::Call::kAppend, Files::Failure::kNotDone, false},
        Case{"AppendDoneBySmallBatch", Files::Call::kAppend, Files::Failure::kDone, false},
        Case{"SyncNotDoneBySmallBatch", Files::Call::kSync, Files::Failure::kNotDone, false},
        Case{"SyncDoneBySmallBatch", Files::Call::kSync, Files::Failure::kDone, false}),
    [](const testing::TestParamInfo<Case>& tested) { return tested.param.name; });

}  // namespace
}  // namespace tanhui::sequencer
