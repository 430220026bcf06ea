// Every request id of a log in 16 octets each. Internal to the audit.
#ifndef TANHUI_LEDGER_SEQUENCER_AUDIT_REQUEST_TABLE_H_
#define TANHUI_LEDGER_SEQUENCER_AUDIT_REQUEST_TABLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "ledger/core/ledger.h"
#include "ledger/core/request_id.h"

namespace tanhui::sequencer {

// What is known of the request ids of hundreds of millions of entries. A whole key takes 72 octets;
// kept are a hash of it and the entry that has it. Whoever needs to know whether a key is there
// reads that entry. The hash is a polynomial over a field of 2^61 - 1 elements at a point that is
// drawn for each table, so of two different keys, whoever chose them, less than one pair in 10^17
// has one hash. Not thread-safe, but for the const functions.
class RequestTable {
 public:
  // Of one key, in one table.
  using KeyHash = std::uint64_t;
  using ReadEntry = std::function<absl::StatusOr<Entry>(EntryIndex)>;

  RequestTable();

  KeyHash HashOf(const RequestKey& key) const;
  // Begins to fetch the key's place into the cache.
  void Prefetch(KeyHash hash) const { __builtin_prefetch(&slots_[PlaceOf(hash)]); }
  // Exact; nullopt when the key is not there. `read` gives the entry that may have the key; its
  // errors are answered.
  absl::StatusOr<std::optional<RequestRecord>> Find(const RequestKey& key, KeyHash hash,
                                                    const ReadEntry& read) const;
  // Inserts, or replaces the record of the same key and entry.
  void Put(const RequestKey& key, const RequestRecord& record) { Put(HashOf(key), record); }
  void Put(KeyHash hash, const RequestRecord& record);
  // Whether the key is there with this record, told by hash and entry alone.
  bool Holds(KeyHash hash, const RequestRecord& record) const;
  std::uint64_t size() const { return size_; }

 private:
  // Linear probing; keys of one hash stand in several slots.
  struct Slot {
    KeyHash hash = 0;
    std::uint64_t entry_plus_one = 0;  // and two flags; 0: free
  };
  std::size_t PlaceOf(KeyHash hash) const;
  // The slot of hash and entry, or the free one where it belongs.
  std::size_t SlotOf(KeyHash hash, EntryIndex entry) const;
  std::optional<RequestRecord> RecordIn(const Slot& slot) const;
  void Grow();

  std::uint64_t point_;
  std::vector<Slot> slots_;
  std::uint64_t size_ = 0;
  // By the entry that the request made; blocked ids are flagged instead.
  absl::flat_hash_map<EntryIndex, EntryIndex> cancelled_by_;
};

// The keys that an entry has or blocks for ever.
std::vector<RequestKey> RequestsOf(const Entry& entry);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_REQUEST_TABLE_H_
