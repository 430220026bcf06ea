#include "ledger/coupons/orders/order.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/claims/claimed.h"
#include "ledger/claims/terms.h"
#include "ledger/coupons/campaign_terms.h"
#include "ledger/coupons/coupon.h"
#include "ledger/coupons/use.h"
#include "ledger/rules/evidence/claim.h"

namespace tanhui::coupons {
namespace {

namespace pb = entry::v1;

constexpr std::string_view kNullifiers = "order.nullifiers";
constexpr std::size_t kMaxCategory = 32;  // bytes

// The nullifiers of one order differ in their last byte alone, by the number of the slot.
std::string OfSlot(std::string claim, std::uint32_t slot) {
  claim.back() = static_cast<char>(static_cast<unsigned char>(claim.back()) ^ slot);
  return claim;
}

// Those of the order come first: of the campaign's slot, or of all of them in their order.
std::optional<Refusal> RefusedByNullifiers(const Campaign& campaign, const pb::CouponOrder& order,
                                           bool trade_in) {
  const auto& claims = order.nullifiers();
  const int own = OrderNullifiers(campaign);
  if (claims.size() != own + (trade_in ? kTradeInNullifiers : 0)) {
    return FieldInvalid({std::string(kNullifiers), "are not as many as the campaign asks for"});
  }
  for (int i = 0; i < claims.size(); ++i) {
    if (!NullifierOfOrder(claims[i]).has_value() ||
        std::find(claims.begin(), claims.begin() + i, claims[i]) != claims.begin() + i) {
      return FieldInvalid(
          {absl::StrCat(kNullifiers.data(), "[", i, "]"), "is no nullifier, or stands twice"});
    }
  }
  const std::string order_itself = OfSlot(claims[0], 1);
  for (int slot = 1; slot < own; ++slot) {
    if (OfSlot(claims[slot], static_cast<std::uint32_t>(slot + 1)) != order_itself) {
      return FieldInvalid({std::string(kNullifiers), "are not of one order"});
    }
  }
  return std::nullopt;
}

template <typename Row>
bool IsListed(const std::vector<Row>& rows, const Row& row) {
  return rows.empty() || std::binary_search(rows.begin(), rows.end(), row);
}

// 0: not stated.
std::uint32_t DistrictOf(const Registry& registry, AccountNo number) {
  const claims::Terms& terms = claims::TermsOf(registry);
  const claims::Unit* unit = terms.FindUnit(number);
  if (unit == nullptr || unit->district != 0) {
    return unit == nullptr ? 0 : unit->district;
  }
  const claims::Unit* store = terms.Find(unit->parent);
  return store == nullptr ? 0 : store->district;
}

}  // namespace

std::optional<Nullifier> NullifierOfOrder(std::string_view claim) {
  // Any date will do: what is claimed for ever depends on none.
  constexpr BusinessDate kAnyDate{31};
  return rules::ScopeOf(claim) == rules::ClaimScope::kForEver ? rules::NullifierOf(claim, kAnyDate)
                                                              : std::nullopt;
}

void NamesOfOrder(const Registry& registry, const pb::CouponOrder& order,
                  std::vector<AccountNo>& out) {
  const AccountNo unit(order.merchant());
  out.push_back(unit);
  // Of what money the campaign is, the order does not tell.
  const auto ladder = claims::LadderOf(registry, unit);
  for (const Asset& asset : registry.assets()) {
    const auto claim = asset.money && ladder.has_value()
                           ? registry.FindMerchantAccount(ladder->merchant, asset.number)
                           : std::optional<AccountNo>();
    if (claim.has_value()) {
      out.push_back(*claim);
    }
  }
}

void ClaimsOfOrder(const pb::CouponOrder& order, std::vector<Nullifier>& out) {
  for (const std::string& claim : order.nullifiers()) {
    if (const auto nullifier = NullifierOfOrder(claim)) {
      out.push_back(*nullifier);
    }
  }
}

std::optional<Refusal> RefusedByForm(const Campaign& campaign, const pb::CouponOrder& order,
                                     bool trade_in) {
  if (order.lines().empty()) {
    return Refusal(Reason::kFieldRequired, "order.lines");
  }
  if (static_cast<std::size_t>(order.lines_size()) > kMaxLines) {
    return FieldInvalid({"order.lines", "are more than 50"});
  }
  for (int i = 0; i < order.lines_size(); ++i) {
    const pb::OrderLine& line = order.lines(i);
    if (line.fen() < 0 || line.fen() > kMaxFen) {
      return FieldInvalid(
          {absl::StrCat("order.lines[", i, "].fen"), "must be 0 to 100000000000 fen"});
    }
    if (line.category().size() > kMaxCategory) {
      return FieldInvalid(
          {absl::StrCat("order.lines[", i, "].category"), "is longer than 32 bytes"});
    }
  }
  return RefusedByNullifiers(campaign, order, trade_in);
}

std::optional<Refusal> RefusedByPlace(const Registry& registry, const Campaign& campaign,
                                      AccountNo number, const Account& unit) {
  constexpr std::string_view kField = "order.merchant";
  if (auto refusal = claims::RefusedAsSuspended(registry, number, kField)) {
    return refusal;
  }
  const auto refused = [kField](std::string_view why) {
    return Refusal(Reason::kCouponNotAccepted, std::string(kField)).With("why", why);
  };
  if (!IsListed(campaign.merchants, unit.participant)) {
    return refused("MERCHANT");
  }
  if (!IsListed(campaign.districts, DistrictOf(registry, number))) {
    return refused("DISTRICT");
  }
  return LockOf(campaign) > Amount(0) &&
                 PayingAccount(registry, campaign, unit.participant, false) == AccountNo(0)
             ? std::optional(refused("NO_CLAIM"))
             : std::nullopt;
}

std::optional<Refusal> RefusedByValue(const Campaign& campaign, const pb::CouponOrder& order,
                                      Amount& discount) {
  const Amount eligible = Eligible(LinesOf(campaign, order));
  discount = DiscountFor(campaign.value, eligible);
  if (eligible >= campaign.value.threshold && discount > Amount(0)) {
    return std::nullopt;
  }
  return Refusal(Reason::kCouponBelowThreshold, "order.lines")
      .With("eligible", eligible.units())
      .With("threshold", campaign.value.threshold.units());
}

std::optional<Refusal> RefusedAsUsed(const State& state, const Campaign& campaign,
                                     const pb::CouponOrder& order, ParticipantNo caller) {
  constexpr std::string_view kWhat[kTradeInNullifiers] = {"OLD_APPLIANCE", "NEW_APPLIANCE",
                                                          "INVOICE", "OWNER"};
  const int own = OrderNullifiers(campaign);
  for (int i = 0; i < order.nullifiers_size(); ++i) {
    const auto nullifier = NullifierOfOrder(order.nullifiers(i));
    const auto first = nullifier.has_value() ? state.FindEvidence(*nullifier) : std::nullopt;
    if (!first.has_value() || first->FreeTo(caller)) {
      continue;
    }
    return i < own ? Refusal(Reason::kOrderUsed, "order")
                   : Refusal(Reason::kTradeInUsed, "trade_in")
                         .With("what", kWhat[(i - own) % kTradeInNullifiers]);
  }
  return std::nullopt;
}

void WantOrder(const State& state, const DecideInput& input, const Campaign& campaign,
               const pb::CouponOrder& order, const points::Party& unit, Amount& discount,
               points::Verdict& verdict) {
  verdict.Add(RefusedByPlace(state.registry(), campaign, unit.number(), unit.account()));
  verdict.Add(RefusedByValue(campaign, order, discount));
  verdict.Add(RefusedAsUsed(state, campaign, order, ParticipantNo(input.command.draft.caller())));
}

Fault FaultOfOrder(const State& state, const Campaign& campaign, const pb::CouponOrder& order,
                   bool trade_in, ParticipantNo caller, Amount& discount) {
  const AccountNo number = state.Standing(AccountNo(order.merchant()));
  const Account* unit = state.FindAccount(number);
  if (unit == nullptr || unit->kind != AccountKind::kMerchant) {
    return "an order at no merchant";
  }
  if (RefusedByForm(campaign, order, trade_in)) {
    return "an order that is none";
  }
  if (RefusedByPlace(state.registry(), campaign, number, *unit)) {
    return "a coupon where it is not taken";
  }
  if (RefusedByValue(campaign, order, discount)) {
    return "a coupon for an order below its threshold";
  }
  return RefusedAsUsed(state, campaign, order, caller) ? Fault("an order is used up twice")
                                                       : std::nullopt;
}

bool IsSameOrder(const State& state, const pb::CouponOrder& locked, const pb::CouponOrder& used) {
  const auto merchant = [&state](const pb::CouponOrder& order) {
    const Account* unit = state.FindAccount(state.Standing(AccountNo(order.merchant())));
    return unit == nullptr ? ParticipantNo(0) : unit->participant;
  };
  const auto same_line = [](const pb::OrderLine& a, const pb::OrderLine& b) {
    return a.fen() == b.fen() && a.category() == b.category();
  };
  return merchant(locked) == merchant(used) && merchant(used) != ParticipantNo(0) &&
         !locked.nullifiers().empty() && !used.nullifiers().empty() &&
         locked.nullifiers(0) == used.nullifiers(0) &&
         std::equal(locked.lines().begin(), locked.lines().end(), used.lines().begin(),
                    used.lines().end(), same_line);
}

}  // namespace tanhui::coupons
