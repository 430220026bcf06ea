// Points that are leaving, and that come back when the exchange was aborted.
#include <array>

#include "interop/books/amounts.h"
#include "interop/books/leaving/leaving_lots.h"
#include "interop/books/leaving/sent.h"
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
using points::Party;
using points::Verdict;

const Peer* PeerOf(const State& state, const pb::ExchangePreparation& preparation) {
  return PeersOf(state.registry()).Find(ParticipantNo(preparation.peer()));
}

bool IsPayment(const pb::ExchangePreparation& preparation) {
  return preparation.kind() == pb::EXCHANGE_KIND_PAYMENT;
}

// What comes back to a closed account expires.
void NamesOfPreparation(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const pb::ExchangePreparation& preparation = draft.exchange_preparation();
  out.push_back(AccountNo(preparation.account()));
  if (preparation.acting() != 0) {
    out.push_back(AccountNo(preparation.acting()));
  }
  if (const Peer* peer = PeerOf(state, preparation)) {
    NamesOfPeer(*peer, out);
    out.push_back(state.registry().Find(peer->asset)->expiry);
  }
}

bool CanBePoints(std::int64_t points) { return points >= 1 && points <= exchange::kMostPoints; }

void WantForm(const pb::ExchangePreparation& preparation, Verdict& verdict) {
  const bool payment = IsPayment(preparation);
  verdict.Want(payment || preparation.kind() == pb::EXCHANGE_KIND_POINTS, Reason::kFieldInvalid,
               "kind");
  verdict.Want(CanBePoints(preparation.points()), Reason::kAmountOutOfRange, "points");
  verdict.Want(payment ? CanBePoints(preparation.to_points()) : preparation.to_points() == 0,
               payment ? Reason::kAmountOutOfRange : Reason::kFieldInvalid, "to_points");
  verdict.Want(preparation.sender().size() == kPseudonymBytes, Reason::kFieldInvalid, "sender");
  verdict.Want(preparation.recipient().size() == kPseudonymBytes, Reason::kFieldInvalid,
               "recipient");
}

// What the peer's rows say at `now`: of the switches, the rates, the request's time.
void WantOpen(const Peer& peer, const pb::ExchangePreparation& preparation, LedgerTime now,
              Verdict& verdict) {
  const BusinessDate today = ShanghaiDate(now);
  const PeerTerms* terms = peer.TermsOn(today);
  verdict.Want(!peer.outgoing_suspended, Reason::kPeerSuspended, "peer");
  verdict.Want(
      terms != nullptr && (IsPayment(preparation) ? terms->sends_payments : terms->sends_points),
      Reason::kExchangeOff, "peer");
  verdict.Want(peer.RatesOn(today) != nullptr, Reason::kNoRatesInForce, "peer");
  const std::int64_t minutes = terms == nullptr ? 0 : terms->request_minutes;
  if (preparation.expiry_micros() <= now.value() ||
      preparation.expiry_micros() - now.value() > minutes * kMicrosPerMinute) {
    verdict.Add(Refusal(Reason::kExchangeExpired, "expire_time").With("max_minutes", minutes));
  }
}

// By the rates in force; nullopt when nothing converts, or the price is more than may be taken.
std::optional<Amounts> AmountsOf(const Rates& rates, const pb::ExchangePreparation& preparation) {
  if (!IsPayment(preparation)) {
    return AmountsOfPoints(preparation.points(), rates.ours, rates.theirs);
  }
  const auto amounts = AmountsOfPayment(preparation.to_points(), rates.ours, rates.theirs);
  return amounts.has_value() && amounts->conversion.from <= preparation.points() ? amounts
                                                                                 : std::nullopt;
}

Refusal NothingConverts(const Rates& rates, const pb::ExchangePreparation& preparation) {
  Refusal refusal(Reason::kNothingConverts, "points");
  const auto price = IsPayment(preparation)
                         ? AmountsOfPayment(preparation.to_points(), rates.ours, rates.theirs)
                         : std::nullopt;
  return price.has_value() ? std::move(refusal).With("needed", price->conversion.from)
                           : std::move(refusal);
}

// The terms of the preparation that entry `index` is, recorded at `now`. Of values that the ledger
// made they can be.
pb::ExchangeTerms TermsOf(const Registry& registry, const Peer& peer,
                          const pb::ExchangePreparation& preparation, EntryIndex index,
                          LedgerTime now, const Amounts& amounts, const Lots& leaving) {
  pb::ExchangeTerms terms;
  terms.set_exchange_id(std::string(IdOf(index, now).view()));
  terms.set_origin(registry.origin());
  terms.set_destination(peer.log);
  terms.set_kind(preparation.kind());
  terms.set_from_points(amounts.conversion.from);
  terms.set_grams(amounts.conversion.grams);
  terms.set_to_points(amounts.conversion.to);
  terms.set_fen(amounts.fen);
  terms.set_rates(peer.RatesOn(ShanghaiDate(now))->version);
  terms.set_sender(preparation.sender());
  terms.set_recipient(preparation.recipient());
  terms.set_expiry_micros(preparation.expiry_micros());
  if (!IsPayment(preparation)) {
    WriteLeavingLots(registry, leaving, amounts.conversion, terms);
  }
  return terms;
}

void WantPosition(const State& state, const Peer& peer, BusinessDate today, std::int64_t fen,
                  Verdict& verdict) {
  if (!CanMove(state, peer, today, settlement::Prepare, fen)) {
    verdict.Add(Refusal(Reason::kPositionCap, "points")
                    .With("room_fen",
                          settlement::RoomOf(ReadPosition(state, peer), LimitsOn(peer, today))));
  }
}

std::optional<Refusal> DecidePreparation(const State& state, const DecideInput& input,
                                         Entry& entry) {
  pb::ExchangePreparation& preparation = *entry.mutable_exchange_preparation();
  const Peer* peer = PeerOf(state, preparation);
  if (peer == nullptr) {
    return UnknownPeer();
  }
  const Party citizen(state, preparation.account(), input.now);
  Verdict verdict;
  WantForm(preparation, verdict);
  points::WantKind(citizen, AccountKind::kCitizen, "account", verdict);
  verdict.Want(citizen.account().asset == peer->asset, Reason::kAssetMismatch, "account");
  if (verdict.refused()) {
    return verdict.Take();
  }
  points::WantDebits(citizen, "account", verdict);
  points::WantActing(state, input, citizen, preparation.acting(), verdict);
  WantOpen(*peer, preparation, input.now, verdict);
  const BusinessDate today = RecordDate(entry);
  const PeerTerms* terms = peer->TermsOn(today);
  const Rates* rates = peer->RatesOn(today);
  if (terms == nullptr || rates == nullptr) {
    return verdict.Take();
  }
  const auto amounts = AmountsOf(*rates, preparation);
  if (!amounts.has_value()) {
    verdict.Add(NothingConverts(*rates, preparation));
    return verdict.Take();
  }
  const std::int64_t from = amounts->conversion.from;
  points::WantWithinAssetLimit(citizen, from, verdict);
  verdict.Add(RefusedBySent(citizen.account(), peer->number, *terms, from, today));
  WantPosition(state, *peer, today, amounts->fen, verdict);
  points::WantAvailable(citizen, from, "points", verdict);
  if (verdict.refused()) {
    return verdict.Take();
  }
  const std::array<Leg, 2> legs = {points::Debit(citizen.number(), citizen.account(), Amount(from)),
                                   points::Plain(peer->leaving_account(), Amount(from))};
  const EntryIndex index(state.head().size);
  *preparation.mutable_terms() =
      TermsOf(state.registry(), *peer, preparation, index, input.now, *amounts, legs[0].out);
  if (!TermsCanBe(preparation.terms())) {
    return Refusal(Reason::kTermsMismatch, "peer");
  }
  preparation.set_terms_hash(std::string(TermsHash(preparation.terms()).view()));
  return Post(state, legs, "points", entry);
}

// That the terms are those which follow from the rest of the entry and the peer's rows.
Fault FaultOfTerms(const Registry& registry, const Peer& peer, EntryIndex index,
                   const Entry& entry) {
  const pb::ExchangePreparation& preparation = entry.exchange_preparation();
  const LedgerTime now(entry.recorded_micros());
  Verdict verdict;
  WantForm(preparation, verdict);
  WantOpen(peer, preparation, now, verdict);
  const auto amounts =
      verdict.refused() ? std::nullopt : AmountsOf(*peer.RatesOn(ShanghaiDate(now)), preparation);
  if (!amounts.has_value()) {
    return "an exchange that the peer's rows do not allow";
  }
  const Lots leaving = points::Outgoing(entry.postings(0));
  if (SumOf(leaving).units() != amounts->conversion.from ||
      entry.postings(1).amount() != amounts->conversion.from) {
    return "the postings are not the points of the terms";
  }
  const pb::ExchangeTerms terms =
      TermsOf(registry, peer, preparation, index, now, *amounts, leaving);
  return TermsCanBe(preparation.terms()) && TermsCanBe(terms) &&
                 TermsText(preparation.terms()) == TermsText(terms) &&
                 preparation.terms_hash() == TermsHash(terms).view()
             ? std::nullopt
             : Fault("terms that do not follow from the exchange");
}

Fault ApplyPreparation(State& state, EntryIndex index, const Entry& entry) {
  const pb::ExchangePreparation& preparation = entry.exchange_preparation();
  const Peer* peer = PeerOf(state, preparation);
  if (peer == nullptr) {
    return "an exchange with no peer";
  }
  if (Fault fault = points::WantPostings(
          state, entry, {preparation.account(), peer->leaving_account().value()})) {
    return fault;
  }
  const AccountNo number(entry.postings(0).account());
  if (state.FindAccount(number)->kind != AccountKind::kCitizen) {
    return "an exchange of what is no citizen's";
  }
  if (Fault fault = FaultOfTerms(state.registry(), *peer, index, entry)) {
    return fault;
  }
  const BusinessDate today = RecordDate(entry);
  const pb::ExchangeTerms& terms = preparation.terms();
  if (Fault fault = CountSent(state.ChangeAccount(number), peer->number, *peer->TermsOn(today),
                              terms.from_points(), today)) {
    return fault;
  }
  if (!Move(state, *peer, today, settlement::Prepare, terms.fen())) {
    return "an exchange beyond the cap of the position";
  }
  PutExchange(state, index, {static_cast<std::uint8_t>(OriginState::kPrepared)});
  NoteStep(state, peer->number, index);
  NoteExchangeOf(state, number, index);
  return std::nullopt;
}

std::optional<EntryIndex> TargetOfReturn(const Entry& draft) {
  return EntryIndex(draft.exchange_return().preparation());
}

bool IsToBeReturned(const std::optional<ExchangeNow>& now) {
  return now.has_value() && now->state == static_cast<std::uint8_t>(OriginState::kAborted) &&
         !now->returned;
}

// The account that gets them: that of expired points when the citizen's is closed.
Leg GivenBack(const Party& citizen, const Lots& lots, LedgerTime now) {
  return citizen.account().status == AccountStatus::kClosed
             ? points::Plain(citizen.asset().expiry, SumOf(lots))
             : points::Credit(citizen.number(), citizen.account(),
                              points::WithGraceAll(lots, citizen.terms(), now));
}

std::optional<Refusal> DecideReturn(const State& state, const DecideInput& input, Entry& entry) {
  if (input.target == nullptr || !input.target->has_exchange_preparation()) {
    return Refusal(Reason::kUnknownExchange, "preparation");
  }
  const pb::ExchangePreparation& preparation = input.target->exchange_preparation();
  const Peer* peer = PeerOf(state, preparation);
  const auto id = ReadExchangeId(preparation.terms().exchange_id());
  if (peer == nullptr || !id.has_value()) {
    return Refusal(Reason::kUnknownExchange, "preparation");
  }
  if (!IsAskedAs(entry, peer->number, ReturnText(*id))) {
    return Refusal(Reason::kFieldInvalid, "request_id");
  }
  if (!IsToBeReturned(ExchangeOf(state, input.target_index))) {
    return Refusal(Reason::kExchangeState, "preparation");
  }
  entry.mutable_exchange_return()->set_prepared_on(RecordDate(*input.target).value());
  const Party citizen(state, input.target->postings(0).account(), input.now);
  const Lots lots = points::Outgoing(input.target->postings(0));
  const Leg gone = points::Plain(peer->leaving_account(), *Negate(SumOf(lots)));
  const auto post = [&](const Leg& back) {
    return Post(state, std::array<Leg, 2>{gone, back}, "preparation", entry);
  };
  if (!post(GivenBack(citizen, lots, input.now)).has_value()) {
    return std::nullopt;
  }
  // An account that is full stays full, and nobody else can be given them.
  entry.clear_postings();
  return post(points::Plain(citizen.asset().expiry, SumOf(lots)));
}

Fault ApplyReturn(State& state, EntryIndex index, const Entry& entry) {
  const EntryIndex preparation(entry.exchange_return().preparation());
  const BusinessDate prepared_on(entry.exchange_return().prepared_on());
  auto now = ExchangeOf(state, preparation);
  if (preparation >= index || !IsToBeReturned(now)) {
    return "points come back of an exchange that was not aborted";
  }
  if (entry.postings_size() != 2 || entry.postings(0).amount() >= 0 ||
      prepared_on < BusinessDate(0) || prepared_on > RecordDate(entry)) {
    return "points that come back as they cannot";
  }
  const AccountNo leaving(entry.postings(0).account());
  const Peer* peer = PeersOf(state.registry()).FindByAccount(leaving);
  if (peer == nullptr || leaving != peer->leaving_account()) {
    return "points come back that were not leaving";
  }
  const AccountNo number(entry.postings(1).account());
  const AccountKind kind = state.FindAccount(number)->kind;
  if (kind != AccountKind::kCitizen && kind != AccountKind::kExpiry) {
    return "points come back to what is no citizen's";
  }
  if (kind == AccountKind::kCitizen) {
    if (Fault fault = CountReturned(state.ChangeAccount(number), peer->number,
                                    entry.postings(1).amount(), prepared_on)) {
      return fault;
    }
  }
  now->returned = true;
  PutExchange(state, preparation, *now);
  NoteStep(state, peer->number, index);
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kExchangePreparation,
     .decide = DecidePreparation,
     .apply = ApplyPreparation,
     .names = NamesOfPreparation,
     .moves = true},
    {.body = Entry::kExchangeReturn,
     .decide = DecideReturn,
     .apply = ApplyReturn,
     .target = TargetOfReturn,
     .moves = true},
};

}  // namespace

std::span<const BookRow> PreparationRows() { return kRows; }

}  // namespace tanhui::interop
