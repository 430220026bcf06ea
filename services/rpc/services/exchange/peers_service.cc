// PeersService: the service itself, and reading.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/rpc/entry_view.h"
#include "services/rpc/services.h"
#include "services/rpc/services/claims/claims_reading.h"
#include "services/rpc/services/exchange/peer_changes.h"
#include "services/rpc/services/exchange/peer_names.h"
#include "services/rpc/services/exchange/peer_view.h"
#include "services/rpc/services/exchange/rate_notes.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/peers.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
constexpr auto kPrepays =
    static_cast<std::uint8_t>(kAdmin | static_cast<std::uint8_t>(Role::kSettlement));
constexpr auto kAnyRole = std::uint8_t{0};

using Base = v1::PeersService;
using RawMethods = Base::WithRawCallbackMethod_CreatePeer<
    Base::WithRawCallbackMethod_ChangePeer<Base::WithRawCallbackMethod_SuspendPeer<
        Base::WithRawCallbackMethod_PrepayPeer<Base::WithRawCallbackMethod_SignRates<
            Base::WithRawCallbackMethod_AgreeRates<Base::WithRawCallbackMethod_GetPeer<
                Base::WithRawCallbackMethod_ListPeers<Base::Service>>>>>>>>;

// A peer with its position, as far as the caller may see it.
void Fill(const Caller& caller, const Registry& registry, const interop::Peer& peer,
          const PeerAccounts& accounts, BusinessDate today, v1::Peer& out) {
  FillPeer(registry, peer, today, out);
  if (SeesAllSettlement(caller)) {
    FillPosition(peer, accounts, today, *out.mutable_position());
  }
}

void StartGetPeer(const Context& context,
                  CallPointer<v1::GetPeerRequest, v1::GetPeerResponse> call) {
  const auto registry = context.engine.registry();
  Draft draft(context, call->caller(), registry);
  const interop::Peer* peer = ReadPeer(call->request().name(), "name", draft);
  if (peer == nullptr) {
    call->Refuse(*draft.refusal());
    return;
  }
  const auto read = ReadPeerAccounts(context, {peer});
  if (!read.ok()) {
    call->Fail(read.status());
    return;
  }
  Fill(call->caller(), *registry, *peer, read->accounts.front(), read->today,
       *call->response().mutable_peer());
  call->response().set_as_of_index(read->size - 1);
  call->Finish();
}

// The page token is the place of the next peer, from 1.
void StartListPeers(const Context& context,
                    CallPointer<v1::ListPeersRequest, v1::ListPeersResponse> call) {
  const v1::ListPeersRequest& request = call->request();
  const auto from = request.page_token().empty() ? std::optional<std::uint64_t>(1)
                                                 : ParseTokenNumber(request.page_token());
  if (!from.has_value() || *from == 0 || request.page_size() < 0) {
    call->Refuse(
        Refusal(Reason::kFieldInvalid, request.page_size() < 0 ? "page_size" : "page_token"));
    return;
  }
  const auto registry = context.engine.registry();
  const auto& all = interop::PeersOf(*registry).all();
  const auto page = static_cast<std::size_t>(PageSize(request.page_size()));
  std::vector<const interop::Peer*> peers;
  std::uint64_t next = *from;
  for (; next <= all.size() && peers.size() < page; ++next) {
    peers.push_back(all[next - 1].get());
  }
  const auto read = ReadPeerAccounts(context, peers);
  if (!read.ok()) {
    call->Fail(read.status());
    return;
  }
  for (std::size_t i = 0; i < peers.size(); ++i) {
    Fill(call->caller(), *registry, *peers[i], read->accounts[i], read->today,
         *call->response().add_peers());
  }
  if (next <= all.size()) {
    call->response().set_next_page_token(std::to_string(next));
  }
  call->response().set_as_of_index(read->size - 1);
  call->Finish();
}

using Server = grpc::CallbackServerContext;
using Bytes = grpc::ByteBuffer;
using Reactor = grpc::ServerUnaryReactor;

class Service final : public RawMethods {
 public:
  explicit Service(const Context& context) : context_(context) {}

  Reactor* CreatePeer(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartCreatePeer);
  }
  Reactor* ChangePeer(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartChangePeer);
  }
  Reactor* SuspendPeer(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartSuspendPeer);
  }
  Reactor* PrepayPeer(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kPrepays, server, in, out, StartPrepayPeer);
  }
  Reactor* SignRates(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartSignRates);
  }
  Reactor* AgreeRates(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAdmin, server, in, out, StartAgreeRates);
  }
  Reactor* GetPeer(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGetPeer);
  }
  Reactor* ListPeers(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListPeers);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewPeersService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
