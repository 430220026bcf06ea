// Words for checking what people wrote into a document: what is wrong, and where.
#ifndef TANHUI_LEDGER_RULES_DOCUMENT_CHECK_H_
#define TANHUI_LEDGER_RULES_DOCUMENT_CHECK_H_

#include <google/protobuf/message.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/core/business_time.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::rules {

// What is wrong with a document: where, such as rules[3].rates[0].grams, and what, for people.
struct Problem {
  std::string path;
  std::string problem;
  friend bool operator==(const Problem&, const Problem&) = default;
};

// What was found wrong, in the order in which it was looked for; nothing when all is right. The
// ledger refuses with the first; the others are for whoever wrote the document.
class Found {
 public:
  static constexpr std::size_t kMost = 50;  // further ones are not kept

  Found() = default;
  Found(std::nullopt_t) {}
  Found(Problem problem) { all_.push_back(std::move(problem)); }

  bool has_value() const { return !all_.empty(); }
  explicit operator bool() const { return has_value(); }
  // The first, when there is one.
  const Problem& operator*() const { return all_.front(); }
  const Problem* operator->() const { return &all_.front(); }
  const std::vector<Problem>& all() const& { return all_; }
  std::vector<Problem> all() && { return std::move(all_); }
  bool full() const { return all_.size() >= kMost; }

  void Add(const Found& more);

 private:
  friend Found Inside(std::string_view field, Found found);
  std::vector<Problem> all_;
};

// Of texts for people, bytes.
inline constexpr std::size_t kMaxDisplayName = 200;
inline constexpr std::size_t kMaxSourceText = 1'000;
// Of codes: rule sets, catalogues, rates, caps, cities, assets, budgets; and of words: scenarios,
// categories, kinds.
inline constexpr std::size_t kMaxCode = 40;
inline constexpr std::size_t kMaxWord = 32;

// A problem unless it holds.
inline Found Want(bool holds, std::string_view path, std::string_view problem) {
  return holds ? std::nullopt : Found(Problem{std::string(path), std::string(problem)});
}
// What is wrong with any of the parts.
Found Collected(std::initializer_list<Found> parts);
// The same problems seen from the message around.
Found Inside(std::string_view field, Found found);

// What `check` finds among the rows of a repeated field.
template <typename Rows, typename Check>
Found Each(std::string_view field, const Rows& rows, Check check) {
  Found all;
  for (int i = 0; i < rows.size() && !all.full(); ++i) {
    if (Found found = check(rows.Get(i))) {
      all.Add(Inside(std::string(field) + "[" + std::to_string(i) + "]", std::move(found)));
    }
  }
  return all;
}

// A problem at the first row whose key came before. `rest` is the path of the key in the row.
template <typename Rows, typename Key>
Found Unique(std::string_view field, const Rows& rows, std::string_view rest, Key key) {
  std::vector<std::pair<decltype(key(rows.Get(0))), int>> keys;
  for (int i = 0; i < rows.size(); ++i) {
    keys.emplace_back(key(rows.Get(i)), i);
  }
  std::sort(keys.begin(), keys.end());
  int again = std::numeric_limits<int>::max();
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (keys[i].first == keys[i - 1].first) {
      again = std::min(again, keys[i].second);
    }
  }
  if (again == std::numeric_limits<int>::max()) {
    return std::nullopt;
  }
  const std::string row = std::string(field) + "[" + std::to_string(again) + "]";
  return Problem{rest.empty() ? row : row + "." + std::string(rest), "stands twice"};
}

Found WantCode(std::string_view text, std::string_view path);  // 1 to 40 of a-z, 0-9, - and _
Found WantWord(std::string_view text, std::string_view path);  // 1 to 32 of a-z, 0-9 and _
// 1 to `most` bytes.
Found WantText(std::string_view text, std::size_t most, std::string_view path);
Found WantAtMost(std::uint64_t number, std::uint64_t most, std::string_view path);
Found WantDate(std::string_view text, std::string_view path);
// Both dates, the second not before the first.
Found WantDates(std::string_view first, std::string_view last, std::string_view first_path,
                std::string_view last_path);
// Mark and text.
Found WantSource(const entry::v1::Source& source, std::string_view path);
// What every document begins with; see RuleSet.
Found WantHeading(std::string_view code, std::uint32_t version, std::string_view first_date,
                  std::string_view display_name);

// Exactly YYYY-MM-DD, from 1991 to 9999; nullopt for anything else, impossible dates included.
std::optional<BusinessDate> ReadDate(std::string_view text);
// The date of a text that was checked; day 0 for an empty one.
BusinessDate CheckedDate(std::string_view text);

// A field that this program does not know stands somewhere in the message.
bool HasUnknownField(const google::protobuf::Message& message);

// nullopt when the bytes are no such message, or one of a newer format.
template <typename Message>
std::optional<Message> ReadDocument(std::string_view bytes) {
  Message message;
  if (bytes.size() > std::numeric_limits<int>::max() ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      HasUnknownField(message)) {
    return std::nullopt;
  }
  return message;
}

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_DOCUMENT_CHECK_H_
