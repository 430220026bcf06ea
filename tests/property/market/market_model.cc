#include "tests/property/market/market_model.h"

namespace tanhui::property {

const ModelPrice* MarketModel::InForce(int asset, int merchant, int day) const {
  for (const int wanted : {merchant, -1}) {
    const ModelPrice* best = nullptr;
    for (const ModelPrice& price : prices) {
      const bool begun = price.asset == asset && price.merchant == wanted && price.first_day <= day;
      if (begun && (best == nullptr || price.first_day >= best->first_day)) {
        best = &price;
      }
    }
    if (best != nullptr) {
      return best;
    }
  }
  return nullptr;
}

std::string MarketModel::WhyNotTaken(ModelTaking taking, int unit, std::int64_t points, int today,
                                     int ledger_day) const {
  const ModelUnit& at = units[static_cast<std::size_t>(unit)];
  bool over = false;
  for (const int level : at.levels) {
    const ModelUnit& rung = units[static_cast<std::size_t>(level)];
    if (rung.suspended) {
      return "UNIT_SUSPENDED";
    }
    const std::int64_t taken = rung.day == today ? rung.taken : 0;
    over = over || (rung.most != 0 && points > rung.most) ||
           (rung.most_a_day != 0 && taken + points > rung.most_a_day);
  }
  const auto found = settles.find({at.merchant, at.asset});
  const bool claims = taking != ModelTaking::kHold && found != settles.end() && found->second;
  if (claims && InForce(at.asset, at.merchant, ledger_day) == nullptr) {
    return "NO_SETTLEMENT_PRICE";
  }
  return over && taking != ModelTaking::kCapture ? "UNIT_LIMIT" : "OK";
}

void MarketModel::Count(int unit, std::int64_t points, int today) {
  for (const int level : units[static_cast<std::size_t>(unit)].levels) {
    ModelUnit& rung = units[static_cast<std::size_t>(level)];
    if (rung.most_a_day != 0) {
      rung.taken = (rung.day == today ? rung.taken : 0) + points;
      rung.day = today;
    }
  }
}

void MarketModel::Take(ModelDeed deed, int day) {
  const ModelUnit& at = units[static_cast<std::size_t>(deed.unit)];
  const std::pair of(at.merchant, at.asset);
  deed.claims = settles[of];
  if (deed.claims) {
    deed.price = *InForce(at.asset, at.merchant, day);
    const std::int64_t fen = deed.FenOf(deed.points);
    claim[of] += fen;
    nets[of] = {day, NetOf(of, day) + fen};
  }
  deeds.push_back(deed);
}

void MarketModel::GiveBack(ModelDeed& deed, std::int64_t points, int day) {
  const ModelUnit& at = units[static_cast<std::size_t>(deed.unit)];
  const std::pair of(at.merchant, at.asset);
  const std::int64_t left = deed.points - deed.back;
  const std::int64_t fen = deed.FenOf(left) - deed.FenOf(left - points);
  deed.back += points;
  claim[of] -= fen;
  nets[of] = {day, NetOf(of, day) - fen};
}

std::int64_t MarketModel::NetOf(std::pair<int, int> of, int day) const {
  const auto net = nets.find(of);
  return net != nets.end() && net->second.day == day ? net->second.fen : 0;
}

std::int64_t MarketModel::InState(std::pair<int, int> of, ModelState state) const {
  std::int64_t sum = 0;
  for (const ModelLine& line : lines) {
    sum += line.state == state && std::pair(line.merchant, line.asset) == of ? line.fen : 0;
  }
  return sum;
}

}  // namespace tanhui::property
