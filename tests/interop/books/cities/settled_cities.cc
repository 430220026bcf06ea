// The end of two cities of a test: what both owe each other goes, window by window.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/position_of.h"
#include "interop/settlement/statement.h"
#include "interop/settlement/window.h"
#include "tests/interop/books/arrivals.h"
#include "tests/interop/books/cities/two_cities.h"
#include "tests/interop/books/leaving/departures.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

// What a city has of a window: ids that it committed, and those that it confirmed; and what it owes
// for the first.
struct WindowItems {
  std::set<ExchangeId> ours;
  std::set<ExchangeId> theirs;
  settlement::CityPart part;
};

WindowItems ItemsOf(const CityBooks& books, const CityName& name, std::uint64_t window) {
  WindowItems items;
  items.part.city = name.log();
  items.part.size = books.world().entries().size();
  for (const std::uint64_t index : books.preparations()) {
    const ExchangeId id = IdAt(books.world(), index);
    const pb::ExchangeDecision* decision = books.DecisionOf(id);
    if (decision != nullptr && decision->window() == window) {
      const pb::ExchangeTerms& terms = books.PreparedAt(index);
      items.ours.insert(id);
      items.part.points += terms.from_points();
      items.part.grams += terms.grams();
      items.part.fen += terms.fen();
    }
  }
  items.part.settled = settlement::ListOf(items.ours);
  for (const Entry& entry : books.world().entries()) {
    if (entry.has_exchange_conclusion() && entry.exchange_conclusion().window() == window) {
      items.theirs.insert(ExchangeId::FromView(
          books.ReceivedAt(entry.exchange_conclusion().reception()).exchange_id()));
    }
  }
  return items;
}

}  // namespace

std::string TwoCities::AskBoth(std::string_view id, std::uint64_t window,
                               const std::array<Command, 2>& commands) {
  for (const CityNo city : {0, 1}) {
    const std::string outcome = Books(city).Ask(commands[city]);
    if (outcome != "OK") {
      return absl::StrCat("window ", window, ", ", std::string(id), ": ", outcome);
    }
  }
  return "";
}

std::string TwoCities::SettleWindow(std::uint64_t window) {
  const std::array<WindowItems, 2> items = {ItemsOf(Books(0), cities_[0].name, window),
                                            ItemsOf(Books(1), cities_[1].name, window)};
  if (items[0].ours != items[1].theirs || items[1].ours != items[0].theirs) {
    return absl::StrCat("window ", window, " is not the same in both cities");
  }
  // Each alone, of what it knows; what either has, both have by now.
  const settlement::Statement statement =
      settlement::MakeStatement(window, items[0].part, items[1].part);
  const auto id = [window](std::string_view what) {
    return absl::StrCat("window-", window, "-", std::string(what));
  };
  const auto list = [&](CityNo city) {
    return StepWindow(id("list"), window, pb::WINDOW_ACTION_THEIR_LIST, [&](pb::WindowStep& step) {
      const auto listed = settlement::ListOf(items[Other(city)].ours);
      step.set_items(listed.items);
      step.set_digest(std::string(listed.digest.view()));
    });
  };
  const auto agree = [&](CityNo city) {
    return StepWindow(id("agree"), window, pb::WINDOW_ACTION_AGREE, [&](pb::WindowStep& step) {
      step.set_note(SignedBy(TextOf(statement), {cities_[Other(city)].name.signer()}));
    });
  };
  const auto both = [](const Command& command) { return std::array<Command, 2>{command, command}; };
  const std::vector<std::pair<std::string_view, std::array<Command, 2>>> steps = {
      {"list", {list(0), list(1)}},
      {"missing", both(TheirMissing(id("missing"), window))},
      {"complete", both(StepWindow(id("complete"), window, pb::WINDOW_ACTION_COMPLETE))},
      {"state", both(StateWindow(id("state"), statement))},
      {"agree", {agree(0), agree(1)}},
      {"settle", both(world::SettleWindow(id("settle"), window))}};
  for (const auto& [what, commands] : steps) {
    if (std::string wrong = AskBoth(what, window, commands); !wrong.empty()) {
      return wrong;
    }
  }
  ++windows_;
  return "";
}

std::string TwoCities::Settle() {
  const std::uint64_t last = std::max(Books(0).peer().open_window, Books(1).peer().open_window);
  for (const CityNo city : {0, 1}) {
    while (Books(city).peer().open_window <= last) {
      Books(city).Ask(
          StepWindow(NewId(city), Books(city).peer().open_window, pb::WINDOW_ACTION_CLOSE));
    }
  }
  for (std::uint64_t window = 1; window <= last; ++window) {
    if (std::string wrong = SettleWindow(window); !wrong.empty()) {
      return wrong;
    }
  }
  for (const CityNo city : {0, 1}) {
    if (!(interop::ReadPosition(Books(city).world().state(), Books(city).peer()) ==
          settlement::Position())) {
      return "something is owed when all is settled";
    }
    if (std::string wrong = Restart(city); !wrong.empty()) {
      return wrong;
    }
  }
  return "";
}

}  // namespace tanhui::world
