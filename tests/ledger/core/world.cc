#include "tests/ledger/core/world.h"

#include <span>
#include <utility>

#include "ledger/books/all_books.h"
#include "ledger/core/check.h"

namespace tanhui::world {
namespace {

constexpr std::size_t kIdBytes = 16;

}  // namespace

std::string Text(const Refusal& refusal) {
  std::string text(RowOf(refusal.reason).name);
  if (!refusal.field.empty()) {
    text += " " + refusal.field;
  }
  for (const auto& [key, value] : refusal.facts) {
    text.append(" ").append(key).append("=").append(value);
  }
  return text;
}

World::World(Cast cast, std::string_view origin) : ledger_(AllBooks()) {
  Take(GenesisEntry(origin, now_));
  Take(OperatorEntry(state_, "operator", now_));
  if (cast == Cast::kEmpty) {
    return;
  }
  using Kind = ParticipantKind;
  const Command cast_commands[] = {
      CreateParticipant("p2", "platform", Kind::kPlatform),
      CreateParticipant("p3", "other-platform", Kind::kPlatform),
      CreateParticipant("p4", "mall", Kind::kMerchant),
      CreateParticipant("p5", "sponsor", Kind::kSponsor),
      CreateParticipant("p6", "district", Kind::kDistrict),
      CreateParticipant("p7", "kiosk", Kind::kMerchant),
      CreateScheme("s1", "midnight"),
      CreateScheme("s2", "late-evening", 23 * 60),
      CreateAsset("as1", "points", kMidnight),
      CreateAsset("as2", "stamps", kLateEvening, kLimit, Transfers(TransferPolicy::kOff)),
      By(OpenCitizen("ac5", kPoints), kOperator),
      By(OpenCitizen("ac6", kPoints), kOperator),
      By(OpenCitizen("ac7", kStamps), kOperator),
      By(OpenCitizen("ac8", kStamps), kOperator),
      By(OpenMerchant("ac9", kPoints, kMall), kOperator),
      By(OpenMerchant("ac10", kStamps, kMall), kOperator),
      By(OpenBudget("b11", "budget", kSponsor, kPoints), kOperator),
      By(OpenBudget("b12", "stamp-budget", kDistrict, kStamps), kOperator),
  };
  for (const Command& command : cast_commands) {
    Check(Ask(command) == "OK", "the cast of a test");
  }
  Check(state_.head().next_account == kNextAccount, "the cast of a test");
}

Command World::Complete(Command command) const {
  Entry& draft = command.draft;
  const std::string drawn = Sha256("drawn " + std::to_string(drawn_ + 1));
  if (draft.has_account_opening()) {
    ++drawn_;
    auto& opening = *draft.mutable_account_opening();
    opening.set_account_id(drawn.substr(0, kIdBytes));
    if (opening.kind() == entry::v1::ACCOUNT_KIND_CITIZEN && opening.owner_id().empty()) {
      opening.set_owner_id(drawn.substr(kIdBytes));
      command.owner_drawn = true;
    }
  }
  if (draft.has_unit_creation()) {
    ++drawn_;
    draft.mutable_unit_creation()->set_account_id(drawn.substr(0, kIdBytes));
  }
  if (draft.has_household_opening()) {
    ++drawn_;
    draft.mutable_household_opening()->set_account_id(drawn.substr(0, kIdBytes));
  }
  draft.set_request_digest(RequestDigest(command));
  draft.set_reference_commitment(ReferenceCommitment(command));
  return command;
}

const Entry* World::TargetOf(const State& state, const Command& command, EntryIndex& index) const {
  const std::optional<EntryIndex> target = ledger_.TargetOf(state, command.draft);
  index = target.value_or(EntryIndex(0));
  // A state that was swept apart from the world has entries that the world has not.
  return target.has_value() && target->value() < entries_.size() ? &entries_[target->value()]
                                                                 : nullptr;
}

Decision World::DecideOn(const State& state, const Command& command) const {
  EntryIndex index;
  const Entry* target = TargetOf(state, command, index);
  const std::optional<EntryIndex> also =
      target == nullptr ? std::nullopt : ledger_.AlsoOf(state, command.draft, index, *target);
  return ledger_.Decide(
      state, DecideInput{now_, command, target, index,
                         also.has_value() ? &entries_.at(also->value()) : nullptr,
                         also.value_or(EntryIndex())});
}

std::string World::AskCompleted(const Command& completed) {
  Decision decision = DecideOn(state_, completed);
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    return Text(*refusal);
  }
  if (const auto* seen = std::get_if<Seen>(&decision)) {
    return SeenText(seen->record, completed);
  }
  bool swept = false;
  std::vector<AccountNo> touched;
  ledger_.Touched(state_, std::get<Entry>(decision), touched);
  for (const AccountNo account : touched) {
    swept = Sweep(account) || swept;
  }
  if (swept) {
    decision = DecideOn(state_, completed);
    Check(std::holds_alternative<Entry>(decision), "accepted before the sweep, refused after it");
  }
  Entry& entry = std::get<Entry>(decision);
  if (completed.former_user.has_value()) {
    state_.PutPlatformUser(*completed.former_user, AccountNo(0));
  }
  if (completed.platform_user.has_value()) {
    state_.PutPlatformUser(*completed.platform_user,
                           AccountNo(entry.has_linkage() ? entry.linkage().account()
                                                         : entry.account_opening().number()));
  }
  Take(std::move(entry));
  return "OK";
}

bool World::Sweep(AccountNo account) {
  bool any = false;
  while (std::optional<Entry> due = ledger_.Due(state_, account, now_)) {
    Take(*std::move(due));
    any = true;
  }
  return any;
}

std::string World::SeenText(const RequestRecord& record, const Command& command) const {
  const std::string index = std::to_string(record.entry.value());
  if (record.blocked()) {
    return "BLOCKED " + index;
  }
  if (const auto field = ConflictingField(entries_.at(record.entry.value()), command)) {
    return "SEEN " + index + " OTHER " + *field;
  }
  return record.cancelled_by.has_value()
             ? "SEEN " + index + " CANCELLED " + std::to_string(record.cancelled_by->value())
             : "SEEN " + index;
}

void World::Take(Entry entry) {
  ledger_.Apply(state_, entry);
  entries_.push_back(std::move(entry));
}

std::string World::FaultOf(const Entry& entry) const {
  State copy = state_;
  const Fault fault = ledger_.TryApply(copy, entry);
  return fault.has_value() ? std::string(*fault) : "OK";
}

void World::GoTo(std::string_view date) {
  const auto time = ParseShanghai(std::string(date) + " 10:00:00");
  Check(time.has_value() && *time >= now_, "a date of a test that lies ahead");
  now_ = *time;
}

const Account& World::Of(AccountNo number) const {
  const Account* account = state_.FindAccount(number);
  Check(account != nullptr, "a test's account");
  return *account;
}

void World::SetBalance(AccountNo number, std::int64_t units) {
  Account& account = state_.ChangeAccount(number);
  if (account.kind == AccountKind::kBudget) {
    // What was used stays used.
    const Amount used(account.funded.units() - account.balance.units());
    account.funded = Add(Amount(units), used).value_or(Amount(units));
  }
  account.balance = Amount(units);
  if (!HasLots(account.kind)) {
    return;
  }
  const Asset& asset = *state_.registry().Find(account.asset);
  account.held = account.debt = Amount(0);
  account.holds.clear();
  account.lots.clear();
  if (units > 0) {
    const auto month = MonthOf(ShanghaiDate(kStart)).value() + asset.terms.validity_months;
    account.lots.push_back(
        Lot{{Month(static_cast<std::uint16_t>(month)), asset.scheme, kSponsor}, Amount(units), 0});
  }
}

std::optional<RequestRecord> World::Find(std::string_view id, ParticipantNo caller) const {
  return state_.FindRequest({caller, *RequestId::FromText(id)});
}

void World::BeginTrial() {
  state_.BeginTrial();
  trial_start_ = entries_.size();
}

void World::UndoTrial() {
  state_.UndoTrial();
  entries_.resize(trial_start_);
}

}  // namespace tanhui::world
