// The arithmetic of discounts: worked examples, and what holds of any order in any pieces.
#include "ledger/coupons/discount.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace tanhui::coupons {
namespace {

Value Face(std::int64_t face, std::int64_t threshold = 0) {
  Value value;
  value.face = Amount(face);
  value.threshold = Amount(threshold);
  return value;
}

Value Part(std::uint32_t percent, std::int64_t ceiling) {
  Value value;
  value.percent = percent;
  value.ceiling = Amount(ceiling);
  return value;
}

std::vector<Line> Goods(const std::vector<std::int64_t>& fen) {
  std::vector<Line> lines;
  for (const std::int64_t line : fen) {
    lines.push_back({Amount(line), true});
  }
  return lines;
}

std::vector<Amount> Amounts(const std::vector<std::int64_t>& fen) {
  return std::vector<Amount>(fen.begin(), fen.end());
}

TEST(Discount, IsTheFaceOrAPartOfWhatCounts) {
  EXPECT_EQ(DiscountFor(Face(2'000), Amount(10'000)), Amount(2'000));
  EXPECT_EQ(DiscountFor(Face(2'000), Amount(1'999)), Amount(1'999));
  EXPECT_EQ(DiscountFor(Face(2'000), Amount(0)), Amount(0));
  EXPECT_EQ(DiscountFor(Part(150, 5'000), Amount(9'999)), Amount(1'499));
  EXPECT_EQ(DiscountFor(Part(150, 5'000), Amount(40'000)), Amount(5'000));
  EXPECT_EQ(DiscountFor(Part(150, 5'000), Amount(6)), Amount(0));
  EXPECT_EQ(DiscountFor(Part(1'000, kMaxFen), Amount(kMaxFen)), Amount(kMaxFen));
  EXPECT_EQ(MaxDiscount(Face(2'000)), Amount(2'000));
  EXPECT_EQ(MaxDiscount(Part(150, 5'000)), Amount(5'000));
}

TEST(Discount, LinesOfOtherGoodsDoNotCount) {
  EXPECT_EQ(Eligible(std::vector<Line>{
                {Amount(300), true}, {Amount(500), false}, {Amount(0), true}, {Amount(7), true}}),
            Amount(307));
  EXPECT_EQ(Eligible({}), Amount(0));
  const std::vector<Line> most(kMaxLines, {Amount(kMaxFen), true});
  EXPECT_EQ(Eligible(most), Amount(kMaxFen * static_cast<std::int64_t>(kMaxLines)));
}

TEST(Discount, TheMerchantsPartIsRoundedDownAndTheFundersMayHaveALimit) {
  Value value = Face(2'000);
  EXPECT_EQ(Funded(value, Amount(2'000)), Amount(2'000));
  value.own_permille = 100;
  EXPECT_EQ(Funded(value, Amount(2'000)), Amount(1'800));
  EXPECT_EQ(Funded(value, Amount(9)), Amount(9));
  EXPECT_EQ(Funded(value, Amount(10)), Amount(9));
  value.funded_ceiling = Amount(1'000);
  EXPECT_EQ(Funded(value, Amount(2'000)), Amount(1'000));
  EXPECT_EQ(Funded(value, Amount(500)), Amount(450));
  value.own_permille = kWholePermille;
  EXPECT_EQ(Funded(value, Amount(2'000)), Amount(0));
}

TEST(Discount, AfterAReviewFundersPayTheirShareOfWhatIsLeft) {
  Value value = Face(2'000);
  value.own_permille = 100;
  EXPECT_EQ(FundedAfter(value, Amount(2'000), std::nullopt, Amount(0)), Amount(1'800));
  EXPECT_EQ(FundedAfter(value, Amount(2'000), std::nullopt, Amount(500)), Amount(1'350));
  const Approval half{Amount(675), Amount(500)};  // of the 1,350 that were left
  EXPECT_EQ(FundedAfter(value, Amount(2'000), half, Amount(500)), Amount(675));
  EXPECT_EQ(FundedAfter(value, Amount(2'000), half, Amount(1'000)), Amount(450));
  EXPECT_EQ(FundedAfter(value, Amount(2'000), half, Amount(1'999)), Amount(0));
  EXPECT_EQ(FundedAfter(value, Amount(2'000), half, Amount(2'000)), Amount(0));
  const Approval all_was_back{Amount(0), Amount(2'000)};
  EXPECT_EQ(FundedAfter(value, Amount(2'000), all_was_back, Amount(2'000)), Amount(0));
}

// What one refund does, in words: "goods 300 discount 60 of 100 0 200", "whole" behind it when
// nothing of the discount is left; or why it is refused.
std::string BackText(const std::variant<GivenBack, NotBack>& back) {
  if (const auto* why = std::get_if<NotBack>(&back)) {
    const std::string left = " left " + std::to_string(why->left.units());
    switch (why->why) {
      case NotBack::Why::kNoSuchLine:
        return "no line " + std::to_string(why->line);
      case NotBack::Why::kMoreThanLeft:
        return "line " + std::to_string(why->line) + left;
      case NotBack::Why::kBelowThreshold:
        return "below" + left;
    }
  }
  const auto& given = std::get<GivenBack>(back);
  std::string out = "goods " + std::to_string(given.goods.units()) + " discount " +
                    std::to_string(given.discount.units()) + " of";
  for (const Amount line : given.lines) {
    out += " " + std::to_string(line.units());
  }
  return out + (given.whole ? " whole" : "");
}

struct BackCase {
  ReturnPolicy policy;
  std::vector<std::int64_t> before;
  std::int64_t discount_before;
  std::vector<Back> parts;
  std::string expected;
};

TEST(GiveBack, FollowsThePolicy) {
  // 20 yuan off from 100 yuan on: lines of 50, 30, 40.
  const Value value = Face(2'000, 10'000);
  const std::vector<Line> lines = Goods({5'000, 3'000, 4'000});
  const ReturnPolicy apportion = ReturnPolicy::kApportion;
  const ReturnPolicy withdraw = ReturnPolicy::kWithdraw;
  const ReturnPolicy whole = ReturnPolicy::kWholeOrder;
  const std::vector<BackCase> cases = {
      {apportion, {}, 0, {{0, Amount(5'000)}}, "goods 5000 discount 833 of 5000 0 0"},
      {apportion, {}, 0, {{1, Amount(3'000)}}, "goods 3000 discount 500 of 0 3000 0"},
      {apportion, {}, 0, {{2, Amount(1)}}, "goods 1 discount 0 of 0 0 1"},
      {apportion,
       {5'000, 3'000},
       1'333,
       {{2, Amount(4'000)}},
       "goods 4000 discount 667 of 5000 3000 4000 whole"},
      // 100 yuan are left: the threshold is kept.
      {withdraw, {}, 0, {{2, Amount(2'000)}}, "goods 2000 discount 333 of 0 0 2000"},
      {withdraw, {}, 0, {{2, Amount(2'001)}}, "goods 2001 discount 2000 of 0 0 2001 whole"},
      {withdraw, {0, 0, 1'500}, 250, {{2, Amount(501)}}, "goods 501 discount 501 of 0 0 2001"},
      {withdraw,
       {0, 0, 2'001},
       751,
       {{0, Amount(5'000)}},
       "goods 5000 discount 1249 of 5000 0 2001 whole"},
      {withdraw,
       {0, 0, 2'001},
       2'000,
       {{0, Amount(5'000)}},
       "goods 5000 discount 0 of 5000 0 2001 whole"},
      {whole, {}, 0, {{2, Amount(2'000)}}, "goods 2000 discount 333 of 0 0 2000"},
      {whole, {}, 0, {{2, Amount(2'001)}}, "below left 9999"},
      {whole,
       {},
       0,
       {{0, Amount(5'000)}, {1, Amount(3'000)}, {2, Amount(4'000)}},
       "goods 12000 discount 2000 of 5000 3000 4000 whole"},
      {apportion, {}, 0, {{3, Amount(1)}}, "no line 3"},
      {apportion, {}, 0, {{0, Amount(0)}}, "no line 0"},
      {apportion, {}, 0, {{0, Amount(-1)}}, "no line 0"},
      {apportion, {}, 0, {{1, Amount(1)}, {1, Amount(1)}}, "no line 1"},
      {apportion, {}, 0, {{1, Amount(1)}, {0, Amount(1)}}, "no line 0"},
      {apportion, {}, 0, {{1, Amount(3'001)}}, "line 1 left 3000"},
      {apportion, {0, 2'999}, 499, {{1, Amount(2)}}, "line 1 left 1"},
  };
  for (const BackCase& c : cases) {
    EXPECT_EQ(BackText(GiveBack(value, c.policy, lines, Amount(2'000), Amounts(c.before),
                                Amount(c.discount_before), c.parts)),
              c.expected);
  }
}

TEST(GiveBack, GoodsThatDoNotCountTakeNothingAlong) {
  const std::vector<Line> lines = {{Amount(10'000), true}, {Amount(7'000), false}};
  EXPECT_EQ(BackText(GiveBack(Face(2'000, 10'000), ReturnPolicy::kWithdraw, lines, Amount(2'000),
                              {}, Amount(0), std::vector<Back>{{1, Amount(7'000)}})),
            "goods 7000 discount 0 of 0 7000");
}

// --- what holds of any order ---

struct Order {
  Value value;
  ReturnPolicy policy = ReturnPolicy::kApportion;
  std::vector<Line> lines;
  Amount discount;
};

std::int64_t UpTo(std::int64_t most) { return *rc::gen::inRange<std::int64_t>(0, most + 1); }

Order AnyOrder() {
  Order order;
  // Small amounts, where rounding shows, and the largest there are.
  const std::int64_t most = *rc::gen::element<std::int64_t>(9, 250, 30'000, kMaxFen);
  const auto lines = *rc::gen::inRange<std::size_t>(1, 9);
  for (std::size_t i = 0; i < lines; ++i) {
    order.lines.push_back({Amount(UpTo(most)), *rc::gen::inRange(0, 5) != 0});
  }
  const Amount eligible = Eligible(order.lines);
  if (*rc::gen::arbitrary<bool>()) {
    order.value.face = Amount(1 + UpTo(most));
  } else {
    order.value.percent = 1 + static_cast<std::uint32_t>(UpTo(999));
    order.value.ceiling = Amount(1 + UpTo(most));
  }
  order.value.threshold = Amount(UpTo(eligible.units()));
  order.value.own_permille = static_cast<std::uint32_t>(UpTo(1'000));
  order.value.funded_ceiling = Amount(*rc::gen::arbitrary<bool>() ? UpTo(most) : 0);
  order.policy = *rc::gen::element(ReturnPolicy::kApportion, ReturnPolicy::kWithdraw,
                                   ReturnPolicy::kWholeOrder);
  order.discount = DiscountFor(order.value, eligible);
  return order;
}

// Some of what is left of some lines.
std::vector<Back> AnyParts(const Order& order, const std::vector<Amount>& before) {
  std::vector<Back> parts;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const std::int64_t left = order.lines[i].fen.units() - before[i].units();
    if (left > 0 && *rc::gen::inRange(0, 3) != 0) {
      parts.push_back({i, Amount(*rc::gen::arbitrary<bool>() ? left : 1 + UpTo(left - 1))});
    }
  }
  return parts;
}

RC_GTEST_PROP(GiveBackProperty, PartsAddUpInAnyPiecesAndOrder, ()) {
  const Order order = AnyOrder();
  std::vector<Amount> before(order.lines.size());
  std::int64_t discount = 0;
  std::int64_t goods = 0;
  std::int64_t funded = Funded(order.value, order.discount).units();
  RC_ASSERT(funded >= 0 && Amount(funded) <= order.discount);
  const auto give = [&](const std::vector<Back>& parts) {
    const auto back = GiveBack(order.value, order.policy, order.lines, order.discount, before,
                               Amount(discount), parts);
    if (const auto* why = std::get_if<NotBack>(&back)) {
      RC_ASSERT(why->why == NotBack::Why::kBelowThreshold);
      RC_ASSERT(order.policy == ReturnPolicy::kWholeOrder);
      return;
    }
    const auto& given = std::get<GivenBack>(back);
    RC_ASSERT(!given.discount.negative() && given.discount <= given.goods);
    before = given.lines;
    discount += given.discount.units();
    goods += given.goods.units();
    RC_ASSERT(Amount(discount) <= order.discount);
    RC_ASSERT(given.whole == (Amount(discount) == order.discount));
    const Amount left = FundedAfter(order.value, order.discount, std::nullopt, Amount(discount));
    RC_ASSERT(left.units() <= funded);
    funded = left.units();
  };
  for (int i = 0; i < 5; ++i) {
    give(AnyParts(order, before));
  }
  std::vector<Back> all;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    total += order.lines[i].fen.units();
    if (order.lines[i].fen > before[i]) {
      all.push_back({i, Amount(order.lines[i].fen.units() - before[i].units())});
    }
  }
  give(all);
  RC_ASSERT(goods == total);
  RC_ASSERT(Amount(discount) == order.discount);
  RC_ASSERT(funded == 0);
}

RC_GTEST_PROP(GiveBackProperty, WhatIsApportionedDoesNotDependOnThePieces, ()) {
  Order order = AnyOrder();
  order.policy = ReturnPolicy::kApportion;
  std::vector<Amount> none(order.lines.size());
  const std::vector<Back> parts = AnyParts(order, none);
  const auto at_once = std::get<GivenBack>(
      GiveBack(order.value, order.policy, order.lines, order.discount, none, Amount(0), parts));
  std::vector<Back> pieces;
  for (const Back& part : parts) {
    const std::int64_t first = UpTo(part.fen.units());
    for (const std::int64_t fen : {first, part.fen.units() - first}) {
      if (fen > 0) {
        pieces.push_back({part.line, Amount(fen)});
      }
    }
  }
  for (std::size_t i = pieces.size(); i > 1; --i) {
    std::swap(pieces[i - 1], pieces[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  std::int64_t discount = 0;
  for (const Back& piece : pieces) {
    const auto given =
        std::get<GivenBack>(GiveBack(order.value, order.policy, order.lines, order.discount, none,
                                     Amount(discount), std::vector<Back>{piece}));
    none = given.lines;
    discount += given.discount.units();
  }
  RC_ASSERT(none == at_once.lines);
  RC_ASSERT(Amount(discount) == at_once.discount);
}

RC_GTEST_PROP(FundedProperty, NeverFallsWhenTheDiscountGrows, ()) {
  const Order order = AnyOrder();
  const Amount most = MaxDiscount(order.value);
  const Amount larger(UpTo(most.units()));
  const Amount smaller(UpTo(larger.units()));
  RC_ASSERT(Funded(order.value, smaller) <= Funded(order.value, larger));
  RC_ASSERT(Funded(order.value, larger) <= Funded(order.value, most));
  // After a review of any outcome, likewise.
  const Amount discount(1 + UpTo(kMaxFen - 1));
  const Amount back(UpTo(discount.units() - 1));
  const Approval approval{Amount(UpTo(discount.units() - back.units())), back};
  const Amount later(back.units() + UpTo(discount.units() - back.units()));
  RC_ASSERT(FundedAfter(order.value, discount, approval, back) == approval.fen);
  RC_ASSERT(FundedAfter(order.value, discount, approval, later) <= approval.fen);
  RC_ASSERT(FundedAfter(order.value, discount, approval, discount) == Amount(0));
}

TEST(SplitAmong, TheLargestRemainderGetsWhatIsLeft) {
  const auto split = [](const std::vector<std::uint32_t>& permilles, std::int64_t fen) {
    std::vector<Funder> funders;
    for (std::size_t i = 0; i < permilles.size(); ++i) {
      funders.push_back({AccountNo(10 + i), permilles[i]});
    }
    return SplitAmong(funders, Amount(fen));
  };
  EXPECT_EQ(split({600, 300}, 1'800), Amounts({1'200, 600}));
  EXPECT_EQ(split({600, 300}, 100), Amounts({67, 33}));
  EXPECT_EQ(split({500, 500}, 101), Amounts({51, 50}));  // of equal ones the lower account
  EXPECT_EQ(split({333, 333, 334}, 1), Amounts({0, 0, 1}));
  EXPECT_EQ(split({333, 333, 334}, 2), Amounts({1, 0, 1}));
  EXPECT_EQ(split({1'000}, 7), Amounts({7}));
  EXPECT_EQ(split({600, 300}, 0), Amounts({0, 0}));
  EXPECT_EQ(split({}, 0), Amounts({}));
}

RC_GTEST_PROP(SplitAmongProperty, SumsAndIsWithinAFenOfTheExactShare, ()) {
  std::vector<Funder> funders;
  std::int64_t whole = 0;
  const auto count = *rc::gen::inRange<std::size_t>(1, kMaxFunders + 1);
  for (std::size_t i = 0; i < count; ++i) {
    funders.push_back({AccountNo(1 + i), 1 + static_cast<std::uint32_t>(UpTo(124))});
    whole += funders.back().permille;
  }
  const std::int64_t fen = UpTo(*rc::gen::element<std::int64_t>(20, 100'000, 1'000'000'000'000));
  const std::vector<Amount> parts = SplitAmong(funders, Amount(fen));
  RC_ASSERT(parts.size() == funders.size());
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    sum += parts[i].units();
    const __int128 off = static_cast<__int128>(parts[i].units()) * whole -
                         static_cast<__int128>(fen) * funders[i].permille;
    RC_ASSERT(off > -whole && off < whole);
  }
  RC_ASSERT(sum == fen);
}

}  // namespace
}  // namespace tanhui::coupons
