// What every service needs. One per server; any thread.
#ifndef TANHUI_SERVICES_RPC_CONTEXT_H_
#define TANHUI_SERVICES_RPC_CONTEXT_H_

#include <string>

#include "ledger/sequencer/engine.h"
#include "ledger/signing/keyed_hash.h"
#include "services/rpc/caller.h"

namespace tanhui::rpc {

// Keyed hashes for what must not be in the log in clear. All come from one 32-byte master key that
// lies outside the data directory and its backups.
class Secrets {
 public:
  // `master` has 32 bytes (Check).
  explicit Secrets(std::string_view master);
  // (platform, asset, the platform's user id) → key of the account look-up.
  PlatformUserKey ForPlatformUser(ParticipantNo platform, AssetNo asset,
                                  std::string_view user_id) const;
  // SHA-256(salt ‖ text); the salt follows from caller and request id, so that a retry gives the
  // same commitment, and can be disclosed for one reference alone.
  Hash256 ReferenceCommitment(const RequestKey& key, std::string_view text) const;
  // The secret that GetRequestIdKey hands to the caller.
  Hash256 RequestIdKey(ParticipantNo caller) const;
  // Stands for a device of a source of evidence where it is watched; never 0.
  std::uint64_t ForDevice(std::string_view source, std::string_view device) const;
  // Encrypts references to the raw evidence of the citizen's acts.
  Hash256 EvidenceReferenceKey(AccountNo citizen) const;

 private:
  signing::KeyedHash users_;
  signing::KeyedHash references_;
  signing::KeyedHash request_ids_;
  signing::KeyedHash devices_;
  signing::KeyedHash evidence_references_;
};

class EvidenceKeys;  // services/rpc/acts/evidence_keys.h
class CaseDesk;      // services/rpc/cases/case_desk.h

struct Context {
  sequencer::Engine& engine;
  const Authenticator& authenticator;
  const Secrets& secrets;
  EvidenceKeys& evidence_keys;
  // Under which CreateSnapshot makes its directories; empty: snapshots are off.
  std::string snapshot_directory;
  // Watches acts and keeps cases; null: nobody watches.
  CaseDesk* case_desk = nullptr;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_CONTEXT_H_
