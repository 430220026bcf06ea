#include "services/cli/import/line_set.h"

#include <algorithm>

#include "ledger/merkle/hash.h"

namespace tanhui::cli {
namespace {

void AppendField(std::string_view field, std::string* out) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    out->push_back(static_cast<char>(field.size() >> shift));
  }
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
