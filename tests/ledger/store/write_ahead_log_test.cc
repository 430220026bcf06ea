// Damage done to logs that RocksDB itself wrote.
#include "ledger/store/write_ahead_log.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

constexpr std::size_t kBlock = 32'768;
constexpr std::size_t kSector = 512;
constexpr std::size_t kHeader = 7;

// A log and where each of its writes ends.
struct Written {
  std::string bytes;
  std::vector<std::size_t> ends;
  std::size_t last_start() const { return ends.size() < 2 ? 0 : ends[ends.size() - 2]; }
};

std::string RandomText(std::size_t size, std::mt19937_64& random) {
  std::string text(size, '\0');
  for (char& c : text) {
    c = static_cast<char>(1 + random() % 255);
  }
  return text;
}

std::unique_ptr<rocksdb::DB> OpenRocks(const std::string& path) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  EXPECT_TRUE(rocksdb::DB::Open(options, path, &opened).ok());
  return std::unique_ptr<rocksdb::DB>(opened);
}

std::string WriteEmptyBatch() {
  const ScratchDirectory scratch;
  const auto db = OpenRocks(scratch / "db");
  rocksdb::WriteBatch nothing;
  EXPECT_TRUE(db->Write(rocksdb::WriteOptions(), &nothing).ok());
  return ReadBytes(FileEndingIn(scratch / "db", ".log"));
}

// Writes one synced batch of each size and takes the log.
Written WriteLog(const std::vector<std::size_t>& sizes) {
  const ScratchDirectory scratch;
  const auto db = OpenRocks(scratch / "db");
  const std::string path = FileEndingIn(scratch / "db", ".log");
  std::mt19937_64 random(sizes.size());
  rocksdb::WriteOptions sync;
  sync.sync = true;
  Written written;
  for (const std::size_t size : sizes) {
    EXPECT_TRUE(db->Put(sync, "key", RandomText(size, random)).ok());
    written.ends.push_back(std::filesystem::file_size(path));
  }
  written.bytes = ReadBytes(path);
  return written;
}

// 200 small writes over two blocks.
const Written& Small() {
  static const Written written = [] {
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < 200; ++i) {
      sizes.push_back(40 + i * 7 % 300);
    }
    return WriteLog(sizes);
  }();
  return written;
}

// The last write lies in five blocks.
const Written& Large() {
  static const Written written = WriteLog({50, 3'000, 40'000, 700, 130'000});
  return written;
}

std::string Flipped(std::string bytes, std::size_t at, int bit) {
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
  return bytes;
}

// Zeroes the part of the sector that `at` lies in, from byte `from` on.
void ZeroSector(std::string& bytes, std::size_t at, std::size_t from) {
  const std::size_t start = std::max(from, at / kSector * kSector);
  const std::size_t end = std::min(bytes.size(), (at / kSector + 1) * kSector);
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(start),
            bytes.begin() + static_cast<std::ptrdiff_t>(end), '\0');
}

TEST(WriteAheadLog, ALogThatEndsAfterAnyWriteIsWhole) {
  EXPECT_EQ(JudgeWal("").verdict, WalVerdict::kWhole);
  for (const Written* log : {&Small(), &Large()}) {
    for (const std::size_t end : log->ends) {
      EXPECT_EQ(JudgeWal(log->bytes.substr(0, end)).verdict, WalVerdict::kWhole) << end;
    }
  }
}

TEST(WriteAheadLog, ALogCutAnywhereInItsLastWriteIsTorn) {
  for (const std::size_t record : {1u, 57u, 120u, 199u}) {
    const std::size_t start = Small().ends[record - 1];
    for (std::size_t end = start + 1; end < Small().ends[record]; ++end) {
      const WalJudgement judgement = JudgeWal(std::string_view(Small().bytes).substr(0, end));
      ASSERT_EQ(judgement.verdict, WalVerdict::kTornTail) << "cut at " << end;
      // A write that is cut at the end of a block is noticed only by what should follow.
      ASSERT_GE(judgement.offset, start) << "cut at " << end;
    }
  }
}

TEST(WriteAheadLog, ALogCutInAWriteOverManyBlocksIsTorn) {
  const std::string_view bytes = Large().bytes;
  for (std::size_t end = Large().last_start() + 1; end < bytes.size(); ++end) {
    const bool near_a_block = (end + 9) % kBlock < 18;
    if (near_a_block || end % 509 == 0) {
      const WalJudgement judgement = JudgeWal(bytes.substr(0, end));
      ASSERT_EQ(judgement.verdict, WalVerdict::kTornTail) << "cut at " << end;
      ASSERT_GE(judgement.offset, Large().last_start());
    }
  }
}

TEST(WriteAheadLog, ATailOfZeroesIsTorn) {
  for (const std::size_t zeroes : {1u, 6u, 7u, 8u, 511u, 512u, 5'000u, 70'000u}) {
    const WalJudgement judgement = JudgeWal(Small().bytes + std::string(zeroes, '\0'));
    EXPECT_EQ(judgement.verdict, WalVerdict::kTornTail) << zeroes;
    EXPECT_EQ(judgement.offset, Small().bytes.size()) << zeroes;
  }
}

// The disk took some sectors of the last write and not others, in any order.
TEST(WriteAheadLog, UnwrittenSectorsInTheLastWriteAreTorn) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    const Written& log = round % 3 == 0 ? Small() : Large();
    const std::size_t start = log.last_start();
    std::string bytes = log.bytes;
    if (random() % 2 == 0) {
      bytes.resize(start + 1 + random() % (bytes.size() - start));
    }
    const std::size_t holes = 1 + random() % 6;
    for (std::size_t i = 0; i < holes; ++i) {
      ZeroSector(bytes, start + random() % (bytes.size() - start), start);
    }
    ASSERT_EQ(JudgeWal(bytes).verdict, WalVerdict::kTornTail) << "round " << round;
  }
}

// Each sector of the last write alone, its first, which it shares with the write before, included.
TEST(WriteAheadLog, OneUnwrittenSectorInTheLastWriteIsTorn) {
  const std::size_t start = Large().last_start();
  for (std::size_t at = start; at < Large().bytes.size(); at = (at / kSector + 1) * kSector) {
    std::string bytes = Large().bytes;
    ZeroSector(bytes, at, start);
    ASSERT_EQ(JudgeWal(bytes).verdict, WalVerdict::kTornTail) << "sector of byte " << at;
  }
}

TEST(WriteAheadLog, AFlippedBitInTheMiddleIsDamage) {
  for (const Written* log : {&Small(), &Large()}) {
    for (std::size_t at = 0; at < log->last_start(); at += 211) {
      const WalJudgement judgement = JudgeWal(Flipped(log->bytes, at, static_cast<int>(at % 8)));
      ASSERT_EQ(judgement.verdict, WalVerdict::kDamaged) << "byte " << at;
      ASSERT_LE(judgement.offset, at);
    }
  }
}

TEST(WriteAheadLog, EveryBitOfAHeaderInTheMiddleCounts) {
  for (const std::size_t record : {0u, 30u, 110u, 150u}) {
    for (std::size_t at = Small().ends[record]; at < Small().ends[record] + kHeader; ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        const WalJudgement judgement = JudgeWal(Flipped(Small().bytes, at, bit));
        EXPECT_EQ(judgement.verdict, WalVerdict::kDamaged) << "byte " << at << " bit " << bit;
      }
    }
  }
}

// The last write is complete, so it may have been acknowledged: it must not be dropped.
TEST(WriteAheadLog, AFlippedBitInTheLastCompleteWriteIsDamage) {
  for (std::size_t at = Small().last_start(); at < Small().bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      const WalJudgement judgement = JudgeWal(Flipped(Small().bytes, at, bit));
      ASSERT_EQ(judgement.verdict, WalVerdict::kDamaged) << "byte " << at << " bit " << bit;
      ASSERT_EQ(judgement.offset, Small().last_start());
    }
  }
  const std::size_t start = Large().last_start();
  for (std::size_t at = start; at < Large().bytes.size(); ++at) {
    const std::size_t in_block = at % kBlock;
    if (in_block < kHeader || at < start + kHeader || at % 1'009 == 0) {
      const WalJudgement judgement = JudgeWal(Flipped(Large().bytes, at, static_cast<int>(at % 8)));
      ASSERT_EQ(judgement.verdict, WalVerdict::kDamaged) << "byte " << at;
    }
  }
}

TEST(WriteAheadLog, EveryLengthBitOfEveryLastPrefixIsDamage) {
  for (std::size_t record = 1; record < Small().ends.size(); ++record) {
    const std::string bytes = Small().bytes.substr(0, Small().ends[record]);
    for (const std::size_t at : {Small().ends[record - 1] + 4, Small().ends[record - 1] + 5}) {
      // A write that begins within a header's length of a block's end has its header after it.
      if (kBlock - Small().ends[record - 1] % kBlock >= kHeader) {
        for (int bit = 0; bit < 8; ++bit) {
          ASSERT_EQ(JudgeWal(Flipped(bytes, at, bit)).verdict, WalVerdict::kDamaged)
              << "record " << record << " byte " << at << " bit " << bit;
        }
      }
    }
  }
}

TEST(WriteAheadLog, AZeroedSectorInTheMiddleIsDamage) {
  for (const Written* log : {&Small(), &Large()}) {
    for (std::size_t at = 0; at + kSector <= log->last_start(); at += kSector) {
      std::string bytes = log->bytes;
      ZeroSector(bytes, at, 0);
      ASSERT_EQ(JudgeWal(bytes).verdict, WalVerdict::kDamaged) << "sector at " << at;
    }
  }
}

TEST(WriteAheadLog, AMissingPieceInTheMiddleIsDamage) {
  for (const std::size_t record : {3u, 90u}) {
    std::string bytes = Small().bytes;
    bytes.erase(Small().ends[record] + 2, 40);
    EXPECT_EQ(JudgeWal(bytes).verdict, WalVerdict::kDamaged) << record;
  }
}

// A recovered log whose removal a power cut took back, beside what was written since.
TEST(WriteAheadLogs, WhatWasForgottenMayComeBackTorn) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "db");
  WriteBytes(scratch / "db/000004.log", Small().bytes.substr(0, Small().bytes.size() - 3));
  WriteBytes(scratch / "db/000009.log", Small().bytes);
  EXPECT_TRUE(absl::IsDataLoss(JudgeLogs(scratch / "db").status()));
  ASSERT_TRUE(ForgetLogsBefore(scratch / "db", 9).ok());
  EXPECT_EQ(JudgeLogs(scratch / "db").value(), WalVerdict::kWhole);
  WriteBytes(scratch / "db/000009.log", Flipped(Small().bytes, 500, 3));
  EXPECT_TRUE(absl::IsDataLoss(JudgeLogs(scratch / "db").status()));
  WriteBytes(scratch / "db/wal-floor", "no number");
  WriteBytes(scratch / "db/000009.log", Small().bytes);
  EXPECT_TRUE(absl::IsDataLoss(JudgeLogs(scratch / "db").status()));
}

TEST(WriteAheadLogs, OnlyTheNewestWithDataMayBeTorn) {
  const ScratchDirectory scratch;
  const std::string torn = Small().bytes.substr(0, Small().bytes.size() - 3);
  std::filesystem::create_directories(scratch / "db");
  WriteBytes(scratch / "db/000004.log", Small().bytes);
  WriteBytes(scratch / "db/000009.log", torn);
  WriteBytes(scratch / "db/000012.log", "");
  WriteBytes(scratch / "db/000011.sst", "no log");
  EXPECT_EQ(JudgeLogs(scratch / "db").value(), WalVerdict::kTornTail);

  WriteBytes(scratch / "db/000012.log", Large().bytes);
  const absl::Status refused = JudgeLogs(scratch / "db").status();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused.ToString();
  const std::string text = refused.ToString();
  EXPECT_NE(text.find("000009.log"), std::string::npos) << text;
  EXPECT_NE(text.find(std::to_string(Small().last_start())), std::string::npos) << text;
  EXPECT_NE(text.find("Restore"), std::string::npos) << text;

  WriteBytes(scratch / "db/000009.log", Small().bytes);
  EXPECT_EQ(JudgeLogs(scratch / "db").value(), WalVerdict::kWhole);
  WriteBytes(scratch / "db/000009.log", Flipped(Small().bytes, 500, 3));
  WriteBytes(scratch / "db/000012.log", "");
  EXPECT_TRUE(absl::IsDataLoss(JudgeLogs(scratch / "db").status()));
  EXPECT_EQ(JudgeLogs(scratch / "nothing").value(), WalVerdict::kWhole);
}

// RocksDB drops a torn tail, begins the next log with a write of nothing, and removes the torn one
// last: a crash in between leaves both.
TEST(WriteAheadLogs, ALogWithoutAnOperationCountsAsEmpty) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "db");
  WriteBytes(scratch / "db/000004.log", WriteLog({40, 50}).bytes);
  const std::string path = scratch / "db/000009.log";
  const std::string nothing = WriteEmptyBatch();
  ASSERT_EQ(nothing.size(), 19u);
  for (std::size_t size = 0; size <= nothing.size(); ++size) {
    WriteBytes(path, nothing.substr(0, size));
    EXPECT_EQ(JudgeLogs(scratch / "db").value(),
              size == 0 || size == 19 ? WalVerdict::kWhole : WalVerdict::kTornTail)
        << size;
  }
  const std::string torn = WriteLog({40, 50}).bytes;
  WriteBytes(scratch / "db/000004.log", torn.substr(0, torn.size() - 1));
  for (std::size_t size = 0; size <= nothing.size(); ++size) {
    WriteBytes(path, nothing.substr(0, size));
    EXPECT_EQ(JudgeLogs(scratch / "db").value(), WalVerdict::kTornTail) << size;
  }
  WriteBytes(path, nothing + "x");
  EXPECT_TRUE(absl::IsDataLoss(JudgeLogs(scratch / "db").status()));
}

}  // namespace
}  // namespace tanhui::store
