// The numbers of accounts by their ids, for those that were asked for lately.
#ifndef TANHUI_LEDGER_STORE_ACCOUNT_ID_CACHE_H_
#define TANHUI_LEDGER_STORE_ACCOUNT_ID_CACHE_H_

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "ledger/core/ids.h"

namespace tanhui::store {

// An id never changes its number, so what was durable once is right for ever and nothing is ever
// invalidated. Only found ids are kept: an id that is absent may come to be. Thread-safe.
class AccountIdCache {
 public:
  std::optional<AccountNo> Find(const AccountId& id) const {
    const Shard& shard = ShardOf(id);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.numbers.find(id);
    return found == shard.numbers.end() ? std::nullopt : std::optional(found->second);
  }

  void Put(const AccountId& id, AccountNo number) {
    Shard& shard = ShardOf(id);
    const std::lock_guard lock(shard.mutex);
    // Starting over now and then is cheaper than remembering who was used when.
    if (shard.numbers.size() >= kMaxPerShard) {
      shard.numbers.clear();
    }
    shard.numbers.insert_or_assign(id, number);
  }

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kMaxPerShard = 229'000;  // fills 262,144 slots: 100 MiB in all
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    absl::flat_hash_map<AccountId, AccountNo> numbers;
  };
  // Ids are random: any byte chooses evenly.
  const Shard& ShardOf(const AccountId& id) const { return shards_[id.bytes[0] % kShards]; }
  Shard& ShardOf(const AccountId& id) { return shards_[id.bytes[0] % kShards]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_ACCOUNT_ID_CACHE_H_
