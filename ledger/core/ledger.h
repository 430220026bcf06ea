// decide and apply: the whole ledger as two pure functions over a State.
#ifndef TANHUI_LEDGER_CORE_LEDGER_H_
#define TANHUI_LEDGER_CORE_LEDGER_H_

#include <array>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "ledger/core/book.h"
#include "ledger/core/refusal.h"
#include "ledger/core/state.h"

namespace tanhui {

inline constexpr std::uint32_t kEntryFormat = 3;
// The bundle format of C2SP tlog-tiles gives an entry's length 16 bits.
inline constexpr std::size_t kMaxEntryBytes = 65'535;

// The request was seen before: its first outcome, or a conflict, is answered instead of a decision.
struct Seen {
  RequestRecord record;
};

// What decide says: an entry with every effect spelled out, a no, or "seen before".
using Decision = std::variant<Entry, Refusal, Seen>;

class Ledger {
 public:
  // The table of books: the core's own and those given. Each kind of entry belongs to one book.
  explicit Ledger(std::span<const Book> books);

  // Pure. `now` is the ledger time of the commit that the entry would join.
  Decision Decide(const State& state, const DecideInput& input) const;
  // The same in two steps, for whoever need not keep the draft. What needs no book; nullopt: it
  // does.
  std::optional<Decision> DecideAtOnce(const State& state, const Command& command) const;
  // Makes the draft the entry, in place; the command must still name its caller. nullopt: it is,
  // and its cached sizes are right until it is moved or changed. After a refusal it is of no use.
  std::optional<Refusal> Complete(const State& state, const DecideInput& input, Entry& draft) const;

  // Pure but for `state`. Counts the entry, applies its postings, remembers its request id and lets
  // its book do the rest.
  Fault TryApply(State& state, const Entry& entry) const;
  // The same, aborting on a fault: the log or the state is then not what we think, and going on
  // would make it worse.
  void Apply(State& state, const Entry& entry) const;

  // Whether `entry` is of a known format and kind and its times can be, so that Apply can be asked.
  bool Knows(const Entry& entry) const;
  // Whether a caller can ask for it; the engine alone makes the others.
  bool Decides(const Entry& draft) const;

  // The earlier entry that a command with this draft is about, besides a cancellation.
  std::optional<EntryIndex> TargetOf(const State& state, const Entry& draft) const;
  // The entry besides its target that such a command needs; see BookRow::also.
  std::optional<EntryIndex> AlsoOf(const State& state, const Entry& draft, EntryIndex target_index,
                                   const Entry& target) const;
  // The request whose entry that is, where the draft names it so; the state needs it for TargetOf.
  std::optional<RequestKey> TargetRequestOf(const Entry& draft) const;

  // Appends the accounts that must be swept of what is due before the entry is: those it moves or,
  // when it moves nothing, those it names.
  void Touched(const State& state, const Entry& entry, std::vector<AccountNo>& out) const;

  // An entry by the engine itself that must come before anything else moves the account; nullopt
  // when nothing is due. Loaded are the account, its asset's issuance and expiry accounts and those
  // of DueNames.
  std::optional<Entry> Due(const State& state, AccountNo account, LedgerTime now) const;
  // Appends the accounts that Due looks at, besides that one and those of its asset.
  void DueNames(const State& state, AccountNo account, LedgerTime now,
                std::vector<AccountNo>& out) const;

  // Appends the accounts that Decide looks at for a command with this draft.
  void Names(const State& state, const Entry& draft, std::vector<AccountNo>& out) const;

  // Appends the evidence that Decide and Apply look at for a command with this draft.
  void Claims(const Entry& draft, std::vector<Nullifier>& out) const;

  // Adds what the stored entry `index` tells to a registry that is being rebuilt in log order.
  void Register(Registry& registry, EntryIndex index, const Entry& entry) const;

 private:
  static constexpr std::size_t kMaxBodies = 128;
  const BookRow* RowFor(const Entry& entry) const;
  // Who undoes what a cancellation cancels; null for any other entry, and for a tombstone.
  const BookRow* Cancels(const Entry& entry, const DecideInput& input) const;
  Fault ApplyCancelled(State& state, EntryIndex index, const Entry& entry) const;
  std::array<const BookRow*, kMaxBodies> rows_{};
  std::vector<decltype(Book::due)> dues_;
  std::vector<decltype(Book::due_names)> due_names_;
};

// The first entry of a log.
Entry GenesisEntry(std::string_view origin, LedgerTime now);
// An entry by the engine itself that registers a participant, so that a fresh ledger has an
// operator.
Entry OperatorEntry(const State& state, std::string_view code, LedgerTime now);

// Whether its body is as it was asked for: of this kind decide fills in nothing but dates and
// postings.
bool BodyIsAsked(const Entry& entry);

// Takes away what decide filled in, so that what was asked for is left, with the ids that were
// drawn for it: a draft that decide makes the same entry of.
void ForgetEffects(Entry& entry);

// The same request id came again. nullopt when the request is the same one; otherwise the field
// that differs, as the API names it.
std::optional<std::string> ConflictingField(const Entry& first, const Command& again);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_LEDGER_H_
