// What the desk has the sequencer write, and what it reads before.
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "interop/desk/desk_case.h"
#include "interop/desk/exchange_desk.h"
#include "interop/desk/step_commands.h"

namespace tanhui::desk {
namespace {

constexpr std::string_view kTwoDecisions = "two_decisions";

// Whether the log changed between reading and writing.
bool IsRace(Reason reason) {
  return reason == Reason::kExchangeState || reason == Reason::kRequestIdReused;
}

// Whether nothing at all is written now.
bool IsStopped(Reason reason) {
  switch (reason) {
    case Reason::kShuttingDown:
    case Reason::kDeadlineExceeded:
    case Reason::kQueueFull:
    case Reason::kWritesStoppedClock:
    case Reason::kWritesStoppedDisk:
      return true;
    default:
      return false;
  }
}

absl::Status NotNow(const Refusal& refusal) {
  return absl::UnavailableError(
      absl::StrCat("nothing was written: ", std::string(RowOf(refusal.reason).name)));
}

sequencer::Submission One(Command command,
                          std::function<void(std::vector<sequencer::Outcome>)> done) {
  sequencer::Submission submission;
  submission.bytes = command.draft.ByteSizeLong();
  submission.commands.push_back(std::move(command));
  submission.done = std::move(done);
  return submission;
}

AccountKind KindFor(const entry::v1::ExchangeTerms& terms) {
  return terms.kind() == entry::v1::EXCHANGE_KIND_PAYMENT ? AccountKind::kMerchant
                                                          : AccountKind::kCitizen;
}

}  // namespace

void ExchangeDesk::Submit(const CaseRef& c, Command command) {
  const auto refused = engine_.sequencer().Submit(One(std::move(command), [this, c](auto outcomes) {
    if (const auto* refusal = std::get_if<Refusal>(&outcomes.front())) {
      Refused(c, *refusal);
    } else {
      c->changed = true;
      Turn(c);
    }
  }));
  if (refused.has_value()) {
    Refused(c, *refused);
  }
}

// The message is durable before the entry that names it.
void ExchangeDesk::SubmitProven(const CaseRef& c, Command command) {
  keeper_.Keep(c->opened.hash, c->peer->number, c->sealed, nullptr,
               [this, c, command = std::move(command)](const absl::Status& kept) mutable {
                 if (kept.ok()) {
                   Submit(c, std::move(command));
                 } else {
                   c->done(kept);
                 }
               });
}

void ExchangeDesk::Refused(const CaseRef& c, const Refusal& refusal) {
  if (IsRace(refusal.reason)) {
    Turn(c);
  } else if (c->said == exchange::Message::kPrepare && !IsStopped(refusal.reason)) {
    const std::string reason = absl::AsciiStrToLower(std::string(RowOf(refusal.reason).name));
    Answer(c, BusySpeech(c->id, c->hash(), reason), false);
  } else {
    c->done(NotNow(refusal));
  }
}

void ExchangeDesk::SubmitAlone(Command command, Done done) {
  // Shared, because the sequencer leaves `done` uncalled when it does not take the submission.
  const auto shared = std::make_shared<Done>(std::move(done));
  const auto tell = [shared](const Refusal& refusal) {
    (*shared)(IsStopped(refusal.reason)
                  ? NotNow(refusal)
                  : absl::FailedPreconditionError(std::string(RowOf(refusal.reason).name)));
  };
  const auto refused =
      engine_.sequencer().Submit(One(std::move(command), [shared, tell](auto outcomes) {
        if (const auto* refusal = std::get_if<Refusal>(&outcomes.front())) {
          tell(*refusal);
        } else {
          (*shared)(absl::OkStatus());
        }
      }));
  if (refused.has_value()) {
    tell(*refused);
  }
}

// Keeps the message for anybody, notes it in the log, and goes on with it.
void ExchangeDesk::Show(const CaseRef& c, const std::string& code,
                        std::optional<EntryIndex> against) {
  const Shown shown{c->peer->number, c->id, code};
  const auto earlier = keeper_.FindShown(shown);
  if (!earlier.ok()) {
    c->done(earlier.status());
  } else if (earlier->has_value()) {
    ShowInLog(c, code, **earlier, against);
  } else {
    keeper_.Keep(c->opened.hash, c->peer->number, c->sealed, &shown,
                 [this, c, code, against](const absl::Status& kept) {
                   if (kept.ok()) {
                     ShowInLog(c, code, c->opened.hash, against);
                   } else {
                     c->done(kept);
                   }
                 });
  }
}

void ExchangeDesk::ShowInLog(const CaseRef& c, const std::string& code, const Hash256& message,
                             std::optional<EntryIndex> against) {
  Command command = EvidenceCommand(c->peer->number, c->id, code, message, against);
  const auto id = RequestId::FromStored(command.draft.request_id());
  const auto there = FindRequest(engine_.store(), c->peer->number, id->text());
  if (!there.ok()) {
    c->done(there.status());
    return;
  }
  if (there->has_value()) {
    Suspend(c, code, **there, message);
    return;
  }
  const auto refused =
      engine_.sequencer().Submit(One(std::move(command), [this, c, code, message](auto outcomes) {
        if (const auto* accepted = std::get_if<sequencer::Accepted>(&outcomes.front())) {
          Suspend(c, code, accepted->index, message);
        } else {
          c->done(NotNow(std::get<Refusal>(outcomes.front())));
        }
      }));
  if (refused.has_value()) {
    c->done(NotNow(*refused));
  }
}

// A city that decided twice can be trusted in nothing. Once for each message: an operator may have
// resumed since.
void ExchangeDesk::Suspend(const CaseRef& c, const std::string& code, EntryIndex evidence,
                           const Hash256& message) {
  c->shown = true;
  if (code != kTwoDecisions) {
    Turn(c);
    return;
  }
  const auto refused = engine_.sequencer().Submit(
      One(SuspendCommand(c->peer->number, code, evidence, message), [this, c](auto) { Turn(c); }));
  if (refused.has_value()) {
    c->done(NotNow(*refused));
  }
}

absl::StatusOr<std::optional<ExchangeDesk::Recipient>> ExchangeDesk::FindRecipient(
    const interop::Peer& peer, std::string_view name) const {
  auto found = find_account_(peer, name);
  while (found.ok() && found->has_value()) {
    auto read = engine_.store().ReadAccounts(std::array{(*found)->number});
    if (!read.ok()) {
      return read.status();
    }
    if (!read->front().has_value()) {
      return std::nullopt;
    }
    Account& account = *read->front();
    if (account.merged_into == AccountNo(0)) {
      return Recipient{(*found)->number, std::move(account), (*found)->may_send};
    }
    (*found)->number = account.merged_into;
  }
  return found.ok() ? absl::StatusOr<std::optional<Recipient>>(std::nullopt) : found.status();
}

absl::StatusOr<ExchangeDesk::Judgement> ExchangeDesk::Judge(
    const interop::Peer& peer, const entry::v1::ExchangeTerms& terms) const {
  using Event = exchange::DestinationEvent;
  const auto recipient = FindRecipient(peer, terms.recipient());
  if (!recipient.ok()) {
    return recipient.status();
  }
  if (!recipient->has_value() || !(*recipient)->may_send) {
    return Judgement{Event::kPrepareBad, "unknown_recipient"};
  }
  const Account& account = (*recipient)->account;
  if (account.kind != KindFor(terms)) {
    return Judgement{Event::kPrepareBad, "wrong_account_kind"};
  }
  if (account.asset != peer.asset) {
    return Judgement{Event::kPrepareBad, "asset_mismatch"};
  }
  if (account.status == AccountStatus::kClosed) {
    return Judgement{Event::kPrepareBad, "account_closed"};
  }
  return account.status == AccountStatus::kFrozen
             ? Judgement{Event::kPrepareLater, "account_frozen"}
             : Judgement{};
}

absl::StatusOr<AccountNo> ExchangeDesk::Creditable(const interop::Peer& peer,
                                                   const entry::v1::ExchangeTerms& terms) const {
  const auto recipient = FindRecipient(peer, terms.recipient());
  if (!recipient.ok()) {
    return recipient.status();
  }
  const bool may = recipient->has_value() && (*recipient)->account.kind == KindFor(terms) &&
                   (*recipient)->account.asset == peer.asset &&
                   (*recipient)->account.status != AccountStatus::kClosed;
  return may ? (*recipient)->number : AccountNo(0);
}

}  // namespace tanhui::desk
