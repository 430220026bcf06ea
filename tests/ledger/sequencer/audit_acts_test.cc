// What acts leave in the database, damaged or forged, and the first difference that the audit
// reports.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/ledger/sequencer/acts.h"
#include "tests/ledger/sequencer/raw_database.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

// Entries 28 to 30 are a ride and a lamp of Alice's and a ride of Bob's.
class AuditActsTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kAct = 28;
  static constexpr std::uint64_t kSize = 31;

  void SetUp() override {
    town_.AskAll(PublishTown());
    town_.AskAll(std::vector<Command>{Act("a", kAlice, {EvidenceClaim('x')}),
                                      Act("b", kAlice, {EvidenceClaim('y')}, kLamp),
                                      Act("c", kBob, {EvidenceClaim('z')})});
    ASSERT_EQ(town_.Size(), kSize);
    ASSERT_EQ(town_.Difference(), "");
  }
  void ExpectDifference(const std::string& words, const std::function<void(RawDatabase&)>& damage,
                        bool redecide = false) {
    town_.Close();
    const std::string path = town_.directory() + "/db";
    {
      RawDatabase raw(path);
      damage(raw);
    }
    store::StoreOptions options;
    options.path = path;
    options.read_only = true;
    const auto store = store::Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    AuditOptions audit;
    audit.redecide = redecide;
    const auto report = Audit(TestLedger(), **store, audit);
    ASSERT_TRUE(report.ok()) << report.status().ToString();
    EXPECT_NE(report->difference.find(words), std::string::npos)
        << "\"" << report->difference << "\" should say \"" << words << "\"";
  }
  static std::string Evidence(char letter) {
    std::string key = store::EncodeU64(static_cast<std::uint64_t>(ShanghaiDate(kStart).value()));
    return key.substr(4) + std::string(16, letter);
  }

  Town town_;
};

Command Swap(std::string_view id, std::uint32_t party, AccountNo account, char letter) {
  Command act = Act(id, account, {EvidenceClaim(letter)}, kSwap);
  act.draft.mutable_earning()->set_party(party);
  return act;
}

TEST_F(AuditActsTest, TwoPartiesGoTogether) {
  const auto outcomes = town_.AskAll(
      std::vector<Command>{Swap("s", 1, kAlice, 'p'), Swap("pair:s", 2, kBob, 'q')}, true);
  EXPECT_EQ(outcomes, (std::vector<std::string>{"OK 31", "OK 32"}));
  EXPECT_EQ(town_.Difference(), "");
  // A second one that is refused takes the first along.
  EXPECT_EQ(
      town_.AskAll(std::vector<Command>{Swap("t", 1, kAlice, 'r'), Swap("pair:t", 2, kAlice, 's')},
                   true)[1],
      "SAME_ACCOUNT second_account");
  EXPECT_EQ(town_.Size(), 33u);
}

// No method of the API makes one; whoever did so by other means is found out.
TEST_F(AuditActsTest, AFirstPartyAlone) {
  ASSERT_EQ(town_.Ask(Swap("s", 1, kAlice, 'p')), "OK 31");
  EXPECT_EQ(town_.Difference(), "entry 31 is the act of a first party without a second");
}

TEST_F(AuditActsTest, ASecondPartyOfAnotherCommit) {
  ASSERT_EQ(town_.Ask(Swap("s", 1, kAlice, 'p')), "OK 31");
  ASSERT_EQ(town_.Ask(Swap("pair:s", 2, kBob, 'q')), "OK 32");
  EXPECT_EQ(town_.Difference(), "entry 31 is the act of a first party without a second");
}

TEST_F(AuditActsTest, AMissingClaim) {
  ExpectDifference("3 pieces of evidence are claimed by the entries, 2 stored",
                   [](RawDatabase& raw) {
                     raw.Get(store::kEvidence, Evidence('x'));
                     raw.Delete(store::kEvidence, Evidence('x'));
                   });
}

TEST_F(AuditActsTest, AForgedClaim) {
  ExpectDifference(
      "evidence is stored as claimed by entry 28, which does not claim it",
      [](RawDatabase& raw) { raw.Put(store::kEvidence, Evidence('f'), store::EncodeU64(kAct)); });
}

TEST_F(AuditActsTest, AClaimOfAnotherEntry) {
  ExpectDifference(
      "evidence is stored as claimed by entry 30, which does not claim it",
      [](RawDatabase& raw) { raw.Put(store::kEvidence, Evidence('x'), store::EncodeU64(30)); });
}

TEST_F(AuditActsTest, AnUndecodableClaim) {
  ExpectDifference("a stored claim of evidence cannot be decoded", [](RawDatabase& raw) {
    raw.Put(store::kEvidence, Evidence('x') + "more", store::EncodeU64(kAct));
  });
}

TEST_F(AuditActsTest, AForgedEarningOfAProduct) {
  ExpectDifference(
      "of earnings of products, one of entry 28 is not stored as the entries make them",
      [](RawDatabase& raw) {
        raw.Put(store::kProductEarnings, store::ProductEarningKey(1, EntryIndex(kAct)), "");
      });
}

TEST_F(AuditActsTest, AMissingEarningOfAProduct) {
  ExpectDifference("1 earnings of products by the entries, 0 stored", [](RawDatabase& raw) {
    raw.Delete(store::kProductEarnings, store::ProductEarningKey(1, EntryIndex(29)));
  });
}

TEST_F(AuditActsTest, AnEarningOfAProductWithMoreToIt) {
  ExpectDifference("a stored earning of a product cannot be decoded", [](RawDatabase& raw) {
    raw.Put(store::kProductEarnings, store::ProductEarningKey(1, EntryIndex(29)), "more");
  });
}

TEST_F(AuditActsTest, AChangedTally) {
  ExpectDifference("account 5 has the right balance, but its record differs", [](RawDatabase& raw) {
    raw.EditAccount(kAlice, [](Account& account) { account.tallies.at(0).amount += 1; });
  });
}

TEST_F(AuditActsTest, AChangedCarry) {
  ExpectDifference("account 5 has the right balance, but its record differs", [](RawDatabase& raw) {
    raw.EditAccount(kAlice, [](Account& account) { account.carry = 999'999; });
  });
}

TEST_F(AuditActsTest, ADrySpellThatNeverWas) {
  ExpectDifference("account 11 has the right balance, but its record differs",
                   [](RawDatabase& raw) {
                     raw.EditAccount(kBudget, [](Account& account) {
                       account.dry = {BusinessDate(19'000), BusinessDate(19'001)};
                     });
                   });
}

// One point more, with postings and hashes that fit.
void GiveOnePointMore(RawDatabase& raw) {
  raw.EditEntry(30, [](Entry& entry) {
    entry.mutable_earning()->set_points(entry.earning().points() + 1);
    for (auto& posting : *entry.mutable_postings()) {
      const std::int64_t more = posting.amount() > 0 ? 1 : -1;
      posting.set_amount(posting.amount() + more);
      posting.set_balance_after(posting.balance_after() + more);
      for (auto& lot : *posting.mutable_lots()) {
        lot.set_points(lot.points() + more);
      }
    }
  });
}

TEST_F(AuditActsTest, AnActWithOnePointMore) { ExpectDifference("the root is", GiveOnePointMore); }

TEST_F(AuditActsTest, AnActWithOnePointMoreHashedAgain) {
  ExpectDifference("account 6 holds 4 by the entries, 3 as stored", [](RawDatabase& raw) {
    GiveOnePointMore(raw);
    raw.HashAgain();
    raw.EditAccount(
        kBudget, [](Account& account) { account.balance = Amount(account.balance.units() - 1); });
  });
}

// Everything that can be computed from the entries fits; only the rules tell.
TEST_F(AuditActsTest, AnActWithOnePointMoreAndRecordsThatFit) {
  ExpectDifference(
      "entry 30: decided again, it is another entry",
      [](RawDatabase& raw) {
        GiveOnePointMore(raw);
        raw.HashAgain();
      },
      true);
}

TEST_F(AuditActsTest, AnotherCount) {
  ExpectDifference(
      "entry 30: decided again, it is another entry",
      [](RawDatabase& raw) {
        raw.EditEntry(
            30, [](Entry& entry) { entry.mutable_earning()->mutable_counted(0)->set_amount(2); });
        raw.HashAgain();
      },
      true);
}

}  // namespace
}  // namespace tanhui::sequencer
