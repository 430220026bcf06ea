// A city's log as a third party reads it, from the first entry on, for what it says of one window
// with another city: the same statement from either log, by the logs alone. Pure.
#ifndef TANHUI_INTEROP_BOOKS_WINDOWS_LOG_READING_H_
#define TANHUI_INTEROP_BOOKS_WINDOWS_LOG_READING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "interop/books/windows/peer_windows.h"
#include "interop/settlement/statement.h"
#include "ledger/core/ids.h"
#include "ledger/merkle/tree.h"

namespace tanhui::interop {

// One thread.
class LogReading {
 public:
  // `other`: name of the other city's log.
  LogReading(std::string other, std::uint64_t window) : other_(std::move(other)), window_(window) {}

  // The entries as they are stored, in order. False when one cannot be decoded.
  [[nodiscard]] bool Add(std::string_view leaf);

  // Of everything that was added.
  std::uint64_t size() const { return tree_.size(); }
  Hash256 Root() const { return tree_.Root(); }
  // Name of the log; empty when it does not begin with one.
  const std::string& origin() const { return origin_; }
  // nullptr: the other city is no peer of this one.
  const PeerWindows* windows() const { return windows_.has_value() ? &*windows_ : nullptr; }
  // The log up to the step that closed the window; nullopt: it is open.
  const std::optional<ClosedLog>& closed() const { return closed_; }

 private:
  std::string other_;
  std::uint64_t window_;
  std::string origin_;
  merkle::TreeBuilder tree_;
  std::optional<PeerWindows> windows_;
  std::optional<ClosedLog> closed_;
};

// The statement as the first log has it; nullopt while it does not follow from both logs.
std::optional<settlement::Statement> StatementBy(const LogReading& log, const LogReading& other,
                                                 std::uint64_t window);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_WINDOWS_LOG_READING_H_
