// Two cities close their months: what is late is carried, what never comes stays on a list that
// both sign, and whoever has both logs comes to the same bytes. TANHUI_SEED repeats a run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "interop/settlement/netting.h"
#include "interop/settlement/statement.h"
#include "tests/interop/desk/windows/window_cities.h"

namespace tanhui::desk {
namespace {

namespace pb = peer::v1;

using settlement::WindowState;
using WindowClerkTest = WindowCities;

// 37 exchanges of a month are late; 34 of them come in the next, 3 never.
TEST_F(WindowClerkTest, AMonthsEndWithLateItems) {
  Begin(1, true);
  std::vector<pb::SignedMessage> late;
  for (int i = 0; i < 100; ++i) {
    pb::SignedMessage committed = Commit(0, 10);
    if (i % 27 < 10 && late.size() < 37) {
      late.push_back(std::move(committed));
    } else {
      Deliver(1, committed);
    }
  }
  ASSERT_EQ(late.size(), 37u);
  for (int i = 0; i < 20; ++i) {
    Exchange(1, 15);
  }
  Step(0, 1, entry::v1::WINDOW_ACTION_CLOSE);
  AwaitBoth(1, WindowState::kAgreed);
  const settlement::Statement first = StatementOf(1);
  EXPECT_EQ(PartOf(first, 0).settled.items, 63u);
  EXPECT_EQ(PartOf(first, 0).points, 630);
  EXPECT_EQ(PartOf(first, 0).fen, 63);
  EXPECT_EQ(PartOf(first, 0).open.items, 37u);
  EXPECT_EQ(PartOf(first, 1).settled.items, 20u);
  EXPECT_EQ(PartOf(first, 1).open.items, 0u);

  for (std::size_t i = 0; i < 34; ++i) {
    Deliver(1, late[i]);
  }
  for (int i = 0; i < 5; ++i) {
    Exchange(0, 20);
  }
  Step(1, 2, entry::v1::WINDOW_ACTION_CLOSE);
  AwaitBoth(2, WindowState::kAgreed);
  const settlement::Statement second = StatementOf(2);
  EXPECT_EQ(PartOf(second, 0).settled.items, 39u);
  EXPECT_EQ(PartOf(second, 0).points, 440);
  EXPECT_EQ(PartOf(second, 0).open.items, 3u);

  // The money of both moves, and what is owed still is that of the three.
  for (const std::uint64_t window : {1, 2}) {
    Step(static_cast<int>(window) - 1, window, entry::v1::WINDOW_ACTION_SETTLE, "bank-1");
    AwaitBoth(window, WindowState::kSettled);
  }
  EXPECT_EQ(cities_[0]->Position().owed, 3);
  EXPECT_EQ(cities_[0]->Position().owed_to_us, 0);
  EXPECT_EQ(cities_[1]->Position().owed_to_us, 0);
  EXPECT_EQ(Recomputed(2, 1), settlement::TextOf(second)) << "by the logs at any time later";
  ExpectWhole();
}

// Windows close in order whatever is lost, said twice or interrupted, and nobody looks dishonest.
TEST_F(WindowClerkTest, ABadNetworkAndRestartsChangeNothing) {
  const char* asked = std::getenv("TANHUI_SEED");
  const std::uint64_t seed = asked == nullptr ? 20'261'124 : std::strtoull(asked, nullptr, 10);
  RecordProperty("seed", std::to_string(seed));
  Begin(seed, false);
  std::mt19937_64 dice(seed);
  std::vector<pb::SignedMessage> late[2];  // by who is to hear of it
  for (std::uint64_t window = 1; window <= 4; ++window) {
    for (auto& messages : late) {
      const int to = &messages == &late[0] ? 0 : 1;
      for (const pb::SignedMessage& message : messages) {
        Deliver(to, message);
      }
      messages.clear();
    }
    for (int i = 0; i < 12; ++i) {
      const int from = static_cast<int>(dice() % 2);
      pb::SignedMessage committed = Commit(from, static_cast<std::int64_t>(10 + dice() % 50));
      if (dice() % 3 == 0) {
        late[1 - from].push_back(std::move(committed));
      } else {
        Deliver(1 - from, committed);
      }
    }
    Step(static_cast<int>(dice() % 2), window, entry::v1::WINDOW_ACTION_CLOSE);
    Restart(static_cast<int>(dice() % 2));
    if (window % 2 == 0) {
      AwaitBoth(window, WindowState::kAgreed);
    } else {
      AwaitBoth(window, WindowState::kClosing);
    }
  }
  for (std::uint64_t window = 1; window <= 4; ++window) {
    AwaitBoth(window, WindowState::kAgreed);
    StatementOf(window);
  }
  ExpectWhole();
}

// Another list under the hand of the same city is kept and noted; so is money that was never
// agreed.
TEST_F(WindowClerkTest, WhatNoHonestCitySaysIsEvidence) {
  Begin(3, true);
  Exchange(0, 10);
  Step(0, 1, entry::v1::WINDOW_ACTION_CLOSE);
  AwaitBoth(1, WindowState::kAgreed);
  const auto say = [this](const pb::PeerMessage& message) {
    Tell(*cities_[1],
         *interop::SealMessage(message, cities_[0]->other_log(), cities_[0]->signer()));
  };
  pb::PeerMessage list;
  list.set_kind(pb::PEER_MESSAGE_KIND_CLOSING);
  list.mutable_closing()->set_window(1);
  list.mutable_closing()->set_items(7);
  list.mutable_closing()->set_digest(std::string(32, 'd'));
  list.mutable_closing()->set_checkpoint(cities_[0]->engine().checkpoint()->note);
  say(list);
  say(list);
  pb::PeerMessage settled;
  settled.set_kind(pb::PEER_MESSAGE_KIND_SETTLED);
  settled.mutable_settled()->set_window(2);
  settled.mutable_settled()->set_reference("money");
  say(settled);
  std::vector<std::string> shown;
  for (const Entry& entry : cities_[1]->All(Entry::kPeerEvidence)) {
    shown.push_back(entry.peer_evidence().shows());
  }
  EXPECT_EQ(shown, (std::vector<std::string>{"two_lists", "settled_too_early"}));
  EXPECT_EQ(cities_[1]->Difference(), "");
}

// Three cities come to one list of payments from the statements that they agreed on in pairs.
TEST_F(WindowClerkTest, StatementsAreNettedAmongMoreCities) {
  Begin(4, true);
  Exchange(0, 400);
  Step(0, 1, entry::v1::WINDOW_ACTION_CLOSE);
  AwaitBoth(1, WindowState::kAgreed);
  const auto payment = settlement::PaymentOf(StatementOf(1));
  ASSERT_TRUE(payment.has_value());
  const std::vector<settlement::Obligation> owed = {
      {payment->payer, payment->payee, payment->fen},
      {payment->payee, "third.example/log", payment->fen}};
  const auto paid = settlement::Net(owed, {.netting = settlement::Netting::kMultilateral});
  ASSERT_TRUE(paid.has_value());
  EXPECT_EQ(
      *paid,
      (std::vector<settlement::Payment>{{payment->payer, "third.example/log", payment->fen}}));
}

}  // namespace
}  // namespace tanhui::desk
