#include "services/rpc/caller.h"

#include "ledger/merkle/hash.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kBearer = "Bearer ";

std::optional<std::string_view> Metadata(const grpc::CallbackServerContext& context,
                                         const char* key) {
  const auto& all = context.client_metadata();
  const auto found = all.find(key);
  if (found == all.end()) {
    return std::nullopt;
  }
  return std::string_view(found->second.data(), found->second.size());
}

}  // namespace

std::optional<Role> ParseRole(std::string_view name) {
  constexpr std::pair<std::string_view, Role> kNames[] = {
      {"admin", Role::kAdmin},           {"platform", Role::kPlatform},
      {"auditor", Role::kAuditor},       {"grantor", Role::kGrantor},
      {"settlement", Role::kSettlement}, {"approver", Role::kApprover},
      {"accountant", Role::kAccountant}, {"city", Role::kCity}};
  for (const auto& [known, role] : kNames) {
    if (known == name) {
      return role;
    }
  }
  return std::nullopt;
}

void Authenticator::AddToken(const Hash256& token_sha256, CallerConfig caller) {
  const std::lock_guard lock(mutex_);
  tokens_.insert_or_assign(token_sha256, std::move(caller));
}

void Authenticator::SetTokens(Tokens tokens) {
  const std::lock_guard lock(mutex_);
  tokens_ = std::move(tokens);
}

void Authenticator::SetTokenless(CallerConfig caller) {
  const std::lock_guard lock(mutex_);
  tokenless_ = std::move(caller);
}

std::variant<Caller, Refusal> Authenticator::Authenticate(
    const grpc::CallbackServerContext& context, const Registry& registry) const {
  const auto header = Metadata(context, "authorization");
  const std::shared_lock lock(mutex_);
  const CallerConfig* config = nullptr;
  if (!header.has_value()) {
    config = tokenless_.has_value() ? &*tokenless_ : nullptr;
  } else if (header->starts_with(kBearer)) {
    // Compared by hash: a look-up's time tells nothing of the token.
    const auto found = tokens_.find(merkle::Sha256(header->substr(kBearer.size())));
    config = found == tokens_.end() ? nullptr : &found->second;
  }
  if (config == nullptr) {
    return Refusal(Reason::kUnauthenticated);
  }
  const Participant* participant = registry.FindParticipant(config->participant);
  if (participant == nullptr) {
    return Refusal(Reason::kUnknownCaller).With("participant", config->participant);
  }
  Caller caller{participant->number, participant->code, config->roles};
  // Its citizens let another city send to their accounts here, and nothing else; and what it and
  // this city do together has its number as caller, so that no request of its own may come between.
  const auto city = static_cast<std::uint8_t>(Role::kCity);
  const bool is_city = participant->kind == ParticipantKind::kCity;
  caller.roles.bits &= is_city ? city : static_cast<std::uint8_t>(~city);
  return caller.roles.bits != 0 || !is_city
             ? std::variant<Caller, Refusal>(std::move(caller))
             : Refusal(Reason::kPermissionDenied).With("role", "city");
}

std::optional<Refusal> Authenticator::AuthenticateAgain(const grpc::CallbackServerContext& context,
                                                        const Registry& registry,
                                                        const Caller& caller) const {
  auto now = Authenticate(context, registry);
  if (auto* refusal = std::get_if<Refusal>(&now)) {
    return std::move(*refusal);
  }
  const Caller& present = std::get<Caller>(now);
  const bool has_all = (present.roles.bits & caller.roles.bits) == caller.roles.bits;
  return present.number == caller.number && has_all
             ? std::nullopt
             : std::optional(Refusal(Reason::kPermissionDenied));
}

Language LanguageOf(const grpc::CallbackServerContext& context) {
  const auto header = Metadata(context, "accept-language");
  return header.has_value() && header->starts_with("en") ? Language::kEnglish : Language::kChinese;
}

}  // namespace tanhui::rpc
