// The rows that entries make or change besides the entries themselves.
#ifndef TANHUI_LEDGER_CORE_BOOKS_CHANGES_H_
#define TANHUI_LEDGER_CORE_BOOKS_CHANGES_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/core/account.h"
#include "ledger/core/accounts/period_table.h"
#include "ledger/core/books/undone.h"
#include "ledger/core/ids.h"
#include "ledger/core/request_id.h"

namespace tanhui {

// The entry that claimed a piece of evidence.
struct Claim {
  EntryIndex entry;
  // Set: the entry was taken back, and this participant alone may claim it again; 0: nobody may.
  ParticipantNo reopened_to = {};
  bool FreeTo(ParticipantNo caller) const {
    return reopened_to != ParticipantNo(0) && reopened_to == caller;
  }
  friend bool operator==(const Claim&, const Claim&) = default;
};

// Whether, and by how many names, a platform is linked to an account.
using LinkKey = std::pair<ParticipantNo, AccountNo>;

// The last entry that moved an account before a month, written with its first one of the month.
struct MonthRow {
  AccountNo account;
  Month month;                  // Shanghai, of recorded times
  std::uint64_t last_plus_one;  // 0: there was none
  friend bool operator==(const MonthRow&, const MonthRow&) = default;
};

// Something that others than the caller want to hear of; ledger/events/FEED.md says which kinds
// there are, who hears of them and what their subjects are.
struct EventRow {
  static constexpr std::uint32_t kEverybody = 0xffff'ffff;
  std::uint32_t scope = 0;  // number of a participant; 0: whoever is linked to the account
  EntryIndex entry;
  std::uint8_t n = 0;  // of the events of one entry
  std::uint8_t kind = 0;
  std::uint64_t subject = 0;
  friend bool operator==(const EventRow&, const EventRow&) = default;
};

// Lists of entries that somebody asks for, each by its owner. The numbers are those of the store.
enum class Listing : std::uint8_t {
  kCouponsOfAccount = 1,    // number of the account: issues of coupons and applications
  kUsesOfCampaign = 2,      // number of the campaign: uses, refunds, reviews, revocations, and
                            // cancellations of uses
  kUsesAtMerchant = 3,      // number of the merchant: the same but revocations
  kMergedInto = 4,          // number of the account that goes on: merges
  kStepsWithPeer = 5,       // number of the peer's participant: every entry about it but its terms
  kExchangesOfAccount = 6,  // number of the account: preparations, receptions for it
};
struct ListingRow {
  Listing listing = Listing::kCouponsOfAccount;
  std::uint64_t owner = 0;
  EntryIndex entry;
  friend bool operator==(const ListingRow&, const ListingRow&) = default;
};

// What a run of entries changed: the records to make durable together with those entries. Each
// key stands once, with its last value.
struct Changes {
  std::vector<std::pair<AccountNo, Account>> accounts;
  std::vector<std::pair<AccountId, AccountNo>> account_ids;
  // 0: the name is nobody's any more.
  std::vector<std::pair<PlatformUserKey, AccountNo>> platform_users;
  std::vector<std::pair<RequestKey, RequestRecord>> requests;
  std::vector<EntryIndex> registry_entries;
  std::vector<std::pair<EntryIndex, Undone>> undone;
  // Who claimed it; nullopt: anybody may claim it again.
  std::vector<std::pair<Nullifier, std::optional<Claim>>> evidence;
  std::vector<std::pair<std::uint32_t, EntryIndex>> product_earnings;  // by number of the product
  std::vector<std::pair<RunNo, EntryIndex>> settlement_lines;
  std::vector<ListingRow> listings;
  PeriodTable::Changes periods;
  std::vector<MonthRow> months;
  std::vector<EventRow> events;
  std::vector<std::pair<LinkKey, std::uint64_t>> linked;  // number of links; 0: none any more
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_BOOKS_CHANGES_H_
