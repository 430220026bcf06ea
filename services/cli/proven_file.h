// Checks a receipt or a checkpoint offline and says what it proves.
#ifndef TANHUI_SERVICES_CLI_PROVEN_FILE_H_
#define TANHUI_SERVICES_CLI_PROVEN_FILE_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/key.h"
#include "tanhui/entry/v1/entry.pb.h"

namespace tanhui::cli {

struct ProvenFile {
  signing::Checkpoint checkpoint;
  // Not set for a bare checkpoint.
  std::optional<std::uint64_t> index;
  entry::v1::Entry entry;
};

// `text` is a receipt (.tlog-proof) or a signed checkpoint. Fails with the reason when it does not
// hold under any of the keys, or its leaf is no entry of a format known here.
absl::StatusOr<ProvenFile> Prove(std::string_view text,
                                 std::span<const signing::NamedVerifier> keys);

// A verifier key as text, or the name of a file that holds one.
absl::StatusOr<signing::NamedVerifier> ReadVerifierKey(const std::string& key_or_file);

// For people: what was proven, then `verified`.
std::string ProvenText(const ProvenFile& proven);
// One line:
// {"verified":true,"kind":...,"index":...,"origin":...,"size":...,"root":...,"entry":...}.
std::string ProvenJson(const ProvenFile& proven);
// One line: {"verified":false,"error":...}.
std::string UnprovenJson(const absl::Status& why);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_PROVEN_FILE_H_
