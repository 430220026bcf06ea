// How far a long job is, for whoever watches it.
#ifndef TANHUI_SERVICES_CLI_SCREEN_PROGRESS_H_
#define TANHUI_SERVICES_CLI_SCREEN_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tanhui::cli {

// On a terminal a bar that is redrawn in place, at most ten times a second:
//   awards  [##############            ]  54 %   5,400/10,000  21,300/s  0:12 left
// elsewhere (a log file, CI) a plain line at each tenth of the way.
class Progress {
 public:
  using Clock = std::function<std::chrono::milliseconds()>;
  using Write = std::function<void(std::string_view)>;

  // `clock` never goes back; `write` takes the text to show. Nothing is shown when total is 0.
  Progress(std::string label, std::uint64_t total, bool terminal, Write write, Clock clock);
  // On stderr, by the machine's steady clock.
  static Progress OnStderr(std::string label, std::uint64_t total);

  void Update(std::uint64_t done);
  // Ends a bar's line, also when the job stopped half way.
  void Finish();

 private:
  std::string BarLine() const;
  std::string PlainLine() const;
  std::string RateAndRest() const;

  std::string label_;
  std::uint64_t total_;
  bool terminal_;
  Write write_;
  Clock clock_;
  std::chrono::milliseconds start_;
  std::chrono::milliseconds last_shown_;
  std::uint64_t done_ = 0;
  std::uint64_t tenths_shown_ = 0;
  bool bar_shown_ = false;
};

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_SCREEN_PROGRESS_H_
