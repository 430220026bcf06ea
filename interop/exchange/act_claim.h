// One act earns once, in whichever city: which of two claims of the same evidence stands. Pure, and
// the same answer in every city, without asking anybody.
#ifndef TANHUI_INTEROP_EXCHANGE_ACT_CLAIM_H_
#define TANHUI_INTEROP_EXCHANGE_ACT_CLAIM_H_

#include <string_view>

#include "ledger/core/ids.h"

namespace tanhui::exchange {

// A city's award for an act, as both cities tell each other of it: nothing about people.
struct ActClaim {
  Nullifier nullifier;
  // Name of the city's log: the origin line of its checkpoints.
  std::string_view city;
  // The act happened there, by the district of the rule that awarded it.
  bool at_home = false;
};

// Whether `a` stands and `b` is to be reversed on proof. Both claim one nullifier in two cities
// (Check). The city where the act happened comes first; when that is both or neither, the one with
// the smaller SHA-256(nullifier ‖ city).
bool Stands(const ActClaim& a, const ActClaim& b);

}  // namespace tanhui::exchange

#endif  // TANHUI_INTEROP_EXCHANGE_ACT_CLAIM_H_
