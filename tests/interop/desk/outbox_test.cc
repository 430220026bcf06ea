// Exchanges between two cities over a network that loses, repeats and reorders, with power cuts in
// the middle: at the end both agree on every one of them.
//
// TANHUI_SEED repeats a run, TANHUI_ROUNDS lengthens it.
#include "interop/desk/outbox.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/interop/desk/bad_network.h"
#include "tests/interop/desk/cities.h"

namespace tanhui::desk {
namespace {

using exchange::DestinationState;
using exchange::OriginState;
using world::kAlice;
using world::kBob;
using world::kRiver;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Times are of a clock that runs fifty times as fast.
constexpr std::int64_t kSpeed = 50;
OutboxOptions Options() {
  OutboxOptions options;
  options.schedule.first_wait_micros = 400'000;
  options.schedule.longest_wait_micros = 4'000'000;
  options.look = std::chrono::milliseconds(20);
  options.mark = std::chrono::milliseconds(500);
  return options;
}

class OutboxTest : public testing::Test {
 protected:
  // The second city's clock is wrong by so much.
  void Begin(std::uint64_t seed, std::int64_t skew = 0) {
    random_.seed(seed);
    network_ = std::make_unique<BadNetwork>(seed);
    for (int i = 0; i < 2; ++i) {
      cities_[i] = std::make_unique<City>(scratch_ / ("city" + std::to_string(i)), i == 0, kSpeed,
                                          i * skew);
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
    outboxes_[i] =
        std::make_unique<Outbox>(Options(), cities_[i]->engine(), cities_[i]->desk(),
                                 network_->From(i), [this] { return network_->random(); });
  }
  void Disconnect(int i) {
    network_->CutOff(i);
    network_->AwaitQuiet(i);
    outboxes_[i].reset();
  }
  // A power cut, and the start on what the disk holds.
  void Kill(int i) {
    network_->CutOff(i);
    cities_[i]->TakeImage(random_());
    network_->AwaitQuiet(i);
    outboxes_[i].reset();
    cities_[i]->Close();
    cities_[i]->Open();
    Connect(i);
  }
  // Somebody of one city asks for something.
  void AskSomething(int i) {
    City& city = *cities_[i];
    const std::string id = "ask" + std::to_string(++asked_);
    const AccountNo from = random_() % 2 == 0 ? kAlice : kBob;
    const std::uint64_t dice = random_() % 10;
    const std::string to = dice == 0 ? kNobody : NameOf(random_() % 2 == 0 ? kAlice : kBob);
    const std::int64_t life = dice == 1 ? kMicrosPerSecond : 30 * kMicrosPerMinute;
    const Command command =
        dice < 8 ? city.Prepare(id, from, to, static_cast<std::int64_t>(2 + random_() % 90), life)
                 : city.PreparePayment(id, from, NameOf(world::kShop),
                                       static_cast<std::int64_t>(1 + random_() % 60));
    const sequencer::Outcome outcome = city.Submit(command);
    if (const auto* prepared = std::get_if<sequencer::Accepted>(&outcome)) {
      outboxes_[i]->Nudge();
      if (dice == 2) {
        city.desk().Abort(kRiver, IdOf(*prepared), "withdrawn", [](const absl::Status&) {});
      }
    } else {
      // A short life may be over before it is decided.
      EXPECT_TRUE(dice == 1 && std::get<Refusal>(outcome).reason == Reason::kExchangeExpired)
          << sequencer::Words(outcome);
    }
  }
  void AwaitAllClosed() {
    network_->Heal();
    // A city may wait for what the other one begins meanwhile.
    for (int turn = 0; turn < 2; ++turn) {
      for (int i = 0; i < 2; ++i) {
        outboxes_[i]->AwaitOpen(0);
      }
    }
  }

  // What both say of every exchange from one city to the other.
  void ExpectAgreement(int from) {
    City& here = *cities_[from];
    City& there = *cities_[1 - from];
    std::int64_t left = 0;
    std::int64_t came = 0;
    std::int64_t fen = 0;
    for (std::uint64_t index = 0; index < here.size(); ++index) {
      const Entry entry = here.EntryAt(index);
      if (!entry.has_exchange_preparation()) {
        continue;
      }
      const auto id = interop::ReadExchangeId(entry.exchange_preparation().terms().exchange_id());
      const AtOrigin origin = here.Origin(*id);
      const DestinationState destination = there.Destination(*id).state;
      ASSERT_TRUE(origin.state == OriginState::kCommitted || origin.state == OriginState::kAborted)
          << "entry " << index << " is open";
      if (origin.state == OriginState::kCommitted) {
        EXPECT_EQ(destination, DestinationState::kConfirmed) << "entry " << index;
        left += entry.exchange_preparation().terms().from_points();
        came += entry.exchange_preparation().terms().to_points();
        fen += entry.exchange_preparation().terms().fen();
        ++committed_;
      } else {
        EXPECT_TRUE(destination == DestinationState::kRejected ||
                    destination == DestinationState::kCancelled ||
                    destination == DestinationState::kBlocked)
            << "entry " << index;
        EXPECT_TRUE(origin.returned) << "entry " << index;
        ++aborted_;
      }
    }
    EXPECT_EQ(here.BalanceOf(here.peer().departed_account), left);
    EXPECT_EQ(here.BalanceOf(here.peer().leaving_account()), 0);
    EXPECT_EQ(there.BalanceOf(there.peer().arrived_account()), -came);
    EXPECT_EQ(there.BalanceOf(there.peer().coming_account()), 0);
    EXPECT_EQ(here.Position().owed, fen);
    EXPECT_EQ(here.Position().in_flight, 0);
    EXPECT_EQ(there.Position().owed_to_us, fen);
    EXPECT_TRUE(here.All(Entry::kPeerEvidence).empty()) << "the other city is honest";
    EXPECT_EQ(here.Difference(), "");
  }
  void ExpectAgreement() {
    ExpectAgreement(0);
    ExpectAgreement(1);
    RecordProperty("committed", committed_);
    RecordProperty("aborted", aborted_);
  }

  ScratchDirectory scratch_;
  std::mt19937_64 random_;
  std::unique_ptr<BadNetwork> network_;
  std::unique_ptr<City> cities_[2];
  std::unique_ptr<Outbox> outboxes_[2];
  int asked_ = 0;
  int committed_ = 0;
  int aborted_ = 0;
};

TEST_F(OutboxTest, AGoodNetworkClosesEverything) {
  Begin(1);
  network_->Heal();
  for (int i = 0; i < 40; ++i) {
    AskSomething(i % 2);
  }
  AwaitAllClosed();
  ExpectAgreement();
  EXPECT_GT(committed_, 0);
  EXPECT_GT(aborted_, 0);
}

TEST_F(OutboxTest, ABadNetworkClosesEverythingLater) {
  const std::uint64_t seed = FromEnvironment("TANHUI_SEED", 20'261'124);
  RecordProperty("seed", std::to_string(seed));
  Begin(seed);
  for (int i = 0; i < 120; ++i) {
    AskSomething(static_cast<int>(random_() % 2));
  }
  AwaitAllClosed();
  ExpectAgreement();
  EXPECT_GT(committed_, 0);
  EXPECT_GT(aborted_, 0);
}

// Clocks that are hours off make exchanges fail, never points.
TEST_F(OutboxTest, WrongClocksLoseNoPoints) {
  Begin(FromEnvironment("TANHUI_SEED", 20'261'124), 120 * kMicrosPerMinute);
  for (int i = 0; i < 40; ++i) {
    AskSomething(i % 2);
  }
  AwaitAllClosed();
  ExpectAgreement();
  EXPECT_GT(aborted_, 20) << "the city that is ahead takes nothing that is on time";
}

TEST_F(OutboxTest, PowerCutsLoseNoExchange) {
  const std::uint64_t seed = FromEnvironment("TANHUI_SEED", 20'261'124);
  const std::uint64_t rounds = FromEnvironment("TANHUI_ROUNDS", 12);
  RecordProperty("seed", std::to_string(seed));
  Begin(seed);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < 8; ++i) {
      AskSomething(static_cast<int>(random_() % 2));
    }
    Kill(static_cast<int>(random_() % 2));
  }
  AwaitAllClosed();
  ExpectAgreement();
  EXPECT_GT(committed_, 0);
}

// Nothing is asked again of what was closed before a restart.
TEST_F(OutboxTest, ARestartBeginsWhereAllIsClosed) {
  Begin(2);
  network_->Heal();
  for (int i = 0; i < 10; ++i) {
    AskSomething(0);
  }
  AwaitAllClosed();
  Disconnect(0);  // the mark is written at the end
  cities_[0]->Close();
  cities_[0]->Open();
  const auto mark = cities_[0]->store().ReadOutside(std::string("o\0\0\0\x08", 5));
  ASSERT_TRUE(mark.ok()) << mark.status();
  Connect(0);
  outboxes_[0]->AwaitOpen(0);
  EXPECT_EQ(outboxes_[0]->StateOf(kRiver).open, 0u);
  ExpectAgreement();
}

// While the other city is away, what is over its time comes back all the same.
TEST_F(OutboxTest, ExpiryNeedsNobodyElse) {
  Begin(3);
  network_->CutOff(1);
  City& city = *cities_[0];
  const std::int64_t before = city.BalanceOf(kAlice);
  const auto prepared = city.Must(city.Prepare("alone", kAlice, NameOf(kBob), 50));
  outboxes_[0]->Nudge();
  city.clock().Wait(31 * kMicrosPerMinute);
  while (!city.Origin(IdOf(prepared)).returned) {
    city.engine().AwaitGrowth(city.size(), std::chrono::milliseconds(20));
  }
  EXPECT_EQ(city.Origin(IdOf(prepared)).state, OriginState::kAborted);
  EXPECT_EQ(city.BalanceOf(kAlice), before);
  network_->Connect(1, cities_[1]->desk());
  AwaitAllClosed();
  ExpectAgreement();
}

}  // namespace
}  // namespace tanhui::desk
