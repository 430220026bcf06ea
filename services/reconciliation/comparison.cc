#include "services/reconciliation/comparison.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/books/calendar.h"
#include "ledger/core/octets/big_endian.h"

namespace tanhui::reconciliation {
namespace {

constexpr std::array<std::string_view, kDiffClasses> kNames = {
    "matched", "amount", "state", "missing_here", "missing_there", "timing", "not_compared"};
constexpr std::string_view kHeader =
    "request_id,class,ours_points,theirs_points,ours_fen,theirs_fen,ours_state,theirs_state,"
    "entry_index";

// Values of both kinds of records: points, fen, state, then what only one of them has.
void PutSide(const Side& side, std::string& out) {
  PutBigEndian(out, side.points);
  PutBigEndian(out, side.fen);
  out.push_back(static_cast<char>(side.state));
}

Side TakeSide(std::string_view& bytes) {
  Side side;
  side.points = TakeBigEndian<std::int64_t>(bytes);
  side.fen = TakeBigEndian<std::int64_t>(bytes);
  side.state = static_cast<RowState>(TakeBigEndian<std::uint8_t>(bytes));
  return side;
}

bool AddTo(std::int64_t& sum, std::int64_t number) {
  return !__builtin_add_overflow(sum, number, &sum);
}

// Whether it may be in the file of the day before or after as well.
bool NearCutoff(const ComparedDay& day, std::optional<LedgerTime> time) {
  if (!time.has_value()) {
    return false;
  }
  for (const std::int32_t ahead : {0, 1}) {
    const LedgerTime cutoff =
        periods::BeginOfLedgerDay(BusinessDate(day.day.value() + ahead), day.cutoff_minute);
    if (std::abs(time->value() - cutoff.value()) <= day.timing_minutes * kMicrosPerMinute) {
      return true;
    }
  }
  return false;
}

DiffClass ClassOf(const Side& ours, const Side& theirs) {
  if (ours.points != theirs.points || ours.fen != theirs.fen) {
    return DiffClass::kAmount;
  }
  return ours.state == theirs.state ? DiffClass::kMatched : DiffClass::kState;
}

}  // namespace

// Records as they come back; the ids are copies, since the next record may overwrite them.
struct Comparison::Ours {
  std::string request_id;
  Side side;
  std::optional<LedgerTime> time;
  std::uint64_t line = 0;
};
struct Comparison::Theirs {
  std::string request_id;
  Side side;
  EntryIndex entry;
};

std::string_view NameOf(DiffClass diff_class) {
  return kNames[static_cast<std::size_t>(diff_class)];
}

std::string_view DifferenceHeader() { return kHeader; }

std::string DifferenceLine(const Difference& difference) {
  const auto number = [](const std::optional<Side>& side, std::int64_t Side::*field) {
    return side.has_value() ? absl::StrCat((*side).*field) : std::string();
  };
  const auto state = [](const std::optional<Side>& side) {
    return side.has_value() ? std::string(NameOf(side->state)) : std::string();
  };
  const auto& [id, diff_class, ours, theirs, entry] = difference;
  return absl::StrCat(CsvField(id), ",", std::string(NameOf(diff_class)), ",",
                      number(ours, &Side::points), ",", number(theirs, &Side::points), ",",
                      number(ours, &Side::fen), ",", number(theirs, &Side::fen), ",", state(ours),
                      ",", state(theirs), ",",
                      entry.has_value() ? absl::StrCat(entry->value()) : std::string());
}

bool ComparisonTotals::AllMatched() const {
  for (const DiffClass which : {DiffClass::kAmount, DiffClass::kState, DiffClass::kMissingHere,
                                DiffClass::kMissingThere, DiffClass::kTiming}) {
    if (of(which).rows != 0) {
      return false;
    }
  }
  return true;
}

Comparison::Comparison(std::string own_file, const RunOptions& options)
    : own_file_(std::move(own_file)), ours_(options), theirs_(options) {}

absl::Status Comparison::AddOurs(const OwnRow& row) {
  std::string value;
  PutSide(row.side, value);
  PutBigEndian(value, row.line);
  if (row.time.has_value()) {
    PutBigEndian(value, row.time->value());
  }
  return ours_.Add(row.request_id, value);
}

absl::Status Comparison::AddTheirs(const DayRow& row) {
  const Side side{row.points, row.fen, row.state};
  if (row.request_id.empty()) {  // somebody else's: nothing to look for
    return Count({{}, DiffClass::kNotCompared, std::nullopt, side, row.index});
  }
  std::string value;
  PutSide(side, value);
  PutBigEndian(value, row.index.value());
  return theirs_.Add(row.request_id, value);
}

absl::Status Comparison::NextOurs(std::optional<Ours>& row) {
  const auto record = ours_.Next();
  if (!record.ok()) {
    return record.status();
  }
  if (*record == nullptr) {
    row.reset();
    return absl::OkStatus();
  }
  std::string_view value = (*record)->value;
  Ours next{std::string((*record)->key), TakeSide(value), std::nullopt, 0};
  next.line = TakeBigEndian<std::uint64_t>(value);
  if (!value.empty()) {
    next.time = LedgerTime(TakeBigEndian<std::int64_t>(value));
  }
  if (row.has_value() && row->request_id == next.request_id) {
    return absl::InvalidArgumentError(
        absl::StrCat(own_file_, ": the request id ", next.request_id, " stands in line ", row->line,
                     " and in line ", next.line, "; a request is done once: leave one of them"));
  }
  row = std::move(next);
  return absl::OkStatus();
}

absl::Status Comparison::NextTheirs(std::optional<Theirs>& row) {
  const auto record = theirs_.Next();
  if (!record.ok()) {
    return record.status();
  }
  if (*record == nullptr) {
    row.reset();
    return absl::OkStatus();
  }
  std::string_view value = (*record)->value;
  Theirs next{std::string((*record)->key), TakeSide(value), {}};
  next.entry = EntryIndex(TakeBigEndian<std::uint64_t>(value));
  if (row.has_value() && row->request_id == next.request_id) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the day file has the request id ", next.request_id, " for entry ", row->entry.value(),
        " and for entry ", next.entry.value(), ", which no ledger makes; tell its operator"));
  }
  row = std::move(next);
  return absl::OkStatus();
}

absl::Status Comparison::Count(const Difference& difference) {
  ClassTotals& totals = totals_.of(difference.diff_class);
  ++totals.rows;
  const Side none;
  const Side& ours = difference.ours.has_value() ? *difference.ours : none;
  const Side& theirs = difference.theirs.has_value() ? *difference.theirs : none;
  const bool counted = AddTo(totals.our_points, ours.points) && AddTo(totals.our_fen, ours.fen) &&
                       AddTo(totals.their_points, theirs.points) &&
                       AddTo(totals.their_fen, theirs.fen);
  return counted ? absl::OkStatus()
                 : absl::InvalidArgumentError(absl::StrCat(
                       own_file_,
                       ": the sums are larger than sums can be; look for a number that "
                       "is too large"));
}

absl::StatusOr<ComparisonTotals> Comparison::Compare(const ComparedDay& day, const Tell& tell) {
  std::optional<Ours> ours;
  std::optional<Theirs> theirs;
  absl::Status status = ours_.Finish();
  for (const auto step : {1, 2, 3}) {
    if (status.ok()) {
      status = step == 1 ? theirs_.Finish() : step == 2 ? NextOurs(ours) : NextTheirs(theirs);
    }
  }
  while (status.ok() && (ours.has_value() || theirs.has_value())) {
    const int order = !theirs.has_value() ? -1
                      : !ours.has_value() ? 1
                                          : ours->request_id.compare(theirs->request_id);
    Difference found;
    found.request_id = order <= 0 ? ours->request_id : theirs->request_id;
    if (order <= 0) {
      found.ours = ours->side;
    }
    if (order >= 0) {
      found.theirs = theirs->side;
      found.entry = theirs->entry;
    }
    if (order < 0) {
      found.diff_class =
          NearCutoff(day, ours->time) ? DiffClass::kTiming : DiffClass::kMissingThere;
    } else if (order > 0) {
      const bool moved = theirs->side.points != 0 || theirs->side.fen != 0;
      found.diff_class = moved ? DiffClass::kMissingHere : DiffClass::kNotCompared;
    } else {
      found.diff_class = ClassOf(ours->side, theirs->side);
    }
    status = Count(found);
    const bool differs =
        found.diff_class != DiffClass::kMatched && found.diff_class != DiffClass::kNotCompared;
    if (status.ok() && differs) {
      status = tell(found);
    }
    if (status.ok() && order <= 0) {
      status = NextOurs(ours);
    }
    if (status.ok() && order >= 0) {
      status = NextTheirs(theirs);
    }
  }
  return status.ok() ? absl::StatusOr<ComparisonTotals>(totals_) : status;
}

}  // namespace tanhui::reconciliation
