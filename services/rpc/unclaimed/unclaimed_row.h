// The rows of an act that is kept for a holder whom nobody has linked yet. ledger/store/SCHEMA.md
// has their grammar: keyed hashes for holder and request id, the act itself encrypted. Pure but for
// the random nonce; any thread.
#ifndef TANHUI_SERVICES_RPC_UNCLAIMED_UNCLAIMED_ROW_H_
#define TANHUI_SERVICES_RPC_UNCLAIMED_UNCLAIMED_ROW_H_

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "tanhui/v1/points.pb.h"

namespace tanhui::rpc {

// Keyed hash of platform and holder.
using HolderHash = Bytes<struct HolderHashTag, 16>;
// Keyed hash of platform and request id.
using KeptRequestHash = Bytes<struct KeptRequestHashTag, 16>;

// Names a kept act.
struct KeptActName {
  HolderHash holder;
  LedgerTime act_time;
  KeptRequestHash request;
  friend auto operator<=>(const KeptActName&, const KeptActName&) = default;
};

struct KeptAct {
  v1::AwardRequest request;  // without account, platform user and not_after
  ParticipantNo platform;
  LedgerTime received;
  LedgerTime expires;  // after it, it must not be shown any more
};

// --- the act: key "u" holder act_time request, value version expires sealed ---
inline constexpr std::string_view kKeptActRows = "u";
std::string KeptActKey(const KeptActName& name);
// Begins the keys of all acts of the holder, which sort by the time of the act.
std::string KeptActsOf(const HolderHash& holder);
std::optional<KeptActName> ParseKeptActKey(std::string_view key);
// Internal when there are no random bytes.
absl::StatusOr<std::string> SealKeptAct(const Hash256& key, const KeptActName& name,
                                        const KeptAct& act);
// DataLoss unless it was sealed with this key under this name.
absl::StatusOr<KeptAct> OpenKeptAct(const Hash256& key, const KeptActName& name,
                                    std::string_view value);
// What can be told without the key; nullopt for a value that is damaged.
std::optional<LedgerTime> ExpiryOfKeptAct(std::string_view value);

// --- where a request id went: key "i" request, value holder act_time ---
std::string KeptRequestRowKey(const KeptRequestHash& request);
std::string KeptRequestRowValue(const KeptActName& name);
std::optional<KeptActName> ParseKeptRequestRow(std::string_view key, std::string_view value);

// --- what expires when: key "x" expires holder act_time request, value empty ---
inline constexpr std::string_view kExpiryRows = "x";
struct KeptActExpiry {
  LedgerTime expires;
  KeptActName name;
};
std::string ExpiryRowKey(const KeptActExpiry& expiry);
std::optional<KeptActExpiry> ParseExpiryRowKey(std::string_view key);

// Where a page goes on, for the API: time and hash of the act. The holder is asked for again.
std::string FormatPageToken(const KeptActName& name);
std::optional<KeptActName> ParsePageToken(const HolderHash& holder, std::string_view token);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_UNCLAIMED_UNCLAIMED_ROW_H_
