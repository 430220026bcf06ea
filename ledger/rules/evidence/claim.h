// The claims by which acts use up their evidence; see ../RULES.md, Evidence. Pure.
#ifndef TANHUI_LEDGER_RULES_EVIDENCE_CLAIM_H_
#define TANHUI_LEDGER_RULES_EVIDENCE_CLAIM_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"

namespace tanhui::rules {

// For how long a claim holds; the first byte of one.
enum class ClaimScope : char {
  kDate = 1,  // the date of the act
  kForEver = 2,
  kMonth = 3,        // the month of the act
  kMonthBefore = 4,  // goes with kMonth, as does kMonthAfter: so that dates some days apart have
  kMonthAfter = 5,   // a month in common
};

// Of a keyed hash, what a claim holds behind its scope.
inline constexpr std::size_t kClaimHashBytes = 16;
// Pieces of evidence of an act, and what they claim, at most.
inline constexpr int kMostPieces = 16;
inline constexpr int kMostClaims = 2 * kMostPieces;

// nullopt for what is no claim.
std::optional<ClaimScope> ScopeOf(std::string_view claim);
// Each piece of evidence has one claim of which this is true.
bool StandsForPiece(std::string_view claim);
// What the state keeps of a claim of an act of `date`; nullopt for what is no claim.
std::optional<Nullifier> NullifierOf(std::string_view claim, BusinessDate date);

// The second month that a record of an act of `date` claims, beside that of the act.
struct OtherMonth {
  ClaimScope scope = ClaimScope::kMonthBefore;
  Month month;
};
OtherMonth OtherMonthOf(BusinessDate date);

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_EVIDENCE_CLAIM_H_
