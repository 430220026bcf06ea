// A rush for coupons: very many citizens ask for few at the moment of their release, while awards
// and reads go on.
#ifndef TANHUI_BENCH_LOAD_RUSH_H_
#define TANHUI_BENCH_LOAD_RUSH_H_

#include <grpcpp/channel.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "bench/load/latency_histogram.h"
#include "bench/load/stage.h"

namespace tanhui::bench {

struct RushOptions {
  std::int64_t coupons = 10'000;
  int per_citizen = 1;
  // Each citizen asks so many times, in random order among all.
  int asks = 2;
  int in_flight = 512;
  // From the opening of the campaign to the release, and from the first call to the release.
  std::chrono::seconds ahead{3};
  std::chrono::seconds early{1};
  std::chrono::seconds call_timeout{60};
  std::uint64_t seed = 1;
};

struct RushResult {
  LatencyHistogram issued;                       // calls that got a coupon
  LatencyHistogram refused;                      // calls that got none, asked after the release
  std::map<std::string, std::uint64_t> reasons;  // of refusals and failures
  std::uint64_t coupons = 0;                     // that were issued, by answers
  std::uint64_t issued_by_campaign = 0;          // likewise, by the campaign
  int most_of_one_citizen = 0;
  std::chrono::nanoseconds until_gone{0};  // from the release to the last coupon
  std::chrono::nanoseconds time{0};        // from the release to the last answer
};

// Opens a campaign of its own for the stage's citizens and lets all of them ask. `run` tells runs
// against one ledger apart.
absl::StatusOr<RushResult> RunRush(const std::shared_ptr<grpc::Channel>& channel,
                                   const Stage& stage, const RushOptions& options,
                                   const std::string& run);

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_LOAD_RUSH_H_
