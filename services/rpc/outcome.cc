#include "services/rpc/outcome.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <vector>

#include "ledger/core/books/entry_target.h"
#include "ledger/points/settled.h"
#include "ledger/sequencer/past_account.h"
#include "services/rpc/links/account_names.h"

namespace tanhui::rpc {
namespace {

// The account that an entry is about and its points, as the entry names them. What an entry about
// another entry leaves open is 0 and nullopt.
struct Named {
  std::uint64_t account = 0;
  std::optional<std::int64_t> points;
};

// What moved on the account, whichever way.
std::int64_t Moved(const Entry& entry, std::uint64_t account) {
  const entry::v1::Posting* posting = FindPosting(entry, AccountNo(account));
  return posting == nullptr ? 0 : std::abs(posting->amount());
}

// Entries that move points from or to somebody who is named.
Named NamedByMovement(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kFunding:
      return {entry.funding().budget(), entry.funding().points()};
    case Entry::kBudgetReturn:
      return {entry.budget_return().budget(), entry.budget_return().points()};
    case Entry::kAward:
      return {entry.award().account(), entry.award().points()};
    case Entry::kEarning:
      return {entry.earning().account(), entry.earning().points() + entry.earning().bonus_points()};
    case Entry::kCorrection:
      return {entry.correction().now().account(), entry.correction().change()};
    case Entry::kGoalReward:
      return {entry.goal_reward().account(), entry.goal_reward().points()};
    case Entry::kRedemption:
      return {entry.redemption().account(), entry.redemption().points()};
    case Entry::kTransfer:
      return {entry.transfer().from(), entry.transfer().points()};
    case Entry::kDonation:
      return {entry.donation().account(), entry.donation().points()};
    case Entry::kHold:
      return {entry.hold().account(), entry.hold().points()};
    case Entry::kContribution:
      return {entry.contribution().member(), entry.contribution().points()};
    case Entry::kOpeningCredit:
      return {entry.opening_credit().account(), entry.opening_credit().points()};
    case Entry::kCapture:
      return {0, entry.capture().points()};
    case Entry::kRefund:
      return {0, entry.refund().points()};
    case Entry::kReversal:
      return {0, entry.reversal().points()};
    default:
      return {};
  }
}

// Entries about an account's life; points, if any, move along.
Named NamedByLife(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kAccountOpening:
      return {entry.account_opening().number(), 0};
    case Entry::kBudgetOpening:
      return {entry.budget_opening().number(), 0};
    case Entry::kHouseholdOpening:
      return {entry.household_opening().number(), 0};
    case Entry::kStatusChange:
      return {entry.status_change().account(), 0};
    case Entry::kGuardianship:
      return {entry.guardianship().account(), 0};
    case Entry::kCouponIssue:
      return {entry.coupon_issue().account(), entry.coupon_issue().points()};
    case Entry::kExpiry:
      return {entry.expiry().account(), Moved(entry, entry.expiry().account())};
    case Entry::kClosing:
      return {entry.closing().account(), Moved(entry, entry.closing().account())};
    case Entry::kMerge:
      return {entry.merge().into(), Moved(entry, entry.merge().from())};
    case Entry::kHouseholdChange:
      return {entry.household_change().member(),
              Moved(entry, entry.household_change().household())};
    default:
      return {};
  }
}

absl::StatusOr<Named> NamedBy(const Context& context, const Entry& entry) {
  Named named = NamedByMovement(entry);
  if (named.account == 0) {
    if (const Named life = NamedByLife(entry); life.account != 0) {
      return life;
    }
  }
  // A cancellation of a refund of a capture of a hold: each is about an older entry, so it ends.
  Entry older;
  const Entry* about = &entry;
  while (named.account == 0) {
    const auto target = TargetOf(*about);
    if (!target.has_value()) {
      break;
    }
    auto read = ReadEntry(context, *target);
    if (!read.ok()) {
      return read.status();
    }
    older = *std::move(read);
    about = &older;
    const Named target_named = NamedByMovement(older);
    named = {target_named.account, named.points.has_value() ? named.points : target_named.points};
  }
  return named;
}

After AfterPosting(const entry::v1::Posting& posting) {
  return {AccountNo(posting.account()), AvailableAfter(posting), posting.held_after(),
          posting.debt_after()};
}

// A citizen's or a household's posting; null when there is none.
const entry::v1::Posting* AnyWithLots(const Entry& entry) {
  const auto found =
      std::find_if(entry.postings().begin(), entry.postings().end(),
                   [](const entry::v1::Posting& posting) { return !posting.lots().empty(); });
  return found == entry.postings().end() ? nullptr : &*found;
}

// An account that the entry did not move, as it stood then; now when the entry was only tried.
absl::StatusOr<After> AfterNothing(const Context& context, const Told& told, AccountNo number) {
  const auto settle = [&context](const Account& account, LedgerTime at) {
    const auto registry = context.engine.registry();
    const Asset* asset = registry->Find(account.asset);
    return asset != nullptr && HasLots(account.kind) ? points::Settled(account, asset->terms, at)
                                                     : account;
  };
  const store::Store& store = context.engine.store();
  const EntryIndex last(context.engine.durable_size() - 1);
  const auto then = sequencer::AccountAfter(store, number, told.index.value_or(last), settle);
  if (!then.ok()) {
    return then.status();
  }
  return After{number, then->available().units(), then->settled.held.units(),
               then->settled.debt.units()};
}

}  // namespace

const entry::v1::Posting* FindPosting(const Entry& entry, AccountNo account) {
  const auto found = std::find_if(entry.postings().begin(), entry.postings().end(),
                                  [account](const entry::v1::Posting& posting) {
                                    return posting.account() == account.value();
                                  });
  return found == entry.postings().end() ? nullptr : &*found;
}

std::int64_t AvailableAfter(const entry::v1::Posting& posting) {
  return posting.balance_after() - posting.held_after() + posting.debt_after();
}

Told ToldBy(const sequencer::Accepted& accepted, bool validate_only) {
  const bool written = !validate_only || accepted.replayed;
  return {accepted.entry, written ? std::optional(accepted.index) : std::nullopt};
}

absl::StatusOr<After> AfterOf(const Context& context, const Told& told, AccountNo named) {
  if (named == AccountNo(0)) {
    return After{};
  }
  for (AccountNo number = named; true;) {
    if (const entry::v1::Posting* posting = FindPosting(told.entry, number)) {
      return AfterPosting(*posting);
    }
    const auto account = context.engine.store().ReadAccounts(std::array{number});
    if (!account.ok()) {
      return account.status();
    }
    if (!account->front().has_value()) {
      return After{named};  // an opening that was only tried
    }
    // A movement later than the entry says that the account had not been merged by then.
    const Account& today = *account->front();
    const bool moved_later =
        told.index.has_value() && today.last_entry_plus_one > told.index->value() + 1;
    if (today.merged_into == AccountNo(0) || moved_later) {
      const auto* other = AnyWithLots(told.entry);
      return other == nullptr ? AfterNothing(context, told, number)
                              : absl::StatusOr<After>(AfterPosting(*other));
    }
    number = today.merged_into;
  }
}

absl::StatusOr<EntryOutcome> OutcomeOf(const Context& context, const Told& told) {
  const auto named = NamedBy(context, told.entry);
  if (!named.ok()) {
    return named.status();
  }
  const auto after = AfterOf(context, told, AccountNo(named->account));
  if (!after.ok()) {
    return after.status();
  }
  return EntryOutcome{named->points.value_or(0), *after};
}

absl::StatusOr<bool> StandingIsTold(const Context& context, const Entry& entry, AccountNo account) {
  const auto registry = context.engine.registry();
  const Participant* caller = registry->Find(ParticipantNo(entry.caller()));
  const bool follows_up = entry.has_capture() || entry.has_release() || entry.has_refund() ||
                          entry.has_reversal() || entry.has_correction();
  const bool sells = caller != nullptr && (caller->kind == ParticipantKind::kMerchant ||
                                           caller->kind == ParticipantKind::kCharity);
  // Whoever else names an account is linked to it, or was refused.
  if (caller == nullptr || caller->kind == ParticipantKind::kOperator || !(follows_up || sells)) {
    return true;
  }
  return IsLinked(context.engine.store(), caller->number, account);
}

absl::StatusOr<bool> MayLearnBalance(const Context& context, const Caller& caller,
                                     EntryIndex target) {
  if (caller.roles.Has(Role::kAdmin)) {
    return true;
  }
  const auto entry = ReadEntry(context, target);
  if (!entry.ok()) {
    return entry.status();
  }
  return entry->caller() == caller.number.value();
}

absl::StatusOr<Entry> ReadEntry(const Context& context, EntryIndex index) {
  const auto bytes = context.engine.store().ReadEntry(index);
  if (!bytes.ok()) {
    return bytes.status();
  }
  Entry entry;
  if (!entry.ParseFromString(*bytes)) {
    return absl::DataLossError("a stored entry cannot be decoded");
  }
  return entry;
}

}  // namespace tanhui::rpc
