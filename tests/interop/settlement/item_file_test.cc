#include "interop/settlement/item_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace tanhui::settlement {
namespace {

Item Of(std::uint8_t number, ItemState state) {
  Item item{.id = {}, .state = state, .points = 500, .grams = 1'000, .fen = 85, .terms = {}};
  item.id.bytes[7] = number;
  item.terms.bytes[31] = number;
  return item;
}

ItemTitle March() { return {7, "cq.example/log", "cd.example/log", true}; }

std::string FileOf(const std::vector<Item>& items) {
  std::string out;
  ItemWriter writer(March(), out);
  for (const Item& item : items) {
    EXPECT_TRUE(writer.Add(item, out));
  }
  writer.End(out);
  return out;
}

struct ReadFile {
  ItemReader reader;
  std::vector<Item> items;
  std::vector<std::string> bad;
  bool whole = false;
};

ReadFile Read(std::string_view text) {
  ReadFile file;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const ItemLine line = file.reader.Take(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (const auto* item = std::get_if<Item>(&line)) {
      file.items.push_back(*item);
    } else if (const auto* bad = std::get_if<BadLine>(&line)) {
      file.bad.push_back(std::to_string(bad->line) + " " + bad->problem);
    } else {
      file.whole = file.whole || std::holds_alternative<WholeFile>(line);
    }
  }
  return file;
}

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

const std::vector<Item> kTwo = {Of(1, ItemState::kCommitted), Of(2, ItemState::kCommitted)};

TEST(ItemFile, IsAsThePageShows) {
  EXPECT_EQ(FileOf(kTwo),
            "#tanhui-window 1,7,cq.example/log,cd.example/log,origin\n"
            "exchange_id,state,points,grams,fen,terms\n"
            "00000000000000010000000000000000,committed,500,1000,85,"
            "0000000000000000000000000000000000000000000000000000000000000001\n"
            "00000000000000020000000000000000,committed,500,1000,85,"
            "0000000000000000000000000000000000000000000000000000000000000002\n"
            "#end,2,1000,2000,170,"
            "00db32d32c55605c854605f27b6c816b0df22026003d6533e93ed71a4a838de3\n");
}

TEST(ItemFile, IsReadAsItWasWritten) {
  const ReadFile file = Read(FileOf(kTwo));
  EXPECT_EQ(file.items, kTwo);
  EXPECT_TRUE(file.whole);
  EXPECT_TRUE(file.bad.empty());
  EXPECT_EQ(file.reader.title(), March());
  EXPECT_FALSE(file.reader.AtEnd().has_value());
}

TEST(ItemFile, AGoodLineIsKeptBesideABadOne) {
  const ReadFile file = Read(Replaced(FileOf(kTwo), "committed", "comitted"));
  ASSERT_EQ(file.items.size(), 1u);
  EXPECT_EQ(file.items[0], kTwo[1]);
  EXPECT_FALSE(file.whole);
  ASSERT_EQ(file.bad.size(), 2u);
  EXPECT_EQ(file.bad[0], "3 state should be committed, confirmed, pending or cancelled");
  EXPECT_TRUE(file.bad[1].starts_with("5 lines before are bad")) << file.bad[1];
}

TEST(ItemFile, ACutFileSaysSo) {
  const std::string whole = FileOf(kTwo);
  for (std::size_t length = 0; length < whole.size() - 1; ++length) {
    const ReadFile file = Read(whole.substr(0, length));
    EXPECT_FALSE(file.whole) << length;
    EXPECT_TRUE(file.reader.AtEnd().has_value() || !file.bad.empty()) << length;
  }
}

TEST(ItemFile, ALineLessOrChangedIsFound) {
  const std::string whole = FileOf(kTwo);
  const std::size_t second = whole.find("0000000000000002");
  std::string less = whole;
  less.erase(second, whole.find('\n', second) + 1 - second);
  EXPECT_FALSE(Read(less).whole);
  EXPECT_FALSE(Read(Replaced(whole, "cd.example", "ce.example")).whole) << "the hash";
  EXPECT_FALSE(Read(whole + "#end,0,0,0,0,\n").bad.empty());
  const ReadFile doubled = Read(Replaced(whole, "00000000000000020000", "00000000000000010000"));
  ASSERT_FALSE(doubled.bad.empty());
  EXPECT_EQ(doubled.bad[0], "4 the exchange is in the line before, too");
}

// No byte that is changed goes unnoticed, and no text stops the reader.
RC_GTEST_PROP(ItemFileProperty, AChangedByteIsNoticed, ()) {
  std::string text = FileOf(kTwo);
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size() - 1);
  const auto byte = *rc::gen::arbitrary<char>();
  RC_PRE(text[at] != byte);
  text[at] = byte;
  RC_ASSERT(!Read(text).whole);
}

}  // namespace
}  // namespace tanhui::settlement
