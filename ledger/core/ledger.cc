#include "ledger/core/ledger.h"

#include <algorithm>
#include <vector>

#include "ledger/core/books/entry_dates.h"
#include "ledger/core/books/event_rows.h"
#include "ledger/core/books/links.h"
#include "ledger/core/check.h"
#include "ledger/core/postings.h"

namespace tanhui {
namespace {

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
    if (book.due_names != nullptr) {
      due_names_.push_back(book.due_names);
    }
  };
  add(RegistrationBook());
  add(RequestsBook());
  add(LinkBook());
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

std::optional<EntryIndex> Ledger::AlsoOf(const State& state, const Entry& draft,
                                         EntryIndex target_index, const Entry& target) const {
  if (draft.has_cancellation()) {
    const BookRow* row = RowFor(target);
    return row == nullptr || row->cancel_also == nullptr ? std::nullopt : row->cancel_also(target);
  }
  const BookRow* row = RowFor(draft);
  return row == nullptr || row->also == nullptr ? std::nullopt
                                                : row->also(state, target_index, target);
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
      SetDates(SchemeOf(state, RowFor(*entry), *entry), now, *entry);
      return entry;
    }
  }
  return std::nullopt;
}

void Ledger::DueNames(const State& state, AccountNo account, LedgerTime now,
                      std::vector<AccountNo>& out) const {
  for (const auto names : due_names_) {
    names(state, account, now, out);
  }
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
  if (std::optional<Decision> at_once = DecideAtOnce(state, input.command)) {
    return *std::move(at_once);
  }
  Decision decision(input.command.draft);
  if (std::optional<Refusal> refusal = Complete(state, input, std::get<Entry>(decision))) {
    return *std::move(refusal);
  }
  return decision;
}

std::optional<Refusal> Ledger::Complete(const State& state, const DecideInput& input,
                                        Entry& entry) const {
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
  // Most commands of a rush are refused: only what is taken, or asks for a date, needs the scheme.
  const bool dated = !refusal.has_value() || NamesBooking(entry);
  const Scheme* scheme = dated ? SchemeOf(state, row, entry) : nullptr;
  if (dated && scheme == nullptr && input.target != nullptr) {
    scheme = SchemeOf(state, RowFor(*input.target), *input.target);
  }
  // Of an entry that the caller may not see nothing is told, its date neither.
  if (!refusal.has_value() || refusal->reason != Reason::kUnknownEntry) {
    if (auto booking = RefusedByBooking(state, scheme, input.now, entry, input.target)) {
      refusal = FirstListed(std::move(booking), std::move(refusal));
    }
  }
  if (auto time = RefusedByTime(input, entry)) {
    refusal = FirstListed(std::move(time), std::move(refusal));
  }
  if (refusal.has_value()) {
    return refusal;
  }
  SetDates(scheme, input.now, entry);
  return entry.ByteSizeLong() > kMaxEntryBytes ? std::optional(Refusal(Reason::kRequestTooLarge))
                                               : std::nullopt;
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
  if (Fault fault = FaultOfDates(entry)) {
    return fault;
  }
  state.Advance(time);
  if (row->opens != nullptr) {
    if (Fault fault = row->opens(state, entry)) {
      return fault;
    }
  }
  if (Fault fault = ApplyPostings(state, index, entry)) {
    return fault;
  }
  if (!entry.request_id().empty()) {
    const auto id = RequestId::FromStored(entry.request_id());
    if (!id.has_value()) {
      return "a malformed request id";
    }
    const RequestKey key{ParticipantNo(entry.caller()), *id};
    if (!state.AddRequest(key, RequestRecord{index, std::nullopt})) {
      return "a request id stands twice in the log";
    }
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
  if (Fault fault = WantHoldsAddUp(state, entry)) {
    return fault;
  }
  NoteEvents(state, index, entry);
  return std::nullopt;
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
  SetDates(nullptr, now, entry);
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
  SetDates(nullptr, now, entry);
  return entry;
}

}  // namespace tanhui
