// The destination takes an exchange, or never will.
#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "interop/books/amounts.h"
#include "interop/books/position_of.h"
#include "interop/books/refused.h"
#include "interop/books/rows.h"
#include "interop/books/step_requests.h"
#include "interop/books/steps.h"
#include "interop/exchange/protocol.h"
#include "ledger/core/postings.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;
using exchange::DestinationState;

// Rates may change while a request is on its way: those before the ones in force are taken on so
// many days.
constexpr std::int32_t kDaysOfFormerRates = 2;

const Rates* RatesTaken(const Peer& peer, std::uint32_t version, BusinessDate today) {
  const Rates* rates = peer.RatesOn(today);
  if (rates == nullptr || rates->version == version) {
    return rates;
  }
  const bool changed_just_now = today.value() - rates->first_date.value() < kDaysOfFormerRates;
  return changed_just_now && rates->version == version + 1 ? peer.FindRates(version) : nullptr;
}

// Why what is asked for can never be taken; nullopt when it can.
std::optional<Reason> WhyNever(const Registry& registry, const Peer& peer,
                               const pb::ExchangeTerms& terms, LedgerTime now) {
  const BusinessDate today = ShanghaiDate(now);
  const PeerTerms* switches = peer.TermsOn(today);
  const bool payment = terms.kind() == pb::EXCHANGE_KIND_PAYMENT;
  if (switches == nullptr || !(payment ? switches->takes_payments : switches->takes_points)) {
    return Reason::kExchangeOff;
  }
  const Rates* rates = RatesTaken(peer, terms.rates(), today);
  if (rates == nullptr) {
    return Reason::kNoRatesInForce;
  }
  if (!FollowFromRates(terms, rates->theirs, rates->ours)) {
    return Reason::kTermsMismatch;
  }
  if (now.value() > terms.expiry_micros()) {
    return Reason::kExchangeExpired;
  }
  for (const pb::ExchangeLot& lot : terms.lots()) {
    if (!SchemeOf(registry, peer, lot.city()).has_value()) {
      return Reason::kUnknownScheme;
    }
  }
  return Amount(terms.to_points()) > registry.Find(peer.asset)->max_amount
             ? std::optional(Reason::kAmountOverAssetLimit)
             : std::nullopt;
}

// value × times / by, rounded up, at most kMostOfPosition.
std::int64_t Scaled(std::int64_t value, std::int64_t times, std::int64_t by) {
  const __int128 scaled = (static_cast<__int128>(value) * times + by - 1) / by;
  return static_cast<std::int64_t>(std::min<__int128>(scaled, settlement::kMostOfPosition));
}

// Fen that the peer will owe for so many points here, about: what is coming is kept in points.
std::int64_t FenOf(const Rates& rates, Amount coming) {
  constexpr std::int64_t kThousand = 1'000;
  const std::int64_t grams = Scaled(coming.units(), rates.ours.rate.grams, rates.ours.rate.points);
  const std::int64_t theirs = Scaled(grams, rates.theirs.rate.points, rates.theirs.rate.grams);
  return Scaled(theirs, rates.theirs.fen_per_thousand, kThousand);
}

// What the peer would owe once this and everything that is coming from it is confirmed, less what
// is owed to it. A city that lies gets no more than the cap.
bool IsWithinCap(const State& state, const Peer& peer, const pb::ExchangeTerms& terms,
                 BusinessDate today) {
  const settlement::Position position = ReadPosition(state, peer);
  const Amount coming = state.FindAccount(peer.coming_account())->balance;
  const __int128 due = static_cast<__int128>(position.owed_to_us) - position.owed + terms.fen() +
                       FenOf(*peer.RatesOn(today), coming);
  return due <= LimitsOn(peer, today).cap;
}

// Whether they are terms of this exchange, between the peer as origin and this city.
bool AreOf(const Registry& registry, const Peer& peer, const pb::ExchangeReception& reception) {
  const pb::ExchangeTerms& terms = reception.terms();
  return TermsCanBe(terms) && terms.exchange_id() == reception.exchange_id() &&
         terms.origin() == peer.log && terms.destination() == registry.origin();
}

std::array<Leg, 2> LegsOf(const Peer& peer, Amount points) {
  return {points::Plain(peer.arrived_account(), Amount(-points.units())),
          points::Plain(peer.coming_account(), points)};
}

// A later prepare makes nothing any more.
std::optional<Refusal> Block(pb::ExchangeReception& reception) {
  if (!reception.reason().empty()) {
    return FieldInvalid({"reason", "is for an exchange with terms"});
  }
  reception.set_answer(pb::EXCHANGE_ANSWER_BLOCKED);
  return std::nullopt;
}

std::optional<Refusal> DecideReception(const State& state, const DecideInput& input, Entry& entry) {
  pb::ExchangeReception& reception = *entry.mutable_exchange_reception();
  const Peer* peer = PeersOf(state.registry()).Find(ParticipantNo(reception.peer()));
  const auto id = ReadExchangeId(reception.exchange_id());
  if (peer == nullptr) {
    return UnknownPeer();
  }
  if (!id.has_value()) {
    return FieldInvalid({"exchange_id", "must be 16 bytes"});
  }
  if (!IsAskedAs(entry, peer->number, ReceiveText(*id))) {
    return FieldInvalid({"request_id", "must be the peer's, of this exchange"});
  }
  if (!reception.has_terms()) {
    return Block(reception);
  }
  if (!AreOf(state.registry(), *peer, reception)) {
    return Refusal(Reason::kTermsMismatch, "terms");
  }
  reception.set_terms_hash(std::string(TermsHash(reception.terms()).view()));
  // What is not known here, such as the recipient, is told by a reason.
  if (reception.reason().empty()) {
    if (peer->incoming_suspended) {
      return Refusal(Reason::kPeerSuspended, "peer");
    }
    if (const auto why = WhyNever(state.registry(), *peer, reception.terms(), input.now)) {
      reception.set_reason(absl::AsciiStrToLower(std::string(RowOf(*why).name)));
    } else if (!IsWithinCap(state, *peer, reception.terms(), RecordDate(entry))) {
      return Refusal(Reason::kPositionCap, "terms");
    }
  }
  if (!reception.reason().empty()) {
    reception.set_answer(pb::EXCHANGE_ANSWER_REJECTED);
    return IsReasonCode(reception.reason())
               ? std::nullopt
               : std::optional(FieldInvalid({"reason", "must be a code"}));
  }
  reception.set_answer(pb::EXCHANGE_ANSWER_ACCEPTED);
  return Post(state, LegsOf(*peer, Amount(reception.terms().to_points())), "terms", entry);
}

void NamesOfReception(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const ParticipantNo number(draft.exchange_reception().peer());
  if (const Peer* peer = PeersOf(state.registry()).Find(number)) {
    NamesOfPeer(*peer, out);
  }
}

// The state that the answer is; nullopt when the body does not say what its answer says.
std::optional<DestinationState> StateOf(const Registry& registry, const Peer& peer,
                                        const pb::ExchangeReception& reception) {
  if (reception.answer() == pb::EXCHANGE_ANSWER_BLOCKED) {
    return !reception.has_terms() && reception.terms_hash().empty() && reception.reason().empty()
               ? std::optional(DestinationState::kBlocked)
               : std::nullopt;
  }
  const bool accepted = reception.answer() == pb::EXCHANGE_ANSWER_ACCEPTED;
  const bool told = accepted ? reception.reason().empty()
                             : reception.answer() == pb::EXCHANGE_ANSWER_REJECTED &&
                                   IsReasonCode(reception.reason());
  if (!told || !AreOf(registry, peer, reception) ||
      reception.terms_hash() != TermsHash(reception.terms()).view()) {
    return std::nullopt;
  }
  return accepted ? DestinationState::kAccepted : DestinationState::kRejected;
}

// That points are coming exactly when they were accepted.
Fault WantComing(const State& state, const Entry& entry, const Peer& peer, bool accepted) {
  if (!accepted) {
    return entry.postings().empty() ? std::nullopt
                                    : Fault("points of an exchange that was not accepted");
  }
  if (Fault fault = points::WantPostings(
          state, entry, {peer.arrived_account().value(), peer.coming_account().value()})) {
    return fault;
  }
  return entry.postings(1).amount() == entry.exchange_reception().terms().to_points()
             ? std::nullopt
             : Fault("the postings are not the points of the body");
}

Fault ApplyReception(State& state, EntryIndex index, const Entry& entry) {
  const pb::ExchangeReception& reception = entry.exchange_reception();
  const Peer* peer = PeersOf(state.registry()).Find(ParticipantNo(reception.peer()));
  const auto id = ReadExchangeId(reception.exchange_id());
  if (peer == nullptr || !id.has_value() || !IsAskedAs(entry, peer->number, ReceiveText(*id))) {
    return "an exchange is received that cannot be";
  }
  const auto became = StateOf(state.registry(), *peer, reception);
  if (!became.has_value()) {
    return "an exchange is received as its terms do not say";
  }
  if (Fault fault = WantComing(state, entry, *peer, *became == DestinationState::kAccepted)) {
    return fault;
  }
  ExchangeNow now;
  now.state = static_cast<std::uint8_t>(*became);
  if (!PutExchange(state, index, now)) {
    return "an exchange is received where something else is";
  }
  NoteStep(state, peer->number, index);
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kExchangeReception,
     .decide = DecideReception,
     .apply = ApplyReception,
     .names = NamesOfReception,
     .moves = true},
};

}  // namespace

std::span<const BookRow> ReceptionRows() { return kRows; }

}  // namespace tanhui::interop
