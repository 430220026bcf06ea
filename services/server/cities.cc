#include "services/server/cities.h"

#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/links/account_names.h"

namespace tanhui::server {
namespace {

// How the note of a message begins (interop/peer/MESSAGES.md), before the sender's log.
constexpr char kSaidBy[] = "tanhui peer message v1\nfrom ";

using Found = std::optional<desk::ExchangeDesk::Found>;

// The account that the peer names so. To a citizen's it may send when the owner let it be linked,
// as a platform may act; what a merchant is to be paid needs nobody's consent.
absl::StatusOr<Found> FindAccount(const rpc::Context& context, const interop::Peer& peer,
                                  std::string_view name) {
  const rpc::Caller caller{peer.number, peer.code, {}};
  const store::Store& store = context.engine.store();
  const std::vector<rpc::NamedAccount> names = {
      rpc::Named(context, caller, *context.engine.registry(), AccountId::FromView(name),
                 rpc::NamedTo::kTakePart)};
  const auto numbers = rpc::FindNamed(store, names);
  if (!numbers.ok()) {
    return numbers.status();
  }
  const std::optional<AccountNo> number = numbers->front();
  if (!number.has_value()) {
    return Found();
  }
  const auto account = store.ReadAccountAsOf(*number);
  if (!account.ok()) {
    return account.status();
  }
  if (!HasLots(account->account.kind)) {
    return Found({*number, true});
  }
  const auto linked = rpc::IsLinked(store, peer.number, *number);
  return linked.ok() ? absl::StatusOr<Found>(Found({*number, *linked})) : linked.status();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Cities>> Cities::Start(const PeerConfig& config,
                                                      rpc::Context& context,
                                                      const signing::NamedSigner& signer) {
  PeerFiles files;
  if (!config.listen.empty()) {
    auto read = ReadPeerFiles(config);
    if (!read.ok()) {
      return read.status();
    }
    files = *std::move(read);
  }
  std::unique_ptr<Cities> cities(new Cities());
  cities->desk_ = std::make_unique<desk::ExchangeDesk>(
      context.engine, signer, [&context](const interop::Peer& peer, std::string_view name) {
        return FindAccount(context, peer, name);
      });
  cities->transport_ = std::make_unique<peer::GrpcTransport>(files.own, files.endpoints);
  // Spreads what is said again over time; nothing depends on nobody guessing it.
  auto dice = std::make_shared<std::mt19937_64>(std::random_device()());
  cities->outbox_ =
      std::make_unique<desk::Outbox>(desk::OutboxOptions(), context.engine, *cities->desk_,
                                     *cities->transport_, [dice] { return (*dice)(); });
  // Each has its own thread, and so its own dice.
  auto more_dice = std::make_shared<std::mt19937_64>(std::random_device()());
  cities->window_clerk_ = std::make_unique<desk::WindowClerk>(
      desk::WindowOptions(), context.engine, *cities->desk_, *cities->transport_, signer,
      [more_dice] { return (*more_dice)(); });
  if (config.listen.empty()) {
    return cities;
  }
  desk::ExchangeDesk& desk = *cities->desk_;
  auto listener = peer::PeerListener::Start(
      config.listen, files.own, files.endpoints,
      [&desk](const std::string& log, const peer::v1::SignedMessage& message,
              peer::PeerListener::Answer answer) {
        // What is answered is for the city that said it, not for one that has got hold of it.
        if (!message.note().starts_with(absl::StrCat(kSaidBy, log, "\n"))) {
          answer(absl::PermissionDeniedError("it was said by another city than shows itself"));
          return;
        }
        desk.Deliver(message, std::move(answer));
      });
  if (!listener.ok()) {
    return listener.status();
  }
  cities->listener_ = *std::move(listener);
  cities->address_ = cities->listener_->address();
  return cities;
}

void Cities::Stop(std::chrono::milliseconds grace) {
  if (listener_ != nullptr) {
    listener_->Stop(grace);
  }
  if (transport_ != nullptr) {
    transport_->Stop();
  }
  window_clerk_.reset();
  outbox_.reset();
  transport_.reset();
  listener_.reset();
  desk_.reset();
}

Cities::~Cities() { Stop(std::chrono::milliseconds(0)); }

}  // namespace tanhui::server
