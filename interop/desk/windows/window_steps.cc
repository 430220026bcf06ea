// What the clerk reads in the log, and the steps that follow from it.
#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

#include "interop/desk/exchange_reading.h"
#include "interop/desk/windows/window_clerk.h"
#include "interop/desk/windows/window_rows.h"
#include "interop/settlement/statement.h"

namespace tanhui::desk {
namespace {

using settlement::WindowState;

constexpr std::size_t kStepsAtOnce = 512;

std::vector<ExchangeId> SortedIds(const std::vector<interop::WindowItem>& items) {
  std::vector<ExchangeId> ids;
  ids.reserve(items.size());
  for (const interop::WindowItem& item : items) {
    ids.push_back(item.id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

// Those of `all` that are not in `some`; both in order.
template <typename All, typename Some>
std::vector<ExchangeId> Without(const All& all, const Some& some) {
  std::vector<ExchangeId> left;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(left));
  return left;
}

}  // namespace

bool WindowClerk::Fold(ParticipantNo peer, City& city) {
  while (true) {
    const auto steps =
        engine_.store().ReadListing(Listing::kStepsWithPeer, peer.value(), city.next, kStepsAtOnce);
    if (!steps.ok()) {
      return false;
    }
    for (const EntryIndex index : *steps) {
      const auto entry = ReadLogEntry(engine_.store(), index);
      if (!entry.ok()) {
        return false;
      }
      if (city.books.Add(index, *entry) && city.caught_up &&
          entry->window_step().action() == entry::v1::WINDOW_ACTION_SETTLE) {
        city.talks[entry->window_step().window()].tells_settled = true;
      }
      city.next = EntryIndex(index.value() + 1);
    }
    if (steps->size() < kStepsAtOnce) {
      city.caught_up = true;
      return true;
    }
  }
}

// Takes step after step until the next one waits for the other city.
void WindowClerk::Advance(ParticipantNo peer, City& city) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (const auto& [window, book] : city.books.all()) {
      auto next = NextStep({peer, window}, city, book);
      if (next.has_value() && Take(peer, city, *std::move(next))) {
        changed = true;  // and the books are others now
        break;
      }
    }
  }
  Plan(peer, city);
  NoteStates(peer, city);
}

// Windows are completed and stated in order: what is open of one is carried into the next.
std::optional<Command> WindowClerk::NextStep(const WindowName& name, City& city,
                                             const interop::WindowBook& book) {
  const WindowState before =
      name.window == 1 ? WindowState::kSettled : city.books.StateOf(name.window - 1);
  if (book.state == WindowState::kClosing && book.their_list.has_value() &&
      before >= WindowState::kClosed) {
    return Complete(name, city, book);
  }
  if (book.state == WindowState::kClosed && book.their_missing.has_value() &&
      before >= WindowState::kStated) {
    return State(name, city);
  }
  return std::nullopt;
}

std::optional<Command> WindowClerk::Complete(const WindowName& name, City& city,
                                             const interop::WindowBook& book) {
  Talk& talk = city.talks[name.window];
  const std::size_t here = book.theirs.size();
  if (talk.compared_at == here) {
    return std::nullopt;
  }
  if (here + book.itemised.size() == book.their_list->items &&
      city.books.Compose(name.window).Covered()) {
    return CompleteCommand(name);
  }
  if (talk.has_all_ids) {
    return Compare(name, city, book);
  }
  const std::int64_t waited = engine_.clock().Wall().value() - book.their_list_time.value();
  if (waited >= options_.patience_micros && !talk.wants_ids) {
    talk.wants_ids = true;
    talk.said_for = EntryIndex(0);  // there is something new to be said
  }
  return std::nullopt;
}

// Every id of their list is known. More than fit into one step are waited for.
std::optional<Command> WindowClerk::Compare(const WindowName& name, City& city,
                                            const interop::WindowBook& book) {
  Talk& talk = city.talks[name.window];
  talk.compared_at = book.theirs.size();
  const std::vector<ExchangeId> here = SortedIds(book.theirs);
  const std::vector<ExchangeId> missing = Without(Without(talk.ids, here), book.itemised);
  const bool unlisted = !Without(here, talk.ids).empty();
  const std::size_t in_all = missing.size() + city.books.Compose(name.window).Missing().size();
  if (unlisted || missing.empty() || in_all > interop::kMostStepIds) {
    return std::nullopt;
  }
  talk.compared_at.reset();
  return ItemiseCommand(name, missing);
}

std::optional<Command> WindowClerk::State(const WindowName& name, City& city) {
  const interop::WindowBook& book = *city.books.Find(name.window);
  const auto ours = OurLog(book);
  const auto theirs = TheirLog(name, city);
  if (!ours.has_value() || !theirs.has_value()) {
    return std::nullopt;
  }
  const auto statement =
      city.books.StatementOf(name.window, *ours, {city.log, theirs->size, theirs->root});
  return statement.has_value() ? std::optional(StateCommand(name, settlement::TextOf(*statement)))
                               : std::nullopt;
}

// The log up to the step that closed it, with everything that was committed in the window.
std::optional<interop::ClosedLog> WindowClerk::OurLog(const interop::WindowBook& book) const {
  const std::uint64_t size = book.left_open->value() + 1;
  const auto roots = engine_.ProveConsistency(size, engine_.durable_size());
  return roots.ok() ? std::optional(interop::ClosedLog{signer_.name(), size, roots->old_root})
                    : std::nullopt;
}

// As the closing said that came with the list; without it the city is asked again.
std::optional<signing::Checkpoint> WindowClerk::TheirLog(const WindowName& name, City& city) {
  Talk& talk = city.talks[name.window];
  if (talk.their_log.has_value()) {
    return talk.their_log;
  }
  const auto kept = ReadKept(name, kClosingKept);
  if (kept.ok() && kept->has_value()) {
    const auto log =
        signing::OpenCheckpoint((*kept)->closing().checkpoint(), std::span(&city.key, 1));
    if (log.ok()) {
      talk.their_log = *log;
    }
  }
  return talk.their_log;
}

std::optional<Refusal> WindowClerk::Submit(Command command) {
  std::promise<std::optional<Refusal>> promise;
  sequencer::Submission submission;
  submission.bytes = command.draft.ByteSizeLong();
  submission.commands.push_back(std::move(command));
  submission.done = [&promise](std::vector<sequencer::Outcome> outcomes) {
    const auto* refusal = std::get_if<Refusal>(&outcomes.front());
    promise.set_value(refusal == nullptr ? std::nullopt : std::optional(*refusal));
  };
  const auto refused = engine_.sequencer().Submit(std::move(submission));
  return refused.has_value() ? refused : promise.get_future().get();
}

// Whether the step was taken and read.
bool WindowClerk::Take(ParticipantNo peer, City& city, Command command) {
  const EntryIndex before = city.next;
  return !Submit(std::move(command)).has_value() && Fold(peer, city) && city.next > before;
}

}  // namespace tanhui::desk
