// Schemes, participants, assets and accounts come into being by entries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;
using ::testing::HasSubstr;

std::string NameOf(const World& world, AccountNo number) {
  return "accounts/" + ToHex(world.state().FindAccount(number)->id.view());
}

TEST(RegistrationTest, CodesAreTakenOnce) {
  World world(Cast::kEmpty);
  Play(world, {
                  {CreateScheme("1", "cq"), "OK"},
                  {CreateScheme("2", "cq"), "CODE_EXISTS scheme_id code=cq"},
                  {CreateScheme("3", "cq", 60), "CODE_EXISTS scheme_id code=cq"},
                  {CreateScheme("4", "cd"), "OK"},
                  {CreateParticipant("5", "cq", ParticipantKind::kPlatform), "OK"},
                  {CreateParticipant("6", "cq", ParticipantKind::kMerchant),
                   "CODE_EXISTS participant_id code=cq"},
                  {CreateParticipant("7", "operator", ParticipantKind::kOperator),
                   "CODE_EXISTS participant_id code=operator"},
                  {CreateAsset("8", "cq", SchemeNo(1)), "OK"},
                  {CreateAsset("9", "cq", SchemeNo(2)), "CODE_EXISTS asset_id code=cq"},
              });
  const Registry& registry = world.state().registry();
  EXPECT_EQ(registry.FindScheme("cd")->number, SchemeNo(2));
  EXPECT_EQ(registry.FindParticipant("cq")->number, ParticipantNo(2));
  EXPECT_EQ(registry.FindParticipant("cq")->kind, ParticipantKind::kPlatform);
  EXPECT_EQ(registry.FindParticipant("cq")->display_name, "participant cq");
}

TEST(RegistrationTest, AnAssetBringsItsIssuanceAccount) {
  World world(Cast::kEmpty);
  Play(world, {
                  {CreateScheme("1", "cq", 60), "OK"},
                  {CreateAsset("2", "points", SchemeNo(1), 77, true), "OK"},
                  {CreateAsset("3", "stamps", SchemeNo(1), 88, false), "OK"},
              });
  const Asset* asset = world.state().registry().FindAsset("stamps");
  ASSERT_NE(asset, nullptr);
  EXPECT_EQ(asset->number, AssetNo(2));
  EXPECT_EQ(asset->scheme, SchemeNo(1));
  EXPECT_EQ(asset->issuance, AccountNo(2));
  EXPECT_EQ(asset->max_amount, Amount(88));
  EXPECT_FALSE(asset->transfers_allowed);
  EXPECT_EQ(asset->display_name, "asset stamps");
  EXPECT_TRUE(world.state().registry().FindAsset("points")->transfers_allowed);
  const Account* issuance = world.state().FindAccount(AccountNo(2));
  ASSERT_NE(issuance, nullptr);
  EXPECT_EQ(issuance->kind, AccountKind::kIssuance);
  EXPECT_EQ(issuance->asset, AssetNo(2));
  EXPECT_EQ(issuance->balance, Amount(0));
  EXPECT_EQ(issuance->id, AccountId());
}

TEST(RegistrationTest, ACitizensAccount) {
  World world;
  ASSERT_EQ(world.Ask(OpenCitizen("1", kStamps, 'o')), "OK");
  const Account* account = world.state().FindAccount(kNextAccount);
  ASSERT_NE(account, nullptr);
  EXPECT_EQ(account->kind, AccountKind::kCitizen);
  EXPECT_EQ(account->asset, kStamps);
  EXPECT_EQ(account->participant, ParticipantNo(0));
  EXPECT_EQ(account->balance, Amount(0));
  EXPECT_EQ(account->last_entry_plus_one, 0u);
  EXPECT_EQ(account->id.view(), world.last().account_opening().account_id());
  EXPECT_EQ(account->owner, OwnerId::FromView(std::string(16, 'o')));
  EXPECT_EQ(world.last().account_opening().number(), kNextAccount.value());
  EXPECT_EQ(world.last().postings_size(), 0);
}

TEST(RegistrationTest, APlatformUserHasOneAccount) {
  World world;
  const AccountNo first = kNextAccount;
  ASSERT_EQ(world.Ask(ForUser(OpenCitizen("1", kPoints), 'u')), "OK");
  Play(world, {
                  {ForUser(OpenCitizen("2", kPoints), 'u'),
                   "ACCOUNT_EXISTS platform_user_id account=" + NameOf(world, first)},
                  {ForUser(OpenCitizen("3", kPoints), 'v'), "OK"},
                  {OpenCitizen("4", kPoints), "OK"},
                  {OpenCitizen("5", kPoints), "OK"},
                  {ForUser(OpenCitizen("1", kPoints), 'u'), "SEEN 20"},
              });
}

TEST(RegistrationTest, ThePlatformsUserStandsInNoEntry) {
  World world;
  ASSERT_EQ(world.Ask(ForUser(OpenCitizen("1", kPoints), 'u')), "OK");
  EXPECT_EQ(world.last().SerializeAsString().find(std::string(8, 'u')), std::string::npos);
}

TEST(RegistrationTest, AMerchantHasOneAccountInEachAsset) {
  World world;
  Play(world, {
                  // Without the account's name: it may be another caller's to know.
                  {OpenMerchant("1", kPoints, kMall), "ACCOUNT_EXISTS merchant"},
                  {OpenMerchant("2", kPoints, kKiosk), "OK"},
                  {OpenMerchant("3", kStamps, kKiosk), "OK"},
                  {OpenMerchant("4", kPoints, kSponsor), "WRONG_PARTICIPANT_KIND merchant"},
                  {OpenMerchant("5", kPoints, kPlatform), "WRONG_PARTICIPANT_KIND merchant"},
              });
  EXPECT_EQ(world.state().registry().FindMerchantAccount(kKiosk, kPoints), kNextAccount);
  const Account* account = world.state().FindAccount(kNextAccount);
  EXPECT_EQ(account->kind, AccountKind::kMerchant);
  EXPECT_EQ(account->participant, kKiosk);
  EXPECT_EQ(account->owner, OwnerId());
}

// Each pair of reasons that can hold at once, the one listed first expected.
TEST(RegistrationTest, RefusalsInOrder) {
  World world;
  ASSERT_EQ(world.Ask(ForUser(OpenCitizen("1", kPoints), 'u')), "OK");
  const std::string exists =
      "ACCOUNT_EXISTS platform_user_id account=" + NameOf(world, kNextAccount);
  const LedgerTime past(kStart.value() - 1);
  Command large_scheme = CreateScheme("s", "midnight");
  large_scheme.draft.mutable_scheme_creation()->set_display_name(std::string(70'000, 'x'));
  Command large_participant = CreateParticipant("p", "mall", ParticipantKind::kMerchant);
  large_participant.draft.mutable_participant_creation()->set_display_name(
      std::string(70'000, 'x'));
  Command large_asset = CreateAsset("a", "points", kMidnight);
  large_asset.draft.mutable_asset_creation()->set_display_name(std::string(70'000, 'x'));
  const std::string late = "REQUEST_TOO_LATE not_after";
  Play(world, {
                  {large_scheme, "REQUEST_TOO_LARGE"},
                  {NotAfter(large_scheme, past), "REQUEST_TOO_LARGE"},
                  {large_participant, "REQUEST_TOO_LARGE"},
                  {large_asset, "REQUEST_TOO_LARGE"},
                  {NotAfter(CreateScheme("s", "midnight"), past), late},
                  {NotAfter(CreateParticipant("p", "mall", {}), past), late},
                  {NotAfter(CreateAsset("a", "points", kMidnight), past), late},
                  {NotAfter(ForUser(OpenCitizen("c", kPoints), 'u'), past), late},
                  {ForUser(OpenCitizen("c", kPoints), 'u'), exists},
                  {NotAfter(OpenMerchant("m", kPoints, kMall), past), late},
                  {NotAfter(OpenMerchant("m", kPoints, kSponsor), past), late},
              });
}

TEST(RegistrationTest, ApplyFindsAnOpeningThatDecideCannotHaveMade) {
  World world;
  const Entry good = std::get<Entry>(world.Decide(OpenCitizen("1", kPoints)));
  const auto broken = [&](auto&& change) {
    Entry entry = good;
    change(*entry.mutable_account_opening());
    return world.FaultOf(entry);
  };
  EXPECT_EQ(broken([](auto&) {}), "OK");
  EXPECT_THAT(broken([](auto& o) { o.set_number(12); }), HasSubstr("not the next one"));
  EXPECT_THAT(broken([](auto& o) { o.set_asset(3); }), HasSubstr("an account of an unknown asset"));
  EXPECT_THAT(broken([](auto& o) { o.set_account_id("short"); }), HasSubstr("an id of wrong size"));
  EXPECT_THAT(broken([](auto& o) { o.clear_owner_id(); }), HasSubstr("an id of wrong size"));
  EXPECT_THAT(broken([](auto& o) { o.set_kind(entry::v1::ACCOUNT_KIND_BUDGET); }),
              HasSubstr("an opening of another kind"));
  EXPECT_THAT(broken([](auto& o) { o.clear_kind(); }), HasSubstr("an opening of another kind"));
}

TEST(RegistrationTest, ApplyFindsNumbersOutOfTurn) {
  World world;
  const auto broken = [&](const Command& command, auto&& change) {
    Entry entry = std::get<Entry>(world.Decide(command));
    change(entry);
    return world.FaultOf(entry);
  };
  EXPECT_THAT(
      broken(CreateScheme("1", "x"), [](Entry& e) { e.mutable_scheme_creation()->set_number(4); }),
      HasSubstr("not the next one"));
  EXPECT_THAT(broken(CreateScheme("1", "x"),
                     [](Entry& e) { e.mutable_scheme_creation()->set_code("midnight"); }),
              HasSubstr("a code that is taken"));
  EXPECT_THAT(broken(CreateParticipant("1", "x", ParticipantKind::kMerchant),
                     [](Entry& e) { e.mutable_participant_creation()->set_number(1); }),
              HasSubstr("not the next one"));
  EXPECT_THAT(broken(CreateAsset("1", "x", kMidnight),
                     [](Entry& e) { e.mutable_asset_creation()->set_scheme(9); }),
              HasSubstr("an asset of an unknown scheme"));
  EXPECT_THAT(broken(CreateAsset("1", "x", kMidnight),
                     [](Entry& e) { e.mutable_asset_creation()->set_issuance_account(1); }),
              HasSubstr("not the next one"));
}

}  // namespace
}  // namespace tanhui
