// An exchange as this city has it, and who may see it.
#ifndef TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_EXCHANGE_VIEW_H_
#define TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_EXCHANGE_VIEW_H_

#include <optional>

#include "absl/status/statusor.h"
#include "interop/books/terms.h"
#include "ledger/core/books/undone.h"
#include "services/rpc/context.h"
#include "services/rpc/draft.h"
#include "tanhui/v1/exchanges.pb.h"

namespace tanhui::rpc {

struct SeenExchange {
  EntryIndex index;  // of `begun`
  Entry begun;       // a preparation, or a reception with terms
  ExchangeNow now;
  AccountNo account;  // that gave or got them; 0: of what came and is not confirmed

  bool leaves() const { return begun.has_exchange_preparation(); }
  ParticipantNo peer() const {
    return ParticipantNo(leaves() ? begun.exchange_preparation().peer()
                                  : begun.exchange_reception().peer());
  }
  const entry::v1::ExchangeTerms& terms() const {
    return leaves() ? begun.exchange_preparation().terms() : begun.exchange_reception().terms();
  }
};

// nullopt when there is none with terms. Errors are those of the store.
absl::StatusOr<std::optional<SeenExchange>> FindExchange(const Context& context,
                                                         const interop::ExchangeId& id);
// Of an entry that is listed among an account's exchanges: a preparation or a conclusion.
absl::StatusOr<SeenExchange> ExchangeListedAt(const Context& context, EntryIndex listed);

// Whether the caller is linked to the citizen, is the merchant, or needs neither.
absl::StatusOr<bool> MaySee(const Context& context, const Caller& caller,
                            const SeenExchange& exchange);

// What the terms say.
void FillTerms(const Registry& registry, ParticipantNo peer, const entry::v1::ExchangeTerms& terms,
               v1::Exchange& out);
// All of it.
absl::Status FillExchange(const Context& context, const Caller& caller,
                          const SeenExchange& exchange, v1::Exchange& out);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_EXCHANGE_EXCHANGE_VIEW_H_
