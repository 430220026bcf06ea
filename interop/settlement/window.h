// A window between two cities: which exchanges it holds, when both are sure that they hold the same
// ones, and what they sign. Pure; WINDOWS.md has the table for people.
#ifndef TANHUI_INTEROP_SETTLEMENT_WINDOW_H_
#define TANHUI_INTEROP_SETTLEMENT_WINDOW_H_

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "ledger/core/ids.h"

namespace tanhui::settlement {

// Of an exchange between the two cities; the origin draws it.
using ExchangeId = Bytes<struct ExchangeIdTag, 16>;

// The numbers stand in log entries.
enum class WindowState : std::uint8_t {
  kOpen = 1,     // exchanges that are committed here fall into it
  kClosing = 2,  // they fall into the next one; the other city's list is waited for
  kClosed = 3,   // every item of both lists is here or is itemised as missing
  kStated = 4,   // the net was computed and signed
  kAgreed = 5,   // both signed the same statement
  kSettled = 6,  // the money moved
};

enum class WindowEvent : std::uint8_t {
  kClose = 1,           // its time is over, or the operator closes it
  kTheirClosing = 2,    // the other city's signed list
  kComplete = 3,        // its list is covered; asked of Window::Covered
  kState = 4,           // compute and sign
  kSameStatement = 5,   // the other city signed the statement that was computed here
  kOtherStatement = 6,  // it signed another one
  kMoney = 7,           // the payment's reference
  kTheirSettled = 8,    // the other city says that the money moved
};

// What is sent to the other city.
enum class WindowMessage : std::uint8_t {
  kNone = 0,
  kClosing = 1,    // number of items and digest of their ids, signed
  kStatement = 2,  // signed
  kSettled = 3,    // reference of the payment, signed
};

// What no honest city can have sent in this state.
enum class WindowContradiction : std::uint8_t {
  kNone = 0,
  kStatedTooEarly = 1,   // it signed a statement before the list of this city went out
  kTwoStatements = 2,    // it signed another statement after an agreed one
  kSettledTooEarly = 3,  // it says that money moved which was never agreed
};

struct WindowRow {
  WindowState state;
  WindowEvent event;
  WindowState next;
  WindowMessage answer = WindowMessage::kNone;
  WindowContradiction contradiction = WindowContradiction::kNone;
  bool possible = true;  // false: refused, whoever asked
};

// Every state with every event, once.
std::span<const WindowRow> WindowTable();
const WindowRow& Step(WindowState state, WindowEvent event);
// What is sent again until it is answered.
WindowMessage ToResend(WindowState state);

std::string_view NameOf(WindowState state);
std::string_view NameOf(WindowEvent event);
std::string_view NameOf(WindowMessage message);
std::string_view NameOf(WindowContradiction contradiction);

// What one city lists of a window: the exchanges that it committed as origin.
struct Listed {
  std::uint64_t items = 0;
  Hash256 digest;
  friend bool operator==(const Listed&, const Listed&) = default;
};
// SHA-256 of the ids one after the other, in order.
Listed ListOf(const std::set<ExchangeId>& ids);

// Exchanges of both cities, by who is the origin.
struct Items {
  std::set<ExchangeId> ours;
  std::set<ExchangeId> theirs;
  friend bool operator==(const Items&, const Items&) = default;
};

// The items of one window at one city. Those that are open when a window is stated (未达账项) are
// carried into the next one, where they are settled once they came. One thread.
class Window {
 public:
  Window() = default;
  explicit Window(Items carried) : carried_(std::move(carried)) {}

  // An exchange that was committed here. False when it is in already.
  bool AddOurs(const ExchangeId& id) { return ours_.insert(id).second; }
  // One that was committed there, and whose decision came: of this window or carried. Only while
  // the window is open or closing; later it belongs to the next one. False when it is in already.
  bool AddTheirs(const ExchangeId& id);
  // The other city's list came; another one than before is refused (false).
  bool SetTheirList(const Listed& listed);
  // An item of the other city's list, which it told one by one, that is not here. False otherwise.
  bool Itemise(const ExchangeId& id);
  // What the other city says that it has not of ours, in all. False when one of them is not ours.
  bool SetTheirMissing(const std::set<ExchangeId>& ids);

  Listed list() const { return ListOf(ours_); }
  // Everything on their list is here or itemised, and nothing is here that is not on it.
  bool Covered() const;
  // Known to be on the other city's list, this time or before, and not here: what is told to it.
  std::set<ExchangeId> Missing() const;
  // What both have, and what only its origin has. The other city answers the same, the other way
  // round, once both know what the other one misses.
  Items Settled() const;
  Items Open() const { return {their_missing_, Missing()}; }

 private:
  Items carried_;
  std::set<ExchangeId> ours_;
  std::set<ExchangeId> theirs_;
  std::set<ExchangeId> arrived_;  // of those carried
  std::set<ExchangeId> itemised_;
  std::set<ExchangeId> their_missing_;
  std::optional<Listed> their_list_;
};

}  // namespace tanhui::settlement

#endif  // TANHUI_INTEROP_SETTLEMENT_WINDOW_H_
