#include "interop/settlement/netting.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tanhui::settlement {
namespace {

// Sums in 128 bits: as many obligations as there are of 64 bits never overflow them.
using Sum = __int128;
using Pair = std::pair<City, City>;  // payer, payee

constexpr Sum kMost = INT64_MAX;

bool CanBe(const Obligation& obligation) {
  return obligation.fen > 0 && obligation.debtor != obligation.creditor &&
         !obligation.debtor.empty() && !obligation.creditor.empty();
}

// Each pair's net, in the direction in which it is above 0.
void AddBilateral(const std::map<Pair, Sum>& netted, std::map<Pair, Sum>& payments) {
  for (const auto& [pair, fen] : netted) {
    const auto back = netted.find({pair.second, pair.first});
    const Sum net = fen - (back == netted.end() ? 0 : back->second);
    if (net > 0) {
      payments[pair] += net;
    }
  }
}

// Who owes in all pays who is owed in all: the largest first, of equal ones the smaller name. Each
// payment settles one city at least.
void AddMultilateral(const std::map<Pair, Sum>& netted, std::map<Pair, Sum>& payments) {
  std::map<City, Sum> owes;
  for (const auto& [pair, fen] : netted) {
    owes[pair.first] += fen;
    owes[pair.second] -= fen;
  }
  std::vector<std::pair<Sum, City>> payers;
  std::vector<std::pair<Sum, City>> payees;
  for (const auto& [city, fen] : owes) {
    if (fen != 0) {
      (fen > 0 ? payers : payees).emplace_back(fen > 0 ? -fen : fen, city);  // largest first
    }
  }
  std::sort(payers.begin(), payers.end());
  std::sort(payees.begin(), payees.end());
  for (std::size_t payer = 0, payee = 0; payer < payers.size() && payee < payees.size();) {
    const Sum fen = std::min(-payers[payer].first, -payees[payee].first);
    payments[{payers[payer].second, payees[payee].second}] += fen;
    payers[payer].first += fen;
    payees[payee].first += fen;
    payer += payers[payer].first == 0 ? 1 : 0;
    payee += payees[payee].first == 0 ? 1 : 0;
  }
}

}  // namespace

std::optional<std::vector<Payment>> Net(std::span<const Obligation> obligations,
                                        const NettingOptions& options) {
  std::map<Pair, Sum> payments;
  std::map<Pair, Sum> netted;
  for (const Obligation& obligation : obligations) {
    if (!CanBe(obligation)) {
      return std::nullopt;
    }
    const bool gross = options.netting == Netting::kGross ||
                       (options.gross_from_fen > 0 && obligation.fen >= options.gross_from_fen);
    (gross ? payments : netted)[{obligation.debtor, obligation.creditor}] += obligation.fen;
  }
  if (options.netting == Netting::kMultilateral) {
    AddMultilateral(netted, payments);
  } else {
    AddBilateral(netted, payments);
  }
  std::vector<Payment> out;
  for (const auto& [pair, fen] : payments) {
    if (fen > kMost) {
      return std::nullopt;
    }
    out.push_back({pair.first, pair.second, static_cast<std::int64_t>(fen)});
  }
  return out;
}

}  // namespace tanhui::settlement
