// A book: a business area with its own commands and entries. The core composes books through one
// table of these rows; a new area adds a folder and a row and touches no other book.
#ifndef TANHUI_LEDGER_CORE_BOOK_H_
#define TANHUI_LEDGER_CORE_BOOK_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/refusal.h"
#include "ledger/core/state.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui {

using entry::v1::Entry;

// What is wrong with an entry that decide could not have made; nullopt when nothing is. The state
// may then be half changed: a ledger aborts, an audit stops and reports.
using Fault = std::optional<std::string_view>;

// One thing that a caller asks for, as far as it can be made before it is decided: names are
// resolved to numbers, sizes and forms are checked, random ids are drawn.
struct Command {
  // caller, request_id, request_digest, reference_commitment, act_micros and the body's intent;
  // effects are still empty.
  Entry draft;
  std::optional<LedgerTime> not_after;
  // An account opening or linkage for a user of the calling platform; kept outside the log.
  std::optional<PlatformUserKey> platform_user;
  // A user of the calling platform whose name ends with the entry; kept outside the log.
  std::optional<PlatformUserKey> former_user;
  // An account opening's owner was drawn for it, not asked for: no part of what was asked.
  bool owner_drawn = false;
  // The merchant's own reference; kept outside the log.
  std::string reference;
  // A reference to the raw evidence, encrypted under the citizen's key; kept outside the log.
  std::string sealed_evidence;
  // The caller may undo what other callers did: an operator.
  bool privileged = false;

  RequestKey key() const;
};

// What decide may look at besides the state.
struct DecideInput {
  LedgerTime now;
  const Command& command;
  // The entry that the command is about, see BookRow::target; for a cancellation the entry that the
  // target request made. Null where there is none.
  const Entry* target = nullptr;
  EntryIndex target_index;
  // The entry besides that deciding needs, see BookRow::also. Null where there is none.
  const Entry* also = nullptr;
  EntryIndex also_index;
};

// One kind of entry of a book. All functions are pure: no clock, no I/O, no randomness. What is
// null is not needed.
struct BookRow {
  Entry::BodyCase body;
  // Completes `entry` (a copy of the draft, times set) with its effects, or says no. Null: only the
  // engine makes such entries.
  std::optional<Refusal> (*decide)(const State& state, const DecideInput& input,
                                   Entry& entry) = nullptr;
  // Opens the accounts of its own that its postings stand on, before these are applied.
  Fault (*opens)(State& state, const Entry& entry) = nullptr;
  // Changes what is not a balance; the core has applied the postings already.
  Fault (*apply)(State& state, EntryIndex index, const Entry& entry) = nullptr;
  // Appends the accounts that decide and apply will look at, besides those of the target. Accounts
  // that they were merged into follow by themselves.
  void (*names)(const State& state, const Entry& draft, std::vector<AccountNo>& out) = nullptr;
  // Appends the evidence that decide and apply will look at.
  void (*claims)(const Entry& draft, std::vector<Nullifier>& out) = nullptr;
  // Adds what the entry tells to a registry that is being rebuilt.
  void (*registers)(Registry& registry, EntryIndex index, const Entry& entry) = nullptr;
  // The earlier entry that such a command is about, if any; decide gets it as its target.
  std::optional<EntryIndex> (*target)(const Entry& draft) = nullptr;
  // Likewise, for those that name the caller's request that made it; a cancelled one is none.
  std::optional<RequestId> (*target_request)(const Entry& draft) = nullptr;
  // A second earlier entry that decide needs besides its target, if any; what is undone of the
  // target is in the state.
  std::optional<EntryIndex> (*also)(const State& state, EntryIndex target_index,
                                    const Entry& target) = nullptr;
  // The earlier entry besides it that its cancellation needs, if any; `target` is such an entry.
  std::optional<EntryIndex> (*cancel_also)(const Entry& target) = nullptr;
  // Completes a cancellation of such an entry, or says no. Null: it cannot be cancelled.
  std::optional<Refusal> (*cancel)(const State& state, const DecideInput& input,
                                   Entry& entry) = nullptr;
  // Takes back what apply changed besides balances; `entry` is the cancellation.
  Fault (*cancelled)(State& state, EntryIndex index, const Entry& entry) = nullptr;
  // Such entries may have postings.
  bool moves = false;
};

// A book's name and its kinds of entries.
struct Book {
  std::string_view name;
  std::span<const BookRow> rows;
  // What the engine itself must write about the account by now, before anything else moves it:
  // body and postings of an entry. Called again until there is nothing.
  std::optional<Entry> (*due)(const State& state, AccountNo account, LedgerTime now) = nullptr;
  // Appends the accounts that `due` looks at besides that one and those of its asset; it is asked
  // of every account that an entry touches.
  void (*due_names)(const State& state, AccountNo account, LedgerTime now,
                    std::vector<AccountNo>& out) = nullptr;
};

// The Shanghai date of the act of an entry whose recorded time is set.
inline BusinessDate ActDate(const Entry& entry) {
  return ShanghaiDate(
      LedgerTime(entry.act_micros() == 0 ? entry.recorded_micros() : entry.act_micros()));
}
// The Shanghai date on which it was recorded.
inline BusinessDate RecordDate(const Entry& entry) {
  return ShanghaiDate(LedgerTime(entry.recorded_micros()));
}

// Of two refusals the one whose reason stands first.
std::optional<Refusal> FirstListed(std::optional<Refusal> a, std::optional<Refusal> b);

// Schemes, participants, assets and accounts.
Book RegistrationBook();
// Cancellations, tombstones and file records.
Book RequestsBook();

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOK_H_
