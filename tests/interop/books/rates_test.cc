// Rates that both cities signed come into force.
#include <gtest/gtest.h>

#include "ledger/signing/note.h"
#include "tests/interop/books/neighbours.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui {
namespace {

namespace pb = entry::v1;

using namespace world;

TEST(RatesTest, HoldFromTheirDates) {
  World world = NewNeighbours();
  const BusinessDate today = world.today();
  const BusinessDate yesterday(today.value() - 1);
  const BusinessDate tomorrow(today.value() + 1);
  const BusinessDate later(today.value() + 9);
  constexpr interop::CityRate kCheaper{{5, 7}, 0};
  Play(world, {{AgreeOnRates("a", 1, yesterday), "DATE_NOT_AHEAD notes earliest=2024-02-28"},
               {AgreeOnRates("a", 2, tomorrow), "VERSION_NOT_NEXT notes expected=1"},
               {AgreeOnRates("a", 0, tomorrow), "VERSION_NOT_NEXT notes expected=1"},
               {AgreeOnRates("a", 1, today), "OK"},  // nothing was exchanged before
               {AgreeOnRates("b", 2, today), "DATE_NOT_AHEAD notes earliest=2024-02-29"},
               {AgreeOnRates("b", 1, later), "VERSION_NOT_NEXT notes expected=2"},
               {AgreeOnRates("b", 2, later, kCheaper), "OK"},
               {AgreeOnRates("c", 3, tomorrow), "DATE_NOT_AHEAD notes earliest=2024-03-08"},
               {AgreeOnRates("c", 3, later), "OK"}});
  const interop::Peer& peer = PeerIn(world);
  EXPECT_EQ(peer.RatesOn(yesterday), nullptr);
  EXPECT_EQ(peer.RatesOn(today)->version, 1u);
  EXPECT_EQ(peer.RatesOn(BusinessDate(later.value() - 1))->version, 1u);
  EXPECT_EQ(peer.RatesOn(later)->version, 3u);
  EXPECT_EQ(peer.FindRates(2)->ours.rate.points, 5);
  EXPECT_EQ(peer.FindRates(2)->ours.rate.grams, 7);
  EXPECT_EQ(peer.FindRates(2)->theirs.fen_per_thousand, kRiverRate.fen_per_thousand);
  EXPECT_EQ(peer.FindRates(4), nullptr);
}

// Another note instead.
Command Noted(const World& world, const std::string& note) {
  Command command = AgreeOnRates("a", 1, BusinessDate(world.today().value() + 1));
  command.draft.mutable_rate_agreement()->set_note(note);
  return command;
}

TEST(RatesTest, NeedBothSignaturesOfTheseVeryRates) {
  World world = NewNeighbours();
  const BusinessDate tomorrow(world.today().value() + 1);
  const std::string text = interop::TextOf(RatesOf(1, tomorrow));
  const std::string whole = SignedBy(text, {OurSigner(), RiverSigner()});
  std::string changed = whole;
  changed.replace(changed.find("points 2"), 8, "points 3");
  const auto impostor = signing::DemoSigner(kRiverLog, 99);
  const std::string other = interop::TextOf(RatesOf(1, tomorrow, {{2, 21}, 100}));
  const auto elsewhere =
      interop::MakeAgreement(1, tomorrow, {std::string(kOurLog), "stamps", kOurRate},
                             {std::string(kRiverLog), "river-points", kRiverRate});
  constexpr std::string_view kUnsigned = "SIGNATURE_INVALID notes";
  constexpr std::string_view kOther = "FIELD_INVALID notes problem=do not say these rates";
  const std::vector<signing::NamedSigner> both = {RiverSigner(), OurSigner()};
  Play(world, {{Noted(world, ""), std::string(kUnsigned)},
               {Noted(world, text), std::string(kUnsigned)},
               {Noted(world, SignedBy(text, {OurSigner()})), std::string(kUnsigned)},
               {Noted(world, SignedBy(text, {RiverSigner()})), std::string(kUnsigned)},
               {Noted(world, SignedBy(text, {OurSigner(), impostor})), std::string(kUnsigned)},
               {Noted(world, changed), std::string(kUnsigned)},
               {Noted(world, SignedBy(other, both)), std::string(kOther)},
               {Noted(world, SignedBy(interop::TextOf(elsewhere), both)), std::string(kOther)},
               {Noted(world, SignedBy("something else\n", both)), std::string(kOther)},
               {Noted(world, std::string(4'097, 'x')),
                "FIELD_INVALID notes problem=must be at most 4096 bytes"},
               {Noted(world, SignedBy(text, both)), "OK"}});
}

TEST(RatesTest, RatesThatCannotBe) {
  World world = NewNeighbours();
  constexpr std::string_view kProblem =
      " problem=must have points and grams of 1 to 1000000000000, and fen of 0 to that";
  const BusinessDate tomorrow(world.today().value() + 1);
  constexpr std::int64_t kTooMuch = exchange::kMostOfRate + 1;
  for (const interop::CityRate& rate :
       {interop::CityRate{{0, 20}, 100}, interop::CityRate{{2, 0}, 100},
        interop::CityRate{{2, -1}, 100}, interop::CityRate{{kTooMuch, 1}, 100},
        interop::CityRate{{1, kTooMuch}, 100}, interop::CityRate{{2, 20}, -1},
        interop::CityRate{{2, 20}, kTooMuch}}) {
    EXPECT_EQ(world.Ask(AgreeOnRates("a", 1, tomorrow, rate)),
              "FIELD_INVALID ours" + std::string(kProblem));
    EXPECT_EQ(world.Ask(AgreeOnRates("a", 1, tomorrow, kOurRate, rate)),
              "FIELD_INVALID theirs" + std::string(kProblem));
  }
  Command late = AgreeOnRates("a", 1, tomorrow);
  late.draft.mutable_rate_agreement()->set_first_date(10'000'000);
  Command unknown = AgreeOnRates("a", 1, tomorrow);
  unknown.draft.mutable_rate_agreement()->set_peer(kHill.value());
  Play(world, {{late, "FIELD_INVALID notes problem=begin on no date that can be"},
               {unknown, "UNKNOWN_PEER peer"},
               {AgreeOnRates("a", 1, tomorrow, {{1, 1}, 0}, {{1, 1}, 0}), "OK"}});
}

}  // namespace
}  // namespace tanhui
