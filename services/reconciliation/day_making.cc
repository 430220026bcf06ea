#include "services/reconciliation/day_making.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "ledger/core/books/entry_target.h"
#include "ledger/core/octets/big_endian.h"
#include "ledger/core/request_id.h"

namespace tanhui::reconciliation {
namespace {

using Texts = std::array<std::string DayRow::*, 5>;
constexpr Texts kTexts = {&DayRow::request_id, &DayRow::reference, &DayRow::kind, &DayRow::store,
                          &DayRow::till};

// A row without its participant and index, which stand before it.
void PutRow(const DayRow& row, std::string& out) {
  PutBigEndian(out, row.about.has_value() ? row.about->value() + 1 : std::uint64_t{0});
  PutBigEndian(out, static_cast<std::uint8_t>(row.state));
  PutBigEndian(out, row.points);
  PutBigEndian(out, row.fen);
  for (const auto text : kTexts) {
    PutBigEndian(out, static_cast<std::uint32_t>((row.*text).size()));
    out.append(row.*text);
  }
}

DayRow TakeRow(EntryIndex index, std::string_view bytes) {
  DayRow row;
  row.index = index;
  const auto about = TakeBigEndian<std::uint64_t>(bytes);
  if (about != 0) {
    row.about = EntryIndex(about - 1);
  }
  row.state = static_cast<RowState>(TakeBigEndian<std::uint8_t>(bytes));
  row.points = TakeBigEndian<std::int64_t>(bytes);
  row.fen = TakeBigEndian<std::int64_t>(bytes);
  for (const auto text : kTexts) {
    const auto size = TakeBigEndian<std::uint32_t>(bytes);
    row.*text = std::string(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return row;
}

constexpr std::size_t kKeyBytes = sizeof(std::uint32_t) + sizeof(std::uint64_t);

std::string KeyOf(ParticipantNo participant, EntryIndex index) {
  std::string key;
  PutBigEndian(key, participant.value());
  PutBigEndian(key, index.value());
  return key;
}

void TakeKey(std::string_view key, MadeRow& out) {
  out.participant = ParticipantNo(TakeBigEndian<std::uint32_t>(key));
  out.row.index = EntryIndex(TakeBigEndian<std::uint64_t>(key));
}

// Who made the target, where the entry says so itself.
std::uint32_t MakerSaid(const Entry& entry) {
  return entry.has_reversal()     ? entry.reversal().made_by()
         : entry.has_correction() ? entry.correction().made_by()
                                  : 0;
}

RowState StateOf(const DayRow& row, const Undoing& undone) {
  if (row.points == 0) {
    return RowState::kDone;
  }
  const std::int64_t whole = std::abs(row.points) + undone.added;
  if (undone.whole || (undone.taken_back > 0 && undone.taken_back >= whole)) {
    return RowState::kUndone;
  }
  return undone.taken_back > 0 ? RowState::kPart : RowState::kDone;
}

}  // namespace

absl::StatusOr<std::unique_ptr<DayMaker>> DayMaker::Create(const DayLog& log,
                                                           std::shared_ptr<const Registry> registry,
                                                           const DayQuestion& question,
                                                           const RunOptions& options) {
  auto rows = ScratchFile::Create(options.directory);
  if (!rows.ok()) {
    return rows.status();
  }
  return std::unique_ptr<DayMaker>(
      new DayMaker(log, std::move(registry), question, options, *std::move(rows)));
}

absl::StatusOr<std::vector<ParticipantNo>> DayMaker::ReadersOf(const Entry& entry,
                                                               const Movement& movement) const {
  std::vector<ParticipantNo> readers = movement.merchants;
  const auto add = [&readers](std::uint32_t number) {
    const ParticipantNo participant(number);
    if (number != 0 && std::find(readers.begin(), readers.end(), participant) == readers.end()) {
      readers.push_back(participant);
    }
  };
  add(entry.caller());
  const auto wanted = [this, &readers] {
    return std::find(readers.begin(), readers.end(), question_.participant) != readers.end();
  };
  const bool all = question_.participant == ParticipantNo(0);
  if (const auto target = TargetOf(entry); target.has_value() && (all || !wanted())) {
    add(MakerSaid(entry));
    if (MakerSaid(entry) == 0) {
      const auto older = log_.ReadEntry(*target);
      if (!older.ok()) {
        return older.status();
      }
      add(older->caller());
    }
  }
  if (!all) {
    readers = wanted() ? std::vector{question_.participant} : std::vector<ParticipantNo>();
  }
  return readers;
}

absl::StatusOr<DayRow> DayMaker::RowFor(ParticipantNo reader, EntryIndex index, const Entry& entry,
                                        const Movement& movement) const {
  DayRow row;
  row.index = index;
  row.kind = std::string(KindName(entry));
  row.about = TargetOf(entry);
  row.store = movement.store;
  row.till = movement.till;
  row.points = movement.points;
  row.fen = movement.fen;
  if (reader.value() != entry.caller()) {
    return row;
  }
  if (const auto id = RequestId::FromStored(entry.request_id())) {
    row.request_id = id->text();
  }
  if (!entry.reference_commitment().empty()) {
    auto reference = log_.ReadReference(index);
    if (!reference.ok()) {
      return reference.status();
    }
    row.reference = *std::move(reference);
  }
  return row;
}

absl::Status DayMaker::Add(EntryIndex index, const Entry& entry) {
  if (const auto undoing = UndoingOf(entry);
      undoing.has_value() && undoing->target >= question_.first) {
    std::string key;
    PutBigEndian(key, undoing->target.value());
    std::string value;
    PutBigEndian(value, undoing->taken_back);
    PutBigEndian(value, static_cast<std::uint8_t>(undoing->whole ? 1 : 0));
    PutBigEndian(value, undoing->added);
    if (absl::Status status = undoings_.Add(key, value); !status.ok()) {
      return status;
    }
  }
  const Movement movement = reading_.MovementOf(entry);
  const auto readers = ReadersOf(entry, movement);
  if (!readers.ok() || readers->empty()) {
    return readers.status();
  }
  const auto scheme = reading_.SchemeOf(entry);
  if (!scheme.ok() || *scheme != question_.scheme) {
    return scheme.status();
  }
  for (const ParticipantNo reader : *readers) {
    const auto row = RowFor(reader, index, entry, movement);
    if (!row.ok()) {
      return row.status();
    }
    std::string record = KeyOf(reader, index);
    PutRow(*row, record);
    std::string size;
    PutBigEndian(size, static_cast<std::uint32_t>(record.size()));
    for (const std::string& part : {size, record}) {
      if (absl::Status status = rows_.Write(part); !status.ok()) {
        return status;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status DayMaker::AdvanceUndoing() {
  const auto record = undoings_.Next();
  if (!record.ok()) {
    return record.status();
  }
  undoing_.reset();
  if (*record != nullptr) {
    std::string_view key = (*record)->key;
    std::string_view value = (*record)->value;
    Undoing next;
    next.target = EntryIndex(TakeBigEndian<std::uint64_t>(key));
    next.taken_back = TakeBigEndian<std::int64_t>(value);
    next.whole = TakeBigEndian<std::uint8_t>(value) != 0;
    next.added = TakeBigEndian<std::int64_t>(value);
    undoing_ = next;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> DayMaker::Join() {
  if (rows_.AtEnd()) {
    return false;
  }
  auto size = rows_.Read(sizeof(std::uint32_t));
  if (!size.ok()) {
    return size.status();
  }
  const auto record = rows_.Read(TakeBigEndian<std::uint32_t>(*size));
  if (!record.ok()) {
    return record.status();
  }
  TakeKey(*record, made_);
  made_.row = TakeRow(made_.row.index, record->substr(kKeyBytes));
  const EntryIndex index = made_.row.index;
  if (!sum_.has_value() || sum_->target != index) {  // an entry's rows follow each other
    sum_ = Undoing{index};
  }
  while (undoing_.has_value() && undoing_->target <= index) {
    if (undoing_->target == index) {
      sum_->taken_back += undoing_->taken_back;
      sum_->added += undoing_->added;
      sum_->whole = sum_->whole || undoing_->whole;
    }
    if (absl::Status status = AdvanceUndoing(); !status.ok()) {
      return status;
    }
  }
  made_.row.state = StateOf(made_.row, *sum_);
  return true;
}

absl::StatusOr<bool> DayMaker::Prepare(std::size_t rows) {
  if (!ended_) {
    ended_ = true;
    for (absl::Status status : {rows_.Rewind(), undoings_.Finish(), AdvanceUndoing()}) {
      if (!status.ok()) {
        return status;
      }
    }
  }
  if (question_.participant != ParticipantNo(0)) {
    ready_ = true;  // in order as they are
  }
  for (std::size_t i = 0; i < rows && !ready_; ++i) {
    const auto more = Join();
    if (!more.ok()) {
      return more.status();
    }
    absl::Status status;
    if (*more) {
      std::string value;
      PutRow(made_.row, value);
      status = sorted_.Add(KeyOf(made_.participant, made_.row.index), value);
    } else {
      status = sorted_.Finish();
      ready_ = true;
    }
    if (!status.ok()) {
      return status;
    }
  }
  return ready_;
}

absl::StatusOr<const MadeRow*> DayMaker::Next() {
  if (question_.participant != ParticipantNo(0)) {
    const auto more = Join();
    return more.ok() ? absl::StatusOr<const MadeRow*>(*more ? &made_ : nullptr) : more.status();
  }
  const auto record = sorted_.Next();
  if (!record.ok() || *record == nullptr) {
    return record.ok() ? absl::StatusOr<const MadeRow*>(nullptr) : record.status();
  }
  TakeKey((*record)->key, made_);
  made_.row = TakeRow(made_.row.index, (*record)->value);
  return &made_;
}

}  // namespace tanhui::reconciliation
