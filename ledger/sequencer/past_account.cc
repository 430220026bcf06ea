#include "ledger/sequencer/past_account.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/core/postings.h"

namespace tanhui::sequencer {
namespace {

using entry::v1::Posting;

absl::Status Damaged(EntryIndex index, AccountNo number) {
  return absl::DataLossError(absl::StrCat(
      "entry ", index.value(), " does not fit what is stored of account ", number.value(),
      ": the database is damaged. Restore it from a backup or another copy."));
}

absl::StatusOr<Entry> ReadEntry(const store::Store& store, EntryIndex index) {
  const auto bytes = store.ReadEntry(index);
  if (!bytes.ok()) {
    return bytes.status();
  }
  Entry entry;
  return entry.ParseFromString(*bytes)
             ? absl::StatusOr<Entry>(std::move(entry))
             : absl::DataLossError(absl::StrCat("entry ", index.value(), " cannot be decoded"));
}

// A place in the chain of an account's postings, from the newest to the oldest.
class Chain {
 public:
  // `next_plus_one` names the first entry to be read; 0: there is none.
  Chain(const store::Store& store, AccountNo number, std::uint64_t next_plus_one)
      : store_(store), number_(number), next_plus_one_(next_plus_one) {}

  AccountNo number() const { return number_; }
  bool AtEnd() const { return next_plus_one_ == 0; }
  // The entry that Read reads next; not at the end.
  EntryIndex next() const { return EntryIndex(next_plus_one_ - 1); }
  std::uint64_t next_plus_one() const { return next_plus_one_; }

  // The entry at next(); after it next() is the one before. Not at the end.
  absl::StatusOr<Entry> Read() {
    const EntryIndex index = next();
    auto entry = ReadEntry(store_, index);
    if (!entry.ok()) {
      return entry;
    }
    const Posting* posting = PostingOf(*entry);
    if (posting == nullptr || posting->previous() > index.value()) {
      return Damaged(index, number_);
    }
    next_plus_one_ = posting->previous();
    return entry;
  }
  // The account's posting in an entry; null when it has none.
  const Posting* PostingOf(const Entry& entry) const {
    const auto found = std::find_if(
        entry.postings().begin(), entry.postings().end(),
        [this](const Posting& posting) { return AccountNo(posting.account()) == number_; });
    return found == entry.postings().end() ? nullptr : &*found;
  }

 private:
  const store::Store& store_;
  AccountNo number_;
  std::uint64_t next_plus_one_;
};

// Lots before a posting from those after it. False when they cannot have been there.
bool TakeBack(const Posting& posting, Lots& lots) {
  const std::optional<Lots> changes = ReadLots(posting.lots());
  if (!changes.has_value()) {
    return false;
  }
  for (const Lot& change : *changes) {
    const Lot* found = FindLot(lots, change.key);
    const Lot after = found == nullptr ? Lot{change.key, Amount(0), 0} : *found;
    Lot before{change.key, Amount(0), 0};
    std::int64_t points = 0;
    if (__builtin_sub_overflow(after.points.units(), change.points.units(), &points) ||
        __builtin_sub_overflow(after.grams, change.grams, &before.grams) || points < 0 ||
        before.grams < 0 || (points == 0 && before.grams != 0)) {
      return false;
    }
    before.points = Amount(points);
    if ((found != nullptr && !TakeLot(lots, after)) || (points > 0 && !AddLot(lots, before))) {
      return false;
    }
  }
  return true;
}

// Walks back to the account's last posting at or before `index`, which the chain then stands at,
// and takes back the changes of `lots` since.
absl::Status WalkBack(Chain& chain, EntryIndex index, Lots& lots) {
  while (!chain.AtEnd() && chain.next() > index) {
    const EntryIndex at = chain.next();
    const auto entry = chain.Read();
    if (!entry.ok()) {
      return entry.status();
    }
    if (!TakeBack(*chain.PostingOf(*entry), lots)) {
      return Damaged(at, chain.number());
    }
  }
  return absl::OkStatus();
}

// Holds that an entry resolved.
void AddResolved(const Entry& entry, absl::flat_hash_set<EntryIndex>& resolved) {
  if (entry.has_capture()) {
    resolved.emplace(entry.capture().hold());
  } else if (entry.has_release()) {
    resolved.emplace(entry.release().hold());
  } else if (entry.has_cancellation()) {
    resolved.emplace(entry.cancellation().target_index());  // of a hold, or of what is none
  }
  for (const std::uint64_t number : entry.expiry().holds()) {
    resolved.emplace(number);
  }
}

// The hold that an entry made, with the lots that left the free ones.
std::optional<Hold> HoldOf(const Entry& entry, EntryIndex index, const Posting& posting) {
  const auto changes = ReadLots(posting.lots());
  if (!changes.has_value()) {
    return std::nullopt;
  }
  Hold hold{
      index, LedgerTime(entry.hold().deadline_micros()), AccountNo(entry.hold().merchant()), {}};
  for (const Lot& change : *changes) {
    const auto points = Negate(change.points);
    if (!points.has_value() || *points <= Amount(0) || change.grams > 0 ||
        !AddLot(hold.lots, Lot{change.key, *points, -change.grams})) {
      return std::nullopt;
    }
  }
  return hold;
}

// The open holds where the chain stands: made there or before, resolved by none of the entries
// since. They are all found when they add up to the points held. What an account that was merged
// into this one held is on that one's chain.
absl::StatusOr<std::vector<Hold>> OpenHolds(const store::Store& store, Chain start, Amount held) {
  std::vector<Hold> holds;
  absl::flat_hash_set<EntryIndex> resolved;
  std::vector<Chain> chains = {start};
  Amount missing = held;
  while (missing > Amount(0) && !chains.empty()) {
    if (chains.back().AtEnd()) {
      chains.pop_back();
      continue;
    }
    Chain& chain = chains.back();
    const EntryIndex index = chain.next();
    const auto entry = chain.Read();
    if (!entry.ok()) {
      return entry.status();
    }
    AddResolved(*entry, resolved);
    if (entry->has_hold() && !resolved.contains(index)) {
      const auto hold = HoldOf(*entry, index, *chain.PostingOf(*entry));
      if (!hold.has_value()) {
        return Damaged(index, chain.number());
      }
      missing = Amount(missing.units() - SumOf(hold->lots).units());
      holds.push_back(*hold);
    }
    const bool merged = entry->has_merge() && entry->postings_size() == 2 &&
                        AccountNo(entry->postings(1).account()) == chain.number();
    if (merged) {
      const Posting& from = entry->postings(0);
      chains.emplace_back(store, AccountNo(from.account()), from.previous());
    }
  }
  if (missing != Amount(0)) {
    return Damaged(start.next(), start.number());
  }
  std::sort(holds.begin(), holds.end(),
            [](const Hold& a, const Hold& b) { return a.number < b.number; });
  return holds;
}

bool AddsUp(const Account& account) {
  if (!HasLots(account.kind)) {
    return true;
  }
  // 128 bits cannot overflow here.
  __int128 sum = static_cast<__int128>(account.held.units()) - account.debt.units();
  for (const Lot& lot : account.lots) {
    sum += lot.points.units();
  }
  return sum == account.balance.units();
}

// Where an account's chain begins to be walked for what it was after `index`.
absl::StatusOr<Chain> ChainTowards(const store::Store& store, AccountNo number,
                                   const Account& account, EntryIndex index) {
  const std::uint64_t newest = account.last_entry_plus_one;
  if (HasLots(account.kind) || newest <= index.value() + 1) {
    return Chain(store, number, newest);
  }
  const auto last = store.SeekHistory(number, index);
  if (!last.ok()) {
    return last.status();
  }
  return last->has_value() ? absl::StatusOr<Chain>(Chain(store, number, (*last)->value() + 1))
                           : Damaged(index, number);
}

// `today` with what it was after `index`.
absl::StatusOr<Account> RecordedAfter(const store::Store& store, AccountNo number,
                                      const Account& today, EntryIndex index) {
  auto chain = ChainTowards(store, number, today, index);
  if (!chain.ok()) {
    return chain.status();
  }
  Account then;
  then.kind = today.kind;
  then.asset = today.asset;
  then.participant = today.participant;
  then.id = today.id;
  then.owner = today.owner;
  then.lots = today.lots;
  if (absl::Status status = WalkBack(*chain, index, then.lots); !status.ok()) {
    return status;
  }
  then.last_entry_plus_one = chain->next_plus_one();
  if (!chain->AtEnd()) {
    Chain newest = *chain;
    const auto entry = newest.Read();
    if (!entry.ok()) {
      return entry.status();
    }
    const Posting& posting = *newest.PostingOf(*entry);
    then.balance = Amount(posting.balance_after());
    then.held = Amount(posting.held_after());
    then.debt = Amount(posting.debt_after());
    auto holds = OpenHolds(store, *chain, then.held);
    if (!holds.ok()) {
      return holds.status();
    }
    then.holds = *std::move(holds);
  }
  return AddsUp(then) ? absl::StatusOr<Account>(std::move(then)) : Damaged(index, number);
}

absl::StatusOr<LedgerTime> TimeOf(const store::Store& store, EntryIndex index) {
  const auto entry = ReadEntry(store, index);
  return entry.ok() ? absl::StatusOr<LedgerTime>(LedgerTime(entry->recorded_micros()))
                    : entry.status();
}

absl::StatusOr<PastAccount> Past(const store::Store& store, AccountNo number, const Account& today,
                                 EntryIndex index, LedgerTime moment, const Settle& settle) {
  auto recorded = RecordedAfter(store, number, today, index);
  if (!recorded.ok()) {
    return recorded.status();
  }
  Account settled = settle(*recorded, moment);
  return PastAccount{index, moment, *std::move(recorded), std::move(settled)};
}

}  // namespace

absl::StatusOr<std::uint64_t> SizeAt(const store::Store& store, std::uint64_t size,
                                     LedgerTime time) {
  std::uint64_t low = 0;
  while (low < size) {
    const std::uint64_t middle = low + (size - low) / 2;
    const auto recorded = TimeOf(store, EntryIndex(middle));
    if (!recorded.ok()) {
      return recorded.status();
    }
    if (*recorded <= time) {
      low = middle + 1;
    } else {
      size = middle;
    }
  }
  return low;
}

absl::StatusOr<PastAccount> AccountAfter(const store::Store& store, AccountNo number,
                                         EntryIndex index, const Settle& settle) {
  const auto today = store.ReadAccountAsOf(number);
  if (!today.ok()) {
    return today.status();
  }
  if (index.value() >= today->size) {
    return absl::NotFoundError(
        absl::StrCat("the log has ", today->size, " entries, none with index ", index.value()));
  }
  const auto time = TimeOf(store, index);
  return time.ok() ? Past(store, number, today->account, index, *time, settle) : time.status();
}

absl::StatusOr<PastAccount> AccountAt(const store::Store& store, AccountNo number, LedgerTime time,
                                      const Settle& settle) {
  const auto today = store.ReadAccountAsOf(number);
  if (!today.ok()) {
    return today.status();
  }
  const auto size = SizeAt(store, today->size, time);
  if (!size.ok()) {
    return size.status();
  }
  return *size > 0 ? Past(store, number, today->account, EntryIndex(*size - 1), time, settle)
                   : absl::NotFoundError("the log began later");
}

}  // namespace tanhui::sequencer
