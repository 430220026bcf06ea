// A real tanhuid is killed at random moments under 32 concurrent clients. After each restart, and
// at the end: everything that was acknowledged is there with the same numbers, nothing is there
// twice, what got no answer was done once or not at all, and every receipt and checkpoint from
// before still holds.
//
//   TANHUI_CRASH_ROUNDS  how many times it is killed; 20 when it is not set
//   TANHUI_CRASH_SEED    the seed that an earlier run printed
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/rider.h"
#include "tests/crash/witness.h"
#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/server_process.h"

namespace tanhui::crash {
namespace {

using e2e::Client;
using std::chrono::milliseconds;

constexpr std::size_t kRiders = 32;
constexpr std::size_t kAccounts = 64;
constexpr std::uint64_t kDefaultRounds = 20;
constexpr std::uint64_t kShortestMillis = 30;
constexpr std::uint64_t kLongestMillis = 700;
constexpr std::uint64_t kLongestStartMillis = 120;
constexpr int kLooksAtTheEnd = 100;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Small buffers and caches, so that a short run already flushes, evicts and switches files.
e2e::ServerOptions SmallServer() {
  e2e::ServerOptions options;
  options.more_toml = "write_buffer_mib = 1\nblock_cache_mib = 8\nmax_cached_accounts = 40";
  return options;
}

class CrashTest : public testing::Test {
 protected:
  CrashTest()
      : seed_(FromEnvironment("TANHUI_CRASH_SEED", std::random_device()())),
        random_(seed_),
        server_(SmallServer()),
        witness_(seed_, server_.verifiers()) {
    std::cout << "TANHUI_CRASH_SEED=" << seed_ << std::endl;
  }

  Client Connect() const { return Client(server_.NewChannel()); }

  // The moment of a kill is the one thing here that is meant to depend on time.
  void Pause(std::uint64_t shortest, std::uint64_t longest) {
    std::this_thread::sleep_for(milliseconds(shortest + random_() % (longest - shortest + 1)));
  }

  void Found() {
    ASSERT_TRUE(server_.Start());
    const Client client = Connect();
    ASSERT_TRUE(e2e::MakeDemoLedger(client));
    ASSERT_TRUE(client.Call(&e2e::BudgetsStub::Fund, e2e::FundOf("more", 1'000'000'000)).ok());
    for (std::size_t i = 0; i < kAccounts; ++i) {
      accounts_.push_back(e2e::OpenCitizen(client, "citizen-" + std::to_string(i)));
    }
    for (std::size_t i = 0; i < kRiders; ++i) {
      riders_.emplace_back(i, random_(), accounts_);
    }
    ReadLog(client);
  }

  // All ride until the server is killed under them.
  void RideAndKill() {
    std::atomic<bool> killed = false;
    std::atomic<std::uint64_t> answered = 0;
    std::vector<std::thread> threads;
    for (Rider& rider : riders_) {
      threads.emplace_back([&rider, &killed, &answered, client = Connect()] {
        rider.Ride(client, killed, answered);
      });
    }
    threads.emplace_back([this, client = Connect()] { witness_.Collect(client); });
    Pause(kShortestMillis, kLongestMillis);
    killed = true;
    server_.Kill();
    for (std::thread& thread : threads) {
      thread.join();
    }
    answered_ += answered;
  }

  // Now and then the server is killed over its recovery too.
  void Restart() {
    if (random_() % 3 == 0) {
      server_.StartBlindly();
      Pause(0, kLongestStartMillis);
      server_.Kill();
    }
    ASSERT_TRUE(server_.Start());
  }

  void Check() {
    const Client client = Connect();
    ReadLog(client);
    std::vector<std::thread> threads;
    for (Rider& rider : riders_) {
      threads.emplace_back([this, &rider, mine = Connect()] { rider.CheckRound(mine, log_); });
    }
    witness_.Check(client);
    for (std::thread& thread : threads) {
      thread.join();
    }
    ExpectNothingFound();
  }

  // Reads what is new at the log's end. No request id may be there twice.
  void ReadLog(const Client& client) {
    std::vector<v1::LogEntry> entries;
    v1::ListLogEntriesRequest request;
    request.set_page_size(1'000);
    do {
      const auto page = client.Call(&e2e::LogStub::ListLogEntries, request);
      ASSERT_TRUE(page.ok()) << page.status.error_message();
      for (const v1::LogEntry& entry : page.response.entries()) {
        if (entry.index() < log_size_) {
          break;
        }
        entries.push_back(entry);
      }
      request.set_page_token(page.response.next_page_token());
    } while (!request.page_token().empty() && entries.back().index() > log_size_);
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      ASSERT_EQ(entry->index(), log_size_++);
      if (!entry->request_id().empty()) {
        EXPECT_TRUE(log_.emplace(entry->request_id(), *entry).second)
            << "twice in the log: " << entry->ShortDebugString();
      }
    }
  }

  void ExpectNothingFound() {
    for (const Rider& rider : riders_) {
      for (const std::string& finding : rider.findings()) {
        ADD_FAILURE() << finding;
      }
    }
    for (const std::string& finding : witness_.findings()) {
      ADD_FAILURE() << finding;
    }
  }

  // The whole log again, as a reader who never saw it before, and every deed ever told.
  void CheckEverything() {
    const Client client = Connect();
    const LogIndex seen_before = log_;
    log_.clear();
    log_size_ = 0;
    ReadLog(client);
    for (const auto& [id, entry] : seen_before) {
      ASSERT_TRUE(log_.contains(id)) << id;
      EXPECT_EQ(log_[id].SerializeAsString(), entry.SerializeAsString());
    }
    for (Rider& rider : riders_) {
      rider.CheckLog(log_);
      rider.CheckSome(client, kLooksAtTheEnd);
    }
    ExpectBalancesOfTheLog(client);
    witness_.Check(client);
    ExpectNothingFound();
  }

  // The newest entry of each account says its balance.
  void ExpectBalancesOfTheLog(const Client& client) {
    std::map<std::string, std::pair<std::uint64_t, std::int64_t>> newest;
    for (const auto& [id, entry] : log_) {
      for (const v1::EntryPosting& posting : entry.postings()) {
        auto& known = newest[posting.account()];
        known = std::max(known, {entry.index(), posting.balance_after()});
      }
    }
    for (const std::string& account : accounts_) {
      EXPECT_EQ(e2e::BalanceOf(client, account), newest[account].second) << account;
    }
  }

  void ExpectAuditPasses() {
    ASSERT_EQ(server_.Stop(), 0) << server_.Output();
    if (!std::filesystem::exists(e2e::ProgramPath("tanhui"))) {
      GTEST_SKIP() << "no tanhui in TANHUI_BIN_DIR";
    }
    const std::string vkey_file = server_.directory() + "/log.vkey";
    std::ofstream(vkey_file) << signing::FormatVerifierKey(server_.verifier()) << "\n";
    const e2e::ProgramResult audit =
        e2e::RunProgram("tanhui", {"audit", "--data", server_.data_directory(), "--key", vkey_file},
                        std::chrono::minutes(2));
    EXPECT_EQ(audit.status, 0) << audit.output;
    EXPECT_NE(audit.output.find("balances ok"), std::string::npos) << audit.output;
  }

  std::size_t deeds() const {
    std::size_t out = 0;
    for (const Rider& rider : riders_) {
      out += rider.deeds();
    }
    return out;
  }

  const std::uint64_t seed_;
  std::mt19937_64 random_;
  e2e::ServerProcess server_;
  Witness witness_;
  std::vector<std::string> accounts_;
  std::vector<Rider> riders_;
  LogIndex log_;
  std::uint64_t log_size_ = 0;
  std::uint64_t answered_ = 0;
};

TEST_F(CrashTest, NothingAcknowledgedIsLostOrDoneTwice) {
  ASSERT_NO_FATAL_FAILURE(Found());
  const std::uint64_t rounds = FromEnvironment("TANHUI_CRASH_ROUNDS", kDefaultRounds);
  for (std::uint64_t round = 0; round < rounds && !HasFailure(); ++round) {
    RideAndKill();
    ASSERT_NO_FATAL_FAILURE(Restart());
    ASSERT_NO_FATAL_FAILURE(Check());
  }
  ASSERT_NO_FATAL_FAILURE(CheckEverything());
  std::cout << rounds << " rounds, " << answered_ << " calls, " << deeds() << " requests, "
            << log_size_ << " entries, " << witness_.receipts() << " receipts and "
            << witness_.checkpoints() << " checkpoints kept" << std::endl;
  EXPECT_GT(witness_.receipts(), 0U);
  ExpectAuditPasses();
}

// A new directory whose server dies at its very first start is no trap: the next start goes on.
TEST_F(CrashTest, KilledAtTheFirstStart) {
  constexpr int kTimes = 12;
  for (int i = 0; i < kTimes; ++i) {
    e2e::ServerProcess server;
    server.StartBlindly();
    Pause(0, kLongestStartMillis);
    server.Kill();
    ASSERT_TRUE(server.Start()) << "attempt " << i;
    EXPECT_TRUE(e2e::MakeDemoLedger(Client(server.NewChannel())));
    EXPECT_EQ(server.Stop(), 0);
  }
}

}  // namespace
}  // namespace tanhui::crash
