#include "services/rpc/events/event_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/core/books/event_rows.h"
#include "services/rpc/events/event_view.h"
#include "services/rpc/links/account_names.h"

namespace tanhui::rpc {
namespace {

// Rows of one scope that one page looks at: one multi-get of links, well under a second.
constexpr std::size_t kMostRows = 4'096;
// Linked accounts that one page looks at for a notice, whether they have such points or not.
constexpr std::size_t kMostAccounts = 1'024;

Position PlaceOf(const EventRow& row) { return {row.entry.value(), row.n, Position::kWhole}; }

bool Before(const EventRow& a, const EventRow& b) { return PlaceOf(a) < PlaceOf(b); }

// Rows of all scopes in order, complete up to `horizon`.
struct Rows {
  std::vector<EventRow> rows;
  Position horizon;
  bool more = false;  // there are rows behind the horizon
};

absl::StatusOr<Rows> CollectRows(const Context& context, const EventFilter& filter,
                                 const Position& after, std::uint64_t size) {
  Rows out;
  out.horizon = {size - 1, std::numeric_limits<std::uint8_t>::max(), Position::kWhole};
  for (const std::uint32_t scope :
       {std::uint32_t{0}, filter.participant.value(), EventRow::kEverybody}) {
    std::size_t seen = 0;
    Position last;
    const absl::Status status = context.engine.store().ScanEvents(
        scope, EntryIndex(after.entry), after.n, kMostRows, [&](const EventRow& row) {
          if (row.entry.value() >= size) {
            return false;
          }
          ++seen;
          last = PlaceOf(row);
          if (last > after) {
            out.rows.push_back(row);
          }
          return true;
        });
    if (!status.ok()) {
      return status;
    }
    if (seen == kMostRows && last < out.horizon) {
      out.horizon = last;
      out.more = true;
    }
  }
  std::erase_if(out.rows, [&out](const EventRow& row) { return PlaceOf(row) > out.horizon; });
  std::sort(out.rows.begin(), out.rows.end(), Before);
  return out;
}

// Takes away what happened to accounts that the participant is not linked to.
absl::Status KeepLinked(const Context& context, ParticipantNo participant,
                        std::vector<EventRow>& rows) {
  std::vector<std::optional<AccountNo>> accounts;
  std::vector<LinkKey> keys;
  std::vector<std::size_t> of;
  for (const EventRow& row : rows) {
    if (row.scope == 0) {
      of.push_back(accounts.size());
      keys.emplace_back(participant, AccountNo(row.subject));
      accounts.emplace_back(AccountNo(row.subject));
    }
  }
  // Of an account that was merged meanwhile those who are linked to what goes on for it hear.
  absl::Status status = ForgetUnlinked(context.engine.store(), keys, of, accounts);
  if (!status.ok()) {
    return status;
  }
  auto account = accounts.begin();
  std::erase_if(rows, [&account](const EventRow& row) {
    return row.scope == 0 && !(account++)->has_value();
  });
  return absl::OkStatus();
}

// Makes the events of rows, until the page is full.
class Page {
 public:
  Page(const Context& context, const EventFilter& filter, std::size_t most)
      : view_(context, filter.reader), filter_(filter), context_(context), most_(most) {}

  // False when the page is full and the row, or a part of it, is not on it.
  absl::StatusOr<bool> Add(const EventRow& row, const Position& after, EventPage& page) {
    if (!filter_.kinds.empty() && !filter_.kinds.contains(row.kind)) {
      return true;
    }
    if (row.kind == static_cast<std::uint8_t>(EventKind::kPointsExpireSoon)) {
      return AddNotice(row, after, page);
    }
    if (page.events.size() == most_) {
      return false;
    }
    auto event = view_.EventOf(row);
    if (!event.ok()) {
      return event.status();
    }
    page.next = PlaceOf(row);
    event->set_position(FormatPosition(page.next));
    page.events.push_back(*std::move(event));
    return true;
  }

 private:
  // One event for each linked account that had such points at that moment.
  absl::StatusOr<bool> AddNotice(const EventRow& row, const Position& after, EventPage& page) {
    const bool begun = after.entry == row.entry.value() && after.n == row.n;
    const AccountNo next(begun ? after.account + 1 : 1);
    std::vector<AccountNo> accounts;
    const absl::Status scanned = context_.engine.store().ScanLinkedAccounts(
        filter_.participant, next, kMostAccounts, [&accounts](AccountNo account, std::uint64_t) {
          accounts.push_back(account);
          return true;
        });
    if (!scanned.ok()) {
      return scanned;
    }
    for (const AccountNo account : accounts) {
      if (page.events.size() == most_) {
        return false;
      }
      auto event = view_.NoticeOf(row, account);
      if (!event.ok()) {
        return event.status();
      }
      page.next = {row.entry.value(), row.n, account.value()};
      if (event->has_value()) {
        (*event)->set_position(FormatPosition(page.next));
        page.events.push_back(**std::move(event));
      }
    }
    return accounts.size() < kMostAccounts;
  }

  EventView view_;
  const EventFilter& filter_;
  const Context& context_;
  const std::size_t most_;
};

std::optional<std::uint64_t> Decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

}  // namespace

std::string FormatPosition(const Position& position) {
  return absl::StrCat(
      position.entry, ".", static_cast<unsigned>(position.n), ".",
      position.account == Position::kWhole ? std::string("-") : absl::StrCat(position.account));
}

std::optional<Position> ParsePosition(std::string_view text) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(text.data(), text.size()), '.');
  if (parts.size() != 3) {
    return std::nullopt;
  }
  const auto entry = Decimal(parts[0]);
  const auto n = Decimal(parts[1]);
  const auto account = parts[2] == "-" ? std::optional(Position::kWhole) : Decimal(parts[2]);
  if (!entry.has_value() || !n.has_value() || !account.has_value() ||
      *n > std::numeric_limits<std::uint8_t>::max()) {
    return std::nullopt;
  }
  return Position{*entry, static_cast<std::uint8_t>(*n), *account};
}

Position EndOfFeed(const Context& context) {
  return {context.engine.durable_size() - 1, std::numeric_limits<std::uint8_t>::max(),
          Position::kWhole};
}

absl::StatusOr<EventPage> ReadEvents(const Context& context, const EventFilter& filter,
                                     const Position& after, std::size_t most) {
  EventPage page;
  page.size = context.engine.durable_size();
  page.next = after;
  auto rows = CollectRows(context, filter, after, page.size);
  if (!rows.ok()) {
    return rows.status();
  }
  if (absl::Status status = KeepLinked(context, filter.participant, rows->rows); !status.ok()) {
    return status;
  }
  Page maker(context, filter, most);
  for (const EventRow& row : rows->rows) {
    const auto added = maker.Add(row, after, page);
    if (!added.ok()) {
      return added.status();
    }
    if (!*added) {
      page.more = true;
      return page;
    }
  }
  page.next = std::max(page.next, rows->horizon);
  page.more = rows->more;
  return page;
}

}  // namespace tanhui::rpc
