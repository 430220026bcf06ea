// Link codes and their rows outside the log; ledger/store/SCHEMA.md has the grammar. Pure; any
// thread.
#ifndef TANHUI_SERVICES_RPC_LINKS_LINK_CODE_ROW_H_
#define TANHUI_SERVICES_RPC_LINKS_LINK_CODE_ROW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"

namespace tanhui::rpc {

// Keyed hash of a code, in canonical text.
using LinkCodeHash = Bytes<struct LinkCodeHashTag, 16>;
// Keyed hash of a caller and its request that used a code; zeros: none did.
using LinkUse = Bytes<struct LinkUseTag, 16>;

// Letters of a code: 50 bits.
inline constexpr std::size_t kLinkCodeLetters = 10;

// A code of seven random bytes.
std::string LinkCodeOf(std::string_view random);
// As its owner may enter it: without regard to case and dashes, I and L for 1, O for 0. nullopt for
// what cannot be a code.
std::optional<std::string> CanonicalLinkCode(std::string_view text);

struct LinkCode {
  AccountNo account;
  std::uint8_t kind = 0;  // tanhui.entry.v1.LinkKind
  ParticipantNo creator;
  LedgerTime deadline;  // after it, it is of no use
  LinkUse used_by;
};

// --- the code: key "l" hash, value version account kind creator deadline used-by ---
std::string LinkCodeKey(const LinkCodeHash& hash);
std::string LinkCodeValue(const LinkCode& code);
// nullopt for a value that is damaged.
std::optional<LinkCode> ParseLinkCodeValue(std::string_view value);

// --- what is over when: key "d" deadline hash, value empty ---
inline constexpr std::string_view kLinkDeadlineRows = "d";
std::string LinkDeadlineKey(LedgerTime deadline, const LinkCodeHash& hash);
struct LinkDeadline {
  LedgerTime deadline;
  LinkCodeHash hash;
};
std::optional<LinkDeadline> ParseLinkDeadlineKey(std::string_view key);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_LINKS_LINK_CODE_ROW_H_
