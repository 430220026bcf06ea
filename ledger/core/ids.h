// Strong types for the numbers and bytes that must not be mixed up.
#ifndef TANHUI_LEDGER_CORE_IDS_H_
#define TANHUI_LEDGER_CORE_IDS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace tanhui {

// An integer that only compares with its own kind. `Tag` is never defined.
template <typename Tag, typename Rep>
class Number {
 public:
  using Value = Rep;
  constexpr Number() = default;
  constexpr explicit Number(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  friend constexpr auto operator<=>(Number, Number) = default;
  template <typename H>
  friend H AbslHashValue(H state, Number number) {
    return H::combine(std::move(state), number.value_);
  }

 private:
  Rep value_ = 0;
};

// Position of an entry in the log, 0-based; entry 0 is the genesis entry.
using EntryIndex = Number<struct EntryIndexTag, std::uint64_t>;
// Dense numbers in the order of creation, from 1; 0 names nothing.
using AccountNo = Number<struct AccountNoTag, std::uint64_t>;
using SchemeNo = Number<struct SchemeNoTag, std::uint32_t>;
using AssetNo = Number<struct AssetNoTag, std::uint32_t>;
using ParticipantNo = Number<struct ParticipantNoTag, std::uint32_t>;
// A merchant's store or till.
using UnitNo = Number<struct UnitNoTag, std::uint32_t>;
// Of settlement prices, settlement runs and loads of opening balances.
using PriceNo = Number<struct PriceNoTag, std::uint32_t>;
using RunNo = Number<struct RunNoTag, std::uint32_t>;
using LoadNo = Number<struct LoadNoTag, std::uint32_t>;
// Of campaigns of coupons.
using CampaignNo = Number<struct CampaignNoTag, std::uint32_t>;
// Of caps, bonuses and goals of rule sets.
using LimitNo = Number<struct LimitNoTag, std::uint32_t>;

// `N` opaque bytes of one kind.
template <typename Tag, std::size_t N>
struct Bytes {
  std::array<std::uint8_t, N> bytes{};
  static constexpr std::size_t kSize = N;

  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  // Takes the first N bytes; whoever reads outside input checks its size first.
  static Bytes FromView(std::string_view text) {
    Bytes out;
    for (std::size_t i = 0; i < N && i < text.size(); ++i) {
      out.bytes[i] = static_cast<std::uint8_t>(text[i]);
    }
    return out;
  }
  friend auto operator<=>(const Bytes&, const Bytes&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Bytes& value) {
    return H::combine(std::move(state), value.bytes);
  }
};

// SHA-256 output: a leaf, a tree node or a request digest.
using Hash256 = Bytes<struct Hash256Tag, 32>;
// Random 128-bit public id of one account. Platforms know it under pseudonyms of their own.
using AccountId = Bytes<struct AccountIdTag, 16>;
// Random 128-bit owner of accounts; names a person without saying who.
using OwnerId = Bytes<struct OwnerIdTag, 16>;
// A piece of evidence that was claimed: its date (days since 1970, big-endian; 0: for ever) and 16
// bytes of a keyed hash; see ledger/rules/RULES.md.
using Nullifier = Bytes<struct NullifierTag, 20>;
// Keyed hash of (platform, the platform's own user id); see ledger/store/SCHEMA.md, `personal`.
using PlatformUserKey = Bytes<struct PlatformUserKeyTag, 32>;

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_IDS_H_
