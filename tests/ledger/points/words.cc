#include "tests/ledger/points/words.h"

#include "ledger/core/check.h"
#include "ledger/core/postings.h"

namespace tanhui::world {
namespace {

std::string WordsOf(const Lot& lot) {
  std::string text = std::to_string(lot.key.expiry.value());
  if (lot.key.scheme != kMidnight) {
    text += "/s" + std::to_string(lot.key.scheme.value());
  }
  if (lot.key.funder != kSponsor) {
    text += "/f" + std::to_string(lot.key.funder.value());
  }
  if (lot.key.contributor != AccountNo(0)) {
    text += "/c" + std::to_string(lot.key.contributor.value());
  }
  text += ":" + std::to_string(lot.points.units());
  return lot.grams == 0 ? text : text + "g" + std::to_string(lot.grams);
}

LedgerTime At(std::string_view date, std::string_view time) {
  const auto parsed = ParseShanghai(std::string(date) + " " + std::string(time));
  Check(parsed.has_value(), "a date of a test");
  return *parsed;
}

}  // namespace

std::string Words(const Lots& lots) {
  std::string text;
  for (const Lot& lot : lots) {
    text += (text.empty() ? "" : " ") + WordsOf(lot);
  }
  return text;
}

std::string Purse(const World& world, AccountNo number) {
  const Account& account = world.Of(number);
  std::string text = std::to_string(account.balance.units());
  if (!account.lots.empty()) {
    text += " = " + Words(account.lots);
  }
  if (account.held != Amount(0)) {
    text += " + held " + std::to_string(account.held.units());
  }
  if (account.debt != Amount(0)) {
    text += " - debt " + std::to_string(account.debt.units());
  }
  return text;
}

std::string Moves(const Entry& entry) {
  std::string text;
  for (const entry::v1::Posting& posting : entry.postings()) {
    text += (text.empty() ? "" : "; ") + std::to_string(posting.account()) + " " +
            (posting.amount() > 0 ? "+" : "") + std::to_string(posting.amount());
    if (posting.lots_size() > 0) {
      text += " [" + Words(*ReadLots(posting.lots())) + "]";
    }
    if (posting.held_after() != 0) {
      text += " held " + std::to_string(posting.held_after());
    }
    if (posting.debt_after() != 0) {
      text += " debt " + std::to_string(posting.debt_after());
    }
  }
  return text;
}

LedgerTime On(std::string_view date) { return At(date, "12:00:00"); }

LedgerTime MidnightOf(std::string_view date) { return At(date, "00:00:00"); }

BusinessDate Day(std::string_view date) { return ShanghaiDate(On(date)); }

World Funded(std::int64_t points) {
  World world;
  Check(world.Ask(Fund("funded", kBudget, points)) == "OK", "the budget of a test");
  return world;
}

}  // namespace tanhui::world
