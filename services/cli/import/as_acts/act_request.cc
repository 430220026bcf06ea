#include "services/cli/import/as_acts/act_request.h"

#include "services/cli/client/request_stamp.h"

namespace tanhui::cli {

const std::map<std::string, v1::Unit, std::less<>>& UnitsByName() {
  static const std::map<std::string, v1::Unit, std::less<>> units = {
      {"time", v1::UNIT_TIME}, {"metre", v1::UNIT_METRE}, {"step", v1::UNIT_STEP},
      {"gram", v1::UNIT_GRAM}, {"item", v1::UNIT_ITEM},   {"watt_hour", v1::UNIT_WATT_HOUR}};
  return units;
}

v1::Act ActOf(const ClaimFile& file, const Claim& claim) {
  const ActLine& line = file.acts[claim.act];
  const auto text = [&file](std::uint32_t number) { return std::string(file.texts[number]); };
  v1::Act act;
  act.set_scenario(std::string(file.scenarios[claim.scenario]));
  act.set_district(text(line.district));
  act.set_quantity(line.quantity);
  act.set_unit(static_cast<v1::Unit>(line.unit));
  act.set_duration_seconds(line.duration_seconds);
  act.set_material(text(line.material));
  act.set_product(text(line.product));
  act.set_origin_station(text(line.origin));
  act.set_destination_station(text(line.destination));
  act.set_weighing(static_cast<v1::Weighing>(line.weighing));
  if (act.weighing() == v1::WEIGHING_WEIGHED) {
    act.set_booking_request_id(text(line.about));
  }
  if (text(line.subject).empty()) {
    return act;  // that of its booking, or of what it corrects
  }
  v1::Evidence& evidence = *act.add_evidence();
  evidence.set_kind(KindOfEvidence(line.evidence_time != 0));
  evidence.set_source(file.evidence_source);
  evidence.set_subject(text(line.subject));
  evidence.set_device(text(line.device));
  if (line.evidence_time != 0) {
    *evidence.mutable_time() = ToTimestamp(ToLedgerTime(line.evidence_time));
  }
  return act;
}

v1::EvidenceKind KindOfEvidence(bool has_time) {
  return has_time ? v1::EVIDENCE_KIND_MOMENT : v1::EVIDENCE_KIND_RECORD;
}

}  // namespace tanhui::cli
