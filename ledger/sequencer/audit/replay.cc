#include "ledger/sequencer/audit/replay.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "ledger/sequencer/audit/chunk.h"
#include "ledger/sequencer/audit/redecision.h"

namespace tanhui::sequencer {
namespace {

constexpr std::uint64_t kProgressEvery = 8'192;
// Small enough for a core's cache, large enough that handing over costs nothing.
constexpr std::size_t kChunkEntries = 128;
constexpr std::size_t kChunks = 8;
// How many entries ahead is fetched into the cache what they name, and where that lies.
constexpr std::size_t kAhead = 8;
constexpr std::size_t kFarAhead = 24;

absl::Status DifferAt(EntryIndex index, std::string_view what) {
  return Differ(absl::StrCat("entry ", index.value(), ": ", std::string(what)));
}

// The way of the chunks: a circle.
struct Way {
  HandOver free;
  HandOver read;
  HandOver applied;
  void Abandon() {
    free.Abandon();
    read.Abandon();
    applied.Abandon();
  }
};

// The first thread: everything that needs no state.
class Reader {
 public:
  Reader(const AuditOptions& options, const RequestTable& requests, Way& way)
      : redecide_(options.redecide), requests_(requests), way_(way), chunk_(way.free.Take()) {}

  // An error ends the scan.
  absl::Status Read(EntryIndex index, std::string_view bytes) {
    if (chunk_->size == kChunkEntries) {
      way_.read.Put(std::move(chunk_));
      chunk_ = way_.free.Take();
    }
    if (chunk_ == nullptr) {
      return absl::CancelledError("the audit has ended");
    }
    if (chunk_->steps.size() == chunk_->size) {
      chunk_->steps.emplace_back();
    }
    Step& step = chunk_->steps[chunk_->size];
    if (!step.entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return Differ(absl::StrCat("entry ", index.value(), " cannot be decoded"));
    }
    step.index = index;
    step.bytes.assign(bytes);
    step.leaf = merkle::LeafHash(bytes);
    step.request.reset();
    if (const auto id = RequestId::FromStored(step.entry.request_id())) {
      step.request = RequestKey{ParticipantNo(step.entry.caller()), *id};
      step.request_hash = requests_.HashOf(*step.request);
    }
    step.in_place = BodyIsAsked(step.entry);
    if (redecide_ && step.entry.caller() != 0 && !step.in_place) {
      Prepare(step.entry, step.again);
    }
    ++chunk_->size;
    return absl::OkStatus();
  }
  void End(absl::Status status) {
    if (chunk_ != nullptr) {
      chunk_->status = std::move(status);
      way_.read.Put(std::move(chunk_));
    }
    way_.read.End();
  }

 private:
  const bool redecide_;
  const RequestTable& requests_;  // only to hash
  Way& way_;
  std::unique_ptr<Chunk> chunk_;
};

// The second thread: everything that needs the state.
class Decider {
 public:
  Decider(const Ledger& ledger, const store::Store& store, const AuditOptions& options,
          Replay& replay)
      : ledger_(ledger),
        store_(store),
        redecide_(options.redecide),
        replay_(replay),
        redecision_(ledger, reading_) {}

  void Run(Way& way) {
    bool more = true;
    while (more) {
      std::unique_ptr<Chunk> chunk = way.read.Take();
      if (chunk == nullptr) {
        break;
      }
      more = Apply(*chunk);
      way.applied.Put(std::move(chunk));
    }
    way.applied.End();
  }

 private:
  // False at the first difference.
  bool Apply(Chunk& chunk) {
    for (std::size_t i = 0; i < std::min(kFarAhead, chunk.size); ++i) {
      PrefetchPlaces(chunk.steps[i]);
    }
    for (std::size_t i = 0; i < std::min(kAhead, chunk.size); ++i) {
      Prefetch(chunk.steps[i]);
    }
    for (std::size_t i = 0; i < chunk.size; ++i) {
      if (i + kFarAhead < chunk.size) {
        PrefetchPlaces(chunk.steps[i + kFarAhead]);
      }
      if (i + kAhead < chunk.size) {
        Prefetch(chunk.steps[i + kAhead]);
      }
      Step& step = chunk.steps[i];
      step.decided = false;
      if (absl::Status status = Apply(step); !status.ok()) {
        chunk.size = i;
        chunk.status = std::move(status);
        return false;
      }
      if (absl::Status status =
              CompareMeaning(store_, replay_.state, replay_.pairs, step.index, step.entry);
          !status.ok()) {
        chunk.size = i + 1;  // what it is decided again comes before what it means
        chunk.status = std::move(status);
        chunk.of_last = true;
        return false;
      }
      replay_.histories.Add(replay_.state, step.index, step.entry);
    }
    replay_.TakeChanges(std::span(chunk.steps.data(), chunk.size));
    return chunk.status.ok();
  }

  void Prefetch(const Step& step) const {
    for (const entry::v1::Posting& posting : step.entry.postings()) {
      replay_.state.accounts().Prefetch(AccountNo(posting.account()));
    }
  }
  void PrefetchPlaces(const Step& step) const {
    for (const entry::v1::Posting& posting : step.entry.postings()) {
      replay_.state.accounts().PrefetchPlace(AccountNo(posting.account()));
    }
    if (step.request.has_value()) {
      replay_.requests.Prefetch(step.request_hash);
    }
  }

  absl::Status Apply(Step& step) {
    if (absl::Status status = LoadRequests(step); !status.ok()) {
      return status;
    }
    std::string_view difference;
    if (redecide_) {
      if (!Decidable(ledger_, replay_.state, step.entry, step.request.has_value())) {
        if (absl::Status status = Try(step); !status.ok()) {
          return status;
        }
      }
      const auto told = Redecide(step);
      if (!told.ok()) {
        return told.status();
      }
      difference = *told;
      step.decided = step.entry.caller() != 0;
    }
    // A fault says more than what it does to rules.
    if (const Fault fault = ledger_.TryApply(replay_.state, step.entry)) {
      return DifferAt(step.index, *fault);
    }
    return difference.empty() ? absl::OkStatus() : DifferAt(step.index, difference);
  }

  // What differs; empty: nothing, as far as is known before IsEncoded.
  absl::StatusOr<std::string_view> Redecide(Step& step) {
    if (step.entry.caller() == 0) {
      return RedecideEngine(ledger_, replay_.state, step.entry, step.bytes);
    }
    return step.in_place ? redecision_.DecideInPlace(replay_.state, step.request, step.entry)
                         : redecision_.Decide(replay_.state, step.entry, step.request, step.again);
  }

  // Decide takes for granted what apply checks: apply looks first, and is undone.
  absl::Status Try(const Step& step) {
    replay_.state.BeginTrial();
    const Fault fault = ledger_.TryApply(replay_.state, step.entry);
    replay_.state.UndoTrial();
    return fault.has_value() ? DifferAt(step.index, *fault) : absl::OkStatus();
  }

  // What is known of the request ids that the entry names, apart from those of the last chunk.
  absl::Status LoadRequests(const Step& step) {
    const Entry& entry = step.entry;
    if (step.request.has_value()) {
      if (absl::Status status = LoadRequest(*step.request, step.request_hash); !status.ok()) {
        return status;
      }
    }
    // Any of these may be malformed.
    std::optional<RequestId> named;
    if (entry.has_cancellation()) {
      named = RequestId::FromStored(entry.cancellation().target_request_id());
    } else if (entry.has_tombstone()) {
      named = RequestId::FromStored(entry.tombstone().target_request_id());
    } else if (entry.has_file_record()) {
      named = RequestId::FromText("file:" + entry.file_record().supersedes_file_id());
    } else if (const auto target = ledger_.TargetRequestOf(entry)) {
      named = target->id;
    }
    const RequestKey key{ParticipantNo(entry.caller()), named.value_or(RequestId())};
    return named.has_value() ? LoadRequest(key, replay_.requests.HashOf(key)) : absl::OkStatus();
  }
  absl::Status LoadRequest(const RequestKey& key, RequestTable::KeyHash hash) {
    const auto found = replay_.requests.Find(key, hash, reading_);
    if (found.ok() && found->has_value() && !replay_.state.FindRequest(key).has_value()) {
      replay_.state.LoadRequest(key, **found);
    }
    return found.status();
  }

  const Ledger& ledger_;
  const store::Store& store_;
  const bool redecide_;
  Replay& replay_;
  const RequestTable::ReadEntry reading_ = [this](EntryIndex index) {
    return ReadEarlier(store_, index);
  };
  Redecision redecision_;
};

// The caller's thread: whether what was decided is what is written, and the tree.
absl::Status Compare(const AuditOptions& options, std::uint64_t size, Way& way, Replay& replay) {
  std::string buffer;
  while (std::unique_ptr<Chunk> chunk = way.applied.Take()) {
    for (std::size_t i = 0; i < chunk->size; ++i) {
      const Step& step = chunk->steps[i];
      if (step.decided && !IsEncoded(step.in_place ? step.entry : step.again, step.bytes, buffer)) {
        return DifferAt(step.index, kAnotherEntry);
      }
      if (chunk->of_last && i + 1 == chunk->size) {
        break;
      }
      replay.tree.Append(step.leaf);
      replay.NoteRoot();
      if (replay.tree.size() % kProgressEvery == 0) {
        replay.TakeTiles();
        if (options.progress) {
          options.progress(replay.tree.size(), size);
        }
      }
    }
    if (!chunk->status.ok()) {
      return chunk->status;
    }
    chunk->size = 0;
    way.free.Put(std::move(chunk));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReplayEntries(const Ledger& ledger, const store::Store& store,
                           const AuditOptions& options, std::uint64_t size, Replay& replay) {
  const std::uint64_t done = replay.tree.size();
  Way way;
  for (std::size_t i = 0; i < kChunks; ++i) {
    way.free.Put(std::make_unique<Chunk>());
  }
  replay.NoteRoot();
  std::thread reading([&] {
    Reader reader(options, replay.requests, way);
    reader.End(store.ScanEntries(
        EntryIndex(done), size - done,
        [&reader](EntryIndex index, std::string_view bytes) { return reader.Read(index, bytes); }));
  });
  std::thread deciding([&] { Decider(ledger, store, options, replay).Run(way); });
  const absl::Status status = Compare(options, size, way, replay);
  way.Abandon();
  reading.join();
  deciding.join();
  replay.TakeChanges({});
  replay.TakeTiles();
  return status.ok() ? replay.pairs.EndCommit() : status;
}

}  // namespace tanhui::sequencer
