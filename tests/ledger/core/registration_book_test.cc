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

TEST(RegistrationBookTest, ACutOffIsAMinuteOfADay) {
  World world;
  Entry scheme = world.Complete(CreateScheme("s", "late", 0)).draft;
  scheme.set_format(kEntryFormat);
  scheme.set_recorded_micros(world.now().value());
  scheme.set_business_date(world.today().value());
  scheme.set_accounting_date(world.today().value());
  scheme.mutable_scheme_creation()->set_number(3);
  for (const std::uint32_t minute : {1'439u, 1'440u, 40'000'000u}) {
    scheme.mutable_scheme_creation()->set_cutoff_minute(minute);
    EXPECT_EQ(world.FaultOf(scheme),
              minute < 1'440 ? "OK" : "a cut-off that is no minute of a day");
  }
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

TEST(RegistrationTest, AnAssetBringsItsIssuanceAndExpiryAccounts) {
  World world(Cast::kEmpty);
  Terms terms = Transfers(TransferPolicy::kHousehold, 9);
  terms.validity_months = 6;
  terms.spent_reversal = SpentReversal::kWriteOff;
  Play(world, {
                  {CreateScheme("1", "cq", 60), "OK"},
                  {CreateAsset("2", "points", SchemeNo(1), 77), "OK"},
                  {CreateAsset("3", "stamps", SchemeNo(1), 88, terms), "OK"},
              });
  EXPECT_EQ(world.last().asset_creation().issuance_account(), 3u);
  EXPECT_EQ(world.last().asset_creation().expiry_account(), 4u);
  const Asset* asset = world.state().registry().FindAsset("stamps");
  ASSERT_NE(asset, nullptr);
  EXPECT_EQ(asset->number, AssetNo(2));
  EXPECT_EQ(asset->scheme, SchemeNo(1));
  EXPECT_EQ(asset->issuance, AccountNo(3));
  EXPECT_EQ(asset->expiry, AccountNo(4));
  EXPECT_EQ(asset->max_amount, Amount(88));
  EXPECT_EQ(asset->terms, terms);
  EXPECT_EQ(asset->display_name, "asset stamps");
  EXPECT_EQ(world.state().registry().FindAsset("points")->terms,
            Transfers(TransferPolicy::kCapped));
  const AccountKind kinds[] = {AccountKind::kIssuance, AccountKind::kExpiry};
  for (const AccountKind kind : kinds) {
    const Account& account =
        world.Of(kind == AccountKind::kIssuance ? asset->issuance : asset->expiry);
    EXPECT_EQ(account.kind, kind);
    EXPECT_EQ(account.asset, AssetNo(2));
    EXPECT_EQ(account.balance, Amount(0));
    EXPECT_EQ(account.id, AccountId()) << "it is named by its code";
  }
}

TEST(RegistrationTest, TermsChangeForWhatComesAfter) {
  World world;
  Terms terms;
  terms.validity_months = 3;
  Play(world, {
                  {Fund("f", kBudget, 100), "OK"},
                  {Award("a1", kAlice, kBudget, 10), "OK"},
                  {SetTerms("t", kPoints, terms), "OK"},
                  {Award("a2", kAlice, kBudget, 10), "OK"},
                  {Transfer("x", kAlice, kBob, 1), "TRANSFERS_OFF from_account"},
                  {SetTerms("t2", kPoints, terms), "OK"},  // the same again
              });
  EXPECT_EQ(world.state().registry().Find(kPoints)->terms, terms);
  const Lots& lots = world.Of(kAlice).lots;
  ASSERT_EQ(lots.size(), 2u);
  EXPECT_EQ(lots[0].key.expiry, Month(652));
  EXPECT_EQ(lots[1].key.expiry, Month(661)) << "what was given keeps its date";
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
                  {OpenCharity("6", kPoints, kKiosk), "WRONG_PARTICIPANT_KIND merchant"},
              });
  EXPECT_EQ(world.state().registry().FindMerchantAccount(kKiosk, kPoints), kNextAccount);
  const Account* account = world.state().FindAccount(kNextAccount);
  EXPECT_EQ(account->kind, AccountKind::kMerchant);
  EXPECT_EQ(account->participant, kKiosk);
  EXPECT_EQ(account->owner, OwnerId());
}

TEST(RegistrationTest, ACharitysAccount) {
  World world;
  const ParticipantNo charity(8);
  Play(world, {
                  {CreateParticipant("p", "relief", ParticipantKind::kCharity), "OK"},
                  {OpenCharity("1", kPoints, charity), "OK"},
                  {OpenCharity("2", kPoints, charity), "ACCOUNT_EXISTS merchant"},
                  {OpenMerchant("3", kStamps, charity), "WRONG_PARTICIPANT_KIND merchant"},
                  {OpenCharity("4", kStamps, charity), "OK"},
              });
  const Account& account = world.Of(kNextAccount);
  EXPECT_EQ(account.kind, AccountKind::kCharity);
  EXPECT_EQ(account.participant, charity);
  EXPECT_EQ(account.owner, OwnerId());
}

TEST(RegistrationTest, AMinorsAccount) {
  World world;
  ASSERT_EQ(world.Ask(OpenMinor("1", kPoints)), "OK");
  EXPECT_TRUE(world.Of(kNextAccount).minor);
  EXPECT_EQ(world.Of(kNextAccount).guardian, AccountNo(0));
  EXPECT_FALSE(world.Of(kAlice).minor);
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
  EXPECT_THAT(broken([](auto& o) { o.set_number(14); }), HasSubstr("not the next one"));
  EXPECT_THAT(broken([](auto& o) { o.set_asset(3); }), HasSubstr("an account of an unknown asset"));
  EXPECT_THAT(broken([](auto& o) { o.set_account_id("short"); }), HasSubstr("an id of wrong size"));
  EXPECT_THAT(broken([](auto& o) { o.clear_owner_id(); }), HasSubstr("an id of wrong size"));
  for (const int kind : {0, 3, 4, 5, 7, 8, 300}) {
    EXPECT_NE(broken([kind](auto& o) { o.set_kind(static_cast<entry::v1::AccountKind>(kind)); }),
              "OK")
        << kind;
    EXPECT_NE(broken([kind](auto& o) {
                o.set_kind(static_cast<entry::v1::AccountKind>(kind));
                o.clear_owner_id();
                o.set_participant(kKiosk.value());
              }),
              "OK")
        << kind;
  }
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
  EXPECT_THAT(broken(CreateAsset("1", "x", kMidnight),
                     [](Entry& e) { e.mutable_asset_creation()->set_expiry_account(13); }),
              HasSubstr("not the next one"));
  EXPECT_THAT(broken(CreateAsset("1", "x", kMidnight),
                     [](Entry& e) { e.mutable_asset_creation()->clear_terms(); }),
              HasSubstr("terms that cannot be"));
  const Command change = SetTerms("1", kPoints, Terms());
  EXPECT_THAT(broken(change, [](Entry& e) { e.mutable_terms_change()->set_asset(3); }),
              HasSubstr("terms that cannot be"));
  EXPECT_THAT(
      broken(change,
             [](Entry& e) { e.mutable_terms_change()->mutable_terms()->clear_transfers(); }),
      HasSubstr("terms that cannot be"));
}

}  // namespace
}  // namespace tanhui
