// Random exchanges that leave a city, against a slow and obvious model of its books: whatever is
// asked in whatever order, a point is with a citizen, leaving or gone.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/leaving/sent.h"
#include "tests/interop/books/leaving/departures.h"

namespace tanhui {
namespace {

using namespace world;
namespace pb = entry::v1;

constexpr std::array kCitizens = {kAlice, kBob};
constexpr std::int64_t kCapOfModel = 40;     // fen
constexpr std::int64_t kMonthOfModel = 350;  // points
constexpr std::int64_t kPrice = 150;         // fen for 1,000 points

// An exchange as the model has it.
struct Exchange {
  AccountNo citizen;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t fen = 0;
  LedgerTime expiry = {};
  char state = 'p';  // prepared, committed, aborted, returned
};

struct Model {
  std::int64_t over = 1;  // a point here is worth over / under there
  std::int64_t under = 1;
  std::map<AccountNo, std::int64_t> points;
  std::map<AccountNo, std::int64_t> sent;  // this month
  std::map<std::uint64_t, Exchange> exchanges;

  std::int64_t Worth(std::int64_t from) const { return from * over / under; }
  std::int64_t FewestFor(std::int64_t to) const {
    std::int64_t from = to * under / over;
    while (Worth(from) < to) {
      ++from;
    }
    return from;
  }
  std::int64_t Sum(std::string_view states, std::int64_t Exchange::*what) const {
    std::int64_t sum = 0;
    for (const auto& [index, exchange] : exchanges) {
      sum += states.find(exchange.state) == std::string_view::npos ? 0 : exchange.*what;
    }
    return sum;
  }
  // What the ledger must answer, in order of precedence, and in `made` what comes of it.
  std::string OutcomeOf(AccountNo citizen, std::int64_t asked, std::optional<std::int64_t> price,
                        Exchange& made) const {
    const std::int64_t to = price.value_or(Worth(asked));
    made = {citizen, to == 0 ? 0 : FewestFor(to), to};
    made.fen = made.from * kPrice / 1'000;
    if (to == 0 || made.from > asked) {
      return "NOTHING_CONVERTS";
    }
    if (made.from > kMonthOfModel - sent.at(citizen)) {
      return "EXCHANGE_LIMIT";
    }
    const std::int64_t net = Sum("p", &Exchange::fen) + Sum("c", &Exchange::fen);
    if (made.fen > std::max<std::int64_t>(kCapOfModel - net, 0)) {
      return "POSITION_CAP";
    }
    return made.from > points.at(citizen) ? "INSUFFICIENT_BALANCE" : "OK";
  }
};

std::string FirstWord(const std::string& text) { return text.substr(0, text.find(' ')); }

struct City {
  World world;
  Model model;
  int asked = 0;

  City() : world(Start()) {
    const std::int64_t ours = *rc::gen::inRange<std::int64_t>(1, 12);
    const std::int64_t theirs = *rc::gen::inRange<std::int64_t>(1, 12);
    model.over = theirs;
    model.under = ours;
    const BusinessDate tomorrow(world.today().value() + 1);
    const Command rates =
        AgreeOnRates("rates of the model", 2, tomorrow, {{ours, 20}, kPrice}, {{theirs, 20}, 0});
    Done(world, rates);
    world.WaitDays(1);  // March begins
    for (const AccountNo citizen : kCitizens) {
      model.points[citizen] = world.BalanceOf(citizen);
      model.sent[citizen] = 0;
    }
  }
  static World Start() {
    static const World& start = *new World([] {
      World world = Neighbours();
      Done(world, Award("bob", kBob, kBudget, 300));
      Done(world, SetPeerTerms("model", world.today(), [](pb::PeerTerms& terms) {
             terms.set_cap_fen(kCapOfModel);
             terms.set_citizen_month_points(kMonthOfModel);
           }));
      return world;
    }());
    return start;
  }

  std::string NextId() { return absl::StrCat("q", ++asked); }
  // One that there is; nullopt before the first.
  std::optional<std::uint64_t> AnyExchange() const {
    if (model.exchanges.empty()) {
      return std::nullopt;
    }
    auto found = model.exchanges.begin();
    std::advance(found, *rc::gen::inRange<int>(0, static_cast<int>(model.exchanges.size())));
    return found->first;
  }

  void SendOne() {
    const AccountNo citizen = *rc::gen::elementOf(kCitizens);
    const auto asked_points = *rc::gen::inRange<std::int64_t>(1, 200);
    std::optional<std::int64_t> price;
    if (*rc::gen::arbitrary<bool>()) {
      price = *rc::gen::inRange<std::int64_t>(1, 200);
    }
    Exchange made;
    const std::string wanted = model.OutcomeOf(citizen, asked_points, price, made);
    const Command command = price.has_value()
                                ? PayThere(world, NextId(), citizen, *price, asked_points)
                                : Send(world, NextId(), citizen, asked_points);
    RC_ASSERT(FirstWord(world.Ask(command)) == wanted);
    if (wanted != "OK") {
      return;
    }
    made.expiry = LedgerTime(command.draft.exchange_preparation().expiry_micros());
    const pb::ExchangeTerms& terms = TermsAt(world, world.last_index());
    RC_ASSERT(terms.from_points() == made.from);
    RC_ASSERT(terms.to_points() == made.to);
    RC_ASSERT(terms.fen() == made.fen);
    std::int64_t lots = 0;
    for (const pb::ExchangeLot& lot : terms.lots()) {
      lots += lot.points();
    }
    RC_ASSERT(lots == (price.has_value() ? 0 : made.to));
    model.points[citizen] -= made.from;
    model.sent[citizen] += made.from;
    model.exchanges[world.last_index()] = made;
  }
  void DecideOne(bool commit) {
    const auto index = AnyExchange();
    if (!index.has_value()) {
      return;
    }
    Exchange& exchange = model.exchanges.at(*index);
    const bool late = !commit && *rc::gen::arbitrary<bool>();
    const std::string outcome = world.Ask(
        commit ? Commit(world, *index) : Abort(world, *index, late ? "expired" : "withdrawn"));
    if (exchange.state != 'p') {
      RC_ASSERT(FirstWord(outcome) == "SEEN");
    } else if (late && world.now() <= exchange.expiry) {
      RC_ASSERT(FirstWord(outcome) == "EXCHANGE_STATE");
    } else {
      RC_ASSERT(outcome == "OK");
      exchange.state = commit ? 'c' : 'a';
    }
  }
  void ReturnOne() {
    const auto index = AnyExchange();
    if (!index.has_value()) {
      return;
    }
    Exchange& exchange = model.exchanges.at(*index);
    const std::string outcome = FirstWord(world.Ask(GiveBack(world, *index)));
    if (exchange.state == 'a') {
      RC_ASSERT(outcome == "OK");
      exchange.state = 'r';
      model.points[exchange.citizen] += exchange.from;
      model.sent[exchange.citizen] -= exchange.from;
    } else {
      RC_ASSERT(outcome == (exchange.state == 'r' ? "SEEN" : "EXCHANGE_STATE"));
    }
  }
  void BlockOne() {
    const auto index = *rc::gen::inRange<std::uint64_t>(0, world.last_index() + 1);
    const bool real = model.exchanges.contains(index) && *rc::gen::arbitrary<bool>();
    const interop::ExchangeId id =
        real ? IdAt(world, index) : interop::IdOf(EntryIndex(index), LedgerTime(++asked));
    const std::string outcome = FirstWord(world.Ask(Block(id)));
    if (!real) {
      RC_ASSERT(outcome == "OK");
    } else {  // once it was decided, it is asked for again in other words
      RC_ASSERT(outcome == (model.exchanges.at(index).state == 'p' ? "UNKNOWN_EXCHANGE" : "SEEN"));
    }
  }

  void Step() {
    constexpr std::int64_t kLongest = 20 * kMicrosPerMinute;
    switch (*rc::gen::weightedElement<char>(
        {{6, 's'}, {3, 'c'}, {3, 'a'}, {3, 'r'}, {1, 'b'}, {2, 'w'}})) {
      case 's':
        return SendOne();
      case 'c':
        return DecideOne(true);
      case 'a':
        return DecideOne(false);
      case 'r':
        return ReturnOne();
      case 'b':
        return BlockOne();
      default:
        return world.Wait(*rc::gen::inRange<std::int64_t>(0, kLongest));
    }
  }

  void Compare(std::int64_t all) const {
    const std::int64_t leaving = model.Sum("pa", &Exchange::from);
    const std::int64_t departed = model.Sum("c", &Exchange::from);
    RC_ASSERT(Away(world) == absl::StrCat("departed ", departed, " leaving ", leaving));
    std::int64_t sum = leaving + departed;
    for (const AccountNo citizen : kCitizens) {
      RC_ASSERT(world.BalanceOf(citizen) == model.points.at(citizen));
      RC_ASSERT(interop::SentTo(world.Of(citizen), kRiver, world.today()) ==
                model.sent.at(citizen));
      sum += model.points.at(citizen);
    }
    RC_ASSERT(sum == all);
    RC_ASSERT(PositionWith(world) == absl::StrCat("in flight ", model.Sum("p", &Exchange::fen),
                                                  " owed ", model.Sum("c", &Exchange::fen),
                                                  " owed to us 0 prepaid 0"));
  }
};

RC_GTEST_PROP(LeavingProperty, NoPointIsLostOrDoubled, ()) {
  City city;
  std::int64_t all = 0;
  for (const auto& [citizen, points] : city.model.points) {
    all += points;
  }
  const auto steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    city.Step();
    city.Compare(all);
  }
  // A replica that applies the same entries has the same accounts.
  State state;
  for (const Entry& entry : city.world.entries()) {
    RC_ASSERT(!city.world.ledger().TryApply(state, entry).has_value());
  }
  for (const AccountNo account : {kAlice, kBob, kDeparted, kLeaving, kArrived, kComing}) {
    RC_ASSERT(*state.FindAccount(account) == city.world.Of(account));
  }
}

}  // namespace
}  // namespace tanhui
