#include "ledger/core/ledger.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

#include "ledger/core/check.h"
#include "ledger/core/postings.h"

namespace tanhui {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// Fields of bodies that decide or the engine fills in; the caller did not ask for them.
bool IsEffect(std::string_view name) {
  return name == "number" || name == "account_id" || name == "issuance_account" ||
         name == "target_index";
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

std::optional<Refusal> RefusedByTime(const DecideInput& input) {
  const Command& command = input.command;
  if (command.not_after.has_value() && input.now > *command.not_after) {
    return Refusal(Reason::kRequestTooLate, "not_after");
  }
  if (command.draft.act_micros() > input.now.value() + kMaxFutureMicros) {
    return Refusal(Reason::kActInFuture, "act_time");
  }
  return std::nullopt;
}

// Of two refusals the one whose reason stands first.
std::optional<Refusal> FirstListed(std::optional<Refusal> a, std::optional<Refusal> b) {
  return !b.has_value() || (a.has_value() && a->reason < b->reason) ? std::move(a) : std::move(b);
}

const Message* BodyOf(const Entry& entry) {
  const auto* oneof = Entry::descriptor()->FindOneofByName("body");
  const auto* field = Entry::GetReflection()->GetOneofFieldDescriptor(entry, oneof);
  return field == nullptr ? nullptr : &Entry::GetReflection()->GetMessage(entry, field);
}

// A body's field as the API calls it.
std::string ApiName(Entry::BodyCase body, const std::string& field) {
  switch (body) {
    case Entry::kSchemeCreation:
      return field == "code" ? "scheme_id" : field;
    case Entry::kParticipantCreation:
      return field == "code" ? "participant_id" : field;
    case Entry::kAssetCreation:
      return field == "code" ? "asset_id" : field;
    case Entry::kBudgetOpening:
      return field == "code" ? "budget_id" : field;
    case Entry::kAccountOpening:
      if (field == "owner_id") {
        return "owner";
      }
      return field == "kind" || field == "participant" ? "merchant" : field;
    case Entry::kTransfer:
      return field == "points" ? field : field + "_account";
    default:
      return field;
  }
}

// The first field that the caller asked for and that differs; empty when none does. Bodies of one
// kind.
std::string DifferingBodyField(const Message& first, const Command& command) {
  const Message& again = *BodyOf(command.draft);
  for (int i = 0; i < again.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = again.GetDescriptor()->field(i);
    if (IsEffect(field->name()) || (command.owner_drawn && field->name() == "owner_id")) {
      continue;
    }
    MessageDifferencer differencer;
    if (!differencer.CompareWithFields(first, again, {field}, {field})) {
      return ApiName(command.draft.body_case(), field->name());
    }
  }
  return {};
}

}  // namespace

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

bool Ledger::Knows(const Entry& entry) const {
  return entry.format() == kEntryFormat && RowFor(entry) != nullptr;
}

bool Ledger::Cancellable(const Entry& entry) const {
  const BookRow* row = RowFor(entry);
  return row != nullptr && row->cancellable;
}

void Ledger::Names(const State& state, const Entry& draft, std::vector<AccountNo>& out) const {
  const BookRow* row = RowFor(draft);
  if (row != nullptr && row->names != nullptr) {
    row->names(state, draft, out);
  }
}

void Ledger::Register(Registry& registry, const Entry& entry) const {
  const BookRow* row = RowFor(entry);
  if (row != nullptr && row->registers != nullptr) {
    row->registers(registry, entry);
  }
}

Decision Ledger::Decide(const State& state, const DecideInput& input) const {
  const Command& command = input.command;
  if (command.draft.ByteSizeLong() > kMaxEntryBytes) {
    return Refusal(Reason::kRequestTooLarge);
  }
  if (const auto seen = state.FindRequest(command.key())) {
    return Seen{*seen};
  }
  const BookRow* row = RowFor(command.draft);
  Check(row != nullptr && row->decide != nullptr, "a command that no book decides");
  Entry entry = command.draft;
  entry.set_format(kEntryFormat);
  entry.set_recorded_micros(input.now.value());
  auto refusal = input.target != nullptr && !Cancellable(*input.target)
                     ? std::optional(Refusal(Reason::kNotCancellable, "target_request_id"))
                     : row->decide(state, input, entry);
  refusal = FirstListed(RefusedByTime(input), std::move(refusal));
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
    return "an entry of unknown format or kind";
  }
  const BookRow* row = RowFor(entry);
  if (!entry.postings().empty() && !row->cancellable && !entry.has_cancellation()) {
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
  return row->apply == nullptr ? std::nullopt : row->apply(state, index, entry);
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
