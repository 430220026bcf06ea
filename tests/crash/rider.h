// One of the concurrent clients: it sends seeded random requests until the server dies, and checks
// after the restart that all it was told is true.
#ifndef TANHUI_TESTS_CRASH_RIDER_H_
#define TANHUI_TESTS_CRASH_RIDER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/crash/deed.h"
#include "tests/e2e/client.h"

namespace tanhui::crash {

// The log as a reader of the whole of it saw it: request id → entry.
using LogIndex = std::map<std::string, v1::LogEntry>;

// One thread at a time.
class Rider {
 public:
  // `accounts` are citizens with their users "citizen-0" and so on, shared by all riders.
  Rider(std::size_t number, std::uint64_t seed, std::vector<std::string> accounts);

  // Sends until a call gets no answer. `killed` is set before the server is killed; a call without
  // an answer before that is a finding.
  void Ride(const e2e::Client& client, const std::atomic<bool>& killed,
            std::atomic<std::uint64_t>& answered);
  // After the restart: what was acknowledged since the last check is in the log, in GetOutcome and
  // in the answer to a retry; what got no answer was done once or not, and is sent again.
  void CheckRound(const e2e::Client& client, const LogIndex& log);
  // Of everything that was ever acknowledged: it is in the log with the same numbers.
  void CheckLog(const LogIndex& log);
  // A few of all the deeds, at random, looked up and sent again.
  void CheckSome(const e2e::Client& client, int count);

  std::size_t deeds() const { return deeds_.size(); }
  // What went wrong, one line each; empty when nothing did.
  const std::vector<std::string>& findings() const { return findings_; }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  std::string NewId();
  v1::AwardRequest NewAward();
  AnyRequest NewRequest();
  // False when the server is gone.
  bool Step(const e2e::Client& client, std::atomic<std::uint64_t>& answered);
  bool DoBatch(const e2e::Client& client);
  bool DoCancellation(const e2e::Client& client);
  bool DoRetry(const e2e::Client& client);
  bool Do(const e2e::Client& client, AnyRequest request);
  bool Note(std::size_t deed, const Reply& reply);

  void CheckDeed(const e2e::Client& client, const Deed& deed);
  void CheckOutcome(const e2e::Client& client, const Deed& deed);
  void CheckRetry(const Deed& deed, const Reply& reply);
  void CheckEntry(const Deed& deed, const LogIndex& log);
  void CheckAtomicBatches(const LogIndex& log);
  void Settle(const e2e::Client& client, std::size_t deed, const LogIndex& log);
  void Find(const Deed& deed, const std::string& what);

  const std::size_t number_;
  std::mt19937_64 random_;
  const std::vector<std::string> accounts_;
  std::vector<Deed> deeds_;
  std::size_t checked_ = 0;  // deeds before this one were checked after an earlier crash
  struct Batch {
    std::size_t first;
    std::size_t count;
  };
  std::vector<Batch> atomic_batches_;             // since the last check
  std::map<std::size_t, std::size_t> target_of_;  // cancellation → the deed that it is about
  std::uint64_t ids_ = 0;
  std::vector<std::string> findings_;
};

}  // namespace tanhui::crash

#endif  // TANHUI_TESTS_CRASH_RIDER_H_
