#include "services/rpc/unclaimed/unclaimed_row.h"

#include "absl/strings/str_cat.h"
#include "ledger/core/octets/big_endian.h"
#include "ledger/signing/encoding.h"
#include "ledger/signing/sealed_text.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {
namespace {

constexpr std::uint8_t kVersion = 1;        // of a value
constexpr std::uint8_t kRecordVersion = 1;  // of what is sealed in it
constexpr std::string_view kRequestRows = "i";
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kNameBytes = HolderHash::kSize + kTimeBytes + KeptRequestHash::kSize;
constexpr std::size_t kValueHead = 1 + kTimeBytes;
constexpr std::size_t kRecordHead = 1 + kTimeBytes + 4;

LedgerTime TakeTime(std::string_view& bytes) {
  return LedgerTime(TakeBigEndian<std::int64_t>(bytes));
}

template <typename Hash>
Hash TakeHash(std::string_view& bytes) {
  const Hash out = Hash::FromView(bytes);
  bytes.remove_prefix(Hash::kSize);
  return out;
}

void PutName(std::string& out, const KeptActName& name) {
  out.append(name.holder.view());
  PutBigEndian(out, name.act_time.value());
  out.append(name.request.view());
}

KeptActName TakeName(std::string_view& bytes) {
  KeptActName out;
  out.holder = TakeHash<HolderHash>(bytes);
  out.act_time = TakeTime(bytes);
  out.request = TakeHash<KeptRequestHash>(bytes);
  return out;
}

// The sealed record belongs to its row and to the time that the row tells in clear.
std::string PlaceOf(const KeptActName& name, LedgerTime expires) {
  std::string out = KeptActKey(name);
  PutBigEndian(out, expires.value());
  return out;
}

absl::Status Damaged() { return absl::DataLossError("a kept act cannot be decoded"); }

}  // namespace

std::string KeptActKey(const KeptActName& name) {
  std::string out(kKeptActRows);
  PutName(out, name);
  return out;
}

std::string KeptActsOf(const HolderHash& holder) {
  return absl::StrCat(std::string(kKeptActRows), std::string(holder.view()));
}

std::optional<KeptActName> ParseKeptActKey(std::string_view key) {
  if (key.size() != kKeptActRows.size() + kNameBytes || !key.starts_with(kKeptActRows)) {
    return std::nullopt;
  }
  key.remove_prefix(kKeptActRows.size());
  return TakeName(key);
}

absl::StatusOr<std::string> SealKeptAct(const Hash256& key, const KeptActName& name,
                                        const KeptAct& act) {
  std::string record;
  PutBigEndian(record, kRecordVersion);
  PutBigEndian(record, act.received.value());
  PutBigEndian(record, act.platform.value());
  record.append(act.request.SerializeAsString());
  auto sealed = signing::SealText(key, PlaceOf(name, act.expires), record);
  if (!sealed.ok()) {
    return sealed;
  }
  std::string out;
  PutBigEndian(out, kVersion);
  PutBigEndian(out, act.expires.value());
  return out.append(*sealed);
}

absl::StatusOr<KeptAct> OpenKeptAct(const Hash256& key, const KeptActName& name,
                                    std::string_view value) {
  const auto expires = ExpiryOfKeptAct(value);
  if (!expires.has_value()) {
    return Damaged();
  }
  const auto record = signing::OpenText(key, PlaceOf(name, *expires), value.substr(kValueHead));
  if (!record.ok()) {
    return record.status();
  }
  std::string_view rest = *record;
  if (rest.size() < kRecordHead || TakeBigEndian<std::uint8_t>(rest) != kRecordVersion) {
    return Damaged();
  }
  KeptAct out;
  out.expires = *expires;
  out.received = TakeTime(rest);
  out.platform = ParticipantNo(TakeBigEndian<std::uint32_t>(rest));
  return out.request.ParseFromString(std::string(rest)) ? absl::StatusOr<KeptAct>(std::move(out))
                                                        : Damaged();
}

std::optional<LedgerTime> ExpiryOfKeptAct(std::string_view value) {
  if (value.size() < kValueHead || TakeBigEndian<std::uint8_t>(value) != kVersion) {
    return std::nullopt;
  }
  return TakeTime(value);
}

std::string KeptRequestRowKey(const KeptRequestHash& request) {
  return absl::StrCat(std::string(kRequestRows), std::string(request.view()));
}

std::string KeptRequestRowValue(const KeptActName& name) {
  std::string out(name.holder.view());
  PutBigEndian(out, name.act_time.value());
  return out;
}

std::optional<KeptActName> ParseKeptRequestRow(std::string_view key, std::string_view value) {
  if (key.size() != kRequestRows.size() + KeptRequestHash::kSize ||
      !key.starts_with(kRequestRows) || value.size() != HolderHash::kSize + kTimeBytes) {
    return std::nullopt;
  }
  key.remove_prefix(kRequestRows.size());
  KeptActName out;
  out.holder = TakeHash<HolderHash>(value);
  out.act_time = TakeTime(value);
  out.request = TakeHash<KeptRequestHash>(key);
  return out;
}

std::string ExpiryRowKey(const KeptActExpiry& expiry) {
  std::string out(kExpiryRows);
  PutBigEndian(out, expiry.expires.value());
  PutName(out, expiry.name);
  return out;
}

std::optional<KeptActExpiry> ParseExpiryRowKey(std::string_view key) {
  if (key.size() != kExpiryRows.size() + kTimeBytes + kNameBytes || !key.starts_with(kExpiryRows)) {
    return std::nullopt;
  }
  key.remove_prefix(kExpiryRows.size());
  KeptActExpiry out;
  out.expires = TakeTime(key);
  out.name = TakeName(key);
  return out;
}

std::string FormatPageToken(const KeptActName& name) {
  return absl::StrCat(name.act_time.value(), "-", Hex(name.request.view()));
}

std::optional<KeptActName> ParsePageToken(const HolderHash& holder, std::string_view token) {
  const std::size_t dash = token.find('-');
  if (dash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto time = signing::DecodeDecimal(token.substr(0, dash));
  const auto request = ParseHex16(token.substr(dash + 1));
  if (!time.has_value() || !request.has_value()) {
    return std::nullopt;
  }
  return KeptActName{holder, LedgerTime(static_cast<std::int64_t>(*time)),
                     KeptRequestHash::FromView(*request)};
}

}  // namespace tanhui::rpc
