#include "services/cli/import/evidence.h"

#include <algorithm>
#include <initializer_list>

#include "ledger/core/octets/big_endian.h"
#include "ledger/core/request_id.h"

namespace tanhui::cli {
namespace {

EvidenceId IdOf(const signing::KeyedHash& key,
                std::initializer_list<std::string_view> domain_and_parts) {
  std::string message;
  for (const std::string_view part : domain_and_parts) {
    PutBigEndian(message, static_cast<std::uint32_t>(part.size()));
    message.append(part);
  }
  const Hash256 hash = key.Of({message});
  EvidenceId id{};
  std::copy_n(hash.bytes.begin(), id.size(), id.begin());
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0fU) | 0x80U);
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3fU) | 0x80U);
  return id;
}

}  // namespace

EvidenceId EvidenceIds::MetroRide(std::string_view card, Seconds in_time,
                                  std::string_view in_terminal) const {
  return IdOf(key_, {"tanhui/import/metro_ride/v1", card, FormatShanghai(ToLedgerTime(in_time)),
                     in_terminal});
}

EvidenceId EvidenceIds::BusRide(std::string_view card, Seconds time,
                                std::string_view terminal) const {
  return IdOf(key_,
              {"tanhui/import/bus_ride/v1", card, FormatShanghai(ToLedgerTime(time)), terminal});
}

EvidenceId EvidenceIds::Act(std::string_view evidence) const {
  return IdOf(key_, {"tanhui/import/act/v1", evidence});
}

EvidenceId EvidenceIds::Correction(std::string_view request_id, std::uint32_t revision) const {
  return IdOf(key_, {"tanhui/import/correction/v1", request_id, std::to_string(revision)});
}

EvidenceId EvidenceIds::Weighing(std::string_view booking_request_id) const {
  return IdOf(key_, {"tanhui/import/weighing/v1", booking_request_id});
}

EvidenceId EvidenceIds::AccountOpening(std::string_view asset, std::string_view user) const {
  return IdOf(key_, {"tanhui/import/account_opening/v1", asset, user});
}

std::string RequestIdText(const EvidenceId& id) {
  std::string stored("\x01", 1);
  stored.append(id.begin(), id.end());
  return RequestId::FromStored(stored)->text();
}

}  // namespace tanhui::cli
