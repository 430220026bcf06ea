#include "ledger/store/index/key_ceilings.h"

#include <rocksdb/iterator.h>

#include <algorithm>
#include <memory>

namespace tanhui::store {

std::string& KeyCeilings::CeilingOf(std::string_view beginning) {
  std::string& ceiling = ceilings_[std::string(beginning)];
  if (ceiling.empty()) {
    const std::unique_ptr<rocksdb::Iterator> it(
        database_.db->NewIterator(rocksdb::ReadOptions(), database_.families[kRequests]));
    // No key is as long.
    it->SeekForPrev(std::string(beginning) + std::string(80, '\xff'));
    const bool found = it->Valid() && it->key().starts_with({beginning.data(), beginning.size()});
    // What cannot be read is never above it: whoever reads then learns of the damage.
    ceiling = it->status().ok() ? (found ? it->key().ToString() : std::string(beginning))
                                : std::string(80, '\xff');
  }
  return ceiling;
}

void KeyCeilings::Raise(const std::vector<RowTable::Row>& rows) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // The last one of each beginning.
    const std::string_view beginning = rows[i].key.substr(0, kBeginning);
    if (i + 1 == rows.size() || rows[i + 1].key.substr(0, kBeginning) != beginning) {
      std::string& ceiling = CeilingOf(beginning);
      ceiling = std::max(ceiling, std::string(rows[i].key));
    }
  }
}

void KeyCeilings::Filter(const std::vector<std::string_view>& keys,
                         std::vector<std::size_t>& wanted) {
  const std::lock_guard lock(mutex_);
  std::string_view beginning;  // of the key before: mostly the same
  std::string_view ceiling;
  const auto above = [&](std::size_t i) {
    if (beginning.empty() || keys[i].substr(0, kBeginning) != beginning) {
      beginning = keys[i].substr(0, kBeginning);
      ceiling = CeilingOf(beginning);
    }
    return keys[i] > ceiling;
  };
  wanted.erase(std::remove_if(wanted.begin(), wanted.end(), above), wanted.end());
}

}  // namespace tanhui::store
