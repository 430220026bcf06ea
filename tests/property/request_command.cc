#include "tests/property/request_command.h"

namespace tanhui::model {
namespace {

// Verbs that name no entry.
Command OfNames(const Request& r) {
  const std::string_view id = r.id;
  const AccountNo first(r.first);
  const AccountNo second(r.second);
  const AccountNo acting(r.acting);
  const AssetNo asset(static_cast<std::uint32_t>(r.first));
  const ParticipantNo participant(static_cast<std::uint32_t>(r.second));
  switch (r.verb) {
    case Verb::kAward:
      return world::WithGrams(
          world::WithItems(world::Award(id, first, second, r.points, r.text), r.quantity), r.grams);
    case Verb::kRedeem:
      return world::Redeem(id, first, second, r.points, acting);
    case Verb::kDonate:
      return world::Donate(id, first, second, r.points, acting);
    case Verb::kTransfer:
      return world::Transfer(id, first, second, r.points);
    case Verb::kHold:
      return world::HoldPoints(id, first, second, r.points, LedgerTime(r.deadline), acting);
    case Verb::kContribute:
      return world::Contribute(id, first, second, r.points);
    case Verb::kFund:
      return world::Fund(id, first, r.points);
    case Verb::kReturnBudget:
      return world::ReturnBudget(id, first);
    case Verb::kOpenCitizen:
      return world::OpenCitizen(id, asset, r.owner == 0 ? std::nullopt : std::optional(r.owner));
    case Verb::kOpenMerchant:
      return world::OpenMerchant(id, asset, participant);
    case Verb::kOpenCharity:
      return world::OpenCharity(id, asset, participant);
    case Verb::kOpenHousehold:
      return world::OpenHousehold(id, asset, second);
    case Verb::kMerge:
      return world::Merge(id, first, second);
    case Verb::kClose:
      return world::Close(id, first, r.yes);
    case Verb::kSetTerms:
      return world::SetTerms(id, asset, ToTerms(r.rules));
    default:
      return {};
  }
}

Command OfChanges(const Request& r) {
  using enum entry::v1::HouseholdAction;
  using enum entry::v1::GuardianAction;
  static constexpr entry::v1::HouseholdAction kActions[] = {
      HOUSEHOLD_ACTION_INVITE, HOUSEHOLD_ACTION_ACCEPT, HOUSEHOLD_ACTION_LEAVE,
      HOUSEHOLD_ACTION_LIMIT};
  static constexpr entry::v1::GuardianAction kGuards[] = {
      GUARDIAN_ACTION_CONSENT, GUARDIAN_ACTION_WITHDRAW, GUARDIAN_ACTION_HAND_OVER};
  static constexpr AccountStatus kStatuses[] = {AccountStatus::kOpen, AccountStatus::kFrozen,
                                                AccountStatus::kLost, AccountStatus::kClosed};
  const std::string_view id = r.id;
  switch (r.verb) {
    case Verb::kSetStatus:
      return world::SetStatus(id, AccountNo(r.first), kStatuses[static_cast<int>(r.status)]);
    case Verb::kGuardian:
      return world::Guardian(id, AccountNo(r.first), AccountNo(r.second),
                             kGuards[static_cast<int>(r.guard)]);
    case Verb::kChangeHousehold:
      return world::ChangeHousehold(id, AccountNo(r.first), AccountNo(r.second),
                                    kActions[static_cast<int>(r.household)], AccountNo(r.acting),
                                    r.points);
    case Verb::kOpenBudget: {
      Command command =
          world::OpenBudget(id, r.text, ParticipantNo(static_cast<std::uint32_t>(r.second)),
                            AssetNo(static_cast<std::uint32_t>(r.first)));
      auto& opening = *command.draft.mutable_budget_opening();
      opening.set_first_date(r.first_day);
      opening.set_last_date(r.last_day);
      opening.set_return_days(static_cast<std::uint32_t>(r.return_days));
      opening.set_year_end(r.yes ? entry::v1::YEAR_END_RETURN : entry::v1::YEAR_END_UNSPECIFIED);
      return command;
    }
    case Verb::kRecordFile:
      return world::RecordFile(id.substr(5), r.text);
    case Verb::kCancel:
      return world::Cancel(id, r.text);
    case Verb::kCapture:
      return world::Capture(id, r.entry, r.points);
    case Verb::kRelease:
      return world::Release(id, r.entry);
    case Verb::kRefund:
      return world::Refund(id, r.entry, r.points);
    case Verb::kReverse:
      return world::Reverse(id, r.entry, r.quantity);
    default:
      return OfNames(r);
  }
}

}  // namespace

Terms ToTerms(const Rules& rules) {
  static constexpr TransferPolicy kPolicies[] = {TransferPolicy::kOff, TransferPolicy::kHousehold,
                                                 TransferPolicy::kCapped};
  Terms terms;
  terms.validity_months = static_cast<std::uint32_t>(rules.validity);
  terms.grace_days = static_cast<std::uint32_t>(rules.grace);
  terms.transfers = kPolicies[static_cast<int>(rules.transfers)];
  terms.transfer_daily_cap = Amount(rules.cap);
  terms.credits_while_frozen = rules.credits_while_frozen;
  terms.spent_reversal = rules.write_off ? SpentReversal::kWriteOff : SpentReversal::kDebt;
  terms.max_hold_days = static_cast<std::uint32_t>(rules.hold_days);
  terms.max_members = static_cast<std::uint32_t>(rules.members);
  return terms;
}

Command ToCommand(const Request& r) {
  Command command = world::By(OfChanges(r), ParticipantNo(r.caller));
  command.privileged = r.privileged;
  command.draft.set_act_micros(r.act);
  if (command.draft.has_account_opening()) {
    command.draft.mutable_account_opening()->set_minor(r.yes);
  }
  if (r.user != 0) {
    command = world::ForUser(command, r.user);
  }
  if (r.not_after.has_value()) {
    command.not_after = LedgerTime(*r.not_after);
  }
  command.reference = r.reference;
  return command;
}

}  // namespace tanhui::model
