#include "services/cli/commands/exchange/exchange_text.h"

#include <array>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/cli/client/request_stamp.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/table.h"
#include "services/cli/session.h"

namespace tanhui::cli {
namespace {

// By the numbers of ExchangeState.
constexpr std::array<std::string_view, v1::ExchangeState_ARRAYSIZE> kStates = {
    "unknown",
    "asked: the points left the account, the other city has not answered",
    "done: the points are the other city's",
    "given up: the points come back",
    "given up: the points are back",
    "coming: the other city has not decided",
    "done: the points are here",
    "refused: nothing came",
};
constexpr std::array<std::string_view, v1::ExchangeState_ARRAYSIZE> kShortStates = {
    "unknown", "asked", "done", "given up", "given back", "coming", "done", "refused"};

template <std::size_t kSize>
std::string Of(const std::array<std::string_view, kSize>& names, v1::ExchangeState state) {
  const auto at = static_cast<std::size_t>(state);
  return std::string(at < kSize ? names[at] : names.front());
}

bool Leaves(const v1::Exchange& exchange) {
  return exchange.direction() == v1::EXCHANGE_DIRECTION_LEAVING;
}

std::string KindText(const v1::Exchange& exchange) {
  return exchange.kind() == v1::EXCHANGE_KIND_PAYMENT ? "payment" : "points";
}

}  // namespace

std::string ExchangeText(const v1::Exchange& exchange) {
  FactList facts;
  if (!exchange.name().empty()) {
    facts.Add("exchange", exchange.name());
  }
  facts.Add("what", absl::StrCat(KindText(exchange), Leaves(exchange) ? " to " : " from ",
                                 LastPart(exchange.peer())));
  if (!exchange.account().empty()) {
    facts.Add("account", exchange.account());
  }
  if (!exchange.name().empty()) {
    facts.Add("state", Of(kStates, exchange.state()));
  }
  if (!exchange.reason().empty()) {
    facts.Add("reason", exchange.reason());
  }
  facts.Add("points",
            absl::StrCat(Grouped(exchange.from_points()), " leave, ", Grouped(exchange.to_points()),
                         " come, by rates version ", exchange.rates_version()));
  facts.Add("stand for", absl::StrCat(Grouped(exchange.grams()), " g of CO2e"));
  for (const v1::ExchangeLot& lot : exchange.lots()) {
    facts.Add("of them", absl::StrCat(Grouped(lot.points()), " of ", lot.city(), ", spendable ",
                                      lot.expiry_month().empty()
                                          ? std::string("for ever")
                                          : absl::StrCat("through ", lot.expiry_month())));
  }
  if (exchange.has_expire_time()) {
    facts.Add("taken up by", TimeText(FromTimestamp(exchange.expire_time())));
  }
  if (exchange.entry_index() != 0) {
    facts.Add("begun by entry", std::to_string(exchange.entry_index()));
  }
  if (exchange.decision_entry_index() != 0) {
    facts.Add("ended by entry", std::to_string(exchange.decision_entry_index()));
  }
  return facts.Text();
}

std::string ExchangesText(const v1::ListExchangesResponse& page) {
  Table table({"exchange", "city", "what", "state", ">leave", ">come", "begun"});
  for (const v1::Exchange& exchange : page.exchanges()) {
    table.Add({LastPart(exchange.name()),
               absl::StrCat(Leaves(exchange) ? "to " : "from ", LastPart(exchange.peer())),
               KindText(exchange), Of(kShortStates, exchange.state()),
               Grouped(exchange.from_points()), Grouped(exchange.to_points()),
               TimeText(FromTimestamp(exchange.begin_time()))});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

}  // namespace tanhui::cli
