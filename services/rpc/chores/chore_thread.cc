#include "services/rpc/chores/chore_thread.h"

#include <utility>

namespace tanhui::rpc {

using std::chrono::steady_clock;

ChoreThread::ChoreThread(std::size_t max_tasks, std::chrono::milliseconds every,
                         std::function<bool()> step)
    : max_tasks_(max_tasks), every_(every), step_(std::move(step)), thread_([this] { Loop(); }) {}

ChoreThread::~ChoreThread() { Stop(); }

void ChoreThread::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wakes_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool ChoreThread::Post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || tasks_.size() >= max_tasks_) {
      return false;
    }
    tasks_.push_back(std::move(task));
  }
  wakes_.notify_all();
  return true;
}

void ChoreThread::MustPost(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      tasks_.push_back(std::exchange(task, nullptr));
    }
  }
  wakes_.notify_all();
  if (task != nullptr) {
    task();
  }
}

void ChoreThread::Loop() {
  steady_clock::time_point step_at = steady_clock::now();
  bool stop = false;
  while (!stop) {
    std::unique_lock lock(mutex_);
    wakes_.wait_until(lock, step_at, [this] { return stopping_ || !tasks_.empty(); });
    stop = stopping_;
    std::vector<std::function<void()>> tasks = std::exchange(tasks_, {});
    lock.unlock();
    for (std::function<void()>& task : tasks) {
      std::exchange(task, nullptr)();  // what it holds, such as a call, is let go at once
    }
    if (!stop && steady_clock::now() >= step_at && !step_()) {
      step_at = steady_clock::now() + every_;
    }
  }
}

}  // namespace tanhui::rpc
