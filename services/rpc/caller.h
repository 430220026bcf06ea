// Who calls. A call names its caller by a bearer token; the configuration says which participant
// and roles a token stands for, and holds only the token's SHA-256.
#ifndef TANHUI_SERVICES_RPC_CALLER_H_
#define TANHUI_SERVICES_RPC_CALLER_H_

#include <grpcpp/server_context.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <variant>

#include "ledger/core/ids.h"
#include "ledger/core/refusal.h"
#include "ledger/core/registry.h"

namespace tanhui::rpc {

// Bits; a caller has any of them.
enum class Role : std::uint8_t {
  kAdmin = 1,        // registers schemes, participants, assets and budgets; funds; operates
  kPlatform = 2,     // opens accounts; awards for acts, redeems and transfers
  kAuditor = 4,      // reads every entry
  kGrantor = 8,      // awards points without an act
  kSettlement = 16,  // makes settlement runs and says what the bank paid or sent back
  kApprover = 32,    // approves lines of settlement runs
  kAccountant = 64,  // closes months, exports vouchers, loads opening balances
  kCity = 128,       // another city: takes up its citizens' link codes, and gives links up
};

struct Roles {
  std::uint8_t bits = 0;
  bool Has(Role role) const { return (bits & static_cast<std::uint8_t>(role)) != 0; }
  void Add(Role role) { bits = static_cast<std::uint8_t>(bits | static_cast<std::uint8_t>(role)); }
};

// "admin", "platform", "auditor", "grantor", "settlement", "approver", "accountant" or "city".
std::optional<Role> ParseRole(std::string_view name);

struct CallerConfig {
  std::string participant;  // its code in the ledger
  Roles roles;
};

struct Caller {
  ParticipantNo number;
  std::string code;
  Roles roles;
};

// Any thread.
class Authenticator {
 public:
  using Tokens = std::map<Hash256, CallerConfig>;  // by SHA-256
  void AddToken(const Hash256& token_sha256, CallerConfig caller);
  // No others from now on: calls that come later are refused, and streams that run end before
  // their next message.
  void SetTokens(Tokens tokens);
  // Calls without a token act as this caller. Only for servers that listen on loopback.
  void SetTokenless(CallerConfig caller);

  // kUnauthenticated, or kUnknownCaller when the participant is not registered.
  std::variant<Caller, Refusal> Authenticate(const grpc::CallbackServerContext& context,
                                             const Registry& registry) const;

  // Why who called as `caller` may not go on; nothing when it still has all that it had then.
  std::optional<Refusal> AuthenticateAgain(const grpc::CallbackServerContext& context,
                                           const Registry& registry, const Caller& caller) const;

 private:
  mutable std::shared_mutex mutex_;
  Tokens tokens_;
  std::optional<CallerConfig> tokenless_;
};

// Languages in which a refusal can be told to a person.
enum class Language : std::uint8_t { kChinese, kEnglish };

// From the metadata accept-language; Chinese unless it begins with "en".
Language LanguageOf(const grpc::CallbackServerContext& context);

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_CALLER_H_
