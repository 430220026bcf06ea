#include "services/server/config.h"

#include <toml++/toml.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "services/rpc/draft.h"

namespace tanhui::server {
namespace {

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kMaxCount = 1'000'000'000;

absl::Status Invalid(std::string_view key, std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("configuration key ", std::string(key), ": ", std::string(problem)));
}

using Reader = std::function<absl::Status(const toml::node&)>;

Reader Text(std::string& out) {
  return [&out](const toml::node& node) {
    const auto value = node.value<std::string>();
    out = value.value_or("");
    return value.has_value() ? absl::OkStatus() : absl::InvalidArgumentError("it takes a text");
  };
}

// One spelling for each path, without a slash at its end, so that paths can be compared.
std::string Normal(const std::filesystem::path& path) {
  const std::filesystem::path normal = path.lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).string();
}

Reader Path(std::string& out, const std::filesystem::path& base) {
  return [&out, base](const toml::node& node) {
    const absl::Status status = Text(out)(node);
    out = out.empty() ? out : Normal(base / out);
    return status;
  };
}

Reader Flag(bool& out) {
  return [&out](const toml::node& node) {
    const auto value = node.value<bool>();
    out = value.value_or(false);
    return value.has_value() ? absl::OkStatus()
                             : absl::InvalidArgumentError("it takes true or false");
  };
}

// A whole number from `low` to `high`, given on in units of `unit`.
template <typename Int>
Reader Whole(Int& out, std::int64_t low, std::int64_t high, std::int64_t unit = 1) {
  return [&out, low, high, unit](const toml::node& node) {
    const auto value = node.value<std::int64_t>();
    if (!value.has_value() || *value < low || *value > high) {
      return absl::InvalidArgumentError(
          absl::StrCat("it takes a whole number from ", low, " to ", high));
    }
    out = static_cast<Int>(*value * unit);
    return absl::OkStatus();
  };
}

std::optional<Hash256> ParseHash(std::string_view text) {
  const auto high = text.size() == 64 ? rpc::ParseHex16(text.substr(0, 32)) : std::nullopt;
  const auto low = text.size() == 64 ? rpc::ParseHex16(text.substr(32)) : std::nullopt;
  return high && low ? std::optional(Hash256::FromView(*high + *low)) : std::nullopt;
}

absl::Status ReadCaller(const toml::table& table, Config& config) {
  rpc::CallerConfig caller;
  caller.participant = table["participant"].value_or(std::string());
  const auto hash = ParseHash(table["token_sha256"].value_or(std::string()));
  if (caller.participant.empty() || !hash.has_value()) {
    return absl::InvalidArgumentError(
        "each caller needs participant and token_sha256 (64 lower-case hexadecimal digits)");
  }
  const toml::array* roles = table["roles"].as_array();
  if (roles == nullptr || roles->empty()) {
    return absl::InvalidArgumentError("each caller needs roles");
  }
  for (const toml::node& node : *roles) {
    const auto role = rpc::ParseRole(node.value_or(std::string()));
    if (!role.has_value()) {
      return absl::InvalidArgumentError(
          "roles are admin, platform, grantor, auditor, settlement, approver, accountant and city");
    }
    caller.roles.Add(*role);
  }
  for (const auto& [other, config_of_other] : config.callers) {
    if (other == *hash) {
      return absl::InvalidArgumentError("two callers have the same token_sha256");
    }
  }
  config.callers.emplace_back(*hash, std::move(caller));
  return absl::OkStatus();
}

// Tables of one key, such as [[callers]].
Reader Tables(std::function<absl::Status(const toml::table&)> read) {
  return [read = std::move(read)](const toml::node& node) {
    const toml::array* rows = node.as_array();
    if (rows == nullptr) {
      return absl::InvalidArgumentError("it takes tables in double brackets");
    }
    for (const toml::node& row : *rows) {
      const toml::table* table = row.as_table();
      absl::Status status =
          table == nullptr ? absl::InvalidArgumentError("it takes tables") : read(*table);
      if (!status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  };
}

absl::Status ReadPeer(const toml::table& table, const std::filesystem::path& base,
                      PeerConfig& peers) {
  PeerConfig::Row row;
  const std::map<std::string, Reader, std::less<>> readers = {
      {"log", Text(row.log)},
      {"address", Text(row.address)},
      {"certificate", Path(row.certificate, base)},
      {"server_name", Text(row.server_name)},
  };
  for (const auto& [key, node] : table) {
    const auto reader = readers.find(std::string_view(key.str()));
    if (reader == readers.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(std::string(key.str()), " is not known; see deploy/tanhuid.toml"));
    }
    if (absl::Status status = reader->second(node); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(std::string(key.str()), ": ", status.message()));
    }
  }
  peers.peers.push_back(std::move(row));
  return absl::OkStatus();
}

std::map<std::string, Reader, std::less<>> Readers(Config& config,
                                                   const std::filesystem::path& base) {
  sequencer::EngineOptions& engine = config.engine;
  sequencer::SequencerOptions& sequencer = engine.sequencer;
  return {
      {"listen", Text(config.listen)},
      {"data_directory", Path(engine.data_directory, base)},
      {"checkpoint_copy", Path(engine.checkpoint_copy, base)},
      {"signing_key", Path(config.signing_key, base)},
      {"personal_key", Path(config.personal_key, base)},
      {"evidence_keys", Path(config.evidence_keys, base)},
      {"snapshot_directory", Path(config.snapshot_directory, base)},
      {"operator", Text(engine.operator_code)},
      {"trust_loopback", Flag(config.trust_loopback)},
      {"min_free_mib", Whole(sequencer.min_free_bytes, 1, 1 << 30, kMiB)},
      {"max_queued_requests", Whole(sequencer.max_queued_commands, 1, 10'000'000)},
      {"max_queued_mib", Whole(sequencer.max_queued_bytes, 1, 65'536, kMiB)},
      {"max_commit_requests", Whole(sequencer.max_commit_commands, 1, 65'536)},
      {"max_cached_accounts", Whole(sequencer.max_cached_accounts, 1, 1'000'000'000)},
      {"max_start_gap_days", Whole(sequencer.max_start_gap_micros, 1, 3'650, kMicrosPerDay)},
      {"block_cache_mib", Whole(engine.store.block_cache_bytes, 8, 1 << 20, kMiB)},
      {"write_buffer_mib", Whole(engine.store.write_buffer_bytes, 1, 4'096, kMiB)},
      {"case_days", Whole(config.cases.keep_micros, 1, 3'650, kMicrosPerDay)},
      {"watch_citizen_acts_per_hour", Whole(config.cases.watch.citizen_acts.most, 0, kMaxCount)},
      {"watch_device_acts_per_hour", Whole(config.cases.watch.device_acts.most, 0, kMaxCount)},
      {"watch_caller_acts_per_hour", Whole(config.cases.watch.caller_acts.most, 0, kMaxCount)},
      {"watch_device_citizens_per_day",
       Whole(config.cases.watch.device_citizens.most, 0, kMaxCount)},
      {"watch_cap_refusals_per_week", Whole(config.cases.watch.cap_refusals.most, 0, kMaxCount)},
      {"watch_coupon_uses_per_10_minutes",
       Whole(config.cases.coupons.split.most, 0, watch::kMostWatched)},
      {"watch_coupon_group_uses_per_day",
       Whole(config.cases.coupons.group.most, 0, watch::kMostOfGroup)},
      {"watch_coupon_devices_per_day",
       Whole(config.cases.coupons.code_devices.most, 0, watch::kMostWatched)},
      {"watch_device_coupon_citizens_per_hour",
       Whole(config.cases.coupons.device_citizens.most, 0, watch::kMostWatched)},
      {"watch_travel_minutes", Whole(config.cases.watch.travel_micros, 0, 1'440, kMicrosPerMinute)},
      {"callers", Tables([&config](const auto& table) { return ReadCaller(table, config); })},
      {"peer_listen", Text(config.peers.listen)},
      {"peer_certificate", Path(config.peers.certificate, base)},
      {"peer_private_key", Path(config.peers.private_key, base)},
      {"peers",
       Tables([&config, base](const auto& table) { return ReadPeer(table, base, config.peers); })},
  };
}

bool IsLoopback(std::string_view listen) {
  const std::string_view host = listen.substr(0, listen.rfind(':'));
  // Digits and dots: 127.example.com is a name, and may be anywhere.
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

absl::Status Validate(const Config& config) {
  const std::pair<std::string_view, const std::string*> needed[] = {
      {"data_directory", &config.engine.data_directory},
      {"checkpoint_copy", &config.engine.checkpoint_copy},
      {"signing_key", &config.signing_key},
      {"personal_key", &config.personal_key},
  };
  for (const auto& [key, value] : needed) {
    if (value->empty()) {
      return Invalid(key, "it is needed and missing");
    }
  }
  const std::string inside = config.engine.data_directory + "/";
  const std::pair<std::string_view, const std::string*> outside[] = {
      {"checkpoint_copy", &config.engine.checkpoint_copy},
      {"personal_key", &config.personal_key},
      {"evidence_keys", &config.evidence_keys},
      {"signing_key", &config.signing_key},
      {"peer_private_key", &config.peers.private_key},
  };
  for (const auto& [key, path] : outside) {
    if ((*path + "/").starts_with(inside)) {
      return Invalid(key,
                     "it must lie outside data_directory: it protects against the loss, and the "
                     "copying, of that very directory");
    }
  }
  if (config.trust_loopback && !IsLoopback(config.listen)) {
    return Invalid("trust_loopback", "it is for servers that listen on loopback only");
  }
  return Validate(config.peers);
}

}  // namespace

absl::StatusOr<Config> LoadConfig(const std::string& path) {
  Config config;
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ":", error.source().begin.line, ": ", std::string(error.description())));
  }
  const std::filesystem::path base =
      std::filesystem::absolute(std::filesystem::path(path)).parent_path();
  config.evidence_keys = Normal(base / "evidence.keys");
  const auto readers = Readers(config, base);
  for (const auto& [key, node] : table) {
    const auto reader = readers.find(std::string_view(key.str()));
    if (reader == readers.end()) {
      return Invalid(key.str(), "it is not known; see deploy/tanhuid.toml");
    }
    if (absl::Status status = reader->second(node); !status.ok()) {
      return Invalid(key.str(), std::string(status.message()));
    }
  }
  absl::Status status = Validate(config);
  return status.ok() ? absl::StatusOr<Config>(std::move(config)) : status;
}

}  // namespace tanhui::server
