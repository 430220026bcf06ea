// Merchants' stores and tills: registered, suspended, resumed, limited.
#include <algorithm>

#include "ledger/claims/rows.h"
#include "ledger/claims/terms.h"
#include "ledger/core/check.h"

namespace tanhui::claims {
namespace {

namespace pb = entry::v1;

// --- creation ---

// Why the merchant can have no units in the asset.
std::optional<Refusal> RefusedOwner(const Registry& registry, const pb::UnitCreation& creation) {
  const ParticipantNo merchant(creation.merchant());
  const Participant* owner = registry.Find(merchant);
  const Asset* asset = registry.Find(AssetNo(creation.asset()));
  if (owner == nullptr) {
    return Refusal(Reason::kUnknownParticipant, "parent");
  }
  if (asset == nullptr) {
    return Refusal(Reason::kUnknownAsset, "asset");
  }
  if (!registry.FindMerchantAccount(merchant, asset->number).has_value()) {
    return Refusal(Reason::kUnknownAccount, "parent");
  }
  if (owner->kind != ParticipantKind::kMerchant) {
    return Refusal(Reason::kWrongParticipantKind, "parent");
  }
  // The merchant's account in money is its claim.
  return asset->money ? std::optional(Refusal(Reason::kWrongAccountKind, "asset")) : std::nullopt;
}

// A store stands below the chain, a till below a store of the same merchant and asset.
bool StandsWhereItCan(const Terms& terms, const pb::UnitCreation& creation) {
  if (creation.level() == pb::UNIT_LEVEL_STORE) {
    return creation.parent() == 0;
  }
  const Unit* parent = terms.Find(UnitNo(creation.parent()));
  return creation.level() == pb::UNIT_LEVEL_TILL && parent != nullptr &&
         parent->level == Level::kStore && parent->merchant == ParticipantNo(creation.merchant()) &&
         parent->asset == AssetNo(creation.asset());
}

bool IsTaken(const Terms& terms, const pb::UnitCreation& creation) {
  return terms.FindBelow(ParticipantNo(creation.merchant()), AssetNo(creation.asset()),
                         UnitNo(creation.parent()), creation.code()) != nullptr;
}

std::optional<Refusal> DecideCreation(const State& state, const DecideInput&, Entry& entry) {
  pb::UnitCreation& creation = *entry.mutable_unit_creation();
  const Terms& terms = TermsOf(state.registry());
  auto refusal = RefusedOwner(state.registry(), creation);
  if (!StandsWhereItCan(terms, creation)) {
    refusal = FirstListed(Refusal(Reason::kUnknownUnit, "parent"), std::move(refusal));
  }
  if (IsTaken(terms, creation)) {
    refusal = FirstListed(Refusal(Reason::kCodeExists, "unit_id").With("code", creation.code()),
                          std::move(refusal));
  }
  if (refusal.has_value()) {
    return refusal;
  }
  creation.set_number(terms.next_unit().value());
  creation.set_account(state.head().next_account.value());
  return std::nullopt;
}

void RegisterUnit(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::UnitCreation& creation = entry.unit_creation();
  Unit unit;
  unit.number = UnitNo(creation.number());
  unit.merchant = ParticipantNo(creation.merchant());
  unit.parent = UnitNo(creation.parent());
  unit.level = static_cast<Level>(creation.level());
  unit.code = creation.code();
  unit.display_name = creation.display_name();
  unit.district = creation.district();
  unit.asset = AssetNo(creation.asset());
  unit.account = AccountNo(creation.account());
  registry.ChangeClaimTerms([&unit](Terms& terms) { terms.Add(std::move(unit)); });
}

Fault ApplyCreation(State& state, EntryIndex index, const Entry& entry) {
  const pb::UnitCreation& creation = entry.unit_creation();
  const Terms& terms = TermsOf(state.registry());
  if (UnitNo(creation.number()) != terms.next_unit() ||
      AccountNo(creation.account()) != state.head().next_account) {
    return "a number that is not the next one";
  }
  if (creation.account_id().size() != AccountId::kSize) {
    return "an id of wrong size";
  }
  if (RefusedOwner(state.registry(), creation).has_value() || !StandsWhereItCan(terms, creation) ||
      creation.code().empty() || IsTaken(terms, creation)) {
    return "a merchant's unit that cannot be";
  }
  Account account;
  account.kind = AccountKind::kMerchant;
  account.asset = AssetNo(creation.asset());
  account.participant = ParticipantNo(creation.merchant());
  account.id = AccountId::FromView(creation.account_id());
  state.OpenAccount(AccountNo(creation.account()), account);
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterUnit(registry, index, entry); });
  return std::nullopt;
}

// --- change ---

// The account of what is changed: a unit's, or the merchant's own; nullopt when there is none.
std::optional<AccountNo> AccountOf(const Registry& registry, const pb::UnitChange& change) {
  const ParticipantNo merchant(change.merchant());
  const AssetNo asset(change.asset());
  if (change.unit() == 0) {
    const Participant* owner = registry.Find(merchant);
    const Asset* points = registry.Find(asset);
    const bool fits = owner != nullptr && owner->kind == ParticipantKind::kMerchant &&
                      points != nullptr && !points->money;
    return fits ? registry.FindMerchantAccount(merchant, asset) : std::nullopt;
  }
  const Unit* unit = TermsOf(registry).Find(UnitNo(change.unit()));
  const bool fits = unit != nullptr && unit->merchant == merchant && unit->asset == asset;
  return fits ? std::optional(unit->account) : std::nullopt;
}

bool IsLimit(std::int64_t points) { return points >= 0 && Amount(points) <= kMaxPostingAmount; }

bool AreLimits(const pb::UnitChange& change) {
  return IsLimit(change.most_points()) && IsLimit(change.most_points_a_day());
}

Conditions PresentConditions(const Terms& terms, const pb::UnitChange& change) {
  return change.unit() == 0
             ? terms.ConditionsOf(ParticipantNo(change.merchant()), AssetNo(change.asset()))
             : terms.Find(UnitNo(change.unit()))->conditions;
}

// Whose suspension it is from now on. What an operator says stands above what the merchant says:
// the merchant's own word leaves another's suspension as it is.
ParticipantNo SuspenderAfter(const Conditions& present, const Entry& entry) {
  const pb::UnitChange& change = entry.unit_change();
  if (!change.suspended()) {
    return ParticipantNo(0);
  }
  const bool own = entry.caller() == change.merchant();
  return own && present.suspended ? present.suspended_by : ParticipantNo(entry.caller());
}

// A merchant stops its stores and tills, and lifts what it stopped itself; everything else is said
// by operators.
std::optional<Refusal> RefusedOwnChange(const Registry& registry, const pb::UnitChange& change) {
  const Conditions present = PresentConditions(TermsOf(registry), change);
  if (change.unit() == 0) {
    return Refusal(Reason::kPermissionDenied, "name")
        .With("problem", "a merchant suspends what stands below it, not itself");
  }
  const bool same_most = Amount(change.most_points()) == present.most_points;
  if (!same_most || Amount(change.most_points_a_day()) != present.most_points_a_day) {
    return Refusal(Reason::kPermissionDenied, same_most ? "most_points_a_day" : "most_points")
        .With("problem", "a merchant's limits are set by operators; leave them as they are");
  }
  const bool lifts = present.suspended && !change.suspended();
  if (lifts && present.suspended_by != ParticipantNo(change.merchant())) {
    return Refusal(Reason::kPermissionDenied, "suspended")
        .With("problem", "another suspended it, and lifts it")
        .With("suspended_by", UnitName(registry, present.suspended_by, UnitNo(0)));
  }
  return std::nullopt;
}

std::optional<Refusal> DecideChange(const State& state, const DecideInput& input, Entry& entry) {
  const pb::UnitChange& change = entry.unit_change();
  if (!AreLimits(change)) {
    return Refusal(Reason::kAmountOutOfRange,
                   IsLimit(change.most_points()) ? "most_points_a_day" : "most_points");
  }
  if (!AccountOf(state.registry(), change).has_value()) {
    return change.unit() == 0 ? Refusal(Reason::kUnknownAccount, "name")
                              : Refusal(Reason::kUnknownUnit, "name");
  }
  const bool own = entry.caller() == change.merchant() && !input.command.privileged;
  return own ? RefusedOwnChange(state.registry(), change) : std::nullopt;
}

void NamesOfChange(const State& state, const Entry& draft, std::vector<AccountNo>& out) {
  if (const auto account = AccountOf(state.registry(), draft.unit_change())) {
    out.push_back(*account);
  }
}

void RegisterChange(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::UnitChange& change = entry.unit_change();
  registry.ChangeClaimTerms([&](Terms& terms) {
    const Conditions conditions{change.suspended(), Amount(change.most_points()),
                                Amount(change.most_points_a_day()),
                                SuspenderAfter(PresentConditions(terms, change), entry)};
    terms.SetConditions(UnitNo(change.unit()), ParticipantNo(change.merchant()),
                        AssetNo(change.asset()), conditions);
  });
}

Fault ApplyChange(State& state, EntryIndex index, const Entry& entry) {
  const pb::UnitChange& change = entry.unit_change();
  const auto account = AccountOf(state.registry(), change);
  if (!AreLimits(change) || !account.has_value()) {
    return "a change of a merchant's unit that cannot be";
  }
  // Nobody asks for a total that has no limit.
  if (change.most_points_a_day() == 0 && state.FindAccount(*account)->given != DayTotal{}) {
    state.ChangeAccount(*account).given = {};
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterChange(registry, index, entry); });
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kUnitCreation,
     .decide = DecideCreation,
     .apply = ApplyCreation,
     .registers = RegisterUnit},
    {.body = Entry::kUnitChange,
     .decide = DecideChange,
     .apply = ApplyChange,
     .names = NamesOfChange,
     .registers = RegisterChange},
};

}  // namespace

std::span<const BookRow> UnitRows() { return kRows; }

}  // namespace tanhui::claims
