// A server with the demo ledger and two citizens, for tests of what the API does when all is well.
#ifndef TANHUI_TESTS_E2E_API_FIXTURE_H_
#define TANHUI_TESTS_E2E_API_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

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

  ServerProcess server_;
  std::unique_ptr<Client> client_;
  std::string citizen_;  // has 500 points
  std::string other_;    // has none
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_API_FIXTURE_H_
