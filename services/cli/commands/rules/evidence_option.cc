#include "services/cli/commands/rules/evidence_option.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/import/as_acts/act_request.h"

namespace tanhui::cli {
namespace {

const std::map<std::string, v1::EvidenceKind> kKinds = {{"record", v1::EVIDENCE_KIND_RECORD},
                                                        {"serial", v1::EVIDENCE_KIND_SERIAL},
                                                        {"moment", v1::EVIDENCE_KIND_MOMENT}};

absl::Status Put(const std::string& name, const std::string& value, v1::Evidence* evidence) {
  if (name == "source") {
    evidence->set_source(value);
  } else if (name == "subject") {
    evidence->set_subject(value);
  } else if (name == "device") {
    evidence->set_device(value);
  } else if (name == "reference") {
    evidence->set_reference(value);
  } else if (name == "kind" && kKinds.contains(value)) {
    evidence->set_kind(kKinds.at(value));
  } else if (name == "time") {
    const absl::StatusOr<LedgerTime> time = ParseTime(value);
    if (!time.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("time ", time.status().message()));
    }
    *evidence->mutable_time() = ToTimestamp(*time);
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat(name, "=", value,
                     " is none of source, subject, device, time, reference and kind=record, "
                     "kind=serial or kind=moment"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Evidence> ParseEvidence(std::string_view text) {
  v1::Evidence evidence;
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
  if (evidence.kind() == v1::EVIDENCE_KIND_UNSPECIFIED) {
    evidence.set_kind(KindOfEvidence(evidence.has_time()));
  }
  return evidence;
}

}  // namespace tanhui::cli
