// Double entry: the only way to write postings, and the only place that changes a balance.
#ifndef TANHUI_LEDGER_CORE_POSTINGS_H_
#define TANHUI_LEDGER_CORE_POSTINGS_H_

#include <optional>
#include <span>
#include <string_view>

#include "ledger/core/amount.h"
#include "ledger/core/book.h"
#include "ledger/core/ids.h"
#include "ledger/core/lots.h"

namespace tanhui {

// What an entry does to one account. For accounts with lots: amount = in - out + held - debt.
struct Leg {
  AccountNo account{};
  Amount amount{};  // change of the balance
  Lots in{};        // free lots that come
  Lots out{};       // free lots that go; the account has them (Check)
  Amount held{};    // change of held points
  Amount debt{};    // change of the debt
  // Set: the entry itself opens the account, as this.
  const Account* opened = nullptr;
};

// Appends one posting for each leg; amounts sum to zero and each account, loaded, stands in one leg
// (Check). Refuses with kLotLimit, kInsufficientBudget, kInsufficientBalance (facts needed,
// available) or kBalanceLimit; `field` names the amount's field.
std::optional<Refusal> Post(const State& state, std::span<const Leg> legs, std::string_view field,
                            Entry& entry);

// Lots of a posting or a body, and back. Reading answers nullopt for what no writer made: keys out
// of order or twice, nothing changed.
void WriteLot(const Lot& lot, entry::v1::LotPart& out);
std::optional<Lots> ReadLots(const google::protobuf::RepeatedPtrField<entry::v1::LotPart>& parts);

// Applies every posting: balances, lots, holds' and debts' sums, histories. A fault when the
// postings do not sum to zero per asset, when what is told to stand after them does not, or when a
// limit is broken.
Fault ApplyPostings(State& state, EntryIndex index, const Entry& entry);

// That the held points of every account that the entry moved are those of its open holds, once its
// book has changed these.
Fault WantHoldsAddUp(const State& state, const Entry& entry);

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_POSTINGS_H_
