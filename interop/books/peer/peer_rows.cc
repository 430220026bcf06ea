// Peers: registration, terms, suspension, prepayment.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "interop/books/position_of.h"
#include "interop/books/refused.h"
#include "interop/books/rows.h"
#include "ledger/points/party.h"
#include "ledger/signing/key.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;

using rules::Collected;
using rules::Want;

constexpr std::size_t kMaxLogName = 200;
constexpr std::size_t kMaxReference = 128;
constexpr int kMaxScenarios = 64;
constexpr std::uint32_t kMostMinutes = 7 * 24 * 60;

// --- registration ---

// The one spelling of a key whose name is that of the log.
bool IsKeyOf(std::string_view log, const std::string& text) {
  const auto key = signing::ParseVerifierKey(text);
  return key.ok() && key->name() == log && signing::FormatVerifierKey(*key) == text;
}

rules::Found CheckRegistration(const pb::PeerRegistration& registration) {
  const std::string& log = registration.log();
  return Collected({
      rules::WantText(log, kMaxLogName, "verifier_key"),
      Want(signing::CheckKeyName(log).ok(), "verifier_key",
           "must have the name of a log, without blanks and +"),
      Want(IsKeyOf(log, registration.verifier_key()), "verifier_key",
           "must be the log's verifier key, whose name is that of the log"),
      rules::WantCode(registration.peer_asset(), "peer_asset"),
  });
}

Refusal Taken(std::string_view field, std::string_view code) {
  return Refusal(Reason::kCodeExists, std::string(field)).With("code", code);
}

// Why it cannot be a peer; of a registration that has nothing wrong by itself.
std::optional<Refusal> RefusedRegistration(const Registry& registry,
                                           const pb::PeerRegistration& registration) {
  points::Verdict verdict;
  const Peers& peers = PeersOf(registry);
  const Participant* city = registry.Find(ParticipantNo(registration.peer()));
  verdict.Want(city != nullptr, Reason::kUnknownParticipant, "participant");
  if (city != nullptr) {
    verdict.Want(city->kind == ParticipantKind::kCity, Reason::kWrongParticipantKind,
                 "participant");
    if (peers.Find(city->number) != nullptr) {
      verdict.Add(Taken("participant", city->code));
    }
  }
  if (registration.log() == registry.origin()) {
    verdict.Add(FieldInvalid({"verifier_key", "is this city's own"}));
  }
  if (peers.FindByLog(registration.log()) != nullptr) {
    verdict.Add(Taken("verifier_key", registration.log()));
  }
  const Asset* asset = registry.Find(AssetNo(registration.asset()));
  verdict.Want(asset != nullptr, Reason::kUnknownAsset, "asset");
  verdict.Want(asset == nullptr || !asset->money, Reason::kAssetMismatch, "asset");
  const SchemeNo scheme(registration.scheme());
  verdict.Want(registry.Find(scheme) != nullptr, Reason::kUnknownScheme, "scheme");
  if (asset != nullptr && asset->scheme == scheme) {
    verdict.Add(FieldInvalid({"scheme", "must not be that of the asset"}));
  }
  return verdict.Take();
}

std::optional<Refusal> DecideRegistration(const State& state, const DecideInput&, Entry& entry) {
  pb::PeerRegistration& registration = *entry.mutable_peer_registration();
  if (const rules::Found found = CheckRegistration(registration)) {
    return FieldInvalid(*found);
  }
  if (auto refusal = RefusedRegistration(state.registry(), registration)) {
    return refusal;
  }
  registration.set_departed_account(state.head().next_account.value());
  return std::nullopt;
}

void RegisterRegistration(Registry& registry, EntryIndex index, const Entry& entry) {
  const pb::PeerRegistration& registration = entry.peer_registration();
  Peer peer;
  peer.number = ParticipantNo(registration.peer());
  peer.code = registry.Find(peer.number)->code;
  peer.log = registration.log();
  peer.verifier_key = registration.verifier_key();
  peer.asset = AssetNo(registration.asset());
  peer.scheme = SchemeNo(registration.scheme());
  peer.peer_asset = registration.peer_asset();
  peer.departed_account = AccountNo(registration.departed_account());
  peer.entry = index;
  registry.ChangePeers([&peer](Peers& peers) { peers.Add(std::move(peer)); });
}

Fault ApplyRegistration(State& state, EntryIndex index, const Entry& entry) {
  const pb::PeerRegistration& registration = entry.peer_registration();
  if (CheckRegistration(registration) || RefusedRegistration(state.registry(), registration)) {
    return "a peer that cannot be";
  }
  if (AccountNo(registration.departed_account()) != state.head().next_account) {
    return "a number that is not the next one";
  }
  Account account;
  account.kind = AccountKind::kPeer;
  account.asset = AssetNo(registration.asset());
  for (std::uint64_t i = 0; i < kPeerAccounts; ++i) {
    state.OpenAccount(AccountNo(registration.departed_account() + i), account);
  }
  state.ChangeRegistry(index,
                       [&](Registry& registry) { RegisterRegistration(registry, index, entry); });
  return std::nullopt;
}

// --- change ---

rules::Found CheckTerms(const pb::PeerTerms& terms) {
  const auto& scenarios = terms.act_scenarios();
  const auto out_of_order = [](const std::string& a, const std::string& b) { return !(a < b); };
  return Collected({
      rules::Each("act_scenarios", scenarios,
                  [](std::string_view code) { return rules::WantWord(code, ""); }),
      Want(scenarios.size() <= kMaxScenarios, "act_scenarios", "has more than 64 rows"),
      Want(std::adjacent_find(scenarios.begin(), scenarios.end(), out_of_order) == scenarios.end(),
           "act_scenarios", "must come in order, each once"),
      Want(terms.cap_fen() >= 0 && terms.cap_fen() <= settlement::kMostOfPosition, "cap_fen",
           "must be 0 to 1000000000000000000 fen"),
      Want(terms.citizen_month_points() >= 0, "citizen_month_points", "must not be below 0"),
      Want(terms.request_minutes() >= 1 && terms.request_minutes() <= kMostMinutes,
           "request_minutes", "must be 1 to 10080"),
  });
}

rules::Found CheckChange(const pb::PeerChange& change) {
  return Collected({
      Want(BusinessDate(change.first_date()) <= ShanghaiDate(kLatestTime), "terms.first_date",
           "is no date that can be"),
      rules::Inside("terms", CheckTerms(change.terms())),
  });
}

// What holds for a date never changes once a later one was told.
std::optional<Refusal> RefusedChange(const Registry& registry, const pb::PeerChange& change,
                                     BusinessDate today) {
  const Peer* peer = PeersOf(registry).Find(ParticipantNo(change.peer()));
  if (peer == nullptr) {
    return UnknownPeer();
  }
  const BusinessDate earliest =
      peer->terms.empty() ? today : std::max(today, peer->terms.back().first_date);
  return BusinessDate(change.first_date()) < earliest
             ? std::optional(Refusal(Reason::kDateNotAhead, "terms.first_date")
                                 .With("earliest", FormatDate(earliest)))
             : std::nullopt;
}

std::optional<Refusal> DecideChange(const State& state, const DecideInput& input, Entry& entry) {
  const pb::PeerChange& change = entry.peer_change();
  if (const rules::Found found = CheckChange(change)) {
    return FieldInvalid(*found);
  }
  return RefusedChange(state.registry(), change, ShanghaiDate(input.now));
}

PeerTerms TermsOf(const pb::PeerChange& change) {
  const pb::PeerTerms& terms = change.terms();
  PeerTerms out;
  out.first_date = BusinessDate(change.first_date());
  out.sends_points = terms.sends_points();
  out.takes_points = terms.takes_points();
  out.sends_payments = terms.sends_payments();
  out.takes_payments = terms.takes_payments();
  out.act_scenarios.assign(terms.act_scenarios().begin(), terms.act_scenarios().end());
  out.cap_fen = Amount(terms.cap_fen());
  out.citizen_month_points = Amount(terms.citizen_month_points());
  out.request_minutes = terms.request_minutes();
  return out;
}

// Lets `change` change a copy of the peer, which exists, and puts it back.
template <typename Change>
void ChangePeer(Registry& registry, std::uint32_t number, Change change) {
  registry.ChangePeers([&](Peers& peers) {
    Peer peer = *peers.Find(ParticipantNo(number));
    change(peer);
    peers.Put(std::move(peer));
  });
}

void RegisterChange(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::PeerChange& change = entry.peer_change();
  ChangePeer(registry, change.peer(),
             [&change](Peer& peer) { peer.terms.push_back(TermsOf(change)); });
}

Fault ApplyChange(State& state, EntryIndex index, const Entry& entry) {
  const pb::PeerChange& change = entry.peer_change();
  if (CheckChange(change) || RefusedChange(state.registry(), change, RecordDate(entry))) {
    return "terms of a peer that cannot be";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterChange(registry, index, entry); });
  return std::nullopt;
}

// --- suspension ---

// `index` is that of the entry itself.
std::optional<Refusal> RefusedSuspension(const Registry& registry, EntryIndex index,
                                         const pb::PeerSuspension& suspension) {
  const rules::Found found = Collected({
      rules::WantWord(suspension.reason(), "reason"),
      Want(suspension.evidence() < index.value(), "evidence_entry_index", "is no entry"),
  });
  if (found) {
    return FieldInvalid(*found);
  }
  return PeersOf(registry).Find(ParticipantNo(suspension.peer())) == nullptr
             ? std::optional(UnknownPeer())
             : std::nullopt;
}

std::optional<Refusal> DecideSuspension(const State& state, const DecideInput&, Entry& entry) {
  return RefusedSuspension(state.registry(), EntryIndex(state.head().size),
                           entry.peer_suspension());
}

void RegisterSuspension(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::PeerSuspension& suspension = entry.peer_suspension();
  ChangePeer(registry, suspension.peer(), [&suspension](Peer& peer) {
    peer.outgoing_suspended = suspension.outgoing();
    peer.incoming_suspended = suspension.incoming();
  });
}

Fault ApplySuspension(State& state, EntryIndex index, const Entry& entry) {
  if (RefusedSuspension(state.registry(), index, entry.peer_suspension())) {
    return "a suspension of a peer that cannot be";
  }
  state.ChangeRegistry(index,
                       [&](Registry& registry) { RegisterSuspension(registry, index, entry); });
  return std::nullopt;
}

// --- prepayment ---

rules::Found CheckPrepayment(const pb::PeerPrepayment& prepayment) {
  return Collected({
      Want(prepayment.fen() != 0 && prepayment.fen() >= -settlement::kMostOfPosition &&
               prepayment.fen() <= settlement::kMostOfPosition,
           "fen", "must be 1 to 1000000000000000000, or below 0 of what came back"),
      rules::WantText(prepayment.reference(), kMaxReference, "bank_reference"),
  });
}

// What the position becomes; nullopt when it cannot. The peer's accounts are loaded.
std::optional<settlement::Moved> PositionAfter(const State& state, const Peer& peer,
                                               BusinessDate date, std::int64_t fen) {
  const settlement::Position position = ReadPosition(state, peer);
  const settlement::Limits limits = LimitsOn(peer, date);
  return fen > 0 ? settlement::Prepay(position, limits, fen)
                 : settlement::TakeBack(position, limits, -fen);
}

std::optional<Refusal> DecidePrepayment(const State& state, const DecideInput& input,
                                        Entry& entry) {
  const pb::PeerPrepayment& prepayment = entry.peer_prepayment();
  if (const rules::Found found = CheckPrepayment(prepayment)) {
    return FieldInvalid(*found);
  }
  const Peer* peer = PeersOf(state.registry()).Find(ParticipantNo(prepayment.peer()));
  if (peer == nullptr) {
    return UnknownPeer();
  }
  return PositionAfter(state, *peer, ShanghaiDate(input.now), prepayment.fen()).has_value()
             ? std::nullopt
             : std::optional(Refusal(Reason::kAmountOutOfRange, "fen"));
}

Fault ApplyPrepayment(State& state, EntryIndex, const Entry& entry) {
  const pb::PeerPrepayment& prepayment = entry.peer_prepayment();
  const Peer* peer = PeersOf(state.registry()).Find(ParticipantNo(prepayment.peer()));
  if (CheckPrepayment(prepayment) || peer == nullptr) {
    return "a prepayment that cannot be";
  }
  const auto after = PositionAfter(state, *peer, RecordDate(entry), prepayment.fen());
  if (!after.has_value()) {
    return "a prepayment that the position cannot take";
  }
  WritePosition(state, *peer, after->position);
  return std::nullopt;
}

// --- all of them: for their ledger day, and for the position ---

void NamesOf(const State& state, std::uint32_t peer, std::vector<AccountNo>& out) {
  if (const Peer* found = PeersOf(state.registry()).Find(ParticipantNo(peer))) {
    NamesOfPeer(*found, out);
  }
}

void NamesOfChange(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  NamesOf(state, draft.peer_change().peer(), out);
}

void NamesOfSuspension(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  NamesOf(state, draft.peer_suspension().peer(), out);
}

void NamesOfPrepayment(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  NamesOf(state, draft.peer_prepayment().peer(), out);
}

constexpr BookRow kRows[] = {
    {.body = Entry::kPeerRegistration,
     .decide = DecideRegistration,
     .apply = ApplyRegistration,
     .registers = RegisterRegistration},
    {.body = Entry::kPeerChange,
     .decide = DecideChange,
     .apply = ApplyChange,
     .names = NamesOfChange,
     .registers = RegisterChange},
    {.body = Entry::kPeerSuspension,
     .decide = DecideSuspension,
     .apply = ApplySuspension,
     .names = NamesOfSuspension,
     .registers = RegisterSuspension},
    {.body = Entry::kPeerPrepayment,
     .decide = DecidePrepayment,
     .apply = ApplyPrepayment,
     .names = NamesOfPrepayment},
};

}  // namespace

std::span<const BookRow> PeerRows() { return kRows; }

}  // namespace tanhui::interop
