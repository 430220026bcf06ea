// Keys and records as bytes; SCHEMA.md is the page for people. Integers in keys are big-endian so
// that they sort, integers in records too, for one rule. Decoders answer nullopt for bytes that no
// encoder made.
#ifndef TANHUI_LEDGER_STORE_RECORD_H_
#define TANHUI_LEDGER_STORE_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/core/account.h"
#include "ledger/core/ids.h"
#include "ledger/core/request_id.h"
#include "ledger/core/state.h"
#include "ledger/merkle/tile.h"

namespace tanhui::store {

// The head of the log as it is stored: state's head and the tree's root at that size.
struct StoredHead {
  Head head;
  Hash256 root;
  friend bool operator==(const StoredHead&, const StoredHead&) = default;
};

std::string EncodeU64(std::uint64_t value);
std::optional<std::uint64_t> DecodeU64(std::string_view bytes);

std::string TileKey(merkle::TileId id);
std::string RequestKeyBytes(const RequestKey& key);
std::optional<RequestKey> DecodeRequestKey(std::string_view bytes);
std::string PlatformUserKeyBytes(const PlatformUserKey& key);
std::string ReferenceKey(EntryIndex index);
std::string SealedEvidenceKey(EntryIndex index);

// One row a commit and account without lots; in order of entries for each account.
std::string HistoryKey(AccountNo account, std::uint64_t last_entry_plus_one);
struct HistoryRow {
  AccountNo account;
  std::uint64_t last_entry_plus_one = 0;
};
std::optional<HistoryRow> DecodeHistoryKey(std::string_view bytes);

// One row an entry by which the product earned; in order of entries for each product.
std::string ProductEarningKey(std::uint32_t product, EntryIndex entry);
struct ProductEarningRow {
  std::uint32_t product = 0;
  EntryIndex entry;
};
std::optional<ProductEarningRow> DecodeProductEarningKey(std::string_view bytes);

// A line of a settlement run; in order of entries for each run.
std::string SettlementLineKey(RunNo run, EntryIndex line);
std::optional<std::pair<RunNo, EntryIndex>> DecodeSettlementLineKey(std::string_view bytes);

// An entry of a list; in order of entries for each list and owner, whose numbers stay below 2^56
// (Check).
std::string ListingKey(const ListingRow& row);
std::optional<ListingRow> DecodeListingKey(std::string_view bytes);

std::string EncodePeriodKey(const PeriodKey& key);
std::optional<PeriodKey> DecodePeriodKey(std::string_view bytes);
std::string EncodePeriodSums(const PeriodSums& sums);
std::optional<PeriodSums> DecodePeriodSums(std::string_view bytes);

// One row an account and month in which it was moved; in order of months for each account.
std::string MonthKey(AccountNo account, Month month);
std::optional<MonthRow> DecodeMonth(std::string_view key, std::string_view value);

// In order of entries for each scope.
std::string EventKey(std::uint32_t scope, EntryIndex entry, std::uint8_t n);
std::string EncodeEvent(const EventRow& row);
std::optional<EventRow> DecodeEvent(std::string_view key, std::string_view value);

// In order of accounts for each participant; the value is how many names link them, never 0.
std::string LinkedKey(const LinkKey& key);
std::optional<LinkKey> DecodeLinkedKey(std::string_view bytes);
std::optional<std::uint64_t> DecodeLinks(std::string_view bytes);

// The claim of a piece of evidence; the key is the nullifier's bytes.
std::string EncodeClaim(const Claim& claim);
std::optional<Claim> DecodeClaim(std::string_view bytes);

// Aborts (Check) on an account that no ledger makes: lots or tallies out of order or of
// nothing, more of them or of holds than there may be, parts that its kind does not have.
std::string EncodeAccount(const Account& account);
std::optional<Account> DecodeAccount(std::string_view bytes);
std::string EncodeUndone(const Undone& undone);
std::optional<Undone> DecodeUndone(std::string_view bytes);
std::string EncodeRequest(const RequestRecord& record);
std::optional<RequestRecord> DecodeRequest(std::string_view bytes);
std::string EncodeHead(const StoredHead& head);
std::optional<StoredHead> DecodeHead(std::string_view bytes);

}  // namespace tanhui::store

#endif  // TANHUI_LEDGER_STORE_RECORD_H_
