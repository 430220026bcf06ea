#include "services/rpc/acts/check_in.h"

#include <vector>

#include "absl/strings/str_split.h"
#include "ledger/signing/keyed_hash.h"

namespace tanhui::rpc {
namespace {

constexpr std::size_t kMaxCheckInCode = 128;
constexpr std::string_view kField = "act.check_in_code";
constexpr std::string_view kPrefix = "tanhui:checkin:";
constexpr std::string_view kVenues = "venues/";

}  // namespace

std::string CheckInCode(const Secrets& secrets, std::string_view venue, BusinessDate date) {
  return std::string(kPrefix)
      .append(venue)
      .append(":")
      .append(FormatDate(date))
      .append(":")
      .append(Hex(secrets.CheckInMark(venue, date)));
}

std::string_view CheckInProblem(const Secrets& secrets, const std::string& code,
                                std::string_view venue, BusinessDate date) {
  std::vector<std::string> parts;
  if (code.starts_with(kPrefix)) {
    parts = absl::StrSplit(code.substr(kPrefix.size()), ':');
  }
  if (parts.size() != 3) {
    return "it is no check-in code: those read tanhui:checkin:{venue}:{date}:{mark}";
  }
  if (venue.empty()) {
    return "name the venue of the code in act.venue";
  }
  if (!venue.starts_with(kVenues) || venue.substr(kVenues.size()) != parts[0]) {
    return "it is the code of another venue than act.venue";
  }
  if (parts[1] != FormatDate(date)) {
    return "it is the code of another day than that of the act, in Asia/Shanghai";
  }
  if (!signing::SameSecret(code, CheckInCode(secrets, parts[0], date))) {
    return "the venue did not show this code that day; scan it again";
  }
  return {};
}

void ReadCheckIn(const Context& context, const v1::Act& act, BusinessDate date, Draft& draft) {
  if (act.check_in_code().empty()) {
    return;
  }
  draft.ReadText(act.check_in_code(), kMaxCheckInCode, false, kField);
  if (act.check_in_code().size() > kMaxCheckInCode) {
    return;
  }
  const std::string_view problem =
      CheckInProblem(context.secrets, act.check_in_code(), act.venue(), date);
  if (!problem.empty()) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, std::string(kField)).With("problem", problem));
    return;
  }
  draft.entry().mutable_earning()->set_checked_in(true);
}

}  // namespace tanhui::rpc
