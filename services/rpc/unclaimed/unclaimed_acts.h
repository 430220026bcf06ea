// The acts that are kept for holders whom nobody has linked yet (待认领), outside the log: kept,
// read, erased, and purged when their days are over.
#ifndef TANHUI_SERVICES_RPC_UNCLAIMED_UNCLAIMED_ACTS_H_
#define TANHUI_SERVICES_RPC_UNCLAIMED_UNCLAIMED_ACTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/refusal.h"
#include "ledger/core/request_id.h"
#include "ledger/sequencer/clock.h"
#include "ledger/store/store.h"
#include "services/rpc/chores/chore_thread.h"
#include "services/rpc/unclaimed/unclaimed_row.h"

namespace tanhui::rpc {

class Secrets;

struct UnclaimedOptions {
  // Kept acts of one holder, at most.
  std::size_t max_of_holder = 10'000;
  // Tasks that wait for the thread, each of one call.
  std::size_t max_tasks = 64;
  std::size_t rows_per_purge = 1'000;
  std::chrono::milliseconds purge_every{3'600'000};
};

// A card or member, as one platform tells it.
struct UnclaimedHolder {
  ParticipantNo platform;
  HolderHash hash;
  Hash256 key;  // encrypts what is kept
};

struct ActToKeep {
  UnclaimedHolder holder;
  RequestId id;
  LedgerTime act_time;
  KeptAct act;
  // Why it is not kept now; but what is kept already is answered as it was.
  std::optional<Refusal> refusal;
};
// The act as it is kept, or why not.
using KeepOutcome = std::variant<KeptAct, Refusal>;

struct KeptRow {
  KeptActName name;
  KeptAct act;
};
struct KeptPage {
  std::vector<KeptRow> rows;        // oldest act first
  std::optional<KeptActName> next;  // where to go on
};

// Thread-safe. Reads never show what has expired; DataLoss for a row that cannot be decoded. What a
// change has answered is durable.
class UnclaimedActs {
 public:
  // Purges on a thread of its own, at once and from time to time. Store, secrets and clock are used
  // until Stop; `clock_is_good` tells whether acts may be purged by it now.
  UnclaimedActs(const UnclaimedOptions& options, store::Store& store, const Secrets& secrets,
                const sequencer::Clock& clock, std::function<bool()> clock_is_good);
  ~UnclaimedActs();
  UnclaimedActs(const UnclaimedActs&) = delete;
  UnclaimedActs& operator=(const UnclaimedActs&) = delete;

  // Ends the thread after what was posted.
  void Stop();

  // Runs `task` on the thread, where waiting for the disk delays no answer of the ledger. False,
  // and nothing is done, when too many wait.
  [[nodiscard]] bool Post(std::function<void()> task);
  // The same however many wait: for the end of what was begun. After Stop it is done here.
  void MustPost(std::function<void()> task);

  // Texts in any spelling.
  UnclaimedHolder HolderOf(ParticipantNo platform, std::string_view source,
                           std::string_view subject) const;

  // One outcome for each act, in order; all that is kept in one durable write.
  absl::StatusOr<std::vector<KeepOutcome>> Keep(std::span<const ActToKeep> acts);
  // At most `size` acts of the holder from `from` on.
  absl::StatusOr<KeptPage> List(const UnclaimedHolder& holder, std::size_t size,
                                std::optional<KeptActName> from) const;
  // Of these rows what is still as it was read.
  absl::Status Erase(std::span<const KeptActExpiry> rows);
  // All of the holder; answers how many had not expired.
  absl::StatusOr<std::int64_t> EraseAll(const UnclaimedHolder& holder);
  // A step of a purge, as also done by itself; answers whether there is more to do.
  absl::StatusOr<bool> Purge();

 private:
  class KeepCall;

  // How the step that is due went: whether to go on at once.
  bool PurgeInTurn();
  LedgerTime Now() const { return clock_.Wall(); }

  const UnclaimedOptions options_;
  store::Store& store_;
  const Secrets& secrets_;
  const sequencer::Clock& clock_;
  const std::function<bool()> clock_is_good_;

  // Held while the disk is waited for: one change reads and writes at a time.
  std::mutex changes_mutex_;
  std::string purge_from_;          // where the purge that is under way goes on
  std::uint64_t purged_ = 0;        // by it
  std::uint64_t purge_damage_ = 0;  // rows that it could not decode

  ChoreThread thread_;  // the last one: it uses the rest
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_UNCLAIMED_UNCLAIMED_ACTS_H_
