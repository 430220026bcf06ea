// Invariants that stay on in release builds.
#ifndef TANHUI_LEDGER_CORE_CHECK_H_
#define TANHUI_LEDGER_CORE_CHECK_H_

#include <string_view>

namespace tanhui {

// Prints `what` and where it happened to stderr, then aborts. A restart replays the log, so an
// abort loses nothing that was acknowledged.
// The defaults name the caller's file and line (std::source_location is missing in clang 14, whose
// clang-tidy reads this).
[[noreturn]] void Die(std::string_view what, const char* file = __builtin_FILE(),
                      int line = __builtin_LINE());

// Aborts when `holds` is false: the program is wrong or no longer knows its state. Never used for
// bad input (a Refusal) or for a failing world (an absl::Status).
inline void Check(bool holds, std::string_view what, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  if (!holds) [[unlikely]] {
    Die(what, file, line);
  }
}

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_CHECK_H_
