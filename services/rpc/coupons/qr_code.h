// Texts of coupons' QR codes: signed with the key of the log, so that a till checks one with the
// public key alone. CODES.md has the grammar. Pure but for the signature; any thread.
#ifndef TANHUI_SERVICES_RPC_COUPONS_QR_CODE_H_
#define TANHUI_SERVICES_RPC_COUPONS_QR_CODE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/amount.h"
#include "ledger/core/ids.h"
#include "ledger/signing/key.h"

namespace tanhui::rpc {

// What every text begins with.
inline constexpr std::string_view kQrPrefix = "THC1.";
// So long a text works after it was made; longer than that it is a photograph of one.
inline constexpr std::int64_t kQrLifeSeconds = 60;
// By how much the clock of a till may differ from the server's.
inline constexpr std::int64_t kQrClockSeconds = 30;

// What a text says. Times are whole seconds since 1970-01-01T00:00:00Z.
struct QrCode {
  EntryIndex coupon;
  std::int64_t made_at = 0;
  CampaignNo campaign;
  Amount most_fen;             // that the coupon takes off an order
  std::int64_t use_until = 0;  // the last moment at which the coupon can be used
  friend bool operator==(const QrCode&, const QrCode&) = default;
};

// As it was read; nobody has looked at the signature.
struct SignedQrCode {
  QrCode code;
  std::string signature;
};

// The text. Unavailable or Internal when the key cannot be used now.
absl::StatusOr<std::string> QrText(const QrCode& code, const signing::NamedSigner& signer);
// Takes exactly the text that QrText would make of some signature; nullopt for anything else.
std::optional<SignedQrCode> ParseQrText(std::string_view text);
// Whether the key made it.
bool IsSignedBy(const SignedQrCode& code, const signing::NamedVerifier& verifier);

// Whether it works at `now`, by a clock that may differ by `clock_seconds` from the maker's.
bool IsFresh(const QrCode& code, std::int64_t now, std::int64_t clock_seconds = kQrClockSeconds);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_COUPONS_QR_CODE_H_
