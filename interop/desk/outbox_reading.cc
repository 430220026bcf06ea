// What the outbox finds in the log: exchanges that are open, and how far all are closed.
#include <algorithm>
#include <optional>
#include <utility>

#include "interop/desk/exchange_reading.h"
#include "interop/desk/outbox.h"
#include "ledger/core/octets/big_endian.h"

namespace tanhui::desk {
namespace {

using exchange::DestinationState;
using exchange::OriginState;

constexpr char kMarkRow = 'o';
constexpr std::size_t kStepsAtOnce = 512;

std::string MarkKey(ParticipantNo peer) {
  std::string key(1, kMarkRow);
  PutBigEndian(key, peer.value());
  return key;
}

}  // namespace

// Steps that were written since the last look. What cannot be read is read at the next one.
void Outbox::Look() {
  const auto registry = engine_.registry();
  for (const auto& peer : interop::PeersOf(*registry).all()) {
    {
      const std::lock_guard lock(mutex_);
      if (!cities_.contains(peer->number)) {
        const EntryIndex mark = ReadMark(peer->number);
        cities_.emplace(
            peer->number,
            City{peer->log, std::make_unique<Schedule>(options_.schedule, dice_), mark, mark});
      }
    }
    while (LookAt(*peer)) {
    }
  }
}

// Some of them; whether there may be more.
bool Outbox::LookAt(const interop::Peer& peer) {
  EntryIndex next;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return false;
    }
    next = cities_.at(peer.number).next;
  }
  const auto steps =
      engine_.store().ReadListing(Listing::kStepsWithPeer, peer.number.value(), next, kStepsAtOnce);
  if (!steps.ok()) {
    return false;
  }
  for (const EntryIndex index : *steps) {
    const auto entry = ReadLogEntry(engine_.store(), index);
    if (!entry.ok() || !Note(peer, index, *entry)) {
      return false;
    }
    const std::lock_guard lock(mutex_);
    cities_.at(peer.number).next = EntryIndex(index.value() + 1);
  }
  return steps->size() == kStepsAtOnce;
}

bool Outbox::Note(const interop::Peer& peer, EntryIndex index, const Entry& entry) {
  if (entry.has_exchange_preparation()) {
    return NotePrepared(peer, interop::IdOf(index, LedgerTime(entry.recorded_micros())), true);
  }
  if (entry.has_exchange_decision() && entry.exchange_decision().preparation() != 0) {
    const auto id = interop::ReadExchangeId(entry.exchange_decision().exchange_id());
    return !id.has_value() || NotePrepared(peer, *id, false);
  }
  if (entry.has_exchange_reception()) {
    const auto id = interop::ReadExchangeId(entry.exchange_reception().exchange_id());
    return !id.has_value() || NoteReceived(peer, *id, index);
  }
  return true;
}

// What became of one that was prepared here. It is open from its preparation on; when its decision
// is read, it may be closed already.
bool Outbox::NotePrepared(const interop::Peer& peer, const ExchangeId& id, bool add) {
  const auto at = ReadAtOrigin(engine_.store(), peer, id);
  if (!at.ok()) {
    return false;
  }
  const ExchangeName exchange{peer.number, true, id};
  const std::lock_guard lock(mutex_);
  Schedule& schedule = *cities_.at(peer.number).schedule;
  if (at->state == OriginState::kAborted && !at->returned) {
    returns_.try_emplace(exchange, false);
  }
  if (at->state == OriginState::kPrepared) {
    expiries_.emplace(LedgerTime(at->prepared.exchange_preparation().expiry_micros()), exchange);
  }
  if (add) {
    schedule.Add(exchange, interop::PreparationOf(id), Now());
  } else {
    schedule.Again(exchange, Now());
  }
  return true;
}

bool Outbox::NoteReceived(const interop::Peer& peer, const ExchangeId& id, EntryIndex reception) {
  const auto at = ReadAtDestination(engine_.store(), peer, id);
  if (!at.ok()) {
    return false;
  }
  if (at->state == DestinationState::kAccepted) {
    // The decision comes by itself, as a rule.
    const std::lock_guard lock(mutex_);
    cities_.at(peer.number)
        .schedule->Add({peer.number, false, id}, reception,
                       Now() + options_.schedule.first_wait_micros);
  }
  return true;
}

bool Outbox::MayBePrepared(const ExchangeName& exchange) const {
  const auto registry = engine_.registry();
  const interop::Peer* peer = interop::PeersOf(*registry).Find(exchange.peer);
  const auto at = peer == nullptr ? absl::StatusOr<AtOrigin>(absl::NotFoundError("no such peer"))
                                  : ReadAtOrigin(engine_.store(), *peer, exchange.id);
  return !at.ok() || at->state == OriginState::kPrepared;
}

EntryIndex Outbox::ReadMark(ParticipantNo peer) const {
  const auto value = engine_.store().ReadOutside(MarkKey(peer));
  if (!value.ok() || value->size() != sizeof(std::uint64_t)) {
    return EntryIndex(0);  // everything is looked at, and asked once more
  }
  std::string_view bytes = *value;
  return EntryIndex(TakeBigEndian<std::uint64_t>(bytes));
}

// Before the oldest that is open everything is closed.
void Outbox::WriteMarks() {
  std::vector<std::pair<std::string, std::string>> rows;
  std::vector<std::pair<ParticipantNo, EntryIndex>> marks;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [peer, city] : cities_) {
      EntryIndex mark = std::min(city.schedule->Oldest().value_or(city.next), city.next);
      for (const auto& [exchange, doing] : returns_) {
        if (exchange.peer == peer) {
          mark = std::min(mark, interop::PreparationOf(exchange.id));
        }
      }
      if (mark > city.marked) {
        std::string value;
        PutBigEndian(value, mark.value());
        rows.emplace_back(MarkKey(peer), std::move(value));
        marks.emplace_back(peer, mark);
      }
    }
  }
  if (rows.empty() || !engine_.store().PutOutside(rows, {}).ok()) {
    return;
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [peer, mark] : marks) {
    cities_.at(peer).marked = mark;
  }
}

}  // namespace tanhui::desk
