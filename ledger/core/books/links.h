// Which platform is linked to which account, by how many of its names. The names themselves, users
// of a platform, are nowhere in the log; services/rpc/LINKS.md tells the whole.
#ifndef TANHUI_LEDGER_CORE_BOOKS_LINKS_H_
#define TANHUI_LEDGER_CORE_BOOKS_LINKS_H_

#include <string>
#include <vector>

#include "ledger/core/book.h"
#include "ledger/core/state.h"

namespace tanhui {

// Linkages.
Book LinkBook();

// A citizen's account that was opened by whoever is not an operator is linked to who opened it. By
// apply, of every opening.
void LinkOpener(State& state, const Entry& opening);

// The account `from` goes on as `into`: links of both. By apply.
void MoveLinks(State& state, AccountNo from, AccountNo into);

// Appends the links that applying the entry looks at. Accounts that it names are loaded.
void LinksOf(const State& state, const Entry& entry, std::vector<LinkKey>& out);

// accounts/{id}: as operators name the account.
std::string NameById(const AccountId& id);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOKS_LINKS_H_
