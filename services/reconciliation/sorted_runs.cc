#include "services/reconciliation/sorted_runs.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <utility>

#include "ledger/core/octets/big_endian.h"
#include "services/reconciliation/scratch_file.h"

namespace tanhui::reconciliation {
namespace {

constexpr std::size_t kSizesBytes = 2 * sizeof(std::uint32_t);

absl::Status WriteRecord(const RunRecord& record, ScratchFile& file) {
  std::string sizes;
  PutBigEndian(sizes, static_cast<std::uint32_t>(record.key.size()));
  PutBigEndian(sizes, static_cast<std::uint32_t>(record.value.size()));
  for (const std::string_view part : {std::string_view(sizes), record.key, record.value}) {
    if (absl::Status status = file.Write(part); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace

// A run on disk, at the record that is next.
class SortedRuns::Run {
 public:
  explicit Run(ScratchFile file) : file_(std::move(file)) {}

  const RunRecord& record() const { return record_; }
  // False after the last record.
  absl::StatusOr<bool> Advance() {
    if (file_.AtEnd()) {
      return false;
    }
    auto sizes = file_.Read(kSizesBytes);
    if (!sizes.ok()) {
      return sizes.status();
    }
    const auto key_size = TakeBigEndian<std::uint32_t>(*sizes);
    const auto value_size = TakeBigEndian<std::uint32_t>(*sizes);
    const auto bytes = file_.Read(std::size_t{key_size} + value_size);
    if (!bytes.ok()) {
      return bytes.status();
    }
    record_ = {bytes->substr(0, key_size), bytes->substr(key_size)};
    return true;
  }

 private:
  ScratchFile file_;
  RunRecord record_;
};

// Several runs as one.
class SortedRuns::Merge {
 public:
  explicit Merge(std::vector<Run> runs) : runs_(std::move(runs)) {}

  absl::Status Start() {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (absl::Status status = Push(i); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<const RunRecord*> Next() {
    if (taken_.has_value()) {
      const std::size_t run = *taken_;
      taken_.reset();
      if (absl::Status status = Push(run); !status.ok()) {
        return status;
      }
    }
    if (heads_.empty()) {
      return nullptr;
    }
    taken_ = heads_.top().second;
    heads_.pop();
    return &runs_[*taken_].record();
  }

 private:
  using Head = std::pair<std::string_view, std::size_t>;  // key, and which run's
  absl::Status Push(std::size_t run) {
    const auto more = runs_[run].Advance();
    if (!more.ok()) {
      return more.status();
    }
    if (*more) {
      heads_.emplace(runs_[run].record().key, run);
    }
    return absl::OkStatus();
  }

  std::vector<Run> runs_;
  // Of equal keys that of the earlier run comes first.
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads_;
  std::optional<std::size_t> taken_;
};

SortedRuns::SortedRuns(RunOptions options) : options_(std::move(options)) {}
SortedRuns::~SortedRuns() = default;
SortedRuns::SortedRuns(SortedRuns&&) noexcept = default;
SortedRuns& SortedRuns::operator=(SortedRuns&&) noexcept = default;

absl::Status SortedRuns::Add(std::string_view key, std::string_view value) {
  const std::size_t more = key.size() + value.size();
  if (!places_.empty() &&
      memory_.size() + more + (places_.size() + 1) * sizeof(Place) > options_.run_bytes) {
    if (absl::Status status = WriteMemory(); !status.ok()) {
      return status;
    }
  }
  if (memory_.capacity() == 0) {
    // Once, so that growing never holds it twice; pages that are not used take no memory.
    memory_.reserve(options_.run_bytes);
  }
  places_.push_back({memory_.size(), static_cast<std::uint32_t>(key.size()),
                     static_cast<std::uint32_t>(value.size())});
  memory_.append(key).append(value);
  ++size_;
  return absl::OkStatus();
}

RunRecord SortedRuns::RecordAt(const Place& place) const {
  const std::string_view all = memory_;
  return {all.substr(place.at, place.key_size),
          all.substr(place.at + place.key_size, place.value_size)};
}

void SortedRuns::SortMemory() {
  // `at` grows with the order of adding.
  std::sort(places_.begin(), places_.end(), [this](const Place& a, const Place& b) {
    const int order = RecordAt(a).key.compare(RecordAt(b).key);
    return order != 0 ? order < 0 : a.at < b.at;
  });
}

absl::Status SortedRuns::WriteMemory() {
  SortMemory();
  auto file = ScratchFile::Create(options_.directory);
  if (!file.ok()) {
    return file.status();
  }
  for (const Place& place : places_) {
    if (absl::Status status = WriteRecord(RecordAt(place), *file); !status.ok()) {
      return status;
    }
  }
  if (absl::Status status = file->Rewind(); !status.ok()) {
    return status;
  }
  runs_.emplace_back(*std::move(file));
  memory_.clear();
  places_.clear();
  if (runs_.size() < kMostRuns) {
    return absl::OkStatus();
  }
  auto merged = MergedRun();
  if (!merged.ok()) {
    return merged.status();
  }
  runs_.push_back(*std::move(merged));
  return absl::OkStatus();
}

absl::StatusOr<SortedRuns::Run> SortedRuns::MergedRun() {
  Merge merge(std::exchange(runs_, {}));
  auto file = ScratchFile::Create(options_.directory);
  absl::Status status = file.ok() ? merge.Start() : file.status();
  while (status.ok()) {
    const auto record = merge.Next();
    if (!record.ok()) {
      return record.status();
    }
    if (*record == nullptr) {
      status = file->Rewind();
      break;
    }
    status = WriteRecord(**record, *file);
  }
  return status.ok() ? absl::StatusOr<Run>(Run(*std::move(file))) : status;
}

absl::Status SortedRuns::Finish() {
  if (runs_.empty()) {
    SortMemory();
    return absl::OkStatus();
  }
  if (absl::Status status = WriteMemory(); !status.ok()) {
    return status;
  }
  std::string().swap(memory_);
  std::vector<Place>().swap(places_);
  merge_ = std::make_unique<Merge>(std::move(runs_));
  runs_.clear();
  return merge_->Start();
}

absl::StatusOr<const RunRecord*> SortedRuns::Next() {
  if (merge_ != nullptr) {
    return merge_->Next();
  }
  if (next_place_ == places_.size()) {
    return nullptr;
  }
  record_ = RecordAt(places_[next_place_++]);
  return &record_;
}

}  // namespace tanhui::reconciliation
