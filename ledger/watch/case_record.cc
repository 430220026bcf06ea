#include "ledger/watch/case_record.h"

#include <algorithm>
#include <limits>

#include "ledger/core/octets/big_endian.h"

namespace tanhui::watch {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNumberBytes = 8;
// Everything before the entries and the note.
constexpr std::size_t kHeadBytes = 3 + 8 + 8 + 8 + 8 + 8 + 4 + 4 + 8 + 1;

bool InRange(std::uint8_t value, std::uint8_t most) { return value >= 1 && value <= most; }

}  // namespace

Case OpenCase(CaseNo number, const Signal& signal, LedgerTime now) {
  Case out;
  out.number = number;
  out.kind = signal.kind;
  out.subject = signal.subject;
  out.first = signal.first;
  out.last = signal.last;
  AddSignal(out, signal, now);
  return out;
}

void AddSignal(Case& to, const Signal& signal, LedgerTime now) {
  to.first = std::min(to.first, signal.first);
  to.last = std::max(to.last, signal.last);
  to.updated = std::max(to.updated, now);
  ++to.signals;
  to.most_seen = std::max(to.most_seen, signal.count);
  for (const EntryIndex entry : signal.entries) {
    const auto at = std::lower_bound(to.entries.begin(), to.entries.end(), entry);
    const bool known = at != to.entries.end() && *at == entry;
    if (!known && to.entries.size() < kMaxEntries) {
      to.entries.insert(at, entry);
    }
  }
}

std::string CaseKey(CaseNo number) {
  std::string out(kCasePrefix);
  PutBigEndian(out, std::numeric_limits<std::uint64_t>::max() - number.value());
  return out;
}

std::string EncodeCase(const Case& one) {
  std::string out;
  out.reserve(kHeadBytes + one.entries.size() * kNumberBytes + one.note.size());
  PutBigEndian(out, kVersion);
  PutBigEndian(out, static_cast<std::uint8_t>(one.kind));
  PutBigEndian(out, static_cast<std::uint8_t>(one.state));
  PutBigEndian(out, one.subject);
  PutBigEndian(out, one.first.value());
  PutBigEndian(out, one.last.value());
  PutBigEndian(out, one.updated.value());
  PutBigEndian(out, one.signals);
  PutBigEndian(out, one.most_seen);
  PutBigEndian(out, one.decided_by.value());
  PutBigEndian(out, one.decided.value());
  PutBigEndian(out, static_cast<std::uint8_t>(one.entries.size()));
  for (const EntryIndex entry : one.entries) {
    PutBigEndian(out, entry.value());
  }
  out.append(one.note);
  return out;
}

std::optional<Case> DecodeCase(std::string_view key, std::string_view value) {
  if (key.size() != kCasePrefix.size() + kNumberBytes || !key.starts_with(kCasePrefix) ||
      value.size() < kHeadBytes || TakeBigEndian<std::uint8_t>(value) != kVersion) {
    return std::nullopt;
  }
  key.remove_prefix(kCasePrefix.size());
  Case out;
  out.number =
      CaseNo(std::numeric_limits<std::uint64_t>::max() - TakeBigEndian<std::uint64_t>(key));
  const auto kind = TakeBigEndian<std::uint8_t>(value);
  const auto state = TakeBigEndian<std::uint8_t>(value);
  if (!InRange(kind, kSignalKinds) ||
      !InRange(state, static_cast<std::uint8_t>(CaseState::kConfirmed))) {
    return std::nullopt;
  }
  out.kind = static_cast<SignalKind>(kind);
  out.state = static_cast<CaseState>(state);
  out.subject = TakeBigEndian<std::uint64_t>(value);
  out.first = LedgerTime(TakeBigEndian<std::int64_t>(value));
  out.last = LedgerTime(TakeBigEndian<std::int64_t>(value));
  out.updated = LedgerTime(TakeBigEndian<std::int64_t>(value));
  out.signals = TakeBigEndian<std::uint64_t>(value);
  out.most_seen = TakeBigEndian<std::uint32_t>(value);
  out.decided_by = ParticipantNo(TakeBigEndian<std::uint32_t>(value));
  out.decided = LedgerTime(TakeBigEndian<std::int64_t>(value));
  const std::size_t entries = TakeBigEndian<std::uint8_t>(value);
  if (entries > kMaxEntries || value.size() < entries * kNumberBytes ||
      value.size() - entries * kNumberBytes > kMaxNoteBytes) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < entries; ++i) {
    out.entries.emplace_back(TakeBigEndian<std::uint64_t>(value));
  }
  out.note = std::string(value);
  return out;
}

}  // namespace tanhui::watch
