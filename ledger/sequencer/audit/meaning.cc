#include "ledger/sequencer/audit/meaning.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/document_note.h"

namespace tanhui::sequencer {
namespace {

// Stands for all accounts of a campaign: where the fen of a coupon that is cancelled go among them
// depends on whether it can be used again.
constexpr AccountNo kCampaignsOwn{~std::uint64_t{0}};

// What an entry moved by account, each under the number that it stands for now; what moved on
// accounts with lots under 0 when `pool_lots`.
using Moved = std::map<AccountNo, __int128>;

Moved MovedBy(const State& state, const Entry& entry, bool pool_lots) {
  Moved moved;
  for (const entry::v1::Posting& posting : entry.postings()) {
    const AccountNo number = state.Standing(AccountNo(posting.account()));
    const Account* account = state.FindAccount(number);
    const bool pooled = pool_lots && account != nullptr && HasLots(account->kind);
    const bool of_campaign = account != nullptr && account->kind == AccountKind::kCampaign;
    moved[pooled ? AccountNo(0) : of_campaign ? kCampaignsOwn : number] += posting.amount();
  }
  return moved;
}

// A cancellation moves back exactly what its target moved: between the same accounts, or those that
// they were merged into. What a household redeemed may come back to members who left it, so of such
// an entry the citizens' and households' side is compared as a whole.
absl::Status CompareCancellation(const store::Store& store, const State& state, EntryIndex index,
                                 const Entry& entry) {
  const auto bytes = store.ReadEntry(EntryIndex(entry.cancellation().target_index()));
  Entry target;
  bool same = bytes.ok() && target.ParseFromString(*bytes);
  if (same) {
    const bool of_household =
        std::any_of(target.postings().begin(), target.postings().end(),
                    [&state](const entry::v1::Posting& posting) {
                      const Account* account = state.FindAccount(AccountNo(posting.account()));
                      return account != nullptr && account->kind == AccountKind::kHousehold;
                    });
    Moved back = MovedBy(state, entry, of_household);
    const Moved forth = MovedBy(state, target, of_household);
    for (const auto& [account, amount] : forth) {
      back[account] += amount;
    }
    same = std::all_of(back.begin(), back.end(), [](const auto& row) { return row.second == 0; });
  }
  return same ? absl::OkStatus()
              : Differ(absl::StrCat("entry ", index.value(), " does not move back what entry ",
                                    entry.cancellation().target_index(), " moved"));
}

// The bytes of the document whose parts stand right before its publication.
absl::StatusOr<std::string> DocumentBytes(const store::Store& store, EntryIndex index,
                                          std::uint32_t parts) {
  std::string bytes;
  for (std::uint64_t i = index.value() - std::min<std::uint64_t>(parts, index.value());
       i < index.value(); ++i) {
    const auto part = ReadEarlier(store, EntryIndex(i));
    if (!part.ok()) {
      return part.status();
    }
    bytes += part->document_part().data();
  }
  return bytes;
}

// A document is what its publication says, and signed with the key that its publisher had
// registered by then.
absl::Status ComparePublication(const store::Store& store, const State& state, EntryIndex index,
                                const Entry& entry) {
  const entry::v1::Publication& publication = entry.publication();
  const auto title = signing::TitleOf(publication);
  if (!title.ok()) {
    return Differ(absl::StrCat("entry ", index.value(), ": ", title.status().message()));
  }
  const auto bytes = DocumentBytes(store, index, publication.parts());
  if (!bytes.ok()) {
    return bytes.status();
  }
  if (bytes->size() != publication.size() || merkle::Sha256({*bytes}) != title->sha256) {
    return Differ(absl::StrCat("entry ", index.value(),
                               " publishes other bytes than those that stand before it"));
  }
  const Participant* publisher = state.registry().Find(ParticipantNo(entry.caller()));
  const absl::Status verified = signing::VerifyDocumentNote(
      publication.note(), publisher == nullptr ? "" : publisher->verifier_key, *title);
  return verified.ok() ? absl::OkStatus()
                       : Differ(absl::StrCat("entry ", index.value(),
                                             " publishes a document that is not signed with its "
                                             "publisher's key: ",
                                             verified.message()));
}

}  // namespace

absl::Status Differ(std::string what) { return absl::DataLossError(std::move(what)); }

absl::StatusOr<Entry> ReadEarlier(const store::Store& store, EntryIndex index) {
  const auto bytes = store.ReadEntry(index);
  Entry entry;
  return bytes.ok() && entry.ParseFromString(*bytes)
             ? absl::StatusOr<Entry>(std::move(entry))
             : absl::DataLossError(absl::StrCat("entry ", index.value(), " cannot be read"));
}

absl::Status CompareMeaning(const store::Store& store, const State& state, Pairs& pairs,
                            EntryIndex index, const Entry& entry) {
  if (entry.has_cancellation()) {
    return CompareCancellation(store, state, index, entry);
  }
  if (entry.has_publication()) {
    return ComparePublication(store, state, index, entry);
  }
  return pairs.Add(index, entry);
}

absl::Status Pairs::EndCommit() const {
  return first_.has_value() ? Differ(absl::StrCat("entry ", first_->value(),
                                                  " is the act of a first party without a second"))
                            : absl::OkStatus();
}

absl::Status Pairs::Add(EntryIndex index, const Entry& entry) {
  const entry::v1::Earning& act = entry.earning();
  const LedgerTime time(entry.recorded_micros());
  if (const absl::Status ended = EndCommit(); !ended.ok() && (time != time_ || act.party() == 1)) {
    return ended;
  }
  time_ = time;
  if (act.party() == 1) {
    first_ = index;
  } else if (act.party() == 2) {
    if (!first_.has_value() || act.partner() != first_->value()) {
      return Differ(
          absl::StrCat("entry ", index.value(), " is the act of a second party without its first"));
    }
    first_.reset();
  }
  return absl::OkStatus();
}

}  // namespace tanhui::sequencer
