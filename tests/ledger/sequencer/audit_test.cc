// Damage made directly in the database, and the first difference that the audit reports of it.
#include "ledger/sequencer/audit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/merkle/hash.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/store/record.h"
#include "ledger/store/store_open.h"
#include "tests/ledger/sequencer/raw_database.h"
#include "tests/ledger/sequencer/town.h"
#include "tests/ledger/signing/demo_keys.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::sequencer {
namespace {

namespace fs = std::filesystem;
using world::kAlice;
using world::kBob;
using world::kBudget;

// A ledger of 305 entries, so that one tile is full, closed; every test damages a copy.
class AuditTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kFirst = 22;
  static constexpr std::uint64_t kCancelled = kFirst + 2;
  static constexpr std::uint64_t kCancellation = kFirst + 4;
  static constexpr std::uint64_t kSize = 305;

  static void SetUpTestSuite() {
    town_ = new Town();
    const Command start[] = {world::Award("a", kAlice, kBudget, 50),
                             world::Transfer("t", kAlice, kBob, 20),
                             world::Redeem("r", kBob, world::kShop, 7),
                             world::RecordFile("file-1"),
                             world::Cancel("x", "r"),
                             world::Cancel("y", "never")};
    town_->AskAll(start);
    std::vector<Command> awards;
    while (town_->Size() + awards.size() < kSize) {
      awards.push_back(world::Award("n" + std::to_string(awards.size()), kAlice, kBudget, 1));
    }
    town_->AskAll(awards);
    size_ = town_->Size();
    town_->Close();
  }
  static void TearDownTestSuite() {
    delete town_;
    town_ = nullptr;
  }

  void SetUp() override {
    ASSERT_EQ(size_, kSize);
    fs::copy(town_->directory() + "/db", database(), fs::copy_options::recursive);
  }
  std::string database() const { return scratch_ / "db"; }

  void Damage(const std::function<void(RawDatabase&)>& damage) {
    RawDatabase raw(database());
    damage(raw);
  }
  AuditReport Report(const AuditOptions& options = {}) {
    store::StoreOptions store_options;
    store_options.path = database();
    store_options.read_only = true;
    const auto store = store::Store::Open(store_options);
    Check(store.ok(), store.status().ToString());
    const auto report = Audit(TestLedger(), **store, options);
    Check(report.ok(), report.status().ToString());
    return *report;
  }
  void ExpectDifference(const std::string& words, const std::function<void(RawDatabase&)>& damage) {
    Damage(damage);
    const AuditReport report = Report();
    EXPECT_NE(report.difference.find(words), std::string::npos)
        << "\"" << report.difference << "\" should say \"" << words << "\"";
  }
  void ExpectCheckpointDifference(const std::string& words, std::string note,
                                  bool with_key = true) {
    AuditOptions options;
    options.checkpoint_note = std::move(note);
    if (with_key) {
      options.verifier = signing::VerifierOf(signing::DemoSigner());
    }
    const AuditReport report = Report(options);
    EXPECT_NE(report.difference.find(words), std::string::npos) << report.difference;
  }
  static std::string Signed(std::uint64_t size, const Hash256& root) {
    const auto key = signing::DemoSigner();
    return signing::SignCheckpoint({key.name(), size, root}, key).value();
  }

  std::string AliceId() {
    RawDatabase raw(database());
    const std::string bytes = raw.Get(store::kAccounts, store::EncodeU64(kAlice.value()));
    return std::string(store::DecodeAccount(bytes)->id.view());
  }

  std::string FirstHistoryKey(AccountNo account) {
    store::StoreOptions options;
    options.path = database();
    options.read_only = true;
    const auto store = store::Store::Open(options);
    Check(store.ok(), store.status().ToString());
    const auto last = (*store)->SeekHistory(account, EntryIndex(0));
    Check(last.ok() && last->has_value(), "a history of a test");
    return store::HistoryKey(account, (*last)->value() + 1);
  }

  static Town* town_;
  static std::uint64_t size_;
  ScratchDirectory scratch_;
};

Town* AuditTest::town_ = nullptr;
std::uint64_t AuditTest::size_ = 0;

std::string Key(std::uint64_t number) { return store::EncodeU64(number); }

std::string RequestKeyOf(std::string_view id) {
  return store::RequestKeyBytes({world::kPlatform, *RequestId::FromText(id)});
}

TEST_F(AuditTest, AGoodLedgerHasNoDifference) {
  AuditOptions options;
  std::vector<std::uint64_t> progress;
  options.progress = [&](std::uint64_t done, std::uint64_t) { progress.push_back(done); };
  const AuditReport report = Report(options);
  EXPECT_EQ(report.difference, "");
  EXPECT_EQ(report.entries, kSize);
  EXPECT_EQ(report.accounts, 12u);
  EXPECT_EQ(report.requests, kSize - 2 + 1);  // two without a request, one tombstone of two
  EXPECT_EQ(report.checkpoint_size, std::nullopt);

  AuditOptions with_checkpoint;
  with_checkpoint.verifier = signing::VerifierOf(signing::DemoSigner());
  with_checkpoint.checkpoint_note = Signed(kSize, report.root);
  const AuditReport again = Report(with_checkpoint);
  EXPECT_EQ(again.difference, "");
  EXPECT_EQ(again.checkpoint_size, kSize);
}

TEST_F(AuditTest, AnEmptyDatabaseIsAnError) {
  store::StoreOptions options;
  options.path = scratch_ / "empty";
  const auto store = store::Store::Open(options);
  ASSERT_TRUE(store.ok());
  const auto report = Audit(TestLedger(), **store, AuditOptions());
  EXPECT_TRUE(absl::IsFailedPrecondition(report.status())) << report.status().ToString();
}

TEST_F(AuditTest, AChangedBalance) {
  ExpectDifference("account 5 holds 307 by the entries, 308 as stored", [](RawDatabase& raw) {
    raw.EditAccount(kAlice, [](Account& account) { account.balance = Amount(308); });
  });
}

TEST_F(AuditTest, AChangedAccount) {
  ExpectDifference("account 6 has the right balance, but its record differs", [](RawDatabase& raw) {
    raw.EditAccount(kBob, [](Account& account) { account.owner.bytes[0] ^= 1; });
  });
}

TEST_F(AuditTest, ALotOfAnotherMonth) {
  ExpectDifference("account 5 has the right balance, but its record differs", [](RawDatabase& raw) {
    raw.EditAccount(kAlice, [](Account& account) { account.lots[0].key.expiry = kNever; });
  });
}

TEST_F(AuditTest, AnAccountTooMany) {
  ExpectDifference("account 13 is stored, but in no entry", [](RawDatabase& raw) {
    raw.Put(store::kAccounts, Key(13), store::EncodeAccount(Account()));
  });
}

TEST_F(AuditTest, AMissingAccount) {
  ExpectDifference("12 accounts by the entries, 11 stored",
                   [](RawDatabase& raw) { raw.Delete(store::kAccounts, Key(4)); });
}

TEST_F(AuditTest, AnUndecodableAccount) {
  ExpectDifference("a stored account cannot be decoded",
                   [](RawDatabase& raw) { raw.Put(store::kAccounts, Key(4), "nonsense"); });
}

TEST_F(AuditTest, AnAccountIdThatLeadsElsewhere) {
  const std::string id = AliceId();
  ExpectDifference("an account id leads to account 4, which has another",
                   [&](RawDatabase& raw) { raw.Put(store::kAccountIds, id, Key(4)); });
}

TEST_F(AuditTest, AMissingAccountId) {
  const std::string id = AliceId();
  ExpectDifference("account ids are missing",
                   [&](RawDatabase& raw) { raw.Delete(store::kAccountIds, id); });
}

TEST_F(AuditTest, AnAccountIdTooMany) {
  ExpectDifference("an account id leads to account 3", [](RawDatabase& raw) {
    raw.Put(store::kAccountIds, std::string(16, 'z'), Key(3));
  });
}

TEST_F(AuditTest, ARequestIdThatLeadsElsewhere) {
  ExpectDifference("the request id that leads to entry 30 does not belong there",
                   [](RawDatabase& raw) { raw.Put(store::kRequests, RequestKeyOf("a"), Key(30)); });
}

TEST_F(AuditTest, ACancellationThatWasForgotten) {
  ExpectDifference(
      "the request id that leads to entry 24 does not belong there",
      [](RawDatabase& raw) { raw.Put(store::kRequests, RequestKeyOf("r"), Key(kCancelled)); });
}

TEST_F(AuditTest, ARequestIdTooMany) {
  ExpectDifference(
      "the request id that leads to entry 22 does not belong there",
      [](RawDatabase& raw) { raw.Put(store::kRequests, RequestKeyOf("forged"), Key(kFirst)); });
}

TEST_F(AuditTest, AMissingRequestId) {
  ExpectDifference("304 request ids by the entries, 303 stored",
                   [](RawDatabase& raw) { raw.Delete(store::kRequests, RequestKeyOf("t")); });
}

TEST_F(AuditTest, WhatWasUndoneChanged) {
  ExpectDifference(
      "what is stored as undone of entry 24 is not what the entries undid", [](RawDatabase& raw) {
        raw.Put(store::kUndone, Key(kCancelled), store::EncodeUndone({Amount(6), 0, true}));
      });
}

TEST_F(AuditTest, WhatWasUndoneForgotten) {
  ExpectDifference("1 entries were undone, 0 stored",
                   [](RawDatabase& raw) { raw.Delete(store::kUndone, Key(kCancelled)); });
}

TEST_F(AuditTest, UndoneThatNoEntryUndid) {
  ExpectDifference("what is stored as undone of entry 22", [](RawDatabase& raw) {
    raw.Put(store::kUndone, Key(kFirst), store::EncodeUndone({Amount(1), 1, false}));
  });
}

TEST_F(AuditTest, ARowOfAHistoryMissing) {
  const std::string row = FirstHistoryKey(kBudget);
  ExpectDifference("the history of account 11 is not that of its commits",
                   [&](RawDatabase& raw) { raw.Delete(store::kHistory, row); });
}

TEST_F(AuditTest, ARowOfAHistoryTooMany) {
  ExpectDifference("the history of account 11 is not that of its commits", [](RawDatabase& raw) {
    raw.Put(store::kHistory, store::HistoryKey(kBudget, kSize + 1), "");
  });
}

TEST_F(AuditTest, AHistoryOfACitizen) {
  ExpectDifference("the history of account 5 is not that of its commits", [](RawDatabase& raw) {
    raw.Put(store::kHistory, store::HistoryKey(kAlice, kSize), "");
  });
}

TEST_F(AuditTest, AHistoryMissing) {
  const std::string row = FirstHistoryKey(world::kStampBudget);
  ExpectDifference("5 accounts have a history, 4 stored",
                   [&](RawDatabase& raw) { raw.Delete(store::kHistory, row); });
}

TEST_F(AuditTest, AChangedMonth) {
  const std::string row = store::MonthKey(kAlice, MonthOf(ShanghaiDate(world::kStart)));
  ExpectDifference("the list of months of account 5 is not that of its commits",
                   [&](RawDatabase& raw) {
                     Check(raw.Get(store::kMonths, row) == store::EncodeU64(0), "the first month");
                     raw.Put(store::kMonths, row, store::EncodeU64(7));
                   });
}

TEST_F(AuditTest, AMonthMissing) {
  const std::string row = store::MonthKey(kAlice, MonthOf(ShanghaiDate(world::kStart)));
  ExpectDifference("accounts have a list of months, ",
                   [&](RawDatabase& raw) { raw.Delete(store::kMonths, row); });
}

TEST_F(AuditTest, AMonthThatCannotBeDecoded) {
  ExpectDifference("a stored row of an account's months cannot be decoded", [](RawDatabase& raw) {
    raw.Put(store::kMonths, Key(kAlice.value()), store::EncodeU64(7));
  });
}

TEST_F(AuditTest, SumsOfAMonthThatNobodyMade) {
  const PeriodKey key = {MonthOf(ShanghaiDate(world::kStart)), world::kPoints,
                         AccountKind::kCitizen};
  const std::string row = store::EncodePeriodKey(key);
  ExpectDifference("the sums of open months are not those of the postings", [&](RawDatabase& raw) {
    raw.Edit(store::kPeriods, row, [](std::string& sums) { ++sums.back(); });
  });
  ExpectDifference("the sums of open months are not those of the postings",
                   [&](RawDatabase& raw) { raw.Delete(store::kPeriods, row); });
}

TEST_F(AuditTest, ALineOfARunThatNobodyMade) {
  ExpectDifference("of lines of settlement runs, one of entry 7 is not stored as the entries make",
                   [](RawDatabase& raw) {
                     raw.Put(store::kSettlements, store::SettlementLineKey(RunNo(1), EntryIndex(7)),
                             "");
                   });
}

TEST_F(AuditTest, AListThatNobodyMade) {
  const ListingRow row = {Listing::kCouponsOfAccount, 5, EntryIndex(7)};
  ExpectDifference(
      "of listed entries, one of entry 7 is not stored as the entries make",
      [&](RawDatabase& raw) { raw.Put(store::kListings, store::ListingKey(row), ""); });
}

TEST_F(AuditTest, AnEventThatNobodyMade) {
  const EventRow row = {3, EntryIndex(7), 0, 1, 2};
  ExpectDifference("of events, one of entry 7 is not stored as the entries make",
                   [&](RawDatabase& raw) {
                     raw.Put(store::kEvents, store::EventKey(row.scope, row.entry, row.n),
                             store::EncodeEvent(row));
                   });
}

TEST_F(AuditTest, ALinkThatNobodyMade) {
  ExpectDifference("participant 900 is stored with 1 links to account 5, by the entries it has 0",
                   [](RawDatabase& raw) {
                     raw.Put(store::kLinked, store::LinkedKey({ParticipantNo(900), kAlice}),
                             store::EncodeU64(1));
                   });
}

TEST_F(AuditTest, EvidenceThatIsSaidToBeOpenAgain) {
  ExpectDifference("evidence is stored as claimed by entry 7, which does not claim it",
                   [](RawDatabase& raw) {
                     raw.Put(store::kEvidence, std::string(Nullifier::kSize, 'x'),
                             store::EncodeClaim({EntryIndex(7), ParticipantNo(3)}));
                   });
}

TEST_F(AuditTest, AChangedTile) {
  ExpectDifference("tile 0/0 differs", [](RawDatabase& raw) {
    raw.Edit(store::kTiles, store::TileKey({0, 0}), [](std::string& bytes) { bytes[40] ^= 1; });
  });
}

TEST_F(AuditTest, AMissingTile) {
  ExpectDifference("1 full tiles by the entries, 0 stored", [](RawDatabase& raw) {
    raw.Delete(store::kTiles, store::TileKey({0, 0}));
  });
}

TEST_F(AuditTest, ATileTooMany) {
  ExpectDifference("tile 0/1 differs", [](RawDatabase& raw) {
    raw.Put(store::kTiles, store::TileKey({0, 1}), raw.Get(store::kTiles, store::TileKey({0, 0})));
  });
}

TEST_F(AuditTest, AChangedEntryThatBreaksNoRule) {
  ExpectDifference("the root is", [](RawDatabase& raw) {
    raw.EditEntry(kFirst, [](Entry& entry) { entry.set_business_date(1); });
  });
}

TEST_F(AuditTest, AnEntryThatIsNoMessage) {
  ExpectDifference("entry 40 cannot be decoded", [](RawDatabase& raw) {
    raw.EditEntryBytes(40, [](std::string& bytes) { bytes = "\xff\xff"; });
  });
}

TEST_F(AuditTest, AMissingEntry) {
  ExpectDifference("entry 40 is missing", [](RawDatabase& raw) { raw.DeleteEntry(40); });
}

TEST_F(AuditTest, AnEntryPastTheEnd) {
  ExpectDifference("entry 305 is stored past the end of the log", [](RawDatabase& raw) {
    raw.EditEntryBytes(kSize - 1, [&raw](const std::string& bytes) { raw.PutEntry(kSize, bytes); });
  });
}

TEST_F(AuditTest, AChangedRoot) {
  ExpectDifference("the root is", [](RawDatabase& raw) {
    raw.EditHead([](store::StoredHead& head) { head.root.bytes[0] ^= 1; });
  });
}

TEST_F(AuditTest, AHeadThatWasPutBack) {
  ExpectDifference("the indexes are those of 305 entries, the log has 304", [](RawDatabase& raw) {
    raw.EditHead([](store::StoredHead& head) { --head.head.size; });
  });
}

TEST_F(AuditTest, AChangedTimeOrCountInTheHead) {
  ExpectDifference("ledger time or account count", [](RawDatabase& raw) {
    raw.EditHead([](store::StoredHead& head) { head.head.next_account = AccountNo(12); });
  });
  ExpectDifference("ledger time or account count", [](RawDatabase& raw) {
    raw.EditHead([](store::StoredHead& head) {
      head.head.next_account = AccountNo(11);
      head.head.time = LedgerTime(head.head.time.value() + 1);
    });
  });
}

TEST_F(AuditTest, AMissingRegistryEntry) {
  ExpectDifference("entry 2 changes the registry, but is not listed there",
                   [](RawDatabase& raw) { raw.Delete(store::kRegistry, Key(2)); });
}

TEST_F(AuditTest, TheLastRegistryEntryMissing) {
  ExpectDifference("entry 19 changes the registry, but is not listed there",
                   [](RawDatabase& raw) { raw.Delete(store::kRegistry, Key(19)); });
}

TEST_F(AuditTest, ARegistryEntryTooMany) {
  ExpectDifference("entry 22 is listed in the registry, but changes nothing there",
                   [](RawDatabase& raw) { raw.Put(store::kRegistry, Key(kFirst), ""); });
}

// Whoever can write the database can also hash it again. The rules still tell, without a
// checkpoint.
TEST_F(AuditTest, AnEntryThatGivesMoreThanItTakes) {
  ExpectDifference("entry 304: ", [](RawDatabase& raw) {
    raw.EditEntry(kSize - 1, [](Entry& entry) {
      auto& taker = *entry.mutable_postings(1);
      taker.set_amount(taker.amount() + 1);
      taker.set_balance_after(taker.balance_after() + 1);
      taker.mutable_lots(0)->set_points(taker.lots(0).points() + 1);
    });
    raw.EditAccount(kAlice, [](Account& account) { account.balance = Amount(308); });
    raw.HashAgain();
  });
}

TEST_F(AuditTest, ARequestThatStandsTwice) {
  ExpectDifference("entry 304: a request id stands twice in the log", [](RawDatabase& raw) {
    raw.EditEntry(kSize - 1, [](Entry& entry) {
      entry.set_request_id(std::string(RequestId::FromText("a")->stored()));
    });
    raw.HashAgain();
  });
}

TEST_F(AuditTest, ATimeThatGoesBack) {
  ExpectDifference("entry 304: ledger time goes back", [](RawDatabase& raw) {
    raw.EditEntry(kSize - 1,
                  [](Entry& entry) { entry.set_recorded_micros(kEarliestTime.value()); });
    raw.HashAgain();
  });
}

TEST_F(AuditTest, ACancellationThatMovesLess) {
  ExpectDifference("entry 26 does not move back what entry 24 moved", [](RawDatabase& raw) {
    raw.EditEntry(kCancellation, [](Entry& entry) {
      for (auto& posting : *entry.mutable_postings()) {
        const std::int64_t less = posting.amount() > 0 ? -1 : 1;
        posting.set_amount(posting.amount() + less);
        posting.set_balance_after(posting.balance_after() + less);
        for (auto& lot : *posting.mutable_lots()) {
          lot.set_points(lot.points() + less);
        }
      }
    });
    raw.HashAgain();
  });
}

TEST_F(AuditTest, AnotherHistoryThanTheCheckpoint) {
  const Hash256 root = Report().root;
  ExpectCheckpointDifference("the signed checkpoint of size 300 has root", Signed(300, root));
  ExpectCheckpointDifference("a checkpoint over 306 entries was signed, the log has 305",
                             Signed(kSize + 1, root));
  // Hashed in correctly, and no rule broken: only the signature over the past tells.
  const std::string before = Signed(kSize, root);
  Damage([](RawDatabase& raw) {
    raw.EditEntry(kFirst, [](Entry& entry) { entry.set_business_date(1); });
    raw.HashAgain();
  });
  EXPECT_EQ(Report().difference, "");
  ExpectCheckpointDifference("the signed checkpoint of size 305 has root", before);
  ExpectCheckpointDifference("the signed checkpoint of size 305 has root", before, false);
}

TEST_F(AuditTest, ACheckpointOfAnotherKey) {
  const Hash256 root = Report().root;
  const auto other = signing::DemoSigner(signing::kDemoName, 9);
  ExpectCheckpointDifference("the checkpoint: ",
                             signing::SignCheckpoint({other.name(), kSize, root}, other).value());
  ExpectCheckpointDifference("the checkpoint: ", "no checkpoint at all", false);
}

}  // namespace
}  // namespace tanhui::sequencer
