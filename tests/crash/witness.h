// Keeps receipts and checkpoints from before the crash and holds the server to them afterwards.
#ifndef TANHUI_TESTS_CRASH_WITNESS_H_
#define TANHUI_TESTS_CRASH_WITNESS_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ledger/core/ids.h"
#include "ledger/signing/key.h"
#include "tests/e2e/client.h"

namespace tanhui::crash {

// One thread at a time.
class Witness {
 public:
  Witness(std::uint64_t seed, const std::vector<signing::NamedVerifier>& verifiers)
      : random_(seed), verifiers_(verifiers) {}

  // Collects receipts of random entries until a call fails; keeps the newest of them.
  void Collect(const e2e::Client& client);
  // Every receipt still verifies and its entry still has those bytes; every checkpoint ever seen
  // is consistent with the newest one.
  void Check(const e2e::Client& client);

  std::size_t receipts() const { return receipts_.size(); }
  std::size_t checkpoints() const { return roots_.size(); }
  const std::vector<std::string>& findings() const { return findings_; }

 private:
  void CheckReceipt(const e2e::Client& client, std::uint64_t index, const std::string& receipt);
  void CheckConsistency(const e2e::Client& client, std::uint64_t old_size, const Hash256& old_root,
                        std::uint64_t size, const Hash256& root);

  std::mt19937_64 random_;
  const std::vector<signing::NamedVerifier>& verifiers_;
  std::map<std::uint64_t, std::string> receipts_;  // by index
  std::map<std::uint64_t, Hash256> roots_;         // of signed checkpoints, by size
  std::vector<std::string> findings_;
};

}  // namespace tanhui::crash

#endif  // TANHUI_TESTS_CRASH_WITNESS_H_
