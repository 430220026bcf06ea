// Rows of settlements, lists, periods, months, events and links as bytes; SCHEMA.md is the page for
// people.
#include "absl/numeric/int128.h"
#include "ledger/core/check.h"
#include "ledger/core/octets/big_endian.h"
#include "ledger/store/record.h"

namespace tanhui::store {
namespace {

constexpr std::size_t kSettlementLineKeyBytes = 4 + 8;
constexpr std::size_t kListingKeyBytes = 1 + 7 + 8;
constexpr int kOwnerBits = 7 * 8;
constexpr std::size_t kPeriodKeyBytes = 2 + 4 + 1;
constexpr std::size_t kPeriodSumsBytes = 16 + 16;
constexpr std::size_t kMonthKeyBytes = 8 + 2;
constexpr std::size_t kEventKeyBytes = 4 + 8 + 1;
constexpr std::size_t kEventBytes = 1 + 8;
constexpr std::size_t kLinkedKeyBytes = 4 + 8;

void PutSum(std::string& out, absl::uint128 sum) {
  PutBigEndian(out, absl::Uint128High64(sum));
  PutBigEndian(out, absl::Uint128Low64(sum));
}

absl::uint128 TakeSum(std::string_view& bytes) {
  const auto high = TakeBigEndian<std::uint64_t>(bytes);
  return absl::MakeUint128(high, TakeBigEndian<std::uint64_t>(bytes));
}

}  // namespace

std::string SettlementLineKey(RunNo run, EntryIndex line) {
  std::string out;
  PutBigEndian(out, run.value());
  PutBigEndian(out, line.value());
  return out;
}

std::optional<std::pair<RunNo, EntryIndex>> DecodeSettlementLineKey(std::string_view bytes) {
  if (bytes.size() != kSettlementLineKeyBytes) {
    return std::nullopt;
  }
  const RunNo run(TakeBigEndian<std::uint32_t>(bytes));
  return std::pair(run, EntryIndex(TakeBigEndian<std::uint64_t>(bytes)));
}

std::string ListingKey(const ListingRow& row) {
  Check(row.owner >> kOwnerBits == 0, "the owner of a list has too large a number");
  std::string out;
  PutBigEndian(out, static_cast<std::uint64_t>(row.listing) << kOwnerBits | row.owner);
  PutBigEndian(out, row.entry.value());
  return out;
}

std::optional<ListingRow> DecodeListingKey(std::string_view bytes) {
  if (bytes.size() != kListingKeyBytes) {
    return std::nullopt;
  }
  const auto list = TakeBigEndian<std::uint64_t>(bytes);
  ListingRow row;
  row.listing = static_cast<Listing>(list >> kOwnerBits);
  row.owner = list & ((std::uint64_t{1} << kOwnerBits) - 1);
  row.entry = EntryIndex(TakeBigEndian<std::uint64_t>(bytes));
  return row.listing >= Listing::kCouponsOfAccount && row.listing <= Listing::kExchangesOfAccount
             ? std::optional(row)
             : std::nullopt;
}

std::string EncodePeriodKey(const PeriodKey& key) {
  std::string out;
  PutBigEndian(out, key.month.value());
  PutBigEndian(out, key.asset.value());
  out.push_back(static_cast<char>(key.kind));
  return out;
}

std::optional<PeriodKey> DecodePeriodKey(std::string_view bytes) {
  if (bytes.size() != kPeriodKeyBytes) {
    return std::nullopt;
  }
  PeriodKey key;
  key.month = Month(TakeBigEndian<std::uint16_t>(bytes));
  key.asset = AssetNo(TakeBigEndian<std::uint32_t>(bytes));
  const auto kind = TakeBigEndian<std::uint8_t>(bytes);
  key.kind = static_cast<AccountKind>(kind);
  return kind >= 1 && key.kind <= AccountKind::kPeer ? std::optional(key) : std::nullopt;
}

std::string EncodePeriodSums(const PeriodSums& sums) {
  std::string out;
  PutSum(out, sums.debits);
  PutSum(out, sums.credits);
  return out;
}

std::optional<PeriodSums> DecodePeriodSums(std::string_view bytes) {
  if (bytes.size() != kPeriodSumsBytes) {
    return std::nullopt;
  }
  const absl::uint128 debits = TakeSum(bytes);
  return PeriodSums{debits, TakeSum(bytes)};
}

std::string MonthKey(AccountNo account, Month month) {
  std::string out;
  PutBigEndian(out, account.value());
  PutBigEndian(out, month.value());
  return out;
}

std::optional<MonthRow> DecodeMonth(std::string_view key, std::string_view value) {
  const auto last_plus_one = DecodeU64(value);
  if (key.size() != kMonthKeyBytes || !last_plus_one.has_value()) {
    return std::nullopt;
  }
  const AccountNo account(TakeBigEndian<std::uint64_t>(key));
  return MonthRow{account, Month(TakeBigEndian<std::uint16_t>(key)), *last_plus_one};
}

std::string EventKey(std::uint32_t scope, EntryIndex entry, std::uint8_t n) {
  std::string out;
  PutBigEndian(out, scope);
  PutBigEndian(out, entry.value());
  out.push_back(static_cast<char>(n));
  return out;
}

std::string EncodeEvent(const EventRow& row) {
  std::string out(1, static_cast<char>(row.kind));
  PutBigEndian(out, row.subject);
  return out;
}

std::optional<EventRow> DecodeEvent(std::string_view key, std::string_view value) {
  if (key.size() != kEventKeyBytes || value.size() != kEventBytes) {
    return std::nullopt;
  }
  EventRow row;
  row.scope = TakeBigEndian<std::uint32_t>(key);
  row.entry = EntryIndex(TakeBigEndian<std::uint64_t>(key));
  row.n = TakeBigEndian<std::uint8_t>(key);
  row.kind = TakeBigEndian<std::uint8_t>(value);
  row.subject = TakeBigEndian<std::uint64_t>(value);
  return row;
}

std::string LinkedKey(const LinkKey& key) {
  std::string out;
  PutBigEndian(out, key.first.value());
  PutBigEndian(out, key.second.value());
  return out;
}

std::optional<LinkKey> DecodeLinkedKey(std::string_view bytes) {
  if (bytes.size() != kLinkedKeyBytes) {
    return std::nullopt;
  }
  const ParticipantNo participant(TakeBigEndian<std::uint32_t>(bytes));
  return LinkKey(participant, AccountNo(TakeBigEndian<std::uint64_t>(bytes)));
}

std::optional<std::uint64_t> DecodeLinks(std::string_view bytes) {
  const auto links = DecodeU64(bytes);
  return links == std::uint64_t{0} ? std::nullopt : links;
}

}  // namespace tanhui::store
