#include "services/rpc/unclaimed/claim_reasons.h"

#include <algorithm>

namespace tanhui::rpc {

bool IsForGood(const Refusal& refusal) {
  switch (refusal.reason) {
    // Names in the act itself: none is ever forgotten, so it never was one.
    case Reason::kUnknownBudget:
    case Reason::kUnknownEntry:
    case Reason::kUnknownScenario:
    case Reason::kUnknownDistrict:
    case Reason::kUnknownProduct:
    case Reason::kUnknownMaterial:
    case Reason::kUnknownStation:
    case Reason::kUnknownSource:
    case Reason::kUnknownVenue:
    // The request id was used by something else, or cancelled.
    case Reason::kRequestIdReused:
    case Reason::kRequestCancelled:
    // Time does not come back, and what is in force at a date never changes once it began.
    case Reason::kActTooOld:
    case Reason::kActTooLate:
    case Reason::kBudgetOutOfPeriod:
    case Reason::kNoRuleInForce:
    case Reason::kScenarioOff:
    case Reason::kWrongUnit:
    case Reason::kQuantityOutOfRange:
    case Reason::kConditionNotMet:
    case Reason::kBookingResolved:
    // Somebody else's, or the citizen's own other acts, came first.
    case Reason::kAlreadyClaimed:
      return true;
    case Reason::kCapReached:
      // Without a cap it is the account that can count no more.
      return std::any_of(refusal.facts.begin(), refusal.facts.end(),
                         [](const auto& fact) { return fact.first == "cap"; });
    default:
      return false;
  }
}

}  // namespace tanhui::rpc
