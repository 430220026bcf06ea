// What signals add up to, and how it is stored.
#include "ledger/watch/case_record.h"

#include <gtest/gtest.h>

#include <string>

namespace tanhui::watch {
namespace {

Signal SignalAt(std::int64_t first, std::int64_t last, std::vector<EntryIndex> entries) {
  return {SignalKind::kImpossibleTravel, 7, LedgerTime(first), LedgerTime(last), 2, entries};
}

TEST(CaseRecord, SignalsAddUp) {
  Case one =
      OpenCase(CaseNo(1'000), SignalAt(50, 60, {EntryIndex(9), EntryIndex(4)}), LedgerTime(100));
  AddSignal(one, SignalAt(40, 55, {EntryIndex(9), EntryIndex(6)}), LedgerTime(101));
  EXPECT_EQ(one.signals, 2U);
  EXPECT_EQ(one.first, LedgerTime(40));
  EXPECT_EQ(one.last, LedgerTime(60));
  EXPECT_EQ(one.updated, LedgerTime(101));
  EXPECT_EQ(one.entries, (std::vector{EntryIndex(4), EntryIndex(6), EntryIndex(9)}));
  for (std::uint64_t i = 10; i < 300; ++i) {
    AddSignal(one, SignalAt(40, 55, {EntryIndex(i)}), LedgerTime(101));
  }
  EXPECT_EQ(one.entries.size(), kMaxEntries);
  EXPECT_EQ(one.signals, 292U);
}

TEST(CaseRecord, ReadsWhatItWrote) {
  Case one =
      OpenCase(CaseNo(1'000), SignalAt(-1, 60, {EntryIndex(9), EntryIndex(4)}), LedgerTime(100));
  EXPECT_EQ(DecodeCase(CaseKey(one.number), EncodeCase(one)), one);
  one.state = CaseState::kConfirmed;
  one.note = "查明";
  one.decided_by = ParticipantNo(3);
  one.decided = LedgerTime(200);
  EXPECT_EQ(DecodeCase(CaseKey(one.number), EncodeCase(one)), one);
  EXPECT_LT(CaseKey(CaseNo(2)), CaseKey(CaseNo(1)));
}

TEST(CaseRecord, RefusesWhatItDidNotWrite) {
  const Case one = OpenCase(CaseNo(1'000), SignalAt(1, 60, {EntryIndex(9)}), LedgerTime(100));
  const std::string key = CaseKey(one.number);
  const std::string value = EncodeCase(one);
  for (std::size_t length = 0; length < value.size(); ++length) {
    EXPECT_EQ(DecodeCase(key, value.substr(0, length)), std::nullopt) << length;
  }
  EXPECT_EQ(DecodeCase(key.substr(1), value), std::nullopt);
  EXPECT_EQ(DecodeCase(key + "x", value), std::nullopt);
  EXPECT_EQ(DecodeCase(key, value + std::string(kMaxNoteBytes + 1, 'n')), std::nullopt);
  for (const std::size_t byte : {0U, 1U, 2U}) {  // version, kind, state
    std::string damaged = value;
    damaged[byte] = 99;
    EXPECT_EQ(DecodeCase(key, damaged), std::nullopt) << byte;
  }
}

}  // namespace
}  // namespace tanhui::watch
