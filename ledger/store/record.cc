#include "ledger/store/record.h"

#include "ledger/core/octets/big_endian.h"

namespace tanhui::store {
namespace {

constexpr char kHeadVersion = 1;
constexpr std::size_t kHistoryKeyBytes = 8 + 8;
constexpr std::size_t kProductEarningKeyBytes = 4 + 8;
constexpr std::size_t kClaimBytes = 8;
constexpr std::size_t kReopenedClaimBytes = 8 + 4;
constexpr std::size_t kHeadBytes = 1 + 8 + 8 + 8 + 32;

template <typename Array>
Array TakeBytes(std::string_view& bytes) {
  const Array value = Array::FromView(bytes.substr(0, Array::kSize));
  bytes.remove_prefix(Array::kSize);
  return value;
}

}  // namespace

std::string EncodeU64(std::uint64_t value) {
  std::string out;
  PutBigEndian(out, value);
  return out;
}

std::optional<std::uint64_t> DecodeU64(std::string_view bytes) {
  return bytes.size() == 8 ? std::optional(TakeBigEndian<std::uint64_t>(bytes)) : std::nullopt;
}

std::string TileKey(merkle::TileId id) {
  std::string out(1, static_cast<char>(id.level));
  PutBigEndian(out, id.index);
  return out;
}

std::string RequestKeyBytes(const RequestKey& key) {
  std::string out;
  out.reserve(4 + key.id.stored().size());
  PutBigEndian(out, key.caller.value());
  out.append(key.id.stored());
  return out;
}

std::optional<RequestKey> DecodeRequestKey(std::string_view bytes) {
  if (bytes.size() < 4) {
    return std::nullopt;
  }
  const ParticipantNo caller(TakeBigEndian<std::uint32_t>(bytes));
  const auto id = RequestId::FromStored(bytes);
  return id.has_value() ? std::optional(RequestKey{caller, *id}) : std::nullopt;
}

std::string PlatformUserKeyBytes(const PlatformUserKey& key) {
  return std::string("u").append(key.view());
}

std::string ReferenceKey(EntryIndex index) {
  std::string out("r");
  PutBigEndian(out, index.value());
  return out;
}

std::string SealedEvidenceKey(EntryIndex index) {
  std::string out("e");
  PutBigEndian(out, index.value());
  return out;
}

std::string ProductEarningKey(std::uint32_t product, EntryIndex entry) {
  std::string out;
  PutBigEndian(out, product);
  PutBigEndian(out, entry.value());
  return out;
}

std::optional<ProductEarningRow> DecodeProductEarningKey(std::string_view bytes) {
  if (bytes.size() != kProductEarningKeyBytes) {
    return std::nullopt;
  }
  const auto product = TakeBigEndian<std::uint32_t>(bytes);
  return ProductEarningRow{product, EntryIndex(TakeBigEndian<std::uint64_t>(bytes))};
}

std::string EncodeClaim(const Claim& claim) {
  std::string out;
  PutBigEndian(out, claim.entry.value());
  if (claim.reopened_to != ParticipantNo(0)) {
    PutBigEndian(out, claim.reopened_to.value());
  }
  return out;
}

std::optional<Claim> DecodeClaim(std::string_view bytes) {
  if (bytes.size() != kClaimBytes && bytes.size() != kReopenedClaimBytes) {
    return std::nullopt;
  }
  Claim claim{EntryIndex(TakeBigEndian<std::uint64_t>(bytes)), ParticipantNo(0)};
  if (bytes.empty()) {
    return claim;
  }
  claim.reopened_to = ParticipantNo(TakeBigEndian<std::uint32_t>(bytes));
  return claim.reopened_to != ParticipantNo(0) ? std::optional(claim) : std::nullopt;
}

std::string HistoryKey(AccountNo account, std::uint64_t last_entry_plus_one) {
  std::string out;
  out.reserve(kHistoryKeyBytes);
  PutBigEndian(out, account.value());
  PutBigEndian(out, last_entry_plus_one);
  return out;
}

std::optional<HistoryRow> DecodeHistoryKey(std::string_view bytes) {
  if (bytes.size() != kHistoryKeyBytes) {
    return std::nullopt;
  }
  const AccountNo account(TakeBigEndian<std::uint64_t>(bytes));
  const auto last_entry_plus_one = TakeBigEndian<std::uint64_t>(bytes);
  return last_entry_plus_one > 0 ? std::optional(HistoryRow{account, last_entry_plus_one})
                                 : std::nullopt;
}

std::string EncodeRequest(const RequestRecord& record) {
  std::string out;
  PutBigEndian(out, record.entry.value());
  if (record.cancelled_by.has_value()) {
    PutBigEndian(out, record.cancelled_by->value());
  }
  return out;
}

std::optional<RequestRecord> DecodeRequest(std::string_view bytes) {
  if (bytes.size() != 8 && bytes.size() != 16) {
    return std::nullopt;
  }
  RequestRecord record{EntryIndex(TakeBigEndian<std::uint64_t>(bytes)), std::nullopt};
  if (!bytes.empty()) {
    record.cancelled_by = EntryIndex(TakeBigEndian<std::uint64_t>(bytes));
  }
  return record;
}

std::string EncodeHead(const StoredHead& head) {
  std::string out(1, kHeadVersion);
  PutBigEndian(out, head.head.size);
  PutBigEndian(out, head.head.time.value());
  PutBigEndian(out, head.head.next_account.value());
  out.append(head.root.view());
  return out;
}

std::optional<StoredHead> DecodeHead(std::string_view bytes) {
  if (bytes.size() != kHeadBytes || bytes[0] != kHeadVersion) {
    return std::nullopt;
  }
  bytes.remove_prefix(1);
  StoredHead head;
  head.head.size = TakeBigEndian<std::uint64_t>(bytes);
  head.head.time = LedgerTime(TakeBigEndian<std::int64_t>(bytes));
  head.head.next_account = AccountNo(TakeBigEndian<std::uint64_t>(bytes));
  head.root = TakeBytes<Hash256>(bytes);
  return head;
}

}  // namespace tanhui::store
