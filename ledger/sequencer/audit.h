// Recomputes a whole ledger from its log and compares.
#ifndef TANHUI_LEDGER_SEQUENCER_AUDIT_H_
#define TANHUI_LEDGER_SEQUENCER_AUDIT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "ledger/core/ledger.h"
#include "ledger/signing/key.h"
#include "ledger/store/store.h"

namespace tanhui::sequencer {

struct AuditOptions {
  // The directory's last checkpoint as text; empty when there is none.
  std::string checkpoint_note;
  // Checks the checkpoint's signature too.
  std::optional<signing::NamedVerifier> verifier;
  // Also asks every rule of every entry again; see Redecide. Takes half as long again. The
  // rules are those of this program: a log that an older one decided may differ without being
  // wrong.
  bool redecide = false;
  // Called now and then with entries done and entries in all.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

struct AuditReport {
  std::uint64_t entries = 0;
  // Of them those that the stored indexes are of; fewer than all where a server was killed.
  std::uint64_t indexed = 0;
  Hash256 root;
  std::uint64_t accounts = 0;
  std::uint64_t requests = 0;
  // The first difference; empty when everything agrees.
  std::string difference;
  // Whether a checkpoint was compared, and at which size.
  std::optional<std::uint64_t> checkpoint_size;
};

// Replays every entry through apply into a fresh state, rebuilds the tree, and compares root, head,
// tiles, registry, accounts, account ids, request ids, what was undone, evidence, earnings of
// products, histories, months, settlement lines, events, sums of open months, links and the
// checkpoint with what is stored. Published documents must be signed with the key that their
// publisher had registered. An error when the store cannot be read at all; damage that is found is
// the report's difference.
absl::StatusOr<AuditReport> Audit(const Ledger& ledger, const store::Store& store,
                                  const AuditOptions& options);

}  // namespace tanhui::sequencer

#endif  // TANHUI_LEDGER_SEQUENCER_AUDIT_H_
