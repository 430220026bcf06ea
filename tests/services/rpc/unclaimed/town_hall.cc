#include "tests/services/rpc/unclaimed/town_hall.h"

#include <grpcpp/server_builder.h>

#include "absl/strings/str_cat.h"
#include "ledger/books/all_books.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/document_note.h"
#include "services/rpc/draft.h"
#include "services/rpc/services.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::rpc {
namespace {

constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

LedgerTime Noon() {
  const auto time = ParseShanghai("2027-03-20 12:00:00");
  Check(time.has_value(), "a time of a test");
  return *time;
}

CallerConfig CallerOf(const std::string& participant, std::initializer_list<Role> roles) {
  CallerConfig caller{participant, {}};
  for (const Role role : roles) {
    caller.roles.Add(role);
  }
  return caller;
}

constexpr char kRules[] = R"(
  code: 'town' version: 1 first_date: '2027-03-01' display_name: '城'
  districts { code: 500103 name: '区' }
  asset: 'points' late_days: 7 resubmit_days: 3 max_age_days: 60 unclaimed_days: 30
  grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 }
  rules { scenario: 'ride' display_name: '乘车' unit: UNIT_TIME min_evidence: 1
          rates { points: '3' source { mark: SOURCE_MARK_ASSUMED text: 'us' } } }
  rules { scenario: 'bottle' display_name: '瓶' unit: UNIT_ITEM
          rates { points: '1' source { mark: SOURCE_MARK_ASSUMED text: 'us' } } }
  rules { scenario: 'shared' display_name: '二手' unit: UNIT_ITEM first_share_percent: 60
          rates { points: '4' source { mark: SOURCE_MARK_ASSUMED text: 'us' } } }
  rules { scenario: 'off' display_name: '无' unit: UNIT_ITEM off: 'no source' }
  caps { code: 'bottles_day' scenarios: 'bottle' period: PERIOD_DAY counted: COUNTED_ACTS
         most: 2000 source { mark: SOURCE_MARK_ASSUMED text: 'us' } }
)";

}  // namespace

TownHall::TownHall() : clock_(Noon()), ledger_(AllBooks()), secrets_(std::string(32, 's')) {
  authenticator_.SetTokenless(
      CallerOf("operator", {Role::kAdmin, Role::kPlatform, Role::kAuditor, Role::kGrantor}));
  authenticator_.AddToken(merkle::Sha256({"token of a"}),
                          CallerOf("platform-a", {Role::kPlatform}));
  authenticator_.AddToken(merkle::Sha256({"token of a's grantor"}),
                          CallerOf("platform-a", {Role::kPlatform, Role::kGrantor}));
  authenticator_.AddToken(merkle::Sha256({"token of b"}),
                          CallerOf("platform-b", {Role::kPlatform}));
}

TownHall::~TownHall() {
  client_.reset();
  if (server_ != nullptr) {
    engine_->sequencer().StopTaking();
    server_->Shutdown();
    server_->Wait();
  }
  if (acts_ != nullptr) {
    acts_->Stop();
  }
  if (codes_ != nullptr) {
    codes_->Stop();
  }
  server_.reset();
  services_.clear();  // one of them has a thread that looks at the engine
  engine_.reset();
}

void TownHall::SetUp() {
  sequencer::EngineOptions options;
  options.data_directory = scratch_ / "data";
  options.checkpoint_copy = scratch_ / "second";
  options.sequencer.min_free_bytes = 0;
  options.may_be_due = MayBeDue;
  auto engine = sequencer::Engine::Open(options, ledger_, clock_, signing::DemoSigner());
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  engine_ = *std::move(engine);
  auto keys = EvidenceKeys::Load(scratch_ / "evidence-keys", true);
  ASSERT_TRUE(keys.ok()) << keys.status().ToString();
  keys_ = *std::move(keys);
  acts_ = std::make_unique<UnclaimedActs>(UnclaimedOptions(), engine_->store(), secrets_, clock_,
                                          [] { return false; });
  context_.reset(new Context{*engine_, authenticator_, secrets_, *keys_, {}});
  context_->unclaimed_acts = acts_.get();
  codes_ = std::make_unique<LinkCodes>(LinkCodeOptions(), engine_->store(), secrets_, clock_,
                                       [] { return false; });
  context_->link_codes = codes_.get();
  static const signing::NamedSigner signer = signing::DemoSigner();
  context_->signer = &signer;
  grpc::ServerBuilder builder;
  for (const auto make : {NewPointsService, NewAccountsService, NewRulesService, NewBudgetsService,
                          NewRequestsService, NewAdminService, NewUnclaimedActsService,
                          NewLinksService, NewLogService, NewEventsService, NewMerchantsService,
                          NewSettlementService, NewCouponsService, NewPeersService,
                          NewExchangesService}) {
    services_.push_back(make(*context_));
    builder.RegisterService(services_.back().get());
  }
  server_ = builder.BuildAndStart();
  ASSERT_NE(server_, nullptr);
  client_ = std::make_unique<e2e::Client>(server_->InProcessChannel({}));
  ASSERT_TRUE(e2e::MakeDemoLedger(*client_));
  citizen_ = e2e::OpenCitizen(A(), "citizen");
  other_ = e2e::OpenCitizen(A(), "other");
  PublishRules();
}

void TownHall::PublishRules() const {
  v1::SetPublisherKeyRequest key;
  key.set_request_id("publisher-key");
  key.set_participant("participants/operator");
  key.set_verifier_key(signing::FormatVerifierKey(signing::DemoSigner()));
  ASSERT_TRUE(client_->Call(&e2e::RulesStub::SetPublisherKey, key).ok());
  Publish(v1::DOCUMENT_KIND_RULE_SET, "town",
          Parsed<entry::v1::RuleSet>(kRules).SerializeAsString());
}

void TownHall::Publish(v1::DocumentKind kind, const std::string& code,
                       const std::string& document) const {
  v1::PublishDocumentRequest request;
  request.set_request_id("document " + code);
  request.set_kind(kind);
  request.set_document(document);
  signing::DocumentTitle title;
  title.kind = std::string(signing::DocumentKindWord(static_cast<entry::v1::DocumentKind>(kind)));
  title.code = code;
  title.version = 1;
  title.first_date = "2027-03-01";
  title.sha256 = merkle::Sha256(request.document());
  const auto note = signing::SignDocumentNote(title, signing::DemoSigner());
  ASSERT_TRUE(note.ok());
  request.set_note(*note);
  const auto published = client_->Call(&e2e::RulesStub::PublishDocument, request);
  ASSERT_TRUE(published.ok()) << published.status.error_message();
}

google::protobuf::Timestamp TownHall::DaysAgo(int days) const {
  return ToTimestamp(LedgerTime(clock_.Wall().value() - days * kMicrosPerDay - kHour));
}

v1::AwardRequest TownHall::ActOf(const std::string& id, int days, const std::string& act) const {
  v1::AwardRequest request;
  request.set_request_id(id);
  request.set_budget("budgets/demo");
  *request.mutable_act_time() = DaysAgo(days);
  *request.mutable_act() = Parsed<v1::Act>("district: '500103' " + act);
  return request;
}

v1::AwardRequest TownHall::RideOf(const std::string& id, int days,
                                  const std::string& evidence) const {
  return ActOf(id, days,
               absl::StrCat("scenario: 'ride' unit: UNIT_TIME quantity: 1 evidence { kind: "
                            "EVIDENCE_KIND_RECORD source: 'cq_metro' subject: '",
                            evidence, "' reference: 'a file' }"));
}

v1::AwardRequest TownHall::BottlesOf(const std::string& id, int days, int quantity) const {
  return ActOf(id, days, absl::StrCat("scenario: 'bottle' unit: UNIT_ITEM quantity: ", quantity));
}

v1::Holder TownHall::Card(const std::string& number) {
  v1::Holder holder;
  holder.set_source("cq_metro");
  holder.set_subject(number);
  return holder;
}

std::vector<std::string> TownHall::Keep(const std::string& card,
                                        const std::vector<v1::AwardRequest>& acts,
                                        v1::BatchKeepActsResponse* answer) const {
  v1::BatchKeepActsRequest batch;
  for (const v1::AwardRequest& act : acts) {
    v1::KeepActRequest& one = *batch.add_requests();
    *one.mutable_holder() = Card(card);
    *one.mutable_award() = act;
  }
  const auto kept = A().Call(&e2e::UnclaimedStub::BatchKeepActs, batch);
  EXPECT_TRUE(kept.ok()) << kept.status.error_message();
  std::vector<std::string> out;
  for (const v1::KeepActResult& result : kept.response.results()) {
    out.push_back(result.has_error() ? e2e::ReasonOf(result.error()) : "kept");
  }
  if (answer != nullptr) {
    *answer = kept.response;
  }
  return out;
}

std::string TownHall::Keep(const std::string& card, const v1::AwardRequest& act) const {
  const auto kept = Keep(card, std::vector<v1::AwardRequest>{act});
  EXPECT_EQ(kept.size(), 1U);
  return kept.empty() ? std::string() : kept.front();
}

v1::ClaimActsResponse TownHall::Claim(const std::string& card, const std::string& account,
                                      bool validate_only) const {
  v1::ClaimActsRequest request;
  *request.mutable_holder() = Card(card);
  request.set_account(account);
  request.set_validate_only(validate_only);
  const auto claimed = A().Call(&e2e::UnclaimedStub::ClaimActs, request);
  EXPECT_TRUE(claimed.ok()) << claimed.status.error_message();
  return claimed.response;
}

std::vector<std::string> TownHall::Claimed(const std::string& card,
                                           const std::string& account) const {
  std::vector<std::string> out;
  const v1::ClaimActsResponse page = Claim(card, account);
  for (const v1::ClaimResult& result : page.results()) {
    out.push_back(absl::StrCat(result.act().request_id(), " ",
                               result.has_error() ? e2e::ReasonOf(result.error())
                                                  : std::to_string(result.award().points()),
                               result.award().replayed() ? " again" : "",
                               result.kept() ? " kept" : ""));
  }
  return out;
}

std::vector<std::string> TownHall::Listed(const std::string& card) const {
  v1::ListUnclaimedActsRequest request;
  *request.mutable_holder() = Card(card);
  const auto page = A().Call(&e2e::UnclaimedStub::ListUnclaimedActs, request);
  EXPECT_TRUE(page.ok()) << page.status.error_message();
  std::vector<std::string> out;
  for (const v1::UnclaimedAct& act : page.response.acts()) {
    out.push_back(act.request_id());
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> TownHall::Rows() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string_view letter : {"i", "u", "x"}) {
    EXPECT_TRUE(engine_->store()
                    .ScanOutside(letter, "", 100'000,
                                 [&out](std::string_view key, std::string_view value) {
                                   out.emplace_back(key, value);
                                   return true;
                                 })
                    .ok());
  }
  return out;
}

Entry TownHall::EntryAt(std::uint64_t index) const {
  const auto bytes = engine_->store().ReadEntry(EntryIndex(index));
  EXPECT_TRUE(bytes.ok()) << bytes.status().ToString();
  Entry entry;
  EXPECT_TRUE(bytes.ok() && entry.ParseFromString(*bytes));
  return entry;
}

}  // namespace tanhui::rpc
