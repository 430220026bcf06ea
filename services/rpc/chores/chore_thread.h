// A thread for what waits for the disk beside the ledger: tasks that calls post, and a chore, such
// as a purge, that it does by itself from time to time.
#ifndef TANHUI_SERVICES_RPC_CHORES_CHORE_THREAD_H_
#define TANHUI_SERVICES_RPC_CHORES_CHORE_THREAD_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tanhui::rpc {

// Thread-safe.
class ChoreThread {
 public:
  // `step` is a step of the chore and answers whether to go on at once; it is begun at once and
  // every so often. At most `max_tasks` wait.
  ChoreThread(std::size_t max_tasks, std::chrono::milliseconds every, std::function<bool()> step);
  ~ChoreThread();
  ChoreThread(const ChoreThread&) = delete;
  ChoreThread& operator=(const ChoreThread&) = delete;

  // Ends the thread after what was posted.
  void Stop();

  // Runs `task` on the thread, where waiting for the disk delays no answer of the ledger. False,
  // and nothing is done, when too many wait.
  [[nodiscard]] bool Post(std::function<void()> task);
  // The same however many wait: for the end of what was begun. After Stop it is done here.
  void MustPost(std::function<void()> task);

 private:
  void Loop();

  const std::size_t max_tasks_;
  const std::chrono::milliseconds every_;
  const std::function<bool()> step_;

  std::mutex mutex_;
  std::condition_variable wakes_;
  std::vector<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_CHORES_CHORE_THREAD_H_
