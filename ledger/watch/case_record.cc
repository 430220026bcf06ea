#include "ledger/watch/case_record.h"

#include <algorithm>
#include <limits>

namespace tanhui::watch {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNumberBytes = 8;
// Everything before the entries and the note.
constexpr std::size_t kHeadBytes = 3 + 8 + 8 + 8 + 8 + 8 + 4 + 4 + 8 + 1;

template <typename Int>
void Put(std::string& out, Int value) {
  for (int shift = static_cast<int>(sizeof(Int)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift));
  }
}

// Takes a big-endian integer off the front; the caller has checked the size.
template <typename Int>
Int Take(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  bytes.remove_prefix(sizeof(Int));
  return static_cast<Int>(value);
}

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
  Put(out, std::numeric_limits<std::uint64_t>::max() - number.value());
  return out;
}

std::string EncodeCase(const Case& one) {
  std::string out;
  out.reserve(kHeadBytes + one.entries.size() * kNumberBytes + one.note.size());
  Put(out, kVersion);
  Put(out, static_cast<std::uint8_t>(one.kind));
  Put(out, static_cast<std::uint8_t>(one.state));
  Put(out, one.subject);
  Put(out, one.first.value());
  Put(out, one.last.value());
  Put(out, one.updated.value());
  Put(out, one.signals);
  Put(out, one.most_seen);
  Put(out, one.decided_by.value());
  Put(out, one.decided.value());
  Put(out, static_cast<std::uint8_t>(one.entries.size()));
  for (const EntryIndex entry : one.entries) {
    Put(out, entry.value());
  }
  out.append(one.note);
  return out;
}

std::optional<Case> DecodeCase(std::string_view key, std::string_view value) {
  if (key.size() != kCasePrefix.size() + kNumberBytes || !key.starts_with(kCasePrefix) ||
      value.size() < kHeadBytes || Take<std::uint8_t>(value) != kVersion) {
    return std::nullopt;
  }
  key.remove_prefix(kCasePrefix.size());
  Case out;
  out.number = CaseNo(std::numeric_limits<std::uint64_t>::max() - Take<std::uint64_t>(key));
  const auto kind = Take<std::uint8_t>(value);
  const auto state = Take<std::uint8_t>(value);
  if (!InRange(kind, kSignalKinds) ||
      !InRange(state, static_cast<std::uint8_t>(CaseState::kConfirmed))) {
    return std::nullopt;
  }
  out.kind = static_cast<SignalKind>(kind);
  out.state = static_cast<CaseState>(state);
  out.subject = Take<std::uint64_t>(value);
  out.first = LedgerTime(Take<std::int64_t>(value));
  out.last = LedgerTime(Take<std::int64_t>(value));
  out.updated = LedgerTime(Take<std::int64_t>(value));
  out.signals = Take<std::uint64_t>(value);
  out.most_seen = Take<std::uint32_t>(value);
  out.decided_by = ParticipantNo(Take<std::uint32_t>(value));
  out.decided = LedgerTime(Take<std::int64_t>(value));
  const std::size_t entries = Take<std::uint8_t>(value);
  if (entries > kMaxEntries || value.size() < entries * kNumberBytes ||
      value.size() - entries * kNumberBytes > kMaxNoteBytes) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < entries; ++i) {
    out.entries.emplace_back(Take<std::uint64_t>(value));
  }
  out.note = std::string(value);
  return out;
}

}  // namespace tanhui::watch
