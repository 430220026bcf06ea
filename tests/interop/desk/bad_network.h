// What lies between two cities under test: it loses questions and answers, says things twice and
// much later, and carries them out of order, by a seed.
#ifndef TANHUI_TESTS_INTEROP_DESK_BAD_NETWORK_H_
#define TANHUI_TESTS_INTEROP_DESK_BAD_NETWORK_H_

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "interop/desk/exchange_desk.h"
#include "interop/desk/peer_transport.h"

namespace tanhui::desk {

// Thread-safe. Two cities, 0 and 1.
class BadNetwork {
 public:
  explicit BadNetwork(std::uint64_t seed);
  // Everything was answered by then.
  ~BadNetwork();
  BadNetwork(const BadNetwork&) = delete;
  BadNetwork& operator=(const BadNetwork&) = delete;

  // How the city reaches the other one.
  PeerTransport& From(int city) { return ends_[city]; }
  void Connect(int city, ExchangeDesk& desk);
  // From now on nothing reaches the city or comes from it, answers of what is under way among
  // these.
  void CutOff(int city);
  // Returns once its desk is asked nothing any more.
  void AwaitQuiet(int city);
  // From now on nothing is lost, said twice or out of order.
  void Heal();
  std::uint64_t random();

 private:
  struct Job {
    int from = 0;
    std::uint64_t life = 0;  // of the city that asks
    peer::v1::SignedMessage message;
    PeerTransport::Done done;
  };
  struct City {
    ExchangeDesk* desk = nullptr;
    std::uint64_t life = 0;
    int inside = 0;  // questions that the desk has not answered
  };
  class End final : public PeerTransport {
   public:
    void Deliver(const std::string& log, const peer::v1::SignedMessage& message,
                 Done done) override;
    BadNetwork* network = nullptr;
    int city = 0;
  };

  void Loop();
  void Carry(Job job);
  void Ask(int to, const peer::v1::SignedMessage& message, PeerTransport::Done done);
  bool Chance(std::uint64_t percent);  // under the lock

  std::mutex mutex_;
  std::condition_variable wakes_;
  std::mt19937_64 dice_;
  std::array<City, 2> cities_;
  std::array<End, 2> ends_;
  std::vector<Job> jobs_;
  std::vector<std::pair<int, peer::v1::SignedMessage>> past_;  // to whom
  bool healed_ = false;
  bool stopping_ = false;
  std::array<std::thread, 2> threads_;
};

}  // namespace tanhui::desk

#endif  // TANHUI_TESTS_INTEROP_DESK_BAD_NETWORK_H_
