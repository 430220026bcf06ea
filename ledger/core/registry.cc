#include "ledger/core/registry.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "ledger/core/check.h"

namespace tanhui {
namespace {

template <typename Row, typename No>
const Row* ByNumber(const std::vector<Row>& rows, No number) {
  return number.value() == 0 || number.value() > rows.size() ? nullptr : &rows[number.value() - 1];
}

template <typename Row, typename Codes>
const Row* ByCode(const std::vector<Row>& rows, const Codes& codes, std::string_view code) {
  const auto found = codes.find(code);
  return found == codes.end() ? nullptr : &rows[found->second];
}

template <typename Row, typename Codes>
void AddRow(std::vector<Row>& rows, Codes& codes, Row row) {
  Check(codes.emplace(row.code, rows.size()).second, "a code is registered twice");
  rows.push_back(std::move(row));
}

template <typename No, typename Row>
No NextNumber(const std::vector<Row>& rows) {
  return No(static_cast<typename No::Value>(rows.size() + 1));
}

}  // namespace

const Scheme* Registry::Find(SchemeNo number) const { return ByNumber(schemes_, number); }
const Participant* Registry::Find(ParticipantNo number) const {
  return ByNumber(participants_, number);
}
const Asset* Registry::Find(AssetNo number) const { return ByNumber(assets_, number); }

const Budget* Registry::FindBudget(AccountNo account) const {
  const auto found = budget_accounts_.find(account);
  return found == budget_accounts_.end() ? nullptr : &budgets_[found->second];
}

const Scheme* Registry::FindScheme(std::string_view code) const {
  return ByCode(schemes_, scheme_codes_, code);
}
const Participant* Registry::FindParticipant(std::string_view code) const {
  return ByCode(participants_, participant_codes_, code);
}
const Asset* Registry::FindAsset(std::string_view code) const {
  return ByCode(assets_, asset_codes_, code);
}
const Budget* Registry::FindBudget(std::string_view code) const {
  return ByCode(budgets_, budget_codes_, code);
}

std::optional<AccountNo> Registry::FindMerchantAccount(ParticipantNo merchant,
                                                       AssetNo asset) const {
  const auto found = merchant_accounts_.find({merchant, asset});
  return found == merchant_accounts_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::pair<ParticipantNo, AssetNo>> Registry::FindMerchant(AccountNo account) const {
  const auto found = merchants_.find(account);
  return found == merchants_.end() ? std::nullopt : std::optional(found->second);
}

void Registry::Add(Scheme scheme) {
  Check(scheme.number == next_scheme(), "scheme numbers are dense");
  AddRow(schemes_, scheme_codes_, std::move(scheme));
}

void Registry::Add(Participant participant) {
  Check(participant.number == next_participant(), "participant numbers are dense");
  AddRow(participants_, participant_codes_, std::move(participant));
}

void Registry::Add(Asset asset) {
  Check(asset.number == next_asset(), "asset numbers are dense");
  AddRow(assets_, asset_codes_, std::move(asset));
}

void Registry::Add(Budget budget) {
  Check(budget_accounts_.emplace(budget.account, budgets_.size()).second,
        "an account is registered twice as a budget");
  AddRow(budgets_, budget_codes_, std::move(budget));
}

void Registry::SetVerifierKey(ParticipantNo participant, std::string verifier_key) {
  Check(Find(participant) != nullptr, "a key for an unknown participant");
  participants_[participant.value() - 1].verifier_key = std::move(verifier_key);
}

void Registry::SetTerms(AssetNo asset, const Terms& terms) {
  Check(Find(asset) != nullptr, "terms for an unknown asset");
  assets_[asset.value() - 1].terms = terms;
}

void Registry::SetNoticed(AssetNo asset, std::uint32_t days, Month month) {
  Check(Find(asset) != nullptr, "a notice of an unknown asset");
  auto& noticed = assets_[asset.value() - 1].noticed;
  const auto known = std::find_if(noticed.begin(), noticed.end(),
                                  [days](const auto& row) { return row.first == days; });
  if (known == noticed.end()) {
    noticed.emplace_back(days, month);
  } else {
    known->second = month;
  }
}

void Registry::AddMerchantAccount(ParticipantNo merchant, AssetNo asset, AccountNo account) {
  Check(merchant_accounts_.emplace(std::pair(merchant, asset), account).second,
        "a merchant has two accounts in one asset");
  Check(merchants_.emplace(account, std::pair(merchant, asset)).second,
        "one account is of two merchants");
}

void Registry::AddDocumentPart(EntryIndex at, std::uint32_t number, std::string_view data) {
  if (number == 0) {
    ClearPendingDocument();
  }
  Check(number == pending_document_.parts, "parts of a document are in order");
  pending_document_.bytes.append(data);
  ++pending_document_.parts;
  pending_document_.next = EntryIndex(at.value() + 1);
}

SchemeNo Registry::next_scheme() const { return NextNumber<SchemeNo>(schemes_); }
ParticipantNo Registry::next_participant() const {
  return NextNumber<ParticipantNo>(participants_);
}
AssetNo Registry::next_asset() const { return NextNumber<AssetNo>(assets_); }

bool NoticeDaysCanBe(const std::vector<std::uint32_t>& days) {
  constexpr std::size_t kMost = 4;
  constexpr std::uint32_t kLongest = 366;
  return days.size() <= kMost &&
         std::all_of(days.begin(), days.end(),
                     [](std::uint32_t day) { return day >= 1 && day <= kLongest; }) &&
         std::adjacent_find(days.begin(), days.end(), std::less_equal<>()) == days.end();
}

entry::v1::Terms WriteTerms(const Terms& terms) {
  entry::v1::Terms out;
  out.set_validity_months(terms.validity_months);
  out.set_grace_days(terms.grace_days);
  out.set_transfers(static_cast<entry::v1::TransferPolicy>(terms.transfers));
  out.set_transfer_daily_cap(terms.transfer_daily_cap.units());
  out.set_credits_while_frozen(terms.credits_while_frozen);
  out.set_spent_reversal(static_cast<entry::v1::SpentReversal>(terms.spent_reversal));
  out.set_max_hold_days(terms.max_hold_days);
  out.set_max_members(terms.max_members);
  out.mutable_notice_days()->Assign(terms.notice_days.begin(), terms.notice_days.end());
  return out;
}

std::optional<Terms> ReadTerms(const entry::v1::Terms& terms) {
  const Amount cap(terms.transfer_daily_cap());
  const bool stated = terms.transfers() >= entry::v1::TRANSFER_POLICY_OFF &&
                      terms.transfers() <= entry::v1::TRANSFER_POLICY_CAPPED &&
                      terms.spent_reversal() >= entry::v1::SPENT_REVERSAL_DEBT &&
                      terms.spent_reversal() <= entry::v1::SPENT_REVERSAL_WRITE_OFF;
  if (!stated || terms.validity_months() > kMaxValidityMonths ||
      terms.grace_days() > kMaxTermDays || cap.negative() || cap > kMaxPostingAmount ||
      terms.max_hold_days() > kMaxTermDays || terms.max_members() > kMaxMembers) {
    return std::nullopt;
  }
  Terms out;
  out.validity_months = terms.validity_months();
  out.grace_days = terms.grace_days();
  out.transfers = static_cast<TransferPolicy>(terms.transfers());
  out.transfer_daily_cap = cap;
  out.credits_while_frozen = terms.credits_while_frozen();
  out.spent_reversal = static_cast<SpentReversal>(terms.spent_reversal());
  out.max_hold_days = terms.max_hold_days();
  out.max_members = terms.max_members();
  out.notice_days.assign(terms.notice_days().begin(), terms.notice_days().end());
  if (!NoticeDaysCanBe(out.notice_days)) {
    return std::nullopt;
  }
  return out;
}

}  // namespace tanhui
