#include "ledger/store/durable_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

namespace fs = std::filesystem;

TEST(DurableFile, WhatIsWrittenIsRead) {
  const ScratchDirectory scratch;
  for (const std::string& content :
       {std::string("first"), std::string(), std::string(300'000, 'x'), std::string("a\0b\n", 4)}) {
    ASSERT_TRUE(WriteFileDurably(scratch / "file", content).ok());
    EXPECT_EQ(ReadFile(scratch / "file").value(), content);
    EXPECT_FALSE(fs::exists(scratch / "file.tmp"));
  }
}

TEST(DurableFile, HasTheModeThatWasAskedFor) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(WriteFileDurably(scratch / "key", "secret", 0600).ok());
  struct stat info {};
  ASSERT_EQ(::stat((scratch / "key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(DurableFile, WhatACrashLeftBesideItIsOverwritten) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(WriteFileDurably(scratch / "file", "old").ok());
  WriteBytes(scratch / "file.tmp", std::string(1'000, 'h'));  // half of an earlier one
  ASSERT_TRUE(WriteFileDurably(scratch / "file", "new").ok());
  EXPECT_EQ(ReadFile(scratch / "file").value(), "new");
  EXPECT_FALSE(fs::exists(scratch / "file.tmp"));
}

TEST(DurableFile, AFailureKeepsTheOldContent) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(WriteFileDurably(scratch / "file", "old").ok());
  fs::create_directory(scratch / "file.tmp");  // cannot be opened for writing
  const absl::Status status = WriteFileDurably(scratch / "file", "new");
  EXPECT_TRUE(absl::IsInternal(status)) << status.ToString();
  EXPECT_NE(status.ToString().find(scratch / "file.tmp"), std::string::npos) << status.ToString();
  EXPECT_EQ(ReadFile(scratch / "file").value(), "old");
}

TEST(DurableFile, AMissingDirectoryIsAnError) {
  const absl::Status status = WriteFileDurably("/nowhere/file", "x");
  EXPECT_TRUE(absl::IsInternal(status)) << status.ToString();
}

TEST(DurableFile, AFileBesideTheProgramNeedsNoDirectory) {
  const ScratchDirectory scratch;
  const fs::path before = fs::current_path();
  fs::current_path(scratch / ".");
  const absl::Status status = WriteFileDurably("file", "here");
  fs::current_path(before);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(ReadFile(scratch / "file").value(), "here");
}

TEST(DurableFile, AMissingFileIsNotFoundAndOthersAreErrors) {
  const ScratchDirectory scratch;
  EXPECT_TRUE(absl::IsNotFound(ReadFile(scratch / "none").status()));
  fs::create_directory(scratch / "directory");
  EXPECT_TRUE(absl::IsInternal(ReadFile(scratch / "directory").status()));
}

TEST(DurableFile, DirectoriesAreMadeWithTheirParents) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(MakeDirectories(scratch / "a/b/c").ok());
  EXPECT_TRUE(fs::is_directory(scratch / "a/b/c"));
  EXPECT_TRUE(MakeDirectories(scratch / "a/b/c").ok());
  EXPECT_TRUE(MakeDirectories(scratch / "a/d/").ok());
  WriteBytes(scratch / "file", "");
  EXPECT_TRUE(absl::IsInternal(MakeDirectories(scratch / "file/below")));
}

}  // namespace
}  // namespace tanhui::store
