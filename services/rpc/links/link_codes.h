// The codes by which the owner of an account links it at another platform, outside the log: made,
// used once, and purged a day after they are over. LINKS.md tells the whole.
#ifndef TANHUI_SERVICES_RPC_LINKS_LINK_CODES_H_
#define TANHUI_SERVICES_RPC_LINKS_LINK_CODES_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
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
#include "services/rpc/coupons/wrong_codes.h"
#include "services/rpc/links/link_code_row.h"

namespace tanhui::rpc {

class Secrets;

struct LinkCodeOptions {
  // Wrong codes of one caller within a minute, at most.
  int max_wrong = 20;
  // Tasks that wait for the thread, each of one call.
  std::size_t max_tasks = 256;
  std::size_t rows_per_purge = 1'000;
  std::chrono::milliseconds purge_every{3'600'000};
};

// A code as it was just made.
struct NewLinkCode {
  std::string text;
  LedgerTime deadline;
};

// A use of a code that has begun; nobody else can use the code until it is ended.
struct LinkCodeUse {
  LinkCodeHash hash;
  LinkCode code;
  bool marked = false;
};

// Thread-safe.
class LinkCodes {
 public:
  // Store, secrets and clock are used until Stop; `clock_is_good` tells whether codes may be purged
  // by it now.
  LinkCodes(const LinkCodeOptions& options, store::Store& store, const Secrets& secrets,
            const sequencer::Clock& clock, std::function<bool()> clock_is_good);
  ~LinkCodes();
  LinkCodes(const LinkCodes&) = delete;
  LinkCodes& operator=(const LinkCodes&) = delete;

  // Ends the thread after what was posted.
  void Stop();

  // The rest runs on the thread, where waiting for the disk delays no answer of the ledger. False,
  // and nothing is done, when too many wait.
  using Made = std::function<void(absl::StatusOr<NewLinkCode>)>;
  [[nodiscard]] bool Make(AccountNo account, std::uint8_t kind, ParticipantNo creator,
                          std::chrono::minutes life, Made made);

  // Begins to use the code `text`, once nobody else does, for the request; unless it is a trial, it
  // is marked as used by the request first, and that is durable. What has begun must be ended.
  using Begun = std::function<void(absl::StatusOr<std::variant<LinkCodeUse, Refusal>>)>;
  [[nodiscard]] bool Begin(std::string text, RequestKey request, bool trial, Begun begun);

  // The ledger has answered. When it has refused, or was never asked, the code can be used again.
  // `ended` runs after that.
  void End(LinkCodeUse use, bool refused, std::function<void(absl::Status)> ended);

  // A step of a purge, as also done by itself; answers whether there is more to do.
  absl::StatusOr<bool> Purge();

 private:
  absl::StatusOr<NewLinkCode> MakeNow(AccountNo account, std::uint8_t kind, ParticipantNo creator,
                                      std::chrono::minutes life);
  void BeginNow(const LinkCodeHash& hash, const RequestKey& request, bool trial,
                const Begun& begun);
  absl::StatusOr<std::variant<LinkCodeUse, Refusal>> Use(const LinkCodeHash& hash,
                                                         const RequestKey& request, bool trial);
  void Release(const LinkCodeHash& hash);
  // Nothing, when the caller may try a code that may be one.
  std::optional<Refusal> RefuseWrong(ParticipantNo caller, bool may_be_one);
  bool PurgeInTurn();

  const LinkCodeOptions options_;
  store::Store& store_;
  const Secrets& secrets_;
  const sequencer::Clock& clock_;
  const std::function<bool()> clock_is_good_;

  WrongCodes wrong_;
  std::mutex mutex_;  // of what follows; not held while the disk is waited for
  // Codes that are in use, and who waits for them.
  std::map<LinkCodeHash, std::vector<std::function<void()>>> in_use_;

  ChoreThread thread_;  // the last one: it uses the rest
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_LINKS_LINK_CODES_H_
