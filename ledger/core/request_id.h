// Request ids: what makes a call safe to retry.
#ifndef TANHUI_LEDGER_CORE_REQUEST_ID_H_
#define TANHUI_LEDGER_CORE_REQUEST_ID_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"

namespace tanhui {

// A request id in its stored form, inline so that hot tables allocate nothing for it:
//   0x01 ‖ 16 bytes   a UUID whose text was canonical lower case (36 characters)
//   0x02 ‖ text       any other text of 1 to 64 bytes
// Two texts are equal exactly when their stored forms are.
class RequestId {
 public:
  static constexpr std::size_t kMaxText = 64;
  RequestId() = default;
  // nullopt when `text` is empty or longer than kMaxText. Does not check UTF-8.
  static std::optional<RequestId> FromText(std::string_view text);
  // nullopt when `stored` is not a stored form.
  static std::optional<RequestId> FromStored(std::string_view stored);

  std::string_view stored() const { return {bytes_.data(), size_}; }
  std::string text() const;
  // The creation time inside a UUIDv7 (RFC 9562 §5.7); nullopt for every other id.
  std::optional<LedgerTime> UuidV7Time() const;

  friend bool operator==(const RequestId& a, const RequestId& b) {
    // Nearly all are UUIDs: a comparison of a fixed size needs no call.
    return a.size_ == b.size_ && (a.size_ == kUuid ? std::memcmp(&a.bytes_, &b.bytes_, kUuid) == 0
                                                   : a.stored() == b.stored());
  }
  template <typename H>
  friend H AbslHashValue(H state, const RequestId& id) {
    if (id.size_ == kUuid) {
      std::uint64_t halves[2];
      std::memcpy(halves, &id.bytes_[1], sizeof halves);
      return H::combine(std::move(state), halves[0], halves[1]);
    }
    return H::combine_contiguous(std::move(state), id.bytes_.data(), id.size_);
  }

 private:
  static constexpr std::size_t kUuid = 1 + 16;  // octets of the stored form
  std::uint8_t size_ = 0;
  std::array<char, kMaxText + 1> bytes_{};
};

// What the id of an act's second party is before that of the first (AwardPair).
inline constexpr std::string_view kPairIdPrefix = "pair:";

// Request ids are unique within their caller.
struct RequestKey {
  ParticipantNo caller;
  RequestId id;
  friend bool operator==(const RequestKey&, const RequestKey&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const RequestKey& key) {
    return H::combine(std::move(state), key.caller, key.id);
  }
};

// What is remembered for ever of a request id.
struct RequestRecord {
  EntryIndex entry;  // the entry that it made; for a blocked id, the tombstone
  std::optional<EntryIndex> cancelled_by;  // equals `entry` for a blocked id
  bool blocked() const { return cancelled_by.has_value() && *cancelled_by == entry; }
  friend bool operator==(const RequestRecord&, const RequestRecord&) = default;
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_REQUEST_ID_H_
