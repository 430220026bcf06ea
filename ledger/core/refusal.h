// Why the ledger says no. The order of the enum is the order of precedence: of several reasons that
// hold at once, the first one listed is answered. REFUSALS.md lists them for people.
#ifndef TANHUI_LEDGER_CORE_REFUSAL_H_
#define TANHUI_LEDGER_CORE_REFUSAL_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tanhui {

enum class Reason : std::uint8_t {
  // Who asks.
  kUnauthenticated,
  kUnknownCaller,
  kPermissionDenied,
  // The shape of the request.
  kMalformedRequest,
  kFieldRequired,
  kFieldInvalid,
  kFieldTooLong,
  kReferenceIsPersonal,
  kAmountOutOfRange,
  kBatchEmpty,
  kBatchTooLarge,
  kRequestTooLarge,
  // The server's condition.
  kShuttingDown,
  kDeadlineExceeded,
  kQueueFull,
  kTooManyWrongCodes,
  kWritesStoppedClock,
  kWritesStoppedDisk,
  // Names.
  kUnknownScheme,
  kUnknownParticipant,
  kUnknownAsset,
  kUnknownBudget,
  kUnknownAccount,
  kUnknownEntry,
  kUnknownFile,
  kUnknownDocument,
  kUnknownScenario,
  kUnknownDistrict,
  kUnknownProduct,
  kUnknownMaterial,
  kUnknownStation,
  kUnknownSource,
  kUnknownVenue,
  kUnknownGoal,
  kUnknownCase,
  kUnknownUnit,
  kUnknownRun,
  kUnknownLoad,
  kUnknownCampaign,
  kUnknownCoupon,
  kUnknownPeer,
  kUnknownExchange,
  kUnknownWindow,
  kUnknownLinkCode,
  kCouponCodeInvalid,
  // Request ids.
  kRequestIdReused,
  kRequestCancelled,
  kRequestTooLate,
  kAlreadyCancelled,
  kNotCancellable,
  // Rules.
  kActInFuture,
  kActTooOld,
  kPeriodClosed,
  kPeriodNotOver,
  kPeriodNotNext,
  kYearEndMissing,
  kCodeExists,
  kAccountExists,
  kUserAlreadyLinked,
  kLinkCodeUsed,
  kLinkCodeExpired,
  kCouponCodeExpired,
  kDocumentInvalid,
  kVersionNotNext,
  kDateNotAhead,
  kSignatureInvalid,
  kWrongParticipantKind,
  kWrongAccountKind,
  kWrongEntryKind,
  kAssetMismatch,
  kSameAccount,
  kAccountClosed,
  kAccountFrozen,
  kUnitSuspended,
  kConsentRequired,
  kGuardianRequired,
  kNotForMinors,
  kNotAMinor,
  kTransfersOff,
  kHouseholdExists,
  kNotInHousehold,
  kNotHeadOfHousehold,
  kHouseholdFull,
  kBudgetOutOfPeriod,
  kNoRuleInForce,
  kNoSettlementPrice,
  kScenarioOff,
  kScenarioSuspended,
  kActTooLate,
  kWrongUnit,
  kQuantityOutOfRange,
  kConditionNotMet,
  kNotTheSameAct,
  kProductNotListed,
  kVenueNotCertified,
  kHoldDeadline,
  kHoldResolved,
  kAlreadyReversed,
  kWrongRevision,
  kSettlementState,
  kNothingToSettle,
  kCampaignState,
  kCouponNotEligible,
  kLotteryNotWon,
  kCouponState,
  kCouponNotValid,
  kLockDeadline,
  kCouponNotAccepted,
  kCouponBelowThreshold,
  kCouponOrderMismatch,
  kCouponReturnPolicy,
  kReviewState,
  kExchangeOff,
  kPeerSuspended,
  kNoRatesInForce,
  kNothingConverts,
  kTermsMismatch,
  kExchangeExpired,
  kExchangeState,
  kWindowState,
  kLoadState,
  kControlTotals,
  kBookingResolved,
  kAlreadyClaimed,
  kOrderUsed,
  kTradeInUsed,
  kAmountOverAssetLimit,
  kNotEmpty,
  kNothingLeftToUndo,
  kTransferCap,
  kSpendingLimit,
  kUnitLimit,
  kCapReached,
  kCouponLimit,
  kCouponsGone,
  kExchangeLimit,
  kPositionCap,
  kGoalNotReached,
  kAlreadyRewarded,
  kHoldLimit,
  kLotLimit,
  kInsufficientBudget,
  kInsufficientBalance,
  kBalanceLimit,
  kBatchRefused,
  kNotYetUnderCheckpoint,
};

// What sort of no it is; services map each to one gRPC code.
enum class RefusalClass : std::uint8_t {
  kInvalid,
  kUnauthenticated,
  kDenied,
  kNotFound,
  kExists,
  kPrecondition,
  kExhausted,
  kUnavailable,
  kDeadline,
};

struct ReasonRow {
  Reason reason;
  std::string_view name;  // what programs see: google.rpc.ErrorInfo.reason
  RefusalClass kind;
  std::string_view meaning;  // one English sentence for developers
};

// Every reason, in order of precedence.
std::span<const ReasonRow> AllReasons();
const ReasonRow& RowOf(Reason reason);

// A refusal writes nothing and is not remembered.
struct Refusal {
  Reason reason = Reason::kMalformedRequest;
  std::string field;  // the request's field, as in the API; may be empty
  // Facts for programs, such as needed and available. Never another person's data.
  std::vector<std::pair<std::string, std::string>> facts;

  Refusal() = default;
  explicit Refusal(Reason why, std::string which_field = {}) : reason(why), field(which_field) {}
  Refusal&& With(std::string_view key, std::string_view value) &&;
  Refusal&& With(std::string_view key, std::int64_t value) &&;
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_REFUSAL_H_
