// A server in this process whose clock a test moves, with merchants who settle: for what happens
// from one ledger day to the next.
#ifndef TANHUI_TESTS_E2E_BOOKS_LEDGER_DAYS_H_
#define TANHUI_TESTS_E2E_BOOKS_LEDGER_DAYS_H_

#include <google/protobuf/text_format.h>
#include <grpcpp/server.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ledger/core/ledger.h"
#include "ledger/sequencer/engine.h"
#include "services/rpc/acts/evidence_keys.h"
#include "services/rpc/context.h"
#include "tests/e2e/client.h"
#include "tests/e2e/demo_ledger.h"
#include "tests/ledger/sequencer/hand_clock.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::e2e {

// The demo ledger at noon of its first day, 2027-01-05 unless another is given, and a citizen with
// 1,000 points. Money `fen` of the scheme green, whose days end at 18:00; shop and stall settle, 7
// fen for 2 points from the first day on. Below shop: store s1 with tills t1 and t2, store s2.
class LedgerDays : public testing::Test {
 protected:
  explicit LedgerDays(const std::string& first_day = "2027-01-05");
  ~LedgerDays() override;
  void SetUp() override;

  // Callers: the operator is admin and platform; the clerk settles, the chief approves.
  const Client& Operator() const { return *client_; }
  Client Clerk() const { return As("clerk"); }
  Client Chief() const { return As("chief"); }
  Client Shop() const { return As("shop"); }
  Client Stall() const { return As("stall"); }
  Client Auditor() const { return As("auditor"); }
  Client Accountant() const { return As("accountant"); }

  std::string Today() const { return FormatDate(ShanghaiDate(clock_.Wall())); }
  void NextDay() { clock_.Wait(kMicrosPerDay); }

  // Redeems at merchant[/store[/till]]; the index of the entry.
  std::uint64_t Redeem(const std::string& place, std::int64_t points) const;
  void Refund(std::uint64_t entry, std::int64_t points) const;
  v1::Claim ClaimOf(const std::string& merchant) const;
  // A run in fen of today; its name.
  std::string NewRun() const;
  // The merchant's line of a run; its name, or the reason why not.
  std::string AddLine(const std::string& run, const std::string& merchant) const;
  std::string Approve(const std::string& line) const;  // the reason why not
  std::string Pay(const std::string& line, const std::string& bank_reference) const;
  std::string Return(const std::string& line, const std::string& bank_reference) const;
  v1::Line LineNamed(const std::string& line) const;
  // All rows, each as "kind date unit price points fen"; checks that they sum to the line.
  std::vector<std::string> StatementOf(const std::string& line, std::int32_t page_size = 0) const;

  template <typename Stub, typename Request, typename Response>
  Response Do(const Client& client,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
              const std::string& text) const {
    const auto answer = client.Call(method, Parsed<Request>(text));
    EXPECT_TRUE(answer.ok()) << text << ": " << answer.status.error_message();
    return answer.response;
  }
  template <typename Stub, typename Request, typename Response>
  Refused Refuse(const Client& client,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const std::string& text) const {
    return RefusedOf(client.Call(method, Parsed<Request>(text)).status);
  }
  template <typename Request>
  static Request Parsed(const std::string& text) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    return request;
  }
  // Has what is due written, and waits for it.
  void Sweep() const;
  // Stops the server and has the program replay all that it wrote.
  void ExpectAuditPasses();
  // Another one each time.
  std::string FreshId() const { return "id-" + std::to_string(next_id_++); }

  ScratchDirectory scratch_;
  sequencer::HandClock clock_;
  std::string address_;
  std::string citizen_;

 private:
  Client As(const std::string& who) const { return client_->WithToken("token of the " + who); }
  void Serve();
  void Close();
  void MakeMerchants() const;

  Ledger ledger_;
  rpc::Authenticator authenticator_;
  rpc::Secrets secrets_;
  std::unique_ptr<sequencer::Engine> engine_;
  std::unique_ptr<rpc::EvidenceKeys> keys_;
  std::unique_ptr<rpc::Context> context_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Client> client_;
  mutable int next_id_ = 1;
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_BOOKS_LEDGER_DAYS_H_
