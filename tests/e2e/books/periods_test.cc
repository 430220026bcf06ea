// Closing months, their trial balance and their vouchers, through the API and the real program.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/document_note.h"
#include "tanhui/entry/v1/documents.pb.h"
#include "tanhui/v1/periods.grpc.pb.h"
#include "tests/e2e/books/ledger_days.h"
#include "tests/e2e/child_process.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kCodes = R"(
  code: 'green-codes' version: 1 first_date: '2027-01-01' display_name: '科目' scheme: 'green'
  rows { account_kind: 'citizen' debit_code: '2204' credit_code: '2204' summary: '居民积分' }
  rows { account_kind: 'merchant' debit_code: '2241' credit_code: '2241' summary: '商户积分' }
  rows { account_kind: 'budget' debit_code: '2401' credit_code: '2401' summary: '预算' }
  rows { account_kind: 'issuance' debit_code: '6601' credit_code: '6601' summary: '发放' }
  rows { account_kind: 'claim' debit_code: '2202' credit_code: '2202' summary: '应付' }
)";

class PeriodsTest : public LedgerDays {
 protected:
  // The program's answer for the accountant of the operator; the exit status must be `status`.
  std::string Run(std::vector<std::string> arguments, int status = 0) const {
    const std::string name = absl::StrCat(arguments[0], " ", arguments[1]);
    arguments.insert(arguments.begin(), {"--lang", "en", "--address", address_});
    const ProgramResult ran = RunProgram("tanhui", arguments, std::chrono::seconds(30));
    EXPECT_EQ(ran.status, status) << name << ": " << ran.output;
    return ran.output;
  }
  // The program puts its own time on what it asks for, long before the ledger's days here.
  std::string Close(const std::string& month, int status = 0) const {
    return Run({"period", "close", "--scheme", "green", month, "--not-after=1000d"}, status);
  }
  std::string TrialBalance(const std::string& month) const {
    return Run({"--json", "period", "trial-balance", "--scheme", "green", month});
  }
  // The bytes of the file, and nothing when it was not written.
  std::string Vouchers(const std::string& month, std::string* said = nullptr, int status = 0) {
    const std::string path = scratch_ / absl::StrCat("vouchers-", FreshId());
    const std::string text =
        Run({"voucher", "export", "--scheme", "green", "--month", month, path}, status);
    if (said != nullptr) {
      *said = text;
    }
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void PublishCodes(const std::string& text, std::uint32_t version) const {
    auto codes = Parsed<entry::v1::AccountCodes>(text);
    codes.set_version(version);
    Do(Operator(), &RulesStub::SetPublisherKey,
       absl::StrCat("request_id: '", FreshId(), "' participant: 'participants/operator' ",
                    "verifier_key: '", signing::FormatVerifierKey(signing::DemoSigner()), "'"));
    v1::PublishDocumentRequest request;
    request.set_request_id(FreshId());
    request.set_kind(v1::DOCUMENT_KIND_ACCOUNT_CODES);
    request.set_document(codes.SerializeAsString());
    signing::DocumentTitle title{"account_codes", codes.code(), version, codes.first_date(),
                                 merkle::Sha256(request.document())};
    const auto note = signing::SignDocumentNote(title, signing::DemoSigner());
    ASSERT_TRUE(note.ok());
    request.set_note(*note);
    const auto published = Operator().Call(&RulesStub::PublishDocument, request);
    ASSERT_TRUE(published.ok()) << published.status.error_message();
  }

  grpc::Status CloseAs(const std::string& who, const std::string& month) const {
    const auto stub = v1::PeriodsService::NewStub(
        grpc::CreateChannel(address_, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.AddMetadata("authorization", absl::StrCat("Bearer token of the ", who));
    v1::ClosePeriodRequest request;
    request.set_request_id(FreshId());
    request.set_scheme("schemes/green");
    request.set_month(month);
    v1::ClosePeriodResponse response;
    return stub->ClosePeriod(&context, request, &response);
  }

  void GoTo(const char* date) {
    clock_.Wait(ParseShanghai(std::string(date) + " 12:00:00")->value() - clock_.Wall().value());
  }
};

TEST_F(PeriodsTest, AClosedMonthStaysAsItIs) {
  PublishCodes(kCodes, 1);
  const std::uint64_t redeemed = Redeem("shop", 100);
  EXPECT_THAT(Close("2027-01", 1), HasSubstr("PERIOD_NOT_OVER"));
  EXPECT_THAT(TrialBalance("2027-01"), HasSubstr("\"closed\":false"));
  GoTo("2027-02-01");
  EXPECT_EQ(RefusedOf(CloseAs("clerk", "2027-01")).reason, "PERMISSION_DENIED");
  EXPECT_EQ(RefusedOf(CloseAs("auditor", "2027-01")).reason, "PERMISSION_DENIED");
  std::string said;
  EXPECT_EQ(Vouchers("2027-01", &said, 1), "");
  EXPECT_THAT(said, HasSubstr("close it first"));
  EXPECT_THAT(
      Run({"period", "close", "--scheme", "green", "2027-01", "--dry-run", "--not-after=1000d"}),
      HasSubstr("merchant"));
  EXPECT_TRUE(CloseAs("accountant", "2027-01").ok());
  EXPECT_THAT(Close("2027-01", 1), AllOf(HasSubstr("PERIOD_NOT_NEXT"), HasSubstr("2027-02")));

  const std::string trial_balance = TrialBalance("2027-01");
  EXPECT_THAT(trial_balance, HasSubstr("\"closed\":true"));
  const std::string vouchers = Vouchers("2027-01", &said);
  EXPECT_THAT(said, HasSubstr("green 2027-01"));
  EXPECT_THAT(vouchers, HasSubstr("2027-01-05,points,redemption,居民积分,2204,100,0,1\n"));
  EXPECT_THAT(vouchers, HasSubstr("2027-01-05,fen,redemption,应付,2202,0,350,1\n"));

  const auto refund = [&](const std::string& date) {
    return absl::StrCat("request_id: '", FreshId(), "' entry_index: ", redeemed,
                        " points: 10 booked_on: '", date, "'");
  };
  const auto refused = Refuse(Operator(), &PointsStub::Refund, refund("2027-01-31"));
  EXPECT_EQ(refused.reason, "PERIOD_CLOSED");
  EXPECT_EQ(Refuse(Operator(), &PointsStub::Refund, refund("2027-02-02")).reason, "FIELD_INVALID");
  EXPECT_EQ(Refuse(Operator(), &PointsStub::Refund, refund("1. Feb")).reason, "FIELD_INVALID");
  Do(Operator(), &PointsStub::Refund, refund("2027-02-01"));
  GoTo("2027-03-01");
  PublishCodes(absl::StrReplaceAll(kCodes, {{"2027-01-01", "2027-03-05"}, {"居民", "市民"}}), 2);
  Close("2027-02");
  EXPECT_EQ(TrialBalance("2027-01"), trial_balance);
  EXPECT_EQ(Vouchers("2027-01"), vouchers);
  EXPECT_THAT(Vouchers("2027-02"),
              AllOf(HasSubstr("2027-02-01,points,refund,居民积分,2204,0,10,1\n"),
                    HasSubstr("account_codes green-codes 1,"), Not(HasSubstr("redemption"))));
  EXPECT_THAT(Run({"period", "list", "--scheme", "green"}),
              AllOf(HasSubstr("2027-01  closed"), HasSubstr("2027-02  closed")));
}

TEST_F(PeriodsTest, APostingWithoutACodeStopsTheExport) {
  std::string said;
  Redeem("shop", 100);
  GoTo("2027-02-01");
  Close("2027-01");
  EXPECT_EQ(Vouchers("2027-01", &said, 1), "");
  EXPECT_THAT(said, HasSubstr("no table of account codes"));
  const std::string codes = kCodes;
  PublishCodes(codes.substr(0, codes.find("  rows { account_kind: 'claim'")), 1);
  GoTo("2027-03-01");
  Redeem("shop", 20);
  GoTo("2027-04-01");
  Close("2027-02");
  Close("2027-03");
  EXPECT_THAT(Vouchers("2027-02"), HasSubstr("#end,0,0,0,"));
  EXPECT_EQ(Vouchers("2027-03", &said, 1), "");
  EXPECT_THAT(said, AllOf(HasSubstr("has no row"), HasSubstr("claim"), HasSubstr("redemption")));
}

TEST_F(PeriodsTest, ADamagedVoucherFileIsRefused) {
  PublishCodes(kCodes, 1);
  Redeem("shop", 100);
  GoTo("2027-02-01");
  Close("2027-01");
  const std::string vouchers = Vouchers("2027-01");
  const auto check = [&](const std::string& bytes) {
    const std::string path = scratch_ / "damaged";
    std::ofstream(path, std::ios::binary) << bytes;
    return Run({"voucher", "check", path}, bytes == vouchers ? 0 : 1);
  };
  check(vouchers);
  for (std::size_t cut = 1; cut < vouchers.size(); cut += 97) {
    EXPECT_THAT(check(vouchers.substr(0, cut)), HasSubstr("import nothing of it"));
  }
  EXPECT_THAT(check(vouchers + vouchers), HasSubstr("more comes after it"));
  std::string changed = vouchers;
  changed.replace(changed.find(",100,0,"), 7, ",101,0,");
  EXPECT_THAT(check(changed), HasSubstr("another hash"));
}

}  // namespace
}  // namespace tanhui::e2e
