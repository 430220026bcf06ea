#include "ledger/core/ledger.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <vector>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"

namespace tanhui {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// Of an act: what the rules say of it.
constexpr std::string_view kEarned[] = {
    "rules",        "points",       "grams",           "carry",     "gram_carry", "counted",
    "bonus_points", "bonus_budget", "expected_points", "household", "partner",    "carried"};

// Fields of bodies that decide or the engine fills in; the caller did not ask for them.
bool IsEffect(Entry::BodyCase body, std::string_view name) {
  if (body == Entry::kEarning) {
    return std::find(std::begin(kEarned), std::end(kEarned), name) != std::end(kEarned);
  }
  if (body == Entry::kDocumentPart) {
    return false;
  }
  return (name == "budget" && body == Entry::kGoalReward) ||
         (name == "points" && body == Entry::kGoalReward) || name == "uncounted" ||
         name == "number" || name == "account_id" || name == "issuance_account" ||
         name == "expiry_account" || name == "target_index" || name == "target_kind" ||
         name == "target_micros" || name == "taken" || name == "forgiven" ||
         (name == "points" && (body == Entry::kReversal || body == Entry::kBudgetReturn));
}

// The cut-off that a body's asset has; entries without an asset use midnight.
std::uint32_t CutoffOf(const State& state, const Entry& entry) {
  for (const entry::v1::Posting& posting : entry.postings()) {
    const Account* account = state.FindAccount(AccountNo(posting.account()));
    const Asset* asset = account == nullptr ? nullptr : state.registry().Find(account->asset);
    const Scheme* scheme = asset == nullptr ? nullptr : state.registry().Find(asset->scheme);
    if (scheme != nullptr) {
      return scheme->cutoff_minute;
    }
  }
  return 0;
}

void SetDates(const State& state, LedgerTime now, Entry& entry) {
  const LedgerTime act = entry.act_micros() == 0 ? now : LedgerTime(entry.act_micros());
  entry.set_business_date(ShanghaiDate(act).value());
  entry.set_accounting_date(AccountingDate(now, CutoffOf(state, entry)).value());
}

std::optional<Refusal> RefusedByTime(const DecideInput& input, const Entry& draft) {
  const Command& command = input.command;
  if (command.not_after.has_value() && input.now > *command.not_after) {
    return Refusal(Reason::kRequestTooLate, "not_after");
  }
  if (draft.act_micros() > input.now.value() + kMaxFutureMicros) {
    return Refusal(Reason::kActInFuture, "act_time");
  }
  return std::nullopt;
}

const Message* BodyOf(const Entry& entry) {
  const auto* oneof = Entry::descriptor()->FindOneofByName("body");
  const auto* field = Entry::GetReflection()->GetOneofFieldDescriptor(entry, oneof);
  return field == nullptr ? nullptr : &Entry::GetReflection()->GetMessage(entry, field);
}

// A body's field as the API calls it, where it calls it otherwise.
struct FieldName {
  Entry::BodyCase body;  // BODY_NOT_SET: of any body
  std::string_view field;
  std::string_view api;
};
constexpr FieldName kApiNames[] = {
    {Entry::kSchemeCreation, "code", "scheme_id"},
    {Entry::kParticipantCreation, "code", "participant_id"},
    {Entry::kAssetCreation, "code", "asset_id"},
    {Entry::kBudgetOpening, "code", "budget_id"},
    {Entry::kAccountOpening, "owner_id", "owner"},
    {Entry::kAccountOpening, "kind", "merchant"},
    {Entry::kAccountOpening, "participant", "merchant"},
    {Entry::kTransfer, "from", "from_account"},
    {Entry::kTransfer, "to", "to_account"},
    {Entry::BODY_NOT_SET, "acting", "acting_account"},
    {Entry::BODY_NOT_SET, "target", "entry_index"},
    {Entry::BODY_NOT_SET, "deadline_micros", "deadline"},
    {Entry::kEarning, "scenario", "act.scenario"},
    {Entry::kEarning, "district", "act.district"},
    {Entry::kEarning, "quantity", "act.quantity"},
    {Entry::kEarning, "unit", "act.unit"},
    {Entry::kEarning, "seconds", "act.duration_seconds"},
    {Entry::kEarning, "nullifiers", "act.evidence"},
    {Entry::kEarning, "grade", "act.grade"},
    {Entry::kEarning, "weighing", "act.weighing"},
    {Entry::kEarning, "booking", "act.booking_entry_index"},
    {Entry::kEarning, "product", "act.product"},
    {Entry::kEarning, "material", "act.material"},
    {Entry::kEarning, "venue", "act.venue"},
    {Entry::kEarning, "party", "request_id"},
    {Entry::kEarning, "checked_in", "act.check_in_code"},
    {Entry::kEarning, "stations", "act.origin_station"},
    {Entry::kPublication, "size", "document"},
    {Entry::kPublication, "parts", "document"},
    {Entry::kPublication, "sha256", "document"},
    {Entry::kScenarioSwitch, "suspended", "request_id"},
    {Entry::kVenueCertificate, "withdrawn", "request_id"},
    {Entry::kDelisting, "kind", "request_id"},
    // Methods that share a body: another action is another request altogether.
    {Entry::kStatusChange, "status", "request_id"},
    {Entry::kHouseholdChange, "action", "request_id"},
    {Entry::kGuardianship, "action", "request_id"},
};

std::string ApiName(Entry::BodyCase body, const std::string& field) {
  for (const FieldName& row : kApiNames) {
    if ((row.body == body || row.body == Entry::BODY_NOT_SET) && row.field == field) {
      return std::string(row.api);
    }
  }
  return field;
}

// The first field that the caller asked for and that differs; empty when none does. Bodies of one
// kind.
std::string DifferingBodyField(const Message& first, const Command& command) {
  const Message& again = *BodyOf(command.draft);
  for (int i = 0; i < again.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = again.GetDescriptor()->field(i);
    if (IsEffect(command.draft.body_case(), field->name()) ||
        (command.owner_drawn && field->name() == "owner_id")) {
      continue;
    }
    MessageDifferencer differencer;
    if (!differencer.CompareWithFields(first, again, {field}, {field})) {
      return ApiName(command.draft.body_case(), field->name());
    }
  }
  return {};
}

// A kind of body, and what ForgetEffects clears of it.
struct BodyEffects {
  const FieldDescriptor* body = nullptr;
  std::vector<const FieldDescriptor*> fields;
};

// By the kind's number: an audit asks for every entry.
std::vector<BodyEffects> AllEffects() {
  const auto* oneof = Entry::descriptor()->FindOneofByName("body");
  std::vector<BodyEffects> all;
  for (int i = 0; i < oneof->field_count(); ++i) {
    const FieldDescriptor* body = oneof->field(i);
    const auto number = static_cast<std::size_t>(body->number());
    all.resize(std::max(all.size(), number + 1));
    all[number].body = body;
    for (int j = 0; j < body->message_type()->field_count(); ++j) {
      const FieldDescriptor* field = body->message_type()->field(j);
      if (IsEffect(static_cast<Entry::BodyCase>(number), field->name()) &&
          field->name() != "account_id") {
        all[number].fields.push_back(field);
      }
    }
  }
  return all;
}

}  // namespace

std::optional<Refusal> FirstListed(std::optional<Refusal> a, std::optional<Refusal> b) {
  return !b.has_value() || (a.has_value() && a->reason <= b->reason) ? std::move(a) : std::move(b);
}

RequestKey Command::key() const {
  const auto id = RequestId::FromStored(draft.request_id());
  Check(id.has_value(), "a command without a request id");
  return RequestKey{ParticipantNo(draft.caller()), *id};
}

Ledger::Ledger(std::span<const Book> books) {
  const auto add = [this](const Book& book) {
    for (const BookRow& row : book.rows) {
      const auto at = static_cast<std::size_t>(row.body);
      Check(at < kMaxBodies && rows_[at] == nullptr, "an entry kind belongs to two books");
      rows_[at] = &row;
    }
    if (book.due != nullptr) {
      dues_.push_back(book.due);
    }
  };
  add(RegistrationBook());
  add(RequestsBook());
  for (const Book& book : books) {
    add(book);
  }
}

const BookRow* Ledger::RowFor(const Entry& entry) const {
  const auto at = static_cast<std::size_t>(entry.body_case());
  return at < kMaxBodies ? rows_[at] : nullptr;
}

bool Ledger::Decides(const Entry& draft) const {
  const BookRow* row = RowFor(draft);
  return row != nullptr && row->decide != nullptr;
}

bool Ledger::Knows(const Entry& entry) const {
  const auto can_be = [](std::int64_t micros) {
    return LedgerTime(micros) >= kEarliestTime && LedgerTime(micros) <= kLatestTime;
  };
  return entry.format() == kEntryFormat && RowFor(entry) != nullptr &&
         can_be(entry.recorded_micros()) && (entry.act_micros() == 0 || can_be(entry.act_micros()));
}

std::optional<RequestKey> Ledger::TargetRequestOf(const Entry& draft) const {
  const BookRow* row = RowFor(draft);
  const auto id =
      row == nullptr || row->target_request == nullptr ? std::nullopt : row->target_request(draft);
  return id.has_value() ? std::optional(RequestKey{ParticipantNo(draft.caller()), *id})
                        : std::nullopt;
}

std::optional<EntryIndex> Ledger::TargetOf(const State& state, const Entry& draft) const {
  if (const auto request = TargetRequestOf(draft)) {
    const auto record = state.FindRequest(*request);
    return record.has_value() && !record->cancelled_by.has_value() ? std::optional(record->entry)
                                                                   : std::nullopt;
  }
  const BookRow* row = RowFor(draft);
  const auto target = row == nullptr || row->target == nullptr ? std::nullopt : row->target(draft);
  return target.has_value() && target->value() < state.head().size ? target : std::nullopt;
}

void Ledger::Touched(const State& state, const Entry& entry, std::vector<AccountNo>& out) const {
  for (const entry::v1::Posting& posting : entry.postings()) {
    out.emplace_back(posting.account());
  }
  if (entry.postings().empty()) {
    Names(state, entry, out);
    for (AccountNo& account : out) {
      account = state.Standing(account);
    }
  }
}

std::optional<Entry> Ledger::Due(const State& state, AccountNo account, LedgerTime now) const {
  for (const auto due : dues_) {
    if (std::optional<Entry> entry = due(state, account, now)) {
      entry->set_format(kEntryFormat);
      entry->set_recorded_micros(now.value());
      SetDates(state, now, *entry);
      return entry;
    }
  }
  return std::nullopt;
}

void Ledger::Names(const State& state, const Entry& draft, std::vector<AccountNo>& out) const {
  const BookRow* row = RowFor(draft);
  if (row != nullptr && row->names != nullptr) {
    row->names(state, draft, out);
  }
}

void Ledger::Claims(const Entry& draft, std::vector<Nullifier>& out) const {
  const BookRow* row = RowFor(draft);
  if (row != nullptr && row->claims != nullptr) {
    row->claims(draft, out);
  }
}

void Ledger::Register(Registry& registry, EntryIndex index, const Entry& entry) const {
  const BookRow* row = RowFor(entry);
  if (row != nullptr && row->registers != nullptr) {
    row->registers(registry, index, entry);
  }
}

const BookRow* Ledger::Cancels(const Entry& entry, const DecideInput& input) const {
  return entry.has_cancellation() && input.target != nullptr ? RowFor(*input.target) : nullptr;
}

std::optional<Decision> Ledger::DecideAtOnce(const State& state, const Command& command) const {
  if (command.draft.ByteSizeLong() > kMaxEntryBytes) {
    return Refusal(Reason::kRequestTooLarge);
  }
  const auto seen = state.FindRequest(command.key());
  return seen.has_value() ? std::optional<Decision>(Seen{*seen}) : std::nullopt;
}

Decision Ledger::Decide(const State& state, const DecideInput& input) const {
  std::optional<Decision> at_once = DecideAtOnce(state, input.command);
  return at_once.has_value() ? *std::move(at_once) : DecideNew(state, input, input.command.draft);
}

Decision Ledger::DecideNew(const State& state, const DecideInput& input, Entry entry) const {
  const BookRow* row = RowFor(entry);
  Check(row != nullptr && row->decide != nullptr, "a command that no book decides");
  entry.set_format(kEntryFormat);
  entry.set_recorded_micros(input.now.value());
  auto refusal = row->decide(state, input, entry);
  const BookRow* undone = refusal.has_value() ? nullptr : Cancels(entry, input);
  if (undone != nullptr) {
    refusal = undone->cancel == nullptr
                  ? std::optional(Refusal(Reason::kNotCancellable, "target_request_id"))
                  : undone->cancel(state, input, entry);
    entry.mutable_cancellation()->set_target_kind(
        static_cast<std::uint32_t>(input.target->body_case()));
    entry.mutable_cancellation()->set_target_micros(input.target->recorded_micros());
  }
  refusal = FirstListed(RefusedByTime(input, entry), std::move(refusal));
  if (refusal.has_value()) {
    return *std::move(refusal);
  }
  SetDates(state, input.now, entry);
  if (entry.ByteSizeLong() > kMaxEntryBytes) {
    return Refusal(Reason::kRequestTooLarge);
  }
  return entry;
}

Fault Ledger::TryApply(State& state, const Entry& entry) const {
  if (!Knows(entry)) {
    return "an entry of unknown format or kind, or of a time that cannot be";
  }
  const BookRow* row = RowFor(entry);
  if (!entry.postings().empty() && !row->moves) {
    return "postings on an entry that moves nothing";
  }
  const EntryIndex index(state.head().size);
  const LedgerTime time(entry.recorded_micros());
  if (index.value() > 0 && time < state.head().time) {
    return "ledger time goes back";
  }
  if ((index.value() == 0) != entry.has_genesis()) {
    return "a log begins with its only genesis entry";
  }
  state.Advance(time);
  if (Fault fault = ApplyPostings(state, index, entry)) {
    return fault;
  }
  if (!entry.request_id().empty()) {
    const auto id = RequestId::FromStored(entry.request_id());
    if (!id.has_value()) {
      return "a malformed request id";
    }
    const RequestKey key{ParticipantNo(entry.caller()), *id};
    if (state.FindRequest(key).has_value()) {
      return "a request id stands twice in the log";
    }
    state.PutRequest(key, RequestRecord{index, std::nullopt});
  }
  if (row->apply != nullptr) {
    if (Fault fault = row->apply(state, index, entry)) {
      return fault;
    }
  }
  if (entry.has_cancellation()) {
    if (Fault fault = ApplyCancelled(state, index, entry)) {
      return fault;
    }
  }
  return WantHoldsAddUp(state, entry);
}

Fault Ledger::ApplyCancelled(State& state, EntryIndex index, const Entry& entry) const {
  const auto kind = entry.cancellation().target_kind();
  const BookRow* row = kind < kMaxBodies ? rows_[kind] : nullptr;
  if (row == nullptr || row->cancel == nullptr) {
    return "a cancellation of what cannot be cancelled";
  }
  return row->cancelled == nullptr ? std::nullopt : row->cancelled(state, index, entry);
}

void Ledger::Apply(State& state, const Entry& entry) const {
  const Fault fault = TryApply(state, entry);
  Check(!fault.has_value(), fault.value_or(""));
}

Entry GenesisEntry(std::string_view origin, LedgerTime now) {
  Entry entry;
  entry.set_format(kEntryFormat);
  entry.set_recorded_micros(now.value());
  entry.mutable_genesis()->set_origin(std::string(origin));
  SetDates(State(), now, entry);
  return entry;
}

Entry OperatorEntry(const State& state, std::string_view code, LedgerTime now) {
  Entry entry;
  entry.set_format(kEntryFormat);
  entry.set_recorded_micros(now.value());
  auto& creation = *entry.mutable_participant_creation();
  creation.set_number(state.registry().next_participant().value());
  creation.set_code(std::string(code));
  creation.set_display_name(std::string(code));
  creation.set_kind(entry::v1::PARTICIPANT_KIND_OPERATOR);
  SetDates(state, now, entry);
  return entry;
}

void ForgetEffects(Entry& entry) {
  entry.clear_format();
  entry.clear_recorded_micros();
  entry.clear_business_date();
  entry.clear_accounting_date();
  entry.clear_postings();
  if (entry.has_tombstone()) {
    const std::string target = entry.tombstone().target_request_id();
    entry.mutable_cancellation()->set_target_request_id(target);  // replaces the oneof
  }
  if (entry.body_case() == Entry::BODY_NOT_SET) {
    return;
  }
  static const std::vector<BodyEffects> all = AllEffects();
  const BodyEffects& effects = all[static_cast<std::size_t>(entry.body_case())];
  Message& body = *Entry::GetReflection()->MutableMessage(&entry, effects.body);
  for (const FieldDescriptor* effect : effects.fields) {
    body.GetReflection()->ClearField(&body, effect);
  }
}

std::optional<std::string> ConflictingField(const Entry& first, const Command& again) {
  const Entry& draft = again.draft;
  const bool same_reference = first.reference_commitment() == draft.reference_commitment();
  if (first.request_digest() == draft.request_digest()) {
    return same_reference ? std::nullopt : std::optional<std::string>("reference");
  }
  // A cancellation of what never happened was stored as a tombstone; both name the target alike.
  if (draft.has_cancellation() && (first.has_cancellation() || first.has_tombstone())) {
    return "target_request_id";
  }
  if (first.body_case() != draft.body_case()) {
    return "request_id";
  }
  if (std::string field = DifferingBodyField(*BodyOf(first), again); !field.empty()) {
    return field;
  }
  if (first.act_micros() != draft.act_micros()) {
    return "act_time";
  }
  return "platform_user_id";  // the one thing that was asked for and that the log does not hold
}

}  // namespace tanhui
