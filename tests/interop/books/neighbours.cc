#include "tests/interop/books/neighbours.h"

#include "absl/strings/str_cat.h"
#include "interop/books/position_of.h"
#include "ledger/core/check.h"
#include "ledger/signing/note.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

constexpr int kRiverSeed = 7;

// A command with this request id and nothing else.
Command Draft(std::string_view id, ParticipantNo caller) {
  Command command = By(CreateScheme(id, "any"), caller);
  command.draft.clear_body();
  return command;
}

void Must(World& world, const Command& command) {
  const std::string outcome = world.Ask(command);
  Check(outcome == "OK", "the neighbours of a test");
}

void Fill(const interop::CityRate& rate, pb::CityRate& out) {
  out.set_points(rate.rate.points);
  out.set_grams(rate.rate.grams);
  out.set_fen_per_thousand(rate.fen_per_thousand);
}

}  // namespace

signing::NamedSigner OurSigner() { return signing::DemoSigner(kOurLog); }
signing::NamedSigner RiverSigner() { return signing::DemoSigner(kRiverLog, kRiverSeed); }

World NewNeighbours() {
  World world = Market();
  Must(world, CreateCity("river", "river"));
  Must(world, CreateCity("hill", "hill"));
  Must(world, By(CreateScheme("river-points", "river-points"), kOperator));
  Must(world, RegisterPeer("peer"));
  Check(PeerIn(world).departed_account == kDeparted, "the neighbours of a test");
  return world;
}

World Neighbours() {
  World world = NewNeighbours();
  const BusinessDate tomorrow(world.today().value() + 1);
  Must(world, SetPeerTerms("terms", world.today()));
  Must(world, AgreeOnRates("rates", 1, tomorrow));
  world.WaitDays(1);
  return world;
}

Command CreateCity(std::string_view id, std::string_view code) {
  return By(CreateParticipant(id, code, ParticipantKind::kCity), kOperator);
}

Command RegisterPeer(std::string_view id, const ChangeRegistration& change) {
  Command command = Draft(id, kOperator);
  pb::PeerRegistration& body = *command.draft.mutable_peer_registration();
  body.set_peer(kRiver.value());
  body.set_log(std::string(kRiverLog));
  body.set_verifier_key(signing::FormatVerifierKey(RiverSigner()));
  body.set_asset(kPoints.value());
  body.set_scheme(kRiverScheme.value());
  body.set_peer_asset("river-points");
  if (change != nullptr) {
    change(body);
  }
  return command;
}

Command SetPeerTerms(std::string_view id, BusinessDate first_date, const ChangeTerms& change) {
  Command command = Draft(id, kOperator);
  pb::PeerChange& body = *command.draft.mutable_peer_change();
  body.set_peer(kRiver.value());
  body.set_first_date(first_date.value());
  pb::PeerTerms& terms = *body.mutable_terms();
  terms.set_sends_points(true);
  terms.set_takes_points(true);
  terms.set_sends_payments(true);
  terms.set_takes_payments(true);
  terms.set_cap_fen(kCap);
  terms.set_request_minutes(60);
  if (change != nullptr) {
    change(terms);
  }
  return command;
}

Command SuspendPeer(std::string_view id, bool outgoing, bool incoming, std::uint64_t evidence) {
  Command command = Draft(id, kOperator);
  pb::PeerSuspension& body = *command.draft.mutable_peer_suspension();
  body.set_peer(kRiver.value());
  body.set_outgoing(outgoing);
  body.set_incoming(incoming);
  body.set_reason("operator");
  body.set_evidence(evidence);
  return command;
}

Command PrepayPeer(std::string_view id, std::int64_t fen) {
  Command command = Draft(id, kOperator);
  pb::PeerPrepayment& body = *command.draft.mutable_peer_prepayment();
  body.set_peer(kRiver.value());
  body.set_fen(fen);
  body.set_reference("transfer 12");
  return command;
}

Command ShowEvidence(std::string_view id, std::uint64_t against) {
  Command command = Draft(id, kRiver);
  pb::PeerEvidence& body = *command.draft.mutable_peer_evidence();
  body.set_peer(kRiver.value());
  body.set_exchange_id("0123456789abcdef");
  body.set_shows("two_decisions");
  body.set_message_hash(Sha256("message"));
  body.set_against(against);
  return command;
}

interop::Agreement RatesOf(std::uint32_t version, BusinessDate first_date,
                           const interop::CityRate& ours, const interop::CityRate& theirs) {
  return interop::MakeAgreement(version, first_date, {std::string(kOurLog), "points", ours},
                                {std::string(kRiverLog), "river-points", theirs});
}

std::string SignedBy(const std::string& text, const std::vector<signing::NamedSigner>& signers) {
  std::vector<const signing::NamedSigner*> all;
  for (const signing::NamedSigner& signer : signers) {
    all.push_back(&signer);
  }
  const auto note = signing::SignNote(text, all);
  Check(note.ok(), "a note of a test");
  return *note;
}

Command AgreeOnRates(std::string_view id, std::uint32_t version, BusinessDate first_date,
                     const interop::CityRate& ours, const interop::CityRate& theirs) {
  Command command = Draft(id, kOperator);
  pb::RateAgreement& body = *command.draft.mutable_rate_agreement();
  body.set_peer(kRiver.value());
  body.set_version(version);
  body.set_first_date(first_date.value());
  Fill(ours, *body.mutable_ours());
  Fill(theirs, *body.mutable_theirs());
  body.set_note(SignedBy(interop::TextOf(RatesOf(version, first_date, ours, theirs)),
                         {OurSigner(), RiverSigner()}));
  return command;
}

const interop::Peer& PeerIn(const World& world, ParticipantNo number) {
  const auto* peer = interop::PeersOf(world.state().registry()).Find(number);
  Check(peer != nullptr, "a peer of a test");
  return *peer;
}

std::string PositionWith(const World& world, ParticipantNo number) {
  const auto position = interop::ReadPosition(world.state(), PeerIn(world, number));
  return absl::StrCat("in flight ", position.in_flight, " owed ", position.owed, " owed to us ",
                      position.owed_to_us, " prepaid ", position.prepaid);
}

}  // namespace tanhui::world
