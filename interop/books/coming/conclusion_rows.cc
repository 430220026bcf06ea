// The destination follows the origin's decision: the points that are coming become the recipient's,
// or are destroyed.
#include <utility>

#include "interop/books/position_of.h"
#include "interop/books/refused.h"
#include "interop/books/rows.h"
#include "interop/books/step_requests.h"
#include "interop/books/steps.h"
#include "interop/exchange/protocol.h"
#include "ledger/claims/claimed.h"
#include "ledger/core/check.h"
#include "ledger/core/postings.h"
#include "ledger/points/party.h"
#include "ledger/points/purse.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;
using exchange::DestinationState;

std::optional<EntryIndex> TargetOfConclusion(const Entry& draft) {
  return EntryIndex(draft.exchange_conclusion().reception());
}

// The peer is the caller; what nobody can take expires.
void NamesOfConclusion(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  if (const Peer* peer = PeersOf(state.registry()).Find(ParticipantNo(draft.caller()))) {
    NamesOfPeer(*peer, out);
    out.push_back(state.registry().Find(peer->asset)->expiry);
  }
  const AccountNo account(draft.exchange_conclusion().account());
  if (account != AccountNo(0)) {
    out.push_back(account);
    claims::NamesOfTaking(state.registry(), account, out);
  }
}

std::optional<Refusal> RefusedByForm(const pb::ExchangeConclusion& conclusion) {
  if (conclusion.end() != pb::EXCHANGE_END_CONFIRMED &&
      conclusion.end() != pb::EXCHANGE_END_CANCELLED) {
    return FieldInvalid({"end", "must be stated"});
  }
  if (!ProofIsComplete(conclusion.proof())) {
    return FieldInvalid({"proof", "must name an entry, a checkpoint and a message"});
  }
  const bool confirmed = conclusion.end() == pb::EXCHANGE_END_CONFIRMED;
  if ((conclusion.window() != 0) != confirmed) {
    return FieldInvalid({"window", "is that of a commitment"});
  }
  return confirmed || conclusion.account() == 0
             ? std::nullopt
             : std::optional(FieldInvalid({"account", "is for points that somebody gets"}));
}

// The accepted exchange that it is about; its parts are those of the state and of the target.
struct Coming {
  const Peer* peer = nullptr;
  const pb::ExchangeTerms* terms = nullptr;

  Amount points() const { return Amount(terms->to_points()); }
  bool payment() const { return terms->kind() == pb::EXCHANGE_KIND_PAYMENT; }
};

std::optional<Refusal> FindComing(const State& state, const DecideInput& input, const Entry& entry,
                                  Coming& coming) {
  if (input.target == nullptr || !input.target->has_exchange_reception()) {
    return Refusal(Reason::kUnknownExchange, "reception");
  }
  const pb::ExchangeReception& reception = input.target->exchange_reception();
  coming.peer = PeersOf(state.registry()).Find(ParticipantNo(reception.peer()));
  coming.terms = &reception.terms();
  const auto id = ReadExchangeId(reception.exchange_id());
  if (coming.peer == nullptr) {
    return UnknownPeer();
  }
  if (!id.has_value() || !IsAskedAs(entry, coming.peer->number, ConcludeText(*id))) {
    return FieldInvalid({"request_id", "must be the peer's, of this exchange"});
  }
  const auto now = ExchangeOf(state, input.target_index).value_or(ExchangeNow{0});
  const auto is = static_cast<DestinationState>(now.state);
  return is == DestinationState::kAccepted
             ? std::nullopt
             : std::optional(Refusal(Reason::kExchangeState, "reception")
                                 .With("state", exchange::NameOf(is)));
}

// The parts as lots here: of the cities that the origin names, paid for by it.
Lots LotsOf(const Registry& registry, const Coming& coming) {
  Lots lots;
  for (const pb::ExchangeLot& part : coming.terms->lots()) {
    const LotKey key{Month(static_cast<std::uint16_t>(part.expiry_month())),
                     SchemeOf(registry, *coming.peer, part.city()).value_or(coming.peer->scheme),
                     coming.peer->number};
    Check(AddLot(lots, {key, Amount(part.points()), part.grams()}),
          "parts of one exchange overflow");
  }
  return lots;
}

// A frozen account takes what was promised to it; its owner has it once it is open again.
bool CanTake(const State& state, const Coming& coming, AccountNo number) {
  const Account* account = state.FindAccount(state.Standing(number));
  const AccountKind kind = coming.payment() ? AccountKind::kMerchant : AccountKind::kCitizen;
  return account != nullptr && account->kind == kind && account->asset == coming.peer->asset &&
         account->status != AccountStatus::kClosed;
}

// To the recipient, and of a payment fen to the merchant's claim, by the price of now.
std::optional<Refusal> GiveTo(const State& state, LedgerTime now, const Coming& coming,
                              AccountNo recipient, Entry& entry) {
  const points::Party party(state, recipient.value(), now);
  claims::Legs legs;
  legs.push_back(points::Plain(coming.peer->coming_account(), Amount(-coming.points().units())));
  if (!coming.payment()) {
    const Lots lots = LotsOf(state.registry(), coming);
    legs.push_back(points::Credit(party.number(), party.account(),
                                  points::WithGraceAll(lots, party.terms(), now)));
    return Post(state, legs, "account", entry);
  }
  claims::Claimed claimed;
  if (auto refusal = claims::ClaimFor(state, party.number(), coming.points(), now, claimed)) {
    return refusal;
  }
  legs.push_back(points::Plain(party.number(), coming.points()));
  claims::AppendLegs(claimed, legs);
  entry.mutable_exchange_conclusion()->set_price(claimed.price.value());
  return Post(state, legs, "account", entry);
}

std::optional<Refusal> GiveToPlain(const State& state, const Coming& coming, AccountNo account,
                                   Entry& entry) {
  return Post(state,
              std::array<Leg, 2>{
                  points::Plain(coming.peer->coming_account(), Amount(-coming.points().units())),
                  points::Plain(account, coming.points())},
              "account", entry);
}

std::optional<Refusal> Confirm(const State& state, LedgerTime now, const Coming& coming,
                               Entry& entry) {
  pb::ExchangeConclusion& conclusion = *entry.mutable_exchange_conclusion();
  const std::int64_t fen = coming.terms->fen();
  if (!CanMove(state, *coming.peer, ShanghaiDate(now), settlement::Confirm, fen)) {
    return Refusal(Reason::kPositionCap, "reception");
  }
  conclusion.set_fen(fen);
  const AccountNo recipient(conclusion.account());
  if (CanTake(state, coming, recipient)) {
    auto refusal = GiveTo(state, now, coming, recipient, entry);
    // A price can be published; an account that is full stays full.
    if (!refusal.has_value() || refusal->reason == Reason::kNoSettlementPrice) {
      return refusal;
    }
    entry.clear_postings();
    conclusion.clear_price();
  }
  const AccountNo expiry = state.registry().Find(coming.peer->asset)->expiry;
  conclusion.set_account(expiry.value());
  return GiveToPlain(state, coming, expiry, entry);
}

std::optional<Refusal> DecideConclusion(const State& state, const DecideInput& input,
                                        Entry& entry) {
  Coming coming;
  if (auto refusal = FindComing(state, input, entry, coming)) {
    return refusal;
  }
  const pb::ExchangeConclusion& conclusion = entry.exchange_conclusion();
  if (auto refusal = RefusedByForm(conclusion)) {
    return refusal;
  }
  return conclusion.end() == pb::EXCHANGE_END_CONFIRMED
             ? Confirm(state, input.now, coming, entry)
             : GiveToPlain(state, coming, coming.peer->arrived_account(), entry);
}

// The peer out of whose account of points that are coming the first posting takes them.
const Peer* PeerOfPostings(const State& state, const Entry& entry) {
  const bool any = entry.postings_size() >= 2 && entry.postings(0).amount() < 0;
  const AccountNo from(any ? entry.postings(0).account() : 0);
  const Peer* peer = PeersOf(state.registry()).FindByAccount(from);
  return peer != nullptr && from == peer->coming_account() ? peer : nullptr;
}

Fault WantConfirmed(State& state, const Entry& entry, const Peer& peer, Amount points) {
  const pb::ExchangeConclusion& conclusion = entry.exchange_conclusion();
  const AccountNo to(entry.postings(1).account());
  const Account& account = *state.FindAccount(to);
  if (to != state.Standing(AccountNo(conclusion.account())) || account.asset != peer.asset ||
      entry.postings(1).amount() != points.units()) {
    return "the postings are not the points of the body";
  }
  if (!Move(state, peer, RecordDate(entry), settlement::Confirm, conclusion.fen())) {
    return "a peer owes fen that nobody can owe";
  }
  if (account.kind == AccountKind::kMerchant) {
    return claims::NoteClaimed(state, entry, to, points, PriceNo(conclusion.price()), 2);
  }
  const bool may =
      account.kind == AccountKind::kCitizen || to == state.registry().Find(peer.asset)->expiry;
  return may && entry.postings_size() == 2 && conclusion.price() == 0
             ? std::nullopt
             : Fault("points of another city are given to who cannot get them");
}

Fault WantCancelled(const Entry& entry, const Peer& peer) {
  const pb::ExchangeConclusion& conclusion = entry.exchange_conclusion();
  return entry.postings_size() == 2 &&
                 AccountNo(entry.postings(1).account()) == peer.arrived_account() &&
                 conclusion.price() == 0 && conclusion.fen() == 0
             ? std::nullopt
             : Fault("an exchange is cancelled, and something else besides");
}

Fault ApplyConclusion(State& state, EntryIndex index, const Entry& entry) {
  const pb::ExchangeConclusion& conclusion = entry.exchange_conclusion();
  const EntryIndex reception(conclusion.reception());
  const Peer* peer = PeerOfPostings(state, entry);
  if (peer == nullptr || RefusedByForm(conclusion) || reception >= index ||
      ParticipantNo(entry.caller()) != peer->number) {
    return "an exchange is concluded that cannot be";
  }
  ExchangeNow now = ExchangeOf(state, reception).value_or(ExchangeNow{0});
  if (static_cast<DestinationState>(now.state) != DestinationState::kAccepted) {
    return "an exchange is concluded that was not accepted";
  }
  const bool confirmed = conclusion.end() == pb::EXCHANGE_END_CONFIRMED;
  const Amount points(-entry.postings(0).amount());
  if (Fault fault =
          confirmed ? WantConfirmed(state, entry, *peer, points) : WantCancelled(entry, *peer)) {
    return fault;
  }
  if (state.FindAccount(peer->coming_account())->balance.negative() ||
      state.FindAccount(peer->arrived_account())->balance > Amount(0)) {
    return "more points are concluded than came";
  }
  now.state = static_cast<std::uint8_t>(confirmed ? DestinationState::kConfirmed
                                                  : DestinationState::kCancelled);
  now.entry = index;
  if (!PutExchange(state, reception, now)) {
    return "an exchange is concluded of what is none";
  }
  NoteStep(state, peer->number, index);
  if (confirmed && conclusion.account() != state.registry().Find(peer->asset)->expiry.value()) {
    NoteExchangeOf(state, AccountNo(entry.postings(1).account()), index);
  }
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kExchangeConclusion,
     .decide = DecideConclusion,
     .apply = ApplyConclusion,
     .names = NamesOfConclusion,
     .target = TargetOfConclusion,
     .moves = true},
};

}  // namespace

std::span<const BookRow> ConclusionRows() { return kRows; }

}  // namespace tanhui::interop
