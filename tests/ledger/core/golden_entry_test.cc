// One golden entry of every kind, as hex of its serialised bytes, in tests/golden/entry_v1_*.hex.
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

#include "tests/ledger/core/steps.h"

namespace tanhui {
namespace {

using namespace world;

// The file names in order of the log; the number is the entry's index.
const std::vector<std::string> kNames = {
    "00_genesis",
    "01_participant_creation_operator",
    "02_participant_creation_sponsor",
    "03_participant_creation_merchant",
    "04_scheme_creation",
    "05_asset_creation",
    "06_account_opening_citizen",
    "07_account_opening_citizen",
    "08_account_opening_merchant",
    "09_budget_opening",
    "10_funding",
    "11_award",
    "12_transfer",
    "13_redemption",
    "14_cancellation",
    "15_tombstone",
    "16_file_record",
};

std::string SourcePath(const std::string& path) {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/" + path;
}

std::string PathOf(const std::string& name) {
  return SourcePath("tests/golden/entry_v1_" + name + ".hex");
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

// The chain: fixed commands at fixed times.
World Chain() {
  World world(Cast::kEmpty);
  const ParticipantNo sponsor(2);
  const ParticipantNo merchant(3);
  const AssetNo points(1);
  const AccountNo citizen(2);
  const AccountNo other(3);
  const AccountNo shop(4);
  const AccountNo budget(5);
  const Command commands[] = {
      CreateParticipant("p1", "energy-fund", ParticipantKind::kSponsor),
      CreateParticipant("p2", "green-mall", ParticipantKind::kMerchant),
      CreateScheme("s1", "cq-tanhuitong", 23 * 60),
      CreateAsset("a1", "cq-points", SchemeNo(1), 100'000, true),
      ForUser(OpenCitizen("c1", points), 'u'),
      OpenCitizen("c2", points, 'o'),
      OpenMerchant("m1", points, merchant),
      OpenBudget("b1", "demo", sponsor, points),
      WithReference(Fund("f1", budget, 1'000'000), "invoice 2024-17"),
      ActAt(Award("018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b", citizen, budget, 27),
            LedgerTime(kStart.value() - kMicrosPerDay)),
      Transfer("t1", citizen, other, 7),
      WithReference(Redeem("r1", citizen, shop, 20), "till 7"),
      Cancel("x1", "r1"),
      Cancel("x2", "018f2a3b-4c5d-7e6f-8a9b-000000000000"),
      RecordFile("2024-02-28", ""),
  };
  for (const Command& command : commands) {
    world.Wait(60 * kMicrosPerMinute);  // the accounting day ends on the way
    EXPECT_EQ(world.Ask(command), "OK") << command.draft.ShortDebugString();
  }
  return world;
}

TEST(GoldenEntryTest, BytesNeverChange) {
  const World world = Chain();
  ASSERT_EQ(world.entries().size(), kNames.size());
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const std::string hex = ToHex(world.entries()[i].SerializeAsString());
    if (std::getenv("TANHUI_WRITE_GOLDEN") != nullptr) {
      std::ofstream file(PathOf(kNames[i]));
      for (std::size_t at = 0; at < hex.size(); at += 64) {
        file << hex.substr(at, 64) << "\n";
      }
    }
    EXPECT_EQ(GoldenHex(kNames[i]), hex) << kNames[i] << "\n" << world.entries()[i].DebugString();
  }
}

TEST(GoldenEntryTest, ThereIsOneOfEveryKind) {
  std::set<int> kinds;
  for (const std::string& name : kNames) {
    Entry entry;
    ASSERT_TRUE(entry.ParseFromString(FromHex(GoldenHex(name)))) << name;
    kinds.insert(entry.body_case());
  }
  EXPECT_EQ(kinds.size(), 13u);
  EXPECT_EQ(static_cast<int>(kinds.size()),
            Entry::descriptor()->FindOneofByName("body")->field_count());
}

// Reads the stored bytes as a replica would, and applies them.
State Replayed(const Ledger& ledger) {
  State state;
  for (const std::string& name : kNames) {
    Entry entry;
    EXPECT_TRUE(entry.ParseFromString(FromHex(GoldenHex(name)))) << name;
    EXPECT_EQ(ledger.TryApply(state, entry), std::nullopt) << name;
  }
  return state;
}

TEST(GoldenEntryTest, TheChainAlwaysMakesTheSameState) {
  const State state = Replayed(World(Cast::kEmpty).ledger());
  ASSERT_EQ(state.head().size, 17u);
  EXPECT_EQ(state.head().time.value(), kStart.value() + 15 * 60 * kMicrosPerMinute);
  EXPECT_EQ(state.head().next_account, AccountNo(6));
  std::ostringstream text;
  for (std::uint64_t n = 1; n < 6; ++n) {
    const Account& account = *state.FindAccount(AccountNo(n));
    text << n << " kind " << static_cast<int>(account.kind) << " asset " << account.asset.value()
         << " participant " << account.participant.value() << " balance " << account.balance.units()
         << " last " << account.last_entry_plus_one << " id "
         << ToHex(account.id.view().substr(0, 4)) << " owner "
         << ToHex(account.owner.view().substr(0, 4)) << "\n";
  }
  EXPECT_EQ(text.str(),
            "1 kind 4 asset 1 participant 0 balance -1000000 last 11 id 00000000 owner 00000000\n"
            "2 kind 1 asset 1 participant 0 balance 20 last 15 id 99fa6de5 owner 908b4495\n"
            "3 kind 1 asset 1 participant 0 balance 7 last 13 id b88a3ab2 owner 6f6f6f6f\n"
            "4 kind 2 asset 1 participant 3 balance 0 last 15 id 34713d14 owner 00000000\n"
            "5 kind 3 asset 1 participant 2 balance 999973 last 12 id 00000000 owner 00000000\n");
  const auto record = [&state](std::string_view id, std::uint32_t caller) {
    return state.FindRequest({ParticipantNo(caller), *RequestId::FromText(id)});
  };
  const RequestRecord cancelled{EntryIndex(13), EntryIndex(14)};
  const RequestRecord blocked{EntryIndex(15), EntryIndex(15)};
  EXPECT_EQ(state.requests().size(), 16u);
  EXPECT_EQ(record("r1", 2), cancelled);
  EXPECT_EQ(record("018f2a3b-4c5d-7e6f-8a9b-000000000000", 2), blocked);
  EXPECT_EQ(record("a1", 1), (RequestRecord{EntryIndex(5), std::nullopt}));
  EXPECT_EQ(state.registry().FindBudget("demo")->account, AccountNo(5));
  EXPECT_EQ(state.registry().FindScheme("cq-tanhuitong")->cutoff_minute, 1380u);
  EXPECT_EQ(state.registry().FindMerchantAccount(ParticipantNo(3), AssetNo(1)), AccountNo(4));
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
  ASSERT_TRUE(award.ParseFromString(FromHex(GoldenHex("11_award"))));
  EXPECT_EQ(ToHex(award.request_digest()), Digest('\0', "",
                                                  "2802"  // caller 2
                                                  "3211"  // request id, 17 bytes
                                                  "01018f2a3b4c5d7e6f8a9b0c1d2e3f4a5b"
                                                  "488090f391b6ca8403"           // act_micros
                                                  "ba0112"                       // award, 18 bytes
                                                  "0802"                         // account 2
                                                  "1005"                         // budget 5
                                                  "181b"                         // points 27
                                                  "220a6d6574726f5f72696465"));  // metro_ride
  // Of an opening: the platform's user, but none of the ids that were drawn.
  Entry opening;
  ASSERT_TRUE(opening.ParseFromString(FromHex(GoldenHex("06_account_opening_citizen"))));
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
  EXPECT_EQ(hex, GoldenHex("11_award"));
}

TEST(GoldenEntryTest, TheReferenceIsCommittedToUnderASalt) {
  Entry funding;
  ASSERT_TRUE(funding.ParseFromString(FromHex(GoldenHex("10_funding"))));
  // First 16 bytes of HMAC-SHA256("the reference key of a test     ", 00000002 02 "f1").
  const std::string salt = FromHex("3e895eff5fae91effbcaff664fe266ae");
  EXPECT_EQ(ToHex(funding.reference_commitment()), ToHex(Sha256(salt + "invoice 2024-17")));
}

}  // namespace
}  // namespace tanhui
