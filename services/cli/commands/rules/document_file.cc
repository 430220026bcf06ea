#include "services/cli/commands/rules/document_file.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/client/whole_file.h"

namespace tanhui::cli {
namespace {

bool IsBytes(std::string_view path) { return path.ends_with(".pb"); }

// A step of a path: a field, or a place in a list.
struct Step {
  std::string field;
  std::optional<std::size_t> place;
};

// `rules[3].grams` as rules, 3, grams; takes the first step off the path.
Step NextStep(std::string_view* path) {
  Step step;
  if (path->starts_with('[')) {
    std::size_t place = 0;
    const std::size_t end = path->find(']');
    std::from_chars(path->data() + 1, path->data() + path->size(), place);
    step.place = place;
    path->remove_prefix(end == std::string_view::npos ? path->size() : end + 1);
  } else {
    const std::size_t end = path->find_first_of(".[");
    step.field = std::string(path->substr(0, end));
    path->remove_prefix(end == std::string_view::npos ? path->size() : end);
  }
  if (path->starts_with('.')) {
    path->remove_prefix(1);
  }
  return step;
}

std::size_t LineOfPath(YAML::Node node, std::string_view path) {
  while (!path.empty()) {
    const Step step = NextStep(&path);
    const bool is_there = step.place ? node.IsSequence() && *step.place < node.size()
                                     : node.IsMap() && node[step.field].IsDefined();
    if (!is_there) {
      break;
    }
    node.reset(step.place ? node[*step.place] : node[step.field]);
  }
  return static_cast<std::size_t>(node.Mark().line + 1);
}

}  // namespace

absl::StatusOr<DocumentFile> LoadDocument(entry::v1::DocumentKind kind, const std::string& path) {
  absl::StatusOr<std::string> text = ReadWholeFile(path);
  if (!text.ok()) {
    return text.status();
  }
  DocumentFile file;
  file.path = path;
  file.kind = kind;
  file.text = *std::move(text);
  file.message = NewDocument(kind);
  const absl::Status read = IsBytes(path) ? ReadDocumentBytes(file.text, file.message.get())
                                          : ReadDocumentText(path, file.text, file.message.get());
  if (!read.ok()) {
    return IsBytes(path) ? absl::InvalidArgumentError(absl::StrCat(path, ": ", read.message()))
                         : read;
  }
  file.bytes = DocumentBytes(*file.message);
  return file;
}

absl::Status SaveDocument(const std::string& path, const google::protobuf::Message& document) {
  return ReplaceFile(path, IsBytes(path) ? DocumentBytes(document) : DocumentYaml(document));
}

absl::Status CheckDocument(const DocumentFile& file, const rules::Rulebook& book) {
  const rules::Found found = book.Check(file.kind, file.bytes);
  if (!found) {
    return absl::OkStatus();
  }
  std::vector<std::string> paths;
  for (const rules::Problem& problem : found.all()) {
    paths.push_back(problem.path);
  }
  const bool is_yaml = !IsBytes(file.path) && !file.path.ends_with(".textproto");
  const std::vector<std::size_t> lines =
      is_yaml ? LinesOfPaths(file.text, paths) : std::vector<std::size_t>(paths.size());
  std::vector<std::string> told;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    told.push_back(absl::StrCat(file.path, lines[i] == 0 ? "" : absl::StrCat(":", lines[i]), ": ",
                                paths[i], paths[i].empty() ? "" : ": ", found.all()[i].problem));
  }
  return absl::InvalidArgumentError(absl::StrJoin(told, "\n"));
}

absl::StatusOr<rules::Rulebook> BookOf(entry::v1::DocumentKind kind, std::string_view bytes) {
  rules::Rulebook book;
  const std::optional<rules::Heading> heading = rules::HeadingOf(kind, bytes);
  if (const auto problem = book.Check(kind, bytes); problem || !heading) {
    return absl::InvalidArgumentError(problem ? absl::StrCat(problem->path, ": ", problem->problem)
                                              : "it is no such document");
  }
  rules::Document document;
  document.number = rules::DocumentNo(1);
  document.kind = kind;
  document.code = heading->code;
  document.version = heading->version;
  document.first_date = heading->first_date;
  book.Publish(document, bytes);
  return book;
}

std::vector<std::size_t> LinesOfPaths(const std::string& yaml,
                                      const std::vector<std::string>& paths) {
  std::vector<std::size_t> lines(paths.size());
  try {
    const YAML::Node document = YAML::Load(yaml);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      lines[i] = LineOfPath(document, paths[i]);
    }
  } catch (const YAML::Exception&) {
    // Whoever read the file has said what is wrong with its form.
  }
  return lines;
}

void AddKindOption(CLI::App* command, const std::shared_ptr<entry::v1::DocumentKind>& kind) {
  command
      ->add_option_function<std::string>(
          "--kind",
          [kind](const std::string& name) {
            *kind = DocumentKindNamed(name).value_or(entry::v1::DOCUMENT_KIND_UNSPECIFIED);
          },
          "rule_set, catalogue, station_table, material_table or account_codes; default rule_set")
      ->check(CLI::IsMember(
          {"rule_set", "catalogue", "station_table", "material_table", "account_codes"}));
}

}  // namespace tanhui::cli
