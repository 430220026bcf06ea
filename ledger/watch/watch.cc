#include "ledger/watch/watch.h"

#include <algorithm>

namespace tanhui::watch {

SubjectKind SubjectOf(SignalKind kind) {
  switch (kind) {
    case SignalKind::kDeviceVelocity:
    case SignalKind::kManyCitizens:
    case SignalKind::kCouponDevice:
      return SubjectKind::kDevice;
    case SignalKind::kCallerVelocity:
    case SignalKind::kCouponGroup:
      return SubjectKind::kCaller;
    case SignalKind::kCitizenVelocity:
    case SignalKind::kImpossibleTravel:
    case SignalKind::kCapRefusals:
    case SignalKind::kCouponSplit:
    case SignalKind::kCouponCodes:
      return SubjectKind::kCitizen;
  }
  return SubjectKind::kCitizen;
}

std::uint32_t CityOf(std::uint32_t district) {
  constexpr std::array<std::uint32_t, 6> kCityProvinces = {11, 12, 31, 50, 81, 82};
  const std::uint32_t province = district / 10'000;
  const bool is_city =
      std::find(kCityProvinces.begin(), kCityProvinces.end(), province) != kCityProvinces.end();
  return is_city ? province * 100 : district / 100;
}

Watch::Watch(const WatchOptions& options)
    : options_(options),
      counts_(options.max_rows),
      journeys_(options.max_rows),
      last_at_device_(options.max_rows) {}

std::size_t Watch::rows() const {
  return std::max({counts_.rows(), journeys_.size(), last_at_device_.size()});
}

void Watch::Prefetch(const Sighting& sighting) const {
  if (options_.citizen_acts.most > 0) {
    counts_.Prefetch(SignalKind::kCitizenVelocity, sighting.citizen.value(), options_.citizen_acts,
                     sighting.ended);
  }
}

void Watch::Observe(const Sighting& sighting, std::vector<Signal>& out) {
  const auto count = [&](SignalKind kind, std::uint64_t subject, const Threshold& threshold,
                         const EntryIndex* entry) {
    if (threshold.most > 0 && subject != 0) {
      counts_.Count(kind, subject, threshold, sighting.ended, entry, out);
    }
  };
  if (sighting.refused.has_value()) {
    if (*sighting.refused == Reason::kCapReached) {
      count(SignalKind::kCapRefusals, sighting.citizen.value(), options_.cap_refusals, nullptr);
    }
    return;
  }
  // Tables are larger than caches: most of the time goes into waiting for memory.
  journeys_.Prefetch(sighting.citizen);
  last_at_device_.Prefetch({sighting.device, sighting.citizen.value()});
  const EntryIndex* const entry = &sighting.entry;
  count(SignalKind::kCitizenVelocity, sighting.citizen.value(), options_.citizen_acts, entry);
  count(SignalKind::kDeviceVelocity, sighting.device, options_.device_acts, entry);
  count(SignalKind::kCallerVelocity, sighting.caller.value(), options_.caller_acts, entry);
  if (sighting.citizen == AccountNo(0)) {
    return;
  }
  if (sighting.device != 0 && !sighting.ride && options_.device_citizens.most > 0) {
    CountCitizenAtDevice(sighting, out);
  }
  if (sighting.district != 0 && options_.travel_micros > 0) {
    CheckTravel(sighting, out);
  }
}

// Each citizen is counted once in a window: at the last act there.
void Watch::CountCitizenAtDevice(const Sighting& sighting, std::vector<Signal>& out) {
  const Threshold& threshold = options_.device_citizens;
  LedgerTime& last = last_at_device_.At({sighting.device, sighting.citizen.value()});
  const std::int64_t later = sighting.ended.value() - last.value();
  if (last.value() != 0 && later <= 0 && later > -threshold.window_micros) {
    return;
  }
  if (last.value() != 0 && later > 0 && later < threshold.window_micros) {
    counts_.Uncount(SignalKind::kManyCitizens, sighting.device, threshold, last);
  }
  last = std::max(last, sighting.ended);
  counts_.Count(SignalKind::kManyCitizens, sighting.device, threshold, sighting.ended,
                &sighting.entry, out);
}

void Watch::CheckTravel(const Sighting& sighting, std::vector<Signal>& out) {
  const Place here{sighting.begun, sighting.ended, sighting.entry, CityOf(sighting.district),
                   sighting.ride};
  Journey& journey = journeys_.At(sighting.citizen);
  for (const Place& other : journey.places) {
    if (other.city == 0) {
      continue;
    }
    // Negative when they overlap.
    const std::int64_t gap = std::max(here.begun.value() - other.ended.value(),
                                      other.begun.value() - here.ended.value());
    const bool too_fast = here.city != other.city && gap < options_.travel_micros;
    if (too_fast || (here.ride && other.ride && gap < 0)) {
      out.push_back({SignalKind::kImpossibleTravel,
                     sighting.citizen.value(),
                     std::min(here.begun, other.begun),
                     std::max(here.ended, other.ended),
                     2,
                     {here.entry, other.entry}});
    }
  }
  journey.places[journey.next] = here;
  journey.next = (journey.next + 1) % journey.places.size();
}

}  // namespace tanhui::watch
