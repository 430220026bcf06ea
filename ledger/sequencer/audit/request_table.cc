#include "ledger/sequencer/audit/request_table.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string_view>
#include <utility>

namespace tanhui::sequencer {
namespace {

constexpr std::size_t kFirstSlots = 1'024;
constexpr std::uint64_t kCancelled = std::uint64_t{1} << 62;
constexpr std::uint64_t kBlocked = std::uint64_t{1} << 63;
constexpr std::uint64_t kEntry = kCancelled - 1;

constexpr int kBits = 61;
constexpr std::uint64_t kPrime = (std::uint64_t{1} << kBits) - 1;
constexpr std::size_t kWord = 7;  // octets, so that each word is less than the prime

// x * y + z modulo kPrime; x and y below it.
std::uint64_t MultiplyAdd(std::uint64_t x, std::uint64_t y, std::uint64_t z) {
  const auto product = static_cast<unsigned __int128>(x) * y + z;
  const std::uint64_t sum =
      static_cast<std::uint64_t>(product & kPrime) + static_cast<std::uint64_t>(product >> kBits);
  return sum >= kPrime ? sum - kPrime : sum;
}

// Nobody who wrote a log can have known it.
std::uint64_t DrawPoint() {
  std::random_device device;
  const std::uint64_t high = device();
  return 2 + ((high << 32) | device()) % (kPrime - 2);
}

}  // namespace

RequestTable::RequestTable() : point_(DrawPoint()), slots_(kFirstSlots) {}

RequestTable::KeyHash RequestTable::HashOf(const RequestKey& key) const {
  std::string_view rest = key.id.stored();
  // Keys of another size are other polynomials, too.
  std::uint64_t hash = (std::uint64_t{rest.size()} << 32) | key.caller.value();
  for (; rest.size() >= kWord; rest.remove_prefix(kWord)) {
    std::uint64_t word = 0;
    std::memcpy(&word, rest.data(), kWord);
    hash = MultiplyAdd(hash, point_, word);
  }
  if (!rest.empty()) {
    std::uint64_t word = 0;
    std::memcpy(&word, rest.data(), rest.size());
    hash = MultiplyAdd(hash, point_, word);
  }
  return MultiplyAdd(hash, point_, 0);
}

std::size_t RequestTable::PlaceOf(KeyHash hash) const {
  return static_cast<std::size_t>(static_cast<unsigned __int128>(hash) * slots_.size() >> kBits);
}

std::optional<RequestRecord> RequestTable::RecordIn(const Slot& slot) const {
  const EntryIndex entry((slot.entry_plus_one & kEntry) - 1);
  if ((slot.entry_plus_one & kBlocked) != 0) {
    return RequestRecord{entry, entry};
  }
  const bool cancelled = (slot.entry_plus_one & kCancelled) != 0;
  return RequestRecord{entry, cancelled ? std::optional(cancelled_by_.at(entry)) : std::nullopt};
}

absl::StatusOr<std::optional<RequestRecord>> RequestTable::Find(const RequestKey& key, KeyHash hash,
                                                                const ReadEntry& read) const {
  for (std::size_t i = PlaceOf(hash); slots_[i].entry_plus_one != 0; i = (i + 1) % slots_.size()) {
    if (slots_[i].hash != hash) {
      continue;
    }
    const std::optional<RequestRecord> record = RecordIn(slots_[i]);
    const absl::StatusOr<Entry> entry = read(record->entry);
    if (!entry.ok()) {
      return entry.status();
    }
    const std::vector<RequestKey> keys = RequestsOf(*entry);
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
      return record;
    }
  }
  return std::nullopt;
}

std::size_t RequestTable::SlotOf(KeyHash hash, EntryIndex entry) const {
  std::size_t i = PlaceOf(hash);
  while (slots_[i].entry_plus_one != 0 &&
         (slots_[i].hash != hash || (slots_[i].entry_plus_one & kEntry) != entry.value() + 1)) {
    i = i + 1 == slots_.size() ? 0 : i + 1;
  }
  return i;
}

void RequestTable::Put(KeyHash hash, const RequestRecord& record) {
  if (size_ >= slots_.size() / 8 * 7) {
    Grow();
  }
  Slot& slot = slots_[SlotOf(hash, record.entry)];
  size_ += slot.entry_plus_one == 0 ? 1 : 0;
  std::uint64_t flag = 0;
  if (record.blocked()) {
    flag = kBlocked;
  } else if (record.cancelled_by.has_value()) {
    flag = kCancelled;
    cancelled_by_.insert_or_assign(record.entry, *record.cancelled_by);
  }
  slot = {hash, (record.entry.value() + 1) | flag};
}

bool RequestTable::Holds(KeyHash hash, const RequestRecord& record) const {
  const Slot& slot = slots_[SlotOf(hash, record.entry)];
  return slot.entry_plus_one != 0 && RecordIn(slot) == record;
}

void RequestTable::Grow() {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot& slot : old) {
    if (slot.entry_plus_one != 0) {
      std::size_t i = PlaceOf(slot.hash);
      while (slots_[i].entry_plus_one != 0) {
        i = (i + 1) % slots_.size();
      }
      slots_[i] = slot;
    }
  }
}

std::vector<RequestKey> RequestsOf(const Entry& entry) {
  std::vector<RequestKey> keys;
  const auto add = [&](std::string_view stored) {
    if (const auto id = RequestId::FromStored(stored)) {
      keys.push_back({ParticipantNo(entry.caller()), *id});
    }
  };
  add(entry.request_id());
  if (entry.has_tombstone()) {
    add(entry.tombstone().target_request_id());
  }
  return keys;
}

}  // namespace tanhui::sequencer
