#include "ledger/sequencer/engine.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/sequencer/recovery.h"
#include "ledger/store/durable_file.h"

namespace tanhui::sequencer {
namespace {

// The first commit of a new log: its genesis and its operator.
constexpr std::uint64_t kBeginningEntries = 2;

absl::Status CommitBeginning(const Ledger& ledger, store::Store& store, State& state,
                             merkle::TreeBuilder& tree, std::string_view origin,
                             std::string_view operator_code, LedgerTime now) {
  store::CommitBatch commit;
  const auto add = [&](const Entry& entry) {
    ledger.Apply(state, entry);
    commit.entries.push_back(entry.SerializeAsString());
    tree.Append(merkle::LeafHash(commit.entries.back()));
  };
  add(GenesisEntry(origin, now));
  add(OperatorEntry(state, operator_code, now));
  merkle::TreeGrowth growth = tree.Grow();
  commit.changes = state.TakeChanges();
  commit.tiles = std::move(growth.completed);
  commit.head = {state.head(), growth.root};
  return store.Commit(commit);
}

absl::Status CheckOrigin(const store::Store& store, std::string_view name) {
  const auto bytes = store.ReadEntry(EntryIndex(0));
  Entry genesis;
  if (!bytes.ok() || !genesis.ParseFromString(*bytes) || !genesis.has_genesis()) {
    return absl::DataLossError("the log has no genesis entry: restore the directory");
  }
  if (genesis.genesis().origin() != name) {
    return absl::FailedPreconditionError(absl::StrCat(
        "this log's origin is ", genesis.genesis().origin(), ", the signing key is named ",
        std::string(name), ". Give the server the key that belongs to this log."));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(const EngineOptions& options,
                                                     const Ledger& ledger, const Clock& clock,
                                                     const signing::NamedSigner& key) {
  std::unique_ptr<Engine> engine(new Engine(ledger, clock));
  if (absl::Status status = engine->Start(options, key); !status.ok()) {
    return status;
  }
  return engine;
}

absl::Status Engine::Start(const EngineOptions& options, const signing::NamedSigner& key) {
  verifier_key_ = signing::FormatVerifierKey(key);
  auto directory =
      store::DataDirectory::Open(options.data_directory, store::DataDirectory::Missing::kCreate);
  if (!directory.ok()) {
    return directory.status();
  }
  directory_ = *std::move(directory);
  auto second_place = store::FileLock::Take(
      options.checkpoint_copy + ".lock", options.checkpoint_copy,
      "Two servers under one key would tell two histories: stop the other one.");
  if (!second_place.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("checkpoint_copy: ", second_place.status().message()));
  }
  second_place_ = *std::move(second_place);
  store::StoreOptions store_options = options.store;
  store_options.path = directory_->database_path();
  auto store = store::Store::Open(store_options);
  if (!store.ok()) {
    return store.status();
  }
  store_ = *std::move(store);
  State state;
  merkle::TreeBuilder tree;
  if (absl::Status status = Begin(options, key, state, tree); !status.ok()) {
    return status;
  }
  registry_ = state.shared_registry();
  edge_ = std::make_unique<merkle::TreeEdge>(tree);
  const CheckpointPlaces places = {directory_->checkpoint_path(), options.checkpoint_copy};
  const auto told =
      LoadCheckpoints(places, key, directory_->fresh() || options.accept_missing_checkpoint_copy);
  if (!told.ok()) {
    return told.status();
  }
  for (const SignedCheckpoint& earlier : *told) {
    const absl::Status same = CompareWithCheckpoint(*edge_, DurableTiles(), earlier.checkpoint);
    if (!same.ok()) {
      return same;
    }
  }
  if (told->empty() && !directory_->fresh() && !options.accept_missing_checkpoint_copy) {
    return absl::FailedPreconditionError(
        absl::StrCat("the ledger has entries, but neither ", places.in_data_directory, " nor ",
                     places.second_place,
                     " holds a checkpoint of it. If both were removed on purpose, start "
                     "once with --accept-missing-checkpoint-copy; otherwise restore them."));
  }
  auto last = told->empty() ? std::nullopt : std::optional(told->back());
  checkpointer_ = std::make_unique<Checkpointer>(places, key, *edge_, DurableTiles(),
                                                 std::move(last), options.checkpoint_interval);
  if (directory_->fresh()) {
    if (absl::Status status = directory_->MarkFormat(); !status.ok()) {
      return status;
    }
  }
  StartThreads(options, std::move(state), std::move(tree));
  return absl::OkStatus();
}

void Engine::StartThreads(const EngineOptions& options, State state, merkle::TreeBuilder tree) {
  sequencer_ = std::make_unique<Sequencer>(
      options.sequencer, ledger_, *store_, clock_, std::move(state), std::move(tree),
      [this]() -> std::optional<std::uint64_t> {
        const auto free = directory_->FreeBytes();
        return free.ok() ? std::optional(*free) : std::nullopt;
      },
      [this](const DurableCommit& commit) { Publish(commit); });
  if (options.may_be_due) {
    sweeper_ = std::make_unique<Sweeper>(
        options.sweeper, *store_, *sequencer_, clock_, [this] { return registry(); },
        options.may_be_due);
  }
}

// Reads what the store holds, or writes the beginning of a new log.
absl::Status Engine::Begin(const EngineOptions& options, const signing::NamedSigner& key,
                           State& state, merkle::TreeBuilder& tree) {
  const auto head = store_->ReadHead();
  if (!head.ok()) {
    return head.status();
  }
  if (head->has_value()) {
    auto recovered = Recover(ledger_, *store_, **head);
    if (!recovered.ok()) {
      return recovered.status();
    }
    if (directory_->fresh() && (*head)->head.size > kBeginningEntries) {
      return absl::FailedPreconditionError(absl::StrCat(
          directory_->path(), " holds ", (*head)->head.size,
          " entries, but no FORMAT: was only a part of it restored? Restore the whole directory."));
    }
    state = std::move(recovered->state);
    tree = std::move(recovered->tree);
    return CheckOrigin(*store_, key.name());
  }
  if (!directory_->fresh()) {
    return absl::DataLossError(
        absl::StrCat(directory_->path(),
                     " is marked as a ledger, but its database is empty: acknowledged "
                     "entries are missing. Restore the directory from a backup or another copy."));
  }
  // A key in use elsewhere: its second place already has a checkpoint, so a new log under the same
  // name would be a second history.
  if (store::ReadFile(options.checkpoint_copy).ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        options.checkpoint_copy, " holds a checkpoint of an earlier log, and ", directory_->path(),
        " is empty. Starting anew under the same key would be a second "
        "history: restore the data directory, or make a new key and another checkpoint_copy."));
  }
  return CommitBeginning(ledger_, *store_, state, tree, key.name(), options.operator_code,
                         clock_.Wall());
}

Engine::~Engine() {
  // Whoever asks the sequencer goes first; then it drains, so that the last checkpoint covers
  // everything.
  sweeper_.reset();
  sequencer_.reset();
  checkpointer_.reset();
}

std::shared_ptr<const Registry> Engine::registry() const {
  const std::lock_guard lock(mutex_);
  return registry_;
}

void Engine::Publish(const DurableCommit& commit) {
  // The registry first: who has seen the size finds all in it that the log says up to there.
  {
    const std::lock_guard lock(mutex_);
    registry_ = commit.registry;
    edge_->Apply(commit.growth);
  }
  checkpointer_->Grew();
  grown_.notify_all();
}

std::uint64_t Engine::AwaitGrowth(std::uint64_t size, std::chrono::milliseconds most) const {
  std::unique_lock lock(mutex_);
  grown_.wait_for(lock, most, [this, size] { return durable_size() > size; });
  return durable_size();
}

merkle::TileReader Engine::DurableTiles() const {
  return [this](merkle::TileId id, std::uint32_t width) -> absl::StatusOr<merkle::Tile> {
    // The edge first: a tile that fills up meanwhile is in the store before it leaves the edge.
    if (auto partial = edge_->Partial(id, width)) {
      return *std::move(partial);
    }
    return store_->ReadFullTile(id);
  };
}

absl::StatusOr<std::vector<Hash256>> Engine::ProveInclusion(EntryIndex index,
                                                            std::uint64_t size) const {
  if (size > durable_size()) {
    return absl::InvalidArgumentError("the tree is smaller than that");
  }
  return merkle::InclusionProof(index.value(), size, DurableTiles());
}

absl::StatusOr<ConsistencyAnswer> Engine::ProveConsistency(std::uint64_t old_size,
                                                           std::uint64_t new_size) const {
  if (new_size > durable_size()) {
    return absl::InvalidArgumentError("the tree is smaller than that");
  }
  const merkle::TileReader tiles = DurableTiles();
  auto proof = merkle::ConsistencyProof(old_size, new_size, tiles);
  if (!proof.ok()) {
    return proof.status();
  }
  const auto old_root = merkle::RootAt(old_size, tiles);
  const auto new_root = merkle::RootAt(new_size, tiles);
  if (!old_root.ok() || !new_root.ok()) {
    return old_root.ok() ? new_root.status() : old_root.status();
  }
  return ConsistencyAnswer{*std::move(proof), *old_root, *new_root};
}

absl::StatusOr<std::uint64_t> Engine::CreateSnapshot(const std::string& path) const {
  if (std::filesystem::exists(path)) {
    return absl::AlreadyExistsError(absl::StrCat(path, " exists; choose another name"));
  }
  // The checkpoint first: entries only grow, so the copy covers it.
  checkpointer_->SignNow();
  const auto checkpoint = checkpointer_->Last();
  const std::uint64_t size = durable_size();
  if (absl::Status status = store::MakeDirectories(path); !status.ok()) {
    return status;
  }
  if (absl::Status status = store_->CreateSnapshot(path + "/db"); !status.ok()) {
    return status;
  }
  if (absl::Status status = store::WriteFileDurably(path + "/checkpoint", checkpoint->note);
      !status.ok()) {
    return status;
  }
  const auto copy = store::DataDirectory::Open(path, store::DataDirectory::Missing::kRefuse);
  if (!copy.ok()) {
    return copy.status();
  }
  const absl::Status marked = (*copy)->MarkFormat();
  return marked.ok() ? absl::StatusOr<std::uint64_t>(size) : marked;
}

}  // namespace tanhui::sequencer
