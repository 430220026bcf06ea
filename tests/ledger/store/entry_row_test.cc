// Rows of several entries: the bytes of SCHEMA.md, and what no encoder makes.
#include "ledger/store/entry_row.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tanhui::store {
namespace {

using Entries = std::vector<std::string>;

Entries Decoded(std::string_view bytes) {
  const auto entries = DecodeEntryRow(bytes);
  return entries.has_value() ? Entries(entries->begin(), entries->end()) : Entries{"damaged"};
}

// Golden: the worked example of SCHEMA.md.
TEST(EntryRowTest, TheBytesOfARow) {
  const std::string row("\x00\x02\x00\x02\x00\x03\xaa\xbb\xcc\xdd\xee", 11);
  const Entries entries = {"\xaa\xbb", "\xcc\xdd\xee"};
  EXPECT_EQ(EncodeEntryRow(entries), row);
  EXPECT_EQ(Decoded(row), entries);
}

TEST(EntryRowTest, WhatNoEncoderMakesIsDamage) {
  const std::string row = EncodeEntryRow(Entries{"ab", "cde"});
  for (std::size_t size = 0; size < row.size(); ++size) {
    EXPECT_EQ(Decoded(std::string_view(row).substr(0, size)), Entries{"damaged"}) << size;
  }
  EXPECT_EQ(Decoded(row + "x"), Entries{"damaged"});
  EXPECT_EQ(Decoded(std::string(2, '\0')), Entries{"damaged"}) << "a row of nothing";
  EXPECT_EQ(Decoded("\xff\xff"), Entries{"damaged"}) << "more than there is";
}

TEST(EntryRowTest, RowsEndInTime) {
  EXPECT_EQ(EntriesOfRow(Entries(1'000, "x")), 64u);
  EXPECT_EQ(EntriesOfRow(Entries(3, "x")), 3u);
  EXPECT_EQ(EntriesOfRow(Entries(10, std::string(6'000, 'x'))), 2u) << "16 KiB";
  EXPECT_EQ(EntriesOfRow(Entries(2, std::string(60'000, 'x'))), 1u) << "one may be larger";
  const Entries largest = {std::string(65'535, 'x')};
  EXPECT_EQ(Decoded(EncodeEntryRow(largest)), largest);
}

}  // namespace
}  // namespace tanhui::store
