#include "ledger/periods/trial_balance.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "ledger/core/books/calendar.h"

namespace tanhui::periods {
namespace {

bool IsOf(const Registry& registry, AssetNo asset, SchemeNo scheme) {
  const Asset* found = registry.Find(asset);
  return found != nullptr && found->scheme == scheme;
}

// Exactly what DecimalOf writes.
template <typename Wide>
bool ReadDecimal(const std::string& text, Wide& out) {
  return absl::SimpleAtoi(text, &out) && DecimalOf(out) == text;
}

}  // namespace

std::vector<Line> LinesOf(const Registry& registry, std::span<const PeriodTable::Row> rows,
                          SchemeNo scheme, Month month) {
  std::map<std::pair<AssetNo, AccountKind>, Line> lines;
  const auto at = [&lines](AssetNo asset, AccountKind kind) -> Line& {
    Line& line = lines[{asset, kind}];
    line.asset = asset;
    line.kind = kind;
    return line;
  };
  if (const ClosedMonths* closed = CalendarOf(registry).Find(scheme)) {
    for (const KindBalance& balance : closed->balances) {
      at(balance.asset, balance.kind).opening = balance.balance;
    }
  }
  for (const PeriodTable::Row& row : rows) {
    if (row.key.month > month || !IsOf(registry, row.key.asset, scheme)) {
      continue;
    }
    Line& line = at(row.key.asset, row.key.kind);
    if (row.key.month == month) {
      line.debits += row.sums.debits;
      line.credits += row.sums.credits;
    } else {
      line.opening +=
          static_cast<absl::int128>(row.sums.credits) - static_cast<absl::int128>(row.sums.debits);
    }
  }
  std::vector<Line> out;
  for (const auto& [key, line] : lines) {
    if (line.opening != 0 || line.debits != 0 || line.credits != 0) {
      out.push_back(line);
    }
  }
  return out;
}

std::optional<Month> FirstMonthOf(const Registry& registry, std::span<const PeriodTable::Row> rows,
                                  SchemeNo scheme) {
  std::optional<Month> first;
  for (const PeriodTable::Row& row : rows) {
    if (IsOf(registry, row.key.asset, scheme)) {
      first = std::min(first.value_or(row.key.month), row.key.month);
    }
  }
  return first;
}

void WriteLine(const Line& line, entry::v1::PeriodLine& out) {
  out.set_asset(line.asset.value());
  out.set_kind(static_cast<std::uint32_t>(line.kind));
  out.set_opening(DecimalOf(line.opening));
  out.set_debits(DecimalOf(line.debits));
  out.set_credits(DecimalOf(line.credits));
  out.set_closing(DecimalOf(line.closing()));
}

std::optional<Line> ReadLine(const entry::v1::PeriodLine& line) {
  Line read;
  absl::int128 closing;
  if (line.kind() < static_cast<std::uint32_t>(AccountKind::kCitizen) ||
      line.kind() > static_cast<std::uint32_t>(AccountKind::kPeer) ||
      !ReadDecimal(line.opening(), read.opening) || !ReadDecimal(line.debits(), read.debits) ||
      !ReadDecimal(line.credits(), read.credits) || !ReadDecimal(line.closing(), closing)) {
    return std::nullopt;
  }
  read.asset = AssetNo(line.asset());
  read.kind = static_cast<AccountKind>(line.kind());
  return read.closing() == closing ? std::optional(read) : std::nullopt;
}

bool Balanced(std::span<const Line> lines) {
  struct Sums {
    absl::uint128 debits = 0;
    absl::uint128 credits = 0;
    absl::int128 closing = 0;
  };
  std::map<AssetNo, Sums> sums;
  for (const Line& line : lines) {
    Sums& sum = sums[line.asset];
    sum.debits += line.debits;
    sum.credits += line.credits;
    sum.closing += line.closing();
  }
  return std::all_of(sums.begin(), sums.end(), [](const auto& row) {
    return row.second.debits == row.second.credits && row.second.closing == 0;
  });
}

std::string DecimalOf(absl::uint128 number) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(number % 10)));
    number /= 10;
  } while (number != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string DecimalOf(absl::int128 number) {
  if (number >= 0) {
    return DecimalOf(static_cast<absl::uint128>(number));
  }
  return "-" + DecimalOf(absl::uint128(0) - static_cast<absl::uint128>(number));
}

}  // namespace tanhui::periods
