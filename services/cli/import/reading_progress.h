// How a reader of an import file says how far it is.
#ifndef TANHUI_SERVICES_CLI_IMPORT_READING_PROGRESS_H_
#define TANHUI_SERVICES_CLI_IMPORT_READING_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <functional>

namespace tanhui::cli {

// Called every kLinesBetweenReports lines with the bytes read so far; false stops the reading,
// which then answers Cancelled.
using ReadingProgress = std::function<bool(std::size_t)>;
inline constexpr std::uint64_t kLinesBetweenReports = 4096;

// Smaller files are read in the blink of an eye and need no bar.
inline constexpr std::size_t kWorthABar = 16U << 20U;

// Line numbers are kept in 32 bits.
inline constexpr std::uint64_t kMostLines = 4'294'967'295;

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_READING_PROGRESS_H_
