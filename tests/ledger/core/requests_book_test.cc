// Tombstones and file records. What a cancellation reverses is tested beside the points book.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
using ::testing::HasSubstr;

const LedgerTime kTomorrow(kStart.value() + kMicrosPerDay);

TEST(RequestsTest, AnUnseenIdIsBlockedForEver) {
  World world;
  ASSERT_EQ(world.Ask(Cancel("c", "late")), "OK");
  EXPECT_TRUE(world.last().has_tombstone());
  EXPECT_EQ(world.last().tombstone().target_request_id(),
            "\x02"
            "late");
  EXPECT_EQ(world.last().postings_size(), 0);
  const RequestRecord blocked{EntryIndex(kFirst), EntryIndex(kFirst)};
  EXPECT_EQ(world.Find("late"), blocked);
  EXPECT_EQ(world.Find("c"), (RequestRecord{EntryIndex(kFirst), std::nullopt}));
  Play(world, {
                  {Fund("late", kBudget, 5), "BLOCKED 20"},
                  {Fund("late", kBudget, 6), "BLOCKED 20"},
                  {Cancel("late", "other"), "BLOCKED 20"},
                  {Cancel("c", "late"), "SEEN 20"},
              });
  EXPECT_EQ(world.BalanceOf(kBudget), 0);
}

TEST(RequestsTest, ABlockedIdIsCancelledAlready) {
  World world;
  Play(world, {
                  {Cancel("c1", "late"), "OK"},
                  {Cancel("c2", "late"), "ALREADY_CANCELLED target_request_id entry_index=20"},
                  {NotAfter(Cancel("c3", "late"), LedgerTime(1)), "REQUEST_TOO_LATE not_after"},
              });
}

TEST(RequestsTest, ACallerBlocksOnlyItsOwnIds) {
  World world;
  Play(world, {
                  {By(Fund("f", kBudget, 5), kOtherPlatform), "OK"},
                  {Cancel("c", "f"), "OK"},
                  {By(Fund("f", kBudget, 5), kOtherPlatform), "SEEN 20"},
                  {Fund("f", kBudget, 5), "BLOCKED 21"},
              });
  EXPECT_TRUE(world.last().has_tombstone());
  EXPECT_EQ(world.BalanceOf(kBudget), 5);
}

TEST(RequestsTest, WhatCannotBeUndone) {
  World world;
  const std::string no = "NOT_CANCELLABLE target_request_id";
  Play(world, {
                  {OpenCitizen("account", kPoints), "OK"},
                  {OpenBudget("budget", "b", kSponsor, kPoints), "OK"},
                  {RecordFile("f"), "OK"},
                  {Cancel("block", "never"), "OK"},
                  {Cancel("c", "account"), no},
                  {Cancel("c", "budget"), no},
                  {Cancel("c", "file:f"), no},
                  {Cancel("c", "block"), no},
                  {By(Cancel("c", "s1"), kOperator), no},
                  {By(Cancel("c", "p2"), kOperator), no},
                  {By(Cancel("c", "as1"), kOperator), no},
                  {By(Cancel("c", "b11"), kOperator), no},
                  {NotAfter(Cancel("c", "account"), LedgerTime(1)), "REQUEST_TOO_LATE not_after"},
                  {ActAt(Cancel("c", "account"), kTomorrow), no},
                  {ActAt(Cancel("c", "unseen"), kTomorrow), "ACT_IN_FUTURE act_time"},
                  // Not remembered: the same id may be used for something else.
                  {Cancel("c", "unseen"), "OK"},
              });
}

TEST(RequestsTest, FilesSupersedeFilesOfTheSameCaller) {
  World world;
  Play(world,
       {
           {RecordFile("day-2", "day-1"), "UNKNOWN_FILE supersedes_file_id"},
           {RecordFile("day-1"), "OK"},
           {RecordFile("day-2", "day-1"), "OK"},
           {RecordFile("day-2", "day-1"), "SEEN 21"},
           {RecordFile("day-1"), "SEEN 20"},
           {By(RecordFile("day-3", "day-1"), kOtherPlatform), "UNKNOWN_FILE supersedes_file_id"},
           {By(RecordFile("day-1"), kOtherPlatform), "OK"},
           {Cancel("c", "file:day-9"), "OK"},
           {RecordFile("day-10", "day-9"), "UNKNOWN_FILE supersedes_file_id"},
           {RecordFile("day-9"), "BLOCKED 23"},
           {NotAfter(RecordFile("day-11", "none"), LedgerTime(1)),
            "UNKNOWN_FILE supersedes_file_id"},
           {NotAfter(RecordFile("day-11"), LedgerTime(1)), "REQUEST_TOO_LATE not_after"},
       });
}

TEST(RequestsTest, AFileRecordKeepsWhatWasAsked) {
  World world;
  const Command file = RecordFile("day-1");
  ASSERT_EQ(world.Ask(file), "OK");
  EXPECT_EQ(world.last().file_record().SerializeAsString(),
            file.draft.file_record().SerializeAsString());
  EXPECT_EQ(world.last().postings_size(), 0);
}

TEST(RequestsTest, ApplyFindsACancellationThatDecideCannotHaveMade) {
  World world;
  ASSERT_EQ(world.Ask(Fund("f", kBudget, 5)), "OK");
  const Entry good = std::get<Entry>(world.Decide(Cancel("c", "f")));
  const auto broken = [&](auto&& change) {
    Entry entry = good;
    change(entry);
    return world.FaultOf(entry);
  };
  EXPECT_EQ(broken([](Entry&) {}), "OK");
  EXPECT_THAT(broken([](Entry& e) { e.mutable_cancellation()->set_target_index(3); }),
              HasSubstr("a request that cannot be cancelled"));
  EXPECT_THAT(broken([](Entry& e) {
                e.mutable_cancellation()->set_target_request_id(
                    "\x02"
                    "g");
              }),
              HasSubstr("a request that cannot be cancelled"));
  EXPECT_THAT(broken([](Entry& e) { e.mutable_cancellation()->set_target_request_id("g"); }),
              HasSubstr("malformed request id"));
  EXPECT_THAT(broken([](Entry& e) {
                e.clear_postings();
                e.mutable_tombstone()->set_target_request_id(
                    "\x02"
                    "f");
              }),
              HasSubstr("a tombstone for a request that happened"));
}

TEST(RequestsTest, NothingIsCancelledTwice) {
  World world;
  ASSERT_EQ(world.Ask(Fund("f", kBudget, 5)), "OK");
  ASSERT_EQ(world.Ask(Fund("g", kBudget, 5)), "OK");
  ASSERT_EQ(world.Ask(Cancel("c1", "f")), "OK");
  Entry again = std::get<Entry>(world.Decide(Cancel("c2", "g")));
  again.mutable_cancellation()->set_target_request_id(
      "\x02"
      "f");
  again.mutable_cancellation()->set_target_index(kFirst);
  EXPECT_THAT(world.FaultOf(again), HasSubstr("a request that cannot be cancelled"));
}

}  // namespace
}  // namespace tanhui
