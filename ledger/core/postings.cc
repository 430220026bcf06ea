#include "ledger/core/postings.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "ledger/core/books/entry_dates.h"
#include "ledger/core/check.h"

namespace tanhui {
namespace {

// Most entries touch one asset; more than this many in one entry is a program error.
constexpr std::size_t kMaxAssetsPerEntry = 4;

// What an account is after a leg; nullopt when a number leaves its range.
struct After {
  Amount balance;
  Amount held;
  Amount debt;
};

std::optional<After> Apply(const Account& account, Amount amount, Amount held, Amount debt) {
  const auto balance_after = Add(account.balance, amount);
  const auto held_after = Add(account.held, held);
  const auto debt_after = Add(account.debt, debt);
  if (!balance_after || !held_after || !debt_after) {
    return std::nullopt;
  }
  return After{*balance_after, *held_after, *debt_after};
}

// The signed changes of lots, in order of keys; what comes and goes in one lot is netted.
Lots NetOf(const Leg& leg) {
  Lots net;
  auto in = leg.in.begin();
  auto out = leg.out.begin();
  while (in != leg.in.end() || out != leg.out.end()) {
    const bool takes_in = out == leg.out.end() || (in != leg.in.end() && in->key <= out->key);
    const bool takes_out = in == leg.in.end() || (out != leg.out.end() && out->key <= in->key);
    Lot change;
    if (takes_in) {
      change = *in++;
    }
    if (takes_out) {
      change.key = out->key;
      change.points = Amount(change.points.units() - out->points.units());
      change.grams -= out->grams;
      ++out;
    }
    if (change.points != Amount(0) || change.grams != 0) {
      net.push_back(change);
    }
  }
  return net;
}

// Adds what an account holds to `lots`: of holds past their deadline as free lots, since they are
// freed before this entry is; of the others the number.
std::size_t CountHeld(const Account& account, LedgerTime now, Lots& lots) {
  std::size_t count = 0;
  for (const Hold& hold : account.holds) {
    count += hold.deadline > now ? hold.lots.size() : 0;
    for (std::size_t i = 0; hold.deadline <= now && i < hold.lots.size(); ++i) {
      AddLot(lots, hold.lots[i]);
    }
  }
  return count;
}

// Whether there is room for the lots that the account would have, free and held. What a hold frees
// was counted as held; an upper bound is enough while it is small.
bool WithinLotLimit(const Account& account, const Leg& leg, LedgerTime now) {
  const std::size_t newly_held = leg.held > Amount(0) ? leg.out.size() : 0;
  const std::size_t more = leg.in.size() + newly_held;
  if (more == 0 || leg.held.negative() ||
      (account.holds.empty() && account.lots.size() + more <= kMaxLots)) {
    return true;
  }
  Lots lots = account.lots;
  const std::size_t held = CountHeld(account, now, lots);
  for (const Lot& part : leg.in) {
    AddLot(lots, part);
  }
  for (const Lot& part : leg.out) {
    TakeLot(lots, part);
  }
  // Lots past their date are gone before this entry is.
  const Month month = MonthOf(ShanghaiDate(now));
  const auto past = std::count_if(lots.begin(), lots.end(),
                                  [month](const Lot& lot) { return lot.key.expiry < month; });
  return lots.size() - static_cast<std::size_t>(past) + held + newly_held <= kMaxLots;
}

// Whether no lot that comes in leaves its range.
bool LotsFit(const Account& account, const Leg& leg) {
  return std::all_of(leg.in.begin(), leg.in.end(), [&account](const Lot& part) {
    const Lot* lot = FindLot(account.lots, part.key);
    std::int64_t grams = 0;
    return lot == nullptr || (Add(lot->points, part.points).has_value() &&
                              !__builtin_add_overflow(lot->grams, part.grams, &grams));
  });
}

Refusal TooLittle(const Account& account, Amount amount, std::string_view field) {
  const Reason reason = account.kind == AccountKind::kBudget ? Reason::kInsufficientBudget
                                                             : Reason::kInsufficientBalance;
  return Refusal(reason, std::string(field))
      .With("needed", -amount.units())
      .With("available", account.balance.units());
}

std::optional<Refusal> WhyNot(const Account& account, const Leg& leg,
                              const std::optional<After>& after, LedgerTime now,
                              std::string_view field) {
  if (!WithinLotLimit(account, leg, now)) {
    return Refusal(Reason::kLotLimit, std::string(field))
        .With("limit", static_cast<std::int64_t>(kMaxLots));
  }
  if (after.has_value() && WithinLimit(account.kind, after->balance) && LotsFit(account, leg)) {
    return std::nullopt;
  }
  return after.has_value() && leg.amount.negative() && !HasLots(account.kind)
             ? TooLittle(account, leg.amount, field)
             : Refusal(Reason::kBalanceLimit, std::string(field));
}

// Sums by asset without allocating.
class AssetSums {
 public:
  // False when the sum overflows or the entry touches too many assets.
  bool Add(AssetNo asset, Amount amount) {
    for (std::size_t i = 0; i < used_; ++i) {
      if (sums_[i].first == asset) {
        const auto sum = tanhui::Add(sums_[i].second, amount);
        sums_[i].second = sum.value_or(amount);
        return sum.has_value();
      }
    }
    if (used_ == sums_.size()) {
      return false;
    }
    sums_[used_++] = {asset, amount};
    return true;
  }
  bool AllZero() const {
    for (std::size_t i = 0; i < used_; ++i) {
      if (sums_[i].second != Amount(0)) {
        return false;
      }
    }
    return true;
  }

 private:
  std::array<std::pair<AssetNo, Amount>, kMaxAssetsPerEntry> sums_{};
  std::size_t used_ = 0;
};

Fault ChangeLots(const entry::v1::Posting& posting, Account& account, Amount& sum) {
  const std::optional<Lots> changes = ReadLots(posting.lots());
  if (!changes.has_value()) {
    return "a posting's lots are not in order";
  }
  for (const Lot& change : *changes) {
    // Points and grams of one change may differ in sign: in and out are netted by lot.
    Lots& lots = account.lots;
    const Lot* found = FindLot(lots, change.key);
    const Lot now = found == nullptr ? Lot{change.key, Amount(0), 0} : *found;
    const auto points = Add(now.points, change.points);
    std::int64_t grams = 0;
    if (!points.has_value() || points->negative() ||
        __builtin_add_overflow(now.grams, change.grams, &grams) || grams < 0 ||
        (*points == Amount(0) && grams != 0)) {
      return "a posting takes more from a lot than it holds";
    }
    if (now.points > Amount(0)) {
      Check(TakeLot(lots, now), "a lot that is there");
    }
    if (*points > Amount(0) && !AddLot(lots, Lot{change.key, *points, grams})) {
      return "a lot overflows";
    }
    const auto next = Add(sum, change.points);
    if (!next.has_value()) {
      return "the lots of a posting overflow";
    }
    sum = *next;
  }
  return account.lots.size() <= kMaxLots ? std::nullopt : Fault("an account with too many lots");
}

// Lots, held points and debt; `account` still has the balance before the posting.
Fault ChangeParts(const entry::v1::Posting& posting, Account& account) {
  const Amount held(posting.held_after());
  const Amount debt(posting.debt_after());
  if (!HasLots(account.kind)) {
    const bool none = posting.lots().empty() && held == Amount(0) && debt == Amount(0);
    return none ? (posting.amount() == 0 ? Fault("a posting of nothing") : std::nullopt)
                : Fault("lots on an account that has none");
  }
  if (held.negative() || debt.negative()) {
    return "held points or a debt below zero";
  }
  if (posting.amount() == 0 && posting.lots().empty() && held == account.held &&
      debt == account.debt) {
    return "a posting of nothing";
  }
  Amount sum;
  if (Fault fault = ChangeLots(posting, account, sum)) {
    return fault;
  }
  // 128 bits cannot overflow here.
  const auto parts = static_cast<__int128>(sum.units()) + held.units() - account.held.units() -
                     (static_cast<__int128>(debt.units()) - account.debt.units());
  if (parts != posting.amount()) {
    return "a posting's lots, held points and debt are not its amount";
  }
  account.held = held;
  account.debt = debt;
  return debt > Amount(0) && !account.lots.empty() ? Fault("a debt beside points that could pay it")
                                                   : std::nullopt;
}

Fault ApplyPosting(State& state, EntryIndex index, Month month, const entry::v1::Posting& posting,
                   AssetSums& sums) {
  const AccountNo number(posting.account());
  if (state.FindAccount(number) == nullptr) {
    return "a posting names an unknown account";
  }
  Account& account = state.ChangeAccount(number);
  const auto after = Add(account.balance, Amount(posting.amount()));
  if (!after.has_value() || after->units() != posting.balance_after()) {
    return "a posting's balance_after is not the balance";
  }
  if (account.last_entry_plus_one != posting.previous() ||
      account.last_entry_plus_one == index.value() + 1) {
    return "a posting's previous is not the account's last entry";
  }
  if (!WithinLimit(account.kind, *after)) {
    return "a posting breaks an account's limit";
  }
  if (Fault fault = ChangeParts(posting, account)) {
    return fault;
  }
  if (!sums.Add(account.asset, Amount(posting.amount()))) {
    return "postings overflow or touch too many assets";
  }
  state.ChangePeriods().Add({month, account.asset, account.kind}, Amount(posting.amount()));
  account.balance = *after;
  if (account.last_entry_plus_one <= state.month_first().value()) {
    state.NoteMonth({number, state.month(), account.last_entry_plus_one});
  }
  account.last_entry_plus_one = index.value() + 1;
  return std::nullopt;
}

}  // namespace

void WriteLot(const Lot& lot, entry::v1::LotPart& out) {
  out.set_expiry_month(lot.key.expiry.value());
  out.set_scheme(lot.key.scheme.value());
  out.set_funder(lot.key.funder.value());
  out.set_contributor(lot.key.contributor.value());
  out.set_points(lot.points.units());
  out.set_grams(lot.grams);
}

std::optional<Lots> ReadLots(const google::protobuf::RepeatedPtrField<entry::v1::LotPart>& parts) {
  Lots lots;
  lots.reserve(static_cast<std::size_t>(parts.size()));
  for (const entry::v1::LotPart& part : parts) {
    if (part.expiry_month() > kNever.value() || (part.points() == 0 && part.grams() == 0)) {
      return std::nullopt;
    }
    const Lot lot{{Month(static_cast<std::uint16_t>(part.expiry_month())), SchemeNo(part.scheme()),
                   ParticipantNo(part.funder()), AccountNo(part.contributor())},
                  Amount(part.points()),
                  part.grams()};
    if (!lots.empty() && lots.back().key >= lot.key) {
      return std::nullopt;
    }
    lots.push_back(lot);
  }
  return lots;
}

std::optional<Refusal> Post(const State& state, std::span<const Leg> legs, std::string_view field,
                            Entry& entry) {
  std::optional<Refusal> refusal;
  AssetSums sums;
  entry.mutable_postings()->Reserve(entry.postings_size() + static_cast<int>(legs.size()));
  for (const Leg& leg : legs) {
    const Account* account = leg.opened != nullptr ? leg.opened : state.FindAccount(leg.account);
    Check(account != nullptr, "a leg names an account that is not loaded");
    Check(sums.Add(account->asset, leg.amount), "legs overflow or touch too many assets");
    const auto after = Apply(*account, leg.amount, leg.held, leg.debt);
    if (auto no = WhyNot(*account, leg, after, LedgerTime(entry.recorded_micros()), field)) {
      refusal = FirstListed(std::move(refusal), std::move(no));
    }
    if (refusal.has_value() || !after.has_value()) {
      continue;
    }
    entry::v1::Posting& posting = *entry.add_postings();
    posting.set_account(leg.account.value());
    posting.set_amount(leg.amount.units());
    posting.set_balance_after(after->balance.units());
    posting.set_previous(account->last_entry_plus_one);
    posting.set_held_after(after->held.units());
    posting.set_debt_after(after->debt.units());
    for (const Lot& change : NetOf(leg)) {
      WriteLot(change, *posting.add_lots());
    }
  }
  Check(sums.AllZero(), "legs do not sum to zero");
  return refusal;
}

Fault ApplyPostings(State& state, EntryIndex index, const Entry& entry) {
  if (entry.postings().empty()) {
    return std::nullopt;
  }
  const Month month = state.MonthOf(BusinessDate(entry.accounting_date()));
  if (Fault fault = FaultOfPeriod(state, entry, month)) {
    return fault;
  }
  AssetSums sums;
  for (const entry::v1::Posting& posting : entry.postings()) {
    if (Fault fault = ApplyPosting(state, index, month, posting, sums)) {
      return fault;
    }
  }
  return sums.AllZero() ? std::nullopt : Fault("postings do not sum to zero");
}

Fault WantHoldsAddUp(const State& state, const Entry& entry) {
  for (const entry::v1::Posting& posting : entry.postings()) {
    const Account& account = *state.FindAccount(AccountNo(posting.account()));
    std::optional<Amount> sum = Amount(0);
    for (const Hold& hold : account.holds) {
      sum = sum.has_value() ? Add(*sum, SumOf(hold.lots)) : std::nullopt;
    }
    if (sum != account.held || account.holds.size() > kMaxHolds) {
      return "what is held is not what the open holds are";
    }
  }
  return std::nullopt;
}

}  // namespace tanhui
