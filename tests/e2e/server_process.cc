#include "tests/e2e/server_process.h"

#include <grpcpp/create_channel.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/signer.h"

namespace tanhui::e2e {
namespace {

constexpr auto kLook = std::chrono::milliseconds(5);
constexpr int kMaxLooks = 12'000;  // a minute: far more than any start takes
constexpr auto kStopTime = std::chrono::minutes(1);

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  Check(file.good(), "a file cannot be written: " + path);
}

std::string CallerToml(const TokenCaller& caller) {
  const Hash256 hash = merkle::Sha256(caller.token);
  return absl::StrCat("[[callers]]\nparticipant = \"", caller.participant, "\"\ntoken_sha256 = \"",
                      absl::BytesToHexString({hash.view().data(), hash.view().size()}),
                      "\"\nroles = [\"", absl::StrJoin(caller.roles, "\", \""), "\"]\n");
}

std::string ConfigToml(const ServerOptions& options) {
  std::string out = absl::StrCat(
      "listen = \"127.0.0.1:0\"\ndata_directory = \"data\"\n"
      "checkpoint_copy = \"second-place/checkpoint\"\nsigning_key = \"log.key\"\n"
      "personal_key = \"personal.key\"\nsnapshot_directory = \"snapshots\"\n"
      "trust_loopback = ",
      options.trust_loopback ? "true" : "false", "\n");
  if (options.more_toml.find("min_free_mib") == std::string::npos) {
    out += "min_free_mib = 16\n";
  }
  absl::StrAppend(&out, options.more_toml, "\n");
  for (const TokenCaller& caller : options.callers) {
    out += CallerToml(caller);
  }
  return out;
}

}  // namespace

ServerProcess::ServerProcess(const ServerOptions& options)
    : options_(options), directory_(NewDirectory()) {
  const auto seed = signing::GenerateEd25519Seed();
  Check(seed.ok(), "no random seed");
  const auto key = signing::FormatPrivateKey(options.log, *seed);
  Check(key.ok(), "the private key cannot be formatted");
  const auto signer = signing::ParsePrivateKey(*key);
  Check(signer.ok(), "the private key cannot be read back");
  auto verifier = signing::ParseVerifierKey(signing::FormatVerifierKey(*signer));
  Check(verifier.ok(), "the verifier key cannot be read back");
  verifiers_.push_back(*std::move(verifier));
  std::filesystem::create_directory(directory_ + "/second-place");
  std::filesystem::create_directory(directory_ + "/snapshots");
  WriteText(directory_ + "/log.key", *key + "\n");
  WriteText(config_path(), ConfigToml(options));
}

ServerProcess::~ServerProcess() {
  process_.reset();
  std::filesystem::remove_all(directory_);
}

void ServerProcess::StartBlindly() {
  Check(process_ == nullptr, "the server runs already");
  std::filesystem::remove(directory_ + "/address");
  process_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{ProgramPath("tanhuid"), "--config", config_path(), "--address-file",
                               directory_ + "/address"},
      directory_ + "/output");
}

testing::AssertionResult ServerProcess::Start() {
  const std::size_t said_before = Output().size();
  StartBlindly();
  for (int look = 0; look < kMaxLooks; ++look) {
    // The file appears whole: it is renamed into its place.
    address_ = ReadWholeFile(directory_ + "/address");
    if (address_.ends_with('\n')) {
      address_.pop_back();
      return testing::AssertionSuccess();
    }
    if (process_->Wait(kLook).has_value()) {
      break;
    }
  }
  process_.reset();
  return testing::AssertionFailure() << "tanhuid did not start:\n" << Output().substr(said_before);
}

void ServerProcess::Kill() { process_.reset(); }

testing::AssertionResult ServerProcess::ChangeCallers(std::vector<TokenCaller> callers) {
  Check(process_ != nullptr, "no server runs");
  options_.callers = std::move(callers);
  WriteText(config_path(), ConfigToml(options_));
  const std::size_t said_before = Output().size();
  process_->Signal(SIGHUP);
  for (int look = 0; look < kMaxLooks && !process_->Wait(kLook).has_value(); ++look) {
    if (Output().find("the callers were read again", said_before) != std::string::npos) {
      return testing::AssertionSuccess();
    }
  }
  return testing::AssertionFailure() << "tanhuid did not read its callers again:\n"
                                     << Output().substr(said_before);
}

void ServerProcess::AskToStop() {
  Check(process_ != nullptr, "no server runs");
  process_->Signal(SIGTERM);
}

int ServerProcess::Stop() {
  AskToStop();
  const auto status = process_->Wait(kStopTime);
  process_.reset();
  return status.value_or(-1);
}

std::shared_ptr<grpc::Channel> ServerProcess::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Room for requests that the server must refuse itself, and for its longest answers.
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace tanhui::e2e
