#include "services/cli/reconcile/own_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/csv/whole_number.h"
#include "services/reconciliation/line_blocks.h"

namespace tanhui::cli {
namespace {

constexpr std::array<std::string_view, 4> kRequired = {"request_id", "points", "fen", "state"};
constexpr std::array<std::string_view, 2> kOptional = {"reference", "time"};
enum Column : std::size_t { kRequestId, kPoints, kFen, kState, kReference, kTime };

class OwnFile {
 public:
  OwnFile(const std::string& path, const OwnRowVisitor& visit) : path_(path), visit_(visit) {}

  absl::Status Take(std::string_view block) {
    CsvLines lines(block);
    if (!columns_.has_value()) {
      auto columns = CsvColumns::Find(&lines, kRequired, kOptional);
      if (!columns.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat(path_, ": line 1: ", columns.status().message(), "; name them there"));
      }
      columns_ = *std::move(columns);
    }
    while (const CsvLine* line = lines.Next()) {
      if (absl::Status status = TakeLine(*line); !status.ok()) {
        return status;
      }
    }
    lines_before_ += static_cast<std::uint64_t>(std::count(block.begin(), block.end(), '\n'));
    return absl::OkStatus();
  }

  bool started() const { return columns_.has_value(); }

 private:
  absl::Status TakeLine(const CsvLine& line) {
    const std::uint64_t number = lines_before_ + line.number;
    const auto fault = [this, number](std::string_view what) {
      return absl::InvalidArgumentError(
          absl::StrCat(path_, ": line ", number, ": ", std::string(what)));
    };
    if (const std::string_view why = columns_->FaultOf(line); !why.empty()) {
      return fault(absl::StrCat(std::string(why), "; correct the line"));
    }
    const std::string_view id = columns_->Get(line, kRequestId);
    const auto points = WholeNumber<std::int64_t>(columns_->Get(line, kPoints));
    const auto fen = WholeNumber<std::int64_t>(columns_->Get(line, kFen));
    const auto state = reconciliation::ParseState(columns_->Get(line, kState));
    if (id.empty()) {
      return fault("it has no request id; give the one that the request was sent under");
    }
    if (!points.has_value() || !fen.has_value()) {
      return fault(absl::StrCat(points.has_value() ? "the fen are" : "the points are",
                                " no whole number; write digits, with - before them below zero"));
    }
    if (!state.has_value()) {
      return fault("the state is none; write done, part or undone");
    }
    reconciliation::OwnRow row{std::string(id), {*points, *fen, *state}, std::nullopt, number};
    if (const std::string_view text = columns_->Get(line, kTime); !text.empty()) {
      const auto time = ParseTime(text);
      if (!time.ok()) {
        return fault("the time is none; write YYYY-MM-DD HH:MM:SS of Shanghai, or RFC 3339");
      }
      row.time = *time;
    }
    return visit_(row);
  }

  const std::string& path_;
  const OwnRowVisitor& visit_;
  std::optional<CsvColumns> columns_;
  std::uint64_t lines_before_ = 0;  // of the blocks before
};

}  // namespace

absl::Status ReadOwnFile(const std::string& path, const OwnRowVisitor& visit,
                         const reconciliation::ReadingProgress& progress) {
  auto blocks = reconciliation::LineBlocks::Open(path);
  if (!blocks.ok()) {
    return blocks.status();
  }
  OwnFile file(path, visit);
  while (true) {
    const auto block = blocks->Next();
    if (!block.ok()) {
      return block.status();
    }
    if (block->empty() && file.started()) {
      return absl::OkStatus();
    }
    if (absl::Status status = file.Take(*block); !status.ok()) {
      return status;  // also of an empty file, which names no columns
    }
    if (progress) {
      progress(blocks->position(), blocks->file_size());
    }
  }
}

}  // namespace tanhui::cli
