#include "services/rpc/entry_view.h"

#include <algorithm>
#include <vector>

#include "ledger/core/request_id.h"
#include "services/rpc/draft.h"
#include "services/rpc/mutation.h"

namespace tanhui::rpc {
namespace {

std::string RequestIdText(const Entry& entry) {
  const auto id = RequestId::FromStored(entry.request_id());
  return id.has_value() ? id->text() : std::string();
}

std::string ParticipantName(const Registry& registry, ParticipantNo number) {
  const Participant* participant = registry.Find(number);
  return participant == nullptr ? std::string() : "participants/" + participant->code;
}

// accounts/…, budgets/… or assets/… for an issuance account.
std::string NameOf(const Registry& registry, AccountNo number, const Account& account) {
  if (account.kind == AccountKind::kBudget) {
    const Budget* budget = registry.FindBudget(number);
    return budget == nullptr ? std::string() : "budgets/" + budget->code;
  }
  if (account.kind == AccountKind::kIssuance) {
    const Asset* asset = registry.Find(account.asset);
    return asset == nullptr ? std::string() : "assets/" + asset->code;
  }
  return AccountName(account.id);
}

}  // namespace

v1::EntryKind KindOf(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kGenesis:
      return v1::ENTRY_KIND_GENESIS;
    case Entry::kSchemeCreation:
      return v1::ENTRY_KIND_SCHEME_CREATION;
    case Entry::kParticipantCreation:
      return v1::ENTRY_KIND_PARTICIPANT_CREATION;
    case Entry::kAssetCreation:
      return v1::ENTRY_KIND_ASSET_CREATION;
    case Entry::kAccountOpening:
      return v1::ENTRY_KIND_ACCOUNT_OPENING;
    case Entry::kBudgetOpening:
      return v1::ENTRY_KIND_BUDGET_OPENING;
    case Entry::kFunding:
      return v1::ENTRY_KIND_FUNDING;
    case Entry::kAward:
      return v1::ENTRY_KIND_AWARD;
    case Entry::kRedemption:
      return v1::ENTRY_KIND_REDEMPTION;
    case Entry::kTransfer:
      return v1::ENTRY_KIND_TRANSFER;
    case Entry::kCancellation:
      return v1::ENTRY_KIND_CANCELLATION;
    case Entry::kTombstone:
      return v1::ENTRY_KIND_TOMBSTONE;
    case Entry::kFileRecord:
      return v1::ENTRY_KIND_FILE_RECORD;
    case Entry::BODY_NOT_SET:
      break;
  }
  return v1::ENTRY_KIND_UNSPECIFIED;
}

bool MaySee(const Caller& caller, const Entry& entry) {
  return caller.roles.Has(Role::kAuditor) || entry.caller() == caller.number.value();
}

void FillAccountEntry(const Entry& entry, EntryIndex index, AccountNo account, const Caller& caller,
                      v1::AccountEntry& out) {
  const entry::v1::Posting& posting = PostingOf(entry, account);
  out.set_index(index.value());
  out.set_kind(KindOf(entry));
  out.set_amount(posting.amount());
  out.set_balance_after(posting.balance_after());
  out.set_scenario(entry.award().scenario());
  out.set_business_date(FormatDate(BusinessDate(entry.business_date())));
  *out.mutable_record_time() = ToTimestamp(LedgerTime(entry.recorded_micros()));
  if (entry.caller() == caller.number.value()) {
    out.set_request_id(RequestIdText(entry));
  }
}

absl::Status FillLogEntry(const Context& context, const Entry& entry, EntryIndex index,
                          const Caller& caller, v1::LogEntry& out) {
  const auto registry = context.engine.registry();
  out.set_index(index.value());
  out.set_kind(KindOf(entry));
  out.set_caller(ParticipantName(*registry, ParticipantNo(entry.caller())));
  out.set_request_id(RequestIdText(entry));
  out.set_scenario(entry.award().scenario());
  out.set_business_date(FormatDate(BusinessDate(entry.business_date())));
  out.set_accounting_date(FormatDate(BusinessDate(entry.accounting_date())));
  *out.mutable_record_time() = ToTimestamp(LedgerTime(entry.recorded_micros()));
  std::vector<AccountNo> numbers;
  for (const entry::v1::Posting& posting : entry.postings()) {
    numbers.emplace_back(posting.account());
  }
  const auto accounts = context.engine.store().ReadAccounts(numbers);
  if (!accounts.ok()) {
    return accounts.status();
  }
  for (int i = 0; i < entry.postings_size(); ++i) {
    const auto& account = (*accounts)[static_cast<std::size_t>(i)];
    v1::EntryPosting& posting = *out.add_postings();
    posting.set_number(entry.postings(i).account());
    posting.set_amount(entry.postings(i).amount());
    posting.set_balance_after(entry.postings(i).balance_after());
    if (account.has_value()) {
      posting.set_account(NameOf(*registry, AccountNo(posting.number()), *account));
    }
  }
  if (entry.caller() == caller.number.value() && !entry.reference_commitment().empty()) {
    auto reference = context.engine.store().ReadReference(index);
    if (reference.ok()) {
      out.set_reference(*std::move(reference));
    } else if (!absl::IsNotFound(reference.status())) {
      return reference.status();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Entry> ReadEntry(const Context& context, EntryIndex index) {
  const auto bytes = context.engine.store().ReadEntry(index);
  if (!bytes.ok()) {
    return bytes.status();
  }
  Entry entry;
  if (!entry.ParseFromString(*bytes)) {
    return absl::DataLossError("a stored entry cannot be decoded");
  }
  return entry;
}

void FillAccount(const Registry& registry, AccountNo number, const Account& account,
                 v1::Account& out) {
  out.set_name(AccountName(account.id));
  const Asset* asset = registry.Find(account.asset);
  if (asset != nullptr) {
    out.set_asset("assets/" + asset->code);
  }
  if (account.kind == AccountKind::kCitizen) {
    out.set_owner(Hex(account.owner.view()));
  } else {
    out.set_merchant(ParticipantName(registry, account.participant));
  }
  out.set_available(account.balance.units());
  out.set_number(number.value());
}

std::int32_t PageSize(std::int32_t asked) {
  return asked == 0 ? kDefaultPage : std::min(asked, kMaxPage);
}

}  // namespace tanhui::rpc
