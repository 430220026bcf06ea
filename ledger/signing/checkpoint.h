// Checkpoints (C2SP tlog-checkpoint): a log's signed word that its tree of this size has this root.
// Pure; any thread.
#ifndef TANHUI_LEDGER_SIGNING_CHECKPOINT_H_
#define TANHUI_LEDGER_SIGNING_CHECKPOINT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "ledger/signing/key.h"
#include "ledger/signing/note.h"

namespace tanhui::signing {

struct Checkpoint {
  std::string origin;  // names the log; equal to the name of its key
  std::uint64_t size = 0;
  Hash256 root;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The text that is signed: origin, size and root, one line each.
std::string FormatCheckpoint(const Checkpoint& checkpoint);

// Reads that text. Non-empty extension lines may follow; they are checked by nobody and left out.
// InvalidArgument for anything else, also for size 0 with a root that is not the empty tree's.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

// The signed note. Whoever calls it has made sure that the tree extends every checkpoint signed
// before: a log that signs two histories is finished. InvalidArgument when the key has another name
// than the origin, or is not Ed25519; else what the signer answers.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                           const NamedSigner& log_key);

// Reads a signed checkpoint. One verified signature must be by an Ed25519 key that has the origin
// for its name: a witness's signature alone does not speak for the log. Errors as in OpenNote and
// ParseCheckpoint; Unauthenticated when only keys of other names signed.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note,
                                          std::span<const NamedVerifier> verifiers);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_CHECKPOINT_H_
