// The program as a whole: usage, exit status, what goes over the wire, offline commands.
#include "services/cli/command_line.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/cli/client/connection.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/client/whole_file.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::StartsWith;

struct Ran {
  int exit_code = 0;
  std::string out;
  std::string err;
};

Ran Tanhui(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tanhui");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(argument.c_str());
  }
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Ran ran;
  ran.exit_code = RunCommandLine(static_cast<int>(argv.size()), argv.data());
  ran.out = testing::internal::GetCapturedStdout();
  ran.err = testing::internal::GetCapturedStderr();
  return ran;
}

// A fresh folder for one test, made the working directory until the test ends.
class InFolder : public testing::Test {
 protected:
  InFolder() : before_(std::filesystem::current_path()) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / (std::string("tanhui-cli-") + test->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::filesystem::current_path(folder);
  }
  ~InFolder() override { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

const std::vector<std::vector<std::string>> kCommands = {{"scheme", "create"},
                                                         {"participant", "create"},
                                                         {"asset", "create"},
                                                         {"budget", "create"},
                                                         {"budget", "fund"},
                                                         {"budget", "show"},
                                                         {"account", "open"},
                                                         {"account", "open-many"},
                                                         {"account", "show"},
                                                         {"account", "entries"},
                                                         {"award"},
                                                         {"award-batch"},
                                                         {"redeem"},
                                                         {"transfer"},
                                                         {"case", "list"},
                                                         {"case", "show"},
                                                         {"case", "decide"},
                                                         {"case", "freeze"},
                                                         {"case", "reverse"},
                                                         {"case", "export"},
                                                         {"outcome"},
                                                         {"cancel"},
                                                         {"checkpoint"},
                                                         {"receipt"},
                                                         {"consistency"},
                                                         {"entry"},
                                                         {"log"},
                                                         {"status"},
                                                         {"clock", "confirm"},
                                                         {"snapshot"},
                                                         {"import"},
                                                         {"day"},
                                                         {"keygen"},
                                                         {"verify"}};

TEST(Help, EveryCommandShowsAnExample) {
  for (std::vector<std::string> command : kCommands) {
    std::string name = "tanhui";
    for (const std::string& word : command) {
      name += " " + word;
    }
    command.emplace_back("--help");
    const Ran ran = Tanhui(command);
    EXPECT_EQ(ran.exit_code, 0) << name;
    EXPECT_THAT(ran.out, HasSubstr("  " + name)) << name;
  }
}

TEST(Usage, WrongOnesExitWith2) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"fly"},
      {"award"},
      {"award", "--user", "u", "--account", "a", "--budget", "b", "--points", "1", "--scenario",
       "s"},
      {"award", "--user", "u", "--budget", "b", "--points", "many", "--scenario", "s"},
      {"award", "--user", "u", "--budget", "b", "--points", "1", "--scenario", "s", "--not-after",
       "soon"},
      {"receipt"},
      {"participant", "create", "x", "--name", "x", "--kind", "king"},
      {"import", "f.csv", "--format", "xlsx", "--budget", "demo"},
      {"import", "f.csv", "--format", "acts", "--budget", "demo", "--receipt-out", "r"},
      {"status", "--token-file", "no/such/file"},
      {"import", "no/such/file.csv", "--format", "acts", "--budget", "demo"},
      {"verify", "no/such/file", "--key", "no/such/key"}};
  for (const std::vector<std::string>& arguments : wrong) {
    const Ran ran = Tanhui(arguments);
    EXPECT_EQ(ran.exit_code, 2) << testing::PrintToString(arguments);
    EXPECT_NE(ran.err, "") << testing::PrintToString(arguments);
  }
}

TEST(Unreachable, ExitsWith3AndSaysWhatToDo) {
  const Ran ran = Tanhui({"status", "--address", "127.0.0.1:1", "--timeout", "5"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.err, HasSubstr("no answer from 127.0.0.1:1"));
  EXPECT_THAT(ran.err, HasSubstr("TANHUI_ADDRESS"));
}

// Answers one award and refuses all others; remembers what came.
class OneAward final : public v1::PointsService::Service {
 public:
  grpc::Status Award(grpc::ServerContext* context, const v1::AwardRequest* request,
                     v1::AwardResponse* response) override {
    last = *request;
    metadata.clear();
    for (const auto& [key, value] : context->client_metadata()) {
      metadata.emplace(std::string(key.data(), key.size()),
                       std::string(value.data(), value.size()));
    }
    if (request->points() <= 27) {
      response->set_entry_index(42);
      response->set_points(request->points());
      response->set_balance(100);
      return grpc::Status::OK;
    }
    google::rpc::ErrorInfo info;
    info.set_reason("INSUFFICIENT_BUDGET");
    info.mutable_metadata()->insert({"available", "27"});
    info.mutable_metadata()->insert({"field", "points"});
    google::rpc::LocalizedMessage localized;
    localized.set_message("预算\n不足");
    google::rpc::Status details;
    details.add_details()->PackFrom(info);
    details.add_details()->PackFrom(localized);
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "too little",
                        details.SerializeAsString());
  }

  v1::AwardRequest last;
  std::multimap<std::string, std::string> metadata;
};

class WithServer : public InFolder {
 protected:
  WithServer() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  ~WithServer() override { server_->Shutdown(); }

  Ran Award(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"award",    "--address", address_,     "--user",    "u1",
                                          "--budget", "demo",      "--scenario", "metro_ride"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Tanhui(arguments);
  }

  OneAward service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(WithServer, AnAwardCarriesItsStamp) {
  ASSERT_TRUE(ReplaceFile("token", "s3cret\n").ok());
  const Ran ran = Award({"--points", "27", "--token-file", "token", "--lang", "zh"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("entry index  42\n"));
  EXPECT_THAT(ran.err, HasSubstr(service_.last.request_id()));
  EXPECT_THAT(service_.last.request_id(),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(service_.last.budget(), "budgets/demo");
  EXPECT_EQ(service_.last.platform_user_id(), "u1");
  const std::int64_t left = FromTimestamp(service_.last.not_after()).value() - WallClock().value();
  EXPECT_NEAR(static_cast<double>(left), static_cast<double>(kMicrosPerDay), 60e6);
  EXPECT_EQ(service_.metadata.find("authorization")->second, "Bearer s3cret");
  EXPECT_EQ(service_.metadata.find("accept-language")->second, "zh-CN");
}

TEST_F(WithServer, OptionsAreTaken) {
  const Ran ran =
      Award({"--points", "5", "--request-id", "mine", "--reference", "till 3", "--dry-run",
             "--act-time", "2025-06-05 08:00:00", "--not-after", "2030-01-01T00:00:00Z", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.err, "a dry run: nothing is written\n");
  const nlohmann::json answer = nlohmann::json::parse(ran.out);
  EXPECT_EQ(answer["entry_index"], "42");
  EXPECT_EQ(answer["replayed"], false);
  EXPECT_EQ(service_.last.request_id(), "mine");
  EXPECT_EQ(service_.last.reference(), "till 3");
  EXPECT_TRUE(service_.last.validate_only());
  EXPECT_EQ(service_.last.act_time().seconds(), 1'749'081'600);
  EXPECT_EQ(service_.last.not_after().seconds(), 1'893'456'000);
}

TEST_F(WithServer, ARefusalIsOneLine) {
  const Ran ran = Award({"--points", "28", "--request-id", "mine"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_EQ(ran.err,
            "tanhui: FAILED_PRECONDITION INSUFFICIENT_BUDGET: 预算 不足; field=points; "
            "available=27\n");
}

TEST_F(InFolder, KeygenMakesASecretOnce) {
  const Ran ran = Tanhui(
      {"keygen", "--name", "example.com/tanhui", "--out", "log.key", "--vkey-out", "log.vkey"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("example.com/tanhui+"));
  EXPECT_EQ(*ReadWholeFile("log.vkey"), ran.out);
  const std::string secret = *ReadWholeFile("log.key");
  EXPECT_THAT(secret, StartsWith("PRIVATE+KEY+example.com/tanhui+"));
  struct stat about {};
  ASSERT_EQ(stat("log.key", &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  const Ran again = Tanhui({"keygen", "--name", "example.com/tanhui", "--out", "log.key"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_EQ(*ReadWholeFile("log.key"), secret);
  EXPECT_EQ(Tanhui({"keygen", "--name", "a name", "--out", "other.key"}).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists("other.key"));
}

TEST_F(InFolder, ADayIsReadWithoutAServer) {
  ASSERT_EQ(Tanhui({"day", "--seed", "7", "--citizens", "100", "--out", "day.csv"}).exit_code, 0);
  const Ran ran =
      Tanhui({"import", "day.csv", "--format", "acts", "--budget", "demo", "--dry-run", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const nlohmann::json totals = nlohmann::json::parse(ran.out);
  EXPECT_GT(totals["awarded"]["metro_ride"], 10);
  EXPECT_THAT(*ReadWholeFile("day.csv.rejects.csv"), StartsWith("line,reason,detail,raw\n"));
}

TEST_F(InFolder, AManifestThatDoesNotFitRefusesTheFile) {
  ASSERT_TRUE(ReplaceFile("acts.csv",
                          "user_id,scenario,act_time,evidence\n"
                          "u,cycling,2025-06-05 08:00:00,e1\n")
                  .ok());
  ASSERT_TRUE(
      ReplaceFile("acts.json", R"({"file_id":"f","lines":2,"sha256":")" + std::string(64, '0') +
                                   R"(","period":{"start":"2025-06-05","end":"2025-06-05"}})")
          .ok());
  const Ran ran = Tanhui({"import", "acts.csv", "--format", "acts", "--budget", "demo",
                          "--manifest", "acts.json", "--dry-run"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("sha256: the manifest says 0000"));
  EXPECT_THAT(ran.err, HasSubstr("lines: the manifest says 2, the file has 1"));
  EXPECT_THAT(ran.err, HasSubstr("nothing was imported"));
  EXPECT_FALSE(std::filesystem::exists("acts.csv.rejects.csv"));
}

TEST_F(InFolder, AMissingColumnRefusesTheFile) {
  ASSERT_TRUE(ReplaceFile("acts.csv", "user_id,scenario\nu,cycling\n").ok());
  const Ran ran =
      Tanhui({"import", "acts.csv", "--format", "acts", "--budget", "demo", "--dry-run"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.err, "tanhui: acts.csv: the header lacks the columns act_time, evidence\n");
}

TEST(RequestStamp, UuidV7) {
  EXPECT_EQ(UuidV7(LedgerTime(1'645'557'742'000'000), "\xCC\xC3\x18\xC4\xDC\x0C\x0C\x07\x39\x8F"),
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");  // the example of RFC 9562, A.6
  EXPECT_NE(NewRequestId(), NewRequestId());
}

TEST(RequestStamp, Times) {
  const LedgerTime now(1'000'000'000'000'000);
  EXPECT_EQ(ParseNotAfter("90s", now)->value() - now.value(), 90 * kMicrosPerSecond);
  EXPECT_EQ(ParseNotAfter("10m", now)->value() - now.value(), 10 * kMicrosPerMinute);
  EXPECT_EQ(ParseNotAfter("24h", now)->value() - now.value(), kMicrosPerDay);
  EXPECT_EQ(ParseNotAfter("7d", now)->value() - now.value(), 7 * kMicrosPerDay);
  EXPECT_EQ(ParseTime("2018-09-01T08:00:00+08:00"), ParseTime("2018-09-01 08:00:00"));
  EXPECT_EQ(ParseTime("2018-09-01T00:00:00.25Z")->value(), 1'535'760'000'250'000);
  for (const char* bad : {"", "10", "m", "-5m", "0h", "10y", "tomorrow", "2018-13-01 00:00:00"}) {
    EXPECT_FALSE(ParseNotAfter(bad, now).ok()) << bad;
  }
}

TEST(Connection, Locale) {
  EXPECT_EQ(LocaleFor("", "zh_CN.UTF-8"), "zh-CN");
  EXPECT_EQ(LocaleFor("", "C"), "en");
  EXPECT_EQ(LocaleFor("en", "zh_CN.UTF-8"), "en");
  EXPECT_EQ(LocaleFor("zh", ""), "zh-CN");
}

}  // namespace
}  // namespace tanhui::cli
