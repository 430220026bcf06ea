// `tanhui rules check`: what is wrong with a document, and what it changes.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/cli/commands/rules/document_file.h"
#include "services/cli/commands/rules/published_document.h"
#include "services/cli/commands/rules/rules_commands.h"
#include "services/cli/documents/document_difference.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

using Message = google::protobuf::Message;

struct CheckOptions {
  std::string file;
  std::string against;
  bool ask_server = false;
};

// What the file is compared with.
struct Present {
  std::string name;  // for people
  std::unique_ptr<Message> message;
  std::string bytes;
};

absl::StatusOr<Present> PresentFile(entry::v1::DocumentKind kind, const std::string& path) {
  absl::StatusOr<DocumentFile> file = LoadDocument(kind, path);
  if (!file.ok()) {
    return file.status();
  }
  return Present{path, std::move(file->message), std::move(file->bytes)};
}

// nullopt when the server has none, or after it has reported why and set the exit status.
std::optional<Present> PresentOfServer(Session* session, const DocumentFile& file) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return std::nullopt;
  }
  grpc::Status status;
  const auto found =
      FetchDocument(*connection, file.kind, DocumentHeadOf(*file.message).code, 0, &status);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
  }
  if (!found) {
    return std::nullopt;
  }
  Present present{found->document().name(), NewDocument(file.kind), found->content()};
  if (const absl::Status read = ReadDocumentBytes(found->content(), present.message.get());
      !read.ok()) {
    session->exit_code = ReportFault(read, kRefused);
    return std::nullopt;
  }
  return present;
}

std::string ChangesTable(const std::vector<ItemChange>& changes) {
  Table table({"change", "where", "what"});
  for (const ItemChange& change : changes) {
    const std::string kind = change.kind == ItemChangeKind::kAdded     ? "added"
                             : change.kind == ItemChangeKind::kRemoved ? "removed"
                                                                       : "changed";
    table.Add({kind, change.path.empty() ? "the document" : change.path, change.line});
  }
  return table.empty() ? "no change\n" : table.Text();
}

std::string Plural(std::size_t count, const char* noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

void PrintOutcome(const Session& session, const DocumentFile& file,
                  const std::optional<Present>& present, bool asked_server) {
  const DocumentHead head = DocumentHeadOf(*file.message);
  const auto changes =
      present ? DocumentDifference(*present->message, *file.message) : std::vector<ItemChange>();
  if (session.json) {
    nlohmann::ordered_json json = {{"ok", true},
                                   {"kind", DocumentKindName(file.kind)},
                                   {"code", head.code},
                                   {"version", head.version},
                                   {"first_date", head.first_date},
                                   {"size_bytes", file.bytes.size()},
                                   {"against", present ? present->name : ""}};
    json["changes"] = nlohmann::ordered_json::parse(DifferenceJson(changes))["changes"];
    return PrintOut(json.dump() + "\n");
  }
  PrintOut(absl::StrCat(file.path, ": ok, ", std::string(DocumentKindName(file.kind)), " ",
                        head.code, " version ", head.version, " from ", head.first_date, ", ",
                        Plural(file.bytes.size(), "byte"), "\n"));
  if (present) {
    PrintOut(absl::StrCat("against ", present->name, ": ", Plural(changes.size(), "change"), "\n",
                          ChangesTable(changes)));
  } else {
    PrintOut(asked_server ? "nothing is published under its code yet\n"
                          : "compared with nothing: give --against FILE, or --address\n");
  }
}

// Prints what is wrong, a line for each problem.
void Refuse(Session* session, const absl::Status& why) {
  const std::vector<std::string> problems = absl::StrSplit(why.message(), '\n');
  session->exit_code = ReportFault(why, kRefused);
  if (problems.size() >= rules::Found::kMost) {
    PrintError(absl::StrCat("only the first ", rules::Found::kMost, " problems are told"));
  } else if (problems.size() > 1) {
    PrintError(absl::StrCat(problems.size(), " problems"));
  }
  if (session->json) {
    const nlohmann::ordered_json json = {
        {"ok", false}, {"error", problems.front()}, {"problems", problems}};
    PrintOut(json.dump() + "\n");
  }
}

void Check(Session* session, entry::v1::DocumentKind kind, const CheckOptions& options) {
  const absl::StatusOr<DocumentFile> file = LoadDocument(kind, options.file);
  if (!file.ok()) {
    return Refuse(session, file.status());
  }
  if (const absl::Status right = CheckDocument(*file, rules::Rulebook()); !right.ok()) {
    return Refuse(session, right);
  }
  std::optional<Present> present;
  if (!options.against.empty()) {
    absl::StatusOr<Present> other = PresentFile(kind, options.against);
    if (!other.ok()) {
      return Refuse(session, other.status());
    }
    present = *std::move(other);
  } else if (options.ask_server) {
    present = PresentOfServer(session, *file);
    if (session->exit_code != kDone) {
      return;
    }
  }
  if (present) {
    const absl::StatusOr<rules::Rulebook> book = BookOf(kind, present->bytes);
    if (!book.ok()) {
      return Refuse(session, absl::InvalidArgumentError(
                                 absl::StrCat(present->name, ": ", book.status().message())));
    }
    if (const absl::Status right = CheckDocument(*file, *book); !right.ok()) {
      return Refuse(session, right);
    }
  }
  PrintOutcome(*session, *file, present, options.ask_server);
}

}  // namespace

void AddRulesCheck(CLI::App& app, CLI::App* rules, Session& session) {
  CLI::App* command = rules->add_subcommand(
      "check", "Say what is wrong with a document, and what it changes; publishes nothing");
  command->footer(
      "With --address (or TANHUI_ADDRESS) it is compared with the newest version that the server "
      "has.\nExamples:\n"
      "  tanhui rules check deploy/rules/chongqing.yaml\n"
      "  tanhui rules check next.yaml --against deploy/rules/chongqing.yaml");
  const auto kind = std::make_shared<entry::v1::DocumentKind>(entry::v1::DOCUMENT_KIND_RULE_SET);
  const auto options = std::make_shared<CheckOptions>();
  command->add_option("FILE", options->file, "YAML, or .textproto, or .pb")->required();
  AddKindOption(command, kind);
  command->add_option("--against", options->against, "Another file to compare with");
  const CLI::Option* address = app.get_option("--address");
  command->callback([&session, kind, options, address] {
    options->ask_server = address->count() > 0;
    Check(&session, *kind, *options);
  });
}

}  // namespace tanhui::cli
