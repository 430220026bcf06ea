// WindowsService: what people do and see of windows with other cities.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "interop/desk/exchange_reading.h"
#include "interop/desk/windows/window_clerk.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services.h"
#include "services/rpc/services/claims/claims_reading.h"
#include "services/rpc/services/exchange/exchange_names.h"
#include "services/rpc/services/exchange/peer_names.h"
#include "services/rpc/services/reading.h"
#include "tanhui/v1/peers.grpc.pb.h"

namespace tanhui::rpc {
namespace {

namespace pb = entry::v1;

using interop::ExchangeId;
using interop::WindowBook;
using interop::WindowItem;

constexpr auto kSettles = static_cast<std::uint8_t>(static_cast<std::uint8_t>(Role::kAdmin) |
                                                    static_cast<std::uint8_t>(Role::kSettlement));
constexpr auto kAnyRole = std::uint8_t{0};
constexpr std::string_view kWindows = "/windows/";

using Base = v1::WindowsService;
using RawMethods = Base::WithRawCallbackMethod_CloseWindow<Base::WithRawCallbackMethod_SettleWindow<
    Base::WithRawCallbackMethod_GetWindow<Base::WithRawCallbackMethod_ListWindows<
        Base::WithRawCallbackMethod_ListWindowItems<Base::Service>>>>>;

std::string WindowNameOf(const interop::Peer& peer, std::uint64_t window) {
  return absl::StrCat(PeerName(peer), std::string(kWindows), window);
}

// peers/{participant}/windows/{number}; nullopt when refused.
std::optional<desk::WindowName> ReadWindowName(const std::string& name, Draft& draft) {
  const std::size_t at = name.find(kWindows);
  std::uint64_t window = 0;
  const bool right = at != std::string::npos &&
                     absl::SimpleAtoi(name.substr(at + kWindows.size()), &window) && window > 0 &&
                     name.ends_with(absl::StrCat("/", window));
  if (!right) {
    draft.Refuse(name.empty() ? Refusal(Reason::kFieldRequired, "name")
                              : Refusal(Reason::kFieldInvalid, "name")
                                    .With("expected", "peers/{participant}/windows/{number}"));
    return std::nullopt;
  }
  const interop::Peer* peer = ReadPeer(std::string_view(name).substr(0, at), "name", draft);
  return peer == nullptr ? std::nullopt : std::optional(desk::WindowName{peer->number, window});
}

// --- steps ---

template <typename Request, typename Response>
void StartStep(const Context& context, CallPointer<Request, Response> call, pb::WindowAction action,
               const std::string& reference) {
  const Request& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  pb::WindowStep& step = *draft.entry().mutable_window_step();
  if (const auto name = ReadWindowName(request.name(), draft)) {
    step.set_peer(name->peer.value());
    step.set_window(name->window);
  }
  step.set_action(action);
  if (action == pb::WINDOW_ACTION_SETTLE) {
    step.set_reference(draft.ReadText(reference, kMaxReference, true, "bank_reference"));
    draft.RefusePersonal(reference, "bank_reference");
  }
  MutateOne(
      context, std::move(call), std::move(draft),
      [&context](const Request& asked, const sequencer::Accepted& accepted, Response& answer) {
        if (context.window_clerk != nullptr && !asked.validate_only()) {
          context.window_clerk->Nudge();
        }
        FillDone(asked, accepted, answer);
      });
}

void StartCloseWindow(const Context& context,
                      CallPointer<v1::CloseWindowRequest, v1::CloseWindowResponse> call) {
  StartStep(context, std::move(call), pb::WINDOW_ACTION_CLOSE, "");
}

void StartSettleWindow(const Context& context,
                       CallPointer<v1::SettleWindowRequest, v1::SettleWindowResponse> call) {
  const std::string reference = call->request().bank_reference();
  StartStep(context, std::move(call), pb::WINDOW_ACTION_SETTLE, reference);
}

// --- reading ---

// Ends the call and answers false when the caller may see nothing of windows, or nobody keeps them.
template <typename Call>
bool MayRead(const Context& context, Call& call) {
  if (!SeesAllSettlement(call->caller())) {
    call->Refuse(Refusal(Reason::kPermissionDenied));
    return false;
  }
  if (context.window_clerk == nullptr) {
    call->Fail(absl::UnavailableError("this server does not exchange with other cities"));
    return false;
  }
  return true;
}

absl::Status NotNow() { return absl::UnavailableError("the windows cannot be read now"); }

void FillWindow(const interop::Peer& peer, std::uint64_t window, const desk::WindowsAtHand& at_hand,
                v1::Window& out) {
  out.set_name(WindowNameOf(peer, window));
  out.set_state(static_cast<v1::WindowState>(at_hand.books.StateOf(window)));
  const WindowBook* book = at_hand.books.Find(window);
  if (book == nullptr) {
    return;
  }
  out.set_our_items(book->ours.size());
  out.set_their_items(book->theirs.size());
  out.set_arrived_items(book->arrived.size());
  if (book->their_list.has_value()) {
    out.set_their_listed_items(book->their_list->items);
  }
  if (book->left_open.has_value()) {
    out.set_close_entry_index(book->left_open->value());
    out.set_change_entry_index(book->changed.value());
    *out.mutable_change_time() = ToTimestamp(book->changed_time);
  }
  out.set_statement(book->statement);
  out.set_their_note(book->note);
  out.set_bank_reference(book->reference);
}

// Both sides of the statement, by whose log it is.
void FillFen(const interop::Peer& peer, v1::Window& out) {
  auto statement = settlement::ParseStatement(out.statement());
  if (statement.has_value()) {
    const bool first = statement->first.city == peer.log;
    out.set_owed_fen(first ? statement->second.fen : statement->first.fen);
    out.set_due_fen(first ? statement->first.fen : statement->second.fen);
  }
}

void StartGetWindow(const Context& context,
                    CallPointer<v1::GetWindowRequest, v1::GetWindowResponse> call) {
  Draft draft(context, call->caller(), context.engine.registry());
  const auto name = ReadWindowName(call->request().name(), draft);
  if (!name.has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  if (!MayRead(context, call)) {
    return;
  }
  context.window_clerk->Ask(name->peer, [&context, call,
                                         name = *name](const desk::WindowsAtHand* at_hand) {
    if (at_hand == nullptr) {
      call->Fail(NotNow());
      return;
    }
    if (name.window > at_hand->books.open_window() && at_hand->books.Find(name.window) == nullptr) {
      call->Refuse(Refusal(Reason::kUnknownWindow, "name"));
      return;
    }
    const auto registry = context.engine.registry();
    const interop::Peer& peer = *interop::PeersOf(*registry).Find(name.peer);
    v1::Window& out = *call->response().mutable_window();
    FillWindow(peer, name.window, *at_hand, out);
    FillFen(peer, out);
    const std::string theirs = at_hand->their_statement(name.window);
    if (!theirs.empty() && !theirs.starts_with(out.statement())) {
      out.set_their_other_note(theirs);
    }
    const settlement::Items open = at_hand->books.OpenOf(name.window);
    for (const ExchangeId& id : open.ours) {
      out.add_our_open_exchanges(ExchangeName(id.view()));
    }
    for (const ExchangeId& id : open.theirs) {
      out.add_their_open_exchanges(ExchangeName(id.view()));
    }
    call->Finish();
  });
}

// The page token is the number of the last window of the page before.
void StartListWindows(const Context& context,
                      CallPointer<v1::ListWindowsRequest, v1::ListWindowsResponse> call) {
  const v1::ListWindowsRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  const interop::Peer* peer = ReadPeer(request.peer(), "peer", draft);
  const auto before = request.page_token().empty()
                          ? std::optional(std::numeric_limits<std::uint64_t>::max())
                          : ParseTokenNumber(request.page_token());
  if (!before.has_value() || request.page_size() < 0) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, request.page_size() < 0 ? "page_size" : "page_token"));
  }
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  if (!MayRead(context, call)) {
    return;
  }
  const ParticipantNo number = peer->number;
  context.window_clerk->Ask(
      number, [&context, call, number, before = *before](const desk::WindowsAtHand* at_hand) {
        if (at_hand == nullptr) {
          call->Fail(NotNow());
          return;
        }
        const auto registry = context.engine.registry();
        const interop::Peer& of = *interop::PeersOf(*registry).Find(number);
        v1::ListWindowsResponse& out = call->response();
        out.set_open_window(at_hand->books.open_window());
        std::uint64_t window = std::min(before - 1, at_hand->books.open_window());
        const int page = PageSize(call->request().page_size());
        for (; window > 0 && out.windows_size() < page; --window) {
          v1::Window& row = *out.add_windows();
          FillWindow(of, window, *at_hand, row);
          FillFen(of, row);
          row.clear_statement();
          row.clear_their_note();
        }
        if (window > 0) {
          out.set_next_page_token(std::to_string(window + 1));
        }
        call->Finish();
      });
}

// --- items ---

// At most `most` ids of those that follow `after`, in order.
std::vector<ExchangeId> NextIds(const WindowBook& book, bool theirs,
                                const std::optional<ExchangeId>& after, std::size_t most) {
  std::vector<ExchangeId> ids;  // a heap, the largest on top
  const auto add = [&](const ExchangeId& id) {
    if (after.has_value() && !(*after < id)) {
      return;
    }
    if (ids.size() == most) {
      if (!(id < ids.front())) {
        return;
      }
      std::pop_heap(ids.begin(), ids.end());
      ids.pop_back();
    }
    ids.push_back(id);
    std::push_heap(ids.begin(), ids.end());
  };
  for (const WindowItem& item : theirs ? book.theirs : book.ours) {
    add(item.id);
  }
  if (theirs) {
    for (const ExchangeId& id : book.itemised) {
      add(id);
    }
  }
  std::sort_heap(ids.begin(), ids.end());
  return ids;
}

void FillTermsOf(const pb::ExchangeTerms& terms, const std::string& hash, v1::WindowItem& out) {
  out.set_points(terms.from_points());
  out.set_grams(terms.grams());
  out.set_fen(terms.fen());
  out.set_terms_hash(hash);
}

// One of ours; of theirs one that is here, in whatever state.
absl::Status AddItem(const Context& context, const interop::Peer& peer, const ExchangeId& id,
                     bool theirs, v1::ListWindowItemsResponse& out) {
  v1::WindowItem item;
  item.set_exchange(ExchangeName(id.view()));
  if (!theirs) {
    const auto at = desk::ReadAtOrigin(context.engine.store(), peer, id);
    if (!at.ok()) {
      return at.status();
    }
    item.set_state(v1::WINDOW_ITEM_STATE_COMMITTED);
    FillTermsOf(at->prepared.exchange_preparation().terms(), at->hash(), item);
    *out.add_items() = std::move(item);
    return absl::OkStatus();
  }
  const auto at = desk::ReadAtDestination(context.engine.store(), peer, id);
  if (!at.ok()) {
    return at.status();
  }
  switch (at->state) {
    case exchange::DestinationState::kConfirmed:
      item.set_state(v1::WINDOW_ITEM_STATE_CONFIRMED);
      break;
    case exchange::DestinationState::kAccepted:
      item.set_state(v1::WINDOW_ITEM_STATE_PENDING);
      break;
    case exchange::DestinationState::kCancelled:
      item.set_state(v1::WINDOW_ITEM_STATE_CANCELLED);
      break;
    default:
      return absl::OkStatus();  // nothing of it is here
  }
  FillTermsOf(at->received.exchange_reception().terms(), at->hash(), item);
  *out.add_items() = std::move(item);
  return absl::OkStatus();
}

void AnswerItems(const Context& context,
                 const CallPointer<v1::ListWindowItemsRequest, v1::ListWindowItemsResponse>& call,
                 const desk::WindowName& name, const std::optional<ExchangeId>& after,
                 const desk::WindowsAtHand* at_hand) {
  const WindowBook* book = at_hand == nullptr ? nullptr : at_hand->books.Find(name.window);
  if (at_hand == nullptr) {
    call->Fail(NotNow());
    return;
  }
  if (book == nullptr || book->forgotten) {
    call->Refuse(book == nullptr ? Refusal(Reason::kUnknownWindow, "name")
                                 : Refusal(Reason::kWindowState, "name").With("state", "settled"));
    return;
  }
  const auto registry = context.engine.registry();
  const interop::Peer& peer = *interop::PeersOf(*registry).Find(name.peer);
  const v1::ListWindowItemsRequest& request = call->request();
  const auto page = static_cast<std::size_t>(PageSize(request.page_size()));
  const std::vector<ExchangeId> ids = NextIds(*book, request.theirs(), after, page);
  v1::ListWindowItemsResponse& out = call->response();
  out.set_log(registry->origin());
  out.set_peer_log(peer.log);
  for (const ExchangeId& id : ids) {
    const absl::Status added = AddItem(context, peer, id, request.theirs(), out);
    if (!added.ok()) {
      call->Fail(added);
      return;
    }
  }
  if (ids.size() == page) {
    out.set_next_page_token(interop::HexOf(ids.back().view()));
  }
  call->Finish();
}

// The page token is the last id of the page before.
void StartListWindowItems(
    const Context& context,
    CallPointer<v1::ListWindowItemsRequest, v1::ListWindowItemsResponse> call) {
  const v1::ListWindowItemsRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  const auto name = ReadWindowName(request.name(), draft);
  std::optional<ExchangeId> after;
  if (!request.page_token().empty()) {
    after = interop::ParseExchangeId(request.page_token());
    if (!after.has_value()) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
    }
  }
  if (request.page_size() < 0) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "page_size"));
  }
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  if (!MayRead(context, call)) {
    return;
  }
  context.window_clerk->Ask(
      name->peer, [&context, call, name = *name, after](const desk::WindowsAtHand* at_hand) {
        AnswerItems(context, call, name, after, at_hand);
      });
}

using Server = grpc::CallbackServerContext;
using Bytes = grpc::ByteBuffer;
using Reactor = grpc::ServerUnaryReactor;

class Service final : public RawMethods {
 public:
  explicit Service(const Context& context) : context_(context) {}

  Reactor* CloseWindow(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kSettles, server, in, out, StartCloseWindow);
  }
  Reactor* SettleWindow(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kSettles, server, in, out, StartSettleWindow);
  }
  Reactor* GetWindow(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartGetWindow);
  }
  Reactor* ListWindows(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListWindows);
  }
  Reactor* ListWindowItems(Server* server, const Bytes* in, Bytes* out) override {
    return Serve(context_, kAnyRole, server, in, out, StartListWindowItems);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewWindowsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
