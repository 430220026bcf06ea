// One city watches another one's log: which checkpoint may be cosigned, and what shows that the log
// has two histories. Pure; one thread.
#ifndef TANHUI_INTEROP_DESK_WITNESS_H_
#define TANHUI_INTEROP_DESK_WITNESS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/key.h"

namespace tanhui::desk {

// What became of a checkpoint that was shown. The rules are those of C2SP tlog-witness.
enum class Seen : std::uint8_t {
  kExtends = 1,   // it extends the last one: it is the last one now, and may be cosigned
  kSame = 2,      // it is the last one: it may be cosigned again
  kOlder = 3,     // it is smaller than the last one; prove it from there
  kUnproven = 4,  // larger, but the hashes do not prove that it extends the last one
  kFork = 5,      // of the same size with another root: two histories, both signed
};

// What was seen last of one log, with what proves it to others. To be kept durably before anything
// is answered.
class Witness {
 public:
  explicit Witness(signing::NamedVerifier log_key) : log_key_(std::move(log_key)) {}
  // As it was kept; InvalidArgument or Unauthenticated when that is no checkpoint of the log.
  absl::Status Restore(std::string_view note);

  // `note` is shown with the hashes that prove it from the last one. Errors are those of
  // OpenCheckpoint: it is no checkpoint of this log, and nothing is known of the log.
  absl::StatusOr<Seen> See(std::string_view note, const std::vector<Hash256>& hashes);

  // The newest note that extends all others; empty before the first.
  const std::string& last_note() const { return last_note_; }
  std::uint64_t last_size() const { return last_.size; }
  // Of a fork: the two notes, of which anybody sees that they contradict each other. kUnproven is
  // none: without the other log's help nothing is shown by that.
  const std::vector<std::string>& fork() const { return fork_; }

 private:
  signing::NamedVerifier log_key_;
  signing::Checkpoint last_;
  std::string last_note_;
  std::vector<std::string> fork_;
};

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_WITNESS_H_
