// A file system for RocksDB under test that loses what was not synced, as a power cut does.
//
// It lies over one real directory and remembers what a disk would hold of it: of every file the
// bytes up to its last sync, of the directory the entries up to its last sync. A crash does not
// stop the program that runs on it (nobody inside can tell). It writes an image beside it, another
// directory with what the disk could hold at that moment: all that was synced and, by a seed, of
// the rest nothing, a prefix, a prefix with 512-byte sectors of zeroes, or everything; of the
// directory's changes a prefix in their order. Then the test lets go of the old one and opens the
// image.
//
// It can also make the n-th append or sync of a kind of file fail, with or without doing it.
// Nothing is ever really synced: the machine that runs the test does not crash.
#ifndef TANHUI_TESTS_LEDGER_STORE_LOSSY_FILE_SYSTEM_H_
#define TANHUI_TESTS_LEDGER_STORE_LOSSY_FILE_SYSTEM_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace tanhui::store {

class LossyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  enum class Call : std::uint8_t { kAppend, kSync };
  enum class Failure : std::uint8_t { kNotDone, kDone };  // the call fails, and was it done?

  // `directory` is the only one whose files may be lost. What it holds now counts as synced.
  // `spare` is a directory of the file system's own, on the same disk.
  LossyFileSystem(std::string directory, std::string spare);
  ~LossyFileSystem() override;

  // The n-th call from now (1 is the next) on a file whose name contains `name` fails.
  void FailCall(Call call, std::string name, std::uint64_t n, Failure failure);

  // Called before every sync of a file, without locks: where a test holds a commit in flight.
  void SetBeforeSync(std::function<void(const std::string&)> hook);

  // Writes the image of a crash now.
  void Crash(const std::string& image, std::uint64_t seed);
  // Writes it at the n-th operation from now, before that operation does anything. `then` is called
  // at that very moment; no operation goes on meanwhile.
  void CrashAt(std::uint64_t n, std::string image, std::uint64_t seed, std::function<void()> then);
  bool crashed() const;
  // Appends, syncs and changes of the directory so far.
  std::uint64_t operations() const;

  const char* Name() const override { return "LossyFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;

 private:
  class File;
  class Directory;
  // A file without its name. Its bytes stay readable under `bytes` when the name is gone.
  struct Inode {
    std::string bytes;
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;
  // One change of the directory; an empty pointer removes the name.
  using Change = std::vector<std::pair<std::string, std::shared_ptr<Inode>>>;
  struct PlannedFailure {
    Call call;
    std::string name;
    std::uint64_t n;
    Failure failure;
  };
  struct PlannedCrash {
    std::uint64_t n;
    std::string image;
    std::uint64_t seed;
    std::function<void()> then;
  };

  bool Inside(const std::string& path) const;
  std::shared_ptr<Inode> Adopt(const std::string& path, std::uint64_t synced);
  void Count();  // an operation begins
  void Apply(Change change);
  void WriteImage(const std::string& image, std::uint64_t seed);
  std::optional<Failure> FailureOf(Call call, const std::string& path);
  rocksdb::IOStatus Append(const std::string& path, Inode& inode, std::uint64_t bytes,
                           const std::function<rocksdb::IOStatus()>& append);
  rocksdb::IOStatus Sync(const std::string& path, Inode& inode);
  rocksdb::IOStatus SyncDirectory();

  const std::string directory_;
  const std::string spare_;  // a directory with a link to every inode
  mutable std::mutex mutex_;
  std::uint64_t inodes_ = 0;
  std::uint64_t operations_ = 0;
  bool crashed_ = false;
  Names now_;
  Names synced_;                 // what a crash leaves for sure,
  std::vector<Change> changes_;  // and what happened since, in order
  std::vector<PlannedFailure> failures_;
  std::optional<PlannedCrash> crash_;
  std::function<void(const std::string&)> before_sync_;
};

// Over one, for tests that never crash and need not wait for a disk.
std::unique_ptr<rocksdb::Env> SyncFreeEnv(std::string directory, std::string spare);

// What of a file's bytes a crash leaves: the first `synced` and, by chance, some of the rest.
std::string TornContent(std::string bytes, std::size_t synced, std::mt19937_64& random);

}  // namespace tanhui::store

#endif  // TANHUI_TESTS_LEDGER_STORE_LOSSY_FILE_SYSTEM_H_
