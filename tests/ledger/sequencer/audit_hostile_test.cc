// Entries that say what no caller could have asked for: names of nothing, accounts of the wrong
// kind, amounts that overflow, malformed ids. The audit tells the difference at that entry, and
// never aborts, though decide takes for granted that names were resolved and forms checked.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ledger/sequencer/acts.h"
#include "tests/ledger/sequencer/forged_town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kNobody = 999;

class AuditHostileTest : public ForgedTown {
 protected:
  static constexpr std::uint64_t kAct = 28;
  static constexpr std::uint64_t kAward = 29;
  static constexpr std::uint64_t kSpend = 30;
  static constexpr std::uint64_t kOpening = 31;
  static constexpr std::uint64_t kCancellation = 32;
  static constexpr std::uint64_t kTombstone = 33;

  void SetUp() override {
    town_.AskAll(PublishTown());
    town_.AskAll(std::vector<Command>{
        Act("a", kAlice, {EvidenceClaim('x')}), Award("w", kAlice, kBudget, 50),
        Redeem("r", kAlice, kShop, 7), OpenCitizen("o", kPoints), Cancel("c", "r"),
        Cancel("t", "never"), RecordFile("file-1"), RecordFile("file-2", "file-1")});
    ASSERT_EQ(town_.Size(), 36u);
    ASSERT_EQ(town_.Difference(), "");
    town_.Close();
  }

  // Of every kind: who asked, when, and under which id.
  static std::vector<Edit> HeaderEdits() {
    return {
        [](Entry& entry) { entry.set_caller(0); },
        [](Entry& entry) { entry.set_caller(kNobody); },
        [](Entry& entry) { entry.clear_request_id(); },
        [](Entry& entry) { entry.set_request_id("x"); },
        [](Entry& entry) { entry.set_request_id(std::string(200, 'x')); },
        [](Entry& entry) { entry.set_format(9); },
        [](Entry& entry) { entry.set_recorded_micros(kLeast); },
        [](Entry& entry) { entry.set_recorded_micros(kMost); },
        [](Entry& entry) { entry.set_act_micros(kLeast); },
        [](Entry& entry) { entry.set_act_micros(kMost); },
        [](Entry& entry) { entry.clear_postings(); },
        [](Entry& entry) { entry.clear_genesis(), entry.mutable_genesis(); },
    };
  }
  static std::vector<Edit> PostingEdits() {
    return {
        [](Entry& entry) { entry.mutable_postings(0)->set_account(kNobody); },
        [](Entry& entry) { entry.mutable_postings(1)->set_account(kNobody); },
        [](Entry& entry) { entry.mutable_postings(0)->set_amount(kLeast); },
        [](Entry& entry) { entry.mutable_postings(1)->set_amount(kMost); },
        [](Entry& entry) { entry.mutable_postings(1)->set_balance_after(kMost); },
        [](Entry& entry) { entry.mutable_postings(0)->set_debt_after(kMost); },
        [](Entry& entry) { entry.mutable_postings()->SwapElements(0, 1); },
        [](Entry& entry) { *entry.add_postings() = entry.postings(0); },
    };
  }
};

TEST_F(AuditHostileTest, Headers) {
  for (const std::uint64_t index : {kAct, kAward, kSpend}) {
    ExpectEach(index, HeaderEdits());
  }
}

TEST_F(AuditHostileTest, Postings) {
  for (const std::uint64_t index : {kAct, kAward, kSpend}) {
    ExpectEach(index, PostingEdits());
  }
}

TEST_F(AuditHostileTest, Awards) {
  const auto differences = ExpectEach(
      kAward, {
                  [](Entry& entry) { entry.mutable_award()->set_account(kNobody); },
                  [](Entry& entry) { entry.mutable_award()->set_account(kBob.value()); },
                  [](Entry& entry) { entry.mutable_award()->set_account(kBudget.value()); },
                  [](Entry& entry) { entry.mutable_award()->set_account(~std::uint64_t{0}); },
                  [](Entry& entry) { entry.mutable_award()->set_budget(kNobody); },
                  [](Entry& entry) { entry.mutable_award()->set_budget(0); },
                  [](Entry& entry) { entry.mutable_award()->set_budget(kAlice.value()); },
                  [](Entry& entry) { entry.mutable_award()->set_budget(kStampBudget.value()); },
                  [](Entry& entry) { entry.mutable_award()->set_points(0); },
                  [](Entry& entry) { entry.mutable_award()->set_points(kLeast); },
                  [](Entry& entry) { entry.mutable_award()->set_points(kMost); },
                  [](Entry& entry) { entry.mutable_award()->set_points(51); },
                  [](Entry& entry) { entry.mutable_award()->set_grams(kLeast); },
                  [](Entry& entry) { entry.mutable_award()->set_grams(kMost); },
              });
  EXPECT_EQ(differences[0], "entry 29: the postings are not on the accounts of the body");
  EXPECT_EQ(differences[13], "entry 29: decided again, it is another entry");
}

TEST_F(AuditHostileTest, Redemptions) {
  const auto differences = ExpectEach(
      kSpend,
      {
          [](Entry& entry) { entry.mutable_redemption()->set_account(kNobody); },
          [](Entry& entry) { entry.mutable_redemption()->set_account(kShop.value()); },
          [](Entry& entry) { entry.mutable_redemption()->set_merchant(kNobody); },
          [](Entry& entry) { entry.mutable_redemption()->set_merchant(kAlice.value()); },
          [](Entry& entry) { entry.mutable_redemption()->set_merchant(kStampShop.value()); },
          [](Entry& entry) { entry.mutable_redemption()->set_acting(kNobody); },
          [](Entry& entry) { entry.mutable_redemption()->set_acting(kBob.value()); },
          [](Entry& entry) { entry.mutable_redemption()->set_points(kLeast); },
          [](Entry& entry) { entry.mutable_redemption()->set_points(-7); },
          [](Entry& entry) { entry.mutable_redemption()->set_points(kMost); },
          [](Entry& entry) {
            const auto redemption = entry.redemption();
            entry.mutable_donation()->set_account(redemption.account());
            entry.mutable_donation()->set_charity(redemption.merchant());
            entry.mutable_donation()->set_points(redemption.points());
          },
      });
  EXPECT_EQ(differences[6], "entry 30: decided again, it is refused: NOT_A_MINOR");
}

TEST_F(AuditHostileTest, Acts) {
  ExpectEach(kAct,
             {
                 [](Entry& entry) { entry.mutable_earning()->set_account(kNobody); },
                 [](Entry& entry) { entry.mutable_earning()->set_account(kShop.value()); },
                 [](Entry& entry) { entry.mutable_earning()->set_budget(kNobody); },
                 [](Entry& entry) { entry.mutable_earning()->set_budget(kBob.value()); },
                 [](Entry& entry) { entry.mutable_earning()->set_household(kNobody); },
                 [](Entry& entry) { entry.mutable_earning()->set_points(kMost); },
                 [](Entry& entry) { entry.mutable_earning()->set_carry(kMost); },
                 [](Entry& entry) { entry.mutable_earning()->set_scenario(77); },
                 [](Entry& entry) { entry.mutable_earning()->set_district(0); },
                 [](Entry& entry) { entry.mutable_earning()->set_rules(77); },
                 [](Entry& entry) { entry.mutable_earning()->set_booking(5); },
                 [](Entry& entry) { entry.mutable_earning()->set_booking(~std::uint64_t{0}); },
                 [](Entry& entry) { entry.mutable_earning()->set_party(2); },
                 [](Entry& entry) { entry.mutable_earning()->set_nullifiers(0, "x"); },
                 [](Entry& entry) {
                   entry.mutable_earning()->add_nullifiers(entry.earning().nullifiers(0));
                 },
                 [](Entry& entry) {
                   for (int i = 0; i < 1'000; ++i) {
                     entry.mutable_earning()->add_nullifiers(entry.earning().nullifiers(0));
                   }
                 },
                 [](Entry& entry) { entry.clear_act_micros(); },
             });
}

TEST_F(AuditHostileTest, OthersThatNameNothing) {
  ExpectEach(kOpening,
             {
                 [](Entry& entry) { entry.mutable_account_opening()->set_asset(99); },
                 [](Entry& entry) { entry.mutable_account_opening()->set_number(99); },
                 [](Entry& entry) { entry.mutable_account_opening()->clear_owner_id(); },
                 [](Entry& entry) {
                   entry.mutable_account_opening()->set_kind(entry::v1::ACCOUNT_KIND_MERCHANT);
                 },
             });
  const Edit target_of_cancellation[] = {
      [](Entry& entry) { entry.mutable_cancellation()->set_target_request_id("x"); },
      [](Entry& entry) { entry.mutable_cancellation()->set_target_index(1); },
  };
  ExpectEach(kCancellation, {target_of_cancellation[0], target_of_cancellation[1]});
  ExpectEach(kTombstone,
             {[](Entry& entry) { entry.mutable_tombstone()->set_target_request_id("x"); },
              // That request happened, long before.
              [](Entry& entry) {
                entry.mutable_tombstone()->set_target_request_id(
                    std::string(RequestId::FromText("w")->stored()));
              }});
  ExpectEach(35, {[](Entry& entry) {
                    entry.mutable_file_record()->set_supersedes_file_id("no-such-file");
                  },
                  [](Entry& entry) {
                    entry.mutable_file_record()->set_supersedes_file_id(std::string(60, 'x'));
                  },
                  // Only the engine makes those.
                  [](Entry& entry) { entry.mutable_expiry()->set_account(kAlice.value()); }});
}

}  // namespace
}  // namespace tanhui::sequencer
