#include "tests/interop/books/cities/two_cities.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/position_of.h"
#include "tests/interop/books/arrivals.h"
#include "tests/interop/books/leaving/departures.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;
using exchange::DestinationEvent;
using exchange::DestinationState;
using exchange::Message;
using exchange::OriginEvent;
using exchange::OriginState;

constexpr int kSteps = 400;
constexpr std::int64_t kLifetime = 150;    // minutes of a request
constexpr std::int64_t kMostOffset = 200;  // of a clock: longer than a request lives
constexpr std::int64_t kMostOutage = 10;
constexpr int kHealingRounds = 30;
constexpr int kCheckedEvery = 20;  // steps

std::optional<OriginEvent> OriginEventOf(Message message) {
  static const auto& events =
      *new std::map<Message, OriginEvent>{{Message::kFulfil, OriginEvent::kFulfil},
                                          {Message::kReject, OriginEvent::kReject},
                                          {Message::kBusy, OriginEvent::kBusy},
                                          {Message::kConfirmed, OriginEvent::kConfirmed},
                                          {Message::kCancelled, OriginEvent::kCancelled},
                                          {Message::kLookup, OriginEvent::kLookup},
                                          {Message::kUnknown, OriginEvent::kUnknown}};
  const auto found = events.find(message);
  return found == events.end() ? std::nullopt : std::optional(found->second);
}

std::optional<DestinationEvent> DestinationEventOf(Message message) {
  static const auto& events =
      *new std::map<Message, DestinationEvent>{{Message::kPrepare, DestinationEvent::kPrepareGood},
                                               {Message::kCommitted, DestinationEvent::kCommitted},
                                               {Message::kAborted, DestinationEvent::kAborted},
                                               {Message::kLookup, DestinationEvent::kLookup},
                                               {Message::kUnknown, DestinationEvent::kUnknown}};
  const auto found = events.find(message);
  return found == events.end() ? std::nullopt : std::optional(found->second);
}

// Whether a refusal is one that the town may meet on its way; the others are ours.
bool MayBe(std::string_view outcome, const std::vector<std::string_view>& reasons) {
  return outcome == "OK" ||
         std::any_of(reasons.begin(), reasons.end(),
                     [outcome](std::string_view reason) { return outcome.starts_with(reason); });
}

std::string Unexpected(std::string_view what, std::string_view outcome) {
  return absl::StrCat(std::string(what), ": ", std::string(outcome));
}

template <typename State>
std::string Odd(const ExchangeId& id, State state, std::string_view event) {
  return absl::StrCat("exchange ", interop::HexOf(id.view()), " is ", std::string(NameOf(state)),
                      " after ", std::string(event));
}

}  // namespace

TwoCities::TwoCities(std::uint64_t seed) : dice_(seed) {
  const auto rate = [this] {
    return interop::CityRate{
        {static_cast<std::int64_t>(1 + Below(9)), static_cast<std::int64_t>(1 + Below(50))},
        static_cast<std::int64_t>(Below(4) * 400)};
  };
  const std::array<interop::CityRate, 2> rates = {rate(), rate()};
  const std::int64_t cap = Chance(30) ? 300 : 1'000'000;
  const std::array<CityName, 2> names = {CityName{"cd", 1}, CityName{"cq", 2}};
  for (const CityNo i : {0, 1}) {
    cities_[i].name = names[i];
    cities_[i].books = std::make_unique<CityBooks>(names[i], names[Other(i)],
                                                   Agreed{rates[i], rates[Other(i)], cap, i == 0});
    const auto offset = static_cast<std::int64_t>(Below(kMostOffset));
    Books(i).world().Wait(offset * kMicrosPerMinute);
  }
}

std::size_t TwoCities::Ended(OriginState state) const {
  std::size_t count = 0;
  for (const City& city : cities_) {
    for (const std::uint64_t index : city.books->preparations()) {
      const ExchangeId id = IdAt(city.books->world(), index);
      count += city.books->OriginStateOf(id) == state ? 1 : 0;
    }
  }
  return count;
}

std::size_t TwoCities::Ended(DestinationState state) const {
  std::size_t count = 0;
  for (const City& city : cities_) {
    for (const std::uint64_t index : city.books->receptions()) {
      const auto id = ExchangeId::FromView(city.books->ReceivedAt(index).exchange_id());
      count += city.books->DestinationStateOf(id) == state ? 1 : 0;
    }
  }
  return count;
}

std::size_t TwoCities::Payments() const {
  std::size_t count = 0;
  for (const City& city : cities_) {
    for (const Entry& entry : city.books->world().entries()) {
      const bool to_shop = entry.has_exchange_conclusion() &&
                           AccountNo(entry.exchange_conclusion().account()) == city.books->shop();
      count += to_shop ? 1 : 0;
    }
  }
  return count;
}

std::size_t TwoCities::Expired() const {
  std::size_t count = 0;
  for (const City& city : cities_) {
    const World& world = city.books->world();
    for (const Entry& entry : world.entries()) {
      const std::uint64_t account = entry.exchange_conclusion().account();
      const bool expired =
          account != 0 && world.Of(AccountNo(account)).kind == AccountKind::kExpiry;
      count += expired ? 1 : 0;
    }
  }
  return count;
}

std::string TwoCities::Run() {
  for (int step = 0; step < kSteps; ++step) {
    std::string wrong = Step();
    if (wrong.empty() && step % kCheckedEvery == 0) {
      wrong = Wrong();
    }
    if (!wrong.empty()) {
      return absl::StrCat("step ", step, ": ", wrong);
    }
  }
  for (const auto last : {&TwoCities::Heal, &TwoCities::Settle}) {
    if (std::string wrong = (this->*last)(); !wrong.empty()) {
      return absl::StrCat("at the end: ", wrong);
    }
  }
  return "";
}

std::string TwoCities::NewId(CityNo city) { return absl::StrCat("own ", ++cities_[city].asked); }

AccountNo TwoCities::AnyCitizen(CityNo city) {
  const auto& citizens = Books(city).citizens();
  return citizens[Below(citizens.size())];
}

std::string TwoCities::Step() {
  ++now_;
  for (const CityNo city : {0, 1}) {
    Books(city).world().Wait(kMicrosPerMinute);
  }
  while (const auto letter = network_.Take(now_)) {
    if (std::string wrong = Deliver(*letter); !wrong.empty()) {
      return wrong;
    }
  }
  const CityNo city = Below(cities_.size());
  if (!cities_[city].up) {
    return Chance(20) ? Restart(city) : "";
  }
  const auto what = static_cast<int>(Below(100));
  if (what < 30) {
    return AskToExchange(city);
  }
  if (what < 40) {
    return Live(city);
  }
  if (what < 78) {
    return Resend(city);
  }
  if (what < 97) {
    return ExpireAndReturn(city);
  }
  Crash(city);
  return "";
}

// --- what happens in a city ---

std::string TwoCities::AskToExchange(CityNo origin) {
  const bool payment = Chance(30);
  const CityNo destination = Other(origin);
  const World& world = Books(origin).world();
  AccountNo recipient = payment ? Books(destination).shop() : AnyCitizen(destination);
  if (Chance(8)) {
    recipient = AccountNo(Chance(50) ? 999 : Books(destination).budget().value());
  }
  const auto price = static_cast<std::int64_t>(1 + Below(100));
  const auto change = [&](pb::ExchangePreparation& body) {
    body.set_recipient(PseudonymOf(recipient));
    body.set_expiry_micros(world.now().value() + kLifetime * kMicrosPerMinute);
    if (payment) {
      Paying(price)(body);
    }
  };
  const auto points = static_cast<std::int64_t>(1 + Below(300));
  const Command command = world::Send(world, NewId(origin), AnyCitizen(origin), points, change);
  const std::string outcome = Books(origin).Ask(command);
  if (outcome == "OK" && !Chance(3)) {
    Send(origin, true, Message::kPrepare, IdAt(world, world.last_index()));
  }
  return MayBe(outcome, {"NOTHING_CONVERTS", "INSUFFICIENT_BALANCE", "POSITION_CAP",
                         "PEER_SUSPENDED", "ACCOUNT_FROZEN", "ACCOUNT_CLOSED"})
             ? ""
             : Unexpected("a preparation", outcome);
}

std::string TwoCities::Live(CityNo city) {
  CityBooks& books = Books(city);
  const AccountNo citizen = AnyCitizen(city);
  const std::string id = NewId(city);
  Command command;
  switch (Below(8)) {
    case 0:
    case 1:
      command = Redeem(id, citizen, books.shop(), 25);
      break;
    case 2:
      command = Award(id, citizen, books.budget(), 40);
      break;
    case 3:
      command = SetStatus(id, citizen, Chance(50) ? AccountStatus::kFrozen : AccountStatus::kOpen);
      break;
    case 4:
      command = Chance(20) ? Close(id, citizen, true) : Redeem(id, citizen, books.shop(), 5);
      break;
    case 5:
      command = SuspendPeer(id, Chance(20), Chance(30));
      break;
    default:
      command = StepWindow(id, books.peer().open_window, pb::WINDOW_ACTION_CLOSE);
  }
  const std::string outcome = books.Ask(command);
  return MayBe(outcome, {"INSUFFICIENT_BALANCE", "ACCOUNT_", "NOT_EMPTY"})
             ? ""
             : Unexpected("what happens besides", outcome);
}

std::string TwoCities::Write(CityNo city, const Command& command, bool& lived) {
  lived = network_.healed() || !Chance(3);
  if (!lived) {
    Crash(city);
    return "";
  }
  const std::string outcome = Books(city).Ask(command);
  if (outcome != "OK") {
    return Unexpected("a step", outcome);
  }
  lived = network_.healed() || !Chance(3);
  if (!lived) {
    Crash(city);
  }
  return "";
}

// --- what cities say to each other ---

void TwoCities::Send(CityNo from, bool as_origin, Message message, const ExchangeId& id) {
  if (message == Message::kNone) {
    return;
  }
  PeerLetter letter{Other(from), as_origin, message, id, {}, 0};
  const CityBooks& books = Books(from);
  if (message == Message::kPrepare) {
    letter.terms = books.PreparedAt(*books.PreparationOf(id));
  } else if (message == Message::kCommitted) {
    letter.window = books.DecisionOf(id)->window();
  }
  network_.Send(now_, letter);
}

std::string TwoCities::Deliver(const PeerLetter& letter) {
  if (!cities_[letter.to].up) {
    return "";
  }
  if (letter.from_origin) {
    return AtDestination(letter.to, letter);
  }
  const auto event = OriginEventOf(letter.message);
  return event.has_value() ? AtOrigin(letter.to, letter.id, *event)
                           : std::string("a message that no destination sends");
}

std::string TwoCities::Resend(CityNo city) {
  const CityBooks& books = Books(city);
  for (const std::uint64_t index : books.preparations()) {
    const ExchangeId id = IdAt(books.world(), index);
    if (!cities_[city].followed.contains(id)) {
      Send(city, true, exchange::ToResend(books.OriginStateOf(id)), id);
    }
  }
  for (const std::uint64_t index : books.receptions()) {
    const auto id = ExchangeId::FromView(books.ReceivedAt(index).exchange_id());
    Send(city, false, exchange::ToResend(books.DestinationStateOf(id)), id);
  }
  return "";
}

std::string TwoCities::ExpireAndReturn(CityNo city) {
  CityBooks& books = Books(city);
  bool lived = true;
  // Deciding makes no preparation.
  for (const std::uint64_t index : books.preparations()) {
    const ExchangeId id = IdAt(books.world(), index);
    std::string wrong;
    if (books.OriginStateOf(id) == OriginState::kPrepared &&
        books.world().now().value() > books.PreparedAt(index).expiry_micros()) {
      wrong = AtOrigin(city, id, OriginEvent::kExpire);
    } else if (books.ToReturn(index)) {
      wrong = Write(city, GiveBack(books.world(), index), lived);
    }
    if (!wrong.empty() || !cities_[city].up) {
      return wrong;
    }
  }
  return "";
}

std::string TwoCities::AtOrigin(CityNo city, const ExchangeId& id, OriginEvent event) {
  CityBooks& books = Books(city);
  const OriginState state = books.OriginStateOf(id);
  const exchange::OriginRow& row = exchange::Step(state, event);
  if (row.contradiction != exchange::Contradiction::kNone) {
    return Odd(id, state, NameOf(event));
  }
  if (row.next != state) {
    const auto preparation = books.PreparationOf(id);
    const Command command = !preparation.has_value() ? Block(id)
                            : row.next == OriginState::kCommitted
                                ? Commit(books.world(), *preparation)
                                : Abort(books.world(), *preparation,
                                        event == OriginEvent::kExpire ? "expired" : "rejected");
    bool lived = true;
    std::string wrong = Write(city, command, lived);
    if (!wrong.empty() || !lived) {
      return wrong;
    }
  }
  if (books.OriginStateOf(id) != row.next) {
    return Odd(id, books.OriginStateOf(id), NameOf(event));
  }
  if ((row.next == OriginState::kCommitted && event == OriginEvent::kConfirmed) ||
      (row.next == OriginState::kAborted && event == OriginEvent::kCancelled)) {
    cities_[city].followed.insert(id);
  }
  Send(city, true, row.answer, id);
  return "";
}

std::string_view TwoCities::DeskRejects(CityNo city, const pb::ExchangeTerms& terms) const {
  const CityBooks& books = Books(city);
  const AccountNo recipient = AccountOf(terms.recipient());
  const Account* account = books.world().state().FindAccount(recipient);
  const auto kind =
      terms.kind() == pb::EXCHANGE_KIND_PAYMENT ? AccountKind::kMerchant : AccountKind::kCitizen;
  if (account == nullptr) {
    return "unknown_recipient";
  }
  return account->kind != kind                       ? "wrong_account_kind"
         : account->status == AccountStatus::kClosed ? "account_closed"
                                                     : "";
}

std::string TwoCities::TakePrepare(CityNo city, const PeerLetter& letter) {
  CityBooks& books = Books(city);
  const bool lives = network_.healed() || !Chance(3);
  if (!lives) {
    Crash(city);
    return "";
  }
  const std::string outcome = books.Ask(Receive(letter.terms, DeskRejects(city, letter.terms)));
  if (!MayBe(outcome, {"PEER_SUSPENDED", "POSITION_CAP"})) {
    return Unexpected("a reception", outcome);
  }
  const bool accepted = outcome == "OK" && books.world().last().exchange_reception().answer() ==
                                               pb::EXCHANGE_ANSWER_ACCEPTED;
  const DestinationEvent event = accepted          ? DestinationEvent::kPrepareGood
                                 : outcome == "OK" ? DestinationEvent::kPrepareBad
                                                   : DestinationEvent::kPrepareLater;
  const exchange::DestinationRow& row = exchange::Step(DestinationState::kNone, event);
  if (books.DestinationStateOf(letter.id) != row.next) {
    return Odd(letter.id, books.DestinationStateOf(letter.id), NameOf(event));
  }
  Send(city, false, row.answer, letter.id);
  return "";
}

std::string TwoCities::AtDestination(CityNo city, const PeerLetter& letter) {
  CityBooks& books = Books(city);
  const DestinationState state = books.DestinationStateOf(letter.id);
  const auto event = DestinationEventOf(letter.message);
  if (!event.has_value()) {
    return "a message that no origin sends";
  }
  if (state == DestinationState::kNone && letter.message == Message::kPrepare) {
    return TakePrepare(city, letter);
  }
  const exchange::DestinationRow& row = exchange::Step(state, *event);
  if (row.contradiction != exchange::Contradiction::kNone) {
    return Odd(letter.id, state, NameOf(*event));
  }
  if (row.next != state) {
    const auto reception = books.ReceptionOf(letter.id);
    const pb::ExchangeTerms none;
    const auto& terms = reception.has_value() ? books.ReceivedAt(*reception).terms() : none;
    const Command command =
        !reception.has_value() ? BlockArrival(letter.id.view())
        : row.next == DestinationState::kConfirmed
            ? ConfirmArrival(terms, *reception, AccountOf(terms.recipient()), letter.window)
            : CancelArrival(terms, *reception);
    bool lived = true;
    std::string wrong = Write(city, command, lived);
    if (!wrong.empty() || !lived) {
      return wrong;
    }
  }
  if (books.DestinationStateOf(letter.id) != row.next) {
    return Odd(letter.id, books.DestinationStateOf(letter.id), NameOf(*event));
  }
  Send(city, false, row.answer, letter.id);
  return "";
}

// --- crashes ---

void TwoCities::Crash(CityNo city) {
  cities_[city].up = false;
  cities_[city].followed.clear();
  ++crashes_;
}

// All from the log, on another machine with a clock that is ahead of the last one.
std::string TwoCities::Restart(CityNo city) {
  cities_[city].up = true;
  Books(city).world().Wait(static_cast<std::int64_t>(Below(kMostOutage)) * kMicrosPerMinute);
  return Books(city).Rebuild();
}

// Messages pass again and everybody is there: all that is open must come to its end.
std::string TwoCities::Heal() {
  network_.Heal();
  std::string wrong;
  for (const CityNo city : {0, 1}) {
    wrong = !wrong.empty() || cities_[city].up ? wrong : Restart(city);
    Books(city).Ask(SuspendPeer(NewId(city), false, false));
  }
  for (int round = 0; round < kHealingRounds && wrong.empty(); ++round) {
    now_ += kLifetime;
    for (const CityNo city : {0, 1}) {
      Books(city).world().Wait(kLifetime * kMicrosPerMinute);
      wrong = absl::StrCat(wrong, Resend(city), ExpireAndReturn(city));
    }
    for (auto letter = network_.TakeAny(); letter.has_value() && wrong.empty();
         letter = network_.TakeAny()) {
      wrong = Deliver(*letter);
    }
  }
  wrong = wrong.empty() ? Wrong() : wrong;
  return wrong.empty() ? WrongAtEnd() : wrong;
}

// --- what must hold ---

std::string TwoCities::WrongPairs(CityNo origin) const {
  for (const std::uint64_t index : Books(origin).preparations()) {
    const ExchangeId id = IdAt(Books(origin).world(), index);
    const OriginState here = Books(origin).OriginStateOf(id);
    const DestinationState there = Books(Other(origin)).DestinationStateOf(id);
    if ((there == DestinationState::kConfirmed && here != OriginState::kCommitted) ||
        (there == DestinationState::kCancelled && here != OriginState::kAborted) ||
        (here == OriginState::kCommitted && there != DestinationState::kAccepted &&
         there != DestinationState::kConfirmed)) {
      return Odd(id, here, NameOf(there));
    }
  }
  return "";
}

std::string TwoCities::Wrong() const {
  std::string wrong;
  for (const CityNo city : {0, 1}) {
    const std::string books = Books(city).Wrong();
    const std::string pairs = WrongPairs(city);
    if (!books.empty() || !pairs.empty()) {
      absl::StrAppend(&wrong, cities_[city].name.code, ": ", books, pairs, "; ");
    }
  }
  return wrong;
}

std::string TwoCities::WrongAtEnd() const {
  for (const CityNo origin : {0, 1}) {
    const CityBooks& ours = Books(origin);
    const CityBooks& theirs = Books(Other(origin));
    std::int64_t sent = 0;  // in the points of who gets them
    for (const std::uint64_t index : ours.preparations()) {
      const ExchangeId id = IdAt(ours.world(), index);
      const OriginState here = ours.OriginStateOf(id);
      const DestinationState there = theirs.DestinationStateOf(id);
      const bool open = here == OriginState::kPrepared || there == DestinationState::kAccepted;
      const bool one_sided =
          (here == OriginState::kCommitted) != (there == DestinationState::kConfirmed);
      if (open || one_sided || ours.ToReturn(index)) {
        return Odd(id, here, NameOf(there));
      }
      sent += here == OriginState::kCommitted ? ours.PreparedAt(index).to_points() : 0;
    }
    if (theirs.world().BalanceOf(theirs.peer().arrived_account()) != -sent) {
      return "points came that did not leave, or the other way round";
    }
    const auto here = interop::ReadPosition(ours.world().state(), ours.peer());
    const auto there = interop::ReadPosition(theirs.world().state(), theirs.peer());
    if (here.in_flight != 0 || here.owed != there.owed_to_us) {
      return "what one city owes is not what it owes the other";
    }
  }
  return "";
}

}  // namespace tanhui::world
