#include "interop/settlement/comparison.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace tanhui::settlement {
namespace {

using enum DifferenceClass;
using enum DifferenceKind;
using enum ItemState;

ExchangeId Id(std::uint8_t number) {
  ExchangeId id;
  id.bytes[7] = number;
  return id;
}

Item Of(std::uint8_t number, ItemState state) {
  Item item{
      .id = Id(number), .state = state, .points = 500, .grams = 1'000, .fen = 85, .terms = {}};
  item.terms.bytes[0] = number;
  return item;
}

ItemSource From(const std::vector<Item>& items) {
  return [&items, at = std::size_t{0}]() mutable {
    return at < items.size() ? std::optional(items[at++]) : std::nullopt;
  };
}

struct Told {
  std::optional<Compared> sums;
  std::vector<std::string> differences;
};

Told CompareAll(const std::vector<Item>& origin, const std::vector<Item>& destination,
                const std::vector<ExchangeId>& open_before = {}) {
  Told told;
  const Patience patience{[&open_before](const ExchangeId& id) {
    return std::find(open_before.begin(), open_before.end(), id) != open_before.end();
  }};
  told.sums = Compare(From(origin), From(destination), patience, [&told](const Difference& one) {
    told.differences.push_back(std::to_string(one.id.bytes[7]) + " " +
                               std::string(NameOf(one.kind)) + " " +
                               std::string(NameOf(one.difference_class)));
  });
  return told;
}

TEST(WindowComparison, WhatBothHaveAlikeSettles) {
  const Told told =
      CompareAll({Of(1, kCommitted), Of(2, kCommitted)}, {Of(1, kConfirmed), Of(2, kConfirmed)});
  ASSERT_TRUE(told.sums.has_value());
  EXPECT_TRUE(told.sums->AllAgreed());
  EXPECT_EQ(told.sums->agreed, (ItemSums{2, 1'000, 2'000, 170}));
  EXPECT_TRUE(told.differences.empty());
}

TEST(WindowComparison, NamesEachDifferenceAndWhatIsDoneAboutIt) {
  Item dearer = Of(4, kConfirmed);
  dearer.fen = 86;
  Item other = Of(5, kConfirmed);
  other.terms.bytes[1] = 1;
  const Told told =
      CompareAll({Of(1, kCommitted), Of(2, kCommitted), Of(4, kCommitted), Of(5, kCommitted),
                  Of(6, kCommitted), Of(7, kCommitted), Of(8, kCommitted), Of(8, kCommitted)},
                 {Of(2, kConfirmed), Of(3, kConfirmed), dearer, other, Of(6, kPending),
                  Of(7, kCancelled), Of(8, kConfirmed), Of(9, kPending)});
  EXPECT_EQ(told.differences,
            (std::vector<std::string>{"1 missing_at_destination timing",
                                      "3 missing_at_origin contested", "4 amount error",
                                      "5 amount contested", "6 state timing", "7 state contested",
                                      "8 claimed_twice error", "9 missing_at_origin timing"}));
  ASSERT_TRUE(told.sums.has_value());
  EXPECT_EQ(told.sums->agreed.items, 2u);
  EXPECT_EQ(told.sums->of(kAmount).items, 2u);
  EXPECT_EQ(told.sums->of(kTiming).items, 3u);
  EXPECT_EQ(told.sums->of(kError).items, 2u);
  EXPECT_EQ(told.sums->of(kContested).items, 3u);
}

TEST(WindowComparison, WhatWasOpenBeforeAndIsStillIsContested) {
  const Told told = CompareAll({Of(1, kCommitted), Of(2, kCommitted), Of(3, kCommitted)},
                               {Of(3, kPending)}, {Id(2), Id(3)});
  EXPECT_EQ(told.differences,
            (std::vector<std::string>{"1 missing_at_destination timing",
                                      "2 missing_at_destination contested", "3 state contested"}));
}

TEST(WindowComparison, OutOfOrderOrTooMuchIsNoAnswer) {
  EXPECT_FALSE(CompareAll({Of(2, kCommitted), Of(1, kCommitted)}, {}).sums.has_value());
  Item much = Of(1, kCommitted);
  much.points = INT64_MAX;
  EXPECT_FALSE(CompareAll({much, Of(2, kCommitted)}, {}).sums.has_value());
}

// Against maps of both sides: each id is told once, or settles, and the sums are all items.
RC_GTEST_PROP(WindowComparisonProperty, AsMapsSay, ()) {
  const auto side = [](ItemState most) {
    std::vector<Item> items;
    for (std::uint8_t number = 1; number < 40; ++number) {
      if (*rc::gen::inRange(0, 3) != 0) {
        Item item = Of(number, most);
        item.points += *rc::gen::inRange(0, 8) == 0 ? 1 : 0;
        items.push_back(item);
      }
    }
    return items;
  };
  const std::vector<Item> origin = side(kCommitted);
  const std::vector<Item> destination = side(kConfirmed);
  std::map<ExchangeId, std::pair<const Item*, const Item*>> both;
  for (const Item& item : origin) {
    both[item.id].first = &item;
  }
  for (const Item& item : destination) {
    both[item.id].second = &item;
  }
  std::vector<std::string> expected;
  std::uint64_t agreed = 0;
  for (const auto& [id, items] : both) {
    const std::string name = std::to_string(id.bytes[7]);
    if (items.first == nullptr) {
      expected.push_back(name + " missing_at_origin contested");
    } else if (items.second == nullptr) {
      expected.push_back(name + " missing_at_destination timing");
    } else if (items.first->points != items.second->points) {
      expected.push_back(name + " amount error");
    } else {
      ++agreed;
    }
  }
  const Told told = CompareAll(origin, destination);
  RC_ASSERT(told.differences == expected);
  RC_ASSERT(told.sums->agreed.items == agreed);
}

}  // namespace
}  // namespace tanhui::settlement
