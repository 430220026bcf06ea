#include "ledger/store/data_directory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

namespace fs = std::filesystem;
using Missing = DataDirectory::Missing;

class DataDirectoryTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<DataDirectory>> Open(Missing missing = Missing::kCreate) const {
    return DataDirectory::Open(path_, missing);
  }
  // Refused, and the message says all of these.
  void ExpectRefused(std::initializer_list<std::string> words,
                     Missing missing = Missing::kCreate) const {
    const auto directory = Open(missing);
    ASSERT_TRUE(absl::IsFailedPrecondition(directory.status())) << directory.status().ToString();
    for (const std::string& word : words) {
      EXPECT_NE(directory.status().ToString().find(word), std::string::npos)
          << word << " in " << directory.status().ToString();
    }
  }
  void MakeLedger() const {
    const auto made = Open();
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    fs::create_directory((*made)->database_path());
    ASSERT_TRUE((*made)->MarkFormat().ok());
  }

  ScratchDirectory scratch_;
  const std::string path_ = scratch_ / "deep/data";
};

TEST_F(DataDirectoryTest, ANewOneIsFreshUntilItIsMarked) {
  {
    const auto made = Open();
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_TRUE((*made)->fresh());
    EXPECT_EQ((*made)->path(), path_);
    EXPECT_EQ((*made)->database_path(), path_ + "/db");
    EXPECT_EQ((*made)->checkpoint_path(), path_ + "/checkpoint");
    EXPECT_GT((*made)->FreeBytes().value(), 0u);
    ASSERT_TRUE((*made)->MarkFormat().ok());
    EXPECT_FALSE((*made)->fresh());
  }
  EXPECT_EQ(ReadBytes(path_ + "/FORMAT"), "tanhui data 6\n");
  const auto again = Open(Missing::kRefuse);
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_FALSE((*again)->fresh());
}

TEST_F(DataDirectoryTest, AMissingOneIsNotMadeForAReader) {
  ExpectRefused({path_, "no directory"}, Missing::kRefuse);
  EXPECT_FALSE(fs::exists(path_));
  fs::create_directories(path_);
  ExpectRefused({path_, "no ledger"}, Missing::kRefuse);
}

TEST_F(DataDirectoryTest, ASecondHandleIsRefusedWithTheOwnersProcessId) {
  MakeLedger();
  auto first = Open();
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  ExpectRefused({path_, "another process", std::to_string(::getpid()), "Stop it first"});
  first->reset();
  EXPECT_TRUE(Open().ok());
}

TEST_F(DataDirectoryTest, ASecondProcessIsRefusedWithTheOwnersProcessId) {
  MakeLedger();
  int ready[2];
  int leave[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(leave), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = Open();
    char byte = held.ok() ? 'y' : 'n';
    (void)!::write(ready[1], &byte, 1);
    (void)!::read(leave[0], &byte, 1);
    ::_exit(0);  // without unlocking: the lock ends with the process
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  ExpectRefused({"another process", std::to_string(child)});
  ASSERT_EQ(::write(leave[1], &byte, 1), 1);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const auto after = Open();
  EXPECT_TRUE(after.ok()) << after.status().ToString();
  for (const int end : {ready[0], ready[1], leave[0], leave[1]}) {
    ::close(end);
  }
}

TEST_F(DataDirectoryTest, ANewerFormatIsRefused) {
  MakeLedger();
  WriteBytes(path_ + "/FORMAT", "tanhui data 7\n");
  ExpectRefused({path_, "format 7", "only 6", "newer tanhui", "nothing was changed"});
  EXPECT_EQ(ReadBytes(path_ + "/FORMAT"), "tanhui data 7\n");
}

TEST_F(DataDirectoryTest, AnOlderFormatIsRefused) {
  MakeLedger();
  for (const std::string format : {"1", "2", "3", "4", "5"}) {
    const std::string bytes = "tanhui data " + format + "\n";
    WriteBytes(path_ + "/FORMAT", bytes);
    ExpectRefused({path_, "format " + format, "only 6", "an older tanhui", "no conversion",
                   "new ledger", "nothing was changed"});
    ExpectRefused({"format " + format}, Missing::kRefuse);
    EXPECT_EQ(ReadBytes(path_ + "/FORMAT"), bytes);
  }
}

TEST_F(DataDirectoryTest, ADamagedFormatIsRefused) {
  MakeLedger();
  for (const char* text :
       {"", "tanhui", "tanhui data", "tanhui data \n", "tanhui data x\n", "tanhui data 0\n",
        "tanhui data -1\n", "Tanhui data 2\n", "tanhui data 99999999999999999999\n"}) {
    WriteBytes(path_ + "/FORMAT", text);
    SCOPED_TRACE(text);
    ExpectRefused({path_ + "/FORMAT is damaged", "tanhui data 6", "backup"});
    ExpectRefused({"damaged"}, Missing::kRefuse);
  }
}

TEST_F(DataDirectoryTest, AFormatThatIsADirectoryIsAnError) {
  fs::create_directories(path_ + "/FORMAT");
  EXPECT_FALSE(Open().ok());
}

TEST_F(DataDirectoryTest, ADirectoryOfOtherFilesIsLeftAlone) {
  fs::create_directories(path_);
  WriteBytes(path_ + "/thesis.txt", "chapter one");
  ExpectRefused({path_, "no ledger", "right directory"});
  EXPECT_FALSE(fs::exists(path_ + "/LOCK"));
  EXPECT_EQ(ReadBytes(path_ + "/thesis.txt"), "chapter one");
}

TEST_F(DataDirectoryTest, AnEmptyOneAndOneWithOnlyALockAreFresh) {
  fs::create_directories(path_);
  EXPECT_TRUE(Open().value()->fresh());
  EXPECT_TRUE(fs::exists(path_ + "/LOCK"));
  EXPECT_TRUE(Open().value()->fresh());
}

// A crash while it was made: nothing in it was ever acknowledged.
TEST_F(DataDirectoryTest, AHalfMadeOneIsFresh) {
  fs::create_directories(path_ + "/db");
  WriteBytes(path_ + "/db/000004.log", "half");
  WriteBytes(path_ + "/checkpoint", "");
  const auto opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  EXPECT_TRUE((*opened)->fresh());
}

TEST_F(DataDirectoryTest, AFileInItsPlaceIsAnError) {
  fs::create_directories(scratch_ / "deep");
  WriteBytes(path_, "");
  EXPECT_FALSE(Open().ok());
  EXPECT_FALSE(Open(Missing::kRefuse).ok());
}

}  // namespace
}  // namespace tanhui::store
