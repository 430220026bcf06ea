#include "ledger/rules/evidence/claim.h"

#include "ledger/core/octets/big_endian.h"

namespace tanhui::rules {
namespace {

constexpr std::int32_t kLastOfFirstHalf = 15;  // day of the month

// Of acts: the month before and the month after have numbers.
constexpr BusinessDate kFirstDate{31};
constexpr BusinessDate kLastDate{1'900'000};  // of the year 7172

Month Before(Month month) { return Month(static_cast<std::uint16_t>(month.value() - 1)); }

// The day that stands for the stretch of time that the claim is for.
BusinessDate DayOf(ClaimScope scope, BusinessDate date) {
  switch (scope) {
    case ClaimScope::kDate:
      return date;
    case ClaimScope::kForEver:
      return BusinessDate(0);
    case ClaimScope::kMonth:
      return FirstDayOf(MonthOf(date));
    case ClaimScope::kMonthBefore:
      return FirstDayOf(Before(MonthOf(date)));
    case ClaimScope::kMonthAfter:
      return FirstDayOf(Plus(MonthOf(date), 1));
  }
  return date;
}

}  // namespace

std::optional<ClaimScope> ScopeOf(std::string_view claim) {
  if (claim.size() != 1 + kClaimHashBytes || claim.front() < static_cast<char>(ClaimScope::kDate) ||
      claim.front() > static_cast<char>(ClaimScope::kMonthAfter)) {
    return std::nullopt;
  }
  return static_cast<ClaimScope>(claim.front());
}

bool StandsForPiece(std::string_view claim) {
  const auto scope = ScopeOf(claim);
  return scope.has_value() && *scope <= ClaimScope::kMonth;
}

std::optional<Nullifier> NullifierOf(std::string_view claim, BusinessDate date) {
  const auto scope = ScopeOf(claim);
  if (!scope.has_value() || date < kFirstDate || date > kLastDate) {
    return std::nullopt;
  }
  std::string bytes;
  PutBigEndian(bytes, DayOf(*scope, date).value());
  bytes.append(claim.substr(1));
  return Nullifier::FromView(bytes);
}

OtherMonth OtherMonthOf(BusinessDate date) {
  const Month month = MonthOf(date);
  const std::int32_t day = date.value() - FirstDayOf(month).value() + 1;
  return day <= kLastOfFirstHalf ? OtherMonth{ClaimScope::kMonthBefore, Before(month)}
                                 : OtherMonth{ClaimScope::kMonthAfter, Plus(month, 1)};
}

}  // namespace tanhui::rules
