// Evidence and time through the API: a record is one for days around its act, a moment one of its
// date, and nothing is claimed in a month whose key was destroyed.
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "tests/e2e/rules/more_rules.h"

namespace tanhui::e2e {
namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;

class MonthKeysTest : public MoreRulesTest {
 protected:
  v1::AwardRequest BikeOf(const std::string& id, const std::string& evidence) const {
    return ChengduActOf(id, "scenario: 'bike' unit: UNIT_TIME quantity: 1" + evidence);
  }
  // A card that is tapped when the bike is given back.
  v1::AwardRequest TapOf(const std::string& id, const std::string& card) const {
    return BikeOf(id, absl::StrCat(" evidence { kind: EVIDENCE_KIND_MOMENT source: 'bikes' "
                                   "subject: '",
                                   card, "' device: 'stand 3' time { seconds: ",
                                   act_time_.seconds(), " } }"));
  }
  v1::AwardRequest TradeInOf(const std::string& id, const std::string& serial) const {
    return ChengduActOf(id,
                        "scenario: 'trade_in' unit: UNIT_ITEM quantity: 1" + SerialText(serial));
  }
  // YYYY-MM-DD of an act of so many days ago.
  std::string DateOf(std::int64_t days_ago) const {
    return FormatDate(ShanghaiDate(
        LedgerTime((act_time_.seconds() - days_ago * kSecondsOfDay) * kMicrosPerSecond)));
  }
  std::string KeysPath() const { return server_.directory() + "/evidence.keys"; }

  // The key of the month YYYY-MM is gone, as when its time was over.
  void DestroyKey(const std::string& month) {
    ASSERT_EQ(Stop(), 0);
    std::string keys = ReadWholeFile(KeysPath());
    const std::size_t line = keys.find(month + " ");
    ASSERT_NE(line, std::string::npos) << "no key of " << month;
    const std::size_t end = keys.find('\n', line);
    keys.replace(line, end - line, month + " destroyed");
    std::ofstream(KeysPath(), std::ios::binary) << keys;
    ASSERT_TRUE(server_.Start());
    Connect();
  }
};

TEST_F(MonthKeysTest, NothingIsClaimedInAMonthWhoseKeyIsGone) {
  // The last day in the first half of a month, and the last day of the month before it.
  std::int64_t first_half = 0;
  while (DateOf(first_half).substr(8) > "15") {
    ++first_half;
  }
  std::int64_t gone = first_half;
  while (DateOf(gone).substr(0, 7) == DateOf(first_half).substr(0, 7)) {
    ++gone;
  }
  ASSERT_LT(gone, 50) << "within the window of the set";
  const std::string month = DateOf(gone).substr(0, 7);
  Take(DaysAgo(TapOf("before", "card 1"), gone));
  Take(DaysAgo(TradeInOf("thing", "SN 1"), gone));
  DestroyKey(month);

  for (const auto& request :
       {TapOf("tap", "card 2"), TapOf("same", "card 1"), BikeOf("record", RecordText("ride 7"))}) {
    const Refused refused = Refuse(DaysAgo(request, gone));
    EXPECT_EQ(refused.reason, "ACT_TOO_LATE") << request.request_id();
  }
  // Things are claimed for ever, under a key of their own.
  EXPECT_EQ(Refuse(TradeInOf("again", "sn-1")).reason, "ALREADY_CLAIMED");
  Take(TradeInOf("other", "SN 2"));
  // A record of the month after would claim both months.
  Take(DaysAgo(BikeOf("r1", RecordText("ride 8")), first_half));
  EXPECT_EQ(Refuse(DaysAgo(BikeOf("r2", RecordText("RIDE-8")), first_half)).reason,
            "ALREADY_CLAIMED");
  EXPECT_NE(ReadWholeFile(KeysPath()).find(month + " destroyed\n"), std::string::npos)
      << "no new key was made";
}

TEST_F(MonthKeysTest, ARecordIsOneForDaysAroundItsAct) {
  const auto first = Take(DaysAgo(BikeOf("r", RecordText("order 1")), 20));
  for (const std::int64_t days : {5, 13, 20, 27, 35}) {
    v1::AwardRequest request = DaysAgo(BikeOf("same", RecordText("Order 1")), days);
    request.mutable_act()->mutable_evidence(0)->set_device("another till");
    *request.mutable_act()->mutable_evidence(0)->mutable_time() = request.act_time();
    const Refused refused = RefusedOf(B().Call(&PointsStub::Award, request).status);
    EXPECT_EQ(refused.reason, "ALREADY_CLAIMED") << days;
    EXPECT_EQ(refused.metadata.at("entry_index"), std::to_string(first.entry_index()));
    EXPECT_EQ(refused.metadata.at("act_date"), DateOf(20));
  }
  Take(BikeOf("another", RecordText("order 11")));
}

TEST_F(MonthKeysTest, AMomentIsOfTheDateOfItsAct) {
  const v1::AwardRequest tap = TapOf("tap", "card 1");
  Take(tap);
  v1::AwardRequest other = tap;
  other.set_request_id("other");
  v1::Evidence& piece = *other.mutable_act()->mutable_evidence(0);
  piece.mutable_time()->set_nanos(999'000'000);
  EXPECT_EQ(Refuse(other).reason, "ALREADY_CLAIMED") << "by whole seconds";
  *piece.mutable_time() = DaysAgo(tap, 2).act_time();
  EXPECT_EQ(Refuse(other).reason, "FIELD_INVALID") << "not on the date of the act";
  piece.clear_time();
  EXPECT_EQ(Refuse(other).reason, "FIELD_REQUIRED");
  Take(DaysAgo(TapOf("before", "card 1"), 1));
}

// The 16 pieces that an act may have, and one more.
TEST_F(MonthKeysTest, AtMost16Pieces) {
  std::string pieces;
  for (int i = 0; i < 16; ++i) {
    pieces += RecordText(absl::StrCat("piece ", i));
  }
  const Refused refused = Refuse(BikeOf("many", pieces + RecordText("one more")));
  EXPECT_EQ(refused.reason, "FIELD_INVALID");
  EXPECT_EQ(refused.metadata.at("field"), "act.evidence");
  EXPECT_EQ(Refuse(BikeOf("twice", RecordText("a b") + RecordText("A-B"))).reason, "FIELD_INVALID");
  EXPECT_EQ(Take(BikeOf("all", pieces)).points(), 10);
  EXPECT_EQ(Refuse(BikeOf("again", RecordText("piece 15"))).reason, "ALREADY_CLAIMED");
}

}  // namespace
}  // namespace tanhui::e2e
