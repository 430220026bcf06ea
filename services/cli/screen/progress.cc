#include "services/cli/screen/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenFrames{100};
constexpr std::uint64_t kBarWidth = 26;

std::string Clockwise(std::int64_t seconds) {
  std::string text = absl::StrCat(seconds / 60, ":");
  return absl::StrCat(text, seconds % 60 < 10 ? "0" : "", seconds % 60);
}

std::string PaddedLeft(std::string text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

}  // namespace

Progress::Progress(std::string label, std::uint64_t total, bool terminal, Write write, Clock clock)
    : label_(std::move(label)),
      total_(total),
      terminal_(terminal),
      write_(std::move(write)),
      clock_(std::move(clock)),
      start_(clock_()),
      last_shown_(start_ - kBetweenFrames) {}

Progress Progress::OnStderr(std::string label, std::uint64_t total) {
  const auto write = [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  const auto clock = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  };
  return Progress(std::move(label), total, ::isatty(STDERR_FILENO) == 1, write, clock);
}

void Progress::Update(std::uint64_t done) {
  if (total_ == 0) {
    return;
  }
  done_ = std::min(done, total_);
  const std::chrono::milliseconds now = clock_();
  if (terminal_) {
    if (now - last_shown_ >= kBetweenFrames || done_ == total_) {
      last_shown_ = now;
      bar_shown_ = true;
      write_(BarLine());
    }
    return;
  }
  const std::uint64_t tenths = done_ * 10 / total_;
  if (tenths > tenths_shown_) {
    tenths_shown_ = tenths;
    write_(PlainLine());
  }
}

void Progress::Finish() {
  if (bar_shown_) {
    bar_shown_ = false;
    write_("\n");
  }
}

std::string Progress::BarLine() const {
  const std::uint64_t filled = done_ * kBarWidth / total_;
  // \x1b[K clears what a longer line left behind.
  return absl::StrCat("\r", label_, "  [", std::string(filled, '#'),
                      std::string(kBarWidth - filled, ' '), "] ",
                      PaddedLeft(std::to_string(done_ * 100 / total_), 3), " %  ",
                      Grouped(static_cast<std::int64_t>(done_)), "/",
                      Grouped(static_cast<std::int64_t>(total_)), RateAndRest(), "\x1b[K");
}

std::string Progress::PlainLine() const {
  return absl::StrCat(label_, "  ", done_ * 100 / total_, " %  ",
                      Grouped(static_cast<std::int64_t>(done_)), "/",
                      Grouped(static_cast<std::int64_t>(total_)), RateAndRest(), "\n");
}

std::string Progress::RateAndRest() const {
  const std::int64_t elapsed = (clock_() - start_).count();
  const auto done = static_cast<std::int64_t>(done_);
  if (elapsed <= 0 || done == 0) {
    return "";
  }
  const std::int64_t left = static_cast<std::int64_t>(total_) - done;
  const std::string rate = absl::StrCat("  ", Grouped(done * 1000 / elapsed), "/s  ");
  return left == 0 ? absl::StrCat(rate, "in ", Clockwise(elapsed / 1000))
                   : absl::StrCat(rate, Clockwise(left * elapsed / done / 1000), " left");
}

}  // namespace tanhui::cli
