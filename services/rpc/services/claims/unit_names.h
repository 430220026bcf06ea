// Merchants, stores and tills as requests name them.
#ifndef TANHUI_SERVICES_RPC_SERVICES_CLAIMS_UNIT_NAMES_H_
#define TANHUI_SERVICES_RPC_SERVICES_CLAIMS_UNIT_NAMES_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "ledger/claims/terms.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {

// A merchant's place in one asset.
struct NamedUnit {
  const Participant* merchant = nullptr;
  const claims::Unit* unit = nullptr;  // null: the merchant itself
};

// participants/{participant}, of a store or till with /units/{store}[/{till}] behind it; nullopt
// when refused. A null asset was refused before; in money there are no units.
std::optional<NamedUnit> ReadUnitName(std::string_view name, std::string_view field,
                                      const Asset* asset, Draft& draft);

// The account at which points are taken: the till's, the store's, or without both codes the
// merchant's own; 0 when refused. A null asset was refused before. Refusals name the fields
// merchant, store and till behind `prefix`.
std::uint64_t ReadTakingAccount(std::string_view merchant, std::string_view store,
                                std::string_view till, const Asset* asset, Draft& draft,
                                std::string_view prefix = {});

// settlementRuns/{run}; nullptr when refused with kUnknownRun.
const claims::Run* ReadRunName(std::string_view name, std::string_view field, Draft& draft);
// settlementRuns/{run}/lines/{line}: the index of the line; nullopt when refused. Whether there is
// such a line is not known yet.
struct NamedLine {
  RunNo run;
  EntryIndex index;
};
std::optional<NamedLine> ReadLineName(std::string_view name, std::string_view field, Draft& draft);

// And back.
std::string PriceName(PriceNo number);
std::string RunName(RunNo number);
std::string LineName(RunNo run, EntryIndex line);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_CLAIMS_UNIT_NAMES_H_
