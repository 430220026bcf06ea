// award_instructions: awards decided, encoded, hashed into the tree and applied, in one thread and
// without a disk. tests/instructions counts under callgrind what CountedAwards executes.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "bench/clerk.h"
#include "ledger/core/check.h"
#include "ledger/merkle/tree.h"

namespace tanhui::bench {

constexpr LedgerTime kNow(1'800'000'000 * kMicrosPerSecond);  // 2027-01-15
constexpr std::uint64_t kCitizens = 10'000;
constexpr std::size_t kBatch = 1'000;

Entry Decided(const State& state, const Command& command) {
  Decision decision =
      TheLedger().Decide(state, {kNow, command, nullptr, EntryIndex(), nullptr, EntryIndex()});
  Check(std::holds_alternative<Entry>(decision), "a command of the bench is refused");
  return std::get<Entry>(std::move(decision));
}

// Callgrind finds it by this name and counts nothing else. Answers the bytes of all entries. Each
// draft becomes the entry, in the steps that the sequencer takes.
extern "C" [[gnu::noinline]] std::size_t CountedAwards(State& state, merkle::TreeBuilder& tree,
                                                       std::vector<Command> commands) {
  std::size_t bytes = 0;
  std::string encoded;
  std::size_t in_batch = 0;
  for (Command& command : commands) {
    Check(!TheLedger().DecideAtOnce(state, command).has_value(), "a command that was seen");
    Entry entry;
    entry.Swap(&command.draft);
    command.draft.set_caller(entry.caller());
    const auto refusal = TheLedger().Complete(
        state, {kNow, command, nullptr, EntryIndex(), nullptr, EntryIndex()}, entry);
    Check(!refusal.has_value(), "a command of the bench is refused");
    encoded.resize(static_cast<std::size_t>(entry.GetCachedSize()));
    entry.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(encoded.data()));
    bytes += encoded.size();
    tree.Append(merkle::LeafHash(encoded));
    TheLedger().Apply(state, entry);
    if (++in_batch == kBatch) {
      in_batch = 0;
      tree.Grow();
      state.TakeChanges();
    }
  }
  return bytes;
}

int Run(std::size_t awards) {
  State state;
  Clerk clerk(IdKind::kRandom, kCitizens);
  TheLedger().Apply(state, GenesisEntry("bench.example/ledger", kNow));
  TheLedger().Apply(state, OperatorEntry(state, "operator", kNow));
  for (const Command& command : clerk.Setup()) {
    TheLedger().Apply(state, Decided(state, command));
  }
  state.TakeChanges();
  merkle::TreeBuilder tree;
  const std::size_t bytes = CountedAwards(state, tree, clerk.Awards(awards));
  std::printf("{\"awards\":%zu,\"bytes_per_award\":%.1f}\n", awards,
              static_cast<double>(bytes) / static_cast<double>(awards));
  return 0;
}

}  // namespace tanhui::bench

int main(int argc, char** argv) {
  const long awards = argc == 2 ? std::strtol(argv[1], nullptr, 10) : 0;
  if (awards < 1 || awards > 10'000'000) {
    std::fprintf(stderr, "usage: award_instructions AWARDS   (1 to 10,000,000)\n");
    return 2;
  }
  return tanhui::bench::Run(static_cast<std::size_t>(awards));
}
