#include "services/reconciliation/day_reader.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/running_hash.h"
#include "ledger/signing/note.h"
#include "services/reconciliation/line_blocks.h"

namespace tanhui::reconciliation {
namespace {

constexpr std::string_view kExportAgain = "; export it again";

class Reading {
 public:
  Reading(const std::string& path, const WantedDay& wanted, const RowVisitor& visit)
      : path_(path), wanted_(wanted), visit_(visit) {}

  // A line without its end; `ended` is false for a last line that lacks it.
  absl::Status Take(std::string_view line, bool ended) {
    ++line_;
    if (ended_) {
      return Fault("goes on after its #end line: two files were joined");
    }
    if (!ended) {
      return Fault("is not whole: the file was cut");
    }
    if (line.starts_with(kEndStart)) {
      return TakeEnd(line);
    }
    hash_.Add(line);
    hash_.Add("\n");
    if (line_ == 1) {
      return TakeTitle(line);
    }
    if (line_ == 2) {
      return line == HeaderLine() ? absl::OkStatus()
                                  : Fault("does not name the columns of a day file");
    }
    return TakeRow(line);
  }

  absl::StatusOr<DayFile> Finish() const {
    if (!ended_) {
      return absl::InvalidArgumentError(absl::StrCat(path_, ": ends after line ", line_,
                                                     " without an #end line: the file was cut",
                                                     std::string(kExportAgain)));
    }
    return file_;
  }

 private:
  absl::Status Fault(std::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": line ", line_, " ", std::string(what), std::string(kExportAgain)));
  }
  // The file is whole but not the one that was asked for.
  absl::Status Other(std::string_view of_what, std::string_view is, std::string_view want) const {
    return absl::InvalidArgumentError(absl::StrCat(
        path_, ": line 1 says that it is of the ", std::string(of_what), " ", std::string(is),
        ", not of ", std::string(want), "; give the file of ", std::string(want)));
  }

  absl::Status TakeTitle(std::string_view line) {
    auto title = ParseTitle(line);
    if (!title.has_value()) {
      return Fault(line.starts_with(kTitleStart)
                       ? "is not the first line of a day file of format 1"
                       : "does not begin with #tanhui-recon: this is no day file");
    }
    file_.title = *std::move(title);
    const DayTitle& is = file_.title;
    if (!wanted_.participant.empty() && is.participant != wanted_.participant) {
      return Other("participant", is.participant, wanted_.participant);
    }
    if (!wanted_.scheme.empty() && is.scheme != wanted_.scheme) {
      return Other("scheme", is.scheme, wanted_.scheme);
    }
    if (wanted_.day.has_value() && is.day != *wanted_.day) {
      return Other("day", FormatDate(is.day), FormatDate(*wanted_.day));
    }
    if (!wanted_.origin.empty() && is.origin != wanted_.origin) {
      return Other("ledger", is.origin, wanted_.origin);
    }
    next_ = is.first;
    return absl::OkStatus();
  }

  absl::Status TakeRow(std::string_view line) {
    const auto row = ParseRow(line);
    if (!row.has_value()) {
      return Fault("is no row of a day file");
    }
    const std::uint64_t index = row->index.value();
    if (index < file_.title.first || index >= file_.title.end) {
      return Fault(absl::StrCat("has entry ", index, ", which is not of the day"));
    }
    if (index < next_) {
      return Fault(absl::StrCat("has entry ", index, " out of order"));
    }
    next_ = index + 1;
    if (row->about.has_value() && row->about->value() >= index) {
      return Fault(
          absl::StrCat("is about entry ", row->about->value(), ", which is not before its own"));
    }
    if (!counted_.Count(*row)) {
      return Fault("makes the sums larger than sums can be");
    }
    return visit_(*row);
  }

  absl::Status TakeEnd(std::string_view line) {
    const auto end = ParseEnd(line);
    if (!end.has_value() || line_ < 3) {
      return Fault("is no #end line of a day file");
    }
    if (end->rows != counted_.rows) {
      return Fault(absl::StrCat("says that there are ", end->rows, " rows, but ", counted_.rows,
                                " stand before it"));
    }
    if (end->points != counted_.points || end->fen != counted_.fen) {
      return Fault("has other sums than the rows before it");
    }
    if (end->sha256 != hash_.Finish()) {
      return Fault("has another hash than the lines before it: the file was changed");
    }
    file_.totals = *end;
    ended_ = true;
    return absl::OkStatus();
  }

  const std::string& path_;
  const WantedDay& wanted_;
  const RowVisitor& visit_;
  DayFile file_;
  DayTotals counted_;
  merkle::RunningSha256 hash_;
  std::uint64_t line_ = 0;
  std::uint64_t next_ = 0;  // the least index that may come
  bool ended_ = false;
};

}  // namespace

absl::StatusOr<DayFile> ReadDayFile(const std::string& path, const WantedDay& wanted,
                                    const RowVisitor& visit, const ReadingProgress& progress) {
  auto blocks = LineBlocks::Open(path);
  if (!blocks.ok()) {
    return blocks.status();
  }
  Reading reading(path, wanted, visit);
  while (true) {
    auto block = blocks->Next();
    if (!block.ok()) {
      return block.status();
    }
    if (block->empty()) {
      return reading.Finish();
    }
    while (!block->empty()) {
      const std::size_t end = block->find('\n');
      const bool ended = end != std::string_view::npos;
      if (absl::Status status = reading.Take(block->substr(0, end), ended); !status.ok()) {
        return status;
      }
      block->remove_prefix(ended ? end + 1 : block->size());
    }
    if (progress) {
      progress(blocks->position(), blocks->file_size());
    }
  }
}

absl::Status CheckNote(const std::string& path, std::string_view note, const DayFile& file,
                       const signing::NamedVerifier& key) {
  const auto refuse = [&path](std::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", std::string(why)));
  };
  if (file.title.origin != key.name()) {
    return refuse(absl::StrCat("the day file is of the ledger ", file.title.origin,
                               ", and the key of ", key.name(), "; give that ledger's key"));
  }
  const auto opened = signing::OpenNote(note, std::array{key});
  if (!opened.ok()) {
    return refuse(absl::StrCat("the note is not signed by the key of ", key.name(), " (",
                               opened.status().message(), "); export the file and its note again"));
  }
  return opened->text == NoteText(file.title, file.totals)
             ? absl::OkStatus()
             : refuse("the note is that of another file; export the file and its note again");
}

}  // namespace tanhui::reconciliation
