// The file in which a city hands out its items of a window, line by line; ITEMS.md has the grammar.
// Pure: whoever reads or writes it holds the file. A bad line spoils no other line.
#ifndef TANHUI_INTEROP_SETTLEMENT_ITEM_FILE_H_
#define TANHUI_INTEROP_SETTLEMENT_ITEM_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "interop/settlement/comparison.h"
#include "interop/settlement/item.h"
#include "ledger/merkle/running_hash.h"

namespace tanhui::settlement {

// The exchanges of one window that one city committed, as one of the two cities has them.
struct ItemTitle {
  std::uint64_t window = 0;
  std::string origin;       // name of the log of the city that committed them
  std::string destination;  // of the other one
  bool by_origin = true;    // whose books these are
  friend bool operator==(const ItemTitle&, const ItemTitle&) = default;
};

// Appends lines to `out`, which the caller may empty between the calls. One thread.
class ItemWriter {
 public:
  // Names are without blanks, commas and line ends (Check).
  ItemWriter(const ItemTitle& title, std::string& out);
  // Ids rise (Check). False, and nothing is written, when the sums would be too large.
  [[nodiscard]] bool Add(const Item& item, std::string& out);
  // The last line; nothing may follow.
  void End(std::string& out);

 private:
  void Append(std::string_view line, std::string& out);
  ItemSums sums_;
  std::optional<ExchangeId> last_;
  merkle::RunningSha256 hash_;
};

// A line that is none: what is wrong with it, for people.
struct BadLine {
  std::uint64_t line = 0;  // from 1
  std::string problem;
};
struct Skipped {};  // the title and the headings
// The file is whole: every line is what was written.
struct WholeFile {
  ItemSums sums;
};
using ItemLine = std::variant<Skipped, Item, BadLine, WholeFile>;

// Takes a file's lines one after the other. Items that came before a bad line stand. One thread.
class ItemReader {
 public:
  // Without its line end.
  ItemLine Take(std::string_view line);
  // Once the title was read.
  const std::optional<ItemTitle>& title() const { return title_; }
  // What is missing when there are no more lines; nullopt when the file ended as it should.
  std::optional<std::string> AtEnd() const;

 private:
  enum class Awaits { kTitle, kHeadings, kItems, kNothing };
  ItemLine TakeTitle(std::string_view line);
  ItemLine TakeItem(std::string_view line);
  ItemLine TakeEnd(std::string_view line);
  BadLine Bad(std::string_view problem);

  Awaits awaits_ = Awaits::kTitle;
  std::uint64_t lines_ = 0;
  std::uint64_t bad_ = 0;
  std::optional<ItemTitle> title_;
  std::optional<ExchangeId> last_;
  ItemSums sums_;
  merkle::RunningSha256 hash_;
};

std::string_view NameOf(ItemState state);

}  // namespace tanhui::settlement

#endif  // TANHUI_INTEROP_SETTLEMENT_ITEM_FILE_H_
