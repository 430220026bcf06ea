// tanhui_disk_probe: how long a durable append takes in a directory. Everything that tanhui
// acknowledges has waited for one.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/load/latency_histogram.h"

namespace {

// Appends `size` bytes and fsyncs, `times` times; false when the disk says no.
bool Probe(const std::string& path, std::size_t size, int times) {
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) {
    return false;
  }
  const std::string block(size, 'x');
  tanhui::bench::LatencyHistogram took;
  bool ok = true;
  for (int i = 0; i < times && ok; ++i) {
    const auto start = std::chrono::steady_clock::now();
    ok = ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
         ::fdatasync(file) == 0;
    took.Add(std::chrono::steady_clock::now() - start);
  }
  ::close(file);
  ::unlink(path.c_str());
  const auto millis = [&took](double fraction) {
    return static_cast<double>(took.Percentile(fraction).count()) / 1e6;
  };
  if (ok) {
    std::printf("fsynced append of %zu KiB: p50 %.3f ms, p99 %.3f ms (n %d)\n", size >> 10U,
                millis(0.5), millis(0.99), times);
  }
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: tanhui_disk_probe DIRECTORY\n");
    return 2;
  }
  const std::string path = std::string(argv[1]) + "/disk_probe";
  const bool ok =
      Probe(path, std::size_t{4} << 10U, 500) && Probe(path, std::size_t{256} << 10U, 100);
  if (!ok) {
    std::perror(path.c_str());
  }
  return ok ? 0 : 1;
}
