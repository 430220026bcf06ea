// The services over a ledger in this process, with a clock that a test moves: for what happens only
// after days.
#ifndef TANHUI_TESTS_SERVICES_RPC_UNCLAIMED_TOWN_HALL_H_
#define TANHUI_TESTS_SERVICES_RPC_UNCLAIMED_TOWN_HALL_H_

#include <google/protobuf/text_format.h>
#include <grpcpp/server.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/core/ledger.h"
#include "ledger/sequencer/engine.h"
#include "services/rpc/acts/evidence_keys.h"
#include "services/rpc/context.h"
#include "services/rpc/links/link_codes.h"
#include "services/rpc/unclaimed/unclaimed_acts.h"
#include "tests/e2e/client.h"
#include "tests/e2e/demo_ledger.h"
#include "tests/ledger/sequencer/hand_clock.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::rpc {

// The demo ledger of tests/e2e/demo_ledger.h at noon of 2027-03-20, two citizens, and a rule set
// from 2027-03-01 in district 500103: ride, 3 points, one piece of evidence; bottle, 1 point each;
// shared, of two parties; off, without a figure. Late after 7 days, kept for 30.
class TownHall : public testing::Test {
 protected:
  TownHall();
  ~TownHall() override;
  void SetUp() override;

  // Callers: everybody's is the operator; platforms a and b by their tokens.
  const e2e::Client& Operator() const { return *client_; }
  e2e::Client A() const { return client_->WithToken("token of a"); }
  e2e::Client Grantor() const { return client_->WithToken("token of a's grantor"); }  // of a
  e2e::Client B() const { return client_->WithToken("token of b"); }

  google::protobuf::Timestamp DaysAgo(int days) const;
  // An award for an act of so many days ago, from text of Act.
  v1::AwardRequest ActOf(const std::string& id, int days, const std::string& act) const;
  // A ride with that evidence, and bottles.
  v1::AwardRequest RideOf(const std::string& id, int days, const std::string& evidence) const;
  v1::AwardRequest BottlesOf(const std::string& id, int days, int quantity) const;
  static v1::Holder Card(const std::string& number);

  // Publishes version 1 of a document that holds from 2027-03-01 on.
  void Publish(v1::DocumentKind kind, const std::string& code, const std::string& document) const;

  // Keeps for the card as platform a: "kept" or the reason, for each.
  std::vector<std::string> Keep(const std::string& card, const std::vector<v1::AwardRequest>& acts,
                                v1::BatchKeepActsResponse* answer = nullptr) const;
  std::string Keep(const std::string& card, const v1::AwardRequest& act) const;
  v1::ClaimActsResponse Claim(const std::string& card, const std::string& account,
                              bool validate_only = false) const;
  // Claims; "id points", "id REASON" and, for what is kept on, "id REASON kept".
  std::vector<std::string> Claimed(const std::string& card, const std::string& account) const;
  // Request ids of what is kept for the card.
  std::vector<std::string> Listed(const std::string& card) const;

  // Rows of kept acts in the store.
  std::vector<std::pair<std::string, std::string>> Rows() const;
  Entry EntryAt(std::uint64_t index) const;

  template <typename Request>
  static Request Parsed(const std::string& text) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    return request;
  }

  ScratchDirectory scratch_;
  sequencer::HandClock clock_;
  Ledger ledger_;
  Authenticator authenticator_;
  Secrets secrets_;
  std::unique_ptr<sequencer::Engine> engine_;
  std::unique_ptr<EvidenceKeys> keys_;
  std::unique_ptr<UnclaimedActs> acts_;
  std::unique_ptr<LinkCodes> codes_;
  std::unique_ptr<Context> context_;
  std::string citizen_;
  std::string other_;

 private:
  void PublishRules() const;

  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<e2e::Client> client_;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_TESTS_SERVICES_RPC_UNCLAIMED_TOWN_HALL_H_
