// Undoing requests (冲正), and the record of import files (回执).
#include "ledger/core/book.h"
#include "ledger/core/check.h"

namespace tanhui {
namespace {

namespace pb = entry::v1;

RequestKey TargetKey(const Entry& entry, const std::string& stored) {
  const auto id = RequestId::FromStored(stored);
  Check(id.has_value(), "a cancellation names a malformed request id");
  return RequestKey{ParticipantNo(entry.caller()), *id};
}

std::optional<Refusal> DecideCancellation(const State& state, const DecideInput& input,
                                          Entry& entry) {
  const std::string target = entry.cancellation().target_request_id();
  const auto record = state.FindRequest(TargetKey(entry, target));
  if (!record.has_value()) {
    entry.mutable_tombstone()->set_target_request_id(target);  // replaces the oneof
    return std::nullopt;
  }
  if (record->cancelled_by.has_value()) {
    return Refusal(Reason::kAlreadyCancelled, "target_request_id")
        .With("entry_index", static_cast<std::int64_t>(record->cancelled_by->value()));
  }
  Check(input.target != nullptr && input.target_index == record->entry,
        "the entry to cancel was not loaded");
  entry.mutable_cancellation()->set_target_index(record->entry.value());
  // The book of the target does the rest, unless a refund or a reversal began to.
  return state.FindUndone(record->entry) == Undone{}
             ? std::nullopt
             : std::optional(Refusal(Reason::kNotCancellable, "target_request_id"));
}

Fault ApplyCancellation(State& state, EntryIndex index, const Entry& entry) {
  const auto id = RequestId::FromStored(entry.cancellation().target_request_id());
  if (!id.has_value()) {
    return "a cancellation names a malformed request id";
  }
  const RequestKey key{ParticipantNo(entry.caller()), *id};
  auto record = state.FindRequest(key);
  if (!record.has_value() || record->cancelled_by.has_value() ||
      record->entry.value() != entry.cancellation().target_index()) {
    return "a cancellation of a request that cannot be cancelled";
  }
  if (state.FindUndone(record->entry) != Undone{}) {
    return "a cancellation of what was undone before";
  }
  record->cancelled_by = index;
  state.PutRequest(key, *record);
  state.PutUndone(record->entry, Undone{Amount(0), 0, true});
  return std::nullopt;
}

Fault ApplyTombstone(State& state, EntryIndex index, const Entry& entry) {
  const auto id = RequestId::FromStored(entry.tombstone().target_request_id());
  if (!id.has_value()) {
    return "a tombstone names a malformed request id";
  }
  const RequestKey key{ParticipantNo(entry.caller()), *id};
  if (state.FindRequest(key).has_value()) {
    return "a tombstone for a request that happened";
  }
  state.PutRequest(key, RequestRecord{index, index});
  return std::nullopt;
}

std::optional<Refusal> DecideFile(const State& state, const DecideInput&, Entry& entry) {
  const pb::FileRecord& file = entry.file_record();
  if (file.supersedes_file_id().empty()) {
    return std::nullopt;
  }
  const auto id = RequestId::FromText("file:" + file.supersedes_file_id());
  const auto record = id.has_value()
                          ? state.FindRequest(RequestKey{ParticipantNo(entry.caller()), *id})
                          : std::nullopt;
  if (!record.has_value() || record->cancelled_by.has_value()) {
    return Refusal(Reason::kUnknownFile, "supersedes_file_id");
  }
  return std::nullopt;
}

// Nothing when it is malformed: an entry of a damaged log is asked, too, before apply refuses it.
std::optional<RequestId> TargetOfCancellation(const Entry& draft) {
  return RequestId::FromStored(draft.cancellation().target_request_id());
}

// The one that it blocks, which apply looks at.
std::optional<RequestId> BlockedByTombstone(const Entry& draft) {
  return RequestId::FromStored(draft.tombstone().target_request_id());
}

constexpr BookRow kRows[] = {
    {.body = Entry::kCancellation,
     .decide = DecideCancellation,
     .apply = ApplyCancellation,
     .target_request = TargetOfCancellation,
     .moves = true},
    {.body = Entry::kTombstone, .apply = ApplyTombstone, .target_request = BlockedByTombstone},
    {.body = Entry::kFileRecord, .decide = DecideFile},
};

}  // namespace

Book RequestsBook() { return {"requests", kRows}; }

}  // namespace tanhui
