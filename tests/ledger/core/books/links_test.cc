// Names of users begin and end, and a platform is linked to an account by so many of them.
#include "ledger/core/books/links.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;

constexpr auto kLink = entry::v1::LINK_STEP_LINK;
constexpr auto kUnlink = entry::v1::LINK_STEP_UNLINK;
constexpr auto kRebind = entry::v1::LINK_STEP_REBIND;

std::uint64_t Links(const World& world, AccountNo account, ParticipantNo platform = kPlatform) {
  return world.state().FindLinks({platform, account});
}

// The account that a letter names.
std::optional<AccountNo> UserOf(const World& world, char user) {
  return world.state().FindPlatformUser(
      PlatformUserKey::FromView(std::string(PlatformUserKey::kSize, user)));
}

std::string NameOf(const World& world, AccountNo number) {
  return NameById(world.state().FindAccount(number)->id);
}

TEST(LinksTest, WhoOpensAnAccountIsLinkedUnlessItIsAnOperator) {
  World world;
  Play(world, {
                  {ForUser(OpenCitizen("a", kPoints), 'a'), "OK"},
                  {By(OpenCitizen("b", kPoints), kOtherPlatform), "OK"},
                  {By(OpenCitizen("c", kPoints), kOperator), "OK"},
                  {OpenMerchant("d", kPoints, kKiosk), "OK"},
              });
  EXPECT_EQ(Links(world, kNextAccount), 1u);
  EXPECT_EQ(Links(world, AccountNo(kNextAccount.value() + 1)), 0u);
  EXPECT_EQ(Links(world, AccountNo(kNextAccount.value() + 1), kOtherPlatform), 1u);
  EXPECT_EQ(Links(world, AccountNo(kNextAccount.value() + 2), kOperator), 0u);
  EXPECT_EQ(Links(world, AccountNo(kNextAccount.value() + 3)), 0u) << "a merchant's";
}

TEST(LinksTest, NamesBeginEndAndChange) {
  World world;
  const std::uint64_t before = Links(world, kAlice);
  Play(world, {
                  {Linkage("1", kAlice, kLink, 'a'), "OK"},
                  {Linkage("2", kAlice, kLink, 'b'), "OK"},
                  {Linkage("2", kAlice, kLink, 'b'), "SEEN 21"},
                  {Linkage("2", kAlice, kLink, 'c'), "SEEN 21 OTHER platform_user_id"},
                  {Linkage("2", kAlice, kUnlink, '\0', 'b'), "SEEN 21 OTHER request_id"},
                  {Linkage("3", kAlice, kRebind, 'c', 'b'), "OK"},
              });
  EXPECT_EQ(Links(world, kAlice), before + 2);
  EXPECT_EQ(UserOf(world, 'a'), kAlice);
  EXPECT_EQ(UserOf(world, 'b'), std::nullopt);
  EXPECT_EQ(UserOf(world, 'c'), kAlice);
  Play(world, {
                  {Linkage("4", kAlice, kUnlink, '\0', 'b'), "UNKNOWN_ACCOUNT platform_user_id"},
                  {Linkage("5", kBob, kUnlink, '\0', 'a'), "UNKNOWN_ACCOUNT platform_user_id"},
                  {Linkage("6", kAlice, kUnlink, '\0', 'a'), "OK"},
                  {Linkage("7", kAlice, kUnlink, '\0', 'c'), "OK"},
                  {Linkage("8", kAlice, kUnlink, '\0', 'c'), "UNKNOWN_ACCOUNT platform_user_id"},
                  {Linkage("9", kBob, kLink, 'c'), "OK"},
              });
  EXPECT_EQ(Links(world, kAlice), before);
  EXPECT_EQ(UserOf(world, 'c'), kBob) << "the name is free for somebody else";
}

TEST(LinksTest, ANameThatIsTakenIsNotLinkedAgain) {
  World world;
  Play(world, {
                  {Linkage("1", kAlice, kLink, 'a'), "OK"},
                  {Linkage("2", kAlice, kLink, 'a'),
                   "USER_ALREADY_LINKED platform_user_id account=" + NameOf(world, kAlice)},
                  {Linkage("3", kBob, kLink, 'a'),
                   "USER_ALREADY_LINKED platform_user_id account=" + NameOf(world, kAlice)},
                  {Linkage("4", kBob, kLink, 'b'), "OK"},
                  {Linkage("5", kBob, kRebind, 'a', 'b'),
                   "USER_ALREADY_LINKED new_platform_user_id account=" + NameOf(world, kAlice)},
                  {ForUser(OpenCitizen("6", kPoints), 'a'),
                   "ACCOUNT_EXISTS platform_user_id account=" + NameOf(world, kAlice)},
                  {Linkage("7", kAlice, kUnlink, '\0', 'a'), "OK"},
                  {ForUser(OpenCitizen("8", kPoints), 'a'), "OK"},
              });
}

TEST(LinksTest, AnAccountMustBeOpenToBeLinkedButNotToBeUnlinked) {
  World world;
  Play(world, {
                  {Linkage("0", kAlice, kLink, 'a'), "OK"},
                  {SetStatus("1", kAlice, AccountStatus::kLost), "OK"},
                  {Linkage("2", kAlice, kLink, 'b'), "ACCOUNT_FROZEN code"},
                  {Linkage("3", kAlice, kRebind, 'b', 'a'), "ACCOUNT_FROZEN platform_user_id"},
                  {Linkage("4", kAlice, kUnlink, '\0', 'a'), "OK"},
                  {Linkage("5", kShop, kLink, 'b'), "WRONG_ACCOUNT_KIND code"},
                  {OpenMinor("6", kPoints), "OK"},
                  {Linkage("7", kNextAccount, kLink, 'b'), "CONSENT_REQUIRED code"},
              });
}

TEST(LinksTest, AMergeTakesTheLinksOfBothAlong) {
  World world;
  Play(world, {
                  {By(Linkage("1", kAlice, kLink, 'a'), kOtherPlatform), "OK"},
                  {By(Linkage("2", kBob, kLink, 'b'), kOtherPlatform), "OK"},
                  {Linkage("3", kAlice, kLink, 'c'), "OK"},
              });
  const std::uint64_t alice = Links(world, kAlice);
  const std::uint64_t bob = Links(world, kBob);
  const std::uint64_t others = Links(world, kBob, kOtherPlatform);
  Play(world, {{Merge("4", kAlice, kBob), "OK"}});
  EXPECT_EQ(Links(world, kAlice), 0u);
  EXPECT_EQ(Links(world, kBob), alice + bob);
  EXPECT_EQ(Links(world, kAlice, kOtherPlatform), 0u);
  EXPECT_EQ(Links(world, kBob, kOtherPlatform), others + 1);
  // The name leads to the account that ended, whose links are those of the other now.
  Play(world, {{Linkage("5", kAlice, kUnlink, '\0', 'c'), "OK"}});
  EXPECT_EQ(Links(world, kBob), alice + bob - 1);
}

TEST(LinksTest, ATrialLeavesNothing) {
  World world;
  Play(world, {{Linkage("1", kAlice, kLink, 'a'), "OK"}});
  const std::uint64_t links = Links(world, kAlice);
  world.BeginTrial();
  Play(world, {
                  {Linkage("2", kAlice, kUnlink, '\0', 'a'), "OK"},
                  {Linkage("3", kBob, kLink, 'a'), "OK"},
              });
  world.UndoTrial();
  EXPECT_EQ(Links(world, kAlice), links);
  EXPECT_EQ(UserOf(world, 'a'), kAlice);
}

// What no decide makes, as a forged log may have it.
TEST(LinksTest, Faults) {
  World world;
  Entry entry = std::get<Entry>(world.Decide(Linkage("1", kAlice, kLink, 'a')));
  EXPECT_EQ(world.FaultOf(entry), "OK");
  Entry forged = entry;
  forged.mutable_linkage()->set_account(999);
  EXPECT_EQ(world.FaultOf(forged), "a linkage that cannot be");
  forged = entry;
  forged.mutable_linkage()->set_account(kShop.value());
  EXPECT_EQ(world.FaultOf(forged), "a linkage that cannot be");
  for (const int step : {0, 4}) {
    forged = entry;
    forged.mutable_linkage()->set_step(static_cast<entry::v1::LinkStep>(step));
    EXPECT_EQ(world.FaultOf(forged), "a linkage that cannot be");
  }
  forged = entry;
  forged.set_caller(kOtherPlatform.value());
  forged.mutable_linkage()->set_step(kUnlink);
  EXPECT_EQ(world.FaultOf(forged), "an account is unlinked that was not linked");
  Play(world, {{SetStatus("2", kAlice, AccountStatus::kFrozen), "OK"}});
  entry.set_recorded_micros(world.now().value());
  EXPECT_EQ(world.FaultOf(entry), "a linkage to an account that is not open");
}

// Re-decided without a user, as in an audit, the entry is the same.
TEST(LinksTest, DecidedAgainWithoutUsers) {
  World world;
  Play(world, {{Linkage("1", kAlice, kLink, 'a'), "OK"}});
  for (const auto& [step, user, former] :
       {std::tuple(kLink, 'b', '\0'), std::tuple(kRebind, 'b', 'a'),
        std::tuple(kUnlink, '\0', 'a')}) {
    Command command = world.Complete(Linkage("again", kAlice, step, user, former));
    const Entry first = std::get<Entry>(world.DecideOn(world.state(), command));
    command.platform_user.reset();
    command.former_user.reset();
    const Entry again = std::get<Entry>(world.DecideOn(world.state(), command));
    EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  }
}

}  // namespace
}  // namespace tanhui
