#include "interop/settlement/window.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "interop/name_table.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"

namespace tanhui::settlement {
namespace {

constexpr std::size_t kStates = 6;
constexpr std::size_t kEvents = 8;

constexpr std::array<WindowRow, kStates * kEvents> MakeTable() {
  using S = WindowState;
  using E = WindowEvent;
  using M = WindowMessage;
  using C = WindowContradiction;
  constexpr bool kNo = false;
  return {{
      {S::kOpen, E::kClose, S::kClosing, M::kClosing},
      {S::kOpen, E::kTheirClosing, S::kClosing, M::kClosing},
      {S::kOpen, E::kComplete, S::kOpen, M::kNone, C::kNone, kNo},
      {S::kOpen, E::kState, S::kOpen, M::kNone, C::kNone, kNo},
      {S::kOpen, E::kSameStatement, S::kOpen, M::kNone, C::kStatedTooEarly},
      {S::kOpen, E::kOtherStatement, S::kOpen, M::kNone, C::kStatedTooEarly},
      {S::kOpen, E::kMoney, S::kOpen, M::kNone, C::kNone, kNo},
      {S::kOpen, E::kTheirSettled, S::kOpen, M::kNone, C::kSettledTooEarly},

      {S::kClosing, E::kClose, S::kClosing, M::kClosing},
      {S::kClosing, E::kTheirClosing, S::kClosing, M::kClosing},
      {S::kClosing, E::kComplete, S::kClosed},
      {S::kClosing, E::kState, S::kClosing, M::kNone, C::kNone, kNo},
      {S::kClosing, E::kSameStatement, S::kClosing},
      {S::kClosing, E::kOtherStatement, S::kClosing},
      {S::kClosing, E::kMoney, S::kClosing, M::kNone, C::kNone, kNo},
      {S::kClosing, E::kTheirSettled, S::kClosing, M::kNone, C::kSettledTooEarly},

      {S::kClosed, E::kClose, S::kClosed, M::kClosing},
      {S::kClosed, E::kTheirClosing, S::kClosed, M::kClosing},
      {S::kClosed, E::kComplete, S::kClosed},
      {S::kClosed, E::kState, S::kStated, M::kStatement},
      {S::kClosed, E::kSameStatement, S::kClosed},
      {S::kClosed, E::kOtherStatement, S::kClosed},
      {S::kClosed, E::kMoney, S::kClosed, M::kNone, C::kNone, kNo},
      {S::kClosed, E::kTheirSettled, S::kClosed, M::kNone, C::kSettledTooEarly},

      {S::kStated, E::kClose, S::kStated, M::kStatement},
      {S::kStated, E::kTheirClosing, S::kStated, M::kClosing},
      {S::kStated, E::kComplete, S::kStated},
      {S::kStated, E::kState, S::kStated, M::kStatement},
      {S::kStated, E::kSameStatement, S::kAgreed, M::kStatement},
      {S::kStated, E::kOtherStatement, S::kStated, M::kStatement},
      {S::kStated, E::kMoney, S::kStated, M::kNone, C::kNone, kNo},
      {S::kStated, E::kTheirSettled, S::kStated, M::kStatement},

      {S::kAgreed, E::kClose, S::kAgreed, M::kStatement},
      {S::kAgreed, E::kTheirClosing, S::kAgreed, M::kStatement},
      {S::kAgreed, E::kComplete, S::kAgreed},
      {S::kAgreed, E::kState, S::kAgreed, M::kStatement},
      {S::kAgreed, E::kSameStatement, S::kAgreed, M::kStatement},
      {S::kAgreed, E::kOtherStatement, S::kAgreed, M::kStatement, C::kTwoStatements},
      {S::kAgreed, E::kMoney, S::kSettled, M::kSettled},
      {S::kAgreed, E::kTheirSettled, S::kSettled, M::kSettled},

      {S::kSettled, E::kClose, S::kSettled, M::kSettled},
      {S::kSettled, E::kTheirClosing, S::kSettled, M::kSettled},
      {S::kSettled, E::kComplete, S::kSettled},
      {S::kSettled, E::kState, S::kSettled, M::kSettled},
      {S::kSettled, E::kSameStatement, S::kSettled, M::kSettled},
      {S::kSettled, E::kOtherStatement, S::kSettled, M::kSettled, C::kTwoStatements},
      {S::kSettled, E::kMoney, S::kSettled, M::kSettled},
      {S::kSettled, E::kTheirSettled, S::kSettled},
  }};
}

constexpr auto kTable = MakeTable();

constexpr std::size_t PlaceOf(WindowState state, WindowEvent event) {
  return (static_cast<std::size_t>(state) - 1) * kEvents + static_cast<std::size_t>(event) - 1;
}

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (PlaceOf(kTable[i].state, kTable[i].event) != i) {
      return false;
    }
  }
  return true;
}
static_assert(InOrder());

}  // namespace

std::span<const WindowRow> WindowTable() { return kTable; }

const WindowRow& Step(WindowState state, WindowEvent event) {
  const std::size_t at = PlaceOf(state, event);
  Check(at < kTable.size(), "an event or a state that is not in the table");
  return kTable[at];
}

WindowMessage ToResend(WindowState state) {
  switch (state) {
    case WindowState::kClosing:
    case WindowState::kClosed:
      return WindowMessage::kClosing;
    case WindowState::kStated:
    case WindowState::kAgreed:
      return WindowMessage::kStatement;
    case WindowState::kOpen:
    case WindowState::kSettled:
      break;
  }
  return WindowMessage::kNone;
}

std::string_view NameOf(WindowState state) {
  return NameIn(std::array<std::string_view, kStates + 1>{"", "open", "closing", "closed", "stated",
                                                          "agreed", "settled"},
                state);
}

std::string_view NameOf(WindowEvent event) {
  return NameIn(
      std::array<std::string_view, kEvents + 1>{"", "close", "their closing", "complete", "state",
                                                "same statement", "other statement", "money",
                                                "their settled"},
      event);
}

std::string_view NameOf(WindowMessage message) {
  return NameIn(std::array<std::string_view, 4>{"–", "closing", "statement", "settled"}, message);
}

std::string_view NameOf(WindowContradiction contradiction) {
  return NameIn(std::array<std::string_view, 4>{"–", "stated too early", "two statements",
                                                "settled too early"},
                contradiction);
}

Listed ListOf(const std::set<ExchangeId>& ids) {
  std::string bytes;
  bytes.reserve(ids.size() * ExchangeId::kSize);
  for (const ExchangeId& id : ids) {
    bytes.append(id.view());
  }
  return {ids.size(), merkle::Sha256(bytes)};
}

bool Window::AddTheirs(const ExchangeId& id) {
  if (carried_.theirs.contains(id)) {
    return arrived_.insert(id).second;
  }
  itemised_.erase(id);
  return theirs_.insert(id).second;
}

bool Window::SetTheirList(const Listed& listed) {
  if (their_list_.has_value() && *their_list_ != listed) {
    return false;
  }
  their_list_ = listed;
  return true;
}

bool Window::Itemise(const ExchangeId& id) {
  return !theirs_.contains(id) && itemised_.insert(id).second;
}

bool Window::SetTheirMissing(const std::set<ExchangeId>& ids) {
  const bool ours = std::all_of(ids.begin(), ids.end(), [this](const ExchangeId& id) {
    return ours_.contains(id) || carried_.ours.contains(id);
  });
  if (ours) {
    their_missing_ = ids;
  }
  return ours;
}

bool Window::Covered() const {
  if (!their_list_.has_value()) {
    return false;
  }
  std::set<ExchangeId> all = theirs_;
  all.insert(itemised_.begin(), itemised_.end());
  return ListOf(all) == *their_list_;
}

std::set<ExchangeId> Window::Missing() const {
  std::set<ExchangeId> missing = itemised_;
  std::set_difference(carried_.theirs.begin(), carried_.theirs.end(), arrived_.begin(),
                      arrived_.end(), std::inserter(missing, missing.end()));
  return missing;
}

Items Window::Settled() const {
  Items settled;
  std::set<ExchangeId> all = ours_;
  all.insert(carried_.ours.begin(), carried_.ours.end());
  std::set_difference(all.begin(), all.end(), their_missing_.begin(), their_missing_.end(),
                      std::inserter(settled.ours, settled.ours.end()));
  settled.theirs = theirs_;
  settled.theirs.insert(arrived_.begin(), arrived_.end());
  return settled;
}

}  // namespace tanhui::settlement
