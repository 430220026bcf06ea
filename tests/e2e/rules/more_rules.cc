#include "tests/e2e/rules/more_rules.h"

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::e2e {
namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;

constexpr char kHead[] = R"(
  code: 'chengdu' version: 1 first_date: '2026-01-01' display_name: '成都' city: 'chengdu'
  districts { code: 510104 name: '锦江区' } asset: 'points'
  late_days: 50 resubmit_days: 7 max_age_days: 60 unclaimed_days: 10
  grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 })";

constexpr char kRules[] = R"(
  rules { scenario: 'pickup' display_name: '上门回收' unit: UNIT_GRAM weigh_days: 10
          min_evidence: 1 max_quantity: 100000
    rates { code: 'paper' points: '0.5' per: 100 source { mark: SOURCE_MARK_ASSUMED text: 't' } }
    rates { code: 'plastic' points: '1' per: 100 source { mark: SOURCE_MARK_ASSUMED text: 't' } } }
  rules { scenario: 'meal' display_name: '光盘' unit: UNIT_TIME venue_kind: 'restaurant'
          min_seconds: 600
    rates { points: '5' source { mark: SOURCE_MARK_ASSUMED text: 't' } } }
  rules { scenario: 'planting' display_name: '植树' unit: UNIT_TIME
    rates { points: '10' source { mark: SOURCE_MARK_ASSUMED text: 't' } } }
  rules { scenario: 'bottle' display_name: '押金' unit: UNIT_ITEM asset: 'fen' payout_step: 10
    rates { code: 'small' points: '5' source { mark: SOURCE_MARK_ASSUMED text: 't' } }
    rates { code: 'large' points: '15' source { mark: SOURCE_MARK_ASSUMED text: 't' } } }
  rules { scenario: 'trade_in' display_name: '以旧换新' unit: UNIT_ITEM min_evidence: 1
          needs_serial: true
    rates { points: '300' source { mark: SOURCE_MARK_ASSUMED text: 't' } } }
  rules { scenario: 'appliance_recycling' display_name: '家电回收' unit: UNIT_ITEM min_evidence: 1
    rates { points: '100' source { mark: SOURCE_MARK_ASSUMED text: 't' } } }
  rules { scenario: 'bike' display_name: '骑行' unit: UNIT_TIME min_evidence: 1
    rates { points: '10' source { mark: SOURCE_MARK_ASSUMED text: 't' } } })";

std::string DateIn(std::int64_t days) {
  return FormatDate(
      ShanghaiDate(LedgerTime(SecondsFromNow(days * kSecondsOfDay).seconds() * kMicrosPerSecond)));
}

}  // namespace

void MoreRulesTest::SetUp() {
  RulesTest::SetUp();
  Do(&AdminStub::CreateAsset,
     "request_id: 'fen' asset_id: 'fen' display_name: '分' scheme: 'schemes/green' "
     "max_amount: 100000 terms { validity_months: 1200 }");
  for (const std::string code : {"extra", "fen"}) {
    const std::string asset = code == "fen" ? "fen" : "points";
    Do(&BudgetsStub::Create, absl::StrCat("request_id: 'budget ", code, "' budget_id: '", code,
                                          "' display_name: 'x' asset: 'assets/", asset,
                                          "' sponsor: 'participants/sponsor'"));
  }
  Do(&BudgetsStub::Fund, "request_id: 'fund fen' budget: 'budgets/fen' points: 100000");
  const std::string bonus =
      absl::StrCat("bonuses { code: 'low_carbon_day' display_name: '低碳日' first_date: '",
                   DateIn(-1), "' last_date: '", DateIn(1),
                   "' scenarios: 'planting' percent: 50 most: 12 budget: 'extra' }");
  const auto published = Publish("chengdu", v1::DOCUMENT_KIND_RULE_SET,
                                 Parsed<entry::v1::RuleSet>(absl::StrCat(kHead, kRules, bonus)));
  ASSERT_TRUE(published.ok()) << published.status.error_message();
}

v1::AwardRequest MoreRulesTest::ChengduActOf(const std::string& id, const std::string& act) const {
  v1::AwardRequest request = ActOf(id, act);
  request.mutable_act()->set_district("510104");
  return request;
}

v1::AwardRequest MoreRulesTest::DaysAgo(v1::AwardRequest request, std::int64_t days) {
  const std::int64_t seconds = days * kSecondsOfDay;
  request.mutable_act_time()->set_seconds(request.act_time().seconds() - seconds);
  for (v1::Evidence& piece : *request.mutable_act()->mutable_evidence()) {
    if (piece.has_time()) {
      piece.mutable_time()->set_seconds(piece.time().seconds() - seconds);
    }
  }
  return request;
}

v1::AwardResponse MoreRulesTest::Take(const v1::AwardRequest& request) const {
  const auto answer = A().Call(&PointsStub::Award, request);
  EXPECT_TRUE(answer.ok()) << request.request_id() << ": " << answer.status.error_message();
  return answer.response;
}

Refused MoreRulesTest::Refuse(const v1::AwardRequest& request) const {
  const std::uint64_t size = LogSize(client());
  const auto answer = A().Call(&PointsStub::Award, request);
  EXPECT_FALSE(answer.ok()) << request.request_id();
  EXPECT_EQ(LogSize(client()), size) << "a refused act wrote something";
  return RefusedOf(answer.status);
}

std::string RecordText(std::string_view subject, std::string_view source) {
  return absl::StrCat(" evidence { kind: EVIDENCE_KIND_RECORD source: '", std::string(source),
                      "' subject: '", std::string(subject), "' }");
}

std::string SerialText(std::string_view subject, std::string_view source) {
  return absl::StrCat(" evidence { kind: EVIDENCE_KIND_SERIAL source: '", std::string(source),
                      "' subject: '", std::string(subject), "' }");
}

}  // namespace tanhui::e2e
