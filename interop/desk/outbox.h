// Says to other cities what is open between them, again and again until nothing is. What is open
// follows from the log, so that a restart finds it: an exchange that is prepared or decided here
// and that the other city has not followed, and one of theirs that is accepted here and not
// decided.
#ifndef TANHUI_INTEROP_DESK_OUTBOX_H_
#define TANHUI_INTEROP_DESK_OUTBOX_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "interop/desk/exchange_desk.h"
#include "interop/desk/peer_transport.h"
#include "interop/desk/schedule.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/sequencer/engine.h"

namespace tanhui::desk {

struct OutboxOptions {
  ScheduleOptions schedule;
  // How long it may take to notice an exchange that nobody told of, and a clock that was set.
  std::chrono::milliseconds look{1'000};
  // Between writes of how far a peer's exchanges are all closed. Shorter: less is asked again after
  // a restart.
  std::chrono::milliseconds mark{30'000};
};

// How it stands with one peer.
struct OutboxState {
  std::size_t open = 0;  // exchanges about which something is said still
  bool down = false;     // the city does not answer
};

// One thread, which waits for nobody but the store; calls of the transport go on beside it.
class Outbox {
 public:
  // `dice` gives random numbers. What is given outlives the outbox.
  Outbox(const OutboxOptions& options, sequencer::Engine& engine, ExchangeDesk& desk,
         PeerTransport& transport, Schedule::Dice dice);
  // Begins nothing more, and returns once every call of the transport was answered.
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Looks at the log and the clock now: after a preparation, so that it leaves at once. Any thread.
  void Nudge();
  OutboxState StateOf(ParticipantNo peer) const;
  // Looks at the log and the clock, and returns once at most so many exchanges are open in all and
  // the points of every aborted one went back. Any thread.
  void AwaitOpen(std::size_t most);

 private:
  // A peer, and how far its steps were read.
  struct City {
    std::string log;
    std::unique_ptr<Schedule> schedule;
    EntryIndex next;    // step to read
    EntryIndex marked;  // what is before it was closed when that was last written
  };
  using Expiry = std::pair<LedgerTime, ExchangeName>;
  // What the desk tells, as long as there is somebody to tell.
  struct Ear;

  void Loop();
  // --- outbox_reading.cc: what the log says ---
  void Look();
  bool LookAt(const interop::Peer& peer);
  // False when the store could not be read.
  bool Note(const interop::Peer& peer, EntryIndex index, const Entry& entry);
  bool NotePrepared(const interop::Peer& peer, const ExchangeId& id, bool add);
  bool NoteReceived(const interop::Peer& peer, const ExchangeId& id, EntryIndex reception);
  // True as well when it cannot be read.
  bool MayBePrepared(const ExchangeName& exchange) const;
  EntryIndex ReadMark(ParticipantNo peer) const;
  void WriteMarks();

  // --- outbox.cc: what is said and done ---
  void Say(const ExchangeName& exchange);
  void Send(const ExchangeName& exchange, const peer::v1::SignedMessage& message, int said_before);
  void Expire(const Expiry& expiry);
  void Return(const ExchangeName& exchange);
  void Hear(const Worked& worked);
  // Ends a call: changes the schedule of the exchange's city, and wakes whoever waits.
  void Over(const ExchangeName& exchange,
            void (Schedule::*how)(const ExchangeName&, Schedule::Time));
  std::size_t OpenInAll() const;  // under the lock
  Schedule::Time Now() const { return engine_.clock().MonotonicMicros(); }

  const OutboxOptions options_;
  sequencer::Engine& engine_;
  ExchangeDesk& desk_;
  PeerTransport& transport_;
  const Schedule::Dice dice_;
  std::shared_ptr<Ear> ear_;

  mutable std::mutex mutex_;
  mutable std::condition_variable wakes_;
  std::map<ParticipantNo, City> cities_;
  // Done here, whether or not the other city can be reached: when prepared ones are given up, and
  // aborted ones whose points are to go back.
  std::set<Expiry> expiries_;
  std::map<ExchangeName, bool> returns_;  // whether it is being done
  bool look_ = true;                      // at the log
  bool looking_ = false;
  bool changed_ = false;
  bool stopping_ = false;
  std::uint64_t looks_ = 0;
  std::size_t calls_ = 0;  // that are not answered yet
  std::thread thread_;
};

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_OUTBOX_H_
