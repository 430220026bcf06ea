// Short texts encrypted for storage: AES-256-GCM with a random nonce. Pure but for the random
// generator; any thread.
#ifndef TANHUI_LEDGER_SIGNING_SEALED_TEXT_H_
#define TANHUI_LEDGER_SIGNING_SEALED_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/ids.h"

namespace tanhui::signing {

// Nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). `place` says where the text belongs: it is not
// stored, and OpenText must be given the same. Internal when the random generator fails. One key
// seals at most 2^32 texts.
absl::StatusOr<std::string> SealText(const Hash256& key, std::string_view place,
                                     std::string_view text);

// DataLoss when the bytes were not sealed with this key for this place.
absl::StatusOr<std::string> OpenText(const Hash256& key, std::string_view place,
                                     std::string_view sealed);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_SEALED_TEXT_H_
