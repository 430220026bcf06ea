// A small ledger in memory, under test: the core, the points book and a fixed cast of accounts. It
// does what the sequencer does around decide and apply (digests, drawn ids, the answer to a
// request that came before) in the plainest way, and nothing durable.
#ifndef TANHUI_TESTS_LEDGER_CORE_WORLD_H_
#define TANHUI_TESTS_LEDGER_CORE_WORLD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/ledger.h"
#include "tests/ledger/core/commands.h"

namespace tanhui::world {

// A decision in words, for tables of expected outcomes:
//   OK                                accepted
//   REASON field key=value ...        refused
//   SEEN 5                            came before, made entry 5
//   SEEN 5 CANCELLED 6                the same, and entry 6 undid it
//   SEEN 5 OTHER points               came before with other points
//   BLOCKED 7                         tombstone 7 blocks it
std::string Text(const Refusal& refusal);

enum class Cast : std::uint8_t {
  kEmpty,  // genesis and operator
  kFull,   // the participants and accounts of commands.h: entries 2 to 19
};
// The index of the first entry after the full cast.
inline constexpr std::uint64_t kFirst = 20;

class World {
 public:
  // `origin`: the name of its log.
  explicit World(Cast cast = Cast::kFull, std::string_view origin = "tanhui.example/test");

  // The command with its digest, its commitment and the ids that are drawn for it.
  Command Complete(Command command) const;
  // Decides a completed command at now() on this state, with the entry that it is about.
  Decision DecideOn(const State& state, const Command& completed) const;
  Decision Decide(const Command& command) const { return DecideOn(state_, Complete(command)); }
  // Decides and applies; what is due of the accounts that are touched comes before. The outcome in
  // words.
  std::string Ask(const Command& command) { return AskCompleted(Complete(command)); }
  std::string AskCompleted(const Command& completed);
  // What the sweeper does: writes everything that is due of the account. Whether anything was.
  bool Sweep(AccountNo account);
  // The entry that a completed command is about; null when it is about none, or none that exists.
  const Entry* TargetOf(const State& state, const Command& completed, EntryIndex& index) const;
  // Applies any entry; aborts on a fault.
  void Take(Entry entry);
  // The fault that applying the entry to a copy finds; "OK" when there is none.
  std::string FaultOf(const Entry& entry) const;

  const Ledger& ledger() const { return ledger_; }
  const State& state() const { return state_; }
  State& mutable_state() { return state_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const Entry& last() const { return entries_.back(); }
  LedgerTime now() const { return now_; }
  void Wait(std::int64_t micros) { now_ = LedgerTime(now_.value() + micros); }
  void WaitDays(std::int64_t days) { Wait(days * kMicrosPerDay); }
  // To 10:00 in Shanghai of a date, which lies ahead.
  void GoTo(std::string_view date);
  BusinessDate today() const { return ShanghaiDate(now_); }
  // 10:00 in Shanghai of so many days ahead.
  LedgerTime InDays(std::int64_t days) const {
    return LedgerTime(now_.value() + days * kMicrosPerDay);
  }

  // The account; it exists (Check).
  const Account& Of(AccountNo number) const;
  std::int64_t BalanceOf(AccountNo number) const { return Of(number).balance.units(); }
  // Sets a balance out of nothing: the sum is then no longer zero. Of a citizen or a household it
  // is one lot of kSponsor's that an award at kStart would have given.
  void SetBalance(AccountNo number, std::int64_t units);
  // The index of the last entry.
  std::uint64_t last_index() const { return entries_.size() - 1; }
  std::optional<RequestRecord> Find(std::string_view id, ParticipantNo caller = kPlatform) const;

  void BeginTrial();
  void KeepTrial() { state_.KeepTrial(); }
  void UndoTrial();  // forgets the entries, too

 private:
  std::string SeenText(const RequestRecord& record, const Command& command) const;

  Ledger ledger_;
  State state_;
  std::vector<Entry> entries_;
  std::size_t trial_start_ = 0;
  LedgerTime now_ = kStart;
  mutable std::uint64_t drawn_ = 0;
};

}  // namespace tanhui::world

#endif  // TANHUI_TESTS_LEDGER_CORE_WORLD_H_
