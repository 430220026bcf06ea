// Which earlier entry an entry is about.
#ifndef TANHUI_LEDGER_CORE_BOOKS_ENTRY_TARGET_H_
#define TANHUI_LEDGER_CORE_BOOKS_ENTRY_TARGET_H_

#include <optional>

#include "ledger/core/book.h"
#include "ledger/core/ids.h"

namespace tanhui {

// Of an entry of the log: what it captures, frees, gives back, takes back, cancels, corrects,
// weighs, settles or credits; nullopt when it stands for itself. Of a draft see BookRow::target.
std::optional<EntryIndex> TargetOf(const Entry& entry);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOKS_ENTRY_TARGET_H_
