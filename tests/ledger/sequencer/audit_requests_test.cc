// The audit's table of request ids: exact whatever its size.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/sequencer/audit/request_table.h"

namespace tanhui::sequencer {
namespace {

// Ids of all sizes, some of them UUIDs.
RequestKey KeyOf(std::uint64_t number) {
  const std::string text = number % 2 == 0
                               ? absl::StrCat("0190c0de-0000-7000-8000-", 100'000'000'000 + number)
                               : absl::StrCat(number, std::string(number % 60, 'x'));
  return {ParticipantNo(static_cast<std::uint32_t>(1 + number % 3)),
          RequestId::FromText(text).value()};
}

class RequestTableTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kEntries = 20'000;

  void SetUp() override {
    for (std::uint64_t i = 0; i < kEntries; ++i) {
      table_.Put(KeyOf(i), {EntryIndex(i), std::nullopt});
    }
  }
  std::optional<RequestRecord> Find(const RequestKey& key) {
    return table_
        .Find(key, table_.HashOf(key),
              [this](EntryIndex index) -> absl::StatusOr<Entry> {
                ++reads_;
                Entry entry;
                const RequestKey of = KeyOf(index.value());
                entry.set_caller(of.caller.value());
                entry.set_request_id(std::string(of.id.stored()));
                if (blocked_.contains(index.value())) {
                  const RequestKey other = KeyOf(blocked_.at(index.value()));
                  entry.mutable_tombstone()->set_target_request_id(std::string(other.id.stored()));
                }
                return entry;
              })
        .value();
  }

  RequestTable table_;
  std::map<std::uint64_t, std::uint64_t> blocked_;  // by the tombstone
  int reads_ = 0;
};

TEST_F(RequestTableTest, FindsWhatWasPutAndNothingElse) {
  EXPECT_EQ(table_.size(), kEntries);
  for (std::uint64_t i = 0; i < kEntries; ++i) {
    ASSERT_EQ(Find(KeyOf(i)), (RequestRecord{EntryIndex(i), std::nullopt})) << i;
  }
  EXPECT_EQ(reads_, static_cast<int>(kEntries));
  for (std::uint64_t i = kEntries; i < 2 * kEntries; ++i) {
    ASSERT_EQ(Find(KeyOf(i)), std::nullopt) << i;
  }
  EXPECT_EQ(reads_, static_cast<int>(kEntries)) << "an absent key is read for nothing";
}

TEST_F(RequestTableTest, AnEntryThatHasAnotherKeyIsNotIt) {
  const RequestKey key = KeyOf(7);
  const auto found = table_.Find(key, table_.HashOf(key), [](EntryIndex) { return Entry(); });
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, std::nullopt);
  const auto unreadable = table_.Find(key, table_.HashOf(key), [](EntryIndex) {
    return absl::StatusOr<Entry>(absl::DataLossError("entry 7 cannot be read"));
  });
  EXPECT_TRUE(absl::IsDataLoss(unreadable.status()));
}

TEST_F(RequestTableTest, HoldsOnlyTheRecordItself) {
  const auto holds = [this](std::uint64_t number, const RequestRecord& record) {
    return table_.Holds(table_.HashOf(KeyOf(number)), record);
  };
  EXPECT_TRUE(holds(5, {EntryIndex(5), std::nullopt}));
  EXPECT_FALSE(holds(5, {EntryIndex(6), std::nullopt}));
  EXPECT_FALSE(holds(5, {EntryIndex(5), EntryIndex(9)}));
  EXPECT_FALSE(holds(kEntries, {EntryIndex(5), std::nullopt}));
}

TEST_F(RequestTableTest, CancelledAndBlocked) {
  const RequestRecord cancelled{EntryIndex(5), EntryIndex(kEntries)};
  table_.Put(KeyOf(5), cancelled);
  EXPECT_EQ(table_.size(), kEntries) << "the same key once more";
  EXPECT_EQ(Find(KeyOf(5)), cancelled);
  EXPECT_TRUE(table_.Holds(table_.HashOf(KeyOf(5)), cancelled));

  // A tombstone has an id and blocks another, of one caller.
  const std::uint64_t tombstone = kEntries - 2;
  const std::uint64_t never = kEntries + 1;
  ASSERT_EQ(KeyOf(tombstone).caller, KeyOf(never).caller);
  blocked_[tombstone] = never;
  const RequestRecord blocked{EntryIndex(tombstone), EntryIndex(tombstone)};
  table_.Put(KeyOf(never), blocked);
  EXPECT_EQ(table_.size(), kEntries + 1);
  EXPECT_EQ(Find(KeyOf(never)), blocked);
  EXPECT_EQ(Find(KeyOf(tombstone)), (RequestRecord{EntryIndex(tombstone), std::nullopt}));
}

}  // namespace
}  // namespace tanhui::sequencer
