// A server with the demo ledger and two citizens, for tests of what the API does when all is well.
#ifndef TANHUI_TESTS_E2E_API_FIXTURE_H_
#define TANHUI_TESTS_E2E_API_FIXTURE_H_

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/server_process.h"

namespace tanhui::e2e {

class ApiTest : public testing::Test {
 protected:
  explicit ApiTest(const ServerOptions& options = {}) : server_(options) {}

  void SetUp() override {
    ASSERT_TRUE(server_.Start());
    Connect();
    ASSERT_TRUE(MakeDemoLedger(*client_));
    citizen_ = OpenCitizen(*client_, "citizen");
    other_ = OpenCitizen(*client_, "other");
    ASSERT_TRUE(client_->Call(&PointsStub::Award, AwardOf("first", citizen_, 500)).ok());
  }

  void Connect() { client_ = std::make_unique<Client>(server_.NewChannel()); }
  // An idle connection of a synchronous client delays the end of the server by seconds: gRPC reads
  // the server's farewell from it only now and then.
  int Stop() {
    client_.reset();
    return server_.Stop();
  }
  const Client& client() const { return *client_; }

  // Asks until a checkpoint covers the entry: one is signed every second, and there is no call that
  // waits for it. Bounded.
  void AwaitCheckpointOver(std::uint64_t index) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      const auto newest = client().Call(&LogStub::GetCheckpoint, v1::GetCheckpointRequest());
      ASSERT_TRUE(newest.ok());
      if (newest.response.size() > index) {
        return;
      }
    }
    FAIL() << "no checkpoint over entry " << index;
  }

  v1::LogEntry EntryAt(std::uint64_t index) const {
    v1::GetEntryRequest request;
    request.set_index(index);
    const auto answer = client().Call(&LogStub::GetEntry, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.entry();
  }

  v1::GetOutcomeResponse OutcomeOf(const std::string& id) const {
    v1::GetOutcomeRequest request;
    request.set_request_id(id);
    const auto answer = client().Call(&RequestsStub::GetOutcome, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response;
  }

  v1::Account AccountOf(const std::string& name) const {
    v1::GetAccountRequest request;
    request.set_name(name);
    const auto answer = client().Call(&AccountsStub::GetAccount, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response.account();
  }

  // The account's history, newest first.
  std::vector<v1::AccountEntry> HistoryOf(const std::string& name) const {
    v1::ListEntriesRequest request;
    request.set_parent(name);
    const auto answer = client().Call(&AccountsStub::ListEntries, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return {answer.response.entries().begin(), answer.response.entries().end()};
  }

  // A trial writes nothing; then it is done; then it is a replay with the same answer.
  template <typename Stub, typename Request, typename Response>
  Response ExpectDoneOnce(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                       Response*),
                          const Request& request) const {
    SCOPED_TRACE(Request::descriptor()->full_name());
    const std::uint64_t size = LogSize(client());
    Request trial = request;
    trial.set_validate_only(true);
    const auto tried = client().Call(method, trial);
    EXPECT_TRUE(tried.ok()) << tried.status.error_message();
    EXPECT_EQ(tried.response.entry_index(), 0U);
    EXPECT_FALSE(tried.response.replayed());
    EXPECT_EQ(LogSize(client()), size) << "a trial wrote something";

    const auto done = client().Call(method, request);
    EXPECT_TRUE(done.ok()) << done.status.error_message();
    EXPECT_FALSE(done.response.replayed());
    EXPECT_EQ(done.response.entry_index(), size);

    for (const Request& again : {request, trial}) {
      auto replay = client().Call(method, again);
      EXPECT_TRUE(replay.ok()) << replay.status.error_message();
      EXPECT_TRUE(replay.response.replayed());
      replay.response.set_replayed(false);
      EXPECT_EQ(replay.response.ShortDebugString(), done.response.ShortDebugString());
    }
    EXPECT_EQ(LogSize(client()), size + 1);
    return done.response;
  }

  // The answer to a request in text format, which must be a good one.
  template <typename Stub, typename Request, typename Response>
  Response Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
              const std::string& text) const {
    const auto answer = client().Call(method, Parsed<Request>(text));
    EXPECT_TRUE(answer.ok()) << text << ": " << answer.status.error_message();
    return answer.response;
  }
  // The reason why it is refused.
  template <typename Stub, typename Request, typename Response>
  std::string WhyNot(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                     const std::string& text) const {
    return client().Call(method, Parsed<Request>(text)).reason();
  }
  template <typename Request>
  static Request Parsed(const std::string& text) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    return request;
  }

  ServerProcess server_;
  std::unique_ptr<Client> client_;
  std::string citizen_;  // has 500 points
  std::string other_;    // has none
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_API_FIXTURE_H_
