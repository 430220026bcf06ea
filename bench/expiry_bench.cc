// A month-end at which very many lots expire, while citizens go on earning. Opens a city, gives
// every citizen a lot, lets a year pass on the ledger's clock, and measures how long the sweeper
// takes and what single awards wait meanwhile. TMPDIR says on which disk.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "bench/disk_ledger.h"
#include "ledger/points/points_book.h"

namespace tanhui::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kBatch = 8'000;
// Setting up pauses at every so many, to show that it goes on.
constexpr std::uint64_t kSlice = 400'000;

// Real time, moved ahead once: the ledger's own time is an argument.
class MovedClock final : public sequencer::Clock {
 public:
  LedgerTime Wall() const override { return LedgerTime(real_.Wall().value() + moved_.load()); }
  std::int64_t MonotonicMicros() const override { return real_.MonotonicMicros() + moved_.load(); }
  void Move(std::int64_t micros) { moved_ += micros; }

 private:
  sequencer::SystemClock real_;
  std::atomic<std::int64_t> moved_{0};
};

double Seconds(steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

struct Waits {
  std::vector<double> micros;
  double At(double quantile) {
    if (micros.empty()) {
      return 0;
    }
    const auto at = static_cast<std::ptrdiff_t>(quantile * static_cast<double>(micros.size() - 1));
    std::nth_element(micros.begin(), micros.begin() + at, micros.end());
    return micros[static_cast<std::size_t>(at)];
  }
};

class Month {
 public:
  explicit Month(std::uint64_t citizens)
      : citizens_(citizens), clerk_(IdKind::kUuidV7, citizens), ledger_(clock_, Options()) {}

  void Open() {
    std::printf("opening %" PRIu64 " accounts, a lot in each\n", citizens_);
    ledger_.Run(Cut(clerk_.Institutions(), kBatch), 4);
    for (std::uint64_t first = 0; first < citizens_; first += kSlice) {
      const std::uint64_t last = std::min(citizens_, first + kSlice);
      std::vector<Command> openings;
      std::vector<Command> awards;
      for (std::uint64_t i = first; i < last; ++i) {
        openings.push_back(clerk_.OpenCitizen());
        awards.push_back(clerk_.Award(i, i % kBudgets));
      }
      ledger_.Run(Cut(std::move(openings), kBatch), 4);
      ledger_.Run(Cut(std::move(awards), kBatch), 4);
      std::printf("\r%11" PRIu64, last);
      std::fflush(stdout);
    }
    std::printf("\n");
  }

  // Everybody's points pass their date.
  void Pass() { clock_.Move(400 * kMicrosPerDay); }

  // One award after the other until `done`; each waits for its own fsync.
  template <typename Done>
  Waits AwardUntil(Done done) {
    Waits waits;
    while (!done()) {
      const auto start = steady_clock::now();
      ledger_.Run(Cut({clerk_.Award()}, 1), 1);
      waits.micros.push_back(Seconds(steady_clock::now() - start) * 1e6);
    }
    return waits;
  }

  sequencer::Engine& engine() { return ledger_.engine(); }

 private:
  static sequencer::EngineOptions Options() {
    sequencer::EngineOptions options;
    options.may_be_due = points::MayBeDue;
    return options;
  }

  std::uint64_t citizens_;
  MovedClock clock_;
  Clerk clerk_;
  DiskLedger ledger_;
};

nlohmann::json Row(Waits& waits) {
  return {{"awards", waits.micros.size()},
          {"p50_us", waits.At(0.5)},
          {"p99_us", waits.At(0.99)},
          {"p999_us", waits.At(0.999)},
          {"max_us", waits.At(1.0)}};
}

void Run(std::uint64_t citizens, const std::string& json_path) {
  Month month(citizens);
  month.Open();
  const auto second = steady_clock::now() + std::chrono::seconds(10);
  Waits before = month.AwardUntil([second] { return steady_clock::now() >= second; });
  month.Pass();
  sequencer::Sweeper& sweeper = *month.engine().sweeper();
  const std::uint64_t passes = sweeper.passes();
  const std::uint64_t size = month.engine().durable_size();
  const auto start = steady_clock::now();
  sweeper.Nudge();
  Waits during = month.AwardUntil([&sweeper, passes] { return sweeper.passes() > passes; });
  const double seconds = Seconds(steady_clock::now() - start);
  const std::uint64_t expired = month.engine().durable_size() - size - during.micros.size();
  nlohmann::json out = {{"citizens", citizens},
                        {"expired_entries", expired},
                        {"seconds", seconds},
                        {"expired_per_second", static_cast<double>(expired) / seconds},
                        {"single_awards_before", Row(before)},
                        {"single_awards_during", Row(during)}};
  std::printf("%s\n", out.dump(2).c_str());
  if (!json_path.empty()) {
    std::FILE* file = std::fopen(json_path.c_str(), "w");
    Check(file != nullptr, "the result's file can be written");
    std::fputs((out.dump(2) + "\n").c_str(), file);
    std::fclose(file);
  }
}

}  // namespace
}  // namespace tanhui::bench

int main(int argc, char** argv) {
  CLI::App app("How fast lots expire at a month-end, and what awards wait meanwhile.");
  std::uint64_t citizens = 1'000'000;
  std::string json;
  app.add_option("--citizens", citizens, "Accounts with one lot each")
      ->check(CLI::Range(1, 100'000'000));
  app.add_option("--json", json, "Also write the result to this file");
  CLI11_PARSE(app, argc, argv);
  tanhui::bench::Run(citizens, json);
  return 0;
}
