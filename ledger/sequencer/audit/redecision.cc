#include "ledger/sequencer/audit/redecision.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/coupons/campaigns.h"

namespace tanhui::sequencer {
namespace {

namespace pb = entry::v1;

// The operator of a fresh ledger stands right behind the genesis entry.
constexpr std::uint64_t kEngineRegisters = 1;

// The account about which the engine itself wrote the entry; nullopt for entries that begin a log.
std::optional<AccountNo> SweptBy(const State& before, const Entry& entry) {
  if (entry.has_expiry_notice()) {
    const Asset* asset = before.registry().Find(AssetNo(entry.expiry_notice().asset()));
    return asset == nullptr ? std::nullopt : std::optional(asset->expiry);
  }
  if (entry.has_expiry()) {
    return AccountNo(entry.expiry().account());
  }
  if (entry.has_campaign_return()) {
    const CampaignNo number(entry.campaign_return().campaign());
    const auto* campaign = coupons::CampaignsOf(before.registry()).Find(number);
    return campaign == nullptr ? std::nullopt : std::optional(campaign->stock_account);
  }
  if (entry.has_budget_year_end()) {
    return AccountNo(entry.budget_year_end().budget());
  }
  return entry.has_budget_return() ? std::optional(AccountNo(entry.budget_return().budget()))
                                   : std::nullopt;
}

std::string RedecideEngine(const Ledger& ledger, const State& before, const Entry& entry,
                           std::string_view bytes) {
  const auto account = SweptBy(before, entry);
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

}  // namespace

bool Decidable(const Ledger& ledger, const State& before, const Entry& entry) {
  const Head& head = before.head();
  if (!ledger.Knows(entry) || head.size == 0 || LedgerTime(entry.recorded_micros()) < head.time ||
      !RequestId::FromStored(entry.request_id()).has_value()) {
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

absl::StatusOr<std::string> Redecide(const Ledger& ledger, const State& before, const Entry& entry,
                                     std::string_view bytes, Entry& again,
                                     const std::function<absl::StatusOr<Entry>(EntryIndex)>& read) {
  if (entry.caller() == 0) {
    return RedecideEngine(ledger, before, entry, bytes);
  }
  // No rule asks: the server knows who calls before anything is decided.
  if (before.registry().Find(ParticipantNo(entry.caller())) == nullptr) {
    return "its caller is no participant";
  }
  const auto id = RequestId::FromStored(again.request_id());
  if (!ledger.Decides(again) || !id.has_value() ||
      before.FindRequest({ParticipantNo(entry.caller()), *id}).has_value()) {
    return std::string(kAnotherEntry);
  }
  std::optional<Entry> target;
  const auto index = ledger.TargetOf(before, again);
  if (index.has_value()) {
    absl::StatusOr<Entry> found = read(*index);
    if (!found.ok()) {
      return found.status();
    }
    target = *std::move(found);
  }
  std::optional<Entry> also;
  const auto also_index =
      target.has_value() ? ledger.AlsoOf(before, again, *index, *target) : std::nullopt;
  if (also_index.has_value()) {
    absl::StatusOr<Entry> found = read(*also_index);
    if (!found.ok()) {
      return found.status();
    }
    also = *std::move(found);
  }
  // Deciding needs no more of a command than its caller besides the draft itself.
  Command command;
  command.draft.set_caller(entry.caller());
  command.privileged = true;
  Decision decision =
      ledger.DecideNew(before,
                       {LedgerTime(entry.recorded_micros()), command,
                        target.has_value() ? &*target : nullptr, index.value_or(EntryIndex()),
                        also.has_value() ? &*also : nullptr, also_index.value_or(EntryIndex())},
                       std::move(again));
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    return absl::StrCat("decided again, it is refused: ", std::string(RowOf(refusal->reason).name));
  }
  auto* made = std::get_if<Entry>(&decision);
  if (made == nullptr) {
    return std::string(kAnotherEntry);
  }
  again = std::move(*made);
  return std::string();
}

bool IsEncoded(const Entry& entry, std::string_view bytes, std::string& buffer) {
  if (entry.ByteSizeLong() != bytes.size()) {
    return false;
  }
  buffer.resize(bytes.size());
  entry.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(buffer.data()));
  return buffer == bytes;
}

}  // namespace tanhui::sequencer
