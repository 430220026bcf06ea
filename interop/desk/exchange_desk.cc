#include "interop/desk/exchange_desk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "interop/desk/desk_case.h"
#include "interop/desk/step_commands.h"

namespace tanhui::desk {
namespace {

namespace pb = peer::v1;

using exchange::Contradiction;
using exchange::DestinationState;
using exchange::Message;
using exchange::OriginState;

// Steps of others may come between reading and writing; then the log is read again.
constexpr int kMostTurns = 6;
constexpr std::uint64_t kMostWindowsAhead = 64;
constexpr std::string_view kModified = "modified";
constexpr std::string_view kRejected = "rejected";
constexpr std::string_view kNeverPrepared = "never_prepared";

absl::Status Damaged(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("damaged message: ", std::string(why)));
}

std::optional<signing::NamedVerifier> KeyOf(const interop::Peer* peer) {
  const auto key = peer == nullptr ? absl::StatusOr<signing::NamedVerifier>(absl::NotFoundError(""))
                                   : signing::ParseVerifierKey(peer->verifier_key);
  return key.ok() ? std::optional(*key) : std::nullopt;
}

std::string CodeOf(Contradiction contradiction) {
  std::string code(exchange::NameOf(contradiction));
  std::replace(code.begin(), code.end(), ' ', '_');
  return code;
}

bool Differ(const std::string& here, const std::string& there) {
  return !here.empty() && !there.empty() && here != there;
}

// Whether the terms are of this exchange between these cities, and hash to what the message says.
absl::Status CheckTerms(const interop::OpenedMessage& opened, std::string_view own_log) {
  const auto& terms = opened.message.terms();
  if (!interop::TermsCanBe(terms)) {
    return Damaged("terms that cannot be");
  }
  if (terms.exchange_id() != opened.message.exchange_id() || terms.origin() != opened.from ||
      terms.destination() != own_log) {
    return Damaged("the terms are of another exchange");
  }
  return interop::TermsHash(terms).view() == opened.message.terms_hash()
             ? absl::OkStatus()
             : Damaged("the hash is not that of the terms");
}

// Whether the entry that came with the message says what the message says.
absl::Status CheckEntry(const interop::OpenedMessage& opened, const Entry& entry,
                        std::string_view own_log) {
  const pb::PeerMessage& message = opened.message;
  bool same = false;
  switch (message.kind()) {
    case pb::PEER_MESSAGE_KIND_FULFIL:
    case pb::PEER_MESSAGE_KIND_REJECT: {
      const auto& reception = entry.exchange_reception();
      const auto answer = message.kind() == pb::PEER_MESSAGE_KIND_FULFIL
                              ? entry::v1::EXCHANGE_ANSWER_ACCEPTED
                              : entry::v1::EXCHANGE_ANSWER_REJECTED;
      same = entry.has_exchange_reception() && reception.answer() == answer &&
             reception.exchange_id() == message.exchange_id() &&
             reception.terms_hash() == message.terms_hash() &&
             reception.terms().origin() == own_log;
      break;
    }
    default: {
      const auto& decision = entry.exchange_decision();
      const auto outcome = message.kind() == pb::PEER_MESSAGE_KIND_COMMITTED
                               ? entry::v1::EXCHANGE_OUTCOME_COMMITTED
                               : entry::v1::EXCHANGE_OUTCOME_ABORTED;
      same = entry.has_exchange_decision() && decision.outcome() == outcome &&
             decision.exchange_id() == message.exchange_id();
    }
  }
  return same ? absl::OkStatus() : Damaged("its proof is of something else");
}

}  // namespace

entry::v1::PeerProof ExchangeDesk::Case::proof() const { return PeerProofOf(*proven, opened.hash); }

ExchangeDesk::ExchangeDesk(sequencer::Engine& engine, const signing::NamedSigner& signer,
                           FindAccount find_account)
    : engine_(engine),
      signer_(signer),
      find_account_(std::move(find_account)),
      keeper_(engine.store()) {}

ExchangeDesk::~ExchangeDesk() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return open_calls_ == 0; });
}

void ExchangeDesk::SetObserver(std::function<void(const Worked&)> observer) {
  auto shared =
      observer == nullptr
          ? nullptr
          : std::make_shared<const std::function<void(const Worked&)>>(std::move(observer));
  const std::lock_guard lock(mutex_);
  observer_ = std::move(shared);
}

void ExchangeDesk::SetWindowHearer(WindowHearer hearer) {
  auto shared =
      hearer == nullptr ? nullptr : std::make_shared<const WindowHearer>(std::move(hearer));
  const std::lock_guard lock(mutex_);
  window_hearer_ = std::move(shared);
}

void ExchangeDesk::HearOfWindow(interop::OpenedMessage opened, const pb::SignedMessage& sealed,
                                Said done) {
  std::shared_ptr<const WindowHearer> hearer;
  {
    const std::lock_guard lock(mutex_);
    hearer = window_hearer_;
  }
  if (hearer == nullptr) {
    done(absl::UnavailableError("messages about windows are not taken now"));
  } else {
    (*hearer)(std::move(opened), sealed, std::move(done));
  }
}

template <typename Result>
std::function<void(Result)> ExchangeDesk::Tracked(std::function<void(Result)> done) {
  {
    const std::lock_guard lock(mutex_);
    ++open_calls_;
  }
  return [this, done = std::move(done)](Result result) {
    done(std::move(result));
    // Notifies under the lock: the desk may be gone right after.
    const std::lock_guard lock(mutex_);
    --open_calls_;
    idle_.notify_all();
  };
}

void ExchangeDesk::Deliver(const pb::SignedMessage& message, Said done) {
  done = Tracked(std::move(done));
  if (const CaseRef c = Open(message, done)) {
    Turn(c);
  }
}

// Null when it was answered with what is wrong with it.
ExchangeDesk::CaseRef ExchangeDesk::Open(const pb::SignedMessage& message, Said& done) {
  const auto registry = engine_.registry();
  const interop::Peers& peers = interop::PeersOf(*registry);
  auto opened = interop::OpenMessage(message, signer_.name(), [&peers](std::string_view log) {
    return KeyOf(peers.FindByLog(log));
  });
  if (!opened.ok()) {
    done(opened.status());
    return nullptr;
  }
  const auto id = interop::ReadExchangeId(opened->message.exchange_id());
  if (!id.has_value()) {
    HearOfWindow(*std::move(opened), message, std::move(done));
    return nullptr;
  }
  const auto c = std::make_shared<Case>();
  c->registry = registry;
  c->peer = peers.FindByLog(opened->from);
  c->id = *id;
  c->said = interop::MessageOf(opened->message.kind());
  absl::Status status =
      c->said == Message::kPrepare ? CheckTerms(*opened, signer_.name()) : absl::OkStatus();
  if (opened->message.has_proof()) {
    auto proven = interop::CheckEntryProof(opened->message.proof(), *KeyOf(c->peer));
    status = proven.ok() ? CheckEntry(*opened, proven->entry, signer_.name()) : proven.status();
    if (status.ok()) {
      c->proven = *std::move(proven);
    }
  }
  if (!status.ok()) {
    done(status);
    return nullptr;
  }
  c->opened = *std::move(opened);
  c->sealed = message;
  c->done = std::move(done);
  return c;
}

// Looks at the log and does what the table says; after each entry that is written it comes here
// again, and finds by the same table what to answer.
void ExchangeDesk::Turn(const CaseRef& c) {
  if (++c->turns > kMostTurns) {
    c->done(absl::UnavailableError("the exchange is being worked on"));
  } else if (c->at_origin()) {
    TurnAtOrigin(c);
  } else {
    TurnAtDestination(c);
  }
}

void ExchangeDesk::TurnAtOrigin(const CaseRef& c) {
  const auto at = ReadAtOrigin(engine_.store(), *c->peer, c->id);
  if (!at.ok()) {
    c->done(at.status());
    return;
  }
  const auto event = OriginEventOf(c->said);
  if (!event.has_value() || Differ(at->hash(), c->hash())) {
    Differs(c, at->hash(), at->preparation);
    return;
  }
  const exchange::OriginRow& row = exchange::Step(at->state, *event);
  if (row.contradiction != Contradiction::kNone && !c->shown) {
    Show(c, CodeOf(row.contradiction), at->decision.has_value() ? at->decision : at->preparation);
    return;
  }
  if (row.next == OriginState::kCommitted && at->state != row.next) {
    SubmitProven(c, CommitCommand(c->peer->number, c->id, *at->preparation, c->proof()));
    return;
  }
  if (row.next == OriginState::kAborted && at->state != row.next) {
    const bool prepared = at->preparation.has_value();
    // What the log may still come to prepare is not aborted in advance.
    if (!prepared && interop::PreparationOf(c->id).value() >= engine_.durable_size() &&
        interop::RecordedOf(c->id) >= engine_.clock().Wall()) {
      Answer(c, SpeechOf(*at, c->id, Message::kUnknown), false);
      return;
    }
    Submit(c, AbortCommand(c->peer->number, c->id, at->preparation,
                           prepared ? kRejected : kNeverPrepared));
    return;
  }
  const bool followed = (at->state == OriginState::kCommitted && c->said == Message::kConfirmed) ||
                        (at->state == OriginState::kAborted && c->said == Message::kCancelled);
  Answer(
      c,
      row.answer == Message::kNone ? std::nullopt : std::optional(SpeechOf(*at, c->id, row.answer)),
      followed);
}

void ExchangeDesk::TurnAtDestination(const CaseRef& c) {
  const auto at = ReadAtDestination(engine_.store(), *c->peer, c->id);
  if (!at.ok()) {
    c->done(at.status());
    return;
  }
  const auto event = DestinationEventOf(c->said);
  if (!event.has_value() || Differ(at->hash(), c->hash())) {
    Differs(c, at->hash(), at->reception);
    return;
  }
  const exchange::DestinationRow& row = exchange::Step(at->state, *event);
  if (row.contradiction != Contradiction::kNone && !c->shown) {
    Show(c, CodeOf(row.contradiction), at->conclusion.has_value() ? at->conclusion : at->reception);
    return;
  }
  if (row.next != at->state) {
    at->state == DestinationState::kNone ? Receive(c) : Conclude(c, *at);
    return;
  }
  Answer(
      c,
      row.answer == Message::kNone ? std::nullopt : std::optional(SpeechOf(*at, c->id, row.answer)),
      false);
}

// Nothing is known here of the id.
void ExchangeDesk::Receive(const CaseRef& c) {
  if (c->said == Message::kAborted) {
    Submit(c, BlockCommand(c->peer->number, c->id));
    return;
  }
  const auto& terms = c->opened.message.terms();
  const auto judged = Judge(*c->peer, terms);
  if (!judged.ok()) {
    c->done(judged.status());
  } else if (judged->event == exchange::DestinationEvent::kPrepareLater) {
    Answer(c, BusySpeech(c->id, c->hash(), judged->reason), false);
  } else {
    Submit(c, ReceptionCommand(c->peer->number, c->id, terms, judged->reason));
  }
}

// Follows the origin's decision.
void ExchangeDesk::Conclude(const CaseRef& c, const AtDestination& at) {
  if (c->said == Message::kAborted) {
    SubmitProven(c, CancelCommand(c->peer->number, c->id, *at.reception, c->proof()));
    return;
  }
  const std::uint64_t window = c->proven->entry.exchange_decision().window();
  if (window > c->peer->open_window + kMostWindowsAhead) {
    // An honest city is caught up with by its own closing messages.
    c->done(absl::UnavailableError("the commitment is of a window that is too far ahead"));
    return;
  }
  const auto account = Creditable(*c->peer, at.received.exchange_reception().terms());
  if (!account.ok()) {
    c->done(account.status());
    return;
  }
  SubmitProven(c,
               ConfirmCommand(c->peer->number, c->id, *at.reception, c->proof(), window, *account));
}

// Either city says that the other one changed the terms under a known id. `hash` is that of the
// terms here, empty when the id is not known.
void ExchangeDesk::Differs(const CaseRef& c, const std::string& hash,
                           std::optional<EntryIndex> against) {
  if (Differ(hash, c->hash()) && !c->shown) {
    Show(c, std::string(kModified), against);
    return;
  }
  const bool theirs = c->said == Message::kNone;  // it is the other one that says so
  Answer(c,
         theirs || hash.empty()
             ? std::nullopt
             : std::optional(ModifiedSpeech(
                   c->at_origin() ? pb::PEER_ROLE_ORIGIN : pb::PEER_ROLE_DESTINATION, c->id, hash)),
         false);
}

void ExchangeDesk::Tell(const Worked& worked) {
  std::shared_ptr<const std::function<void(const Worked&)>> observer;
  {
    const std::lock_guard lock(mutex_);
    observer = observer_;
  }
  if (observer != nullptr) {
    (*observer)(worked);
  }
}

ExchangeDesk::Done ExchangeDesk::Telling(const ExchangeName& exchange, Done done) {
  return [this, exchange, done = std::move(done)](const absl::Status& status) {
    if (status.ok()) {
      Tell({exchange, true, false});
    }
    done(status);
  };
}

void ExchangeDesk::Answer(const CaseRef& c, std::optional<Speech> speech, bool followed) {
  Tell({{c->peer->number, c->at_origin(), c->id}, c->changed, followed});
  if (!speech.has_value()) {
    c->done(pb::SignedMessage());
    return;
  }
  Seal(c->opened.from, *std::move(speech),
       [c](absl::StatusOr<pb::SignedMessage> sealed) { c->done(std::move(sealed)); });
}

// Signs it, with its proof once a checkpoint covers the entry.
void ExchangeDesk::Seal(const std::string& to, Speech speech, Said done) {
  if (!speech.proven_by.has_value()) {
    done(interop::SealMessage(speech.message, to, signer_));
    return;
  }
  const EntryIndex index = *speech.proven_by;
  engine_.WhenSigned(index.value() + 1, [this, to, index, speech = std::move(speech),
                                         done = std::move(done)]() mutable {
    auto proof = ProofOf(index);
    if (!proof.ok()) {
      done(proof.status());
      return;
    }
    *speech.message.mutable_proof() = *std::move(proof);
    done(interop::SealMessage(speech.message, to, signer_));
  });
}

absl::StatusOr<pb::EntryProof> ExchangeDesk::ProofOf(EntryIndex index) const {
  const auto last = engine_.checkpoint();
  auto hashes = engine_.ProveInclusion(index, last->checkpoint.size);
  if (!hashes.ok()) {
    return hashes.status();
  }
  auto leaf = engine_.store().ReadEntry(index);
  if (!leaf.ok()) {
    return leaf.status();
  }
  return interop::ToEntryProof({*std::move(leaf), index.value(), *std::move(hashes), last->note});
}

void ExchangeDesk::Repeat(const ExchangeName& exchange, Said done) {
  done = Tracked(std::move(done));
  const auto registry = engine_.registry();
  const interop::Peer* peer = interop::PeersOf(*registry).Find(exchange.peer);
  if (peer == nullptr) {
    done(absl::NotFoundError("no such peer"));
    return;
  }
  std::optional<Speech> speech;
  const auto repeat = [&](const auto& at) {
    const Message message = at.ok() ? exchange::ToResend(at->state) : Message::kNone;
    if (message != Message::kNone) {
      speech = SpeechOf(*at, exchange.id, message);
    }
    return at.status();
  };
  const absl::Status read = exchange.as_origin
                                ? repeat(ReadAtOrigin(engine_.store(), *peer, exchange.id))
                                : repeat(ReadAtDestination(engine_.store(), *peer, exchange.id));
  if (!read.ok()) {
    done(read);
  } else if (!speech.has_value()) {
    done(pb::SignedMessage());
  } else {
    Seal(peer->log, *std::move(speech), std::move(done));
  }
}

void ExchangeDesk::Abort(ParticipantNo peer, const ExchangeId& id, std::string_view reason,
                         Done done) {
  SubmitAlone(AbortCommand(peer, id, interop::PreparationOf(id), reason),
              Telling({peer, true, id}, Tracked(std::move(done))));
}

void ExchangeDesk::Return(ParticipantNo peer, const ExchangeId& id, Done done) {
  SubmitAlone(ReturnCommand(peer, id, interop::PreparationOf(id)),
              Telling({peer, true, id}, Tracked(std::move(done))));
}

}  // namespace tanhui::desk
