#include "ledger/store/write_ahead_log.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/store/durable_file.h"

namespace tanhui::store {
namespace {

constexpr std::size_t kBlock = 32'768;
constexpr std::size_t kHeader = 7;  // crc32c 4, length 2, type 1; little-endian
constexpr std::size_t kSector = 512;
constexpr unsigned kLastType = 4;  // full, first, middle, last

constexpr std::array<std::uint32_t, 256> CrcTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
    }
    table[i] = crc;
  }
  return table;
}

// crc32c as RocksDB stores it: rotated and offset, so that a crc of a crc differs from itself.
std::uint32_t MaskedCrc(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = CrcTable();
  std::uint32_t crc = 0xffffffffu;
  for (const char c : bytes) {
    crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
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
  if (type == 0 || type > kLastType || at + kHeader + length > file.size()) {
    return false;
  }
  return MaskedCrc(file.substr(at + 6, 1 + length)) == Little(file, at, 4);
}

bool IntactAt(std::string_view file, std::size_t at) {
  const std::size_t block_end = at / kBlock * kBlock + kBlock;
  if (at + kHeader > std::min(block_end, file.size())) {
    return false;
  }
  const std::size_t length = LengthAt(file, at);
  return at + kHeader + length <= block_end && IntactWithLength(file, at, length);
}

bool AllZero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

// Whether anything intact lies after the bad record at `bad`: at any offset of its own block, where
// its length cannot be trusted, and at the start of every later block.
bool IntactAfter(std::string_view file, std::size_t bad) {
  const std::size_t block_end = std::min(bad / kBlock * kBlock + kBlock, file.size());
  for (std::size_t at = bad + 1; at + kHeader <= block_end; ++at) {
    if (IntactAt(file, at)) {
      return true;
    }
  }
  for (std::size_t at = bad / kBlock * kBlock + kBlock; at < file.size(); at += kBlock) {
    if (IntactAt(file, at)) {
      return true;
    }
  }
  return false;
}

bool HasZeroSector(std::string_view file, std::size_t from) {
  for (std::size_t at = (from + kSector - 1) / kSector * kSector; at < file.size();
       at += kSector) {
    if (AllZero(file.substr(at, kSector))) {
      return true;
    }
  }
  return false;
}

WalVerdict JudgeBadRecord(std::string_view file, std::size_t bad) {
  if (IntactAfter(file, bad)) {
    return WalVerdict::kDamaged;
  }
  if (file.size() - bad < kHeader || AllZero(file.substr(bad))) {
    return WalVerdict::kTornTail;
  }
  const std::size_t claimed_end = bad + kHeader + LengthAt(file, bad);
  if (claimed_end > file.size()) {
    const std::size_t there = file.size() - bad - kHeader;
    return IntactWithLength(file, bad, there) ? WalVerdict::kDamaged : WalVerdict::kTornTail;
  }
  return HasZeroSector(file, bad) ? WalVerdict::kTornTail : WalVerdict::kDamaged;
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
    const auto type = static_cast<unsigned char>(file[at + 6]);
    const bool starts = type == 1 || type == 2;
    if (starts == inside) {
      return {WalVerdict::kDamaged, at};
    }
    started = starts ? at : started;
    inside = type == 2 || type == 3;
    at += kHeader + LengthAt(file, at);
  }
  return inside ? WalJudgement{WalVerdict::kTornTail, started} : WalJudgement{};
}

absl::Status AllowTornTail(const std::string& database) {
  std::vector<std::filesystem::path> logs;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(database, error)) {
    if (file.path().extension() == ".log") {
      logs.push_back(file.path());
    }
  }
  // Names are zero-padded file numbers, so the newest is the last.
  std::sort(logs.begin(), logs.end());
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const auto content = ReadFile(logs[i].string());
    if (!content.ok()) {
      return content.status();
    }
    const WalJudgement judgement = JudgeWal(*content);
    const bool newest_with_data =
        std::all_of(logs.begin() + static_cast<std::ptrdiff_t>(i) + 1, logs.end(),
                    [](const auto& log) {
                      std::error_code ignored;
                      return std::filesystem::file_size(log, ignored) == 0;
                    });
    if (judgement.verdict == WalVerdict::kDamaged ||
        (judgement.verdict == WalVerdict::kTornTail && !newest_with_data)) {
      return absl::DataLossError(absl::StrCat(
          "the write-ahead log ", logs[i].string(), " is damaged at byte ", judgement.offset,
          ", in front of or inside data that was acknowledged. Nothing was changed. Restore the "
          "directory from a backup or another copy, and check the disk."));
    }
  }
  return absl::OkStatus();
}

}  // namespace tanhui::store
