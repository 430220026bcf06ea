// The commands by which a city takes its steps of an exchange. Their caller is the peer and their
// ids follow from what they are about, so each step is taken once. Pure.
#ifndef TANHUI_INTEROP_DESK_STEP_COMMANDS_H_
#define TANHUI_INTEROP_DESK_STEP_COMMANDS_H_

#include <optional>
#include <string_view>

#include "interop/books/terms.h"
#include "interop/peer/message.h"
#include "ledger/core/book.h"
#include "ledger/core/ids.h"
#include "tanhui/entry/v1/exchange.pb.h"

namespace tanhui::desk {

using interop::ExchangeId;

// A command whose body is set, asked for by the peer under that request id.
Command Sealed(Command command, ParticipantNo peer, std::string_view request);

// What a message proved, as entries name it.
entry::v1::PeerProof PeerProofOf(const interop::ProvenEntry& proven, const Hash256& message);

// At the origin. `preparation` is nullopt when the id was never prepared.
Command CommitCommand(ParticipantNo peer, const ExchangeId& id, EntryIndex preparation,
                      const entry::v1::PeerProof& proof);
Command AbortCommand(ParticipantNo peer, const ExchangeId& id,
                     std::optional<EntryIndex> preparation, std::string_view reason);
Command ReturnCommand(ParticipantNo peer, const ExchangeId& id, EntryIndex preparation);

// At the destination. With a reason it is rejected for it, whatever the terms are.
Command ReceptionCommand(ParticipantNo peer, const ExchangeId& id,
                         const entry::v1::ExchangeTerms& terms, std::string_view reason);
// No prepare of that id will be taken any more.
Command BlockCommand(ParticipantNo peer, const ExchangeId& id);
// `account` gets the points; 0: nobody can be found who may.
Command ConfirmCommand(ParticipantNo peer, const ExchangeId& id, EntryIndex reception,
                       const entry::v1::PeerProof& proof, std::uint64_t window, AccountNo account);
Command CancelCommand(ParticipantNo peer, const ExchangeId& id, EntryIndex reception,
                      const entry::v1::PeerProof& proof);

// About what a peer signed. `against`: the entry here that it contradicts, if any.
Command EvidenceCommand(ParticipantNo peer, const ExchangeId& id, std::string_view shows,
                        const Hash256& message, std::optional<EntryIndex> against);
// Nothing new goes to the peer or comes from it, for that evidence.
Command SuspendCommand(ParticipantNo peer, std::string_view reason, EntryIndex evidence,
                       const Hash256& message);

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_STEP_COMMANDS_H_
