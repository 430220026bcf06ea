// tanhui_load: awards and reads against a running tanhuid, and how long they took.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "bench/load/stage.h"
#include "bench/load/traffic.h"

namespace tanhui::bench {
namespace {

struct Options {
  std::string address = "127.0.0.1:7341";
  std::string mode = "award";
  std::string ids = "uuidv7";
  std::string name;
  std::string json_path;
  std::string names_path;
  int read_share = 80;
  double seconds = 5;
  double warmup = 1;
  bool set_only = false;
  bool no_stage = false;
  StageOptions stage;
  TrafficOptions traffic;
};

std::chrono::nanoseconds Seconds(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

double Micros(std::chrono::nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e3;
}

TrafficOptions TrafficOf(const Options& options) {
  TrafficOptions traffic = options.traffic;
  const bool mixed = options.mode == "mixed";
  traffic.read_percent = mixed ? options.read_share : options.mode == "read" ? 100 : 0;
  traffic.batch_percent = options.mode == "batch" ? 100 : 0;
  traffic.award_percent = 100 - traffic.read_percent - traffic.batch_percent;
  traffic.ids = options.ids == "random" ? IdKind::kRandom : IdKind::kUuidV7;
  traffic.warmup = Seconds(options.warmup);
  traffic.time = Seconds(options.seconds);
  // A new seed for each run: the same request ids again would be answered as replays.
  std::random_device device;
  traffic.seed = std::uint64_t{device()} << 32U | device();
  return traffic;
}

// One line of the table and of the JSON.
struct Row {
  std::string name;
  std::uint64_t calls;
  double units_per_second;
  double gap_micros;
  std::map<std::string, double> micros;  // by percentile
};

constexpr std::pair<const char*, double> kPercentiles[] = {
    {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};

std::vector<Row> RowsOf(const TrafficResult& result, const std::string& name, bool mixed) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < kCallKinds; ++i) {
    const KindResult& kind = result.kinds[i];
    if (kind.latency.count() == 0) {
      continue;
    }
    Row row;
    row.name = name;
    if (mixed || name.empty()) {
      row.name.append(name.empty() ? "" : ": ").append(kCallNames[i]);
    }
    row.calls = kind.latency.count();
    row.units_per_second =
        static_cast<double>(kind.units) * 1e9 / static_cast<double>(result.time.count());
    row.gap_micros = Micros(kind.gap);
    for (const auto& [label, fraction] : kPercentiles) {
      row.micros[label] = Micros(kind.latency.Percentile(fraction));
    }
    row.micros["max"] = Micros(kind.latency.max());
    rows.push_back(std::move(row));
  }
  return rows;
}

void PrintTable(const std::vector<Row>& rows, const TrafficResult& result) {
  std::printf("%-44s %9s %12s %9s %9s %9s %9s %9s\n", "microseconds", "calls", "per second", "p50",
              "p90", "p99", "p99.9", "max");
  for (const Row& row : rows) {
    std::printf("%-44s %9llu %12.0f %9.0f %9.0f %9.0f %9.0f %9.0f\n", row.name.c_str(),
                static_cast<unsigned long long>(row.calls), row.units_per_second,
                row.micros.at("p50"), row.micros.at("p90"), row.micros.at("p99"),
                row.micros.at("p99.9"), row.micros.at("max"));
  }
  for (const auto& [what, count] : result.errors) {
    std::printf("  %llu not accepted: %s\n", static_cast<unsigned long long>(count), what.c_str());
  }
}

bool WriteJson(const std::string& path, const std::vector<Row>& rows, const TrafficResult& result) {
  nlohmann::json out;
  out["seconds"] = static_cast<double>(result.time.count()) / 1e9;
  out["errors"] = result.errors;
  out["rows"] = nlohmann::json::array();
  for (const Row& row : rows) {
    out["rows"].push_back({{"name", row.name},
                           {"calls", row.calls},
                           {"units_per_second", row.units_per_second},
                           {"longest_gap_us", row.gap_micros},
                           {"latency_us", row.micros}});
  }
  if (path == "-") {
    std::printf("%s\n", out.dump().c_str());
    return true;
  }
  std::ofstream file(path);
  file << out.dump() << "\n";
  return file.flush().good();
}

absl::StatusOr<Stage> StageOf(const std::shared_ptr<grpc::Channel>& channel,
                              const Options& options) {
  if (options.no_stage) {
    return MadeUpStage(options.stage);
  }
  if (std::optional<Stage> known = ReadStage(options.names_path, options.stage)) {
    return *std::move(known);
  }
  auto stage = SetStage(channel, options.stage);
  if (stage.ok() && !options.names_path.empty() && !WriteStage(options.names_path, *stage)) {
    return absl::InternalError(options.names_path + " cannot be written");
  }
  return stage;
}

int Run(const Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(16 << 20);
  const auto channel =
      grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments);
  const auto stage = StageOf(channel, options);
  if (!stage.ok()) {
    std::fprintf(stderr, "%s\n", std::string(stage.status().message()).c_str());
    return 1;
  }
  if (options.set_only) {
    std::printf("%zu citizens and %zu budgets are there\n", stage->accounts.size(),
                stage->budgets.size());
    return 0;
  }
  const TrafficResult result = RunTraffic(channel, *stage, TrafficOf(options));
  const std::vector<Row> rows = RowsOf(result, options.name, options.mode == "mixed");
  PrintTable(rows, result);
  if (!options.json_path.empty() && !WriteJson(options.json_path, rows, result)) {
    std::fprintf(stderr, "the results could not be written\n");
    return 1;
  }
  return rows.empty() || result.failures() > 0 ? 1 : 0;
}

void AddOptions(CLI::App& app, Options& options) {
  app.add_option("--address", options.address, "HOST:PORT of tanhuid");
  app.add_option("--mode", options.mode, "award (one by one), batch, read (balances) or mixed")
      ->check(CLI::IsMember({"award", "batch", "read", "mixed"}));
  app.add_option("--read-share", options.read_share, "Reads out of 100 calls, when mixed")
      ->check(CLI::Range(0, 100));
  app.add_option("--batch", options.traffic.batch, "Awards in a batch")
      ->check(CLI::Range(1, 8'192));
  app.add_option("--citizens", options.stage.citizens, "Accounts; opened when they are missing")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--budgets", options.stage.budgets, "Budgets that awards are paid from")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--in-flight", options.traffic.in_flight,
                 "Closed loop: calls always under way. With --rate: the most at once")
      ->check(CLI::Range(1, 65'536));
  app.add_option("--rate", options.traffic.rate,
                 "Open loop: calls a second, each timed from when it was due; 0: closed loop")
      ->check(CLI::Range(0.0, 1e7));
  app.add_option("--seconds", options.seconds, "Measured time")->check(CLI::Range(0.1, 3600.0));
  app.add_option("--warmup", options.warmup, "Seconds before it")->check(CLI::Range(0.0, 600.0));
  app.add_option("--max-calls", options.traffic.max_calls, "Ends after so many calls");
  app.add_option("--ids", options.ids, "Request ids: uuidv7 or random")
      ->check(CLI::IsMember({"uuidv7", "random"}));
  app.add_option("--name", options.name, "What the results call this run");
  app.add_option("--json", options.json_path, "Write results into this file; - for the screen");
  app.add_option("--names", options.names_path,
                 "Take names of citizens and budgets from this file; made when it is missing");
  app.add_flag("--set-only", options.set_only, "Make what is missing, send no load");
  app.add_flag("--no-stage", options.no_stage, "Look for nothing: the server is an echo");
}

}  // namespace
}  // namespace tanhui::bench

int main(int argc, char** argv) {
  CLI::App app("Load for tanhuid: exit status 1 when anything was refused or failed.",
               "tanhui_load");
  tanhui::bench::Options options;
  tanhui::bench::AddOptions(app, options);
  app.footer("Example: tanhui_load --address 127.0.0.1:7341 --mode batch --in-flight 4");
  CLI11_PARSE(app, argc, argv);
  return tanhui::bench::Run(options);
}
