// Wakes those who watch events when the log has grown.
#ifndef TANHUI_SERVICES_RPC_EVENTS_EVENT_FEED_H_
#define TANHUI_SERVICES_RPC_EVENTS_EVENT_FEED_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ledger/sequencer/engine.h"
#include "services/rpc/streams/stream_call.h"

namespace tanhui::rpc {

struct EventFeedOptions {
  // Watchers are woken at most so often; commits may come a thousand times as fast. Higher: fewer
  // reads beside awards, and events are told later.
  std::chrono::milliseconds pause{20};
  // Watchers that hear of nothing are told the position so often.
  std::chrono::milliseconds idle{10'000};
  // Of one server.
  std::size_t max_watchers = 1'024;
};

// One thread. Thread-safe.
class EventFeed {
 public:
  EventFeed(const EventFeedOptions& options, const sequencer::Engine& engine);
  ~EventFeed();
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  // False when there are too many. A watcher that has ended is forgotten.
  bool Add(const std::shared_ptr<StreamCall>& watcher);
  std::chrono::milliseconds idle() const { return options_.idle; }

 private:
  void Loop();
  // The watchers that still live.
  std::vector<std::shared_ptr<StreamCall>> Living();

  const EventFeedOptions options_;
  const sequencer::Engine& engine_;
  std::mutex mutex_;
  std::condition_variable stops_;
  std::vector<std::weak_ptr<StreamCall>> watchers_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_EVENTS_EVENT_FEED_H_
