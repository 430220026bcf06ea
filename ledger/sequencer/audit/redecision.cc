#include "ledger/sequencer/audit/redecision.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace tanhui::sequencer {
namespace {

// The operator of a fresh ledger stands right behind the genesis entry.
constexpr std::uint64_t kEngineRegisters = 1;

// The account about which the engine itself wrote the entry; nullopt for entries that begin a log.
std::optional<AccountNo> SweptBy(const Entry& entry) {
  if (entry.has_expiry()) {
    return AccountNo(entry.expiry().account());
  }
  return entry.has_budget_return() ? std::optional(AccountNo(entry.budget_return().budget()))
                                   : std::nullopt;
}

std::string RedecideEngine(const Ledger& ledger, const State& before, const Entry& entry,
                           std::string_view bytes) {
  const auto account = SweptBy(entry);
  if (!account.has_value()) {
    return before.head().size <= kEngineRegisters ? "" : "the engine makes no such entry";
  }
  if (before.FindAccount(*account) == nullptr) {
    return "the engine wrote about an account that is not there";
  }
  const auto due = ledger.Due(before, *account, LedgerTime(entry.recorded_micros()));
  return due.has_value() && due->SerializeAsString() == bytes
             ? ""
             : "the engine wrote what was not due about the account";
}

}  // namespace

absl::StatusOr<std::string> Redecide(const Ledger& ledger, const State& before, const Entry& entry,
                                     std::string_view bytes,
                                     const std::function<absl::StatusOr<Entry>(EntryIndex)>& read) {
  if (entry.caller() == 0) {
    return RedecideEngine(ledger, before, entry, bytes);
  }
  Command command;
  command.draft = entry;
  ForgetEffects(command.draft);
  command.privileged = true;
  std::optional<Entry> target;
  const auto index = ledger.TargetOf(before, command.draft);
  if (index.has_value()) {
    absl::StatusOr<Entry> found = read(*index);
    if (!found.ok()) {
      return found.status();
    }
    target = *std::move(found);
  }
  const Decision decision = ledger.Decide(
      before, {LedgerTime(entry.recorded_micros()), command,
               target.has_value() ? &*target : nullptr, index.value_or(EntryIndex())});
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    return absl::StrCat("decided again, it is refused: ", std::string(RowOf(refusal->reason).name));
  }
  const auto* again = std::get_if<Entry>(&decision);
  return again != nullptr && again->SerializeAsString() == bytes
             ? std::string()
             : std::string("decided again, it is another entry");
}

}  // namespace tanhui::sequencer
