#include "services/rpc/mutation.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "services/rpc/acts/booking.h"
#include "services/rpc/cases/sighting.h"
#include "services/rpc/links/account_names.h"
#include "services/rpc/outcome.h"

namespace tanhui::rpc {
namespace {

using sequencer::Outcome;
using Answered = std::function<void(absl::StatusOr<std::vector<Outcome>>)>;

// The outcomes of a batch of which some drafts never reached the sequencer.
std::vector<Outcome> Merge(std::vector<std::optional<Refusal>> refused,
                           std::vector<Outcome> decided) {
  std::vector<Outcome> out;
  out.reserve(refused.size());
  std::size_t next = 0;
  for (std::optional<Refusal>& refusal : refused) {
    if (refusal.has_value()) {
      out.emplace_back(*std::move(refusal));
    } else {
      out.push_back(std::move(decided[next++]));
    }
  }
  return out;
}

std::vector<Outcome> RefuseRest(std::vector<std::optional<Refusal>> refused) {
  std::size_t culprit = 0;
  while (!refused[culprit].has_value()) {
    ++culprit;
  }
  std::vector<Outcome> out;
  for (std::optional<Refusal>& refusal : refused) {
    out.push_back(refusal.has_value()
                      ? *std::move(refusal)
                      : Refusal(Reason::kBatchRefused)
                            .With("refused_request", static_cast<std::int64_t>(culprit)));
  }
  return out;
}

// When the first claim was that another one repeats; where it holds for more than a date, the date
// stands in the entry.
void TellActDate(const Context& context, Refusal& refusal) {
  std::optional<EntryIndex> first;
  for (const auto& [key, value] : refusal.facts) {
    if (key == "act_date") {
      return;
    }
    std::uint64_t index = 0;
    if (key == "entry_index" && absl::SimpleAtoi(value, &index)) {
      first = EntryIndex(index);
    }
  }
  // Not there when it is of a batch that was only validated.
  const auto entry = first.has_value() ? ReadEntry(context, *first)
                                       : absl::StatusOr<Entry>(absl::NotFoundError(""));
  if (entry.ok()) {
    refusal.facts.emplace_back("act_date", FormatDate(ActDate(*entry)));
  }
}

Answered TellingActDates(const Context& context, Answered done) {
  return [&context, done = std::move(done)](absl::StatusOr<std::vector<Outcome>> outcomes) {
    if (outcomes.ok()) {
      for (Outcome& outcome : *outcomes) {
        auto* refusal = std::get_if<Refusal>(&outcome);
        if (refusal != nullptr && refusal->reason == Reason::kAlreadyClaimed) {
          TellActDate(context, *refusal);
        }
      }
    }
    done(std::move(outcomes));
  };
}

// The ledger names accounts by their ids.
Answered TellingNames(const Context& context, const Caller& caller, Answered done) {
  return [&context, caller, done = std::move(done)](absl::StatusOr<std::vector<Outcome>> outcomes) {
    if (outcomes.ok()) {
      for (Outcome& outcome : *outcomes) {
        if (auto* refusal = std::get_if<Refusal>(&outcome)) {
          TellName(context, caller, *refusal);
        }
      }
    }
    done(std::move(outcomes));
  };
}

}  // namespace

std::optional<Refusal> RefusedBySize(int requests) {
  if (requests == 0) {
    return Refusal(Reason::kBatchEmpty, "requests");
  }
  return requests > kMaxBatch ? std::optional(Refusal(Reason::kBatchTooLarge, "requests")
                                                  .With("requests", requests)
                                                  .With("limit", kMaxBatch))
                              : std::nullopt;
}

std::optional<std::size_t> CulpritOf(const std::vector<Outcome>& outcomes) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto* refusal = std::get_if<Refusal>(&outcomes[i]);
    if (refusal != nullptr && refusal->reason != Reason::kBatchRefused) {
      return i;
    }
    found = refusal != nullptr && !found.has_value() ? std::optional(i) : found;
  }
  return found;
}

void Mutate(const Context& context, std::vector<Draft> drafts, const MutationOptions& options,
            Answered done) {
  if (absl::Status status = ResolveAccounts(context.engine.store(), drafts); !status.ok()) {
    done(std::move(status));
    return;
  }
  if (absl::Status status = ResolveBookings(context.engine.store(), drafts); !status.ok()) {
    done(std::move(status));
    return;
  }
  if (!NamesById(drafts.front().caller()) &&
      std::any_of(drafts.begin(), drafts.end(), [](Draft& draft) {
        return draft.entry().has_account_opening() || draft.entry().has_linkage();
      })) {
    done = TellingNames(context, drafts.front().caller(), std::move(done));
  }
  if (std::any_of(drafts.begin(), drafts.end(),
                  [](Draft& draft) { return draft.entry().has_earning(); })) {
    done = TellingActDates(context, std::move(done));
  }
  std::vector<std::optional<Refusal>> refused;
  sequencer::Submission submission;
  std::vector<Seen> seen;
  for (Draft& draft : drafts) {
    refused.push_back(draft.refusal());
    if (!draft.refusal().has_value()) {
      draft.Seal();
      submission.commands.push_back(draft.Take());
      seen.push_back(SeenOf(submission.commands.back(), draft.device()));
    }
  }
  const bool any_refused = submission.commands.size() < drafts.size();
  if (submission.commands.empty() || (options.atomic && any_refused)) {
    done(submission.commands.empty() ? Merge(std::move(refused), {})
                                     : RefuseRest(std::move(refused)));
    return;
  }
  submission.atomic = options.atomic;
  submission.validate_only = options.validate_only;
  submission.bytes = options.bytes;
  submission.deadline = options.deadline;
  // Shared, because the sequencer leaves `done` uncalled when it does not take the submission.
  const auto shared = std::make_shared<Answered>(std::move(done));
  const std::size_t count = submission.commands.size();
  if (any_refused) {
    submission.done = [shared, refused](std::vector<Outcome> outcomes) {
      (*shared)(Merge(refused, std::move(outcomes)));
    };
  } else {
    submission.done = [shared](std::vector<Outcome> outcomes) { (*shared)(std::move(outcomes)); };
  }
  if (!options.validate_only) {
    submission.done = Watched(context, std::move(seen), std::move(submission.done));
  }
  if (auto refusal = context.engine.sequencer().Submit(std::move(submission))) {
    // What is malformed stays malformed, however busy the server is.
    (*shared)(Merge(refused, std::vector<Outcome>(count, *refusal)));
  }
}

}  // namespace tanhui::rpc
