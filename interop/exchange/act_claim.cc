#include "interop/exchange/act_claim.h"

#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"

namespace tanhui::exchange {
namespace {

// Nullifiers have one length, so the parts need no delimiter.
Hash256 RankOf(const ActClaim& claim) {
  return merkle::Sha256({claim.nullifier.view(), claim.city});
}

}  // namespace

bool Stands(const ActClaim& a, const ActClaim& b) {
  Check(a.nullifier == b.nullifier && a.city != b.city, "claims of two acts, or twice of one city");
  return a.at_home != b.at_home ? a.at_home : RankOf(a) < RankOf(b);
}

}  // namespace tanhui::exchange
