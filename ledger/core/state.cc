#include "ledger/core/state.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "ledger/core/check.h"

namespace tanhui {
namespace {

template <typename Map, typename Key>
std::optional<typename Map::mapped_type> Found(const Map& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) {
    return std::nullopt;
  }
  return found->second;
}

// Puts values back in the reverse order of their changes.
template <typename Map, typename Before>
void Restore(Map& map, const Before& before) {
  for (auto it = before.rbegin(); it != before.rend(); ++it) {
    if (it->second.has_value()) {
      map.insert_or_assign(it->first, *it->second);
    } else {
      map.erase(it->first);
    }
  }
}

// Each of `keys` once, in the order of its first change, with its value now: a request may have
// been made and cancelled since the last call.
template <typename Key, typename Map>
auto LastValues(const std::vector<Key>& keys, const Map& map) {
  std::vector<std::pair<Key, typename Map::mapped_type>> values;
  values.reserve(keys.size());
  absl::flat_hash_set<Key> taken;
  taken.reserve(keys.size());
  for (const Key& key : keys) {
    if (taken.insert(key).second) {
      values.emplace_back(key, map.at(key));
    }
  }
  return values;
}

}  // namespace

std::optional<RequestRecord> State::FindRequest(const RequestKey& key) const {
  const auto found = requests_.find(key);
  if (found != requests_.end()) {
    return found->second;
  }
  const auto earlier = earlier_requests_.find(key);
  return earlier == earlier_requests_.end() ? std::nullopt : earlier->second;
}

std::optional<AccountNo> State::FindPlatformUser(const PlatformUserKey& key) const {
  const auto found = Found(platform_users_, key);
  return found == AccountNo(0) ? std::nullopt : found;
}

Undone State::FindUndone(EntryIndex index) const {
  return Found(undone_, index).value_or(Undone{});
}

std::optional<Claim> State::FindEvidence(const Nullifier& nullifier) const {
  return Found(evidence_, nullifier).value_or(std::nullopt);
}

std::uint64_t State::FindLinks(const LinkKey& key) const { return Found(links_, key).value_or(0); }

AccountNo State::Standing(AccountNo number) const {
  // An account is merged into an older or a younger one, but never twice, and never into one that
  // was merged: chains end.
  for (const Account* account = FindAccount(number);
       account != nullptr && account->merged_into != AccountNo(0); account = FindAccount(number)) {
    number = account->merged_into;
  }
  return number;
}

void State::Advance(LedgerTime time) {
  Check(head_.size == 0 || time >= head_.time, "ledger time goes back");
  head_.time = time;
  if (time >= month_.ends) {
    BeginMonth(EntryIndex(head_.size));
  }
  ++head_.size;
}

void State::BeginMonth(EntryIndex first) {
  const Month month = tanhui::MonthOf(ShanghaiDate(head_.time));
  const BusinessDate last = LastDayOf(month);
  month_ = {month, first, StartOf(BusinessDate(last.value() + 1)), FirstDayOf(month), last};
}

Account& State::ChangeAccount(AccountNo number) {
  Account* const found = accounts_.Find(number);
  Check(found != nullptr, "an account is changed that is not there");
  if (trial_.has_value()) {
    trial_->accounts.emplace_back(number, *found);
  }
  if (accounts_.Mark(number)) {
    changed_accounts_.push_back(number);
  }
  return *found;
}

void State::OpenAccount(AccountNo number, const Account& account) {
  Check(number == head_.next_account, "account numbers are dense");
  head_.next_account = AccountNo(number.value() + 1);
  if (trial_.has_value()) {
    trial_->accounts.emplace_back(number, std::nullopt);
  }
  accounts_.Put(number, account);
  if (accounts_.Mark(number)) {
    changed_accounts_.push_back(number);
  }
  if (account.id != AccountId{}) {
    changed_account_ids_.emplace_back(account.id, number);
  }
}

bool State::AddRequest(const RequestKey& key, const RequestRecord& record) {
  const auto [known, added] = requests_.try_emplace(key);
  if (added) {
    const auto earlier = earlier_requests_.find(key);
    if (earlier != earlier_requests_.end() && earlier->second.has_value()) {
      requests_.erase(known);
      return false;
    }
  } else if (known->second.has_value()) {
    return false;
  }
  if (trial_.has_value()) {
    std::optional<std::optional<RequestRecord>> before;  // not known
    if (!added) {
      before.emplace();  // known to be absent
    }
    trial_->requests.emplace_back(key, before);
  }
  known->second = record;
  changed_requests_.emplace_back(key, record);
  return true;
}

void State::PutRequest(const RequestKey& key, const RequestRecord& record) {
  if (trial_.has_value()) {
    trial_->requests.emplace_back(key, Found(requests_, key));
  }
  requests_.insert_or_assign(key, record);
  changed_requests_.emplace_back(key, record);
}

void State::PutPlatformUser(const PlatformUserKey& key, AccountNo number) {
  if (trial_.has_value()) {
    trial_->platform_users.emplace_back(key, Found(platform_users_, key));
  }
  platform_users_.insert_or_assign(key, number);
  changed_platform_users_.push_back(key);
}

void State::PutUndone(EntryIndex index, const Undone& undone) {
  if (trial_.has_value()) {
    trial_->undone.emplace_back(index, Found(undone_, index));
  }
  undone_.insert_or_assign(index, undone);
  changed_undone_.push_back(index);
}

void State::PutEvidence(const Nullifier& nullifier, std::optional<Claim> claim) {
  if (trial_.has_value()) {
    trial_->evidence.emplace_back(nullifier, Found(evidence_, nullifier));
  }
  evidence_.insert_or_assign(nullifier, claim);
  changed_evidence_.push_back(nullifier);
}

void State::PutLinks(const LinkKey& key, std::uint64_t links) {
  if (trial_.has_value()) {
    trial_->links.emplace_back(key, Found(links_, key));
  }
  links_.insert_or_assign(key, links);
  changed_links_.push_back(key);
}

void State::NoteProductEarning(std::uint32_t product, EntryIndex entry) {
  product_earnings_.emplace_back(product, entry);
}

void State::NoteSettlementLine(RunNo run, EntryIndex entry) {
  settlement_lines_.emplace_back(run, entry);
}

void State::NoteListing(const ListingRow& row) { listings_.push_back(row); }

void State::NoteMonth(const MonthRow& row) { months_.push_back(row); }

void State::NoteEvent(const EventRow& row) { events_.push_back(row); }

void State::LoadAccount(AccountNo number, const Account& account) {
  Check(accounts_.Find(number) == nullptr, "an account is loaded twice");
  accounts_.Put(number, account);
}

bool State::WantRequest(const RequestKey& key) {
  return !earlier_requests_.contains(key) && requests_.try_emplace(key).second;
}

void State::LoadRequest(const RequestKey& key, const RequestRecord& record) {
  std::optional<RequestRecord>& known = requests_[key];
  Check(!known.has_value(), "a request is loaded twice");
  known = record;
}

void State::ForgetRequests() {
  const std::size_t size = requests_.size();
  earlier_requests_ = std::exchange(requests_, {});
  requests_.reserve(size);
}

void State::ForgetAllRequests() {
  const std::size_t size = requests_.size();
  earlier_requests_.clear();
  requests_.clear();
  requests_.reserve(size);
}

void State::LoadPlatformUser(const PlatformUserKey& key, AccountNo number) {
  Check(platform_users_.try_emplace(key, number).second, "a platform user is loaded twice");
}

void State::LoadUndone(EntryIndex index, const Undone& undone) {
  Check(undone_.try_emplace(index, undone).second, "a record of what was undone is loaded twice");
}

void State::LoadEvidence(const Nullifier& nullifier, const Claim& claim) {
  Check(evidence_.try_emplace(nullifier, claim).second, "evidence is loaded twice");
}

void State::LoadLinks(const LinkKey& key, std::uint64_t links) {
  Check(links_.try_emplace(key, links).second, "links are loaded twice");
}

void State::LoadMonth(EntryIndex first) { BeginMonth(first); }

// Only a request that was undone can have changed twice; then its last record counts.
std::vector<std::pair<RequestKey, RequestRecord>> State::LastRequests() {
  absl::flat_hash_set<RequestKey> undone;
  for (const auto& [key, record] : changed_requests_) {
    if (record.cancelled_by.has_value()) {
      undone.insert(key);
    }
  }
  if (!undone.empty()) {
    std::erase_if(changed_requests_, [&undone](const auto& row) {
      return !row.second.cancelled_by.has_value() && undone.contains(row.first);
    });
  }
  std::vector<std::pair<RequestKey, RequestRecord>> last = std::exchange(changed_requests_, {});
  changed_requests_.reserve(last.size());  // the next batch is about as large
  return last;
}

Changes State::TakeChanges() {
  std::vector<std::pair<AccountNo, Account>> accounts;
  std::sort(changed_accounts_.begin(), changed_accounts_.end());
  accounts.reserve(changed_accounts_.size());
  for (const AccountNo number : changed_accounts_) {
    accounts.emplace_back(number, *accounts_.Find(number));
    accounts_.Unmark(number);  // while it is in the cache
  }
  changed_accounts_.clear();
  Changes changes = TakeChangesButAccounts();
  changes.accounts = std::move(accounts);
  return changes;
}

Changes State::TakeChangesButAccounts() {
  Check(!trial_.has_value(), "changes are taken inside a trial");
  for (const AccountNo number : changed_accounts_) {
    accounts_.Unmark(number);
  }
  Changes changes;
  changes.requests = LastRequests();
  changes.platform_users = LastValues(changed_platform_users_, platform_users_);
  changes.undone = LastValues(changed_undone_, undone_);
  changes.evidence = LastValues(changed_evidence_, evidence_);
  changes.linked = LastValues(changed_links_, links_);
  changes.periods = periods_.TakeChanges();
  changes.product_earnings = std::move(product_earnings_);
  changes.settlement_lines = std::move(settlement_lines_);
  changes.listings = std::move(listings_);
  changes.months = std::move(months_);
  changes.events = std::move(events_);
  changes.account_ids = std::move(changed_account_ids_);
  changes.registry_entries = std::move(changes_registry_);
  changed_accounts_.clear();
  changed_account_ids_.clear();
  changed_platform_users_.clear();
  changed_undone_.clear();
  changed_evidence_.clear();
  changed_links_.clear();
  product_earnings_.clear();
  settlement_lines_.clear();
  listings_.clear();
  months_.clear();
  events_.clear();
  changes_registry_.clear();
  return changes;
}

void State::BeginTrial() {
  Check(!trial_.has_value(), "trials are not nested");
  trial_.emplace();
  trial_->head = head_;
  trial_->registry = registry_;
  trial_->changed_accounts = changed_accounts_.size();
  trial_->changed_account_ids = changed_account_ids_.size();
  trial_->changed_requests = changed_requests_.size();
  trial_->changed_platform_users = changed_platform_users_.size();
  trial_->changed_undone = changed_undone_.size();
  trial_->changed_evidence = changed_evidence_.size();
  trial_->product_earnings = product_earnings_.size();
  trial_->changed_registry = changes_registry_.size();
  trial_->settlement_lines = settlement_lines_.size();
  trial_->listings = listings_.size();
  trial_->months = months_.size();
  trial_->events = events_.size();
  trial_->changed_links = changed_links_.size();
  trial_->periods = periods_;
  trial_->month = month_;
}

void State::KeepTrial() {
  Check(trial_.has_value(), "no trial to keep");
  trial_.reset();
}

void State::UndoTrial() {
  Check(trial_.has_value(), "no trial to undo");
  head_ = trial_->head;
  registry_ = std::move(trial_->registry);
  for (std::size_t i = trial_->changed_accounts; i < changed_accounts_.size(); ++i) {
    accounts_.Unmark(changed_accounts_[i]);
  }
  changed_accounts_.resize(trial_->changed_accounts);
  for (auto it = trial_->accounts.rbegin(); it != trial_->accounts.rend(); ++it) {
    if (it->second.has_value()) {
      accounts_.Put(it->first, *it->second);
    } else {
      accounts_.Erase(it->first);
    }
  }
  Restore(requests_, trial_->requests);
  Restore(platform_users_, trial_->platform_users);
  Restore(undone_, trial_->undone);
  Restore(evidence_, trial_->evidence);
  Restore(links_, trial_->links);
  periods_ = std::move(trial_->periods);
  month_ = trial_->month;
  changed_account_ids_.resize(trial_->changed_account_ids);
  changed_requests_.resize(trial_->changed_requests);
  changed_platform_users_.resize(trial_->changed_platform_users);
  changed_undone_.resize(trial_->changed_undone);
  changed_evidence_.resize(trial_->changed_evidence);
  product_earnings_.resize(trial_->product_earnings);
  changes_registry_.resize(trial_->changed_registry);
  settlement_lines_.resize(trial_->settlement_lines);
  listings_.resize(trial_->listings);
  months_.resize(trial_->months);
  events_.resize(trial_->events);
  changed_links_.resize(trial_->changed_links);
  trial_.reset();
}

}  // namespace tanhui
