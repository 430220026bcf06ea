#include "tests/e2e/books/ledger_days.h"

#include <grpcpp/server_builder.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/books/all_books.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "services/rpc/services.h"
#include "tests/e2e/child_process.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::e2e {
namespace {

using rpc::Role;

LedgerTime NoonOf(const std::string& day) {
  const auto time = ParseShanghai(day + " 12:00:00");
  Check(time.has_value(), "a time of a test");
  return *time;
}

rpc::CallerConfig CallerOf(const std::string& participant, std::initializer_list<Role> roles) {
  rpc::CallerConfig caller{participant, {}};
  for (const Role role : roles) {
    caller.roles.Add(role);
  }
  return caller;
}

}  // namespace

LedgerDays::LedgerDays(const std::string& first_day)
    : clock_(NoonOf(first_day)), ledger_(AllBooks()), secrets_(std::string(32, 's')) {
  authenticator_.SetTokenless(
      CallerOf("operator", {Role::kAdmin, Role::kPlatform, Role::kGrantor}));
  const auto add = [this](const std::string& who, const std::string& participant, Role role) {
    authenticator_.AddToken(merkle::Sha256("token of the " + who), CallerOf(participant, {role}));
    // The command line takes tokens of one word only.
    authenticator_.AddToken(merkle::Sha256("token-" + who), CallerOf(participant, {role}));
  };
  add("clerk", "platform-a", Role::kSettlement);
  add("chief", "platform-b", Role::kApprover);
  add("shop", "shop", Role::kPlatform);
  add("stall", "stall", Role::kPlatform);
  add("auditor", "sponsor", Role::kAuditor);
  add("accountant", "operator", Role::kAccountant);
}

LedgerDays::~LedgerDays() { Close(); }

void LedgerDays::Close() {
  client_.reset();
  if (server_ != nullptr) {
    engine_->sequencer().StopTaking();
    server_->Shutdown();
    server_->Wait();
  }
  server_.reset();
  services_.clear();  // one of them has a thread that looks at the engine
  engine_.reset();
}

void LedgerDays::Sweep() const {
  const std::uint64_t passes = engine_->sweeper()->passes();
  engine_->sweeper()->Nudge();
  engine_->sweeper()->AwaitPasses(passes + 1);
}

void LedgerDays::ExpectAuditPasses() {
  Close();
  const ProgramResult audit =
      RunProgram("tanhui", {"audit", "--data", scratch_ / "data"}, std::chrono::seconds(60));
  EXPECT_EQ(audit.status, 0) << audit.output;
}

void LedgerDays::Serve() {
  sequencer::EngineOptions options;
  options.data_directory = scratch_ / "data";
  options.checkpoint_copy = scratch_ / "second";
  options.sequencer.min_free_bytes = 0;
  options.may_be_due = MayBeDue;
  auto engine = sequencer::Engine::Open(options, ledger_, clock_, signing::DemoSigner());
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  engine_ = *std::move(engine);
  auto keys = rpc::EvidenceKeys::Load(scratch_ / "evidence-keys", true);
  ASSERT_TRUE(keys.ok()) << keys.status().ToString();
  keys_ = *std::move(keys);
  context_.reset(new rpc::Context{*engine_, authenticator_, secrets_, *keys_, {}});
  static const signing::NamedSigner signer = signing::DemoSigner();
  context_->signer = &signer;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  for (const auto make :
       {rpc::NewPointsService, rpc::NewAccountsService, rpc::NewBudgetsService,
        rpc::NewRequestsService, rpc::NewAdminService, rpc::NewLogService, rpc::NewReportsService,
        rpc::NewMerchantsService, rpc::NewSettlementService, rpc::NewReconciliationService,
        rpc::NewPeriodsService, rpc::NewRulesService, rpc::NewLinksService,
        rpc::NewCouponsService}) {
    services_.push_back(make(*context_));
    builder.RegisterService(services_.back().get());
  }
  server_ = builder.BuildAndStart();
  ASSERT_NE(server_, nullptr);
  address_ = absl::StrCat("127.0.0.1:", port);
  client_ = std::make_unique<Client>(server_->InProcessChannel({}));
}

void LedgerDays::SetUp() {
  Serve();
  ASSERT_TRUE(MakeDemoLedger(*client_));
  citizen_ = OpenCitizen(*client_, "citizen");
  ASSERT_TRUE(client_->Call(&PointsStub::Award, AwardOf("first", citizen_, 1'000)).ok());
  MakeMerchants();
}

void LedgerDays::MakeMerchants() const {
  Do(Operator(), &AdminStub::CreateAsset,
     "request_id: 'fen' asset_id: 'fen' display_name: '人民币' scheme: 'schemes/green' "
     "max_amount: 1000000000000 money: true");
  for (const char* merchant : {"shop", "stall"}) {
    Do(Operator(), &SettlementStub::OpenClaim,
       absl::StrCat("request_id: 'claim ", merchant, "' merchant: 'participants/", merchant,
                    "' money: 'assets/fen'"));
  }
  Do(Operator(), &SettlementStub::PublishPrice,
     absl::StrCat("request_id: 'price' asset: 'assets/points' money: 'assets/fen' first_date: '",
                  Today(), "' fen: 7 per_points: 2 reason: 'first'"));
  const std::string shop = "participants/shop";
  for (const auto& [parent, code] :
       {std::pair(shop, "s1"), std::pair(shop, "s2"), std::pair(shop + "/units/s1", "t1"),
        std::pair(shop + "/units/s1", "t2")}) {
    Do(Operator(), &MerchantsStub::CreateUnit,
       absl::StrCat("request_id: 'unit ", code, "' parent: '", parent, "' unit_id: '", code,
                    "' display_name: '店' asset: 'assets/points'"));
  }
}

std::uint64_t LedgerDays::Redeem(const std::string& place, std::int64_t points) const {
  const std::vector<std::string> parts = absl::StrSplit(place, '/');
  v1::RedeemRequest request = RedeemOf(FreshId(), citizen_, points);
  request.set_merchant("participants/" + parts[0]);
  request.set_store(parts.size() > 1 ? parts[1] : "");
  request.set_till(parts.size() > 2 ? parts[2] : "");
  const auto done = Operator().Call(&PointsStub::Redeem, request);
  EXPECT_TRUE(done.ok()) << place << ": " << done.status.error_message();
  return done.response.entry_index();
}

void LedgerDays::Refund(std::uint64_t entry, std::int64_t points) const {
  Do(Operator(), &PointsStub::Refund,
     absl::StrCat("request_id: '", FreshId(), "' entry_index: ", entry, " points: ", points));
}

v1::Claim LedgerDays::ClaimOf(const std::string& merchant) const {
  const auto page = Do(Operator(), &SettlementStub::ListClaims, "money: 'assets/fen'");
  for (const v1::Claim& claim : page.claims()) {
    if (claim.merchant() == "participants/" + merchant) {
      return claim;
    }
  }
  ADD_FAILURE() << merchant << " has no claim";
  return {};
}

std::string LedgerDays::NewRun() const {
  return Do(Clerk(), &SettlementStub::CreateRun,
            absl::StrCat("request_id: '", FreshId(), "' money: 'assets/fen'"))
      .run()
      .name();
}

std::string LedgerDays::AddLine(const std::string& run, const std::string& merchant) const {
  const auto line = Clerk().Call(
      &SettlementStub::AddLine,
      Parsed<v1::AddLineRequest>(absl::StrCat("request_id: '", FreshId(), "' run: '", run,
                                              "' merchant: 'participants/", merchant, "'")));
  return line.ok() ? line.response.name() : line.reason();
}

std::string LedgerDays::Approve(const std::string& line) const {
  return Chief()
      .Call(&SettlementStub::Approve, Parsed<v1::ApproveRequest>(absl::StrCat(
                                          "request_id: '", FreshId(), "' line: '", line, "'")))
      .reason();
}

std::string LedgerDays::Pay(const std::string& line, const std::string& bank_reference) const {
  return Clerk()
      .Call(&SettlementStub::Pay,
            Parsed<v1::PayRequest>(absl::StrCat("request_id: '", FreshId(), "' line: '", line,
                                                "' bank_reference: '", bank_reference, "'")))
      .reason();
}

std::string LedgerDays::Return(const std::string& line, const std::string& bank_reference) const {
  return Clerk()
      .Call(&SettlementStub::Return,
            Parsed<v1::SettlementServiceReturnRequest>(absl::StrCat(
                "request_id: '", FreshId(), "' line: '", line,
                "' reason: 'wrong_bank_account' bank_reference: '", bank_reference, "'")))
      .reason();
}

v1::Line LedgerDays::LineNamed(const std::string& line) const {
  return Do(Auditor(), &SettlementStub::GetStatement, absl::StrCat("line: '", line, "'")).line();
}

std::vector<std::string> LedgerDays::StatementOf(const std::string& line,
                                                 std::int32_t page_size) const {
  std::vector<std::string> rows;
  std::int64_t fen = 0;
  std::int64_t entries = 0;
  v1::GetStatementResponse page;
  do {
    page = Do(Auditor(), &SettlementStub::GetStatement,
              absl::StrCat("line: '", line, "' page_size: ", page_size, " page_token: '",
                           page.next_page_token(), "'"));
    for (const v1::StatementRow& row : page.rows()) {
      rows.push_back(absl::StrCat(row.kind() == v1::STATEMENT_ROW_KIND_TAKEN        ? "taken"
                                  : row.kind() == v1::STATEMENT_ROW_KIND_GIVEN_BACK ? "back"
                                                                                    : "returned",
                                  " ", row.ledger_date(), " ", row.unit(), " ", row.price(), " ",
                                  row.points(), " ", row.fen()));
      fen += row.fen();
      entries += row.entries();
    }
  } while (!page.next_page_token().empty() && rows.size() < 1'000);
  EXPECT_EQ(fen, page.line().fen());
  EXPECT_EQ(entries, page.entries());
  return rows;
}

}  // namespace tanhui::e2e
