#include "ledger/core/postings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/ledger/core/world.h"

namespace tanhui {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr AccountNo kFrom{1};
constexpr AccountNo kTo{2};

Account Of(AccountKind kind, std::int64_t balance, std::uint32_t asset = 1) {
  Account account;
  account.kind = kind;
  account.asset = AssetNo(asset);
  account.balance = Amount(balance);
  return account;
}

// A leg without lots on each side; the giver first.
std::string TryMove(const Account& from, const Account& to, std::int64_t amount,
                    Entry* entry = nullptr) {
  State state;
  state.LoadAccount(kFrom, from);
  state.LoadAccount(kTo, to);
  const Leg legs[] = {{.account = kFrom, .amount = Amount(-amount)},
                      {.account = kTo, .amount = Amount(amount)}};
  Entry made;
  const auto refusal = Post(state, legs, "points", made);
  if (entry != nullptr) {
    *entry = made;
  }
  return refusal.has_value() ? world::Text(*refusal) : "OK";
}

TEST(PostingsTest, MovesWithinTheLimitsOfEachKind) {
  using enum AccountKind;
  struct Row {
    AccountKind from;
    std::int64_t from_balance;
    AccountKind to;
    std::int64_t to_balance;
    std::int64_t amount;
    std::string_view outcome;
  };
  const Row rows[] = {
      {kMerchant, 10, kCharity, 0, 10, "OK"},
      {kMerchant, 10, kCharity, 0, 11, "INSUFFICIENT_BALANCE points needed=11 available=10"},
      {kCharity, 0, kExpiry, 0, 1, "INSUFFICIENT_BALANCE points needed=1 available=0"},
      {kExpiry, 1, kCharity, 0, 2, "INSUFFICIENT_BALANCE points needed=2 available=1"},
      {kBudget, 10, kMerchant, 0, 10, "OK"},
      {kBudget, 10, kMerchant, 0, 11, "INSUFFICIENT_BUDGET points needed=11 available=10"},
      {kIssuance, 0, kBudget, 0, 10, "OK"},
      {kIssuance, kMin + 10, kBudget, 0, 10, "OK"},
      {kIssuance, kMin + 9, kBudget, 0, 10, "BALANCE_LIMIT points"},
      {kBudget, 10, kIssuance, -10, 10, "OK"},
      {kBudget, 11, kIssuance, -10, 11, "BALANCE_LIMIT points"},
      {kBudget, 10, kMerchant, kMax - 10, 10, "OK"},
      {kBudget, 10, kMerchant, kMax - 9, 10, "BALANCE_LIMIT points"},
      {kMerchant, kMax, kCharity, 0, kMax, "OK"},
      // Both hold: the one listed first is answered.
      {kCharity, 5, kMerchant, kMax, 6, "INSUFFICIENT_BALANCE points needed=6 available=5"},
      {kBudget, 5, kMerchant, kMax, 6, "INSUFFICIENT_BUDGET points needed=6 available=5"},
      {kBudget, 5, kIssuance, -1, 6, "INSUFFICIENT_BUDGET points needed=6 available=5"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(TryMove(Of(row.from, row.from_balance), Of(row.to, row.to_balance), row.amount),
              row.outcome)
        << row.from_balance << " to " << row.to_balance << " move " << row.amount;
  }
}

TEST(PostingsTest, AMoveSpellsOutBothSides) {
  Account from = Of(AccountKind::kBudget, 100);
  Account to = Of(AccountKind::kMerchant, 7);
  from.last_entry_plus_one = 12;
  Entry entry;
  EXPECT_EQ(TryMove(from, to, 30, &entry), "OK");
  EXPECT_EQ(entry.ShortDebugString(),
            "postings { account: 1 amount: -30 balance_after: 70 previous: 12 } "
            "postings { account: 2 amount: 30 balance_after: 37 }");
}

Lot LotOf(std::uint16_t month, std::int64_t points, std::int64_t grams = 0) {
  return Lot{{Month(month), SchemeNo(1), ParticipantNo(5)}, Amount(points), grams};
}

// A citizen with two lots, 4 points held and no debt.
Account Citizen() {
  Account account = Of(AccountKind::kCitizen, 19);
  account.lots = {LotOf(660, 10, 100), LotOf(661, 5, 7)};
  account.held = Amount(4);
  account.last_entry_plus_one = 3;
  return account;
}

Entry Posted(const Account& account, Leg leg, AccountKind other = AccountKind::kMerchant) {
  State state;
  state.LoadAccount(kFrom, account);
  state.LoadAccount(kTo, Of(other, other == AccountKind::kIssuance ? -500 : 500));
  leg.account = kFrom;
  std::vector<Leg> legs = {leg};
  if (leg.amount != Amount(0)) {
    legs.push_back({.account = kTo, .amount = Amount(-leg.amount.units())});
  }
  Entry entry;
  EXPECT_EQ(Post(state, legs, "points", entry), std::nullopt);
  EXPECT_EQ(ApplyPostings(state, EntryIndex(9), entry), std::nullopt) << entry.DebugString();
  return entry;
}

TEST(PostingsTest, ALegSpellsOutLotsHeldPointsAndDebt) {
  struct Row {
    Leg leg;
    std::string_view posting;
  };
  const Row rows[] = {
      {{.amount = Amount(-3), .out = {LotOf(660, 3, 30)}},
       "amount: -3 balance_after: 16 previous: 3 "
       "lots { expiry_month: 660 scheme: 1 funder: 5 points: -3 grams: -30 } held_after: 4"},
      {{.amount = Amount(8), .in = {LotOf(661, 8, 1)}},
       "amount: 8 balance_after: 27 previous: 3 "
       "lots { expiry_month: 661 scheme: 1 funder: 5 points: 8 grams: 1 } held_after: 4"},
      {{.out = {LotOf(660, 10, 100)}, .held = Amount(10)},
       "balance_after: 19 previous: 3 "
       "lots { expiry_month: 660 scheme: 1 funder: 5 points: -10 grams: -100 } held_after: 14"},
      {{.amount = Amount(-15), .out = {LotOf(660, 10, 100), LotOf(661, 5, 7)}},
       "amount: -15 balance_after: 4 previous: 3 "
       "lots { expiry_month: 660 scheme: 1 funder: 5 points: -10 grams: -100 } "
       "lots { expiry_month: 661 scheme: 1 funder: 5 points: -5 grams: -7 } held_after: 4"},
      {{.amount = Amount(-20), .out = {LotOf(660, 10, 100), LotOf(661, 5, 7)}, .debt = Amount(5)},
       "amount: -20 balance_after: -1 previous: 3 "
       "lots { expiry_month: 660 scheme: 1 funder: 5 points: -10 grams: -100 } "
       "lots { expiry_month: 661 scheme: 1 funder: 5 points: -5 grams: -7 } "
       "held_after: 4 debt_after: 5"},
      // What comes and goes in one lot is netted.
      {{.in = {LotOf(660, 4, 10)}, .out = {LotOf(660, 4, 0), LotOf(661, 4, 1)}, .held = Amount(4)},
       "balance_after: 19 previous: 3 "
       "lots { expiry_month: 660 scheme: 1 funder: 5 grams: 10 } "
       "lots { expiry_month: 661 scheme: 1 funder: 5 points: -4 grams: -1 } held_after: 8"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Posted(Citizen(), row.leg).postings(0).ShortDebugString(),
              "account: 1 " + std::string(row.posting));
  }
}

TEST(PostingsTest, AnAccountHasAtMost1024Lots) {
  ASSERT_EQ(kMaxLots, 1'024u);
  Account full = Of(AccountKind::kCitizen, 1'024);
  for (std::uint16_t month = 0; month < kMaxLots; ++month) {
    full.lots.push_back(LotOf(month, 1));
  }
  const auto outcome = [&full](const Leg& leg) {
    State state;
    state.LoadAccount(kFrom, full);
    state.LoadAccount(kTo, Of(AccountKind::kBudget, 500));
    const Leg legs[] = {leg, {.account = kTo, .amount = Amount(-leg.amount.units())}};
    Entry entry;
    const auto refusal = Post(state, legs, "points", entry);
    return refusal.has_value() ? world::Text(*refusal) : "OK";
  };
  const Leg more{.account = kFrom, .amount = Amount(7), .in = {LotOf(2'000, 7)}};
  EXPECT_EQ(outcome(more), "LOT_LIMIT points limit=1024");
  EXPECT_EQ(outcome({.account = kFrom, .amount = Amount(7), .in = {LotOf(9, 7)}}), "OK");
  EXPECT_EQ(
      outcome(
          {.account = kFrom, .amount = Amount(6), .in = {LotOf(2'000, 7)}, .out = {LotOf(3, 1)}}),
      "OK")
      << "another lot goes";
  full.balance = Amount(kMax);
  EXPECT_EQ(outcome(more), "LOT_LIMIT points limit=1024") << "it stands before BALANCE_LIMIT";
}

TEST(PostingsTest, PartsStayInRange) {
  Account account = Of(AccountKind::kCitizen, 0);
  State state;
  account.held = Amount(kMax);
  account.debt = Amount(kMax);
  state.LoadAccount(kFrom, account);
  Entry entry;
  const Leg held[] = {{.account = kFrom, .held = Amount(1), .debt = Amount(1)}};
  EXPECT_EQ(world::Text(*Post(state, held, "points", entry)), "BALANCE_LIMIT points");
}

TEST(PostingsDeathTest, LegsThatCannotBe) {
  State state;
  state.LoadAccount(kFrom, Of(AccountKind::kBudget, 100));
  state.LoadAccount(kTo, Of(AccountKind::kMerchant, 0, 2));
  Entry entry;
  const Leg unknown[] = {{.account = AccountNo(9), .amount = Amount(1)}};
  EXPECT_DEATH((void)Post(state, unknown, "", entry), "an account that is not loaded");
  const Leg alone[] = {{.account = kFrom, .amount = Amount(-1)}};
  EXPECT_DEATH((void)Post(state, alone, "", entry), "legs do not sum to zero");
  const Leg mixed[] = {{.account = kFrom, .amount = Amount(-1)},
                       {.account = kTo, .amount = Amount(1)}};
  EXPECT_DEATH((void)Post(state, mixed, "", entry), "legs do not sum to zero");
}

struct Line {
  std::uint64_t account;
  std::int64_t amount;
  std::int64_t balance_after;
  std::uint64_t previous;
};

// Merchants 1 (100 points, last touched by entry 4) and 2, merchant 3 of another asset, issuance 4.
State Four() {
  State state;
  Account first = Of(AccountKind::kMerchant, 100);
  first.last_entry_plus_one = 5;
  state.LoadAccount(AccountNo(1), first);
  state.LoadAccount(AccountNo(2), Of(AccountKind::kMerchant, 0));
  state.LoadAccount(AccountNo(3), Of(AccountKind::kMerchant, 50, 2));
  state.LoadAccount(AccountNo(4), Of(AccountKind::kIssuance, -10));
  return state;
}

Fault TryLines(State& state, std::initializer_list<Line> lines) {
  Entry entry;
  for (const Line& line : lines) {
    entry::v1::Posting& posting = *entry.add_postings();
    posting.set_account(line.account);
    posting.set_amount(line.amount);
    posting.set_balance_after(line.balance_after);
    posting.set_previous(line.previous);
  }
  return ApplyPostings(state, EntryIndex(9), entry);
}

State Apply(std::initializer_list<Line> lines) {
  State state = Four();
  EXPECT_EQ(TryLines(state, lines), std::nullopt);
  return state;
}

std::string FaultOf(std::initializer_list<Line> lines) {
  State state = Four();
  return std::string(TryLines(state, lines).value_or("OK"));
}

TEST(PostingsTest, ApplyAddsAndRemembersTheEntry) {
  const State state = Apply({{1, -40, 60, 5}, {2, 40, 40, 0}});
  EXPECT_EQ(state.FindAccount(AccountNo(1))->balance, Amount(60));
  EXPECT_EQ(state.FindAccount(AccountNo(2))->balance, Amount(40));
  EXPECT_EQ(state.FindAccount(AccountNo(1))->last_entry_plus_one, 10u);
  EXPECT_EQ(state.FindAccount(AccountNo(2))->last_entry_plus_one, 10u);
  EXPECT_EQ(state.FindAccount(AccountNo(4))->last_entry_plus_one, 0u);
}

TEST(PostingsTest, ApplyTakesMoreThanAPair) {
  const State state = Apply({{1, -40, 60, 5}, {2, 30, 30, 0}, {4, 10, 0, 0}});
  EXPECT_EQ(state.FindAccount(AccountNo(4))->balance, Amount(0));
}

TEST(PostingsTest, AnEntryWithoutPostingsMovesNothing) {
  EXPECT_EQ(Apply({}).FindAccount(AccountNo(1))->balance, Amount(100));
}

TEST(PostingsTest, ApplyFindsWhatDecideCannotHaveMade) {
  EXPECT_THAT(FaultOf({{9, -1, 0, 0}}), HasSubstr("a posting names an unknown account"));
  EXPECT_THAT(FaultOf({{1, 0, 100, 5}}), HasSubstr("a posting of nothing"));
  EXPECT_THAT(FaultOf({{1, -40, 61, 5}, {2, 40, 40, 0}}),
              HasSubstr("balance_after is not the balance"));
  EXPECT_THAT(FaultOf({{1, -40, 60, 4}, {2, 40, 40, 0}}), HasSubstr("previous is not"));
  EXPECT_THAT(FaultOf({{1, -40, 60, 0}, {2, 40, 40, 0}}), HasSubstr("previous is not"));
  EXPECT_THAT(FaultOf({{2, -1, -1, 0}, {1, 1, 101, 5}}), HasSubstr("breaks an account's limit"));
  EXPECT_THAT(FaultOf({{4, 11, 1, 0}, {1, -11, 89, 5}}), HasSubstr("breaks an account's limit"));
}

TEST(PostingsTest, EachAssetSumsToZero) {
  EXPECT_THAT(FaultOf({{1, -40, 60, 5}}), HasSubstr("postings do not sum to zero"));
  EXPECT_THAT(FaultOf({{1, -40, 60, 5}, {2, 39, 39, 0}}), HasSubstr("postings do not sum to zero"));
  // Zero in total, but not for each asset.
  EXPECT_THAT(FaultOf({{1, -40, 60, 5}, {3, 40, 90, 0}}), HasSubstr("postings do not sum to zero"));
}

TEST(PostingsTest, AnAccountStandsOnceInAnEntry) {
  EXPECT_THAT(FaultOf({{1, -40, 60, 5}, {1, 40, 100, 10}}), HasSubstr("previous is not"));
  EXPECT_THAT(FaultOf({{1, -40, 60, 5}, {1, 40, 100, 5}}), HasSubstr("previous is not"));
}

TEST(PostingsTest, ABalanceBeyond64Bits) {
  State state = Four();
  state.LoadAccount(AccountNo(5), Of(AccountKind::kMerchant, kMax));
  // What wrapping around would give.
  const Fault fault = TryLines(state, {{5, 1, kMin, 0}, {1, -1, 99, 5}});
  EXPECT_THAT(std::string(fault.value_or("OK")), HasSubstr("balance_after is not the balance"));
}

// A citizen's posting, changed: what apply says of it.
class LotFaults : public testing::Test {
 protected:
  using Posting = entry::v1::Posting;
  void SetUp() override {
    state_.LoadAccount(kFrom, Citizen());
    state_.LoadAccount(kTo, Of(AccountKind::kMerchant, 0));
    const Leg legs[] = {
        {.account = kFrom, .amount = Amount(-12), .out = {LotOf(660, 10, 100), LotOf(661, 2, 2)}},
        {.account = kTo, .amount = Amount(12)}};
    ASSERT_EQ(Post(state_, legs, "points", good_), std::nullopt);
  }
  template <typename Change>
  std::string After(Change change) const {
    Entry entry = good_;
    change(*entry.mutable_postings(0), *entry.mutable_postings(1));
    State state = state_;
    return std::string(ApplyPostings(state, EntryIndex(9), entry).value_or("OK"));
  }

  State state_;
  Entry good_;
};

TEST_F(LotFaults, OfLots) {
  const std::string parts = "lots, held points and debt are not its amount";
  const std::string more = "takes more from a lot than it holds";
  const std::string order = "lots are not in order";
  EXPECT_EQ(After([](Posting&, Posting&) {}), "OK");
  EXPECT_THAT(After([](Posting& p, Posting&) { p.mutable_lots(1)->set_points(-1); }),
              HasSubstr(parts));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.clear_lots(); }), HasSubstr(parts));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.mutable_lots(0)->set_points(-11); }),
              HasSubstr(more));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.mutable_lots(0)->set_grams(-101); }),
              HasSubstr(more));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.mutable_lots(0)->set_grams(-99); }),
              HasSubstr(more))
      << "grams without points";
  EXPECT_THAT(After([](Posting& p, Posting&) { p.mutable_lots(1)->set_expiry_month(662); }),
              HasSubstr(more));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.mutable_lots(1)->set_contributor(1); }),
              HasSubstr(more));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.mutable_lots(1)->set_expiry_month(65'536); }),
              HasSubstr(order));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.mutable_lots()->SwapElements(0, 1); }),
              HasSubstr(order));
  EXPECT_THAT(After([](Posting& p, Posting&) { *p.add_lots() = p.lots(1); }), HasSubstr(order));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.add_lots()->set_expiry_month(700); }),
              HasSubstr(order))
      << "a part of nothing";
}

TEST_F(LotFaults, OfHeldPointsAndDebt) {
  const std::string parts = "lots, held points and debt are not its amount";
  EXPECT_THAT(After([](Posting& p, Posting&) { p.set_held_after(5); }), HasSubstr(parts));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.clear_held_after(); }), HasSubstr(parts));
  EXPECT_THAT(After([](Posting& p, Posting&) { p.set_debt_after(1); }), HasSubstr(parts));
  EXPECT_THAT(After([](Posting& p, Posting&) {
                p.set_held_after(-1);
                p.set_debt_after(-5);
              }),
              HasSubstr("below zero"));
  EXPECT_THAT(After([](Posting&, Posting& q) { q.set_held_after(1); }),
              HasSubstr("lots on an account that has none"));
  EXPECT_THAT(After([](Posting&, Posting& q) { q.set_debt_after(1); }),
              HasSubstr("lots on an account that has none"));
  EXPECT_THAT(After([](Posting& p, Posting& q) { *q.add_lots() = p.lots(0); }),
              HasSubstr("lots on an account that has none"));
}

TEST_F(LotFaults, OfNothing) {
  State state = state_;
  Entry entry;
  Posting& posting = *entry.add_postings();
  posting.set_account(kFrom.value());
  posting.set_balance_after(19);
  posting.set_previous(3);
  posting.set_held_after(4);
  EXPECT_THAT(std::string(ApplyPostings(state, EntryIndex(9), entry).value_or("OK")),
              HasSubstr("a posting of nothing"));
}

}  // namespace
}  // namespace tanhui
