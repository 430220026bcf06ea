// Start, stop and what lies around the ledger: health, reflection, deadlines, snapshots, a second
// process, a full disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {
namespace {

using std::chrono::milliseconds;

class LifecycleTest : public ApiTest {};

TEST_F(LifecycleTest, HealthAndReflectionAnswer) {
  std::string health;
  ASSERT_TRUE(client().CallRaw("grpc.health.v1.Health/Check", "", &health).ok());
  EXPECT_EQ(health, "\x08\x01") << "SERVING";
  std::string services;
  const grpc::Status listed =
      client().CallRaw("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                       std::string("\x3a\x01*", 3), &services);
  ASSERT_TRUE(listed.ok()) << listed.error_message();
  for (const std::string name : {"Points", "Accounts", "Households", "Budgets", "Reports", "Log",
                                 "Requests", "Files", "Admin"}) {
    EXPECT_THAT(services, testing::HasSubstr("tanhui.v1." + name + "Service"));
  }
}

TEST_F(LifecycleTest, ADeadlineThatIsPastWritesNothing) {
  const std::uint64_t size = LogSize(client());
  const auto late =
      client().Call(&PointsStub::Award, AwardOf("late", citizen_, 1), milliseconds(-1));
  EXPECT_EQ(late.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(LogSize(client()), size);
  EXPECT_EQ(OutcomeOf("late").state(), v1::REQUEST_STATE_UNKNOWN);
}

// Deadlines that run out somewhere on the way: whatever was answered, the id knows the truth.
TEST_F(LifecycleTest, ShortDeadlinesLeaveNoDoubt) {
  for (int i = 0; i < 60; ++i) {
    const v1::AwardRequest award = AwardOf("short " + std::to_string(i), citizen_, 1);
    const auto answer =
        client().Call(&PointsStub::Award, award, std::chrono::microseconds(100 * i));
    const auto again = client().Call(&PointsStub::Award, award);
    ASSERT_TRUE(again.ok()) << again.status.error_message();
    if (answer.ok()) {
      EXPECT_TRUE(again.response.replayed());
      EXPECT_EQ(again.response.entry_index(), answer.response.entry_index());
    } else {
      EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    }
  }
  EXPECT_EQ(BalanceOf(client(), citizen_), 560);
}

TEST_F(LifecycleTest, StoppingAnswersWhatWasTaken) {
  constexpr int kClients = 16;
  struct Told {
    std::string id;
    std::uint64_t index;
  };
  std::array<std::vector<Told>, kClients> told;
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < kClients; ++number) {
    threads.emplace_back([this, number, &told, &answered, mine = Client(server_.NewChannel())] {
      for (int i = 0; i < 1'000'000; ++i) {
        const std::string id = std::to_string(number) + "-" + std::to_string(i);
        const auto answer = mine.Call(&PointsStub::Award, AwardOf(id, citizen_, 1));
        if (!answer.ok()) {
          // CANCELLED is gRPC's own word for a call that came after the last and reached nobody.
          const grpc::StatusCode code = answer.status.error_code();
          EXPECT_TRUE(code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::CANCELLED)
              << answer.status.error_message();
          const std::string reason = answer.reason();
          EXPECT_TRUE(reason.empty() || reason == "SHUTTING_DOWN") << reason;
          EXPECT_EQ(RefusedOf(answer.status).has_retry, !reason.empty());
          return;
        }
        told[static_cast<std::size_t>(number)].push_back({id, answer.response.entry_index()});
        if (++answered == 400) {
          answered.notify_all();
        }
      }
    });
  }
  for (int seen = answered; seen < 400; seen = answered) {
    answered.wait(seen);
    std::this_thread::yield();
  }
  EXPECT_EQ(server_.Stop(), 0) << server_.Output();
  for (std::thread& thread : threads) {
    thread.join();
  }
  ASSERT_TRUE(server_.Start());
  Connect();
  std::set<std::uint64_t> indices;
  for (const auto& of_one : told) {
    for (const Told& one : of_one) {
      EXPECT_EQ(OutcomeOf(one.id).entry_index(), one.index) << one.id;
      EXPECT_TRUE(indices.insert(one.index).second);
    }
  }
  // What lost its answer is one request per client at most.
  const auto rides = static_cast<std::size_t>(BalanceOf(client(), citizen_) - 500);
  EXPECT_GE(rides, indices.size());
  EXPECT_LE(rides, indices.size() + kClients);
}

TEST_F(LifecycleTest, ASecondProcessOnTheSameDataIsRefused) {
  const ProgramResult second =
      RunProgram("tanhuid", {"--config", server_.config_path()}, std::chrono::seconds(30));
  EXPECT_EQ(second.status, 1) << second.output;
  EXPECT_THAT(second.output, testing::HasSubstr(server_.data_directory()));
  EXPECT_THAT(second.output, testing::HasSubstr("another process"));
  const ProgramResult audit =
      RunProgram("tanhui", {"audit", "--data", server_.data_directory()}, std::chrono::seconds(30));
  EXPECT_NE(audit.status, 0) << audit.output;
  EXPECT_TRUE(client().Call(&PointsStub::Award, AwardOf("still", citizen_, 1)).ok());
}

TEST_F(LifecycleTest, ASnapshotPassesTheAudit) {
  v1::CreateSnapshotRequest request;
  request.set_snapshot_id("snapshot-1");
  const auto made = client().Call(&AdminStub::CreateSnapshot, request);
  ASSERT_TRUE(made.ok()) << made.status.error_message();
  EXPECT_EQ(made.response.log_size(), LogSize(client()));
  EXPECT_EQ(made.response.path(), server_.snapshot_directory() + "/snapshot-1");
  ASSERT_TRUE(client().Call(&PointsStub::Award, AwardOf("later", citizen_, 1)).ok());
  const ProgramResult audit =
      RunProgram("tanhui", {"audit", "--data", made.response.path()}, std::chrono::seconds(60));
  EXPECT_EQ(audit.status, 0) << audit.output;
  EXPECT_THAT(audit.output,
              testing::HasSubstr("entries " + std::to_string(made.response.log_size()) + " root "));
  EXPECT_THAT(audit.output, testing::HasSubstr("balances ok"));
  EXPECT_EQ(client().Call(&AdminStub::CreateSnapshot, request).reason(), "CODE_EXISTS");
}

TEST_F(LifecycleTest, EverythingIsThereAfterAStop) {
  const auto before = OutcomeOf("first");
  const std::uint64_t size = LogSize(client());
  ASSERT_EQ(Stop(), 0) << server_.Output();
  ASSERT_TRUE(server_.Start());
  Connect();
  EXPECT_EQ(LogSize(client()), size);
  EXPECT_EQ(OutcomeOf("first").ShortDebugString(), before.ShortDebugString());
  EXPECT_EQ(BalanceOf(client(), citizen_), 500);
  EXPECT_TRUE(
      client().Call(&PointsStub::Award, AwardOf("first", citizen_, 500)).response.replayed());
}

TEST_F(LifecycleTest, TheOperatorConfirmsTheClock) {
  v1::ConfirmClockRequest request;
  *request.mutable_trusted_time() = SecondsFromNow(0);
  EXPECT_TRUE(client().Call(&AdminStub::ConfirmClock, request).ok());
}

// Without its personal key an old ledger could find nobody, and a new one must not be made.
TEST_F(LifecycleTest, AMissingPersonalKeyIsRefused) {
  ASSERT_EQ(Stop(), 0);
  const std::string key = server_.directory() + "/personal.key";
  std::filesystem::rename(key, key + ".away");
  const testing::AssertionResult started = server_.Start();
  EXPECT_FALSE(started);
  EXPECT_THAT(started.message(), testing::HasSubstr("personal_key"));
  EXPECT_FALSE(std::filesystem::exists(key));
  std::filesystem::rename(key + ".away", key);
  EXPECT_TRUE(server_.Start());
}

TEST_F(LifecycleTest, AnotherSigningKeyIsRefused) {
  ASSERT_EQ(Stop(), 0);
  const ServerProcess stranger;
  std::filesystem::copy_file(stranger.directory() + "/log.key", server_.directory() + "/log.key",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_FALSE(server_.Start());
}

// More than any disk has must stay free: reads go on, writes say that a retry may help later.
TEST(FullDiskTest, WritesAreRefusedAndReadsGoOn) {
  ServerOptions options;
  options.more_toml = "min_free_mib = 1073741824";
  ServerProcess server(options);
  ASSERT_TRUE(server.Start());
  const Client client(server.NewChannel());
  const std::uint64_t size = LogSize(client);
  v1::CreateParticipantRequest request;
  request.set_request_id("p");
  request.set_participant_id("p");
  request.set_display_name("p");
  request.set_kind(v1::PARTICIPANT_KIND_MERCHANT);
  const auto answer = client.Call(&AdminStub::CreateParticipant, request);
  const Refused refused = RefusedOf(answer.status);
  EXPECT_EQ(refused.reason, "WRITES_STOPPED_DISK");
  EXPECT_EQ(refused.code, grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(refused.has_retry);
  EXPECT_EQ(LogSize(client), size);
  const auto status = client.Call(&AdminStub::GetStatus, v1::GetStatusRequest());
  EXPECT_NE(status.response.writes_stopped_reason(), "");
  EXPECT_TRUE(client.Call(&LogStub::GetCheckpoint, v1::GetCheckpointRequest()).ok());
}

}  // namespace
}  // namespace tanhui::e2e
