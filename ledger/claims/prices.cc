// Settlement prices (结算价): what merchants get for points from a ledger day on.
#include "ledger/claims/rows.h"
#include "ledger/claims/terms.h"
#include "ledger/core/check.h"

namespace tanhui::claims {
namespace {

namespace pb = entry::v1;

bool IsRatio(const pb::SettlementPrice& price) {
  return price.fen() >= 0 && Amount(price.fen()) <= kMaxPostingAmount && price.per_points() > 0 &&
         Amount(price.per_points()) <= kMaxPostingAmount;
}

// Money is of the scheme of the points, and the same in all prices of an asset.
bool IsMoneyOf(const Registry& registry, const pb::SettlementPrice& price) {
  const Asset* points = registry.Find(AssetNo(price.asset()));
  const Asset* money = registry.Find(AssetNo(price.money()));
  const AssetNo before = TermsOf(registry).MoneyOf(AssetNo(price.asset()));
  return money->money && money->scheme == points->scheme &&
         (before == AssetNo(0) || before == money->number);
}

std::optional<Refusal> RefusedNames(const Registry& registry, const pb::SettlementPrice& price) {
  if (registry.Find(AssetNo(price.asset())) == nullptr) {
    return Refusal(Reason::kUnknownAsset, "asset");
  }
  if (registry.Find(AssetNo(price.money())) == nullptr) {
    return Refusal(Reason::kUnknownAsset, "money");
  }
  if (price.merchant() != 0 && registry.Find(ParticipantNo(price.merchant())) == nullptr) {
    return Refusal(Reason::kUnknownParticipant, "merchant");
  }
  return std::nullopt;
}

// Whatever was redeemed on a ledger day was claimed by one price, whenever one asks.
std::optional<Refusal> RefusedPrice(const Registry& registry, const pb::SettlementPrice& price,
                                    LedgerTime now) {
  if (!IsRatio(price)) {
    return Refusal(Reason::kAmountOutOfRange, price.per_points() > 0 ? "fen" : "per_points");
  }
  if (auto refusal = RefusedNames(registry, price)) {
    return refusal;
  }
  const AssetNo asset(price.asset());
  const bool first = TermsOf(registry).MoneyOf(asset) == AssetNo(0);
  const BusinessDate today = LedgerDay(registry, asset, now);
  const BusinessDate earliest(today.value() + (first ? 0 : 1));
  if (BusinessDate(price.first_date()) < earliest) {
    return Refusal(Reason::kDateNotAhead, "first_date").With("earliest", FormatDate(earliest));
  }
  if (price.merchant() != 0 &&
      registry.Find(ParticipantNo(price.merchant()))->kind != ParticipantKind::kMerchant) {
    return Refusal(Reason::kWrongParticipantKind, "merchant");
  }
  if (registry.Find(asset)->money) {
    return Refusal(Reason::kAssetMismatch, "asset");
  }
  if (!IsMoneyOf(registry, price)) {
    return Refusal(Reason::kAssetMismatch, "money");
  }
  // Otherwise those who settle and have no price of their own could redeem nothing.
  if (first && price.merchant() != 0) {
    return Refusal(Reason::kNoSettlementPrice, "merchant").With("date", FormatDate(today));
  }
  return std::nullopt;
}

std::optional<Refusal> DecidePrice(const State& state, const DecideInput& input, Entry& entry) {
  pb::SettlementPrice& price = *entry.mutable_settlement_price();
  if (auto refusal = RefusedPrice(state.registry(), price, input.now)) {
    return refusal;
  }
  price.set_number(TermsOf(state.registry()).next_price().value());
  return std::nullopt;
}

void RegisterPrice(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::SettlementPrice& body = entry.settlement_price();
  Price price;
  price.number = PriceNo(body.number());
  price.asset = AssetNo(body.asset());
  price.money = AssetNo(body.money());
  price.merchant = ParticipantNo(body.merchant());
  price.first_date = BusinessDate(body.first_date());
  price.fen = Amount(body.fen());
  price.per_points = Amount(body.per_points());
  price.reason = body.reason();
  registry.ChangeClaimTerms([&price](Terms& terms) { terms.Add(std::move(price)); });
}

Fault ApplyPrice(State& state, EntryIndex index, const Entry& entry) {
  const pb::SettlementPrice& price = entry.settlement_price();
  if (PriceNo(price.number()) != TermsOf(state.registry()).next_price()) {
    return "a number that is not the next one";
  }
  if (RefusedPrice(state.registry(), price, LedgerTime(entry.recorded_micros())).has_value()) {
    return "a settlement price that cannot be";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterPrice(registry, index, entry); });
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kSettlementPrice,
     .decide = DecidePrice,
     .apply = ApplyPrice,
     .registers = RegisterPrice},
};

}  // namespace

std::span<const BookRow> PriceRows() { return kRows; }

}  // namespace tanhui::claims
