// The secret keys under which evidence is claimed: one for each month of acts, and one for ever.
// They lie in a file outside the data directory; see ledger/rules/RULES.md, Evidence.
#ifndef TANHUI_SERVICES_RPC_ACTS_EVIDENCE_KEYS_H_
#define TANHUI_SERVICES_RPC_ACTS_EVIDENCE_KEYS_H_

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/core/business_time.h"
#include "ledger/signing/keyed_hash.h"

namespace tanhui::rpc {

// Any thread.
class EvidenceKeys {
 public:
  // Reads the file, whose lines are "ever KEY", "YYYY-MM KEY" and "YYYY-MM destroyed", where KEY is
  // 64 hexadecimal digits. A missing file is made, with mode 600, when `may_make`; otherwise
  // FailedPrecondition, as for a damaged one.
  static absl::StatusOr<std::unique_ptr<EvidenceKeys>> Load(const std::string& path, bool may_make);

  const signing::KeyedHash& ForEver() const { return *for_ever_; }
  // Tells keys apart without telling them: hexadecimal digits of a hash of the key for ever.
  std::string Fingerprint() const;

  // The key of a month, made and made durable when it is first asked for; nullopt: it was
  // destroyed. An error when the file cannot be written: nothing is known of it then.
  absl::StatusOr<std::optional<signing::KeyedHash>> OfMonth(Month month);

  // Destroys the keys of all months before this one. An error as of OfMonth.
  absl::Status DestroyBefore(Month month);

 private:
  struct Key {
    std::string bytes;  // empty: destroyed
    std::optional<signing::KeyedHash> hash;
  };

  explicit EvidenceKeys(std::string path) : path_(std::move(path)) {}
  bool ReadLine(std::string_view line);
  absl::Status Write() const;

  const std::string path_;
  std::string ever_;  // 32 bytes
  std::optional<signing::KeyedHash> for_ever_;
  mutable std::mutex mutex_;
  std::map<Month, Key> months_;  // guarded by mutex_
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_ACTS_EVIDENCE_KEYS_H_
