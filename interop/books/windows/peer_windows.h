// What a log says of the windows with one peer, read entry by entry: by the city itself, or by
// whoever has its log. Pure; in memory are the exchanges of
// windows that are not settled, and of the last one that is.
#ifndef TANHUI_INTEROP_BOOKS_WINDOWS_PEER_WINDOWS_H_
#define TANHUI_INTEROP_BOOKS_WINDOWS_PEER_WINDOWS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "interop/settlement/statement.h"
#include "interop/settlement/window.h"
#include "ledger/core/book.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"

namespace tanhui::interop {

using settlement::ExchangeId;

// What the action is in the table of windows; nullopt of those that only tell ids.
std::optional<settlement::WindowEvent> EventOf(entry::v1::WindowAction action);

// So many ids a step tells at most.
inline constexpr std::size_t kMostStepIds = 2'000;  // an entry has room for no more than 3,600

// An exchange with the amounts of its terms.
struct WindowItem {
  ExchangeId id;
  std::int64_t points = 0;
  std::int64_t grams = 0;
  std::int64_t fen = 0;
};

// One window.
struct WindowBook {
  settlement::WindowState state = settlement::WindowState::kOpen;
  // The step by which it was no longer open: the log up to it has all that was committed here.
  std::optional<EntryIndex> left_open = {};
  EntryIndex changed;       // the last step
  LedgerTime changed_time;  // of it
  // Committed here; in order of ids once it is no longer open.
  std::vector<WindowItem> ours = {};
  // Committed there in this window and confirmed here before it was complete.
  std::vector<WindowItem> theirs = {};
  // Committed there in an earlier one that was complete when they were confirmed.
  std::vector<WindowItem> arrived = {};
  std::optional<settlement::Listed> their_list = {};
  LedgerTime their_list_time;
  std::set<ExchangeId> itemised = {};  // and not come before it was complete
  std::optional<std::set<ExchangeId>> their_missing = {};
  std::string statement = {};  // that was computed here
  std::string note = {};       // the peer's of the same text
  std::string reference = {};  // of the payment
  // Once it was stated: what is carried into the next one.
  std::optional<settlement::Items> open = {};
  // It was settled, as was a later one, and its exchanges were forgotten.
  bool forgotten = false;

  bool complete() const { return state >= settlement::WindowState::kClosed; }
};

// The log that a city's part of a statement is computed from.
struct ClosedLog {
  settlement::City city;
  std::uint64_t size = 0;
  Hash256 root;
};

// One thread.
class PeerWindows {
 public:
  // With `keep`, exchanges of settled windows are not forgotten.
  explicit PeerWindows(ParticipantNo peer, bool keep = false) : peer_(peer), keep_(keep) {}

  // Entries in the order of the log; what is not about the peer passes by. True when it was a
  // step of a window.
  bool Add(EntryIndex index, const Entry& entry);

  // Every window that something is known of.
  const std::map<std::uint64_t, WindowBook>& all() const { return windows_; }
  // nullptr: nothing is known of it.
  const WindowBook* Find(std::uint64_t window) const;
  settlement::WindowState StateOf(std::uint64_t window) const;
  // What is committed here now falls into it.
  std::uint64_t open_window() const { return open_window_; }

  // Its exchanges, with those that are carried into it. Of one that was not forgotten.
  settlement::Window Compose(std::uint64_t window) const;
  // What is open of it, and so carried into the next one.
  settlement::Items OpenOf(std::uint64_t window) const;
  // What this city signs of a window that is complete and of which the peer told what it misses;
  // nullopt when it is not that far, is forgotten, or sums leave the range of 64 bits.
  std::optional<settlement::Statement> StatementOf(std::uint64_t window, const ClosedLog& ours,
                                                   const ClosedLog& theirs) const;

 private:
  void AddDecision(const entry::v1::ExchangeDecision& decision);
  void AddConclusion(const entry::v1::ExchangeConclusion& conclusion);
  void AddStep(EntryIndex index, LedgerTime time, const entry::v1::WindowStep& step);
  void ForgetBefore(std::uint64_t window);
  void NoteTheirMissing(WindowBook& book, const entry::v1::WindowStep& step);

  ParticipantNo peer_;
  bool keep_;
  std::uint64_t open_window_ = 1;
  std::map<std::uint64_t, WindowBook> windows_;
  std::map<EntryIndex, WindowItem> leaving_;  // preparations that are not decided
  std::map<EntryIndex, WindowItem> coming_;   // receptions that are not concluded
  std::map<ExchangeId, WindowItem> late_;     // ours that the peer missed once
};

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_WINDOWS_PEER_WINDOWS_H_
