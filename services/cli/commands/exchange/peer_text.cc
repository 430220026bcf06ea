#include "services/cli/commands/exchange/peer_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/commands/books/settlement_text.h"
#include "services/cli/screen/answer_text.h"
#include "services/cli/screen/table.h"
#include "services/cli/session.h"

namespace tanhui::cli {
namespace {

std::string Yuan(std::int64_t fen) { return absl::StrCat(YuanText(fen), " yuan"); }

// `points out and in, payments out`.
std::string SwitchesText(const v1::PeerTerms& terms) {
  const auto both = [](const char* what, bool out, bool in) {
    return absl::StrCat(what, out && in ? " out and in" : out ? " out" : " in");
  };
  std::vector<std::string> parts;
  if (terms.sends_points() || terms.takes_points()) {
    parts.push_back(both("points", terms.sends_points(), terms.takes_points()));
  }
  if (terms.sends_payments() || terms.takes_payments()) {
    parts.push_back(both("payments", terms.sends_payments(), terms.takes_payments()));
  }
  if (!terms.act_scenarios().empty()) {
    parts.push_back(absl::StrCat("acts: ", absl::StrJoin(terms.act_scenarios(), " ")));
  }
  return parts.empty() ? "nothing" : absl::StrJoin(parts, ", ");
}

std::string TermsText(const v1::PeerTerms& terms) {
  return absl::StrCat(SwitchesText(terms), "; cap ", Yuan(terms.cap_fen()), "; a citizen ",
                      terms.citizen_month_points() == 0
                          ? std::string("any")
                          : absl::StrCat(Grouped(terms.citizen_month_points()), " points"),
                      " a month; a request waits ", terms.request_minutes(), " min");
}

std::string SuspendedText(const v1::Peer& peer) {
  if (peer.outgoing_suspended() && peer.incoming_suspended()) {
    return "suspended";
  }
  return peer.outgoing_suspended()   ? "nothing leaves"
         : peer.incoming_suspended() ? "nothing is taken"
                                     : "open";
}

void AddPosition(const v1::PeerPosition& position, FactList* facts) {
  facts->Add("owed to it", Yuan(position.owed_fen()));
  facts->Add("in flight", Yuan(position.in_flight_fen()));
  facts->Add("owed by it", Yuan(position.due_fen()));
  facts->Add("paid in advance", Yuan(position.prepaid_fen()));
  facts->Add("net",
             absl::StrCat(Yuan(position.net_fen()), ", room for ", Yuan(position.room_fen())));
  facts->Add("points", absl::StrCat(Grouped(position.departed_points()), " left, ",
                                    Grouped(position.arrived_points()), " came, ",
                                    Grouped(position.leaving_points()), " leaving, ",
                                    Grouped(position.coming_points()), " coming"));
}

}  // namespace

std::string RateText(const v1::CityRate& rate) {
  return absl::StrCat(Grouped(rate.points()), " points = ", Grouped(rate.grams()), " g, ",
                      Grouped(rate.fen_per_thousand()), " fen per 1,000 points");
}

std::string RatesText(const v1::PeerRates& rates) {
  return absl::StrCat("version ", rates.version(), " from ", rates.first_date(), "; ours ",
                      RateText(rates.ours()), "; theirs ", RateText(rates.theirs()));
}

std::string PeerText(const v1::Peer& peer) {
  FactList facts;
  facts.Add("peer", peer.name());
  facts.Add("log", peer.log());
  facts.Add("key", peer.verifier_key());
  facts.Add("exchanged", absl::StrCat(LastPart(peer.asset()), " here, ", peer.peer_asset(),
                                      " there, scheme ", LastPart(peer.scheme())));
  facts.Add("state", SuspendedText(peer));
  facts.Add("terms", peer.has_terms() ? TermsText(peer.terms()) : "none yet");
  for (const v1::PeerTerms& terms : peer.later_terms()) {
    facts.Add(absl::StrCat("from ", terms.first_date()), TermsText(terms));
  }
  facts.Add("rates", peer.has_rates() ? RatesText(peer.rates()) : "none yet");
  for (const v1::PeerRates& rates : peer.later_rates()) {
    facts.Add("later rates", RatesText(rates));
  }
  facts.Add("open window", std::to_string(peer.open_window()));
  if (peer.has_position()) {
    AddPosition(peer.position(), &facts);
  }
  facts.Add("registered by entry", std::to_string(peer.entry_index()));
  return facts.Text();
}

std::string PeersText(const v1::ListPeersResponse& page) {
  Table table({"peer", "log", "state", "exchanged today", ">rates", ">net yuan"});
  for (const v1::Peer& peer : page.peers()) {
    table.Add({LastPart(peer.name()), peer.log(), SuspendedText(peer), SwitchesText(peer.terms()),
               peer.has_rates() ? std::to_string(peer.rates().version()) : "-",
               peer.has_position() ? YuanText(peer.position().net_fen()) : "-"});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

}  // namespace tanhui::cli
