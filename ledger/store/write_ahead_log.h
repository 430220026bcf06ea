// Judges a damaged RocksDB write-ahead log before RocksDB may drop anything from it.
//
// Why our own: with every recovery mode but kAbsoluteConsistency RocksDB drops what follows damage
// or a bad length without a word, acknowledged writes included; with kAbsoluteConsistency it refuses
// even the torn tail that every power cut leaves. So the store opens with kAbsoluteConsistency, and
// only when that fails asks here whether the damage is a torn tail that nobody was ever told of.
#ifndef TANHUI_LEDGER_STORE_WRITE_AHEAD_LOG_H_
#define TANHUI_LEDGER_STORE_WRITE_AHEAD_LOG_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tanhui::store {

enum class WalVerdict {
  kWhole,     // every record is intact
  kTornTail,  // the file ends, or has an unwritten (zero) sector, inside its last record
  kDamaged,   // bytes changed after they were written
};

struct WalJudgement {
  WalVerdict verdict = WalVerdict::kWhole;
  std::size_t offset = 0;  // of the first bad record, in bytes
};

// Reads the log format of RocksDB 7 (32 KiB blocks; records of crc32c, length, type). A bad record is
// a torn tail only if no intact record follows, and the file ends inside it or one of its 512-byte
// sectors is all zero; and, where it seems to end past the file, only if its checksum does not fit
// the bytes that are there.
WalJudgement JudgeWal(std::string_view file);

// OK when RocksDB may drop the tail of the newest log in `database` (the others must be whole);
// DataLoss with the file, the offset and what to do otherwise.
absl::Status AllowTornTail(const std::string& database);

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_WRITE_AHEAD_LOG_H_
