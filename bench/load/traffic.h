// Calls of one or more kinds against a server, over one completion queue and one connection, so
// that the client takes as little as it can of the cores it shares with the server.
#ifndef TANHUI_BENCH_LOAD_TRAFFIC_H_
#define TANHUI_BENCH_LOAD_TRAFFIC_H_

#include <grpcpp/channel.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "bench/load/latency_histogram.h"
#include "bench/load/request_ids.h"
#include "bench/load/stage.h"

namespace tanhui::bench {

enum class CallKind { kAward, kBatch, kRead };
inline constexpr std::size_t kCallKinds = 3;
inline constexpr std::array<std::string_view, kCallKinds> kCallNames = {"award", "batch", "read"};

struct TrafficOptions {
  // Out of every 100 calls; they sum to 100.
  int award_percent = 100;
  int batch_percent = 0;
  int read_percent = 0;
  int batch = 1'000;  // awards in a batch
  // Closed loop: this many calls are always under way. Open loop: no more than this many at once;
  // a call that must wait for that keeps the time at which it should have gone out.
  int in_flight = 32;
  // Open loop: calls a second, evenly spaced; 0 means closed loop.
  double rate = 0;
  std::chrono::nanoseconds warmup = std::chrono::seconds(1);
  std::chrono::nanoseconds time = std::chrono::seconds(5);  // after the warm-up
  std::uint64_t max_calls = 1'000'000'000;
  std::chrono::seconds call_timeout{30};
  IdKind ids = IdKind::kUuidV7;
  std::uint64_t seed = 1;
};

// What became of the calls of one kind that belong to the measured time: in a closed loop those
// that ended in it, in an open loop those that were due in it.
struct KindResult {
  LatencyHistogram latency;  // of good calls; from the intended start in an open loop
  std::uint64_t units = 0;   // awards or reads that were accepted
  // The longest time of a closed loop in which none ended, so that nothing became durable.
  std::chrono::nanoseconds gap{0};
};

struct TrafficResult {
  std::array<KindResult, kCallKinds> kinds;
  std::chrono::nanoseconds time{0};             // that the figures are about
  std::map<std::string, std::uint64_t> errors;  // refusals and failures by what they say
  std::uint64_t failures() const;
};

// Runs to the end of the time or of max_calls, and waits for what is under way then.
TrafficResult RunTraffic(const std::shared_ptr<grpc::Channel>& channel, const Stage& stage,
                         const TrafficOptions& options);

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_LOAD_TRAFFIC_H_
