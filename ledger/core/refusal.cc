#include "ledger/core/refusal.h"

#include "ledger/core/check.h"

namespace tanhui {
namespace {

using enum Reason;
using Kind = RefusalClass;

constexpr ReasonRow kRows[] = {
    {kUnauthenticated, "UNAUTHENTICATED", Kind::kUnauthenticated,
     "No known token came with the call."},
    {kUnknownCaller, "UNKNOWN_CALLER", Kind::kDenied,
     "The token is known, but its participant is not registered in the ledger."},
    {kPermissionDenied, "PERMISSION_DENIED", Kind::kDenied, "The caller lacks the role needed."},
    {kMalformedRequest, "MALFORMED_REQUEST", Kind::kInvalid,
     "The request's bytes are not the message that the method takes."},
    {kFieldRequired, "FIELD_REQUIRED", Kind::kInvalid, "A field that is needed is missing."},
    {kFieldInvalid, "FIELD_INVALID", Kind::kInvalid, "A field has a form that is not allowed."},
    {kFieldTooLong, "FIELD_TOO_LONG", Kind::kInvalid, "A field is longer than allowed."},
    {kAmountOutOfRange, "AMOUNT_OUT_OF_RANGE", Kind::kInvalid,
     "An amount is zero, negative or larger than any amount may be."},
    {kBatchEmpty, "BATCH_EMPTY", Kind::kInvalid, "A batch holds no request."},
    {kBatchTooLarge, "BATCH_TOO_LARGE", Kind::kInvalid,
     "A batch holds more than 8,192 requests or 4 MiB."},
    {kRequestTooLarge, "REQUEST_TOO_LARGE", Kind::kInvalid,
     "The entry would be larger than 65,535 bytes."},
    {kShuttingDown, "SHUTTING_DOWN", Kind::kUnavailable, "The server is stopping."},
    {kDeadlineExceeded, "DEADLINE_EXCEEDED", Kind::kDeadline,
     "The call's deadline passed before it was decided; nothing was written."},
    {kQueueFull, "QUEUE_FULL", Kind::kExhausted, "More requests wait than the server holds."},
    {kWritesStoppedClock, "WRITES_STOPPED_CLOCK", Kind::kUnavailable,
     "The server's clock jumped; an operator must confirm it."},
    {kWritesStoppedDisk, "WRITES_STOPPED_DISK", Kind::kExhausted,
     "The disk is nearly full; an operator must make room."},
    {kUnknownScheme, "UNKNOWN_SCHEME", Kind::kNotFound, "No scheme has this name."},
    {kUnknownParticipant, "UNKNOWN_PARTICIPANT", Kind::kNotFound, "No participant has this name."},
    {kUnknownAsset, "UNKNOWN_ASSET", Kind::kNotFound, "No asset has this name."},
    {kUnknownBudget, "UNKNOWN_BUDGET", Kind::kNotFound, "No budget has this name."},
    {kUnknownAccount, "UNKNOWN_ACCOUNT", Kind::kNotFound,
     "No account has this name, or the platform user has none in the asset."},
    {kUnknownEntry, "UNKNOWN_ENTRY", Kind::kNotFound,
     "The log has no such entry, or the caller may not see it."},
    {kUnknownFile, "UNKNOWN_FILE", Kind::kNotFound, "No file of the caller has this id."},
    {kUnknownDocument, "UNKNOWN_DOCUMENT", Kind::kNotFound,
     "No document of this kind has this name and version."},
    {kUnknownScenario, "UNKNOWN_SCENARIO", Kind::kNotFound, "No rule set knows the scenario."},
    {kUnknownDistrict, "UNKNOWN_DISTRICT", Kind::kNotFound, "No rule set knows the district."},
    {kUnknownProduct, "UNKNOWN_PRODUCT", Kind::kNotFound, "No catalogue knows the product."},
    {kUnknownMaterial, "UNKNOWN_MATERIAL", Kind::kNotFound,
     "No rule set knows the material or size, and no table the thing."},
    {kUnknownStation, "UNKNOWN_STATION", Kind::kNotFound,
     "The table of stations has no such station in the city of the act."},
    {kUnknownSource, "UNKNOWN_SOURCE", Kind::kNotFound,
     "The rule set in force does not list the source of the evidence, and no participant has its "
     "code."},
    {kUnknownVenue, "UNKNOWN_VENUE", Kind::kNotFound, "No venue has this name."},
    {kUnknownGoal, "UNKNOWN_GOAL", Kind::kNotFound, "No rule set knows the goal."},
    {kUnknownCase, "UNKNOWN_CASE", Kind::kNotFound,
     "There is no such case, or it was deleted after its time."},
    {kRequestIdReused, "REQUEST_ID_REUSED", Kind::kExists,
     "The request id was used before with other content."},
    {kRequestCancelled, "REQUEST_CANCELLED", Kind::kPrecondition,
     "The request was cancelled, or blocked before it came."},
    {kRequestTooLate, "REQUEST_TOO_LATE", Kind::kPrecondition,
     "The request came after its not_after."},
    {kAlreadyCancelled, "ALREADY_CANCELLED", Kind::kPrecondition,
     "The request was cancelled by an earlier call."},
    {kNotCancellable, "NOT_CANCELLABLE", Kind::kPrecondition,
     "What the request did cannot be undone."},
    {kActInFuture, "ACT_IN_FUTURE", Kind::kPrecondition,
     "The act's time is more than 5 minutes ahead of the ledger."},
    {kActTooOld, "ACT_TOO_OLD", Kind::kPrecondition,
     "The act is so old that its points would have expired."},
    {kCodeExists, "CODE_EXISTS", Kind::kExists, "The code is taken."},
    {kAccountExists, "ACCOUNT_EXISTS", Kind::kExists, "The account was opened before."},
    {kDocumentInvalid, "DOCUMENT_INVALID", Kind::kPrecondition,
     "The document says something that cannot be."},
    {kVersionNotNext, "VERSION_NOT_NEXT", Kind::kPrecondition,
     "The document's version is not the next one."},
    {kDateNotAhead, "DATE_NOT_AHEAD", Kind::kPrecondition, "The document would begin too early."},
    {kSignatureInvalid, "SIGNATURE_INVALID", Kind::kPrecondition,
     "The document is not signed by the caller's registered key."},
    {kWrongParticipantKind, "WRONG_PARTICIPANT_KIND", Kind::kPrecondition,
     "The participant is of a kind that cannot do this."},
    {kWrongAccountKind, "WRONG_ACCOUNT_KIND", Kind::kPrecondition,
     "The account is of a kind that cannot do this."},
    {kWrongEntryKind, "WRONG_ENTRY_KIND", Kind::kPrecondition,
     "The entry is of a kind that cannot be undone like this."},
    {kAssetMismatch, "ASSET_MISMATCH", Kind::kPrecondition,
     "The accounts do not hold the same asset."},
    {kSameAccount, "SAME_ACCOUNT", Kind::kPrecondition, "Giver and receiver are one account."},
    {kAccountClosed, "ACCOUNT_CLOSED", Kind::kPrecondition, "The account is closed."},
    {kAccountFrozen, "ACCOUNT_FROZEN", Kind::kPrecondition,
     "The account is frozen or reported lost."},
    {kConsentRequired, "CONSENT_REQUIRED", Kind::kPrecondition,
     "A minor's account needs a guardian's consent first."},
    {kGuardianRequired, "GUARDIAN_REQUIRED", Kind::kPrecondition,
     "The guardian must act for this account."},
    {kNotForMinors, "NOT_FOR_MINORS", Kind::kPrecondition, "A minor's account cannot do this."},
    {kNotAMinor, "NOT_A_MINOR", Kind::kPrecondition, "The account is not a minor's."},
    {kTransfersOff, "TRANSFERS_OFF", Kind::kPrecondition,
     "The asset cannot be transferred between citizens."},
    {kHouseholdExists, "HOUSEHOLD_EXISTS", Kind::kPrecondition,
     "The citizen is in a household already."},
    {kNotInHousehold, "NOT_IN_HOUSEHOLD", Kind::kPrecondition,
     "The account is not of a member of the household."},
    {kNotHeadOfHousehold, "NOT_HEAD_OF_HOUSEHOLD", Kind::kPrecondition,
     "Only the head of the household can do this."},
    {kHouseholdFull, "HOUSEHOLD_FULL", Kind::kPrecondition,
     "The household has as many members as the terms allow."},
    {kBudgetOutOfPeriod, "BUDGET_OUT_OF_PERIOD", Kind::kPrecondition,
     "The budget does not pay for acts of this date."},
    {kNoRuleInForce, "NO_RULE_IN_FORCE", Kind::kPrecondition,
     "No rule is in force for the scenario at the place and date of the act."},
    {kScenarioOff, "SCENARIO_OFF", Kind::kPrecondition,
     "The scenario earns nothing yet; why is told."},
    {kScenarioSuspended, "SCENARIO_SUSPENDED", Kind::kPrecondition, "The scenario is suspended."},
    {kActTooLate, "ACT_TOO_LATE", Kind::kPrecondition, "The act came after its window."},
    {kWrongUnit, "WRONG_UNIT", Kind::kPrecondition,
     "The rule measures the scenario in another unit."},
    {kQuantityOutOfRange, "QUANTITY_OUT_OF_RANGE", Kind::kPrecondition,
     "The quantity is below the least or above the most of one act."},
    {kConditionNotMet, "CONDITION_NOT_MET", Kind::kPrecondition,
     "The act does not meet a condition of its rule; which one is told."},
    {kProductNotListed, "PRODUCT_NOT_LISTED", Kind::kPrecondition,
     "The product is not in the catalogue of that date, or was delisted."},
    {kVenueNotCertified, "VENUE_NOT_CERTIFIED", Kind::kPrecondition,
     "The venue was not certified for this on that date."},
    {kHoldDeadline, "HOLD_DEADLINE", Kind::kPrecondition,
     "The hold's deadline has passed or is further ahead than the terms allow."},
    {kHoldResolved, "HOLD_RESOLVED", Kind::kPrecondition,
     "The hold was captured, released or has expired."},
    {kBookingResolved, "BOOKING_RESOLVED", Kind::kPrecondition,
     "The booking was weighed or cancelled before, or is too old."},
    {kAlreadyClaimed, "ALREADY_CLAIMED", Kind::kExists, "The same act was claimed before."},
    {kAmountOverAssetLimit, "AMOUNT_OVER_ASSET_LIMIT", Kind::kPrecondition,
     "The amount is over the asset's limit for one request."},
    {kNotEmpty, "NOT_EMPTY", Kind::kPrecondition, "The account still has points, holds or a debt."},
    {kNothingLeftToUndo, "NOTHING_LEFT_TO_UNDO", Kind::kPrecondition,
     "More would be undone than is left of what the entry did."},
    {kTransferCap, "TRANSFER_CAP", Kind::kPrecondition,
     "The giver would transfer more than a day's cap."},
    {kSpendingLimit, "SPENDING_LIMIT", Kind::kPrecondition,
     "The member would spend more than a day's limit."},
    {kCapReached, "CAP_REACHED", Kind::kPrecondition, "The citizen reached a limit of the rules."},
    {kGoalNotReached, "GOAL_NOT_REACHED", Kind::kPrecondition,
     "The household has not reached the goal, the member took no part, or the time is over."},
    {kAlreadyRewarded, "ALREADY_REWARDED", Kind::kPrecondition,
     "The member was rewarded for the goal before."},
    {kHoldLimit, "HOLD_LIMIT", Kind::kPrecondition,
     "The account has as many open holds as it may."},
    {kLotLimit, "LOT_LIMIT", Kind::kPrecondition, "The account has as many lots as it may."},
    {kInsufficientBudget, "INSUFFICIENT_BUDGET", Kind::kPrecondition,
     "The budget holds less than is needed."},
    {kInsufficientBalance, "INSUFFICIENT_BALANCE", Kind::kPrecondition,
     "The account holds less than is needed."},
    {kBalanceLimit, "BALANCE_LIMIT", Kind::kPrecondition,
     "The balance would leave the range that an account can hold."},
    {kBatchRefused, "BATCH_REFUSED", Kind::kPrecondition,
     "Another request of the atomic batch was refused."},
    {kNotYetUnderCheckpoint, "NOT_YET_UNDER_CHECKPOINT", Kind::kUnavailable,
     "The entry is durable, but no checkpoint covers it yet; one follows within a second."},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].reason) != i) {
      return false;
    }
  }
  return true;
}
static_assert(InOrder(), "the table follows the enum");
static_assert(std::size(kRows) == static_cast<std::size_t>(kNotYetUnderCheckpoint) + 1);

}  // namespace

std::span<const ReasonRow> AllReasons() { return kRows; }

const ReasonRow& RowOf(Reason reason) {
  const auto at = static_cast<std::size_t>(reason);
  Check(at < std::size(kRows), "a reason without a row");
  return kRows[at];
}

Refusal&& Refusal::With(std::string_view key, std::string_view value) && {
  facts.emplace_back(key, value);
  return std::move(*this);
}

Refusal&& Refusal::With(std::string_view key, std::int64_t value) && {
  facts.emplace_back(key, std::to_string(value));
  return std::move(*this);
}

}  // namespace tanhui
