// Evidence of acts that were wholly reversed: free again for whoever claimed it.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/corrections/corrected.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

std::string Claimed(std::uint64_t entry) {
  return "ALREADY_CLAIMED act.evidence act_date=2024-02-28 entry_index=" + std::to_string(entry);
}

TEST(ReopenedEvidenceTest, IsFreeToItsClaimerAloneAndAsOftenAsReversed) {
  World world = Town();
  const auto first = Done(world, Shown(Act("o1", "bottle", 5), "slip"));
  Done(world, Reverse("v1", first, 3));
  EXPECT_EQ(world.Ask(Shown(Act("x", "bottle", 5), "slip")), Claimed(first)) << "only a part";
  Done(world, Reverse("v2", first, 2));
  EXPECT_EQ(world.last().reversal().made_by(), kPlatform.value());
  EXPECT_EQ(world.Ask(By(Shown(Act("o2", "bottle", 5), "slip"), kOtherPlatform)), Claimed(first));
  const auto second = Done(world, Shown(Act("o2", "bottle", 4, kBob), "slip"));
  EXPECT_EQ(world.Ask(Shown(Act("o3", "bottle", 4), "slip")), Claimed(second));
  Done(world, Reverse("v3", second, 4));
  const auto third = Done(world, Shown(Act("o4", "bottle", 4), "slip"));
  Play(world, {{Shown(Act("o5", "bottle", 4), "slip"), Claimed(third)},
               {Cancel("c", "o4"), "OK"},
               {By(Shown(Act("o6", "bottle", 4), "slip"), kOtherPlatform), "OK"}});
}

TEST(ReopenedEvidenceTest, AnOperatorReversesForTheClaimer) {
  World world = Town();
  const auto act = Done(world, Shown(Act("o1", "bottle", 5), "slip"));
  Command reverse = By(Reverse("v", act, 5), kOperator);
  reverse.privileged = true;
  Done(world, reverse);
  Play(world, {{By(Shown(Act("o2", "bottle", 5), "slip"), kOtherPlatform), Claimed(act)},
               {Shown(Act("o2", "bottle", 5), "slip"), "OK"}});
}

TEST(ReopenedEvidenceTest, WhatWasForgivenUsesItUp) {
  World world = Town();
  Terms terms = Transfers(TransferPolicy::kCapped);
  terms.spent_reversal = SpentReversal::kWriteOff;
  Done(world, SetTerms("terms", kPoints, terms));
  const auto act = Done(world, Shown(Act("o1", "bottle", 10), "slip"));
  Done(world, Redeem("r", kAlice, kShop, 1));
  Done(world, Reverse("v", act, 10));
  EXPECT_EQ(world.last().reversal().forgiven(), 1);
  EXPECT_EQ(world.Ask(Shown(Act("o2", "bottle", 10), "slip")), Claimed(act));

  const auto kept = Done(world, Shown(Act("p1", "bottle", 14, kBob), "other"));
  Done(world, Redeem("r2", kBob, kShop, 4));
  Done(world, Corrected("k", kept, 0, Shown(Act("-", "bottle", 7, kBob), "other")));
  EXPECT_EQ(Now(world), "r1 2 g0 carry 100000 g0; -2 forgiven 2");
  Done(world, Act("w", "walk", 5'000, kBob));
  Done(world, Reverse("v2", kept, 7));
  EXPECT_EQ(world.last().reversal().forgiven(), 0);
  EXPECT_TRUE(world.last().reversal().has_uncounted());
  EXPECT_EQ(world.Ask(Shown(Act("p2", "bottle", 14, kBob), "other")), Claimed(kept));
}

TEST(ReopenedEvidenceTest, ABookingsIsFreeUnlessItWasWeighed) {
  World world = Town();
  const auto booking = [](std::string_view id, std::string_view slip) {
    Command command = Shown(Act(id, "recycle", 5'000), slip);
    command.draft.mutable_earning()->set_weighing(pb::WEIGHING_BOOKED);
    command.draft.mutable_earning()->set_material(kPaper);
    return command;
  };
  const auto given_up = Done(world, booking("b1", "1"));
  const auto weighed = Done(world, booking("b2", "2"));
  Command weighing = Act("w", "recycle", 4'000);
  weighing.draft.mutable_earning()->set_weighing(pb::WEIGHING_WEIGHED);
  weighing.draft.mutable_earning()->set_booking(weighed);
  weighing.draft.mutable_earning()->set_material(kPaper);
  Done(world, weighing);
  Play(world, {{Reverse("v1", given_up, 5'000), "OK"},
               {booking("b3", "1"), "OK"},
               {Reverse("v2", weighed, 4'999), "OK"},
               {booking("b4", "2"), Claimed(weighed)}});
}

TEST(ReopenedEvidenceTest, ApplyFindsWhatNobodyMayOpen) {
  World world = Town();
  const auto act = Done(world, Shown(Act("o1", "bottle", 5), "slip"));
  Done(world, Shown(Act("o2", "bottle", 5), "another"));
  const auto fault = [&](auto change) {
    return Tampered(world, Reverse("v", act, 5),
                    [&](Entry& entry) { change(*entry.mutable_reversal()); });
  };
  const std::string other = world.entries().back().earning().nullifiers(0);
  EXPECT_EQ(fault([](auto&) {}), "OK");
  EXPECT_EQ(fault([](auto& r) { r.set_made_by(0); }), "evidence is opened again to nobody");
  EXPECT_EQ(fault([&](auto& r) { r.mutable_uncounted()->set_nullifiers(0, other); }),
            "evidence is opened again that the act did not claim");
  EXPECT_EQ(fault([&](auto& r) { r.mutable_uncounted()->set_nullifiers(0, "nothing"); }),
            "evidence is opened again that the act did not claim");
  EXPECT_EQ(
      fault([&](auto& r) { r.mutable_uncounted()->add_nullifiers(r.uncounted().nullifiers(0)); }),
      "evidence is opened again that the act did not claim");
}

}  // namespace
}  // namespace tanhui
