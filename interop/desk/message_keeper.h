// Keeps what other cities signed, beside the log: entries name a message by its hash, and whoever
// doubts them is shown it. ledger/store/SCHEMA.md has the rows.
#ifndef TANHUI_INTEROP_DESK_MESSAGE_KEEPER_H_
#define TANHUI_INTEROP_DESK_MESSAGE_KEEPER_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "interop/books/terms.h"
#include "interop/exchange/protocol.h"
#include "ledger/core/ids.h"
#include "ledger/store/store.h"
#include "tanhui/peer/v1/peer.pb.h"

namespace tanhui::desk {

using interop::ExchangeId;

// What a message shows of its sender, besides the contradictions of the protocol: of one exchange
// each is kept once, so that a city that repeats itself fills nobody's disk.
struct Shown {
  ParticipantNo peer;
  ExchangeId id;
  std::string code;  // such as two_decisions or modified
};

// Thread-safe. One thread writes; what comes while it waits for the disk goes into the next write.
class MessageKeeper {
 public:
  using Done = std::function<void(absl::Status)>;

  explicit MessageKeeper(store::Store& store);
  // Writes what waits.
  ~MessageKeeper();
  MessageKeeper(const MessageKeeper&) = delete;
  MessageKeeper& operator=(const MessageKeeper&) = delete;

  // Calls `done` from its thread once the message is durable. With `shown`, it is found by what it
  // shows as well.
  void Keep(const Hash256& hash, ParticipantNo from, const peer::v1::SignedMessage& message,
            const Shown* shown, Done done);

  // NotFound when there is none.
  absl::StatusOr<peer::v1::SignedMessage> Read(const Hash256& hash) const;
  // The message that is kept as showing that; nullopt when none is.
  absl::StatusOr<std::optional<Hash256>> FindShown(const Shown& shown) const;

 private:
  using Rows = std::vector<std::pair<std::string, std::string>>;
  void Loop();

  store::Store& store_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  Rows rows_;
  std::vector<Done> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_MESSAGE_KEEPER_H_
