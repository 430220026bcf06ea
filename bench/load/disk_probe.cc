// tanhui_disk_probe: how long a durable append takes in a directory, to a plain file and to the log
// of RocksDB. Everything that tanhui acknowledges has waited for the latter. Prints a line of JSON.
#include <fcntl.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/load/latency_histogram.h"

namespace tanhui::bench {
namespace {

struct Probe {
  std::string directory;
  std::size_t batch_bytes = std::size_t{140} << 10U;
  int times = 300;
};

// Calls `append` again and again and says how long it took; null when one failed.
nlohmann::json Timed(int times, const std::function<bool()>& append) {
  LatencyHistogram took;
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!append()) {
      return nullptr;
    }
    took.Add(std::chrono::steady_clock::now() - start);
  }
  const auto millis = [](std::chrono::nanoseconds time) {
    return static_cast<double>(time.count()) / 1e6;
  };
  return {{"p50_ms", millis(took.Percentile(0.5))},
          {"p99_ms", millis(took.Percentile(0.99))},
          {"max_ms", millis(took.max())},
          {"n", times}};
}

nlohmann::json ProbeFile(const Probe& probe, std::size_t size) {
  const std::string path = probe.directory + "/probe";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) {
    return nullptr;
  }
  const std::string block(size, 'x');
  nlohmann::json result = Timed(probe.times, [&] {
    return ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
           ::fdatasync(file) == 0;
  });
  ::close(file);
  ::unlink(path.c_str());
  return result;
}

// One key a write, as wide as the block: what the log alone costs, without many small rows.
nlohmann::json ProbeRocksDb(const Probe& probe, std::size_t size) {
  const std::string path = probe.directory + "/probe_db";
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, path, &opened).ok()) {
    return nullptr;
  }
  std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  const std::string block(size, 'x');
  int next = 0;
  nlohmann::json result =
      Timed(probe.times, [&] { return db->Put(durable, std::to_string(next++), block).ok(); });
  db.reset();
  rocksdb::DestroyDB(path, options);
  return result;
}

}  // namespace
}  // namespace tanhui::bench

int main(int argc, char** argv) {
  using namespace tanhui::bench;
  CLI::App app("How long a durable append takes.", "tanhui_disk_probe");
  Probe probe;
  app.add_option("directory", probe.directory, "On the disk that is asked about")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--times", probe.times, "Appends of each kind")->check(CLI::Range(10, 1'000'000));
  app.add_option("--batch-bytes", probe.batch_bytes, "Size of the larger append")
      ->check(CLI::Range(1, 64 << 20));
  CLI11_PARSE(app, argc, argv);
  constexpr std::size_t kPage = 4'096;
  const nlohmann::json out = {{"batch_bytes", probe.batch_bytes},
                              {"file_page", ProbeFile(probe, kPage)},
                              {"file_batch", ProbeFile(probe, probe.batch_bytes)},
                              {"rocksdb_page", ProbeRocksDb(probe, kPage)},
                              {"rocksdb_batch", ProbeRocksDb(probe, probe.batch_bytes)}};
  std::printf("%s\n", out.dump().c_str());
  for (const auto& [name, result] : out.items()) {
    if (result.is_null()) {
      std::fprintf(stderr, "tanhui_disk_probe: %s: the disk refused %s\n", probe.directory.c_str(),
                   name.c_str());
      return 1;
    }
  }
  return 0;
}
