#include "ledger/sequencer/audit/redecision.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tanhui::sequencer {
namespace {

namespace pb = entry::v1;

// The operator of a fresh ledger stands right behind the genesis entry.
constexpr std::uint64_t kEngineRegisters = 1;

// The account about which the engine itself wrote the entry; nullopt for entries that begin a log.
std::optional<AccountNo> SweptBy(const Ledger& ledger, const State& before, const Entry& entry) {
  if (entry.has_expiry_notice()) {
    const Asset* asset = before.registry().Find(AssetNo(entry.expiry_notice().asset()));
    return asset == nullptr ? std::nullopt : std::optional(asset->expiry);
  }
  if (entry.has_expiry()) {
    return AccountNo(entry.expiry().account());
  }
  if (entry.has_campaign_return()) {
    // That of the stock stands first; there are none when there is no such campaign.
    std::vector<AccountNo> names;
    ledger.Names(before, entry, names);
    return names.empty() ? std::nullopt : std::optional(names.front());
  }
  if (entry.has_budget_year_end()) {
    return AccountNo(entry.budget_year_end().budget());
  }
  return entry.has_budget_return() ? std::optional(AccountNo(entry.budget_return().budget()))
                                   : std::nullopt;
}

// Whether they, or those they were merged into, exist.
bool AllThere(const State& state, std::initializer_list<std::uint64_t> accounts) {
  return std::all_of(accounts.begin(), accounts.end(), [&state](std::uint64_t number) {
    return state.FindAccount(state.Standing(AccountNo(number))) != nullptr;
  });
}

bool CanBeMoved(std::int64_t points) { return points > 0 && Amount(points) <= kMaxPostingAmount; }

bool SpendDecidable(const State& state, std::uint64_t account, std::uint64_t receiver,
                    std::uint64_t acting, std::int64_t points) {
  return AllThere(state, {account, receiver}) && (acting == 0 || AllThere(state, {acting})) &&
         CanBeMoved(points);
}

bool EarningDecidable(const Ledger& ledger, const State& state, const Entry& entry) {
  const pb::Earning& act = entry.earning();
  if (entry.act_micros() == 0 || !AllThere(state, {act.account(), act.budget()})) {
    return false;
  }
  // Without claims nothing needs to be collected.
  std::vector<Nullifier> claims;
  if (act.nullifiers_size() > 0) {
    ledger.Claims(entry, claims);
  }
  return claims.size() == static_cast<std::size_t>(act.nullifiers_size());
}

// What deciding sets besides postings where BodyIsAsked.
struct Stamp {
  std::uint32_t format;
  std::int64_t recorded_micros;
  std::int32_t business_date;
  std::int32_t accounting_date;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Stamp StampOf(const Entry& entry) {
  return {entry.format(), entry.recorded_micros(), entry.business_date(), entry.accounting_date()};
}

void PutBack(const Stamp& stamp, Entry& entry) {
  entry.set_format(stamp.format);
  entry.set_recorded_micros(stamp.recorded_micros);
  entry.set_business_date(stamp.business_date);
  entry.set_accounting_date(stamp.accounting_date);
}

bool SameLot(const pb::LotPart& a, const pb::LotPart& b) {
  return a.expiry_month() == b.expiry_month() && a.scheme() == b.scheme() &&
         a.funder() == b.funder() && a.contributor() == b.contributor() &&
         a.points() == b.points() && a.grams() == b.grams();
}

bool SamePosting(const pb::Posting& a, const pb::Posting& b) {
  return a.account() == b.account() && a.amount() == b.amount() &&
         a.balance_after() == b.balance_after() && a.previous() == b.previous() &&
         a.held_after() == b.held_after() && a.debt_after() == b.debt_after() &&
         std::equal(a.lots().begin(), a.lots().end(), b.lots().begin(), b.lots().end(), SameLot);
}

}  // namespace

bool Decidable(const Ledger& ledger, const State& before, const Entry& entry, bool has_request) {
  const Head& head = before.head();
  if (!ledger.Knows(entry) || head.size == 0 || LedgerTime(entry.recorded_micros()) < head.time ||
      !has_request) {
    return false;
  }
  switch (entry.body_case()) {
    case Entry::kAward: {
      const pb::Award& award = entry.award();
      return AllThere(before, {award.account(), award.budget()}) && CanBeMoved(award.points()) &&
             award.grams() >= 0;
    }
    case Entry::kRedemption: {
      const pb::Redemption& spend = entry.redemption();
      return SpendDecidable(before, spend.account(), spend.merchant(), spend.acting(),
                            spend.points());
    }
    case Entry::kDonation: {
      const pb::Donation& spend = entry.donation();
      return SpendDecidable(before, spend.account(), spend.charity(), spend.acting(),
                            spend.points());
    }
    case Entry::kEarning:
      return EarningDecidable(ledger, before, entry);
    case Entry::kAccountOpening:
      return entry.account_opening().kind() == pb::ACCOUNT_KIND_CITIZEN;
    default:
      return false;
  }
}

void Prepare(Entry& entry, Entry& draft) {
  // The postings need not be copied to be forgotten.
  google::protobuf::RepeatedPtrField<pb::Posting> postings;
  postings.Swap(entry.mutable_postings());
  draft.CopyFrom(entry);
  postings.Swap(entry.mutable_postings());
  ForgetEffects(draft);
}

std::string_view RedecideEngine(const Ledger& ledger, const State& before, const Entry& entry,
                                std::string_view bytes) {
  const auto account = SweptBy(ledger, before, entry);
  if (!account.has_value()) {
    return before.head().size <= kEngineRegisters ? "" : "the engine makes no such entry";
  }
  if (before.FindAccount(*account) == nullptr) {
    return "the engine wrote about an account that is not there";
  }
  const auto due = ledger.Due(before, *account, LedgerTime(entry.recorded_micros()));
  return due.has_value() && due->SerializeAsString() == bytes
             ? ""
             : "the engine wrote what was not due about the account";
}

Redecision::Redecision(const Ledger& ledger, ReadEntry read)
    : ledger_(ledger), read_(std::move(read)) {
  command_.privileged = true;
}

absl::StatusOr<std::string_view> Redecision::Decide(const State& before, const Entry& entry,
                                                    const std::optional<RequestKey>& request,
                                                    Entry& again) {
  return Complete(before, LedgerTime(entry.recorded_micros()), request, again);
}

absl::StatusOr<std::string_view> Redecision::DecideInPlace(const State& before,
                                                           const std::optional<RequestKey>& request,
                                                           Entry& entry) {
  const Stamp stamp = StampOf(entry);
  const LedgerTime now(entry.recorded_micros());
  postings_.Swap(entry.mutable_postings());
  ForgetEffects(entry);
  const absl::StatusOr<std::string_view> told = Complete(before, now, request, entry);
  const bool same = told.ok() && told->empty() && StampOf(entry) == stamp &&
                    std::equal(postings_.begin(), postings_.end(), entry.postings().begin(),
                               entry.postings().end(), SamePosting);
  if (same) {
    return told;
  }
  postings_.Swap(entry.mutable_postings());
  PutBack(stamp, entry);
  return told.ok() && told->empty() ? kAnotherEntry : told;
}

absl::StatusOr<std::string_view> Redecision::Complete(const State& before, LedgerTime now,
                                                      const std::optional<RequestKey>& request,
                                                      Entry& again) {
  // No rule asks: the server knows who calls before anything is decided.
  if (before.registry().Find(ParticipantNo(again.caller())) == nullptr) {
    return "its caller is no participant";
  }
  if (!ledger_.Decides(again) || !request.has_value() || before.FindRequest(*request).has_value()) {
    return kAnotherEntry;
  }
  std::optional<Entry> target;
  const auto index = ledger_.TargetOf(before, again);
  if (index.has_value()) {
    absl::StatusOr<Entry> found = read_(*index);
    if (!found.ok()) {
      return found.status();
    }
    target = *std::move(found);
  }
  std::optional<Entry> also;
  const auto also_index =
      target.has_value() ? ledger_.AlsoOf(before, again, *index, *target) : std::nullopt;
  if (also_index.has_value()) {
    absl::StatusOr<Entry> found = read_(*also_index);
    if (!found.ok()) {
      return found.status();
    }
    also = *std::move(found);
  }
  command_.draft.set_caller(again.caller());
  const auto refusal = ledger_.Complete(
      before,
      {now, command_, target.has_value() ? &*target : nullptr, index.value_or(EntryIndex()),
       also.has_value() ? &*also : nullptr, also_index.value_or(EntryIndex())},
      again);
  if (!refusal.has_value()) {
    return std::string_view();
  }
  refused_ =
      absl::StrCat("decided again, it is refused: ", std::string(RowOf(refusal->reason).name));
  return std::string_view(refused_);
}

bool IsEncoded(const Entry& entry, std::string_view bytes, std::string& buffer) {
  // Deciding told the sizes last.
  if (static_cast<std::size_t>(entry.GetCachedSize()) != bytes.size()) {
    return false;
  }
  buffer.resize(bytes.size());
  entry.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(buffer.data()));
  return buffer == bytes;
}

}  // namespace tanhui::sequencer
