// Users' names through the sequencer: two commands about one user in one batch, repeats, commits in
// flight, a small cache, a restart, and an audit that knows no user.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using testing::ElementsAre;
using world::kAlice;
using world::kBob;
using world::kPlatform;
using world::kPoints;
using world::Linkage;

constexpr auto kLink = entry::v1::LINK_STEP_LINK;
constexpr auto kUnlink = entry::v1::LINK_STEP_UNLINK;
constexpr auto kRebind = entry::v1::LINK_STEP_REBIND;

std::optional<AccountNo> UserOf(Town& town, char user) {
  const std::array key = {PlatformUserKey::FromView(std::string(PlatformUserKey::kSize, user))};
  return town.store().ReadPlatformUsers(key).value().front();
}

std::uint64_t LinksTo(Town& town, AccountNo account) {
  const std::array key = {LinkKey(kPlatform, account)};
  return town.store().ReadLinks(key).value().front().value_or(0);
}

// "OK" without the entry's number.
std::vector<std::string> Reasons(const std::vector<std::string>& outcomes) {
  std::vector<std::string> out;
  for (const std::string& outcome : outcomes) {
    out.push_back(outcome.substr(0, outcome.find(' ')));
  }
  return out;
}

TEST(LinkageThroughTheSequencer, CommandsAboutOneUserInOneBatchSeeEachOther) {
  Town town;
  const std::uint64_t before = LinksTo(town, kAlice);
  const std::vector<Command> commands = {
      Linkage("1", kAlice, kLink, 'u'),
      Linkage("2", kBob, kLink, 'u'),
      Linkage("3", kAlice, kRebind, 'v', 'u'),
      Linkage("4", kBob, kLink, 'u'),
      Linkage("5", kAlice, kUnlink, '\0', 'u'),
      Linkage("6", kAlice, kUnlink, '\0', 'v'),
      Linkage("7", kAlice, kUnlink, '\0', 'v'),
      Linkage("6", kAlice, kUnlink, '\0', 'v'),
      world::ForUser(world::OpenCitizen("8", kPoints), 'v'),
  };
  EXPECT_THAT(Reasons(town.AskAll(commands)),
              ElementsAre("OK", "USER_ALREADY_LINKED", "OK", "OK", "UNKNOWN_ACCOUNT", "OK",
                          "UNKNOWN_ACCOUNT", "AGAIN", "OK"));
  EXPECT_EQ(UserOf(town, 'u'), kBob);
  EXPECT_EQ(UserOf(town, 'v'), world::kNextAccount);
  EXPECT_EQ(LinksTo(town, kAlice), before);
  town.Reopen();
  EXPECT_EQ(UserOf(town, 'u'), kBob);
  EXPECT_THAT(Reasons(town.AskAll(std::vector{Linkage("9", kBob, kUnlink, '\0', 'u')})),
              ElementsAre("OK"));
  EXPECT_EQ(UserOf(town, 'u'), std::nullopt) << "the row is gone";
  EXPECT_EQ(town.Difference(), "");
}

TEST(LinkageThroughTheSequencer, AnAtomicListThatIsRefusedEndsNoName) {
  Town town;
  ASSERT_THAT(Reasons(town.AskAll(std::vector{Linkage("1", kAlice, kLink, 'u')})),
              ElementsAre("OK"));
  const std::vector<Command> bad = {Linkage("2", kAlice, kUnlink, '\0', 'u'),
                                    Linkage("3", kAlice, kUnlink, '\0', 'u')};
  EXPECT_THAT(Reasons(town.AskAll(bad, true)), ElementsAre("BATCH_REFUSED", "UNKNOWN_ACCOUNT"));
  EXPECT_EQ(UserOf(town, 'u'), kAlice);
  EXPECT_THAT(Reasons(town.AskAll(std::vector{Linkage("4", kBob, kLink, 'u')})),
              ElementsAre("USER_ALREADY_LINKED"));
}

// Openings, linkages and merges at random, some of them refused.
std::vector<Command> Many(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<Command> commands;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = "many" + std::to_string(i);
    const AccountNo account(random() % 4 < 3 ? 5 + random() % 2 : 13 + random() % 6);
    const auto user = static_cast<char>('a' + random() % 4);
    const auto former = static_cast<char>('a' + random() % 4);
    const std::uint64_t dice = random() % 16;
    if (i < 8) {
      commands.push_back(world::OpenCitizen(id, kPoints));  // so that those below exist
    } else if (dice < 3) {
      commands.push_back(world::ForUser(world::OpenCitizen(id, kPoints), user));
    } else if (dice < 9) {
      commands.push_back(Linkage(id, account, kLink, user));
    } else if (dice < 12) {
      commands.push_back(Linkage(id, account, kUnlink, '\0', former));
    } else if (dice < 15) {
      commands.push_back(Linkage(id, account, kRebind, user, former));
    } else {
      commands.push_back(
          world::Merge(id, AccountNo(13 + random() % 6), AccountNo(13 + random() % 6)));
    }
  }
  return commands;
}

// What is in flight must not be forgotten, and what is forgotten must be read again.
TEST(LinkageThroughTheSequencer, ASmallCacheAndCommitsInFlightChangeNothing) {
  TownOptions small;
  small.sequencer.max_cached_accounts = 1;
  small.sequencer.max_commit_commands = 3;
  Town with_small(small);
  Town with_large;
  for (std::uint64_t round = 0; round < 3; ++round) {
    std::vector<std::future<std::vector<Outcome>>> answers;
    std::vector<std::string> expected;
    for (Command& command : Many(round, 300)) {
      command.draft.set_request_id(command.draft.request_id() + std::to_string(round));
      answers.push_back(with_small.Send({with_small.desk().Complete(command)}));
      expected.push_back(with_large.Ask(command));
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
      ASSERT_THAT(Words(answers[i].get()), ElementsAre(expected[i])) << "command " << i;
    }
    EXPECT_EQ(with_small.Difference(), "");
    for (char user = 'a'; user < 'm'; ++user) {
      EXPECT_EQ(UserOf(with_small, user), UserOf(with_large, user)) << user;
    }
    with_small.Reopen();
  }
  EXPECT_GT(with_small.Size(), 60u);
}

}  // namespace
}  // namespace tanhui::sequencer
