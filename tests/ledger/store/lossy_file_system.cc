#include "tests/ledger/store/lossy_file_system.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "ledger/core/check.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::store {
namespace {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::size_t kSector = 512;

std::size_t Below(std::size_t bound, std::mt19937_64& random) {
  return bound == 0 ? 0 : static_cast<std::size_t>(random() % bound);
}

}  // namespace

std::string TornContent(std::string bytes, std::size_t synced, std::mt19937_64& random) {
  const std::size_t rest = bytes.size() - synced;
  switch (random() % 4) {
    case 0:
      bytes.resize(synced);
      break;
    case 1:
      bytes.resize(synced + Below(rest + 1, random));
      break;
    case 2: {
      bytes.resize(synced + Below(rest + 1, random));
      const std::size_t one_in = 1 + Below(8, random);
      for (std::size_t at = synced; at < bytes.size();) {
        const std::size_t end = std::min(bytes.size(), (at / kSector + 1) * kSector);
        if (random() % one_in == 0) {
          std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    bytes.begin() + static_cast<std::ptrdiff_t>(end), '\0');
        }
        at = end;
      }
      break;
    }
    default:
      break;  // everything had reached the disk
  }
  return bytes;
}

std::unique_ptr<rocksdb::Env> SyncFreeEnv(std::string directory, std::string spare) {
  return rocksdb::NewCompositeEnv(
      std::make_shared<LossyFileSystem>(std::move(directory), std::move(spare)));
}

class LossyFileSystem::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> file, LossyFileSystem& owner, std::string path,
       std::shared_ptr<Inode> inode)
      : FSWritableFileOwnerWrapper(std::move(file)),
        owner_(owner),
        path_(std::move(path)),
        inode_(std::move(inode)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    return owner_.Append(path_, *inode_, data.size(),
                         [&] { return target()->Append(data, options, debug); });
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const rocksdb::Slice&, std::uint64_t, const IOOptions&,
                            IODebugContext*) override {
    return IOStatus::NotSupported("PositionedAppend");
  }
  IOStatus PositionedAppend(const rocksdb::Slice&, std::uint64_t, const IOOptions&,
                            const rocksdb::DataVerificationInfo&, IODebugContext*) override {
    return IOStatus::NotSupported("PositionedAppend");
  }
  // Preallocation is not asked for below, so there is never anything to cut off.
  IOStatus Truncate(std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Allocate(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();  // promises nothing
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return owner_.Sync(path_, *inode_); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return owner_.Sync(path_, *inode_); }

 private:
  LossyFileSystem& owner_;
  const std::string path_;
  const std::shared_ptr<Inode> inode_;
};

class LossyFileSystem::Directory final : public rocksdb::FSDirectory {
 public:
  explicit Directory(LossyFileSystem& owner) : owner_(owner) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return owner_.SyncDirectory(); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  LossyFileSystem& owner_;
};

LossyFileSystem::LossyFileSystem(std::string directory, std::string spare)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      directory_(std::move(directory)),
      spare_(std::move(spare)) {
  fs::remove_all(spare_);
  fs::create_directories(spare_);
  if (!fs::exists(directory_)) {
    return;
  }
  for (const auto& file : fs::directory_iterator(directory_)) {
    const std::string path = file.path().string();
    now_[path] = Adopt(path, fs::file_size(path));
  }
  synced_ = now_;
}

LossyFileSystem::~LossyFileSystem() {
  std::error_code ignored;
  fs::remove_all(spare_, ignored);
}

bool LossyFileSystem::Inside(const std::string& path) const {
  return path.starts_with(directory_ + "/");
}

std::shared_ptr<LossyFileSystem::Inode> LossyFileSystem::Adopt(const std::string& path,
                                                               std::uint64_t synced) {
  auto inode = std::make_shared<Inode>();
  inode->bytes = spare_ + "/" + std::to_string(++inodes_);
  inode->size = synced;
  inode->synced = synced;
  fs::create_hard_link(path, inode->bytes);
  return inode;
}

void LossyFileSystem::FailCall(Call call, std::string name, std::uint64_t n, Failure failure) {
  const std::lock_guard lock(mutex_);
  failures_.push_back({call, std::move(name), n, failure});
}

void LossyFileSystem::SetBeforeSync(std::function<void(const std::string&)> hook) {
  const std::lock_guard lock(mutex_);
  before_sync_ = std::move(hook);
}

void LossyFileSystem::Crash(const std::string& image, std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  WriteImage(image, seed);
}

void LossyFileSystem::CrashAt(std::uint64_t n, std::string image, std::uint64_t seed,
                              std::function<void()> then) {
  const std::lock_guard lock(mutex_);
  crash_ = PlannedCrash{n, std::move(image), seed, std::move(then)};
}

bool LossyFileSystem::crashed() const {
  const std::lock_guard lock(mutex_);
  return crashed_;
}

std::uint64_t LossyFileSystem::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

void LossyFileSystem::Count() {
  ++operations_;
  if (crash_.has_value() && --crash_->n == 0) {
    const PlannedCrash crash = *std::move(crash_);
    crash_.reset();
    crash.then();
    WriteImage(crash.image, crash.seed);
  }
}

void LossyFileSystem::Apply(Change change) {
  for (const auto& [path, inode] : change) {
    if (inode == nullptr) {
      now_.erase(path);
    } else {
      now_[path] = inode;
    }
  }
  changes_.push_back(std::move(change));
}

void LossyFileSystem::WriteImage(const std::string& image, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Names names = synced_;
  const std::size_t kept = Below(changes_.size() + 1, random);
  for (std::size_t i = 0; i < kept; ++i) {
    for (const auto& [path, inode] : changes_[i]) {
      if (inode == nullptr) {
        names.erase(path);
      } else {
        names[path] = inode;
      }
    }
  }
  fs::create_directories(image);
  for (const auto& [path, inode] : names) {
    std::string bytes = ReadBytes(inode->bytes);
    bytes.resize(inode->size);
    WriteBytes(image + path.substr(directory_.size()),
               TornContent(std::move(bytes), inode->synced, random));
  }
  crashed_ = true;
}

std::optional<LossyFileSystem::Failure> LossyFileSystem::FailureOf(Call call,
                                                                   const std::string& path) {
  for (PlannedFailure& planned : failures_) {
    if (planned.call == call && planned.n > 0 && path.find(planned.name) != std::string::npos &&
        --planned.n == 0) {
      return planned.failure;
    }
  }
  return std::nullopt;
}

IOStatus LossyFileSystem::Append(const std::string& path, Inode& inode, std::uint64_t bytes,
                                 const std::function<IOStatus()>& append) {
  const std::lock_guard lock(mutex_);
  Count();
  const auto failure = FailureOf(Call::kAppend, path);
  if (failure == Failure::kNotDone) {
    return IOStatus::IOError("a planned failure of append");
  }
  IOStatus status = append();
  if (status.ok()) {
    inode.size += bytes;
  }
  return failure.has_value() ? IOStatus::IOError("a planned failure after append") : status;
}

IOStatus LossyFileSystem::Sync(const std::string& path, Inode& inode) {
  std::function<void(const std::string&)> hook;
  {
    const std::lock_guard lock(mutex_);
    hook = before_sync_;
  }
  if (hook) {
    hook(path);
  }
  const std::lock_guard lock(mutex_);
  Count();
  const auto failure = FailureOf(Call::kSync, path);
  if (failure == Failure::kNotDone) {
    return IOStatus::IOError("a planned failure of fsync");
  }
  inode.synced = inode.size;
  return failure.has_value() ? IOStatus::IOError("a planned failure after fsync") : IOStatus::OK();
}

IOStatus LossyFileSystem::SyncDirectory() {
  const std::lock_guard lock(mutex_);
  Count();
  synced_ = now_;
  changes_.clear();
  return IOStatus::OK();
}

IOStatus LossyFileSystem::NewWritableFile(const std::string& path,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* file,
                                          IODebugContext* debug) {
  if (!Inside(path)) {
    return target()->NewWritableFile(path, options, file, debug);
  }
  const std::lock_guard lock(mutex_);
  Count();
  fs::remove(path);  // a new inode, so that the old one's bytes stay
  std::unique_ptr<rocksdb::FSWritableFile> real;
  IOStatus status = target()->NewWritableFile(path, options, &real, debug);
  if (status.ok()) {
    auto inode = Adopt(path, 0);
    Apply({{path, inode}});
    *file = std::make_unique<File>(std::move(real), *this, path, std::move(inode));
  }
  return status;
}

IOStatus LossyFileSystem::ReopenWritableFile(const std::string&, const rocksdb::FileOptions&,
                                             std::unique_ptr<rocksdb::FSWritableFile>*,
                                             IODebugContext*) {
  return IOStatus::NotSupported("ReopenWritableFile");
}

IOStatus LossyFileSystem::ReuseWritableFile(const std::string&, const std::string&,
                                            const rocksdb::FileOptions&,
                                            std::unique_ptr<rocksdb::FSWritableFile>*,
                                            IODebugContext*) {
  return IOStatus::NotSupported("ReuseWritableFile");
}

IOStatus LossyFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                       std::unique_ptr<rocksdb::FSDirectory>* directory,
                                       IODebugContext* debug) {
  if (path != directory_ && !Inside(path)) {
    return target()->NewDirectory(path, options, directory, debug);
  }
  *directory = std::make_unique<Directory>(*this);
  return IOStatus::OK();
}

IOStatus LossyFileSystem::DeleteFile(const std::string& path, const IOOptions& options,
                                     IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  const bool known = now_.contains(path);
  if (known) {
    Count();
  }
  IOStatus status = target()->DeleteFile(path, options, debug);
  if (status.ok() && known) {
    Apply({{path, nullptr}});
  }
  return status;
}

IOStatus LossyFileSystem::RenameFile(const std::string& from, const std::string& to,
                                     const IOOptions& options, IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  const auto found = now_.find(from);
  if (found == now_.end()) {
    return target()->RenameFile(from, to, options, debug);
  }
  Count();
  IOStatus status = target()->RenameFile(from, to, options, debug);
  if (status.ok()) {
    Apply({{from, nullptr}, {to, found->second}});
  }
  return status;
}

IOStatus LossyFileSystem::LinkFile(const std::string& from, const std::string& to,
                                   const IOOptions& options, IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  IOStatus status = target()->LinkFile(from, to, options, debug);
  const auto found = now_.find(from);
  if (status.ok() && found != now_.end() && Inside(to)) {
    Apply({{to, found->second}});
  }
  return status;
}

}  // namespace tanhui::store
