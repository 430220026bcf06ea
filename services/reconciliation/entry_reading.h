// What an entry of the log says to those who reconcile: its scheme, whom it concerns, what it
// moved, and what it takes back of an earlier one.
#ifndef TANHUI_SERVICES_RECONCILIATION_ENTRY_READING_H_
#define TANHUI_SERVICES_RECONCILIATION_ENTRY_READING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "ledger/core/registry.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::reconciliation {

using entry::v1::Entry;

// What is looked up in the ledger besides the day's entries themselves.
class DayLog {
 public:
  virtual ~DayLog() = default;
  virtual absl::StatusOr<Entry> ReadEntry(EntryIndex index) const = 0;
  // The caller's own reference of an entry; empty when it had none, or it was erased.
  virtual absl::StatusOr<std::string> ReadReference(EntryIndex index) const = 0;
  // The asset of an account that the registry does not name.
  virtual absl::StatusOr<AssetNo> ReadAssetOf(AccountNo account) const = 0;
};

// What an entry moved, and where.
struct Movement {
  std::int64_t points = 0;               // with the citizens' sign; between citizens the giver's
  std::int64_t fen = 0;                  // on claims
  std::vector<ParticipantNo> merchants;  // whose accounts were moved; each once
  std::string store;                     // of the unit that was moved or, of a hold, is named
  std::string till;
};

// What an entry takes back of its target, or adds to it.
struct Undoing {
  EntryIndex target;
  std::int64_t taken_back = 0;  // points
  bool whole = false;           // cancelled
  std::int64_t added = 0;       // points, by a correction; below zero: fewer
};

// The name of the entry's body, such as redemption.
std::string_view KindName(const Entry& entry);
std::optional<Undoing> UndoingOf(const Entry& entry);

// Reads entries by the registry as it is now: units, merchants' accounts and codes never change, so
// that it says the same of an entry for ever. One thread.
class EntryReading {
 public:
  // `log` outlives this.
  EntryReading(const DayLog& log, std::shared_ptr<const Registry> registry);

  const Registry& registry() const { return *registry_; }
  Movement MovementOf(const Entry& entry) const;
  // 0 for an entry of no scheme. An error when the log cannot be read.
  absl::StatusOr<SchemeNo> SchemeOf(const Entry& entry) const;

 private:
  struct Place;
  // What the registry knows of the account; nullopt for citizens and households.
  std::optional<Place> Find(AccountNo account) const;
  SchemeNo SchemeOfAsset(AssetNo asset) const;
  absl::StatusOr<SchemeNo> SchemeOfPerson(AccountNo account) const;

  const DayLog& log_;
  std::shared_ptr<const Registry> registry_;
  absl::flat_hash_map<AccountNo, AssetNo> asset_accounts_;  // issuance, expiry, settling, paid
  std::optional<SchemeNo> only_scheme_;
};

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_ENTRY_READING_H_
