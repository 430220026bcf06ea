#include "tests/property/request_maker.h"

#include <algorithm>
#include <limits>

#include "tests/ledger/core/world.h"

namespace tanhui::model {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kHour = 60 * kMicrosPerMinute;

bool HasAct(Verb verb) {
  return verb <= Verb::kTransfer || verb == Verb::kDonate || verb == Verb::kHold;
}

bool IsFollowUp(Verb verb) { return verb >= Verb::kCapture && verb <= Verb::kReverse; }

}  // namespace

Rules RandomRules(const Draw& draw) {
  const int validities[] = {1, 2, 12, 0};
  const int graces[] = {0, 10, 40};
  const int days[] = {1, 30, 90};
  Rules rules;
  rules.validity = validities[draw.a % 4];
  rules.grace = graces[draw.b % 3];
  rules.transfers = static_cast<Policy>(draw.c % 3);
  rules.cap = draw.a % 5 == 0 ? 60 : 0;
  rules.credits_while_frozen = draw.b % 2 == 0;
  rules.write_off = draw.c % 4 == 0;
  rules.hold_days = days[draw.extra % 3];
  rules.members = 2 + draw.b % 2;
  return rules;
}

// An account of the kind, most of the time.
std::uint64_t RequestMaker::Pick(std::uint32_t number, Kind kind, bool any,
                                 std::uint64_t asset) const {
  std::vector<std::uint64_t> fitting;
  for (const auto& [account, value] : model_.accounts) {
    const bool gone = value.status == Status::kClosed && number % 4 != 0;
    if (value.kind == kind && value.asset == asset && !gone) {
      fitting.push_back(account);
    }
  }
  return any || fitting.empty() ? 1 + number % model_.accounts.size()
                                : fitting[number % fitting.size()];
}

Verb RequestMaker::Possible(Verb verb, std::uint64_t asset) const {
  const Verb first = verb == Verb::kCapture || verb == Verb::kRelease ? Verb::kHold
                     : verb == Verb::kRefund                          ? Verb::kRedeem
                     : verb == Verb::kReverse                         ? Verb::kAward
                     : verb == Verb::kChangeHousehold || verb == Verb::kContribute
                         ? Verb::kOpenHousehold
                         : verb;
  if (first == Verb::kOpenHousehold) {
    const bool there =
        std::any_of(model_.accounts.begin(), model_.accounts.end(), [asset](const auto& row) {
          return row.second.kind == Kind::kHousehold && row.second.asset == asset;
        });
    return there ? verb : first;
  }
  const bool there =
      std::any_of(model_.deeds.begin(), model_.deeds.end(),
                  [first](const auto& row) { return row.second.request.verb == first; });
  return there || first == verb ? verb : first;
}

std::uint64_t RequestMaker::PickEntry(const Draw& draw, Verb verb, Verb other) const {
  std::vector<std::uint64_t> fitting;
  for (const auto& [entry, deed] : model_.deeds) {
    if (deed.request.verb == verb || deed.request.verb == other) {
      fitting.push_back(entry);
    }
  }
  if (fitting.empty() || draw.extra % 23 == 0) {
    return draw.a % (model_.entries + 2);
  }
  // The last ones most of the time: others are undone already.
  const std::size_t from = draw.c % 3 == 0 || fitting.size() < 4 ? 0 : fitting.size() - 4;
  return fitting[from + draw.a % (fitting.size() - from)];
}

// Small amounts, and amounts around the limits that hold for this giver.
std::int64_t RequestMaker::Points(std::uint32_t draw, std::uint64_t giver) const {
  const Holding& account = model_.accounts.at(model_.Standing(giver));
  const std::int64_t all = account.has_lots() ? PointsOf(account.lots) : account.balance;
  const std::int64_t balance = std::max<std::int64_t>(all, 0);
  const std::int64_t around[] = {balance,
                                 balance - 1,
                                 balance == kMax ? 1 : balance + 1,
                                 world::kLimit - 1,
                                 world::kLimit,
                                 world::kLimit + 1,
                                 499,
                                 501};
  if (draw >= 600) {
    const std::int64_t points = around[draw % 8];
    if (points > 0 && points <= kMaxPostingAmount.units()) {
      return points;
    }
  }
  return draw % 20 == 19 ? kMaxPostingAmount.units() : 1 + draw % 90;
}

// Who may act for the account, most of the time.
std::uint64_t RequestMaker::Acting(const Draw& draw, std::uint64_t account) const {
  const Holding& holding = model_.accounts.at(model_.Standing(account));
  if (draw.c % 11 == 0) {
    return draw.b % 2 == 0 ? 0 : Pick(draw.b, Kind::kCitizen, false, holding.asset);
  }
  if (!holding.places.empty()) {
    return holding.places[draw.c % holding.places.size()].account;
  }
  return holding.minor ? holding.guardian : 0;
}

void RequestMaker::MakePoints(const Draw& draw, std::int64_t now, Request& r) const {
  using enum Kind;
  const std::uint64_t asset = draw.extra % 5 == 0 ? 2 : 1;
  const bool any = draw.extra % 29 == 0;
  const bool other_any = draw.extra % 31 == 0;
  const bool shared = draw.c % 4 == 0 && (r.verb == Verb::kRedeem || r.verb == Verb::kDonate);
  r.first = Pick(draw.a, shared ? kHousehold : kCitizen, any, asset);
  switch (r.verb) {
    case Verb::kAward:
      r.second = Pick(draw.b, kBudget, other_any, asset);
      r.text = draw.points == 7 ? std::string(70'000, 's') : "s" + std::to_string(draw.b % 3);
      r.quantity = draw.c % 3 == 0 ? 1 + draw.b % 4 : 0;
      r.grams = draw.c % 2 == 0 ? draw.b : 0;
      break;
    case Verb::kTransfer:
      r.second = Pick(draw.b, kCitizen, other_any, asset);
      break;
    case Verb::kDonate:
      r.second = Pick(draw.b, kCharity, other_any, asset);
      break;
    default:
      r.second = Pick(draw.b, kMerchant, other_any, asset);
  }
  r.points = Points(draw.points, r.verb == Verb::kAward ? r.second : r.first);
  if (r.verb != Verb::kAward && r.verb != Verb::kTransfer) {
    r.acting = Acting(draw, r.first);
  }
  if (r.verb == Verb::kHold) {
    const std::int64_t ahead[] = {
        1, kHour, 24 * kHour, 10 * 24 * kHour, 25 * 24 * kHour, 60 * 24 * kHour, 0};
    r.deadline = now + ahead[draw.b % 7];
  }
}

void RequestMaker::MakeFollowUp(const Draw& draw, Request& r) const {
  const bool of_hold = r.verb == Verb::kCapture || r.verb == Verb::kRelease;
  const Verb verb = of_hold ? Verb::kHold : r.verb == Verb::kReverse ? Verb::kAward : Verb::kRedeem;
  r.entry = PickEntry(draw, verb, verb == Verb::kRedeem ? Verb::kCapture : verb);
  const auto deed = model_.deeds.find(r.entry);
  if (deed != model_.deeds.end()) {
    const std::int64_t points = std::max<std::int64_t>(deed->second.request.points, 1);
    r.points = draw.points < 500 ? 1 + draw.points % points : points + (draw.points % 9 == 0);
    r.caller = draw.c % 13 == 0 ? r.caller : deed->second.request.caller;
  }
  r.quantity = 1 + (draw.points % 5) / 2;
  r.points = r.verb == Verb::kReverse || r.verb == Verb::kRelease
                 ? 0
                 : std::max<std::int64_t>(r.points, 1);
  if (draw.c % 17 == 0) {
    r.caller = 4;  // the mall
  } else if (draw.c % 17 == 1) {
    r.caller = 1;
    r.privileged = true;
  }
}

void RequestMaker::MakeOpening(const Draw& draw, std::int64_t now, Request& r) const {
  r.first = draw.extra % 5 == 0 ? 2 : 1;
  r.second = draw.a % 8 + 1;
  if (r.verb == Verb::kOpenBudget) {
    r.text = "b" + std::to_string(draw.b % 5);
    r.yes = draw.a % 3 == 0;
    const int today = DayOf(now);
    if (draw.c % 2 == 0) {
      r.first_day = draw.c % 4 == 0 ? today - static_cast<int>(draw.a % 20) : 0;
      r.last_day = today + static_cast<int>(draw.b % 40);
      r.return_days = static_cast<int>(draw.c % 3) * 5;
    }
  } else if (r.verb == Verb::kOpenCitizen) {
    r.second = 0;
    r.user = static_cast<char>(draw.a % 3 == 0 ? 0 : 'a' + draw.b % 8);
    r.owner = static_cast<char>(draw.a % 4 == 0 ? 'A' + draw.b % 3 : 0);
    r.yes = draw.c % 4 == 0;
  } else if (r.verb == Verb::kOpenHousehold) {
    r.second = Pick(draw.a, Kind::kCitizen, draw.extra % 29 == 0, r.first);
  }
}

void RequestMaker::MakeChange(const Draw& draw, Request& r) const {
  using enum Kind;
  const std::uint64_t asset = draw.extra % 5 == 0 ? 2 : 1;
  const bool any = draw.extra % 29 == 0;
  r.first = Pick(draw.a, kCitizen, any, asset);
  r.second = Pick(draw.b, kCitizen, draw.extra % 31 == 0, asset);
  switch (r.verb) {
    case Verb::kSetStatus:
      r.second = 0;
      r.status = draw.c % 2 == 0 ? Status::kOpen : static_cast<Status>(draw.c % 3);
      break;
    case Verb::kClose:
      r.second = 0;
      r.yes = draw.c % 3 == 0;
      break;
    case Verb::kGuardian: {
      std::vector<std::uint64_t> minors;
      for (const auto& [number, account] : model_.accounts) {
        if (account.minor) {
          minors.push_back(number);
        }
      }
      r.first = minors.empty() || any ? r.first : minors[draw.a % minors.size()];
      r.guard = draw.c % 3 != 0 ? Guard::kConsent : static_cast<Guard>(draw.c % 2 + 1);
      const std::uint64_t guardian = model_.accounts.at(r.first).guardian;
      r.second = r.guard == Guard::kHandOver                    ? 0
                 : r.guard == Guard::kWithdraw && guardian != 0 ? guardian
                                                                : r.second;
      break;
    }
    case Verb::kChangeHousehold:
    case Verb::kContribute: {
      r.first = Pick(draw.a, kHousehold, any, asset);
      const Holding& home = model_.accounts.at(r.first);
      if (!home.places.empty() && draw.c % 3 != 0) {
        r.second = home.places[draw.b % home.places.size()].account;
      }
      r.points = r.verb == Verb::kContribute ? Points(draw.points, r.second) : draw.points % 200;
      if (r.verb == Verb::kChangeHousehold) {
        r.household = static_cast<Household>(draw.points % 4);
        const bool head = r.household == Household::kInvite || r.household == Household::kLimit ||
                          draw.c % 2 == 0;
        r.acting = head && !home.places.empty() ? home.places.front().account : r.second;
        r.acting = draw.c % 13 == 0 ? draw.b % model_.accounts.size() : r.acting;
      }
      break;
    }
    default:
      break;
  }
}

Request RequestMaker::Make(const Draw& draw, std::int64_t now) {
  Request r;
  r.verb = draw.extra % 37 == 0 ? draw.verb : Possible(draw.verb, draw.extra % 5 == 0 ? 2 : 1);
  r.caller = draw.extra % 7 == 0 ? 3 : 2;
  r.id = "r" + std::to_string(draw.extra % 11 == 0 ? draw.b % 60 : 1000 + made_++);
  if (HasAct(r.verb)) {
    MakePoints(draw, now, r);
  } else if (IsFollowUp(r.verb)) {
    MakeFollowUp(draw, r);
  } else if (r.verb == Verb::kFund || r.verb == Verb::kReturnBudget) {
    r.first = Pick(draw.a, Kind::kBudget, draw.extra % 13 == 0, draw.extra % 5 == 0 ? 2 : 1);
    r.points = r.verb == Verb::kFund ? Points(draw.points, r.first) : 0;
  } else if (r.verb == Verb::kSetTerms) {
    r.first = draw.extra % 5 == 0 ? 2 : 1;
    r.rules = RandomRules(draw);
  } else if (r.verb == Verb::kRecordFile) {
    r.id = "file:" + std::to_string(draw.a % 9);
    r.text = draw.b % 2 == 0 ? "" : std::to_string(draw.b % 9);
  } else if (r.verb == Verb::kCancel) {
    r.text = draw.b % 9 == 0 || asked_.empty() ? "r" + std::to_string(draw.b % 60)
                                               : asked_[draw.a % asked_.size()].id;
    if (r.text == r.id) {
      r.text += "x";  // the API asks for two ids
    }
  } else if (r.verb >= Verb::kOpenBudget && r.verb <= Verb::kOpenCharity) {
    MakeOpening(draw, now, r);
  } else if (r.verb == Verb::kOpenHousehold) {
    MakeOpening(draw, now, r);
  } else {
    MakeChange(draw, r);
  }
  const std::int64_t acts[] = {now - 1,
                               now - 4 * kMicrosPerDay,
                               now - 40 * kMicrosPerDay,
                               now - 400 * kMicrosPerDay,
                               now + kMaxFutureMicros,
                               now + kMaxFutureMicros + 1};
  r.act = HasAct(r.verb) && draw.extra % 4 == 1 ? acts[draw.points % 6] : 0;
  if (draw.extra % 18 == 2) {
    r.not_after = now - static_cast<std::int64_t>(draw.points % 3) + 1;
  }
  r.reference = draw.extra % 3 == 1 ? "till " + std::to_string(draw.b % 4) : "";
  return r;
}

void RequestMaker::Change(Request& r, const Draw& draw) const {
  const bool names_accounts = HasAct(r.verb) || r.verb == Verb::kFund;
  switch (draw.b % 6) {
    case 0:
      r.points += r.points == 0 ? 0 : 1;
      break;
    case 1:
      r.reference += "!";
      break;
    case 2:
      r.act = !HasAct(r.verb) ? 0 : r.act == 0 ? world::kStart.value() : r.act + 1;
      break;
    case 3:
      r.first = names_accounts ? Pick(draw.points, {}, true, 1) : r.first;
      r.entry = IsFollowUp(r.verb) ? draw.points % 40 : r.entry;
      break;
    case 4:
      r.user = r.verb == Verb::kOpenCitizen ? static_cast<char>('a' + draw.points % 8) : r.user;
      r.owner = r.verb == Verb::kOpenCitizen && draw.points % 2 == 0 ? 'Z' : r.owner;
      r.yes = r.verb == Verb::kClose ? !r.yes : r.yes;
      break;
    default:  // another command altogether
      if (HasAct(r.verb)) {
        r.verb = r.verb == Verb::kRedeem ? Verb::kTransfer : Verb::kRedeem;
        r.text.clear();
        r.quantity = 0;
        r.grams = 0;
        r.acting = 0;
        r.deadline = 0;
      }
  }
}

bool RequestMaker::NamesExist(const Request& r) const {
  const auto exists = [this](std::uint64_t number) {
    return number == 0 || model_.accounts.contains(number);
  };
  switch (r.verb) {
    case Verb::kOpenBudget:
    case Verb::kOpenCitizen:
    case Verb::kOpenMerchant:
    case Verb::kOpenCharity:
    case Verb::kSetTerms:
      return true;  // assets and participants
    case Verb::kOpenHousehold:
      return exists(r.second);
    default:
      return exists(r.first) && exists(r.second) && exists(r.acting);
  }
}

}  // namespace tanhui::model
