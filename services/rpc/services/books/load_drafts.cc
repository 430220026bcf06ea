#include "services/rpc/services/books/load_drafts.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/core/postings.h"

namespace tanhui::rpc {
namespace {

constexpr std::int64_t kMostGrams = 1'000'000'000'000;  // of one lot, as of one award

void ReadControl(const v1::OpenLoadRequest& request, entry::v1::LoadOpening& opening,
                 Draft& draft) {
  const v1::LoadTotals& control = request.control();
  if (!request.has_control()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "control"));
    return;
  }
  if (control.accounts() < 1 || control.accounts() > INT64_MAX) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "control.accounts"));
  }
  const std::int64_t most = loads::kMostOfALoad.units();
  opening.set_accounts(control.accounts());
  opening.set_points(draft.ReadNumber(control.points(), 1, most, "control.points"));
  opening.set_grams(draft.ReadNumber(control.grams(), 0, most, "control.grams"));
}

// In order of their keys, whatever order they came in: one balance is one request.
void ReadLots(const v1::StateBalanceRequest& request, entry::v1::OpeningBalance& balance,
              Draft& draft) {
  if (request.lots().empty()) {
    draft.Refuse(Refusal(Reason::kFieldRequired, "lots"));
  }
  if (request.lots_size() > static_cast<int>(kMaxLots)) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, "lots").With("limit", static_cast<std::int64_t>(kMaxLots)));
    return;
  }
  std::vector<Lot> lots;
  for (const v1::OpeningLot& stated : request.lots()) {
    Lot lot;
    const auto month = stated.expiry_month() == "never" ? std::optional(kNever)
                                                        : ParseMonth(stated.expiry_month());
    if (!month.has_value()) {
      draft.Refuse(
          Refusal(Reason::kFieldInvalid, "lots.expiry_month").With("expected", "YYYY-MM or never"));
    }
    lot.key.expiry = month.value_or(kNever);
    if (const Scheme* scheme = draft.ReadScheme(stated.scheme(), "lots.scheme")) {
      lot.key.scheme = scheme->number;
    }
    if (const Participant* funder = draft.ReadParticipant(stated.funder(), "lots.funder")) {
      lot.key.funder = funder->number;
    }
    lot.points = Amount(draft.ReadAmount(stated.points(), "lots.points"));
    lot.grams = draft.ReadNumber(stated.grams(), 0, kMostGrams, "lots.grams");
    lots.push_back(lot);
  }
  if (draft.refusal().has_value()) {
    return;
  }
  std::sort(lots.begin(), lots.end(), [](const Lot& a, const Lot& b) { return a.key < b.key; });
  std::int64_t points = 0;  // 1,024 lots of 10^12 cannot overflow it
  for (std::size_t i = 0; i < lots.size(); ++i) {
    if (i > 0 && lots[i - 1].key == lots[i].key) {
      draft.Refuse(Refusal(Reason::kFieldInvalid, "lots")
                       .With("problem", "two lots of one month, scheme and funder"));
    }
    points += lots[i].points.units();
    WriteLot(lots[i], *balance.add_lots());
  }
  if (Amount(points) > kMaxPostingAmount) {
    draft.Refuse(Refusal(Reason::kAmountOutOfRange, "lots"));
  }
}

}  // namespace

const loads::Load* ReadLoad(Draft& draft, std::string_view name, std::string_view field) {
  if (!name.starts_with(kLoadNames)) {
    draft.Refuse(
        name.empty()
            ? Refusal(Reason::kFieldRequired, std::string(field))
            : Refusal(Reason::kFieldInvalid, std::string(field)).With("expected", "loads/{id}"));
    return nullptr;
  }
  const loads::Load* load =
      loads::LoadsOf(draft.registry()).FindLoad(name.substr(kLoadNames.size()));
  if (load == nullptr) {
    draft.Refuse(Refusal(Reason::kUnknownLoad, std::string(field)));
  }
  return load;
}

Draft ReadOpening(const Context& context, const Caller& caller,
                  const v1::OpenLoadRequest& request) {
  Draft draft(context, caller, context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::LoadOpening& opening = *draft.entry().mutable_load_opening();
  opening.set_code(draft.ReadCode(request.load_id(), "load_id"));
  if (const Asset* asset = draft.ReadAsset(request.asset(), "asset")) {
    opening.set_asset(asset->number.value());
  }
  opening.set_as_of_date(draft.ReadDate(request.as_of_date(), true, "as_of_date"));
  if (request.file_sha256().size() != Hash256::kSize) {
    draft.Refuse(request.file_sha256().empty()
                     ? Refusal(Reason::kFieldRequired, "file_sha256")
                     : Refusal(Reason::kFieldInvalid, "file_sha256").With("expected", "32 bytes"));
  }
  opening.set_file_sha256(request.file_sha256());
  ReadControl(request, opening, draft);
  return draft;
}

Draft ReadBalance(const Context& context, const Caller& caller,
                  std::shared_ptr<const Registry> registry,
                  const v1::StateBalanceRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  entry::v1::OpeningBalance& balance = *draft.entry().mutable_opening_balance();
  const loads::Load* load = ReadLoad(draft, request.load(), "load");
  if (load != nullptr) {
    balance.set_target(load->entry.value());
  }
  draft.ReadCitizen(
      request.account(), request.platform_user_id(),
      load == nullptr ? nullptr : draft.registry().Find(load->asset),
      [](Entry& entry, AccountNo number) {
        entry.mutable_opening_balance()->set_account(number.value());
      },
      NamedTo::kTakePart);
  ReadLots(request, balance, draft);
  return draft;
}

absl::StatusOr<Stated> FindStated(const Context& context, ParticipantNo caller,
                                  const v1::BatchCreditBalancesRequest& batch) {
  std::vector<RequestKey> keys;
  std::vector<std::string> ids;
  for (const v1::CreditBalanceRequest& request : batch.requests()) {
    if (const auto id = RequestId::FromText(request.balance_request_id())) {
      keys.push_back({caller, *id});
      ids.push_back(request.balance_request_id());
    }
  }
  const auto records = context.engine.store().ReadRequests(keys);
  if (!records.ok()) {
    return records.status();
  }
  Stated stated;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (const auto& record = (*records)[i]; record.has_value() && !record->blocked()) {
      stated.emplace(ids[i], record->entry);
    }
  }
  return stated;
}

Draft ReadCredit(const Context& context, const Caller& caller,
                 std::shared_ptr<const Registry> registry, const Stated& stated,
                 const v1::CreditBalanceRequest& request) {
  Draft draft(context, caller, std::move(registry));
  ReadStamp(request, draft);
  entry::v1::OpeningCredit& credit = *draft.entry().mutable_opening_credit();
  const std::string& named = request.balance_request_id();
  if (named.empty()) {
    credit.set_target(draft.ReadEntryIndex(request.entry_index(), "entry_index"));
  } else if (request.entry_index() != 0) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "balance_request_id")
                     .With("problem", "give either entry_index or balance_request_id"));
  } else if (const auto found = stated.find(named); found != stated.end()) {
    credit.set_target(found->second.value());
  } else {
    draft.Refuse(Refusal(Reason::kUnknownEntry, "balance_request_id"));
  }
  return draft;
}

}  // namespace tanhui::rpc
