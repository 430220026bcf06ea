#include "ledger/watch/coupon_watch.h"

#include <functional>
#include <map>

#include "ledger/core/check.h"

namespace tanhui::watch {
namespace {

// Whether the two lie in one window, whichever came first.
bool Near(LedgerTime a, LedgerTime b, const Threshold& threshold) {
  const std::int64_t apart = a.value() - b.value();
  return apart < threshold.window_micros && -apart < threshold.window_micros;
}

// Adds one that was seen, at whatever time, to the signal: its span grows to it.
template <typename SeenType>
void Extend(Signal& signal, const SeenType& seen) {
  signal.first = std::min(signal.first, seen.at);
  signal.last = std::max(signal.last, seen.at);
  signal.entries.push_back(seen.entry);
}

}  // namespace

CouponWatch::CouponWatch(const CouponWatchOptions& options)
    : options_(options),
      uses_(options.max_rows),
      merchants_(options.max_rows),
      codes_(options.max_rows),
      devices_(options.max_rows) {
  Check(options.split.most < kFew && options.code_devices.most < kFew &&
            options.device_citizens.most < kFew && options.group.most <= kMany,
        "a threshold over what is remembered");
}

void CouponWatch::Observe(const CouponSighting& sighting, std::vector<Signal>& out) {
  if (sighting.merchant != ParticipantNo(0)) {
    CheckSplit(sighting, out);
    CheckGroup(sighting, out);
    return;
  }
  if (sighting.device == 0) {
    return;
  }
  CountOthers(SignalKind::kCouponCodes, sighting.citizen.value(), options_.code_devices,
              {sighting.at, sighting.device, sighting.coupon}, codes_.At(sighting.coupon), out);
  CountOthers(SignalKind::kCouponDevice, sighting.device, options_.device_citizens,
              {sighting.at, sighting.citizen.value(), sighting.coupon},
              devices_.At(sighting.device), out);
}

void CouponWatch::CheckSplit(const CouponSighting& sighting, std::vector<Signal>& out) {
  if (options_.split.most == 0) {
    return;
  }
  Ring<kFew>& ring = uses_.At({sighting.citizen.value(), sighting.merchant.value()});
  const Seen now{sighting.at, sighting.citizen.value(), sighting.entry};
  ring.Add(now);
  Signal signal{
      SignalKind::kCouponSplit, sighting.citizen.value(), sighting.at, sighting.at, 0, {}};
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Seen& seen = ring.seen[(ring.count - 1 - i) % kFew];
    if (Near(seen.at, sighting.at, options_.split)) {
      ++signal.count;
      Extend(signal, seen);
    }
  }
  if (signal.count > options_.split.most) {
    if (signal.count > options_.split.most + 1) {
      signal.entries.resize(1);  // the others were named at the crossing
    }
    out.push_back(std::move(signal));
  }
}

void CouponWatch::CheckGroup(const CouponSighting& sighting, std::vector<Signal>& out) {
  const std::size_t uses = options_.group.most;
  if (uses == 0) {
    return;
  }
  Ring<kMany>& ring = merchants_.At(sighting.merchant);
  ring.Add({sighting.at, sighting.citizen.value(), sighting.entry});
  if (ring.count < uses) {
    return;
  }
  std::map<std::uint64_t, std::size_t> by_citizen;
  Signal signal{SignalKind::kCouponGroup,
                sighting.merchant.value(),
                sighting.at,
                sighting.at,
                static_cast<std::uint32_t>(uses),
                {}};
  for (std::size_t i = 0; i < uses; ++i) {
    const Seen& seen = ring.seen[(ring.count - 1 - i) % kMany];
    if (!Near(seen.at, sighting.at, options_.group)) {
      return;
    }
    ++by_citizen[seen.who];
    Extend(signal, seen);
  }
  std::vector<std::size_t> counts;
  for (const auto& [citizen, count] : by_citizen) {
    counts.push_back(count);
  }
  std::sort(counts.begin(), counts.end(), std::greater<>());
  std::size_t most = 0;
  for (std::size_t i = 0; i < std::min(options_.group_citizens, counts.size()); ++i) {
    most += counts[i];
  }
  constexpr std::size_t kWhole = 1'000;
  if (most * kWhole >= uses * options_.group_permille) {
    out.push_back(std::move(signal));
    ring = {};  // the next signal is of other uses
  }
}

void CouponWatch::CountOthers(SignalKind kind, std::uint64_t subject, const Threshold& threshold,
                              const Seen& now, Ring<kFew>& ring, std::vector<Signal>& out) {
  if (threshold.most == 0) {
    return;
  }
  Signal signal{kind, subject, now.at, now.at, 1, {now.entry}};
  for (std::size_t i = 0; i < ring.size(); ++i) {
    Seen& seen = ring.seen[i];
    if (seen.who == now.who) {
      seen.at = std::max(seen.at, now.at);  // known: no news
      return;
    }
    if (Near(seen.at, now.at, threshold)) {
      ++signal.count;
      Extend(signal, seen);
    }
  }
  ring.Add(now);
  if (signal.count > threshold.most) {
    std::sort(signal.entries.begin(), signal.entries.end());
    signal.entries.erase(std::unique(signal.entries.begin(), signal.entries.end()),
                         signal.entries.end());
    std::reverse(signal.entries.begin(), signal.entries.end());
    out.push_back(std::move(signal));
  }
}

}  // namespace tanhui::watch
