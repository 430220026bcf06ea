// The canonical bytes of a piece of evidence, which are hashed to claim it: the same whoever hands
// it in, in whatever spelling. The format is in ledger/rules/RULES.md. Pure; any thread.
#ifndef TANHUI_SERVICES_RPC_ACTS_EVIDENCE_TEXT_H_
#define TANHUI_SERVICES_RPC_ACTS_EVIDENCE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::rpc {

// UTF-8 as people write it to UTF-8 as it is compared: NFKC_Casefold, without white space, dashes,
// underlines and what is not shown; digits alone without leading zeros. Empty when nothing is left.
std::string CanonicalText(std::string_view text);

struct EvidenceText {
  entry::v1::EvidenceKind kind = entry::v1::EVIDENCE_KIND_RECORD;  // one of the three
  bool second_party = false;                                       // of an act of two
  std::string_view source;
  bool registered = false;  // the source is a code, and has one spelling
  std::string_view subject;
  std::int64_t seconds = 0;  // since 1970; of a moment alone
};
std::string CanonicalEvidence(const EvidenceText& evidence);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_EVIDENCE_TEXT_H_
