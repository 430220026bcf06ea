// Receipts (C2SP tlog-proof): one text that proves, offline and with the log's public key alone,
// that an entry is in the log. The entry's bytes travel in the `extra` line. Pure; any thread.
#ifndef TANHUI_LEDGER_SIGNING_RECEIPT_H_
#define TANHUI_LEDGER_SIGNING_RECEIPT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/key.h"

namespace tanhui::signing {

// What an entry bundle's 16-bit length allows (tlog-tiles).
inline constexpr std::size_t kMaxLeafBytes = 65'535;
// A leaf in base64, 64 hashes and a note of the usual size fit many times over.
inline constexpr std::size_t kMaxReceiptBytes = std::size_t{1} << 20;

struct Receipt {
  std::string leaf;         // the entry as it was stored and hashed
  std::uint64_t index = 0;  // 0-based
  std::vector<Hash256> proof;
  std::string checkpoint_note;  // verbatim
};

// What a receipt proved.
struct VerifiedReceipt {
  std::string leaf;
  std::uint64_t index = 0;
  Checkpoint checkpoint;
  friend bool operator==(const VerifiedReceipt&, const VerifiedReceipt&) = default;
};

std::string FormatReceipt(const Receipt& receipt);

// Reads the text but checks no signature and no hash: nothing in the result is proven.
// InvalidArgument unless FormatReceipt of the result would be this very text, and for a text, leaf
// or proof above the limits.
absl::StatusOr<Receipt> ParseReceipt(std::string_view text);

// OK when the checkpoint is signed by the log and the leaf is at this index of its tree. Errors:
// InvalidArgument for what is malformed, Unauthenticated for a signature or a proof that does not
// hold, NotFound when no key is known.
absl::StatusOr<VerifiedReceipt> VerifyReceipt(std::string_view text,
                                              std::span<const NamedVerifier> verifiers);
// The same of one that came in another form.
absl::StatusOr<VerifiedReceipt> VerifyReceipt(Receipt receipt,
                                              std::span<const NamedVerifier> verifiers);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_RECEIPT_H_
