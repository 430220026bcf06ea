// Entries that decide cannot have made: apply answers what is wrong with them.
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/claims/market.h"
#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;

constexpr std::string_view kPrice = "points are claimed by another price than the one in force";
constexpr std::string_view kWorth = "what is claimed is not what the points are worth";
constexpr std::string_view kCount = "an entry with more or fewer postings than its kind has";
constexpr std::string_view kNext = "a number that is not the next one";

// Takes `fen` more from one account to another than the entry does.
void Shift(Entry& entry, int from, int to, std::int64_t fen) {
  for (const auto& [at, amount] : {std::pair(from, -fen), std::pair(to, fen)}) {
    auto& posting = *entry.mutable_postings(at);
    posting.set_amount(posting.amount() + amount);
    posting.set_balance_after(posting.balance_after() + amount);
  }
}

// A further posting as it would have to be.
void AddPosting(const World& world, Entry& entry, AccountNo account, std::int64_t amount) {
  auto& posting = *entry.add_postings();
  posting.set_account(account.value());
  posting.set_amount(amount);
  posting.set_balance_after(world.BalanceOf(account) + amount);
  posting.set_previous(world.Of(account).last_entry_plus_one);
}

TEST(ClaimsFaultTest, ARedemption) {
  World world = Market();
  Done(world, OpenClaim("kiosk", kFen, kKiosk));
  const AccountNo other(world.last().account_opening().number());
  const Command redeem = Redeem("r", kAlice, kTillAccount, 10);
  const auto tampered = [&](auto change) { return Tampered(world, redeem, change); };
  EXPECT_EQ(tampered([](Entry&) {}), "OK");
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_redemption()->set_price(2); }), kPrice);
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_redemption()->clear_price(); }), kPrice);
  EXPECT_EQ(tampered([](Entry& e) { Shift(e, 2, 3, 1); }), kWorth);
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); }), kCount);
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_postings()->SwapElements(2, 3); }), kWorth);
  EXPECT_EQ(tampered([](Entry& e) {
              e.mutable_redemption()->clear_price();
              e.mutable_postings()->DeleteSubrange(2, 2);
            }),
            kPrice);
  EXPECT_EQ(tampered([&](Entry& e) {
              e.mutable_postings()->RemoveLast();
              AddPosting(world, e, other, 10);
            }),
            kWorth);
  EXPECT_EQ(tampered([&](Entry& e) {
              AddPosting(world, e, kSettling, 1);
              Shift(e, 3, 4, 0);
              e.mutable_postings(3)->set_amount(9);
              e.mutable_postings(3)->set_balance_after(9);
            }),
            kCount);
}

TEST(ClaimsFaultTest, ARedemptionWhereNothingIsTaken) {
  World world = Market();
  const auto of = [&](const claims::Conditions& conditions, std::int64_t points) {
    World copy = world;
    const Entry entry = std::get<Entry>(copy.Decide(Redeem("r", kAlice, kTillAccount, points)));
    const auto hold = std::get<Entry>(
        copy.Decide(HoldPoints("h", kAlice, kTillAccount, points, world.InDays(1))));
    Done(copy, ChangeUnit("c", kMall, kPoints, kStore, conditions));
    EXPECT_EQ(copy.FaultOf(hold), copy.FaultOf(entry));
    return copy.FaultOf(entry);
  };
  EXPECT_EQ(of({}, 10), "OK");
  EXPECT_EQ(of(Suspended(), 10), "points are taken at a unit that may not take them");
  EXPECT_EQ(of(Most(9), 10), "points are taken at a unit that may not take them");
  EXPECT_EQ(of(Most(10, 9), 10), "more points are taken at a unit than on one day may be");
}

TEST(ClaimsFaultTest, ACapture) {
  World world = Market();
  const auto hold = Done(world, HoldPoints("h", kAlice, kTillAccount, 10, world.InDays(2)));
  const Command capture = Capture("c", hold, 10);
  const auto tampered = [&](auto change) { return Tampered(world, capture, change); };
  EXPECT_EQ(tampered([](Entry&) {}), "OK");
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_capture()->set_price(7); }), kPrice);
  EXPECT_EQ(tampered([](Entry& e) { Shift(e, 2, 3, 5); }), kWorth);
  EXPECT_EQ(tampered([](Entry& e) { e.mutable_postings()->DeleteSubrange(2, 2); }), kCount);
  const Entry entry = std::get<Entry>(world.Decide(capture));
  Done(world, ChangeUnit("s", kMall, kPoints, kTill, Suspended()));
  EXPECT_EQ(world.FaultOf(entry), "points are taken at a unit that may not take them");
}

TEST(ClaimsFaultTest, ARefundAndACancellation) {
  World world = Market();
  const auto spent = Done(world, Redeem("r", kAlice, kTillAccount, 10));
  constexpr std::string_view kWrong = "what is given back is not what was taken and claimed";
  Done(world, OpenClaim("kiosk", kFen, kKiosk));
  const AccountNo other(world.last().account_opening().number());
  for (const Command& command : {Refund("f", spent, 10), Cancel("x", "r")}) {
    const auto tampered = [&](auto change) { return Tampered(world, command, change); };
    EXPECT_EQ(tampered([](Entry&) {}), "OK");
    EXPECT_EQ(tampered([](Entry& e) { e.mutable_postings()->SwapElements(2, 3); }), kWrong);
    EXPECT_EQ(tampered([&](Entry& e) {
                e.mutable_postings()->DeleteSubrange(2, 2);
                AddPosting(world, e, other, -10);
                AddPosting(world, e, kFenIssuance, 10);
              }),
              kWrong);
    EXPECT_EQ(tampered([&](Entry& e) {
                e.mutable_postings()->RemoveLast();
                AddPosting(world, e, kSettling, 10);
              }),
              kWrong);
  }
  // Only decided again is it found that less fen go back than were claimed.
  EXPECT_EQ(Tampered(world, Refund("f", spent, 10), [](Entry& e) { Shift(e, 3, 2, 5); }), "OK");
  world.WaitDays(1);
  Done(world, BeginRun("run", kFen));
  const auto line = Done(world, AddLine("line", 1, kMall));
  EXPECT_EQ(Tampered(world, Refund("f", spent, 10),
                     [&](Entry& e) { e.mutable_refund()->set_target(line); }),
            "a refund of what is no spending");
}

TEST(ClaimsFaultTest, UnitsAndTheirChanges) {
  World world = Market();
  constexpr std::string_view kUnit = "a merchant's unit that cannot be";
  const Command create = CreateTill("u", kMall, kPoints, kStore, "t2");
  const auto created = [&](auto change) {
    return Tampered(world, create, [&](Entry& e) { change(*e.mutable_unit_creation()); });
  };
  EXPECT_EQ(created([](auto& b) { b.set_number(9); }), kNext);
  EXPECT_EQ(created([](auto& b) { b.set_account(9); }), kNext);
  EXPECT_EQ(created([](auto& b) { b.set_account_id("x"); }), "an id of wrong size");
  EXPECT_EQ(created([](auto& b) { b.set_merchant(99); }), kUnit);
  EXPECT_EQ(created([](auto& b) { b.set_merchant(kKiosk.value()); }), kUnit);
  EXPECT_EQ(created([](auto& b) { b.set_asset(99); }), kUnit);
  EXPECT_EQ(created([](auto& b) { b.set_asset(kFen.value()); }), kUnit);
  EXPECT_EQ(created([](auto& b) { b.set_parent(kTill.value()); }), kUnit);
  EXPECT_EQ(created([](auto& b) { b.set_level(entry::v1::UNIT_LEVEL_STORE); }), kUnit);
  EXPECT_EQ(created([](auto& b) { b.set_level(static_cast<entry::v1::UnitLevel>(7)); }), kUnit);
  EXPECT_EQ(created([](auto& b) { b.set_code("t1"); }), kUnit);
  EXPECT_EQ(created([](auto& b) { b.clear_code(); }), kUnit);
  constexpr std::string_view kChange = "a change of a merchant's unit that cannot be";
  const Command change = ChangeUnit("c", kMall, kPoints, kStore, Most(1, 1));
  const auto changed = [&](auto set) {
    return Tampered(world, change, [&](Entry& e) { set(*e.mutable_unit_change()); });
  };
  EXPECT_EQ(changed([](auto&) {}), "OK");
  EXPECT_EQ(changed([](auto& b) { b.set_unit(99); }), kChange);
  EXPECT_EQ(changed([](auto& b) { b.set_asset(kStamps.value()); }), kChange);
  EXPECT_EQ(changed([](auto& b) { b.set_most_points(-1); }), kChange);
  EXPECT_EQ(changed([](auto& b) { b.set_most_points_a_day(1'000'000'000'001); }), kChange);
}

TEST(ClaimsFaultTest, MoneyAndItsAccounts) {
  World world = Market();
  const Command create = CreateMoney("m", "m", kMidnight);
  const auto created = [&](auto change) {
    return Tampered(world, create, [&](Entry& e) { change(*e.mutable_asset_creation()); });
  };
  EXPECT_EQ(created([](auto&) {}), "OK");
  EXPECT_EQ(created([](auto& b) { b.set_paid_account(b.paid_account() + 1); }), kNext);
  EXPECT_EQ(created([](auto& b) { b.clear_settling_account(); }), kNext);
  EXPECT_EQ(created([](auto& b) { b.set_money(false); }), kNext);
  constexpr std::string_view kNone =
      "an account of an unknown asset, or of one that has no such accounts";
  const auto opened = [&](const Command& command, AssetNo asset) {
    return Tampered(world, command,
                    [&](Entry& e) { e.mutable_account_opening()->set_asset(asset.value()); });
  };
  EXPECT_EQ(opened(OpenCitizen("c", kPoints), kFen), kNone);
  EXPECT_EQ(opened(OpenClaim("c", kFen, kKiosk), kPoints), kNone);
  EXPECT_EQ(opened(By(OpenMerchant("c", kPoints, kKiosk), kOperator), kFen), kNone);
  EXPECT_EQ(Tampered(world, By(OpenBudget("c", "new", kSponsor, kPoints), kOperator),
                     [](Entry& e) { e.mutable_budget_opening()->set_asset(99); }),
            "a budget of an unknown asset or sponsor");
}

TEST(ClaimsFaultTest, Prices) {
  World world = Market();
  constexpr std::string_view kCannot = "a settlement price that cannot be";
  const Command publish =
      Publish("p", kPoints, kFen, kMall, BusinessDate(world.today().value() + 1), {1, 1});
  const auto published = [&](auto change) {
    return Tampered(world, publish, [&](Entry& e) { change(*e.mutable_settlement_price()); });
  };
  EXPECT_EQ(published([](auto&) {}), "OK");
  EXPECT_EQ(published([](auto& b) { b.set_number(9); }), kNext);
  EXPECT_EQ(published([](auto& b) { b.set_asset(99); }), kCannot);
  EXPECT_EQ(published([](auto& b) { b.set_money(99); }), kCannot);
  EXPECT_EQ(published([](auto& b) { b.set_money(kStampFen.value()); }), kCannot);
  EXPECT_EQ(published([](auto& b) { b.set_merchant(99); }), kCannot);
  EXPECT_EQ(published([](auto& b) { b.set_merchant(kSponsor.value()); }), kCannot);
  EXPECT_EQ(published([&](auto& b) { b.set_first_date(world.today().value()); }), kCannot);
  EXPECT_EQ(published([](auto& b) { b.set_per_points(0); }), kCannot);
  EXPECT_EQ(published([](auto& b) { b.set_fen(-1); }), kCannot);
}

// 10 fen are claimed; it is the day after, with run 1.
World Running() {
  World world = Market();
  Done(world, Redeem("r", kAlice, kShop, 10));
  world.WaitDays(1);
  Done(world, BeginRun("run", kFen));
  return world;
}

TEST(ClaimsFaultTest, RunsAndLines) {
  World world = Running();
  const auto begun = [&](auto change) {
    return Tampered(world, BeginRun("s", kStampFen),
                    [&](Entry& e) { change(*e.mutable_settlement_run()); });
  };
  EXPECT_EQ(begun([](auto&) {}), "OK");
  EXPECT_EQ(begun([](auto& b) { b.set_number(9); }), kNext);
  for (const AssetNo money : {kFen, kPoints, AssetNo(99)}) {
    EXPECT_EQ(begun([money](auto& b) { b.set_money(money.value()); }),
              "a settlement run that cannot be");
  }
  EXPECT_EQ(begun([](auto& b) { b.set_until(b.until() + 1); }), "a settlement run that cannot be");
  constexpr std::string_view kLine = "a line of a settlement run that cannot be";
  constexpr std::string_view kFenOf = "a line settles what is claimed to the end of its run's day";
  const auto lined = [&](auto change) {
    return Tampered(world, AddLine("l", 1, kMall), [&](Entry& e) { change(e); });
  };
  EXPECT_EQ(lined([](Entry&) {}), "OK");
  EXPECT_EQ(lined([](Entry& e) { e.mutable_settlement_line()->set_run(9); }), kLine);
  EXPECT_EQ(lined([](Entry& e) { e.mutable_settlement_line()->set_merchant(9); }), kLine);
  EXPECT_EQ(lined([](Entry& e) { e.mutable_settlement_line()->set_claim(9); }), kLine);
  EXPECT_EQ(lined([](Entry& e) { e.mutable_settlement_line()->set_fen(9); }), kFenOf);
  EXPECT_EQ(lined([](Entry& e) { e.clear_postings(); }), kFenOf);
  EXPECT_EQ(lined([](Entry& e) {
              Shift(e, 1, 0, 1);
              e.mutable_settlement_line()->set_fen(9);
            }),
            kFenOf);
  const Entry entry = std::get<Entry>(world.Decide(AddLine("l", 1, kMall)));
  world.WaitDays(1);
  Entry late = entry;
  late.set_recorded_micros(world.now().value());
  late.set_accounting_date(world.today().value());
  EXPECT_EQ(world.FaultOf(late), kLine);
}

TEST(ClaimsFaultTest, Steps) {
  World world = Running();
  const auto line = Done(world, AddLine("l", 1, kMall));
  constexpr std::string_view kCannot = "a step of a settlement that cannot be";
  constexpr std::string_view kNotAt = "a step that the line of the run is not at";
  constexpr std::string_view kMoves = "the postings are not the fen of the line";
  using enum entry::v1::SettlementAction;
  const auto returned = [&](auto change) {
    return Tampered(world, Return("s", line), [&](Entry& e) { change(e); });
  };
  EXPECT_EQ(returned([](Entry&) {}), "OK");
  EXPECT_EQ(returned([](Entry& e) { e.mutable_settlement_step()->set_target(999); }), kCannot);
  EXPECT_EQ(returned([](Entry& e) { e.mutable_settlement_step()->set_merchant(99); }), kCannot);
  EXPECT_EQ(returned([](Entry& e) { e.mutable_settlement_step()->set_merchant(kKiosk.value()); }),
            kMoves);
  EXPECT_EQ(returned([&](Entry& e) { e.mutable_settlement_step()->set_target(line - 1); }), kNotAt);
  EXPECT_EQ(returned([](Entry& e) { e.mutable_settlement_step()->clear_reason(); }), kNotAt);
  EXPECT_EQ(returned([](Entry& e) { e.mutable_settlement_step()->set_fen(9); }), kMoves);
  EXPECT_EQ(returned([](Entry& e) { e.clear_postings(); }), kMoves);
  EXPECT_EQ(returned([](Entry& e) {
              e.mutable_settlement_step()->set_action(SETTLEMENT_ACTION_APPROVE);
            }),
            kMoves);
  EXPECT_EQ(
      returned([](Entry& e) { e.mutable_settlement_step()->set_action(SETTLEMENT_ACTION_PAY); }),
      kNotAt);
  EXPECT_EQ(returned([](Entry& e) {
              e.mutable_settlement_step()->set_action(static_cast<entry::v1::SettlementAction>(9));
            }),
            kNotAt);
  Done(world, Approve("a", line));
  EXPECT_EQ(Tampered(world, Pay("p", line), [](Entry& e) { e.clear_reference_commitment(); }),
            kNotAt);
  Done(world, Pay("p", line));
  const Entry pay = world.last();
  Entry again = pay;
  again.set_request_id(std::string(RequestId::FromText("pay2")->stored()));
  EXPECT_NE(world.FaultOf(again), "OK") << "paid twice";
  EXPECT_EQ(
      Tampered(world, Return("b", line, "bank"), [](Entry& e) { e.clear_reference_commitment(); }),
      kNotAt);
}

}  // namespace
}  // namespace tanhui
