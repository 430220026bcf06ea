// What the reading methods of several services share: accounts that a caller may see, as they stand
// now, and pages.
#ifndef TANHUI_SERVICES_RPC_SERVICES_READING_H_
#define TANHUI_SERVICES_RPC_SERVICES_READING_H_

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/points/settled.h"
#include "services/rpc/account_view.h"
#include "services/rpc/draft.h"
#include "services/rpc/links/account_names.h"
#include "services/rpc/unary_call.h"

namespace tanhui::rpc {

// An account that a call may read.
struct Visible {
  AccountNo number;
  Account account;  // as settled at `time`
  LedgerTime time;
  std::uint64_t size = 0;  // of the log when it was read
  // What the log says, due or not.
  std::uint64_t last_entry_plus_one = 0;
};

// Each of these ends the call and answers nullopt when there is no such account, when the caller
// may not read it, or when the store cannot be read. `field` is named in the refusal.
template <typename Call>
std::optional<AccountNo> Found(Call& call,
                               const absl::StatusOr<std::vector<std::optional<AccountNo>>>& numbers,
                               const char* field) {
  if (!numbers.ok()) {
    call->Fail(numbers.status());
    return std::nullopt;
  }
  if (!numbers->front().has_value()) {
    call->Refuse(Refusal(Reason::kUnknownAccount, field));
  }
  return numbers->front();
}

template <typename Call>
std::optional<AccountNo> FindByName(const Context& context, Call& call, std::string_view name,
                                    const char* field) {
  const auto id = ParseAccountName(name);
  if (!id.has_value()) {
    call->Refuse(name.empty() ? Refusal(Reason::kFieldRequired, field)
                              : Refusal(Reason::kFieldInvalid, field)
                                    .With("expected", "accounts/{32 hexadecimal digits}"));
    return std::nullopt;
  }
  const auto registry = context.engine.registry();
  const std::array names = {Named(context, call->caller(), *registry, *id, NamedTo::kBeRead)};
  return Found(call, FindNamed(context.engine.store(), names), field);
}

template <typename Call>
std::optional<Visible> ReadVisible(const Context& context, Call& call, AccountNo number,
                                   const char* field) {
  auto read = context.engine.store().ReadAccountAsOf(number);
  if (!read.ok()) {
    call->Fail(read.status());
    return std::nullopt;
  }
  if (!MayRead(call->caller(), read->account)) {
    call->Refuse(Refusal(Reason::kUnknownAccount, field));
    return std::nullopt;
  }
  Visible out;
  out.number = number;
  out.account = std::move(read->account);
  out.time = std::max(context.engine.clock().Wall(), read->time);
  out.size = read->size;
  out.last_entry_plus_one = out.account.last_entry_plus_one;
  const auto registry = context.engine.registry();
  const Asset* asset = registry->Find(out.account.asset);
  if (asset != nullptr && HasLots(out.account.kind) && points::IsDue(out.account, out.time)) {
    out.account = points::Settled(out.account, asset->terms, out.time);
  }
  return out;
}

// A decimal number from 1 up as page tokens hold it; nullopt for any other text.
inline std::optional<std::uint64_t> ParseTokenNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0
             ? std::optional(value)
             : std::nullopt;
}

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_READING_H_
