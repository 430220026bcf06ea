// The change feed: list what happened, or watch it happen.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/events.grpc.pb.h"

namespace tanhui::cli {
namespace {

using EventsStub = v1::EventsService::Stub;

constexpr std::string_view kKindPrefix = "EVENT_KIND_";

// EVENT_KIND_LINE_PAID as line_paid.
std::string EventKindName(v1::EventKind kind) {
  const std::string& name = v1::EventKind_Name(kind);
  return name.empty() ? absl::StrCat("kind ", static_cast<int>(kind))
                      : absl::AsciiStrToLower(name.substr(kKindPrefix.size()));
}

v1::EventKind EventKindNamed(const std::string& name) {
  v1::EventKind kind = v1::EVENT_KIND_UNSPECIFIED;
  (void)v1::EventKind_Parse(absl::StrCat(std::string(kKindPrefix), absl::AsciiStrToUpper(name)),
                            &kind);
  return kind;
}

// What the event is about, in one cell.
std::string AboutText(const v1::Event& event) {
  for (const std::string* text :
       {&event.account(), &event.product(), &event.budget(), &event.settlement_line(),
        &event.coupon(), &event.campaign()}) {
    if (!text->empty()) {
      return event.expiry_date().empty() ? *text : absl::StrCat(*text, " on ", event.expiry_date());
    }
  }
  if (!event.scheme().empty()) {
    return absl::StrCat(event.scheme(), " ", event.month());
  }
  return absl::StrCat("entry ", event.about_entry_index());
}

template <typename Events>
std::string EventsText(const Events& events, std::string_view next, std::uint64_t as_of) {
  Table table({"position", "kind", "about", ">points", "recorded"});
  for (const v1::Event& event : events) {
    table.Add({event.position(), EventKindName(event.kind()), AboutText(event),
               Grouped(event.points()), TimeText(FromTimestamp(event.record_time()))});
  }
  return absl::StrCat(table.empty() ? "" : table.Text(), "next position ", std::string(next),
                      ", as of entry ", as_of, "\n");
}

// --after, --kind and --participant.
template <typename Request>
void AddWhich(CLI::App* command, const std::shared_ptr<Request>& request,
              const std::string& without) {
  command->add_option_function<std::string>(
      "--after", [request](const std::string& after) { request->set_after(after); },
      absl::StrCat("Position of the last event that you dealt with; without it: ", without));
  command
      ->add_option_function<std::vector<std::string>>(
          "--kind",
          [request](const std::vector<std::string>& names) {
            for (const std::string& name : names) {
              request->add_kinds(EventKindNamed(name));
            }
          },
          "Only these kinds, such as award_reversed or line_paid")
      ->check([](const std::string& name) {
        return EventKindNamed(name) == v1::EVENT_KIND_UNSPECIFIED
                   ? absl::StrCat("no kind of event is called ", name)
                   : std::string();
      });
  AddNameOption(
      command, "--participant", "participants",
      [request](const std::string& name) { request->set_participant(name); },
      "Whose events; default your own");
}

void AddList(CLI::App* events, Session& session) {
  CLI::App* command = events->add_subcommand("list", "List events after a position, oldest first");
  command->footer("Example:\n  tanhui events list --kind award_reversed --after 81234.0.-");
  const auto request = std::make_shared<v1::ListEventsRequest>();
  AddWhich(command, request, "the beginning of the log");
  command->add_option_function<std::int32_t>(
      "--page-size", [request](std::int32_t size) { request->set_page_size(size); },
      "1 to 1,000; default 50");
  command->callback([&session, request] {
    Ask(&session, &EventsStub::ListEvents, *request, [](const v1::ListEventsResponse& page) {
      return absl::StrCat(EventsText(page.events(), page.next_position(), page.as_of_index()),
                          page.more() ? "there is more: ask again after that position\n" : "");
    });
  });
}

void Watch(Session* session, const v1::WatchEventsRequest& request, std::uint64_t most) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  std::uint64_t seen = 0;
  const grpc::Status status =
      connection->Stream<EventsStub, v1::WatchEventsRequest, v1::WatchEventsResponse>(
          &EventsStub::WatchEvents, request, [&](const v1::WatchEventsResponse& page) {
            PrintAnswer(*session, page, [](const v1::WatchEventsResponse& told) {
              return EventsText(told.events(), told.next_position(), told.as_of_index());
            });
            seen += static_cast<std::uint64_t>(page.events_size());
            return most == 0 || seen < most;
          });
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
  }
}

void AddWatch(CLI::App* events, Session& session) {
  CLI::App* command =
      events->add_subcommand("watch", "Print events as they happen, until it is interrupted");
  command->footer("Example:\n  tanhui events watch --kind budget_at_80 --json");
  const auto request = std::make_shared<v1::WatchEventsRequest>();
  const auto most = std::make_shared<std::uint64_t>(0);
  AddWhich(command, request, "now");
  command->add_option("--most", *most, "End after so many events; default: never");
  command->callback([&session, request, most] { Watch(&session, *request, *most); });
}

}  // namespace

void AddEventCommands(CLI::App& app, Session& session) {
  CLI::App* events = app.add_subcommand("events", "Changes that concern you: list or watch them");
  events->require_subcommand(1);
  AddList(events, session);
  AddWatch(events, session);
}

}  // namespace tanhui::cli
