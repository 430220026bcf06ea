#include "ledger/store/index/index_writer.h"

#include <pthread.h>
#include <rocksdb/env.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/store/store_impl.h"

namespace tanhui::store {
namespace {

// Of files that are being written. RocksDB takes no notice of such names.
constexpr std::string_view kUnfinished = "index-";
constexpr std::size_t kProgressEvery = 4'096;  // rows

rocksdb::Env& EnvOf(const StoreOptions& options) {
  return options.env == nullptr ? *rocksdb::Env::Default() : *options.env;
}

}  // namespace

absl::Status RemoveUnfinishedIndexes(const StoreOptions& options) {
  rocksdb::Env& env = EnvOf(options);
  std::vector<std::string> names;
  const rocksdb::Status listed = env.GetChildren(options.path, &names);
  if (!listed.ok()) {
    return listed.IsNotFound() || listed.IsPathNotFound()
               ? absl::OkStatus()
               : FromRocks(listed, absl::StrCat("listing ", options.path));
  }
  for (const std::string& name : names) {
    if (name.starts_with(kUnfinished)) {
      const rocksdb::Status removed = env.DeleteFile(absl::StrCat(options.path, "/", name));
      if (!removed.ok()) {
        return FromRocks(removed, absl::StrCat("removing ", options.path, "/", name));
      }
    }
  }
  return absl::OkStatus();
}

IndexWriter::IndexWriter(Database& database, std::string path, Delta& delta, KeyCeilings& ceilings)
    : database_(database),
      path_(std::move(path)),
      delta_(delta),
      ceilings_(ceilings),
      thread_([this] { Loop(); }) {}

IndexWriter::~IndexWriter() {
  // What cannot be written is told again from the log at the next start.
  (void)delta_.Flush();
  delta_.Stop();
  thread_.join();
}

void IndexWriter::Loop() {
  ::pthread_setname_np(::pthread_self(), "index-writer");
  while (const auto generation = delta_.Oldest()) {
    if (absl::Status status = WriteGeneration(*generation); !status.ok()) {
      delta_.Fail(std::move(status));
      return;
    }
    delta_.Drop();
  }
}

absl::Status IndexWriter::WriteGeneration(const Generation& generation) {
  std::array<std::vector<RowTable::Row>, kFamilyCount> rows;
  rows_ = 0;
  written_ = 0;
  for (const Family family : kIndexFamilies) {
    rows[family] = generation.table(family).Sorted();
    rows_ += rows[family].size();
  }
  std::vector<File> files;
  for (const Family family : kIndexFamilies) {
    if (absl::Status status = WriteFamily(family, rows[family], files); !status.ok()) {
      return status;
    }
  }
  const std::string mark = EncodeHead(*generation.head());
  const RowTable::Row row{kMarkKey, mark};
  if (absl::Status status = WriteFile(kIndexed, &row, &row + 1, files); !status.ok()) {
    return status;
  }
  // A crash here leaves whole files that no manifest names.
  ceilings_.Raise(rows[kRequests]);
  delta_.BeginIngesting(generation);
  return Ingest(files);
}

absl::Status IndexWriter::WriteFamily(Family family, const std::vector<RowTable::Row>& rows,
                                      std::vector<File>& files) {
  const RowTable::Row* const end = rows.data() + rows.size();
  for (const RowTable::Row* first = rows.data(); first != end;) {
    // Tiles of one level follow each other from generation to generation: a file of their own never
    // overlaps another.
    const auto other_level = [&](const RowTable::Row& row) { return row.key[0] != first->key[0]; };
    const RowTable::Row* const last =
        family == kTiles ? std::find_if(first, end, other_level) : end;
    if (absl::Status status = WriteFile(family, first, last, files); !status.ok()) {
      return status;
    }
    first = last;
  }
  return absl::OkStatus();
}

absl::Status IndexWriter::WriteFile(Family family, const RowTable::Row* first,
                                    const RowTable::Row* last, std::vector<File>& files) {
  rocksdb::ColumnFamilyHandle* const handle = database_.families[family];
  rocksdb::Options options = database_.db->GetOptions(handle);
  // Keys and values are short and mostly random, and compaction writes most of them again: it
  // compresses them then.
  options.compression = rocksdb::kNoCompression;
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(options), options, handle,
                                /*invalidate_page_cache=*/false);
  const std::string path = absl::StrCat(path_, "/", std::string(kUnfinished), files.size(), ".sst");
  rocksdb::Status status = writer.Open(path);
  for (; status.ok() && first != last; ++first) {
    status = first->deleted ? writer.Delete(ToSlice(first->key))
                            : writer.Put(ToSlice(first->key), ToSlice(first->value));
    if (++written_ % kProgressEvery == 0) {
      delta_.Progress(written_ * 1'000 / std::max<std::size_t>(rows_, written_));
    }
  }
  if (status.ok()) {
    status = writer.Finish();
  }
  files.push_back({family, path});
  return FromRocks(status, "writing an index");
}

absl::Status IndexWriter::Ingest(const std::vector<File>& files) {
  std::vector<rocksdb::IngestExternalFileArg> args;
  for (const File& file : files) {
    rocksdb::ColumnFamilyHandle* const handle = database_.families[file.family];
    if (args.empty() || args.back().column_family != handle) {
      args.emplace_back().column_family = handle;
      args.back().options.move_files = true;
      args.back().options.write_global_seqno = false;
    }
    args.back().external_files.push_back(file.path);
  }
  return FromRocks(database_.db->IngestExternalFiles(args), "putting an index in place");
}

}  // namespace tanhui::store
