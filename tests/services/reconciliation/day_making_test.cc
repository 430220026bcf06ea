// Rows of a day's entries: by hand, and beside a slow making in memory.
#include "services/reconciliation/day_making.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/claims/terms.h"
#include "ledger/core/request_id.h"

namespace tanhui::reconciliation {
namespace {

constexpr std::uint32_t kOperator = 1, kApp = 2, kMall = 3, kBus = 4;
constexpr std::uint64_t kBudget = 10, kMoney = 3, kSettling = 5;
constexpr std::uint64_t kChain = 20, kClaim = 21, kStore = 22, kTill = 23, kOtherScheme = 24;
constexpr std::uint64_t kCitizen = 100, kFriend = 101, kStamps = 200;

std::shared_ptr<const Registry> SomeRegistry() {
  auto out = std::make_shared<Registry>();
  out->Add(Scheme{SchemeNo(1), "cq", "", 0});
  out->Add(Scheme{SchemeNo(2), "cd", "", 0});
  out->Add(Participant{ParticipantNo(1), "operator", "", ParticipantKind::kOperator});
  out->Add(Participant{ParticipantNo(2), "app", "", ParticipantKind::kPlatform});
  out->Add(Participant{ParticipantNo(3), "mall", "", ParticipantKind::kMerchant});
  out->Add(Participant{ParticipantNo(4), "bus", "", ParticipantKind::kPlatform});
  out->Add(
      Asset{AssetNo(1), "points", "", SchemeNo(1), AccountNo(1), Amount(1'000), {}, AccountNo(2)});
  Asset money{AssetNo(2),        "fen",         "", SchemeNo(1),
              AccountNo(kMoney), Amount(1'000), {}, AccountNo(4)};
  money.money = true;
  money.settling = AccountNo(kSettling);
  money.paid = AccountNo(6);
  out->Add(std::move(money));
  out->Add(
      Asset{AssetNo(3), "stamps", "", SchemeNo(2), AccountNo(7), Amount(1'000), {}, AccountNo(8)});
  out->Add(Budget{AccountNo(kBudget), "demo", "", ParticipantNo(1), AssetNo(1), {}, {}, 0});
  out->AddMerchantAccount(ParticipantNo(kMall), AssetNo(1), AccountNo(kChain));
  out->AddMerchantAccount(ParticipantNo(kMall), AssetNo(2), AccountNo(kClaim));
  out->AddMerchantAccount(ParticipantNo(kMall), AssetNo(3), AccountNo(kOtherScheme));
  claims::Unit unit;
  unit.number = UnitNo(1);
  unit.merchant = ParticipantNo(kMall);
  unit.code = "s12";
  unit.asset = AssetNo(1);
  unit.account = AccountNo(kStore);
  const claims::Unit store = unit;
  unit.number = UnitNo(2);
  unit.parent = UnitNo(1);
  unit.level = claims::Level::kTill;
  unit.code = "t3";
  unit.account = AccountNo(kTill);
  out->ChangeClaimTerms([&](claims::Terms& terms) {
    terms.Add(store);
    terms.Add(unit);
  });
  return out;
}

class FakeLog final : public DayLog {
 public:
  absl::StatusOr<Entry> ReadEntry(EntryIndex index) const override {
    const auto found = entries.find(index.value());
    return found == entries.end() ? absl::StatusOr<Entry>(absl::NotFoundError("no such entry"))
                                  : found->second;
  }
  absl::StatusOr<std::string> ReadReference(EntryIndex index) const override {
    return absl::StrCat("ref-", index.value());
  }
  absl::StatusOr<AssetNo> ReadAssetOf(AccountNo account) const override {
    return account >= AccountNo(kStamps) ? AssetNo(3) : AssetNo(1);
  }
  std::map<std::uint64_t, Entry> entries;
};

using Postings = std::vector<std::pair<std::uint64_t, std::int64_t>>;

Entry Made(std::uint32_t caller, const std::string& id, const Postings& postings) {
  Entry entry;
  entry.set_caller(caller);
  if (!id.empty()) {
    entry.set_request_id(std::string(RequestId::FromText(id)->stored()));
  }
  for (const auto& [account, amount] : postings) {
    auto& posting = *entry.add_postings();
    posting.set_account(account);
    posting.set_amount(amount);
  }
  return entry;
}

Entry Award(std::uint32_t caller, const std::string& id, std::int64_t points) {
  Entry entry = Made(caller, id, {{kBudget, -points}, {kCitizen, points}});
  entry.mutable_award()->set_points(points);
  return entry;
}

Entry Redemption(std::uint32_t caller, const std::string& id, std::uint64_t at, std::int64_t points,
                 std::int64_t fen) {
  Postings postings = {{kCitizen, -points}, {at, points}};
  if (fen != 0) {
    postings.insert(postings.end(), {{kMoney, -fen}, {kClaim, fen}});
  }
  Entry entry = Made(caller, id, postings);
  entry.mutable_redemption()->set_points(points);
  return entry;
}

Entry Refund(std::uint32_t caller, const std::string& id, std::uint64_t target, std::uint64_t at,
             std::int64_t points, std::int64_t fen) {
  Postings postings = {{at, -points}, {kCitizen, points}};
  if (fen != 0) {
    postings.insert(postings.end(), {{kClaim, -fen}, {kMoney, fen}});
  }
  Entry entry = Made(caller, id, postings);
  entry.mutable_refund()->set_target(target);
  entry.mutable_refund()->set_points(points);
  return entry;
}

std::vector<std::string> LinesOf(const FakeLog& log, std::uint64_t first, std::uint32_t participant,
                                 std::uint32_t scheme = 1, std::size_t run_bytes = 1 << 20) {
  RunOptions options;
  options.run_bytes = run_bytes;
  auto maker =
      DayMaker::Create(log, SomeRegistry(),
                       {SchemeNo(scheme), ParticipantNo(participant), EntryIndex(first)}, options);
  EXPECT_TRUE(maker.ok());
  for (auto entry = log.entries.lower_bound(first); entry != log.entries.end(); ++entry) {
    const absl::Status added = (*maker)->Add(EntryIndex(entry->first), entry->second);
    EXPECT_TRUE(added.ok()) << added.ToString();
  }
  for (int i = 0; i < 1'000; ++i) {
    const auto ready = (*maker)->Prepare(7);
    EXPECT_TRUE(ready.ok());
    if (!ready.ok() || *ready) {
      break;
    }
  }
  std::vector<std::string> out;
  while (true) {
    const auto row = (*maker)->Next();
    EXPECT_TRUE(row.ok()) << row.status().ToString();
    if (!row.ok() || *row == nullptr) {
      return out;
    }
    out.push_back(participant == 0
                      ? absl::StrCat((*row)->participant.value(), ": ", RowLine((*row)->row))
                      : RowLine((*row)->row));
  }
}

using Lines = std::vector<std::string>;

// Entry 5 is of the day before.
FakeLog SomeDay() {
  FakeLog log;
  log.entries[5] = Redemption(kApp, "old", kTill, 30, 30);
  log.entries[10] = Award(kApp, "a1", 500);
  Entry redemption = Redemption(kApp, "r1", kTill, 300, 150);
  redemption.set_reference_commitment("x");
  log.entries[11] = redemption;
  log.entries[12] = Refund(kMall, "m1", 11, kTill, 100, 50);
  log.entries[13] = Refund(kMall, "m2", 5, kTill, 30, 30);
  log.entries[14] = Award(kBus, "b1", 7);
  log.entries[15] = Made(kApp, "s1", {{kStamps, -3}, {kOtherScheme, 3}});
  log.entries[15].mutable_redemption()->set_points(3);
  log.entries[16] = Made(kApp, "t1", {{kCitizen, -4}, {kFriend, 4}});
  log.entries[16].mutable_transfer()->set_points(4);
  log.entries[17] = Made(kApp, "c1", {{kFriend, -4}, {kCitizen, 4}});
  log.entries[17].mutable_cancellation()->set_target_index(16);
  log.entries[18] = Made(kApp, "h1", {{kCitizen, 0}});
  log.entries[18].mutable_hold()->set_merchant(kStore);
  log.entries[19] = Made(kMall, "x1", {{kCitizen, -8}, {kStore, 8}});
  log.entries[19].mutable_capture()->set_hold(18);
  log.entries[20] = Made(kOperator, "v1", {{kCitizen, -500}, {kBudget, 500}});
  log.entries[20].mutable_reversal()->set_target(10);
  log.entries[20].mutable_reversal()->set_points(500);
  log.entries[20].mutable_reversal()->set_made_by(kApp);
  log.entries[21] = Made(kOperator, "l1", {{kClaim, -120}, {kSettling, 120}});
  log.entries[21].mutable_settlement_line();
  log.entries[22] = Made(0, "", {{kCitizen, -1}, {2, 1}});
  log.entries[22].mutable_expiry();
  log.entries[23] = Made(kApp, "f1", {});
  log.entries[23].mutable_file_record();
  log.entries[24] = Made(kApp, "u1", {});
  log.entries[24].mutable_status_change()->set_account(kCitizen);
  return log;
}

TEST(DayMaker, TellsEachParticipantItsRows) {
  const FakeLog log = SomeDay();
  EXPECT_EQ(LinesOf(log, 10, kApp),
            (Lines{"10,a1,,award,,,,undone,500,0", "11,r1,ref-11,redemption,,s12,t3,part,-300,150",
                   "12,,,refund,11,s12,t3,done,100,-50", "13,,,refund,5,s12,t3,done,30,-30",
                   "16,t1,,transfer,,,,undone,-4,0", "17,c1,,cancellation,16,,,done,4,0",
                   "18,h1,,hold,,s12,,done,0,0", "19,,,capture,18,s12,,done,-8,0",
                   "20,,,reversal,10,,,done,-500,0", "24,u1,,status_change,,,,done,0,0"}));
  EXPECT_EQ(LinesOf(log, 10, kMall),
            (Lines{"11,,,redemption,,s12,t3,part,-300,150", "12,m1,,refund,11,s12,t3,done,100,-50",
                   "13,m2,,refund,5,s12,t3,done,30,-30", "19,x1,,capture,18,s12,,done,-8,0",
                   "21,,,settlement_line,,,,done,0,-120"}));
  EXPECT_EQ(LinesOf(log, 10, kBus), (Lines{"14,b1,,award,,,,done,7,0"}));
  EXPECT_EQ(LinesOf(log, 10, kApp, 2), (Lines{"15,s1,,redemption,,,,done,-3,0"}));
  EXPECT_EQ(LinesOf(log, 10, kMall, 2), (Lines{"15,,,redemption,,,,done,-3,0"}));
}

TEST(DayMaker, CorrectionsChangeWhatIsWhole) {
  FakeLog log;
  log.entries[10] = Award(kApp, "a1", 10);
  log.entries[11] = Award(kApp, "a2", 10);
  const auto correct = [&log](std::uint64_t index, std::uint64_t target, std::int64_t change) {
    log.entries[index] =
        Made(kApp, absl::StrCat("k", index), {{kBudget, -change}, {kCitizen, change}});
    log.entries[index].mutable_correction()->set_target(target);
    log.entries[index].mutable_correction()->set_change(change);
    log.entries[index].mutable_correction()->set_made_by(kApp);
  };
  const auto reverse = [&log](std::uint64_t index, std::uint64_t target, std::int64_t points) {
    log.entries[index] =
        Made(kApp, absl::StrCat("v", index), {{kCitizen, -points}, {kBudget, points}});
    log.entries[index].mutable_reversal()->set_target(target);
    log.entries[index].mutable_reversal()->set_points(points);
    log.entries[index].mutable_reversal()->set_made_by(kApp);
  };
  correct(12, 10, 5);
  reverse(13, 10, 10);
  correct(14, 11, -4);
  reverse(15, 11, 6);
  EXPECT_EQ(LinesOf(log, 10, kApp),
            (Lines{"10,a1,,award,,,,part,10,0", "11,a2,,award,,,,undone,10,0",
                   "12,k12,,correction,10,,,done,5,0", "13,v13,,reversal,10,,,done,-10,0",
                   "14,k14,,correction,11,,,done,-4,0", "15,v15,,reversal,11,,,done,-6,0"}));
}

TEST(DayMaker, MakesEverybodysInOnePass) {
  const FakeLog log = SomeDay();
  for (const std::size_t run_bytes : {1U, 200U, 1U << 20U}) {
    Lines all;
    for (const std::uint32_t participant : {kOperator, kApp, kMall, kBus}) {
      for (const std::string& line : LinesOf(log, 10, participant, 1, run_bytes)) {
        all.push_back(absl::StrCat(participant, ": ", line));
      }
    }
    EXPECT_EQ(LinesOf(log, 10, 0, 1, run_bytes), all);
  }
}

TEST(DayMaker, GivesTheSameRowsWhateverCameLater) {
  FakeLog log = SomeDay();
  const Lines before = LinesOf(log, 10, kApp);
  // Only the day's own entries are added: those of the next day stand behind them in the log.
  log.entries[5].set_caller(kApp);
  EXPECT_EQ(LinesOf(log, 10, kApp), before);
}

// Random awards, redemptions and what undoes them; states are recounted with a map.
TEST(DayMaker, EqualsASlowMaking) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    FakeLog log;
    std::map<std::uint64_t, std::int64_t> whole;
    std::map<std::uint64_t, std::int64_t> back;
    for (std::uint64_t index = 10; index < 300; ++index) {
      const std::string id = absl::StrCat("r", index);
      const std::uint32_t caller = random() % 2 == 0 ? kApp : kBus;
      const auto points = static_cast<std::int64_t>(1 + random() % 9);
      if (random() % 2 == 0 || whole.empty()) {
        log.entries[index] = Redemption(caller, id, kTill, points, points * 2);
        whole[index] = points;
        continue;
      }
      auto target = whole.begin();
      std::advance(target, static_cast<std::ptrdiff_t>(random() % whole.size()));
      const std::int64_t left = target->second - back[target->first];
      const std::int64_t taken = std::min(left, points);
      log.entries[index] = Refund(kMall, id, target->first, kTill, taken, taken * 2);
      back[target->first] += taken;
    }
    for (const std::uint32_t reader : {kApp, kBus, kMall}) {
      Lines slow;
      for (const auto& [index, entry] : log.entries) {
        const std::uint64_t target = entry.refund().target();
        const bool mine = entry.caller() == reader;
        if (reader != kMall && !mine && (target == 0 || log.entries[target].caller() != reader)) {
          continue;
        }
        const bool refund = entry.has_refund();
        const std::int64_t points = refund ? entry.refund().points() : -entry.redemption().points();
        const std::string state = refund || back[index] == 0    ? "done"
                                  : back[index] == whole[index] ? "undone"
                                                                : "part";
        slow.push_back(absl::StrCat(index, ",", mine ? absl::StrCat("r", index) : "", ",,",
                                    refund ? absl::StrCat("refund,", target) : "redemption,",
                                    ",s12,t3,", state, ",", points, ",", -2 * points));
      }
      EXPECT_EQ(LinesOf(log, 10, reader, 1, seed % 2 == 0 ? 64 : 1 << 20), slow) << seed;
    }
  }
}

}  // namespace
}  // namespace tanhui::reconciliation
