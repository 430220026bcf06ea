#include "ledger/core/lots.h"

#include <algorithm>

#include "ledger/core/check.h"

namespace tanhui {
namespace {

template <typename Container>
auto Place(Container& lots, const LotKey& key) {
  return std::lower_bound(lots.begin(), lots.end(), key,
                          [](const Lot& lot, const LotKey& wanted) { return lot.key < wanted; });
}

}  // namespace

Amount SumOf(std::span<const Lot> lots) {
  Amount sum;
  for (const Lot& lot : lots) {
    const auto next = Add(sum, lot.points);
    Check(next.has_value(), "the lots of an account overflow");
    sum = *next;
  }
  return sum;
}

bool SumsTo(std::span<const Lot> lots, Amount points) {
  std::optional<Amount> sum = Amount(0);
  for (const Lot& lot : lots) {
    if (lot.points <= Amount(0) || lot.grams < 0 || !sum.has_value()) {
      return false;
    }
    sum = Add(*sum, lot.points);
  }
  return sum == points;
}

const Lot* FindLot(const Lots& lots, const LotKey& key) {
  const auto at = Place(lots, key);
  return at == lots.end() || at->key != key ? nullptr : &*at;
}

bool AddLot(Lots& lots, const Lot& part) {
  const auto at = Place(lots, part.key);
  if (at == lots.end() || at->key != part.key) {
    lots.insert(at, part);
    return true;
  }
  const auto points = Add(at->points, part.points);
  std::int64_t grams = 0;
  if (!points.has_value() || __builtin_add_overflow(at->grams, part.grams, &grams)) {
    return false;
  }
  at->points = *points;
  at->grams = grams;
  return true;
}

bool TakeLot(Lots& lots, const Lot& part) {
  const auto at = Place(lots, part.key);
  if (at == lots.end() || at->key != part.key || at->points < part.points ||
      at->grams < part.grams || (at->points == part.points && at->grams != part.grams)) {
    return false;
  }
  if (at->points == part.points) {
    lots.erase(at);
    return true;
  }
  at->points = Amount(at->points.units() - part.points.units());
  at->grams -= part.grams;
  return true;
}

Lot PartOf(const Lot& lot, Amount points) {
  Check(points > Amount(0) && points <= lot.points, "a part is more than its lot");
  // 128 bits: grams x points does not fit 64.
  const auto grams = static_cast<__int128>(lot.grams) * points.units() / lot.points.units();
  return Lot{lot.key, points, static_cast<std::int64_t>(grams)};
}

Lots FirstOf(std::span<const Lot> lots, Amount points) {
  Lots out;
  for (std::size_t i = 0; points > Amount(0); ++i) {
    Check(i < lots.size(), "fewer points than are taken");
    out.push_back(PartOf(lots[i], std::min(points, lots[i].points)));
    points = Amount(points.units() - out.back().points.units());
  }
  return out;
}

Lots LastOf(std::span<const Lot> lots, Amount points) {
  Lots out;
  for (std::size_t i = lots.size(); points > Amount(0); --i) {
    Check(i > 0, "fewer points than are taken");
    out.insert(out.begin(), PartOf(lots[i - 1], std::min(points, lots[i - 1].points)));
    points = Amount(points.units() - out.front().points.units());
  }
  return out;
}

}  // namespace tanhui
