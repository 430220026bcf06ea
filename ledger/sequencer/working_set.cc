#include "ledger/sequencer/working_set.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/core/books/links.h"

namespace tanhui::sequencer {
namespace {

// How many accounts ahead are fetched into the cache.
constexpr std::size_t kAhead = 16;

// The request id of the file that a file record replaces; nothing when it is malformed, as an entry
// of a damaged log may be.
std::optional<RequestKey> SupersededBy(const Entry& draft) {
  if (!draft.has_file_record() || draft.file_record().supersedes_file_id().empty()) {
    return std::nullopt;
  }
  const auto id = RequestId::FromText("file:" + draft.file_record().supersedes_file_id());
  return id.has_value() ? std::optional(RequestKey{ParticipantNo(draft.caller()), *id})
                        : std::nullopt;
}

}  // namespace

WorkingSet::WorkingSet(const Ledger& ledger, store::Store& store, State state,
                       std::size_t max_accounts, Unreadable unreadable)
    : ledger_(ledger),
      store_(store),
      state_(std::move(state)),
      max_accounts_(max_accounts),
      unreadable_(std::move(unreadable)),
      loaded_under_(state_.registry()) {}

// What was read; nothing of `size` when it failed.
template <typename Value>
std::vector<std::optional<Value>> WorkingSet::Read(
    absl::StatusOr<std::vector<std::optional<Value>>> read, std::size_t size) const {
  if (!read.ok()) {
    unreadable_(read.status());
    return std::vector<std::optional<Value>>(size);
  }
  return *std::move(read);
}

bool WorkingSet::LoadRequests(const std::vector<RequestKey>& keys) {
  const auto found = Read(store_.ReadRequests(keys), keys.size());
  bool any = false;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (found[i].has_value()) {
      state_.LoadRequest(keys[i], *found[i]);
      any = true;
    }
  }
  return any;
}

bool WorkingSet::IsRepeat(const Command& command) const {
  return state_.FindRequest(command.key()).has_value();
}

void WorkingSet::LoadPlatformUsers(const std::vector<PlatformUserKey>& keys) {
  const auto found = Read(store_.ReadPlatformUsers(keys), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (found[i].has_value()) {
      state_.LoadPlatformUser(keys[i], *found[i]);
    }
  }
}

void WorkingSet::LoadAccounts(std::span<const AccountNo> numbers) {
  std::vector<AccountNo> missing;
  const auto want = [&](AccountNo number) {
    number = state_.Standing(number);
    const Account* account = state_.FindAccount(number);
    if (account == nullptr) {
      missing.push_back(number);
      return;
    }
    // Who acts for a minor may have been merged into another account. An act counts for the
    // household's goals, too.
    for (const AccountNo related : {account->guardian, account->household}) {
      if (related != AccountNo(0) && state_.FindAccount(state_.Standing(related)) == nullptr) {
        missing.push_back(state_.Standing(related));
      }
    }
  };
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i + kAhead < numbers.size()) {
      state_.accounts().Prefetch(numbers[i + kAhead]);
    }
    want(numbers[i]);
  }
  // Once for what is named, and once more for each merge on the way.
  while (!missing.empty()) {
    std::sort(missing.begin(), missing.end());
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    const auto found = Read(store_.ReadAccounts(missing), missing.size());
    const std::vector<AccountNo> asked = std::exchange(missing, {});
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (found[i].has_value()) {
        state_.LoadAccount(asked[i], *found[i]);
      }
    }
    // Only now: one of them may lead to another that was asked for, too.
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (found[i].has_value()) {
        want(asked[i]);
      }
    }
  }
}

void WorkingSet::LoadUndone(EntryIndex index) {
  if (!undone_now_.insert(index).second || undone_before_.contains(index)) {
    return;
  }
  const auto found = Read(store_.ReadUndone(std::array{index}), 1);
  if (found.front().has_value()) {
    state_.LoadUndone(index, *found.front());
  }
}

void WorkingSet::LoadEvidence(std::span<const Nullifier> nullifiers) {
  std::vector<Nullifier> missing;
  for (const Nullifier& nullifier : nullifiers) {
    if (evidence_now_.insert(nullifier).second && !evidence_before_.contains(nullifier)) {
      missing.push_back(nullifier);
    }
  }
  const auto found = Read(store_.ReadEvidence(missing), missing.size());
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (found[i].has_value()) {
      state_.LoadEvidence(missing[i], *found[i]);
    }
  }
}

void WorkingSet::LoadLinks(std::span<const LinkKey> keys) {
  std::vector<LinkKey> missing;
  for (const LinkKey& key : keys) {
    if (links_now_.insert(key).second && !links_before_.contains(key)) {
      missing.push_back(key);
    }
  }
  if (missing.empty()) {
    return;
  }
  const auto found = Read(store_.ReadLinks(missing), missing.size());
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (found[i].has_value()) {
      state_.LoadLinks(missing[i], *found[i]);
    }
  }
}

void WorkingSet::Want(const RequestKey& key, std::vector<RequestKey>& missing) {
  if (state_.WantRequest(key)) {
    missing.push_back(key);
  }
}

// The engine's own entries have no request id.
void WorkingSet::WantNamedBy(const Entry& draft, std::vector<RequestKey>& missing) {
  if (const auto id = RequestId::FromStored(draft.request_id())) {
    Want({ParticipantNo(draft.caller()), *id}, missing);
  }
  if (const auto target = ledger_.TargetRequestOf(draft)) {
    Want(*target, missing);
  }
  if (const auto superseded = SupersededBy(draft)) {
    Want(*superseded, missing);
  }
}

void WorkingSet::LoadTarget(EntryIndex index, const Entry& target) {
  std::vector<AccountNo> accounts;
  ledger_.Names(state_, target, accounts);
  for (const entry::v1::Posting& posting : target.postings()) {
    accounts.emplace_back(posting.account());
    for (const entry::v1::LotPart& lot : posting.lots()) {
      if (lot.contributor() != 0) {
        accounts.emplace_back(lot.contributor());
      }
    }
  }
  LoadAccounts(accounts);
  LoadUndone(index);
  std::vector<Nullifier> evidence;
  ledger_.Claims(target, evidence);
  LoadEvidence(evidence);
}

std::optional<Entry> WorkingSet::ReadEntry(EntryIndex index) const {
  const auto bytes = store_.ReadEntry(index);
  Entry entry;
  if (!bytes.ok() || !entry.ParseFromString(*bytes)) {
    unreadable_(bytes.ok() ? absl::DataLossError(
                                 absl::StrCat("entry ", index.value(), " cannot be decoded"))
                           : bytes.status());
    return std::nullopt;
  }
  return entry;
}

void WorkingSet::LoadEntries(std::span<const Entry> entries) {
  std::vector<RequestKey> requests;
  std::vector<AccountNo> accounts;
  std::vector<Nullifier> evidence;
  for (const Entry& entry : entries) {
    WantNamedBy(entry, requests);
    ledger_.Names(state_, entry, accounts);
    ledger_.Claims(entry, evidence);
    for (const entry::v1::Posting& posting : entry.postings()) {
      accounts.emplace_back(posting.account());
    }
  }
  LoadRequests(requests);
  LoadAccounts(accounts);
  LoadEvidence(evidence);
  std::vector<LinkKey> links;
  for (const Entry& entry : entries) {
    LinksOf(state_, entry, links);
  }
  LoadLinks(links);
  loaded_under_ = Parts(state_.registry());
}

void WorkingSet::LoadEntry(const Entry& entry) {
  std::vector<AccountNo> accounts;
  if (!loaded_under_.AreOf(state_.registry())) {
    ledger_.Names(state_, entry, accounts);
    LoadAccounts(accounts);
  }
  const auto index = entry.has_cancellation()
                         ? std::optional(EntryIndex(entry.cancellation().target_index()))
                         : ledger_.TargetOf(state_, entry);
  if (!index.has_value() || *index >= EntryIndex(state_.head().size)) {
    return;
  }
  const auto target = ReadEntry(*index);
  if (!target.has_value()) {
    return;
  }
  LoadTarget(*index, *target);
  const auto also = ledger_.AlsoOf(state_, entry, *index, *target);
  if (also.has_value() && *also < EntryIndex(state_.head().size)) {
    if (const auto entry_of = ReadEntry(*also)) {
      LoadTarget(*also, *entry_of);
    }
  }
}

void WorkingSet::Load(std::span<const Submission> submissions) {
  std::vector<RequestKey> requests;
  std::vector<PlatformUserKey> users;
  std::vector<PlatformUserKey> all_users;
  for (const Submission& submission : submissions) {
    for (const Command& command : submission.commands) {
      WantNamedBy(command.draft, requests);
      for (const auto* user : {&command.platform_user, &command.former_user}) {
        if (user->has_value()) {
          const PlatformUserKey& key = **user;
          all_users.push_back(key);
          if (users_now_.insert(key).second && !users_before_.contains(key)) {
            users.push_back(key);
          }
        }
      }
    }
  }
  // Of files that are sent again most commands are repeats, and evidence and accounts are a random
  // read each.
  const bool repeats = LoadRequests(requests);
  LoadPlatformUsers(users);
  std::vector<AccountNo> accounts;
  std::vector<Nullifier> evidence;
  for (const Submission& submission : submissions) {
    accounts.insert(accounts.end(), submission.sweep.begin(), submission.sweep.end());
    for (const Command& command : submission.commands) {
      if (repeats && IsRepeat(command)) {
        continue;
      }
      ledger_.Names(state_, command.draft, accounts);
      ledger_.Claims(command.draft, evidence);
    }
  }
  for (const PlatformUserKey& key : all_users) {
    if (const auto number = state_.FindPlatformUser(key)) {
      accounts.push_back(*number);
    }
  }
  LoadAccounts(accounts);
  LoadEvidence(evidence);
  std::vector<LinkKey> links;
  for (const Submission& submission : submissions) {
    for (const Command& command : submission.commands) {
      LinksOf(state_, command.draft, links);
    }
  }
  LoadLinks(links);
  loaded_under_ = Parts(state_.registry());
}

void WorkingSet::LoadAgain(const Command& command) {
  if (!loaded_under_.AreOf(state_.registry())) {
    std::vector<AccountNo> accounts;
    ledger_.Names(state_, command.draft, accounts);
    LoadAccounts(accounts);
  }
}

Changes WorkingSet::HandOver() {
  Changes changes = state_.TakeChanges();
  Forget(changes);
  return changes;
}

void WorkingSet::Forget(const Changes& in_flight) {
  state_.ForgetRequests();
  for (const PlatformUserKey& key : users_before_) {
    if (!users_now_.contains(key)) {
      state_.ForgetPlatformUser(key);
    }
  }
  for (const EntryIndex index : undone_before_) {
    if (!undone_now_.contains(index)) {
      state_.ForgetUndone(index);
    }
  }
  for (const Nullifier& nullifier : evidence_before_) {
    if (!evidence_now_.contains(nullifier)) {
      state_.ForgetEvidence(nullifier);
    }
  }
  for (const LinkKey& key : links_before_) {
    if (!links_now_.contains(key)) {
      state_.ForgetLinks(key);
    }
  }
  for (const auto& [key, links] : in_flight.linked) {
    links_now_.insert(key);  // those of openings were not loaded: there can be none
  }
  for (const auto& [index, undone] : in_flight.undone) {
    undone_now_.insert(index);  // that of a settlement line was not loaded: it comes with the line
  }
  links_before_ = std::exchange(links_now_, {});
  evidence_before_ = std::exchange(evidence_now_, {});
  users_before_ = std::exchange(users_now_, {});
  undone_before_ = std::exchange(undone_now_, {});
  ForgetAccounts(in_flight);
}

void WorkingSet::ForgetAccounts(const Changes& in_flight) {
  if (state_.accounts().size() <= max_accounts_) {
    return;
  }
  absl::flat_hash_set<AccountNo> keep;
  for (const auto& [number, account] : in_flight.accounts) {
    keep.insert(number);
  }
  std::vector<AccountNo> drop;
  for (const auto& [number, account] : state_.accounts()) {
    if (!keep.contains(number)) {
      drop.push_back(number);
    }
  }
  for (const AccountNo number : drop) {
    state_.ForgetAccount(number);
  }
}

}  // namespace tanhui::sequencer
