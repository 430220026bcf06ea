// One account of the ledger against the model's.
#include "tests/property/side_by_side.h"

namespace tanhui::model {
namespace {

Lots ToModel(const tanhui::Lots& lots) {
  Lots out;
  for (const Lot& lot : lots) {
    out[{lot.key.expiry.value(), lot.key.scheme.value(), lot.key.funder.value(),
         lot.key.contributor.value()}] = {lot.points.units(), lot.grams};
  }
  return out;
}

std::string InWords(const Lots& lots) {
  std::string text;
  for (const auto& [name, part] : lots) {
    text += " " + std::to_string(name.month) + "/" + std::to_string(name.scheme) + "/" +
            std::to_string(name.funder) + "/" + std::to_string(name.contributor) + ":" +
            std::to_string(part.points) + "g" + std::to_string(part.grams);
  }
  return text;
}

// What must hold of any account, whatever the model says.
std::string Unsound(const Account& account) {
  if (!HasLots(account.kind)) {
    return WithinLimit(account.kind, account.balance) ? "" : "its limit is broken";
  }
  __int128 free = 0;
  for (const Lot& lot : account.lots) {
    free += lot.points.units();
    if (lot.points <= Amount(0) || lot.grams < 0) {
      return "a lot of nothing";
    }
  }
  __int128 held = 0;
  for (const Hold& hold : account.holds) {
    held += SumOf(hold.lots).units();
  }
  if (held != account.held.units()) {
    return "held points are not those of the holds";
  }
  if (free + held - account.debt.units() != account.balance.units()) {
    return "its parts are not its balance";
  }
  return account.debt > Amount(0) && !account.lots.empty() ? "a debt beside points" : "";
}

std::string OfHolds(const Account& account, const Holding& holding) {
  if (account.holds.size() != holding.holds.size()) {
    return std::to_string(account.holds.size()) + " holds";
  }
  auto expected = holding.holds.begin();
  for (const Hold& hold : account.holds) {
    const auto& [number, held] = *expected++;
    if (hold.number.value() != number || hold.deadline.value() != held.deadline ||
        hold.merchant.value() != held.merchant || ToModel(hold.lots) != held.lots) {
      return "another hold " + std::to_string(number) + InWords(ToModel(hold.lots));
    }
  }
  return {};
}

std::string OfPlaces(const Account& account, const Holding& holding, BusinessDate today) {
  if (account.members.size() != holding.places.size()) {
    return std::to_string(account.members.size()) + " members";
  }
  for (std::size_t i = 0; i < account.members.size(); ++i) {
    const Member& member = account.members[i];
    const Place& place = holding.places[i];
    const std::int64_t spent = place.day == today.value() ? place.spent : 0;
    if (member.account.value() != place.account || member.joined != place.joined ||
        member.daily_limit.units() != place.limit || member.spent.On(today).units() != spent) {
      return "another member " + std::to_string(member.account.value());
    }
  }
  return {};
}

}  // namespace

std::string Difference(const Account& account, const Holding& holding, BusinessDate today) {
  if (const std::string unsound = Unsound(account); !unsound.empty()) {
    return unsound;
  }
  if (account.balance.units() != holding.balance) {
    return "balance " + std::to_string(account.balance.units()) + ", the model's " +
           std::to_string(holding.balance);
  }
  if (ToModel(account.lots) != holding.lots || account.debt.units() != holding.debt) {
    return "lots" + InWords(ToModel(account.lots)) + " debt " +
           std::to_string(account.debt.units()) + ", the model's" + InWords(holding.lots) +
           " debt " + std::to_string(holding.debt);
  }
  if (static_cast<int>(account.status) != static_cast<int>(holding.status) + 1 ||
      account.minor != holding.minor || account.guardian.value() != holding.guardian ||
      account.household.value() != holding.household ||
      account.merged_into.value() != holding.merged_into) {
    return "status, guardian, household or merge";
  }
  const std::int64_t given = holding.given_day == today.value() ? holding.given : 0;
  if (account.given.On(today).units() != given) {
    return "the day's transfers are " + std::to_string(account.given.On(today).units()) +
           ", the model's " + std::to_string(given);
  }
  if (account.funded.units() != holding.funded) {
    return "funded " + std::to_string(account.funded.units());
  }
  const std::string holds = OfHolds(account, holding);
  return holds.empty() ? OfPlaces(account, holding, today) : holds;
}

}  // namespace tanhui::model
