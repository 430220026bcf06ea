// Random corrections beside spending, expiry, bonuses, debts and what is forgiven: budgets have
// paid what the newest versions say and what was forgiven, and when all is taken back they have all
// back.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "tests/ledger/points/corrections/corrected.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"
#include "tests/property/decided_again.h"

namespace tanhui::property {
namespace {

using namespace world;

constexpr std::int64_t kInBudget = 100'000;
constexpr std::int64_t kInExtra = 1'000;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// An act and what became of it.
struct Made {
  std::uint64_t entry = 0;
  entry::v1::Earning now;
  std::uint64_t revision = 0;
  std::int64_t forgiven = 0;  // by corrections and reversals
  std::uint64_t reversed = 0;
  std::int64_t taken_back = 0;  // by reversals, with what was forgiven
};

std::int64_t TotalOf(const entry::v1::Earning& act) { return act.points() + act.bonus_points(); }

class Life {
 public:
  Life(std::uint64_t seed, bool write_off)
      : random_(seed), write_off_(write_off), world_(Town(kInBudget)) {
    Terms terms = Transfers(TransferPolicy::kCapped);
    terms.spent_reversal = write_off ? SpentReversal::kWriteOff : SpentReversal::kDebt;
    Done(world_, SetTerms("terms", kPoints, terms));
    replica_ = world_.state();
    seen_ = world_.entries().size();
  }

  void Step() {
    switch (Below(12)) {
      case 0:
        world_.WaitDays(static_cast<std::int64_t>(Below(10) == 0 ? 200 : Below(4)));
        break;
      case 1:
      case 2:
      case 3:
        Act();
        break;
      case 4:
      case 5:
        Spend();
        break;
      case 6:
        Reverse(Below(3) == 0);
        break;
      case 7:
        Adjust(static_cast<std::int64_t>(Below(30)));
        break;
      default:
        Correct();
    }
    CatchUp();
    Check();
  }

  // Takes every act back.
  void TakeAllBack() {
    for (at_ = 0; at_ < acts_.size(); ++at_) {
      ReverseOne(true);
    }
    CatchUp();
    Check();
  }

  // How many corrections were taken.
  std::uint64_t corrections() const {
    std::uint64_t sum = 0;
    for (const Made& act : acts_) {
      sum += act.revision;
    }
    return sum;
  }
  const World& world() const { return world_; }
  std::int64_t spent() const { return world_.BalanceOf(kShop) + world_.BalanceOf(kExpiry); }
  std::int64_t forgiven() const {
    std::int64_t sum = 0;
    for (const Made& act : acts_) {
      sum += act.forgiven;
    }
    return sum;
  }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  std::string NextId() { return "c" + std::to_string(++ids_); }

  // Asks and decides again on the state before, as an audit does.
  std::string Ask(const Command& command) {
    const std::string outcome = world_.Ask(command);
    if (outcome != "OK") {
      return outcome;
    }
    CatchUpTo(world_.last_index());  // with what was due before it
    ExpectDecidedAgain(world_, replica_);
    return outcome;
  }

  Command Some(std::string_view id, LedgerTime at) {
    static const std::vector<std::pair<std::string, std::uint64_t>> kMost = {
        {"walk", 15'000}, {"bike", 3'000}, {"plant", 3}, {"seed", 2}, {"deposit", 9}};
    const auto& [scenario, most] = kMost[Below(kMost.size())];
    const std::uint64_t least = scenario == "walk" ? 100 : 1;
    return ActAt(world::Act(id, scenario, least + Below(most)), at);
  }

  void Act() {
    const Command act = Some(NextId(), world_.now());
    const std::string outcome = Ask(act);
    EXPECT_TRUE(outcome == "OK" || outcome.starts_with("CAP_REACHED")) << outcome;
    if (outcome == "OK") {
      acts_.push_back({world_.last_index(), world_.last().earning()});
    }
  }

  void Spend() {
    const std::int64_t available = world_.BalanceOf(kAlice);
    if (available > 0) {
      Ask(Redeem(NextId(), kAlice, kShop,
                 1 + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(available)))));
    }
  }

  void Correct() {
    if (acts_.empty()) {
      return;
    }
    Made& act = acts_[Below(acts_.size())];
    const LedgerTime at(world_.entries()[act.entry].act_micros());
    Take(act, Corrected(NextId(), act.entry, act.revision, Some("-", at)));
  }

  void Adjust(std::int64_t points) {
    if (!acts_.empty()) {
      Made& act = acts_[Below(acts_.size())];
      Take(act, Adjusted(NextId(), act.entry, act.revision, points));
    }
  }

  void Take(Made& act, const Command& command) {
    const std::string outcome = Ask(command);
    const std::string reason = outcome.substr(0, outcome.find(' '));
    if (act.reversed != 0) {
      EXPECT_EQ(reason, "ALREADY_REVERSED");
      return;
    }
    EXPECT_TRUE(reason == "OK" || reason == "CAP_REACHED" || reason == "ACT_TOO_LATE") << outcome;
    if (outcome == "OK") {
      const entry::v1::Correction& correction = world_.last().correction();
      EXPECT_EQ(correction.change(), TotalOf(correction.now()) - TotalOf(act.now));
      act.now = correction.now();
      act.forgiven = correction.forgiven();
      ++act.revision;
    }
  }

  void Reverse(bool whole) {
    if (!acts_.empty()) {
      at_ = Below(acts_.size());
      ReverseOne(whole);
    }
  }

  void ReverseOne(bool whole) {
    Made& act = acts_[at_];
    const std::uint64_t left = act.now.quantity() - act.reversed;
    if (left == 0) {
      return;
    }
    const std::uint64_t part = whole ? left : 1 + Below(left);
    ASSERT_EQ(Ask(world::Reverse(NextId(), act.entry, part)), "OK");
    act.reversed += part;
    act.taken_back += world_.last().reversal().points();
    act.forgiven += world_.last().reversal().forgiven();
    if (act.reversed == act.now.quantity()) {
      EXPECT_EQ(act.taken_back, TotalOf(act.now));
    }
  }

  void CatchUpTo(std::uint64_t end) {
    for (; seen_ < end; ++seen_) {
      ASSERT_EQ(world_.ledger().TryApply(replica_, world_.entries()[seen_]), std::nullopt);
    }
  }

  // Another state that applies the same entries is the same.
  void CatchUp() {
    CatchUpTo(world_.entries().size());
    for (const AccountNo number : {kAlice, kBudget, kExtra}) {
      EXPECT_TRUE(*replica_.FindAccount(number) == world_.Of(number));
    }
  }

  void Check() {
    std::int64_t standing = 0;
    std::int64_t carry = 0;
    for (const Made& act : acts_) {
      standing += TotalOf(act.now) - act.taken_back;
      carry += act.reversed == act.now.quantity() ? 0 : act.now.carry();
    }
    if (!write_off_) {  // otherwise what was forgiven may stay counted
      EXPECT_EQ(world_.Of(kAlice).carry, carry);
    }
    const std::int64_t paid =
        kInBudget + kInExtra - world_.BalanceOf(kBudget) - world_.BalanceOf(kExtra);
    EXPECT_EQ(paid, standing + forgiven());
    EXPECT_EQ(world_.BalanceOf(kAlice), paid - spent());
  }

  std::mt19937_64 random_;
  const bool write_off_;
  World world_;
  State replica_;
  std::size_t seen_ = 0;
  std::uint64_t ids_ = 0;
  std::size_t at_ = 0;
  std::vector<Made> acts_;
};

TEST(CorrectionPropertyTest, BudgetsPaidTheNewestAndWhatWasForgiven) {
  const std::uint64_t seed = FromEnvironment("TANHUI_PROPERTY_SEED", 1);
  const std::uint64_t lives = FromEnvironment("TANHUI_PROPERTY_LIVES", 25);
  std::uint64_t corrections = 0;
  std::int64_t forgiven = 0;
  for (std::uint64_t life = seed; life < seed + lives; ++life) {
    const bool write_off = life % 2 == 0;
    Life run(life, write_off);
    for (int step = 0; step < 120; ++step) {
      run.Step();
      ASSERT_FALSE(HasFailure()) << "TANHUI_PROPERTY_SEED=" << life << " step " << step;
    }
    run.TakeAllBack();
    ASSERT_FALSE(HasFailure()) << "TANHUI_PROPERTY_SEED=" << life;
    corrections += run.corrections();
    forgiven += run.forgiven();
    const Account& alice = run.world().Of(kAlice);
    if (!write_off) {
      EXPECT_EQ(run.forgiven(), 0);
      EXPECT_EQ(run.world().BalanceOf(kBudget), kInBudget);
      EXPECT_EQ(run.world().BalanceOf(kExtra), kInExtra);
      EXPECT_EQ(alice.balance.units(), -run.spent());
      EXPECT_EQ(alice.carry, 0) << "TANHUI_PROPERTY_SEED=" << life;
      EXPECT_EQ(alice.gram_carry, 0);
    }
  }
  EXPECT_GT(corrections, 20 * lives);
  EXPECT_GT(forgiven, 0);
}

}  // namespace
}  // namespace tanhui::property
