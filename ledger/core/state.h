// What decide reads and apply changes: a pure in-memory picture of the ledger. An auditor holds all
// of it; the sequencer holds what the batches at hand name and loads the rest before it decides.
#ifndef TANHUI_LEDGER_CORE_STATE_H_
#define TANHUI_LEDGER_CORE_STATE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ledger/core/account.h"
#include "ledger/core/accounts/account_table.h"
#include "ledger/core/accounts/period_table.h"
#include "ledger/core/books/changes.h"
#include "ledger/core/business_time.h"
#include "ledger/core/ids.h"
#include "ledger/core/registry.h"
#include "ledger/core/request_id.h"

namespace tanhui {

// The few numbers that every entry advances.
struct Head {
  std::uint64_t size = 0;     // entries so far
  LedgerTime time;            // of the last entry
  AccountNo next_account{1};  // number of the next account to be opened
  friend bool operator==(const Head&, const Head&) = default;
};

// Not thread-safe. Everything not found is taken as absent: whoever holds a part of the state only
// must have loaded what a command names (see ledger/sequencer/working_set.h).
class State {
 public:
  State() : registry_(std::make_shared<Registry>()) {}
  // Takes the registry over: nobody else may change it.
  State(Head head, std::shared_ptr<Registry> registry)
      : head_(head), registry_(std::move(registry)) {}

  const Head& head() const { return head_; }
  const Registry& registry() const { return *registry_; }
  std::shared_ptr<const Registry> shared_registry() const { return registry_; }
  const Account* FindAccount(AccountNo number) const { return accounts_.Find(number); }
  std::optional<RequestRecord> FindRequest(const RequestKey& key) const;
  std::optional<AccountNo> FindPlatformUser(const PlatformUserKey& key) const;
  // Nothing undone yet when there is no record.
  Undone FindUndone(EntryIndex index) const;
  std::optional<Claim> FindEvidence(const Nullifier& nullifier) const;
  std::uint64_t FindLinks(const LinkKey& key) const;  // how many names
  // The account that `number` was merged into, through any number of merges; itself otherwise.
  AccountNo Standing(AccountNo number) const;
  const AccountTable& accounts() const { return accounts_; }
  // Without a record: known to be absent, since somebody wanted it.
  using Requests = absl::flat_hash_map<RequestKey, std::optional<RequestRecord>>;
  const Requests& requests() const { return requests_; }
  const absl::flat_hash_map<EntryIndex, Undone>& undone() const { return undone_; }
  // Absent, or without a claim: not claimed.
  using Evidence = absl::flat_hash_map<Nullifier, std::optional<Claim>>;
  const Evidence& evidence() const { return evidence_; }
  const PeriodTable& periods() const { return periods_; }
  // All of them, whoever holds a part of the state or not.
  PeriodTable& ChangePeriods() { return periods_; }
  const absl::flat_hash_map<LinkKey, std::uint64_t>& links() const { return links_; }
  // The month of the last entry, and the first entry of that month: what account was moved before
  // it, was moved before the month.
  Month month() const { return month_.month; }
  // The month of a date, fast for dates of the last entry's month.
  Month MonthOf(BusinessDate date) const {
    return date >= month_.first_day && date <= month_.last_day ? month_.month
                                                               : tanhui::MonthOf(date);
  }
  EntryIndex month_first() const { return month_.first; }

  // --- changes, by apply only ---
  // Starts an entry: its time must not be before the last one's.
  void Advance(LedgerTime time);
  // The account, to be changed in place before the next change; it exists (Check).
  Account& ChangeAccount(AccountNo number);
  // A new account; takes the next number, which must be `number`.
  void OpenAccount(AccountNo number, const Account& account);
  // Remembers a request for the first time; false, with nothing changed, when it is known already.
  bool AddRequest(const RequestKey& key, const RequestRecord& record);
  void PutRequest(const RequestKey& key, const RequestRecord& record);
  void PutPlatformUser(const PlatformUserKey& key, AccountNo number);
  void PutUndone(EntryIndex index, const Undone& undone);
  // Claims evidence for an entry, or with nullopt lets it be claimed again.
  void PutEvidence(const Nullifier& nullifier, std::optional<Claim> claim);
  void PutLinks(const LinkKey& key, std::uint64_t links);
  // Remembers that the product earned by the entry.
  void NoteProductEarning(std::uint32_t product, EntryIndex entry);
  void NoteSettlementLine(RunNo run, EntryIndex entry);
  void NoteListing(const ListingRow& row);
  void NoteMonth(const MonthRow& row);
  void NoteEvent(const EventRow& row);
  // Lets `change` add to the registry and remembers that entry `index` did so. The registry is
  // copied first if anybody else holds it, so at most once per commit or trial.
  template <typename Change>
  void ChangeRegistry(EntryIndex index, Change change) {
    // Alone: nobody else can come to hold it meanwhile, since only this state hands it out.
    if (registry_.use_count() > 1) {
      registry_ = std::make_shared<Registry>(*registry_);
    }
    change(*registry_);
    changes_registry_.push_back(index);
  }

  // --- loading and forgetting, by whoever holds a part ---
  void LoadAccount(AccountNo number, const Account& account);
  // Whether it must be looked up before anything is decided on it; it is known afterwards, as
  // absent unless LoadRequest says otherwise.
  bool WantRequest(const RequestKey& key);
  void LoadRequest(const RequestKey& key, const RequestRecord& record);
  // Forgets the requests that were known at the last call and not touched since.
  void ForgetRequests();
  void ForgetAllRequests();
  void LoadPlatformUser(const PlatformUserKey& key, AccountNo number);
  void LoadUndone(EntryIndex index, const Undone& undone);
  void LoadEvidence(const Nullifier& nullifier, const Claim& claim);
  void LoadLinks(const LinkKey& key, std::uint64_t links);
  // Of a state that does not begin with the first entry: the first entry of the head's month.
  void LoadMonth(EntryIndex first);
  void ForgetPlatformUser(const PlatformUserKey& key) { platform_users_.erase(key); }
  void ForgetUndone(EntryIndex index) { undone_.erase(index); }
  void ForgetEvidence(const Nullifier& nullifier) { evidence_.erase(nullifier); }
  void ForgetLinks(const LinkKey& key) { links_.erase(key); }
  void ForgetAccount(AccountNo number) { accounts_.Erase(number); }

  // What changed since the last call, for the durable write; clears the record of it.
  Changes TakeChanges();
  // The same without a copy of the accounts, for whoever holds all of them anyway.
  Changes TakeChangesButAccounts();

  // --- all or nothing ---
  // Begin, apply some entries, then Keep or Undo. Undo restores everything to what it was at
  // Begin. Not nested.
  void BeginTrial();
  void KeepTrial();
  void UndoTrial();
  bool in_trial() const { return trial_.has_value(); }

 private:
  std::vector<std::pair<RequestKey, RequestRecord>> LastRequests();

  struct MonthStart {
    Month month{};
    EntryIndex first;
    LedgerTime ends;  // when the next one begins
    BusinessDate first_day{1};
    BusinessDate last_day{0};  // before the first entry: none
  };
  void BeginMonth(EntryIndex first);
  template <typename Key, typename Value>
  using Before = std::vector<std::pair<Key, std::optional<Value>>>;
  struct Trial {
    Head head;
    std::shared_ptr<Registry> registry;
    Before<AccountNo, Account> accounts;
    Before<RequestKey, std::optional<RequestRecord>> requests;
    Before<PlatformUserKey, AccountNo> platform_users;
    Before<EntryIndex, Undone> undone;
    Before<Nullifier, std::optional<Claim>> evidence;
    Before<LinkKey, std::uint64_t> links;
    PeriodTable periods;
    MonthStart month;
    std::size_t changed_accounts = 0;
    std::size_t changed_account_ids = 0;
    std::size_t changed_requests = 0;
    std::size_t changed_platform_users = 0;
    std::size_t changed_undone = 0;
    std::size_t changed_evidence = 0;
    std::size_t product_earnings = 0;
    std::size_t changed_registry = 0;
    std::size_t settlement_lines = 0;
    std::size_t listings = 0;
    std::size_t months = 0;
    std::size_t events = 0;
    std::size_t changed_links = 0;
  };

  Head head_;
  std::shared_ptr<Registry> registry_;
  AccountTable accounts_;  // those are marked that changed since the last TakeChanges
  // What was wanted or changed since the last ForgetRequests, and between the one before and that.
  Requests requests_;
  Requests earlier_requests_;
  absl::flat_hash_map<PlatformUserKey, AccountNo> platform_users_;
  absl::flat_hash_map<EntryIndex, Undone> undone_;
  Evidence evidence_;
  absl::flat_hash_map<LinkKey, std::uint64_t> links_;
  PeriodTable periods_;
  MonthStart month_;

  // Since the last TakeChanges. Accounts change often, so only their numbers are kept.
  std::vector<AccountNo> changed_accounts_;
  std::vector<std::pair<AccountId, AccountNo>> changed_account_ids_;
  std::vector<std::pair<RequestKey, RequestRecord>> changed_requests_;  // each time it changed
  std::vector<PlatformUserKey> changed_platform_users_;
  std::vector<EntryIndex> changed_undone_;
  std::vector<Nullifier> changed_evidence_;
  std::vector<std::pair<std::uint32_t, EntryIndex>> product_earnings_;
  std::vector<EntryIndex> changes_registry_;
  std::vector<std::pair<RunNo, EntryIndex>> settlement_lines_;
  std::vector<ListingRow> listings_;
  std::vector<MonthRow> months_;
  std::vector<EventRow> events_;
  std::vector<LinkKey> changed_links_;
  std::optional<Trial> trial_;
};

}  // namespace tanhui

#endif  // TANHUI_LEDGER_CORE_STATE_H_
