#include "ledger/store/write_ahead_log.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/store/durable_file.h"

namespace tanhui::store {
namespace {

constexpr std::size_t kBlock = 32'768;
constexpr std::size_t kHeader = 7;  // crc32c 4, length 2, type 1; little-endian
constexpr std::size_t kSector = 512;
// A write without an operation: its header is a sequence number and a count. After it dropped a
// torn tail, RocksDB begins the next log with one, before it removes the torn log.
constexpr std::size_t kEmptyWrite = kHeader + 12;
// Types of records: all of a write, or its parts.
constexpr char kFull = 1;
constexpr char kFirst = 2;
constexpr char kMiddle = 3;
constexpr char kLast = 4;

// Of an octet with so many zero octets behind it, so that eight octets take one step: the log to be
// judged is a hundred megabytes, and a server waits for it at its start.
using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr CrcTables MakeCrcTables() {
  CrcTables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
    }
    tables[0][i] = crc;
  }
  for (std::size_t zeros = 1; zeros < tables.size(); ++zeros) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t before = tables[zeros - 1][i];
      tables[zeros][i] = tables[0][before & 0xff] ^ (before >> 8);
    }
  }
  return tables;
}

// crc32c as RocksDB stores it: rotated and offset, so that a crc of a crc differs from itself.
std::uint32_t MaskedCrc(std::string_view bytes) {
  static constexpr CrcTables kTables = MakeCrcTables();
  std::uint32_t crc = 0xffffffffu;
  for (; bytes.size() >= kTables.size(); bytes.remove_prefix(kTables.size())) {
    std::uint64_t octets = 0;
    std::memcpy(&octets, bytes.data(), sizeof octets);
    octets ^= crc;
    crc = 0;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kTables.size(); ++i) {
      crc ^= kTables[kTables.size() - 1 - i][octets >> (8 * i) & 0xff];
    }
  }
  for (const char c : bytes) {
    crc = kTables[0][(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
  }
  crc ^= 0xffffffffu;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

std::uint32_t Little(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = width; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

std::size_t LengthAt(std::string_view file, std::size_t at) { return Little(file, at + 4, 2); }

// Whether an intact record of `length` payload bytes starts at `at`.
bool IntactWithLength(std::string_view file, std::size_t at, std::size_t length) {
  const auto type = static_cast<unsigned char>(file[at + 6]);
  if (type == 0 || type > kLast || at + kHeader + length > file.size()) {
    return false;
  }
  return MaskedCrc(file.substr(at + 6, 1 + length)) == Little(file, at, 4);
}

std::size_t BlockEnd(std::size_t at) { return at / kBlock * kBlock + kBlock; }

bool IntactAt(std::string_view file, std::size_t at) {
  if (at + kHeader > std::min(BlockEnd(at), file.size())) {
    return false;
  }
  const std::size_t length = LengthAt(file, at);
  return at + kHeader + length <= BlockEnd(at) && IntactWithLength(file, at, length);
}

// Whether the record at `at` is the first part of a write, or all of it.
bool BeginsWrite(std::string_view file, std::size_t at) {
  return file[at + 6] == kFull || file[at + 6] == kFirst;
}

bool AllZero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

// Whether a write begins intact after the bad record at `bad`. Looked for at every offset, because
// the bad record's length cannot be trusted. Intact parts that go on with the write that the bad
// record is in are stepped over: the disk takes the sectors of one write in any order.
bool WriteBeginsAfter(std::string_view file, std::size_t bad) {
  std::size_t at = bad + 1;
  while (at + kHeader <= file.size()) {
    if (!IntactAt(file, at)) {
      ++at;
    } else if (BeginsWrite(file, at)) {
      return true;
    } else {
      at += kHeader + LengthAt(file, at);
    }
  }
  return false;
}

// Whether a sector is all zero from `from` on: one that never reached the disk, or whose last
// version did not.
bool HasZeroSector(std::string_view file, std::size_t from) {
  for (std::size_t at = from; at < file.size(); at = (at / kSector + 1) * kSector) {
    if (AllZero(file.substr(at, kSector - at % kSector))) {
      return true;
    }
  }
  return false;
}

WalVerdict JudgeBadRecord(std::string_view file, std::size_t bad) {
  if (WriteBeginsAfter(file, bad)) {
    return WalVerdict::kDamaged;
  }
  if (file.size() - bad < kHeader || HasZeroSector(file, bad)) {
    return WalVerdict::kTornTail;
  }
  // No record reaches past its block: a length that does was changed.
  const std::size_t claimed_end = bad + kHeader + LengthAt(file, bad);
  if (claimed_end <= file.size() || claimed_end > BlockEnd(bad)) {
    return WalVerdict::kDamaged;
  }
  // Intact but for a length that was changed.
  const std::size_t there = file.size() - bad - kHeader;
  return IntactWithLength(file, bad, there) ? WalVerdict::kDamaged : WalVerdict::kTornTail;
}

absl::Status Damaged(const std::filesystem::path& log, std::size_t offset) {
  return absl::DataLossError(absl::StrCat(
      "the write-ahead log ", log.string(), " is damaged at byte ", offset,
      ", in front of or inside data that was acknowledged. Nothing was changed. Restore the "
      "directory from a backup or another copy, and check the disk."));
}

constexpr char kFloorFile[] = "/wal-floor";

// 0, which judges every log, when the file is missing or damaged.
std::uint64_t ReadFloor(const std::string& database) {
  const auto text = ReadFile(database + kFloorFile);
  std::uint64_t floor = 0;
  return text.ok() && absl::SimpleAtoi(*text, &floor) ? floor : 0;
}

}  // namespace

WalJudgement JudgeWal(std::string_view file) {
  std::size_t at = 0;
  bool inside = false;  // between the first and the last part of a record that spans blocks
  std::size_t started = 0;
  while (at < file.size()) {
    const std::size_t left_in_block = kBlock - at % kBlock;
    if (left_in_block < kHeader) {
      if (!AllZero(file.substr(at, left_in_block))) {
        return {WalVerdict::kDamaged, at};
      }
      at += left_in_block;
      continue;
    }
    if (!IntactAt(file, at)) {
      return {JudgeBadRecord(file, at), at};
    }
    const char type = file[at + 6];
    const bool starts = BeginsWrite(file, at);
    if (starts == inside) {
      return {WalVerdict::kDamaged, at};
    }
    started = starts ? at : started;
    inside = type == kFirst || type == kMiddle;
    at += kHeader + LengthAt(file, at);
  }
  return inside ? WalJudgement{WalVerdict::kTornTail, started} : WalJudgement{};
}

absl::Status ForgetLogsBefore(const std::string& database, std::uint64_t number) {
  return WriteFileDurably(database + kFloorFile, absl::StrCat(number, "\n"));
}

absl::StatusOr<WalVerdict> JudgeLogs(const std::string& database) {
  const std::uint64_t floor = ReadFloor(database);
  std::vector<std::filesystem::path> logs;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(database, error)) {
    std::uint64_t number = 0;
    if (file.path().extension() == ".log" && file.file_size() > 0 &&
        absl::SimpleAtoi(file.path().stem().string(), &number) && number >= floor) {
      logs.push_back(file.path());
    }
  }
  // Names are zero-padded file numbers, so the newest is the last.
  std::sort(logs.begin(), logs.end());
  std::vector<std::pair<std::filesystem::path, std::size_t>> torn;  // and where
  for (const std::filesystem::path& log : logs) {
    const auto content = ReadFile(log.string());
    if (!content.ok()) {
      return content.status();
    }
    const WalJudgement judgement = JudgeWal(*content);
    if (judgement.verdict == WalVerdict::kDamaged) {
      return Damaged(log, judgement.offset);
    }
    if (!torn.empty() && content->size() > kEmptyWrite) {
      return Damaged(torn.front().first, torn.front().second);
    }
    if (judgement.verdict == WalVerdict::kTornTail) {
      torn.emplace_back(log, judgement.offset);
    }
  }
  return torn.empty() ? WalVerdict::kWhole : WalVerdict::kTornTail;
}

}  // namespace tanhui::store
