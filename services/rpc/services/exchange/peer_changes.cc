#include "services/rpc/services/exchange/peer_changes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ledger/signing/key.h"
#include "services/rpc/mutation.h"
#include "services/rpc/services/exchange/peer_names.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

constexpr std::size_t kMaxVerifierKey = 500;
// More are not read: the ledger would refuse them one by one.
constexpr int kMaxScenarios = 64;

// The log is called as its key is.
void ReadKey(const std::string& text, pb::PeerRegistration& out, Draft& draft) {
  const auto key =
      signing::ParseVerifierKey(draft.ReadText(text, kMaxVerifierKey, true, "verifier_key"));
  if (!key.ok()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "verifier_key")
                     .With("expected", "a verifier key as tanhui keygen prints it"));
    return;
  }
  out.set_log(key->name());
  out.set_verifier_key(signing::FormatVerifierKey(*key));
}

// The number of the peer; 0 when refused.
std::uint32_t ReadPeerNumber(std::string_view name, Draft& draft) {
  const interop::Peer* peer = ReadPeer(name, "name", draft);
  return peer == nullptr ? 0 : peer->number.value();
}

// Whatever the order of the scenarios: it means nothing to whoever asks.
void ReadScenarios(const v1::PeerTerms& terms, pb::PeerTerms& out, Draft& draft) {
  if (terms.act_scenarios_size() > kMaxScenarios) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "terms.act_scenarios")
                     .With("problem", "has more than 64 rows"));
    return;
  }
  *out.mutable_act_scenarios() = terms.act_scenarios();
  std::sort(out.mutable_act_scenarios()->begin(), out.mutable_act_scenarios()->end());
}

}  // namespace

void StartCreatePeer(const Context& context,
                     CallPointer<v1::CreatePeerRequest, v1::CreatePeerResponse> call) {
  const v1::CreatePeerRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::PeerRegistration& out = *draft.entry().mutable_peer_registration();
  if (const Participant* city = draft.ReadParticipant(request.participant(), "participant")) {
    out.set_peer(city->number.value());
  }
  ReadKey(request.verifier_key(), out, draft);
  if (const Asset* asset = draft.ReadAsset(request.asset(), "asset")) {
    out.set_asset(asset->number.value());
  }
  if (const Scheme* scheme = draft.ReadScheme(request.scheme(), "scheme")) {
    out.set_scheme(scheme->number.value());
  }
  out.set_peer_asset(draft.ReadCode(request.peer_asset(), "peer_asset"));
  const std::string code = request.participant().substr(request.participant().find('/') + 1);
  MutateOne(context, std::move(call), std::move(draft),
            [code](const v1::CreatePeerRequest& asked, const sequencer::Accepted& accepted,
                   v1::CreatePeerResponse& answer) {
              answer.set_name(PeerName(code));
              FillDone(asked, accepted, answer);
            });
}

void StartChangePeer(const Context& context,
                     CallPointer<v1::ChangePeerRequest, v1::ChangePeerResponse> call) {
  const v1::ChangePeerRequest& request = call->request();
  const v1::PeerTerms& terms = request.terms();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::PeerChange& change = *draft.entry().mutable_peer_change();
  change.set_peer(ReadPeerNumber(request.name(), draft));
  change.set_first_date(draft.ReadDate(terms.first_date(), true, "terms.first_date"));
  pb::PeerTerms& out = *change.mutable_terms();
  out.set_sends_points(terms.sends_points());
  out.set_takes_points(terms.takes_points());
  out.set_sends_payments(terms.sends_payments());
  out.set_takes_payments(terms.takes_payments());
  ReadScenarios(terms, out, draft);
  out.set_cap_fen(terms.cap_fen());
  out.set_citizen_month_points(terms.citizen_month_points());
  out.set_request_minutes(terms.request_minutes());
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::ChangePeerRequest, v1::ChangePeerResponse>);
}

void StartSuspendPeer(const Context& context,
                      CallPointer<v1::SuspendPeerRequest, v1::SuspendPeerResponse> call) {
  const v1::SuspendPeerRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::PeerSuspension& out = *draft.entry().mutable_peer_suspension();
  out.set_peer(ReadPeerNumber(request.name(), draft));
  out.set_outgoing(request.outgoing());
  out.set_incoming(request.incoming());
  out.set_reason(draft.ReadWord(request.reason(), "reason"));
  out.set_evidence(request.evidence_entry_index());
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::SuspendPeerRequest, v1::SuspendPeerResponse>);
}

void StartPrepayPeer(const Context& context,
                     CallPointer<v1::PrepayPeerRequest, v1::PrepayPeerResponse> call) {
  const v1::PrepayPeerRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::PeerPrepayment& out = *draft.entry().mutable_peer_prepayment();
  out.set_peer(ReadPeerNumber(request.name(), draft));
  out.set_fen(request.fen());
  out.set_reference(
      draft.ReadText(request.bank_reference(), kMaxReference, true, "bank_reference"));
  draft.RefusePersonal(request.bank_reference(), "bank_reference");
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::PrepayPeerRequest, v1::PrepayPeerResponse>);
}

}  // namespace tanhui::rpc
