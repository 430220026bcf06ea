#include "services/rpc/services/exchange/exchange_names.h"

#include "services/rpc/links/account_names.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kExchanges = "exchanges/";

}  // namespace

std::optional<interop::ExchangeId> ReadExchangeName(std::string_view name, std::string_view field,
                                                    Draft& draft) {
  const auto id = name.starts_with(kExchanges)
                      ? interop::ParseExchangeId(name.substr(kExchanges.size()))
                      : std::nullopt;
  if (!id.has_value()) {
    draft.Refuse(name.empty() ? Refusal(Reason::kFieldRequired, std::string(field))
                              : Refusal(Reason::kFieldInvalid, std::string(field))
                                    .With("expected", "exchanges/{32 hexadecimal digits}"));
  }
  return id;
}

std::string ExchangeName(std::string_view id) {
  return std::string(kExchanges).append(interop::HexOf(id));
}

std::string SenderFor(const Context& context, const Caller& caller, ParticipantNo peer,
                      std::string_view account) {
  const auto told = ParseAccountName(account);
  if (!told.has_value()) {
    return std::string();
  }
  Account named;
  named.kind = AccountKind::kCitizen;
  named.id = Named(context, caller, *context.engine.registry(), *told, NamedTo::kAct).meant;
  const auto name = ParseAccountName(AccountNameFor(context, peer, named));
  return name.has_value() ? std::string(name->view()) : std::string();
}

}  // namespace tanhui::rpc
