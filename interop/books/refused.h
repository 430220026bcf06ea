// Refusals that several parts of the exchange book share.
#ifndef TANHUI_INTEROP_BOOKS_REFUSED_H_
#define TANHUI_INTEROP_BOOKS_REFUSED_H_

#include "ledger/core/refusal.h"
#include "ledger/rules/document_check.h"

namespace tanhui::interop {

// kFieldInvalid of the problem's path.
Refusal FieldInvalid(const rules::Problem& problem);
// kUnknownPeer of `peer`.
Refusal UnknownPeer();

}  // namespace tanhui::interop

#endif  // TANHUI_INTEROP_BOOKS_REFUSED_H_
