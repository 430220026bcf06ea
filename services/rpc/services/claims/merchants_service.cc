// MerchantsService: merchants' stores and tills.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/account_view.h"
#include "services/rpc/acts/act_draft.h"
#include "services/rpc/entry_view.h"
#include "services/rpc/mutation.h"
#include "services/rpc/random_id.h"
#include "services/rpc/services.h"
#include "services/rpc/services/claims/unit_names.h"
#include "tanhui/v1/merchants.grpc.pb.h"

namespace tanhui::rpc {
namespace {

constexpr auto kAdmin = static_cast<std::uint8_t>(Role::kAdmin);
// Each for itself: a merchant changes only what stands below it.
constexpr auto kAdminOrMerchant =
    static_cast<std::uint8_t>(kAdmin | static_cast<std::uint8_t>(Role::kPlatform));
constexpr auto kAnyRole = std::uint8_t{0};
// The most units of a tree: with their balances about 2 MB, and one multi-get.
constexpr std::size_t kMostBelow = 10'000;

template <typename Base>
using RawMethods = v1::MerchantsService::WithRawCallbackMethod_CreateUnit<
    v1::MerchantsService::WithRawCallbackMethod_ChangeUnit<
        v1::MerchantsService::WithRawCallbackMethod_GetUnit<
            v1::MerchantsService::WithRawCallbackMethod_ListUnits<Base>>>>;

v1::UnitLevel ShownLevel(claims::Level level) {
  switch (level) {
    case claims::Level::kChain:
      return v1::UNIT_LEVEL_CHAIN;
    case claims::Level::kStore:
      return v1::UNIT_LEVEL_STORE;
    case claims::Level::kTill:
      return v1::UNIT_LEVEL_TILL;
  }
  return v1::UNIT_LEVEL_UNSPECIFIED;
}

// --- creation ---

std::string DistrictText(std::uint32_t district) {
  return district == 0 ? std::string() : std::to_string(district);
}

using CreateCall = CallPointer<v1::CreateUnitRequest, v1::CreateUnitResponse>;

void FillCreated(const Context& context, const Caller& caller, const v1::CreateUnitRequest& asked,
                 const sequencer::Accepted& accepted, v1::CreateUnitResponse& out) {
  const entry::v1::UnitCreation& made = accepted.entry.unit_creation();
  const bool store = made.level() == entry::v1::UNIT_LEVEL_STORE;
  v1::MerchantUnit& unit = *out.mutable_unit();
  unit.set_name(absl::StrCat(asked.parent(), store ? "/units/" : "/", made.code()));
  unit.set_level(store ? v1::UNIT_LEVEL_STORE : v1::UNIT_LEVEL_TILL);
  unit.set_display_name(made.display_name());
  unit.set_asset(asked.asset());
  unit.set_district(DistrictText(made.district()));
  if (!asked.validate_only() || accepted.replayed) {
    Account account;
    account.kind = AccountKind::kMerchant;
    account.id = AccountId::FromView(made.account_id());
    unit.set_account(AccountName(context, caller, account));
  }
  FillOutcome(accepted, asked.validate_only(), out);
  FillRecordTime(accepted, out);
}

void StartCreate(const Context& context, CreateCall call) {
  const v1::CreateUnitRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  entry::v1::UnitCreation& creation = *draft.entry().mutable_unit_creation();
  creation.set_code(draft.ReadCode(request.unit_id(), "unit_id"));
  draft.RefusePersonal(request.unit_id(), "unit_id");
  creation.set_display_name(
      draft.ReadText(request.display_name(), kMaxDisplayName, true, "display_name"));
  draft.RefusePersonal(request.display_name(), "display_name");
  if (!request.district().empty()) {
    creation.set_district(ReadDistrict(request.district(), "district", draft));
  }
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  if (const auto parent = ReadUnitName(request.parent(), "parent", asset, draft)) {
    creation.set_asset(asset->number.value());
    creation.set_merchant(parent->merchant->number.value());
    creation.set_level(entry::v1::UNIT_LEVEL_STORE);
    if (parent->unit != nullptr) {
      creation.set_level(entry::v1::UNIT_LEVEL_TILL);
      creation.set_parent(parent->unit->number.value());
      if (parent->unit->level == claims::Level::kTill) {
        draft.Refuse(Refusal(Reason::kFieldInvalid, "parent")
                         .With("problem", "nothing stands below a till"));
      }
    }
  }
  draft.CompleteWith(
      [](Command& command) { command.draft.mutable_unit_creation()->set_account_id(RandomId()); });
  const Caller caller = call->caller();
  MutateOne(context, std::move(call), std::move(draft),
            [&context, caller](const v1::CreateUnitRequest& asked,
                               const sequencer::Accepted& accepted, v1::CreateUnitResponse& out) {
              FillCreated(context, caller, asked, accepted, out);
            });
}

// --- change ---

// A limit of 0 is none.
std::int64_t ReadLimit(std::int64_t points, std::string_view field, Draft& draft) {
  if (points < 0 || Amount(points) > kMaxPostingAmount) {
    draft.Refuse(Refusal(Reason::kAmountOutOfRange, std::string(field))
                     .With("smallest", 0)
                     .With("largest", kMaxPostingAmount.units()));
  }
  return points;
}

// By the name alone: whoever may not change a merchant's units does not learn which there are.
bool MayChange(const Caller& caller, std::string_view name) {
  const std::string own = absl::StrCat("participants/", caller.code);
  return caller.roles.Has(Role::kAdmin) || name == own || name.starts_with(absl::StrCat(own, "/"));
}

void StartChange(const Context& context,
                 CallPointer<v1::ChangeUnitRequest, v1::ChangeUnitResponse> call) {
  const v1::ChangeUnitRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  ReadStamp(request, draft);
  if (!MayChange(call->caller(), request.name())) {
    draft.Refuse(Refusal(Reason::kPermissionDenied, "name"));
  }
  entry::v1::UnitChange& change = *draft.entry().mutable_unit_change();
  change.set_suspended(request.suspended());
  change.set_most_points(ReadLimit(request.most_points(), "most_points", draft));
  change.set_most_points_a_day(ReadLimit(request.most_points_a_day(), "most_points_a_day", draft));
  change.set_reason(draft.ReadWord(request.reason(), "reason"));
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  if (const auto named = ReadUnitName(request.name(), "name", asset, draft)) {
    change.set_asset(asset->number.value());
    change.set_merchant(named->merchant->number.value());
    change.set_unit(named->unit == nullptr ? 0 : named->unit->number.value());
  }
  MutateOne(context, std::move(call), std::move(draft),
            FillDone<v1::ChangeUnitRequest, v1::ChangeUnitResponse>);
}

// --- reading ---

// A place, whether it is the merchant itself or a unit.
struct Place {
  const claims::Unit* unit = nullptr;  // null: the merchant itself
  AccountNo account;
};

// What a call reads: everything of one merchant in one asset, of one registry.
class UnitReader {
 public:
  UnitReader(const Context& context, const Caller& caller, std::shared_ptr<const Registry> registry,
             const Participant& merchant, const Asset& asset)
      : context_(context),
        caller_(caller),
        registry_(std::move(registry)),
        merchant_(merchant),
        asset_(asset) {}

  const claims::Terms& terms() const { return claims::TermsOf(*registry_); }

  // The units right below, in order of their codes, from the first one after `after`.
  std::vector<const claims::Unit*> Below(const claims::Unit* parent, std::string_view after,
                                         std::size_t most) const {
    return terms().ListBelow(merchant_.number, asset_.number,
                             parent == nullptr ? UnitNo(0) : parent->number, after, most);
  }

  // Everything below: each store before its tills. More than `most` when there is more.
  std::vector<Place> Tree(const claims::Unit* root, std::size_t most) const {
    std::vector<Place> places;
    for (const claims::Unit* unit : Below(root, "", most + 1)) {
      places.push_back({unit, unit->account});
      if (unit->level == claims::Level::kStore && places.size() <= most) {
        for (const claims::Unit* till : Below(unit, "", most + 1 - places.size())) {
          places.push_back({till, till->account});
        }
      }
      if (places.size() > most) {
        break;
      }
    }
    return places;
  }

  // nullopt when the merchant has no account in the asset.
  std::optional<Place> PlaceOf(const claims::Unit* unit) const {
    if (unit != nullptr) {
      return Place{unit, unit->account};
    }
    const auto own = registry_->FindMerchantAccount(merchant_.number, asset_.number);
    return own.has_value() ? std::optional(Place{nullptr, *own}) : std::nullopt;
  }

  void Fill(const Place& place, const Account& account, LedgerTime now,
            v1::MerchantUnit& out) const {
    const claims::Unit* unit = place.unit;
    out.set_name(
        claims::UnitName(*registry_, merchant_.number, unit == nullptr ? UnitNo(0) : unit->number));
    out.set_level(ShownLevel(unit == nullptr ? claims::Level::kChain : unit->level));
    out.set_display_name(unit == nullptr ? merchant_.display_name : unit->display_name);
    out.set_asset(absl::StrCat("assets/", asset_.code));
    out.set_district(unit == nullptr ? std::string() : DistrictText(unit->district));
    out.set_account(AccountName(context_, caller_, account));
    out.set_balance(account.balance.units());
    const claims::Conditions conditions =
        unit == nullptr ? terms().ConditionsOf(merchant_.number, asset_.number) : unit->conditions;
    out.set_suspended(conditions.suspended);
    if (conditions.suspended) {
      out.set_suspended_by(claims::UnitName(*registry_, conditions.suspended_by, UnitNo(0)));
    }
    out.set_most_points(conditions.most_points.units());
    out.set_most_points_a_day(conditions.most_points_a_day.units());
    out.set_points_today(account.given.On(ShanghaiDate(now)).units());
  }

 private:
  const Context& context_;
  const Caller& caller_;
  std::shared_ptr<const Registry> registry_;
  const Participant& merchant_;
  const Asset& asset_;
};

bool MayReadMerchant(const Caller& caller, const Participant& merchant) {
  return merchant.number == caller.number || caller.roles.Has(Role::kAdmin) ||
         caller.roles.Has(Role::kAuditor);
}

// What is named, if the caller may read it.
std::optional<NamedUnit> ReadVisibleUnit(std::string_view name, std::string_view field,
                                         const Asset* asset, Draft& draft) {
  const auto named = ReadUnitName(name, field, asset, draft);
  if (named.has_value() && !MayReadMerchant(draft.caller(), *named->merchant)) {
    draft.Refuse(Refusal(Reason::kUnknownUnit, std::string(field)));
    return std::nullopt;
  }
  return named;
}

// The accounts of the places, in order, all of one moment.
absl::StatusOr<store::AccountsAsOf> ReadPlaces(const Context& context,
                                               const std::vector<Place>& places) {
  std::vector<AccountNo> numbers;
  numbers.reserve(places.size());
  for (const Place& place : places) {
    numbers.push_back(place.account);
  }
  auto accounts = context.engine.store().ReadAccountsAsOf(numbers);
  const bool missing =
      accounts.ok() && std::any_of(accounts->accounts.begin(), accounts->accounts.end(),
                                   [](const auto& account) { return !account.has_value(); });
  return missing ? absl::DataLossError("a merchant's unit has no account") : std::move(accounts);
}

void GetOne(const Context& context, CallPointer<v1::GetUnitRequest, v1::GetUnitResponse> call) {
  const v1::GetUnitRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  if (!v1::UnitView_IsValid(request.view())) {
    draft.Refuse(Refusal(Reason::kFieldInvalid, "view"));
  }
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  const auto named = ReadVisibleUnit(request.name(), "name", asset, draft);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const UnitReader reader(context, call->caller(), context.engine.registry(), *named->merchant,
                          *asset);
  const auto root = reader.PlaceOf(named->unit);
  if (!root.has_value()) {
    call->Refuse(Refusal(Reason::kUnknownUnit, "name"));
    return;
  }
  std::vector<Place> places = {*root};
  if (request.view() == v1::UNIT_VIEW_TREE) {
    const std::vector<Place> below = reader.Tree(named->unit, kMostBelow);
    if (below.size() > kMostBelow) {
      call->Refuse(Refusal(Reason::kFieldInvalid, "view")
                       .With("problem", "too many units; ask for one store at a time")
                       .With("limit", static_cast<std::int64_t>(kMostBelow)));
      return;
    }
    places.insert(places.end(), below.begin(), below.end());
  }
  const auto read = ReadPlaces(context, places);
  if (!read.ok()) {
    call->Fail(read.status());
    return;
  }
  v1::GetUnitResponse& out = call->response();
  const LedgerTime now = std::max(context.engine.clock().Wall(), read->time);
  std::int64_t total = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    reader.Fill(places[i], *read->accounts[i], now,
                i == 0 ? *out.mutable_unit() : *out.add_below());
    total += read->accounts[i]->balance.units();
  }
  if (request.view() == v1::UNIT_VIEW_TREE) {
    out.set_total_balance(total);
  }
  out.set_as_of_index(read->size - 1);
  call->Finish();
}

// The page token is the last code of the page before.
void ListBelow(const Context& context,
               CallPointer<v1::ListUnitsRequest, v1::ListUnitsResponse> call) {
  const v1::ListUnitsRequest& request = call->request();
  Draft draft(context, call->caller(), context.engine.registry());
  if (request.page_size() < 0 || request.page_token().size() > kMaxCode) {
    draft.Refuse(
        Refusal(Reason::kFieldInvalid, request.page_size() < 0 ? "page_size" : "page_token"));
  }
  const Asset* asset = draft.ReadAsset(request.asset(), "asset");
  const auto named = ReadVisibleUnit(request.parent(), "parent", asset, draft);
  if (draft.refusal().has_value()) {
    call->Refuse(*draft.refusal());
    return;
  }
  const UnitReader reader(context, call->caller(), context.engine.registry(), *named->merchant,
                          *asset);
  const auto size = static_cast<std::size_t>(PageSize(request.page_size()));
  std::vector<Place> places;
  for (const claims::Unit* unit : reader.Below(named->unit, request.page_token(), size + 1)) {
    places.push_back({unit, unit->account});
  }
  const bool more = places.size() > size;
  places.resize(std::min(places.size(), size));
  const auto read = ReadPlaces(context, places);
  if (!read.ok()) {
    call->Fail(read.status());
    return;
  }
  const LedgerTime now = std::max(context.engine.clock().Wall(), read->time);
  for (std::size_t i = 0; i < places.size(); ++i) {
    reader.Fill(places[i], *read->accounts[i], now, *call->response().add_units());
  }
  if (more) {
    call->response().set_next_page_token(places.back().unit->code);
  }
  call->response().set_as_of_index(read->size - 1);
  call->Finish();
}

class Service final : public RawMethods<v1::MerchantsService::Service> {
 public:
  explicit Service(const Context& context) : context_(context) {}

  grpc::ServerUnaryReactor* CreateUnit(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAdmin, server, in, out, StartCreate);
  }

  grpc::ServerUnaryReactor* ChangeUnit(grpc::CallbackServerContext* server,
                                       const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAdminOrMerchant, server, in, out, StartChange);
  }

  grpc::ServerUnaryReactor* GetUnit(grpc::CallbackServerContext* server, const grpc::ByteBuffer* in,
                                    grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, GetOne);
  }

  grpc::ServerUnaryReactor* ListUnits(grpc::CallbackServerContext* server,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override {
    return Serve(context_, kAnyRole, server, in, out, ListBelow);
  }

 private:
  const Context& context_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewMerchantsService(const Context& context) {
  return std::make_unique<Service>(context);
}

}  // namespace tanhui::rpc
