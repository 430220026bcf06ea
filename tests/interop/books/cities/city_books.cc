#include "tests/interop/books/cities/city_books.h"

#include "absl/strings/str_cat.h"
#include "interop/books/position_of.h"
#include "interop/books/step_requests.h"
#include "ledger/core/check.h"
#include "ledger/core/octets/big_endian.h"
#include "tests/interop/books/neighbours.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;
using exchange::DestinationState;
using exchange::OriginState;

constexpr int kCitizens = 3;
constexpr std::size_t kPseudonym = 16;
constexpr std::int64_t kMost = 1'000'000;  // points of one request

void Must(World& world, const Command& command) {
  const std::string outcome = world.Ask(command);
  Check(outcome == "OK", absl::StrCat("a city of a test: ", outcome));
}

AccountNo LastAccount(const World& world) {
  return AccountNo(world.state().head().next_account.value() - 1);
}

interop::RatedCity Rated(const CityName& city, const interop::CityRate& rate) {
  return {city.log(), city.code + "-points", rate};
}

// The rates as both signed them.
Command Agree(const CityName& own, const CityName& other, const Agreed& agreed,
              BusinessDate first_date) {
  Command command = AgreeOnRates("rates", 1, first_date, agreed.ours, agreed.theirs);
  const auto agreement =
      interop::MakeAgreement(1, first_date, Rated(own, agreed.ours), Rated(other, agreed.theirs));
  command.draft.mutable_rate_agreement()->set_note(
      SignedBy(interop::TextOf(agreement), {own.signer(), other.signer()}));
  return command;
}

// The merchant's points are worth fen to it.
void AddMoney(World& world, AssetNo asset, SchemeNo scheme) {
  Must(world, CreateMoney("money", "fen", scheme));
  const AssetNo money(asset.value() + 1);
  Must(world, OpenClaim("claim", money, kMall));
  Must(world, Publish("price", asset, money, ParticipantNo(0), world.today(), {1, 2}));
}

template <typename State>
State StateAt(const World& world, std::optional<std::uint64_t> step) {
  const auto now = step.has_value() ? world.state().FindUndone(EntryIndex(*step)).exchange
                                    : std::optional<ExchangeNow>();
  return now.has_value() ? static_cast<State>(now->state) : State::kNone;
}

// Whether the entry at the end of `before` is what decide makes of what it was asked, as an audit
// wants it.
bool DecidedAgain(const World& world, const State& before, const Entry& entry) {
  Command again;
  again.draft = entry;
  again.privileged = true;
  ForgetEffects(again.draft);
  EntryIndex index;
  const Entry* target = world.TargetOf(before, again, index);
  const Decision decision = world.ledger().Decide(
      before, {LedgerTime(entry.recorded_micros()), again, target, index, nullptr, EntryIndex()});
  const auto* made = std::get_if<Entry>(&decision);
  return made != nullptr && made->SerializeAsString() == entry.SerializeAsString();
}

}  // namespace

signing::NamedSigner CityName::signer() const { return signing::DemoSigner(log(), seed); }

std::string PseudonymOf(AccountNo account) {
  std::string bytes(kPseudonym / 2, 'p');
  PutBigEndian(bytes, account.value());
  return bytes;
}

AccountNo AccountOf(std::string_view pseudonym) {
  pseudonym.remove_prefix(kPseudonym / 2);
  return AccountNo(TakeBigEndian<std::uint64_t>(pseudonym));
}

CityBooks::CityBooks(const CityName& own, const CityName& other, const Agreed& agreed)
    : world_(Cast::kFull, own.log()) {
  Must(world_, CreateCity("city", other.code));
  const SchemeNo scheme = world_.state().registry().next_scheme();
  Must(world_, By(CreateScheme("own", own.code + "-scheme"), kOperator));
  Must(world_, By(CreateScheme("other", other.code + "-scheme"), kOperator));
  asset_ = world_.state().registry().next_asset();
  first_account_ = world_.state().head().next_account;
  Must(world_, CreateAsset("asset", own.code + "-points", scheme, kMost));
  if (agreed.claims) {
    AddMoney(world_, asset_, scheme);
  }
  Must(world_, By(OpenMerchant("shop", asset_, kMall), kOperator));
  shop_ = LastAccount(world_);
  Must(world_, By(OpenBudget("budget", own.code + "-budget", kSponsor, asset_), kOperator));
  budget_ = LastAccount(world_);
  Must(world_, Fund("fund", budget_, kMost));
  for (int i = 0; i < kCitizens; ++i) {
    Must(world_, By(OpenCitizen(absl::StrCat("citizen ", i), asset_), kOperator));
    citizens_.push_back(LastAccount(world_));
  }
  Must(world_, RegisterPeer("peer", [&](pb::PeerRegistration& body) {
         body.set_log(other.log());
         body.set_verifier_key(signing::FormatVerifierKey(other.signer()));
         body.set_asset(asset_.value());
         body.set_scheme(scheme.value() + 1);
         body.set_peer_asset(other.code + "-points");
       }));
  Must(world_, SetPeerTerms("terms", world_.today(), [&](pb::PeerTerms& terms) {
         terms.set_cap_fen(agreed.cap_fen);
         terms.set_request_minutes(600);
       }));
  Must(world_, Agree(own, other, agreed, BusinessDate(world_.today().value() + 1)));
  // In two months, so that each citizen has two lots.
  for (int part = 0; part < 3; ++part) {
    for (int i = 0; i < kCitizens; ++i) {
      const std::int64_t points = kAwarded / 3;
      Must(world_,
           WithGrams(Award(absl::StrCat("award ", i, " ", part), citizens_[i], budget_, points),
                     7 * points + part));
    }
    world_.WaitDays(1);
  }
}

const interop::Peer& CityBooks::peer() const { return PeerIn(world_); }

const pb::ExchangeTerms& CityBooks::PreparedAt(std::uint64_t index) const {
  return world_.entries().at(index).exchange_preparation().terms();
}

const pb::ExchangeReception& CityBooks::ReceivedAt(std::uint64_t index) const {
  return world_.entries().at(index).exchange_reception();
}

std::optional<std::uint64_t> CityBooks::PreparationOf(const ExchangeId& id) const {
  const std::uint64_t index = interop::PreparationOf(id).value();
  const bool is = index < world_.entries().size() &&
                  world_.entries()[index].has_exchange_preparation() &&
                  PreparedAt(index).exchange_id() == id.view();
  return is ? std::optional(index) : std::nullopt;
}

std::optional<std::uint64_t> CityBooks::ReceptionOf(const ExchangeId& id) const {
  const auto request = world_.Find(interop::ReceiveText(id), kRiver);
  return request.has_value() ? std::optional(request->entry.value()) : std::nullopt;
}

const pb::ExchangeDecision* CityBooks::DecisionOf(const ExchangeId& id) const {
  const auto request = world_.Find(interop::DecideText(id), kRiver);
  return request.has_value() ? &world_.entries()[request->entry.value()].exchange_decision()
                             : nullptr;
}

OriginState CityBooks::OriginStateOf(const ExchangeId& id) const {
  const auto preparation = PreparationOf(id);
  return !preparation.has_value() && DecisionOf(id) != nullptr
             ? OriginState::kAborted
             : StateAt<OriginState>(world_, preparation);
}

DestinationState CityBooks::DestinationStateOf(const ExchangeId& id) const {
  return StateAt<DestinationState>(world_, ReceptionOf(id));
}

bool CityBooks::ToReturn(std::uint64_t preparation) const {
  const auto now = world_.state().FindUndone(EntryIndex(preparation)).exchange;
  return now.has_value() && static_cast<OriginState>(now->state) == OriginState::kAborted &&
         !now->returned;
}

void CityBooks::Note(std::uint64_t index) {
  if (world_.entries()[index].has_exchange_preparation()) {
    preparations_.push_back(index);
  } else if (world_.entries()[index].has_exchange_reception()) {
    receptions_.push_back(index);
  }
}

std::string CityBooks::Ask(const Command& command) {
  std::string outcome = world_.Ask(command);
  if (outcome == "OK") {
    Note(world_.last_index());
  }
  return outcome;
}

std::string CityBooks::Rebuild() {
  State fresh;
  for (const Entry& entry : world_.entries()) {
    if (entry.body_case() >= Entry::kPeerRegistration && !DecidedAgain(world_, fresh, entry)) {
      return absl::StrCat("decided again, entry ", fresh.head().size, " is another one");
    }
    if (const Fault fault = world_.ledger().TryApply(fresh, entry)) {
      return absl::StrCat("after a crash: ", std::string(*fault));
    }
  }
  for (std::uint64_t i = 1; i < world_.state().head().next_account.value(); ++i) {
    if (*fresh.FindAccount(AccountNo(i)) != world_.Of(AccountNo(i))) {
      return absl::StrCat("after a crash account ", i, " is another one");
    }
  }
  world_.mutable_state() = std::move(fresh);
  preparations_.clear();
  receptions_.clear();
  for (std::uint64_t i = 0; i < world_.entries().size(); ++i) {
    Note(i);
  }
  return "";
}

std::string CityBooks::Wrong() const {
  // The peer's accounts, as the exchanges say that they are.
  std::int64_t departed = 0;
  std::int64_t leaving = 0;
  std::int64_t arrived = 0;
  std::int64_t coming = 0;
  settlement::Position position;
  for (const std::uint64_t index : preparations_) {
    const auto state = StateAt<OriginState>(world_, index);
    const auto& terms = PreparedAt(index);
    departed += state == OriginState::kCommitted ? terms.from_points() : 0;
    leaving += state == OriginState::kPrepared || ToReturn(index) ? terms.from_points() : 0;
    position.owed += state == OriginState::kCommitted ? terms.fen() : 0;
    position.in_flight += state == OriginState::kPrepared ? terms.fen() : 0;
  }
  for (const std::uint64_t index : receptions_) {
    const auto state = StateAt<DestinationState>(world_, index);
    const auto& terms = ReceivedAt(index).terms();
    const bool here = state == DestinationState::kAccepted || state == DestinationState::kConfirmed;
    arrived -= here ? terms.to_points() : 0;
    coming += state == DestinationState::kAccepted ? terms.to_points() : 0;
    position.owed_to_us += state == DestinationState::kConfirmed ? terms.fen() : 0;
  }
  const auto balance = [this](AccountNo account) { return world_.BalanceOf(account); };
  if (balance(peer().departed_account) != departed ||
      balance(peer().leaving_account()) != leaving ||
      balance(peer().arrived_account()) != arrived || balance(peer().coming_account()) != coming) {
    return "the peer's accounts are not what the exchanges say";
  }
  if (!(interop::ReadPosition(world_.state(), peer()) == position)) {
    return "the position is not what the exchanges say";
  }
  std::int64_t sum = 0;
  for (std::uint64_t i = 1; i < world_.state().head().next_account.value(); ++i) {
    const Account& account = world_.Of(AccountNo(i));
    sum += account.asset == asset_ ? account.balance.units() : 0;
  }
  return sum == 0 ? "" : "the accounts do not sum to 0";
}

}  // namespace tanhui::world
