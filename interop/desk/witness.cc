#include "interop/desk/witness.h"

#include <span>

#include "ledger/merkle/verifier.h"

namespace tanhui::desk {

absl::Status Witness::Restore(std::string_view note) {
  const auto checkpoint =
      signing::OpenCheckpoint(note, std::span<const signing::NamedVerifier>(&log_key_, 1));
  if (!checkpoint.ok()) {
    return checkpoint.status();
  }
  last_ = *checkpoint;
  last_note_ = std::string(note);
  return absl::OkStatus();
}

absl::StatusOr<Seen> Witness::See(std::string_view note, const std::vector<Hash256>& hashes) {
  const auto checkpoint =
      signing::OpenCheckpoint(note, std::span<const signing::NamedVerifier>(&log_key_, 1));
  if (!checkpoint.ok()) {
    return checkpoint.status();
  }
  const bool first = last_note_.empty();
  if (!first && checkpoint->size < last_.size) {
    return Seen::kOlder;
  }
  if (!first && checkpoint->size == last_.size) {
    if (checkpoint->root != last_.root) {
      fork_ = {last_note_, std::string(note)};
      return Seen::kFork;
    }
    return Seen::kSame;
  }
  // Of the first one nothing was seen before, so that it is taken as it is.
  if (!first &&
      !merkle::VerifyConsistency(last_.size, last_.root, checkpoint->size, checkpoint->root, hashes)
           .ok()) {
    return Seen::kUnproven;
  }
  last_ = *checkpoint;
  last_note_ = std::string(note);
  return Seen::kExtends;
}

}  // namespace tanhui::desk
