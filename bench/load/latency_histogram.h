// Counts of durations by size, small enough to keep one for each thread and merge them later.
#ifndef TANHUI_BENCH_LOAD_LATENCY_HISTOGRAM_H_
#define TANHUI_BENCH_LOAD_LATENCY_HISTOGRAM_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tanhui::bench {

// Log-linear, as HdrHistogram is: below 128 ns every value has a bucket of its own; above, each
// power of two is cut into 64 equal buckets, so a percentile is too high by at most 1/64 (1.6 %)
// and never too low. Values beyond 2^42 ns (73 minutes) are counted as that. 19 KiB, no
// allocation. Not thread-safe.
class LatencyHistogram {
 public:
  void Add(std::chrono::nanoseconds duration);
  void Merge(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }
  // The smallest bucket's upper end below which at least `fraction` (0 to 1) of the values lie, but
  // no more than max(); zero when there are none.
  std::chrono::nanoseconds Percentile(double fraction) const;

 private:
  static constexpr unsigned kHalfBits = 6;  // 64 buckets for each power of two
  static constexpr unsigned kMaxBits = 42;
  static constexpr std::size_t kBuckets = (kMaxBits - kHalfBits + 1) << kHalfBits;
  static std::size_t BucketOf(std::uint64_t nanos);
  static std::uint64_t UpperEnd(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_LOAD_LATENCY_HISTOGRAM_H_
