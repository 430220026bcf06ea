// Request ids and dice for load: fast, seeded, without a system call for each.
#ifndef TANHUI_BENCH_LOAD_REQUEST_IDS_H_
#define TANHUI_BENCH_LOAD_REQUEST_IDS_H_

#include <cstdint>
#include <string>

namespace tanhui::bench {

// SplitMix64: good enough for load, and one multiplication a number.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next();
  // From 0 to bound - 1; the tiny bias of a remainder does not matter here.
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }

 private:
  std::uint64_t state_;
};

enum class IdKind {
  kUuidV7,  // time-ordered, as the API recommends: neighbours in time are neighbours in the store
  kRandom,  // UUIDv4: every look-up and every write hits another place
};

// Never the same id twice within a run; a run must draw its seed anew, or its requests are replays.
class RequestIds {
 public:
  RequestIds(IdKind kind, std::uint64_t seed) : kind_(kind), dice_(seed) {}
  // 36 lower-case characters.
  void Next(std::string& out);

 private:
  IdKind kind_;
  Dice dice_;
};

}  // namespace tanhui::bench

#endif  // TANHUI_BENCH_LOAD_REQUEST_IDS_H_
