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
  // An account opening for a user of the calling platform; kept outside the log.
  std::optional<PlatformUserKey> platform_user;
  // An account opening's owner was drawn for it, not asked for: no part of what was asked.
  bool owner_drawn = false;
  // The merchant's own reference; kept outside the log.
  std::string reference;

  RequestKey key() const;
};

// What decide may look at besides the state.
struct DecideInput {
  LedgerTime now;
  const Command& command;
  // For a cancellation: the entry that the target request made, where there is one.
  const Entry* target = nullptr;
};

// One kind of entry of a book. Both functions are pure: no clock, no I/O, no randomness.
struct BookRow {
  Entry::BodyCase body;
  // Completes `entry` (a copy of the draft, times set) with its effects, or says no.
  std::optional<Refusal> (*decide)(const State& state, const DecideInput& input, Entry& entry);
  // Changes what is not a balance; the core has applied the postings already. May be null.
  Fault (*apply)(State& state, EntryIndex index, const Entry& entry);
  // Appends the accounts that decide and apply will look at. May be null: none.
  void (*names)(const State& state, const Entry& draft, std::vector<AccountNo>& out) = nullptr;
  // Adds what the entry tells to a registry that is being rebuilt. May be null: nothing.
  void (*registers)(Registry& registry, const Entry& entry) = nullptr;
  // Whether CancelRequest may reverse such an entry by reversing its postings.
  bool cancellable = false;
};

// A book's name and its kinds of entries.
struct Book {
  std::string_view name;
  std::span<const BookRow> rows;
};

// Schemes, participants, assets and accounts.
Book RegistrationBook();
// Cancellations, tombstones and file records.
Book RequestsBook();

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOK_H_
