// Two cities with whole ledgers on disk, the cast of town.h each, and each other as a peer.
#ifndef TANHUI_TESTS_INTEROP_DESK_CITIES_H_
#define TANHUI_TESTS_INTEROP_DESK_CITIES_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interop/desk/exchange_desk.h"
#include "interop/desk/exchange_reading.h"
#include "interop/settlement/position.h"
#include "ledger/sequencer/engine.h"
#include "tests/interop/books/neighbours.h"
#include "tests/ledger/sequencer/town.h"
#include "tests/ledger/store/lossy_file_system.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::desk {

// Runs with real time, so many times as fast, and can be set.
class FastClock final : public sequencer::Clock {
 public:
  // Wrong by `skew`.
  FastClock(std::int64_t speed, std::int64_t skew) : speed_(speed), skew_(skew) {}
  LedgerTime Wall() const override {
    return LedgerTime(world::kStart.value() + MonotonicMicros() + skew_);
  }
  std::int64_t MonotonicMicros() const override {
    const auto passed = std::chrono::steady_clock::now() - begin_;
    return passed_ + speed_ * std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
  }
  // Time passes.
  void Wait(std::int64_t micros) { passed_ += micros; }

 private:
  const std::int64_t speed_;
  const std::int64_t skew_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::atomic<std::int64_t> passed_{kMicrosPerSecond};
};

// How the other city names an account here: its number in 16 bytes. Any other name is nobody's.
std::string NameOf(AccountNo account);
inline const std::string kNobody(16, 'n');

class City {
 public:
  // The one with kOurLog or the one with kRiverLog; a new ledger under `home`.
  City(std::string home, bool ours, std::int64_t speed = 1, std::int64_t skew = 0);
  ~City() { Close(); }

  sequencer::Engine& engine() { return *engine_; }
  store::Store& store() { return engine_->store(); }
  ExchangeDesk& desk() { return *desk_; }
  FastClock& clock() { return clock_; }
  const signing::NamedSigner& signer() const { return signer_; }
  const std::string& other_log() const { return other_log_; }
  std::shared_ptr<const Registry> registry() const { return engine_->registry(); }
  interop::Peer peer() const;  // the other city

  // The cast, the other city as a peer with terms and rates in force, and points for Alice and Bob.
  void Settle();
  sequencer::Outcome Submit(const Command& command);
  // Aborts unless it is accepted.
  sequencer::Accepted Must(const Command& command);
  // Alice or Bob sends so many points.
  Command Prepare(std::string_view id, AccountNo from, const std::string& to, std::int64_t points,
                  std::int64_t life_micros = 30 * kMicrosPerMinute) const;
  // Such a payment, of at most 900 points.
  Command PreparePayment(std::string_view id, AccountNo from, const std::string& to,
                         std::int64_t to_points) const;

  std::uint64_t size() const { return engine_->durable_size(); }
  Entry EntryAt(std::uint64_t index);
  std::int64_t BalanceOf(AccountNo account);
  AtOrigin Origin(const ExchangeId& id);
  AtDestination Destination(const ExchangeId& id);
  // Every entry of a kind, in order.
  std::vector<Entry> All(Entry::BodyCase body);
  // Of the position towards the other city.
  settlement::Position Position();
  // The audit's first difference, every rule asked again; empty when all is well.
  std::string Difference();

  void Close();
  void Open();
  // Nobody here lets the other city send to his account, or everybody does, as at the beginning.
  void SetConsent(bool given) { consents_ = given; }
  // What a power cut now would leave on the disk becomes the city's, once it is opened again. The
  // city must be cut off from the network already, and be closed next.
  void TakeImage(std::uint64_t seed);

 private:
  std::string home_;
  int images_ = 0;
  const signing::NamedSigner signer_;
  const signing::NamedVerifier other_key_;
  const std::string other_log_;
  const bool ours_;
  FastClock clock_;
  std::optional<std::string> next_home_;
  std::shared_ptr<store::LossyFileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<sequencer::Engine> engine_;
  std::atomic<bool> consents_{true};
  std::unique_ptr<ExchangeDesk> desk_;
  sequencer::Desk completer_;
};

ExchangeId IdOf(const sequencer::Accepted& preparation);

}  // namespace tanhui::desk

#endif  // TANHUI_TESTS_INTEROP_DESK_CITIES_H_
