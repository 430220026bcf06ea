#include "services/rpc/services/account_reading.h"

#include <variant>

#include "ledger/sequencer/past_account.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/outcome.h"
#include "services/rpc/services/books/month_entries.h"
#include "services/rpc/services/reading.h"

namespace tanhui::rpc {
namespace {

using GetCall = CallPointer<v1::GetAccountRequest, v1::GetAccountResponse>;
using ListCall = CallPointer<v1::ListEntriesRequest, v1::ListEntriesResponse>;
using BalanceCall = CallPointer<v1::GetBalanceRequest, v1::GetBalanceResponse>;

// "<account number>-<1 + index of the entry to go on with>" in decimal.
std::string PageToken(AccountNo account, std::uint64_t next) {
  return std::to_string(account.value()) + "-" + std::to_string(next);
}

// nullopt when the token is not of this account.
std::optional<std::uint64_t> ParsePageToken(std::string_view token, AccountNo account) {
  const std::string prefix = std::to_string(account.value()) + "-";
  return token.starts_with(prefix) ? ParseTokenNumber(token.substr(prefix.size())) : std::nullopt;
}

// The user's account, or the one that goes on for it.
std::optional<AccountNo> FindByUser(const Context& context, GetCall& call) {
  const v1::GetAccountRequest& request = call->request();
  Draft reader(context, call->caller(), context.engine.registry());
  reader.ReadText(request.platform_user_id(), kMaxUserId, true, "platform_user_id");
  const Asset* asset = reader.ReadAsset(request.asset(), "asset");
  if (reader.refusal().has_value()) {
    call->Refuse(*reader.refusal());
    return std::nullopt;
  }
  const PlatformUserKey key = context.secrets.ForPlatformUser(call->caller().number, asset->number,
                                                              request.platform_user_id());
  auto number =
      Found(call, context.engine.store().ReadPlatformUsers(std::array{key}), "platform_user_id");
  while (number.has_value()) {
    const auto account = context.engine.store().ReadAccounts(std::array{*number});
    if (!account.ok()) {
      call->Fail(account.status());
      return std::nullopt;
    }
    if (!account->front().has_value() || account->front()->merged_into == AccountNo(0)) {
      break;
    }
    number = account->front()->merged_into;
  }
  return number;
}

// The moment that a request names; a refusal when it names none that has passed.
using Moment = std::variant<EntryIndex, LedgerTime, Refusal>;

Moment MomentOf(const v1::GetBalanceRequest& request, LedgerTime now) {
  switch (request.moment_case()) {
    case v1::GetBalanceRequest::kEntryIndex:
      return EntryIndex(request.entry_index());
    case v1::GetBalanceRequest::kTime: {
      const auto time = ParseTimestamp(request.time());
      if (!time.has_value()) {
        return Refusal(Reason::kFieldInvalid, "time");
      }
      if (*time > now) {
        return Refusal(Reason::kFieldInvalid, "time").With("problem", "it has not passed yet");
      }
      return *time;
    }
    case v1::GetBalanceRequest::MOMENT_NOT_SET:
      break;
  }
  return Refusal(Reason::kFieldRequired, "entry_index").With("problem", "give entry_index or time");
}

absl::StatusOr<sequencer::PastAccount> PastAt(const Context& context, const Visible& today,
                                              const Moment& moment) {
  const auto registry = context.engine.registry();
  const Asset* asset = registry->Find(today.account.asset);
  const Terms terms = asset == nullptr ? Terms{} : asset->terms;
  const sequencer::Settle settle = [&terms](const Account& account, LedgerTime at) {
    return HasLots(account.kind) ? points::Settled(account, terms, at) : account;
  };
  const store::Store& store = context.engine.store();
  if (const auto* index = std::get_if<EntryIndex>(&moment)) {
    return sequencer::AccountAfter(store, today.number, *index, settle);
  }
  return sequencer::AccountAt(store, today.number, std::get<LedgerTime>(moment), settle);
}

}  // namespace

void GetAccount(const Context& context, GetCall call) {
  const v1::GetAccountRequest& request = call->request();
  if (!request.name().empty() && !request.platform_user_id().empty()) {
    call->Refuse(Refusal(Reason::kFieldInvalid, "platform_user_id")
                     .With("problem", "give either name or platform_user_id"));
    return;
  }
  const auto number = request.platform_user_id().empty()
                          ? FindByName(context, call, request.name(), "name")
                          : FindByUser(context, call);
  if (!number.has_value()) {
    return;
  }
  const auto account = ReadVisible(context, call, *number, "name");
  if (!account.has_value()) {
    return;
  }
  const absl::Status filled = FillAccount(context, call->caller(), *number, account->account,
                                          *call->response().mutable_account());
  if (!filled.ok()) {
    call->Fail(filled);
    return;
  }
  call->response().set_as_of_index(account->size - 1);
  call->Finish();
}

void ListEntries(const Context& context, ListCall call) {
  const v1::ListEntriesRequest& request = call->request();
  if (request.page_size() < 0) {
    call->Refuse(Refusal(Reason::kFieldInvalid, "page_size"));
    return;
  }
  const auto number = FindByName(context, call, request.parent(), "parent");
  if (!number.has_value()) {
    return;
  }
  const auto account = ReadVisible(context, call, *number, "parent");
  if (!account.has_value()) {
    return;
  }
  if (!request.month().empty() || request.kinds_size() > 0) {
    ListMonth(context, std::move(call), *account);
    return;
  }
  std::uint64_t next = account->last_entry_plus_one;
  if (!request.page_token().empty()) {
    const auto token = ParsePageToken(request.page_token(), *number);
    if (!token.has_value() || *token > next) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
      return;
    }
    next = *token;
  }
  const auto registry = context.engine.registry();
  const std::int32_t page = PageSize(request.page_size());
  while (next != 0 && call->response().entries_size() < page) {
    const EntryIndex index(next - 1);
    const auto entry = ReadEntry(context, index);
    if (!entry.ok()) {
      call->Fail(entry.status());
      return;
    }
    // Each posting names the account's entry before it. A made-up token names an entry without
    // one.
    const entry::v1::Posting* posting = FindPosting(*entry, *number);
    if (posting == nullptr) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "page_token"));
      return;
    }
    FillAccountEntry(*registry, *entry, index, *posting, call->caller(),
                     *call->response().add_entries());
    next = posting->previous();
  }
  if (next != 0) {
    call->response().set_next_page_token(PageToken(*number, next));
  }
  call->response().set_as_of_index(account->size - 1);
  call->Finish();
}

void GetBalance(const Context& context, BalanceCall call) {
  const auto number = FindByName(context, call, call->request().name(), "name");
  if (!number.has_value()) {
    return;
  }
  const auto today = ReadVisible(context, call, *number, "name");
  if (!today.has_value()) {
    return;
  }
  const Moment moment = MomentOf(call->request(), today->time);
  if (const auto* refusal = std::get_if<Refusal>(&moment)) {
    call->Refuse(*refusal);
    return;
  }
  const auto past = PastAt(context, *today, moment);
  if (absl::IsNotFound(past.status())) {
    const bool by_index = std::holds_alternative<EntryIndex>(moment);
    call->Refuse(Refusal(Reason::kUnknownEntry, by_index ? "entry_index" : "time"));
    return;
  }
  if (!past.ok()) {
    call->Fail(past.status());
    return;
  }
  v1::GetBalanceResponse& out = call->response();
  out.set_balance(past->settled.balance.units());
  out.set_available(past->available().units());
  out.set_held(past->settled.held.units());
  out.set_debt(past->settled.debt.units());
  out.set_entry_index(past->as_of.value());
  *out.mutable_time() = ToTimestamp(past->moment);
  out.set_as_of_index(today->size - 1);
  call->Finish();
}

}  // namespace tanhui::rpc
