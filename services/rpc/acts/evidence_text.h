// The canonical bytes of a piece of evidence, which are hashed to claim it: the same whoever hands
// it in, in whatever spelling. The format is in ledger/rules/RULES.md. Pure; any thread.
#ifndef TANHUI_SERVICES_RPC_ACTS_EVIDENCE_TEXT_H_
#define TANHUI_SERVICES_RPC_ACTS_EVIDENCE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tanhui::rpc {

// UTF-8 as people write it to UTF-8 as it is compared: NFKC_Casefold, without white space, dashes
// and underlines; digits alone without leading zeros. Empty when nothing is left.
std::string CanonicalText(std::string_view text);

struct EvidenceText {
  bool serial = false;
  bool second_party = false;  // of an act of two
  std::string_view source;
  std::string_view subject;
  std::string_view device;
  std::optional<std::int64_t> seconds;  // since 1970; never of a serial number
};
std::string CanonicalEvidence(const EvidenceText& evidence);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_EVIDENCE_TEXT_H_
