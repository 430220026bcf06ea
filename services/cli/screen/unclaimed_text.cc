#include "services/cli/screen/unclaimed_text.h"

#include "absl/strings/str_cat.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

std::string Time(const google::protobuf::Timestamp& time) { return TimeText(FromTimestamp(time)); }

}  // namespace

std::string UnclaimedText(const v1::ListUnclaimedActsResponse& page) {
  Table table({"request id", "scenario", "act", "received", "kept until"});
  for (const v1::UnclaimedAct& act : page.acts()) {
    table.Add({act.request_id(), act.scenario(), Time(act.act_time()), Time(act.receive_time()),
               Time(act.expire_time())});
  }
  return absl::StrCat(table.Text(), NextPage(page.next_page_token()));
}

std::string KeptText(const v1::BatchKeepActsResponse& response) {
  Table table({"request id", "scenario", "act", "kept until", "outcome"});
  for (const v1::KeepActResult& result : response.results()) {
    if (result.has_error()) {
      table.Add({"", "", "", "", RefusalLine(DetailsOf(result.error()))});
    } else {
      const v1::UnclaimedAct& act = result.act();
      table.Add({act.request_id(), act.scenario(), Time(act.act_time()), Time(act.expire_time()),
                 "kept"});
    }
  }
  return table.Text();
}

std::string ClaimsText(const v1::ClaimActsRequest& request, const v1::ClaimActsResponse& page) {
  Table table({"request id", "scenario", "act", ">entry", ">points", "outcome"});
  for (const v1::ClaimResult& result : page.results()) {
    const v1::UnclaimedAct& act = result.act();
    if (result.has_error()) {
      table.Add({act.request_id(), act.scenario(), Time(act.act_time()), "", "",
                 absl::StrCat(result.kept() ? "kept: " : "given up: ",
                              RefusalLine(DetailsOf(result.error())))});
      continue;
    }
    const v1::AwardResponse& award = result.award();
    const bool index = !request.validate_only() || award.replayed();
    table.Add({act.request_id(), act.scenario(), Time(act.act_time()),
               index ? std::to_string(award.entry_index()) : "", Grouped(award.points()),
               award.replayed()          ? "replayed"
               : request.validate_only() ? "possible"
                                         : "awarded"});
  }
  return absl::StrCat(table.Text(), NextPage(page.next_page_token()));
}

}  // namespace tanhui::cli
