// By which request ids the steps of an exchange are asked, so that each of them stands in a log
// once, and what every step that answers the other city must hold.
#ifndef TANHUI_INTEROP_BOOKS_STEP_REQUESTS_H_
#define TANHUI_INTEROP_BOOKS_STEP_REQUESTS_H_

#include <string>
#include <string_view>

#include "interop/books/terms.h"
#include "ledger/core/book.h"
#include "ledger/core/ids.h"

namespace tanhui::interop {

// The texts of request ids whose caller is the peer: of the origin's decision and return, of the
// destination's reception and conclusion.
std::string DecideText(const ExchangeId& id);
std::string ReturnText(const ExchangeId& id);
std::string ReceiveText(const ExchangeId& id);
std::string ConcludeText(const ExchangeId& id);

// Whether the peer is the entry's caller, by a request id of this text.
bool IsAskedAs(const Entry& entry, ParticipantNo peer, std::string_view text);

// Whether it names an entry under a checkpoint, and the message that brought it.
bool ProofIsComplete(const entry::v1::PeerProof& proof);

// 1 to 40 lower-case letters and underscores, as codes of why something was not done.
bool IsReasonCode(std::string_view reason);

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_STEP_REQUESTS_H_
