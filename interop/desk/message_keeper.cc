#include "interop/desk/message_keeper.h"

#include "ledger/core/octets/big_endian.h"

namespace tanhui::desk {
namespace {

constexpr char kMessageRow = 'm';
constexpr char kShownRow = 'e';
constexpr char kVersion = 1;

std::string MessageKey(const Hash256& hash) {
  return std::string(1, kMessageRow).append(hash.view());
}

std::string ShownKey(const Shown& shown) {
  std::string key(1, kShownRow);
  PutBigEndian(key, shown.peer.value());
  return key.append(shown.id.view()).append(shown.code);
}

std::string MessageValue(ParticipantNo from, const peer::v1::SignedMessage& message) {
  std::string value(1, kVersion);
  PutBigEndian(value, from.value());
  return value.append(message.SerializeAsString());
}

}  // namespace

MessageKeeper::MessageKeeper(store::Store& store) : store_(store), thread_([this] { Loop(); }) {}

MessageKeeper::~MessageKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakes_.notify_all();
  thread_.join();
}

void MessageKeeper::Keep(const Hash256& hash, ParticipantNo from,
                         const peer::v1::SignedMessage& message, const Shown* shown, Done done) {
  {
    const std::lock_guard lock(mutex_);
    rows_.emplace_back(MessageKey(hash), MessageValue(from, message));
    if (shown != nullptr) {
      rows_.emplace_back(ShownKey(*shown), std::string(hash.view()));
    }
    waiting_.push_back(std::move(done));
  }
  wakes_.notify_all();
}

void MessageKeeper::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wakes_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      return;
    }
    const Rows rows = std::exchange(rows_, {});
    std::vector<Done> waiting = std::exchange(waiting_, {});
    lock.unlock();
    const absl::Status status = store_.PutOutside(rows, {});
    for (Done& done : waiting) {
      std::exchange(done, nullptr)(status);
    }
    lock.lock();
  }
}

absl::StatusOr<peer::v1::SignedMessage> MessageKeeper::Read(const Hash256& hash) const {
  const auto value = store_.ReadOutside(MessageKey(hash));
  if (!value.ok()) {
    return value.status();
  }
  constexpr std::size_t kBefore = 1 + sizeof(ParticipantNo::Value);
  peer::v1::SignedMessage message;
  if (value->size() < kBefore || value->front() != kVersion ||
      !message.ParseFromArray(value->data() + kBefore, static_cast<int>(value->size() - kBefore))) {
    return absl::DataLossError("a kept message of another city cannot be decoded");
  }
  return message;
}

absl::StatusOr<std::optional<Hash256>> MessageKeeper::FindShown(const Shown& shown) const {
  const auto value = store_.ReadOutside(ShownKey(shown));
  if (absl::IsNotFound(value.status())) {
    return std::nullopt;
  }
  if (!value.ok()) {
    return value.status();
  }
  return value->size() == Hash256::kSize
             ? absl::StatusOr<std::optional<Hash256>>(Hash256::FromView(*value))
             : absl::DataLossError("a row of what a message shows cannot be decoded");
}

}  // namespace tanhui::desk
