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

std::string TryMove(const Account& from, const Account& to, std::int64_t amount,
                    Entry* entry = nullptr) {
  State state;
  state.LoadAccount(kFrom, from);
  state.LoadAccount(kTo, to);
  Entry made;
  const auto refusal = Move(state, kFrom, kTo, Amount(amount), "points", made);
  EXPECT_EQ(made.postings_size(), refusal.has_value() ? 0 : 2);
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
      {kCitizen, 10, kMerchant, 0, 10, "OK"},
      {kCitizen, 10, kMerchant, 0, 11, "INSUFFICIENT_BALANCE points needed=11 available=10"},
      {kCitizen, 0, kCitizen, 0, 1, "INSUFFICIENT_BALANCE points needed=1 available=0"},
      {kMerchant, 10, kCitizen, 0, 10, "OK"},
      {kMerchant, 10, kCitizen, 0, 11, "INSUFFICIENT_BALANCE points needed=11 available=10"},
      {kBudget, 10, kCitizen, 0, 10, "OK"},
      {kBudget, 10, kCitizen, 0, 11, "INSUFFICIENT_BUDGET points needed=11 available=10"},
      {kIssuance, 0, kBudget, 0, 10, "OK"},
      {kIssuance, kMin + 10, kBudget, 0, 10, "OK"},
      {kIssuance, kMin + 9, kBudget, 0, 10, "BALANCE_LIMIT points"},
      {kBudget, 10, kIssuance, -10, 10, "OK"},
      {kBudget, 11, kIssuance, -10, 11, "BALANCE_LIMIT points"},
      {kCitizen, 10, kMerchant, kMax - 10, 10, "OK"},
      {kCitizen, 10, kMerchant, kMax - 9, 10, "BALANCE_LIMIT points"},
      {kBudget, 10, kCitizen, kMax, 1, "BALANCE_LIMIT points"},
      {kCitizen, kMax, kCitizen, 0, kMax, "OK"},
      // Both hold: the one listed first is answered.
      {kCitizen, 5, kMerchant, kMax, 6, "INSUFFICIENT_BALANCE points needed=6 available=5"},
      {kBudget, 5, kCitizen, kMax, 6, "INSUFFICIENT_BUDGET points needed=6 available=5"},
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
  Account to = Of(AccountKind::kCitizen, 7);
  from.last_entry_plus_one = 12;
  Entry entry;
  EXPECT_EQ(TryMove(from, to, 30, &entry), "OK");
  EXPECT_EQ(entry.ShortDebugString(),
            "postings { account: 1 amount: -30 balance_after: 70 previous: 12 } "
            "postings { account: 2 amount: 30 balance_after: 37 }");
}

TEST(PostingsDeathTest, AMoveThatIsNone) {
  const Account citizen = Of(AccountKind::kCitizen, 100);
  EXPECT_DEATH(TryMove(citizen, citizen, 0), "a move needs an amount and two accounts");
  EXPECT_DEATH(TryMove(citizen, citizen, -1), "a move needs an amount and two accounts");
  EXPECT_DEATH(TryMove(citizen, Of(AccountKind::kCitizen, 0, 2), 1), "a move between two assets");
  State state;
  state.LoadAccount(kFrom, citizen);
  Entry entry;
  EXPECT_DEATH(Move(state, kFrom, kFrom, Amount(1), "", entry), "two accounts");
  EXPECT_DEATH(Move(state, kFrom, kTo, Amount(1), "", entry), "an account that is not loaded");
  EXPECT_DEATH(Move(state, kTo, kFrom, Amount(1), "", entry), "an account that is not loaded");
}

struct Line {
  std::uint64_t account;
  std::int64_t amount;
  std::int64_t balance_after;
  std::uint64_t previous;
};

// Citizens 1 (100 points, last touched by entry 4) and 2, citizen 3 of another asset, issuance 4.
State Four() {
  State state;
  Account first = Of(AccountKind::kCitizen, 100);
  first.last_entry_plus_one = 5;
  state.LoadAccount(AccountNo(1), first);
  state.LoadAccount(AccountNo(2), Of(AccountKind::kCitizen, 0));
  state.LoadAccount(AccountNo(3), Of(AccountKind::kCitizen, 50, 2));
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
  state.LoadAccount(AccountNo(5), Of(AccountKind::kCitizen, kMax));
  // What wrapping around would give.
  const Fault fault = TryLines(state, {{5, 1, kMin, 0}, {1, -1, 99, 5}});
  EXPECT_THAT(std::string(fault.value_or("OK")), HasSubstr("balance_after is not the balance"));
}

}  // namespace
}  // namespace tanhui
