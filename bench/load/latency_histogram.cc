#include "bench/load/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tanhui::bench {

// Values below 128 are their own bucket. A value of b > 7 bits keeps its 7 highest bits (64 to
// 127), and the b - 7 bits that it drops choose the row of 64.
std::size_t LatencyHistogram::BucketOf(std::uint64_t nanos) {
  nanos = std::min(nanos, (std::uint64_t{1} << kMaxBits) - 1);
  const auto bits = static_cast<unsigned>(std::bit_width(nanos));
  const unsigned dropped = bits > kHalfBits + 1 ? bits - kHalfBits - 1 : 0;
  return (std::size_t{dropped} << kHalfBits) + (nanos >> dropped);
}

std::uint64_t LatencyHistogram::UpperEnd(std::size_t bucket) {
  const std::size_t row = bucket >> kHalfBits;
  const auto dropped = static_cast<unsigned>(row > 0 ? row - 1 : 0);
  const std::uint64_t kept = bucket - (std::uint64_t{dropped} << kHalfBits);
  return ((kept + 1) << dropped) - 1;
}

void LatencyHistogram::Add(std::chrono::nanoseconds duration) {
  const std::int64_t nanos = std::max<std::int64_t>(duration.count(), 0);
  ++buckets_[BucketOf(static_cast<std::uint64_t>(nanos))];
  ++count_;
  max_ = std::max(max_, nanos);
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) {
    buckets_[i] += other.buckets_[i];
  }
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds LatencyHistogram::Percentile(double fraction) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    below += buckets_[i];
    if (below >= wanted && below > 0) {
      return std::chrono::nanoseconds(std::min(static_cast<std::int64_t>(UpperEnd(i)), max_));
    }
  }
  return std::chrono::nanoseconds(0);
}

}  // namespace tanhui::bench
