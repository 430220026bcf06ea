// A closed ledger whose entries a test forges one at a time: the audit must tell the difference at
// that very entry, and never abort.
#ifndef TANHUI_TESTS_LEDGER_SEQUENCER_FORGED_TOWN_H_
#define TANHUI_TESTS_LEDGER_SEQUENCER_FORGED_TOWN_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ledger/sequencer/raw_database.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {

class ForgedTown : public testing::Test {
 protected:
  using Edit = std::function<void(Entry&)>;

  // Each edit alone: the audit's first difference must be of that entry. Answers all of them.
  std::vector<std::string> ExpectEach(std::uint64_t index, const std::vector<Edit>& edits) {
    std::vector<std::string> differences;
    for (const Edit& edit : edits) {
      std::string before;
      Change(index, [&](std::string& bytes) {
        before = bytes;
        Entry entry;
        Check(entry.ParseFromString(bytes), "an entry of a test");
        edit(entry);
        bytes = entry.SerializeAsString();
      });
      differences.push_back(Difference());
      EXPECT_TRUE(differences.back().starts_with(absl::StrCat("entry ", index, ": ")))
          << "entry " << index << " edit " << differences.size() - 1 << ": \"" << differences.back()
          << "\"";
      Change(index, [&](std::string& bytes) { bytes = before; });
    }
    EXPECT_EQ(Difference(), "");
    return differences;
  }

  // What the audit finds first; empty: nothing.
  std::string Difference() const {
    store::StoreOptions options;
    options.path = town_.directory() + "/db";
    options.read_only = true;
    const auto store = store::Store::Open(options);
    Check(store.ok(), store.status().ToString());
    AuditOptions audit;
    audit.redecide = true;
    const auto report = Audit(TestLedger(), **store, audit);
    return report.ok() ? report->difference : report.status().ToString();
  }
  void Change(std::uint64_t index, const std::function<void(std::string&)>& change) {
    RawDatabase raw(town_.directory() + "/db");
    raw.EditEntryBytes(index, change);
  }

  Town town_;  // closed by SetUp of whoever derives
};

}  // namespace tanhui::sequencer

#endif  // TANHUI_TESTS_LEDGER_SEQUENCER_FORGED_TOWN_H_
