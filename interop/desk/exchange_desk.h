// What a city does on what another one says, whatever carries it: reads the durable log, goes by
// the tables of interop/exchange/protocol.h, has the sequencer write the step, and answers once the
// step is durable and, where the answer proves it, under a checkpoint.
#ifndef TANHUI_INTEROP_DESK_EXCHANGE_DESK_H_
#define TANHUI_INTEROP_DESK_EXCHANGE_DESK_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "interop/books/peers.h"
#include "interop/desk/exchange_reading.h"
#include "interop/desk/message_keeper.h"
#include "interop/desk/speech.h"
#include "interop/exchange/protocol.h"
#include "interop/peer/message.h"
#include "ledger/core/account.h"
#include "ledger/core/book.h"
#include "ledger/core/ids.h"
#include "ledger/core/refusal.h"
#include "ledger/sequencer/engine.h"
#include "ledger/signing/key.h"

namespace tanhui::desk {

// One exchange with one peer, as this city has it.
struct ExchangeName {
  ParticipantNo peer;
  bool as_origin = false;
  ExchangeId id;
  friend auto operator<=>(const ExchangeName&, const ExchangeName&) = default;
};

// Told when something about an exchange was worked off.
struct Worked {
  ExchangeName exchange;
  // An entry was written.
  bool changed = false;
  // The destination followed the decision, so that nothing is said to it any more.
  bool followed = false;
};

// Thread-safe; no thread waits. `done` of each call comes once, from whichever thread ends it,
// maybe before the call returns.
class ExchangeDesk {
 public:
  // An account that the peer's log has a name for.
  struct Found {
    AccountNo number;
    // Its owner lets the peer send to it. What was accepted is the owner's whether or not he still
    // does.
    bool may_send = true;
  };
  // nullopt when the name is nobody's.
  using FindAccount = std::function<absl::StatusOr<std::optional<Found>>(const interop::Peer& peer,
                                                                         std::string_view name)>;
  // What is said next; without bytes when nothing is.
  using Said = std::function<void(absl::StatusOr<peer::v1::SignedMessage>)>;
  using Done = std::function<void(absl::Status)>;

  // What is given outlives the desk; the engine runs on until the desk is gone.
  ExchangeDesk(sequencer::Engine& engine, const signing::NamedSigner& signer,
               FindAccount find_account);
  // Returns once every call has been answered.
  ~ExchangeDesk();
  ExchangeDesk(const ExchangeDesk&) = delete;
  ExchangeDesk& operator=(const ExchangeDesk&) = delete;

  // Called for every message that was worked off and every step that was asked for, from any
  // thread, until it is replaced; null: nobody is told.
  void SetObserver(std::function<void(const Worked&)> observer);

  // Messages about windows go there (WindowClerk); null: they are not taken.
  using WindowHearer = std::function<void(interop::OpenedMessage opened,
                                          const peer::v1::SignedMessage& sealed, Said done)>;
  void SetWindowHearer(WindowHearer hearer);

  // What another city said, as a question or as an answer, and what is said to it. Errors as in
  // OpenMessage, where nothing was done; Unavailable: not now, the same may be said again.
  void Deliver(const peer::v1::SignedMessage& message, Said done);

  // What the state of the exchange says again and again (exchange::ToResend).
  void Repeat(const ExchangeName& exchange, Said done);
  // The origin gives up an exchange that is not decided: `reason` is expired or withdrawn.
  // FailedPrecondition when it may not, or no longer.
  void Abort(ParticipantNo peer, const ExchangeId& id, std::string_view reason, Done done);
  // The citizen gets the points of an aborted exchange again.
  void Return(ParticipantNo peer, const ExchangeId& id, Done done);

  const MessageKeeper& kept() const { return keeper_; }

 private:
  struct Case;
  using CaseRef = std::shared_ptr<Case>;

  // What a peer's prepare is to this city, besides what its rates and caps say.
  struct Judgement {
    exchange::DestinationEvent event = exchange::DestinationEvent::kPrepareGood;
    std::string reason;  // a code; empty when it is good
  };
  struct Recipient {
    AccountNo number;
    Account account;
    bool may_send = true;
  };

  // --- exchange_desk.cc: the way of a message through the desk ---
  CaseRef Open(const peer::v1::SignedMessage& message, Said& done);
  void HearOfWindow(interop::OpenedMessage opened, const peer::v1::SignedMessage& sealed,
                    Said done);
  void Turn(const CaseRef& c);
  void TurnAtOrigin(const CaseRef& c);
  void TurnAtDestination(const CaseRef& c);
  void Receive(const CaseRef& c);
  void Conclude(const CaseRef& c, const AtDestination& at);
  void Differs(const CaseRef& c, const std::string& hash, std::optional<EntryIndex> against);
  void Answer(const CaseRef& c, std::optional<Speech> speech, bool followed);
  void Tell(const Worked& worked);
  Done Telling(const ExchangeName& exchange, Done done);
  void Seal(const std::string& to, Speech speech, Said done);
  absl::StatusOr<peer::v1::EntryProof> ProofOf(EntryIndex index) const;

  // --- desk_steps.cc: what is written on the way, and what it needs to know ---
  void Submit(const CaseRef& c, Command command);
  void SubmitProven(const CaseRef& c, Command command);
  void Refused(const CaseRef& c, const Refusal& refusal);
  void Show(const CaseRef& c, const std::string& code, std::optional<EntryIndex> against);
  void ShowInLog(const CaseRef& c, const std::string& code, const Hash256& message,
                 std::optional<EntryIndex> against);
  void Suspend(const CaseRef& c, const std::string& code, EntryIndex evidence,
               const Hash256& message);
  void SubmitAlone(Command command, Done done);
  absl::StatusOr<std::optional<Recipient>> FindRecipient(const interop::Peer& peer,
                                                         std::string_view name) const;
  absl::StatusOr<Judgement> Judge(const interop::Peer& peer,
                                  const entry::v1::ExchangeTerms& terms) const;
  // The account that is credited; 0: none that may be.
  absl::StatusOr<AccountNo> Creditable(const interop::Peer& peer,
                                       const entry::v1::ExchangeTerms& terms) const;

  // A call that is not answered yet, which the destructor waits for: `done` as it ends it.
  template <typename Result>
  std::function<void(Result)> Tracked(std::function<void(Result)> done);

  sequencer::Engine& engine_;
  const signing::NamedSigner& signer_;
  const FindAccount find_account_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t open_calls_ = 0;
  std::shared_ptr<const std::function<void(const Worked&)>> observer_;
  std::shared_ptr<const WindowHearer> window_hearer_;
  MessageKeeper keeper_;
};

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_EXCHANGE_DESK_H_
