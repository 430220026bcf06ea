// `tanhui window`: what people do and see of windows with other cities.
#include "services/cli/commands/exchange/window_commands.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "interop/books/terms.h"
#include "interop/settlement/item_file.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/peers.grpc.pb.h"

namespace tanhui::cli {
namespace {

using WindowsStub = v1::WindowsService::Stub;

constexpr std::int32_t kItemsAtOnce = 1'000;

// By the numbers of WindowState.
constexpr std::array<std::string_view, v1::WindowState_ARRAYSIZE> kStates = {
    "unknown", "open", "closing", "closed", "stated", "agreed", "settled"};

std::string StateText(v1::WindowState state) {
  const auto at = static_cast<std::size_t>(state);
  return std::string(at < kStates.size() ? kStates[at] : kStates.front());
}

std::string Count(std::uint64_t items) { return Grouped(static_cast<std::int64_t>(items)); }

std::string Yuan(std::int64_t fen) { return absl::StrCat(YuanText(fen), " yuan"); }

std::string WindowText(const v1::Window& window) {
  FactList facts;
  facts.Add("window", window.name());
  facts.Add("state", StateText(window.state()));
  facts.Add("committed here", Count(window.our_items()));
  facts.Add("come of theirs",
            absl::StrCat(Count(window.their_items()), " of ",
                         window.has_their_listed_items() ? Count(window.their_listed_items())
                                                         : std::string("a list that has not come"),
                         ", and ", Count(window.arrived_items()), " of earlier windows"));
  facts.Add("not there", Count(static_cast<std::uint64_t>(window.our_open_exchanges_size())));
  facts.Add("not here", Count(static_cast<std::uint64_t>(window.their_open_exchanges_size())));
  if (!window.statement().empty()) {
    facts.Add("owed to it", Yuan(window.owed_fen()));
    facts.Add("owed by it", Yuan(window.due_fen()));
  }
  if (!window.bank_reference().empty()) {
    facts.Add("bank reference", window.bank_reference());
  }
  std::string text = facts.Text();
  for (const std::string& exchange : window.our_open_exchanges()) {
    absl::StrAppend(&text, "not there  ", LastPart(exchange), "\n");
  }
  for (const std::string& exchange : window.their_open_exchanges()) {
    absl::StrAppend(&text, "not here   ", LastPart(exchange), "\n");
  }
  absl::StrAppend(&text, window.statement().empty() ? "" : "\n", window.statement());
  if (!window.their_other_note().empty()) {
    absl::StrAppend(&text, "\nTHE OTHER CITY SIGNED ANOTHER STATEMENT:\n",
                    window.their_other_note(),
                    "Compare the items of both: tanhui window items, then tanhui window compare\n");
  }
  return text;
}

std::string WindowsText(const v1::ListWindowsResponse& page) {
  Table table({">window", "state", ">ours", ">theirs", ">late", ">owed to it", ">owed by it"});
  for (const v1::Window& window : page.windows()) {
    table.Add({LastPart(window.name()), StateText(window.state()), Count(window.our_items()),
               Count(window.their_items()), Count(window.arrived_items()),
               YuanText(window.owed_fen()), YuanText(window.due_fen())});
  }
  return absl::StrCat(table.empty() ? "none\n" : table.Text(), NextPage(page.next_page_token()));
}

// cd/7 as peers/cd/windows/7. A full name stays as it is.
std::string WindowNamed(const std::string& text) {
  const std::size_t slash = text.find('/');
  return text.starts_with("peers/") || slash == std::string::npos
             ? text
             : absl::StrCat("peers/", text.substr(0, slash), "/windows/", text.substr(slash + 1));
}

template <typename Request>
void AddWindow(CLI::App* command, const std::shared_ptr<Request>& request) {
  command
      ->add_option_function<std::string>(
          "WINDOW", [request](const std::string& text) { request->set_name(WindowNamed(text)); },
          "The other city's code and the window's number, such as cd/7")
      ->required();
}

void AddClose(CLI::App* window, Session& session) {
  CLI::App* command = window->add_subcommand(
      "close", "Close the open window; what is committed from here on falls into the next one");
  command->footer(
      "Both servers then compare what they have and sign the statement by themselves; "
      "`tanhui window show` tells how far they are.\nExample:\n  tanhui window close cd/7");
  const auto request = std::make_shared<v1::CloseWindowRequest>();
  AddWindow(command, request);
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &WindowsStub::CloseWindow, request.get()); });
}

void AddSettle(CLI::App* window, Session& session) {
  CLI::App* command =
      window->add_subcommand("settle", "Record that the money of an agreed window moved");
  command->footer("Example:\n  tanhui window settle cd/7 --bank-reference 20261201-0042");
  const auto request = std::make_shared<v1::SettleWindowRequest>();
  AddWindow(command, request);
  command
      ->add_option_function<std::string>(
          "--bank-reference",
          [request](const std::string& text) { request->set_bank_reference(text); },
          "The bank's reference; it stands in the log")
      ->required();
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &WindowsStub::SettleWindow, request.get()); });
}

void AddShow(CLI::App* window, Session& session) {
  CLI::App* command = window->add_subcommand(
      "show", "Show a window: how far it is, what is open of it, and the statement");
  command->footer("Example:\n  tanhui window show cd/7");
  const auto request = std::make_shared<v1::GetWindowRequest>();
  AddWindow(command, request);
  command->callback([&session, request] {
    Ask(&session, &WindowsStub::GetWindow, *request,
        [](const v1::GetWindowResponse& answer) { return WindowText(answer.window()); });
  });
}

void AddList(CLI::App* window, Session& session) {
  CLI::App* command = window->add_subcommand("list", "List the windows with a city, newest first");
  command->footer("Example:\n  tanhui window list --peer cd");
  const auto request = std::make_shared<v1::ListWindowsRequest>();
  AddNameOption(
      command, "--peer", "peers", [request](const std::string& name) { request->set_peer(name); },
      "The other city's code")
      ->required();
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &WindowsStub::ListWindows, *request, WindowsText); });
}

// --- items ---

settlement::ItemState StateOf(v1::WindowItemState state) {
  return static_cast<settlement::ItemState>(state);
}

std::optional<settlement::Item> ItemOf(const v1::WindowItem& item) {
  const auto id = interop::ParseExchangeId(LastPart(item.exchange()));
  if (!id.has_value() || item.terms_hash().size() != Hash256::kSize) {
    return std::nullopt;
  }
  return settlement::Item{*id,           StateOf(item.state()),
                          item.points(), item.grams(),
                          item.fen(),    Hash256::FromView(item.terms_hash())};
}

// Page after page into the file, which replaces another one only when it is whole.
absl::Status WriteItems(const Connection& connection, v1::ListWindowItemsRequest request,
                        std::uint64_t window, const std::string& path, grpc::Status* status) {
  auto file = FileReplacement::Begin(path);
  if (!file.ok()) {
    return file.status();
  }
  request.set_page_size(kItemsAtOnce);
  std::optional<settlement::ItemWriter> writer;
  std::string text;
  do {
    v1::ListWindowItemsResponse page;
    *status = connection.Call(&WindowsStub::ListWindowItems, request, &page);
    if (!status->ok()) {
      return absl::OkStatus();
    }
    if (!writer.has_value()) {
      const bool theirs = request.theirs();
      writer.emplace(settlement::ItemTitle{window, theirs ? page.peer_log() : page.log(),
                                           theirs ? page.log() : page.peer_log(), !theirs},
                     text);
    }
    for (const v1::WindowItem& row : page.items()) {
      const auto item = ItemOf(row);
      if (!item.has_value() || !writer->Add(*item, text)) {
        return absl::DataLossError("the server told an item that cannot be");
      }
    }
    file->Append(text);
    text.clear();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  writer->End(text);
  file->Append(text);
  return file->Commit();
}

void ExportItems(Session* session, const v1::ListWindowItemsRequest& request,
                 const std::string& path) {
  std::uint64_t window = 0;
  if (!absl::SimpleAtoi(LastPart(request.name()), &window)) {
    session->exit_code = ReportFault(absl::InvalidArgumentError("name the window as cd/7"), kUsage);
    return;
  }
  const auto connection = Connect(session);
  if (!connection.has_value()) {
    return;
  }
  grpc::Status status;
  const absl::Status written = WriteItems(*connection, request, window, path, &status);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
  } else if (!written.ok()) {
    session->exit_code = ReportFault(written, kUsage);
  } else {
    PrintOut(absl::StrCat("written to ", path, "\n"));
  }
}

std::string ItemsText(const v1::ListWindowItemsResponse& page) {
  Table table({"exchange", "state", ">points", ">grams", ">fen"});
  for (const v1::WindowItem& item : page.items()) {
    table.Add({LastPart(item.exchange()), std::string(settlement::NameOf(StateOf(item.state()))),
               Grouped(item.points()), Grouped(item.grams()), Grouped(item.fen())});
  }
  return absl::StrCat(table.empty() ? "none\n" : table.Text(), NextPage(page.next_page_token()));
}

void AddItems(CLI::App* window, Session& session) {
  CLI::App* command = window->add_subcommand(
      "items", "List the exchanges of a window, or write them to a file that can be compared");
  command->footer(
      "Each city writes two files: of what it committed, and with --theirs of what the other one "
      "did.\nExample:\n  tanhui window items cd/7 --theirs --out cd-7-here.csv");
  const auto request = std::make_shared<v1::ListWindowItemsRequest>();
  const auto out = std::make_shared<std::string>();
  AddWindow(command, request);
  command->add_flag_callback(
      "--theirs", [request] { request->set_theirs(true); },
      "Those that the other city committed, as they are here");
  command->add_option("--out", *out, "CSV file of all of them; see interop/settlement/ITEMS.md");
  AddPage(command, request);
  command->callback([&session, request, out] {
    out->empty() ? Ask(&session, &WindowsStub::ListWindowItems, *request, ItemsText)
                 : ExportItems(&session, *request, *out);
  });
}

}  // namespace

void AddWindowCommands(CLI::App& app, Session& session) {
  CLI::App* window =
      app.add_subcommand("window", "Settle with other cities window by window (结算窗口)");
  window->require_subcommand(1);
  AddClose(window, session);
  AddShow(window, session);
  AddList(window, session);
  AddItems(window, session);
  AddCompareWindows(window, session);
  AddSettle(window, session);
}

}  // namespace tanhui::cli
