// An account's history of one month, read by the index of months and nothing else.
#ifndef TANHUI_SERVICES_RPC_SERVICES_BOOKS_MONTH_ENTRIES_H_
#define TANHUI_SERVICES_RPC_SERVICES_BOOKS_MONTH_ENTRIES_H_

#include "services/rpc/context.h"
#include "services/rpc/services/reading.h"
#include "services/rpc/unary_call.h"
#include "tanhui/v1/accounts.pb.h"

namespace tanhui::rpc {

// Totals are made of at most so many entries, and a page looks at no more.
inline constexpr std::uint64_t kMostMonthEntries = 50'000;

// Finishes or refuses the call, which names a month, kinds or both.
void ListMonth(const Context& context,
               CallPointer<v1::ListEntriesRequest, v1::ListEntriesResponse> call,
               const Visible& account);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_BOOKS_MONTH_ENTRIES_H_
