// ledger_growth: a ledger on the disk that grows under full load, without gRPC. After every slice
// of awards it prints a line of JSON: how fast the slice was, the longest time without a durable
// batch, and what the ledger takes of disk and memory. bench/compare runs it, and may kill it.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/disk_ledger.h"
#include "bench/ride_clerk.h"
#include "ledger/points/points_book.h"

namespace tanhui::bench {
namespace {

using std::chrono::steady_clock;

struct Options {
  std::string directory;
  std::string key_path;
  std::string ids = "uuidv7";
  std::string commands = "awards";
  std::uint64_t citizens = 1'000'000;
  std::uint64_t paying = kBudgets;
  std::uint64_t awards = 1'000'000;
  std::uint64_t slice = 1'000'000;
  std::uint64_t chunk = 400'000;
  std::size_t batch = 1'000;
  std::size_t under_way = 4;
  double seconds = 3'600;
  bool until_killed = false;
};

double Seconds(steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// Of all threads together.
double CpuSeconds() {
  rusage used{};
  Check(::getrusage(RUSAGE_SELF, &used) == 0, "the time used is known");
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Files may come and go while they are counted: those that are gone count nothing.
std::uint64_t BytesBelow(const std::string& directory) {
  std::uint64_t sum = 0;
  std::error_code gone;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory, gone)) {
    std::error_code ignored;
    const std::uint64_t size = file.is_regular_file(ignored) ? file.file_size(ignored) : 0;
    sum += ignored ? 0 : size;
  }
  return sum;
}

std::uint64_t ResidentBytes() {
  std::uint64_t pages = 0;
  std::ifstream file("/proc/self/statm");
  file >> pages >> pages;  // the second number
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string ReadKey(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

sequencer::EngineOptions EngineIn(const std::string& directory) {
  sequencer::EngineOptions options;
  options.data_directory = directory + "/data";
  options.checkpoint_copy = directory + "/checkpoint";
  options.may_be_due = points::MayBeDue;
  return options;
}

class Growth {
 public:
  explicit Growth(const Options& options)
      : options_(options),
        clerk_(options.ids == "random" ? IdKind::kRandom : IdKind::kUuidV7, options.citizens,
               options.paying),
        ledger_(clock_, EngineIn(options.directory), ReadKey(options.key_path)) {}

  // Time alone in which commands are under way; making them is not counted.
  struct Span {
    double seconds = 0;
    double cpu_seconds = 0;
    std::chrono::nanoseconds stall{};
  };

  void Open() {
    Span span;
    Submit(clerk_.Institutions(), span);
    for (std::uint64_t left = options_.citizens; left > 0;) {
      std::vector<Command> citizens(std::min(left, options_.chunk));
      std::generate(citizens.begin(), citizens.end(), [this] { return clerk_.OpenCitizen(); });
      left -= citizens.size();
      Submit(std::move(citizens), span);
    }
    if (Visiting()) {
      Submit(clerk_.Merchants(), span);
    }
    if (Riding()) {
      Submit(rides_.Publication(), span);
    }
    Print("opened", options_.citizens, span, 0);
  }

  // False when the time is over.
  bool Slice() {
    Span span;
    std::uint64_t done = 0;
    while (done < options_.slice && used_ < options_.seconds) {
      const std::uint64_t count = std::min(options_.slice - done, options_.chunk);
      Submit(Next(count), span);
      done += count;
    }
    total_ += done;
    Print("slice", done, span, total_);
    return used_ < options_.seconds;
  }

  void Run() {
    Open();
    used_ = 0;
    while (total_ < options_.awards && Slice()) {
    }
    std::printf("{\"kind\":\"done\"}\n");
    std::fflush(stdout);
    // Batches go on until the kill, so that it hits work under way; an hour at most.
    for (Span span; options_.until_killed && span.seconds < 3'600;) {
      Submit(Next(options_.chunk), span);
    }
  }

 private:
  bool Visiting() const { return options_.commands == "visits"; }
  bool Riding() const { return options_.commands == "rides"; }

  std::vector<Command> Next(std::uint64_t count) {
    if (Visiting()) {
      return clerk_.Visits(count);
    }
    return Riding() ? rides_.Rides(count, clock_.Wall()) : clerk_.Awards(count);
  }

  void Submit(std::vector<Command> commands, Span& span) {
    std::vector<std::vector<Command>> batches = Cut(std::move(commands), options_.batch);
    const double cpu = CpuSeconds();
    const auto start = steady_clock::now();
    span.stall = std::max(span.stall, ledger_.Run(std::move(batches), options_.under_way));
    const double seconds = Seconds(steady_clock::now() - start);
    span.seconds += seconds;
    used_ += seconds;
    span.cpu_seconds += CpuSeconds() - cpu;
  }

  void Print(const char* kind, std::uint64_t count, const Span& span, std::uint64_t total) {
    const auto commands = static_cast<double>(std::max<std::uint64_t>(count, 1));
    const nlohmann::json line = {
        {"kind", kind},
        {"count", count},
        {"total", total},
        {"seconds", span.seconds},
        {"per_second", commands / span.seconds},
        {"cpu_us", span.cpu_seconds * 1e6 / commands},
        {"stall_ms", Seconds(span.stall) * 1e3},
        {"entries", ledger_.engine().durable_size()},
        {"disk_bytes", BytesBelow(options_.directory + "/data")},
        {"resident_bytes", ResidentBytes()},
    };
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  }

  const Options options_;
  const sequencer::SystemClock clock_;
  Clerk clerk_;
  RideClerk rides_{clerk_};
  DiskLedger ledger_;
  std::uint64_t total_ = 0;
  double used_ = 0;  // seconds under load
};

void AddOptions(CLI::App& app, Options& options) {
  app.add_option("--directory", options.directory,
                 "Holds data/ and checkpoint: none yet, or those of a ledger without accounts")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--key", options.key_path, "The ledger's signing key, made by tanhui keygen")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--citizens", options.citizens, "Accounts to open first")
      ->check(CLI::Range(1, 100'000'000));
  app.add_option("--budgets", options.paying, "Budgets that pay, and merchants; 1: hot ones")
      ->check(CLI::Range(std::uint64_t{1}, kBudgets));
  app.add_option("--commands", options.commands,
                 "awards that state their points; visits: an award and a redemption; or rides, "
                 "which earn by the rules and show evidence")
      ->check(CLI::IsMember({"awards", "visits", "rides"}));
  app.add_option("--awards", options.awards, "Commands to grow by, rounded up to whole slices")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000'000'000}));
  app.add_option("--slice", options.slice, "Commands from one line of output to the next")
      ->check(CLI::Range(1, 1'000'000'000));
  app.add_option("--chunk", options.chunk, "Commands made at a time: they take memory")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--batch", options.batch, "Commands in a batch")->check(CLI::Range(1, 8'192));
  app.add_option("--under-way", options.under_way, "Batches submitted at once")
      ->check(CLI::Range(1, 64));
  app.add_option("--ids", options.ids, "Request ids: uuidv7 or random")
      ->check(CLI::IsMember({"uuidv7", "random"}));
  app.add_option("--seconds", options.seconds, "Stops growing after so long under load")
      ->check(CLI::Range(0.01, 1e6));
  app.add_flag("--until-killed", options.until_killed, "Goes on after the last line of output");
}

}  // namespace
}  // namespace tanhui::bench

int main(int argc, char** argv) {
  CLI::App app("A ledger that grows under full load.", "ledger_growth");
  tanhui::bench::Options options;
  tanhui::bench::AddOptions(app, options);
  CLI11_PARSE(app, argc, argv);
  tanhui::bench::Growth(options).Run();
  return 0;
}
