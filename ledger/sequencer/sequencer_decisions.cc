// What the deciding thread does with what it took: decide, sweep, append to the batch.
#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "ledger/core/check.h"
#include "ledger/sequencer/sequencer.h"

namespace tanhui::sequencer {
namespace {

std::vector<Outcome> RefuseAll(std::size_t count, const Refusal& refusal) {
  return std::vector<Outcome>(count, refusal);
}

Entry Parse(std::string_view bytes) {
  Entry entry;
  Check(entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
        "a stored entry cannot be decoded");
  return entry;
}

bool TellsOfEntryFrom(const Refusal& refusal, EntryIndex from) {
  return std::any_of(refusal.facts.begin(), refusal.facts.end(), [from](const auto& fact) {
    std::uint64_t index = 0;
    return fact.first == "entry_index" && absl::SimpleAtoi(fact.second, &index) &&
           index >= from.value();
  });
}

}  // namespace

void Sequencer::DecideInto(Decided& batch, std::vector<Submission> submissions) {
  LedgerTime now;
  const std::optional<Refusal> stopped = WhyNotWrite(now);
  // Everything of one commit has one time.
  if (!batch.commit.entries.empty()) {
    now = working_set_.state().head().time;
  }
  if (!stopped.has_value()) {
    working_set_.Load(submissions);
  }
  const auto steady_now = std::chrono::steady_clock::now();
  const std::size_t entries_before = batch.commit.entries.size();
  for (Submission& submission : submissions) {
    const std::size_t count = std::max<std::size_t>(submission.commands.size(), 1);
    std::vector<Outcome> outcomes =
        submission.deadline <= steady_now
            ? RefuseAll(count, Refusal(Reason::kDeadlineExceeded))
            : (stopped.has_value() ? RefuseAll(count, *stopped)
                                   : DecideSubmission(batch, submission, now));
    batch.commands += submission.size();
    batch.answers.emplace_back(std::move(submission.done), std::move(outcomes));
  }
  if (batch.commit.entries.size() > entries_before) {
    const std::lock_guard lock(mutex_);
    clock_guard_.Used(now, clock_.MonotonicMicros());
  }
}

std::vector<Outcome> Sequencer::DecideSubmission(Decided& batch, Submission& submission,
                                                 LedgerTime now) {
  SweepAll(batch, submission.sweep, now);
  // What is only validated is decided as if it were meant, so that each command of a list sees what
  // those before it did, and balances are what they would be.
  const bool list = submission.commands.size() > 1;
  if ((list && submission.atomic) || submission.validate_only) {
    return DecideTrial(batch, submission, now);
  }
  std::vector<Outcome> outcomes;
  outcomes.reserve(submission.commands.size());
  for (Command& command : submission.commands) {
    DecideOne(batch, command, now, outcomes.emplace_back());
  }
  return outcomes;
}

std::vector<Outcome> Sequencer::DecideTrial(Decided& batch, Submission& submission,
                                            LedgerTime now) {
  const std::size_t entries = batch.commit.entries.size();
  const std::size_t references = batch.commit.references.size();
  const std::size_t sealed_evidence = batch.commit.sealed_evidence.size();
  const EntryIndex first = batch.commit.first;
  working_set_.state().BeginTrial();
  on_trial_from_ = EntryIndex(working_set_.state().head().size);
  std::vector<Outcome> outcomes;
  outcomes.reserve(submission.commands.size());
  bool refused = false;
  for (Command& command : submission.commands) {
    DecideOne(batch, command, now, outcomes.emplace_back());
    refused = refused || std::holds_alternative<Refusal>(outcomes.back());
    if (refused && submission.atomic) {
      break;
    }
  }
  if (refused && submission.atomic) {
    const std::size_t culprit = outcomes.size() - 1;
    const Refusal other =
        Refusal(Reason::kBatchRefused).With("refused_request", static_cast<std::int64_t>(culprit));
    Outcome reason = std::move(outcomes.back());
    outcomes = RefuseAll(submission.commands.size(), other);
    outcomes[culprit] = std::move(reason);
  }
  const EntryIndex from = *std::exchange(on_trial_from_, std::nullopt);
  if (submission.validate_only || (refused && submission.atomic)) {
    for (Outcome& outcome : outcomes) {
      Accepted* accepted = std::get_if<Accepted>(&outcome);
      // The repeat of an entry that is not going to be is no replay.
      if (accepted != nullptr && accepted->index >= from) {
        accepted->replayed = false;
      }
    }
    working_set_.state().UndoTrial();
    batch.commit.entries.resize(entries);
    batch.commit.references.resize(references);
    batch.commit.sealed_evidence.resize(sealed_evidence);
    batch.commit.first = first;
    return outcomes;
  }
  working_set_.state().KeepTrial();
  return outcomes;
}

std::optional<Refusal> Sequencer::Complete(const Command& command,
                                           const std::optional<Target>& target, LedgerTime now,
                                           Entry& draft) {
  return ledger_.Complete(
      working_set_.state(),
      {now, command, target.has_value() ? &target->entry : nullptr,
       target.has_value() ? target->index : EntryIndex(),
       target.has_value() && target->also.has_value() ? &*target->also : nullptr,
       target.has_value() ? target->also_index : EntryIndex()},
      draft);
}

void Sequencer::DecideOne(Decided& batch, Command& command, LedgerTime now, Outcome& outcome) {
  State& state = working_set_.state();
  working_set_.LoadAgain(command);
  if (auto at_once = ledger_.DecideAtOnce(state, command)) {
    const Seen* seen = std::get_if<Seen>(&*at_once);
    outcome = seen != nullptr ? AnswerSeen(batch, command, seen->record)
                              : Outcome(std::get<Refusal>(*std::move(at_once)));
    return;
  }
  const std::optional<Target> target = LoadTarget(batch, command);
  // The draft becomes the entry right where it is answered: copying it costs a tenth of an award,
  // and each move a fiftieth.
  Accepted& accepted = outcome.emplace<Accepted>();
  Entry& entry = accepted.entry;
  entry.Swap(&command.draft);
  command.draft.set_caller(entry.caller());
  std::optional<Refusal> refusal = Complete(command, target, now, entry);
  // An account that is touched is swept first. What was decided sees lots past their date as gone
  // anyhow, so it is accepted again.
  if (!refusal.has_value() && SweepTouched(batch, entry, now)) {
    ForgetEffects(entry);
    refusal = Complete(command, target, now, entry);
  }
  if (refusal.has_value()) {
    if (refusal->reason == Reason::kAlreadyClaimed && on_trial_from_.has_value() &&
        TellsOfEntryFrom(*refusal, *on_trial_from_)) {
      refusal->facts.clear();  // of an entry that is not going to be
    }
    outcome = *std::move(refusal);
    return;
  }
  accepted.index = EntryIndex(state.head().size);
  Append(batch, entry, static_cast<std::size_t>(entry.GetCachedSize()));
  if (command.former_user.has_value()) {
    state.PutPlatformUser(*command.former_user, AccountNo(0));
  }
  if (command.platform_user.has_value()) {
    state.PutPlatformUser(*command.platform_user,
                          AccountNo(entry.has_linkage() ? entry.linkage().account()
                                                        : entry.account_opening().number()));
  }
  if (!command.reference.empty()) {
    batch.commit.references.emplace_back(accepted.index, std::move(command.reference));
  }
  if (!command.sealed_evidence.empty()) {
    batch.commit.sealed_evidence.emplace_back(accepted.index, std::move(command.sealed_evidence));
  }
}

// `size` is what ByteSizeLong told of the entry as it is now.
void Sequencer::Append(Decided& batch, const Entry& entry, std::size_t size) {
  State& state = working_set_.state();
  if (batch.commit.entries.empty()) {
    batch.commit.first = EntryIndex(state.head().size);
  }
  ledger_.Apply(state, entry);
  // Serialised once: these bytes are hashed, stored and handed out.
  std::string& bytes = batch.commit.entries.emplace_back(size, '\0');
  auto* const begin = reinterpret_cast<std::uint8_t*>(bytes.data());
  Check(entry.SerializeWithCachedSizesToArray(begin) == begin + size,
        "an entry was changed after it was decided");
}

// Writes what is due about the account; whether there was anything.
bool Sequencer::Sweep(Decided& batch, AccountNo account, LedgerTime now) {
  const State& state = working_set_.state();
  const Account* found = state.FindAccount(account);
  if (found == nullptr) {
    return false;
  }
  // The other side of what may be due.
  const Asset* asset = state.registry().Find(found->asset);
  if (state.FindAccount(asset->expiry) == nullptr ||
      state.FindAccount(asset->issuance) == nullptr) {
    working_set_.LoadAccounts(std::array{asset->expiry, asset->issuance});
  }
  due_names_.clear();
  ledger_.DueNames(state, account, now, due_names_);
  if (!due_names_.empty()) {
    working_set_.LoadAccounts(due_names_);
  }
  bool swept = false;
  while (const std::optional<Entry> due = ledger_.Due(state, account, now)) {
    Append(batch, *due, due->ByteSizeLong());
    swept = true;
  }
  return swept;
}

bool Sequencer::SweepTouched(Decided& batch, const Entry& entry, LedgerTime now) {
  touched_.clear();
  ledger_.Touched(working_set_.state(), entry, touched_);
  bool swept = false;
  for (const AccountNo account : touched_) {
    swept = Sweep(batch, account, now) || swept;
  }
  return swept;
}

void Sequencer::SweepAll(Decided& batch, const std::vector<AccountNo>& accounts, LedgerTime now) {
  for (const AccountNo account : accounts) {
    Sweep(batch, account, now);
  }
}

Outcome Sequencer::AnswerSeen(const Decided& batch, const Command& command,
                              const RequestRecord& record) {
  const auto index = [](EntryIndex entry) { return static_cast<std::int64_t>(entry.value()); };
  if (record.blocked()) {
    return Refusal(Reason::kRequestCancelled, "request_id")
        .With("entry_index", index(record.entry));
  }
  Entry first = ReadEntry(batch, record.entry);
  if (auto field = ConflictingField(first, command)) {
    Refusal refusal(Reason::kRequestIdReused, *std::move(field));
    const bool durable = !on_trial_from_.has_value() || record.entry < *on_trial_from_;
    return durable ? std::move(refusal).With("entry_index", index(record.entry))
                   : std::move(refusal);
  }
  if (record.cancelled_by.has_value()) {
    return Refusal(Reason::kRequestCancelled, "request_id")
        .With("entry_index", index(*record.cancelled_by));
  }
  return Accepted{std::move(first), record.entry, true};
}

std::optional<Sequencer::Target> Sequencer::LoadTarget(const Decided& batch,
                                                       const Command& command) {
  const auto index = ledger_.TargetOf(working_set_.state(), command.draft);
  if (!index.has_value()) {
    return std::nullopt;
  }
  Target target{ReadEntry(batch, *index), *index, std::nullopt, {}};
  working_set_.LoadTarget(*index, target.entry);
  if (const auto also = ledger_.AlsoOf(working_set_.state(), command.draft, *index, target.entry)) {
    target.also = ReadEntry(batch, *also);
    target.also_index = *also;
    working_set_.LoadTarget(*also, *target.also);
  }
  return target;
}

// From the batch being decided, the commit in flight, or the store.
Entry Sequencer::ReadEntry(const Decided& batch, EntryIndex index) const {
  const auto in = [index](const store::CommitBatch& commit) {
    return !commit.entries.empty() && index >= commit.first &&
           index.value() < commit.first.value() + commit.entries.size();
  };
  if (in(batch.commit)) {
    return Parse(batch.commit.entries[index.value() - batch.commit.first.value()]);
  }
  std::shared_ptr<const Decided> in_flight;
  {
    const std::lock_guard lock(mutex_);
    in_flight = in_flight_;
  }
  if (in_flight != nullptr && in(in_flight->commit)) {
    return Parse(in_flight->commit.entries[index.value() - in_flight->commit.first.value()]);
  }
  const auto bytes = store_.ReadEntry(index);
  Check(bytes.ok(), bytes.ok() ? "" : bytes.status().ToString());
  return Parse(*bytes);
}

}  // namespace tanhui::sequencer
