#include "services/cli/commands/rules/evidence_option.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"

namespace tanhui::cli {
namespace {

absl::Status Put(const std::string& name, const std::string& value, v1::Evidence* evidence) {
  if (name == "source") {
    evidence->set_source(value);
  } else if (name == "subject") {
    evidence->set_subject(value);
  } else if (name == "device") {
    evidence->set_device(value);
  } else if (name == "reference") {
    evidence->set_reference(value);
  } else if (name == "kind" && (value == "record" || value == "serial")) {
    evidence->set_kind(value == "serial" ? v1::EVIDENCE_KIND_SERIAL : v1::EVIDENCE_KIND_RECORD);
  } else if (name == "time") {
    const absl::StatusOr<LedgerTime> time = ParseTime(value);
    if (!time.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("time ", time.status().message()));
    }
    *evidence->mutable_time() = ToTimestamp(*time);
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat(name, "=", value,
                     " is none of source, subject, device, time, reference, kind=record or "
                     "kind=serial"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Evidence> ParseEvidence(std::string_view text) {
  v1::Evidence evidence;
  evidence.set_kind(v1::EVIDENCE_KIND_RECORD);
  std::set<std::string> names;
  while (!text.empty()) {
    const std::string part(text.substr(0, text.find(',')));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals + 1 == part.size()) {
      return absl::InvalidArgumentError(absl::StrCat("'", part, "' is no name=value"));
    }
    if (!names.insert(part.substr(0, equals)).second) {
      return absl::InvalidArgumentError(absl::StrCat(part.substr(0, equals), " stands twice"));
    }
    if (absl::Status put = Put(part.substr(0, equals), part.substr(equals + 1), &evidence);
        !put.ok()) {
      return put;
    }
  }
  if (evidence.source().empty() || evidence.subject().empty()) {
    return absl::InvalidArgumentError("evidence needs source=... and subject=...");
  }
  return evidence;
}

}  // namespace tanhui::cli
