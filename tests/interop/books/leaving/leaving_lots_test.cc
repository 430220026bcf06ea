// What the lots that leave become there: by hand, and that nothing is lost or gained.
#include "interop/books/leaving/leaving_lots.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/peers.h"

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;

// Our points are of two schemes, those of the city of the river of the third.
Registry Schemes() {
  Registry registry;
  registry.SetOrigin("town");
  registry.Add(Scheme{SchemeNo(1), "metro", ""});
  registry.Add(Scheme{SchemeNo(2), "recycling", ""});
  registry.Add(Scheme{SchemeNo(3), "river", ""});
  registry.ChangePeers([](Peers& peers) {
    Peer river;
    river.number = ParticipantNo(1);
    river.log = "river";  // before ours
    river.scheme = SchemeNo(3);
    peers.Add(river);
  });
  return registry;
}

Lot Part(std::uint16_t month, std::uint32_t scheme, std::uint32_t funder, std::int64_t points) {
  return {{Month(month), SchemeNo(scheme), ParticipantNo(funder), AccountNo(0)}, Amount(points), 0};
}

Lots AllOf(const std::vector<Lot>& parts) {
  Lots lots;
  for (const Lot& part : parts) {
    EXPECT_TRUE(AddLot(lots, part));
  }
  return lots;
}

std::vector<std::string> Become(const std::vector<Lot>& leaving,
                                const exchange::Conversion& conversion) {
  pb::ExchangeTerms terms;
  WriteLeavingLots(Schemes(), AllOf(leaving), conversion, terms);
  std::vector<std::string> lines;
  for (const pb::ExchangeLot& lot : terms.lots()) {
    lines.push_back(
        absl::StrCat(lot.expiry_month(), " ", lot.city(), " ", lot.points(), " ", lot.grams()));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LeavingLotsTest, OneLotGoesWhole) {
  EXPECT_EQ(Become({Part(700, 1, 5, 10)}, {10, 15, 100}), Lines{"700 town 15 100"});
}

TEST(LeavingLotsTest, SumsAreRoundedDownAndNothingIsLost) {
  // 3 and 7 of 10 become 4.5 and 10.5.
  EXPECT_EQ(Become({Part(700, 1, 5, 3), Part(701, 1, 5, 7)}, {10, 15, 101}),
            (Lines{"700 town 4 30", "701 town 11 71"}));
}

TEST(LeavingLotsTest, FundersAndOurSchemesAreForgotten) {
  EXPECT_EQ(Become({Part(700, 1, 5, 2), Part(700, 1, 6, 1), Part(700, 2, 6, 1), Part(700, 3, 5, 6)},
                   {10, 10, 10}),
            (Lines{"700 river 6 6", "700 town 4 4"}));
}

TEST(LeavingLotsTest, LessThanAPointComesWithTheNext) {
  // A point for ten: the first two make none alone.
  EXPECT_EQ(Become({Part(700, 1, 5, 5), Part(701, 1, 5, 4), Part(702, 1, 5, 11)}, {20, 2, 200}),
            Lines{"702 town 2 200"});
  EXPECT_EQ(Become({Part(700, 1, 5, 19), Part(701, 1, 5, 1)}, {20, 2, 200}),
            (Lines{"700 town 1 190", "701 town 1 10"}));
}

RC_GTEST_PROP(LeavingLotsProperty, EveryPartIsWithinAPointOfItsShare, ()) {
  const exchange::Rate ours{*rc::gen::inRange<std::int64_t>(1, 1'000),
                            *rc::gen::inRange<std::int64_t>(1, 1'000)};
  const exchange::Rate theirs{*rc::gen::inRange<std::int64_t>(1, 1'000),
                              *rc::gen::inRange<std::int64_t>(1, 1'000)};
  const auto conversion =
      exchange::Convert(*rc::gen::inRange<std::int64_t>(1, 100'000), ours, theirs);
  if (!conversion.has_value()) {
    return;
  }
  Lots lots;
  std::map<std::pair<std::uint32_t, std::string>, std::int64_t> from;
  std::int64_t rest = conversion->from;
  const char* const cities[] = {"town", "town", "river"};
  while (rest > 0) {
    const auto month = *rc::gen::inRange<std::uint16_t>(600, 604);
    const auto scheme = *rc::gen::inRange<std::uint32_t>(1, 4);
    const auto points =
        std::min(rest, *rc::gen::inRange<std::int64_t>(1, conversion->from / 3 + 2));
    RC_ASSERT(AddLot(lots, Part(month, scheme, *rc::gen::inRange<std::uint32_t>(5, 8), points)));
    from[{month, cities[scheme - 1]}] += points;
    rest -= points;
  }
  pb::ExchangeTerms terms;
  WriteLeavingLots(Schemes(), lots, *conversion, terms);
  std::map<std::pair<std::uint32_t, std::string>, std::int64_t> to;
  std::int64_t points = 0;
  std::int64_t grams = 0;
  for (const pb::ExchangeLot& lot : terms.lots()) {
    RC_ASSERT(lot.points() > 0);
    RC_ASSERT(lot.grams() >= 0);
    points += lot.points();
    grams += lot.grams();
    RC_ASSERT(to.emplace(std::pair(lot.expiry_month(), lot.city()), lot.points()).second);
  }
  RC_ASSERT(points == conversion->to);
  RC_ASSERT(grams == conversion->grams);
  for (const auto& [key, part] : from) {
    const std::int64_t off = to[key] * conversion->from - part * conversion->to;
    RC_ASSERT(off < conversion->from);
    RC_ASSERT(off > -conversion->from);
  }
}

}  // namespace
}  // namespace tanhui::interop
