// Keeps the windows with every peer: closes what the operator or the other city closes, compares
// both lists, signs the net, and says it again until it is answered. What is open follows from the
// log, so that a restart goes on.
#ifndef TANHUI_INTEROP_DESK_WINDOWS_WINDOW_CLERK_H_
#define TANHUI_INTEROP_DESK_WINDOWS_WINDOW_CLERK_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "interop/books/peers.h"
#include "interop/books/windows/peer_windows.h"
#include "interop/desk/exchange_desk.h"
#include "interop/desk/message_keeper.h"
#include "interop/desk/peer_transport.h"
#include "interop/desk/schedule.h"
#include "interop/desk/windows/window_commands.h"
#include "interop/peer/message.h"
#include "ledger/sequencer/engine.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/key.h"

namespace tanhui::desk {

struct WindowOptions {
  ScheduleOptions schedule;
  // How long it may take to notice a step that nobody told of. Shorter: more reads of the log.
  std::chrono::milliseconds look{1'000};
  // What is on its way when the other city's list comes is waited for so long before it is told as
  // missing. Longer: fewer items are late, and the statement comes later.
  std::int64_t patience_micros = 600'000'000;
};

// How it stands with one peer, while it is looked at.
struct WindowsAtHand {
  const interop::PeerWindows& books;
  bool down = false;  // the city does not answer
  // Note of the statement of that window that the peer said last; empty: none came.
  std::function<std::string(std::uint64_t window)> their_statement;
};

// One thread, which waits for the disk, the log and nobody else; calls of the transport go on
// beside it. In memory are the exchanges of windows that are not settled, 40 bytes each.
class WindowClerk {
 public:
  using Said = ExchangeDesk::Said;
  // `at_hand` is nullptr when there is no such peer, or its windows cannot be read now.
  using Read = std::function<void(const WindowsAtHand* at_hand)>;

  // What is given outlives the clerk. It takes what the desk hears about windows.
  WindowClerk(const WindowOptions& options, sequencer::Engine& engine, ExchangeDesk& desk,
              PeerTransport& transport, const signing::NamedSigner& signer, Schedule::Dice dice);
  // Returns once every call was answered.
  ~WindowClerk();
  WindowClerk(const WindowClerk&) = delete;
  WindowClerk& operator=(const WindowClerk&) = delete;

  // Looks at the log now: after a step of an operator's. Any thread.
  void Nudge();
  // Calls `read` once, on the clerk's thread, after a look at the log. Any thread.
  void Ask(ParticipantNo peer, Read read);
  // Returns once the window is at least so far. Any thread but the clerk's.
  void AwaitState(const WindowName& name, settlement::WindowState state);

 private:
  // What is known of a window besides the log.
  struct Talk {
    std::optional<signing::Checkpoint> their_log;  // that their list is of
    // Ids of their list, which are asked for once what is on its way had its time.
    bool wants_ids = false;
    bool has_all_ids = false;
    std::vector<ExchangeId> ids;
    // How many were here when their list was last compared in vain.
    std::optional<std::size_t> compared_at;
    std::optional<std::vector<ExchangeId>> missing;  // of a window that is complete
    bool tells_settled = false;
    EntryIndex said_for;  // the step that was last told of
  };
  struct City {
    std::string log;
    signing::NamedVerifier key;
    interop::PeerWindows books;
    Schedule schedule;
    EntryIndex next;         // step to read
    bool caught_up = false;  // everything that was in the log at first was read
    std::map<std::uint64_t, Talk> talks;
  };
  // Messages about a window that are said one after the other.
  struct Round {
    WindowName name;
    std::vector<peer::v1::PeerMessage> messages;
    std::size_t next = 0;
    int said = 0;
  };
  using RoundRef = std::shared_ptr<Round>;
  using Reply = absl::StatusOr<std::optional<peer::v1::PeerMessage>>;
  struct Heard;  // a message that is worked off
  struct Ear;

  // --- window_clerk.cc: the thread, and what is said ---
  void Post(std::function<void()> job);
  void Loop();
  void LookAtAll();
  bool LookAt(ParticipantNo peer);
  void SayDue();
  void Say(const WindowName& name);
  void SendNext(const RoundRef& round);
  void Answered(const RoundRef& round, const absl::StatusOr<peer::v1::SignedMessage>& answer);
  void Over(const RoundRef& round, void (Schedule::*how)(const ExchangeName&, Schedule::Time));
  void NoteStates(ParticipantNo peer, const City& city);
  City* FindCity(ParticipantNo peer);
  Schedule::Time Now() const { return engine_.clock().MonotonicMicros(); }

  // --- window_steps.cc: what is read and written ---
  bool Fold(ParticipantNo peer, City& city);
  void Advance(ParticipantNo peer, City& city);
  std::optional<Command> NextStep(const WindowName& name, City& city,
                                  const interop::WindowBook& book);
  std::optional<Command> Complete(const WindowName& name, City& city,
                                  const interop::WindowBook& book);
  std::optional<Command> Compare(const WindowName& name, City& city,
                                 const interop::WindowBook& book);
  std::optional<Command> State(const WindowName& name, City& city);
  void Plan(ParticipantNo peer, City& city);
  std::optional<Refusal> Submit(Command command);
  bool Take(ParticipantNo peer, City& city, Command command);
  std::optional<signing::Checkpoint> TheirLog(const WindowName& name, City& city);
  std::optional<interop::ClosedLog> OurLog(const interop::WindowBook& book) const;

  // --- window_words.cc: what is said of a window ---
  std::vector<peer::v1::PeerMessage> Words(const WindowName& name, City& city);
  std::optional<peer::v1::PeerMessage> WordOf(const WindowName& name, City& city,
                                              settlement::WindowMessage message);
  std::optional<peer::v1::PeerMessage> Closing(const WindowName& name, City& city);
  std::optional<peer::v1::PeerMessage> Statement(const WindowName& name, City& city);
  peer::v1::PeerMessage Missing(const WindowName& name, City& city);

  // --- window_hearing.cc: what the other city says ---
  void HearQuestion(const interop::OpenedMessage& opened, const peer::v1::SignedMessage& sealed,
                    const Said& done);
  Reply Hear(ParticipantNo peer, City& city, const interop::OpenedMessage& opened,
             const peer::v1::SignedMessage& sealed);
  Reply HearClosing(const Heard& heard);
  Reply HearWhich(const Heard& heard);
  Reply HearIds(const Heard& heard);
  Reply HearMissing(const Heard& heard);
  Reply HearStatement(const Heard& heard);
  Reply HearSettled(const Heard& heard);
  absl::Status KeepClosing(const Heard& heard, const signing::Checkpoint& log);
  // Keeps the message, durable when it returns; with a code it is found by that as well.
  absl::Status Keep(const Heard& heard, std::string_view code);
  absl::StatusOr<std::optional<peer::v1::PeerMessage>> ReadKept(const WindowName& name,
                                                                std::string_view code) const;
  absl::Status Show(const Heard& heard, std::string_view code);
  absl::Status ShowContradiction(const Heard& heard, settlement::WindowEvent event);

  const WindowOptions options_;
  sequencer::Engine& engine_;
  ExchangeDesk& desk_;
  PeerTransport& transport_;
  const signing::NamedSigner& signer_;
  const Schedule::Dice dice_;
  MessageKeeper keeper_;
  std::shared_ptr<Ear> ear_;

  // The clerk's thread alone.
  std::map<ParticipantNo, City> cities_;
  std::size_t rounds_ = 0;  // that are not over

  std::mutex mutex_;
  std::condition_variable wakes_;
  std::deque<std::function<void()>> jobs_;
  std::map<WindowName, settlement::WindowState> states_;
  bool look_ = true;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_WINDOWS_WINDOW_CLERK_H_
