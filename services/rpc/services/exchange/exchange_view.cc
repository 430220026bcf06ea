#include "services/rpc/services/exchange/exchange_view.h"

#include <array>
#include <string>
#include <utility>

#include "interop/desk/exchange_reading.h"
#include "interop/exchange/protocol.h"
#include "services/rpc/account_view.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/coupons/coupon_access.h"
#include "services/rpc/services/exchange/exchange_names.h"
#include "services/rpc/services/exchange/peer_names.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;
using exchange::DestinationState;
using exchange::OriginState;

// The exchange that the entry at `index` began.
absl::StatusOr<SeenExchange> BegunAt(const Context& context, EntryIndex index, Entry begun) {
  const auto undone = context.engine.store().ReadUndone(std::array{index});
  if (!undone.ok()) {
    return undone.status();
  }
  if (!undone->front().has_value() || !undone->front()->exchange.has_value()) {
    return absl::DataLossError("an exchange is in the log but has no record");
  }
  SeenExchange seen{index, std::move(begun), *undone->front()->exchange, AccountNo(0)};
  if (seen.leaves()) {
    seen.account = AccountNo(seen.begun.postings(0).account());
  }
  return seen;
}

// The preparation that the id names; nullopt when it is none.
absl::StatusOr<std::optional<SeenExchange>> FindLeaving(const Context& context,
                                                        const interop::ExchangeId& id) {
  const EntryIndex index = interop::PreparationOf(id);
  if (index.value() >= context.engine.durable_size()) {
    return std::nullopt;
  }
  auto entry = ReadEntry(context, index);
  if (!entry.ok()) {
    return entry.status();
  }
  if (entry->exchange_preparation().terms().exchange_id() != id.view()) {
    return std::nullopt;
  }
  auto seen = BegunAt(context, index, *std::move(entry));
  return seen.ok() ? absl::StatusOr<std::optional<SeenExchange>>(*std::move(seen)) : seen.status();
}

absl::StatusOr<std::optional<SeenExchange>> FindComing(const Context& context,
                                                       const interop::ExchangeId& id) {
  const auto registry = context.engine.registry();
  for (const auto& peer : interop::PeersOf(*registry).all()) {
    auto at = desk::ReadAtDestination(context.engine.store(), *peer, id);
    if (!at.ok()) {
      return at.status();
    }
    if (!at->reception.has_value() || !at->received.exchange_reception().has_terms()) {
      continue;
    }
    auto seen = BegunAt(context, *at->reception, std::move(at->received));
    if (!seen.ok() || at->state != DestinationState::kConfirmed) {
      return seen.ok() ? absl::StatusOr<std::optional<SeenExchange>>(*std::move(seen))
                       : seen.status();
    }
    const auto conclusion = ReadEntry(context, *at->conclusion);
    if (!conclusion.ok()) {
      return conclusion.status();
    }
    seen->account = AccountNo(conclusion->exchange_conclusion().account());
    return std::optional(*std::move(seen));
  }
  return std::nullopt;
}

v1::ExchangeState StateOf(const SeenExchange& exchange) {
  if (exchange.leaves()) {
    switch (static_cast<OriginState>(exchange.now.state)) {
      case OriginState::kCommitted:
        return v1::EXCHANGE_STATE_COMMITTED;
      case OriginState::kAborted:
        return exchange.now.returned ? v1::EXCHANGE_STATE_RETURNED : v1::EXCHANGE_STATE_ABORTED;
      default:
        return v1::EXCHANGE_STATE_PREPARED;
    }
  }
  switch (static_cast<DestinationState>(exchange.now.state)) {
    case DestinationState::kAccepted:
      return v1::EXCHANGE_STATE_ACCEPTED;
    case DestinationState::kConfirmed:
      return v1::EXCHANGE_STATE_CONFIRMED;
    default:
      return v1::EXCHANGE_STATE_REFUSED;
  }
}

// Why nothing came of it, and which entry said so.
absl::Status FillEnd(const Context& context, const SeenExchange& exchange, v1::Exchange& out) {
  out.set_state(StateOf(exchange));
  out.set_decision_entry_index(exchange.now.entry.value());
  if (!exchange.leaves()) {
    out.set_reason(exchange.begun.exchange_reception().reason());
    return absl::OkStatus();
  }
  if (exchange.now.entry == EntryIndex(0)) {
    return absl::OkStatus();
  }
  const auto decision = ReadEntry(context, exchange.now.entry);
  if (decision.ok()) {
    out.set_reason(decision->exchange_decision().reason());
  }
  return decision.status();
}

}  // namespace

absl::StatusOr<std::optional<SeenExchange>> FindExchange(const Context& context,
                                                         const interop::ExchangeId& id) {
  auto leaving = FindLeaving(context, id);
  return !leaving.ok() || leaving->has_value() ? std::move(leaving) : FindComing(context, id);
}

absl::StatusOr<SeenExchange> ExchangeListedAt(const Context& context, EntryIndex listed) {
  auto entry = ReadEntry(context, listed);
  if (!entry.ok() || !entry->has_exchange_conclusion()) {
    return entry.ok() ? BegunAt(context, listed, *std::move(entry)) : entry.status();
  }
  const EntryIndex reception(entry->exchange_conclusion().reception());
  auto received = ReadEntry(context, reception);
  if (!received.ok()) {
    return received.status();
  }
  auto seen = BegunAt(context, reception, *std::move(received));
  if (seen.ok()) {
    seen->account = AccountNo(entry->exchange_conclusion().account());
  }
  return seen;
}

absl::StatusOr<bool> MaySee(const Context& context, const Caller& caller,
                            const SeenExchange& exchange) {
  if (exchange.account == AccountNo(0)) {
    return NamesById(caller);
  }
  const auto standing = ReadStanding(context, exchange.account);
  if (!standing.ok()) {
    return standing.status();
  }
  return HasLots(standing->account.kind) ? IsLinkedTo(context, caller, exchange.account)
                                         : MayRead(caller, standing->account);
}

void FillTerms(const Registry& registry, ParticipantNo peer, const pb::ExchangeTerms& terms,
               v1::Exchange& out) {
  if (const interop::Peer* found = interop::PeersOf(registry).Find(peer)) {
    out.set_peer(PeerName(*found));
  }
  out.set_kind(static_cast<v1::ExchangeKind>(terms.kind()));
  out.set_from_points(terms.from_points());
  out.set_grams(terms.grams());
  out.set_to_points(terms.to_points());
  out.set_rates_version(terms.rates());
  for (const pb::ExchangeLot& part : terms.lots()) {
    v1::ExchangeLot& lot = *out.add_lots();
    const Month month(static_cast<std::uint16_t>(part.expiry_month()));
    lot.set_expiry_month(month == kNever ? std::string() : FormatMonth(month));
    lot.set_city(part.city());
    lot.set_points(part.points());
    lot.set_grams(part.grams());
  }
  *out.mutable_expire_time() = ToTimestamp(LedgerTime(terms.expiry_micros()));
}

absl::Status FillExchange(const Context& context, const Caller& caller,
                          const SeenExchange& exchange, v1::Exchange& out) {
  out.set_name(ExchangeName(exchange.terms().exchange_id()));
  out.set_direction(exchange.leaves() ? v1::EXCHANGE_DIRECTION_LEAVING
                                      : v1::EXCHANGE_DIRECTION_COMING);
  FillTerms(*context.engine.registry(), exchange.peer(), exchange.terms(), out);
  out.set_entry_index(exchange.index.value());
  *out.mutable_begin_time() = ToTimestamp(LedgerTime(exchange.begun.recorded_micros()));
  if (exchange.account != AccountNo(0)) {
    const auto standing = ReadStanding(context, exchange.account);
    if (!standing.ok()) {
      return standing.status();
    }
    out.set_account(AccountName(context, caller, standing->account));
  }
  return FillEnd(context, exchange, out);
}

}  // namespace tanhui::rpc
