#include "services/rpc/coupons/qr_code.h"

#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/core/octets/big_endian.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kSignedPrefix = "tanhui coupon code v1\n";
constexpr std::size_t kCodeBytes = 8 + 8 + 4 + 8 + 8;
constexpr std::size_t kSignatureBytes = 64;

std::string BytesOf(const QrCode& code) {
  std::string out;
  PutBigEndian(out, code.coupon.value());
  PutBigEndian(out, static_cast<std::uint64_t>(code.made_at));
  PutBigEndian(out, code.campaign.value());
  PutBigEndian(out, static_cast<std::uint64_t>(code.most_fen.units()));
  PutBigEndian(out, static_cast<std::uint64_t>(code.use_until));
  return out;
}

// Base 64 of RFC 4648 section 5 without padding, in the one spelling that there is.
std::string Encode(std::string_view bytes) {
  std::string out;
  absl::WebSafeBase64Escape(absl::string_view(bytes.data(), bytes.size()), &out);
  return out;
}

std::optional<std::string> Decode(std::string_view text, std::size_t bytes) {
  std::string out;
  const bool read = absl::WebSafeBase64Unescape(absl::string_view(text.data(), text.size()), &out);
  return read && out.size() == bytes && Encode(out) == text ? std::optional(std::move(out))
                                                            : std::nullopt;
}

std::string SignedBytes(const QrCode& code) {
  return std::string(kSignedPrefix).append(BytesOf(code));
}

}  // namespace

absl::StatusOr<std::string> QrText(const QrCode& code, const signing::NamedSigner& signer) {
  const auto signature = signer.signer().Sign(SignedBytes(code));
  if (!signature.ok()) {
    return signature.status();
  }
  if (signature->size() != kSignatureBytes) {
    return absl::UnimplementedError("codes of coupons are signed with Ed25519");
  }
  return absl::StrCat(std::string(kQrPrefix), Encode(BytesOf(code)), ".", Encode(*signature));
}

std::optional<SignedQrCode> ParseQrText(std::string_view text) {
  if (!text.starts_with(kQrPrefix)) {
    return std::nullopt;
  }
  text.remove_prefix(kQrPrefix.size());
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    return std::nullopt;
  }
  const auto bytes = Decode(text.substr(0, dot), kCodeBytes);
  auto signature = Decode(text.substr(dot + 1), kSignatureBytes);
  if (!bytes.has_value() || !signature.has_value()) {
    return std::nullopt;
  }
  std::string_view rest = *bytes;
  SignedQrCode out;
  out.code.coupon = EntryIndex(TakeBigEndian<std::uint64_t>(rest));
  out.code.made_at = static_cast<std::int64_t>(TakeBigEndian<std::uint64_t>(rest));
  out.code.campaign = CampaignNo(TakeBigEndian<std::uint32_t>(rest));
  out.code.most_fen = Amount(static_cast<std::int64_t>(TakeBigEndian<std::uint64_t>(rest)));
  out.code.use_until = static_cast<std::int64_t>(TakeBigEndian<std::uint64_t>(rest));
  out.signature = *std::move(signature);
  // Numbers from 2^63 on are no entries, times or amounts: nobody signs these, and nobody computes
  // with them.
  const bool sound = out.code.coupon.value() <= std::numeric_limits<std::int64_t>::max() &&
                     out.code.made_at >= 0 && out.code.most_fen >= Amount() &&
                     out.code.use_until >= 0;
  return sound ? std::optional(std::move(out)) : std::nullopt;
}

bool IsSignedBy(const SignedQrCode& code, const signing::NamedVerifier& verifier) {
  return verifier.verifier().Verify(SignedBytes(code.code), code.signature);
}

bool IsFresh(const QrCode& code, std::int64_t now, std::int64_t clock_seconds) {
  // now is a clock's and small; made_at may be any number from 0 on.
  return code.made_at <= now + kQrClockSeconds &&
         now - code.made_at <= kQrLifeSeconds + clock_seconds;
}

}  // namespace tanhui::rpc
