// How each caller names the accounts of citizens and households. A participant has a name of its
// own for each of them, that nobody else's can be told from or compared with; operators and
// auditors use the ids. This is the one place for both directions; LINKS.md tells why.
#ifndef TANHUI_SERVICES_RPC_LINKS_ACCOUNT_NAMES_H_
#define TANHUI_SERVICES_RPC_LINKS_ACCOUNT_NAMES_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/core/account.h"
#include "ledger/core/refusal.h"
#include "ledger/store/store.h"
#include "services/rpc/caller.h"
#include "services/rpc/context.h"

namespace tanhui::rpc {

// Whether the caller names accounts by their ids: operators and auditors.
bool NamesById(const Caller& caller);

// --- what goes out ---
// The account as the caller names it.
std::string AccountName(const Context& context, const Caller& caller, const Account& account);
// As a participant without such roles does.
std::string AccountNameFor(const Context& context, ParticipantNo participant,
                           const Account& account);
// The owner as the caller names him, in hexadecimal digits.
std::string OwnerName(const Context& context, const Caller& caller, const OwnerId& owner);
// A refusal as the ledger makes it, with its account as the caller names it.
void TellName(const Context& context, const Caller& caller, Refusal& refusal);

// --- what comes in ---
// What an account is named for, and so what its caller needs besides the name.
enum class NamedTo : std::uint8_t {
  kTakePart,  // it is given something, or is told of: the name is enough
  kAct,       // it gives, earns or acts: a platform must be linked to it
  kBeRead,    // whoever reads must be linked to it
};
struct NamedAccount {
  AccountId told;   // as the caller names it
  AccountId meant;  // its id, if it is a citizen's or a household's
  ParticipantNo caller;
  bool needs_link = false;
};
NamedAccount Named(const Context& context, const Caller& caller, const Registry& registry,
                   const AccountId& told, NamedTo to);
OwnerId OwnerMeant(const Context& context, const Caller& caller, const OwnerId& told);

// The numbers of these accounts, in order: nullopt for a name that is nobody's, or for lack of a
// link. One multi-get for all ids and one for all links. An error when the store cannot be read.
absl::StatusOr<std::vector<std::optional<AccountNo>>> FindNamed(
    const store::Store& store, std::span<const NamedAccount> names);

// Takes away each number, at place of[k], to whose account no link leads: neither keys[k] nor one
// to what it was merged into or to a member of the household.
absl::Status ForgetUnlinked(const store::Store& store, std::span<const LinkKey> keys,
                            std::span<const std::size_t> of,
                            std::vector<std::optional<AccountNo>>& numbers);
// Whether a link leads the participant to the account, itself or as above.
absl::StatusOr<bool> IsLinked(const store::Store& store, ParticipantNo participant,
                              AccountNo account);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_LINKS_ACCOUNT_NAMES_H_
