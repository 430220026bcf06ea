#include "services/rpc/services/books/day_export.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/books/calendar.h"
#include "ledger/signing/note.h"
#include "services/rpc/services/books/entry_search.h"

namespace tanhui::rpc {
namespace {

// One answer of a stream is made of so many at most: it takes some tens of milliseconds.
constexpr std::uint64_t kEntriesAtOnce = 10'000;
constexpr std::size_t kRowsAtOnce = 20'000;
constexpr std::size_t kChunk = std::size_t{64} << 10;
// Two files are made at once at most, each with three of these.
constexpr std::size_t kRunBytes = std::size_t{16} << 20;
constexpr std::size_t kMostAccounts = 1'000'000;
// While no entry of a later day tells that the day is over, the clock may, so much later: what was
// decided before it is durable by then.
constexpr std::int64_t kPatienceMicros = 5 * kMicrosPerMinute;

}  // namespace

class DayExport::StoredLog final : public reconciliation::DayLog {
 public:
  explicit StoredLog(const Context& context) : context_(context) {}

  absl::StatusOr<Entry> ReadEntry(EntryIndex index) const override {
    return rpc::ReadEntry(context_, index);
  }

  absl::StatusOr<std::string> ReadReference(EntryIndex index) const override {
    auto reference = context_.engine.store().ReadReference(index);
    return absl::IsNotFound(reference.status()) ? std::string() : reference;
  }

  absl::StatusOr<AssetNo> ReadAssetOf(AccountNo number) const override {
    const auto known = assets_.find(number);
    if (known != assets_.end()) {
      return known->second;
    }
    const auto read = context_.engine.store().ReadAccounts(std::array{number});
    if (!read.ok()) {
      return read.status();
    }
    if (!read->front().has_value()) {
      return absl::DataLossError(
          absl::StrCat("an entry names account ", number.value(), ", which is not there"));
    }
    if (assets_.size() == kMostAccounts) {
      assets_.clear();
    }
    assets_.emplace(number, read->front()->asset);
    return read->front()->asset;
  }

 private:
  const Context& context_;
  mutable absl::flat_hash_map<AccountNo, AssetNo> assets_;  // an account's never changes
};

DayExport::DayExport(const Context& context, std::shared_ptr<const Registry> registry,
                     const DayExportQuestion& question, std::shared_ptr<void> slot)
    : context_(context),
      registry_(std::move(registry)),
      question_(question),
      slot_(std::move(slot)),
      log_(std::make_unique<StoredLog>(context)),
      whose_(question.participant) {}

DayExport::~DayExport() = default;

Production DayExport::Next(google::protobuf::Message& message) {
  auto& out = static_cast<v1::ExportDayResponse&>(message);
  if (step_ == Step::kFind) {
    Production found = Find();
    if (!std::holds_alternative<Produced>(found)) {
      return found;
    }
    step_ = Step::kRead;
  }
  switch (step_) {
    case Step::kFind:
    case Step::kRead:
      return Read(out);
    case Step::kSort:
      return Sort(out);
    case Step::kStart:
      return Start(out);
    case Step::kRows:
      return Rows(out);
    case Step::kNote:
      return Note(out);
    case Step::kEnd:
      break;
  }
  return Produced::kEnd;
}

std::optional<Refusal> DayExport::RefusedUntilOver(LedgerTime over, std::uint64_t size,
                                                   EntryIndex end) const {
  const bool told_by_log = end.value() < size;
  const std::int64_t clock = context_.engine.clock().Wall().value();
  if (told_by_log || clock >= over.value() + kPatienceMicros) {
    return std::nullopt;
  }
  return Refusal(Reason::kPeriodNotOver, "date").With("date", FormatDate(question_.day));
}

Production DayExport::Find() {
  const std::uint32_t cutoff = registry_->Find(question_.scheme)->cutoff_minute;
  const std::uint64_t size = context_.engine.durable_size();
  const LedgerTime over =
      periods::BeginOfLedgerDay(BusinessDate(question_.day.value() + 1), cutoff);
  const auto first = FirstAt(context_, periods::BeginOfLedgerDay(question_.day, cutoff), size);
  const auto end = first.ok() ? FirstAt(context_, over, size) : first;
  if (!end.ok()) {
    return end.status();
  }
  if (auto refusal = RefusedUntilOver(over, size, *end)) {
    return *std::move(refusal);
  }
  first_ = next_ = *first;
  end_ = *end;
  reconciliation::RunOptions options;
  options.run_bytes = kRunBytes;
  auto maker = reconciliation::DayMaker::Create(
      *log_, registry_, {question_.scheme, question_.participant, first_}, options);
  if (!maker.ok()) {
    return maker.status();
  }
  maker_ = *std::move(maker);
  return Produced::kNothing;
}

void DayExport::FillProgress(v1::ExportDayResponse& out) const {
  out.mutable_progress()->set_entries_read(next_.value() - first_.value());
  out.mutable_progress()->set_entries(end_.value() - first_.value());
}

Production DayExport::Read(v1::ExportDayResponse& out) {
  const std::uint64_t count = std::min(kEntriesAtOnce, end_.value() - next_.value());
  Entry entry;
  const absl::Status read = context_.engine.store().ScanEntries(
      next_, count, [this, &entry](EntryIndex index, std::string_view bytes) -> absl::Status {
        if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return absl::DataLossError(absl::StrCat("entry ", index.value(), " cannot be decoded"));
        }
        return maker_->Add(index, entry);
      });
  if (!read.ok()) {
    return read;
  }
  next_ = EntryIndex(next_.value() + count);
  step_ = next_ == end_ ? Step::kSort : Step::kRead;
  FillProgress(out);
  return Produced::kMessage;
}

Production DayExport::Sort(v1::ExportDayResponse& out) {
  const auto ready = maker_->Prepare(kRowsAtOnce);
  if (!ready.ok()) {
    return ready.status();
  }
  if (*ready) {
    const auto row = maker_->Next();
    if (!row.ok()) {
      return row.status();
    }
    row_ = *row;
    step_ = Step::kStart;
  }
  FillProgress(out);
  return Produced::kMessage;
}

Production DayExport::Start(v1::ExportDayResponse& out) {
  if (question_.participant == ParticipantNo(0)) {
    if (row_ == nullptr) {
      step_ = Step::kEnd;
      return Produced::kEnd;
    }
    whose_ = row_->participant;
  }
  const Participant* participant = registry_->Find(whose_);
  const Scheme* scheme = registry_->Find(question_.scheme);
  if (participant == nullptr || scheme == nullptr) {
    return absl::DataLossError("an entry names a participant that is not there");
  }
  const bool empty = first_ == end_;
  writer_.emplace(reconciliation::DayTitle{participant->code, scheme->code, question_.day,
                                           context_.signer->name(), empty ? 0 : first_.value(),
                                           empty ? 0 : end_.value(), scheme->cutoff_minute},
                  text_);
  out.mutable_start()->set_participant(absl::StrCat("participants/", participant->code));
  step_ = Step::kRows;
  return Produced::kMessage;
}

Production DayExport::Rows(v1::ExportDayResponse& out) {
  while (text_.size() < kChunk && row_ != nullptr && row_->participant == whose_) {
    if (!writer_->Add(row_->row, text_)) {
      return absl::OutOfRangeError("the sums of a day file are too large");
    }
    const auto row = maker_->Next();
    if (!row.ok()) {
      return row.status();
    }
    row_ = *row;
  }
  if (row_ == nullptr || row_->participant != whose_) {
    totals_ = writer_->End(text_);
    step_ = Step::kNote;
  }
  out.set_chunk(std::exchange(text_, {}));
  return Produced::kMessage;
}

Production DayExport::Note(v1::ExportDayResponse& out) {
  auto note = signing::SignNote(reconciliation::NoteText(writer_->title(), totals_),
                                std::array{context_.signer});
  if (!note.ok()) {
    return note.status();
  }
  out.set_note(*std::move(note));
  step_ = question_.participant == ParticipantNo(0) ? Step::kStart : Step::kEnd;
  return Produced::kMessage;
}

}  // namespace tanhui::rpc
