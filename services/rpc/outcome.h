// What an entry did, in the few numbers of an answer.
#ifndef TANHUI_SERVICES_RPC_OUTCOME_H_
#define TANHUI_SERVICES_RPC_OUTCOME_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "ledger/core/amount.h"
#include "ledger/core/book.h"
#include "services/rpc/context.h"
#include "services/rpc/mutation.h"

namespace tanhui::rpc {

// The posting on `account`; nullptr when there is none.
const entry::v1::Posting* FindPosting(const Entry& entry, AccountNo account);
// Points that could be spent right after it.
std::int64_t AvailableAfter(const entry::v1::Posting& posting);

// How one account stood right after an entry.
struct After {
  AccountNo account;  // the one that the points moved on, which may have been merged into
  std::int64_t available = 0;
  std::int64_t held = 0;
  std::int64_t debt = 0;
};

// An entry and where it stands in the log; nowhere when it was only tried.
struct Told {
  const Entry& entry;
  std::optional<EntryIndex> index;
};
Told ToldBy(const sequencer::Accepted& accepted, bool validate_only);

// How the account stood that `named` names: itself, or what it was merged into before the entry.
// What comes back to a household whose contributor has left is looked for at the contributor; an
// entry without postings left the account as it was. An error when the store cannot be read.
absl::StatusOr<After> AfterOf(const Context& context, const Told& told, AccountNo named);

struct EntryOutcome {
  std::int64_t points = 0;  // that the caller asked to move, or that moved
  After after;              // of the account that the caller asked about
};

// For the effects of a capture, a release, a refund, a reversal or a cancellation the entry that it
// is about is read. An error when the store cannot be read.
absl::StatusOr<EntryOutcome> OutcomeOf(const Context& context, const Told& told);

// NotFound past the durable end; DataLoss when it cannot be decoded.
absl::StatusOr<Entry> ReadEntry(const Context& context, EntryIndex index);

// Whether the caller of the entry learns how the account stands after it: not a merchant or charity
// that was only told a name, nor who undoes or finishes what it began before it was unlinked.
absl::StatusOr<bool> StandingIsTold(const Context& context, const Entry& entry, AccountNo account);

// Index, replay mark and time of what was accepted, and what it did: points and, where the caller
// may learn them and the response has them, balance, held and debt. Answers what it found.
template <typename Response>
absl::StatusOr<EntryOutcome> FillMoved(const Context& context, const sequencer::Accepted& accepted,
                                       bool validate_only, Response& out) {
  auto outcome = OutcomeOf(context, ToldBy(accepted, validate_only));
  if (!outcome.ok()) {
    return outcome;
  }
  FillOutcome(accepted, validate_only, out);
  FillRecordTime(accepted, out);
  out.set_points(outcome->points);
  const auto told = StandingIsTold(context, accepted.entry, outcome->after.account);
  if (!told.ok() || !*told) {
    return told.ok() ? std::move(outcome) : absl::StatusOr<EntryOutcome>(told.status());
  }
  out.set_balance(outcome->after.available);
  if constexpr (requires { out.set_held(std::int64_t{}); }) {
    out.set_held(outcome->after.held);
  }
  if constexpr (requires { out.set_debt(std::int64_t{}); }) {
    out.set_debt(outcome->after.debt);
  }
  return outcome;
}

// Whether the caller may learn how the account stands on which it finished or undid what `target`
// began: a merchant may do so, but only who began it, or an operator, is told the balance.
absl::StatusOr<bool> MayLearnBalance(const Context& context, const Caller& caller,
                                     EntryIndex target);

// FillMoved as MutateOne takes it.
inline auto MovedBy(const Context& context) {
  return [&context](const auto& request, const sequencer::Accepted& accepted, auto& out) {
    return FillMoved(context, accepted, request.validate_only(), out).status();
  };
}

// The same for a capture, a release or a refund of `target`: without balance, held and debt for a
// caller who may not learn them.
inline auto FollowUpBy(const Context& context, const Caller& caller, EntryIndex target) {
  return [&context, caller, target](const auto& request, const sequencer::Accepted& accepted,
                                    auto& out) {
    const auto told = MayLearnBalance(context, caller, target);
    if (!told.ok()) {
      return told.status();
    }
    const auto outcome = FillMoved(context, accepted, request.validate_only(), out);
    if (!*told) {
      out.clear_balance();
      out.clear_held();
      out.clear_debt();
    }
    return outcome.status();
  };
}

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_OUTCOME_H_
