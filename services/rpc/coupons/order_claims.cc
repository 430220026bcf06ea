#include "services/rpc/coupons/order_claims.h"

#include <initializer_list>
#include <string>

#include "ledger/core/octets/big_endian.h"
#include "ledger/coupons/campaigns.h"
#include "ledger/rules/evidence/claim.h"
#include "services/rpc/acts/evidence_text.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kZero("\0", 1);
constexpr std::size_t kHashBytes = 16;

std::string ClaimOf(const Hash256& hash) {
  return std::string(1, static_cast<char>(rules::ClaimScope::kForEver))
      .append(hash.view().substr(0, kHashBytes));
}

// A category is a code, which has no zero in it.
std::string TradeInClaim(const signing::KeyedHash& for_ever, std::string_view what,
                         std::string_view category, std::string_view canonical) {
  return ClaimOf(for_ever.Of({what, kZero, category, kZero, canonical}));
}

}  // namespace

void AddOrderClaims(const signing::KeyedHash& for_ever, ParticipantNo merchant,
                    std::string_view order_id, std::uint32_t slot, entry::v1::CouponOrder& out) {
  std::string number;
  PutBigEndian(number, merchant.value());
  const std::string claim = ClaimOf(for_ever.Of({"coupon order", kZero, number, order_id}));
  for (std::uint32_t at = slot == 0 ? 1 : slot; at <= (slot == 0 ? coupons::kStackingSlots : slot);
       ++at) {
    std::string one = claim;
    one.back() = static_cast<char>(one.back() ^ static_cast<char>(at));
    out.add_nullifiers(std::move(one));
  }
}

void AddTradeInClaims(const signing::KeyedHash& for_ever, const v1::TradeInProof& proof,
                      const OwnerId& holder, entry::v1::CouponOrder& out) {
  out.add_nullifiers(
      TradeInClaim(for_ever, "coupon old serial", "", CanonicalText(proof.old_serial())));
  out.add_nullifiers(
      TradeInClaim(for_ever, "coupon new serial", "", CanonicalText(proof.new_serial())));
  out.add_nullifiers(TradeInClaim(for_ever, "coupon invoice", "", CanonicalText(proof.invoice())));
  out.add_nullifiers(TradeInClaim(for_ever, "coupon owner", proof.category(), holder.view()));
}

}  // namespace tanhui::rpc
