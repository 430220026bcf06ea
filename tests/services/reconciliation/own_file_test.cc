// The participant's own file: what is read, and each sentence with which it is refused.
#include "services/cli/reconcile/own_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::cli {
namespace {

class OwnFileTest : public testing::Test {
 protected:
  std::string Path() const { return scratch_ / "mine.csv"; }
  absl::Status Read(const std::string& text) {
    WriteBytes(Path(), text);
    rows_.clear();
    return ReadOwnFile(Path(), [this](const reconciliation::OwnRow& row) {
      rows_.push_back(row);
      return absl::OkStatus();
    });
  }
  ScratchDirectory scratch_;
  std::vector<reconciliation::OwnRow> rows_;
};

TEST_F(OwnFileTest, ReadsColumnsInAnyOrder) {
  ASSERT_TRUE(Read("\xEF\xBB\xBFtime,state,fen,points,request_id,till no\r\n"
                   "2027-01-05 17:59:58,done,500,-500,r-1,x\r\n"
                   "\r\n"
                   ",part,0,-7,\"r,2\",y\r\n"
                   "2027-01-05T18:00:01+08:00,undone,-3,0,r-3,z")
                  .ok());
  ASSERT_EQ(rows_.size(), 3U);
  EXPECT_EQ(rows_[0].request_id, "r-1");
  EXPECT_EQ(rows_[0].side, (reconciliation::Side{-500, 500, reconciliation::RowState::kDone}));
  EXPECT_EQ(rows_[0].time, ParseShanghai("2027-01-05 17:59:58"));
  EXPECT_EQ(rows_[1].request_id, "r,2");
  EXPECT_EQ(rows_[1].time, std::nullopt);
  EXPECT_EQ(rows_[1].line, 4U);
  EXPECT_EQ(rows_[2].time, ParseShanghai("2027-01-05 18:00:01"));
  EXPECT_TRUE(Read("request_id,points,fen,state\n").ok());
}

TEST_F(OwnFileTest, CountsLinesAcrossBlocks) {
  std::string text = "request_id,points,fen,state\n";
  for (int i = 2; i <= 60'000; ++i) {
    text += "r-" + std::to_string(i) + ",1,0,done\n";
  }
  ASSERT_TRUE(Read(text).ok());
  ASSERT_EQ(rows_.size(), 59'999U);
  for (const auto& row : rows_) {
    ASSERT_EQ(row.request_id, "r-" + std::to_string(row.line));
  }
}

TEST_F(OwnFileTest, RefusesWithOneSentence) {
  struct Case {
    std::string text;
    std::string why;
  };
  const std::string header = "request_id,points,fen,state,time\n";
  for (const Case& c : std::vector<Case>{
           {"", "line 1: the file is empty"},
           {"request_id,points,state\n", "line 1: the header lacks the column fen"},
           {"request_id,points,fen,state,fen\n", "names the column fen twice"},
           {header + "r,1,1,done\n", "line 2: another number of fields than the header"},
           {header + "r,1.0,1,done,\n", "line 2: the points are no whole number"},
           {header + "r,,1,done,\n", "line 2: the points are no whole number"},
           {header + "r,1,x,done,\n", "line 2: the fen are no whole number"},
           {header + "r,99999999999999999999,1,done,\n", "line 2: the points are no whole number"},
           {header + "r,1,1,DONE,\n", "line 2: the state is none"},
           {header + "r,1,1,,\n", "line 2: the state is none"},
           {header + "r,1,1,done,\n,1,1,done,\n", "line 3: it has no request id"},
           {header + "r,1,1,done,yesterday\n", "line 2: the time is none"},
           {header + "\"r,1,1,done,\n", "line 2: quotes do not match"},
           {header + "\xFF,1,1,done,\n", "line 2: not UTF-8 text"}}) {
    const absl::Status status = Read(c.text);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.why;
    EXPECT_EQ(std::string(status.message()).find(Path() + ": "), 0U) << status.ToString();
    EXPECT_NE(status.message().find(c.why), absl::string_view::npos) << status.ToString();
  }
  EXPECT_FALSE(ReadOwnFile(scratch_ / "none", {}).ok());
}

}  // namespace
}  // namespace tanhui::cli
