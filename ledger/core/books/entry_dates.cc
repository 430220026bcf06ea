#include "ledger/core/books/entry_dates.h"

#include <algorithm>
#include <vector>

#include "ledger/core/books/calendar.h"

namespace tanhui {
namespace {

// The first and the last date that an entry may be booked on.
constexpr BusinessDate kFirstDate{7'670};     // 1991-01-01
constexpr BusinessDate kLastDate{2'932'896};  // 9999-12-31

const Scheme* SchemeOf(const Registry& registry, AssetNo asset) {
  const Asset* found = registry.Find(asset);
  return found == nullptr ? nullptr : registry.Find(found->scheme);
}

const Scheme* SchemeOf(const State& state, AccountNo number) {
  const Account* account = state.FindAccount(number);
  return account == nullptr ? nullptr : SchemeOf(state.registry(), account->asset);
}

// The accounting date that was asked for; 0: none.
BusinessDate BookedOn(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kRefund:
      return BusinessDate(entry.refund().booked_on());
    case Entry::kReversal:
      return BusinessDate(entry.reversal().booked_on());
    case Entry::kCorrection:
      return BusinessDate(entry.correction().booked_on());
    case Entry::kCancellation:
      return BusinessDate(entry.cancellation().booked_on());
    default:
      return BusinessDate(0);
  }
}

BusinessDate LedgerDay(const Scheme* scheme, LedgerTime now) {
  return AccountingDate(now, scheme == nullptr ? 0 : scheme->cutoff_minute);
}

// The ledger day of a scheme, whatever its cut-off: the Shanghai date or the one after it.
bool CanBeLedgerDay(BusinessDate date, LedgerTime recorded) {
  const std::int64_t since = recorded.value() - StartOf(date).value();
  return since >= -kMicrosPerDay && since < kMicrosPerDay;
}

}  // namespace

std::optional<AssetNo> AssetNamedBy(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kTermsChange:
      return AssetNo(entry.terms_change().asset());
    case Entry::kAccountOpening:
      return AssetNo(entry.account_opening().asset());
    case Entry::kHouseholdOpening:
      return AssetNo(entry.household_opening().asset());
    case Entry::kBudgetOpening:
      return AssetNo(entry.budget_opening().asset());
    case Entry::kUnitCreation:
      return AssetNo(entry.unit_creation().asset());
    case Entry::kUnitChange:
      return AssetNo(entry.unit_change().asset());
    case Entry::kSettlementPrice:
      return AssetNo(entry.settlement_price().asset());
    case Entry::kSettlementRun:
      return AssetNo(entry.settlement_run().money());
    case Entry::kLoadOpening:
      return AssetNo(entry.load_opening().asset());
    case Entry::kExpiryNotice:
      return AssetNo(entry.expiry_notice().asset());
    case Entry::kCampaignOpening:
      return AssetNo(entry.campaign_opening().money());
    case Entry::kPeerRegistration:
      return AssetNo(entry.peer_registration().asset());
    default:
      return std::nullopt;
  }
}

const Scheme* SchemeOf(const State& state, const BookRow* row, const Entry& entry) {
  for (const entry::v1::Posting& posting : entry.postings()) {
    if (const Scheme* scheme = SchemeOf(state, AccountNo(posting.account()))) {
      return scheme;
    }
  }
  if (entry.has_earning()) {  // the many acts of no whole point
    return SchemeOf(state, AccountNo(entry.earning().account()));
  }
  if (entry.has_period_closing() || entry.has_asset_creation()) {
    return state.registry().Find(SchemeNo(entry.has_period_closing()
                                              ? entry.period_closing().scheme()
                                              : entry.asset_creation().scheme()));
  }
  if (const auto asset = AssetNamedBy(entry)) {
    return SchemeOf(state.registry(), *asset);
  }
  std::vector<AccountNo> named;
  if (row != nullptr && row->names != nullptr) {
    row->names(state, entry, named);
  }
  for (const AccountNo account : named) {
    if (const Scheme* scheme = SchemeOf(state, account)) {
      return scheme;
    }
  }
  return nullptr;
}

bool NamesBooking(const Entry& entry) { return BookedOn(entry) != BusinessDate(0); }

void SetDates(const Scheme* scheme, LedgerTime now, Entry& entry) {
  const LedgerTime act = entry.act_micros() == 0 ? now : LedgerTime(entry.act_micros());
  entry.set_business_date(ShanghaiDate(act).value());
  const BusinessDate booked_on = BookedOn(entry);
  BusinessDate date = booked_on == BusinessDate(0) ? LedgerDay(scheme, now) : booked_on;
  if (entry.has_budget_year_end()) {
    date = periods::LastDayOfYear(entry.budget_year_end().year());
  }
  entry.set_accounting_date(date.value());
}

std::optional<Refusal> RefusedByBooking(const State& state, const Scheme* scheme, LedgerTime now,
                                        const Entry& entry, const Entry* target) {
  constexpr std::string_view kField = "booked_on";
  const BusinessDate booked_on = BookedOn(entry);
  // Without a scheme there is nothing that could be posted.
  if (booked_on == BusinessDate(0) || scheme == nullptr) {
    return std::nullopt;
  }
  const BusinessDate first = target == nullptr
                                 ? kFirstDate
                                 : std::max(kFirstDate, BusinessDate(target->accounting_date()));
  const BusinessDate today = LedgerDay(scheme, now);
  if (booked_on < first || booked_on > today) {
    return Refusal(Reason::kFieldInvalid, std::string(kField))
        .With("first", FormatDate(first))
        .With("last", FormatDate(today));
  }
  const periods::Calendar& calendar = periods::CalendarOf(state.registry());
  if (!calendar.IsClosed(scheme->number, MonthOf(booked_on))) {
    return std::nullopt;
  }
  return Refusal(Reason::kPeriodClosed, std::string(kField))
      .With("first_open_date", FormatDate(FirstDayOf(calendar.Find(scheme->number)->next())));
}

Fault FaultOfDates(const Entry& entry) {
  const BusinessDate date(entry.accounting_date());
  if (date < BusinessDate(0) || date > kLastDate) {
    return "an accounting date that cannot be";
  }
  const LedgerTime recorded(entry.recorded_micros());
  const BusinessDate booked_on = BookedOn(entry);
  if (booked_on == BusinessDate(0) && !entry.has_budget_year_end()) {
    return CanBeLedgerDay(date, recorded) ? std::nullopt
                                          : Fault("an accounting date that is not its ledger day");
  }
  const bool asked = entry.has_budget_year_end() || date == booked_on;
  const bool in_time =
      date >= kFirstDate && recorded.value() - StartOf(date).value() >= -kMicrosPerDay;
  return asked && in_time ? std::nullopt
                          : Fault("an accounting date that is not the one asked for");
}

Fault FaultOfPeriod(const State& state, const Entry& entry, Month month) {
  const Registry& registry = state.registry();
  if (registry.calendar() == nullptr || month > registry.calendar()->newest()) {
    return std::nullopt;  // as nearly always
  }
  for (const entry::v1::Posting& posting : entry.postings()) {
    const Scheme* scheme = SchemeOf(state, AccountNo(posting.account()));
    if (scheme != nullptr && registry.calendar()->IsClosed(scheme->number, month)) {
      return "a posting into a closed month";
    }
  }
  return std::nullopt;
}

}  // namespace tanhui
