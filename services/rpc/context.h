// What every service needs. One per server; any thread.
#ifndef TANHUI_SERVICES_RPC_CONTEXT_H_
#define TANHUI_SERVICES_RPC_CONTEXT_H_

#include <memory>
#include <string>

#include "ledger/core/business_time.h"
#include "ledger/sequencer/engine.h"
#include "ledger/signing/key.h"
#include "ledger/signing/keyed_hash.h"
#include "ledger/signing/name_cipher.h"
#include "services/rpc/caller.h"

namespace tanhui::desk {
class ExchangeDesk;  // interop/desk/exchange_desk.h
class Outbox;        // interop/desk/outbox.h
class WindowClerk;   // interop/desk/windows/window_clerk.h
}  // namespace tanhui::desk

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
  // Of a card or member that nobody has linked, in canonical texts: by what its kept acts are
  // found, and the key that encrypts them.
  Hash256 ForHolder(ParticipantNo platform, std::string_view source,
                    std::string_view subject) const;
  Hash256 HolderKey(ParticipantNo platform, std::string_view source,
                    std::string_view subject) const;
  // Stands for a request id among those of kept acts.
  Hash256 ForKeptRequest(const RequestKey& key) const;
  // Shows that a venue's code of a day is ours; 16 bytes.
  std::string CheckInMark(std::string_view venue, BusinessDate date) const;
  // Makes the participant's names of accounts and owners of their ids. Kept as long as this.
  const signing::NameCipher& NamesOf(ParticipantNo participant) const;
  // Stand for a link code, in canonical text, and for a request that used one.
  Hash256 ForLinkCode(std::string_view code) const;
  Hash256 ForLinkUse(const RequestKey& key) const;
  // The key of coupons' short codes.
  const signing::KeyedHash& coupon_codes() const { return coupon_codes_; }

 private:
  class NameCiphers;
  signing::KeyedHash users_;
  signing::KeyedHash references_;
  signing::KeyedHash request_ids_;
  signing::KeyedHash devices_;
  signing::KeyedHash evidence_references_;
  signing::KeyedHash holders_;
  signing::KeyedHash holder_keys_;
  signing::KeyedHash kept_requests_;
  signing::KeyedHash check_ins_;
  signing::KeyedHash link_codes_;
  signing::KeyedHash link_uses_;
  signing::KeyedHash coupon_codes_;
  std::shared_ptr<NameCiphers> names_;
};

class EvidenceKeys;   // services/rpc/acts/evidence_keys.h
class CaseDesk;       // services/rpc/cases/case_desk.h
class UnclaimedActs;  // services/rpc/unclaimed/unclaimed_acts.h
class LinkCodes;      // services/rpc/links/link_codes.h

struct Context {
  sequencer::Engine& engine;
  const Authenticator& authenticator;
  const Secrets& secrets;
  EvidenceKeys& evidence_keys;
  // Under which CreateSnapshot makes its directories; empty: snapshots are off.
  std::string snapshot_directory;
  // Watches acts and keeps cases; null: nobody watches.
  CaseDesk* case_desk = nullptr;
  // What is kept for holders whom nobody has linked; never null in a server that is open.
  UnclaimedActs* unclaimed_acts = nullptr;
  // Codes by which accounts are linked; never null in a server that is open.
  LinkCodes* link_codes = nullptr;
  // The key of the checkpoints, which signs day files as well; never null in a server that is open.
  const signing::NamedSigner* signer = nullptr;
  // What goes on with other cities; never null in a server that is open.
  desk::ExchangeDesk* exchange_desk = nullptr;
  desk::Outbox* outbox = nullptr;
  desk::WindowClerk* window_clerk = nullptr;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_CONTEXT_H_
