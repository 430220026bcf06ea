// One golden entry of every kind, as hex of its serialised bytes, in tests/golden/entry_v3_*.hex.
// Stored entries are hashed and proved for ever: a change of a byte here is a new entry format.
// TANHUI_WRITE_GOLDEN=1 writes the files anew, for the day when a format is added.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/interop/books/golden_coming.h"
#include "tests/interop/books/golden_peers.h"
#include "tests/interop/books/leaving/golden_leaving.h"
#include "tests/ledger/claims/golden_claims.h"
#include "tests/ledger/core/steps.h"
#include "tests/ledger/coupons/golden_coupons.h"
#include "tests/ledger/points/corrections/corrected.h"
#include "tests/ledger/points/earning/acts.h"
#include "tests/ledger/points/loads/loads.h"

namespace tanhui {
namespace {

using namespace world;

// The file names in order of the log; the number is the entry's index.
const std::vector<std::string> kNames = {
    "00_genesis",
    "01_participant_creation_operator",
    "02_participant_creation_sponsor",
    "03_participant_creation_merchant",
    "04_participant_creation_charity",
    "05_scheme_creation",
    "06_asset_creation",
    "07_terms_change",
    "08_account_opening_citizen",
    "09_account_opening_citizen",
    "10_account_opening_minor",
    "11_account_opening_merchant",
    "12_account_opening_charity",
    "13_budget_opening",
    "14_funding",
    "15_award",
    "16_transfer",
    "17_redemption",
    "18_cancellation",
    "19_tombstone",
    "20_file_record",
    "21_hold",
    "22_capture",
    "23_redemption",
    "24_refund",
    "25_reversal",
    "26_hold",
    "27_release",
    "28_donation",
    "29_guardianship",
    "30_award",
    "31_household_opening",
    "32_household_change_invite",
    "33_household_change_accept",
    "34_contribution",
    "35_household_change_leave",
    "36_household_change_leave",
    "37_status_change",
    "38_merge",
    "39_closing",
    "40_budget_return",
    "41_expiry",
};

// The rest of the log: rules and acts by them.
const std::vector<std::string> kActNames = {
    "42_publisher_key",
    "43_document_part_catalogue",
    "44_publication_catalogue",
    "45_document_part_rule_set",
    "46_publication_rule_set",
    "47_scenario_switch",
    "48_scenario_switch",
    "49_venue_certificate",
    "50_delisting",
    "51_account_opening_citizen",
    "52_budget_opening",
    "53_funding",
    "54_household_opening",
    "55_earning",
    "56_earning_below_a_point",
    "57_cancellation_of_an_act",
    "58_goal_reward",
    "59_reversal_of_an_act",
    "60_account_opening_partner",
    "61_earning_first_party",
    "62_earning_second_party",
};

// An older system's balances.
const std::vector<std::string> kLoadNames = {
    "63_load_opening",
    "64_opening_balance",
    "65_load_closing",
    "66_opening_credit",
};

// A user is linked, and linked no more.
const std::vector<std::string> kLinkNames = {"67_linkage_link", "68_linkage_unlink"};

// An act that is corrected.
const std::vector<std::string> kCorrectionNames = {
    "69_earning_to_be_corrected",
    "70_correction_of_an_act",
    "71_correction_by_adjustment",
};

// A month is closed, and a budget's year is over.
const std::vector<std::string> kPeriodNames = {"93_period_closing", "94_budget_year_end"};

// Points of a month's end will expire soon.
const std::vector<std::string> kNoticeNames = {"95_terms_change_notice_days", "96_expiry_notice"};

// The corrected act is taken back, by who knows both of its corrections.
const std::vector<std::string> kRevisionNames = {"152_reversal_of_a_revision"};

std::vector<std::string> AllNames() {
  std::vector<std::string> names = kNames;
  names.insert(names.end(), kActNames.begin(), kActNames.end());
  names.insert(names.end(), kLoadNames.begin(), kLoadNames.end());
  names.insert(names.end(), kLinkNames.begin(), kLinkNames.end());
  names.insert(names.end(), kCorrectionNames.begin(), kCorrectionNames.end());
  names.insert(names.end(), kGoldenClaims.begin(), kGoldenClaims.end());
  names.insert(names.end(), kPeriodNames.begin(), kPeriodNames.end());
  names.insert(names.end(), kNoticeNames.begin(), kNoticeNames.end());
  names.insert(names.end(), kGoldenCoupons.begin(), kGoldenCoupons.end());
  names.insert(names.end(), kGoldenPeers.begin(), kGoldenPeers.end());
  names.insert(names.end(), kGoldenLeaving.begin(), kGoldenLeaving.end());
  names.insert(names.end(), kGoldenComing.begin(), kGoldenComing.end());
  names.insert(names.end(), kRevisionNames.begin(), kRevisionNames.end());
  return names;
}

std::string SourcePath(const std::string& path) {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/" + path;
}

std::string PathOf(const std::string& name) {
  return SourcePath("tests/golden/entry_v3_" + name + ".hex");
}

// The hex digits of a golden file; its lines are 64 digits long.
std::string GoldenHex(const std::string& name) {
  std::ifstream file(PathOf(name));
  EXPECT_TRUE(file.is_open()) << PathOf(name) << ": set TANHUI_SOURCE_DIR";
  std::string hex;
  for (std::string line; file >> line;) {
    hex += line;
  }
  return hex;
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

const AssetNo kAsset(1);
const AccountNo kCitizen(3);
const AccountNo kOther(4);
const AccountNo kMinor(5);
const AccountNo kTill(6);
const AccountNo kRelief(7);
const AccountNo kDemo(8);
const AccountNo kHome(9);

std::vector<Command> Catalogue() {
  Terms terms = Transfers(TransferPolicy::kCapped, 1'000);
  terms.max_hold_days = 7;
  Command budget = OpenBudget("b1", "demo", ParticipantNo(2), kAsset);
  budget.draft.mutable_budget_opening()->set_first_date(19'723);  // 2024-01-01
  budget.draft.mutable_budget_opening()->set_last_date(20'088);   // 2024-12-31
  budget.draft.mutable_budget_opening()->set_return_days(90);
  return {
      CreateParticipant("p1", "energy-fund", ParticipantKind::kSponsor),
      CreateParticipant("p2", "green-mall", ParticipantKind::kMerchant),
      CreateParticipant("p3", "tree-fund", ParticipantKind::kCharity),
      CreateScheme("s1", "cq-tanhuitong", 23 * 60),
      CreateAsset("a1", "cq-points", SchemeNo(1), 100'000),
      SetTerms("t1", kAsset, terms),
      ForUser(OpenCitizen("c1", kAsset), 'u'),
      OpenCitizen("c2", kAsset, 'o'),
      OpenMinor("c3", kAsset),
      OpenMerchant("m1", kAsset, ParticipantNo(3)),
      OpenCharity("m2", kAsset, ParticipantNo(4)),
      budget,
      WithReference(Fund("f1", kDemo, 1'000'000), "invoice 2024-17"),
  };
}

// What happens to the 27 points of entry 15.
std::vector<Command> Story() {
  const LedgerTime act(kStart.value() - kMicrosPerDay);
  const LedgerTime deadline(kStart.value() + 3 * kMicrosPerDay);
  const Command award = Award("018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b", kCitizen, kDemo, 27);
  return {
      ActAt(WithGrams(WithItems(award, 3), 270), act),
      Transfer("t2", kCitizen, kOther, 7),
      WithReference(Redeem("r1", kCitizen, kTill, 5), "till 7"),
      Cancel("x1", "r1"),
      Cancel("x2", "018f2a3b-4c5d-7e6f-8a9b-000000000000"),
      RecordFile("2024-02-28", ""),
      HoldPoints("h1", kCitizen, kTill, 10, deadline),
      Capture("h2", 21, 6),
      Redeem("r2", kCitizen, kTill, 12),
      Refund("r3", 23, 3),
      Reverse("v1", 15, 1),
      HoldPoints("h3", kOther, kTill, 3, deadline),
      Release("h4", 26),
      Donate("d1", kOther, kRelief, 2),
      Consent("g1", kMinor, kOther),
      Award("a2", kMinor, kDemo, 5),
      OpenHousehold("o1", kAsset, kOther),
      Invite("o2", kHome, kCitizen, kOther, 50),
      Accept("o3", kHome, kCitizen),
      Contribute("o4", kHome, kOther, 4),
      Leave("o5", kHome, kCitizen),
      Leave("o6", kHome, kOther),
      SetStatus("s2", kCitizen, AccountStatus::kLost, "phone_lost"),
      Merge("m3", kCitizen, kOther),
      Close("c4", kOther, true),
      ReturnBudget("b2", kDemo),
  };
}

const AccountNo kWalker(10);
const AccountNo kTown(11);
const AccountNo kFamily(12);
const AccountNo kPartner(13);

// Of the town's rules those of walking, from 2025 on.
entry::v1::RuleSet WalkingRules() {
  entry::v1::RuleSet set = TownSet();
  set.set_first_date("2025-01-01");
  set.set_asset("cq-points");
  set.mutable_rules()->SwapElements(0, 1);
  set.mutable_rules()->SwapElements(1, 6);  // the exchange of two
  set.mutable_rules()->DeleteSubrange(2, set.rules_size() - 2);
  set.mutable_caps()->SwapElements(0, 1);
  set.mutable_caps()->DeleteSubrange(1, set.caps_size() - 1);
  set.clear_bonuses();
  set.mutable_goals(0)->set_first_date("2025-01-01");
  set.mutable_goals(0)->set_last_date("2025-12-31");
  set.mutable_goals(0)->set_target(6'000);
  set.mutable_goals(0)->set_budget("town");
  return set;
}

Command Walk(const World& world, std::string_view id, std::uint64_t steps) {
  Command act = ActAt(Shown(Act(id, "walk", steps, kWalker), id), world.now());
  act.draft.mutable_earning()->set_scenario(1);
  act.draft.mutable_earning()->set_budget(kTown.value());
  return act;
}

// One party's half of an exchange, shown by a numbered record.
Command Swap(const World& world, std::string_view id, std::uint32_t party, AccountNo account) {
  Command act = ActAt(Act(id, "swap", 1, account), world.now());
  entry::v1::Earning& earning = *act.draft.mutable_earning();
  earning.set_scenario(2);
  earning.set_budget(kTown.value());
  earning.set_party(party);
  const char letter = party == 1 ? 'a' : 'b';
  earning.add_nullifiers("\x03" + std::string(16, letter));
  earning.add_nullifiers("\x04" + std::string(16, letter));
  return act;
}

// What comes after the points have expired.
void TellOfActs(World& world) {
  const auto done = [&world](const Command& command) {
    world.Wait(30 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
  };
  Command key = CreateScheme("k1", "key");
  key.draft.mutable_publisher_key()->set_participant(1);
  key.draft.mutable_publisher_key()->set_verifier_key("tanhui.example+12345678+AQ==");
  done(key);
  PublishDocument(world, entry::v1::DOCUMENT_KIND_CATALOGUE, TownCatalogue().SerializeAsString());
  PublishSet(world, WalkingRules());
  done(Suspend("w1", "walk"));
  done(Suspend("w2", "walk", false));
  done(Certify("v2", "bistro", "restaurant"));
  done(Delist("d2", kFridge, entry::v1::DELISTING_KIND_FALSELY_LABELLED));
  done(OpenCitizen("c5", kAsset));
  done(OpenBudget("b3", "town", ParticipantNo(2), kAsset));
  done(Fund("f2", kTown, 1'000));
  done(OpenHousehold("o7", kAsset, kWalker));
  done(Walk(world, "e1", 7'300));
  done(Walk(world, "e2", 100));
  done(Cancel("x3", "e2"));
  done(RewardOf("g2", world.entries()[55].earning().counted(1).number(), kWalker));
  done(Reverse("v3", 55, 7'300));
  done(OpenCitizen("c6", kAsset, 'p'));
  world.Wait(30 * kMicrosPerMinute);
  for (const Command& half : {Swap(world, "e3", 1, kWalker), Swap(world, "pair:e3", 2, kPartner)}) {
    EXPECT_EQ(world.Ask(half), "OK");
  }
  EXPECT_EQ(world.state().head().next_account, AccountNo(kPartner.value() + 1));
}

// A citizen's seven points of an older system.
void TellOfLoads(World& world) {
  const std::uint64_t load = world.entries().size();
  const Lot lot{{Month(672), SchemeNo(1), ParticipantNo(2)}, Amount(7), 70};  // 2026-01
  for (const Command& command :
       {OpenLoad("l1", "old-app", 1, 7, 70, kAsset), StateBalance("l2", load, kWalker, {lot}),
        Seal("l3", load), CreditBalance("l4", load + 1)}) {
    world.Wait(30 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
  }
}

void TellOfLinks(World& world) {
  Command link = Linkage("k1", kWalker, entry::v1::LINK_STEP_LINK, 'w');
  link.draft.mutable_linkage()->set_kind(entry::v1::LINK_KIND_CARD);
  link.draft.mutable_linkage()->set_consent_micros(world.now().value());
  Command unlink = Linkage("k2", kWalker, entry::v1::LINK_STEP_UNLINK, '\0', 'w');
  unlink.draft.mutable_linkage()->set_reason("owner_asked");
  for (const Command& command : {link, unlink}) {
    world.Wait(30 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
  }
}

// Steps that were counted again, and points on top.
void TellOfCorrections(World& world) {
  const std::uint64_t act = world.entries().size();
  const Command walk = Walk(world, "e4", 3'000);
  Command again = walk;
  again.draft.mutable_earning()->set_quantity(2'000);
  for (const Command& command : {walk, Corrected("k3", act, 0, again), Adjusted("k4", act, 1, 4)}) {
    world.Wait(30 * kMicrosPerMinute);
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
  }
}

void TellOfPeriods(World& world) {
  Command close = CreateScheme("q1", "close");
  close.draft.mutable_period_closing()->set_scheme(1);
  close.draft.mutable_period_closing()->set_month(649);  // 2024-02
  EXPECT_EQ(world.Ask(close), "OK");
  world.GoTo("2026-01-05");
  EXPECT_TRUE(world.Sweep(kTown));
}

void TellOfNotices(World& world) {
  Terms terms = Transfers(TransferPolicy::kCapped, 1'000);
  terms.notice_days = {30, 7};
  EXPECT_EQ(world.Ask(SetTerms("n1", kAsset, terms)), "OK");
  EXPECT_TRUE(world.Sweep(world.state().registry().Find(kAsset)->expiry));
}

// The chain: fixed commands at fixed times.
World Chain() {
  World world(Cast::kEmpty);
  std::vector<Command> commands = Catalogue();
  for (const Command& command : Story()) {
    commands.push_back(command);
  }
  for (const Command& command : commands) {
    world.Wait(30 * kMicrosPerMinute);  // the accounting day ends on the way
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
  }
  world.GoTo("2025-03-01");
  EXPECT_TRUE(world.Sweep(kMinor));
  TellOfActs(world);
  TellOfLoads(world);
  TellOfLinks(world);
  TellOfCorrections(world);
  TellOfClaims(world);
  TellOfPeriods(world);
  TellOfNotices(world);
  TellOfCoupons(world);
  TellOfPeers(world);
  LetPointsLeave(world);
  LetPointsCome(world);
  EXPECT_EQ(world.Ask(ReversedAt("v4", 69, 2, 2'000)), "OK");
  return world;
}

TEST(GoldenEntryTest, BytesNeverChange) {
  const World world = Chain();
  const std::vector<std::string> names = AllNames();
  ASSERT_EQ(world.entries().size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string hex = ToHex(world.entries()[i].SerializeAsString());
    if (std::getenv("TANHUI_WRITE_GOLDEN") != nullptr) {
      std::ofstream file(PathOf(names[i]));
      for (std::size_t at = 0; at < hex.size(); at += 64) {
        file << hex.substr(at, 64) << "\n";
      }
    }
    EXPECT_EQ(GoldenHex(names[i]), hex) << names[i] << "\n" << world.entries()[i].DebugString();
  }
}

TEST(GoldenEntryTest, ThereIsOneOfEveryKind) {
  std::set<int> kinds;
  for (const std::string& name : AllNames()) {
    Entry entry;
    ASSERT_TRUE(entry.ParseFromString(FromHex(GoldenHex(name)))) << name;
    kinds.insert(entry.body_case());
  }
  EXPECT_EQ(kinds.size(), 76u);
  EXPECT_EQ(static_cast<int>(kinds.size()),
            Entry::descriptor()->FindOneofByName("body")->field_count());
}

// Reads the stored bytes as a replica would, and applies them.
State Replayed(const Ledger& ledger, const std::vector<std::string>& names) {
  State state;
  for (const std::string& name : names) {
    Entry entry;
    EXPECT_TRUE(entry.ParseFromString(FromHex(GoldenHex(name)))) << name;
    EXPECT_EQ(ledger.TryApply(state, entry), std::nullopt) << name;
  }
  return state;
}

std::string InWords(const Account& account) {
  std::ostringstream text;
  text << "kind " << static_cast<int>(account.kind) << " status "
       << static_cast<int>(account.status) << " participant " << account.participant.value()
       << " balance " << account.balance.units() << " held " << account.held.units() << " debt "
       << account.debt.units() << " funded " << account.funded.units() << " last "
       << account.last_entry_plus_one << " id " << ToHex(account.id.view().substr(0, 4))
       << " owner " << ToHex(account.owner.view().substr(0, 4)) << " guardian "
       << account.guardian.value() << " merged " << account.merged_into.value();
  return text.str();
}

TEST(GoldenEntryTest, TheChainAlwaysMakesTheSameState) {
  const State state = Replayed(World(Cast::kEmpty).ledger(), kNames);
  ASSERT_EQ(state.head().size, kNames.size());
  EXPECT_EQ(FormatShanghai(state.head().time), "2025-03-01 10:00:00");
  EXPECT_EQ(state.head().next_account, AccountNo(10));
  std::string text;
  for (std::uint64_t n = 1; n < 10; ++n) {
    const Account& account = *state.FindAccount(AccountNo(n));
    text += std::to_string(n) + " " + InWords(account) + "\n";
    EXPECT_TRUE(account.lots.empty() && account.holds.empty() && account.members.empty());
  }
  EXPECT_EQ(text,
            "1 kind 4 status 1 participant 0 balance -23 held 0 debt 0 funded 0 last 41 id "
            "00000000 owner 00000000 guardian 0 merged 0\n"
            "2 kind 5 status 1 participant 0 balance 6 held 0 debt 0 funded 0 last 42 id 00000000 "
            "owner 00000000 guardian 0 merged 0\n"
            "3 kind 1 status 4 participant 0 balance 0 held 0 debt 0 funded 0 last 39 id 99fa6de5 "
            "owner 908b4495 guardian 0 merged 4\n"
            "4 kind 1 status 4 participant 0 balance 0 held 0 debt 0 funded 0 last 40 id b88a3ab2 "
            "owner 6f6f6f6f guardian 0 merged 0\n"
            "5 kind 1 status 1 participant 0 balance 0 held 0 debt 0 funded 0 last 42 id 34713d14 "
            "owner c4119c1e guardian 4 merged 0\n"
            "6 kind 2 status 1 participant 3 balance 15 held 0 debt 0 funded 0 last 25 id ef967528 "
            "owner 00000000 guardian 0 merged 0\n"
            "7 kind 6 status 1 participant 4 balance 2 held 0 debt 0 funded 0 last 29 id 9fc5d182 "
            "owner 00000000 guardian 0 merged 0\n"
            "8 kind 3 status 1 participant 2 balance 0 held 0 debt 0 funded 23 last 41 id 00000000 "
            "owner 00000000 guardian 0 merged 0\n"
            "9 kind 7 status 1 participant 0 balance 0 held 0 debt 0 funded 0 last 37 id 1f83ba83 "
            "owner 00000000 guardian 0 merged 0\n");
  const auto record = [&state](std::string_view id, std::uint32_t caller) {
    return state.FindRequest({ParticipantNo(caller), *RequestId::FromText(id)});
  };
  const RequestRecord cancelled{EntryIndex(17), EntryIndex(18)};
  const RequestRecord blocked{EntryIndex(19), EntryIndex(19)};
  EXPECT_EQ(state.requests().size(), 40u);
  EXPECT_EQ(record("r1", 2), cancelled);
  EXPECT_EQ(record("018f2a3b-4c5d-7e6f-8a9b-000000000000", 2), blocked);
  EXPECT_EQ(record("a1", 1), (RequestRecord{EntryIndex(6), std::nullopt}));
  EXPECT_EQ(state.FindUndone(EntryIndex(15)), (Undone{Amount(9), 1, false}));
  EXPECT_EQ(state.FindUndone(EntryIndex(17)), (Undone{Amount(0), 0, true}));
  EXPECT_EQ(state.FindUndone(EntryIndex(23)), (Undone{Amount(3), 0, false}));
  const Registry& registry = state.registry();
  EXPECT_EQ(registry.FindBudget("demo")->account, kDemo);
  EXPECT_EQ(registry.FindBudget("demo")->return_days, 90u);
  EXPECT_EQ(registry.FindScheme("cq-tanhuitong")->cutoff_minute, 1380u);
  EXPECT_EQ(registry.FindMerchantAccount(ParticipantNo(3), kAsset), kTill);
  EXPECT_EQ(registry.FindMerchantAccount(ParticipantNo(4), kAsset), kRelief);
  EXPECT_EQ(registry.Find(kAsset)->terms.max_hold_days, 7u);
}

TEST(GoldenEntryTest, TheActsAlwaysMakeTheSameState) {
  std::vector<std::string> names = kNames;
  names.insert(names.end(), kActNames.begin(), kActNames.end());
  const State state = Replayed(World(Cast::kEmpty).ledger(), names);
  const Account& walker = *state.FindAccount(kWalker);
  EXPECT_EQ(walker.balance, Amount(55))
      << "the act was reversed; the reward stays, and the share of the exchange";
  EXPECT_EQ(walker.carry, 700'000);
  ASSERT_EQ(walker.tallies.size(), 1u);
  EXPECT_EQ(walker.tallies[0].category, 1u) << "that it was rewarded";
  EXPECT_EQ(state.FindAccount(kTown)->balance, Amount(942));
  EXPECT_TRUE(state.FindAccount(kFamily)->tallies.empty());
}

// SHA-256 as ENTRY.md describes it, over the canonical bytes of what was asked.
std::string Digest(char has_user, const std::string& user, const std::string& asked) {
  std::string text = "tanhui.request.v1\n";
  text.push_back(has_user);
  return ToHex(Sha256(text + user + FromHex(asked)));
}

// Over bytes written out by hand.
TEST(GoldenEntryTest, TheDigestIsThatOfTheRequestAsItWasAsked) {
  Entry award;
  ASSERT_TRUE(award.ParseFromString(FromHex(GoldenHex("15_award"))));
  EXPECT_EQ(ToHex(award.request_digest()), Digest('\0', "",
                                                  "2802"  // caller 2
                                                  "3211"  // request id, 17 bytes
                                                  "01018f2a3b4c5d7e6f8a9b0c1d2e3f4a5b"
                                                  "488090f391b6ca8403"        // act_micros
                                                  "ba0117"                    // award, 23 bytes
                                                  "0803"                      // account 3
                                                  "1008"                      // budget 8
                                                  "181b"                      // points 27
                                                  "220a6d6574726f5f72696465"  // metro_ride
                                                  "2803"                      // quantity 3
                                                  "308e02"));                 // grams 270
  // Of an opening: the platform's user, but none of the ids that were drawn.
  Entry opening;
  ASSERT_TRUE(opening.ParseFromString(FromHex(GoldenHex("08_account_opening_citizen"))));
  EXPECT_EQ(ToHex(opening.request_digest()), Digest('\x01', std::string(32, 'u'),
                                                    "2802"        // caller 2
                                                    "3203026331"  // request id c1
                                                    "a20104"      // account opening, 4 bytes
                                                    "1001"        // kind citizen
                                                    "1801"));     // asset 1
}

// The worked example of ENTRY.md: the hex digits in front of each line's remark.
TEST(GoldenEntryTest, ThePageShowsTheGoldenAward) {
  std::ifstream page(SourcePath("ledger/core/ENTRY.md"));
  std::string line;
  while (std::getline(page, line) && line != "## Worked example") {
  }
  while (std::getline(page, line) && line != "```") {
  }
  std::string hex;
  while (std::getline(page, line) && line != "```") {
    line.erase(0, line.find_first_not_of(' '));
    line.erase(std::min(line.size(), line.find("  ")));
    std::erase(line, ' ');
    hex += line;
  }
  EXPECT_EQ(hex, GoldenHex("15_award"));
}

TEST(GoldenEntryTest, TheReferenceIsCommittedToUnderASalt) {
  Entry funding;
  ASSERT_TRUE(funding.ParseFromString(FromHex(GoldenHex("14_funding"))));
  // First 16 bytes of HMAC-SHA256("the reference key of a test     ", 00000002 02 "f1").
  const std::string salt = FromHex("3e895eff5fae91effbcaff664fe266ae");
  EXPECT_EQ(ToHex(funding.reference_commitment()), ToHex(Sha256(salt + "invoice 2024-17")));
}

}  // namespace
}  // namespace tanhui
