// What a city does on what the other one says, message by message.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "interop/desk/exchange_desk.h"
#include "ledger/merkle/hash.h"
#include "tests/interop/desk/cities.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::desk {
namespace {

namespace pb = peer::v1;

using exchange::DestinationState;
using exchange::OriginState;
using world::kAlice;
using world::kBob;
using world::kRiver;

class DeskTest : public testing::Test {
 protected:
  DeskTest() : here_(scratch_ / "here", true), there_(scratch_ / "there", false) {
    here_.Settle();
    there_.Settle();
  }

  // What the city answers.
  static absl::StatusOr<pb::SignedMessage> Tell(City& city, const pb::SignedMessage& message) {
    std::promise<absl::StatusOr<pb::SignedMessage>> promise;
    city.desk().Deliver(message, [&promise](auto said) { promise.set_value(std::move(said)); });
    return promise.get_future().get();
  }
  static pb::SignedMessage Repeat(City& city, bool as_origin, const ExchangeId& id) {
    std::promise<absl::StatusOr<pb::SignedMessage>> promise;
    city.desk().Repeat({kRiver, as_origin, id},
                       [&promise](auto said) { promise.set_value(std::move(said)); });
    const auto said = promise.get_future().get();
    EXPECT_TRUE(said.ok()) << said.status();
    return said.value_or(pb::SignedMessage());
  }
  static absl::Status Abort(City& city, const ExchangeId& id, std::string_view reason) {
    std::promise<absl::Status> promise;
    city.desk().Abort(kRiver, id, reason, [&promise](auto done) { promise.set_value(done); });
    return promise.get_future().get();
  }
  static absl::Status Return(City& city, const ExchangeId& id) {
    std::promise<absl::Status> promise;
    city.desk().Return(kRiver, id, [&promise](auto done) { promise.set_value(done); });
    return promise.get_future().get();
  }
  static pb::PeerMessage Read(const pb::SignedMessage& sealed) {
    pb::PeerMessage message;
    EXPECT_TRUE(message.ParseFromString(sealed.message()));
    return message;
  }
  // In a word: the kind of the answer, "nothing", or an error's code.
  static std::string Word(const absl::StatusOr<pb::SignedMessage>& said) {
    if (!said.ok()) {
      return absl::StatusCodeToString(said.status().code());
    }
    if (said->message().empty()) {
      return "nothing";
    }
    return pb::PeerMessageKind_Name(Read(*said).kind()).substr(sizeof("PEER_MESSAGE_KIND_") - 1);
  }
  static std::string Answer(City& city, const pb::SignedMessage& message) {
    return Word(Tell(city, message));
  }

  ExchangeId Prepared(std::int64_t points = 100, const std::string& to = NameOf(kBob)) {
    return IdOf(here_.Must(here_.Prepare("x" + std::to_string(++made_), kAlice, to, points)));
  }
  pb::SignedMessage Signed(const City& from, const pb::PeerMessage& message) const {
    const auto sealed = interop::SealMessage(message, from.other_log(), from.signer());
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    return sealed.value_or(pb::SignedMessage());
  }
  // A decision that is in no log but that of a liar, who has the key of the city here.
  pb::SignedMessage Invented(const ExchangeId& id, pb::PeerMessageKind kind,
                             const std::string& hash) {
    Entry entry;
    entry.mutable_exchange_decision()->set_exchange_id(std::string(id.view()));
    entry.mutable_exchange_decision()->set_outcome(kind == pb::PEER_MESSAGE_KIND_COMMITTED
                                                       ? entry::v1::EXCHANGE_OUTCOME_COMMITTED
                                                       : entry::v1::EXCHANGE_OUTCOME_ABORTED);
    entry.mutable_exchange_decision()->set_window(1);
    const std::string leaf = entry.SerializeAsString();
    const auto note = signing::SignCheckpoint(
        {std::string(world::kOurLog), 1, merkle::LeafHash(leaf)}, here_.signer());
    pb::PeerMessage message;
    message.set_kind(kind);
    message.set_role(pb::PEER_ROLE_ORIGIN);
    message.set_exchange_id(std::string(id.view()));
    message.set_terms_hash(hash);
    *message.mutable_proof() = interop::ToEntryProof({leaf, 0, {}, *note});
    return Signed(here_, message);
  }
  // A prepare that the log here knows nothing of.
  pb::SignedMessage InventedPrepare(const ExchangeId& known, const ExchangeId& id) {
    pb::PeerMessage message = Read(Repeat(here_, true, known));
    message.set_exchange_id(std::string(id.view()));
    message.mutable_terms()->set_exchange_id(std::string(id.view()));
    message.set_terms_hash(std::string(interop::TermsHash(message.terms()).view()));
    return Signed(here_, message);
  }
  void ExpectWhole() {
    EXPECT_EQ(here_.Difference(), "");
    EXPECT_EQ(there_.Difference(), "");
  }

  ScratchDirectory scratch_;
  City here_;
  City there_;
  int made_ = 0;
};

TEST_F(DeskTest, PointsGoOverInTwoQuestions) {
  const std::int64_t before = there_.BalanceOf(kBob);
  const ExchangeId id = Prepared();
  EXPECT_EQ(here_.Position().in_flight, 10);
  const auto fulfil = Tell(there_, Repeat(here_, true, id));
  ASSERT_EQ(Word(fulfil), "FULFIL");
  EXPECT_EQ(there_.Destination(id).state, DestinationState::kAccepted);
  EXPECT_EQ(there_.BalanceOf(kBob), before) << "nobody's yet";
  const auto committed = Tell(here_, *fulfil);
  ASSERT_EQ(Word(committed), "COMMITTED");
  EXPECT_EQ(here_.Origin(id).state, OriginState::kCommitted);
  const auto confirmed = Tell(there_, *committed);
  ASSERT_EQ(Word(confirmed), "CONFIRMED");
  EXPECT_EQ(there_.BalanceOf(kBob), before + 150);
  EXPECT_EQ(Answer(here_, *confirmed), "nothing");
  EXPECT_EQ(here_.Position(), (settlement::Position{.owed = 10}));
  EXPECT_EQ(there_.Position(), (settlement::Position{.owed_to_us = 10}));
  // What the entries name can be shown.
  const Hash256 message = Hash256::FromView(
      here_.EntryAt(here_.Origin(id).decision->value()).exchange_decision().proof().message_hash());
  const auto kept = here_.desk().kept().Read(message);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->SerializeAsString(), fulfil->SerializeAsString());
  ExpectWhole();
}

TEST_F(DeskTest, EveryMessageTwiceChangesNothing) {
  const ExchangeId id = Prepared();
  const pb::SignedMessage prepare = Repeat(here_, true, id);
  const auto fulfil = Tell(there_, prepare);
  const std::uint64_t accepted = there_.size();
  EXPECT_EQ(Answer(there_, prepare), "FULFIL");
  EXPECT_EQ(there_.size(), accepted);
  const auto committed = Tell(here_, *fulfil);
  const std::uint64_t decided = here_.size();
  EXPECT_EQ(Answer(here_, *fulfil), "COMMITTED");
  EXPECT_EQ(here_.size(), decided);
  EXPECT_EQ(Answer(there_, *committed), "CONFIRMED");
  const std::uint64_t confirmed = there_.size();
  EXPECT_EQ(Answer(there_, *committed), "CONFIRMED");
  EXPECT_EQ(Answer(there_, prepare), "CONFIRMED");
  EXPECT_EQ(there_.size(), confirmed);
  ExpectWhole();
}

TEST_F(DeskTest, ManyAtOnceOfOneMessageWriteOneEntry) {
  const ExchangeId id = Prepared();
  const pb::SignedMessage prepare = Repeat(here_, true, id);
  const std::uint64_t before = there_.size();
  std::vector<std::promise<absl::StatusOr<pb::SignedMessage>>> answers(20);
  for (auto& answer : answers) {
    there_.desk().Deliver(prepare, [&answer](auto said) { answer.set_value(std::move(said)); });
  }
  for (auto& answer : answers) {
    EXPECT_EQ(Word(answer.get_future().get()), "FULFIL");
  }
  EXPECT_EQ(there_.size(), before + 1);
}

TEST_F(DeskTest, AMerchantIsPaidThere) {
  const std::int64_t before = there_.BalanceOf(world::kShop);
  const ExchangeId id =
      IdOf(here_.Must(here_.PreparePayment("pay", kAlice, NameOf(world::kShop), 30)));
  const auto fulfil = Tell(there_, Repeat(here_, true, id));
  const auto committed = Tell(here_, *fulfil);
  EXPECT_EQ(Answer(there_, *committed), "CONFIRMED");
  EXPECT_EQ(there_.BalanceOf(world::kShop), before + 30);
  ExpectWhole();
}

TEST_F(DeskTest, WhatCanNeverBeAcceptedComesBack) {
  const std::int64_t before = here_.BalanceOf(kAlice);
  const struct {
    const char* reason;
    std::string to;
  } kCases[] = {{"unknown_recipient", kNobody},
                {"wrong_account_kind", NameOf(world::kShop)},
                {"asset_mismatch", NameOf(world::kStampBob)}};
  for (const auto& [reason, to] : kCases) {
    const ExchangeId id = Prepared(100, to);
    const auto reject = Tell(there_, Repeat(here_, true, id));
    ASSERT_EQ(Word(reject), "REJECT") << reason;
    EXPECT_EQ(Read(*reject).reason(), reason);
    const auto aborted = Tell(here_, *reject);
    ASSERT_EQ(Word(aborted), "ABORTED");
    EXPECT_EQ(Answer(there_, *aborted), "CANCELLED");
    EXPECT_EQ(Return(here_, id), absl::OkStatus());
    EXPECT_EQ(here_.BalanceOf(kAlice), before);
    EXPECT_TRUE(here_.Origin(id).returned);
  }
  ExpectWhole();
}

TEST_F(DeskTest, WhatWasAcceptedIsTheOwnersThoughHeConsentsNoMore) {
  const std::int64_t before = there_.BalanceOf(kBob);
  const ExchangeId first = Prepared(100, NameOf(kBob));
  const auto fulfil = Tell(there_, Repeat(here_, true, first));
  ASSERT_EQ(Word(fulfil), "FULFIL");
  there_.SetConsent(false);
  const auto committed = Tell(here_, *fulfil);
  ASSERT_EQ(Word(committed), "COMMITTED");
  EXPECT_EQ(Answer(there_, *committed), "CONFIRMED");
  EXPECT_GT(there_.BalanceOf(kBob), before);
  const auto second = Tell(there_, Repeat(here_, true, Prepared(100, NameOf(kBob))));
  ASSERT_EQ(Word(second), "REJECT");
  EXPECT_EQ(Read(*second).reason(), "unknown_recipient");
}

TEST_F(DeskTest, WhatCannotBeAcceptedNowIsAskedAgain) {
  const ExchangeId id = Prepared();
  there_.Must(world::SuspendPeer("stop", false, true));
  auto busy = Tell(there_, Repeat(here_, true, id));
  ASSERT_EQ(Word(busy), "BUSY");
  EXPECT_EQ(Read(*busy).reason(), "peer_suspended");
  EXPECT_EQ(Answer(here_, *busy), "nothing");
  there_.Must(world::SuspendPeer("go", false, false));
  there_.Must(world::SetStatus("freeze", kBob, AccountStatus::kFrozen));
  busy = Tell(there_, Repeat(here_, true, id));
  ASSERT_EQ(Word(busy), "BUSY");
  EXPECT_EQ(Read(*busy).reason(), "account_frozen");
  there_.Must(world::SetStatus("thaw", kBob, AccountStatus::kOpen));
  EXPECT_EQ(Answer(there_, Repeat(here_, true, id)), "FULFIL");
  ExpectWhole();
}

// A prepare that comes after the abortion makes nothing.
TEST_F(DeskTest, AnAbortionThatComesFirstBlocks) {
  const ExchangeId id = Prepared();
  const pb::SignedMessage prepare = Repeat(here_, true, id);
  EXPECT_EQ(Abort(here_, id, "expired").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Abort(here_, id, "withdrawn"), absl::OkStatus());
  EXPECT_EQ(Abort(here_, id, "withdrawn"), absl::OkStatus()) << "the same once more";
  EXPECT_EQ(Answer(there_, Repeat(here_, true, id)), "CANCELLED");
  EXPECT_EQ(there_.Destination(id).state, DestinationState::kBlocked);
  EXPECT_EQ(Answer(there_, prepare), "CANCELLED");
  EXPECT_EQ(there_.All(Entry::kExchangeReception).size(), 1u);
  ExpectWhole();
}

TEST_F(DeskTest, AFulfilmentAfterTheAbortionIsCancelled) {
  const ExchangeId id = Prepared();
  const auto fulfil = Tell(there_, Repeat(here_, true, id));
  ASSERT_EQ(Word(fulfil), "FULFIL");
  here_.clock().Wait(31 * kMicrosPerMinute);
  EXPECT_EQ(Abort(here_, id, "expired"), absl::OkStatus());
  const auto aborted = Tell(here_, *fulfil);
  ASSERT_EQ(Word(aborted), "ABORTED");
  EXPECT_EQ(Answer(there_, *aborted), "CANCELLED");
  EXPECT_EQ(there_.Destination(id).state, DestinationState::kCancelled);
  EXPECT_EQ(there_.BalanceOf(there_.peer().coming_account()), 0);
  ExpectWhole();
}

TEST_F(DeskTest, LookupTellsWhatBecameOfIt) {
  const ExchangeId id = Prepared();
  const auto fulfil = Tell(there_, Repeat(here_, true, id));
  const pb::SignedMessage lookup = Repeat(there_, false, id);
  EXPECT_EQ(Word(lookup), "LOOKUP");
  EXPECT_EQ(Answer(here_, lookup), "PREPARE");
  EXPECT_EQ(Word(Tell(here_, *fulfil)), "COMMITTED");
  EXPECT_EQ(Answer(here_, lookup), "COMMITTED");
  pb::PeerMessage stranger = Read(lookup);
  stranger.set_exchange_id(std::string(16, '\x01'));
  EXPECT_EQ(Answer(here_, Signed(there_, stranger)), "UNKNOWN");
}

TEST_F(DeskTest, OtherTermsUnderAKnownIdAreKept) {
  const ExchangeId id = Prepared();
  pb::PeerMessage prepare = Read(Repeat(here_, true, id));
  EXPECT_EQ(Answer(there_, Signed(here_, prepare)), "FULFIL");
  prepare.mutable_terms()->set_sender(std::string(16, 't'));
  prepare.set_terms_hash(std::string(interop::TermsHash(prepare.terms()).view()));
  const pb::SignedMessage other = Signed(here_, prepare);
  EXPECT_EQ(Answer(there_, other), "MODIFIED");
  EXPECT_EQ(Answer(there_, other), "MODIFIED");
  const auto evidence = there_.All(Entry::kPeerEvidence);
  ASSERT_EQ(evidence.size(), 1u) << "once";
  EXPECT_EQ(evidence[0].peer_evidence().shows(), "modified");
  EXPECT_EQ(evidence[0].peer_evidence().against(), there_.Destination(id).reception->value());
  const auto kept =
      there_.desk().kept().Read(Hash256::FromView(evidence[0].peer_evidence().message_hash()));
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->SerializeAsString(), other.SerializeAsString());
  EXPECT_EQ(there_.Destination(id).state, DestinationState::kAccepted);
  ExpectWhole();
}

TEST_F(DeskTest, WhatWasNeverPreparedIsAbortedForEver) {
  const ExchangeId known = Prepared();
  const ExchangeId made_up = interop::IdOf(EntryIndex(3), world::kStart);
  const auto fulfil = Tell(there_, InventedPrepare(known, made_up));
  ASSERT_EQ(Word(fulfil), "FULFIL") << "a liar with the key may say so";
  const auto aborted = Tell(here_, *fulfil);
  ASSERT_EQ(Word(aborted), "ABORTED");
  EXPECT_EQ(here_.All(Entry::kPeerEvidence).back().peer_evidence().shows(), "never_prepared");
  EXPECT_EQ(Answer(there_, *aborted), "CANCELLED");
  EXPECT_EQ(Answer(here_, *fulfil), "ABORTED");
  ExpectWhole();
}

// An id that the log may still come to gets no tombstone.
TEST_F(DeskTest, WhatMayStillBePreparedIsUnknown) {
  const ExchangeId known = Prepared();
  const LedgerTime later(here_.clock().Wall().value() + kMicrosPerDay);
  const ExchangeId ahead = interop::IdOf(EntryIndex(here_.size() + 5), later);
  const auto fulfil = Tell(there_, InventedPrepare(known, ahead));
  ASSERT_EQ(Word(fulfil), "FULFIL");
  EXPECT_EQ(Answer(here_, *fulfil), "UNKNOWN");
  EXPECT_TRUE(here_.All(Entry::kExchangeDecision).empty());
}

TEST_F(DeskTest, ACityThatDecidesTwiceIsSuspended) {
  const ExchangeId id = Prepared();
  const auto fulfil = Tell(there_, Repeat(here_, true, id));
  const std::string hash = Read(*fulfil).terms_hash();
  EXPECT_EQ(Answer(there_, Invented(id, pb::PEER_MESSAGE_KIND_COMMITTED, hash)), "CONFIRMED");
  EXPECT_FALSE(there_.peer().incoming_suspended);
  const pb::SignedMessage again = Invented(id, pb::PEER_MESSAGE_KIND_ABORTED, hash);
  EXPECT_EQ(Answer(there_, again), "CONFIRMED");
  EXPECT_EQ(there_.All(Entry::kPeerEvidence).back().peer_evidence().shows(), "two_decisions");
  EXPECT_TRUE(there_.peer().incoming_suspended);
  EXPECT_TRUE(there_.peer().outgoing_suspended);
  there_.Must(world::SuspendPeer("go", false, false));
  EXPECT_EQ(Answer(there_, again), "CONFIRMED");
  EXPECT_FALSE(there_.peer().incoming_suspended) << "an operator resumed since";
  ExpectWhole();
}

TEST_F(DeskTest, DamageChangesNothing) {
  const ExchangeId id = Prepared();
  const pb::SignedMessage prepare = Repeat(here_, true, id);
  const std::uint64_t before = there_.size();
  const auto refused = [this, &prepare](void (*change)(pb::PeerMessage&)) {
    pb::PeerMessage message = Read(prepare);
    change(message);
    return Answer(there_, Signed(here_, message));
  };
  EXPECT_EQ(refused([](auto& m) { m.mutable_terms()->set_to_points(151); }), "INVALID_ARGUMENT");
  EXPECT_EQ(refused([](auto& m) { m.mutable_terms()->set_fen(11); }), "INVALID_ARGUMENT");
  EXPECT_EQ(refused([](auto& m) { m.set_exchange_id(std::string(16, 'x')); }), "INVALID_ARGUMENT");
  EXPECT_EQ(Answer(here_, prepare), "FAILED_PRECONDITION") << "it is for the other city";
  pb::SignedMessage torn = prepare;
  torn.mutable_message()->pop_back();
  EXPECT_EQ(Answer(there_, torn), "INVALID_ARGUMENT");
  EXPECT_EQ(there_.size(), before);
  // A fulfilment with the proof of something else, and one whose proof does not hold.
  const auto fulfil = Tell(there_, prepare);
  pb::PeerMessage message = Read(*fulfil);
  message.set_exchange_id(std::string(Prepared().view()));
  EXPECT_EQ(Answer(here_, Signed(there_, message)), "INVALID_ARGUMENT");
  message = Read(*fulfil);
  message.mutable_proof()->set_index(message.proof().index() - 1);
  EXPECT_EQ(Answer(here_, Signed(there_, message)), "UNAUTHENTICATED");
  EXPECT_TRUE(here_.All(Entry::kExchangeDecision).empty());
}

// A city that writes nothing says nothing, so that the other one asks again.
TEST_F(DeskTest, WhileNothingIsWrittenNothingIsSaid) {
  const ExchangeId id = Prepared();
  const pb::SignedMessage prepare = Repeat(here_, true, id);
  there_.engine().sequencer().StopTaking();
  EXPECT_EQ(Answer(there_, prepare), "UNAVAILABLE");
  there_.Close();
  there_.Open();
  const auto fulfil = Tell(there_, prepare);
  ASSERT_EQ(Word(fulfil), "FULFIL");
  here_.engine().sequencer().StopTaking();
  EXPECT_EQ(Answer(here_, *fulfil), "UNAVAILABLE");
  EXPECT_EQ(Abort(here_, id, "withdrawn").code(), absl::StatusCode::kUnavailable);
  here_.Close();
  here_.Open();
  EXPECT_EQ(Answer(here_, *fulfil), "COMMITTED");
  ExpectWhole();
}

// Terms that do not follow from the rates are rejected by the books, whoever signed them.
TEST_F(DeskTest, TermsThatDoNotFollowAreRejected) {
  const ExchangeId known = Prepared();
  const ExchangeId id = interop::IdOf(EntryIndex(4), world::kStart);
  pb::PeerMessage message = Read(InventedPrepare(known, id));
  message.mutable_terms()->set_fen(1);
  message.set_terms_hash(std::string(interop::TermsHash(message.terms()).view()));
  const auto reject = Tell(there_, Signed(here_, message));
  ASSERT_EQ(Word(reject), "REJECT");
  EXPECT_EQ(Read(*reject).reason(), "terms_mismatch");
}

// Whoever lost the right to the points while they were coming does not get them.
TEST_F(DeskTest, PointsOfAnAccountThatWasClosedExpire) {
  const ExchangeId id = Prepared();
  const auto fulfil = Tell(there_, Repeat(here_, true, id));
  const auto committed = Tell(here_, *fulfil);
  there_.Must(world::Close("close", kBob, true));
  EXPECT_EQ(Answer(there_, *committed), "CONFIRMED");
  const Entry conclusion =
      there_.EntryAt(there_.Destination(id).conclusion.value_or(EntryIndex(0)).value());
  EXPECT_EQ(conclusion.exchange_conclusion().account(), world::kExpiry.value());
  ExpectWhole();
}

}  // namespace
}  // namespace tanhui::desk
