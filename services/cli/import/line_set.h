// Remembers which lines were seen, by digest.
#ifndef TANHUI_SERVICES_CLI_IMPORT_LINE_SET_H_
#define TANHUI_SERVICES_CLI_IMPORT_LINE_SET_H_

#include "absl/container/flat_hash_set.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/import/claims.h"

namespace tanhui::cli {

// 128 bits of SHA-256 over all fields stand for a line: two lines that differ share a digest by
// accident with a chance of one in 10^24 in a file of ten million, and finding such a pair on
// purpose takes 2^64 hashes and wins nothing but a refused line.
class LineSet {
 public:
  // Whether no line with the same fields was inserted before. A line that cannot be split into
  // fields counts by its raw text.
  bool Insert(const CsvLine& line);

 private:
  absl::flat_hash_set<EvidenceId> digests_;
  std::string scratch_;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_LINE_SET_H_
