// Rates that both cities signed.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "interop/books/peer/agreement.h"
#include "interop/books/position_of.h"
#include "interop/books/refused.h"
#include "interop/books/rows.h"
#include "ledger/signing/note.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;

using rules::Want;

constexpr std::size_t kMaxNote = 4'096;

CityRate RateOf(const pb::CityRate& rate) {
  return {{rate.points(), rate.grams()}, rate.fen_per_thousand()};
}

rules::Found CheckRate(std::string_view field, const pb::CityRate& rate) {
  return Want(CanBe(RateOf(rate)), field,
              "must have points and grams of 1 to 1000000000000, and fen of 0 to that");
}

rules::Found CheckAgreement(const pb::RateAgreement& body) {
  return rules::Collected({
      Want(BusinessDate(body.first_date()) <= ShanghaiDate(kLatestTime), "notes",
           "begin on no date that can be"),
      CheckRate("ours", body.ours()),
      CheckRate("theirs", body.theirs()),
      Want(body.note().size() <= kMaxNote, "notes", "must be at most 4096 bytes"),
  });
}

// The text that both must have signed.
std::string TextOf(const Registry& registry, const Peer& peer, const pb::RateAgreement& body) {
  return TextOf(
      MakeAgreement(body.version(), BusinessDate(body.first_date()),
                    {registry.origin(), registry.Find(peer.asset)->code, RateOf(body.ours())},
                    {peer.log, peer.peer_asset, RateOf(body.theirs())}));
}

// The peer's signature is checked here, by the key that the ledger knows. Its own key it does not
// know: whoever submits the note checks that one, and here it only has to be there.
std::optional<Refusal> RefusedNote(const Registry& registry, const Peer& peer,
                                   const pb::RateAgreement& body) {
  const auto key = signing::ParseVerifierKey(peer.verifier_key);
  const auto opened = key.ok() ? signing::OpenNote(body.note(), std::array{*key})
                               : absl::StatusOr<signing::OpenedNote>(key.status());
  const auto is_ours = [&registry](const signing::NoteSignature& line) {
    return line.name == registry.origin();
  };
  if (!opened.ok() || std::none_of(opened->unknown.begin(), opened->unknown.end(), is_ours)) {
    return Refusal(Reason::kSignatureInvalid, "notes");
  }
  return opened->text == TextOf(registry, peer, body)
             ? std::nullopt
             : std::optional(FieldInvalid({"notes", "do not say these rates"}));
}

std::optional<Refusal> RefusedAgreement(const Registry& registry, const pb::RateAgreement& body,
                                        BusinessDate today) {
  if (const rules::Found found = CheckAgreement(body)) {
    return FieldInvalid(*found);
  }
  const Peer* peer = PeersOf(registry).Find(ParticipantNo(body.peer()));
  if (peer == nullptr) {
    return UnknownPeer();
  }
  auto refusal =
      RefusedNext(*peer, body.version(), BusinessDate(body.first_date()), today, "notes");
  return refusal.has_value() ? std::move(refusal) : RefusedNote(registry, *peer, body);
}

std::optional<Refusal> DecideAgreement(const State& state, const DecideInput& input, Entry& entry) {
  return RefusedAgreement(state.registry(), entry.rate_agreement(), ShanghaiDate(input.now));
}

// For its ledger day.
void NamesOfAgreement(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  const ParticipantNo number(draft.rate_agreement().peer());
  if (const Peer* peer = PeersOf(state.registry()).Find(number)) {
    out.push_back(peer->departed_account);
  }
}

void RegisterAgreement(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::RateAgreement& body = entry.rate_agreement();
  registry.ChangePeers([&body](Peers& peers) {
    Peer peer = *peers.Find(ParticipantNo(body.peer()));
    peer.rates.push_back({body.version(), BusinessDate(body.first_date()), RateOf(body.ours()),
                          RateOf(body.theirs())});
    peers.Put(std::move(peer));
  });
}

Fault ApplyAgreement(State& state, EntryIndex index, const Entry& entry) {
  if (RefusedAgreement(state.registry(), entry.rate_agreement(), RecordDate(entry))) {
    return "rates that cannot be";
  }
  state.ChangeRegistry(index,
                       [&](Registry& registry) { RegisterAgreement(registry, index, entry); });
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kRateAgreement,
     .decide = DecideAgreement,
     .apply = ApplyAgreement,
     .names = NamesOfAgreement,
     .registers = RegisterAgreement},
};

}  // namespace

std::span<const BookRow> RateRows() { return kRows; }

}  // namespace tanhui::interop
