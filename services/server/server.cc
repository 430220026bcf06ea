#include "services/server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "ledger/books/all_books.h"
#include "ledger/signing/key.h"
#include "ledger/store/durable_file.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/draft.h"
#include "services/rpc/services.h"

namespace tanhui::server {
namespace {

// Above our own limit of 4 MiB, so that a request that is too large gets our error, not gRPC's.
constexpr int kMaxMessageBytes = 16 << 20;
constexpr mode_t kSecretMode = 0600;
// Its genesis and its operator.
constexpr std::uint64_t kEntriesOfNewLedger = 2;

absl::StatusOr<signing::NamedSigner> LoadSigningKey(const std::string& path) {
  const auto text = store::ReadFile(path);
  if (!text.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("signing_key: ", text.status().message(),
                     ". Make one: tanhui keygen --name example.com/ledger --out ", path));
  }
  auto key = signing::ParsePrivateKey(*text);
  return key.ok() ? std::move(key)
                  : absl::FailedPreconditionError(
                        absl::StrCat("signing_key ", path, ": ", key.status().message()));
}

// The 32 bytes from which personal look-ups are keyed. A new ledger gets a new key; without its key
// an old ledger could find nobody, so a missing one is refused.
absl::StatusOr<std::string> LoadPersonalKey(const Config& config) {
  const auto text = store::ReadFile(config.personal_key);
  if (text.ok()) {
    const std::string_view hex = std::string_view(*text).substr(0, 64);
    const auto high = rpc::ParseHex16(hex.substr(0, 32));
    const auto low = hex.size() == 64 ? rpc::ParseHex16(hex.substr(32)) : std::nullopt;
    const bool whole = text->size() == 64 || (text->size() == 65 && text->back() == '\n');
    if (!high || !low || !whole) {
      return absl::FailedPreconditionError(absl::StrCat(
          "personal_key ", config.personal_key, " is damaged: it should be 64 hexadecimal digits"));
    }
    return *high + *low;
  }
  if (!absl::IsNotFound(text.status())) {
    return text.status();
  }
  if (std::filesystem::exists(config.engine.data_directory + "/db")) {
    return absl::FailedPreconditionError(
        absl::StrCat("personal_key ", config.personal_key,
                     " is missing, but the ledger exists: without it no "
                     "platform user is found. Restore the file; a new key does not help."));
  }
  auto bytes = signing::RandomBytes(32);
  if (!bytes.ok()) {
    return bytes.status();
  }
  const absl::Status status =
      store::WriteFileDurably(config.personal_key, rpc::Hex(*bytes) + "\n", kSecretMode);
  return status.ok() ? std::move(bytes) : status;
}

// A ledger remembers a hash of its personal key: with another one every user would be a stranger
// and every import would award again.
absl::Status CheckPersonalKey(const Config& config, std::string_view key, std::uint64_t entries) {
  const std::string path = config.engine.data_directory + "/personal-key-check";
  const std::string check =
      rpc::Hex(signing::KeyedHash(key).Of({"tanhui.personal_key_check.v1"}).view()) + "\n";
  const auto stored = store::ReadFile(path);
  if (absl::IsNotFound(stored.status()) && entries <= kEntriesOfNewLedger) {
    return store::WriteFileDurably(path, check);
  }
  if (!stored.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(stored.status().message(), ". Restore it with the rest of the directory."));
  }
  return *stored == check
             ? absl::OkStatus()
             : absl::FailedPreconditionError(absl::StrCat(
                   "personal_key ", config.personal_key, " is not the key of the ledger in ",
                   config.engine.data_directory, ". Give the server the ledger's own key."));
}

// A ledger remembers a hash of the key for ever: under another one every act would be taken again.
absl::StatusOr<std::unique_ptr<rpc::EvidenceKeys>> LoadEvidenceKeys(const Config& config) {
  const std::string path = config.engine.data_directory + "/evidence-keys-check";
  const auto stored = store::ReadFile(path);
  if (!stored.ok() && !absl::IsNotFound(stored.status())) {
    return stored.status();
  }
  auto keys = rpc::EvidenceKeys::Load(config.evidence_keys, !stored.ok());
  if (!keys.ok()) {
    return keys.status();
  }
  const std::string check = (*keys)->Fingerprint() + "\n";
  if (!stored.ok()) {
    const absl::Status written = store::WriteFileDurably(path, check);
    return written.ok() ? std::move(keys) : written;
  }
  return *stored == check
             ? std::move(keys)
             : absl::FailedPreconditionError(absl::StrCat(
                   "evidence_keys ", config.evidence_keys, " are not the keys of the ledger in ",
                   config.engine.data_directory, ". Give the server the ledger's own keys."));
}

}  // namespace

Server::Server(const Config& config) : ledger_(AllBooks()) {
  SetCallers(config);
  if (config.trust_loopback) {
    rpc::CallerConfig anyone{config.engine.operator_code, {}};
    for (const rpc::Role role :
         {rpc::Role::kAdmin, rpc::Role::kPlatform, rpc::Role::kAuditor, rpc::Role::kGrantor,
          rpc::Role::kSettlement, rpc::Role::kApprover, rpc::Role::kAccountant}) {
      anyone.roles.Add(role);
    }
    authenticator_.SetTokenless(std::move(anyone));
  }
}

void Server::SetCallers(const Config& config) {
  rpc::Authenticator::Tokens tokens;
  for (const auto& [hash, caller] : config.callers) {
    tokens.insert_or_assign(hash, caller);
  }
  authenticator_.SetTokens(std::move(tokens));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config) {
  std::unique_ptr<Server> server(new Server(config));
  if (absl::Status status = server->Open(config); !status.ok()) {
    return status;
  }
  if (absl::Status status = server->Listen(config); !status.ok()) {
    return status;
  }
  return server;
}

absl::Status Server::Open(const Config& config) {
  const auto key = LoadSigningKey(config.signing_key);
  if (!key.ok()) {
    return key.status();
  }
  const auto personal_key = LoadPersonalKey(config);
  if (!personal_key.ok()) {
    return personal_key.status();
  }
  sequencer::EngineOptions options = config.engine;
  options.may_be_due = MayBeDue;
  auto engine = sequencer::Engine::Open(options, ledger_, clock_, *key);
  if (!engine.ok()) {
    return engine.status();
  }
  engine_ = *std::move(engine);
  if (absl::Status status = CheckPersonalKey(config, *personal_key, engine_->durable_size());
      !status.ok()) {
    return status;
  }
  secrets_ = std::make_unique<rpc::Secrets>(*personal_key);
  auto evidence_keys = LoadEvidenceKeys(config);
  if (!evidence_keys.ok()) {
    return evidence_keys.status();
  }
  evidence_keys_ = *std::move(evidence_keys);
  if (absl::Status status = DestroyOldKeys(); !status.ok()) {
    return status;
  }
  key_keeper_ = std::jthread([this](const std::stop_token& stop) { KeepKeys(stop); });
  context_.reset(new rpc::Context{*engine_, authenticator_, *secrets_, *evidence_keys_,
                                  config.snapshot_directory});
  signer_.emplace(*key);
  context_->signer = &*signer_;
  OpenUnclaimedActs();
  OpenLinkCodes();
  if (absl::Status status = OpenCaseDesk(config); !status.ok()) {
    return status;
  }
  return OpenCities(config);
}

void Server::OpenUnclaimedActs() {
  const sequencer::Engine& engine = *engine_;
  unclaimed_acts_ = std::make_unique<rpc::UnclaimedActs>(
      rpc::UnclaimedOptions(), engine_->store(), *secrets_, clock_,
      [&engine] { return engine.writes_stopped().empty(); });
  context_->unclaimed_acts = unclaimed_acts_.get();
}

void Server::OpenLinkCodes() {
  const sequencer::Engine& engine = *engine_;
  link_codes_ =
      std::make_unique<rpc::LinkCodes>(rpc::LinkCodeOptions(), engine_->store(), *secrets_, clock_,
                                       [&engine] { return engine.writes_stopped().empty(); });
  context_->link_codes = link_codes_.get();
}

absl::Status Server::OpenCaseDesk(const Config& config) {
  const sequencer::Engine& engine = *engine_;
  auto desk = rpc::CaseDesk::Open(config.cases, engine_->store(), clock_,
                                  [&engine] { return engine.writes_stopped().empty(); });
  if (!desk.ok()) {
    return desk.status();
  }
  case_desk_ = *std::move(desk);
  context_->case_desk = case_desk_.get();
  return absl::OkStatus();
}

absl::Status Server::OpenCities(const Config& config) {
  auto cities = Cities::Start(config.peers, *context_, *signer_);
  if (!cities.ok()) {
    return cities.status();
  }
  cities_ = *std::move(cities);
  context_->exchange_desk = &cities_->exchange_desk();
  context_->outbox = &cities_->outbox();
  context_->window_clerk = &cities_->window_clerk();
  return absl::OkStatus();
}

absl::Status Server::DestroyOldKeys() {
  const auto registry = engine_->registry();
  const auto first =
      rpc::FirstOpenMonth(rules::RulebookOf(*registry), ShanghaiDate(engine_->clock().Wall()));
  return first.has_value() ? evidence_keys_->DestroyBefore(*first) : absl::OkStatus();
}

void Server::KeepKeys(const std::stop_token& stop) {
  constexpr auto kPause = std::chrono::hours(24);
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock<std::mutex> lock(mutex);
  while (!stopped.wait_for(lock, stop, kPause, [] { return false; }) && !stop.stop_requested()) {
    if (const absl::Status status = DestroyOldKeys(); !status.ok()) {
      spdlog::error("evidence_keys cannot be written: {}", status.ToString());
    }
  }
}

absl::Status Server::Listen(const Config& config) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  for (const auto make :
       {rpc::NewPointsService,     rpc::NewAccountsService,  rpc::NewHouseholdsService,
        rpc::NewRulesService,      rpc::NewCatalogueService, rpc::NewVenuesService,
        rpc::NewBudgetsService,    rpc::NewReportsService,   rpc::NewPeriodsService,
        rpc::NewLogService,        rpc::NewRequestsService,  rpc::NewFilesService,
        rpc::NewAdminService,      rpc::NewCasesService,     rpc::NewUnclaimedActsService,
        rpc::NewLinksService,      rpc::NewEventsService,    rpc::NewMerchantsService,
        rpc::NewSettlementService, rpc::NewLoadsService,     rpc::NewReconciliationService,
        rpc::NewCouponsService,    rpc::NewPeersService,
        rpc::NewExchangesService,  rpc::NewWindowsService}) {
    services_.push_back(make(*context_));
  }
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(config.listen, grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // Two servers must never share a port unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  for (const auto& service : services_) {
    builder.RegisterService(service.get());
  }
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port == 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot listen on ", config.listen, ": is another server there? Choose another port."));
  }
  address_ = absl::StrCat(config.listen.substr(0, config.listen.rfind(':')), ":", port);
  return absl::OkStatus();
}

void Server::Stop(std::chrono::milliseconds grace) {
  if (server_ != nullptr) {
    server_->GetHealthCheckService()->SetServingStatus(false);
    engine_->sequencer().StopTaking();
    server_->Shutdown(std::chrono::system_clock::now() + grace);
    server_->Wait();
    server_.reset();
  }
  if (cities_ != nullptr) {
    cities_->Stop(grace);
  }
  if (unclaimed_acts_ != nullptr) {
    unclaimed_acts_->Stop();
  }
  if (link_codes_ != nullptr) {
    link_codes_->Stop();
  }
  if (case_desk_ != nullptr) {
    case_desk_->Stop();  // what the engine answers from here on is not looked at
  }
  key_keeper_.request_stop();
  if (key_keeper_.joinable()) {
    key_keeper_.join();
  }
  // A service may have a thread that looks at the engine.
  services_.clear();
  engine_.reset();
}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }

}  // namespace tanhui::server
