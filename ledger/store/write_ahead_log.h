// Judges a damaged RocksDB write-ahead log before RocksDB may drop anything from it.
//
// Why our own: with every recovery mode but kAbsoluteConsistency RocksDB drops what follows damage
// or a bad length without a word, acknowledged writes included. With kAbsoluteConsistency it
// refuses even the torn tail that every power cut leaves, and yet takes a record whose header was
// zeroed for padding and skips the rest of its block. So the store judges the logs first, and tells
// RocksDB to drop a tail only when it is a torn one that nobody was ever told of.
//
// What cannot be told apart: a sector of the very last write that was acknowledged and zeroed
// afterwards looks like one that never reached the disk. The checkpoint in the second place tells.
#ifndef TANHUI_LEDGER_STORE_WRITE_AHEAD_LOG_H_
#define TANHUI_LEDGER_STORE_WRITE_AHEAD_LOG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tanhui::store {

enum class WalVerdict {
  kWhole,     // every record is intact
  kTornTail,  // the file ends, or has an unwritten (zero) sector, inside its last write
  kDamaged,   // bytes changed after they were written
};

struct WalJudgement {
  WalVerdict verdict = WalVerdict::kWhole;
  std::size_t offset = 0;  // of the first bad record, in bytes
};

// Reads the log format of RocksDB 7 (32 KiB blocks; records of crc32c, length, type; a write is one
// record, or parts that fill block after block). A bad record is a torn tail only if no write
// begins intact after it, and the file ends inside it or one of the 512-byte sectors from it on is
// all zero; and, where it seems to end past the file, only if its checksum does not fit the bytes
// that are there.
WalJudgement JudgeWal(std::string_view file);

// What RocksDB may do with the logs in `database`: replay them all (kWhole), or drop the tail of
// the newest one that holds a write (kTornTail). DataLoss with the file, the offset and what to do
// when that one is damaged, or an older one is not whole.
// Logs before the number that ForgetLogsBefore noted are left out.
absl::StatusOr<WalVerdict> JudgeLogs(const std::string& database);

// Notes durably, in the file wal-floor beside the logs, that those with smaller numbers hold
// nothing any more. A power cut can bring a removed one back, with a torn tail that means nothing.
absl::Status ForgetLogsBefore(const std::string& database, std::uint64_t number);

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_WRITE_AHEAD_LOG_H_
