// tanhui_rush: very many citizens ask for few coupons at the moment of their release, while awards
// and balances go on. Exit status 1 when one coupon too many or too few was issued.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "bench/load/rush.h"
#include "bench/load/traffic.h"

namespace tanhui::bench {
namespace {

struct Options {
  std::string address = "127.0.0.1:7341";
  std::string names_path;
  bool json = false;
  StageOptions stage{.citizens = 200'000, .budgets = 10};
  RushOptions rush;
  double rate = 2'000;  // awards and reads a second beside the rush
  double seconds = 5;   // without the rush
};

constexpr std::pair<const char*, double> kPercentiles[] = {
    {"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}};

nlohmann::json LatencyOf(const LatencyHistogram& latency) {
  nlohmann::json out = {{"n", latency.count()}};
  for (const auto& [label, fraction] : kPercentiles) {
    out[label] = static_cast<double>(latency.Percentile(fraction).count()) / 1e6;
  }
  out["max"] = static_cast<double>(latency.max().count()) / 1e6;
  return out;
}

// Awards and reads for so long, after so long.
TrafficOptions Beside(const Options& options, std::chrono::nanoseconds after) {
  TrafficOptions traffic;
  traffic.award_percent = 50;
  traffic.read_percent = 50;
  traffic.rate = options.rate;
  traffic.in_flight = 4'096;
  traffic.warmup = after;
  traffic.time = std::chrono::nanoseconds(static_cast<std::int64_t>(options.seconds * 1e9));
  traffic.seed = std::random_device{}();
  return traffic;
}

nlohmann::json TrafficRow(const TrafficResult& result) {
  return {
      {"awards_ms", LatencyOf(result.kinds[static_cast<std::size_t>(CallKind::kAward)].latency)},
      {"reads_ms", LatencyOf(result.kinds[static_cast<std::size_t>(CallKind::kRead)].latency)},
      {"failures", result.failures()}};
}

void PrintRow(const char* name, const nlohmann::json& latency) {
  std::printf("%-34s %9llu %9.2f %9.2f %9.2f %9.2f\n", name,
              static_cast<unsigned long long>(latency["n"].get<std::uint64_t>()),
              latency["p50"].get<double>(), latency["p99"].get<double>(),
              latency["p99.9"].get<double>(), latency["max"].get<double>());
}

void PrintTable(const nlohmann::json& out) {
  std::printf("%-34s %9s %9s %9s %9s %9s\n", "milliseconds", "calls", "p50", "p99", "p99.9", "max");
  PrintRow("awards before", out["before"]["awards_ms"]);
  PrintRow("balances before", out["before"]["reads_ms"]);
  PrintRow("coupons issued", out["issued_ms"]);
  PrintRow("refused after the release", out["refused_ms"]);
  PrintRow("awards during the rush", out["during"]["awards_ms"]);
  PrintRow("balances during the rush", out["during"]["reads_ms"]);
  std::printf("%llu coupons gone in %.2f s; %.0f calls a second; reasons %s\n",
              static_cast<unsigned long long>(out["coupons"].get<std::uint64_t>()),
              out["until_gone_s"].get<double>(), out["calls_per_second"].get<double>(),
              out["reasons"].dump().c_str());
}

// What must be so whatever the machine; empty when it is.
std::string Wrong(const RushResult& result, const Options& options) {
  const auto wanted = std::min<std::uint64_t>(
      static_cast<std::uint64_t>(options.rush.coupons),
      static_cast<std::uint64_t>(options.stage.citizens) *
          static_cast<std::uint64_t>(std::min(options.rush.per_citizen, options.rush.asks)));
  if (result.coupons != wanted || result.issued_by_campaign != wanted) {
    return absl::StrCat(result.coupons, " coupons were issued by answers and ",
                        result.issued_by_campaign, " by the campaign, not ", wanted);
  }
  if (result.most_of_one_citizen > options.rush.per_citizen) {
    return absl::StrCat("a citizen has ", result.most_of_one_citizen, " coupons");
  }
  static const std::set<std::string> kExpected = {"COUPONS_GONE", "COUPON_LIMIT", "CAMPAIGN_STATE"};
  for (const auto& [reason, count] : result.reasons) {
    if (!kExpected.contains(reason)) {
      return absl::StrCat(count, " calls ended with ", reason);
    }
  }
  return "";
}

int Run(const Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(16 << 20);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto connect = [&] {
    return grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(),
                                     arguments);
  };
  const auto channel = connect();
  std::optional<Stage> stage = ReadStage(options.names_path, options.stage);
  if (!stage.has_value()) {
    auto made = SetStage(channel, options.stage);
    if (!made.ok()) {
      std::fprintf(stderr, "%s\n", std::string(made.status().message()).c_str());
      return 1;
    }
    stage = *std::move(made);
  }
  const TrafficResult before =
      RunTraffic(connect(), *stage, Beside(options, std::chrono::nanoseconds(0)));
  // Measured from the release on, for a time that the rush should outlast.
  TrafficResult during;
  std::thread traffic([&, other = connect()] {
    during = RunTraffic(other, *stage, Beside(options, options.rush.ahead));
  });
  const auto result =
      RunRush(channel, *stage, options.rush,
              absl::StrCat(std::chrono::system_clock::now().time_since_epoch().count()));
  traffic.join();
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", std::string(result.status().message()).c_str());
    return 1;
  }
  nlohmann::json out;
  out["citizens"] = options.stage.citizens;
  out["coupons"] = result->coupons;
  // Asked after the release, or answered with a coupon.
  const std::uint64_t calls = result->issued.count() + result->refused.count();
  out["calls"] = calls;
  out["seconds"] = static_cast<double>(result->time.count()) / 1e9;
  out["until_gone_s"] = static_cast<double>(result->until_gone.count()) / 1e9;
  out["calls_per_second"] =
      static_cast<double>(calls) * 1e9 / static_cast<double>(result->time.count());
  out["issued_ms"] = LatencyOf(result->issued);
  out["refused_ms"] = LatencyOf(result->refused);
  out["reasons"] = result->reasons;
  out["before"] = TrafficRow(before);
  out["during"] = TrafficRow(during);
  if (options.json) {
    std::printf("%s\n", out.dump().c_str());
  } else {
    PrintTable(out);
  }
  std::string wrong = Wrong(*result, options);
  if (wrong.empty() && before.failures() + during.failures() > 0) {
    wrong = "awards or balances failed";
  }
  if (!wrong.empty()) {
    std::fprintf(stderr, "tanhui_rush: %s\n", wrong.c_str());
  }
  return wrong.empty() ? 0 : 1;
}

void AddOptions(CLI::App& app, Options& options) {
  app.add_option("--address", options.address, "HOST:PORT of tanhuid");
  app.add_option("--citizens", options.stage.citizens, "Accounts; opened when they are missing")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--coupons", options.rush.coupons, "Stock of the campaign")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  app.add_option("--per-citizen", options.rush.per_citizen, "The most of one citizen")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--asks", options.rush.asks, "How often each citizen asks")
      ->check(CLI::Range(1, 100));
  app.add_option("--in-flight", options.rush.in_flight, "Calls always under way")
      ->check(CLI::Range(1, 65'536));
  app.add_option("--rate", options.rate, "Awards and balances a second beside the rush")
      ->check(CLI::Range(1.0, 1e6));
  app.add_option("--seconds", options.seconds,
                 "How long these are measured, before the rush and from the release on")
      ->check(CLI::Range(0.1, 600.0));
  app.add_option("--names", options.names_path, "Take names from this file, see tanhui_load");
  app.add_flag("--json", options.json, "One line of JSON");
}

}  // namespace
}  // namespace tanhui::bench

int main(int argc, char** argv) {
  CLI::App app("A rush for coupons against tanhuid.", "tanhui_rush");
  tanhui::bench::Options options;
  tanhui::bench::AddOptions(app, options);
  app.footer("Example: tanhui_rush --address 127.0.0.1:7341 --citizens 200000 --coupons 10000");
  CLI11_PARSE(app, argc, argv);
  options.rush.seed = std::random_device{}();
  return tanhui::bench::Run(options);
}
