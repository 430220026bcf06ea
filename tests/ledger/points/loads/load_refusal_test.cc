// Every reason for which a load, a balance, a seal or a credit is refused.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/ledger/core/steps.h"
#include "tests/ledger/points/loads/loads.h"

namespace tanhui {
namespace {

using namespace world;

constexpr std::int64_t kMost = kMaxPostingAmount.units();

Command AsOf(Command command, std::string_view date) {
  command.draft.mutable_load_opening()->set_as_of_date(Day(date).value());
  return command;
}

Lot From(Lot lot, SchemeNo scheme, ParticipantNo funder, AccountNo contributor = AccountNo(0)) {
  lot.key.scheme = scheme;
  lot.key.funder = funder;
  lot.key.contributor = contributor;
  return lot;
}

TEST(LoadRefusalTest, Opening) {
  World world = Begin(1, 1).world;
  Play(world, {
                  {OpenLoad("o", "old", 1, 1), "CODE_EXISTS load_id code=old"},
                  {AsOf(OpenLoad("o", "new", 1, 1), "2024-02-29"), "FIELD_INVALID as_of_date"},
                  {AsOf(OpenLoad("o", "new", 1, 1), "2024-02-28"), "OK"},
                  {OpenLoad("load", "old", 1, 2), "SEEN 21 OTHER points"},
                  {OpenLoad("load", "old", 1, 1), "SEEN 21"},
                  {By(Cancel("x", "load"), kOperator), "NOT_CANCELLABLE target_request_id"},
              });
}

TEST(LoadRefusalTest, MoneyHasNoOpeningBalances) {
  World world = Funded();
  Asset money = *world.state().registry().Find(kPoints);
  money.number = world.state().registry().next_asset();
  money.code = "fen";
  money.money = true;
  world.mutable_state().ChangeRegistry(EntryIndex(world.last_index()),
                                       [&](Registry& registry) { registry.Add(money); });
  EXPECT_EQ(world.Ask(OpenLoad("o", "new", 1, 1, 0, money.number)), "WRONG_ACCOUNT_KIND asset");
}

TEST(LoadRefusalTest, Balance) {
  Begun begun = Begin(2, 180);
  const std::uint64_t load = begun.load;
  const Lot lot = Stated(655, 5);
  const auto with = [&](const Lots& lots) { return StateBalance("a", load, kAlice, lots); };
  Play(begun.world,
       {
           {StateBalance("a", load - 1, kAlice, {lot}), "UNKNOWN_LOAD load"},
           {StateBalance("a", load + 99, kAlice, {lot}), "UNKNOWN_LOAD load"},
           {StateBalance("a", load, kShop, {lot}), "WRONG_ACCOUNT_KIND account"},
           {StateBalance("a", load, kBudget, {lot}), "WRONG_ACCOUNT_KIND account"},
           {StateBalance("a", load, kStampAlice, {lot}), "ASSET_MISMATCH account"},
           {with({}), "FIELD_INVALID lots"},
           {with({lot, lot}), "FIELD_INVALID lots"},
           {with({Stated(656, 5), lot}), "FIELD_INVALID lots"},
           {with({Stated(655, -5)}), "FIELD_INVALID lots"},
           {with({Stated(655, 0, 5)}), "FIELD_INVALID lots"},
           {with({Stated(655, 5, -5)}), "FIELD_INVALID lots"},
           {with({Stated(655, kMost), Stated(656, 1)}), "FIELD_INVALID lots"},
           {with({From(lot, kMidnight, kSponsor, kAlice)}), "FIELD_INVALID lots"},
           {with({From(lot, SchemeNo(9), kSponsor)}), "UNKNOWN_SCHEME lots"},
           {with({From(lot, kMidnight, ParticipantNo(99))}), "UNKNOWN_PARTICIPANT lots"},
           {with({From(lot, kMidnight, kMall)}), "WRONG_PARTICIPANT_KIND lots"},
           {with({Stated(648, 5)}), "ACT_TOO_OLD lots"},
           {with({Stated(648, 5), From(lot, kMidnight, kMall)}), "ACT_TOO_OLD lots"},
           {with({Stated(649, 5), From(lot, kLateEvening, kDistrict)}), "OK"},
           {with({Stated(649, 6), From(lot, kLateEvening, kDistrict)}), "SEEN 22 OTHER lots"},
           {StateBalance("a", load, kBob, {lot}), "SEEN 22 OTHER account"},
       });
  EXPECT_EQ(TotalsOf(begun.world, load),
            (LoadTotals{LoadState::kOpen, 1, Amount(10), Amount(0), 0}));
}

TEST(LoadRefusalTest, SoManyLotsAndSoManyPoints) {
  Begun begun = Begin(2, 180);
  Lots lots;
  for (std::uint16_t month = 655; lots.size() <= kMaxLots; ++month) {
    lots.push_back(Stated(month, 1));
  }
  EXPECT_EQ(begun.world.Ask(StateBalance("a", begun.load, kAlice, lots)), "FIELD_INVALID lots");
  lots.pop_back();
  EXPECT_EQ(begun.world.Ask(StateBalance("a", begun.load, kAlice, lots)), "OK");
  Undone undone = begun.world.state().FindUndone(EntryIndex(begun.load));
  undone.load->points = loads::kMostOfALoad;
  begun.world.mutable_state().PutUndone(EntryIndex(begun.load), undone);
  EXPECT_EQ(begun.world.Ask(StateBalance("b", begun.load, kBob, {Stated(655, 1)})),
            "BALANCE_LIMIT lots");
}

TEST(LoadRefusalTest, Closing) {
  Begun begun = Begin(1, 5);
  Play(begun.world, {
                        {Seal("s", begun.load - 1), "UNKNOWN_LOAD load"},
                        {Drop("s", begun.load + 9), "UNKNOWN_LOAD load"},
                        {Seal("s", begun.load),
                         "CONTROL_TOTALS load accounts_want=1 accounts_have=0 points_want=5 "
                         "points_have=0 grams_want=0 grams_have=0"},
                        {Drop("s", begun.load), "OK"},
                        {Seal("s", begun.load), "SEEN 22 OTHER step"},
                    });
}

TEST(LoadRefusalTest, Credit) {
  Begun begun = Begin(2, 35);
  World& world = begun.world;
  const auto a = Done(world, StateBalance("a", begun.load, kAlice, {Stated(655, 5)}));
  const auto b = Done(world, StateBalance("b", begun.load, kBob, {Stated(655, 30)}));
  Done(world, Close("close", kBob));
  Play(world, {
                  {CreditBalance("c", begun.load), "UNKNOWN_ENTRY entry_index"},
                  {CreditBalance("c", begun.load - 1), "UNKNOWN_ENTRY entry_index"},
                  {CreditBalance("c", 999), "UNKNOWN_ENTRY entry_index"},
                  {CreditBalance("c", a), "LOAD_STATE load state=open"},
                  {CreditBalance("c", b), "ACCOUNT_CLOSED entry_index"},
                  {Seal("s", begun.load), "OK"},
                  {CreditBalance("c", b), "ACCOUNT_CLOSED entry_index"},
                  {CreditBalance("c", a), "OK"},
                  {CreditBalance("c", b), "SEEN 26 OTHER entry_index"},
                  {CreditBalance("d", a), "ALREADY_REVERSED entry_index points=5"},
                  {Reverse("r", a + 4), "UNKNOWN_ENTRY entry_index"},
                  {Privileged(Reverse("r", a + 4)), "WRONG_ENTRY_KIND entry_index"},
                  {Privileged(Refund("r", a + 4, 1)), "WRONG_ENTRY_KIND entry_index"},
                  {By(Cancel("x", "c"), kOperator), "NOT_CANCELLABLE target_request_id"},
              });
  EXPECT_EQ(Purse(world, kAlice), "5 = 655:5");
}

TEST(LoadRefusalTest, ABalanceThatWouldOverflow) {
  Begun begun = Begin(1, 5);
  World& world = begun.world;
  const auto a = Done(world, StateBalance("a", begun.load, kAlice, {Stated(655, 5)}));
  Done(world, Seal("s", begun.load));
  world.SetBalance(kAlice, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(world.Ask(CreditBalance("c", a)), "BALANCE_LIMIT entry_index");
}

}  // namespace
}  // namespace tanhui
