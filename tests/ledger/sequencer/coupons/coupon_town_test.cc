// Coupons through the sequencer: every kind of their entries, with a restart between any two, makes
// the same log, records and lists; what commands of one batch need of each other is loaded; the
// audit decides all of it again and tells what was forged.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ledger/coupons/town.h"
#include "tests/ledger/sequencer/forged_town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands

constexpr AccountNo kMallClaim{17};
constexpr AccountNo kDistrictBudget{18};
constexpr AccountNo kSponsorBudget{19};
constexpr AccountNo kFirstStock{20};
constexpr AccountNo kSecondStock{24};
constexpr CampaignNo kFirstCampaign{1};
constexpr CampaignNo kLottery{2};
constexpr CampaignNo kNext{3};
constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

// Of the first two campaigns of the story.
void PaidByTheTown(entry::v1::CampaignOpening& opening) {
  opening.mutable_funders(0)->set_budget(kDistrictBudget.value());
  opening.mutable_funders(1)->set_budget(kSponsorBudget.value());
}

// What a city does with campaigns, one command after the other.
class Story {
 public:
  // `between` is called after each.
  Story(Town& town, std::function<void()> between) : town_(town), between_(std::move(between)) {}

  void Tell() {
    Prepare();
    FirstCome();
    WithPoints();
    ByDrawing();
    AtTheEnd();
    AfterTheEnd();
  }
  void Prepare() {
    Ask(CreateMoney("money", "fen", kMidnight));
    Ask(OpenClaim("claim", kFen, kMall));
    Ask(OpenBudget("district-fen", "district-fen", kDistrict, kFen));
    Ask(OpenBudget("sponsor-fen", "sponsor-fen", kSponsor, kFen));
    Ask(Fund("fund-district", kDistrictBudget, kTownFen));
    Ask(Fund("fund-sponsor", kSponsorBudget, kTownFen));
    Ask(Award("award-alice", kAlice, kBudget, 500));
    Ask(Award("award-bob", kBob, kBudget, 500));
    Ask(OpenCampaign("first", "first", [](entry::v1::CampaignOpening& opening) {
      PaidByTheTown(opening);
      opening.set_points_asset(kPoints.value());
      opening.set_price_points(10);
      opening.set_per_citizen(4);
      opening.set_per_citizen_day(4);
    }));
    Ask(OpenCampaign("lottery", "lottery", [](entry::v1::CampaignOpening& opening) {
      PaidByTheTown(opening);
      PartOfOrder(opening);
      ByLottery(opening);
      Reviewed(opening);
    }));
    Ask(Pause("pause", kFirstCampaign));
    Ask(Resume("resume", kFirstCampaign));
  }
  // A coupon that is locked, used, and half of which comes back.
  void FirstCome() {
    const std::uint64_t coupon = Ask(IssueCoupon("issue", kFirstCampaign, kAlice));
    const auto order = OrderAt(kShop, "o1", {{9'000, "food"}, {3'000, "tools"}});
    Ask(LockCoupon("lock", coupon, order, Ahead(2)));
    Ask(UnlockCoupon("unlock", coupon));
    Ask(LockCoupon("lock-again", coupon, order, Ahead(2)));
    const std::uint64_t use = Ask(UseCoupon("use", coupon, order));
    Ask(RefundCoupon("refund", use, {{1, 1'000}}));
    Ask(RefundCoupon("refund-all", use, {{0, 9'000}, {1, 2'000}}));
    const auto other = OrderAt(kShop, "o2", {{12'000, ""}});
    Ask(UseCoupon("use-again", coupon, other));
    Ask(Cancel("cancel-use", "use-again"));
    Ask(UseCoupon("use-for-good", coupon, other));
  }
  void WithPoints() {
    Ask(RevokeCoupon("revoke", Ask(IssueCoupon("issue-bob", kFirstCampaign, kBob)), true));
    Ask(IssueCoupon("issue-wrong", kFirstCampaign, kBob));
    Ask(Cancel("cancel-issue", "issue-wrong"));
    Ask(IssueCoupon("issue-held", kFirstCampaign, kBob));
  }
  void ByDrawing() {
    const std::uint64_t alice = Ask(ApplyFor("apply", kLottery, kAlice));
    const std::uint64_t bob = Ask(ApplyFor("apply-bob", kLottery, kBob));
    town_.clock().Wait(6 * kMicrosPerDay);
    Ask(DrawLottery("draw", kLottery));
    const std::uint64_t won = Ask(IssueCoupon("issue-won", kLottery, kAlice, alice));
    const std::uint64_t use =
        Ask(UseCoupon("use-won", won, OrderAt(kShop, "o3", {{10'000, ""}, {10'000, ""}})));
    Ask(RefundCoupon("refund-won", use, {{0, 10'000}}));
    Ask(ReviewUse("review", use, 900, "no_invoice"));
    Ask(RefundCoupon("refund-reviewed", use, {{1, 5'000}}));
    Ask(IssueCoupon("issue-bob-won", kLottery, kBob, bob));
  }
  void AtTheEnd() {
    Ask(BeginRun("run", kFen));
    town_.clock().Wait(kMicrosPerDay);
    Ask(BeginRun("next-run", kFen));
    Ask(AddLine("line", 2, kMall));
    Ask(Merge("merge", kBob, kAlice));
    Ask(End("end", kFirstCampaign));
    Sweep();
    Ask(Extend("extend", kLottery, Ahead(5 * 24), Ahead(30 * 24)));
    town_.clock().Wait(40 * kMicrosPerDay);
    Sweep();
  }

  // What counted against Alice's limits is forgotten.
  void AfterTheEnd() {
    Ask(OpenCampaign("next", "next", [this](entry::v1::CampaignOpening& opening) {
      MerchantsOwn(opening);
      opening.set_issue_last_micros(Ahead(24).value());
      opening.set_use_last_micros(Ahead(48).value());
      opening.set_per_citizen(1);
    }));
    Ask(IssueCoupon("issue-next", kNext, kAlice));
  }

  void Sweep() {
    Submission submission;
    submission.sweep = {kFirstStock, kSecondStock};
    town_.Send(std::move(submission)).get();
    between_();
  }
  const std::map<std::string, std::uint64_t>& entries() const { return entries_; }

 private:
  // The index of its entry, which stands behind what was due.
  std::uint64_t Ask(const Command& command) {
    const std::string outcome = town_.Ask(command);
    EXPECT_TRUE(outcome.starts_with("OK"))
        << outcome << " of " << command.draft.ShortDebugString().substr(0, 300);
    const std::uint64_t index = town_.Size() - 1;
    const auto id = RequestId::FromStored(command.draft.request_id());
    entries_[std::string(id->text())] = index;
    between_();
    return index;
  }
  LedgerTime Now() const { return town_.clock().Wall(); }
  LedgerTime Ahead(std::int64_t hours) const { return LedgerTime(Now().value() + hours * kHour); }

  Town& town_;
  const std::function<void()> between_;
  std::map<std::string, std::uint64_t> entries_;  // by request id
};

std::vector<std::string> LogOf(const Town& town) {
  std::vector<std::string> entries;
  for (std::uint64_t i = 0; i < town.Size(); ++i) {
    entries.push_back(town.EntryAt(i).DebugString());
  }
  return entries;
}

// Accounts, what became of entries, and lists.
struct Records {
  std::vector<std::pair<AccountNo, Account>> accounts;
  std::vector<std::pair<EntryIndex, Undone>> undone;
  std::vector<std::pair<Nullifier, Claim>> evidence;
  std::vector<ListingRow> listings;
};
Records RecordsOf(Town& town) {
  Records records;
  const store::Store& store = town.store();
  const auto into = [](auto& rows) {
    return [&rows](const auto& key, const auto& value) {
      rows.emplace_back(key, value);
      return absl::OkStatus();
    };
  };
  EXPECT_TRUE(store.ScanAccounts(into(records.accounts)).ok());
  EXPECT_TRUE(store.ScanUndone(into(records.undone)).ok());
  EXPECT_TRUE(store.ScanEvidence(into(records.evidence)).ok());
  EXPECT_TRUE(store
                  .ScanListings([&](const ListingRow& row) {
                    records.listings.push_back(row);
                    return absl::OkStatus();
                  })
                  .ok());
  return records;
}

TEST(CouponTownTest, ARestartBetweenAnyTwo) {
  Town straight;
  Story story(straight, [] {});
  story.Tell();
  ASSERT_FALSE(HasFailure());
  Town restarted;
  Story(restarted, [&] { restarted.Reopen(); }).Tell();
  ASSERT_EQ(LogOf(restarted), LogOf(straight));
  const Records ours = RecordsOf(straight);
  const Records theirs = RecordsOf(restarted);
  EXPECT_EQ(theirs.accounts, ours.accounts);
  EXPECT_EQ(theirs.undone, ours.undone);
  EXPECT_EQ(theirs.evidence, ours.evidence);
  EXPECT_EQ(theirs.listings, ours.listings);
  EXPECT_GT(ours.listings.size(), 15u);
  const auto alice = std::find_if(ours.accounts.begin(), ours.accounts.end(),
                                  [](const auto& row) { return row.first == kAlice; });
  ASSERT_NE(alice, ours.accounts.end());
  EXPECT_EQ(alice->second.tallies,
            (std::vector<Tally>{{LimitNo(0x8000'0000 | kNext.value()), 0, BusinessDate(0), 1}}));
  EXPECT_EQ(straight.Difference(), "");
  EXPECT_EQ(restarted.Difference(), "");
  std::set<int> kinds;
  for (std::uint64_t i = 0; i < straight.Size(); ++i) {
    kinds.insert(straight.EntryAt(i).body_case());
  }
  for (int kind = Entry::kCampaignOpening; kind <= Entry::kCouponReview; ++kind) {
    EXPECT_TRUE(kinds.contains(kind)) << kind;
  }
}

// What funders put in is with the merchant or back with them.
TEST(CouponTownTest, NothingIsLost) {
  Town town;
  Story(town, [] {}).Tell();
  std::int64_t paid = 0;
  for (const AccountNo account : {kMallClaim, AccountNo(15), AccountNo(16)}) {
    paid += town.BalanceOf(account);
  }
  EXPECT_GT(paid, 0);
  EXPECT_EQ(town.BalanceOf(kDistrictBudget) + town.BalanceOf(kSponsorBudget) + paid, 2 * kTownFen);
  for (std::uint64_t account = kFirstStock.value(); account < kFirstStock.value() + 8; ++account) {
    EXPECT_EQ(town.BalanceOf(AccountNo(account)), 0) << account;
  }
}

// The life of coupons in one batch, where every command needs what the one before it did.
TEST(CouponTownTest, OneBatchNeedsNothingBeforeIt) {
  Town town;
  Story(town, [] {}).Prepare();
  const std::uint64_t next = town.Size();
  const auto order = OrderAt(kShop, "o1", {{9'000, "food"}, {3'000, "tools"}});
  const std::vector<Command> commands = {
      IssueCoupon("issue", kFirstCampaign, kAlice),
      LockCoupon("lock", next, order, LedgerTime(town.clock().Wall().value() + kHour)),
      UnlockCoupon("unlock", next),
      UseCoupon("use", next, order),
      RefundCoupon("refund", next + 3, {{0, 9'000}, {1, 3'000}}),
      UseCoupon("again", next, OrderAt(kShop, "o2", {{12'000, ""}})),
      Cancel("cancel", "again"),
      RevokeCoupon("revoke", next, true),
      ApplyFor("apply", kLottery, kBob),
      End("end", kFirstCampaign),
      IssueCoupon("late", kFirstCampaign, kAlice)};
  const auto outcomes = town.AskAll(commands);
  for (std::size_t i = 0; i + 1 < outcomes.size(); ++i) {
    EXPECT_TRUE(outcomes[i].starts_with("OK")) << outcomes[i] << " of command " << i;
  }
  EXPECT_TRUE(outcomes.back().starts_with("CAMPAIGN_STATE")) << outcomes.back();
  EXPECT_EQ(town.BalanceOf(kAlice), 500);
  EXPECT_EQ(town.BalanceOf(kMallClaim), 0);
  EXPECT_EQ(town.Difference(), "");
}

// Fifty tills with one coupon, and fifty citizens' requests for the last one.
TEST(CouponTownTest, OnceOnly) {
  Town town;
  Story(town, [] {}).Prepare();
  const auto asked = [&](const auto& make) {
    std::vector<std::future<std::vector<Outcome>>> answers;
    for (int i = 0; i < 50; ++i) {
      answers.push_back(town.Send({town.desk().Complete(make(i))}));
    }
    int taken = 0;
    for (auto& answer : answers) {
      taken += Words(answer.get().at(0)).starts_with("OK") ? 1 : 0;
    }
    return taken;
  };
  EXPECT_TRUE(town.Ask(IssueCoupon("issue", kFirstCampaign, kAlice)).starts_with("OK"));
  const std::uint64_t coupon = town.Size() - 1;
  EXPECT_EQ(asked([&](int i) {
              return UseCoupon(absl::StrCat("use", i), coupon,
                               OrderAt(kShop, absl::StrCat("o", i), {{12'000, ""}}));
            }),
            1);
  EXPECT_EQ(asked([&](int i) {
              return IssueCoupon(absl::StrCat("rush", i), kFirstCampaign,
                                 i % 2 == 0 ? kAlice : kBob);
            }),
            3 + 4)
      << "four a citizen";
  EXPECT_EQ(town.Difference(), "");
}

class ForgedCouponsTest : public ForgedTown {
 protected:
  void SetUp() override {
    Story story(town_, [] {});
    story.Tell();
    ASSERT_FALSE(HasFailure());
    entries_ = story.entries();
    ASSERT_EQ(town_.Difference(), "");
    town_.Close();
  }
  std::uint64_t At(const std::string& id) const { return entries_.at(id); }

  std::map<std::string, std::uint64_t> entries_;
};

// `fen` more from one posting to another.
void Shift(Entry& entry, int from, int to, std::int64_t fen) {
  for (const auto& [at, amount] : {std::pair(from, -fen), std::pair(to, fen)}) {
    auto& posting = *entry.mutable_postings(at);
    posting.set_amount(posting.amount() + amount);
    posting.set_balance_after(posting.balance_after() + amount);
  }
}

TEST_F(ForgedCouponsTest, Campaigns) {
  ExpectEach(At("first"),
             {[](Entry& e) { e.mutable_campaign_opening()->set_stock(11); },
              [](Entry& e) { e.mutable_campaign_opening()->set_stock(~0ULL); },
              [](Entry& e) { e.mutable_campaign_opening()->set_number(9); },
              [](Entry& e) { e.mutable_campaign_opening()->set_stock_account(5); },
              [](Entry& e) { e.mutable_campaign_opening()->set_money(1); },
              [](Entry& e) { e.mutable_campaign_opening()->set_money(99); },
              [](Entry& e) { e.mutable_campaign_opening()->set_face_fen(-1); },
              [](Entry& e) { e.mutable_campaign_opening()->clear_funders(); },
              [](Entry& e) { e.clear_postings(); }, [](Entry& e) { Shift(e, 0, 1, 1); }});
  ExpectEach(At("pause"),
             {[](Entry& e) { e.mutable_campaign_change()->set_campaign(77); },
              [](Entry& e) { e.mutable_campaign_change()->set_campaign(0); },
              [](Entry& e) {
                e.mutable_campaign_change()->set_action(static_cast<entry::v1::CampaignAction>(9));
              }});
  ExpectEach(At("draw"), {[](Entry& e) { e.mutable_lottery_draw()->set_campaign(99); },
                          [](Entry& e) { e.mutable_lottery_draw()->set_campaign(1); },
                          [](Entry& e) { e.mutable_lottery_draw()->set_seed("other"); },
                          [](Entry& e) { e.mutable_lottery_draw()->set_applications(0); }});
  ExpectEach(At("apply"), {[](Entry& e) { e.mutable_coupon_application()->set_campaign(0); },
                           [](Entry& e) { e.mutable_coupon_application()->set_account(999); },
                           [](Entry& e) { e.mutable_coupon_application()->set_ordinal(7); }});
}

TEST_F(ForgedCouponsTest, Coupons) {
  ExpectEach(At("issue"),
             {[](Entry& e) { e.mutable_coupon_issue()->set_campaign(99); },
              [](Entry& e) { e.mutable_coupon_issue()->set_campaign(2); },
              [](Entry& e) { e.mutable_coupon_issue()->set_account(999); },
              [](Entry& e) { e.mutable_coupon_issue()->set_account(9); },
              [](Entry& e) { e.mutable_coupon_issue()->set_fen(1); },
              [](Entry& e) { e.mutable_coupon_issue()->set_points(1); },
              [](Entry& e) { e.mutable_coupon_issue()->set_application(3); },
              [](Entry& e) { e.clear_postings(); }, [](Entry& e) { Shift(e, 0, 1, 1); }});
  ExpectEach(At("lock"), {[](Entry& e) { e.mutable_coupon_lock()->set_coupon(~0ULL); },
                          [](Entry& e) { e.mutable_coupon_lock()->set_coupon(1); },
                          [](Entry& e) { e.mutable_coupon_lock()->clear_order(); },
                          [](Entry& e) { e.mutable_coupon_lock()->set_deadline_micros(0); }});
  ExpectEach(At("unlock"), {[](Entry& e) { e.mutable_coupon_unlock()->set_coupon(~0ULL); },
                            [](Entry& e) { e.mutable_coupon_unlock()->set_coupon(2); }});
  ExpectEach(At("revoke"), {[](Entry& e) { e.mutable_coupon_revocation()->set_coupon(~0ULL); },
                            [](Entry& e) { e.mutable_coupon_revocation()->set_coupon(3); },
                            [](Entry& e) { e.clear_postings(); }});
}

TEST_F(ForgedCouponsTest, Uses) {
  const std::uint64_t issue = At("issue");
  for (const char* id : {"use", "use-won"}) {
    ExpectEach(
        At(id),
        {[](Entry& e) { e.mutable_coupon_redemption()->set_coupon(~0ULL); },
         [](Entry& e) { e.mutable_coupon_redemption()->set_coupon(1); },
         [](Entry& e) { e.mutable_coupon_redemption()->set_discount_fen(1); },
         [](Entry& e) { e.mutable_coupon_redemption()->set_discount_fen(-1); },
         [](Entry& e) { e.mutable_coupon_redemption()->set_funded_fen(1); },
         [](Entry& e) { e.mutable_coupon_redemption()->set_campaign(99); },
         [](Entry& e) { e.mutable_coupon_redemption()->clear_order(); },
         [](Entry& e) { e.mutable_coupon_redemption()->mutable_order()->set_merchant(999); },
         [](Entry& e) { e.mutable_coupon_redemption()->mutable_order()->clear_nullifiers(); },
         [](Entry& e) { e.clear_postings(); }, [](Entry& e) { Shift(e, 0, 1, 1); }});
  }
  for (const char* id : {"refund", "refund-won", "refund-reviewed"}) {
    ExpectEach(At(id), {[](Entry& e) { e.mutable_coupon_refund()->set_target(~0ULL); },
                        [issue](Entry& e) { e.mutable_coupon_refund()->set_target(issue); },
                        [](Entry& e) { e.mutable_coupon_refund()->set_target(0); },
                        [](Entry& e) { e.mutable_coupon_refund()->set_goods_fen(1); },
                        [](Entry& e) { e.mutable_coupon_refund()->set_discount_fen(1); },
                        [](Entry& e) { e.mutable_coupon_refund()->set_coupon_back(true); },
                        [](Entry& e) { e.mutable_coupon_refund()->set_campaign(99); },
                        [](Entry& e) { e.mutable_coupon_refund()->clear_lines(); },
                        [](Entry& e) { e.clear_postings(); }, [](Entry& e) { Shift(e, 0, 1, 1); }});
  }
  ExpectEach(At("review"), {[](Entry& e) { e.mutable_coupon_review()->set_target(~0ULL); },
                            [issue](Entry& e) { e.mutable_coupon_review()->set_target(issue); },
                            [](Entry& e) { e.mutable_coupon_review()->set_approved_fen(-1); },
                            [](Entry& e) { e.mutable_coupon_review()->set_approved_fen(901); },
                            [](Entry& e) { e.mutable_coupon_review()->set_campaign(1); },
                            [](Entry& e) { e.clear_postings(); }});
}

// What an entry tells about its target, which apply does not see: deciding again does.
TEST_F(ForgedCouponsTest, WhatIsSaidOfTheTarget) {
  using Undone = entry::v1::CouponUndone;
  const std::vector<std::function<void(Undone&)>> edits = {
      [](Undone& u) { u.set_coupon(u.coupon() + 1); },
      [](Undone& u) { u.set_coupon(~0ULL); },
      [](Undone& u) { u.set_campaign(3 - u.campaign()); },
      [](Undone& u) { u.set_merchant(kSponsor.value()); },
      [](Undone& u) { u.set_merchant(99); },
      [](Undone& u) { u.set_made_by(kSponsor.value()); },
      [](Undone& u) { u.set_made_by(99); },
      [](Undone& u) { u.set_account(kIssuance.value()); },
      [](Undone& u) { u.add_nullifiers(std::string(17, '\x02')); },
      [](Undone& u) { u.add_nullifiers("short"); },
      [](Undone& u) { u.set_coupon_back(!u.coupon_back()); },
      [](Undone& u) { u.set_date(1); },
      [](Undone& u) { u.set_application(1); },
      [](Undone& u) { u.Clear(); }};
  // Every `step`-th of them: an audit of all takes a fifth of a second.
  const auto each = [&](const std::string& id, std::size_t step, const auto& of) {
    std::vector<Edit> forged;
    for (std::size_t i = 0; i < edits.size(); i += step) {
      forged.push_back([edit = edits[i], of](Entry& e) { edit(of(e)); });
    }
    ExpectEach(At(id), forged);
  };
  each("refund", 1,
       [](Entry& e) -> Undone& { return *e.mutable_coupon_refund()->mutable_undone(); });
  const auto of_cancelled = [](Entry& e) -> Undone& {
    return *e.mutable_cancellation()->mutable_coupon_undone();
  };
  each("cancel-use", 2, of_cancelled);
  each("cancel-issue", 3, of_cancelled);
  each("review", 3,
       [](Entry& e) -> Undone& { return *e.mutable_coupon_review()->mutable_undone(); });
  each("revoke", 3,
       [](Entry& e) -> Undone& { return *e.mutable_coupon_revocation()->mutable_undone(); });
}

}  // namespace
}  // namespace tanhui::sequencer
