// The engine's notice that points expire soon: one entry for each month's end and each number of
// days that the asset's terms name. Whose points they are is told to those who ask, not here.
#include <algorithm>

#include "ledger/points/rows.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

// The month's end that notice is to be given of next, when it is near enough.
std::optional<Month> NextNotice(const Asset& asset, std::uint32_t days, BusinessDate today) {
  const auto given = std::find_if(asset.noticed.begin(), asset.noticed.end(),
                                  [days](const auto& row) { return row.first == days; });
  Month next = MonthOf(today);
  if (given != asset.noticed.end()) {
    next = std::max(next, Plus(given->second, 1));
  }
  const auto ahead = std::int64_t{LastDayOf(next).value()} - today.value();
  return ahead <= days ? std::optional(next) : std::nullopt;
}

void Register(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::ExpiryNotice& notice = entry.expiry_notice();
  registry.SetNoticed(AssetNo(notice.asset()), notice.days(),
                      Month(static_cast<std::uint16_t>(notice.month())));
}

Fault Apply(State& state, EntryIndex index, const Entry& entry) {
  const pb::ExpiryNotice& notice = entry.expiry_notice();
  const Asset* asset = state.registry().Find(AssetNo(notice.asset()));
  if (asset == nullptr ||
      std::find(asset->terms.notice_days.begin(), asset->terms.notice_days.end(), notice.days()) ==
          asset->terms.notice_days.end() ||
      NextNotice(*asset, notice.days(), RecordDate(entry)) !=
          Month(static_cast<std::uint16_t>(notice.month())) ||
      notice.month() >= kNever.value()) {
    return "a notice that is not due";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { Register(registry, index, entry); });
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kExpiryNotice, .apply = Apply, .registers = Register},
};

}  // namespace

std::span<const BookRow> NoticeRows() { return kRows; }

bool NoticeIsDue(const Asset& asset, LedgerTime now) {
  return std::any_of(
      asset.terms.notice_days.begin(), asset.terms.notice_days.end(),
      [&](std::uint32_t days) { return NextNotice(asset, days, ShanghaiDate(now)).has_value(); });
}

std::optional<Entry> DueOfAsset(const State& state, AccountNo expiry, LedgerTime now) {
  const Asset* asset = state.registry().Find(state.FindAccount(expiry)->asset);
  if (asset == nullptr || asset->expiry != expiry) {
    return std::nullopt;
  }
  for (const std::uint32_t days : asset->terms.notice_days) {
    if (const auto month = NextNotice(*asset, days, ShanghaiDate(now))) {
      Entry entry;
      entry.mutable_expiry_notice()->set_asset(asset->number.value());
      entry.mutable_expiry_notice()->set_month(month->value());
      entry.mutable_expiry_notice()->set_days(days);
      return entry;
    }
  }
  return std::nullopt;
}

}  // namespace tanhui::points
