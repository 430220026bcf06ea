#include "services/cli/import/line_set.h"

#include <algorithm>

#include "ledger/core/octets/big_endian.h"
#include "ledger/merkle/hash.h"

namespace tanhui::cli {
namespace {

void AppendField(std::string_view field, std::string* out) {
  PutBigEndian(*out, static_cast<std::uint32_t>(field.size()));
  out->append(field);
}

}  // namespace

bool LineSet::Insert(const CsvLine& line) {
  scratch_.clear();
  if (line.fault.empty()) {
    for (const std::string_view field : line.fields) {
      AppendField(field, &scratch_);
    }
  } else {
    scratch_.append(line.raw);
  }
  const Hash256 hash = merkle::Sha256(scratch_);
  EvidenceId digest{};
  std::copy_n(hash.bytes.begin(), digest.size(), digest.begin());
  return digests_.insert(digest).second;
}

}  // namespace tanhui::cli
