// The part of the state that the batches at hand need, over the durable store.
#ifndef TANHUI_LEDGER_SEQUENCER_WORKING_SET_H_
#define TANHUI_LEDGER_SEQUENCER_WORKING_SET_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"
#include "ledger/core/state.h"
#include "ledger/sequencer/submission.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

// Used by the deciding thread alone. While commit N is being fsynced and N+1 decided, the store
// lacks what N changed, so everything that N and N+1 touched stays here until it is durable.
class WorkingSet {
 public:
  // Accounts beyond `max_accounts` are forgotten when a commit is handed over and are read again
  // from the store when they are needed. About 150 bytes each. `unreadable` is told of a read that
  // fails, after which the state lacks what was asked for; it must not let anybody decide on that.
  using Unreadable = std::function<void(const absl::Status&)>;
  WorkingSet(const Ledger& ledger, store::Store& store, State state, std::size_t max_accounts,
             Unreadable unreadable);

  State& state() { return state_; }

  // Loads everything that the commands name, in a few multi-gets.
  void Load(std::span<const Submission> submissions);

  // Right before a command is decided: a document that was published since Load may have it name
  // other accounts.
  void LoadAgain(const Command& command);

  // Everything that the entry a command is about leads to; it is durable or was just decided.
  void LoadTarget(EntryIndex index, const Entry& target);

  // For entries that are applied again: loads what they name, in a few multi-gets,
  void LoadEntries(std::span<const Entry> entries);
  // and, right before each of them is applied, what only shows then.
  void LoadEntry(const Entry& entry);

  // Makes sure that these accounts are there, where they exist, with those they were merged into,
  // their guardians and their households.
  void LoadAccounts(std::span<const AccountNo> numbers);

  // Makes sure that what is known to be undone of the entry is there.
  void LoadUndone(EntryIndex index);

  // Makes sure that what is known of claims of the evidence is there.
  void LoadEvidence(std::span<const Nullifier> nullifiers);

  // Makes sure that these numbers of links are there.
  void LoadLinks(std::span<const LinkKey> keys);

  // The commit before the one being decided is durable, and the one being decided is complete:
  // takes its changes and forgets what only the durable one needed.
  Changes HandOver();

 private:
  using Entries = absl::flat_hash_set<EntryIndex>;
  using Evidence = absl::flat_hash_set<Nullifier>;
  using Links = absl::flat_hash_set<LinkKey>;
  using PlatformUsers = absl::flat_hash_set<PlatformUserKey>;
  template <typename Value>
  std::vector<std::optional<Value>> Read(absl::StatusOr<std::vector<std::optional<Value>>> read,
                                         std::size_t size) const;
  // Of the store; nullopt, after unreadable_ was told, when it cannot be read.
  std::optional<Entry> ReadEntry(EntryIndex index) const;
  void Want(const RequestKey& key, std::vector<RequestKey>& missing);
  void WantNamedBy(const Entry& draft, std::vector<RequestKey>& missing);
  // Whether the store knows any of them.
  bool LoadRequests(const std::vector<RequestKey>& keys);
  // A repeat is answered by its first entry alone: nothing that it names is looked at.
  bool IsRepeat(const Command& command) const;
  void LoadPlatformUsers(const std::vector<PlatformUserKey>& keys);
  void Forget(const Changes& in_flight);
  void ForgetAccounts(const Changes& in_flight);

  const Ledger& ledger_;
  store::Store& store_;
  State state_;
  std::size_t max_accounts_;
  const Unreadable unreadable_;
  // What commands name follows from these parts of the registry, too; as at the last Load.
  struct Parts {
    std::shared_ptr<const rules::Rulebook> rulebook;
    std::shared_ptr<const claims::Terms> claim_terms;
    std::shared_ptr<const coupons::Campaigns> campaigns;
    std::shared_ptr<const interop::Peers> peers;
    explicit Parts(const Registry& registry)
        : rulebook(registry.rulebook()),
          claim_terms(registry.claim_terms()),
          campaigns(registry.campaigns()),
          peers(registry.peers()) {}
    // Without a copy: it is asked for each command.
    bool AreOf(const Registry& registry) const {
      return rulebook == registry.rulebook() && claim_terms == registry.claim_terms() &&
             campaigns == registry.campaigns() && peers == registry.peers();
    }
  };
  Parts loaded_under_;
  PlatformUsers users_now_;     // named by what is being decided
  PlatformUsers users_before_;  // named by the commit in flight
  Entries undone_now_;
  Entries undone_before_;
  Evidence evidence_now_;
  Evidence evidence_before_;
  Links links_now_;
  Links links_before_;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_WORKING_SET_H_
