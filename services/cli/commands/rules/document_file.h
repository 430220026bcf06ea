// A document on disk: read, checked, and what is wrong told with its line.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_RULES_DOCUMENT_FILE_H_
#define TANHUI_SERVICES_CLI_COMMANDS_RULES_DOCUMENT_FILE_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "ledger/rules/rulebook.h"
#include "services/cli/documents/document_text.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::cli {

struct DocumentFile {
  std::string path;
  entry::v1::DocumentKind kind = entry::v1::DOCUMENT_KIND_UNSPECIFIED;
  std::unique_ptr<google::protobuf::Message> message;
  std::string text;   // as the file has it
  std::string bytes;  // as the log has it
};

// Reads YAML, protobuf text format (.textproto) or the bytes themselves (.pb).
absl::StatusOr<DocumentFile> LoadDocument(entry::v1::DocumentKind kind, const std::string& path);
// Writes YAML, or the bytes when the path ends in .pb.
absl::Status SaveDocument(const std::string& path, const google::protobuf::Message& document);

// What is wrong by itself and against what the book has, each on a line of its own:
// `FILE:LINE: PATH: what is wrong`. At most 50 are told.
absl::Status CheckDocument(const DocumentFile& file, const rules::Rulebook& book);

// A book in which nothing but this document is published. The document must be right by itself.
absl::StatusOr<rules::Rulebook> BookOf(entry::v1::DocumentKind kind, std::string_view bytes);

// Lines of the fields in the YAML text, from 1, in the order of the paths: of each, that of the
// innermost part of the path that stands there. All 0 when the text is no YAML.
std::vector<std::size_t> LinesOfPaths(const std::string& yaml,
                                      const std::vector<std::string>& paths);

// --kind; `kind` keeps its value without it.
void AddKindOption(CLI::App* command, const std::shared_ptr<entry::v1::DocumentKind>& kind);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_RULES_DOCUMENT_FILE_H_
