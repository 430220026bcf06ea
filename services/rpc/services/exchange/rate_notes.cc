#include "services/rpc/services/exchange/rate_notes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "interop/books/peer/agreement.h"
#include "ledger/signing/note.h"
#include "services/rpc/mutation.h"
#include "services/rpc/services/exchange/peer_names.h"
#include "services/rpc/services/exchange/peer_view.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr int kMostNotes = 2;

void RefuseField(std::string_view field, std::string_view problem, Draft& draft) {
  draft.Refuse(Refusal(Reason::kFieldInvalid, std::string(field)).With("problem", problem));
}

interop::Agreement AgreementWith(const interop::Peer& peer, const Registry& registry,
                                 std::uint32_t version, BusinessDate first_date,
                                 const interop::CityRate& ours, const interop::CityRate& theirs) {
  const Asset* asset = registry.Find(peer.asset);
  return interop::MakeAgreement(version, first_date, {registry.origin(), asset->code, ours},
                                {peer.log, peer.peer_asset, theirs});
}

// What a text says of this city and the peer; nullopt when it is of others, or of other points.
std::optional<interop::Rates> RatesIn(const interop::Agreement& agreement,
                                      const interop::Peer& peer, const Registry& registry) {
  const bool first = agreement.first.log == registry.origin();
  const interop::CityRate& ours = (first ? agreement.first : agreement.second).rate;
  const interop::CityRate& theirs = (first ? agreement.second : agreement.first).rate;
  const interop::Agreement expected =
      AgreementWith(peer, registry, agreement.version, agreement.first_date, ours, theirs);
  return interop::TextOf(expected) == interop::TextOf(agreement)
             ? std::optional(interop::Rates{agreement.version, agreement.first_date, ours, theirs})
             : std::nullopt;
}

// Likewise, of a text; refuses what is no such text.
std::optional<interop::Rates> ReadRatesText(std::string_view text, std::string_view field,
                                            const interop::Peer& peer, Draft& draft) {
  const auto agreement = interop::ParseAgreement(text);
  const auto rates = agreement.has_value() ? RatesIn(*agreement, peer, draft.registry())
                                           : std::optional<interop::Rates>();
  if (!rates.has_value()) {
    RefuseField(field,
                agreement.has_value()
                    ? "is not about the points of this city and of the peer"
                    : "is no text of rates; interop/books/EXCHANGE.md tells how it is written",
                draft);
  }
  return rates;
}

// --- one signature ---

interop::CityRate ReadRate(const v1::CityRate& rate, std::string_view field, Draft& draft) {
  const interop::CityRate out = {{rate.points(), rate.grams()}, rate.fen_per_thousand()};
  if (!interop::CanBe(out)) {
    RefuseField(field, "must have points and grams of 1 to 1000000000000, and fen of 0 to that",
                draft);
  }
  return out;
}

// The rates of the request; nullopt when refused.
std::optional<interop::Rates> ReadAsked(const v1::SignRatesRequest& request,
                                        const interop::Peer& peer, Draft& draft) {
  if (request.text().empty() == !request.has_rates()) {
    draft.Refuse(request.has_rates() ? Refusal(Reason::kFieldInvalid, "rates")
                                           .With("problem", "must be left out when text is given")
                                     : Refusal(Reason::kFieldRequired, "rates"));
    return std::nullopt;
  }
  if (!request.has_rates()) {
    return ReadRatesText(request.text(), "text", peer, draft);
  }
  interop::Rates rates;
  rates.version = request.rates().version();
  rates.first_date =
      BusinessDate(draft.ReadDate(request.rates().first_date(), true, "rates.first_date"));
  rates.ours = ReadRate(request.rates().ours(), "rates.ours", draft);
  rates.theirs = ReadRate(request.rates().theirs(), "rates.theirs", draft);
  return draft.refusal().has_value() ? std::nullopt : std::optional(rates);
}

}  // namespace

// Nothing is signed that the ledger would refuse now.
void StartSignRates(const Context& context,
                    CallPointer<v1::SignRatesRequest, v1::SignRatesResponse> call) {
  const v1::SignRatesRequest& request = call->request();
  const auto registry = context.engine.registry();
  Draft draft(context, call->caller(), registry);
  const interop::Peer* peer = ReadPeer(request.name(), "name", draft);
  const auto rates =
      peer == nullptr ? std::optional<interop::Rates>() : ReadAsked(request, *peer, draft);
  if (rates.has_value()) {
    const BusinessDate today = ShanghaiDate(context.engine.clock().Wall());
    if (auto refusal = interop::RefusedNext(*peer, rates->version, rates->first_date, today,
                                            request.has_rates() ? "rates" : "text")) {
      draft.Refuse(*std::move(refusal));
    }
  }
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const std::string text = interop::TextOf(AgreementWith(
      *peer, *registry, rates->version, rates->first_date, rates->ours, rates->theirs));
  const auto note = signing::SignNote(text, std::array{context.signer});
  if (!note.ok()) {
    call->Fail(note.status());
    return;
  }
  call->response().set_text(text);
  call->response().set_note(*note);
  FillRates(*rates, *call->response().mutable_rates());
  call->Finish();
}

// --- both signatures ---

namespace {

// The keys of both cities, this one's first.
using Keys = std::array<signing::NamedVerifier, 2>;

absl::StatusOr<Keys> KeysWith(const Context& context, const interop::Peer& peer) {
  const auto ours = signing::ParseVerifierKey(context.engine.verifier_key());
  if (!ours.ok()) {
    return ours.status();
  }
  const auto theirs = signing::ParseVerifierKey(peer.verifier_key);
  return theirs.ok() ? absl::StatusOr<Keys>(Keys{*ours, *theirs}) : theirs.status();
}

// A text and the line of each key that signed it.
struct Signed {
  std::string text;
  std::array<std::string, 2> lines;
};

void RefuseSignature(std::string_view problem, Draft& draft) {
  draft.Refuse(Refusal(Reason::kSignatureInvalid, "notes").With("problem", problem));
}

// Adds a note to what was signed; refuses one of another text, and a signature that is none.
void AddNote(const std::string& note, const Keys& keys, Signed& all, Draft& draft) {
  const auto opened = signing::OpenNote(note, keys);
  if (!opened.ok()) {
    RefuseSignature(std::string(opened.status().message()), draft);
    return;
  }
  if (!all.text.empty() && all.text != opened->text) {
    RefuseField("notes", "have different texts", draft);
    return;
  }
  all.text = opened->text;
  for (const signing::VerifiedSignature& signature : opened->verified) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (signature.line.name == keys[i].name() && signature.line.key_id == keys[i].key_id()) {
        all.lines[i] = signing::FormatSignatureLine(signature.line);
      }
    }
  }
}

// The rates of the notes, which go into the entry with both signatures; nothing when refused.
void ReadNotes(const v1::AgreeRatesRequest& request, const Keys& keys, const interop::Peer& peer,
               Draft& draft) {
  if (request.notes_size() == 0 || request.notes_size() > kMostNotes) {
    draft.Refuse(request.notes().empty()
                     ? Refusal(Reason::kFieldRequired, "notes")
                     : Refusal(Reason::kFieldInvalid, "notes")
                           .With("problem", "one with both signatures, or one of each city"));
    return;
  }
  Signed all;
  for (const std::string& note : request.notes()) {
    AddNote(note, keys, all, draft);
  }
  for (std::size_t i = 0; i < keys.size() && !draft.refusal().has_value(); ++i) {
    if (all.lines[i].empty()) {
      RefuseSignature(absl::StrCat("the signature of ", keys[i].name(), " is missing"), draft);
    }
  }
  if (draft.refusal().has_value()) {
    return;
  }
  const auto rates = ReadRatesText(all.text, "notes", peer, draft);
  if (!rates.has_value()) {
    return;
  }
  pb::RateAgreement& body = *draft.entry().mutable_rate_agreement();
  const auto fill = [](const interop::CityRate& rate, pb::CityRate& out) {
    out.set_points(rate.rate.points);
    out.set_grams(rate.rate.grams);
    out.set_fen_per_thousand(rate.fen_per_thousand);
  };
  body.set_peer(peer.number.value());
  body.set_version(rates->version);
  body.set_first_date(rates->first_date.value());
  fill(rates->ours, *body.mutable_ours());
  fill(rates->theirs, *body.mutable_theirs());
  body.set_note(absl::StrCat(all.text, "\n", all.lines[0], all.lines[1]));
}

void FillAgreed(const v1::AgreeRatesRequest& asked, const sequencer::Accepted& accepted,
                v1::AgreeRatesResponse& out) {
  const pb::RateAgreement& body = accepted.entry.rate_agreement();
  const auto rate = [](const pb::CityRate& from) {
    return interop::CityRate{{from.points(), from.grams()}, from.fen_per_thousand()};
  };
  FillRates(
      {body.version(), BusinessDate(body.first_date()), rate(body.ours()), rate(body.theirs())},
      *out.mutable_rates());
  out.set_note(body.note());
  FillDone(asked, accepted, out);
}

}  // namespace

void StartAgreeRates(const Context& context,
                     CallPointer<v1::AgreeRatesRequest, v1::AgreeRatesResponse> call) {
  const v1::AgreeRatesRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  if (const interop::Peer* peer = ReadPeer(request.name(), "name", draft)) {
    const auto keys = KeysWith(context, *peer);
    if (!keys.ok()) {
      call->Fail(keys.status());
      return;
    }
    ReadNotes(request, *keys, *peer, draft);
  }
  MutateOne(context, std::move(call), std::move(draft), FillAgreed);
}

}  // namespace tanhui::rpc
