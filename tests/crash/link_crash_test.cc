// A real tanhuid is killed while codes are being used for links, two requests racing for each code.
// A code is marked as used before the log has the link: whatever the kill came between, after the
// restart each code has led to no link yet and leads to one now, or has led to one and leads to no
// other.
//
//   TANHUI_CRASH_SEED    the seed that an earlier run printed
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/server_process.h"

namespace tanhui::crash {
namespace {

using e2e::Client;

constexpr std::size_t kPairs = 8;  // of threads; both of a pair want the same codes
constexpr std::size_t kSides = 2;
constexpr std::size_t kCodes = 48;  // of a round
constexpr int kMostRounds = 40;
constexpr int kFewestRounds = 6;
// So often a kill has to have come between a mark and its link.
constexpr int kWanted = 3;

struct Attempt {
  v1::LinkRequest request;
  // Each written by one thread, read when it has ended.
  bool answered = false;
  bool linked = false;
  std::uint64_t entry = 0;
};

struct Code {
  std::string text;
  std::array<Attempt, kSides> attempts;
};

e2e::ServerOptions WithPlatforms() {
  e2e::ServerOptions options;
  options.callers = {{"platform-a", "token of a", {"platform"}},
                     {"platform-b", "token of b", {"platform"}}};
  return options;
}

class LinkCrashTest : public testing::Test {
 protected:
  LinkCrashTest() : server_(WithPlatforms()) {
    const char* seed = std::getenv("TANHUI_CRASH_SEED");
    const std::uint64_t number =
        seed == nullptr ? std::random_device()() : std::strtoull(seed, nullptr, 10);
    random_.seed(number);
    std::cout << "TANHUI_CRASH_SEED=" << number << std::endl;
  }

  Client Connect(const std::string& token = {}) const {
    return Client(server_.NewChannel(), token);
  }

  // One code for an account of its own, and two that want it.
  Code MakeCode(const Client& owner) {
    const std::string user = absl::StrCat("owner-", ++made_);
    v1::CreateLinkCodeRequest create;
    create.set_account(e2e::OpenCitizen(owner, user));
    const auto code = owner.Call(&e2e::LinksStub::CreateLinkCode, create);
    EXPECT_TRUE(code.ok()) << code.status.error_message();
    Code made{code.response.code(), {}};
    for (std::size_t side = 0; side < kSides; ++side) {
      v1::LinkRequest& request = made.attempts[side].request;
      request.set_request_id(absl::StrCat("link-", made_, "-", side));
      request.set_platform_user_id(absl::StrCat("user-", made_, "-", side));
      request.set_code(made.text);
      *request.mutable_consent_time() = e2e::SecondsFromNow(-1);
    }
    return made;
  }

  // Two threads a pair use its codes until the server is killed, which is after some answers.
  void UseAndKill(std::vector<Code>& codes) {
    const std::uint64_t answers = 2 + random_() % (kCodes - 2);
    std::atomic<std::uint64_t> answered = 0;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kPairs * kSides; ++i) {
      threads.emplace_back([i, &codes, &answered, client = Connect("token of b")] {
        for (std::size_t at = i / kSides; at < codes.size(); at += kPairs) {
          Attempt& attempt = codes[at].attempts[i % kSides];
          const auto answer = client.Call(&e2e::LinksStub::Link, attempt.request);
          attempt.linked = answer.ok();
          attempt.entry = answer.response.entry_index();
          attempt.answered = answer.ok() || !answer.reason().empty();
          if (!attempt.answered) {
            return;
          }
          EXPECT_TRUE(answer.ok() || answer.reason() == "LINK_CODE_USED") << answer.reason();
          ++answered;
          answered.notify_all();
        }
      });
    }
    for (std::uint64_t seen = answered; seen < answers; seen = answered) {
      answered.wait(seen);
    }
    server_.Kill();
    for (std::thread& thread : threads) {
      thread.join();
    }
  }

  // Request id → index, of all links.
  std::map<std::string, std::uint64_t> LinksOfTheLog() const {
    std::map<std::string, std::uint64_t> links;
    const Client client = Connect();
    v1::ListLogEntriesRequest request;
    request.set_page_size(1'000);
    do {
      const auto page = client.Call(&e2e::LogStub::ListLogEntries, request);
      EXPECT_TRUE(page.ok()) << page.status.error_message();
      for (const v1::LogEntry& entry : page.response.entries()) {
        if (entry.request_id().starts_with("link-")) {
          EXPECT_TRUE(links.emplace(entry.request_id(), entry.index()).second)
              << "twice in the log: " << entry.request_id();
        }
      }
      request.set_page_token(page.response.next_page_token());
    } while (!request.page_token().empty());
    return links;
  }

  // Whether a third request is told that the code is used; it uses nothing up.
  static bool IsMarked(const Client& client, const Code& code) {
    v1::LinkRequest request = code.attempts[0].request;
    request.set_request_id("probe");
    request.set_platform_user_id("probe");
    request.set_validate_only(true);
    const auto answer = client.Call(&e2e::LinksStub::Link, request);
    EXPECT_TRUE(answer.ok() || answer.reason() == "LINK_CODE_USED") << answer.reason();
    return !answer.ok();
  }

  // After the restart, before anything is repeated. Counts what the kill came between.
  void CheckKept(const Code& code, const std::map<std::string, std::uint64_t>& links,
                 const Client& client) {
    std::size_t linked = 0;
    for (const Attempt& attempt : code.attempts) {
      const auto found = links.find(attempt.request.request_id());
      linked += found == links.end() ? 0 : 1;
      if (attempt.linked) {
        ASSERT_NE(found, links.end()) << "an answered link is lost";
        EXPECT_EQ(found->second, attempt.entry);
      } else {
        EXPECT_FALSE(attempt.answered && found != links.end()) << "refused, and yet linked";
      }
    }
    ASSERT_LE(linked, 1U) << "one code led to two links";
    const bool marked = IsMarked(client, code);
    EXPECT_TRUE(marked || linked == 0) << "a code that led to a link can be used again";
    between_ += marked && linked == 0 ? 1 : 0;
  }

  // Both try again, in any order: one has the link, and keeps it.
  void CheckRepeats(const Code& code, const std::map<std::string, std::uint64_t>& links,
                    const Client& client) {
    std::size_t linked = 0;
    const std::size_t first = random_() % kSides;
    for (std::size_t i = 0; i < kSides; ++i) {
      const Attempt& attempt = code.attempts[(first + i) % kSides];
      const auto answer = client.Call(&e2e::LinksStub::Link, attempt.request);
      linked += answer.ok() ? 1 : 0;
      if (!answer.ok()) {
        EXPECT_EQ(answer.reason(), "LINK_CODE_USED");
        EXPECT_FALSE(attempt.linked);
      }
      const auto before = links.find(attempt.request.request_id());
      if (before != links.end()) {
        EXPECT_TRUE(answer.response.replayed());
        EXPECT_EQ(answer.response.entry_index(), before->second);
      }
      v1::GetAccountRequest read;
      read.set_platform_user_id(attempt.request.platform_user_id());
      read.set_asset("assets/points");
      EXPECT_EQ(client.Call(&e2e::AccountsStub::GetAccount, read).ok(), answer.ok());
    }
    EXPECT_EQ(linked, 1U) << "a code that leads nowhere, or to two links";
    EXPECT_TRUE(IsMarked(client, code));
  }

  std::mt19937_64 random_;
  e2e::ServerProcess server_;
  int made_ = 0;
  int between_ = 0;
};

TEST_F(LinkCrashTest, ACodeLeadsToOneLink) {
  ASSERT_TRUE(server_.Start());
  ASSERT_TRUE(e2e::MakeDemoLedger(Connect()));
  int round = 0;
  while (round < kMostRounds && (round < kFewestRounds || between_ < kWanted) && !HasFailure()) {
    ++round;
    std::vector<Code> codes;
    const Client owner = Connect("token of a");
    for (std::size_t i = 0; i < kCodes; ++i) {
      codes.push_back(MakeCode(owner));
    }
    UseAndKill(codes);
    ASSERT_TRUE(server_.Start());
    const Client client = Connect("token of b");
    const auto links = LinksOfTheLog();
    for (const Code& code : codes) {
      ASSERT_NO_FATAL_FAILURE(CheckKept(code, links, client));
    }
    for (const Code& code : codes) {
      CheckRepeats(code, links, client);
    }
    EXPECT_EQ(LinksOfTheLog().size(), static_cast<std::size_t>(made_)) << "one for each code";
  }
  std::cout << round << " rounds, " << made_ << " codes, " << between_
            << " kills between a mark and its link" << std::endl;
  EXPECT_GE(between_, kWanted) << "this test did not meet what it is for";
}

}  // namespace
}  // namespace tanhui::crash
