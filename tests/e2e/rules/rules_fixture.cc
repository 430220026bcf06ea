#include "tests/e2e/rules/rules_fixture.h"

#include "absl/strings/str_cat.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/document_note.h"
#include "ledger/signing/signer.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::e2e {
namespace {

namespace pb = entry::v1;

ServerOptions WithPlatforms(const std::string& more_toml,
                            const std::vector<TokenCaller>& more_callers) {
  ServerOptions options;
  options.more_toml = more_toml;
  // As auditors they name accounts by their ids, as the operator does, and need no links: those
  // have tests of their own.
  options.callers = {
      {"platform-a", "token of a", {"platform", "auditor"}},
      {"platform-b", "token of b", {"platform", "auditor"}},
      {"shop", "token of a mere platform", {"platform"}},
      {"platform-a", "token of platform a alone", {"platform"}},
      {"platform-b", "token of b alone", {"platform"}},
  };
  options.callers.insert(options.callers.end(), more_callers.begin(), more_callers.end());
  return options;
}

constexpr char kCatalogue[] = R"(
  code: 'green' version: 1 first_date: '2026-01-01' display_name: '绿色清单' publisher: '商务委'
  products { code: 'fridge-1' category: 'refrigerator' brand: '品牌' display_name: '冰箱'
             energy_grade: 1 saving_watt_hours: 100000 certificate: 'c1' }
  products { code: 'fridge-2' category: 'refrigerator' brand: '品牌' display_name: '冰箱二'
             energy_grade: 1 saving_watt_hours: 90000 certificate: 'c2' }
)";

constexpr char kStations[] = R"(
  code: 'metro' version: 1 first_date: '2026-01-01' display_name: '站间距离'
  stations { city: 'chongqing' name: '朝天门' } stations { city: 'chongqing' name: '小什字' }
  stations { city: 'chongqing' name: '较场口' } stations { city: 'chongqing' name: '孤岛' }
  tracks { from: 0 to: 1 metres: 4300 line: '1' } tracks { from: 1 to: 2 metres: 3000 line: '1' }
  source { mark: SOURCE_MARK_ASSUMED text: 'test' }
)";

constexpr char kMaterials[] = R"(
  code: 'things' version: 1 first_date: '2026-01-01' display_name: '物品材质'
  items { item: '塑料瓶' material: 'plastic' } items { item: '报纸' material: 'paper' }
)";

}  // namespace

std::string RulesTest::RuleSetText(std::uint32_t version, const std::string& first_date) {
  const std::string source = "source { mark: SOURCE_MARK_ASSUMED text: 'test' }";
  return absl::StrCat(
      "code: 'chongqing' version: ", version, " first_date: '", first_date,
      "' display_name: '重庆' city: 'chongqing' districts { code: 500103 name: '渝中区' } "
      "points_for_grams { points: 1 grams: 10 } late_days: 7 resubmit_days: 7 max_age_days: 60 "
      "unclaimed_days: 30 grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 } "
      "rules { scenario: 'metro_ride' display_name: '地铁' unit: UNIT_METRE "
      "  measure: MEASURE_STATIONS rates { grams: '100' per: 1000 ",
      source,
      " } min_evidence: 1 } "
      "rules { scenario: 'walk' display_name: '步行' unit: UNIT_STEP rates { grams: '50' per: "
      "1000 ",
      source,
      " } } "
      "rules { scenario: 'recycling' display_name: '回收' unit: UNIT_ITEM "
      "  rates { code: 'plastic' display_name: '塑料' grams: '20' ",
      source, " } rates { code: 'paper' display_name: '纸' grams: '10' ", source,
      " } } "
      "rules { scenario: 'appliance' display_name: '家电' unit: UNIT_ITEM catalogue: 'green' "
      "  categories: 'refrigerator' rates { points: '500' ",
      source,
      " } min_evidence: 1 needs_serial: true } "
      "caps { code: 'walk_day' scenarios: 'walk' period: PERIOD_DAY counted: COUNTED_QUANTITY "
      "  most: 20000 ",
      source, " }");
}

RulesTest::RulesTest(const std::string& more_toml, const std::vector<TokenCaller>& more_callers)
    : ApiTest(WithPlatforms(more_toml, more_callers)), act_time_(SecondsFromNow(-1)) {}

void RulesTest::SetUp() {
  ApiTest::SetUp();
  const auto seed = signing::GenerateEd25519Seed();
  Check(seed.ok(), "no random seed");
  const auto key = signing::FormatPrivateKey("e2e.example/publisher", *seed);
  Check(key.ok(), "the private key cannot be formatted");
  auto signer = signing::ParsePrivateKey(*key);
  Check(signer.ok(), "the private key cannot be read back");
  publisher_ = std::make_unique<signing::NamedSigner>(*std::move(signer));
  v1::SetPublisherKeyRequest request;
  request.set_request_id("publisher-key");
  request.set_participant("participants/operator");
  request.set_verifier_key(signing::FormatVerifierKey(*publisher_));
  const auto set = client().Call(&RulesStub::SetPublisherKey, request);
  ASSERT_TRUE(set.ok()) << set.status.error_message();
  for (const auto& [id, kind, document] :
       {std::tuple("catalogue", v1::DOCUMENT_KIND_CATALOGUE,
                   std::shared_ptr<google::protobuf::Message>(
                       std::make_shared<pb::Catalogue>(Parsed<pb::Catalogue>(kCatalogue)))),
        std::tuple("stations", v1::DOCUMENT_KIND_STATION_TABLE,
                   std::shared_ptr<google::protobuf::Message>(
                       std::make_shared<pb::StationTable>(Parsed<pb::StationTable>(kStations)))),
        std::tuple("rules", v1::DOCUMENT_KIND_RULE_SET,
                   std::shared_ptr<google::protobuf::Message>(std::make_shared<pb::RuleSet>(
                       Parsed<pb::RuleSet>(RuleSetText(1, "2026-01-01"))))),
        std::tuple("materials", v1::DOCUMENT_KIND_MATERIAL_TABLE,
                   std::shared_ptr<google::protobuf::Message>(std::make_shared<pb::MaterialTable>(
                       Parsed<pb::MaterialTable>(kMaterials))))}) {
    const auto published = Publish(id, kind, *document);
    ASSERT_TRUE(published.ok()) << id << ": " << published.status.error_message();
  }
}

v1::PublishDocumentRequest RulesTest::PublicationOf(
    const std::string& id, v1::DocumentKind kind, const google::protobuf::Message& document) const {
  v1::PublishDocumentRequest request;
  request.set_request_id(id);
  request.set_kind(kind);
  request.set_document(document.SerializeAsString());
  const auto text = [&document](const char* field) {
    return document.GetReflection()->GetString(document,
                                               document.GetDescriptor()->FindFieldByName(field));
  };
  signing::DocumentTitle title;
  title.kind = std::string(signing::DocumentKindWord(static_cast<pb::DocumentKind>(kind)));
  title.code = text("code");
  title.version = document.GetReflection()->GetUInt32(
      document, document.GetDescriptor()->FindFieldByName("version"));
  title.first_date = text("first_date");
  title.sha256 = merkle::Sha256(request.document());
  const auto note = signing::SignDocumentNote(title, *publisher_);
  Check(note.ok(), "a note cannot be signed");
  request.set_note(*note);
  return request;
}

Answer<v1::PublishDocumentResponse> RulesTest::Publish(
    const std::string& id, v1::DocumentKind kind, const google::protobuf::Message& document) const {
  return client().Call(&RulesStub::PublishDocument, PublicationOf(id, kind, document));
}

v1::AwardRequest RulesTest::ActOf(const std::string& id, const std::string& act) const {
  v1::AwardRequest request;
  request.set_request_id(id);
  request.set_account(citizen_);
  request.set_budget("budgets/demo");
  *request.mutable_act_time() = act_time_;
  *request.mutable_act() = Parsed<v1::Act>("district: '500103' " + act);
  return request;
}

v1::AwardRequest RulesTest::RideOf(const std::string& id, const std::string& subject) const {
  return ActOf(id, absl::StrCat("scenario: 'metro_ride' unit: UNIT_METRE origin_station: '朝天门' "
                                "destination_station: '较场口' evidence { kind: "
                                "EVIDENCE_KIND_RECORD source: 'cq metro' subject: '",
                                subject, "' device: 'gate 7' reference: 'file ", id, "' }"));
}

}  // namespace tanhui::e2e
