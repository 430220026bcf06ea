// The origin decides.
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "interop/books/position_of.h"
#include "interop/books/refused.h"
#include "interop/books/rows.h"
#include "interop/books/step_requests.h"
#include "interop/books/steps.h"
#include "interop/books/terms.h"
#include "interop/exchange/protocol.h"
#include "ledger/core/postings.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;
using exchange::OriginState;
using points::Verdict;

constexpr std::string_view kExpired = "expired";
constexpr std::string_view kNeverPrepared = "never_prepared";
// Of what was prepared.
constexpr std::array<std::string_view, 3> kAbortReasons = {"rejected", kExpired, "withdrawn"};

const Peer* PeerOf(const State& state, const pb::ExchangeDecision& decision) {
  return PeersOf(state.registry()).Find(ParticipantNo(decision.peer()));
}

void NamesOfDecision(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  if (const Peer* peer = PeerOf(state, draft.exchange_decision())) {
    NamesOfPeer(*peer, out);
  }
}

// Whatever stands where the id says, so that it is seen when that is no preparation.
std::optional<EntryIndex> TargetOfDecision(const Entry& draft) {
  const auto id = ReadExchangeId(draft.exchange_decision().exchange_id());
  return id.has_value() ? std::optional(PreparationOf(*id)) : std::nullopt;
}

bool Commits(const pb::ExchangeDecision& decision) {
  return decision.outcome() == pb::EXCHANGE_OUTCOME_COMMITTED;
}

// Whether no entry from `index` on, recorded at `now` or later, can be what the id names.
bool IsPast(const ExchangeId& id, EntryIndex index, LedgerTime now) {
  return PreparationOf(id) < index || RecordedOf(id) < now;
}

// Nothing but what the decision says itself.
void WantForm(const pb::ExchangeDecision& decision, Verdict& verdict) {
  const auto invalid = [&verdict](bool holds, std::string_view field) {
    verdict.Want(holds, Reason::kFieldInvalid, field);
  };
  invalid(!decision.has_proof() || ProofIsComplete(decision.proof()), "proof");
  if (Commits(decision)) {
    invalid(decision.has_proof(), "proof");
    invalid(decision.reason().empty(), "reason");
    invalid(decision.preparation() != 0, "preparation");
    return;
  }
  invalid(decision.outcome() == pb::EXCHANGE_OUTCOME_ABORTED, "outcome");
  const bool known = std::find(kAbortReasons.begin(), kAbortReasons.end(), decision.reason()) !=
                     kAbortReasons.end();
  invalid(decision.preparation() == 0 ? decision.reason() == kNeverPrepared : known, "reason");
}

// The preparation of the id with the peer; nullptr when there is none.
const pb::ExchangePreparation* Prepared(const DecideInput& input,
                                        const pb::ExchangeDecision& decision) {
  if (input.target == nullptr || !input.target->has_exchange_preparation()) {
    return nullptr;
  }
  const pb::ExchangePreparation& preparation = input.target->exchange_preparation();
  return preparation.terms().exchange_id() == decision.exchange_id() &&
                 preparation.peer() == decision.peer()
             ? &preparation
             : nullptr;
}

Refusal WrongState(const ExchangeNow& now) {
  return Refusal(Reason::kExchangeState, "exchange")
      .With("state", exchange::NameOf(static_cast<OriginState>(now.state)));
}

bool IsPrepared(const std::optional<ExchangeNow>& now) {
  return now.has_value() && now->state == static_cast<std::uint8_t>(OriginState::kPrepared);
}

// A commitment, or an abortion of what was prepared.
std::optional<Refusal> DecidePrepared(const State& state, const DecideInput& input,
                                      const Peer& peer, const pb::ExchangePreparation& preparation,
                                      Entry& entry) {
  pb::ExchangeDecision& decision = *entry.mutable_exchange_decision();
  const auto now = ExchangeOf(state, input.target_index);
  if (!IsPrepared(now)) {
    return WrongState(now.value_or(ExchangeNow{}));
  }
  if (decision.reason() == kExpired && input.now.value() <= preparation.terms().expiry_micros()) {
    return WrongState(*now);
  }
  decision.set_fen(preparation.terms().fen());
  if (!Commits(decision)) {
    return std::nullopt;
  }
  decision.set_window(peer.open_window);
  const Amount points(preparation.terms().from_points());
  const std::array<Leg, 2> legs = {points::Plain(peer.leaving_account(), *Negate(points)),
                                   points::Plain(peer.departed_account, points)};
  return Post(state, legs, "exchange", entry);
}

std::optional<Refusal> DecideDecision(const State& state, const DecideInput& input, Entry& entry) {
  const pb::ExchangeDecision& decision = entry.exchange_decision();
  const Peer* peer = PeerOf(state, decision);
  if (peer == nullptr) {
    return UnknownPeer();
  }
  const auto id = ReadExchangeId(decision.exchange_id());
  Verdict verdict;
  WantForm(decision, verdict);
  verdict.Want(id.has_value(), Reason::kFieldInvalid, "exchange");
  verdict.Want(id.has_value() && IsAskedAs(entry, peer->number, DecideText(*id)),
               Reason::kFieldInvalid, "request_id");
  if (verdict.refused()) {
    return verdict.Take();
  }
  const pb::ExchangePreparation* preparation = Prepared(input, decision);
  if (decision.preparation() == 0) {
    // What may still be prepared is not known yet.
    return preparation == nullptr && IsPast(*id, EntryIndex(state.head().size), input.now)
               ? std::nullopt
               : std::optional(Refusal(Reason::kUnknownExchange, "exchange"));
  }
  if (preparation == nullptr || EntryIndex(decision.preparation()) != input.target_index) {
    return Refusal(Reason::kUnknownExchange, "exchange");
  }
  return DecidePrepared(state, input, *peer, *preparation, entry);
}

Fault FaultOfCommitment(const Peer& peer, const Entry& entry, const State& state) {
  if (entry.exchange_decision().window() != peer.open_window) {
    return "a commitment into a window that is not open";
  }
  if (Fault fault = points::WantPostings(
          state, entry, {peer.leaving_account().value(), peer.departed_account.value()})) {
    return fault;
  }
  return entry.postings(1).amount() > 0 ? std::nullopt
                                        : Fault("points that left come back by a commitment");
}

// What was prepared becomes what was decided.
Fault Become(State& state, const Peer& peer, EntryIndex index, const Entry& entry) {
  const pb::ExchangeDecision& decision = entry.exchange_decision();
  const EntryIndex preparation(decision.preparation());
  const bool commits = Commits(decision);
  if (preparation >= index || !IsPrepared(ExchangeOf(state, preparation))) {
    return "an exchange is decided that was not prepared, or again";
  }
  if (commits) {
    if (Fault fault = FaultOfCommitment(peer, entry, state)) {
      return fault;
    }
  }
  if (decision.fen() < 0 ||
      !Move(state, peer, RecordDate(entry), commits ? settlement::Commit : settlement::Abort,
            decision.fen())) {
    return "an exchange of fen that were not in flight";
  }
  const OriginState next = commits ? OriginState::kCommitted : OriginState::kAborted;
  PutExchange(state, preparation, {static_cast<std::uint8_t>(next), index});
  return std::nullopt;
}

Fault ApplyDecision(State& state, EntryIndex index, const Entry& entry) {
  const pb::ExchangeDecision& decision = entry.exchange_decision();
  const Peer* peer = PeerOf(state, decision);
  const auto id = ReadExchangeId(decision.exchange_id());
  Verdict verdict;
  WantForm(decision, verdict);
  if (verdict.refused() || peer == nullptr || !id.has_value() ||
      !IsAskedAs(entry, peer->number, DecideText(*id)) ||
      (!Commits(decision) && (!entry.postings().empty() || decision.window() != 0))) {
    return "a decision that cannot be";
  }
  if (decision.preparation() == 0) {
    if (decision.fen() != 0 || !IsPast(*id, index, LedgerTime(entry.recorded_micros()))) {
      return "a decision of what may still be prepared";
    }
  } else if (PreparationOf(*id) != EntryIndex(decision.preparation())) {
    return "a decision of another preparation than its id names";
  } else if (Fault fault = Become(state, *peer, index, entry)) {
    return fault;
  }
  NoteStep(state, peer->number, index);
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kExchangeDecision,
     .decide = DecideDecision,
     .apply = ApplyDecision,
     .names = NamesOfDecision,
     .target = TargetOfDecision,
     .moves = true},
};

}  // namespace

std::span<const BookRow> DecisionRows() { return kRows; }

}  // namespace tanhui::interop
