#include "interop/books/windows/log_reading.h"

#include "ledger/merkle/hash.h"

namespace tanhui::interop {

bool LogReading::Add(std::string_view leaf) {
  const EntryIndex index(tree_.size());
  tree_.Append(merkle::LeafHash(leaf));
  tree_.Grow();  // nobody stores it
  Entry entry;
  if (!entry.ParseFromArray(leaf.data(), static_cast<int>(leaf.size()))) {
    return false;
  }
  if (entry.has_genesis()) {
    origin_ = entry.genesis().origin();
  }
  if (!windows_.has_value()) {
    if (entry.has_peer_registration() && entry.peer_registration().log() == other_) {
      windows_.emplace(ParticipantNo(entry.peer_registration().peer()), true);
    }
    return true;
  }
  if (windows_->Add(index, entry) && !closed_.has_value()) {
    const WindowBook* book = windows_->Find(window_);
    if (book != nullptr && book->left_open == index) {
      closed_ = ClosedLog{origin_, tree_.size(), tree_.Root()};
    }
  }
  return true;
}

std::optional<settlement::Statement> StatementBy(const LogReading& log, const LogReading& other,
                                                 std::uint64_t window) {
  return log.windows() != nullptr && log.closed().has_value() && other.closed().has_value()
             ? log.windows()->StatementOf(window, *log.closed(), *other.closed())
             : std::nullopt;
}

}  // namespace tanhui::interop
