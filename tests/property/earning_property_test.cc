// Random acts on random dates beside a slow model: caps hold whatever the order, points and carry
// are all that acts earned, evidence earns once, and every entry is decided again as an audit does.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/ledger/points/corrections/corrected.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/words.h"
#include "tests/property/decided_again.h"
#include "tests/property/earning_model.h"

namespace tanhui::property {
namespace {

using namespace world;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed), world_(Town(1'000'000)) {
    PublishSet(world_, NextTownSet());
    replica_ = world_.state();
    seen_ = world_.entries().size();
  }

  // One random thing, and everything that must hold after it.
  void Step() {
    switch (Below(10)) {
      case 0:
        world_.WaitDays(static_cast<std::int64_t>(Below(3)));
        break;
      case 1:
        Below(3) == 0 ? Switch() : Reverse();
        break;
      case 2:
        Below(2) == 0 ? Cancel() : Reverse();
        break;
      case 3:
      case 4:
        Below(4) == 0 ? Adjust() : Correct();
        break;
      default:
        Act();
    }
    CatchUp();
    CheckAccounts();
  }
  std::size_t taken() const { return model_.acts().size(); }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  std::string NextId() { return "p" + std::to_string(++ids_); }
  static AccountNo NumberOf(int citizen) { return citizen == 0 ? kAlice : kBob; }

  // Asks and decides again on the state before, as an audit does.
  std::string Ask(const Command& command) {
    State before = world_.state();
    const Command completed = world_.Complete(command);
    const std::string outcome = world_.AskCompleted(completed);
    if (outcome != "OK") {
      return outcome;
    }
    ExpectDecidedAgain(world_, before);
    return outcome;
  }

  void Act() {
    static const std::vector<std::pair<std::string, std::uint64_t>> kMost = {
        {"ride", 30'000}, {"walk", 9'000}, {"bike", 4'000}, {"bottle", 20}, {"post", 3}};
    const auto& [scenario, most] = kMost[Below(kMost.size())];
    ModelAct act;
    act.citizen = static_cast<int>(Below(2));
    act.scenario = scenario;
    const int back = Below(8) == 0 ? static_cast<int>(Below(70)) : static_cast<int>(Below(8));
    act.date = BusinessDate(std::max(world_.today().value() - back, Day("2024-01-01").value()));
    act.quantity = static_cast<std::int64_t>(1 + Below(most));
    if (scenario == "bottle" || Below(4) == 0) {
      act.evidence = "slip " + std::to_string(Below(2) == 0 ? Below(20) : ids_ + 100);
    }
    const std::string id = NextId();
    Command command =
        world::Act(id, scenario, static_cast<std::uint64_t>(act.quantity), NumberOf(act.citizen));
    // The first hour of the date: never ahead of 10:00 of today.
    command = ActAt(command, LedgerTime(MidnightOf(FormatDate(act.date)).value() + 1 +
                                        static_cast<std::int64_t>(Below(3'600'000'000))));
    if (!act.evidence.empty()) {
      command = Shown(command, act.evidence);
    }
    const std::string expected = model_.Judge(act, world_.today());
    const std::string outcome = Ask(command);
    ASSERT_EQ(outcome.substr(0, outcome.find(' ')), expected) << outcome << "\n"
                                                              << command.draft.ShortDebugString();
    if (outcome == "OK") {
      const entry::v1::Earning& earned = world_.last().earning();
      EXPECT_EQ(earned.points(), act.points);
      EXPECT_EQ(earned.carry(), act.micropoints - act.points * 1'000'000);
      EXPECT_EQ(earned.grams() * 1'000'000 + earned.gram_carry(), act.micrograms);
      model_.Take(act);
      entries_.push_back({world_.last_index(), id});
    }
  }

  // What is refused of any correction of an act; "OK": nothing is.
  static std::string RefusedAtOnce(const ModelAct& act, std::uint64_t revision) {
    if (!act.stands || act.undone != 0) {
      return "ALREADY_REVERSED";
    }
    return revision == act.revision ? "OK" : "WRONG_REVISION";
  }

  // Another act in the place of one that was taken.
  void Correct() {
    if (entries_.empty()) {
      return;
    }
    const std::size_t at = Below(entries_.size());
    ModelAct wanted = model_.acts()[at];
    if (Below(4) == 0) {
      wanted.scenario = Below(2) == 0 ? "walk" : "ride";
    }
    wanted.quantity =
        static_cast<std::int64_t>(1 + Below(wanted.scenario == "bottle" ? 20 : 9'000));
    const std::uint64_t revision = Below(8) == 0 ? Below(3) : wanted.revision;
    Command act = world::Act("-", wanted.scenario, static_cast<std::uint64_t>(wanted.quantity),
                             NumberOf(wanted.citizen));
    act = ActAt(act, LedgerTime(MidnightOf(FormatDate(wanted.date)).value() + 1));
    if (!wanted.evidence.empty()) {
      act = Shown(act, wanted.evidence);
    }
    std::string expected = RefusedAtOnce(wanted, revision);
    if (expected == "OK") {
      expected = model_.JudgeCorrection(wanted, at, world_.today());
    }
    const std::string outcome = Ask(Corrected(NextId(), entries_[at].index, revision, act));
    ASSERT_EQ(outcome.substr(0, outcome.find(' ')), expected) << outcome;
    if (outcome == "OK") {
      const entry::v1::Earning& now = world_.last().correction().now();
      EXPECT_EQ(now.points(), wanted.points);
      EXPECT_EQ(now.carry(), wanted.micropoints - wanted.points * 1'000'000);
      EXPECT_EQ(now.grams() * 1'000'000 + now.gram_carry(), wanted.micrograms);
      wanted.adjusted = 0;
      ++wanted.revision;
      model_.acts()[at] = wanted;
    }
  }

  // Other points for an act that was taken.
  void Adjust() {
    if (entries_.empty()) {
      return;
    }
    const std::size_t at = Below(entries_.size());
    ModelAct& act = model_.acts()[at];
    const auto points = static_cast<std::int64_t>(Below(40));
    const std::string outcome = Ask(Adjusted(NextId(), entries_[at].index, act.revision, points));
    const std::string expected = RefusedAtOnce(act, act.revision);
    ASSERT_EQ(outcome.substr(0, outcome.find(' ')), expected) << outcome;
    if (outcome == "OK") {
      act.adjusted = points - act.points;
      ++act.revision;
    }
  }

  void Switch() {
    const char* const scenarios[] = {"ride", "walk", "bike", "bottle", "post"};
    std::string scenario = scenarios[Below(5)];
    if (Below(3) != 0) {  // most of the time most of them are open
      for (const char* one : scenarios) {
        scenario = model_.Suspended(one) ? one : scenario;
      }
    }
    const bool suspended = !model_.Suspended(scenario);
    ASSERT_EQ(Ask(Suspend(NextId(), scenario, suspended)), "OK");
    model_.Switch(scenario, suspended, world_.today());
  }

  void Reverse() {
    if (entries_.empty()) {
      return;
    }
    const std::size_t at = Below(entries_.size());
    ModelAct& act = model_.acts()[at];
    const std::int64_t left = act.stands ? act.quantity - act.undone : 0;
    const std::int64_t part =
        Below(2) == 0 ? std::max<std::int64_t>(left, 1)
                      : 1 + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(left) + 2));
    const std::string outcome =
        Ask(world::Reverse(NextId(), entries_[at].index, static_cast<std::uint64_t>(part)));
    if (part > left) {
      EXPECT_EQ(outcome, "NOTHING_LEFT_TO_UNDO quantity left=" + std::to_string(left));
      return;
    }
    ASSERT_EQ(outcome, "OK");
    reversed_[act.citizen] += world_.last().reversal().points();
    act.undone += part;
    if (act.undone == act.quantity) {
      act.stands = false;
      act.claims = false;
      whole_[act.citizen] += act.points + act.adjusted;
    }
  }

  void Cancel() {
    if (entries_.empty()) {
      return;
    }
    const std::size_t at = Below(entries_.size());
    ModelAct& act = model_.acts()[at];
    const std::string outcome = Ask(world::Cancel(NextId(), entries_[at].id));
    const std::string reason = outcome.substr(0, outcome.find(' '));
    if (!act.stands || act.undone != 0 || act.revision != 0) {
      EXPECT_TRUE(reason == "NOT_CANCELLABLE" || reason == "ALREADY_CANCELLED") << outcome;
      return;
    }
    ASSERT_EQ(outcome, "OK");
    reversed_[act.citizen] += act.points;
    whole_[act.citizen] += act.points;
    act.stands = false;
    act.claims = false;
  }

  // Another state that applies the same entries is the same.
  void CatchUp() {
    for (; seen_ < world_.entries().size(); ++seen_) {
      ASSERT_EQ(world_.ledger().TryApply(replica_, world_.entries()[seen_]), std::nullopt);
    }
    for (const AccountNo number : {kAlice, kBob, kBudget}) {
      EXPECT_TRUE(*replica_.FindAccount(number) == world_.Of(number));
    }
    EXPECT_EQ(replica_.head().size, world_.state().head().size);
  }

  void CheckAccounts() {
    EXPECT_EQ(model_.Exceeded(), "");
    std::int64_t adjusted[2] = {0, 0};
    for (const ModelAct& act : model_.acts()) {
      adjusted[act.citizen] += act.stands ? act.adjusted : 0;
    }
    for (int citizen = 0; citizen < 2; ++citizen) {
      const Account& account = world_.Of(NumberOf(citizen));
      std::int64_t micropoints = 0;
      std::int64_t points = 0;
      for (const ModelAct& act : model_.acts()) {
        if (act.citizen == citizen) {
          micropoints += act.stands ? act.micropoints : 0;
          points += act.stands ? act.points : 0;
        }
      }
      EXPECT_EQ(1'000'000 * points + account.carry, micropoints);
      // Parts of acts that stand were taken back, too.
      EXPECT_EQ(account.balance.units(),
                points + adjusted[citizen] + whole_[citizen] - reversed_[citizen]);
    }
  }

  struct Taken {
    std::uint64_t index;
    std::string id;
  };

  std::mt19937_64 random_;
  World world_;
  EarningModel model_;
  State replica_;
  std::size_t seen_ = 0;
  std::uint64_t ids_ = 0;
  std::vector<Taken> entries_;  // of the model's acts
  std::map<int, std::int64_t> reversed_;
  std::map<int, std::int64_t> whole_;  // points of acts of which nothing is left
};

TEST(EarningPropertyTest, ActsEarnWhatTheModelSays) {
  const std::uint64_t seed = FromEnvironment("TANHUI_PROPERTY_SEED", 1);
  const std::uint64_t lives = FromEnvironment("TANHUI_PROPERTY_LIVES", 25);
  std::uint64_t taken = 0;
  for (std::uint64_t life = seed; life < seed + lives; ++life) {
    Life run(life);
    for (int step = 0; step < 200; ++step) {
      run.Step();
      ASSERT_FALSE(HasFailure()) << "TANHUI_PROPERTY_SEED=" << life << " step " << step;
    }
    taken += run.taken();
  }
  EXPECT_GT(taken, 30 * lives);
}

// The same acts in any order of recording: what a cap of a day admits in total is the same.
TEST(EarningPropertyTest, TheOrderOfRecordingAdmitsTheSame) {
  const World town = Town(1'000'000);
  std::mt19937_64 random(7);
  for (int round = 0; round < 40; ++round) {
    std::vector<Command> acts;
    for (int i = 0; i < 12; ++i) {
      const std::string id = "o" + std::to_string(i);
      const std::uint64_t steps = 100 + random() % 4'000;
      const std::string date = random() % 2 == 0 ? "2024-02-26" : "2024-02-27";
      acts.push_back(ActOn(date, Act(id, "walk", steps)));
    }
    std::string first;
    for (int order = 0; order < 3; ++order) {
      World world = town;
      for (const Command& act : acts) {
        world.Ask(act);
      }
      const std::string counted = Counted(world, kAlice) + " " + Purse(world, kAlice);
      first = first.empty() ? counted : first;
      EXPECT_EQ(counted, first);
      std::shuffle(acts.begin(), acts.end(), random);
    }
  }
}

}  // namespace
}  // namespace tanhui::property
