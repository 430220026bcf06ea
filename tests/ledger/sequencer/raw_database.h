// A database under a store's feet, to be damaged and forged.
#ifndef TANHUI_TESTS_LEDGER_SEQUENCER_RAW_DATABASE_H_
#define TANHUI_TESTS_LEDGER_SEQUENCER_RAW_DATABASE_H_

#include <rocksdb/db.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/core/check.h"
#include "ledger/core/ledger.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/tree.h"
#include "ledger/store/entry_row.h"
#include "ledger/store/index/index_writer.h"
#include "ledger/store/record.h"
#include "ledger/store/store_open.h"

namespace tanhui::sequencer {

using store::Family;

// The families of a database that no store has open.
class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path) {
    store::StoreOptions options;
    options.path = path;
    auto database = store::OpenDatabase(options);
    Check(database.ok(), database.status().ToString());
    database_ = *std::move(database);
  }
  ~RawDatabase() { store::CloseFamilies(database_); }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  std::string Get(Family family, const std::string& key) {
    std::string value;
    Check(database_.db->Get({}, database_.families[family], key, &value).ok(), "a stored record");
    return value;
  }
  void Put(Family family, const std::string& key, const std::string& value) {
    Check(database_.db->Put({}, database_.families[family], key, value).ok(), "a write");
  }
  void Delete(Family family, const std::string& key) {
    Check(database_.db->Delete({}, database_.families[family], key).ok(), "a write");
  }

  // Changes some bytes of a record.
  void Edit(Family family, const std::string& key, const std::function<void(std::string&)>& edit) {
    std::string value = Get(family, key);
    edit(value);
    Put(family, key, value);
  }
  // One entry, whatever row it stands in; each entry of the row has a row of its own afterwards.
  void EditEntryBytes(std::uint64_t index, const std::function<void(std::string&)>& edit) {
    SplitRow(index);
    Edit(store::kEntries, store::EncodeU64(index), [&](std::string& row) {
      std::string bytes(store::DecodeEntryRow(row).value().at(0));
      edit(bytes);
      row = store::EncodeEntryRow(std::vector{bytes});
    });
  }
  void DeleteEntry(std::uint64_t index) {
    SplitRow(index);
    Delete(store::kEntries, store::EncodeU64(index));
  }
  void EditEntry(std::uint64_t index, const std::function<void(Entry&)>& edit) {
    EditEntryBytes(index, [&](std::string& bytes) {
      Entry entry;
      Check(entry.ParseFromString(bytes), "an entry of a test");
      edit(entry);
      bytes = entry.SerializeAsString();
    });
  }
  void EditAccount(AccountNo number, const std::function<void(Account&)>& edit) {
    Edit(store::kAccounts, store::EncodeU64(number.value()), [&](std::string& bytes) {
      Account account = store::DecodeAccount(bytes).value();
      edit(account);
      bytes = store::EncodeAccount(account);
    });
  }
  void EditHead(const std::function<void(store::StoredHead&)>& edit) {
    EditHead(store::kMeta, "head", edit);
  }
  // That of the indexes, which are complete.
  void EditMark(const std::function<void(store::StoredHead&)>& edit) {
    EditHead(store::kIndexed, store::kMarkKey, edit);
  }
  void PutEntry(std::uint64_t index, const std::string& bytes) {
    Put(store::kEntries, store::EncodeU64(index), store::EncodeEntryRow(std::vector{bytes}));
  }
  // Makes tiles and root fit the entries, as a forger would.
  void HashAgain() {
    store::StoredHead head = store::DecodeHead(Get(store::kMeta, "head")).value();
    merkle::TreeBuilder tree;
    for (std::uint64_t i = 0; i < head.head.size; ++i) {
      EditEntryBytes(i, [&](const std::string& bytes) { tree.Append(merkle::LeafHash(bytes)); });
    }
    for (const merkle::FullTile& tile : tree.Grow().completed) {
      Put(store::kTiles, store::TileKey(tile.id), merkle::EncodeTile(tile.hashes));
    }
    EditHead([&](store::StoredHead& stored) { stored.root = tree.Root(); });
    EditMark([&](store::StoredHead& stored) { stored.root = tree.Root(); });
  }

 private:
  void EditHead(Family family, const std::string& key,
                const std::function<void(store::StoredHead&)>& edit) {
    Edit(family, key, [&](std::string& bytes) {
      store::StoredHead head = store::DecodeHead(bytes).value();
      edit(head);
      bytes = store::EncodeHead(head);
    });
  }
  void SplitRow(std::uint64_t index) {
    std::uint64_t first = index;
    std::string row;
    while (
        !database_.db->Get({}, database_.families[store::kEntries], store::EncodeU64(first), &row)
             .ok()) {
      Check(first-- > 0, "an entry of a test is in no row");
    }
    const auto entries = store::DecodeEntryRow(row).value();
    for (const std::string_view bytes : entries) {
      Put(store::kEntries, store::EncodeU64(first++),
          store::EncodeEntryRow(std::vector{std::string(bytes)}));
    }
  }

  store::Database database_;
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_TESTS_LEDGER_SEQUENCER_RAW_DATABASE_H_
