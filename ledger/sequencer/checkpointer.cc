#include "ledger/sequencer/checkpointer.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "ledger/merkle/proof.h"
#include "ledger/store/durable_file.h"

namespace tanhui::sequencer {
namespace {

absl::StatusOr<std::optional<SignedCheckpoint>> Load(const std::string& path,
                                                     const signing::NamedVerifier& verifier) {
  absl::StatusOr<std::string> note = store::ReadFile(path);
  if (absl::IsNotFound(note.status())) {
    return std::nullopt;
  }
  if (!note.ok()) {
    return note.status();
  }
  const std::vector<signing::NamedVerifier> verifiers = {verifier};
  const auto checkpoint = signing::OpenCheckpoint(*note, verifiers);
  if (!checkpoint.ok()) {
    return absl::DataLossError(absl::StrCat(
        "the checkpoint in ", path,
        " does not verify with this server's key: ", checkpoint.status().ToString(),
        ". Is the key the one that this log was signed with? If the file is damaged, restore it."));
  }
  return SignedCheckpoint{*checkpoint, *std::move(note)};
}

}  // namespace

absl::StatusOr<std::vector<SignedCheckpoint>> LoadCheckpoints(const CheckpointPlaces& places,
                                                              const signing::NamedSigner& key,
                                                              bool allow_missing_second) {
  const auto verifier = signing::ParseVerifierKey(signing::FormatVerifierKey(key));
  if (!verifier.ok()) {
    return verifier.status();
  }
  const auto here = Load(places.in_data_directory, *verifier);
  if (!here.ok()) {
    return here.status();
  }
  const auto second = Load(places.second_place, *verifier);
  if (!second.ok()) {
    return second.status();
  }
  std::vector<SignedCheckpoint> found;
  if (here->has_value()) {
    found.push_back(**here);
  }
  if (second->has_value()) {
    found.push_back(**second);
  }
  if (here->has_value() && !second->has_value() && !allow_missing_second) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the second place ", places.second_place,
        " has no checkpoint, but the data directory has "
        "one of size ",
        (*here)->checkpoint.size,
        ". If the second place was moved on purpose, "
        "start once with --accept-missing-checkpoint-copy; otherwise restore the file."));
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.checkpoint.size < b.checkpoint.size; });
  if (found.size() == 2 && found[0].checkpoint.size == found[1].checkpoint.size &&
      found[0].checkpoint.root != found[1].checkpoint.root) {
    return absl::DataLossError(absl::StrCat(
        "two histories: ", places.in_data_directory, " and ", places.second_place,
        " hold checkpoints of one size with different roots. Stop, keep both files, and find out "
        "which log is the right one."));
  }
  return found;
}

Checkpointer::Checkpointer(CheckpointPlaces places, signing::NamedSigner key,
                           const merkle::TreeEdge& edge, merkle::TileReader tiles,
                           std::optional<SignedCheckpoint> last, std::chrono::milliseconds interval)
    : places_(std::move(places)), key_(std::move(key)), edge_(edge), tiles_(std::move(tiles)) {
  if (last.has_value()) {
    last_ = std::make_shared<const SignedCheckpoint>(*std::move(last));
    if (edge_.size() == last_->checkpoint.size) {
      // A place may lack it: accepted as missing, or a crash came between the two.
      WriteToPlaces(last_->note);
    }
  }
  SignNow();
  thread_ = std::thread([this, interval] { Loop(interval); });
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakes_.notify_all();
  thread_.join();
  SignNow();
  TellWaiting();
}

void Checkpointer::Loop(std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (true) {
    wakes_.wait_for(lock, interval, [this] { return stopping_ || asked_; });
    if (stopping_) {
      return;
    }
    asked_ = false;
    lock.unlock();
    SignNow();
    TellWaiting();
    lock.lock();
  }
}

void Checkpointer::Grew() {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      return;
    }
    asked_ = true;
  }
  wakes_.notify_all();
}

void Checkpointer::WhenSigned(std::uint64_t size, std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    if (last_ == nullptr || last_->checkpoint.size < size) {
      waiting_.push_back({size, std::exchange(done, nullptr)});
      asked_ = true;
    }
  }
  wakes_.notify_all();
  if (done != nullptr) {
    done();
  }
}

void Checkpointer::TellWaiting() {
  std::vector<Waiting> covered;
  {
    const std::lock_guard lock(mutex_);
    const auto later = std::partition(waiting_.begin(), waiting_.end(), [this](const Waiting& one) {
      return last_ == nullptr || last_->checkpoint.size < one.size;
    });
    std::move(later, waiting_.end(), std::back_inserter(covered));
    waiting_.erase(later, waiting_.end());
  }
  for (Waiting& one : covered) {
    one.done();
  }
}

void Checkpointer::CheckSecondPlace() const {
  if (written_.empty()) {
    return;
  }
  const auto there = store::ReadFile(places_.second_place);
  Check(there.ok() && *there == written_,
        "the second place does not hold the checkpoint that was written last: another server "
        "signs there, or the file was removed");
}

void Checkpointer::WriteToPlaces(const std::string& note) {
  CheckSecondPlace();
  const absl::Status second = store::WriteFileDurably(places_.second_place, note);
  Check(second.ok(), second.ok() ? "" : second.ToString());
  const absl::Status here = store::WriteFileDurably(places_.in_data_directory, note);
  Check(here.ok(), here.ok() ? "" : here.ToString());
  written_ = note;
}

void Checkpointer::SignNow() {
  const std::lock_guard one_at_a_time(signing_);
  const merkle::TreeHead head = edge_.head();
  const auto last = Last();
  if (last != nullptr) {
    if (head.size == last->checkpoint.size) {
      return;
    }
    Check(head.size > last->checkpoint.size, "the durable tree is smaller than its checkpoint");
    const auto old_root = merkle::RootAt(last->checkpoint.size, tiles_);
    Check(old_root.ok() && *old_root == last->checkpoint.root,
          "the durable tree does not extend the last checkpoint");
  }
  SignedCheckpoint next;
  next.checkpoint = {key_.name(), head.size, head.root};
  auto note = signing::SignCheckpoint(next.checkpoint, key_);
  Check(note.ok(), "a checkpoint cannot be signed");
  next.note = *std::move(note);
  // A crash from here on: the places hold the old one or the new one, both of this history, and
  // nobody has seen the new one yet.
  WriteToPlaces(next.note);
  const std::lock_guard lock(mutex_);
  last_ = std::make_shared<const SignedCheckpoint>(std::move(next));
}

std::shared_ptr<const SignedCheckpoint> Checkpointer::Last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace tanhui::sequencer
