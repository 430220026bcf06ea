// Writes frozen generations as sorted files; INDEXES.md is the page for people.
#ifndef TANHUI_LEDGER_STORE_INDEX_INDEX_WRITER_H_
#define TANHUI_LEDGER_STORE_INDEX_INDEX_WRITER_H_

#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "ledger/store/index/delta.h"
#include "ledger/store/index/key_ceilings.h"
#include "ledger/store/store_open.h"

namespace tanhui::store {

inline constexpr char kMarkKey[] = "mark";

// Removes what a crash left of files that were being written. Before the database is opened.
absl::Status RemoveUnfinishedIndexes(const StoreOptions& options);

// Has one thread, which ends when everything that was frozen before Stop is written. The database,
// the delta and the ceilings must outlive it.
class IndexWriter {
 public:
  IndexWriter(Database& database, std::string path, Delta& delta, KeyCeilings& ceilings);
  // Writes what is left, frozen or not.
  ~IndexWriter();
  IndexWriter(const IndexWriter&) = delete;
  IndexWriter& operator=(const IndexWriter&) = delete;

 private:
  struct File {
    Family family;
    std::string path;
  };
  void Loop();
  absl::Status WriteGeneration(const Generation& generation);
  absl::Status WriteFamily(Family family, const std::vector<RowTable::Row>& rows,
                           std::vector<File>& files);
  absl::Status WriteFile(Family family, const RowTable::Row* first, const RowTable::Row* last,
                         std::vector<File>& files);
  absl::Status Ingest(const std::vector<File>& files);

  Database& database_;
  const std::string path_;
  Delta& delta_;
  KeyCeilings& ceilings_;
  std::size_t rows_ = 0;     // of the generation being written
  std::size_t written_ = 0;  // of them
  std::thread thread_;
};

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_INDEX_INDEX_WRITER_H_
