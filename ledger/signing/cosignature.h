// Cosignatures of witnesses (C2SP tlog-cosignature, cosignature/v1): somebody else's word that a
// log's checkpoint extends every one it saw before, and when it saw it. Pure; any thread.
#ifndef TANHUI_LEDGER_SIGNING_COSIGNATURE_H_
#define TANHUI_LEDGER_SIGNING_COSIGNATURE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/key.h"

namespace tanhui::signing {

// Signature type of timestamped Ed25519 cosignatures.
inline constexpr std::uint8_t kCosignatureType = 0x04;

// The signature line, with its newline, by which the witness signs the text of a checkpoint's note
// at `seconds` since 1970 (above 0). Whoever calls it has made sure that it extends what was
// cosigned before. InvalidArgument: the witness's key is not Ed25519; else what the signer answers.
absl::StatusOr<std::string> CosignatureLine(std::string_view checkpoint_text,
                                            const NamedSigner& witness, std::uint64_t seconds);

struct Cosigned {
  Checkpoint checkpoint;
  std::uint64_t seconds = 0;  // since 1970, when the witness saw it
};

// Reads a checkpoint that the log signed and the witness cosigned; the newest of several. Errors as
// in OpenCheckpoint. Unauthenticated, too: a cosignature by the witness's name and key does not
// verify. NotFound: it did not cosign.
absl::StatusOr<Cosigned> OpenCosigned(std::string_view note, const NamedVerifier& log_key,
                                      const NamedVerifier& witness);

}  // namespace tanhui::signing

#endif  // TANHUI_LEDGER_SIGNING_COSIGNATURE_H_
