#include "services/cli/screen/case_text.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

// CASE_KIND_MANY_CITIZENS as many-citizens, as options spell it.
std::string Word(const std::string& name, std::string_view prefix) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(name.substr(prefix.size())), {{"_", "-"}});
}

}  // namespace

std::string CasesText(const v1::ListCasesResponse& page) {
  Table table({"case", "kind", "about", "state", ">signals", ">most", ">entries", "last signal"});
  for (const v1::Case& one : page.cases()) {
    table.Add({one.name(), Word(v1::CaseKind_Name(one.kind()), "CASE_KIND_"), one.subject(),
               Word(v1::CaseState_Name(one.state()), "CASE_STATE_"),
               Grouped(static_cast<std::int64_t>(one.signals())), Grouped(one.most_counted()),
               std::to_string(one.entry_indexes_size()),
               TimeText(FromTimestamp(one.update_time()))});
  }
  std::string text = absl::StrCat(table.Text(), NextPage(page.next_page_token()));
  if (page.dropped() > 0) {
    absl::StrAppend(&text, Grouped(static_cast<std::int64_t>(page.dropped())),
                    " acts came too fast and were not looked at\n");
  }
  return text;
}

std::string ReversalsText(const v1::BatchReverseRequest& batch,
                          const v1::BatchReverseResponse& response) {
  Table table({">award", ">reversal", ">points", ">forgiven", ">debt", "outcome"});
  for (int i = 0; i < response.results_size() && i < batch.requests_size(); ++i) {
    const std::string award = std::to_string(batch.requests(i).entry_index());
    const v1::ReverseResult& result = response.results(i);
    if (result.has_error()) {
      table.Add({award, "", "", "", "", RefusalLine(DetailsOf(result.error()))});
      continue;
    }
    const v1::ReverseResponse& reversal = result.reversal();
    table.Add({award, batch.validate_only() ? "" : std::to_string(reversal.entry_index()),
               Grouped(reversal.points()), Grouped(reversal.forgiven()), Grouped(reversal.debt()),
               reversal.replayed()     ? "replayed"
               : batch.validate_only() ? "possible"
                                       : "reversed"});
  }
  return table.Text();
}

}  // namespace tanhui::cli
