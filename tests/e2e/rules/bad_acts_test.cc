// Acts, documents and switches that must be refused: with a reason and a field, and nothing is
// written.
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/core/business_time.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/e2e/rules/rules_fixture.h"

namespace tanhui::e2e {
namespace {

struct Row {
  std::string change;  // to the good request, in text format
  std::string reason;
  std::string field;
};

class BadActsTest : public RulesTest {
 protected:
  // `good` with each row's change merged in is refused as the row says.
  template <typename Stub, typename Request, typename Response>
  void ExpectRefused(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                     const Request& good, const std::vector<Row>& rows) const {
    const std::uint64_t size = LogSize(client());
    for (const Row& row : rows) {
      Request request = good;
      google::protobuf::TextFormat::Parser parser;
      parser.AllowPartialMessage(true);
      ASSERT_TRUE(parser.MergeFromString(row.change, &request)) << row.change;
      const Refused refused = RefusedOf(client().Call(method, request).status);
      EXPECT_EQ(refused.reason, row.reason) << row.change << ": " << refused.message;
      const auto field = refused.metadata.find("field");
      EXPECT_EQ(field == refused.metadata.end() ? "" : field->second, row.field) << row.change;
      EXPECT_FALSE(refused.text.empty());
    }
    EXPECT_EQ(LogSize(client()), size) << "a refused request wrote something";
  }
};

TEST_F(BadActsTest, Acts) {
  const std::string day = std::to_string(act_time_.seconds() - 86'400);
  ExpectRefused(
      &PointsStub::Award, RideOf("bad", "card 1"),
      {
          {"points: 5", "FIELD_INVALID", "points"},
          {"scenario: 'metro_ride'", "FIELD_INVALID", "scenario"},
          {"quantity: 1", "FIELD_INVALID", "quantity"},
          {"grams: 1", "FIELD_INVALID", "grams"},
          {"reason: 'gift'", "FIELD_INVALID", "reason"},
          {"request_id: 'part:0:x'", "FIELD_INVALID", "request_id"},
          {"act { scenario: '' }", "FIELD_REQUIRED", "act.scenario"},
          {"act { scenario: 'Metro' }", "FIELD_INVALID", "act.scenario"},
          {"act { scenario: 'flying' }", "UNKNOWN_SCENARIO", "act.scenario"},
          {"act { district: '' }", "FIELD_REQUIRED", "act.district"},
          {"act { district: '50010' }", "FIELD_INVALID", "act.district"},
          {"act { district: '50010x' }", "FIELD_INVALID", "act.district"},
          {"act { district: '310101' }", "UNKNOWN_DISTRICT", "act.district"},
          {"act { unit: UNIT_UNSPECIFIED }", "FIELD_REQUIRED", "act.unit"},
          {"act { unit: UNIT_STEP }", "WRONG_UNIT", "act.unit"},
          {"act { unit: 99 }", "FIELD_INVALID", "act.unit"},
          {"act { quantity: 5 }", "FIELD_INVALID", "act.quantity"},
          {"act { origin_station: '' }", "FIELD_REQUIRED", "act.origin_station"},
          {"act { destination_station: '' }", "FIELD_REQUIRED", "act.destination_station"},
          {"act { origin_station: '无此站' }", "UNKNOWN_STATION", "act.origin_station"},
          {"act { destination_station: '无此站' }", "UNKNOWN_STATION", "act.destination_station"},
          {"act { destination_station: '孤岛' }", "UNKNOWN_STATION", "act.destination_station"},
          {"act { destination_station: '朝天门' }", "CONDITION_NOT_MET", "act.destination_station"},
          {"act { material: 'gold' }", "UNKNOWN_MATERIAL", "act.material"},
          {"act { material: 'paper' }", "CONDITION_NOT_MET", "act.material"},
          {"act { product: 'green' }", "FIELD_INVALID", "act.product"},
          {"act { product: 'green/none' }", "UNKNOWN_PRODUCT", "act.product"},
          {"act { venue: 'x' }", "FIELD_INVALID", "act.venue"},
          {"act { venue: 'venues/x' }", "UNKNOWN_VENUE", "act.venue"},
          {"act { grade: 9 }", "FIELD_INVALID", "act.grade"},
          {"act { grade: EVIDENCE_GRADE_DECLARED }", "CONDITION_NOT_MET", "act.grade"},
          {"act { weighing: 9 }", "FIELD_INVALID", "act.weighing"},
          {"act { weighing: WEIGHING_BOOKED }", "CONDITION_NOT_MET", "act.weighing"},
          {"act { weighing: WEIGHING_WEIGHED }", "FIELD_REQUIRED", "act.booking_entry_index"},
          {"act { booking_entry_index: 3 }", "FIELD_INVALID", "act.booking_entry_index"},
          {"act { duration_seconds: 4000000000 }", "FIELD_INVALID", "act.duration_seconds"},
          {"act { evidence { source: 's' subject: '1' } }", "FIELD_REQUIRED",
           "act.evidence[1].kind"},
          {"act { evidence { kind: EVIDENCE_KIND_RECORD subject: '1' } }", "FIELD_REQUIRED",
           "act.evidence[1].source"},
          {"act { evidence { kind: EVIDENCE_KIND_RECORD source: 's' } }", "FIELD_REQUIRED",
           "act.evidence[1].subject"},
          {"act { evidence { kind: EVIDENCE_KIND_RECORD source: 's' subject: '- _' } }",
           "FIELD_INVALID", "act.evidence[1].subject"},
          {"act { evidence { kind: EVIDENCE_KIND_RECORD source: 's' subject: '" +
               std::string(129, 'x') + "' } }",
           "FIELD_TOO_LONG", "act.evidence[1].subject"},
          {"act { evidence { kind: EVIDENCE_KIND_SERIAL source: 's' subject: '1' time { seconds: " +
               day + " } } }",
           "FIELD_INVALID", "act.evidence[1].time"},
          {"act { evidence { kind: EVIDENCE_KIND_MOMENT source: 's' subject: '1' time { seconds: " +
               day + " } } }",
           "FIELD_INVALID", "act.evidence[1].time"},
          {"act { evidence { kind: EVIDENCE_KIND_MOMENT source: 's' subject: '1' } }",
           "FIELD_REQUIRED", "act.evidence[1].time"},
          {"act { evidence { kind: EVIDENCE_KIND_RECORD source: 'CQ-METRO' subject: 'CARD 1' "
           "device: 'gate 8' time { seconds: " +
               day + " } } }",
           "FIELD_INVALID", "act.evidence"},
          {"act_time { seconds: 1000000000 }", "ACT_TOO_LATE", "act_time"},
          {"act_time { seconds: 4000000000 }", "ACT_IN_FUTURE", "act_time"},
      });
  v1::AwardRequest bare = RideOf("bad", "card 1");
  bare.clear_act_time();
  ExpectRefused(&PointsStub::Award, bare, {{"", "FIELD_REQUIRED", "act_time"}});
  bare = RideOf("bad", "card 1");
  bare.mutable_act()->clear_evidence();
  ExpectRefused(&PointsStub::Award, bare, {{"", "CONDITION_NOT_MET", "act.evidence"}});
  ExpectRefused(&PointsStub::Award, ActOf("bad", "scenario: 'walk' unit: UNIT_STEP"),
                {{"", "FIELD_INVALID", "act.quantity"},
                 {"act { quantity: 1000000000001 }", "FIELD_INVALID", "act.quantity"}});
  EXPECT_TRUE(client().Call(&PointsStub::Award, RideOf("good", "card 1")).ok());
}

TEST_F(BadActsTest, Documents) {
  const auto tomorrow = [](int days) {
    const google::protobuf::Timestamp then = SecondsFromNow(std::int64_t{86'400} * days);
    return FormatDate(ShanghaiDate(LedgerTime(then.seconds() * kMicrosPerSecond)));
  };
  const auto kind = v1::DOCUMENT_KIND_RULE_SET;
  const auto rules = [&](std::uint32_t version, const std::string& date) {
    return Parsed<entry::v1::RuleSet>(RuleSetText(version, date));
  };
  const v1::PublishDocumentRequest good = PublicationOf("bad", kind, rules(2, tomorrow(2)));
  ExpectRefused(&RulesStub::PublishDocument, good,
                {
                    {"kind: DOCUMENT_KIND_UNSPECIFIED", "FIELD_REQUIRED", "kind"},
                    {"kind: 9", "FIELD_INVALID", "kind"},
                    {"document: ''", "FIELD_REQUIRED", "document"},
                    {"document: 'x'", "DOCUMENT_INVALID", "document"},
                    {"note: ''", "FIELD_REQUIRED", "note"},
                    {"note: 'x'", "SIGNATURE_INVALID", "note"},
                    {"request_id: ''", "FIELD_REQUIRED", "request_id"},
                });
  v1::PublishDocumentRequest other = good;
  other.set_note(PublicationOf("x", kind, rules(2, tomorrow(3))).note());
  ExpectRefused(&RulesStub::PublishDocument, other, {{"", "SIGNATURE_INVALID", "note"}});
  ExpectRefused(&RulesStub::PublishDocument, PublicationOf("bad", kind, rules(3, tomorrow(2))),
                {{"", "VERSION_NOT_NEXT", "document"}});
  ExpectRefused(&RulesStub::PublishDocument, PublicationOf("bad", kind, rules(2, tomorrow(0))),
                {{"", "DATE_NOT_AHEAD", "document"}});
  entry::v1::RuleSet wrong = rules(2, tomorrow(2));
  wrong.mutable_rules(0)->mutable_rates(0)->set_grams("much");
  ExpectRefused(&RulesStub::PublishDocument, PublicationOf("bad", kind, wrong),
                {{"", "DOCUMENT_INVALID", "document"}});
  EXPECT_EQ(A().Call(&RulesStub::PublishDocument, good).reason(), "PERMISSION_DENIED");
  const auto published = client().Call(&RulesStub::PublishDocument, good);
  EXPECT_TRUE(published.ok()) << published.status.error_message();
}

TEST_F(BadActsTest, SwitchesAndKeys) {
  ExpectRefused(&RulesStub::SuspendScenario,
                Parsed<v1::SuspendScenarioRequest>(
                    "request_id: 'bad' rule_set: 'ruleSets/chongqing' scenario: 'walk' "
                    "reason: 'why'"),
                {
                    {"rule_set: ''", "FIELD_REQUIRED", "rule_set"},
                    {"rule_set: 'chongqing'", "FIELD_INVALID", "rule_set"},
                    {"rule_set: 'ruleSets/x'", "UNKNOWN_DOCUMENT", "rule_set"},
                    {"scenario: 'flying'", "UNKNOWN_SCENARIO", "scenario"},
                    {"reason: ''", "FIELD_REQUIRED", "reason"},
                });
  ExpectRefused(
      &RulesStub::SetPublisherKey,
      Parsed<v1::SetPublisherKeyRequest>("request_id: 'bad' participant: 'participants/operator'"),
      {
          {"", "FIELD_REQUIRED", "verifier_key"},
          {"verifier_key: 'x'", "FIELD_INVALID", "verifier_key"},
          {"participant: 'participants/x'", "FIELD_REQUIRED", "verifier_key"},
      });
  ExpectRefused(
      &CatalogueStub::DelistProduct,
      Parsed<v1::DelistProductRequest>("request_id: 'bad' product: 'green/fridge-1' reason: 'why' "
                                       "kind: DELISTING_KIND_DELISTED"),
      {
          {"product: ''", "FIELD_REQUIRED", "product"},
          {"product: 'green/x'", "UNKNOWN_PRODUCT", "product"},
          {"kind: DELISTING_KIND_UNSPECIFIED", "FIELD_REQUIRED", "kind"},
          {"kind: 3", "FIELD_INVALID", "kind"},
          {"reason: 'No!'", "FIELD_INVALID", "reason"},
      });
  ExpectRefused(
      &VenuesStub::CertifyVenue,
      Parsed<v1::CertifyVenueRequest>(
          "request_id: 'bad' venue_id: 'v' display_name: '店' kind: 'shop' "
          "district: '500103'"),
      {
          {"venue_id: ''", "FIELD_REQUIRED", "venue_id"},
          {"kind: ''", "FIELD_REQUIRED", "kind"},
          {"district: '310101'", "UNKNOWN_DISTRICT", "district"},
          {"first_date: 'x'", "FIELD_INVALID", "first_date"},
          {"first_date: '2026-02-02' last_date: '2026-02-01'", "FIELD_INVALID", "last_date"},
      });
}

}  // namespace
}  // namespace tanhui::e2e
