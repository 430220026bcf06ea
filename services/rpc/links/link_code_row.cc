#include "services/rpc/links/link_code_row.h"

#include "ledger/core/octets/big_endian.h"
#include "services/rpc/coupons/crockford.h"

namespace tanhui::rpc {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kValueBytes = 1 + 8 + 1 + 4 + 8 + LinkUse::kSize;

}  // namespace

std::string LinkCodeOf(std::string_view random) {
  std::uint64_t bits = 0;
  for (const char c : random) {
    bits = bits << 8 | static_cast<unsigned char>(c);
  }
  std::string code;
  for (std::size_t i = 0; i < kLinkCodeLetters; ++i) {
    code.push_back(kCrockfordLetters[bits % kCrockfordLetters.size()]);
    bits >>= kBitsOfLetter;
  }
  return code;
}

std::optional<std::string> CanonicalLinkCode(std::string_view text) {
  return CanonicalCrockford(text, kLinkCodeLetters);
}

std::string LinkCodeKey(const LinkCodeHash& hash) { return std::string("l").append(hash.view()); }

std::string LinkCodeValue(const LinkCode& code) {
  std::string out;
  PutBigEndian(out, kVersion);
  PutBigEndian(out, code.account.value());
  PutBigEndian(out, code.kind);
  PutBigEndian(out, code.creator.value());
  PutBigEndian(out, code.deadline.value());
  return out.append(code.used_by.view());
}

std::optional<LinkCode> ParseLinkCodeValue(std::string_view value) {
  if (value.size() != kValueBytes || TakeBigEndian<std::uint8_t>(value) != kVersion) {
    return std::nullopt;
  }
  LinkCode out;
  out.account = AccountNo(TakeBigEndian<std::uint64_t>(value));
  out.kind = TakeBigEndian<std::uint8_t>(value);
  out.creator = ParticipantNo(TakeBigEndian<std::uint32_t>(value));
  out.deadline = LedgerTime(TakeBigEndian<std::int64_t>(value));
  out.used_by = LinkUse::FromView(value);
  return out;
}

std::string LinkDeadlineKey(LedgerTime deadline, const LinkCodeHash& hash) {
  std::string out(kLinkDeadlineRows);
  PutBigEndian(out, deadline.value());
  return out.append(hash.view());
}

std::optional<LinkDeadline> ParseLinkDeadlineKey(std::string_view key) {
  if (key.size() != kLinkDeadlineRows.size() + sizeof(std::int64_t) + LinkCodeHash::kSize ||
      !key.starts_with(kLinkDeadlineRows)) {
    return std::nullopt;
  }
  key.remove_prefix(kLinkDeadlineRows.size());
  const LedgerTime deadline(TakeBigEndian<std::int64_t>(key));
  return LinkDeadline{deadline, LinkCodeHash::FromView(key)};
}

}  // namespace tanhui::rpc
