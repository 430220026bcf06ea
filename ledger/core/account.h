// Accounts and the limits that follow from their kind.
#ifndef TANHUI_LEDGER_CORE_ACCOUNT_H_
#define TANHUI_LEDGER_CORE_ACCOUNT_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "ledger/core/amount.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/lots.h"

namespace tanhui {

// The numbers are those of tanhui.entry.v1.AccountKind and of the stored record.
enum class AccountKind : std::uint8_t {
  kCitizen = 1,
  kMerchant = 2,
  kBudget = 3,
  kIssuance = 4,
  kExpiry = 5,
  kCharity = 6,
  kHousehold = 7,
  kClaim = 8,
  kSettling = 9,
  kPaid = 10,
  kOpening = 11,
  kCampaign = 12,
  kPeer = 13,
};

// The numbers are those of the stored record; the first three those of
// tanhui.entry.v1.AccountStatus.
enum class AccountStatus : std::uint8_t { kOpen = 1, kFrozen = 2, kLost = 3, kClosed = 4 };

// Points set aside for a merchant.
struct Hold {
  EntryIndex number;  // of the entry that made it
  LedgerTime deadline;
  AccountNo merchant;
  Lots lots;  // where the points came from
  friend bool operator==(const Hold&, const Hold&) = default;
};

// The most open holds of one account.
inline constexpr std::size_t kMaxHolds = 64;

// What was moved on one Shanghai day, against a limit for a day.
struct DayTotal {
  BusinessDate day;
  Amount points;
  // What counts on `today`: nothing of another day.
  Amount On(BusinessDate today) const { return day == today ? points : Amount(0); }
  friend bool operator==(const DayTotal&, const DayTotal&) = default;
};

// Where a day's total stops counting: no cap is as large.
inline constexpr Amount kMostGiven{std::numeric_limits<std::int64_t>::max()};

// A place in a household.
struct Member {
  AccountNo account;
  bool joined = false;  // false: invited
  Amount daily_limit;   // what the member may spend a Shanghai day
  DayTotal spent;
  friend bool operator==(const Member&, const Member&) = default;
};

// What was counted against one limit in one period, or towards one goal; see ledger/rules/RULES.md.
struct Tally {
  LimitNo limit;
  std::uint32_t category = 0;  // number; 0: all
  BusinessDate first;          // of the period
  std::int64_t amount = 0;     // above zero
  friend bool operator==(const Tally&, const Tally&) = default;
};

// The most tallies of one account.
inline constexpr std::size_t kMaxTallies = 8'192;

// Stretches of time in which a budget had run dry; days, both included.
struct DrySpell {
  BusinessDate first;  // 0: it never ran dry
  BusinessDate last;   // 0: it is dry still
  friend bool operator==(const DrySpell&, const DrySpell&) = default;
};

// Everything the ledger knows of one account besides the entries themselves.
struct Account {
  AccountKind kind = AccountKind::kCitizen;
  AccountStatus status = AccountStatus::kOpen;
  bool minor = false;  // a guardian must consent and act
  AssetNo asset;
  ParticipantNo participant;  // of a merchant, charity or claim; a budget: who funds it
  // Of citizens and households: free lots + held - debt. The issuance account's is minus all points
  // ever issued.
  Amount balance;
  // 1 + index of the last entry with a posting on this account; 0 when there is none.
  std::uint64_t last_entry_plus_one = 0;
  // The rest is of citizens and households, down to `lots`, which with what stands above is all
  // that an award reads and writes: a few cache lines.
  Amount held;
  Amount debt;              // what later credits pay first
  AccountNo guardian;       // of a minor, after consent; 0: none
  AccountNo household;      // that the citizen joined; 0: none
  AccountNo merged_into;    // of a closed account; 0: none
  std::vector<Hold> holds;  // in order of their numbers
  Lots lots;                // free ones

  AccountId id;   // all zero for budgets, issuance and expiry accounts, which are named by code
  OwnerId owner;  // all zero except for citizens
  // Of a budget: points issued into it less those returned. Of a campaign's account of its stock:
  // how many coupons were issued; of its account of what came back: how many applied for them. Of a
  // peer's accounts fen of its position, see interop/books/peers.h.
  Amount funded;
  DrySpell dry;   // of a budget: the last one
  // Of citizens and households: by transfers. Of merchants' units with a limit a day: taken by
  // redemptions and holds. Of claims: what this ledger day's spendings and their undoings added. Of
  // a campaign's account of its stock: how many coupons were issued.
  DayTotal given;
  std::vector<Member> members;  // of a household; the head is the first
  // Of acts; a household has tallies of its goals only.
  std::int64_t carry = 0;       // millionths of a point; below zero after an act was undone
  std::int64_t gram_carry = 0;  // millionths of a gram of CO2e, likewise
  std::vector<Tally> tallies;   // in order of limit, category, first date
  friend bool operator==(const Account&, const Account&) = default;
};

// Whether points of such an account are lots.
constexpr bool HasLots(AccountKind kind) {
  return kind == AccountKind::kCitizen || kind == AccountKind::kHousehold;
}

// Whether an account of this kind may hold `balance`: issuance and opening never above zero, claims
// and those between cities anything, every other kind never below. Of accounts with lots, each part
// is looked at instead.
constexpr bool WithinLimit(AccountKind kind, Amount balance) {
  if (HasLots(kind) || kind == AccountKind::kClaim || kind == AccountKind::kPeer) {
    return true;
  }
  return kind == AccountKind::kIssuance || kind == AccountKind::kOpening ? balance <= Amount(0)
                                                                         : !balance.negative();
}

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_ACCOUNT_H_
