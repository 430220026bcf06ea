#include "services/rpc/events/event_feed.h"

#include <algorithm>

namespace tanhui::rpc {
namespace {

// How long a stop may go unnoticed while the log rests.
constexpr std::chrono::milliseconds kLook{200};

}  // namespace

EventFeed::EventFeed(const EventFeedOptions& options, const sequencer::Engine& engine)
    : options_(options), engine_(engine), thread_([this] { Loop(); }) {}

EventFeed::~EventFeed() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stops_.notify_all();
  thread_.join();
}

bool EventFeed::Add(const std::shared_ptr<StreamCall>& watcher) {
  const std::lock_guard lock(mutex_);
  std::erase_if(watchers_, [](const auto& known) { return known.expired(); });
  if (watchers_.size() >= options_.max_watchers) {
    return false;
  }
  watchers_.push_back(watcher);
  return true;
}

std::vector<std::shared_ptr<StreamCall>> EventFeed::Living() {
  std::vector<std::shared_ptr<StreamCall>> living;
  const std::lock_guard lock(mutex_);
  for (const auto& watcher : watchers_) {
    if (auto known = watcher.lock()) {
      living.push_back(std::move(known));
    }
  }
  return living;
}

void EventFeed::Loop() {
  std::uint64_t told = 0;
  auto told_at = std::chrono::steady_clock::now();
  while (true) {
    const std::uint64_t size = engine_.AwaitGrowth(told, kLook);
    const auto now = std::chrono::steady_clock::now();
    // Twice as often as watchers tell their position, so that none is late by a whole turn.
    if (size > told || now - told_at >= options_.idle / 2) {
      told = size;
      told_at = now;
      for (const auto& watcher : Living()) {
        watcher->Wake();
      }
    }
    std::unique_lock lock(mutex_);
    if (stops_.wait_for(lock, options_.pause, [this] { return stopping_; })) {
      return;
    }
  }
}

}  // namespace tanhui::rpc
