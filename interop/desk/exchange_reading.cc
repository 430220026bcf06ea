#include "interop/desk/exchange_reading.h"

#include <array>
#include <utility>

#include "interop/books/step_requests.h"
#include "ledger/core/books/undone.h"
#include "ledger/core/check.h"

namespace tanhui::desk {
namespace {

// What became of a preparation or a reception.
absl::StatusOr<ExchangeNow> ReadNow(const store::Store& store, EntryIndex index) {
  const auto undone = store.ReadUndone(std::array{index});
  if (!undone.ok()) {
    return undone.status();
  }
  const auto& record = undone->front();
  return record.has_value() && record->exchange.has_value()
             ? absl::StatusOr<ExchangeNow>(*record->exchange)
             : absl::DataLossError("an exchange is in the log but has no record");
}

std::optional<EntryIndex> EntryOf(const ExchangeNow& now) {
  return now.entry == EntryIndex(0) ? std::nullopt : std::optional(now.entry);
}

// The preparation that the id names, if it is one for the peer.
absl::StatusOr<std::optional<Entry>> FindPreparation(const store::Store& store,
                                                     const interop::Peer& peer,
                                                     const ExchangeId& id) {
  auto entry = ReadLogEntry(store, interop::PreparationOf(id));
  if (absl::IsNotFound(entry.status())) {
    return std::nullopt;
  }
  if (!entry.ok()) {
    return entry.status();
  }
  const bool same = entry->has_exchange_preparation() &&
                    LedgerTime(entry->recorded_micros()) == interop::RecordedOf(id) &&
                    ParticipantNo(entry->exchange_preparation().peer()) == peer.number;
  return same ? std::optional(*std::move(entry)) : std::nullopt;
}

}  // namespace

absl::StatusOr<Entry> ReadLogEntry(const store::Store& store, EntryIndex index) {
  const auto bytes = store.ReadEntry(index);
  if (!bytes.ok()) {
    return bytes.status();
  }
  Entry entry;
  return entry.ParseFromString(*bytes) ? absl::StatusOr<Entry>(std::move(entry))
                                       : absl::DataLossError("an entry cannot be decoded");
}

absl::StatusOr<std::optional<EntryIndex>> FindRequest(const store::Store& store, ParticipantNo peer,
                                                      std::string_view text) {
  const auto id = RequestId::FromText(text);
  Check(id.has_value(), "a request id of an exchange");
  const auto found = store.ReadRequestAsOf({peer, *id});
  if (!found.ok()) {
    return found.status();
  }
  return found->record.has_value() ? std::optional(found->record->entry) : std::nullopt;
}

absl::StatusOr<AtOrigin> ReadAtOrigin(const store::Store& store, const interop::Peer& peer,
                                      const ExchangeId& id) {
  AtOrigin found;
  auto prepared = FindPreparation(store, peer, id);
  if (!prepared.ok()) {
    return prepared.status();
  }
  if (!prepared->has_value()) {
    // An id that was never prepared can still be aborted.
    const auto decision = FindRequest(store, peer.number, interop::DecideText(id));
    if (!decision.ok()) {
      return decision.status();
    }
    found.decision = *decision;
    found.state =
        decision->has_value() ? exchange::OriginState::kAborted : exchange::OriginState::kNone;
    found.returned = true;
    return found;
  }
  found.preparation = interop::PreparationOf(id);
  found.prepared = **std::move(prepared);
  const auto now = ReadNow(store, *found.preparation);
  if (!now.ok()) {
    return now.status();
  }
  found.state = static_cast<exchange::OriginState>(now->state);
  found.decision = EntryOf(*now);
  found.returned = now->returned;
  return found;
}

absl::StatusOr<AtDestination> ReadAtDestination(const store::Store& store,
                                                const interop::Peer& peer, const ExchangeId& id) {
  AtDestination found;
  const auto reception = FindRequest(store, peer.number, interop::ReceiveText(id));
  if (!reception.ok() || !reception->has_value()) {
    return reception.ok() ? absl::StatusOr<AtDestination>(found) : reception.status();
  }
  found.reception = *reception;
  auto received = ReadLogEntry(store, **reception);
  if (!received.ok()) {
    return received.status();
  }
  if (!received->has_exchange_reception()) {
    return absl::DataLossError("a request of a reception made another entry");
  }
  found.received = *std::move(received);
  const auto now = ReadNow(store, **reception);
  if (!now.ok()) {
    return now.status();
  }
  found.state = static_cast<exchange::DestinationState>(now->state);
  found.conclusion = EntryOf(*now);
  return found;
}

}  // namespace tanhui::desk
