// Request ids made from evidence: the same act gets the same id in every run and on every machine,
// so that importing it again awards nothing more, and the id tells nothing about the act.
#ifndef TANHUI_SERVICES_CLI_IMPORT_EVIDENCE_H_
#define TANHUI_SERVICES_CLI_IMPORT_EVIDENCE_H_

#include <string>
#include <string_view>

#include "ledger/signing/keyed_hash.h"
#include "services/cli/import/claims.h"

namespace tanhui::cli {

// Keyed with the caller's secret of RequestsService.GetRequestIdKey.
//
//   id = first 16 bytes of HMAC-SHA256(key, field(domain) || field(part 1) || field(part 2) ...)
//   field(x) = length of x as 4 bytes, big-endian || x
//
// with the version and variant bits of a UUIDv8 (RFC 9562 section 5.8) put over it. The domain
// says what sort of evidence it is and how many parts follow, so no two sorts share an id. Times
// are parts in the form `YYYY-MM-DD HH:MM:SS` of Shanghai.
class EvidenceIds {
 public:
  // Aborts unless `key` has 32 bytes.
  explicit EvidenceIds(std::string_view key) : key_(key) {}

  EvidenceId MetroRide(std::string_view card, Seconds in_time, std::string_view in_terminal) const;
  EvidenceId BusRide(std::string_view card, Seconds time, std::string_view terminal) const;
  // An act of the acts format: its evidence alone, so that nobody else can claim it again.
  EvidenceId Act(std::string_view evidence) const;
  // A correction of the act that the request made, from a revision on: sent again it is done once.
  EvidenceId Correction(std::string_view request_id, std::uint32_t revision) const;
  // The weighing of the booking that the request made: it is weighed once.
  EvidenceId Weighing(std::string_view booking_request_id) const;
  // The opening of a platform user's account in an asset.
  EvidenceId AccountOpening(std::string_view asset, std::string_view user) const;

 private:
  signing::KeyedHash key_;
};

// The id as a lower-case UUID, ready for a request.
std::string RequestIdText(const EvidenceId& id);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_EVIDENCE_H_
