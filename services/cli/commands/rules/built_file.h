// What building a document from a CSV leaves behind: the document, a file of odd lines, counts.
#ifndef TANHUI_SERVICES_CLI_COMMANDS_RULES_BUILT_FILE_H_
#define TANHUI_SERVICES_CLI_COMMANDS_RULES_BUILT_FILE_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands/rules/document_file.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/documents/built_document.h"
#include "services/cli/screen/table.h"
#include "services/cli/session.h"

namespace tanhui::cli {

struct BuildOptions {
  std::string csv;
  std::string out;
  std::string odd_lines;  // file of odd lines; empty: none
  DocumentHead head;
};

// CSV, --out, --reject-file, and --code, --version, --first-date, --name of the document.
inline std::shared_ptr<BuildOptions> AddBuildOptions(CLI::App* command, const std::string& code) {
  const auto options = std::make_shared<BuildOptions>();
  options->head.code = code;
  options->head.display_name = code;
  options->head.first_date = FormatDate(ShanghaiDate(WallClock()));
  command->add_option("CSV", options->csv, "CSV file")->required();
  command->add_option("--out", options->out, "The document: YAML, or its bytes for .pb")
      ->required();
  command->add_option("--reject-file", options->odd_lines, "CSV of lines that are odd, with why");
  command->add_option("--code", options->head.code, "Its code")->capture_default_str();
  command->add_option("--version", options->head.version, "From 1, without gaps")
      ->capture_default_str();
  command->add_option("--first-date", options->head.first_date,
                      "First date of the acts that it is for; default: today");
  command->add_option("--name", options->head.display_name, "Its name for people")
      ->capture_default_str();
  return options;
}

// Of the lines that are odd: line,reason,detail.
template <typename Document>
std::string OddLinesCsv(const BuiltDocument<Document>& built) {
  std::string csv = "line,reason,detail\n";
  for (const OddLine& odd : built.odd) {
    absl::StrAppend(&csv, odd.number, ",", odd.reason, ",", QuotedField(odd.detail), "\n");
  }
  return csv;
}

// Checks the document as the ledger would, writes the files and prints the counts. `rows` is how
// many rows the document has, `noun` what they are.
template <typename Document>
void FinishBuild(Session* session, const BuildOptions& options,
                 const absl::StatusOr<BuiltDocument<Document>>& built, int rows,
                 const std::string& noun) {
  if (!built.ok()) {
    session->exit_code = ReportFault(built.status(), kUsage);
    return;
  }
  const auto problem =
      rules::Rulebook().Check(DocumentKindOf(built->document), DocumentBytes(built->document));
  absl::Status done = problem ? absl::InvalidArgumentError(absl::StrCat(
                                    options.csv, ": ", problem->path, ": ", problem->problem))
                              : SaveDocument(options.out, built->document);
  if (done.ok() && !options.odd_lines.empty()) {
    done = ReplaceFile(options.odd_lines, OddLinesCsv(*built));
  }
  if (!done.ok()) {
    session->exit_code = ReportFault(done, problem ? kRefused : kUsage);
    return;
  }
  if (session->json) {
    const nlohmann::ordered_json json = {
        {"lines", built->lines}, {noun, rows}, {"odd", built->odd_by_reason}};
    return PrintOut(json.dump() + "\n");
  }
  Table table({"outcome", ">lines"});
  for (const auto& [reason, count] : built->odd_by_reason) {
    table.Add({reason, Grouped(static_cast<std::int64_t>(count))});
  }
  PrintOut(absl::StrCat(table.empty() ? "" : table.Text(),
                        Grouped(static_cast<std::int64_t>(built->lines)), " lines, ", Grouped(rows),
                        " ", noun, ": ", options.out, "\n"));
}

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_COMMANDS_RULES_BUILT_FILE_H_
