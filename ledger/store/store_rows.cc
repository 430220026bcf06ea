// Walks along neighbours of ordered families, whose rows lie in generations and files at once.
#include <algorithm>
#include <memory>

#include "absl/container/btree_map.h"
#include "ledger/store/store_impl.h"

namespace tanhui::store {
namespace {

constexpr std::size_t kRowsPerStep = 1'024;
constexpr std::size_t kAll = std::size_t{1} << 40;
// Octets with which keys begin: an account; a run, participant, scope or product; a list and its
// owner.
constexpr std::size_t kAccountSize = 8;
constexpr std::size_t kNumberSize = 4;
constexpr std::size_t kListSize = 1 + 7;

// The next key of the same size that way; nullopt after the last one there can be.
std::optional<std::string> After(std::string key, Way way) {
  const int step = way == Way::kUp ? 1 : -1;
  const char carries = way == Way::kUp ? '\0' : '\xff';
  for (auto octet = key.rbegin(); octet != key.rend(); ++octet) {
    *octet = static_cast<char>(static_cast<unsigned char>(*octet) + step);
    if (*octet != carries) {
      return key;
    }
  }
  return std::nullopt;
}

// What several sources show of a stretch; nullopt: deleted. A source that was cut off says nothing
// of what lies behind its last row.
struct Seen {
  Way way = Way::kUp;
  absl::btree_map<std::string, std::optional<std::string>> rows = {};
  std::optional<std::string> horizon = {};
  // Whether that key lies behind the other one.
  bool Behind(std::string_view key, std::string_view other) const {
    return way == Way::kUp ? key > other : key < other;
  }
  void CutOffAt(std::string_view last) {
    if (!horizon.has_value() || Behind(*horizon, last)) {
      horizon = std::string(last);
    }
  }
  // Moves out what there is before the horizon, in the order of the walk.
  std::vector<std::pair<std::string, std::string>> Take() {
    std::vector<std::pair<std::string, std::string>> out;
    for (auto& [key, value] : rows) {
      if (value.has_value() && (!horizon.has_value() || !Behind(key, *horizon))) {
        out.emplace_back(key, *std::move(value));
      }
    }
    if (way == Way::kDown) {
      std::reverse(out.begin(), out.end());
    }
    return out;
  }
};

void SeeGeneration(const Generation& generation, Family family, std::string_view from,
                   std::string_view prefix, std::size_t most, Seen& seen) {
  const auto rows = generation.RowsFrom(family, from, prefix, most, seen.way);
  for (const RowTable::Row& row : rows) {
    seen.rows.try_emplace(std::string(row.key),
                          row.deleted ? std::nullopt : std::optional(std::string(row.value)));
  }
  if (rows.size() == most) {
    seen.CutOffAt(rows.back().key);
  }
}

absl::Status SeeFiles(const Database& database, Family family, std::string_view from,
                      std::string_view prefix, std::size_t most, Seen& seen) {
  const std::unique_ptr<rocksdb::Iterator> it(
      database.db->NewIterator(rocksdb::ReadOptions(), database.families[family]));
  std::size_t count = 0;
  const bool up = seen.way == Way::kUp;
  for (up ? it->Seek(ToSlice(from)) : it->SeekForPrev(ToSlice(from));
       it->Valid() && ToView(it->key()).starts_with(prefix); up ? it->Next() : it->Prev()) {
    seen.rows.try_emplace(it->key().ToString(), it->value().ToString());
    if (++count == most) {
      seen.CutOffAt(ToView(it->key()));
      break;
    }
  }
  return FromRocks(it->status(), absl::StrCat("scanning ", std::string(kFamilyNames[family])));
}

}  // namespace

absl::StatusOr<Store::Impl::Stretch> Store::Impl::ReadStretch(Family family, std::string_view from,
                                                              std::string_view prefix,
                                                              std::size_t most, Way way) const {
  while (true) {
    // In memory first, since rows move from there into files; the newest first.
    Seen seen{way};
    const Delta::Found moment = delta->Look([&](const Delta::Generations& generations) {
      for (const auto& generation : generations) {
        SeeGeneration(*generation, family, from, prefix, most, seen);
      }
    });
    if (absl::Status status = SeeFiles(database, family, from, prefix, most, seen); !status.ok()) {
      return status;
    }
    if (delta->Outrun(moment)) {
      continue;
    }
    Stretch stretch;
    stretch.indexed = moment.indexed;
    stretch.rows = seen.Take();
    stretch.next = seen.horizon.has_value() ? After(*seen.horizon, way) : std::nullopt;
    return stretch;
  }
}

absl::StatusOr<std::optional<std::string>> Store::Impl::Walk(Family family, const std::string& from,
                                                             std::size_t prefix_size,
                                                             std::size_t max_rows,
                                                             const RowVisitor& visit,
                                                             Way way) const {
  const std::string_view prefix = std::string_view(from).substr(0, prefix_size);
  std::size_t rows = 0;
  bool more = true;
  for (std::optional<std::string> next = from; next.has_value();) {
    // One more than may be visited: it is what to go on from.
    auto stretch =
        ReadStretch(family, *next, prefix, std::min(max_rows - rows, kRowsPerStep - 1) + 1, way);
    if (!stretch.ok()) {
      return stretch.status();
    }
    for (const auto& [key, value] : stretch->rows) {
      if (!more || rows == max_rows) {
        return key;
      }
      const auto visited = visit(key, value);
      if (!visited.ok()) {
        return visited.status();
      }
      more = *visited;
      ++rows;
    }
    next = std::move(stretch->next);
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<EntryIndex>> Store::SeekHistory(AccountNo account,
                                                             EntryIndex from) const {
  std::optional<EntryIndex> found;
  const auto walked =
      impl_->Walk(kHistory, HistoryKey(account, from.value() + 1), kAccountSize, 1,
                  [&found](std::string_view key, std::string_view) -> absl::StatusOr<bool> {
                    const auto row = DecodeHistoryKey(key);
                    if (!row.has_value()) {
                      return Undecodable("row of a history");
                    }
                    found = EntryIndex(row->last_entry_plus_one - 1);
                    return false;
                  });
  return walked.ok() ? absl::StatusOr<std::optional<EntryIndex>>(found) : walked.status();
}

absl::StatusOr<std::optional<MonthRow>> Store::SeekMonth(AccountNo account, Month month) const {
  std::optional<MonthRow> found;
  const auto walked =
      impl_->Walk(kMonths, MonthKey(account, month), kAccountSize, 1,
                  [&found](std::string_view key, std::string_view value) -> absl::StatusOr<bool> {
                    found = DecodeMonth(key, value);
                    if (!found.has_value()) {
                      return Undecodable("row of an account's months");
                    }
                    return false;
                  });
  return walked.ok() ? absl::StatusOr<std::optional<MonthRow>>(found) : walked.status();
}

absl::StatusOr<PeriodsAsOf> Store::ReadPeriods() const {
  const std::string first = EncodePeriodKey({Month(0), AssetNo(0), AccountKind{}});
  const auto stretch = impl_->ReadStretch(kPeriods, first, "", kAll);
  if (!stretch.ok()) {
    return stretch.status();
  }
  PeriodsAsOf out;
  out.size = stretch->indexed.has_value() ? stretch->indexed->head.size : 0;
  for (const auto& [key, value] : stretch->rows) {
    const auto period = DecodePeriodKey(key);
    const auto sums = DecodePeriodSums(value);
    if (!period.has_value() || !sums.has_value()) {
      return Undecodable("sum of a month");
    }
    out.rows.emplace_back(*period, *sums);
  }
  return out;
}

absl::StatusOr<std::optional<EntryIndex>> Store::ScanProductEarnings(
    std::uint32_t product, EntryIndex from, std::size_t max_rows,
    const std::function<bool(EntryIndex)>& visit) const {
  const auto next =
      impl_->Walk(kProductEarnings, ProductEarningKey(product, from), kNumberSize, max_rows,
                  [&visit](std::string_view key, std::string_view value) -> absl::StatusOr<bool> {
                    const auto row = DecodeProductEarningKey(key);
                    if (!row.has_value() || !value.empty()) {
                      return Undecodable("earning of a product");
                    }
                    return visit(row->entry);
                  });
  if (!next.ok()) {
    return next.status();
  }
  const auto row = next->has_value() ? DecodeProductEarningKey(**next) : std::nullopt;
  return row.has_value() ? std::optional(row->entry) : std::nullopt;
}

absl::Status Store::ScanLinkedAccounts(
    ParticipantNo participant, AccountNo from, std::size_t max_rows,
    const std::function<bool(AccountNo, std::uint64_t)>& visit) const {
  return impl_
      ->Walk(kLinked, LinkedKey({participant, from}), kNumberSize, max_rows,
             [&visit](std::string_view key, std::string_view value) -> absl::StatusOr<bool> {
               const auto link = DecodeLinkedKey(key);
               const auto links = DecodeLinks(value);
               if (!link.has_value() || !links.has_value()) {
                 return Undecodable("number of links");
               }
               return visit(link->second, *links);
             })
      .status();
}

absl::Status Store::ScanSettlementLines(RunNo run, EntryIndex from, std::size_t max_rows,
                                        const std::function<bool(EntryIndex)>& visit) const {
  return impl_
      ->Walk(kSettlements, SettlementLineKey(run, from), kNumberSize, max_rows,
             [&visit](std::string_view key, std::string_view value) -> absl::StatusOr<bool> {
               const auto line = DecodeSettlementLineKey(key);
               if (!line.has_value() || !value.empty()) {
                 return Undecodable("line of a settlement run");
               }
               return visit(line->second);
             })
      .status();
}

absl::StatusOr<std::vector<EntryIndex>> Store::Impl::ReadList(const ListingRow& from,
                                                              std::size_t most, Way way) const {
  std::vector<EntryIndex> entries;
  const auto walked = Walk(
      kListings, ListingKey(from), kListSize, most,
      [&entries](std::string_view key, std::string_view value) -> absl::StatusOr<bool> {
        const auto row = DecodeListingKey(key);
        if (!row.has_value() || !value.empty()) {
          return Undecodable("entry of a list");
        }
        entries.push_back(row->entry);
        return true;
      },
      way);
  return walked.ok() ? absl::StatusOr<std::vector<EntryIndex>>(std::move(entries))
                     : walked.status();
}

absl::StatusOr<std::vector<EntryIndex>> Store::ReadListing(Listing listing, std::uint64_t owner,
                                                           EntryIndex from,
                                                           std::size_t most) const {
  return impl_->ReadList({listing, owner, from}, most, Way::kUp);
}

absl::StatusOr<std::vector<EntryIndex>> Store::ReadListingBack(Listing listing, std::uint64_t owner,
                                                               EntryIndex before,
                                                               std::size_t most) const {
  if (before == EntryIndex(0)) {
    return std::vector<EntryIndex>();
  }
  return impl_->ReadList({listing, owner, EntryIndex(before.value() - 1)}, most, Way::kDown);
}

absl::Status Store::ScanEvents(std::uint32_t scope, EntryIndex from, std::uint8_t n,
                               std::size_t max_rows,
                               const std::function<bool(const EventRow&)>& visit) const {
  return impl_
      ->Walk(kEvents, EventKey(scope, from, n), kNumberSize, max_rows,
             [&visit](std::string_view key, std::string_view value) -> absl::StatusOr<bool> {
               const auto row = DecodeEvent(key, value);
               if (!row.has_value()) {
                 return Undecodable("event");
               }
               return visit(*row);
             })
      .status();
}

absl::Status Store::ScanSettlementLines(
    const std::function<absl::Status(RunNo, EntryIndex)>& visit) const {
  return impl_->Scan(kSettlements, [&visit](std::string_view key, std::string_view value) {
    const auto line = DecodeSettlementLineKey(key);
    return line && value.empty() ? visit(line->first, line->second)
                                 : Undecodable("line of a settlement run");
  });
}

absl::Status Store::ScanListings(
    const std::function<absl::Status(const ListingRow&)>& visit) const {
  return impl_->Scan(kListings, [&visit](std::string_view key, std::string_view value) {
    const auto row = DecodeListingKey(key);
    return row && value.empty() ? visit(*row) : Undecodable("entry of a list");
  });
}

absl::Status Store::ScanMonths(const std::function<absl::Status(const MonthRow&)>& visit) const {
  return impl_->Scan(kMonths, [&visit](std::string_view key, std::string_view value) {
    const auto row = DecodeMonth(key, value);
    return row ? visit(*row) : Undecodable("row of an account's months");
  });
}

absl::Status Store::ScanEvents(const std::function<absl::Status(const EventRow&)>& visit) const {
  return impl_->Scan(kEvents, [&visit](std::string_view key, std::string_view value) {
    const auto row = DecodeEvent(key, value);
    return row ? visit(*row) : Undecodable("event");
  });
}

absl::Status Store::ScanLinks(
    const std::function<absl::Status(const LinkKey&, std::uint64_t)>& visit) const {
  return impl_->Scan(kLinked, [&visit](std::string_view key, std::string_view value) {
    const auto link = DecodeLinkedKey(key);
    const auto links = DecodeLinks(value);
    return link && links ? visit(*link, *links) : Undecodable("number of links");
  });
}

}  // namespace tanhui::store
