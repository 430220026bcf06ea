#include "services/cli/import/reject_file.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/csv/csv_lines.h"

namespace tanhui::cli {
namespace {

constexpr std::size_t kMostRawBytes = 4096;  // of a line that is beyond reason

std::string Row(const ClaimFile& file, const RefusedLine& refused, std::string_view raw) {
  std::string detail(file.details[refused.detail]);
  if (refused.other_line != 0) {
    absl::StrAppend(&detail, " is line ", refused.other_line);
  }
  return absl::StrCat(refused.line, ",", std::string(file.reasons[refused.reason]), ",",
                      QuotedField(detail), ",", QuotedField(raw.substr(0, kMostRawBytes)), "\n");
}

}  // namespace

absl::Status WriteRejectFile(const std::string& path, std::string_view text, ClaimFile* file) {
  absl::StatusOr<FileReplacement> out = FileReplacement::Begin(path);
  if (!out.ok()) {
    return out.status();
  }
  std::stable_sort(file->refused.begin(), file->refused.end(),
                   [](const RefusedLine& a, const RefusedLine& b) { return a.line < b.line; });
  out->Append("line,reason,detail,raw\n");
  CsvLines lines(text);
  const CsvLine* line = nullptr;
  for (const RefusedLine& refused : file->refused) {
    while (line == nullptr || line->number < refused.line) {
      line = lines.Next();
      if (line == nullptr) {
        return absl::DataLossError("the import file changed while it was read");
      }
    }
    out->Append(Row(*file, refused, line->raw));
  }
  return out->Commit();
}

}  // namespace tanhui::cli
