// Random lives of loads beside a plain model: what is credited, and that everything adds up.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "ledger/points/liability.h"
#include "tests/ledger/points/loads/loads.h"

namespace tanhui {
namespace {

using namespace world;

constexpr int kCitizens = 6;

struct ModelBalance {
  std::uint64_t load = 0;
  int citizen = 0;
  std::int64_t points = 0;
  bool credited = false;
};
struct ModelLoad {
  std::uint64_t accounts_want = 0;
  std::int64_t points_want = 0;
  std::uint64_t accounts = 0;
  std::int64_t points = 0;
  std::string state = "open";
};

class Life {
 public:
  explicit Life(std::uint32_t seed) : random_(seed), world_(Funded(1'000'000)) {
    const AccountNo first = world_.state().head().next_account;
    for (int i = 0; i < kCitizens; ++i) {
      Done(world_, By(OpenCitizen(NextId(), kPoints), kOperator));
      citizens_.emplace_back(first.value() + static_cast<std::uint64_t>(i));
    }
    into_.assign(kCitizens, -1);
    closed_.assign(kCitizens, false);
  }

  void Step() {
    switch (Below(8)) {
      case 0:
        return Open();
      case 1:
      case 2:
        return StateOne();
      case 3:
        return EndOne();
      case 4:
      case 5:
        return CreditOne();
      case 6:
        return Spend();
      default:
        return MergeOrClose();
    }
  }

  void Check() const {
    std::int64_t credited = 0;
    for (const auto& [index, balance] : balances_) {
      credited += balance.credited ? balance.points : 0;
    }
    const AccountNo opening = loads::LoadsOf(world_.state().registry()).OpeningAccount(kPoints);
    EXPECT_EQ(opening == AccountNo(0) ? 0 : world_.BalanceOf(opening), -credited);
    for (const auto& [index, load] : loads_) {
      const LoadTotals totals = TotalsOf(world_, index);
      EXPECT_EQ(totals.accounts, load.accounts);
      EXPECT_EQ(totals.points.units(), load.points);
      std::uint64_t done = 0;
      for (const auto& [at, balance] : balances_) {
        done += balance.load == index && balance.credited ? 1 : 0;
      }
      EXPECT_EQ(totals.credited, done);
    }
    points::Liability report(kPoints, world_.state().registry().Find(kPoints)->terms, world_.now());
    for (const auto& [number, account] : world_.state().accounts()) {
      report.Add(account);
    }
    EXPECT_TRUE(report.Balanced());
  }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<std::uint32_t>(limit)); }
  std::string NextId() { return "id" + std::to_string(next_id_++); }
  template <typename Map>
  typename Map::iterator AnyOf(Map& map) {
    return std::next(map.begin(), Below(static_cast<int>(map.size())));
  }
  int Standing(int citizen) const {
    return into_[citizen] < 0 ? citizen : Standing(into_[citizen]);
  }
  void Expect(const Command& command, const std::string& outcome) {
    EXPECT_EQ(world_.Ask(command).substr(0, outcome.size()), outcome)
        << command.draft.ShortDebugString();
  }

  void Open() {
    ModelLoad load;
    load.accounts_want = static_cast<std::uint64_t>(1 + Below(2));
    load.points_want = static_cast<std::int64_t>(load.accounts_want) * 10;
    Expect(OpenLoad(NextId(), NextId(), load.accounts_want, load.points_want), "OK");
    loads_[world_.last_index()] = load;
  }
  void StateOne() {
    if (loads_.empty()) {
      return;
    }
    auto& [index, load] = *AnyOf(loads_);
    const int citizen = Below(kCitizens);
    const bool open = load.state == "open";
    const std::int64_t points = Below(10) == 0 ? 11 : 10;
    Expect(StateBalance(NextId(), index, citizens_[citizen], {Stated(661, points)}),
           open ? "OK" : "LOAD_STATE load state=" + load.state);
    if (open) {
      ++load.accounts;
      load.points += points;
      balances_[world_.last_index()] = {index, citizen, points, false};
    }
  }
  void EndOne() {
    if (loads_.empty()) {
      return;
    }
    auto& [index, load] = *AnyOf(loads_);
    const bool seals = Below(4) > 0;
    const bool agrees = load.accounts == load.accounts_want && load.points == load.points_want;
    const std::string outcome = load.state != "open" ? "LOAD_STATE load state=" + load.state
                                : seals && !agrees   ? "CONTROL_TOTALS"
                                                     : "OK";
    Expect(seals ? Seal(NextId(), index) : Drop(NextId(), index), outcome);
    if (outcome == "OK") {
      load.state = seals ? "sealed" : "dropped";
    }
  }
  void CreditOne() {
    if (balances_.empty()) {
      return;
    }
    auto& [index, balance] = *AnyOf(balances_);
    const int citizen = Standing(balance.citizen);
    const std::string& state = loads_.at(balance.load).state;
    const std::string outcome = closed_[citizen]    ? "ACCOUNT_CLOSED"
                                : balance.credited  ? "ALREADY_REVERSED"
                                : state != "sealed" ? "LOAD_STATE load state=" + state
                                                    : "OK";
    const AccountNo account = citizens_[citizen];
    const std::int64_t before = world_.BalanceOf(account);
    Expect(CreditBalance(NextId(), index), outcome);
    if (outcome == "OK") {
      balance.credited = true;
      EXPECT_EQ(world_.BalanceOf(account), before + balance.points);
    }
  }
  // An award that is spent and then taken back leaves a debt.
  void Spend() {
    const int citizen = Below(kCitizens);
    if (into_[citizen] >= 0 || closed_[citizen]) {
      return;
    }
    const AccountNo account = citizens_[citizen];
    if (world_.BalanceOf(account) < 0) {
      return;
    }
    const auto award = Done(world_, Award(NextId(), account, kBudget, 5));
    const std::int64_t all = world_.BalanceOf(account);
    Expect(Redeem(NextId(), account, kShop, all), "OK");
    Expect(Reverse(NextId(), award), "OK");
  }
  void MergeOrClose() {
    const int from = Below(kCitizens);
    const int into = Below(kCitizens);
    const auto gone = [this](int citizen) { return into_[citizen] >= 0 || closed_[citizen]; };
    if (gone(from) || Below(5) > 0) {
      return;
    }
    if (from != into && !gone(into)) {
      Expect(Merge(NextId(), citizens_[from], citizens_[into]), "OK");
      into_[from] = into;
    } else if (from == into && world_.BalanceOf(citizens_[from]) >= 0) {
      Expect(Close(NextId(), citizens_[from], true), "OK");
      closed_[from] = true;
    }
  }

  std::mt19937 random_;
  World world_;
  int next_id_ = 1;
  std::vector<AccountNo> citizens_;
  std::vector<int> into_;
  std::vector<bool> closed_;
  std::map<std::uint64_t, ModelLoad> loads_;
  std::map<std::uint64_t, ModelBalance> balances_;
};

TEST(LoadPropertyTest, RandomLivesAddUp) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Life life(seed);
    for (int i = 0; i < 150 && !testing::Test::HasFailure(); ++i) {
      life.Step();
      life.Check();
    }
  }
}

}  // namespace
}  // namespace tanhui
