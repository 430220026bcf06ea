// The checks of tables of account codes (会计科目), and the words that they use.
#ifndef TANHUI_LEDGER_RULES_CODES_ACCOUNT_CODES_H_
#define TANHUI_LEDGER_RULES_CODES_ACCOUNT_CODES_H_

#include <optional>
#include <string>
#include <string_view>

#include "ledger/core/account.h"
#include "ledger/rules/document_check.h"
#include "tanhui/entry/v1/documents.pb.h"

namespace tanhui::rules {

// What is wrong with the message by itself.
Found CheckAccountCodes(const entry::v1::AccountCodes& codes);

// Kinds of accounts and of entries by their names, such as merchant and redemption, and back; the
// number of an entry's kind is that of its body's field, 0 for the empty name. nullopt, or an empty
// name, for what is none.
std::optional<AccountKind> AccountKindOf(std::string_view name);
std::string NameOf(AccountKind kind);
std::optional<int> EntryKindOf(std::string_view name);
std::string NameOfEntryKind(int kind);

}  // namespace tanhui::rules

#endif  // TANHUI_LEDGER_RULES_CODES_ACCOUNT_CODES_H_
