#include "services/rpc/links/account_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/rpc/draft.h"

namespace tanhui::rpc {
namespace {

using Numbers = std::vector<std::optional<AccountNo>>;

// The participants that need a link to act for a citizen. A merchant is handed a name at its till
// by the citizen's platform (Resolve), and operators may name everybody.
bool ActsByLink(const Registry& registry, ParticipantNo number) {
  const Participant* participant = registry.Find(number);
  return participant == nullptr || (participant->kind != ParticipantKind::kOperator &&
                                    participant->kind != ParticipantKind::kMerchant &&
                                    participant->kind != ParticipantKind::kCharity);
}

bool IsOperator(const Registry& registry, ParticipantNo number) {
  const Participant* participant = registry.Find(number);
  return participant != nullptr && participant->kind == ParticipantKind::kOperator;
}

// Accounts that are not citizens' or households' have one name for all: those that `numbers` lacks
// are looked up once more as they stand.
absl::Status FindAsTheyStand(const store::Store& store, std::span<const NamedAccount> names,
                             Numbers& numbers) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (numbers[i].has_value() || names[i].told == names[i].meant) {
      continue;
    }
    const auto found = store.ReadAccountIds(std::array{names[i].told});
    if (!found.ok() || !found->front().has_value()) {
      if (!found.ok()) {
        return found.status();
      }
      continue;
    }
    const auto account = store.ReadAccounts(std::array{*found->front()});
    if (!account.ok()) {
      return account.status();
    }
    if (account->front().has_value() && !HasLots(account->front()->kind)) {
      numbers[i] = found->front();
    }
  }
  return absl::OkStatus();
}

bool AnyLink(const std::vector<std::optional<std::uint64_t>>& links) {
  return std::any_of(links.begin(), links.end(),
                     [](const auto& count) { return count.value_or(0) > 0; });
}

// Whether the participant is linked to the account, which itself has no link: to what it was merged
// into, or to a member of the household. What has no lots needs none.
absl::StatusOr<bool> LinkedBeyond(const store::Store& store, ParticipantNo participant,
                                  AccountNo number) {
  while (true) {
    const auto read = store.ReadAccounts(std::array{number});
    if (!read.ok() || !read->front().has_value()) {
      return read.ok() ? absl::StatusOr<bool>(false) : read.status();
    }
    const Account& account = *read->front();
    if (!HasLots(account.kind)) {
      return true;
    }
    std::vector<LinkKey> keys;
    if (account.merged_into != AccountNo(0)) {
      keys.emplace_back(participant, account.merged_into);
    }
    for (const Member& member : account.members) {
      keys.emplace_back(participant, member.account);
    }
    const auto links = store.ReadLinks(keys);
    if (!links.ok()) {
      return links.status();
    }
    if (AnyLink(*links) || account.merged_into == AccountNo(0)) {
      return AnyLink(*links);
    }
    number = account.merged_into;
  }
}

// Takes away what the caller is not linked to.
absl::Status WantLinks(const store::Store& store, std::span<const NamedAccount> names,
                       Numbers& numbers) {
  std::vector<LinkKey> keys;
  std::vector<std::size_t> of;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].needs_link && numbers[i].has_value()) {
      keys.emplace_back(names[i].caller, *numbers[i]);
      of.push_back(i);
    }
  }
  return ForgetUnlinked(store, keys, of, numbers);
}

}  // namespace

absl::Status ForgetUnlinked(const store::Store& store, std::span<const LinkKey> keys,
                            std::span<const std::size_t> of,
                            std::vector<std::optional<AccountNo>>& numbers) {
  if (keys.empty()) {
    return absl::OkStatus();
  }
  const auto links = store.ReadLinks(keys);
  if (!links.ok()) {
    return links.status();
  }
  for (std::size_t k = 0; k < keys.size(); ++k) {
    if ((*links)[k].value_or(0) > 0) {
      continue;
    }
    const auto linked = LinkedBeyond(store, keys[k].first, keys[k].second);
    if (!linked.ok()) {
      return linked.status();
    }
    if (!*linked) {
      numbers[of[k]].reset();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsLinked(const store::Store& store, ParticipantNo participant,
                              AccountNo account) {
  Numbers numbers = {account};
  const absl::Status status = ForgetUnlinked(store, std::array{LinkKey{participant, account}},
                                             std::array{std::size_t{0}}, numbers);
  return status.ok() ? absl::StatusOr<bool>(numbers.front().has_value()) : status;
}

bool NamesById(const Caller& caller) {
  return caller.roles.Has(Role::kAdmin) || caller.roles.Has(Role::kAuditor);
}

std::string AccountNameFor(const Context& context, ParticipantNo participant,
                           const Account& account) {
  return HasLots(account.kind)
             ? AccountName(
                   AccountId{context.secrets.NamesOf(participant).Encrypt(account.id.bytes)})
             : AccountName(account.id);
}

std::string AccountName(const Context& context, const Caller& caller, const Account& account) {
  return NamesById(caller) ? AccountName(account.id)
                           : AccountNameFor(context, caller.number, account);
}

std::string OwnerName(const Context& context, const Caller& caller, const OwnerId& owner) {
  return Hex(NamesById(caller)
                 ? owner.view()
                 : OwnerId{context.secrets.NamesOf(caller.number).Encrypt(owner.bytes)}.view());
}

void TellName(const Context& context, const Caller& caller, Refusal& refusal) {
  for (auto& [key, value] : refusal.facts) {
    if (key != "account" || NamesById(caller)) {
      continue;
    }
    if (const auto id = ParseAccountName(value)) {
      value = AccountName(AccountId{context.secrets.NamesOf(caller.number).Encrypt(id->bytes)});
    }
  }
}

NamedAccount Named(const Context& context, const Caller& caller, const Registry& registry,
                   const AccountId& told, NamedTo to) {
  NamedAccount out{told, told, caller.number};
  if (!NamesById(caller)) {
    out.meant = AccountId{context.secrets.NamesOf(caller.number).Decrypt(told.bytes)};
    out.needs_link = (to == NamedTo::kAct && ActsByLink(registry, caller.number)) ||
                     (to == NamedTo::kBeRead && !IsOperator(registry, caller.number));
  }
  return out;
}

OwnerId OwnerMeant(const Context& context, const Caller& caller, const OwnerId& told) {
  return NamesById(caller) ? told
                           : OwnerId{context.secrets.NamesOf(caller.number).Decrypt(told.bytes)};
}

absl::StatusOr<Numbers> FindNamed(const store::Store& store, std::span<const NamedAccount> names) {
  std::vector<AccountId> ids;
  ids.reserve(names.size());
  for (const NamedAccount& name : names) {
    ids.push_back(name.meant);
  }
  auto numbers = store.ReadAccountIds(ids);
  if (!numbers.ok()) {
    return numbers.status();
  }
  absl::Status status = FindAsTheyStand(store, names, *numbers);
  if (status.ok()) {
    status = WantLinks(store, names, *numbers);
  }
  return status.ok() ? std::move(numbers) : absl::StatusOr<Numbers>(std::move(status));
}

}  // namespace tanhui::rpc
