// The places of a household.
#ifndef TANHUI_LEDGER_POINTS_MEMBERS_H_
#define TANHUI_LEDGER_POINTS_MEMBERS_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "ledger/core/account.h"

namespace tanhui::points {

// The place of `account` among the members; members.end() when it has none.
template <typename Members>
auto PlaceOf(Members& members, AccountNo account) {
  return std::find_if(members.begin(), members.end(),
                      [account](const Member& place) { return place.account == account; });
}

// Whether the account is a member that has joined.
inline bool IsMember(const std::vector<Member>& members, AccountNo account) {
  const auto place = PlaceOf(members, account);
  return place != members.end() && place->joined;
}

// How many have joined; the others are invited only.
inline std::ptrdiff_t Joined(const std::vector<Member>& members) {
  return std::count_if(members.begin(), members.end(),
                       [](const Member& place) { return place.joined; });
}

}  // namespace tanhui::points

#endif  // TANHUI_LEDGER_POINTS_MEMBERS_H_
