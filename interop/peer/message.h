// Messages between cities: sealed by the log's key of the city that says them, opened by whoever
// has its public key. MESSAGES.md has the grammar and an example. Pure but for the signer; any
// thread.
#ifndef TANHUI_INTEROP_PEER_MESSAGE_H_
#define TANHUI_INTEROP_PEER_MESSAGE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "interop/exchange/protocol.h"
#include "ledger/core/ids.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/key.h"
#include "ledger/signing/receipt.h"
#include "tanhui/entry/v1/entry.pb.h"
#include "tanhui/peer/v1/peer.pb.h"

namespace tanhui::interop {

// Of a serialised PeerMessage: an entry with its proof, or ids of a window, fit many times over.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{1} << 20;
inline constexpr std::size_t kExchangeIdBytes = 16;
// Of one message of ids, or of what is missing.
inline constexpr int kMaxWindowIds = 50'000;

// A message as its sender meant it; nothing of it is proven but who said it.
struct OpenedMessage {
  std::string from;  // name of the sender's log
  peer::v1::PeerMessage message;
  Hash256 hash;  // SHA-256 of the message's bytes: what entries name it by
};

// The text that is signed.
std::string MessageText(std::string_view from, std::string_view to, const Hash256& hash);

// Signs a message of the signer's city to the city with the log `to`. InvalidArgument: it is not
// one that OpenMessage would take; else what the signer answers.
absl::StatusOr<peer::v1::SignedMessage> SealMessage(const peer::v1::PeerMessage& message,
                                                    std::string_view to,
                                                    const signing::NamedSigner& signer);

// The key of the log of a city that may say something; nullopt for any other.
using FindKey = std::function<std::optional<signing::NamedVerifier>(std::string_view log)>;

// FailedPrecondition: it is for another city. PermissionDenied: from a city that nobody knows here.
// Unauthenticated: not signed by that city. InvalidArgument: damaged, or not what the grammar says.
absl::StatusOr<OpenedMessage> OpenMessage(const peer::v1::SignedMessage& sealed,
                                          std::string_view own_log, const FindKey& find_key);

// What every message of its kind has, whoever says it: InvalidArgument otherwise.
absl::Status CheckForm(const peer::v1::PeerMessage& message);

// An entry of another city's log.
struct ProvenEntry {
  entry::v1::Entry entry;
  EntryIndex index;
  signing::Checkpoint checkpoint;
};

peer::v1::EntryProof ToEntryProof(const signing::Receipt& receipt);
// InvalidArgument: malformed, or no entry. Unauthenticated: the checkpoint is not by that key, or
// does not cover the entry.
absl::StatusOr<ProvenEntry> CheckEntryProof(const peer::v1::EntryProof& proof,
                                            const signing::NamedVerifier& log_key);

// The protocol's message of a kind; kNone for those about windows and for kModified.
exchange::Message MessageOf(peer::v1::PeerMessageKind kind);
peer::v1::PeerMessageKind KindOf(exchange::Message message);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_PEER_MESSAGE_H_
