// Two cities with their windows, and a network between them.
#ifndef TANHUI_TESTS_INTEROP_DESK_WINDOWS_WINDOW_CITIES_H_
#define TANHUI_TESTS_INTEROP_DESK_WINDOWS_WINDOW_CITIES_H_

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "interop/books/windows/log_reading.h"
#include "interop/desk/windows/window_clerk.h"
#include "interop/settlement/statement.h"
#include "tests/interop/desk/bad_network.h"
#include "tests/interop/desk/cities.h"

namespace tanhui::desk {

inline WindowOptions QuickWindows() {
  WindowOptions options;
  options.schedule.first_wait_micros = 400'000;
  options.schedule.longest_wait_micros = 4'000'000;
  options.look = std::chrono::milliseconds(20);
  options.patience_micros = 0;
  return options;
}

class WindowCities : public testing::Test {
 protected:
  void Begin(std::uint64_t seed, bool good) {
    network_ = std::make_unique<BadNetwork>(seed);
    if (good) {
      network_->Heal();
    }
    for (int i = 0; i < 2; ++i) {
      cities_[i] = std::make_unique<City>(scratch_ / ("city" + std::to_string(i)), i == 0, 50);
      cities_[i]->Settle();
      Connect(i);
    }
  }
  void TearDown() override {
    for (int i = 0; i < 2 && network_ != nullptr; ++i) {
      Disconnect(i);
    }
  }
  void Connect(int i) {
    network_->Connect(i, cities_[i]->desk());
    clerks_[i] = std::make_unique<WindowClerk>(
        QuickWindows(), cities_[i]->engine(), cities_[i]->desk(), network_->From(i),
        cities_[i]->signer(), [this] { return network_->random(); });
  }
  void Disconnect(int i) {
    network_->CutOff(i);
    clerks_[i].reset();
    network_->AwaitQuiet(i);
  }
  void Restart(int i) {
    Disconnect(i);
    cities_[i]->Close();
    cities_[i]->Open();
    Connect(i);
  }

  static peer::v1::SignedMessage Tell(City& city, const peer::v1::SignedMessage& message) {
    std::promise<absl::StatusOr<peer::v1::SignedMessage>> promise;
    city.desk().Deliver(message, [&promise](auto said) { promise.set_value(std::move(said)); });
    const auto said = promise.get_future().get();
    EXPECT_TRUE(said.ok()) << said.status();
    return said.value_or(peer::v1::SignedMessage());
  }
  // A citizen's points leave, and are committed: the message that tells the other city.
  peer::v1::SignedMessage Commit(int from, std::int64_t points) {
    City& city = *cities_[from];
    const auto prepared = city.Must(
        city.Prepare("x" + std::to_string(++made_), world::kAlice, NameOf(world::kBob), points));
    std::promise<peer::v1::SignedMessage> promise;
    city.desk().Repeat({world::kRiver, true, IdOf(prepared)},
                       [&promise](const auto& said) { promise.set_value(*said); });
    return Tell(city, Tell(*cities_[1 - from], promise.get_future().get()));
  }
  void Deliver(int to, const peer::v1::SignedMessage& committed) { Tell(*cities_[to], committed); }
  void Exchange(int from, std::int64_t points) { Deliver(1 - from, Commit(from, points)); }

  // An operator's step.
  void Step(int i, std::uint64_t window, entry::v1::WindowAction action,
            const std::string& reference = "") {
    Command command =
        world::By(world::CreateScheme("step" + std::to_string(++made_), "any"), world::kOperator);
    auto& step = *command.draft.mutable_window_step();
    step.set_peer(world::kRiver.value());
    step.set_window(window);
    step.set_action(action);
    step.set_reference(reference);
    cities_[i]->Must(command);
    clerks_[i]->Nudge();
  }
  void AwaitBoth(std::uint64_t window, settlement::WindowState state) {
    for (const auto& clerk : clerks_) {
      clerk->AwaitState({world::kRiver, window}, state);
    }
  }
  std::string StatementHere(int i, std::uint64_t window) {
    std::promise<std::string> promise;
    clerks_[i]->Ask(world::kRiver, [&promise, window](const WindowsAtHand* at_hand) {
      promise.set_value(at_hand->books.Find(window)->statement);
    });
    return promise.get_future().get();
  }
  // Of both cities, which are the same.
  settlement::Statement StatementOf(std::uint64_t window) {
    const std::string text = StatementHere(0, window);
    EXPECT_EQ(StatementHere(1, window), text);
    EXPECT_EQ(Recomputed(window, 0), text);
    EXPECT_EQ(Recomputed(window, 1), text);
    const auto statement = settlement::ParseStatement(text);
    EXPECT_TRUE(statement.has_value()) << text;
    return statement.value_or(settlement::Statement());
  }
  // From both logs alone, as the city has it.
  std::string Recomputed(std::uint64_t window, int i) {
    std::vector<interop::LogReading> logs;
    for (const auto& city : cities_) {
      logs.emplace_back(city->other_log(), window);
      for (std::uint64_t index = 0; index < city->size(); ++index) {
        EXPECT_TRUE(logs.back().Add(*city->store().ReadEntry(EntryIndex(index))));
      }
    }
    const auto statement = interop::StatementBy(logs[i], logs[1 - i], window);
    return statement.has_value() ? settlement::TextOf(*statement) : "";
  }
  void ExpectWhole() {
    for (const auto& city : cities_) {
      EXPECT_TRUE(city->All(Entry::kPeerEvidence).empty()) << "both are honest";
      EXPECT_EQ(city->Difference(), "");
    }
  }
  const settlement::CityPart& PartOf(const settlement::Statement& statement, int i) {
    return statement.first.city == cities_[1 - i]->other_log() ? statement.first : statement.second;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<BadNetwork> network_;
  std::unique_ptr<City> cities_[2];
  std::unique_ptr<WindowClerk> clerks_[2];
  int made_ = 0;
};

}  // namespace tanhui::desk

#endif  // TANHUI_TESTS_INTEROP_DESK_WINDOWS_WINDOW_CITIES_H_
