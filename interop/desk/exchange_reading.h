// What the durable log says of one exchange, at its origin or at its destination: where the
// protocol stands. Reads the store; any thread.
#ifndef TANHUI_INTEROP_DESK_EXCHANGE_READING_H_
#define TANHUI_INTEROP_DESK_EXCHANGE_READING_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "interop/books/peers.h"
#include "interop/books/terms.h"
#include "interop/exchange/protocol.h"
#include "ledger/core/book.h"
#include "ledger/core/ids.h"
#include "ledger/store/store.h"

namespace tanhui::desk {

using interop::ExchangeId;

// Where an exchange stands at its origin.
struct AtOrigin {
  exchange::OriginState state = exchange::OriginState::kNone;
  std::optional<EntryIndex> preparation;
  Entry prepared;                      // when there is a preparation
  std::optional<EntryIndex> decision;  // when it is decided
  bool returned = false;               // of an aborted one: the citizen has the points again
  // Of the terms; empty without a preparation.
  const std::string& hash() const { return prepared.exchange_preparation().terms_hash(); }
};

// Where an exchange stands at its destination.
struct AtDestination {
  exchange::DestinationState state = exchange::DestinationState::kNone;
  std::optional<EntryIndex> reception;
  Entry received;                        // when there is a reception
  std::optional<EntryIndex> conclusion;  // when it is concluded
  const std::string& hash() const { return received.exchange_reception().terms_hash(); }
};

// What the exchange of that id with the peer is. A preparation of another peer, or of another time,
// is none. Errors are those of the store, and DataLoss.
absl::StatusOr<AtOrigin> ReadAtOrigin(const store::Store& store, const interop::Peer& peer,
                                      const ExchangeId& id);
absl::StatusOr<AtDestination> ReadAtDestination(const store::Store& store,
                                                const interop::Peer& peer, const ExchangeId& id);

// DataLoss when it cannot be decoded; NotFound past the durable end.
absl::StatusOr<Entry> ReadLogEntry(const store::Store& store, EntryIndex index);
// The entry that a request of the peer's made; nullopt when there is none.
absl::StatusOr<std::optional<EntryIndex>> FindRequest(const store::Store& store, ParticipantNo peer,
                                                      std::string_view text);

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_EXCHANGE_READING_H_
