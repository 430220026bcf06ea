#include "tests/crash/rider.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "tests/e2e/demo_ledger.h"

namespace tanhui::crash {
namespace {

constexpr std::size_t kMostInBatch = 40;
constexpr std::size_t kMostDeedsInRound = 2'000;

}  // namespace

Rider::Rider(std::size_t number, std::uint64_t seed, std::vector<std::string> accounts)
    : number_(number), random_(seed), accounts_(std::move(accounts)) {}

std::string Rider::NewId() {
  const std::uint64_t unique = number_ << 32 | ids_++;
  return Below(2) == 0 ? e2e::UuidV7(std::chrono::system_clock::now(), unique)
                       : "rider-" + std::to_string(number_) + "-" + std::to_string(unique);
}

v1::AwardRequest Rider::NewAward() {
  const std::size_t who = Below(accounts_.size());
  const auto points = static_cast<std::int64_t>(1 + Below(50));
  v1::AwardRequest request = e2e::AwardOf(NewId(), accounts_[who], points);
  if (Below(2) == 0) {
    request.clear_account();
    request.set_platform_user_id("citizen-" + std::to_string(who));
  }
  if (Below(4) == 0) {
    request.set_reference("ref " + request.request_id());
  }
  return request;
}

AnyRequest Rider::NewRequest() {
  const std::uint64_t kind = Below(10);
  const std::string& account = accounts_[Below(accounts_.size())];
  const auto points = static_cast<std::int64_t>(1 + Below(30));
  if (kind < 2) {
    return e2e::RedeemOf(NewId(), account, points);
  }
  if (kind < 4) {
    return e2e::TransferOf(NewId(), account, accounts_[Below(accounts_.size())], points);
  }
  if (kind < 5) {
    const std::string id = NewId();
    return e2e::OpeningOf(id, "user of " + id);
  }
  return NewAward();
}

void Rider::Ride(const e2e::Client& client, const std::atomic<bool>& killed,
                 std::atomic<std::uint64_t>& answered) {
  const std::size_t most = deeds_.size() + kMostDeedsInRound;
  while (deeds_.size() < most) {
    if (!Step(client, answered)) {
      if (!killed) {
        findings_.push_back("a call got no answer from a server that was alive");
      }
      return;
    }
  }
}

bool Rider::Step(const e2e::Client& client, std::atomic<std::uint64_t>& answered) {
  bool alive = false;
  switch (Below(8)) {
    case 0:
      alive = DoBatch(client);
      break;
    case 1:
      alive = DoCancellation(client);
      break;
    case 2:
      alive = DoRetry(client);
      break;
    default:
      alive = Do(client, NewRequest());
  }
  ++answered;
  return alive;
}

bool Rider::DoBatch(const e2e::Client& client) {
  std::vector<v1::AwardRequest> requests(1 + Below(kMostInBatch));
  for (v1::AwardRequest& request : requests) {
    request = NewAward();
    deeds_.push_back({request, {}, true, {}});
  }
  const bool atomic = Below(2) == 0;
  if (atomic) {
    atomic_batches_.push_back({deeds_.size() - requests.size(), requests.size()});
  }
  const std::vector<Reply> replies = SendBatch(client, requests, atomic);
  bool alive = true;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    alive = Note(deeds_.size() - replies.size() + i, replies[i]) && alive;
  }
  return alive;
}

// Of an earlier deed, or of an id that never comes: that leaves a tombstone.
bool Rider::DoCancellation(const e2e::Client& client) {
  const std::size_t target = deeds_.empty() ? 0 : Below(deeds_.size());
  const bool real = !deeds_.empty() && Below(4) != 0 && deeds_[target].cancellable();
  if (real) {
    target_of_[deeds_.size()] = target;
  }
  return Do(client,
            e2e::CancelOf(NewId(), real ? IdOf(deeds_[target].request) : "never " + NewId()));
}

bool Rider::DoRetry(const e2e::Client& client) {
  if (deeds_.empty()) {
    return true;
  }
  const Deed& deed = deeds_[Below(deeds_.size())];
  if (!deed.outcome.has_value()) {
    return true;
  }
  const Reply reply = Send(client, deed.request);
  if (reply.decided()) {
    CheckRetry(deed, reply);
  }
  return reply.decided();
}

bool Rider::Do(const e2e::Client& client, AnyRequest request) {
  deeds_.push_back({std::move(request), {}, true, {}});
  return Note(deeds_.size() - 1, Send(client, deeds_.back().request));
}

bool Rider::Note(std::size_t at, const Reply& reply) {
  Deed& deed = deeds_[at];
  deed.unanswered = !reply.decided();
  if (!reply.status.ok()) {
    return reply.decided();
  }
  deed.outcome = reply.outcome;
  if (const auto target = target_of_.find(at); target != target_of_.end()) {
    deeds_[target->second].cancelled_at = reply.outcome.index;
  }
  return true;
}

void Rider::CheckRound(const e2e::Client& client, const LogIndex& log) {
  CheckAtomicBatches(log);
  // Cancellations that got no answer first: what they undid is judged by it.
  for (std::size_t i = checked_; i < deeds_.size(); ++i) {
    if (deeds_[i].unanswered) {
      Settle(client, i, log);
    } else {
      CheckEntry(deeds_[i], log);
    }
  }
  for (; checked_ < deeds_.size(); ++checked_) {
    CheckDeed(client, deeds_[checked_]);
  }
}

void Rider::CheckLog(const LogIndex& log) {
  for (const Deed& deed : deeds_) {
    CheckEntry(deed, log);
  }
}

void Rider::CheckSome(const e2e::Client& client, int count) {
  for (int i = 0; i < count && !deeds_.empty(); ++i) {
    CheckDeed(client, deeds_[Below(deeds_.size())]);
  }
}

void Rider::CheckDeed(const e2e::Client& client, const Deed& deed) {
  if (!deed.outcome.has_value()) {
    return;
  }
  CheckOutcome(client, deed);
  CheckRetry(deed, Send(client, deed.request));
}

void Rider::CheckOutcome(const e2e::Client& client, const Deed& deed) {
  v1::GetOutcomeRequest request;
  request.set_request_id(IdOf(deed.request));
  const auto answer = client.Call(&e2e::RequestsStub::GetOutcome, request);
  const v1::GetOutcomeResponse& found = answer.response;
  const auto state =
      deed.cancelled_at.has_value() ? v1::REQUEST_STATE_CANCELLED : v1::REQUEST_STATE_DONE;
  bool same = answer.ok() && found.state() == state && found.entry_index() == deed.outcome->index &&
              found.points() == deed.outcome->points;
  // The balance after a cancellation is told by its own answer only.
  same = same && (deed.is_cancellation() || found.balance() == deed.outcome->balance);
  same = same && found.cancellation_index() == deed.cancelled_at.value_or(0);
  if (!same) {
    Find(deed, "GetOutcome says " + answer.status.error_message() + found.ShortDebugString());
  }
}

void Rider::CheckRetry(const Deed& deed, const Reply& reply) {
  if (deed.cancelled_at.has_value()) {
    if (e2e::ReasonOf(reply.status) != "REQUEST_CANCELLED") {
      Find(deed, "a retry of what was cancelled says " + ToText(reply.outcome));
    }
  } else if (!reply.status.ok() || !reply.replayed || reply.outcome != *deed.outcome) {
    Find(deed, std::string(reply.replayed ? "a retry says " : "a retry was not a replay: ") +
                   reply.status.error_message() + ToText(reply.outcome));
  }
}

void Rider::CheckEntry(const Deed& deed, const LogIndex& log) {
  const auto found = log.find(IdOf(deed.request));
  if (!deed.outcome.has_value()) {
    if (found != log.end()) {
      Find(deed, "what was refused is in the log");
    }
    return;
  }
  if (found == log.end()) {
    Find(deed, "what was acknowledged is not in the log");
    return;
  }
  const v1::LogEntry& entry = found->second;
  bool same = entry.index() == deed.outcome->index;
  // One of the two postings is that of the citizen whose balance was told.
  bool posted = entry.postings().empty() && deed.outcome->points == 0;
  for (const v1::EntryPosting& posting : entry.postings()) {
    posted = posted || (std::abs(posting.amount()) == deed.outcome->points &&
                        posting.balance_after() == deed.outcome->balance);
  }
  if (!same || !posted) {
    Find(deed, "the log says " + entry.ShortDebugString());
  }
}

// All or nothing, also when the server died over it.
void Rider::CheckAtomicBatches(const LogIndex& log) {
  for (const Batch& batch : atomic_batches_) {
    std::size_t there = 0;
    for (std::size_t i = 0; i < batch.count; ++i) {
      there += log.count(IdOf(deeds_[batch.first + i].request));
    }
    if (there != 0 && there != batch.count) {
      Find(deeds_[batch.first], "an atomic batch of " + std::to_string(batch.count) + " has " +
                                    std::to_string(there) + " entries");
    }
  }
  atomic_batches_.clear();
}

// Sent again: if the log had it, it is that entry; otherwise it is done now, or refused.
void Rider::Settle(const e2e::Client& client, std::size_t at, const LogIndex& log) {
  const auto logged = log.find(IdOf(deeds_[at].request));
  const Reply reply = Send(client, deeds_[at].request);
  if (!Note(at, reply)) {
    Find(deeds_[at], "after the restart: " + reply.status.error_message());
    return;
  }
  const Deed& deed = deeds_[at];
  if (logged == log.end() ? reply.replayed : !reply.replayed || !deed.outcome.has_value()) {
    Find(deed, "was in the log: " + std::to_string(logged != log.end()) + ", answered " +
                   reply.status.error_message() + ToText(reply.outcome));
  }
  if (logged != log.end()) {
    CheckEntry(deed, log);
  }
}

void Rider::Find(const Deed& deed, const std::string& what) {
  const std::string told = deed.outcome.has_value() ? ToText(*deed.outcome) : "nothing";
  findings_.push_back("request " + IdOf(deed.request) + " was told " + told + "; " + what);
}

}  // namespace tanhui::crash
