#include "tests/interop/desk/cities.h"

#include <array>
#include <filesystem>
#include <future>
#include <utility>

#include "interop/books/peer/agreement.h"
#include "ledger/core/check.h"
#include "ledger/core/octets/big_endian.h"
#include "ledger/sequencer/audit.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::desk {
namespace {

namespace fs = std::filesystem;

using world::kOurLog;
using world::kPoints;
using world::kRiver;
using world::kRiverLog;

constexpr std::string_view kAsset = "points";  // its code in both cities
constexpr std::int64_t kMostToPay = 900;

std::optional<AccountNo> FindByName(std::string_view name) {
  std::string_view number = name.substr(8);
  const AccountNo account(TakeBigEndian<std::uint64_t>(number));
  return NameOf(account) == name ? std::optional(account) : std::nullopt;
}

interop::Agreement Rates(BusinessDate first_date) {
  return interop::MakeAgreement(1, first_date,
                                {std::string(kOurLog), std::string(kAsset), world::kOurRate},
                                {std::string(kRiverLog), std::string(kAsset), world::kRiverRate});
}

}  // namespace

std::string NameOf(AccountNo account) {
  std::string name = "account:";
  PutBigEndian(name, account.value());
  return name;
}

ExchangeId IdOf(const sequencer::Accepted& preparation) {
  return interop::IdOf(preparation.index, LedgerTime(preparation.entry.recorded_micros()));
}

City::City(std::string home, bool ours, std::int64_t speed, std::int64_t skew)
    : home_(std::move(home)),
      signer_(ours ? world::OurSigner() : world::RiverSigner()),
      other_key_(signing::VerifierOf(ours ? world::RiverSigner() : world::OurSigner())),
      other_log_(ours ? kRiverLog : kOurLog),
      ours_(ours),
      clock_(speed, skew) {
  Open();
}

void City::Open() {
  if (next_home_.has_value()) {
    home_ = *std::exchange(next_home_, std::nullopt);
  }
  fs::create_directories(home_ + "/data/db");
  files_ = std::make_shared<store::LossyFileSystem>(home_ + "/data/db", home_ + "/lost");
  env_ = rocksdb::NewCompositeEnv(files_);
  sequencer::EngineOptions options;
  options.data_directory = home_ + "/data";
  options.checkpoint_copy = home_ + "/second_place";
  options.checkpoint_interval = std::chrono::hours(1);  // only for whoever asks for one
  options.store = sequencer::SmallStore();
  options.store.env = env_.get();
  options.sequencer.min_free_bytes = 0;
  auto engine = sequencer::Engine::Open(options, sequencer::TestLedger(), clock_, signer_);
  Check(engine.ok(), engine.ok() ? "" : engine.status().ToString());
  engine_ = *std::move(engine);
  desk_ = std::make_unique<ExchangeDesk>(
      *engine_, signer_, [this](const interop::Peer&, std::string_view name) {
        const auto account = FindByName(name);
        return account.has_value() ? std::optional(ExchangeDesk::Found{*account, consents_.load()})
                                   : std::nullopt;
      });
}

void City::Close() {
  desk_.reset();
  engine_.reset();
  env_.reset();
  files_.reset();
}

void City::TakeImage(std::uint64_t seed) {
  next_home_ = home_ + "." + std::to_string(++images_);
  fs::create_directories(*next_home_ + "/data");
  // Checkpoints first: they never tell of more than the disk holds. The data directory's before the
  // other one: it is written second.
  for (const char* file : {"/data/checkpoint", "/second_place", "/data/FORMAT"}) {
    if (fs::exists(home_ + file)) {
      fs::copy_file(home_ + file, *next_home_ + file);
    }
  }
  files_->Crash(*next_home_ + "/data/db", seed);
}

interop::Peer City::peer() const {
  const auto registry = engine_->registry();
  const auto* peer = interop::PeersOf(*registry).FindByLog(other_log_);
  Check(peer != nullptr, "the other city");
  return *peer;
}

sequencer::Outcome City::Submit(const Command& command) {
  std::promise<sequencer::Outcome> promise;
  sequencer::Submission submission;
  submission.commands = {command.draft.request_digest().empty() ? completer_.Complete(command)
                                                                : command};
  submission.done = [&promise](std::vector<sequencer::Outcome> outcomes) {
    promise.set_value(std::move(outcomes.front()));
  };
  const auto refused = engine_->sequencer().Submit(std::move(submission));
  return refused.has_value() ? sequencer::Outcome(*refused) : promise.get_future().get();
}

sequencer::Accepted City::Must(const Command& command) {
  sequencer::Outcome outcome = Submit(command);
  Check(std::holds_alternative<sequencer::Accepted>(outcome), sequencer::Words(outcome));
  return std::get<sequencer::Accepted>(std::move(outcome));
}

void City::Settle() {
  for (const Command& command : sequencer::CastCommands()) {
    Must(command);
  }
  Must(world::CreateCity("city", "city"));
  Must(world::By(world::CreateScheme("theirs", "their-points"), world::kOperator));
  Must(world::RegisterPeer("peer", [this](entry::v1::PeerRegistration& body) {
    body.set_log(other_log_);
    body.set_verifier_key(signing::FormatVerifierKey(other_key_));
    body.set_peer_asset(std::string(kAsset));
  }));
  const BusinessDate today = ShanghaiDate(clock_.Wall());
  Must(world::SetPeerTerms("terms", today,
                           [](entry::v1::PeerTerms& terms) { terms.set_cap_fen(1'000'000); }));
  // Of the same date in both, whatever their clocks say.
  const BusinessDate first_date(ShanghaiDate(world::kStart).value() + 2);
  Command rates = world::AgreeOnRates("rates", 1, first_date);
  if (!ours_) {
    auto& body = *rates.draft.mutable_rate_agreement();
    body.mutable_ours()->Swap(body.mutable_theirs());
  }
  rates.draft.mutable_rate_agreement()->set_note(world::SignedBy(
      interop::TextOf(Rates(first_date)), {world::OurSigner(), world::RiverSigner()}));
  Must(rates);
  clock_.Wait(3 * kMicrosPerDay);
  for (const AccountNo account : {world::kAlice, world::kBob}) {
    for (int i = 0; i < 20; ++i) {
      const std::string id = "award" + std::to_string(account.value()) + "-" + std::to_string(i);
      Must(world::WithGrams(world::Award(id, account, world::kBudget, 1'000), 10'000));
    }
  }
}

Command City::Prepare(std::string_view id, AccountNo from, const std::string& to,
                      std::int64_t points, std::int64_t life_micros) const {
  Command command = world::By(world::CreateScheme(id, "any"), world::kPlatform);
  auto& body = *command.draft.mutable_exchange_preparation();
  body.set_peer(kRiver.value());
  body.set_account(from.value());
  body.set_points(points);
  body.set_kind(entry::v1::EXCHANGE_KIND_POINTS);
  body.set_sender(std::string(16, 's'));
  body.set_recipient(to);
  body.set_expiry_micros(clock_.Wall().value() + life_micros);
  return command;
}

Command City::PreparePayment(std::string_view id, AccountNo from, const std::string& to,
                             std::int64_t to_points) const {
  Command command = Prepare(id, from, to, kMostToPay);
  command.draft.mutable_exchange_preparation()->set_kind(entry::v1::EXCHANGE_KIND_PAYMENT);
  command.draft.mutable_exchange_preparation()->set_to_points(to_points);
  return command;
}

Entry City::EntryAt(std::uint64_t index) {
  const auto entry = ReadLogEntry(store(), EntryIndex(index));
  Check(entry.ok(), "an entry of a test");
  return *entry;
}

std::int64_t City::BalanceOf(AccountNo account) {
  const auto read = store().ReadAccountAsOf(account);
  Check(read.ok(), "an account of a test");
  return read->account.balance.units();
}

AtOrigin City::Origin(const ExchangeId& id) {
  const auto at = ReadAtOrigin(store(), peer(), id);
  Check(at.ok(), "an exchange of a test");
  return *at;
}

AtDestination City::Destination(const ExchangeId& id) {
  const auto at = ReadAtDestination(store(), peer(), id);
  Check(at.ok(), "an exchange of a test");
  return *at;
}

std::vector<Entry> City::All(Entry::BodyCase body) {
  std::vector<Entry> found;
  for (std::uint64_t i = 0; i < size(); ++i) {
    Entry entry = EntryAt(i);
    if (entry.body_case() == body) {
      found.push_back(std::move(entry));
    }
  }
  return found;
}

settlement::Position City::Position() {
  const interop::Peer other = peer();
  const std::array accounts = {other.leaving_account(), other.departed_account,
                               other.arrived_account(), other.coming_account()};
  const auto read = store().ReadAccounts(accounts);
  Check(read.ok(), "a peer's accounts");
  const auto fen = [&read](std::size_t i) {
    return (*read)[i].has_value() ? (*read)[i]->funded.units() : 0;
  };
  return {.in_flight = fen(0), .owed = fen(1), .owed_to_us = fen(2), .prepaid = fen(3)};
}

std::string City::Difference() {
  sequencer::AuditOptions options;
  options.redecide = true;
  const auto report = sequencer::Audit(sequencer::TestLedger(), store(), options);
  return report.ok() ? report->difference : report.status().ToString();
}

}  // namespace tanhui::desk
