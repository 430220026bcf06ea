#include "services/rpc/acts/evidence_keys.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/store/durable_file.h"
#include "services/rpc/draft.h"

namespace tanhui::rpc {
namespace {

constexpr mode_t kSecretMode = 0600;
constexpr std::size_t kHexKey = 64;
constexpr std::string_view kEver = "ever";
constexpr std::string_view kDestroyed = "destroyed";
constexpr std::size_t kMonthText = 7;  // YYYY-MM

std::string MonthText(Month month) { return FormatDate(LastDayOf(month)).substr(0, kMonthText); }

std::optional<Month> ParseMonth(std::string_view text) {
  const auto first =
      text.size() == kMonthText ? ParseShanghai(std::string(text) + "-01 00:00:00") : std::nullopt;
  return first.has_value() && *first >= kEarliestTime && *first <= kLatestTime
             ? std::optional(MonthOf(ShanghaiDate(*first)))
             : std::nullopt;
}

// The 32 bytes of a key; nullopt for any other text.
std::optional<std::string> ParseKey(std::string_view hex) {
  const auto high = hex.size() == kHexKey ? ParseHex16(hex.substr(0, 32)) : std::nullopt;
  const auto low = hex.size() == kHexKey ? ParseHex16(hex.substr(32)) : std::nullopt;
  return high && low ? std::optional(*high + *low) : std::nullopt;
}

}  // namespace

bool EvidenceKeys::ReadLine(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) {
    return false;
  }
  const std::string_view name = line.substr(0, space);
  const std::string_view value = line.substr(space + 1);
  auto key = ParseKey(value);
  if (name == kEver) {
    if (!ever_.empty() || !key.has_value()) {
      return false;
    }
    ever_ = *std::move(key);
    return true;
  }
  const auto month = ParseMonth(name);
  if (!month.has_value() || (!key.has_value() && value != kDestroyed)) {
    return false;
  }
  Key read;
  if (key.has_value()) {
    read.hash.emplace(*key);
    read.bytes = *std::move(key);
  }
  return months_.emplace(*month, std::move(read)).second;
}

absl::StatusOr<std::unique_ptr<EvidenceKeys>> EvidenceKeys::Load(const std::string& path,
                                                                 bool may_make) {
  std::unique_ptr<EvidenceKeys> keys(new EvidenceKeys(path));
  const auto text = store::ReadFile(path);
  if (absl::IsNotFound(text.status())) {
    if (!may_make) {
      return absl::FailedPreconditionError(
          absl::StrCat("evidence_keys ", path,
                       " is missing, but the ledger has claimed evidence under it: without it the "
                       "same act would "
                       "be taken again. Restore the file; a new one does not help."));
    }
    auto ever = signing::RandomBytes(signing::KeyedHash::kKeySize);
    if (!ever.ok()) {
      return ever.status();
    }
    keys->ever_ = *std::move(ever);
    keys->for_ever_.emplace(keys->ever_);
    const absl::Status written = keys->Write();
    return written.ok() ? absl::StatusOr<std::unique_ptr<EvidenceKeys>>(std::move(keys)) : written;
  }
  if (!text.ok()) {
    return text.status();
  }
  int number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    ++number;
    if (end == std::string_view::npos || !keys->ReadLine(rest.substr(0, end))) {
      return absl::FailedPreconditionError(absl::StrCat(
          "evidence_keys ", path, ":", number,
          " is damaged: a line should be \"YYYY-MM KEY\", \"YYYY-MM destroyed\" or \"ever KEY\", "
          "each once, with 64 hexadecimal digits as KEY. Restore the file."));
    }
    rest.remove_prefix(end + 1);
  }
  if (keys->ever_.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("evidence_keys ", path, " has no line \"ever KEY\". Restore the file."));
  }
  keys->for_ever_.emplace(keys->ever_);
  return keys;
}

std::string EvidenceKeys::Fingerprint() const {
  return Hex(for_ever_->Of({"tanhui.evidence_keys_check.v1"}).view());
}

absl::Status EvidenceKeys::Write() const {
  std::string text = absl::StrCat(std::string(kEver), " ", Hex(ever_), "\n");
  for (const auto& [month, key] : months_) {
    absl::StrAppend(&text, MonthText(month), " ",
                    key.bytes.empty() ? std::string(kDestroyed) : Hex(key.bytes), "\n");
  }
  return store::WriteFileDurably(path_, text, kSecretMode);
}

absl::StatusOr<std::optional<signing::KeyedHash>> EvidenceKeys::OfMonth(Month month) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto found = months_.find(month); found != months_.end()) {
    return found->second.hash;
  }
  // A month before one that was destroyed is past, too, though nobody asked for its key in time.
  const auto later = months_.upper_bound(month);
  for (auto it = later; it != months_.end(); ++it) {
    if (it->second.bytes.empty()) {
      return std::optional<signing::KeyedHash>();
    }
  }
  auto bytes = signing::RandomBytes(signing::KeyedHash::kKeySize);
  if (!bytes.ok()) {
    return bytes.status();
  }
  const auto made = months_.emplace(month, Key{*bytes, signing::KeyedHash(*bytes)}).first;
  if (absl::Status status = Write(); !status.ok()) {
    months_.erase(made);  // nothing is claimed under a key that may be lost
    return status;
  }
  return made->second.hash;
}

absl::Status EvidenceKeys::DestroyBefore(Month month) {
  const std::lock_guard<std::mutex> lock(mutex_);
  bool changed = false;
  for (auto& [of, key] : months_) {
    if (of < month && !key.bytes.empty()) {
      key = Key();
      changed = true;
    }
  }
  return changed ? Write() : absl::OkStatus();
}

}  // namespace tanhui::rpc
