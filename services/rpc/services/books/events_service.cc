// EventsService: what others did that a participant wants to hear of.
#include <optional>

#include "services/rpc/draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/events/event_feed.h"
#include "services/rpc/events/event_reader.h"
#include "services/rpc/services.h"
#include "tanhui/v1/events.grpc.pb.h"

namespace tanhui::rpc {
namespace {

// But another city's, which sees nothing of people here.
constexpr auto kAnyRole = static_cast<std::uint8_t>(~static_cast<std::uint8_t>(Role::kCity));
constexpr std::size_t kWatchPage = 1'000;

using ListCall = CallPointer<v1::ListEventsRequest, v1::ListEventsResponse>;

// Who reads whose events. A participant that is not the reader itself needs a role.
template <typename Request>
std::variant<EventFilter, Refusal> FilterOf(const Context& context, const Caller& caller,
                                            const Request& request) {
  EventFilter filter{caller, caller.number, {}};
  if (!request.participant().empty()) {
    Draft reader(context, caller, context.engine.registry());
    const Participant* participant = reader.ReadParticipant(request.participant(), "participant");
    if (participant == nullptr) {
      return *reader.refusal();
    }
    if (participant->number != caller.number && !caller.roles.Has(Role::kAdmin) &&
        !caller.roles.Has(Role::kAuditor)) {
      return Refusal(Reason::kPermissionDenied, "participant");
    }
    filter.participant = participant->number;
  }
  for (const int kind : request.kinds()) {
    if (kind == v1::EVENT_KIND_UNSPECIFIED || !v1::EventKind_IsValid(kind)) {
      return Refusal(Reason::kFieldInvalid, "kinds");
    }
    filter.kinds.insert(kind);
  }
  return filter;
}

// Nothing that the log does not hold yet: such a position is of another log.
std::variant<Position, Refusal> PositionOf(const Context& context, const std::string& after,
                                           const Position& otherwise) {
  if (after.empty()) {
    return otherwise;
  }
  const auto position = ParsePosition(after);
  if (!position.has_value() || position->entry >= context.engine.durable_size()) {
    return Refusal(Reason::kFieldInvalid, "after")
        .With("problem", "no position that this log has told");
  }
  return *position;
}

// One watcher's events.
class WatchSource final : public StreamSource {
 public:
  WatchSource(const Context& context, EventFilter filter, const Position& after,
              std::chrono::milliseconds idle)
      : context_(context), filter_(std::move(filter)), after_(after), idle_(idle) {}

  Production Next(google::protobuf::Message& out) override {
    auto& response = static_cast<v1::WatchEventsResponse&>(out);
    auto page = ReadEvents(context_, filter_, after_, kWatchPage);
    if (!page.ok()) {
      return page.status();
    }
    after_ = page->next;
    const auto now = std::chrono::steady_clock::now();
    if (page->events.empty() && !page->more && told_at_.has_value() &&
        now - *told_at_ < idle_ / 2) {
      return Produced::kNothing;
    }
    told_at_ = now;
    for (v1::Event& event : page->events) {
      *response.add_events() = std::move(event);
    }
    response.set_next_position(FormatPosition(after_));
    response.set_as_of_index(page->size - 1);
    return Produced::kMessage;
  }

 private:
  const Context& context_;
  const EventFilter filter_;
  Position after_;
  const std::chrono::milliseconds idle_;
  // The first answer comes at once: it tells that the watch has begun.
  std::optional<std::chrono::steady_clock::time_point> told_at_;
};

template <typename Base>
using RawMethods = v1::EventsService::WithRawCallbackMethod_ListEvents<
    v1::EventsService::WithRawCallbackMethod_WatchEvents<Base>>;

class Service final : public RawMethods<v1::EventsService::Service> {
 public:
  explicit Service(const Context& context)
      : context_(context), feed_(EventFeedOptions(), context.engine) {}

  grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return ServeUnary<v1::ListEventsRequest, v1::ListEventsResponse>(
        context_, kAnyRole, server, in, out, [this](ListCall call) { List(std::move(call)); });
  }

  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchEvents(grpc::CallbackServerContext* server,
                                                          const grpc::ByteBuffer* in) override {
    return ServeStream<v1::WatchEventsRequest, v1::WatchEventsResponse>(
        context_, kAnyRole, server, in,
        [this](const std::shared_ptr<StreamCall>& call, const v1::WatchEventsRequest& request,
               const Caller& caller) { Watch(call, request, caller); });
  }

 private:
  void List(ListCall call) {
    const v1::ListEventsRequest& request = call->request();
    if (request.page_size() < 0) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "page_size"));
      return;
    }
    const auto filter = FilterOf(context_, call->caller(), request);
    if (const auto* refusal = std::get_if<Refusal>(&filter)) {
      call->Refuse(*refusal);
      return;
    }
    const auto after = PositionOf(context_, request.after(), Position{});
    if (const auto* refusal = std::get_if<Refusal>(&after)) {
      call->Refuse(*refusal);
      return;
    }
    auto page = ReadEvents(context_, std::get<EventFilter>(filter), std::get<Position>(after),
                           static_cast<std::size_t>(PageSize(request.page_size())));
    if (!page.ok()) {
      call->Fail(page.status());
      return;
    }
    v1::ListEventsResponse& out = call->response();
    for (v1::Event& event : page->events) {
      *out.add_events() = std::move(event);
    }
    out.set_next_position(FormatPosition(page->next));
    out.set_more(page->more);
    out.set_as_of_index(page->size - 1);
    call->Finish();
  }

  void Watch(const std::shared_ptr<StreamCall>& call, const v1::WatchEventsRequest& request,
             const Caller& caller) {
    auto filter = FilterOf(context_, caller, request);
    if (const auto* refusal = std::get_if<Refusal>(&filter)) {
      call->Refuse(*refusal);
      return;
    }
    const auto after = PositionOf(context_, request.after(), EndOfFeed(context_));
    if (const auto* refusal = std::get_if<Refusal>(&after)) {
      call->Refuse(*refusal);
      return;
    }
    if (!feed_.Add(call)) {
      call->Refuse(Refusal(Reason::kQueueFull).With("problem", "too many watch already"));
      return;
    }
    call->Begin(std::make_unique<WatchSource>(context_, std::get<EventFilter>(std::move(filter)),
                                              std::get<Position>(after), feed_.idle()));
  }

  const Context& context_;
  EventFeed feed_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewEventsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
