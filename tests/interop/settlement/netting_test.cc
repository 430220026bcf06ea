#include "interop/settlement/netting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

namespace tanhui::settlement {
namespace {

using testing::ElementsAre;
using Payments = std::vector<Payment>;

Payments Netted(const std::vector<Obligation>& obligations, const NettingOptions& options) {
  return Net(obligations, options).value_or(Payments{{"refused", "", 0}});
}

TEST(NettingTest, ByHand) {
  const std::vector<Obligation> items = {
      {"cd", "cq", 70}, {"cq", "cd", 100}, {"cq", "wh", 40}, {"wh", "cd", 40}, {"cd", "cq", 5}};
  EXPECT_THAT(Netted(items, {Netting::kGross, 0}),
              ElementsAre(Payment{"cd", "cq", 75}, Payment{"cq", "cd", 100},
                          Payment{"cq", "wh", 40}, Payment{"wh", "cd", 40}));
  EXPECT_THAT(
      Netted(items, {Netting::kBilateral, 0}),
      ElementsAre(Payment{"cq", "cd", 25}, Payment{"cq", "wh", 40}, Payment{"wh", "cd", 40}));
  EXPECT_THAT(Netted(items, {Netting::kMultilateral, 0}), ElementsAre(Payment{"cq", "cd", 65}));
  EXPECT_THAT(Netted(items, {Netting::kBilateral, 100}),
              ElementsAre(Payment{"cd", "cq", 75}, Payment{"cq", "cd", 100},
                          Payment{"cq", "wh", 40}, Payment{"wh", "cd", 40}))
      << "the large item is paid by itself";
}

TEST(NettingTest, WhatIsEvenIsNotPaid) {
  const std::vector<Obligation> items = {{"a", "b", 9}, {"b", "c", 9}, {"c", "a", 9}};
  EXPECT_THAT(Netted(items, {Netting::kMultilateral, 0}), ElementsAre());
  EXPECT_THAT(Netted({{"a", "b", 9}, {"b", "a", 9}}, {Netting::kBilateral, 0}), ElementsAre());
  EXPECT_THAT(Netted({}, {Netting::kBilateral, 0}), ElementsAre());
}

TEST(NettingTest, WhatCannotBe) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(Net(std::vector<Obligation>{{"a", "a", 1}}, {}).has_value());
  EXPECT_FALSE(Net(std::vector<Obligation>{{"a", "b", 0}}, {}).has_value());
  EXPECT_FALSE(Net(std::vector<Obligation>{{"a", "", 1}}, {}).has_value());
  EXPECT_FALSE(Net(std::vector<Obligation>{{"a", "b", kLargest}, {"a", "b", 1}}, {}).has_value());
  EXPECT_TRUE(Net(std::vector<Obligation>{{"a", "b", kLargest}, {"b", "a", 1}}, {}).has_value());
}

std::vector<Obligation> AnyObligations() {
  const std::vector<City> cities = {"cd", "cq", "gy", "km", "wh"};
  std::vector<Obligation> out;
  const auto count = *rc::gen::inRange<std::size_t>(0, 40);
  for (std::size_t i = 0; i < count; ++i) {
    const auto debtor = *rc::gen::inRange<std::size_t>(0, cities.size());
    const auto creditor =
        (debtor + *rc::gen::inRange<std::size_t>(1, cities.size())) % cities.size();
    out.push_back({cities[debtor], cities[creditor], *rc::gen::inRange<std::int64_t>(1, 1'000)});
  }
  return out;
}

// However it is netted, every city ends with the same.
RC_GTEST_PROP(NettingProperty, NobodyGainsByNetting, ()) {
  const std::vector<Obligation> items = AnyObligations();
  std::map<City, std::int64_t> owes;
  for (const Obligation& item : items) {
    owes[item.debtor] += item.fen;
    owes[item.creditor] -= item.fen;
  }
  for (const Netting netting : {Netting::kGross, Netting::kBilateral, Netting::kMultilateral}) {
    const auto gross_from = *rc::gen::element<std::int64_t>(0, 500);
    const auto payments = Net(items, {netting, gross_from});
    RC_ASSERT(payments.has_value());
    std::map<City, std::int64_t> left = owes;
    for (const Payment& payment : *payments) {
      RC_ASSERT(payment.fen > 0);
      left[payment.payer] -= payment.fen;
      left[payment.payee] += payment.fen;
    }
    for (const auto& [city, fen] : left) {
      RC_ASSERT(fen == 0);
    }
    if (netting == Netting::kMultilateral && gross_from == 0) {
      RC_ASSERT(payments->size() <= 4U);
    }
  }
}

// The order in which items come changes nothing.
RC_GTEST_PROP(NettingProperty, EverybodyWritesTheSameList, ()) {
  std::vector<Obligation> items = AnyObligations();
  const auto before = Net(items, {Netting::kMultilateral, 700});
  std::reverse(items.begin(), items.end());
  RC_ASSERT(Net(items, {Netting::kMultilateral, 700}) == before);
}

}  // namespace
}  // namespace tanhui::settlement
