#include "ledger/sequencer/audit.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/core/state.h"
#include "ledger/merkle/tree.h"
#include "ledger/sequencer/audit/records.h"
#include "ledger/sequencer/audit/replay.h"
#include "ledger/signing/checkpoint.h"

namespace tanhui::sequencer {
namespace {

std::string Hex(const Hash256& hash) {
  return absl::BytesToHexString({hash.view().data(), hash.view().size()});
}

absl::Status CompareHead(const Replay& replay, const store::StoredHead& head) {
  if (replay.tree.Root() != head.root) {
    return Differ(absl::StrCat("the root is ", Hex(replay.tree.Root()), " by the entries, ",
                               Hex(head.root), " as stored"));
  }
  if (replay.state.head() != head.head) {
    return Differ("ledger time or account count differ from the stored head");
  }
  return absl::OkStatus();
}

absl::Status CompareEnd(const store::Store& store, const store::StoredHead& head) {
  return absl::IsNotFound(store.ReadEntry(EntryIndex(head.head.size)).status())
             ? absl::OkStatus()
             : Differ(absl::StrCat("entry ", head.head.size, " is stored past the end of the log"));
}

// What an account's parts must be to each other; nullopt when they are.
std::optional<std::string_view> WrongParts(const Account& account) {
  if (!HasLots(account.kind)) {
    return WithinLimit(account.kind, account.balance) ? std::nullopt
                                                      : std::optional("is past its limit");
  }
  // 128 bits cannot overflow here.
  __int128 free = 0;
  for (const Lot& lot : account.lots) {
    free += lot.points.units();
  }
  __int128 held = 0;
  for (const Hold& hold : account.holds) {
    held += SumOf(hold.lots).units();
  }
  if (held != account.held.units()) {
    return "holds other points than its holds";
  }
  if (free + held - account.debt.units() != account.balance.units()) {
    return "has a balance that is not its lots, held points and debt";
  }
  return account.debt > Amount(0) && !account.lots.empty()
             ? std::optional("has a debt beside points that could pay it")
             : std::nullopt;
}

absl::Status CompareParts(const State& state) {
  for (const auto& [number, account] : state.accounts()) {
    if (const auto wrong = WrongParts(account)) {
      return Differ(absl::StrCat("account ", number.value(), " ", std::string(*wrong)));
    }
  }
  return absl::OkStatus();
}

// Sums by asset over all accounts: double entry as a whole.
absl::Status CompareSums(const State& state) {
  std::map<AssetNo, Amount> sums;
  for (const auto& [number, account] : state.accounts()) {
    const auto sum = Add(sums[account.asset], account.balance);
    if (!sum.has_value()) {
      return Differ("the balances overflow");
    }
    sums[account.asset] = *sum;
  }
  for (const auto& [asset, sum] : sums) {
    if (sum != Amount(0)) {
      return Differ(absl::StrCat("asset ", asset.value(), " sums to ", sum.units(), ", not 0"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<signing::Checkpoint> ReadCheckpoint(const AuditOptions& options) {
  if (options.verifier.has_value()) {
    const std::vector<signing::NamedVerifier> verifiers = {*options.verifier};
    return signing::OpenCheckpoint(options.checkpoint_note, verifiers);
  }
  const std::size_t end = options.checkpoint_note.rfind("\n\n");
  return signing::ParseCheckpoint(
      std::string_view(options.checkpoint_note).substr(0, end == std::string::npos ? 0 : end + 1));
}

absl::Status CompareCheckpoint(const absl::StatusOr<signing::Checkpoint>& checkpoint,
                               const Replay& replay, std::uint64_t& compared) {
  if (!checkpoint.ok()) {
    return Differ(absl::StrCat("the checkpoint: ", checkpoint.status().message()));
  }
  compared = checkpoint->size;
  if (checkpoint->size > replay.tree.size()) {
    return Differ(absl::StrCat("a checkpoint over ", checkpoint->size,
                               " entries was signed, the log has ", replay.tree.size()));
  }
  return replay.noted_root == checkpoint->root
             ? absl::OkStatus()
             : Differ(absl::StrCat("the signed checkpoint of size ", checkpoint->size, " has root ",
                                   Hex(checkpoint->root), ", the entries give ",
                                   Hex(replay.noted_root)));
}

absl::Status CompareAll(const Ledger& ledger, const store::Store& store,
                        const AuditOptions& options, const store::StoredHead& head, Replay& replay,
                        AuditReport& report) {
  // What a crash left untold is not in the files: they are compared with the entries that they are
  // said to be of.
  const auto indexed = store.indexed();
  const std::uint64_t indexed_size = indexed.has_value() ? indexed->head.size : 0;
  if (indexed_size > head.head.size) {
    return Differ(absl::StrCat("the indexes are those of ", indexed_size, " entries, the log has ",
                               head.head.size));
  }
  const auto checkpoint = ReadCheckpoint(options);
  if (checkpoint.ok()) {
    replay.noted_size = checkpoint->size;
  }
  absl::Status status = ReplayEntries(ledger, store, options, indexed_size, replay);
  replay.histories.EndCommit();
  if (status.ok() && indexed.has_value()) {
    status = CompareHead(replay, *indexed);
  }
  status = status.ok() ? CompareRecords(store, replay) : status;
  status = status.ok() ? ReplayEntries(ledger, store, options, head.head.size, replay) : status;
  report.entries = replay.tree.size();
  report.root = replay.tree.Root();
  report.accounts = replay.state.accounts().size();
  report.requests = replay.requests.size();
  report.indexed = indexed_size;
  const std::function<absl::Status()> comparisons[] = {
      [&] { return CompareHead(replay, head); },
      [&] { return CompareEnd(store, head); },
      [&] { return CompareSums(replay.state); },
      [&] { return CompareParts(replay.state); },
  };
  for (const auto& compare : comparisons) {
    status = status.ok() ? compare() : status;
  }
  if (status.ok() && !options.checkpoint_note.empty()) {
    status = CompareCheckpoint(checkpoint, replay, report.checkpoint_size.emplace());
  }
  return status;
}

}  // namespace

absl::StatusOr<AuditReport> Audit(const Ledger& ledger, const store::Store& store,
                                  const AuditOptions& options) {
  const auto head = store.ReadHead();
  if (!head.ok()) {
    return head.status();
  }
  if (!head->has_value()) {
    return absl::FailedPreconditionError("the directory holds no ledger: its database is empty");
  }
  AuditReport report;
  Replay replay;
  const absl::Status status = CompareAll(ledger, store, options, **head, replay, report);
  if (absl::IsDataLoss(status)) {
    report.difference = std::string(status.message());
    return report;
  }
  return status.ok() ? absl::StatusOr<AuditReport>(std::move(report)) : status;
}

}  // namespace tanhui::sequencer
