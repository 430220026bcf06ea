#include "ledger/points/corrections/version.h"

#include <algorithm>

#include "ledger/core/check.h"
#include "ledger/points/earning/counting.h"

namespace tanhui::points {
namespace {

namespace pb = entry::v1;

void AddPart(const State& state, const LotKey& key, std::uint64_t budget, std::int64_t points,
             std::int64_t grams, Lots& lots) {
  const Account* account = state.FindAccount(AccountNo(budget));
  if (points > 0 && account != nullptr) {
    Check(AddLot(lots, {{key.expiry, key.scheme, account->participant}, Amount(points), grams}),
          "the lots of an act overflow");
  }
}

}  // namespace

std::optional<Refusal> RefusedByRevision(std::uint64_t expected, const Undone& undone,
                                         EntryIndex index) {
  if (expected == undone.revision) {
    return std::nullopt;
  }
  const EntryIndex newest = undone.revision == 0 ? index : undone.newest;
  return Refusal(Reason::kWrongRevision, "expected_revision")
      .With("revision", static_cast<std::int64_t>(undone.revision))
      .With("entry_index", static_cast<std::int64_t>(newest.value()));
}

std::optional<EntryIndex> NewestOf(const State& state, EntryIndex index, const Entry&) {
  const Undone undone = state.FindUndone(index);
  return undone.revision == 0 ? std::nullopt : std::optional(undone.newest);
}

Version VersionOf(const Entry& target, const Entry* newest, const Party& citizen) {
  Version out;
  if (newest != nullptr) {
    const pb::Correction& correction = newest->correction();
    out.act = correction.now();
    out.expiry = Month(static_cast<std::uint16_t>(correction.expiry_month()));
    out.forgiven = correction.forgiven();
    return out;
  }
  if (target.has_earning()) {
    out.act = target.earning();
  } else {
    out.act.set_account(target.award().account());
    out.act.set_budget(target.award().budget());
    out.act.set_points(target.award().points());
    out.act.set_grams(target.award().grams());
  }
  // What all paid a debt made no lot; the terms of today say how long it would have been valid.
  const Lots made = LotsGivenBy(target);
  out.expiry =
      made.empty() ? KeyOfLot(target, citizen, ParticipantNo(0)).expiry : made.front().key.expiry;
  return out;
}

std::uint64_t QuantityLeft(const Entry& target, const Entry* newest, const Undone& undone) {
  const auto given = GivenBy(target);
  if (!given.has_value() || undone.cancelled) {
    return 0;
  }
  const std::uint64_t quantity =
      newest == nullptr || !target.has_earning()
          ? given->quantity
          : std::max<std::uint64_t>(newest->correction().now().quantity(), 1);
  return quantity - std::min(quantity, undone.quantity);
}

Lots LotsOf(const State& state, const Party& citizen, const pb::Earning& act, Month expiry) {
  const LotKey key{expiry, citizen.asset().scheme, ParticipantNo(0)};
  Lots lots;
  AddPart(state, key, act.budget(), act.points(), act.grams(), lots);
  AddPart(state, key, act.bonus_budget(), act.bonus_points(), 0, lots);
  return lots;
}

}  // namespace tanhui::points
