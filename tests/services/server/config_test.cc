// The configuration file: every wrong key and value is refused with a message that names it.
#include "services/server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tanhui::server {
namespace {

using testing::HasSubstr;

constexpr char kNeeded[] =
    "data_directory = 'data'\ncheckpoint_copy = 'second/checkpoint'\n"
    "signing_key = 'log.key'\npersonal_key = 'personal.key'\n";

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() : directory_((std::filesystem::temp_directory_path() / "tanhui-XXXXXX").string()) {
    EXPECT_NE(mkdtemp(directory_.data()), nullptr);
  }
  ~ConfigTest() override { std::filesystem::remove_all(directory_); }

  absl::StatusOr<Config> Load(const std::string& text) const {
    const std::string path = directory_ + "/tanhuid.toml";
    std::ofstream(path) << text;
    return LoadConfig(path);
  }

  void ExpectRefused(const std::string& text, const std::string& key) const {
    const auto config = Load(text);
    ASSERT_FALSE(config.ok()) << text;
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(config.status().message()), HasSubstr(key)) << text;
  }

  std::string directory_;
};

TEST_F(ConfigTest, PathsAreRelativeToTheFile) {
  const auto config = Load(std::string(kNeeded) + "snapshot_directory = '/elsewhere/./snapshots'");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->engine.data_directory, directory_ + "/data");
  EXPECT_EQ(config->engine.checkpoint_copy, directory_ + "/second/checkpoint");
  EXPECT_EQ(config->signing_key, directory_ + "/log.key");
  EXPECT_EQ(config->personal_key, directory_ + "/personal.key");
  EXPECT_EQ(config->snapshot_directory, "/elsewhere/snapshots");
  EXPECT_EQ(config->listen, "127.0.0.1:7341");
  EXPECT_FALSE(config->trust_loopback);
}

TEST_F(ConfigTest, ValuesAreTaken) {
  const auto config = Load(std::string(kNeeded) +
                           "min_free_mib = 3\nmax_queued_requests = 4\nmax_queued_mib = 5\n"
                           "max_commit_requests = 6\nmax_cached_accounts = 7\n"
                           "max_start_gap_days = 8\nblock_cache_mib = 9\nwrite_buffer_mib = 10\n"
                           "operator = 'city'\ntrust_loopback = true\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->engine.sequencer.min_free_bytes, 3U << 20);
  EXPECT_EQ(config->engine.sequencer.max_queued_commands, 4U);
  EXPECT_EQ(config->engine.sequencer.max_queued_bytes, 5U << 20);
  EXPECT_EQ(config->engine.sequencer.max_commit_commands, 6U);
  EXPECT_EQ(config->engine.sequencer.max_cached_accounts, 7U);
  EXPECT_EQ(config->engine.sequencer.max_start_gap_micros, 8 * kMicrosPerDay);
  EXPECT_EQ(config->engine.store.block_cache_bytes, 9U << 20);
  EXPECT_EQ(config->engine.store.write_buffer_bytes, 10U << 20);
  EXPECT_EQ(config->engine.operator_code, "city");
  EXPECT_TRUE(config->trust_loopback);
}

TEST_F(ConfigTest, NeededKeys) {
  const std::string needed(kNeeded);
  for (const std::string key :
       {"data_directory", "checkpoint_copy", "signing_key", "personal_key"}) {
    const std::size_t at = needed.find(key);
    const std::size_t end = needed.find('\n', at);
    ExpectRefused(needed.substr(0, at) + needed.substr(end + 1), key);
    ExpectRefused(needed.substr(0, at) + key + " = ''" + needed.substr(end), key);
  }
}

TEST_F(ConfigTest, UnknownKeys) {
  ExpectRefused(std::string(kNeeded) + "min_free_mb = 5", "min_free_mb");
  ExpectRefused(std::string(kNeeded) + "[server]\nlisten = 'x'", "server");
}

TEST_F(ConfigTest, ValuesOfWrongType) {
  for (const std::string key : {"listen", "snapshot_directory", "operator"}) {
    ExpectRefused(std::string(kNeeded) + key + " = 5", key);
    ExpectRefused(std::string(kNeeded) + key + " = ['x']", key);
  }
  ExpectRefused(std::string(kNeeded) + "trust_loopback = 'yes'", "trust_loopback");
  for (const std::string key :
       {"min_free_mib", "max_queued_requests", "max_queued_mib", "max_commit_requests",
        "max_cached_accounts", "max_start_gap_days", "block_cache_mib", "write_buffer_mib"}) {
    for (const std::string value : {"'5'", "0", "-1", "1.5", "9223372036854775807", "[5]"}) {
      ExpectRefused(std::string(kNeeded) + key + " = " + value, key);
    }
  }
}

TEST_F(ConfigTest, SecretsAndTheSecondPlaceLieOutsideTheData) {
  for (const std::string key : {"checkpoint_copy", "personal_key"}) {
    for (const std::string data : {"data", "data/", "./data/.", "x/../data"}) {
      for (const std::string inside : {"data/it", "./data/deep/it", "other/../data/it", "data"}) {
        std::string text(kNeeded);
        text.replace(text.find("'data'"), 6, "'" + data + "'");
        const std::size_t at = text.find(key);
        text.replace(at, text.find('\n', at) - at, key + " = '" + inside + "'");
        ExpectRefused(text, key);
      }
    }
  }
  // A neighbour whose name begins alike is outside.
  std::string text(kNeeded);
  text.replace(text.find("second/"), 7, "data-2/");
  EXPECT_TRUE(Load(text).ok());
}

TEST_F(ConfigTest, TrustIsForLoopbackOnly) {
  const auto with = [](const std::string& listen) {
    return std::string(kNeeded) + "trust_loopback = true\nlisten = '" + listen + "'\n";
  };
  for (const std::string listen : {"127.0.0.1:0", "127.8.9.1:5", "localhost:1", "[::1]:1"}) {
    EXPECT_TRUE(Load(with(listen)).ok()) << listen;
  }
  for (const std::string listen : {"0.0.0.0:0", "[::]:0", "192.168.1.2:1", "example.com:1",
                                   "127.example.com:1", "localhost.example.com:1", ":1", ""}) {
    ExpectRefused(with(listen), "trust_loopback");
  }
  EXPECT_TRUE(Load(std::string(kNeeded) + "listen = '0.0.0.0:0'").ok());
}

TEST_F(ConfigTest, Callers) {
  const std::string hash(64, 'a');
  const auto with = [](const std::string& lines) {
    return std::string(kNeeded) + "[[callers]]\n" + lines;
  };
  const auto config = Load(
      with("participant = 'p'\ntoken_sha256 = '" + hash + "'\nroles = ['platform', 'auditor']"));
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->callers.size(), 1U);
  EXPECT_EQ(config->callers[0].second.participant, "p");
  EXPECT_TRUE(config->callers[0].second.roles.Has(rpc::Role::kPlatform));
  EXPECT_TRUE(config->callers[0].second.roles.Has(rpc::Role::kAuditor));
  EXPECT_FALSE(config->callers[0].second.roles.Has(rpc::Role::kAdmin));

  const std::string who = "participant = 'p'\n";
  const std::string token = "token_sha256 = '" + hash + "'\n";
  const std::string roles = "roles = ['admin']\n";
  for (const auto& [lines, named] : std::vector<std::pair<std::string, std::string>>{
           {token + roles, "participant"},
           {who + roles, "token_sha256"},
           {who + token, "roles"},
           {who + token + "roles = []", "roles"},
           {who + token + "roles = 'admin'", "roles"},
           {who + token + "roles = ['Admin']", "roles"},
           {who + token + "roles = [1]", "roles"},
           {who + roles + "token_sha256 = '" + hash.substr(1) + "'", "token_sha256"},
           {who + roles + "token_sha256 = '" + std::string(64, 'A') + "'", "token_sha256"},
           {who + roles + "token_sha256 = '" + std::string(64, 'g') + "'", "token_sha256"},
       }) {
    ExpectRefused(with(lines), "callers");
    ExpectRefused(with(lines), named);
  }
  ExpectRefused(std::string(kNeeded) + "callers = 'x'", "callers");
  ExpectRefused(std::string(kNeeded) + "callers = ['x']", "callers");
}

TEST_F(ConfigTest, BrokenFiles) {
  ExpectRefused(std::string(kNeeded) + "listen = ", "tanhuid.toml:5");
  ExpectRefused("data_directory = 'a'\ndata_directory = 'b'", "tanhuid.toml:2");
  const auto missing = LoadConfig(directory_ + "/nothing.toml");
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("nothing.toml"));
}

// The file that is shipped as the example holds every default.
TEST_F(ConfigTest, Peers) {
  const std::string own =
      std::string(kNeeded) +
      "peer_listen = '127.0.0.1:0'\npeer_certificate = 'peer.crt'\npeer_private_key = 'peer.key'\n";
  const std::string peer =
      "[[peers]]\nlog = 'cd.example/log'\naddress = 'cd.example:7342'\n"
      "certificate = 'cd.crt'\nserver_name = 'cd.example'\n";
  const auto config = Load(own + peer);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->peers.listen, "127.0.0.1:0");
  EXPECT_EQ(config->peers.private_key, directory_ + "/peer.key");
  ASSERT_EQ(config->peers.peers.size(), 1U);
  EXPECT_EQ(config->peers.peers[0].log, "cd.example/log");
  EXPECT_EQ(config->peers.peers[0].certificate, directory_ + "/cd.crt");
  EXPECT_TRUE(Load(own).ok()) << "heard by nobody yet";

  ExpectRefused(std::string(kNeeded) + peer, "peer_listen");
  ExpectRefused(std::string(kNeeded) + "peer_listen = '127.0.0.1:0'\n", "peer_certificate");
  ExpectRefused(own + "[[peers]]\nlog = 'cd.example/log'\n", "server_name");
  ExpectRefused(own + peer + "adress = 'x'\n", "adress");
  ExpectRefused(own + "peers = 3\n", "peers");
  std::string inside = own;
  inside.replace(inside.find("'peer.key'"), 10, "'data/peer.key'");
  ExpectRefused(inside, "peer_private_key");
}

TEST_F(ConfigTest, TheFilesOfPeersAreCertificates) {
  const std::string certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const auto write = [this](const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name) << text;
  };
  const auto config = Load(std::string(kNeeded) +
                           "peer_listen = '127.0.0.1:0'\npeer_certificate = 'own.crt'\n"
                           "peer_private_key = 'own.key'\n[[peers]]\nlog = 'cd'\naddress = 'a'\n"
                           "certificate = 'cd.crt'\nserver_name = 'cd'\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(std::string(ReadPeerFiles(config->peers).status().message()),
              HasSubstr("peer_certificate"));
  write("own.crt", certificate);
  write("own.key", "key");
  write("cd.crt", "no certificate");
  EXPECT_THAT(std::string(ReadPeerFiles(config->peers).status().message()), HasSubstr("cd.crt"));
  write("cd.crt", "a comment\n" + certificate);
  const auto files = ReadPeerFiles(config->peers);
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->endpoints[0].certificate, certificate);
  write("cd.crt", certificate + certificate);
  EXPECT_FALSE(ReadPeerFiles(config->peers).ok()) << "which of the two?";
}

TEST_F(ConfigTest, TheShippedFileLoads) {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  if (source == nullptr) {
    GTEST_SKIP() << "TANHUI_SOURCE_DIR is not set";
  }
  const auto config = LoadConfig(std::string(source) + "/deploy/tanhuid.toml");
  ASSERT_TRUE(config.ok()) << config.status();
  const Config defaults;
  EXPECT_EQ(config->listen, defaults.listen);
  EXPECT_EQ(config->trust_loopback, defaults.trust_loopback);
  EXPECT_EQ(config->engine.operator_code, defaults.engine.operator_code);
  const auto& shipped = config->engine.sequencer;
  const auto& built_in = defaults.engine.sequencer;
  EXPECT_EQ(shipped.max_queued_commands, built_in.max_queued_commands);
  EXPECT_EQ(shipped.max_queued_bytes, built_in.max_queued_bytes);
  EXPECT_EQ(shipped.max_commit_commands, built_in.max_commit_commands);
  EXPECT_EQ(shipped.max_cached_accounts, built_in.max_cached_accounts);
  EXPECT_EQ(shipped.min_free_bytes, built_in.min_free_bytes);
  EXPECT_EQ(shipped.max_start_gap_micros, built_in.max_start_gap_micros);
  EXPECT_EQ(config->engine.store.block_cache_bytes, defaults.engine.store.block_cache_bytes);
  EXPECT_EQ(config->engine.store.write_buffer_bytes, defaults.engine.store.write_buffer_bytes);
  EXPECT_EQ(config->cases.keep_micros, defaults.cases.keep_micros);
  const watch::WatchOptions& watched = config->cases.watch;
  const watch::WatchOptions& by_default = defaults.cases.watch;
  EXPECT_EQ(watched.citizen_acts.most, by_default.citizen_acts.most);
  EXPECT_EQ(watched.device_acts.most, by_default.device_acts.most);
  EXPECT_EQ(watched.caller_acts.most, by_default.caller_acts.most);
  EXPECT_EQ(watched.device_citizens.most, by_default.device_citizens.most);
  EXPECT_EQ(watched.cap_refusals.most, by_default.cap_refusals.most);
  EXPECT_EQ(watched.travel_micros, by_default.travel_micros);
  const watch::CouponWatchOptions& coupons = config->cases.coupons;
  const watch::CouponWatchOptions& coupons_by_default = defaults.cases.coupons;
  EXPECT_EQ(coupons.split.most, coupons_by_default.split.most);
  EXPECT_EQ(coupons.group.most, coupons_by_default.group.most);
  EXPECT_EQ(coupons.code_devices.most, coupons_by_default.code_devices.most);
  EXPECT_EQ(coupons.device_citizens.most, coupons_by_default.device_citizens.most);
}

}  // namespace
}  // namespace tanhui::server
